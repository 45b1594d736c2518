"""Text of an export as HTML: printable, escaped, isolated from the direction of the text around it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup, escape

from dsr_report.printable import printable

_SCHEME = re.compile(r":(?:(?<=\bhttps:)|(?<=\bhttp:)|(?<=\bftp:))//", re.IGNORECASE)
"""Begins with the sign that most texts have none of: that is looked for at once."""

DOT = " · "
_MARKUP_SIGNS = re.compile(r"[<>=]")
_SPOKEN = 160
_LONG_WORD = 1000
_PIECE = 400
_SHORT = 60
_LONG = re.compile(rf"(\S{{{_LONG_WORD},}})")
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\u200e\u200f\u202a-\u202c\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufeff"
    "\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def shown(text: str) -> Markup:
    """`text` as HTML, with its line ends."""
    lines = printable(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return Markup('<bdi class="v">{}</bdi>').format(Markup("<br>").join(_escape_text(line) for line in lines))


def inline(text: str) -> Markup:
    """`text` as HTML on one line, without a frame of its own; addresses in it are inert."""
    return _escape_text(printable(inert(text)))


def _escape_text(text: str) -> Markup:
    """A text as HTML; a word of many pages (a file as base64, say) in pieces, so that breaking it stays quick.

    WeasyPrint lays a word out again from each line end on: its time grows with the square of a word's length.
    """
    if len(text) < _LONG_WORD or max(map(len, text.split()), default=0) < _LONG_WORD:
        return escape(text)
    return Markup("").join(
        escape(word)
        if len(word) < _LONG_WORD
        else Markup("").join(
            Markup("<span>{}</span>").format(word[at : at + _PIECE]) for at in range(0, len(word), _PIECE)
        )
        for word in _LONG.split(text)
    )


def spoken(text: str) -> Markup:
    """`text` for the label of a link, which is read aloud: its beginning, without the signs of markup."""
    plain = _MARKUP_SIGNS.sub(" ", printable(inert(text)))
    return escape(" ".join(plain.split())[:_SPOKEN])


def isolated(text: str) -> Markup:
    """`inline` text; in an element of its own only where some of it runs from right to left.

    An element for every value would be right too, but WeasyPrint breaks the first word inside an element
    wherever the line happens to end.
    """
    return _remembered(text) if len(text) <= _SHORT else _isolate(text)


def _isolate(text: str) -> Markup:
    if text.isascii() or not _RIGHT_TO_LEFT.search(text):
        return inline(text)
    return Markup("<bdi>{}</bdi>").format(inline(text))


_remembered = lru_cache(maxsize=1024)(_isolate)  # the values of events recur


_NAME_PARTS = re.compile(r"(?<=[_\-./@])(?=[^\W_])|(?<=[a-z\u00df-\u00ff])(?=[A-Z])")


def name_parts(name: str) -> list[str]:
    """The parts of a name between which it may break: after `_`, `-`, `.`, `/`, `@`, and before a capital."""
    return _NAME_PARTS.split(printable(name))


def dotted(texts: Iterable[str]) -> Markup:
    """Texts on one line, with a dot between them."""
    return Markup(DOT.join(map(isolated, texts)))  # noqa: S704 - escaped by `isolated`


def paragraphs(text: str) -> Markup:
    """A long text as paragraphs: blank lines part them, line ends stay (styles keep them: `pre-line`).

    An element for each line end would take WeasyPrint half as long again.
    """
    clean = printable(text.replace("\r\n", "\n").replace("\r", "\n"))
    parts = re.split(r"\n[ \t]*\n\s*", clean.strip("\n"))
    html = "".join(f'<p class="t" dir="auto">{_escape_text(part)}</p>' for part in parts if part)
    return Markup(html)  # noqa: S704 - escaped


def inert(text: str) -> str:
    """`text` with addresses that no viewer turns into links: the scheme stands apart from the rest."""
    return _SCHEME.sub(": //", text) if "://" in text else text
