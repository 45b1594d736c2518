"""Facts on messages and events that the pass over the records keeps: subjects, dates, counts; no content."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

OPENED = ("impression", "open_or_click")
VISITS = (*OPENED, "click")
PROBLEMS = ("error", "bounce", "abuse", "retry")


@dataclass(slots=True)
class MessageEntry:
    """The entry of one message in lists of messages."""

    number: int
    pointer: str
    sent_at: datetime | None
    sent_raw: str | None
    subject: str | None
    has_content: bool
    mailing_id: str | None
    events: Counter[str] = field(default_factory=Counter)

    @property
    def anchor(self) -> str:
        """Its id in the report."""
        return f"message-{self.number}"

    @property
    def events_anchor(self) -> str:
        """The id of the heading above its events."""
        return f"events-of-{self.number}"


class Dated:
    """The first and last day of each kind of record, and the number of records before its cutoff.

    `cutoffs` maps kinds to the day before which no record should be.
    """

    def __init__(self, cutoffs: Mapping[str, date]) -> None:
        self.kinds: set[str] = set()
        """All kinds, including those without a dated record."""
        self.first: dict[str, date] = {}
        self.last: dict[str, date] = {}
        self.too_old: Counter[str] = Counter()
        self._cutoffs = cutoffs

    def note(self, kind: str, day: date | None) -> None:
        """Count a record."""
        self.kinds.add(kind)
        if day is None:
            return
        if kind not in self.first:
            self.first[kind] = self.last[kind] = day
        elif day < self.first[kind]:
            self.first[kind] = day
        elif day > self.last[kind]:
            self.last[kind] = day
        if kind in self._cutoffs and day < self._cutoffs[kind]:
            self.too_old[kind] += 1


@dataclass(slots=True)
class Activity:
    """All messages, and counts of events by kind, month, and hour of the week."""

    messages: list[MessageEntry] = field(default_factory=list)
    by_id: dict[str, int] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    """Mailing id → subject, for messages that have none of their own."""
    months: dict[tuple[int, int], Counter[str]] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)
    without_message: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None
    ambiguous: int = 0
    hours: Counter[tuple[int, int]] = field(default_factory=Counter)
    """(weekday with Monday as 0, hour) in the report's time zone → number of opens and clicks."""

    def note_time(self, at: datetime | None, kind: str, certainty: str | None) -> None:
        """Count one event in its month and hour; `at` is in the report's time zone."""
        if certainty == "ambiguous":
            self.ambiguous += 1
        if at is None:
            return
        self.months.setdefault((at.year, at.month), Counter())[kind] += 1
        if kind in VISITS and certainty != "date":
            self.hours[at.weekday(), at.hour] += 1
        self.note_span(at)

    def note_span(self, *moments: datetime) -> None:
        """Extend the span from the first to the last moment."""
        for at in moments:
            self.first = at if self.first is None or at < self.first else self.first
            self.last = at if self.last is None or at > self.last else self.last

    def message_for(self, *ids: str | None) -> MessageEntry | None:
        """The message that an event refers to, by hash or number."""
        for key in ids:
            if key is not None and key in self.by_id:
                return self.messages[self.by_id[key]]
        return None
