"""Rendered pieces of the report, kept on disk with their keys, and read back in another order."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from dsr_report.spool import Rows, in_order


class Piece(NamedTuple):
    """A piece of HTML, its key, and its size in bytes."""

    key: Any
    size: int
    html: str


class Spool:
    """Pieces of HTML in private temporary files; memory holds neither them nor their keys."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="dsr-report-")  # noqa: SIM115 - lives as long as the spool
        self._rows: Rows[tuple[Any, int, int]] = Rows()
        """The key of each piece, where it begins and how long it is."""
        self._end = 0
        self._is_at_end = True

    def add(self, key: Any, html: str) -> None:
        """Keep a piece; `key` is what `pieces` sorts by."""
        raw = html.encode("utf-8", "surrogatepass")
        if not self._is_at_end:  # each change of place writes what is gathered to disk
            self._file.seek(self._end)
            self._is_at_end = True
        self._file.write(raw)
        self._rows.add((key, self._end, len(raw)))
        self._end += len(raw)

    def __len__(self) -> int:
        return len(self._rows)

    def index(self) -> Iterator[tuple[Any, int]]:
        """The key and the size of each piece, in the order of adding."""
        for key, _start, size in self._rows:
            yield key, size

    def pieces(self, order: Callable[[Any], Any]) -> Iterator[Piece]:
        """Every piece, sorted by `order` of its key; those alike stay as they were added."""
        numbered = enumerate(self._rows)
        for _, _, start, size, key in in_order((order(key), n, *place, key) for n, (key, *place) in numbered):
            self._is_at_end = False
            self._file.seek(start)
            yield Piece(key, size, self._file.read(size).decode("utf-8", "surrogatepass"))

    def close(self) -> None:
        """Remove the files."""
        self._file.close()
        self._rows.close()
