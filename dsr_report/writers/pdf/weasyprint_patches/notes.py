"""WeasyPrint's styles of all browsers, without those of footnotes where a page can have none.

They have rules for five pseudo-elements of notes that fit every element, so that each element gets five
computed styles that only a footnote uses. Left out where no style speaks of notes: 3.3 % fewer instructions
to lay out events or the letter, 2 % for messages.
"""

from __future__ import annotations

import copy
import re
from typing import Any

import weasyprint
import weasyprint.html

_NOTES = ("footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback")
_OF_NOTES = re.compile(r"footnote|note\s*\(|\\", re.IGNORECASE)
_STYLED = re.compile(r"<style|\sstyle\s*=", re.IGNORECASE)


def install() -> None:
    """Replace WeasyPrint's function."""
    weasyprint.HTML._ua_stylesheets = _styles_of_browsers  # noqa: SLF001 - there is no public way


class _Browsers:
    """The styles that all pages begin with, whole and without those of notes."""

    def __init__(self) -> None:
        self.whole = weasyprint.html.UA_STYLESHEET
        self.reduced = copy.copy(self.whole)
        self.reduced.matcher = copy.copy(self.whole.matcher)
        self.reduced.matcher.other_selectors = [
            selector for selector in self.whole.matcher.other_selectors if selector[3] not in _NOTES
        ]


_browsers = _Browsers()
_styles = weasyprint.HTML._ua_stylesheets  # noqa: SLF001 - there is no public way


def _styles_of_browsers(html: Any, forms: bool = False) -> list[Any]:  # noqa: FBT001, FBT002 - as WeasyPrint has it
    """The styles of all browsers, in which notes are left out for a page that `has_no_notes`."""
    sheets: list[Any] = _styles(html, forms)
    if getattr(html, "_has_no_notes", False):
        return [_browsers.reduced if sheet is _browsers.whole else sheet for sheet in sheets]
    return sheets


def mark_notes(html: Any, stylesheet: str, source: str) -> None:
    """Note on a page whether it could have footnotes: a style that speaks of them, or might."""
    styled = source if _STYLED.search(source) else ""
    html._has_no_notes = not (_OF_NOTES.search(stylesheet) or _OF_NOTES.search(styled))  # noqa: SLF001 - our own
