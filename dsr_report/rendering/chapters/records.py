"""Chapters of whole records: the profile, surveys and forms, notes, files, other records."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dsr_report.rendering.chapters.book import MARKUP, NEVER, Book, PartView, gather
from dsr_report.rendering.records import RecordView
from dsr_report.spool import ExternalSort, Sorted


def in_time(anchor: str, spool: str) -> Callable[[Book], Iterator[PartView]]:
    """Return the function that yields the parts of a chapter from a spool's records in order of time."""

    def parts(book: Book) -> Iterator[PartView]:
        pieces = book.collected.spools[spool]
        ordered = pieces.sorted(lambda key: (key[1] or NEVER, key[2]))
        for number, records in enumerate(gather(map(_weigh, ordered))):
            yield _part(f"{anchor}-part-{number}", records, is_first=number == 0)

    return parts


def by_kind(book: Book) -> Iterator[PartView]:
    """Yield the spool `other`, then `background` (the mailings themselves), each by kind and time."""
    number = 0
    for name in ("other", "background"):
        spool: ExternalSort[RecordView] = book.collected.spools[name]
        ordered = spool.sorted(lambda key: (key[0], key[1] or NEVER, key[2]))
        for records in gather(map(_weigh, ordered)):
            yield _part(f"annex-d-{number}", records, is_first=number == 0)
            number += 1


def _weigh(piece: Sorted[RecordView]) -> tuple[int, RecordView]:
    return MARKUP * piece.size, piece.value


def _part(anchor: str, records: list[RecordView], *, is_first: bool) -> PartView:
    return PartView({"records": records}, anchor, [record.proof for record in records], new_page=is_first)
