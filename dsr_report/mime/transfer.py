"""Decoding of transfer encodings, tolerant of faults, and of files embedded in a text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

UU_NAMES = frozenset({"x-uuencode", "uuencode", "uue", "x-uue"})
ENCODED = frozenset({"base64", "quoted-printable", *UU_NAMES})
"""Transfer encodings whose decoded body differs from the raw one."""

_BLANKS = b" \t\r\n"
_BROKEN_QP = re.compile(rb"=(?![0-9A-Fa-f][0-9A-Fa-f]|[\r\n]|[ \t]*+(?:[\r\n]|\Z))")
_WHOLE_QP = re.compile(rb"[^=]*+(?:=(?:[0-9A-Fa-f]{2}|\r?\n)[^=]*+)*+")
"""Fast path without a fault, as in nearly all texts: two thirds of the time of `_BROKEN_QP`."""
_BLANKS_AT_END = re.compile(rb"(=?)(?<![ \t])[ \t]++(?=\r?(\n)|\Z)")
_LINE_AFTER_BLANK = re.compile(rb"\n(?:(?<=[ \t]\n)|(?<=[ \t]\r\n))")
"""Starts with the line end: `re` searches a literal first character fast, and blanks are everywhere."""
_FULL_LINE = 60
"""Encoders break lines of about 76 characters (RFC 2045, 6.7, rule 5); a shorter one ends with a word."""
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]")
_RUN = re.compile(rb"([A-Za-z0-9+/]*)(=*)")
_INNER_BLANK = re.compile(rb"[^ \t][ \t]++[^ \t]")
_MOST_ODD = 4
"""A line with more than one non-base64 character in this many is not base64."""
_UU_BEGIN = re.compile(r"^begin(?:-base64)? [0-7]{3,4} +([^\n]+)\n", re.MULTILINE)
_UU_END = re.compile(r"^end[ \t]*$", re.MULTILINE)
_Y_BEGIN = re.compile(r"^=ybegin [^\n]*\bname=([^\n]+)$", re.MULTILINE)


class DecodedBody(NamedTuple):
    """A body without its transfer encoding, whether that was broken, and the bytes after its end."""

    content: bytes
    is_broken: bool = False
    rest: bytes = b""


def decode(body: bytes, encoding: str) -> DecodedBody:
    """A body without its transfer encoding; unchanged if it has none."""
    if encoding == "base64":
        return decode_base64(body)
    if encoding == "quoted-printable":
        return DecodedBody(decode_quoted_printable(body))  # `is_broken` is determined separately, for speed
    if encoding in UU_NAMES:
        text = body.decode("latin-1").replace("\r\n", "\n")
        block = next(uu_blocks(text), None)
        return DecodedBody(block.content, block.is_broken) if block else DecodedBody(body, is_broken=True)
    return DecodedBody(body)


def decode_quoted_printable(raw: bytes) -> bytes:
    """Decode quoted-printable; drop blanks at line ends, also after a soft break (RFC 2045, 6.7, rule 3).

    Only a full line is broken within a word. The blank after the soft break of a shorter line is kept, as it
    separates two words.
    """
    if raw[-1:] in {b" ", b"\t"} or _LINE_AFTER_BLANK.search(raw):
        raw = _BLANKS_AT_END.sub(_without_blanks, raw)
    return binascii.a2b_qp(raw)


def _without_blanks(end: re.Match[bytes]) -> bytes:
    at, raw = end.start(), end.string
    if not end[1] or not end[2] or raw[at - 1 : at] in {b"", b" ", b"\t", b"\n"}:
        return end[1]
    return b" =" if at - raw.rfind(b"\n", 0, at) <= _FULL_LINE else b"="


def is_broken_quoted_printable(raw: bytes) -> bool:
    """Whether an equals sign is neither an encoded byte nor a soft line break."""
    return _WHOLE_QP.fullmatch(raw) is None and _BROKEN_QP.search(raw) is not None


def decode_base64(raw: bytes) -> DecodedBody:
    """Decode base64 as it occurs in messages: padded pieces, stray characters, and text after its end."""
    compact = raw.translate(None, _BLANKS)
    try:
        return DecodedBody(binascii.a2b_base64(compact, strict_mode=True))
    except binascii.Error:
        return _line_by_line(raw)


def _line_by_line(raw: bytes) -> DecodedBody:
    kept: list[bytes] = []
    at = 0
    is_padded = False
    for line in raw.splitlines(keepends=True):
        text = line.strip(_BLANKS)
        clean = _NOT_BASE64.sub(b"", text)
        if text and not _is_base64(text, clean, is_padded=is_padded):
            break
        if clean:
            kept.append(clean)
            is_padded = clean.endswith(b"=")
        at += len(line)
    if not kept:  # nothing in it is base64
        return DecodedBody(raw, is_broken=bool(raw.strip()))
    return DecodedBody(b"".join(_groups(b"".join(kept))), is_broken=True, rest=raw[at:].strip(_BLANKS))


def _is_base64(text: bytes, clean: bytes, *, is_padded: bool) -> bool:
    blanks = sum(text.count(blank) for blank in (b" ", b"\t"))
    odd = len(text) - blanks - len(clean)
    if odd * _MOST_ODD > len(text) or (is_padded and (odd or blanks)):
        return False
    return not (odd and _INNER_BLANK.search(text))


def _groups(clean: bytes) -> Iterator[bytes]:
    """Decode each run up to its padding separately, as the next run starts a new group of four."""
    for run in _RUN.finditer(clean):
        letters = run.group(1)
        whole = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
        if whole:
            yield binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


class UuBlock(NamedTuple):
    """A file in a text: the span of its lines, `begin` and `end` included, and its content."""

    start: int
    end: int
    name: str
    content: bytes
    is_broken: bool


def uu_blocks(text: str) -> Iterator[UuBlock]:
    """The uuencoded files in a text with line feeds, also in uuencode's base64 form."""
    if "begin" not in text:  # most texts
        return
    at = 0
    while begin := _UU_BEGIN.search(text, at):
        if begin.group().startswith("begin-"):
            close = text.find("\n====", begin.end() - 1)
            end = close + 5 if close >= 0 else -1
            found = decode_base64(text[begin.end() : max(close, 0)].encode("latin-1", "replace"))
            content, is_broken = found.content, found.is_broken
        else:
            close_match = _UU_END.search(text, begin.end())
            end = close_match.end() if close_match else -1
            content, is_broken = _uudecode(text[begin.end() : end - 3]) if close_match else (b"", True)
        if end < 0:
            return
        if content or not text[begin.end() : end - 3].strip(" `\n"):
            yield UuBlock(begin.start(), end, begin.group(1).strip(), content, is_broken)
        at = end


def uu_block_with(code: str, content: bytes) -> str:
    """The lines of an embedded file, as found by `uu_blocks`, with new content."""
    begin, line_end, _ = re.split(r"(\r\n|\n|\r)", code, maxsplit=1)
    if begin.startswith("begin-"):
        lines, end = base64.encodebytes(content), "===="
    else:
        lines = b"".join(binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45)) + b"`\n"
        end = "end"
    return begin + line_end + lines.decode("ascii").replace("\n", line_end) + end


def _uudecode(code: str) -> tuple[bytes, bool]:
    out = bytearray()
    is_broken = False
    for line in filter(None, code.split("\n")):
        try:
            out += binascii.a2b_uu(line.encode("latin-1", "replace"))
        except binascii.Error:
            is_broken = True
    return bytes(out), is_broken


def yenc_names(text: str) -> tuple[str, ...]:
    """The names of yEnc files. They are not decoded: 8-bit data does not survive as JSON text."""
    return tuple(name.strip() for name in _Y_BEGIN.findall(text)) if "=ybegin " in text else ()
