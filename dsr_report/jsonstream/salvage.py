"""What is read of a broken file: the part of a value that is whole, and the next place to go on from."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from dsr_report.jsonstream.decoder import LosslessDecoder
from dsr_report.jsonstream.items import JsonValue
from dsr_report.jsonstream.scanner import MAX_DEPTH, OPEN_LIST, OPEN_OBJECT, Broken, Shape
from dsr_report.jsonstream.window import BETWEEN_DOCUMENTS, Frame, Window


class Cutoff(NamedTuple):
    """Where reading a broken file had to stop, and what makes the bytes before it whole JSON."""

    offset: int
    reason: str
    whole: int
    closers: bytes


def made_whole(text: bytes) -> tuple[bytes, JsonValue] | None:
    """The JSON that is whole at the beginning of a broken text, closed, and its value."""
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
    """Go to the line after the one that is broken, if documents stand one on a line."""
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
    """Go to the next element of a list that surely is one: it stands as earlier ones do, and is whole.

    Between elements is the same text as before, with a line end, or it has the names of an earlier one.
    `names_of_whole` gives the names of the object at the window's place, if it is whole.
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
    """Where to look on: a text that never ends hides how far it should have gone."""
    return (
        window.pos
        if error.cut
        else min(max(window.pos, error.offset - window.origin - before), len(window.buffer))
    )
