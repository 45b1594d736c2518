"""Chapters of whole records: the profile, surveys and forms, notes, files, other records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from dsr_report.rendering.chapters.book import MARKUP, NEVER, Book, PartView, gather
from dsr_report.rendering.records import RecordView
from dsr_report.spool import Sorted


def in_time(anchor: str, spool: str) -> Callable[[Book], Iterator[PartView]]:
    """Return the function that yields the parts of a chapter from a spool's records in order of time."""

    def parts(book: Book) -> Iterator[PartView]:
        ordered = book.collected.spools[spool].sorted(lambda key: (key[1] or NEVER, key[2]))
        return _parts(f"{anchor}-part", gather(map(_weigh, ordered)))

    return parts


def by_kind(book: Book) -> Iterator[PartView]:
    """Yield the spool `other`, then `background` (the mailings themselves), each by kind and time."""
    ordered = (
        book.collected.spools[name].sorted(lambda key: (key[0], key[1] or NEVER, key[2]))
        for name in ("other", "background")
    )
    return _parts("annex-d", chain.from_iterable(gather(map(_weigh, pieces)) for pieces in ordered))


def _weigh(piece: Sorted[RecordView]) -> tuple[int, RecordView]:
    return MARKUP * piece.size, piece.value


def _parts(anchor: str, batches: Iterable[list[RecordView]]) -> Iterator[PartView]:
    for number, records in enumerate(batches):
        proofs = [record.proof for record in records]
        yield PartView({"records": records}, f"{anchor}-{number}", proofs, new_page=number == 0)
