"""Rendered pieces of the report, kept on disk and read back in another order: memory holds their keys alone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from typing import Any


class Spool:
    """Pieces of HTML in a private temporary file."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="dsr-report-")  # noqa: SIM115 - lives as long as the spool
        self._index: list[tuple[Any, int, int]] = []
        self._end = 0
        self._is_at_end = True

    def add(self, key: Any, html: str) -> None:
        """Keep a piece; `key` is what `pieces` sorts and groups by."""
        raw = html.encode("utf-8", "surrogatepass")
        if not self._is_at_end:  # each change of place writes what is gathered to disk
            self._file.seek(self._end)
            self._is_at_end = True
        self._file.write(raw)
        self._index.append((key, self._end, len(raw)))
        self._end += len(raw)

    def __len__(self) -> int:
        return len(self._index)

    def index(self) -> list[Any]:
        """The keys, in the order of adding."""
        return [key for key, _, _ in self._index]

    def pieces(self, order: Callable[[Any], Any] | None = None) -> Iterator[tuple[Any, str]]:
        """Every piece with its key; sorted by `order` of the key, else as they were added."""
        index = self._index if order is None else sorted(self._index, key=lambda entry: order(entry[0]))
        self._is_at_end = False
        for key, start, length in index:
            self._file.seek(start)
            yield key, self._file.read(length).decode("utf-8", "surrogatepass")

    def sizes(self, order: Callable[[Any], Any]) -> Iterator[tuple[Any, int]]:
        """The key and the length of every piece, sorted by `order` of the key."""
        for key, _, length in sorted(self._index, key=lambda entry: order(entry[0])):
            yield key, length

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
