"""One export in all layouts, empty exports (layout 9), and exports in containers (layout 10)."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote_plus

from . import layouts, mime
from .pictures import stored
from .shapes import Record
from .writing import by_line, in_one_line, php

SENTENCE = "Data not available (yet)."

Wrapping = tuple[str, int, bool, str, bytes]
"""File name, layout, whether it gives the same tables as the reference, what it shows, and its bytes."""


def all_layouts(head: dict[str, Any], records: Sequence[Record]) -> Iterator[Wrapping]:
    """The same records in every layout."""
    for name, (number, make, shows) in layouts.LAYOUTS.items():
        data = make(records)
        text = by_line(head, data) if isinstance(data, list) else in_one_line(head, data)
        yield f"{name}.json", number, True, shows, text.encode()
    yield (
        "07-bare-texts.json", 7, False,
        "messages as bare MIME, base64 and data URI (so without their ids), logs as CSV, surveys as HTML and XML",
        by_line(head, layouts.bare_texts(records)).encode(),
    )  # fmt: skip
    yield (
        "02-undecidable.json", 2, False,
        "old-style records of an open or a click, that nothing tells apart: no label, and a request for anything",
        by_line(head, [*undecidable(layouts.LAYOUTS["02-unlabelled"][1](records))]).encode(),
    )  # fmt: skip
    yield from degenerate(head)
    yield from wrapped(head, records)


def undecidable(records: Any) -> Iterator[dict[str, Any]]:
    """Yield the old-style opens with `Accept: */*`, so that the header does not identify them as opens."""
    for record in records:
        if {"header", "groupid", "document"} <= record.keys() and "linkinfo" not in record:
            yield record | {"header": re.sub(r"(?m)^Accept: .*$", "Accept: */*", record["header"])}


def degenerate(head: dict[str, Any]) -> Iterator[Wrapping]:
    """Yield layout 9: `data` missing, empty, null, or a sentence."""
    for name, whole, shows in (
        ("sentence", {"info": head, "data": SENTENCE}, "not ready: a sentence for data"),
        ("null", {"info": head, "data": None}, "null for data"),
        ("empty-list", {"info": head, "data": []}, "nothing found"),
        ("empty-object", {"info": head, "data": {}}, "nothing found, as an object"),
        ("no-data", {"info": head}, "no data at all"),
    ):
        yield f"09-{name}.json", 9, False, shows, php(whole).encode()


def wrapped(head: dict[str, Any], records: Sequence[Record]) -> Iterator[Wrapping]:
    """Yield layout 10: the export in containers and encodings, and truncated."""
    data = layouts.nested(records)
    plain = in_one_line(head, data).encode()
    half = len(data) // 2
    lines = "".join(php(line) + "\n" for line in ({"info": head}, *data))
    parts = "".join(in_one_line(head, part) + "\n" for part in (data[:half], data[half:]))
    last = json.dumps({"data": data, "info": head}, indent=4, ensure_ascii=False) + "\n"
    yield "10-outer-list.json", 10, True, "the export in a list", b"[" + plain + b"]"
    yield "10-json-lines.jsonl", 10, True, "JSON Lines: `info` first, then a record a line", lines.encode()
    yield (
        "10-json-lines-parts.jsonl",
        10,
        True,
        "JSON Lines: two exports with the same `info`",
        parts.encode(),
    )
    yield "10-bom.json", 10, True, "a byte-order mark before the export", b"\xef\xbb\xbf" + plain
    yield (
        "10-info-last.json",
        10,
        True,
        "pretty-printed, UTF-8 letters as they are, `info` behind `data`",
        last.encode(),
    )
    yield "10-gzip.json.gz", 10, True, "gzip", gzipped(plain)
    yield "10-zip.zip", 10, True, "a ZIP with the export in it", zipped("export.json", plain)
    yield (
        "10-form-field.txt",
        10,
        True,
        "a form field that holds the export",
        b"data=" + quote_plus(plain).encode(),
    )
    yield "10-mail.eml", 10, True, "the mail to which the export is attached", mailed(plain)
    cut = plain[: plain.rfind(b'"event"') + 60]
    yield "10-cut-off.json", 10, False, "the file ends in the middle of a record", cut


def gzipped(content: bytes) -> bytes:
    """A gzip file, uncompressed and without a timestamp."""
    tail = struct.pack("<II", zlib.crc32(content), len(content))
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + stored(content) + tail


def zipped(name: str, content: bytes) -> bytes:
    """A ZIP of one file, uncompressed and with a fixed timestamp."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        entry = zipfile.ZipInfo(name, (2024, 3, 1, 12, 0, 0))
        entry.create_system = 3
        archive.writestr(entry, content)
    return out.getvalue()


def mailed(content: bytes) -> bytes:
    """A message with the finished export attached."""
    note = mime.text_part("The data that was requested is attached.\n", encoding="7bit")
    part = mime.multipart(
        "mixed", [note, mime.file_part(content, "application/json", "data.json")], "=_export_mail"
    )
    fields = [
        ("From", "Data requests <noreply@service.example>"),
        ("To", "privacy@kroosduiker.example"),
        ("Subject", "Your data request is ready"),
        ("Date", "Fri, 01 Mar 2024 12:00:00 +0100"),
        ("Message-ID", "<datarequest-1@service.example>"),
        ("MIME-Version", "1.0"),
    ]
    return mime.Message(part, fields).text().encode()
