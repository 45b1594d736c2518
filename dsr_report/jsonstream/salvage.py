"""Salvage of a broken file: the intact part of a value, and the next place to resume."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from dsr_report.jsonstream.decoder import LosslessDecoder
from dsr_report.jsonstream.items import JsonValue
from dsr_report.jsonstream.scanner import MAX_DEPTH, OPEN_LIST, OPEN_OBJECT, Broken, Shape
from dsr_report.jsonstream.window import BETWEEN_DOCUMENTS, Frame, Window


class Cutoff(NamedTuple):
    """Where reading a broken file stopped, and the brackets that close the part before it to valid JSON."""

    offset: int
    reason: str
    whole: int
    closers: bytes


def made_whole(text: bytes) -> tuple[bytes, JsonValue] | None:
    """The intact beginning of a broken text, closed to valid JSON, and its value."""
    whole: list[tuple[int, bytes]] = []
    with suppress(Broken):
        LosslessDecoder(lambda *_: None, whole=whole, depth=MAX_DEPTH + 1).value(text, 0, "")
    if not whole:
        return None
    at, closers = whole[-1]
    repaired = text[:at] + closers
    value, _ = LosslessDecoder(lambda *_: None, depth=MAX_DEPTH + 1).value(repaired, 0, "")
    return repaired, value


def go_to_next_line(window: Window, error: Broken) -> bool:
    """Go to the line after the broken one; return whether a document (JSON Lines) begins there."""
    window.pos = _search_start(window, error, 0)
    while (end := window.buffer.find(b"\n", window.pos)) < 0:
        window.pos = len(window.buffer)
        if not window.more():
            return False
    window.pos = end + 1
    return window.next_byte(BETWEEN_DOCUMENTS) in (OPEN_OBJECT, OPEN_LIST)


def go_to_next_element(
    window: Window,
    frame: Frame,
    error: Broken,
    *,
    has_before: bool,
    names_of_whole: Callable[[], frozenset[str] | None],
) -> bool:
    """Go to the next certain element of a list: after the same border as earlier ones, and intact.

    The border is the text between earlier elements; it must contain a line end, or the element must have the
    names of an earlier one. `names_of_whole` returns the names of the object at the window, if intact.
    """
    border = frame.border
    if frame.shape is not Shape.ELEMENTS or frame.role != "items" or frame.kept != 1 or b"{" not in border:
        return False
    comma = border.index(b",")
    window.pos = _search_start(window, error, len(border))
    while True:
        at = window.buffer.find(border, window.pos)
        if at < 0:
            window.pos = max(window.pos, len(window.buffer) - len(border))
            if not window.more():
                return False
            continue
        window.pos = at + len(border) - 1
        names = names_of_whole()
        back = len(border) - 1 - comma
        if names is not None and (b"\n" in border or names in frame.shapes):
            window.pos -= back if has_before else 0
            return True
        window.pos += 1


def _search_start(window: Window, error: Broken, before: int) -> int:
    """The offset to search from: an unterminated string hides where the error really is."""
    return (
        window.pos
        if error.cut
        else min(max(window.pos, error.offset - window.origin - before), len(window.buffer))
    )
