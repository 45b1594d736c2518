"""Conversion of record values to table cells: moments to microseconds, ids, and texts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dsr_report.jsonstream.items import JsonValue
from dsr_report.records.base import Record
from dsr_report.records.classify import DISCRIMINATORS
from dsr_report.records.fields import as_id, as_text
from dsr_report.records.kind import How, Kind
from dsr_report.records.kinds import kinds_cache
from dsr_report.records.names import normalised_key
from dsr_report.records.vocabulary import kind_named
from dsr_report.tables.exact import as_cell, json_text
from dsr_report.tables.schema import table
from dsr_report.times import read_moment

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOST = 200_000
"""Maximum entries of a cache; beyond it, entries are not added or the cache is cleared."""


def microseconds(moment: datetime | None) -> int | None:
    """An aware moment as microseconds since 1970 in UTC."""
    return None if moment is None else (moment - _EPOCH) // _MICROSECOND


def instant(us: int) -> datetime:
    """The moment, in UTC, at so many microseconds since 1970."""
    return _EPOCH + timedelta(microseconds=us)


def cells_of(record: Record, kind: Kind) -> dict[str, Any]:
    """The row of a record in its kind's table: a cell for each field, and other members in `other`."""
    row: dict[str, Any] = {"pointer": record.pointer, "other": other_cell(record)}
    names = _names(kind.table_name)
    if "kind" in names:
        row["kind"] = record.kind
    if "family" in names:
        row["family"] = record.family
    for one in kind.fields:
        if not one.column:
            continue
        value = getattr(record, one.name)
        if one.how == "moment":
            row[one.column] = microseconds(value)
            row[f"{one.column}_raw"] = getattr(record, f"{one.name}_raw")
            row[f"{one.column}_certainty"] = getattr(record, f"{one.name}_certainty")
        elif one.how == "count":
            row[f"{one.column}_raw"] = value
        elif value is not None:
            row[one.column] = _cell(value, one.how)
    return row


@kinds_cache(64)
def _names(table_name: str) -> frozenset[str]:
    return frozenset(table(table_name).names)


def _cell(value: Any, how: How) -> Any:
    if how == "tags":
        return tag_cell(value)
    if how == "value":
        return as_cell(value)
    if how == "map":
        return json_text(value) if value else None
    if how == "json":
        return json_text(value)
    return str(value) if isinstance(value, str) else value


def other_cell(record: Record) -> str | None:
    """The members without a column, as JSON; those that only name the record's kind are left out."""
    rest: dict[str, JsonValue] = {
        name: value for name, value in record.other_fields().items() if not only_names_kind(name, value)
    }
    return json_text(rest, sort=True) if rest else None


def only_names_kind(name: str, value: JsonValue) -> bool:
    """Whether a member only names the kind of its record (`"event": "open"`)."""
    return normalised_key(name) in DISCRIMINATORS and isinstance(value, str) and kind_named(value) is not None


_NO_ID = frozenset({None, "", "0"})
TEXT_OR_NULL = frozenset({str, type(None)})


def id_cells(cells: list[Any], kinds: set[type]) -> list[str | None]:
    """Convert ids as `records.fields.as_id` does; `kinds` are the types of the cells."""
    if kinds <= TEXT_OR_NULL:
        return [None if c in _NO_ID else c if c.isalnum() else as_id(c) for c in cells]
    if kinds == {int}:
        return [str(c) if c else None for c in cells]
    return list(map(as_id, cells))


class TextCells(dict[Any, str | None]):
    """Cache of scalars converted by `records.fields.as_text`."""

    def __missing__(self, value: Any) -> str | None:
        found = as_text(value)
        if len(self) < _MOST:
            self[value] = found
        return found


class TagCells(dict[Any, str | None]):
    """Cache of tags: texts split at semicolons, without spaces and empty tags."""

    def __missing__(self, value: Any) -> str | None:
        parts = value.split(";") if value else ()
        found = tag_cell(tuple(part.strip() for part in parts if part.strip()))
        if len(self) < _MOST:
            self[value] = found
        return found


def tag_cell(tags: tuple[str, ...]) -> str | None:
    """Join tags to one cell."""
    return ";".join(tags) or None


_WITHIN_HOUR = {f":{second // 60:02d}:{second % 60:02d}": second * 1_000_000 for second in range(3600)}


class MomentCells:
    """Converts texts to moments; a day or an hour without a clock change is parsed once.

    No zone has ever set its clock forth and back on one day.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._hours: dict[str, tuple[int, str] | None] = {}
        self._days: set[str] = set()

    def column(self, raws: list[Any]) -> tuple[list[int | None], list[str | None]]:
        """Convert a column of raw values to microseconds and certainties."""
        hours, within = self._hours, _WITHIN_HOUR
        moments: list[int | None] = []
        certainties: list[str | None] = []
        for raw in raws:
            if type(raw) is str and (offset := within.get(raw[13:])) is not None:
                hour = raw[:13]
                known = hours[hour] if hour in hours else self._hour(hour)
                if known is not None:
                    moments.append(known[0] + offset)
                    certainties.append(known[1])
                    continue
            moment = read_moment(raw, self._zone)
            moments.append(None if moment is None else microseconds(moment.at))
            certainties.append(None if moment is None else moment.certainty)
        return moments, certainties

    def _hour(self, hour: str) -> tuple[int, str] | None:
        """First microsecond and certainty of an hour; None if it is not one, or the clock changes in it."""
        if len(self._hours) >= _MOST:
            self._hours.clear()
            self._days.clear()
        day = hour[:11]
        if len(hour) == 13 and day not in self._days:
            if len(self._days) >= _MOST:
                self._days.clear()
            self._days.add(day)
            if (known := self._whole(f"{day}00:00:00", f"{day}23:59:59", 86_399)) is not None:
                start, certainty = known
                for number in range(24):
                    self._hours[f"{day}{number:02d}"] = (start + number * 3_600_000_000, certainty)
                if hour in self._hours:
                    return self._hours[hour]
        # Exactly `YYYY-MM-DD HH`: another length is not a prefix of such a text.
        found = self._whole(f"{hour}:00:00", f"{hour}:59:59", 3_599) if len(hour) == 13 else None
        self._hours[hour] = found
        return found

    def _whole(self, first: str, last: str, seconds: int) -> tuple[int, str] | None:
        """First microsecond and certainty of a time span; None if the clock changes in it."""
        begin, end = read_moment(first, self._zone), read_moment(last, self._zone)
        if begin is None or end is None or begin.certainty != end.certainty:
            return None
        start, stop = microseconds(begin.at), microseconds(end.at)
        if start is None or stop is None or stop - start != seconds * 1_000_000:
            return None
        return start, begin.certainty
