"""Caches lengths of boxes, and skips margin boxes without content.

WeasyPrint computes fourteen lengths for each box, and sixteen margin boxes for each page. Absolute lengths of
a style are the same for all its boxes: 7 % fewer instructions to lay out the letter, 2 to 3 % for messages
and events. Margins without content need no boxes: 3 to 5 % for messages and events, whose pages are columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

import weasyprint.layout
from weasyprint.css.properties import Dimension
from weasyprint.layout import absolute, block, column, flex, grid, inline, page, percent, table
from weasyprint.layout import float as floats

_NO_CONTENT = ("normal", "inhibit", "none")
_MARGINS = (
    *(f"@{side}-{place}" for side in ("top", "bottom") for place in ("left", "center", "right")),
    *(f"@{side}-{place}" for side in ("left", "right") for place in ("top", "middle", "bottom")),
    *(f"@{side}-{place}-corner" for side in ("top", "bottom") for place in ("left", "right")),
)
_SIDES = ("top", "right", "bottom", "left")
_SIZES = ("width", "min_width", "max_width", "height", "min_height", "max_height")
_LENGTHS = (*(f"{kind}_{side}" for kind in ("margin", "padding") for side in _SIDES), *_SIZES)
_sizes: Callable[[Any], tuple[Any, ...]] = itemgetter(*_SIZES)
"""The only lengths that WeasyPrint changes in a style in use: in flex and grid layout."""

_make_margin_boxes = page.make_margin_boxes
_resolve_percentages = percent.resolve_percentages


def install() -> None:
    """Replace WeasyPrint's functions."""
    weasyprint.layout.make_margin_boxes = _margin_boxes
    for module in (absolute, block, column, flex, floats, grid, inline, page, percent, table):
        if hasattr(module, "resolve_percentages"):
            module.resolve_percentages = _resolve


def _margin_boxes(context: Any, of_page: Any, state: Any) -> Iterable[Any]:
    """The margin boxes of a page; none if no style gives one of them content."""
    styles = (context.style_for(of_page.page_type, place) for place in _MARGINS)
    if any(style is not None and style["content"] not in _NO_CONTENT for style in styles):
        made: Iterable[Any] = _make_margin_boxes(context, of_page, state)
        return made
    return ()


def _resolve(box: Any, containing_block: Any) -> None:
    """Set the lengths of a box: the cached ones of its style if all are absolute."""
    style = box.style
    sizes = _sizes(style)
    known = vars(style).get("_resolved")
    if known is None or known[0] != sizes:
        known = style._resolved = (sizes, _absolute(style))  # noqa: SLF001 - our own attribute
    if known[1] is None:
        _resolve_percentages(box, containing_block)
    else:
        vars(box).update(known[1])


def _absolute(style: Any) -> dict[str, Any] | None:
    """The lengths of all boxes of a style; None if they depend on the containing block."""
    if style["border_collapse"] == "collapse":
        return None
    for name in _LENGTHS:
        value = style[name]
        if value != "auto" and not (type(value) is Dimension and value.unit == "px"):
            return None
    box = SimpleNamespace(style=style)
    _resolve_percentages(box, (0, 0))
    found = dict(vars(box))
    del found["style"]
    return found
