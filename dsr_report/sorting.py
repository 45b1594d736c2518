"""Rows that may be too many for memory: kept in a temporary file, read back as often as needed, sorted."""

from __future__ import annotations

import heapq
import pickle
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from itertools import islice
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

Row = TypeVar("Row", bound=tuple[Any, ...])
_BLOCK = 500
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, row: Row) -> None:
        """Keep a row."""
        self._last.append(row)
        if len(self._last) >= _BLOCK:
            self._put(self._last)
            self._last = []

    def __len__(self) -> int:
        return (len(self._ends) - 1) * _BLOCK + len(self._last)

    def __iter__(self) -> Iterator[Row]:
        """The rows; they may be gone through by several at a time."""
        for block in range(len(self._ends) - 1):
            yield from self._block(block)
        yield from self._last

    def close(self) -> None:
        """Remove the file."""
        self._file.close()

    def _put(self, rows: list[Row]) -> None:
        raw = pickle.dumps(rows, protocol=5)
        self._file.seek(self._ends[-1])
        self._file.write(raw)
        self._ends.append(self._ends[-1] + len(raw))

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
    portions: list[Rows[Row]] = []
    try:
        while portion:
            kept: Rows[Row] = Rows()
            portions.append(kept)
            for row in portion:
                kept.add(row)
            portion = []  # before the next one is read
            portion = sorted(islice(coming, _MOST))
        yield from heapq.merge(*portions)
    finally:
        for kept in portions:
            kept.close()
