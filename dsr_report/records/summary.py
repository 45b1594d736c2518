"""What an export holds, in numbers: one pass over what was found, in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dsr_report.jsonstream.items import JsonValue, count_values
from dsr_report.records.kinds import kind_of
from dsr_report.records.members import Members
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.shape_cache import Shapes
from dsr_report.records.vocabulary import normalised_key
from dsr_report.times import read_moment

if TYPE_CHECKING:
    from dsr_report.records.base import Record

_MOST_GROUPS = 500
_MOST_RULES = 5_000
_LONGEST_KEY = 120
_MOST_KEYS = 50
_MOST_COLUMNS = 200
_LONG_TEXT = 100_000
_MOMENTS = (
    "timestampsent",
    "submitted",
    "timestamp",
    "time",
    "datetime",
    "date",
    "triggertime",
    "sent",
    "sendtime",
)
_CONTAINERS = frozenset({dict, list, Members})
_FIELDS = ("occurred_at", "sent_at", "submitted_at")


@dataclass(slots=True)
class UnrecognisedGroup:
    """Unrecognised records with the same members: where the first one is, and how many there are."""

    pointer: str
    keys: tuple[str, ...]
    reason: str
    count: int = 0


@dataclass(slots=True)
class Summary:
    """Counts of what was found.

    Envelopes (how lists are packed) are counted in `envelopes`, as they are no records; their values count.
    """

    zone: ZoneInfo
    rules: dict[tuple[str, str], int] = field(default_factory=dict)
    """(kind, what decided it) → how many; a great many different rules are counted as `other rules`."""
    values: int = 0
    """Values of all records and envelopes."""
    groups: dict[tuple[str, ...], UnrecognisedGroup] = field(default_factory=dict)
    examples: list[RawRecord] = field(default_factory=list)
    """The first of each group of unrecognised records that are objects: their names, without values."""
    _texts: list[str] = field(default_factory=list)
    _first: datetime | None = None
    _last: datetime | None = None
    _shapes: Shapes[tuple[str, ...], str | None] = field(default_factory=Shapes)

    def add(self, found: RawRecord) -> None:
        """Take in one record."""
        kind, _, value, rule, _ = found
        key = (kind, rule)
        try:
            self.rules[key] += 1
        except KeyError:
            self.rules[key if len(self.rules) < _MOST_RULES else (kind, "other rules")] = 1
        members: dict[str, JsonValue] | None = None
        if type(value) is dict:
            inner = value.get("data")
            if type(inner) is dict:  # a wrapper: its own members, and those of what it holds
                members, around = inner, len(value) - 1
                outer = [*map(type, value.values())]
                flat = outer.count(dict) == 1 and list not in outer
                flat = flat and _CONTAINERS.isdisjoint(map(type, inner.values()))
            else:
                members, around = value, 0
                flat = _CONTAINERS.isdisjoint(map(type, value.values()))
            self.values += around + len(members) if flat else count_values(value)
        else:
            self.values += count_values(value)
        if kind_of(kind).happens:
            if members is not None:
                name = self._moment_in(members)
                raw = None if name is None else members[name]
                if type(raw) is str and len(raw) == 19 and raw[10] == " ":
                    texts = self._texts
                    if texts and texts[0] <= raw <= texts[1]:
                        return  # neither earlier nor later than what is known
            self._date(found)
        elif kind == "unrecognised":
            self._group(found)

    def add_alike(self, kind: str, rule: str, values: int, count: int) -> None:
        """Take in so many records of one kind and rule with so many values each, but for their moments."""
        key = (kind, rule)
        if key not in self.rules and len(self.rules) >= _MOST_RULES:
            key = (kind, "other rules")
        self.rules[key] = self.rules.get(key, 0) + count
        self.values += values * count

    def moment_of(self, found: RawRecord) -> tuple[str, ...] | None:
        """The names that lead from a record to the member that dates it; None where nothing does."""
        value = found.value
        if not kind_of(found.kind).happens or not isinstance(value, dict):
            return None
        inner = value.get("data")
        members, above = (inner, ("data",)) if isinstance(inner, dict) else (value, ())
        name = self._moment_in(members)
        return None if name is None else (*above, name)

    @property
    def local_times(self) -> tuple[bytes, bytes]:
        """The first and the last local time (`YYYY-MM-DD HH:MM:SS`) so far; nothing is between at first."""
        texts = self._texts or ("\x7f", "")
        return texts[0].encode("utf-8", "replace"), texts[-1].encode("utf-8", "replace")

    def add_local_times(self, texts: AbstractSet[bytes]) -> None:
        """Take in when records happened, written as `local_times` are."""
        for ordered in (sorted(texts), sorted(texts, reverse=True)):
            for text in ordered:
                if self._text(text.decode("ascii")):
                    break

    @property
    def kinds(self) -> Counter[str]:
        """Kind → how many records; envelopes are none."""
        kinds: Counter[str] = Counter()
        for (kind, _), count in self.rules.items():
            if kind != "envelope":
                kinds[kind] += count
        return kinds

    @property
    def envelopes(self) -> int:
        """How many envelopes there are: names of lists, pages, names of columns."""
        return sum(count for (kind, _), count in self.rules.items() if kind == "envelope")

    @property
    def first(self) -> datetime | None:
        """The earliest moment of events, messages, submissions and mailings, in the summary's zone."""
        return self._limit(min)

    @property
    def last(self) -> datetime | None:
        """The latest moment."""
        return self._limit(max)

    def unrecognised(self) -> list[UnrecognisedGroup]:
        """What was not recognised, grouped by members, in the order of the export."""
        return list(self.groups.values())

    def _limit(self, choose: object) -> datetime | None:
        earliest = choose is min
        known = self._first if earliest else self._last
        if self._texts:
            moment = read_moment(self._texts[0 if earliest else 1], self.zone)
            if moment is not None and (
                known is None or (moment.at < known if earliest else moment.at > known)
            ):
                known = moment.at
        return None if known is None else known.astimezone(self.zone)

    def _date(self, found: RawRecord) -> None:
        value = found.value
        if not isinstance(value, dict):
            if isinstance(value, str) and len(value) <= _LONG_TEXT and found.rule.startswith("text JSON"):
                from dsr_report.records.parsing import parse  # noqa: PLC0415 - models take 0.1 s to build

                self._record(parse(found, self.zone))
            return
        inner = value.get("data")
        members: dict[str, JsonValue] = inner if type(inner) is dict else value
        name = self._moment_in(members)
        if name is not None:
            raw = members[name]
            if type(raw) is str and len(raw) == 19 and raw[4] == raw[7] == "-" and raw[10] == " ":
                self._text(raw)
            else:
                self._moment(raw)

    def _moment_in(self, members: dict[str, JsonValue]) -> str | None:
        """The name of the member that says when a record happened."""
        shape = tuple(members)
        try:
            return self._shapes[shape]
        except KeyError:
            by_name = {normalised_key(name): name for name in reversed(members)}
            name = next((by_name[name] for name in _MOMENTS if name in by_name), None)
            self._shapes.keep(shape, shape, name)
            return name

    def _text(self, raw: str) -> bool:
        """Whether it is a local time: those compare as texts, so only a new first or last one is read."""
        texts = self._texts
        if texts and texts[0] <= raw <= texts[1]:
            return True
        if read_moment(raw, self.zone) is None:
            return False
        if not texts:
            texts += [raw, raw]
        elif raw < texts[0]:
            texts[0] = raw
        else:
            texts[1] = raw
        return True

    def _moment(self, raw: JsonValue) -> None:
        moment = None if isinstance(raw, (dict, list)) else read_moment(raw, self.zone)
        if moment is not None:
            self._at(moment.at)

    def _record(self, record: Record) -> None:
        for name in _FIELDS:
            at = getattr(record, name, None)
            if isinstance(at, datetime):
                self._at(at)

    def _at(self, at: datetime) -> None:
        if self._first is None or at < self._first:
            self._first = at
        if self._last is None or at > self._last:
            self._last = at

    def _group(self, found: RawRecord) -> None:
        keys = tuple(map(_shortened, list(found.value)[:_MOST_KEYS])) if isinstance(found.value, dict) else ()
        name = tuple(sorted(keys)) or (f"\x00{found.rule}",)
        if name not in self.groups:
            if len(self.groups) >= _MOST_GROUPS:
                name = ("\x00more",)
                keys = ()
            elif keys:
                names = list(found.value)[:_MOST_COLUMNS] if isinstance(found.value, dict) else []
                self.examples.append(found._replace(value=dict.fromkeys(names)))
            self.groups.setdefault(name, UnrecognisedGroup(found.pointer, keys, found.rule))
        self.groups[name].count += 1


def _shortened(key: str) -> str:
    text = str(key)
    return text if len(text) <= _LONGEST_KEY else f"{text[: _LONGEST_KEY - 1]}…"
