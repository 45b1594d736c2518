"""What chapters are made from, and what they are made of: parts, each with the data for its template."""

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
"""What sorts before all dates; in any time zone it is a date still."""
WEIGHT = 60_000
"""Characters of HTML, about, of a part: a few pages."""
MARKUP = 2
"""How many characters of HTML a byte of a view becomes, about (names of elements, labels, escaped signs)."""


@dataclass(frozen=True)
class Book:
    """The export, what was collected of it, what the report is asked to be, and its chapters in order."""

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
        """Whether the export holds any record."""
        return bool(self.collected.kinds)

    @cached_property
    def periods(self) -> Periods:
        """How the annexes are divided into years and months."""
        return Periods(self.options, len(self.collected.activity.messages))

    def month_of(self, entry: MessageEntry) -> tuple[int | None, str]:
        """The year and the month in which a message was sent."""
        if entry.sent_at is None:
            return None, ""
        local = entry.sent_at.astimezone(self.options.zone)
        return local.year, self.language.month(local.year, local.month)


@dataclass(frozen=True)
class PartView:
    """A part of a chapter: what its template is given, and what it has to show of the export.

    `values` are the names in the template; `template` is another one than the chapter's. A part of an annex
    stands on a `page` of its own in a package. `contents` are the anchors that it lists as contents.
    """

    values: Mapping[str, Any]
    anchor: str
    proofs: Iterable[Provable] = ()
    new_page: bool = False
    contents: tuple[str, ...] = ()
    page: PackagePage | None = None
    template: str = ""


class Chapter(NamedTuple):
    """A chapter: the id of its heading, its name, its template, and what makes its parts.

    Its records are in `spools`, which are also the places of the ledger that it shows. `page` is the page of
    a package that it stands on, where that is another one's.
    """

    anchor: str
    title: str
    template: str
    parts: Callable[[Book], Iterator[PartView]]
    spools: tuple[str, ...] = ()
    page: str = ""
    layer: str = "data"
    """`letter` (the answer), `data` (all that is held, in words) or `annex` (every value as it is stored)."""
    is_listed: bool = True
    """It stands in the contents."""
    counted: Callable[[Language, int], str] | None = None
    """What the contents say of the number of its records."""
    periods: Callable[[Book], Sequence[ContentsLine]] | None = None
    """Its years and months in the contents."""
    sections: tuple[tuple[str, str], ...] = ()
    """Ids and names of headings within it that stand in the contents, too."""
    is_empty: Callable[[Book], bool] | None = None
    """Whether it has nothing to say, where that is not told by its spools."""
    is_about_data: bool = True
    """Where it is left out, the report says that nothing is stored for it."""
    if_nothing: bool = False
    """It stands in the report where nothing was found, too."""
    if_apart: bool = False
    """It stands in the report only where the annexes are a document of their own."""
    title_if_nothing: str = ""
    """Its name where nothing was found, and no other annex is there."""
    title_of_list: str = ""
    """Its name where messages are listed only."""

    def name(self, book: Book) -> str:
        """Its name in the report's language."""
        if self.title_if_nothing and not book.is_found:
            return book.language.text(self.title_if_nothing)
        is_list = self.title_of_list and book.options.is_list
        return book.language.text(self.title_of_list if is_list else self.title)

    def number_of_records(self, book: Book) -> int:
        """How many records are in its spools."""
        spools = book.collected.spools
        return sum(len(spools[name]) for name in self.spools if name in spools)

    def is_left_out(self, book: Book) -> bool:
        """Whether it has nothing to show: then it is named in one line, all of them together."""
        if (not book.is_found and not self.if_nothing) or (self.if_apart and not book.options.annexes_file):
            return True
        if self.is_empty is not None and self.is_empty(book):
            return True
        has_spools = any(name in book.collected.spools for name in self.spools)
        return has_spools and not self.number_of_records(book)


def gather(views: Iterable[tuple[int, View]]) -> Iterator[list[View]]:
    """Views, each with its weight, gathered until they weigh a few pages."""
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
