"""A withheld passage is gone from every placement that we can think of; no code of ours reads it back.

One package holds all placements, and what is in it is read by the standard library, pikepdf and `pdftotext`.
"""

# ruff: noqa: E501 - a placement stands on one line

from __future__ import annotations

import base64
import bz2
import csv
import email
import email.policy
import gzip
import html
import html.parser
import io
import json
import quopri
import re
import shutil
import subprocess
import tarfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage, Message
from functools import cache
from itertools import product
from pathlib import Path
from urllib.parse import quote, unquote

import pikepdf
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
    "turned round": (NAME, lambda text: ", ".join(reversed(text.split()))),
    "as a card": (NAME, lambda text: "N:" + ";".join(reversed(text.split())) + ";;;"),
    "misread": (NAME, lambda text: text.encode().decode("cp1252")),
    "misread twice": (NAME, lambda text: text.encode().decode("cp1252").encode().decode("cp1252")),
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
    "xlsx": lambda text: ("application/octet-stream", "base64",
        zipped("xl/sharedStrings.xml", f"<sst><si><r><t>{html.escape(text[:6])}</t></r><r><t>{html.escape(text[6:])}</t></r></si></sst>".encode())),
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
    """All placements in one export, withheld, as a package; and what is left of the export."""
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
    target = folder / "a.zip"
    with dsr_report.read(export) as source, dsr_report.Report(source, review=review) as report:
        report.to(target, workers=1)
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
    for charset in (
        ("utf-8", "latin-1", "utf-16") if b"\0" in content or not content.isascii() else ("ascii",)
    ):
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


FORBIDDEN = ("zoëkattenberg", "kattenbergzoë", "612345678", "pietvoorbeeldeldersexample")


@cache
def is_told(content: bytes) -> bool:
    return any(word in squeezed(text) for text in texts_of(content) for word in FORBIDDEN)


def test_there_are_more_than_three_hundred_placements_and_the_reader_finds_each_before_it_is_hidden() -> None:
    assert len(PLACEMENTS) > 300
    missed = []
    for number, (spelling, container) in enumerate(PLACEMENTS):
        passage, spell = SPELLED[spelling]
        raw = message_with(CONTAINERS[container](spell(passage)), number).encode()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        if not any(map(is_told, leaves_of(message))):
            missed.append((spelling, container))
    assert len(missed) < 55, missed  # in pieces that this plain reader does not put together


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


def pieces_in(name: str, content: bytes) -> Iterator[bytes]:
    """What a file of a package holds: its values, cells, messages, pages and embedded files."""
    ending = name.rpartition(".")[2]
    if ending == "zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for inner in archive.namelist():
                yield inner.encode()
                yield from pieces_in(inner, archive.read(inner))
    elif ending == "pdf":
        pages = subprocess.run(["pdftotext", "-", "-"], input=content, capture_output=True, check=True).stdout
        yield from pages.split(b"\f")
        with pikepdf.open(io.BytesIO(content)) as pdf:
            for inner, spec in pdf.attachments.items():
                yield inner.encode()
                yield from pieces_in(inner, spec.get_file().read_bytes())
    elif ending in {"json", "jsonl"}:
        waiting = [json.loads(line) for line in (content.splitlines() if ending == "jsonl" else [content])]
        for value in waiting:  # which grows
            if isinstance(value, dict):
                waiting += [*value, *value.values()]
            elif isinstance(value, list):
                waiting += value
            elif isinstance(value, str):
                yield from files_in(value.encode("utf-8", "replace"))
    elif ending == "csv":
        for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))):
            for cell in row:
                yield from files_in(cell.encode())
    elif ending == "html":
        yield from (block.encode() for block in re.split("(?=<p|<td|<li|<div|<dd)", content.decode()))
    else:
        yield from files_in(content)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext reads the pages")
def test_no_member_of_the_package_tells_it_nor_any_page_or_embedded_file_of_the_pdf(
    disclosed: tuple[Path, Path, list[dict[str, str]]],
) -> None:
    package, _, _ = disclosed
    pieces = set(pieces_in("a.zip", package.read_bytes()))
    assert len(pieces) > 5 * len(PLACEMENTS)
    assert [piece[:200] for piece in pieces if len(piece) >= 8 and is_told(piece)] == []
    with zipfile.ZipFile(package) as archive:
        pages = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".html")]
    assert not [word for word in FORBIDDEN if word in squeezed("".join(map(without_tags, pages)))]


def test_verify_agrees(disclosed: tuple[Path, Path, list[dict[str, str]]]) -> None:
    package, export, _ = disclosed
    result = verify(package, export)
    assert result.ok, [check.text for check in result.checks if check.ok is False]
