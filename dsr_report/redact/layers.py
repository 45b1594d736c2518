"""A text with its escapes and tags resolved, and the offset of each character in the original.

Escaped markup (`&lt;input value=…&gt;`), string literals within string literals, lines of a page that are
elements: each is a text of its own, which is searched for keys like any other.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_TELLING = re.compile(r"&(?:lt|gt|quot|apos|amp|equals|colon|nbsp|Tab|NewLine|#)")
"""Entities of characters that delimit names and values."""
_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|.)", re.DOTALL)
_TELLING_ESCAPE = re.compile(r"\\(?:[\"'/nrt]|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})")
_SIGNS = {"n": "\n", "r": "\r", "t": "\t", "b": "", "f": "\n"}
_TAG = r"(?:</?[A-Za-z][\w:.-]*(?:[^<>\"']|\"[^\"<>]*\"|'[^'<>]*')*+>|<!--|-->)"
_TAGS = re.compile(rf"{_TAG}(?:\s*+{_TAG})*+")
_ONE_TAG = re.compile(_TAG)
_LINE = re.compile(
    r"</?(?:br|p|div|li|tr|td|th|[uod]l|d[dt]|table|tbody|thead|h[1-6r]|pre|section|article|blockquote|form)\b|--",
    re.IGNORECASE,
)
"""A tag that ends a line or a cell; a comment is a line of its own."""
_TEMPLATE = re.compile(
    r"<%[=#-]?(?P<a>[^%]{1,400}?)-?%>|<\?(?:php|=)?(?P<b>[^?]{1,400}?)\?>|\{\{[{#%]?(?P<c>[^{}]{1,400}?)\}\}\}?"
)
_STRING = re.compile(r"([\"'])((?:(?!\1).)*)\1")
_RUN = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,4000}+={0,2}(?![A-Za-z0-9+/=_-])")
_DEEPEST = 3
"""Nested escapes that are resolved."""


class Layer:
    """A resolved text, and its offsets in the text below it."""

    def __init__(self, text: str, pieces: list[tuple[int, int, int, bool]], below: Layer | None) -> None:
        self.text = text
        self._starts = [piece[0] for piece in pieces]
        self._pieces = pieces
        """Per piece: its offset here, its start and end below, and whether the text is the same."""
        self._below = below

    def place(self, start: int, end: int) -> tuple[int, int]:
        """The span in the original text of the piece from `start` to `end`."""
        start, end = self._written(start)[0], self._written(max(start, end - 1))[1]
        return (start, end) if self._below is None else self._below.place(start, end)

    def _written(self, at: int) -> tuple[int, int]:
        begins, start, end, is_same = self._pieces[bisect_right(self._starts, at) - 1]
        return (start + at - begins, start + at - begins + 1) if is_same else (start, end)


def layers_of(text: str) -> Iterator[Layer]:
    """The resolved texts of a text, each once; none if it has no escapes."""
    known = {text}
    waiting: list[tuple[str, Layer | None, int]] = [(text, None, 0)]
    for current, below, depth in waiting:  # which grows
        for pattern, change in _ways(current) if depth < _DEEPEST else ():
            layer = _resolved(current, pattern, change, below)
            if layer.text.strip() and layer.text not in known:
                known.add(layer.text)
                yield layer
                waiting.append((layer.text, layer, depth + 1))


def _ways(text: str) -> Iterator[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]]:
    if "&" in text and _TELLING.search(text):
        yield _ENTITY, lambda match: html.unescape(match.group())
    if "\\" in text and _TELLING_ESCAPE.search(text):
        yield _ESCAPE, _unescaped
    if _RUN.search(text):
        yield _RUN, _plain_of
    if "<%" in text or "<?" in text or "{{" in text:
        yield _TEMPLATE, _filled_in
    if "</" in text or "<br" in text:
        yield _TAGS, _between


def _unescaped(match: re.Match[str]) -> str:
    sign = match.group()[1:]
    if len(sign) > 1:
        return chr(int(sign[1:], 16))
    return _SIGNS.get(sign, sign)


def _plain_of(match: re.Match[str]) -> str:
    """The text encoded in a run of base64; the run itself if it encodes none."""
    try:
        plain = base64.b64decode(match.group().translate(_URL_SAFE) + "==", validate=False).decode("utf-8")
    except (binascii.Error, ValueError):
        return match.group()
    return f" {plain} " if all(c.isprintable() or c in "\r\n\t" for c in plain) else match.group()


_URL_SAFE = str.maketrans("-_", "+/")


def _filled_in(match: re.Match[str]) -> str:
    """The output of a template placeholder: the string literal in it, or its code."""
    code = (match["a"] or match["b"] or match["c"]).strip(" \t\r\n;")
    texts = _STRING.findall(code)
    is_said = len(texts) == 1 and not re.search(r"[=|?:(]", _STRING.sub("", code))
    return texts[0][1] if is_said else code


def _between(match: re.Match[str]) -> str:
    return "\n" if _LINE.search(match.group()) else _ONE_TAG.sub("", match.group())


def _resolved(
    text: str, pattern: re.Pattern[str], change: Callable[[re.Match[str]], str], below: Layer | None
) -> Layer:
    texts: list[str] = []
    pieces: list[tuple[int, int, int, bool]] = []
    length = at = 0

    def add(piece: str, start: int, end: int, *, is_same: bool) -> None:
        nonlocal length
        if piece:
            texts.append(piece)
            pieces.append((length, start, end, is_same))
            length += len(piece)

    for match in pattern.finditer(text):
        add(text[at : match.start()], at, match.start(), is_same=True)
        add(change(match), *match.span(), is_same=False)
        at = match.end()
    add(text[at:], at, len(text), is_same=True)
    return Layer("".join(texts), pieces, below)
