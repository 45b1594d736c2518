"""Input and output of chapters: the book that they read, and parts with the data for their templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from dsr_report.export import Export
from dsr_report.languages import Language
from dsr_report.rendering.collect import Collected
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.pagination import ContentsLine, PackagePage, Periods
from dsr_report.rendering.proof import Provable
from dsr_report.rendering.statistics import MessageEntry

View = TypeVar("View")
NEVER = datetime(1, 1, 2, tzinfo=UTC)
"""Sorts before all dates; January 2, as January 1 would leave `datetime`'s range in other time zones."""
WEIGHT = 60_000
"""Estimated characters of HTML of a part: a few pages."""
MARKUP = 2
"""Estimated characters of HTML per byte of a view (element names, labels, escaped characters)."""


@dataclass(frozen=True)
class Book:
    """The export, the collected views and counts, the report's options, and its chapters in order."""

    export: Export
    options: ReportOptions
    collected: Collected
    chapters: Sequence[Chapter]

    @property
    def language(self) -> Language:
        """The report's language."""
        return self.options.language

    @property
    def is_found(self) -> bool:
        """Whether the export says anything about the subject."""
        return self.collected.is_found

    @cached_property
    def periods(self) -> Periods:
        """The division of the annexes into years and months."""
        return Periods(self.options, len(self.collected.activity.messages))

    def month_of(self, entry: MessageEntry) -> tuple[int | None, str]:
        """Year of sending, and year and month in words; `(None, "")` for a message without a date."""
        if entry.sent_at is None:
            return None, ""
        local = entry.sent_at.astimezone(self.options.zone)
        return local.year, self.language.month(local.year, local.month)


@dataclass(frozen=True)
class PartView:
    """A part of a chapter: the variables for its template, and proofs of the values that it must show.

    `values` maps variable names to values; `template` overrides the chapter's template. `page` is the page of
    a package that a part of an annex is on. `contents` are the anchors that it lists as table of contents.
    """

    values: Mapping[str, Any]
    anchor: str
    proofs: Iterable[Provable] = ()
    new_page: bool = False
    contents: tuple[str, ...] = ()
    page: PackagePage | None = None
    template: str = ""


class Chapter(NamedTuple):
    """A chapter: anchor of its heading, title, template, and the function that yields its parts.

    `spools` names the spools with its records, which are also its places in the ledger. `page` is set if the
    chapter is on another chapter's page of a package.
    """

    anchor: str
    title: str
    template: str
    parts: Callable[[Book], Iterator[PartView]]
    spools: tuple[str, ...] = ()
    page: str = ""
    layer: str = "data"
    """`letter` (the answer), `data` (the data in words) or `annex` (every value as stored)."""
    is_listed: bool = True
    """It is in the table of contents."""
    counted: Callable[[Language, int], str] | None = None
    """Formats the number of its records for the table of contents."""
    periods: Callable[[Book], Sequence[ContentsLine]] | None = None
    """Returns its years and months for the table of contents."""
    sections: tuple[tuple[str, str], ...] = ()
    """Anchors and titles of headings within it that are in the table of contents, too."""
    is_empty: Callable[[Book], bool] | None = None
    """Predicate for a chapter without content, if its spools do not show that."""
    is_about_data: bool = True
    """If it is left out, the report states that nothing is stored for it."""
    if_nothing: bool = False
    """It is in the report even if nothing was found."""
    if_apart: bool = False
    """It is in the report only if the annexes are a separate document."""
    title_if_nothing: str = ""
    """Its title if nothing was found: as no other annex, or for what is left."""
    title_of_list: str = ""
    """Its title if messages are only listed."""

    def name(self, book: Book) -> str:
        """Its title in the report's language."""
        if self.title_if_nothing and not book.is_found:
            return book.language.text(self.title_if_nothing)
        is_list = self.title_of_list and book.options.is_list
        return book.language.text(self.title_of_list if is_list else self.title)

    def number_of_records(self, book: Book) -> int:
        """Number of records in its spools."""
        spools = book.collected.spools
        return sum(len(spools[name]) for name in self.spools if name in spools)

    def is_left_out(self, book: Book) -> bool:
        """Whether it has no content; the overview names all such chapters in one sentence."""
        if self.if_apart and not book.options.annexes_file:
            return True
        if not book.is_found and not self.if_nothing:  # what is packaging or empty is shown all the same
            return not self.number_of_records(book)
        if self.is_empty is not None and self.is_empty(book):
            return True
        has_spools = any(name in book.collected.spools for name in self.spools)
        return has_spools and not self.number_of_records(book)


def gather(views: Iterable[tuple[int, View]]) -> Iterator[list[View]]:
    """Batch (weight, view) pairs; a batch weighs at most `WEIGHT`, unless it is a single view."""
    batch: list[View] = []
    total = 0
    for weight, view in views:
        if batch and total + weight > WEIGHT:
            yield batch
            batch, total = [], 0
        batch.append(view)
        total += weight
    if batch:
        yield batch
