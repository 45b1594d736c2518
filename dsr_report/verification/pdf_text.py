"""Extracts the text of a PDF's pages from their content streams, by each font's ToUnicode table.

It supports the PDFs that we write: two-byte glyph numbers in hexadecimal strings, a ToUnicode table for every
font, and replacement texts (ActualText). The result is what copying from the page would give, without
depending on an installed program.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Iterator

import pikepdf

_TOKEN = re.compile(
    rb"/ActualText <feff([0-9a-f]*)>|/([^\s/<>\[\]()]+)\s+[-\d.]+\s+Tf\b"
    rb"|(<[0-9A-Fa-f\s]+>(?:[-\d.\s]*+<[0-9A-Fa-f\s]+>)*+)|\b(ET|Td|TD|Tm|EMC)\b|(T\*)"
)
_BETWEEN_STRINGS = re.compile(rb">[^<]*<?|[<\s]+")
"""All of a line of glyphs (`[<0041>-20<0042>] TJ`) but its digits."""
_PAIR = re.compile(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>")
Glyphs = dict[int, str]
"""What glyphs say, by their numbers."""


def page_texts(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield the text of each page and of each form XObject, with a line break at each change of position."""
    tables: dict[tuple[int, int], Glyphs] = {}
    for page in pdf.pages:
        yield _text_of(b"\n".join(_contents(page)), page.resources, tables)
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Form":
            yield _text_of(thing.read_bytes(), thing.get("/Resources", pikepdf.Dictionary()), tables)


def _contents(page: pikepdf.Page) -> Iterator[bytes]:
    contents = page.obj.get("/Contents")
    streams = contents if isinstance(contents, pikepdf.Array) else [contents]
    for stream in streams:
        if isinstance(stream, pikepdf.Stream):
            yield stream.read_bytes()


def _text_of(content: bytes, resources: pikepdf.Object, tables: dict[tuple[int, int], Glyphs]) -> str:
    fonts = resources.get("/Font", pikepdf.Dictionary())
    glyphs: Glyphs = {}
    out: list[str] = []
    is_said = False
    """Whether an ActualText replaces the following glyphs."""
    for actual, font, string, moved, next_line in _TOKEN.findall(content):
        if actual:
            out.append(bytes.fromhex(actual.decode()).decode("utf-16-be", "replace"))
            is_said = True
        elif font:
            found = fonts.get("/" + font.decode("latin-1"))
            glyphs = _glyphs_of(found, tables) if isinstance(found, pikepdf.Dictionary) else {}
        elif moved == b"EMC":
            is_said = False
        elif moved or next_line:
            out.append("\n")
        elif not is_said:
            out += [glyphs.get(number, "") for number in _glyphs_in(string)]
    return "".join(out)


def _glyphs_in(line: bytes) -> array[int]:
    digits = _BETWEEN_STRINGS.sub(b"", line)
    numbers = array("H", bytes.fromhex(digits[: len(digits) // 4 * 4].decode("ascii")))
    if sys.byteorder == "little":
        numbers.byteswap()
    return numbers


def _glyphs_of(font: pikepdf.Object, tables: dict[tuple[int, int], Glyphs]) -> Glyphs:
    known = tables.get(font.objgen)
    if known is None:
        table = font.get("/ToUnicode")
        pairs = _PAIR.findall(table.read_bytes()) if isinstance(table, pikepdf.Stream) else []
        known = {
            int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be", "replace") for code, text in pairs
        }
        tables[font.objgen] = known
    return known
