"""A digest of what is hidden is hidden wherever it stands: it proves a guess."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
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
