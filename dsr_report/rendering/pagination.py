"""Years and months of long annexes: headings, lines in the table of contents, and pages in a package."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from dsr_report.rendering.options import ReportOptions

_BY_MONTH = 200
_IN_CONTENTS = 30
_PAGE = 3_000_000

UNDATED = 0
NO_MESSAGE = 10_000  # after the last year that a date can have


class Period(NamedTuple):
    """A month, a year (month 0), or neither (`UNDATED`, `NO_MESSAGE`). Sorts in the order of display."""

    year: int
    month: int = 0

    @property
    def key(self) -> str:
        """The suffix of its ids and of the names of its pages."""
        if self.year == UNDATED:
            return "undated"
        if self.year == NO_MESSAGE:
            return "other"
        return f"{self.year}-{self.month:02}" if self.month else str(self.year)


_period = lru_cache(maxsize=1_000)(Period)
"""Interned periods: every event and message has one."""


class ContentsLine(NamedTuple):
    """A line of the table of contents below an annex: a year, with its months if the annex has them."""

    anchor: str
    title: str
    number: str
    months: list[ContentsLine]


class PackagePage(NamedTuple):
    """A page of a package with a piece of an annex; `follows` if it continues the previous page."""

    name: str
    period: Period
    number: int
    follows: bool


class Pager:
    """Assigns pages to the pieces of an annex, in their order.

    A page is a year if that is not too large for a browser, else a month, else as much of it as fits.
    """

    def __init__(self, annex: str, divided: set[int]) -> None:
        self._annex = annex
        self._divided = divided
        self._page: PackagePage | None = None
        self._weight = 0

    def page_of(self, period: Period, size: int) -> PackagePage:
        """Return the page of the next piece, which has `size` bytes."""
        whole = period if period.year in self._divided else _period(period.year)
        page = self._page
        if page is None or page.period != whole:
            page, self._weight = PackagePage(f"{self._annex}-{whole.key}", whole, 1, follows=False), 0
        elif self._weight + size > _PAGE and whole.year in self._divided:
            number = page.number + 1
            page, self._weight = (
                PackagePage(f"{self._annex}-{whole.key}-{number}", whole, number, follows=True),
                0,
            )
        self._page = page
        self._weight += size
        return page


class Periods:
    """Division of one report's annexes: by month if there are many messages, else by year."""

    def __init__(self, options: ReportOptions, messages: int) -> None:
        self._options = options
        self._language = options.language
        self._by_month = messages > _BY_MONTH

    def of(self, at: datetime | None) -> Period:
        """The period of a moment."""
        if at is None:
            return _period(UNDATED)
        local = at.astimezone(self._options.zone)
        return _period(local.year, local.month if self._by_month else 0)

    def title(self, period: Period) -> str:
        """The title of a period: 2016, January 2016."""
        language = self._language
        if period.year == UNDATED:
            return language.text("Without a date")
        if period.year == NO_MESSAGE:
            return language.text("Events without a message in this report")
        return language.month(period.year, period.month) if period.month else str(period.year)

    def contents(self, annex: str, periods: Iterable[Period]) -> list[ContentsLine]:
        """The lines of the table of contents for an annex with the id prefix `annex`; none if it is short."""
        counts = Counter(periods)
        if counts.total() < _IN_CONTENTS or len(counts) < 2:
            return []
        lines = []
        for year, group in groupby(sorted(counts), key=lambda period: period.year):
            within = list(group)
            months = [
                ContentsLine(
                    f"{annex}-{period.key}", self.title(period), self._language.number(counts[period]), []
                )
                for period in within
            ]
            if within[0].month:
                total = self._language.number(sum(counts[period] for period in within))
                lines.append(ContentsLine(months[0].anchor, str(year), total, months))
            else:
                lines += months
        return lines

    def pager(self, annex: str, sizes: Iterable[tuple[Period, int]]) -> Pager:
        """Return a pager for an annex, given the sizes of all its pieces in any order."""
        years: Counter[int] = Counter()
        for period, size in sizes:
            years[period.year] += size
        return Pager(annex, {year for year, size in years.items() if size > _PAGE})

    def page_title(self, annex: str, page: PackagePage) -> str:
        """The title of a page and of links to it."""
        return f"{annex} ({self.part_title(page)})"

    def part_title(self, page: PackagePage) -> str:
        """The period of a page, and its number within that: January 2016, 2."""
        number = f", {self._language.number(page.number)}" if page.number > 1 else ""
        return f"{self.title(page.period)}{number}"
