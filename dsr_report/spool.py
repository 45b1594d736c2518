"""Rows that may be too many for memory: kept in a temporary file, read back as often as needed, sorted."""

from __future__ import annotations

import heapq
import pickle
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

Row = TypeVar("Row", bound=tuple[Any, ...])
_BLOCK = 100
_MOST = 10_000
"""Rows that are sorted at once, in memory."""


class Rows(Generic[Row]):
    """Tuples in a private temporary file, in the order of adding; memory holds a few hundred of them.

    Use it as a context manager, or `close` it.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="dsr-report-")  # noqa: SIM115 - closed by `close`
        self._ends = array("Q", [0])
        self._last: list[Row] = []
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, row: Row) -> None:
        """Keep a row."""
        self._last.append(row)
        self._count += 1
        if len(self._last) >= _BLOCK:
            self.end_block()

    def end_block(self) -> int:
        """Put what is in memory on disk; the number of blocks that are there now."""
        if self._last:
            raw = pickle.dumps(self._last, protocol=5)
            self._file.seek(self._ends[-1])
            self._file.write(raw)
            self._ends.append(self._ends[-1] + len(raw))
            self._last = []
        return len(self._ends) - 1

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Row]:
        """The rows; they may be gone through by several at a time."""
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
        self._file.seek(start)
        rows: list[Row] = pickle.loads(self._file.read(end - start))  # noqa: S301 - written by ourselves
        return rows


def in_order(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, sorted; with more of them than memory should hold, sorted portions are merged from disk.

    No two rows may be equal in all that is compared before something that cannot be.
    """
    coming = iter(rows)
    portion = sorted(islice(coming, _MOST))
    if len(portion) < _MOST:
        yield from portion
        return
    with Rows[Row]() as kept:
        ends = [0]
        while portion:
            for row in portion:
                kept.add(row)
            ends.append(kept.end_block())
            portion = []  # before the next one is read
            portion = sorted(islice(coming, _MOST))
        yield from heapq.merge(*(kept.of_blocks(*pair) for pair in pairwise(ends)))
