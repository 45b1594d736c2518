"""WeasyPrint's boxes, styles and numbers, worked out once where they cannot differ.

Lengths without a percentage are the same for every box of a style; a pseudo-element that no page can have
needs no style; and the type of most values that are written is known at a glance.
"""

from __future__ import annotations

import builtins
import copy
import re
from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

import pydyf
import weasyprint
import weasyprint.html
import weasyprint.layout
from weasyprint.css.properties import Dimension
from weasyprint.formatting_structure import boxes
from weasyprint.layout import absolute, block, column, flex, float, grid, inline, page, percent, table  # noqa: A004

_SIDES = ("top", "right", "bottom", "left")
_LENGTHS = (
    *(f"{kind}_{side}" for kind in ("margin", "padding") for side in _SIDES),
    "width", "min_width", "max_width", "height", "min_height", "max_height",
)  # fmt: skip
_BORDERS = ("border_top_width", "border_right_width", "border_bottom_width", "border_left_width")
_RESOLVING = (*_LENGTHS, *_BORDERS, "border_collapse", "box_sizing")
_resolving: Callable[[Any], tuple[Any, ...]] = itemgetter(*_RESOLVING)
_NOTES = ("footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback")
_OF_NOTES = re.compile(r"footnote|note\s*\(|\\", re.IGNORECASE)
_STYLED = re.compile(r"<style|\sstyle\s*=", re.IGNORECASE)

_resolve_percentages = percent.resolve_percentages
_is_in_normal_flow = boxes.Box.is_in_normal_flow
_can_break_text = inline.can_break_text
_can_break_between = lru_cache(4096)(_can_break_text)
_avoid_collisions = float.avoid_collisions
_to_bytes = pydyf._to_bytes  # noqa: SLF001 - there is no public way
_numbers: dict[builtins.float, bytes] = {}
_MOST_NUMBERS = 50_000


def install() -> None:
    """Replace WeasyPrint's functions."""
    inline.avoid_collisions = _place_of_line
    inline.can_break_text = _may_break
    for module in (absolute, block, column, flex, float, grid, inline, page, percent, table):
        if hasattr(module, "resolve_percentages"):
            module.resolve_percentages = _resolve
    boxes.Box.is_in_normal_flow = _flows
    pydyf._to_bytes = as_bytes  # noqa: SLF001 - there is no public way
    weasyprint.HTML._ua_stylesheets = _styles_of_browsers  # noqa: SLF001 - there is no public way


def _resolve(box: Any, containing_block: Any) -> None:
    """Set lengths of a box: those of its style, where none of them is a part of another."""
    style = box.style
    values = _resolving(style)
    known = vars(style).get("_resolved")
    if known is None or known[0] != values:
        known = style._resolved = (values, _absolute(style, values))  # noqa: SLF001 - our own attribute
    if known[1] is None:
        _resolve_percentages(box, containing_block)
    else:
        box.__dict__.update(known[1])


def _absolute(style: Any, values: tuple[Any, ...]) -> dict[str, Any] | None:
    """The lengths that boxes of a style have wherever they are, if that can be said."""
    lengths = values[: len(_LENGTHS)]
    if style["border_collapse"] == "collapse":
        return None
    if not all(value == "auto" or (type(value) is Dimension and value.unit == "px") for value in lengths):
        return None
    box = SimpleNamespace(style=style)
    _resolve_percentages(box, (0, 0))
    found = dict(vars(box))
    del found["style"]
    return found


def _may_break(text: str, language: str | None) -> bool:
    """Whether a line may end within a text; where it is two letters, they are asked about again and again."""
    known = _can_break_between if len(text) <= 2 else _can_break_text
    found: bool = known(text, language)
    return found


def _place_of_line(context: Any, line: Any, containing_block: Any, *, outer: bool) -> tuple[Any, Any, Any]:
    """Where a line begins and how much room it has: all of its block, where nothing floats beside it."""
    if context.excluded_shapes or outer or containing_block.style["direction"] != "ltr":
        found: tuple[Any, Any, Any] = _avoid_collisions(context, line, containing_block, outer=outer)
        return found
    left = containing_block.content_box_x()
    right = left + containing_block.width
    left += line.margin_left
    right -= line.margin_right
    return left - line.margin_left, line.border_box_y() - line.margin_top, right - left


def _flows(box: Any) -> bool:
    """Whether a box is in normal flow."""
    style = box.style
    if style["float"] == "none" and style["position"] in {"static", "relative"}:
        return True
    found: bool = _is_in_normal_flow(box)
    return found


def as_bytes(item: Any) -> bytes:
    """A value as it is written into a PDF."""
    kind = type(item)
    if kind is bytes:
        same: bytes = item
        return same
    if kind is str:
        text: str = item
        return text.encode("ascii")
    if kind is not builtins.float:
        written: bytes = _to_bytes(item)
        return written
    known = _numbers.get(item)
    if known is None:
        if len(_numbers) >= _MOST_NUMBERS:
            _numbers.clear()
        known = _numbers[item] = _to_bytes(item)
    return known


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
