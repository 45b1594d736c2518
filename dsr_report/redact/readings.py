"""A text as it would be read, in every way that software might read it: what passages are looked for in.

Line by line, as newsletters share most of their lines with each other, and with themselves before and after
something in them was hidden: what a line reads as is remembered. That is exact, as nothing that is resolved
here reaches across a line end: neither percent-encoding, entities, escapes nor combining letters.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from dsr_report.mime.percent import unquoted, unquoted_latin

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u034f\u200e\u200f"
_STRIPPED = re.compile(f"[{re.escape(INVISIBLE)}]")  # ten times as fast as str.translate
_JSON_ESCAPE = re.compile(r"\\+u([0-9A-Fa-f]{4})")
_JSON_SPACE = re.compile(r"\\+[nrt]")
_MAY_BE_ESCAPED = re.compile(r"[%&\\]")
_INLINE_TAG = re.compile(
    r"<(?:/?(?:a(?:bbr|cronym)?|b(?:d[io]|ig)?|cite|code|d(?:ata|el|fn)|em|font|i(?:ns)?|kbd|label|mark|nobr|o:p|"
    r"q|s(?:amp|mall|pan|trike|trong|ub|up)?|t(?:ime|t)|u|var|wbr)\b(?!\u0307)[^<>]*>|!--(?:(?!-->).){0,500}-->)",
    re.DOTALL,
)
"""In one case: it is looked for in what is folded already."""
_BREAK = re.compile(r"<br\b(?!\u0307)[^<>]*>")
_ROUNDS = 6
"""How often escapes are resolved: an address within an address within a page."""
_LARGE = 200_000
"""Characters; the views of a longer text are made anew for each passage, to keep memory bounded."""
_LONG_LINE = 2_000
_MOST_LINES = 8_000
_LINES: dict[str, tuple[str, ...]] = {}
"""What lines read as: folded as they are, and after each round of resolving that changed them."""


def views(text: str) -> Iterator[str]:
    """A text as it would be read, in one case: escapes resolved, spaces alike, inline markup left out."""
    lines = [_LINES.get(line) or _read(line) for line in text.split("\n")]
    view = " ".join([line[0] for line in lines if line[0]])
    yield view
    seen = {view}
    for number in range(1, max(map(len, lines))):
        view = " ".join([read for line in lines if (read := line[min(number, len(line) - 1)])])
        if view not in seen:
            seen.add(view)
            yield view
    if "%" in text and "\ufffd" in view:  # percent-encoded, but not as UTF-8
        yield from dict.fromkeys(folded(one) for one in _as_latin(text))
    if "<" in view or "≮" in view:
        if view.isascii():
            view = _without_tags(view)
        else:
            for composed in "≮≯":  # a bracket of a tag, and a letter that was composed with it
                view = view.replace(composed, unicodedata.normalize("NFD", composed))
            view = unicodedata.normalize("NFC", _without_tags(view))
        if (view := " ".join(view.split())) not in seen:
            yield view


def _without_tags(view: str) -> str:
    return _BREAK.sub(" ", _INLINE_TAG.sub("", view))


def _read(line: str) -> tuple[str, ...]:
    """A line, folded as it is and as it reads after each round of resolving."""
    read: tuple[str, ...]
    if not _MAY_BE_ESCAPED.search(line):
        read = (folded(line),)
    elif len(line) > _LONG_LINE and "><" in line:
        # between two tags nothing is resolved either, and there is no space that would be folded
        pieces = [_rounds(piece) for piece in line.replace("><", ">\n<").split("\n")]
        most = max(map(len, pieces))
        return tuple(
            "".join([piece[min(number, len(piece) - 1)] for piece in pieces]) for number in range(most)
        )
    else:
        read = _rounds(line)
    if len(line) <= _LONG_LINE:
        if len(_LINES) >= _MOST_LINES:
            _LINES.clear()
        _LINES[line] = read
    return read


def _rounds(text: str) -> tuple[str, ...]:
    return (folded(text), *(folded(resolved) for resolved in _resolved(text)))


def _resolved(text: str) -> Iterator[str]:
    """A text after each round of resolving its escapes, until nothing changes; then those for line ends."""
    for _ in range(_ROUNDS):
        before = text
        text = unquoted(text)
        if "&" in text:
            text = html.unescape(text)
        if "\\" in text:
            text = _JSON_ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text).replace("\\/", "/")
        if text == before:
            break
        yield text
    if "\\" in text and (spaced := _JSON_SPACE.sub(" ", text)) != text:
        yield spaced


def _as_latin(text: str) -> Iterator[str]:
    """The rounds of a text in which percent-encoding is not UTF-8, read as Latin-1."""
    before = text
    for resolved in _resolved(text):
        if resolved.count("\ufffd") > before.count("\ufffd"):
            yield html.unescape(unquoted_latin(before))
        before = resolved


def folded(text: str) -> str:
    """A text in one case, composed, with single spaces, and without what cannot be seen."""
    if not text.isascii():
        if any(invisible in text for invisible in INVISIBLE):
            text = _STRIPPED.sub("", text)
        text = unicodedata.normalize("NFC", text)
    return " ".join(text.split()).casefold()


def views_of(text: str) -> tuple[str, ...]:
    """All `views` of a text; those of the last few texts are remembered, as many passages are looked for."""
    return _remembered(text) if len(text) <= _LARGE else tuple(views(text))


@lru_cache(maxsize=32)
def _remembered(text: str) -> tuple[str, ...]:
    return tuple(views(text))
