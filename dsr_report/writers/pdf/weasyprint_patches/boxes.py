"""Boxes that show nothing themselves, which nearly all are, and margins of pages that have no content.

Of each box WeasyPrint works out its backgrounds, the radii of its corners and its lengths, on each page
sixteen margin boxes. What a style has none of is known once for all its boxes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

import weasyprint.layout
from weasyprint.css.properties import Dimension
from weasyprint.draw.color import get_color
from weasyprint.layout import absolute, background, block, column, flex, grid, inline, page, percent, table
from weasyprint.layout import float as floats

_NO_CONTENT = ("normal", "inhibit", "none")
_MARGINS = (
    *(f"@{side}-{place}" for side in ("top", "bottom") for place in ("left", "center", "right")),
    *(f"@{side}-{place}" for side in ("left", "right") for place in ("top", "middle", "bottom")),
    *(f"@{side}-{place}-corner" for side in ("top", "bottom") for place in ("left", "right")),
)
_CORNERS = tuple(f"border_{side}_{end}_radius" for side in ("top", "bottom") for end in ("left", "right"))
_SQUARE = (0, "px")
_SIDES = ("top", "right", "bottom", "left")
_SIZES = ("width", "min_width", "max_width", "height", "min_height", "max_height")
_LENGTHS = (*(f"{kind}_{side}" for kind in ("margin", "padding") for side in _SIDES), *_SIZES)
_sizes: Callable[[Any], tuple[Any, ...]] = itemgetter(*_SIZES)
"""The only lengths that WeasyPrint sets for a style in use: in flexible boxes and grids."""

_make_margin_boxes = page.make_margin_boxes
_layout_box_backgrounds = background.layout_box_backgrounds
_resolve_percentages = percent.resolve_percentages


def install() -> None:
    """Replace WeasyPrint's functions."""
    weasyprint.layout.make_margin_boxes = _margin_boxes
    background.layout_box_backgrounds = _backgrounds
    for module in (absolute, block, column, flex, floats, grid, inline, page, percent, table):
        if hasattr(module, "resolve_percentages"):
            module.resolve_percentages = _resolve


def _margin_boxes(context: Any, of_page: Any, state: Any) -> Iterable[Any]:
    """The boxes in the margins of a page; none where no style gives one of them content."""
    styles = (context.style_for(of_page.page_type, place) for place in _MARGINS)
    if any(style is not None and style["content"] not in _NO_CONTENT for style in styles):
        made: Iterable[Any] = _make_margin_boxes(context, of_page, state)
        return made
    return ()


def _backgrounds(of_page: Any, box: Any, get_image: Any, *rest: Any, **more: Any) -> None:
    """Work out the backgrounds of a box and of those in it."""
    if rest or more or box is of_page or not _shows_nothing(box.style):
        _layout_box_backgrounds(of_page, box, get_image, *rest, **more)
        return
    for corner in _CORNERS:
        setattr(box, corner, (0, 0))
    box.background = None
    for child in box.all_children():
        _backgrounds(of_page, child, get_image)


def _shows_nothing(style: Any) -> bool:
    """Whether boxes of a style have neither a background nor an image as border, nor round corners."""
    known = vars(style)
    if "_shows_nothing" not in known:
        known["_shows_nothing"] = (
            all(_SQUARE in style[corner] for corner in _CORNERS)
            and style["border_image_source"][0] == style["mask_border_source"][0] == "none"
            and all(kind == "none" for kind, _ in style["background_image"])
            and get_color(style, "background_color").alpha == 0
            and not style["box_shadow"]
        )
    found: bool = known["_shows_nothing"]
    return found


def _resolve(box: Any, containing_block: Any) -> None:
    """Set lengths of a box: those of its style, where none of them is a part of another."""
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
    """The lengths that boxes of a style have wherever they are, if that can be said."""
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
