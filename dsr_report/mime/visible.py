"""Whether a text has visible content, and whether it only points to the HTML version."""

from __future__ import annotations

import re
from functools import lru_cache

from dsr_report.lexicon import WORDS, any_of
from dsr_report.mime.plain_text import text_of_html

_INVISIBLE = re.compile(
    "[\\s\\x00-\\x1f\\x7f-\\xa0\\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202f"
    "\u2060-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)
_ADDRESS = re.compile(r"<?\b(?:https?://|www\.)\S+")
_LONGEST_STUB = 600
"""Characters without links: the notes of the usual programs, in two languages, have some 250."""
_TIMES_LONGER = 2
"""The HTML version's text must be this many times as long as a text that only points to it."""
_SHORT_PAGE = 2_000
"""Characters; a longer page is not parsed to see whether it shows anything."""
_TAG_WITH_PICTURE = re.compile(r"<(?:img|image|input|video|v:imagedata)\b", re.IGNORECASE)
_STUB = re.compile(r"\bHTML\b|" + any_of(WORDS.web_version), re.IGNORECASE | re.DOTALL)
"""Mentions that the program shows no HTML, or that the message is on the web."""


def is_visible(text: str) -> bool:
    """Whether any character of a text is visible."""
    return _INVISIBLE.fullmatch(text) is None and text != ""


def shows_something(html: str) -> bool:
    """Whether a page has letters or pictures; a long one is not parsed for it."""
    if _TAG_WITH_PICTURE.search(html):
        return True
    return is_visible(html) and (len(html) > _SHORT_PAGE or is_visible(text_of_html(html)))


def may_be_stub(text: str) -> bool:
    """Whether a plain text is short and mentions a web page. `is_stub` compares it with that page."""
    if len(text) > 10 * _LONGEST_STUB:
        return False
    words = _without_addresses(text)
    return len(words) <= _LONGEST_STUB and _STUB.search(words) is not None


@lru_cache(maxsize=4)  # called for each version of a message
def is_stub(text: str, html: str) -> bool:
    """Whether a plain text that `may_be_stub` only points to the HTML version of the message."""
    page = _without_addresses(text_of_html(html))
    return len(page) > _TIMES_LONGER * len(_without_addresses(text))


def _without_addresses(text: str) -> str:
    return " ".join(_ADDRESS.sub(" ", text).split())
