"""Scanner for the start and end of JSON values in bytes, without decoding.

Balanced brackets outside strings mark the end of a value; whether the text between is JSON is left to a
decoder. All of it is iterative and linear at any nesting depth.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final

from dsr_report.sentences import Sentence

MAX_DEPTH: Final = 500
"""Levels of nesting that are read; real exports have fewer than twenty."""

SPACE: Final = re.compile(rb"[ \t\n\r]*+")
STRING: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_BARE = re.compile(rb"[-+.0-9A-Za-z]++")
_TO_BRACKET = re.compile(rb'[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+', re.DOTALL)

QUOTE, COMMA, COLON = b'",:'
OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT = b"[]{}"
_HUGE = 1 << 16
"""Bytes from which a string is huge (see `Extent.is_too_large`)."""
_MANY_HUGE = 8
"""Huge strings that a value may have before it is split."""


class Broken(Exception):  # noqa: N818  (never leaves the room: it becomes one of ours at the door)
    """Invalid JSON at `offset`; `cut` if the bytes end there, `deep` if they are nested too deeply."""

    def __init__(self, offset: int, reason: str, *, cut: bool = False, deep: bool = False) -> None:
        super().__init__(reason)
        self.offset = offset
        self.reason = reason
        self.cut = cut
        self.deep = deep


class Extent:
    """Resumable search for the end of a value: with more bytes, it continues where it stopped.

    Args:
        depth: levels of nesting that the value may have.
    """

    __slots__ = ("_depth", "_huge", "_huge_bytes", "_level", "seen")

    def __init__(self, depth: int = MAX_DEPTH) -> None:
        self._depth = depth
        self._level = 0
        self.seen = 0
        self._huge = 0
        self._huge_bytes = 0

    def reach(self, buffer: bytes, start: int, *, ended: bool = False) -> int:
        """The end offset of the value that begins at `start`, or -1 if `buffer` ends first.

        A number at the end of `buffer` may be incomplete, unless `ended`.

        Raises:
            Broken: no value begins here, or it is nested too deeply.
        """
        if self._level == 0:
            first = buffer[start]
            if first == QUOTE:
                match = STRING.match(buffer, start)
                return match.end() if match else -1
            if first not in b"{[":
                match = _BARE.match(buffer, start)
                if match is None:
                    raise Broken(start, Sentence("a value is missing"))
                return match.end() if ended or match.end() < len(buffer) else -1
        at, level, size = start + self.seen, self._level, len(buffer)
        skip = _TO_BRACKET.match
        while True:
            before = at
            at = skip(buffer, at).end()  # type: ignore[union-attr]  # always matches, if only emptily
            if at - before >= _HUGE:
                self._weigh(buffer, before, at)
            if at >= size or (byte := buffer[at]) == QUOTE:
                self.seen, self._level = at - start, level
                return -1
            at += 1
            if byte in b"{[":
                level += 1
                if level > self._depth:
                    raise Broken(
                        at - 1, Sentence("nested more than {levels} levels deep", levels=MAX_DEPTH), deep=True
                    )
            else:
                level -= 1
                if level == 0:
                    self.seen = at - start
                    return at

    def _weigh(self, buffer: bytes, start: int, end: int) -> None:
        for match in STRING.finditer(buffer, start, end):
            size = match.end() - match.start()
            if size >= _HUGE:
                self._huge += 1
                self._huge_bytes += size

    def is_too_large(self, largest: int) -> bool:
        """Whether the part of the value seen so far is too large to hold, and splitting it would help.

        A few huge strings (a message of 40 MB with its attachments) do not count, as splitting would gain
        nothing. Once True, the result stays True as more is seen.
        """
        if self.seen <= largest:
            return False
        return (
            self.seen - self._huge_bytes > largest
            or self._huge > _MANY_HUGE
            or (self._huge > 1 and self._huge_bytes > 8 * largest)
        )


class Shape(Enum):
    """The content of a run: elements of a list, or members of an object."""

    ELEMENTS = "elements"
    MEMBERS = "members"


def run(
    buffer: bytes, start: int, limit: int, shape: Shape, depth: int = MAX_DEPTH, *, ended: bool = False
) -> list[tuple[int, int, int]]:
    """The elements or members from `start` that end before `limit`, each `(start, start of the value, end)`.

    Stops before one that the end of `buffer` cuts off, at the end of the list or object, and at invalid JSON.
    """
    found: list[tuple[int, int, int]] = []
    at = start
    space = SPACE.match
    while True:
        first = at
        if shape is Shape.MEMBERS:
            name = STRING.match(buffer, at)
            if name is None:
                return found
            at = space(buffer, name.end()).end()  # type: ignore[union-attr]  # always matches, if only emptily
            if buffer[at : at + 1] != b":":
                return found
            at = space(buffer, at + 1).end()  # type: ignore[union-attr]
        if at >= limit:
            return found
        try:
            end = Extent(depth).reach(buffer, at, ended=ended)
        except Broken:
            return found
        if end < 0 or end > limit:
            return found
        found.append((first, at, end))
        at = space(buffer, end).end()  # type: ignore[union-attr]
        if buffer[at : at + 1] != b",":
            return found
        at = space(buffer, at + 1).end()  # type: ignore[union-attr]
        if at >= limit:
            return found
