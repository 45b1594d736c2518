"""A digest of what is hidden is hidden wherever it stands: it proves a guess."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
import zlib
from collections.abc import Callable
from itertools import cycle
from urllib.parse import quote

import pytest

import dsr_report
from dsr_report.redact.digests import runs_in
from dsr_report.verification.leaks import hidden_values, leaks
from dsr_report.verification.verifier import verify

NAME, NUMBER, MAIL = "Karin Dubbelaar", "0612345678", "Piet.Voorbeeld@Elders.example"

ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")
WAYS: dict[str, bytes] = {
    "address": MAIL.encode(),
    "address in small letters": MAIL.lower().encode(),
    "address with a line end": f"{MAIL.lower()}\n".encode(),
    "address without dots": b"pietvoorbeeld@elders.example",
    "mailto": f"mailto:{MAIL.lower()}".encode(),
    "UTF-16": MAIL.lower().encode("utf-16-le"),
    "number": NUMBER.encode(),
    "number abroad": b"+31612345678",
    "number without sign": b"31612345678",
    "name": NAME.encode(),
    "name in capitals": NAME.upper().encode(),
    "name in one": b"karindubbelaar",
    "name turned round": b"dubbelaar, karin",
}
WRITTEN: dict[str, Callable[[bytes], str]] = {
    "hexadecimal": bytes.hex,
    "capitals": lambda digest: digest.hex().upper(),
    "pairs": lambda digest: digest.hex(":"),
    "base64": lambda digest: base64.b64encode(digest).decode(),
    "base64 of links": lambda digest: base64.urlsafe_b64encode(digest).decode().rstrip("="),
}
PLACED: dict[str, Callable[[str], str]] = {
    "alone": str,
    "path": lambda digest: f"https://avatar.example/avatar/{digest}?s=80",
    "parameter": lambda digest: f"https://x.example/?u={digest}&n=1",
    "encoded parameter": lambda digest: "https://x.example/?u=" + quote(digest, safe=""),
    "field": lambda digest: f"Content-Digest: sha-256=:{digest}:",
    "prefix": lambda digest: f"sha256-{digest}",
    "JSON": lambda digest: json.dumps({"em": [digest]}),
    "text": lambda digest: f"De som is {digest}.",
}  # fmt: skip


def noted(text: str) -> dict[str, str]:
    return {"type": "note", "text": text}


def mailed(subject: str, body: str) -> dict[str, str]:
    return {
        "ID": "1",
        "timestampsent": "2024-03-02 09:15:00",
        "mime": f"From: a@shop.example\nSubject: {subject}\nMIME-Version: 1.0\n"
        f"Content-Type: text/plain\n\n{body}\n",
    }


def test_no_digest_of_a_hidden_passage_stands_anywhere_in_the_export(case):
    written, placed, algorithms = cycle(WRITTEN), cycle(PLACED), cycle(ALGORITHMS)
    texts = {}
    for way, content in WAYS.items():
        for _ in range(12):
            how, where, name = next(written), next(placed), next(algorithms)
            digest = WRITTEN[how](hashlib.new(name, content, usedforsecurity=False).digest())
            if not ("/" in digest and where == "path"):
                texts[way, how, where, name] = PLACED[where](digest), digest
    other = hashlib.sha256(b"other").hexdigest()
    records = [noted(text) for text, _ in texts.values()]
    made = case(
        noted(f"Gebeld met {NAME}, {NUMBER}, {MAIL}"), *records, mailed("x", records[0]["text"]), noted(other)
    )
    made.withhold(NAME, NUMBER, MAIL)
    shown = made.shown()
    left = [
        key
        for (key, (_, digest)), record in zip(texts.items(), shown.data[1:], strict=False)
        if digest.rstrip("=") in record["text"]
    ]
    assert len(texts) > 140
    assert left == []
    assert next(iter(texts.values()))[1] not in shown.raw.decode()
    assert shown.data[-1]["text"] == other


@pytest.mark.parametrize(
    "secret", ["geheim", "zomer", "48213977", "Zomer2024!", "a3f09c11bd7e4456a1b2c3d4e5f60718"]
)
def test_no_digest_of_a_key_stands_anywhere_however_weak_the_key_is(case, secret):
    digests = [hashlib.new(name, secret.encode(), usedforsecurity=False).hexdigest() for name in ALGORITHMS]
    shown = case(
        {"ID": "5", "fields": {"Wachtwoord": secret, "Email": "jan@example.org"}}, *map(noted, digests)
    ).shown()
    assert not [digest for digest in digests if digest in shown.raw.decode()]
    assert shown.data[0]["fields"]["Email"] == "jan@example.org"


def test_the_digest_of_an_address_that_is_also_a_password_stays(case):
    digest = hashlib.md5(b"jan@example.org", usedforsecurity=False).hexdigest()
    fields = {"Wachtwoord": "jan@example.org", "Email": "jan@example.org"}
    assert case({"ID": "5", "fields": fields}, noted(digest)).shown().data[1]["text"] == digest


@pytest.mark.parametrize("first", [True, False], ids=["before it", "after it"])
def test_the_digest_of_a_text_that_was_changed_is_hidden_in_other_records(case, tmp_path, first):
    body = f"Bel {NUMBER} even.\n"
    message = mailed("dag", body.rstrip("\n"))
    contents = [
        message["mime"].encode(),
        message["mime"].replace("\n", "\r\n").encode(),
        body.encode(),
        body.replace("\n", "\r\n").encode(),
        f"Gebeld met {NUMBER}.".encode(),
    ]
    digests = [hashlib.sha256(content).digest() for content in contents]
    told = [
        noted(digests[0].hex()),
        noted(f"https://x.example/{digests[1].hex()}"),
        {"type": "note", "headers": {"Digest": "SHA-256=" + base64.b64encode(digests[2]).decode()}},
        mailed("twee", f"DKIM-Signature: bh={base64.b64encode(digests[3]).decode()}"),
        noted(json.dumps({"checksum": digests[4].hex()})),
    ]
    chain = hashlib.sha256(told[0]["text"].encode()).hexdigest()  # of what has a digest itself
    held = [message, noted(f"Gebeld met {NUMBER}.")]
    made = case(*(told + held if first else held + told), noted(chain))
    made.withhold(NUMBER)
    shown = made.shown()
    raw = shown.raw.decode()
    for digest in digests:
        assert digest.hex() not in raw
        assert base64.b64encode(digest).decode().rstrip("=") not in raw
    assert chain not in raw
    with dsr_report.read(made.file) as source, dsr_report.Report(source, review=made.review) as report:
        report.to(tmp_path / "a.html")
    result = verify(tmp_path / "a.html", made.file)
    assert result.ok, [check.text for check in result.checks if check.ok is False]
    assert (result.manifest.values.withheld, result.manifest.values.in_part) == (2, 6)
    assert (shown.values.withheld, shown.values.in_part) == (2, 6)


def test_verify_finds_the_digest_of_what_is_withheld_in_a_disclosure_that_tells_it(case, tmp_path):
    made = case(noted(f"Gebeld met {NUMBER}."), noted("blijft")).withhold(NUMBER)
    digest = hashlib.sha256(f"Gebeld met {NUMBER}.".encode()).hexdigest()
    page = tmp_path / "a.html"
    with dsr_report.read(made.file) as source, dsr_report.Report(source, review=made.review) as report:
        report.to(page)
        with report._document("html") as made_document:
            texts, problems, digests = hidden_values(made_document.manifest, report.shown.file, source.file)
    assert (problems, [*leaks(page, texts, digests=digests)]) == ([], [])
    page.write_text(page.read_text("utf-8").replace("</body>", f"<p>{digest}</p></body>"), encoding="utf-8")
    assert [leak.number for leak in leaks(page, texts, digests=digests)] == [1]


def test_what_may_be_a_digest_is_found_where_it_begins_and_ends():
    digest = hashlib.md5(b"x", usedforsecurity=False).digest()
    for text in (
        digest.hex(), f"a/b/{digest.hex()}/c", f"md5:{digest.hex()}", str(uuid.UUID(bytes=digest)),
        f"u_{base64.urlsafe_b64encode(digest).decode()}", digest.hex(" "),
    ):  # fmt: skip
        assert digest[:8] in {run.key for run in runs_in(text)}, text
    assert not [run for run in runs_in(f"a{digest.hex()}") if run.key == digest[:8]]


BODIES = {
    "form": "user=robin&password={}&x=1",
    "JSON": '{{"user": "robin", "wachtwoord": "{}"}}',
    "letter": "Beste Robin,\nUw wachtwoord: {}\nGroet",
    "link": "https://x.example/login?token={}&n=1",
    "header": "Host: x\r\nCookie: sid={}\r\nAccept: */*",
}
SECRETS = ["zomer", "Zomer2024!", "48213977", "kQ7vT2wM9xR4bN6cJ1dF"]
CHECKSUMS: dict[str, Callable[[bytes], object]] = {
    "md5": lambda body: hashlib.md5(body, usedforsecurity=False).hexdigest(),
    "sha256": lambda body: f"sha256:{hashlib.sha256(body).hexdigest()}",
    "base64": lambda body: base64.b64encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode(),
    "entity tag": lambda body: f'W/"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"',
    "field": lambda body: {"Digest": "SHA-512=" + base64.b64encode(hashlib.sha512(body).digest()).decode()},
    "line ends": lambda body: hashlib.sha256(b"\r\n".join(body.splitlines())).hexdigest(),
    "trimmed": lambda body: hashlib.sha3_256(body.strip()).hexdigest(),
    "blake2": lambda body: hashlib.blake2b(body).hexdigest(),
    "CRC": lambda body: f"{zlib.crc32(body):08x}",
    "CRC as a number": zlib.crc32,
    "Adler": zlib.adler32,
}  # fmt: skip


def strings_of(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for member in value.values() for text in strings_of(member)]
    return [str(value)]


@pytest.mark.parametrize("secret", SECRETS)
def test_no_digest_of_a_text_in_which_a_key_is_masked_stands_beside_it(case, secret):
    texts = [body.format(secret) for body in BODIES.values()]
    made = [
        {"type": "note", "body": text, "other": "7f", "sum": checksum(text.encode())}
        for text in texts
        for checksum in CHECKSUMS.values()
    ]
    shown = case(*made).shown()
    for before, after in zip(made, shown.data, strict=True):
        assert secret not in after["body"]
        assert after["other"] == "7f"
        told = [text for text in strings_of(before["sum"]) if text in strings_of(after["sum"])]
        assert told == [], before
        assert "[masked" in str(after["sum"])
    assert shown.values.masked > len(made) / 2
    file = case(*made, *({"type": "note", "text": str(record["sum"])} for record in made)).file
    with dsr_report.read(file) as source, dsr_report.Report(source) as report:
        report.shown.file.items()
        assert dsr_report.inspect(file).values == report.values.sum


@pytest.mark.parametrize("secret", SECRETS[:3])
def test_the_digest_of_a_text_with_a_masked_key_is_hidden_in_other_records_and_verify_looks_for_it(
    case, secret, tmp_path
):
    body = f"Uw wachtwoord is gewijzigd.\nUw wachtwoord: {secret}\nGroet"
    mail = mailed("dag", body)
    contents = [body, mail["mime"], f"{body}\n"]
    digests = [hashlib.sha256(content.encode()).hexdigest() for content in contents]
    made = case(*map(noted, digests), {"type": "note", "body": body}, mail, mailed("x", digests[1]))
    shown = made.shown()
    assert [digest for digest in digests if digest in shown.raw.decode()] == []
    page = tmp_path / "a.html"
    with dsr_report.read(made.file) as source, dsr_report.Report(source) as report:
        report.to(page)
        with report._document("html") as made_document:
            texts, _, kept = hidden_values(made_document.manifest, report.shown.file, source.file)
    assert verify(page, made.file).ok
    page.write_text(
        page.read_text("utf-8").replace("</body>", f"<p>{digests[0]}</p></body>"), encoding="utf-8"
    )
    assert [*leaks(page, texts, digests=kept)] != []


def test_a_digest_beside_a_masked_key_that_is_of_another_text_stays(case):
    digest = hashlib.md5(b"another text", usedforsecurity=False).hexdigest()
    record = {"type": "note", "body": "user=robin&password=zomer99", "etag": digest, "size": 12345678}
    shown = case(record).shown().data[0]
    assert (shown["etag"], shown["size"]) == (digest, 12345678)
