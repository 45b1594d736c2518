"""The header of a message: all fields, in order, with repeats, raw and decoded (RFC 5322, 2047, 2231)."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from urllib.parse import unquote_to_bytes

from dsr_report.mime.charsets import REPLACEMENT, codec_of, is_whole, to_text
from dsr_report.mime.defects import Defect, DefectCode, defect
from dsr_report.mime.transfer import decode_base64

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_WORD = re.compile(r"=\?([^?\s=]{1,60})\?\s*([bBqQ])\s*\?([^?]*(?:\?(?!=)[^?]{0,80}){0,8}?)\?=")
_BLANK_LINE = re.compile(rb"\n\r*\n")
_BLANK_LINE_OF_CR = re.compile(rb"\r\r")
_EMPTY_LINE = re.compile(rb"\r*\n|\r(?=.)", re.DOTALL)
_LINE = re.compile(rb"[^\n]*+(?:\n|\Z)")
_LINE_END = re.compile(rb"\n(?![ \t])")
_LINE_END_OF_CR = re.compile(rb"\r(?![ \t])")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_SHORT_BLOCK = 400
"""Bytes; a longer header block is not cached."""
_SHORT_FIELD = 200
"""Bytes or characters; a longer field is not cached."""
_ALL_FIELDS = re.compile(rb"(?:[!-9;-~]+[ \t]*:[^\n]*+\n(?:[ \t][^\n]*+\n)*+)*+(?:\r*\n)?")
_LIKELY_FIELD = re.compile(
    rb"(?:content-|mime-|x-|list-|received|return-|reply-|message-id|date|from|to|cc|bcc|subject|sender|dkim-|arc-|"
    rb"authentication-|precedence|auto-|feedback-id|in-reply-to|references|delivered-to|[\w-]+-[\w-]+)"
    rb"[\w-]*[ \t]*:",
    re.IGNORECASE,
)
_NAMED_ANYWHERE = r"(?:boundary|charset|format|delsp|(?:file)?name(?:\*\d*\*?)?|size|type|protocol|micalg)"
_PARAMETER = re.compile(
    rf"""(?:;|(?<=[\s"])(?={_NAMED_ANYWHERE}\s*=))\s*+([^\s=;"]+)\s*=\s*+"""
    rf"""("(?:[^"\\]|\\.)*+"|[^;\s]*+(?:\s++(?!{_NAMED_ANYWHERE}\s*=)[^;\s]*+)*+)""",
    re.DOTALL | re.IGNORECASE,
)
"""A semicolon missing before one of the names that matter is assumed."""
_ESCAPED = re.compile(r'\\(["\\])')
"""Only quotes and backslashes: `C:\\invoices\\may.pdf`, as Windows programs write it, has no escape."""


@dataclass(frozen=True, slots=True)
class HeaderField:
    """One field: `value` is decoded and unfolded, `raw` is the bytes after the colon."""

    name: str
    value: str
    raw: bytes


def split_header(raw: bytes) -> tuple[bytes, bytes, DefectCode | None]:
    """The header block with its blank line, the body, and the defect of the border between them."""
    first = _EMPTY_LINE.match(raw)
    if first:
        return raw[: first.end()], raw[first.end() :], None
    is_header = _FIELD.match(raw) is not None or raw.startswith((b"From ", b">From "))
    if not is_header:
        return b"", raw, "header-missing"
    border = (_BLANK_LINE if b"\n" in raw else _BLANK_LINE_OF_CR).search(raw)
    end = border.end() if border else len(raw)
    if not _ALL_FIELDS.fullmatch(raw, 0, end):
        early = _body_in_header(raw, end)
        if early is not None:
            return raw[:early], raw[early:], "body-after-header-line"
    return raw[:end], raw[end:], None if border else "header-without-body"


def _body_in_header(raw: bytes, end: int) -> int | None:
    """The offset of the body when no blank line ends the header: the first line that is no field."""
    found = None
    for line in _LINE.finditer(raw, 0, end):
        text = line.group()
        if text.startswith((b" ", b"\t")) or not text.strip(b"\r\n"):
            continue
        is_field = _FIELD.match(text) is not None
        if found is None:
            if not is_field and line.start() and not text.startswith((b"From ", b">From ")):
                found = line.start()
        elif is_field and _LIKELY_FIELD.match(text):
            found = None  # a stray line within a header
    return found


def split_fields(block: bytes) -> list[bytes]:
    """The fields of a header block, each with its line end and folded lines; joined they equal the block."""
    starts = [match.end() for match in (_LINE_END if b"\n" in block else _LINE_END_OF_CR).finditer(block)]
    borders = [0, *(at for at in starts if at < len(block)), len(block)]
    return [block[start:end] for start, end in pairwise(borders) if start < end]


def parse_header(block: bytes) -> tuple[tuple[HeaderField, ...], tuple[Defect, ...]]:
    """All fields of a header block, in order; lines that are no field become fields without a name."""
    return _remembered_header(block) if len(block) <= _SHORT_BLOCK else _parse_fields(block)


def _parse_fields(block: bytes) -> tuple[tuple[HeaderField, ...], tuple[Defect, ...]]:
    fields: list[HeaderField] = []
    defects: list[Defect] = []
    for field in split_fields(block):
        found = _remembered_field(field) if len(field) <= _SHORT_FIELD else _named_field(field)
        if found:
            fields.append(found)
        elif field.strip(b"\r\n"):
            fields.append(_field("", field))
            if not field.startswith((b"From ", b">From ")):
                defects.append(defect("header-without-field"))
    if len(fields) > 1 and b"\0" in block:
        defects.append(defect("header-nul"))
    if any(REPLACEMENT in field.value for field in fields) and REPLACEMENT.encode() not in block:
        defects.append(defect("bytes-not-in-header-charset"))
    return tuple(fields), tuple(dict.fromkeys(defects))


def _named_field(field: bytes) -> HeaderField | None:
    match = _FIELD.match(field)
    return _field(match.group(1).decode("ascii"), field[match.end() :]) if match else None


# The messages of an export share most of their fields, and nearly all headers of their parts.
_remembered_header = lru_cache(maxsize=512)(_parse_fields)
_remembered_field = lru_cache(maxsize=2048)(_named_field)


def _field(name: str, raw: bytes) -> HeaderField:
    return HeaderField(name, decode_field(raw), raw.rstrip(b"\r\n"))


def unfold(raw: bytes) -> str:
    """A field's text on one line, with 8-bit characters decoded and encoded words unchanged."""
    text = raw.decode("ascii") if raw.isascii() else to_text(raw, None)[0]
    if "\n" in text or "\r" in text:
        text = _FOLD.sub(" ", text)
    return text.strip(" \t\r\n")


def decode_field(raw: bytes) -> str:
    """A field's text: unfolded, with 8-bit characters and encoded words decoded."""
    text = unfold(raw)
    return decode_words(text) if "=?" in text else text


def decode_words(text: str) -> str:
    """Decode every encoded word of RFC 2047, even where the RFC forbids one; other text is unchanged."""
    out: list[str] = []
    end = 0
    pending: list[tuple[str, str, str]] = []

    def flush() -> None:
        for charset, content in _join_words(pending):
            out.append(to_text(content, charset)[0])
        pending.clear()

    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        if between and (not pending or not between.isspace()):  # white space between two words is dropped
            flush()
            out.append(between)
        charset, encoding, content = match.groups()
        pending.append((charset.split("*")[0], encoding.lower(), content))
        end = match.end()
    flush()
    out.append(text[end:])
    return "".join(out)


def _join_words(words: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, bytes]]:
    """Join adjacent words of one charset, as senders split characters and base64 groups between words."""
    for charset, run in groupby(words, key=lambda word: word[0].lower()):
        pieces = [
            _run_bytes(charset, encoding, [content for _, _, content in same])
            for encoding, same in groupby(run, key=lambda word: word[1])
        ]
        yield charset, b"".join(pieces)


def _run_bytes(charset: str, encoding: str, contents: list[str]) -> bytes:
    if encoding == "q":
        return quopri.decodestring(_raw("".join(contents), charset).replace(b"_", b" "), header=False)
    codes = [_raw(content, charset) for content in contents]
    joined = decode_base64(b"".join(codes)).content
    if any(len(code) % 4 for code in codes[:-1]):  # split within a group, or each without padding
        apart = b"".join(decode_base64(code).content for code in codes)
        if is_whole(apart, charset) and not is_whole(joined, charset):
            return apart
    return joined


def _raw(content: str, charset: str) -> bytes:
    """The bytes of an encoded word; 8-bit characters, which are not allowed there, in its charset."""
    if content.isascii():
        return content.encode("ascii")
    try:
        return content.encode(codec_of(charset) or "utf-8")
    except ValueError:
        return content.encode("utf-8", "surrogatepass")


def parameters(value: str) -> dict[str, str]:
    """The parameters of a structured field (`; name=value`), RFC 2231 continuations and charsets resolved."""
    return dict(_remembered_parameters(value)) if len(value) <= _SHORT_FIELD else _parameters(value)


@lru_cache(maxsize=512)
def _remembered_parameters(value: str) -> tuple[tuple[str, str], ...]:
    return tuple(_parameters(value).items())


def _parameters(value: str) -> dict[str, str]:
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(value):
        name, text = match.group(1).lower(), match.group(2).strip()
        if text.startswith('"'):
            text = _ESCAPED.sub(r"\1", text[1:-1] if text.endswith('"') and len(text) > 1 else text[1:])
        base, star, rest = name.partition("*")
        if not star:
            plain.setdefault(name, decode_words(text) if "=?" in text else text)
            continue
        extended = name.endswith("*")
        number = rest.rstrip("*")
        index = int(number) if number.isdecimal() and len(number) < 6 else 0
        pieces.setdefault(base, {})[index] = (text, extended)
    for base, parts in pieces.items():
        plain[base] = _joined_parameter([parts[index] for index in sorted(parts)])
    return plain


def _joined_parameter(parts: list[tuple[str, bool]]) -> str:
    charset = "utf-8"
    escaped = b""
    for position, (text, extended) in enumerate(parts):
        piece = text
        if extended and position == 0 and piece.count("'") >= 2:
            charset, _, piece = piece.split("'", 2)
        raw = piece.encode("utf-8", "surrogatepass")
        escaped += raw if extended else raw.replace(b"%", b"%25")  # the next piece may continue an escape
    content = unquote_to_bytes(escaped)
    text = to_text(content, charset)[0]
    return decode_words(text) if "=?" in text else text
