"""A fast path for lines with a single text box, which nearly all lines are: no layout of nested boxes.

A line with other boxes, floats beside it, right-to-left text or a `::first-letter` or `::first-line` style
goes through WeasyPrint's own function, and so does one whose text does not fit. For all others the same
numbers are added in the same order, so the bytes are the same.
"""

from __future__ import annotations

from typing import Any

from weasyprint.formatting_structure.boxes import TextBox
from weasyprint.layout import inline
from weasyprint.text import line_break

_next_line = inline.get_next_linebox
_strut = line_break.strut
_COLLAPSED = ("normal", "nowrap", "pre-line")
_ROUNDING = 1 + 1e-9
"""WeasyPrint's tolerance for sums of widths."""


def install() -> None:
    """Replace WeasyPrint's functions."""
    inline.get_next_linebox = _line_of_text
    inline.strut = line_break.strut = _known_strut


def _known_strut(style: Any) -> Any:
    """Line height and baseline of a style, cached in the style."""
    known = vars(style)
    found = known.get("_strut")
    if found is None:
        found = known["_strut"] = _strut(style)
    return found


def _line_of_text(context: Any, linebox: Any, position_y: Any, *rest: Any) -> tuple[Any, Any]:
    """The next line: by the fast path if it applies, else by WeasyPrint's function."""
    _, skip_stack, containing_block, _, _, first_letter_style, first_line_style = rest
    if not (first_letter_style or first_line_style or context.excluded_shapes):
        found = _plain_line(context, linebox, position_y, skip_stack, containing_block)
        if found is not None:
            return found
    other: tuple[Any, Any] = _next_line(context, linebox, position_y, *rest)
    return other


def _plain_line(
    context: Any, linebox: Any, position_y: Any, skip_stack: Any, containing_block: Any
) -> tuple[Any, Any] | None:
    """The next line of a single text box, and where to resume; None if the fast path does not apply."""
    if len(linebox.children) != 1 or type(linebox.children[0]) is not TextBox:
        return None
    text = linebox.children[0]
    if not _is_plain(linebox, text, containing_block):
        return None
    skip = _start(text, skip_stack)
    if skip is None:
        return None
    size = containing_block.width, containing_block.height
    if vars(text).get("_resolved_in") != size:
        inline.resolve_percentages(text, containing_block)
        text._resolved_in = size  # noqa: SLF001 - our own attribute

    position_x = containing_block.content_box_x()
    available = position_x + containing_block.width - position_x
    linebox.position_x, linebox.position_y = position_x, position_y
    max_x = (position_x + available) * _ROUNDING
    text.position_x, text.position_y = position_x + linebox.text_indent, position_y
    shown, resume, is_broken = inline.split_text_box(
        context, text, max_x - text.position_x, skip, is_line_start=True
    )
    if shown is None:
        return None
    end_x = shown.position_x + shown.margin_width()
    if end_x > max_x or shown.text[-1] == " ":
        return None

    line = linebox.copy_with_children([shown])
    line.remove_decoration(start=skip != 0, end=resume is not None)
    line.width = end_x - line.content_box_x()
    inline._adjust_line_height(line)  # noqa: SLF001 - there is no public way
    linebox.width, linebox.height = line.width, line.height
    offset_x = inline.text_align(context, line, available, last=resume is None or is_broken)
    _put_on_baseline(line, shown, offset_x, position_y)
    return line, None if resume is None else {0: {resume: None}}


def _is_plain(linebox: Any, text: Any, containing_block: Any) -> bool:
    own, style = linebox.style, text.style
    return (
        containing_block.style["direction"] == own["direction"] == "ltr"
        and own["position"] == style["position"] == "static"
        and own["float"] == style["float"] == "none"
        and style["vertical_align"] == "baseline"
        and not linebox.is_leader
        and linebox.margin_left == linebox.margin_right == linebox.margin_top == 0
        and linebox.padding_left == linebox.padding_right == 0
        and linebox.border_left_width == linebox.border_right_width == 0
    )


def _start(text: Any, skip_stack: Any) -> int | None:
    """Byte offset of the line's start, after collapsed spaces; None at the end of the text."""
    skip = 0
    if skip_stack is not None:
        ((index, rest),) = skip_stack.items()
        if index:
            return None
        if rest is not None:
            ((skip, _),) = rest.items()
    if text.style["white_space"] in _COLLAPSED:
        content = text.text.encode()
        skip = len(content) - len(content[skip:].lstrip(b" "))
    return skip


def _put_on_baseline(line: Any, shown: Any, offset_x: Any, position_y: Any) -> None:
    """Position a line and its text on their common baseline."""
    text_top, line_top = 0 - shown.baseline, 0 - line.baseline
    text_bottom, line_bottom = text_top + shown.margin_height(), line_top + line.margin_height()
    top, bottom = min(text_top, line_top), max(text_bottom, line_bottom)
    line.baseline = -top
    line.height = bottom - top
    line.margin_top = line.margin_bottom = 0
    offset_y = position_y - top
    line.position_x += offset_x
    line.position_y = position_y
    shown.position_x += offset_x
    shown.position_y = text_top + offset_y
