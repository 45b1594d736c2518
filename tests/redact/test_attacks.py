"""A withheld passage is gone from every placement that we can think of; no code of ours reads it back."""

# ruff: noqa: E501 - a placement stands on one line

from __future__ import annotations

import base64
import bz2
import email
import email.policy
import gzip
import html
import html.parser
import io
import json
import quopri
import re
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage, Message
from itertools import product
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

import dsr_report
from dsr_report.verification.verifier import verify

NAME, NUMBER, MAIL = "Zoë Kattenberg", "0612345678", "piet.voorbeeld@elders.example"
SPELLED: dict[str, tuple[str, Callable[[str], str]]] = {
    "plain": (NAME, str),
    "capitals": (NAME, str.upper),
    "decomposed": (NAME, lambda text: unicodedata.normalize("NFD", text)),
    "soft hyphens": (NAME, "\u00ad".join),
    "entities": (NAME, lambda text: "".join(f"&#{ord(c)};" for c in text)),
    "percent": (NAME, quote),
    "twice percent": (NAME, lambda text: quote(quote(text))),
    "JSON": (NAME, json.dumps),
    "hexadecimal": (NAME, lambda text: text.encode().hex()),
    "base64": (NAME, lambda text: base64.b64encode(f"voor {text} is".encode()).decode()),
    "base64 in base64": (NAME, lambda text: base64.b64encode(base64.b64encode(f"aan {text}".encode())).decode()),
    "cells": (NAME, lambda text: "<table><tr><td>" + text.replace(" ", "</td><td>") + "</td></tr></table>"),
    "unknown element": (NAME, lambda text: f"{text[:8]}<foo>{text[8:]}"),
    "comment": (NAME, lambda text: f"{text[:7]}<!-- > -->{text[7:]}"),
    "quoted printable": (NAME, lambda text: quopri.encodestring(text.encode()).decode()),
    "number": (NUMBER, lambda _: "+31 (0)6 12 34 56 78"),
    "number in groups": (NUMBER, lambda _: "06-1234 56.78"),
    "number abroad": (NUMBER, lambda _: "0031612345678"),
    "address": (MAIL, str),
    "bounce address": (MAIL, lambda text: "bounce-1-" + text.replace("@", "=") + "@mail.example"),
    "small letters in a link": (MAIL, lambda text: f"https://x.example/u/{base64.urlsafe_b64encode(text.encode()).decode()}"),
}  # fmt: skip
Made = tuple[str, str, bytes]
"""Media type, transfer encoding, and the content."""


def zipped(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return file.getvalue()


def tarred(content: bytes) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def mailed(text: str) -> bytes:
    message = EmailMessage()
    message["Subject"] = "binnen"
    message.set_content(text + "\n", cte="base64")
    return message.as_bytes()


def rtf(text: str) -> bytes:
    return ("{\\rtf1\\ansi " + "".join(c if c.isascii() else f"\\u{ord(c)}?" for c in text) + "}").encode()


CONTAINERS: dict[str, Callable[[str], Made]] = {
    "text": lambda text: ("text/plain; charset=utf-8", "8bit", text.encode()),
    "page": lambda text: ("text/html; charset=utf-8", "quoted-printable", f"<p>Dag {text}.</p>".encode()),
    "wrong charset": lambda text: ("text/plain; charset=iso-8859-1", "base64", text.encode()),
    "UTF-16": lambda text: ("text/plain; charset=utf-16", "base64", text.encode("utf-16")),
    "calendar": lambda text: ("text/calendar", "8bit", f"SUMMARY:{text[:5]}\r\n {text[5:]}\r\n".encode()),
    "octets": lambda text: ("application/octet-stream", "base64", mailed(text)),
    "zip": lambda text: ("application/zip", "base64", zipped("a.txt", text.encode())),
    "zip in zip": lambda text: ("application/zip", "base64", zipped("b.zip", zipped("a.txt", text.encode()))),
    "gz of tar": lambda text: ("application/gzip", "base64", gzip.compress(tarred(text.encode()))),
    "bz2": lambda text: ("application/octet-stream", "base64", bz2.compress(text.encode())),
    "docx": lambda text: ("application/msword", "base64",
        zipped("word/document.xml", f"<w:t>{html.escape(text[:6])}</w:t><w:t>{html.escape(text[6:])}</w:t>".encode())),
    "RTF": lambda text: ("application/rtf", "base64", rtf(text)),
}  # fmt: skip
PLACEMENTS = list(product(SPELLED, CONTAINERS))


def message_with(made: Made, number: int) -> str:
    media_type, encoding, content = made
    body = {"8bit": bytes, "base64": base64.encodebytes, "quoted-printable": quopri.encodestring}[encoding](
        content
    )
    head = (
        f"From: shop@shop.example\nTo: robin@example.org\nSubject: nr {number}\nMIME-Version: 1.0\n"
        f"Content-Type: multipart/mixed; boundary=b{number}x\n\n--b{number}x\nContent-Type: text/plain\n\n"
        f"Dit blijft {number}.\n--b{number}x\nContent-Type: {media_type}\nContent-Transfer-Encoding: {encoding}\n\n"
    )
    return head + body.decode("utf-8") + f"\n--b{number}x--\n"


@pytest.fixture(scope="module")
def disclosed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[dict[str, str]]]:
    """All placements in one export, withheld, as a page; and what is left of the export."""
    folder = tmp_path_factory.mktemp("attacks")
    records = []
    for number, (spelling, container) in enumerate(PLACEMENTS):
        passage, spell = SPELLED[spelling]
        mime = message_with(CONTAINERS[container](spell(passage)), number)
        records.append({"ID": str(number), "timestampsent": "2024-03-02 09:15:00", "mime": mime})
    notes = [{"type": "note", "text": f"Gebeld met {text}."} for text in (NAME, NUMBER, MAIL)]
    export = folder / "export.json"
    content = {"info": {"type": "profile", "id": "1"}, "data": [records, notes]}
    export.write_text(json.dumps(content), encoding="utf-8")
    review = folder / "review.toml"
    with dsr_report.read(export) as source:
        lines = [f'export_sha256 = "{source.sha256}"']
    for text in (NAME, NUMBER, MAIL):
        lines += [
            "[[also]]",
            f'text = "{text}"',
            'decision = "withhold"',
            'reason = "another"',
            'article = "x"',
        ]
    review.write_text("\n".join(lines), encoding="utf-8")
    target = folder / "a.html"
    with dsr_report.read(export) as source, dsr_report.Report(source, review=review) as report:
        report.to(target)
        with report.shown.file.raw() as raw:
            left = json.loads(raw.read())
    return target, export, left["data"][0]


class Text(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)


def files_in(content: bytes) -> Iterator[bytes]:
    """The bytes, and what can be unpacked of them with the standard library."""
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from files_in(archive.read(name))
    elif content.startswith(b"\x1f\x8b"):
        yield from files_in(gzip.decompress(content))
    elif content.startswith(b"BZh"):
        yield from files_in(bz2.decompress(content))
    elif content[257:262] == b"ustar":
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            for info in archive:
                file = archive.extractfile(info)
                yield from files_in(file.read() if file else b"")
    elif content.lstrip().startswith((b"Subject:", b"From:")):
        yield from leaves_of(email.message_from_bytes(content, policy=email.policy.default))


def leaves_of(message: Message) -> Iterator[bytes]:
    for part in message.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            yield from files_in(payload if isinstance(payload, bytes) else b"")


def texts_of(content: bytes) -> Iterator[str]:
    """What a reader with some patience makes of bytes."""
    for charset in ("utf-8", "latin-1", "utf-16"):
        text = content.decode(charset, "replace")
        yield from resolved(text)
        if len(text) < 20_000:
            yield from resolved(text.replace("\r\n ", ""))
            yield from resolved(without_tags(text))


def without_tags(text: str) -> str:
    parser = Text()
    parser.feed(text)
    return "".join(parser.pieces)


def resolved(text: str) -> Iterator[str]:
    """A text after each round of undoing what it is written in."""
    for _ in range(3):
        yield text
        yield without_tags(text)
        yield re.sub(r"\\u(\d+)\?", lambda match: chr(int(match[1])), text)
        yield quopri.decodestring(text.encode("utf-8", "replace")).decode("utf-8", "replace")
        for run in re.findall(r"[A-Za-z0-9+/_-]{16,}", text):
            plain = run.replace("-", "+").replace("_", "/")
            for start in range(4):
                rest = plain[start:]
                once = base64.b64decode(rest[: len(rest) // 4 * 4])
                yield once.decode("utf-8", "replace")
                if re.fullmatch(rb"[A-Za-z0-9+/=]{12,}", once):
                    yield base64.b64decode(once[: len(once) // 4 * 4]).decode("utf-8", "replace")
        for run in re.findall(r"(?:[0-9a-f]{2}){6,}", text):
            yield bytes.fromhex(run).decode("utf-8", "replace")
        text = html.unescape(unquote(text))
        if "\\u" in text:
            text = re.sub(r"\\u([0-9a-f]{4})", lambda match: chr(int(match[1], 16)), text)


def squeezed(text: str) -> str:
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text)).casefold()
    return "".join(character for character in plain if character.isalnum())


FORBIDDEN = ("zoëkattenberg", "612345678", "pietvoorbeeldeldersexample")


def is_told(content: bytes) -> bool:
    return any(word in squeezed(text) for text in texts_of(content) for word in FORBIDDEN)


def test_there_are_more_than_two_hundred_placements_and_the_reader_finds_each_before_it_is_hidden() -> None:
    assert len(PLACEMENTS) > 200
    missed = []
    for number, (spelling, container) in enumerate(PLACEMENTS):
        passage, spell = SPELLED[spelling]
        raw = message_with(CONTAINERS[container](spell(passage)), number).encode()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        if not any(map(is_told, leaves_of(message))):
            missed.append((spelling, container))
    assert len(missed) < 30, missed  # in pieces that this plain reader does not put together


def test_no_placement_tells_what_is_withheld_and_the_rest_of_each_message_stays(
    disclosed: tuple[Path, Path, list[dict[str, str]]],
) -> None:
    _, _, records = disclosed
    for number, (record, placement) in enumerate(zip(records, PLACEMENTS, strict=True)):
        message = email.message_from_bytes(record["mime"].encode(), policy=email.policy.default)
        leaves = list(leaves_of(message))
        assert not any(map(is_told, [record["mime"].encode(), *leaves])), placement
        assert leaves[0].startswith(f"Dit blijft {number}.".encode())
        assert str(message["Subject"]) == f"nr {number}"


def test_the_page_of_them_tells_nothing_and_verify_agrees(
    disclosed: tuple[Path, Path, list[dict[str, str]]],
) -> None:
    page, export, _ = disclosed
    assert not is_told(page.read_bytes())
    result = verify(page, export)
    assert result.ok, [check.text for check in result.checks if check.ok is False]
