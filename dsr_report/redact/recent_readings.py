"""Cache of the readings of recent texts, with their skeletons and digests."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dsr_report.redact.digests import SHORTEST as SHORTEST_DIGEST
from dsr_report.redact.digests import keys_in
from dsr_report.redact.encoded_runs import runs_alone
from dsr_report.redact.readings import Reading, Search, readings_of_text
from dsr_report.redact.skeleton import skeleton

UNDECODED = 0
"""A width for only the text itself, without other readings."""
_LARGE = 300_000
"""Characters; the readings of a longer text are not cached."""
_MOST_REMEMBERED = 1_500_000
"""Characters of cached readings: those of a few newsletters, before and after changes."""


class Read(NamedTuple):
    """A reading, with its skeleton and possible digests."""

    reading: Reading
    letters: bytes
    """Its skeleton."""
    digests: frozenset[bytes]
    """The keys of its possible digests."""


def _read(reading: Reading, search: Search | None) -> Read:
    text = reading.text
    digests = frozenset[bytes]()
    if len(text) >= SHORTEST_DIGEST:
        digests = frozenset(
            keys_in(text, search.runs_alone(text) if search is not None else runs_alone(text))
        )
    return Read(reading, skeleton(text), digests)


def readings_of(text: str, width: int | None) -> Iterable[Read]:
    """The readings of a text, cut down for passages of `width` letters; in full if None."""
    if len(text) > _LARGE:
        return _read_anew(text, width)
    return _REMEMBERED.of(text, width)


def _read_anew(text: str, width: int | None) -> Iterator[Read]:
    whole = Reading(text, is_decoded="\0" in text)  # other bytes of a file may adjoin the text
    if width == UNDECODED:
        return iter([_read(whole, None)])
    search = None if width is None else Search(width)
    return (_read(reading, search) for reading in readings_of_text(whole, search=search))


class _Memory:
    """LRU cache of readings: of the message, its parts, and the result."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int | None], tuple[Read, ...]] = OrderedDict()
        self._size = 0

    def of(self, text: str, width: int | None) -> tuple[Read, ...]:
        key = (text, width)
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known
        known = self._known[key] = tuple(_read_anew(text, width))
        self._size += _size_of(known)
        while self._size > _MOST_REMEMBERED:
            self._size -= _size_of(self._known.popitem(last=False)[1])
        return known


def _size_of(known: tuple[Read, ...]) -> int:
    return 200 + sum(len(read.reading.text) + len(read.letters) + 100 * len(read.digests) for read in known)


_REMEMBERED = _Memory()
