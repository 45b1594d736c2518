"""Text of an export as HTML: printable, escaped, isolated from the direction of the text around it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup, escape

from dsr_report.printable import printable

_SCHEME = re.compile(r":(?:(?<=\bhttps:)|(?<=\bhttp:)|(?<=\bftp:))//", re.IGNORECASE)
"""Starts with `:` because `re` searches a literal first character fast, and most texts have none."""

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
    """`text` as HTML, with its line breaks."""
    lines = printable(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return Markup('<bdi class="v">{}</bdi>').format(Markup("<br>").join(_escape_text(line) for line in lines))


def inline(text: str) -> Markup:
    """`text` as HTML without an element of its own; addresses in it are inert."""
    return _escape_text(printable(inert(text)))


def _escape_text(text: str) -> Markup:
    """Escape a text, and split a very long word (base64, say) into pieces, so that line breaking stays fast.

    WeasyPrint lays out the rest of a word again after each line break: its time grows with the square of the
    word's length.
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
    """`text` as the label of a link for screen readers: its beginning, without `<`, `>` and `=`."""
    plain = _MARKUP_SIGNS.sub(" ", printable(inert(text)))
    return escape(" ".join(plain.split())[:_SPOKEN])


def isolated(text: str) -> Markup:
    """`inline` text; within `<bdi>` only if it has right-to-left characters.

    An element for every value would be right too, but WeasyPrint breaks the first word inside an element at
    any character.
    """
    return _remembered(text) if len(text) <= _SHORT else _isolate(text)


def _isolate(text: str) -> Markup:
    if text.isascii() or not _RIGHT_TO_LEFT.search(text):
        return inline(text)
    return Markup("<bdi>{}</bdi>").format(inline(text))


_remembered = lru_cache(maxsize=1024)(_isolate)  # values of events recur


_NAME_PARTS = re.compile(r"(?<=[_\-./@])(?=[^\W_])|(?<=[a-z\u00df-\u00ff])(?=[A-Z])")


def name_parts(name: str) -> list[str]:
    """Split a name where a line break is allowed: after `_`, `-`, `.`, `/`, `@`, and before a capital."""
    return _NAME_PARTS.split(printable(name))


def dotted(texts: Iterable[str]) -> Markup:
    """Texts on one line as HTML, separated by dots."""
    return Markup(DOT.join(map(isolated, texts)))  # noqa: S704 - escaped by `isolated`


def paragraphs(text: str) -> Markup:
    """A long text as paragraphs, split at blank lines; line breaks stay characters (CSS: `pre-line`).

    With an element for each line break, WeasyPrint would take half as long again.
    """
    clean = printable(text.replace("\r\n", "\n").replace("\r", "\n"))
    parts = re.split(r"\n[ \t]*\n\s*", clean.strip("\n"))
    html = "".join(f'<p class="t" dir="auto">{_escape_text(part)}</p>' for part in parts if part)
    return Markup(html)  # noqa: S704 - escaped


def inert(text: str) -> str:
    """`text` with a space after the scheme of addresses, so that no viewer turns them into links."""
    return _SCHEME.sub(": //", text) if "://" in text else text
