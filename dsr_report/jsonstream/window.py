"""The window on the bytes of an export, and the lists and objects open in it."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Literal

from dsr_report.jsonstream.items import Item
from dsr_report.jsonstream.scanner import CLOSE_LIST, CLOSE_OBJECT, SPACE, Shape
from dsr_report.pointers import RepeatedName

BETWEEN_DOCUMENTS = re.compile(rb"[ \t\n\r,\x1e]*+")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is held in memory, and how much of an archive is unpacked.

    Attributes:
        window: bytes of small items that are decoded at once. Their values take ten times as much, which
            should fit into a processor's second-level cache, as they are iterated several times: with
            128 kB, `inspect` takes a sixth less CPU than with 512 kB.
        windows: how many windows are read at once, and decoded at once if items are long: such an item is
            mostly text, which takes no more memory as a value.
        largest: bytes of JSON from which a list or object is split, not held as one item.
        guess: whether borders are guessed; without, the same items come more slowly.
        unpacked: maximum size in bytes of an unpacked archive.
        ratio: maximum compression ratio of an archive, once it exceeds 64 MiB.
    """

    window: int = 1 << 17
    largest: int = 8 << 20
    guess: bool = True
    unpacked: int = 64 << 30
    ratio: int = 400
    windows: int = 8


class Window:
    """A part of a file's bytes in `buffer`; `pos` is the read position in it."""

    def __init__(self, file: BinaryIO, block: int, seen: Callable[[bytes], None] | None = None) -> None:
        self._file = file
        self._block = block
        self._seen = seen
        self.buffer = b""
        self.origin = 0  # offset of the buffer in the file
        self.pos = 0
        self.ended = False

    @property
    def offset(self) -> int:
        """The read position in the file."""
        return self.origin + self.pos

    def more(self) -> bool:
        """Read another block and drop the bytes before `pos`; return False at the end of the file."""
        if self.ended:
            return False
        rest = self.buffer[self.pos :]
        block = self._file.read(max(self._block, len(rest)))
        if not block:
            self.ended = True
            return False
        if self._seen:
            self._seen(block)
        self.origin += self.pos
        self.pos = 0
        self.buffer = rest + block if rest else block
        return True

    def next_byte(self, between: re.Pattern[bytes] = SPACE) -> int:
        """The next byte that is no white space, with `pos` moved to it; -1 at the end of the file."""
        while True:
            match = between.match(self.buffer, self.pos)
            self.pos = match.end() if match else self.pos
            if self.pos < len(self.buffer):
                return self.buffer[self.pos]
            if not self.more():
                return -1


class Names:
    """The names that an object has had; ascending numbers take little memory."""

    def __init__(self) -> None:
        self._numbers = array("q")
        self._counts: dict[str, int] = {}

    def name(self, name: str) -> str:
        """`name`, or a `RepeatedName` if it occurred before."""
        if name not in self._counts:
            number = int(name) if len(name) < 19 and name.isascii() and name.isdigit() else -1
            if number >= 0 and str(number) == name:
                numbers = self._numbers
                if not numbers or number > numbers[-1]:
                    numbers.append(number)
                    return name
                place = bisect_left(numbers, number)
                if numbers[place] == number:
                    self._counts[name] = 1
        count = self._counts[name] = self._counts.get(name, 0) + 1
        return RepeatedName(name, count) if count > 1 else name


Role = Literal["outer", "document", "items"]


@dataclass(slots=True)
class Guesses:
    """Whether a guess is worth its time: after each failure in a row, twice as many are skipped."""

    failures: int = 0
    pause: int = 0

    def may_be_right(self) -> bool:
        """Whether to guess this time."""
        self.pause -= 1
        return self.pause < 0

    def note(self, *, was_right: bool) -> None:
        """Learn from a guess."""
        self.failures = 0 if was_right else self.failures + 1
        self.pause = 0 if was_right else min(2 ** (self.failures - 1) - 1, 63)


@dataclass(slots=True)
class Frame:
    """A list or object being read."""

    shape: Shape
    role: Role
    pointer: str
    labels: tuple[str, ...]
    end: int  # offset in the file of the end of its last value, or of its opening bracket
    count: int = 0
    names: Names = field(default_factory=Names)
    border: bytes = b""  # text between two elements
    kept: int = 0  # bytes of the border that belong to the element before it
    reading: str | None = None  # name of the member being read
    at_value: bool = False  # whether the window is past that name
    guesses: Guesses = field(default_factory=Guesses)
    latest: Sequence[Item] = ()
    is_prose: bool = False  # whether the latest elements are mostly text

    @property
    def shapes(self) -> set[frozenset[str]]:
        """The sets of names of the latest elements."""
        return {frozenset(map(str, item.value)) for item in self.latest if isinstance(item.value, dict)}

    def learn(self, border: bytes) -> None:
        """Adopt the text between two elements, with a byte of each, as the border between others."""
        before, after = border[0] in b'}]"', border[-1] in b'{["'
        if before == after and len(border) < 80:
            self.kept = 1 if before else 0
            self.border = border if before else border[1:-1]
        else:
            self.border = b""

    @property
    def closer(self) -> int:
        """Its closing bracket, as a byte."""
        return CLOSE_LIST if self.shape is Shape.ELEMENTS else CLOSE_OBJECT
