"""Annexes A and B: every message in full, and every event under its message, by year and month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from dsr_report.rendering.chapters.activity import happened
from dsr_report.rendering.chapters.book import MARKUP, NEVER, WEIGHT, Book, PartView, gather
from dsr_report.rendering.events import EventRow
from dsr_report.rendering.filters import year_class
from dsr_report.rendering.messages import MessageView
from dsr_report.rendering.pagination import NO_MESSAGE, ContentsLine, PackagePage, Period
from dsr_report.rendering.proof import Provable
from dsr_report.rendering.shared_values import EventList, event_list
from dsr_report.rendering.statistics import MessageEntry
from dsr_report.rendering.values import References, StoredValue

_LINES = 120
_OF_A_LINE = 4_000
"""Bytes of a view that count as one line; a larger event counts as several, which bounds a part's size."""


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a period; it has no anchor where a page continues the period."""

    title: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class MessageBlock:
    """A message, its recorded events, and the heading of the period if it is the first of that period."""

    heading: Heading | None
    message: MessageView
    noticed: tuple[str, ...]
    events_anchor: str
    year: str
    """CSS class of its year."""


@dataclass(frozen=True, slots=True)
class EventsOf:
    """The message that events refer to; `events_anchor` is set at its first block only."""

    number: int
    anchor: str
    subject: str
    events_anchor: str


@dataclass(slots=True)
class EventBlock:
    """Events of one message, with the headings of the period and of the message where they begin."""

    heading: Heading | None = None
    message: EventsOf | None = None
    events: EventList = field(default_factory=lambda: EventList([], []))
    year: str = ""
    """CSS class of the year of its message."""


def contents_of_messages(book: Book) -> list[ContentsLine]:
    """Years and months of annex A for the table of contents."""
    periods = (book.periods.of(entry.sent_at) for entry in book.collected.activity.messages)
    return book.periods.contents("messages", periods)


def contents_of_events(book: Book) -> list[ContentsLine]:
    """Years and months of annex B for the table of contents."""
    periods = (_period_of_event(key, book) for key, _size in book.collected.spools["events"].index())
    return book.periods.contents("events", periods)


def messages(book: Book) -> Iterator[PartView]:
    """Yield annex A: every message, oldest first; small messages share a part."""
    spool, entries, periods = (
        book.collected.spools["messages"],
        book.collected.activity.messages,
        book.periods,
    )

    def order(key: tuple[Any, ...]) -> tuple[Any, ...]:
        return (entries[key[0]].sent_at or NEVER, key[0])

    def period_of(key: tuple[Any, ...]) -> Period:
        return periods.of(entries[key[0]].sent_at)

    pager = periods.pager("messages", ((period_of(key), MARKUP * size) for key, size in spool.index()))
    parts = _Parts("annex-a")
    blocks: list[MessageBlock] = []
    period = None
    for key, size, message in spool.sorted(order):
        here = period_of(key)
        page = pager.page_of(here, MARKUP * size)
        heading = None
        if page != parts.page or parts.weight > WEIGHT:
            if page != parts.page and here == period:
                heading = _repeated_heading(page, book)
            yield from parts.flush(page, {"blocks": blocks}, [block.message.proof for block in blocks])
            blocks = []
        if here != period:
            heading = Heading(periods.title(here), f"messages-{here.key}")
            period = here
        entry = entries[key[0]]
        noticed = happened(entry, book.language)
        year = year_class(entry.sent_at, book.options)
        blocks.append(MessageBlock(heading, message, noticed, entry.events_anchor, year))
        parts.weight += size
    yield from parts.flush(None, {"blocks": blocks}, [block.message.proof for block in blocks])


def events(book: Book) -> Iterator[PartView]:
    """Yield annex B: every event under its message, oldest first, then the recurring long texts."""
    spool, periods, activity = book.collected.spools["events"], book.periods, book.collected.activity

    def order(key: tuple[Any, ...]) -> tuple[Any, ...]:
        entry = activity.message_for(key[0])
        at = key[2] or NEVER
        if entry is None:
            return (1, NEVER, 0, str(key[1] or ""), at, key[4])
        return (0, entry.sent_at or NEVER, entry.number, "", at, key[4])

    pager = periods.pager("events", ((_period_of_event(key, book), size) for key, size in spool.index()))
    parts = _Parts("annex-b")
    blocks: list[EventBlock] = []
    rows: list[EventRow] = []
    period = number = last = None
    weight = 0
    references = book.collected.references

    def end_block() -> None:
        nonlocal rows, weight
        if rows:
            blocks[-1].events = event_list(rows)
            parts.weight += weight
            rows, weight = [], 0

    for key, size, row in spool.sorted(order):
        here = _period_of_event(key, book)
        page = pager.page_of(here, size)
        entry = activity.message_for(key[0])
        current = entry.number if entry is not None else -1
        heading = None
        if page != parts.page or current != number or parts.weight + weight >= _LINES:
            end_block()
        if page != parts.page or parts.weight >= _LINES:
            if page != parts.page and here == period:
                heading = _repeated_heading(page, book)
            yield from parts.flush(page, {"blocks": blocks}, _proofs(blocks))
            blocks, number = [], None
        if here != period:
            heading = Heading(periods.title(here), f"events-{here.key}")
            period = here
        about = None
        if current != number:
            about = _events_of(entry, book, is_first=current != last)
            number = last = current
        if not rows:
            year = year_class(entry.sent_at, book.options) if entry is not None else ""
            blocks.append(EventBlock(heading, about, year=year))
        rows.append(_printed_row(row, references))
        weight += 1 + size // _OF_A_LINE
    end_block()
    page_of_last = parts.page
    yield from parts.flush(None, {"blocks": blocks}, _proofs(blocks))
    if len(references) and page_of_last is not None:
        texts = gather((len(text), (number, text)) for number, text in references)
        for position, batch in enumerate(texts):
            values = {"texts": batch, "begins": position == 0}
            yield PartView(values, f"long-texts-{position}", page=page_of_last, template="long_texts")


class _Parts:
    """Numbers the parts of an annex and assigns each to its page of a package."""

    def __init__(self, anchor: str) -> None:
        self._anchor = anchor
        self._number = 0
        self.page: PackagePage | None = None
        self.weight = 0

    def flush(
        self, page: PackagePage | None, values: dict[str, Any], proofs: list[Provable]
    ) -> Iterator[PartView]:
        """Yield the current part, if there is one; the next part goes on `page`."""
        if self.page is not None:
            anchor = f"{self._anchor}-{self._number}"
            yield PartView(values, anchor, proofs, new_page=self._number == 0, page=self.page)
            self._number += 1
            self.weight = 0
        self.page = page


def _printed_row(row: EventRow, references: References) -> EventRow:
    """The event with each long text replaced by its printed number, or by the text itself."""
    stored = [_printed_value(value, references) if value[2] == "long" else value for value in row.stored]
    return row._replace(stored=stored)


def _printed_value(value: StoredValue, references: References) -> StoredValue:
    name, said, _form = value
    printed = references.printed_number(int(said))
    return (name, printed, "text" if isinstance(printed, str) else "long")


def _proofs(blocks: list[EventBlock]) -> list[Provable]:
    return [block.events for block in blocks]


def _period_of_event(key: tuple[Any, ...], book: Book) -> Period:
    entry = book.collected.activity.message_for(key[0])
    return Period(NO_MESSAGE) if entry is None else book.periods.of(entry.sent_at)


def _repeated_heading(page: PackagePage, book: Book) -> Heading | None:
    """The heading of a continued period: without it, a package page would skip a heading level."""
    return Heading(book.periods.part_title(page)) if book.options.package else None


def _events_of(entry: MessageEntry | None, book: Book, *, is_first: bool) -> EventsOf | None:
    if entry is None:
        return None
    subject = entry.subject or book.language.text("(no subject)")
    return EventsOf(entry.number, entry.anchor, subject, entry.events_anchor if is_first else "")
