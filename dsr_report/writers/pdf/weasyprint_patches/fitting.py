"""Fits wide tables into the page, and enforces a minimum font size.

These patches change pages on purpose. WeasyPrint's `auto_table_layout` lets a table with long words exceed
its containing block; here its columns then shrink in proportion, and words break in them. A computed font
size below `SMALLEST_PIXELS` becomes that; a size of 0, which newsletters use against gaps, stays.
"""

from __future__ import annotations

from typing import Any

import weasyprint.layout.table as table_layout
from weasyprint.css.computed_values import COMPUTER_FUNCTIONS

SMALLEST_PIXELS = 8.0
"""6 points: smaller print is a strain for most readers."""
_NARROWEST_PIXELS = 10.0
"""Minimum width of a column: room for one letter."""

_auto_table_layout = table_layout.auto_table_layout
_font_size = COMPUTER_FUNCTIONS["font_size"]


def install() -> None:
    """Replace the two functions."""
    table_layout.auto_table_layout = _fitting_table_layout
    COMPUTER_FUNCTIONS["font_size"] = _readable_font_size


def _fitting_table_layout(context: Any, box: Any, containing_block: Any) -> None:
    _auto_table_layout(context, box, containing_block)
    table = box.get_wrapped_table()
    width, _ = containing_block
    margins = sum(margin for margin in (box.margin_left, box.margin_right) if margin != "auto")
    frame = table.padding_left + table.padding_right + table.border_left_width + table.border_right_width
    available = width - margins - frame
    excess = table.width - available
    if excess <= 0 or available <= 0 or not table.column_widths:
        return
    spacing = table.width - sum(table.column_widths)
    asked = [max(column - _NARROWEST_PIXELS, 0) for column in table.column_widths]
    if sum(asked) > 0:
        share = max(1 - excess / sum(asked), 0)
        table.column_widths = [
            min(column, _NARROWEST_PIXELS) + more * share
            for column, more in zip(table.column_widths, asked, strict=True)
        ]
    table.width = sum(table.column_widths) + spacing


def _readable_font_size(style: Any, name: str, value: Any) -> Any:
    size = _font_size(style, name, value)
    return SMALLEST_PIXELS if 0 < size < SMALLEST_PIXELS else size
