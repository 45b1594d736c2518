"""Escape sequences and their decoding: of URLs, markup, source code, headers, and of misread charsets."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from dsr_report.mime.header import decode_words
from dsr_report.redact.skeleton import BORDER

_BORDER = BORDER.encode()
ESCAPE = re.compile(
    r"%(?:u[0-9A-Fa-f]{4}|[0-9A-Fa-f]{2}(?:%[0-9A-Fa-f]{2})*)|"
    r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?|"
    r"\\(?:\\*u[0-9A-Fa-f]{4}(?:\\+u[0-9A-Fa-f]{4})*|\\*u\{[0-9A-Fa-f]{1,6}\}|\\*x[0-9A-Fa-f]{2})"
)
_CUT_BY_FOLD = re.compile(
    r"([&%=\\][#A-Za-z0-9]{0,9}|[A-Za-z0-9+/\u0080-\uffff])\r?\n[ \t](?=[%&=\\\w#;+/\u0080-\uffff])"
)
_FOLD = re.compile(r"\n[ \t](?=[%&=\\\w#;+/\u0080-\uffff])")
"""Necessary condition for `_CUT_BY_FOLD`, found ten times as fast."""
_QUOTED_PRINTABLE = re.compile(
    r"=(?:[0-9A-Fa-f]{2}(?:=[ \t]*\r?\n)?(?:=[0-9A-Fa-f]{2})+|[89A-F][0-9A-F]|"
    r"[2-7][0-9A-F](?=[A-Za-zÀ-ž0-9=\"]))"
    r"(?:(?:=[ \t]*\r?\n)?=[0-9A-Fa-f]{2})*"
)
_CODE_POINT = re.compile(r"\\([0-9A-Fa-f]{1,6})(?:\r\n|[ \t\r\n\f])?")
_OCTAL = re.compile(r"(?:\\[0-3][0-7]{2})+")
_LINE_END = re.compile(r"\\+[nrtbf]")
_ENCODED_WORDS = re.compile(r"=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=(?:\s*=\?[^?\s]{1,60}\?[bBqQ]\?[^?]*\?=)*")
_IDN = re.compile(r"[xX][nN]--[A-Za-z0-9-]{1,59}")
_MISREAD = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{1,3}")
_MAY_BE_MISREAD = re.compile(rb"\xc3[\x82-\xb4][\xc2\xc5\xc6\xcb\xe2]")
"""First bytes, in UTF-8, of each `_MISREAD`; `re` searches a literal first byte fast."""


def _before_fold(match: re.Match[str]) -> str:
    return match.group(1)


@lru_cache(maxsize=8192)
def _of_escape(text: str) -> str:
    if text[0] == "&":
        return html.unescape(text).replace(BORDER, " ")
    if text[0] == "%" and text[1] != "u":
        return _characters(bytes.fromhex(text.replace("%", "")))
    if "{" in text or "x" in text:
        number = int(text.lstrip("\\").lstrip("ux").strip("{}"), 16)
        return chr(number) if number < 0x110000 else " "
    units = bytes.fromhex("".join(re.findall("u([0-9A-Fa-f]{4})", text)))
    return units.decode("utf-16-be", "surrogatepass")


def as_space(_: re.Match[str]) -> str:
    """Replacement for an escape sequence that is only a separator."""
    return " "


def resolve(match: re.Match[str]) -> str:
    """The text that a match of `ESCAPE` encodes."""
    return _of_escape(match.group())


def _characters(content: bytes) -> str:
    """A few bytes as UTF-8, or else as Windows-1252."""
    content = content.replace(_BORDER, b" ")
    try:
        return content.decode("utf-8")
    except ValueError:
        return content.decode("cp1252", "replace")


def _unquote(match: re.Match[str]) -> str:
    return _characters(bytes.fromhex(re.sub(r"[=\s]", "", match.group())))


def _decoded_words(match: re.Match[str]) -> str:
    return decode_words(match.group())


def _code_point(match: re.Match[str]) -> str:
    number = int(match.group(1), 16)
    return chr(number) if 0 < number < 0x110000 else " "


def _octal(match: re.Match[str]) -> str:
    return _characters(bytes(int(code, 8) for code in match.group().split("\\")[1:]))


def _idn(match: re.Match[str]) -> str:
    try:
        return match.group()[4:].encode("ascii").decode("punycode")
    except ValueError:
        return match.group()


def _well_read(match: re.Match[str]) -> str:
    text = match.group()
    for charset in ("cp1252", "latin-1"):
        try:
            return text.encode(charset).decode("utf-8")
        except ValueError:
            continue
    return text


class Escape(NamedTuple):
    """A less frequent kind of escape sequence."""

    may_be_in: Callable[[str], object]
    """Quick check: false if a text has no match of the pattern."""
    pattern: re.Pattern[str]
    change: Callable[[re.Match[str]], str]


def _may_be_misread(text: str) -> bool:
    return _MAY_BE_MISREAD.search(text.encode("utf-8", "surrogatepass")) is not None


RARE = (
    Escape(_FOLD.search, _CUT_BY_FOLD, _before_fold),
    Escape(lambda text: "=" in text, _QUOTED_PRINTABLE, _unquote),
    Escape(lambda text: "=?" in text, _ENCODED_WORDS, _decoded_words),
    Escape(lambda text: "\\" in text, _LINE_END, as_space),
    Escape(lambda text: "\\" in text, _CODE_POINT, _code_point),
    Escape(lambda text: "\\" in text, _OCTAL, _octal),
    Escape(lambda text: "--" in text, _IDN, _idn),
    Escape(_may_be_misread, _MISREAD, _well_read),
    Escape(_may_be_misread, _MISREAD, _well_read),  # misread twice
)
