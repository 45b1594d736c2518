"""Spooling to private temporary files: blocks of bytes, rows, and an external sort."""

from __future__ import annotations

import heapq
import pickle
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import islice, pairwise
from typing import Any, Generic, NamedTuple, TypeVar

from dsr_report.closing import Closing

Value = TypeVar("Value")
Row = TypeVar("Row")
Ordered = TypeVar("Ordered", bound=tuple[Any, ...])
_BLOCK = 100
"""Rows that are buffered before they are written to disk together."""
_MOST = 2_000
"""Maximum rows that are sorted in memory."""


class BlockFile:
    """Blocks of bytes in a private temporary file without a name, read back in any order.

    Up to a size of `in_memory` bytes, they stay in memory.
    """

    def __init__(self, in_memory: int = 0) -> None:
        self._file: Any = (
            tempfile.SpooledTemporaryFile(in_memory)  # noqa: SIM115 - closed by `close`
            if in_memory
            else tempfile.TemporaryFile(prefix="dsr-report-")  # noqa: SIM115 - closed by `close`
        )
        self._is_at_end = True
        self.size = 0
        """How many bytes were added."""

    def add(self, block: bytes) -> int:
        """Append a block and return its offset."""
        if not self._is_at_end:  # each seek flushes the write buffer to disk
            self._file.seek(self.size)
            self._is_at_end = True
        self._file.write(block)
        start = self.size
        self.size += len(block)
        return start

    def read(self, start: int, size: int) -> bytes:
        """The bytes of a block."""
        self._is_at_end = False
        self._file.seek(start)
        block: bytes = self._file.read(size)
        return block

    def close(self) -> None:
        """Remove the file."""
        self._file.close()


class Rows(Closing, Generic[Row]):
    """Rows in a private temporary file, in the order of adding; memory holds one or two blocks of them.

    Use it as a context manager, or `close` it.
    """

    def __init__(self, block: int = _BLOCK) -> None:
        """`block` is how many rows are written and read at once."""
        self._most = block
        self._file = BlockFile()
        self._ends = array("Q", [0])
        self._last: list[Row] = []
        self._count = 0

    def add(self, row: Row) -> None:
        """Keep a row."""
        self._last.append(row)
        self._count += 1
        if len(self._last) >= self._most:
            self.end_block()

    def end_block(self) -> int:
        """Write the buffered rows to disk, and return the number of blocks."""
        if self._last:
            self._file.add(pickle.dumps(self._last, protocol=5))
            self._ends.append(self._file.size)
            self._last = []
        return len(self._ends) - 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows; several iterators may run at a time."""
        block = 0
        while block < len(self._ends) - 1:
            yield from self._block(block)
            block += 1
        yield from self._last

    def of_blocks(self, first: int, end: int) -> Iterator[Row]:
        """The rows of blocks from number `first` up to `end`."""
        for block in range(first, end):
            yield from self._block(block)

    def close(self) -> None:
        """Remove the file."""
        self._file.close()

    def _block(self, number: int) -> list[Row]:
        start, end = self._ends[number : number + 2]
        rows: list[Row] = pickle.loads(self._file.read(start, end - start))  # noqa: S301 - written by ourselves
        return rows


def in_order(rows: Iterable[Ordered]) -> Iterator[Ordered]:
    """Yield rows sorted; if they are more than `_MOST`, sorted portions are merged from disk.

    Two rows must differ before their first element that cannot be compared.
    """
    coming = iter(rows)
    portion = sorted(islice(coming, _MOST))
    if len(portion) < _MOST:
        yield from portion
        return
    with Rows[Ordered]() as kept:
        ends = [0]
        while portion:
            for row in portion:
                kept.add(row)
            ends.append(kept.end_block())
            portion = []  # freed before the next one is read
            portion = sorted(islice(coming, _MOST))
        yield from heapq.merge(*(kept.of_blocks(*pair) for pair in pairwise(ends)))


class Sorted(NamedTuple, Generic[Value]):
    """A value, its key, and its pickled size in bytes."""

    key: Any
    size: int
    value: Value


class ExternalSort(Generic[Value]):
    """External sort of values by their keys; values and keys are on disk."""

    def __init__(self) -> None:
        self._file = BlockFile()
        self._rows: Rows[tuple[Any, int, int]] = Rows()
        """Key, offset and size of each value."""

    def add(self, key: Any, value: Value) -> None:
        """Keep a value with its sort key."""
        raw = pickle.dumps(value, protocol=5)
        self._rows.add((key, self._file.add(raw), len(raw)))

    def __len__(self) -> int:
        return len(self._rows)

    def index(self) -> Iterator[tuple[Any, int]]:
        """The key and the size of each value, in the order of adding."""
        for key, _start, size in self._rows:
            yield key, size

    def sorted(self, order: Callable[[Any], Any]) -> Iterator[Sorted[Value]]:
        """Yield every value, sorted by `order` of its key; the sort is stable."""
        numbered = enumerate(self._rows)
        for _, _, start, size, key in in_order((order(key), n, *place, key) for n, (key, *place) in numbered):
            yield Sorted(key, size, pickle.loads(self._file.read(start, size)))  # noqa: S301 - written by ourselves

    def close(self) -> None:
        """Remove the files."""
        self._file.close()
        self._rows.close()
