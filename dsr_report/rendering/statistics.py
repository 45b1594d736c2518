"""What the pass over the records remembers of messages and events: a few words each, never their content."""

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
    """One message, as the lists show it."""

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
    """The first and the last day of each kind of record, and how many are older than they should be.

    `cutoffs` has the days, by kind, before which no record should be.
    """

    def __init__(self, cutoffs: Mapping[str, date]) -> None:
        self.kinds: set[str] = set()
        """All kinds, also those of which no record has a day."""
        self.first: dict[str, date] = {}
        self.last: dict[str, date] = {}
        self.too_old: Counter[str] = Counter()
        self._cutoffs = cutoffs

    def note(self, kind: str, day: date | None) -> None:
        """Take up a record."""
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
    """All messages, and how often what happened when."""

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
    """Weekday (Monday is 0) and hour → how many opens and clicks."""

    def note_time(self, at: datetime | None, kind: str, certainty: str | None) -> None:
        """Count one record in its month."""
        if certainty == "ambiguous":
            self.ambiguous += 1
        if at is None:
            return
        self.months.setdefault((at.year, at.month), Counter())[kind] += 1
        if kind in VISITS and certainty != "date":
            self.hours[at.weekday(), at.hour] += 1
        self.note_span(at)

    def note_span(self, *moments: datetime) -> None:
        """Let the time from the first to the last moment include these."""
        for at in moments:
            self.first = at if self.first is None or at < self.first else self.first
            self.last = at if self.last is None or at > self.last else self.last

    def message_for(self, *ids: str | None) -> MessageEntry | None:
        """The message that an event refers to, by hash or number."""
        for key in ids:
            if key is not None and key in self.by_id:
                return self.messages[self.by_id[key]]
        return None
