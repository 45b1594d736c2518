"""Chapters on activity: messages sent, opens and clicks recorded, conclusions drawn, delivery problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from dsr_report.languages import Language
from dsr_report.rendering.chapters.book import NEVER, Book, PartView, gather
from dsr_report.rendering.events import moment_text
from dsr_report.rendering.kinds import kind_plural
from dsr_report.rendering.plots import IN_CHAPTER, Plot, Series, plot
from dsr_report.rendering.statistics import OPENED, PROBLEMS, VISITS, MessageEntry

_MOST_LINES = 40
"""Messages with delivery problems that get a line each; above it they are listed by number."""
_MOST_MONTHS = 14
"""Rows of the activity table that fit on a page; above it the rows are years."""
_LINE = 190
"""Estimated characters of HTML of a line without its subject, which occurs in it twice."""


@dataclass(frozen=True, slots=True)
class SentLine:
    """A line of the list of messages: number, subject, time of sending, and events."""

    number: int
    anchor: str
    subject: str
    when: str
    happened: tuple[str, ...]

    @property
    def weight(self) -> int:
        """Estimated characters of HTML."""
        return _LINE + 2 * len(self.subject) + sum(map(len, self.happened))


@dataclass(frozen=True, slots=True)
class SentMonth:
    """The lines of a month; `year` is set for the first month of a year only."""

    year: str
    month: str
    lines: tuple[SentLine, ...]
    year_class: str


class Row(NamedTuple):
    """A row of the activity table."""

    label: str
    numbers: list[int]


def messages_sent(book: Book) -> Iterator[PartView]:
    """Yield the list of messages: one line each, newest first, by year and month."""
    messages, texts = book.collected.activity.messages, book.collected.text_messages
    if not messages:
        yield PartView({"months": (), "text_messages": _text_lines(book)}, "sent-part", new_page=True)
        return
    months: list[tuple[int, SentMonth]] = []
    last: object = None
    for (year, month), group in groupby(sorted(messages, key=_newest_first), key=book.month_of):
        year_title = "" if year == last and months else _year(year, book.language)
        last = year
        lines = tuple(sent_line(entry, book) for entry in group)
        in_year = f"y{year or 0}"
        months.append((sum(line.weight for line in lines), SentMonth(year_title, month, lines, in_year)))
    for number, batch in enumerate(gather(months)):
        yield PartView({"months": batch}, f"sent-part-{number}", new_page=number == 0)
    if texts:
        yield PartView({"months": (), "text_messages": _text_lines(book)}, "sent-part-texts")


class TextLine(NamedTuple):
    """A line of the list of text messages: anchor of the record, time of sending, first words."""

    anchor: str
    when: str
    text: str


def _text_lines(book: Book) -> list[tuple[str, list[TextLine]]]:
    """The text messages and faxes, newest first, by kind."""
    found: dict[str, list[TextLine]] = {}
    ordered = sorted(book.collected.text_messages, key=lambda text: text.at or NEVER, reverse=True)
    for text in ordered:
        when = moment_text(text.at, None, None, book.options)
        says = text.text or book.collected.mailed_texts.get(text.mailing_id or "")
        found.setdefault(kind_plural(text.kind, book.options), []).append(
            TextLine(text.anchor, when, says or book.language.text("(its text is not stored)"))
        )
    return list(found.items())


def sent_line(entry: MessageEntry, book: Book) -> SentLine:
    """Return the line of a message for the lists of messages."""
    language = book.language
    return SentLine(
        entry.number,
        entry.anchor,
        entry.subject or language.text("(no subject)"),
        moment_text(entry.sent_at, entry.sent_raw, None, book.options),
        happened(entry, language),
    )


def happened(entry: MessageEntry, language: Language) -> tuple[str, ...]:
    """The recorded events of a message, a short phrase for each kind."""
    events = entry.events
    parts = []
    if events["delivery"]:
        parts.append(language.text("delivered"))
    opened = sum(events[kind] for kind in OPENED)
    if opened:
        parts.append(language.count("{n} open", "{n} opens", opened))
    if events["click"]:
        parts.append(language.count("{n} click", "{n} clicks", events["click"]))
    if events["error"]:
        parts.append(
            language.count("{n} failed delivery attempt", "{n} failed delivery attempts", events["error"])
        )
    if events["bounce"]:
        parts.append(language.text("returned"))
    if events["abuse"]:
        parts.append(language.text("reported as unwanted"))
    if events["unsubscribe"]:
        parts.append(language.text("unsubscribed"))
    return tuple(parts)


class Span(NamedTuple):
    """A month or a year: its name, its short name, and the number of events by kind."""

    label: str
    short: str
    counts: Counter[str]


def spans(book: Book, *, by_year: bool | None = None) -> tuple[list[Span], bool]:
    """Return the periods with activity (months, or years above `_MOST_MONTHS`) and whether they are years."""
    language, activity = book.language, book.collected.activity
    months: dict[tuple[int, int], Counter[str]] = {k: Counter(v) for k, v in activity.months.items()}
    for entry in activity.messages:
        if entry.sent_at is not None:
            local = entry.sent_at.astimezone(book.options.zone)
            months.setdefault((local.year, local.month), Counter())["message"] += 1
    keys = _all_months(months)
    if by_year is None:
        by_year = len(keys) > _MOST_MONTHS
    if by_year:
        years: dict[int, Counter[str]] = {year: Counter() for year, _month in keys}
        for (year, _month), counts in months.items():
            years[year] += counts
        return [Span(str(year), str(year), counts) for year, counts in years.items()], True
    return [
        Span(
            language.month(year, month),
            f"{language.short_month(month)} {year % 100:02}",
            months.get((year, month), Counter()),
        )
        for year, month in keys
    ], False


def plot_of(periods: Sequence[Span], language: Language, size: tuple[int, int] = IN_CHAPTER) -> Plot | None:
    """The bar plot of messages, opens and clicks."""
    names = _columns(language)[:3]
    return plot(
        [span.short for span in periods],
        [Series(name, tuple(_four(span.counts)[i] for span in periods)) for i, name in enumerate(names)],
        size,
    )


def _columns(language: Language) -> list[str]:
    return [
        language.text("Messages"),
        language.text("Opens"),
        language.text("Clicks"),
        language.text("Other events"),
    ]


def activity_by_month(book: Book) -> Iterator[PartView]:
    """Yield the activity table and plot: messages, opens and clicks by month, or by year for many months."""
    language = book.language
    periods, by_year = spans(book)
    rows = [Row(label, _four(counts)) for label, _short, counts in periods if any(_four(counts))]
    values = {
        "has_events": len(book.collected.spools["events"]) > 0,
        "has_visits": _has_visits(book),
        "plot": plot_of(periods, language),
        "rows": rows,
        "left_out": len(rows) < len(periods),
        "columns": _columns(language),
        "by_year": by_year,
        "week": _week(book),
    }
    yield PartView(values, "noticed-part", new_page=True)


_LEVELS = 4
"""Shades of a cell, without white; the cell also shows its number."""


class Hour(NamedTuple):
    """Number of opens and clicks in an hour of a weekday, and the shade of its cell: 0 to 4."""

    number: int
    level: int


def _week(book: Book) -> list[tuple[str, list[Hour]]]:
    """The weekdays, each with its 24 hours; empty if no open or click has a time."""
    hours = book.collected.activity.hours
    most = max(hours.values(), default=0)
    if not most:
        return []
    return [
        (
            book.language.weekday(day),
            [Hour(hours[day, hour], -(-hours[day, hour] * _LEVELS // most)) for hour in range(24)],
        )
        for day in range(7)
    ]


def is_nothing_sent(book: Book) -> bool:
    """Whether no message of any kind is stored."""
    return not book.collected.activity.messages and not book.collected.text_messages


def is_nothing_noticed(book: Book) -> bool:
    """Whether there is neither a message nor an event."""
    return not book.collected.activity.messages and not len(book.collected.spools["events"])


def _has_visits(book: Book) -> bool:
    return any(book.collected.kinds[kind] for kind in VISITS)


def is_nothing_concluded(book: Book) -> bool:
    """Whether no field is marked as inferred, and no interest is stored."""
    return not book.collected.inferred and not book.collected.interests


def conclusions(book: Book) -> Iterator[PartView]:
    """Yield the fields that the controller declares as inferred, and the stored interests."""
    collected = book.collected
    values = {
        "inferred": collected.inferred,
        "interests": collected.interests,
        "has_visits": _has_visits(book),
    }
    yield PartView(values, "concluded-part")


def problem_counts(book: Book) -> list[tuple[str, str]]:
    """Title and number of each kind of problem that occurs."""
    kinds = book.collected.activity.kinds
    return [
        (kind_plural(kind, book.options), book.language.number(kinds[kind]))
        for kind in (*PROBLEMS, "unsubscribe", "response")
        if kinds[kind]
    ]


def problems(book: Book) -> Iterator[PartView]:
    """Yield the counts of problems and the affected messages: a line each, or their numbers by year."""
    activity, counts = book.collected.activity, problem_counts(book)
    affected = [m for m in activity.messages if any(m.events[k] for k in ("error", "bounce", "abuse"))]
    affected.sort(key=_newest_first)
    lines = [sent_line(entry, book) for entry in affected]
    if len(affected) > _MOST_LINES:
        yield PartView({"counts": counts, "years": _by_year(affected, lines, book)}, "problems-part-0")
        return
    batches = list(gather((line.weight, line) for line in lines)) or [[]]
    for number, batch in enumerate(batches):
        yield PartView({"counts": counts, "lines": batch}, f"problems-part-{number}")


def _by_year(
    messages: Sequence[MessageEntry], lines: Sequence[SentLine], book: Book
) -> list[tuple[str, list[SentLine]]]:
    years = []
    for year, group in groupby(zip(messages, lines, strict=True), key=lambda pair: book.month_of(pair[0])[0]):
        years.append((_year(year, book.language), [line for _, line in group]))
    return years


def _year(year: int | None, language: Language) -> str:
    return str(year) if year else language.text("Without a date")


def _newest_first(entry: MessageEntry) -> tuple[float, int]:
    at = entry.sent_at
    return (-at.timestamp() if at is not None else float("inf"), -entry.number)


def _four(counts: Counter[str]) -> list[int]:
    opened = sum(counts[kind] for kind in OPENED)
    rest = sum(counts.values()) - counts["message"] - opened - counts["click"]
    return [counts["message"], opened, counts["click"], rest]


def _all_months(months: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Every month from the first to the last; only those with activity if they span over 50 years."""
    known = sorted(months)
    if not known:
        return []
    (first_year, first_month), (last_year, last_month) = known[0], known[-1]
    if last_year - first_year > 50:
        return known
    start, end = first_year * 12 + first_month - 1, last_year * 12 + last_month - 1
    return [(m // 12, m % 12 + 1) for m in range(start, end + 1)]
