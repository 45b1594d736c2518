"""Counts of an export's content, from one pass over its records and in bounded memory."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from dsr_report.jsonstream.items import JsonValue, Number
from dsr_report.records.alike import Alike, Names, by_names, shape_of
from dsr_report.records.classifier import MOST_KEYS, AlikeRecords
from dsr_report.records.kinds import DATED_KINDS, kind_of
from dsr_report.records.names import normalised_key
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.rule import Clue, Rule, rule
from dsr_report.records.shape_cache import Shapes
from dsr_report.times import read_moment

if TYPE_CHECKING:
    from dsr_report.records.base import Record

_MOST_GROUPS = 500
"""Maximum groups of unrecognised records; further ones are counted as one group."""
_MOST_RULES = 5_000
"""Maximum different rules; further ones are counted as `other rules`."""
_LONGEST_KEY = 120
"""Maximum characters of a member's name in a group; the rest is cut off."""
_MOST_COLUMNS = 200
"""Maximum members of an example; further ones are left out."""
_LONG_TEXT = 100_000
"""Maximum characters of a record in JSON text that is parsed for its date."""
_OTHER_RULES = rule("other-rules")
_JSON = Clue("text", "JSON")
_TEXTS = frozenset({str, int, Number})
_DIGITS = dict.fromkeys(map(ord, "123456789"), "0")
# Forms that sort by time: local time, UTC, an offset, a day, unix seconds.
_ORDERED = re.compile(r"0000-00-00(?:[ T]00:00(?::00(?:\.0{1,6})?)?(?:Z|[+-]00:?00)?)?|0{9,10}")
_OFFSET = re.compile(r"[+-]00:?00\Z")
_DAY = 10  # characters


@dataclass(slots=True)
class UnrecognisedGroup:
    """A group of unrecognised records with the same members: pointer of the first one, and their number."""

    pointer: str
    keys: tuple[str, ...]
    reason: str
    count: int = 0


@dataclass(slots=True)
class Summary:
    """Counts of an export's records.

    Envelopes (how lists are packed) are not records: they are counted in `envelopes`, and their values count.
    """

    zone: ZoneInfo
    rules: dict[tuple[str, Rule], int] = field(default_factory=dict)
    """Number of records by kind and rule; a great many different rules are counted as `other rules`."""
    values: int = 0
    """Values of all records and envelopes."""
    groups: dict[tuple[str, ...], UnrecognisedGroup] = field(default_factory=dict)
    examples: list[RawRecord] = field(default_factory=list)
    """The first of each group of unrecognised records that are objects: their names, without values."""
    _limits: dict[str, list[str]] = field(default_factory=dict)
    """First and last text of moments by their form: the text with 0 for every digit."""
    _others: list[datetime] = field(default_factory=list)
    """First and last moment of all other forms."""
    _shapes: Shapes[tuple[str, Names | tuple[str, ...]], str | None] = field(default_factory=Shapes)

    def add(self, found: RawRecord | AlikeRecords) -> None:
        """Count one record, or a group of alike ones."""
        if isinstance(found, AlikeRecords):
            self._count(found.kind, found.rule, found.alike.value_count, len(found.alike.values))
            if found.kind in DATED_KINDS:
                self._date_alike(found.kind, found.alike)
            elif found.kind == "unrecognised":
                self._group(next(found.one_by_one()), len(found.alike.values))
            return
        self._count(found.kind, found.rule, found.value_count(), 1)
        if found.kind in DATED_KINDS:
            self._date(found)
        elif found.kind == "unrecognised":
            self._group(found)

    def _date_alike(self, kind: str, alike: Alike) -> None:
        groups = {alike.names: alike.values}
        if "data" in alike.names and not alike.is_flat:
            groups = alike.under("data") or by_names(
                within if type(within := value["data"]) is dict else value for value in alike.values
            )
        for names, values in groups.items():
            if isinstance(shape_of(names), tuple):
                for value in values:
                    self._moments([value[name]] if (name := self._moment_in(kind, value)) else [])
            elif name := self._moment_in(kind, values[0]):
                self._moments([value[name] for value in values])

    def _count(self, kind: str, rule: Rule, values: int, records: int) -> None:
        key = (kind, rule)
        if key not in self.rules and len(self.rules) >= _MOST_RULES:
            key = (kind, _OTHER_RULES)
        self.rules[key] = self.rules.get(key, 0) + records
        self.values += values

    @property
    def kinds(self) -> Counter[str]:
        """Number of records by kind, without envelopes."""
        kinds: Counter[str] = Counter()
        for (kind, _), count in self.rules.items():
            if kind != "envelope":
                kinds[kind] += count
        return kinds

    @property
    def envelopes(self) -> int:
        """Number of envelopes: names of lists, pages, names of columns."""
        return sum(count for (kind, _), count in self.rules.items() if kind == "envelope")

    @property
    def first(self) -> datetime | None:
        """The earliest moment of events, messages, submissions and mailings, in the summary's zone."""
        return self._limit(min, 0)

    @property
    def last(self) -> datetime | None:
        """The latest moment."""
        return self._limit(max, 1)

    def unrecognised(self) -> list[UnrecognisedGroup]:
        """Unrecognised records, grouped by members, in the order of the export."""
        return list(self.groups.values())

    def _limit(self, choose: Callable[[Iterable[datetime]], datetime], place: int) -> datetime | None:
        known = [read_moment(limits[place], self.zone) for limits in self._limits.values()]
        moments = [moment.at for moment in known if moment is not None] + self._others[place : place + 1]
        return choose(moments).astimezone(self.zone) if moments else None

    def _date(self, found: RawRecord) -> None:
        value = found.value
        if not isinstance(value, dict):
            if isinstance(value, str) and len(value) <= _LONG_TEXT and found.rule.first == _JSON:
                from dsr_report.records.parser import parse  # noqa: PLC0415 - models take 0.1 s to build

                self._record(parse(found, self.zone))
            return
        inner = value.get("data")
        members: dict[str, JsonValue] = inner if type(inner) is dict else value
        name = self._moment_in(found.kind, members)
        if name is not None:
            self._moments([members[name]])

    def _moment_in(self, kind: str, members: dict[str, JsonValue]) -> str | None:
        """The name of the member that dates a record of a kind, or None."""
        for shape in (frozenset(members), tuple(members)):
            try:
                return self._shapes[kind, shape]
            except KeyError:
                pass
        by_name = {normalised_key(name): name for name in reversed(members)}
        name = next((by_name[key] for key in kind_of(kind).dated_by if key in by_name), None)
        self._shapes.keep((kind, shape_of(members)), members, name)
        return name

    def _moments(self, raws: list[JsonValue]) -> None:
        """Update the first and last moment.

        Moments of the same form are compared as texts; only a new first or last one is parsed.
        """
        if not _TEXTS.issuperset(map(type, raws)):
            raws = [raw for raw in raws if type(raw) in _TEXTS]
        texts = list(map(str, raws))
        if not texts:
            return
        form = texts[0].translate(_DIGITS)
        groups = {form: texts}
        if "\n".join(texts).translate(_DIGITS) != "\n".join([form] * len(texts)):
            groups = defaultdict(list)
            for text in texts:
                groups[text.translate(_DIGITS)].append(text)
        for form, alike in groups.items():
            if not _ORDERED.fullmatch(form):
                for moment in (read_moment(text, self.zone) for text in set(alike)):
                    if moment is not None:
                        self._at(moment.at)
            elif (offset := _OFFSET.search(form, _DAY)) is None:
                self._of_form(form, alike)
            else:
                at = offset.start()
                for zone in {text[at:] for text in alike}:
                    self._of_form(form[:at] + zone, [text for text in alike if text[at:] == zone])

    def _of_form(self, form: str, texts: list[str]) -> None:
        limits = self._limits.get(form)
        if limits and limits[0] <= min(texts) and max(texts) <= limits[1]:
            return
        texts = sorted(text for text in set(texts) if not limits or not limits[0] <= text <= limits[1])
        for place, ordered in enumerate((texts, texts[::-1])):
            for text in ordered:
                if limits and (limits[0] <= text if place == 0 else text <= limits[1]):
                    break
                if read_moment(text, self.zone) is not None:
                    limits = self._limits.setdefault(form, [text, text])
                    limits[place] = text
                    break

    def _record(self, record: Record) -> None:
        for name in kind_of(record.kind).moments[:1]:
            at = getattr(record, name)
            if isinstance(at, datetime):
                self._at(at)

    def _at(self, at: datetime) -> None:
        self._others = [min(at, *self._others), max(at, *self._others)] if self._others else [at, at]

    def _group(self, found: RawRecord, count: int = 1) -> None:
        keys = tuple(map(_shorten, list(found.value)[:MOST_KEYS])) if isinstance(found.value, dict) else ()
        name = tuple(sorted(keys)) or (f"\x00{found.rule}",)
        if name not in self.groups:
            if len(self.groups) >= _MOST_GROUPS:
                name = ("\x00more",)
                keys = ()
            elif keys:
                names = list(found.value)[:_MOST_COLUMNS] if isinstance(found.value, dict) else []
                self.examples.append(found._replace(value=dict.fromkeys(names)))
            self.groups.setdefault(name, UnrecognisedGroup(found.pointer, keys, found.rule))
        self.groups[name].count += count


def _shorten(key: str) -> str:
    text = str(key)
    return text if len(text) <= _LONGEST_KEY else f"{text[: _LONGEST_KEY - 1]}…"
