"""Rendered pieces of the report, kept on disk and read back in another order: memory holds their keys alone."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any


class Spool:
    """Pieces of HTML in a private temporary file."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="dsr-report-")  # noqa: SIM115 - lives as long as the spool
        self._keys: list[Any] = []
        self._starts = array("Q", [0])
        """Where each piece begins, and where the last one ends."""
        self._is_at_end = True

    def add(self, key: Any, html: str) -> None:
        """Keep a piece; `key` is what `pieces` sorts and groups by."""
        raw = html.encode("utf-8", "surrogatepass")
        if not self._is_at_end:  # each change of place writes what is gathered to disk
            self._file.seek(self._starts[-1])
            self._is_at_end = True
        self._file.write(raw)
        self._keys.append(key)
        self._starts.append(self._starts[-1] + len(raw))

    def __len__(self) -> int:
        return len(self._keys)

    def index(self) -> Sequence[Any]:
        """The keys, in the order of adding."""
        return self._keys

    def pieces(self, order: Callable[[Any], Any] | None = None) -> Iterator[tuple[Any, str]]:
        """Every piece with its key; sorted by `order` of the key, else as they were added."""
        self._is_at_end = False
        for place in self._places(order):
            self._file.seek(self._starts[place])
            yield self._keys[place], self._file.read(self._size(place)).decode("utf-8", "surrogatepass")

    def sizes(self, order: Callable[[Any], Any]) -> Iterator[tuple[Any, int]]:
        """The key and the length of every piece, sorted by `order` of the key."""
        for place in self._places(order):
            yield self._keys[place], self._size(place)

    def _places(self, order: Callable[[Any], Any] | None) -> Iterable[int]:
        places = range(len(self._keys))
        return places if order is None else sorted(places, key=lambda place: order(self._keys[place]))

    def _size(self, place: int) -> int:
        return self._starts[place + 1] - self._starts[place]

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
