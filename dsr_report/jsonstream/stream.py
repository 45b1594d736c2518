"""One pass through the bytes of an export: items in batches, with their offsets, for any layout.

Three ways to read a list or object, each slower and more general than the one before: guess where the last
whole element of a window ends (a border such as `},{`) and decode all elements at once; scan for the ends
of the elements, and decode those at once; read one element at a time, until it is whole, or descend into
it if it is too large to hold. A guess is right if it decodes, as a cut within a string or an element leaves
something open. All three give the same items.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import BinaryIO, Final, Literal, NamedTuple, cast

from dsr_report.errors import NotReadyError
from dsr_report.jsonstream import decoder, salvage
from dsr_report.jsonstream.decoder import LosslessDecoder, WarningSink
from dsr_report.jsonstream.items import Elements, Item, JsonValue, Numbered
from dsr_report.jsonstream.salvage import Cutoff
from dsr_report.jsonstream.scanner import (
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
from dsr_report.jsonstream.window import BETWEEN_DOCUMENTS, Frame, Guesses, Limits, Role, Window
from dsr_report.pointers import RepeatedName, join_pointer
from dsr_report.sentences import Sentence

NOT_READY: Final = re.compile(r"\s*(?:no\s+)?data\b.{0,40}\bavailable\s*\(yet\)\.?\s*\Z", re.IGNORECASE)
_FAST_DEPTH = 200  # levels of nesting that the fast decoder reads
_GARBAGE = 1 << 20
"""Bytes; a longer text after an export that is no JSON is an error."""
_LONG_ITEM = 2048
"""Bytes per item from which it is mostly text: an event has hundreds, a message some ten thousand."""
_AFTER_VALUE = (b"]", b"}", b" ", b"\n", b"\r", b"\t", b",")
_LARGEST_INFO = 32 << 20
"""Bytes; a larger `info` is an error, as it is held as a whole."""


BatchKind = Literal["elements", "members", "lines", "value", "text", "info", "start"]


class Batch(NamedTuple):
    """Consecutive items, and the span of their text in the file.

    A `start` has no items and marks the beginning of `data`. A `text` is non-JSON text after an export.

    Attributes:
        rescued: the text, if it is not in the file: the intact part of a broken value, closed to valid
            JSON, with the comma that belongs before it.
    """

    items: Sequence[Item]
    start: int
    end: int
    kind: BatchKind
    rescued: bytes | None = None


class ItemStream:
    """One pass through an export.

    Args:
        file: the bytes, at their beginning.
        limits: how much to hold.
        report: receives a warning for each deviation.
        salvage: end where the file is broken, instead of raising.
        seen: called with every block of bytes, in order.
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
        self._window = Window(file, limits.window * limits.windows, seen)
        self._stack: list[Frame] = []
        self._documents = 0
        self._is_several = False
        self._line_guesses = Guesses()
        self.document_count = 0
        """Number of objects with their own `info` or `data`, one after another or in an outer list."""
        self.has_info = False
        self.has_data = False
        self.first_is_over = False
        self.cutoff: Cutoff | None = None
        self.lost = 0
        """Number of bytes skipped before reading resumed."""
        self._began = 0  # offset of the document being read
        self._value_end = 0  # end in the buffer of the value read last

    def batches(self) -> Iterator[Batch]:
        """Yield every batch, in the order of the file.

        Raises:
            Broken: the file is broken, and not `salvage`.
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
        window = self._window
        if window.more() and len(window.buffer) < 3:
            while len(window.buffer) < 3 and window.more():
                pass
        if window.buffer.startswith(b"\xef\xbb\xbf"):
            window.pos = 3
            self._report("byte-order-mark", "", "the file begins with a byte-order mark")
        yield from self._documents_left()

    def _documents_left(self) -> Iterator[Batch]:
        """Read the rest of the open document, and the documents after it."""
        window = self._window
        while self._stack:
            yield from self._step(self._stack[-1])
        while True:
            byte = window.next_byte(BETWEEN_DOCUMENTS if self._documents else SPACE)
            if byte < 0:
                return
            if byte == OPEN_OBJECT and self.first_is_over and (batch := self._lines()):
                yield batch
                continue
            self._documents += 1
            self._began = window.offset
            prefix = "" if self._documents == 1 else f"/~d{self._documents}"
            self._note_several()
            if byte not in (OPEN_LIST, OPEN_OBJECT):
                if self._documents == 1:
                    raise Broken(window.offset, Sentence("no JSON object begins here"))
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
        window = self._window
        while len(window.buffer) - window.pos <= _GARBAGE:
            if not window.more():
                break
        else:
            raise Broken(window.offset, Sentence("something that is no JSON follows the export"))
        text = window.buffer[window.pos :].decode("utf-8", "surrogateescape")
        self._report(
            "trailing-data", prefix, "text that is no JSON follows the export; it is kept as one value"
        )
        start = window.offset
        window.pos = len(window.buffer)
        return Batch([Item(prefix, (), text)], start, window.offset, "text")

    def _open(self, byte: int, role: Role, pointer: str, labels: tuple[str, ...]) -> None:
        if len(self._stack) >= MAX_DEPTH:
            raise Broken(
                self._window.offset,
                Sentence("nested more than {levels} levels deep", levels=MAX_DEPTH),
                deep=True,
            )
        shape = Shape.ELEMENTS if byte == OPEN_LIST else Shape.MEMBERS
        self.document_count += role == "document"
        self._window.pos += 1
        self._stack.append(Frame(shape, role, pointer, labels, self._window.offset))

    def _step(self, frame: Frame) -> Iterator[Batch]:
        """Read the next element or members of `frame`, or its end."""
        window = self._window
        byte = window.next_byte()
        if byte == frame.closer:
            self._close()
            return
        if frame.count:
            if byte != COMMA:
                raise Broken(window.offset, Sentence("a comma or closing bracket is missing"), cut=byte < 0)
            window.pos += 1
            byte = window.next_byte()
            if byte == frame.closer:
                self._report("trailing-comma", frame.pointer, decoder.TRAILING_COMMA)
                self._close()
                return
        if byte < 0:
            raise Broken(window.offset, Sentence("a value is missing"), cut=True)
        if frame.role == "items":
            batch = self._guess(frame) or self._run(frame)
            if batch:
                yield batch
                return
        yield from self._one(frame)

    def _close(self) -> None:
        self._window.pos += 1
        self._stack.pop()
        if self._stack:
            self._stack[-1].end = self._window.offset

    def _note_several(self) -> None:
        if self._documents > 1 and not self._is_several:
            self._is_several = True
            self._report("several-documents", "", "more follows after the end of the first JSON document")

    # -- many at once ------------------------------------------------------------------------------

    def _reach(self, frame: Frame) -> tuple[int, int]:
        """The limits of what is decoded at once, for several elements and for a single one."""
        window = self._window
        size = self._limits.window * (self._limits.windows if frame.is_prose else 1)
        if len(window.buffer) - window.pos < size:
            window.more()
        limit = min(len(window.buffer), window.pos + self._limits.largest)
        return min(limit, window.pos + size), limit

    def _lines(self) -> Batch | None:
        """Decode many objects that follow the first document at once, if none of them is an export."""
        window, size = self._window, self._limits.window
        if not self._limits.guess or not self._line_guesses.may_be_right():
            return None
        if len(window.buffer) - window.pos < size:
            window.more()
        end = window.buffer.rfind(b"\n{", window.pos, window.pos + size) + 1
        if end <= window.pos:
            return None
        values: list[JsonValue] = []
        with contextlib.suppress(ValueError):
            values, levels = decoder.lines(window.buffer[window.pos : end])
        is_right = bool(values) and all(type(each) is dict and not _is_document(each) for each in values)
        self._line_guesses.note(was_right=is_right)
        if not is_right:
            return None
        items = Elements("/~d", self._documents + 1, (), values, levels)
        start = self._began = window.offset
        window.pos = end
        self._documents += len(items)
        self._note_several()
        return Batch(items, start, window.offset, "lines")

    def _guess(self, frame: Frame) -> Batch | None:
        if not (self._limits.guess and frame.border) or len(self._stack) + _FAST_DEPTH > MAX_DEPTH:
            return None
        if not frame.guesses.may_be_right():
            return None
        near, limit = self._reach(frame)
        window = self._window
        cut = window.buffer.rfind(frame.border, window.pos, near)
        if cut < 0 and near < limit:
            cut = window.buffer.find(frame.border, near - len(frame.border), limit)
        if cut < 0:
            return None
        batch = self._decode_run(frame, window.pos, cut + frame.kept)
        frame.guesses.note(was_right=batch is not None)
        return batch

    def _run(self, frame: Frame) -> Batch | None:
        near, _ = self._reach(frame)
        window = self._window
        depth = MAX_DEPTH - len(self._stack)
        found = run(window.buffer, window.pos, near, frame.shape, depth)
        if not found:
            return None
        if len(found) > 1:
            frame.learn(window.buffer[found[-2][2] - 1 : found[-1][0] + 1])
        if len(self._stack) + _FAST_DEPTH <= MAX_DEPTH:
            batch = self._decode_run(frame, window.pos, found[-1][2])
            if batch is not None:
                return batch
        items: list[Item] = []
        start = window.offset
        done = window.pos
        for first, begin, end in found:
            try:
                pointer, labels = self._place(frame, window.buffer, first)
                items.append(Item(pointer, labels, self._exact(window.buffer[begin:end], begin, pointer)))
            except Broken:
                if not items:
                    raise
                break
            frame.count += 1
            frame.reading = None
            done = end
        window.pos = done
        frame.latest = items
        frame.end = window.offset
        return Batch(items, start, window.offset, frame.shape.value)

    def _decode_run(self, frame: Frame, start: int, end: int) -> Batch | None:
        """Decode the elements from `start` to `end` at once; None if only `LosslessDecoder` can read them."""
        window = self._window
        open_, close = (b"[", b"]") if frame.shape is Shape.ELEMENTS else (b"{", b"}")
        text = b"".join((open_, memoryview(window.buffer)[start:end], close))
        try:
            value, levels = decoder.fast(text, is_prose=frame.is_prose)
        except ValueError:
            return None
        items: Sequence[Item]
        if isinstance(value, list):
            items = Elements(f"{frame.pointer}/", frame.count, frame.labels, value, levels[1:])
        else:
            members = cast("dict[str, JsonValue]", value)
            items = named = []
            for raw, member in members.items():
                named.append(Item(*self._member_name(frame, raw), member))
                frame.reading = None
            if all(map(str.isdigit, members)):
                items = Numbered(named, list(members.values()), levels[1:])
        frame.latest = items
        frame.is_prose = end - start > _LONG_ITEM * len(items)
        frame.count += len(items)
        begin = window.offset
        window.pos = end
        frame.end = window.offset
        return Batch(items, begin, frame.end, frame.shape.value)

    # -- one at a time -----------------------------------------------------------------------------

    def _one(self, frame: Frame) -> Iterator[Batch]:
        """Read one element or member, or descend into it."""
        window = self._window
        start = window.offset
        if frame.shape is Shape.MEMBERS:
            pointer, labels, byte = self._name(frame)
        else:
            pointer, labels = self._place(frame, window.buffer, window.pos)
            byte = window.buffer[window.pos]
        kind: BatchKind = frame.shape.value
        if frame.role == "outer" and byte == OPEN_OBJECT:
            yield from self._document(pointer, frame)
            return
        if frame.role == "document":
            kind = "value"
            name = str(frame.reading)
            if name == "data":
                self.has_data = True
                yield Batch([], window.offset, window.offset, "start")
                labels = ()
                if byte in (OPEN_LIST, OPEN_OBJECT):
                    self._descend(byte, frame, pointer, labels)
                    return
            elif name == "info" and not self.has_info:
                kind = "info"
                if byte in (OPEN_LIST, OPEN_OBJECT):
                    labels = ("info",)
        value_start = window.offset
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
        self._end(frame)
        yield Batch(
            [Item(pointer, labels, value)],
            value_start if kind in ("value", "info") else start,
            frame.end,
            kind,
        )

    def _name(self, frame: Frame) -> tuple[str, tuple[str, ...], int]:
        """Read a name and its colon; return pointer, labels, and the first byte of the value."""
        window = self._window
        self._whole_name()
        end = cast("re.Match[bytes]", STRING.match(window.buffer, window.pos)).end()
        pointer, labels = self._place(frame, window.buffer, window.pos)
        window.pos = end
        frame.at_value = True
        byte = window.next_byte()
        if byte == COLON:
            window.pos += 1
            byte = window.next_byte()
        elif byte >= 0:
            raise Broken(window.offset, Sentence("a colon is missing after a name"))
        if byte < 0:
            raise Broken(window.offset, Sentence("a value is missing"), cut=True)
        return pointer, labels, byte

    def _document(self, pointer: str, parent: Frame | None) -> Iterator[Batch]:
        """Read an object that may be a separate document (with `info` or `data`); else it is an item.

        A line of JSON Lines with members besides its `data` is a record, if `data` is an object.
        """
        window = self._window
        found = self._value(pointer, stay=True)
        if found is None or (isinstance(found[0], dict) and _is_document(found[0])):
            if parent:
                self._end(parent)
            self._open(OPEN_OBJECT, "document", pointer, ())
            return
        start = window.offset
        window.pos = self._value_end
        if parent:
            self._end(parent)
        yield Batch([Item(pointer, (), found[0])], start, window.offset, "value")

    def _descend(self, byte: int, frame: Frame, pointer: str, labels: tuple[str, ...]) -> None:
        frame.count += 1
        frame.reading = None
        frame.at_value = False
        self._open(byte, "items", pointer, labels)

    def _end(self, frame: Frame) -> None:
        frame.count += 1
        frame.reading = None
        frame.at_value = False
        frame.end = self._window.offset

    def _whole_name(self) -> None:
        """Read on until a name is complete."""
        window = self._window
        if window.buffer[window.pos] != QUOTE:
            raise Broken(window.offset, Sentence("a name in double quotes is missing"))
        while STRING.match(window.buffer, window.pos) is None:
            if not window.more():
                raise Broken(window.origin + len(window.buffer), Sentence("a name has no end"), cut=True)

    def _value(self, pointer: str, *, must: bool = False, stay: bool = False) -> tuple[JsonValue] | None:
        """The value that begins here, in a tuple; None if it is too large to hold (unless it `must` be).

        The window is then after the value, or still at its beginning with `stay`.
        """
        window = self._window
        extent = Extent(MAX_DEPTH - len(self._stack))
        while True:
            try:
                end = extent.reach(window.buffer, window.pos)
            except Broken as error:
                raise self._absolute(error) from None
            if extent.is_too_large(_LARGEST_INFO if must else self._limits.largest):
                if not must:
                    return None
                raise Broken(window.offset, Sentence("the info is too large"))
            if end >= 0:
                break
            if not window.more():
                raise Broken(
                    window.origin + len(window.buffer), Sentence("the file ends within a value"), cut=True
                )
        value = self._exact(window.buffer[window.pos : end], window.pos, pointer)
        self._value_end = end
        if not stay:
            window.pos = end
        return (value,)

    def _exact(self, piece: bytes, start: int, pointer: str) -> JsonValue:
        """The value with the text `piece`, which is at `start` of the buffer."""
        depth = MAX_DEPTH - len(self._stack)
        if depth >= _FAST_DEPTH:
            try:
                return decoder.fast(piece, is_prose=True).value
            except ValueError:
                pass
        try:
            value, end = LosslessDecoder(self._report, depth=depth).value(piece, 0, pointer)
        except Broken as error:
            raise self._absolute(Broken(start + error.offset, error.reason, deep=error.deep)) from None
        if end < len(piece):
            raise self._absolute(Broken(start + end, Sentence("a comma or closing bracket is missing")))
        return value

    def _absolute(self, error: Broken) -> Broken:
        return Broken(self._window.origin + error.offset, error.reason, cut=error.cut, deep=error.deep)

    def _place(self, frame: Frame, buffer: bytes, at: int) -> tuple[str, tuple[str, ...]]:
        """Pointer and labels of the element or member at `at` of the buffer."""
        if frame.shape is Shape.ELEMENTS:
            return f"{frame.pointer}/{frame.count}", frame.labels
        try:
            raw = LosslessDecoder(self._report).name(buffer, at, frame.pointer)
        except Broken as error:
            raise self._absolute(error) from None
        return self._member_name(frame, raw)

    def _member_name(self, frame: Frame, raw: str) -> tuple[str, tuple[str, ...]]:
        if frame.reading is None or str(frame.reading) != raw:
            frame.reading = frame.names.name(raw)
            if isinstance(frame.reading, RepeatedName):
                self._report("duplicate-key", join_pointer(frame.pointer, raw), decoder.DUPLICATE_KEY)
        return join_pointer(frame.pointer, frame.reading), (*frame.labels, raw)

    # -- broken files ------------------------------------------------------------------------------

    def _rescue(self, error: Broken) -> Generator[Batch, None, bool]:
        """Yield the intact part of the broken value as an item, then stop or resume.

        Returns whether reading can resume: at the next line of JSON Lines, or the next element of the list.
        """
        window = self._window
        if not self._stack:
            if not self._documents or not self.first_is_over:
                raise error
            began = self._began
            if salvage.go_to_next_line(window, error):
                self._documents -= 1
                self._note_lost("", began, window.offset, error)
                yield Batch([], began, window.offset, "elements", b"")
                return True
            self._end_at(error, began, b"")
            return False
        frame = self._stack[-1]
        rest = b""
        items: list[Item] = []
        broken = max(window.pos, error.offset - window.origin)
        if window.buffer[broken : broken + 1] in _AFTER_VALUE:
            broken += 1  # its presence shows that a number before it is complete
        text = window.buffer[window.pos : broken].lstrip(b" \t\r\n,")
        if frame.at_value:
            text = json.dumps(str(frame.reading)).encode("ascii") + b":" + text.lstrip(b":")
        opener = b"[" if frame.shape is Shape.ELEMENTS else b"{"
        is_info = frame.role == "document" and str(frame.reading) == "info"
        found = None if is_info else salvage.made_whole(opener + text)
        if found:
            repaired, value = found
            if isinstance(value, dict):
                items = [Item(*self._member_name(frame, str(name)), member) for name, member in value.items()]
            elif isinstance(value, list):
                items = [
                    Item(f"{frame.pointer}/{i}", frame.labels, e) for i, e in enumerate(value, frame.count)
                ]
            rest = (b"," if frame.count else b"") + repaired[1:-1]
        start = frame.end
        if salvage.go_to_next_element(
            window, frame, error, has_before=bool(frame.count or items), names_of_whole=self._names_of_whole
        ):
            frame.count += len(items)
            frame.reading = None
            frame.end = window.offset
            self._note_lost(frame.pointer, start, window.offset, error)
            yield Batch(items, start, window.offset, frame.shape.value, rest)
            return True
        closers = b"".join(b"]" if f.shape is Shape.ELEMENTS else b"}" for f in reversed(self._stack))
        self._end_at(error, start, closers)
        if items:
            yield Batch(items, start, start, frame.shape.value, rest)
        return False

    def _names_of_whole(self) -> frozenset[str] | None:
        """The names of the object that begins here, if it is whole and has any; the window stays there."""
        window, report = self._window, self._report
        self._report = lambda *_: None
        try:
            found = self._value("", stay=True)
        except Broken:
            return None
        finally:
            self._report = report
        value = found[0] if found else None
        if self._value_end == len(window.buffer):
            self._value_end -= window.pos
            self._value_end += 0 if window.more() else window.pos
        after = window.buffer[self._value_end : self._value_end + 1]
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
    """Whether an object is an export, not a record with its kind: `{"type": …, "data": {…}}`."""
    if "info" in value or "data" not in value:
        return "info" in value
    return not isinstance(value["data"], dict) or len(value) == 1
