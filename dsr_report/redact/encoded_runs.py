"""Runs of base64 or hexadecimal digits in a text, and the texts encoded in them."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from functools import lru_cache

from dsr_report.mime.inside_files import is_packed, texts_inside
from dsr_report.redact.skeleton import BORDER

_BORDER = BORDER.encode()
_RUN = re.compile(r"[A-Za-z0-9+/_-]{11,}={0,2}")
_SHORTEST = 11
"""Digits: seven bytes in base64."""
_RUN_OR_SPACE = bytes(
    byte if byte < 128 and (chr(byte).isalnum() or chr(byte) in "+/_-") else ord(" ") for byte in range(256)
)
_LINES = re.compile(r"(?:[A-Za-z0-9+/]{30,100}[ \t]*\r?\n[ \t]*)+[A-Za-z0-9+/]*={0,2}")
_OF_LINES = bytes(
    ord("w")
    if byte < 128 and (chr(byte).isalnum() or chr(byte) in "+/")
    else ord(" ")
    if chr(byte) in " \t"
    else ord("\n")
    if chr(byte) == "\n"
    else ord(".")
    for byte in range(256)
)
"""Translation table to base64 digit (`w`), blank, line end or other (`.`)."""
_ENDS_OF_LINES = tuple(b"w" * 30 + end for end in (b"\n", b" \n", b"  "))
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{12,}")
_HEXADECIMAL_PAIRS = re.compile(
    r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}([ :-]))(?:[0-9A-Fa-f]{2}\1){4,}[0-9A-Fa-f]{2}"
)
_KINDS = bytes(
    ord("h") if chr(byte) in "0123456789abcdefABCDEF" else ord("-") if chr(byte) in " :-" else ord(".")
    for byte in range(256)
)
"""Translation table to hexadecimal digit (`h`), separator (`-`) or other (`.`)."""
_SAYS_SOMETHING = re.compile(
    rb"(?:[\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}){6}|"
    rb"(?:[\xc2-\xdf][\x80-\xbf][ -.]?){5}|(?:[\xe0-\xef][\x80-\xbf]{2}){3}|"
    rb"(?:[\x20-\xff][\0-\x02\x1e]|.[\x03-\x06]){6}|(?:.[\x03-\x06\x4e-\x9f]){5}",
    re.DOTALL,
)
_WIDE = re.compile(rb"(?:.[\x03-\x06\x4e-\x9f]){5}", re.DOTALL)
"""Letters of non-Latin scripts in UTF-16."""
_A_FILE = 200
"""Base64 digits from which a run may be a file: an archive, a message, an office document."""
_PACKED = ("H4sI", "eJ", "eN", "eA", "eF", "QlpoO", "/Td6W", "UEsD")
"""Base64 prefixes of compressed data of any length: gzip, zlib, bzip2, xz, zip."""
_SHORT_RUN = 300
"""Characters; the texts of a longer run are not cached."""


def may_have_pairs(text: str) -> bool:
    """Quick check whether a text may have at least six hexadecimal pairs with separators."""
    return b"hh-hh-hh-hh-hh-hh" in text.encode("utf-8", "surrogatepass").translate(_KINDS)


def may_have_lines(text: str) -> bool:
    """Quick check whether a text may have lines of base64."""
    if "\n" not in text:
        return False
    kinds = text.encode("utf-8", "surrogatepass").translate(_OF_LINES, b"\r")
    return any(end in kinds for end in _ENDS_OF_LINES)


def runs_alone(text: str) -> list[str]:
    """The distinct runs of base64 or hexadecimal digits in a text, without padding."""
    words = text.encode("utf-8", "surrogatepass").translate(_RUN_OR_SPACE).split()
    return [run.decode("ascii") for run in dict.fromkeys([word for word in words if len(word) >= _SHORTEST])]


def runs_over_lines(text: str) -> Iterator[str]:
    """The digits of base64 over several lines, and of separated hexadecimal pairs."""
    for match in _matches_over_lines(text):
        yield digits_of(match)


def matches_in(text: str) -> Iterator[re.Match[str]]:
    """Matches of all runs: in one word, over lines, in pairs."""
    yield from _RUN.finditer(text)
    yield from _matches_over_lines(text)


def _matches_over_lines(text: str) -> Iterator[re.Match[str]]:
    if may_have_lines(text):
        yield from _LINES.finditer(text)
    if may_have_pairs(text):
        yield from _HEXADECIMAL_PAIRS.finditer(text)


def digits_of(match: re.Match[str]) -> str:
    """The digits of a match, without separators."""
    return (
        re.sub(r"[ :-]", "", match.group())
        if match.re is _HEXADECIMAL_PAIRS
        else "".join(match.group().split())
    )


def texts_of_run(run: str) -> tuple[str, ...]:
    """The texts in a run of digits: as base64 from each of its first four digits, and as hexadecimal."""
    return _of_run(run) if len(run) <= _SHORT_RUN else _all_of_run(run)


def _all_of_run(run: str) -> tuple[str, ...]:
    found: list[str] = []
    if _HEXADECIMAL.search(run):
        for digits in _HEXADECIMAL.findall(run):
            for start in (0, 1):
                even = digits[start : start + (len(digits) - start) // 2 * 2]
                found += _texts_in(bytes.fromhex(even))
    plain = run.replace("-", "+").replace("_", "/")
    for start in range(4):  # the run may begin with digits that are no part of it
        rest = plain[start:].rstrip("=")
        content = base64.b64decode(rest[: len(rest) // 4 * 4] + _tail(rest))
        found += _texts_in(content)
        is_likely = start == 0 and (len(run) >= _A_FILE or plain.startswith(_PACKED))
        if is_likely and is_packed(content):
            found += texts_inside(content)
    return tuple(dict.fromkeys(found))


_of_run = lru_cache(maxsize=2_000)(_all_of_run)  # CSS class names and link tokens recur


def _tail(rest: str) -> str:
    """The last incomplete group of base64, padded; a single digit encodes no byte and is dropped."""
    last = rest[len(rest) // 4 * 4 :]
    return last + "=" * (4 - len(last)) if len(last) > 1 else ""


def _texts_in(content: bytes) -> Iterator[str]:
    if not _SAYS_SOMETHING.search(content):
        return
    plain = content.replace(_BORDER, b" ")
    is_wide = b"\0" in content
    try:
        yield plain.decode("utf-8")
    except ValueError:
        yield plain.decode("cp1252", "replace")
        is_wide = is_wide or _WIDE.search(content) is not None
    if is_wide:
        for charset in ("utf-16-le", "utf-16-be"):
            yield content.decode(charset, "replace").replace(BORDER, " ")
