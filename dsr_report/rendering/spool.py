"""Views of a report, kept on disk with their keys, and read back in another order."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Callable, Iterator
from typing import Any, Generic, NamedTuple, TypeVar

from dsr_report.spool import Rows, in_order

View = TypeVar("View")


class Spooled(NamedTuple, Generic[View]):
    """A view, its key, and how many bytes it takes on disk."""

    key: Any
    size: int
    view: View


class Spool(Generic[View]):
    """Views in private temporary files; memory holds neither them nor their keys."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="dsr-report-")  # noqa: SIM115 - lives as long as the spool
        self._rows: Rows[tuple[Any, int, int]] = Rows()
        """The key of each view, where it begins and how long it is."""
        self._end = 0
        self._is_at_end = True

    def add(self, key: Any, view: View) -> None:
        """Keep a view; `key` is what it is sorted by."""
        raw = pickle.dumps(view, protocol=5)
        if not self._is_at_end:  # each change of place writes what is gathered to disk
            self._file.seek(self._end)
            self._is_at_end = True
        self._file.write(raw)
        self._rows.add((key, self._end, len(raw)))
        self._end += len(raw)

    def __len__(self) -> int:
        return len(self._rows)

    def index(self) -> Iterator[tuple[Any, int]]:
        """The key and the size of each view, in the order of adding."""
        for key, _start, size in self._rows:
            yield key, size

    def sorted(self, order: Callable[[Any], Any]) -> Iterator[Spooled[View]]:
        """Every view, sorted by `order` of its key; those alike stay as they were added."""
        numbered = enumerate(self._rows)
        for _, _, start, size, key in in_order((order(key), n, *place, key) for n, (key, *place) in numbered):
            self._is_at_end = False
            self._file.seek(start)
            yield Spooled(key, size, pickle.loads(self._file.read(size)))  # noqa: S301 - written by ourselves

    def close(self) -> None:
        """Remove the files."""
        self._file.close()
        self._rows.close()
