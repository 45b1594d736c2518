"""Where JSON values begin and end in bytes, without decoding them.

Balanced brackets outside strings mark the end of a value; whether what lies between is JSON is for a
decoder to say. All of it is iterative and linear, whatever the nesting.
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
_MANY_HUGE = 8


class Broken(Exception):  # noqa: N818  (never leaves the room: it becomes one of ours at the door)
    """The bytes are no JSON at `offset`; `cut` where they just end there, `deep` where they nest too far."""

    def __init__(self, offset: int, reason: str, *, cut: bool = False, deep: bool = False) -> None:
        super().__init__(reason)
        self.offset = offset
        self.reason = reason
        self.cut = cut
        self.deep = deep


class Extent:
    """How far the value at a place reaches; asked again, with more bytes, it goes on where it stopped.

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
        """Where the value that begins at `start` ends, or -1 if `buffer` ends first.

        A number at the very end of `buffer` might go on, unless that is known to be its end (`ended`).

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
            at = skip(buffer, at).end()  # type: ignore[union-attr]  # matches everywhere, if only nothing
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
        """Whether the value, as far as seen, is too large to hold and has parts that are not.

        A few huge strings (a message of 40 MB with its attachments) do not make a value too large, as
        nothing would be won by taking it apart. What was true stays true when more of the value is seen.
        """
        if self.seen <= largest:
            return False
        return (
            self.seen - self._huge_bytes > largest
            or self._huge > _MANY_HUGE
            or (self._huge > 1 and self._huge_bytes > 8 * largest)
        )


class Shape(Enum):
    """What stands one after another in a run: elements of a list, or members of an object."""

    ELEMENTS = "elements"
    MEMBERS = "members"


def run(
    buffer: bytes, start: int, limit: int, shape: Shape, depth: int = MAX_DEPTH, *, ended: bool = False
) -> list[tuple[int, int, int]]:
    """The elements or members from `start` that end before `limit`: (start, start of the value, end) each.

    It stops where one is cut off by the end of `buffer`, at the end of the list or object, and at what
    is no JSON.
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
            at = space(buffer, name.end()).end()  # type: ignore[union-attr]  # SPACE matches nothing, too
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
