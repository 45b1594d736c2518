"""One pass through the bytes of an export: items in batches, with their places, whatever the layout.

Three ways lead through a list or object, each slower and more general than the one before: guess where
the last whole element of a window ends (a border such as `},{`) and decode all of them at once; look for
the ends of the elements, and decode those at once; take one element at a time, read on until it is whole,
or descend into it if it is too large to hold. A guess is right if it decodes: a cut within a string or an
element leaves something open. All three give the same items.
"""

from __future__ import annotations

import json
import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import BinaryIO, Final, Literal, NamedTuple, cast

from dsr_report.errors import NotReadyError
from dsr_report.jsonstream import decoder
from dsr_report.jsonstream.decoder import LosslessDecoder, WarningSink
from dsr_report.jsonstream.items import Elements, Item, JsonValue
from dsr_report.jsonstream.scanner import (
    CLOSE_LIST,
    CLOSE_OBJECT,
    COLON,
    COMMA,
    MAX_DEPTH,
    OPEN_LIST,
    OPEN_OBJECT,
    QUOTE,
    SPACE,
    STRING,
    Broken,
    Extent,
    Shape,
    run,
)
from dsr_report.pointers import RepeatedName, joined

NOT_READY: Final = re.compile(r"\s*(?:no\s+)?data\b.{0,40}\bavailable\s*\(yet\)\.?\s*\Z", re.IGNORECASE)
_FAST_DEPTH = 200  # levels that the fast decoder reads
_BETWEEN_DOCUMENTS = re.compile(rb"[ \t\n\r,\x1e]*+")
_GARBAGE = 1 << 20
_AFTER_VALUE = (b"]", b"}", b" ", b"\n", b"\r", b"\t", b",")
_LARGEST_INFO = 32 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is held in memory, and how much of an archive is unpacked.

    Attributes:
        window: bytes that are read and decoded at once. Their values take ten times as much, which should
            fit into a processor's second-level cache, as they are gone through several times: with 128 kB,
            `inspect` takes a sixth less CPU than with 512 kB.
        largest: bytes of JSON from which a list or object is taken apart, not held as one item.
        guess: whether borders are guessed; without, the same items come more slowly.
        unpacked: bytes that an archive may become.
        ratio: how many times its size an archive may become, once that exceeds 64 MiB.
    """

    window: int = 1 << 17
    largest: int = 8 << 20
    guess: bool = True
    unpacked: int = 64 << 30
    ratio: int = 400


Kind = Literal["elements", "members", "value", "text", "info", "start"]


class Batch(NamedTuple):
    """Items that stand one after another, and the place of their text in the file.

    A `start` has no items: it says that a `data` begins. A `text` is what follows an export and is no JSON.

    Attributes:
        rescued: the text, where it is not in the file: what was whole of a value in which the file is
            broken, made whole, with the comma that belongs before it.
    """

    items: Sequence[Item]
    start: int
    end: int
    kind: Kind
    rescued: bytes | None = None


class Window:
    """The bytes of a file, of which a part is in `buffer`; `pos` is the place in it that is next."""

    def __init__(self, file: BinaryIO, window: int, seen: Callable[[bytes], None] | None = None) -> None:
        self._file = file
        self._window = window
        self._seen = seen
        self.buffer = b""
        self.origin = 0  # of the buffer in the file
        self.pos = 0
        self.ended = False

    @property
    def offset(self) -> int:
        """The place in the file that is next."""
        return self.origin + self.pos

    def more(self) -> bool:
        """Read on, and forget what lies before `pos`; False at the end of the file."""
        if self.ended:
            return False
        rest = self.buffer[self.pos :]
        block = self._file.read(max(self._window, len(rest)))
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
        """The next byte that is no white space, which `pos` then stands at; -1 at the end of the file."""
        while True:
            match = between.match(self.buffer, self.pos)
            self.pos = match.end() if match else self.pos
            if self.pos < len(self.buffer):
                return self.buffer[self.pos]
            if not self.more():
                return -1


class _Names:
    """Which names an object has had, held in little memory where they are ascending numbers."""

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
class _Frame:
    """A list or object that is being walked through."""

    shape: Shape
    role: Role
    pointer: str
    labels: tuple[str, ...]
    end: int  # of its last value in the file, or of its opening bracket
    count: int = 0
    names: _Names = field(default_factory=_Names)
    border: bytes = b""  # between two elements
    kept: int = 0  # bytes of the border that belong to the element before it
    reading: str | None = None  # the name of the member that is being read
    at_value: bool = False  # whether the tape has gone beyond that name
    failures: int = 0
    pause: int = 0
    latest: Sequence[Item] = ()

    @property
    def shapes(self) -> set[frozenset[str]]:
        """The names that the latest elements have."""
        return {frozenset(map(str, item.value)) for item in self.latest if isinstance(item.value, dict)}

    def learn(self, border: bytes) -> None:
        """Take what stood between two elements, with a byte of each, for what stands between others."""
        before, after = border[0] in b'}]"', border[-1] in b'{["'
        if before == after and len(border) < 80:
            self.kept = 1 if before else 0
            self.border = border if before else border[1:-1]
        else:
            self.border = b""

    @property
    def closer(self) -> int:
        return CLOSE_LIST if self.shape is Shape.ELEMENTS else CLOSE_OBJECT


class Cutoff(NamedTuple):
    """Where reading a broken file had to stop, and what makes the bytes before it whole JSON."""

    offset: int
    reason: str
    whole: int
    closers: bytes


class ItemStream:
    """One pass through an export.

    Args:
        file: the bytes, at their beginning.
        limits: how much to hold.
        report: is told of everything odd.
        salvage: whether to end where the file is broken, in place of raising.
        seen: is given every block of bytes, in order.
    """

    def __init__(
        self,
        file: BinaryIO,
        limits: Limits,
        report: WarningSink,
        *,
        salvage: bool = False,
        seen: Callable[[bytes], None] | None = None,
    ) -> None:
        self._limits = limits
        self._report = report
        self._salvage = salvage
        self._tape = Window(file, limits.window, seen)
        self._stack: list[_Frame] = []
        self._documents = 0
        self.document_count = 0
        """Objects with an `info` or a `data` of their own, one after another or in an outer list."""
        self.has_info = False
        self.has_data = False
        self.first_is_over = False
        self.cutoff: Cutoff | None = None
        self.lost = 0
        """How many bytes were passed over, after which reading went on."""
        self._began = 0  # the document that is being read
        self._value_end = 0  # in the buffer, of the value that was read last

    def batches(self) -> Iterator[Batch]:
        """Every batch, in the order of the file.

        Raises:
            Broken: the file is no JSON, and `salvage` was not asked for.
            NotReadyError: `data` says that the export is not ready.
        """
        reading = self._all()
        while True:
            try:
                yield from reading
            except Broken as error:
                if not self._salvage or error.deep:
                    raise
                if not (yield from self._rescue(error)):
                    return
                reading = self._documents_left()
            else:
                return

    def _all(self) -> Iterator[Batch]:
        tape = self._tape
        if tape.more() and len(tape.buffer) < 3:
            while len(tape.buffer) < 3 and tape.more():
                pass
        if tape.buffer.startswith(b"\xef\xbb\xbf"):
            tape.pos = 3
            self._report("byte-order-mark", "", "the file begins with a byte-order mark")
        yield from self._documents_left()

    def _documents_left(self) -> Iterator[Batch]:
        """What is not read yet of the document that is open, and the documents after it."""
        tape = self._tape
        while self._stack:
            yield from self._step(self._stack[-1])
        while True:
            byte = tape.next_byte(_BETWEEN_DOCUMENTS if self._documents else SPACE)
            if byte < 0:
                return
            self._documents += 1
            self._began = tape.offset
            prefix = "" if self._documents == 1 else f"/~d{self._documents}"
            if self._documents == 2:
                self._report("several-documents", "", "more follows after the end of the first JSON document")
            if byte not in (OPEN_LIST, OPEN_OBJECT):
                if self._documents == 1:
                    raise Broken(tape.offset, "no JSON object begins here")
                yield self._garbage(prefix)
                return
            if self._documents == 1 or byte == OPEN_LIST:
                self._open(byte, "document" if byte == OPEN_OBJECT else "outer", prefix, ())
            else:
                yield from self._document(prefix, None)
            while self._stack:
                yield from self._step(self._stack[-1])
            self.first_is_over = True

    def _garbage(self, prefix: str) -> Batch:
        tape = self._tape
        while len(tape.buffer) - tape.pos <= _GARBAGE:
            if not tape.more():
                break
        else:
            raise Broken(tape.offset, "something that is no JSON follows the export")
        text = tape.buffer[tape.pos :].decode("utf-8", "surrogateescape")
        self._report(
            "trailing-data", prefix, "text that is no JSON follows the export; it is kept as one value"
        )
        start = tape.offset
        tape.pos = len(tape.buffer)
        return Batch([Item(prefix, (), text)], start, tape.offset, "text")

    def _open(self, byte: int, role: Role, pointer: str, labels: tuple[str, ...]) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise Broken(self._tape.offset, f"nested more than {MAX_DEPTH} levels deep", deep=True)
        shape = Shape.ELEMENTS if byte == OPEN_LIST else Shape.MEMBERS
        self.document_count += role == "document"
        self._tape.pos += 1
        self._stack.append(_Frame(shape, role, pointer, labels, self._tape.offset))

    def _step(self, frame: _Frame) -> Iterator[Batch]:
        """Read the next element or members of `frame`, or its end."""
        tape = self._tape
        byte = tape.next_byte()
        if byte == frame.closer:
            self._close()
            return
        if frame.count:
            if byte != COMMA:
                raise Broken(tape.offset, "a comma or closing bracket is missing", cut=byte < 0)
            tape.pos += 1
            byte = tape.next_byte()
            if byte == frame.closer:
                self._report("trailing-comma", frame.pointer, decoder.TRAILING_COMMA)
                self._close()
                return
        if byte < 0:
            raise Broken(tape.offset, "a value is missing", cut=True)
        if frame.role == "items":
            batch = self._guessed(frame) or self._run(frame)
            if batch:
                yield batch
                return
        yield from self._one(frame)

    def _close(self) -> None:
        self._tape.pos += 1
        self._stack.pop()
        if self._stack:
            self._stack[-1].end = self._tape.offset

    # -- many at once ------------------------------------------------------------------------------

    def _limit(self) -> int:
        tape = self._tape
        if len(tape.buffer) - tape.pos < self._limits.window:
            tape.more()
        return min(len(tape.buffer), tape.pos + self._limits.largest)

    def _guessed(self, frame: _Frame) -> Batch | None:
        if not (self._limits.guess and frame.border) or len(self._stack) + _FAST_DEPTH > MAX_DEPTH:
            return None
        if frame.pause:
            frame.pause -= 1
            return None
        limit = self._limit()
        tape = self._tape
        near = min(limit, tape.pos + self._limits.window)
        cut = tape.buffer.rfind(frame.border, tape.pos, near)
        if cut < 0 and near < limit:
            cut = tape.buffer.find(frame.border, near - len(frame.border), limit)
        if cut < 0:
            return None
        batch = self._decoded(frame, tape.pos, cut + frame.kept)
        if batch is None:
            frame.failures += 1
            frame.pause = min(2 ** (frame.failures - 1) - 1, 63)
        else:
            frame.failures = 0
        return batch

    def _run(self, frame: _Frame) -> Batch | None:
        limit = self._limit()
        tape = self._tape
        depth = MAX_DEPTH - len(self._stack)
        near = min(limit, tape.pos + self._limits.window)
        found = run(tape.buffer, tape.pos, near, frame.shape, depth)
        if not found:
            return None
        if len(found) > 1:
            frame.learn(tape.buffer[found[-2][2] - 1 : found[-1][0] + 1])
        if len(self._stack) + _FAST_DEPTH <= MAX_DEPTH:
            batch = self._decoded(frame, tape.pos, found[-1][2])
            if batch is not None:
                return batch
        items: list[Item] = []
        start = tape.offset
        done = tape.pos
        for first, begin, end in found:
            try:
                pointer, labels = self._place(frame, tape.buffer, first)
                items.append(Item(pointer, labels, self._exact(tape.buffer[begin:end], begin, pointer)))
            except Broken:
                if not items:
                    raise
                break
            frame.count += 1
            frame.reading = None
            done = end
        tape.pos = done
        frame.latest = items
        frame.end = tape.offset
        return Batch(items, start, tape.offset, frame.shape.value)

    def _decoded(self, frame: _Frame, start: int, end: int) -> Batch | None:
        """The elements between `start` and `end`, decoded at once; None if something there is odd."""
        tape = self._tape
        piece = memoryview(tape.buffer)[start:end]
        items: Sequence[Item]
        try:
            if frame.shape is Shape.ELEMENTS:
                value, levels = decoder.fast(b"".join((b"[", piece, b"]")))
                elements = cast("list[JsonValue]", value)
                items = Elements(frame.pointer, frame.count, frame.labels, elements, levels[1:])
                frame.latest = items
            else:
                members = cast("dict[str, JsonValue]", decoder.fast(b"".join((b"{", piece, b"}"))).value)
                items = named = []
                for raw, member in members.items():
                    named.append(Item(*self._named(frame, raw), member))
                    frame.reading = None
        except ValueError:
            return None
        frame.count += len(items)
        begin = tape.offset
        tape.pos = end
        frame.end = tape.offset
        return Batch(items, begin, frame.end, frame.shape.value)

    # -- one at a time -----------------------------------------------------------------------------

    def _one(self, frame: _Frame) -> Iterator[Batch]:
        """Read one element or member, or descend into it."""
        tape = self._tape
        start = tape.offset
        if frame.shape is Shape.MEMBERS:
            pointer, labels, byte = self._name(frame)
        else:
            pointer, labels = self._place(frame, tape.buffer, tape.pos)
            byte = tape.buffer[tape.pos]
        kind: Kind = frame.shape.value
        if frame.role == "outer" and byte == OPEN_OBJECT:
            yield from self._document(pointer, frame)
            return
        if frame.role == "document":
            kind = "value"
            name = str(frame.reading)
            if name == "data":
                self.has_data = True
                yield Batch([], tape.offset, tape.offset, "start")
                labels = ()
                if byte in (OPEN_LIST, OPEN_OBJECT):
                    self._descend(byte, frame, pointer, labels)
                    return
            elif name == "info" and not self.has_info:
                kind = "info"
                if byte in (OPEN_LIST, OPEN_OBJECT):
                    labels = ("info",)
        value_start = tape.offset
        found = self._value(pointer, must=kind == "info")
        if found is None:
            self._descend(byte, frame, pointer, labels)
            return
        (value,) = found
        if kind == "info":
            self.has_info = True
            if not isinstance(value, dict):
                self._report("odd-info", pointer, "the info is no object")
        elif frame.role == "document" and labels == () and isinstance(value, str):
            if NOT_READY.match(value):
                raise NotReadyError("the export is still being collected", hint="Try again later.")
            self._report("data-is-text", pointer, "the data is a text, not a list of records")
        self._ended(frame)
        yield Batch(
            [Item(pointer, labels, value)],
            value_start if kind in ("value", "info") else start,
            frame.end,
            kind,
        )

    def _name(self, frame: _Frame) -> tuple[str, tuple[str, ...], int]:
        """Read a name and its colon: pointer, labels, and the first byte of the value."""
        tape = self._tape
        self._whole_name()
        end = cast("re.Match[bytes]", STRING.match(tape.buffer, tape.pos)).end()
        pointer, labels = self._place(frame, tape.buffer, tape.pos)
        tape.pos = end
        frame.at_value = True
        byte = tape.next_byte()
        if byte == COLON:
            tape.pos += 1
            byte = tape.next_byte()
        elif byte >= 0:
            raise Broken(tape.offset, "a colon is missing after a name")
        if byte < 0:
            raise Broken(tape.offset, "a value is missing", cut=True)
        return pointer, labels, byte

    def _document(self, pointer: str, parent: _Frame | None) -> Iterator[Batch]:
        """Read an object that may be a document of its own (with `info` or `data`); else it is an item.

        A line of JSON Lines that says something besides its `data` is a record, if that is one object.
        """
        tape = self._tape
        found = self._value(pointer, stay=True)
        if found is None or (isinstance(found[0], dict) and _is_document(found[0])):
            if parent:
                self._ended(parent)
            self._open(OPEN_OBJECT, "document", pointer, ())
            return
        start = tape.offset
        tape.pos = self._value_end
        if parent:
            self._ended(parent)
        yield Batch([Item(pointer, (), found[0])], start, tape.offset, "value")

    def _descend(self, byte: int, frame: _Frame, pointer: str, labels: tuple[str, ...]) -> None:
        frame.count += 1
        frame.reading = None
        frame.at_value = False
        self._open(byte, "items", pointer, labels)

    def _ended(self, frame: _Frame) -> None:
        frame.count += 1
        frame.reading = None
        frame.at_value = False
        frame.end = self._tape.offset

    def _whole_name(self) -> None:
        """Read on until a name is whole."""
        tape = self._tape
        if tape.buffer[tape.pos] != QUOTE:
            raise Broken(tape.offset, "a name in double quotes is missing")
        while STRING.match(tape.buffer, tape.pos) is None:
            if not tape.more():
                raise Broken(tape.origin + len(tape.buffer), "a name has no end", cut=True)

    def _value(self, pointer: str, *, must: bool = False, stay: bool = False) -> tuple[JsonValue] | None:
        """The value that begins here, in a tuple; None if it is too large to hold (unless it `must` be).

        The tape is then after it, or still at its beginning to `stay` there.
        """
        tape = self._tape
        extent = Extent(MAX_DEPTH - len(self._stack))
        while True:
            try:
                end = extent.reach(tape.buffer, tape.pos)
            except Broken as error:
                raise self._absolute(error) from None
            if extent.is_too_large(_LARGEST_INFO if must else self._limits.largest):
                if not must:
                    return None
                raise Broken(tape.offset, "the info is too large")
            if end >= 0:
                break
            if not tape.more():
                raise Broken(tape.origin + len(tape.buffer), "the file ends within a value", cut=True)
        value = self._exact(tape.buffer[tape.pos : end], tape.pos, pointer)
        self._value_end = end
        if not stay:
            tape.pos = end
        return (value,)

    def _exact(self, piece: bytes, start: int, pointer: str) -> JsonValue:
        """The value whose text is `piece`, found at `start` of the buffer."""
        depth = MAX_DEPTH - len(self._stack)
        if depth >= _FAST_DEPTH:
            try:
                return decoder.fast(piece).value
            except ValueError:
                pass
        try:
            value, end = LosslessDecoder(self._report, depth=depth).value(piece, 0, pointer)
        except Broken as error:
            raise self._absolute(Broken(start + error.offset, error.reason, deep=error.deep)) from None
        if end < len(piece):
            raise self._absolute(Broken(start + end, "a comma or closing bracket is missing"))
        return value

    def _absolute(self, error: Broken) -> Broken:
        return Broken(self._tape.origin + error.offset, error.reason, cut=error.cut, deep=error.deep)

    def _place(self, frame: _Frame, buffer: bytes, at: int) -> tuple[str, tuple[str, ...]]:
        """Pointer and labels of the element or member at `at` of the buffer."""
        if frame.shape is Shape.ELEMENTS:
            return f"{frame.pointer}/{frame.count}", frame.labels
        try:
            raw = LosslessDecoder(self._report).name(buffer, at, frame.pointer)
        except Broken as error:
            raise self._absolute(error) from None
        return self._named(frame, raw)

    def _named(self, frame: _Frame, raw: str) -> tuple[str, tuple[str, ...]]:
        if frame.reading is None or str(frame.reading) != raw:
            frame.reading = frame.names.name(raw)
            if isinstance(frame.reading, RepeatedName):
                self._report("duplicate-key", joined(frame.pointer, raw), decoder.DUPLICATE_KEY)
        return joined(frame.pointer, frame.reading), (*frame.labels, raw)

    # -- broken files ------------------------------------------------------------------------------

    def _rescue(self, error: Broken) -> Generator[Batch, None, bool]:
        """What is whole of the value in which the file is broken, as an item; then the end.

        Returns whether reading can go on: at the next line of JSON Lines, or the next element of the list.
        """
        tape = self._tape
        if not self._stack:
            if not self._documents or not self.first_is_over:
                raise error
            began = self._began
            if self._at_next_line(error):
                self._documents -= 1
                self._note_lost("", began, tape.offset, error)
                yield Batch([], began, tape.offset, "elements", b"")
                return True
            self._end_at(error, began, b"")
            return False
        frame = self._stack[-1]
        rest = b""
        items: list[Item] = []
        broken = max(tape.pos, error.offset - tape.origin)
        if tape.buffer[broken : broken + 1] in _AFTER_VALUE:
            broken += 1  # which shows that a number before it is whole
        text = tape.buffer[tape.pos : broken].lstrip(b" \t\r\n,")
        if frame.at_value:
            text = json.dumps(str(frame.reading)).encode("ascii") + b":" + text.lstrip(b":")
        whole: list[tuple[int, bytes]] = []
        opener = b"[" if frame.shape is Shape.ELEMENTS else b"{"
        depth = MAX_DEPTH + 1
        with suppress(Broken):
            LosslessDecoder(lambda *_: None, whole=whole, depth=depth).value(opener + text, 0, "")
        if whole and not (frame.role == "document" and str(frame.reading) == "info"):
            at, closers = whole[-1]
            repaired = (opener + text)[:at] + closers
            value, _ = LosslessDecoder(lambda *_: None, depth=depth).value(repaired, 0, "")
            if isinstance(value, dict):
                items = [Item(*self._named(frame, str(name)), member) for name, member in value.items()]
            elif isinstance(value, list):
                items = [
                    Item(f"{frame.pointer}/{i}", frame.labels, e) for i, e in enumerate(value, frame.count)
                ]
            rest = (b"," if frame.count else b"") + repaired[1:-1]
        start = frame.end
        if self._at_next_element(frame, error, has_before=bool(frame.count or items)):
            frame.count += len(items)
            frame.reading = None
            frame.end = tape.offset
            self._note_lost(frame.pointer, start, tape.offset, error)
            yield Batch(items, start, tape.offset, frame.shape.value, rest)
            return True
        closers = b"".join(b"]" if f.shape is Shape.ELEMENTS else b"}" for f in reversed(self._stack))
        self._end_at(error, start, closers)
        if items:
            yield Batch(items, start, start, frame.shape.value, rest)
        return False

    def _at_next_line(self, error: Broken) -> bool:
        """Go to the line after the one that is broken, if documents stand one on a line."""
        tape = self._tape
        tape.pos = self._from(error, 0)
        while (end := tape.buffer.find(b"\n", tape.pos)) < 0:
            tape.pos = len(tape.buffer)
            if not tape.more():
                return False
        tape.pos = end + 1
        return tape.next_byte(_BETWEEN_DOCUMENTS) in (OPEN_OBJECT, OPEN_LIST)

    def _at_next_element(self, frame: _Frame, error: Broken, *, has_before: bool) -> bool:
        """Go to the next element of a list that surely is one: it stands as earlier ones do, and is whole.

        Between elements is the same text as before, with a line end, or it has the names of an earlier one.
        """
        tape = self._tape
        border = frame.border
        if (
            frame.shape is not Shape.ELEMENTS
            or frame.role != "items"
            or frame.kept != 1
            or b"{" not in border
        ):
            return False
        comma = border.index(b",")
        tape.pos = self._from(error, len(border))
        while True:
            at = tape.buffer.find(border, tape.pos)
            if at < 0:
                tape.pos = max(tape.pos, len(tape.buffer) - len(border))
                if not tape.more():
                    return False
                continue
            tape.pos = at + len(border) - 1
            names = self._names_of_whole()
            back = len(border) - 1 - comma
            if names is not None and (b"\n" in border or names in frame.shapes):
                tape.pos -= back if has_before else 0
                return True
            tape.pos += 1

    def _from(self, error: Broken, before: int) -> int:
        """Where to look on: a text that never ends hides how far it should have gone."""
        tape = self._tape
        return (
            tape.pos
            if error.cut
            else min(max(tape.pos, error.offset - tape.origin - before), len(tape.buffer))
        )

    def _names_of_whole(self) -> frozenset[str] | None:
        """The names of the object that begins here, if it is whole and has any; the tape stays there."""
        tape, report = self._tape, self._report
        self._report = lambda *_: None
        try:
            found = self._value("", stay=True)
        except Broken:
            return None
        finally:
            self._report = report
        value = found[0] if found else None
        if self._value_end == len(tape.buffer):
            self._value_end -= tape.pos
            self._value_end += 0 if tape.more() else tape.pos
        after = tape.buffer[self._value_end : self._value_end + 1]
        if not isinstance(value, dict) or not value or after not in _AFTER_VALUE[:1] + _AFTER_VALUE[2:]:
            return None
        return frozenset(map(str, value))

    def _note_lost(self, pointer: str, start: int, end: int, error: Broken) -> None:
        self.lost += end - start
        self._report(
            "lost",
            f"{pointer}#{start}",
            f"bytes {start} to {end} are left out: {error.reason} at byte {error.offset}",
        )

    def _end_at(self, error: Broken, whole: int, closers: bytes) -> None:
        self.cutoff = Cutoff(error.offset, error.reason, whole, closers)
        pointer = self._stack[-1].pointer if self._stack else ""
        self._report(
            "cut-off", pointer, f"{error.reason} at byte {error.offset}; what is whole before it was read"
        )


def _is_document(value: dict[str, JsonValue]) -> bool:
    """Whether an object is an export, rather than a record with its kind: `{"type": …, "data": {…}}`."""
    if "info" in value or "data" not in value:
        return "info" in value
    return not isinstance(value["data"], dict) or len(value) == 1
