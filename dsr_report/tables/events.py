"""Conversion of events to rows of `events`: one way for every event, and a fast one for many that are alike.

`row_of` converts a parsed record. `EventColumns` converts events with equal member names to columns at once,
and leaves ambiguous ones to `row_of`. A test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from dsr_report.jsonstream.items import JsonValue, Number, rough_size
from dsr_report.records.alike import Objects
from dsr_report.records.base import Record
from dsr_report.records.classifier import AlikeRecords
from dsr_report.records.classify import DISCRIMINATORS, could_wrap, names_by_key, payload_of
from dsr_report.records.decisions import without_number
from dsr_report.records.fields import as_text, family_of, keys_for
from dsr_report.records.kinds import kind_of
from dsr_report.records.members import Members
from dsr_report.records.names import normalised_key
from dsr_report.records.parser import parse
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.shape_cache import Shapes
from dsr_report.tables.blocks import Columns
from dsr_report.tables.cells import (
    TEXT_OR_NULL,
    MomentCells,
    TagCells,
    TextCells,
    cells_of,
    id_cells,
    only_names_kind,
)
from dsr_report.tables.exact import json_text
from dsr_report.tables.ids import mailing_key, message_key
from dsr_report.user_agents import agent_of

_GROUP = 500
"""Events of one shape that are converted together."""
_MOST_GROUPS = 200
"""Maximum shapes with buffered events; with more, all buffers are flushed."""
_SAMPLE = 8
"""One event in so many is weighed, for an estimate of all."""
_FEW = 64
"""Up to so many events of a batch, which may be long ones, each is weighed."""
_HEAVIEST = 16 << 20
"""Estimated bytes of buffered events; beyond it, all buffers are flushed."""


def row_of(record: Record) -> dict[str, Any]:
    """The row of one parsed event."""
    row = cells_of(record, kind_of(record.kind))
    row["message_key"] = message_key(row.get("message_id"), record.family)
    row["mailing_key"] = mailing_key(row.get("mailing_id"), record.family)
    row["user_agent"] = agent_of(row.get("user_agent_raw"), row.get("header"))
    return row


class _Plan:
    """How events of one shape are converted to columns."""

    def __init__(self, columns: list[tuple[str, str, str]], rest: list[str], payload: str | None) -> None:
        self.columns = columns  # (column, name of the member, how to read it)
        self.rest = rest
        self.payload = payload


class _Group(NamedTuple):
    """Events of one shape that wait to be converted together."""

    first: RawRecord
    values: Objects
    pointers: list[str]


_IN_COLUMNS = frozenset({"id", "text", "count", "moment", "tags"})
"""Types of fields that can be read by column; the others are rare."""


class EventColumns:
    """Buffers events by shape, and passes them on as batches of columns."""

    def __init__(
        self, zone: ZoneInfo, put: Callable[[Columns, int], None], put_record: Callable[[Record], None]
    ) -> None:
        self._zone = zone
        self._put = put
        self._put_record = put_record
        self._groups: dict[Any, _Group] = {}
        self._plans: Shapes[Any, _Plan | None] = Shapes()
        self._count = self._weight = 0
        self._texts = TextCells()
        self._tags = TagCells()
        self._moments = MomentCells(zone)

    def add_alike(self, found: AlikeRecords) -> bool:
        """Add alike events; False if they must be added one by one."""
        alike, lot = found.alike, found.lot
        if lot is None or not (alike.is_flat or alike.inner or "data" not in alike.names):
            return False
        within = alike.inner.names if alike.inner is not None and alike.inner.name == "data" else None
        pointers = lot.pointers(alike.values)
        first = RawRecord(found.kind, pointers[0], alike.values[0], found.rule, lot.labels)
        shape = (found.kind, found.rule, without_number(lot.labels), alike.names, within)
        self._add(shape, first, alike.values, pointers)
        weighed = alike.values[:: _SAMPLE if len(pointers) > _FEW else 1]
        self._weight += sum(map(rough_size, map(_members, weighed))) * len(pointers) // len(weighed)
        if self._weight > _HEAVIEST:
            self.end()
        return True

    def add(self, found: RawRecord) -> None:
        """Add an event."""
        value = found.value
        if not isinstance(value, dict):
            self._put_record(parse(found, self._zone))
            return
        if isinstance(value, Members):
            within: Any = tuple(value.places.values())
        else:
            within = tuple(inner) if type(inner := value.get("data")) is dict else None
        shape = (found.kind, found.rule, without_number(found.labels), tuple(value), within)
        self._add(shape, found, (value,), (found.pointer,))
        self._count += 1
        if self._count % _SAMPLE == 0:
            self._weight += _SAMPLE * rough_size(_members(value))
            if self._weight > _HEAVIEST:
                self.end()

    def _add(
        self, shape: Any, first: RawRecord, values: Iterable[dict[str, JsonValue]], pointers: Iterable[str]
    ) -> None:
        group = self._groups.get(shape)
        if group is None:
            if len(self._groups) >= _MOST_GROUPS:
                self.end()
            group = self._groups[shape] = _Group(first, [], [])
        group.values.extend(values)
        group.pointers.extend(pointers)
        if len(group.values) >= _GROUP:
            del self._groups[shape]
            self._finish(shape, group)

    def end(self) -> None:
        """Flush all buffers."""
        for shape, group in self._groups.items():
            self._finish(shape, group)
        self._groups = {}
        self._weight = 0

    def _finish(self, shape: Any, group: _Group) -> None:
        if shape not in self._plans:
            self._plans.keep(shape, _members(group.first.value), plan_of(group.first))
        plan = self._plans[shape]
        columns = None if plan is None else self._columns(plan, group)
        if columns is None:
            for value, pointer in zip(group.values, group.pointers, strict=True):
                self._put_record(parse(group.first._replace(value=value, pointer=pointer), self._zone))
        else:
            self._put(columns, len(group.values))

    def _columns(self, plan: _Plan, group: _Group) -> Columns | None:
        """The columns of events of one shape, or None if one of them must be parsed singly."""
        first, count = group.first, len(group.values)
        inner = outer = group.values
        if plan.payload is not None:
            inner = cast("list[dict[str, JsonValue]]", [value[plan.payload] for value in outer])
        family = family_of({normalised_key(n) for n in _names(first, plan.payload)}, first)
        result: Columns = {
            "kind": [first.kind] * count,
            "pointer": group.pointers,
            "family": [family] * count,
        }
        for column, name, how in plan.columns:
            where = inner if name in inner[0] else outer
            cells = [value[name] for value in where]
            kinds = set(map(type, cells))
            if dict in kinds or list in kinds or not self._read_member(result, column, cells, kinds, how):
                return None
        keys = result.get("message_id")
        if keys is not None:
            result["message_key"] = _message_keys(keys, family)
        if "mailing_id" in result:
            result["mailing_key"] = [mailing_key(number, family) for number in result["mailing_id"]]
        if "user_agent_raw" in result or "header" in result:
            nulls = [None] * count
            lines = list(zip(result.get("user_agent_raw", nulls), result.get("header", nulls), strict=True))
            agents = {line: agent_of(*line) for line in set(lines)}  # most are alike
            result["user_agent"] = [agents[line] for line in lines]
        for name, where in ((n, inner if n in inner[0] else outer) for n in plan.rest):
            words = {value[name] if type(value[name]) is str else None for value in where}
            if not all(word is not None and only_names_kind(name, word) for word in words):
                result["other"] = self._others(plan.rest, inner, outer)
                break
        return result

    def _read_member(
        self, result: Columns, column: str, cells: list[Any], kinds: set[type], how: str
    ) -> bool:
        """Add the columns of one member; False if a value must be parsed singly."""
        if how in {"text", "count"}:
            result[column if how == "text" else f"{column}_raw"] = self._text(cells, kinds)
            return True
        if how == "tags":
            if not kinds <= TEXT_OR_NULL:
                return False
            result[column] = list(map(self._tags.__getitem__, cells))
            return True
        if bool in kinds:
            return False
        if how == "moment":
            result[column], result[f"{column}_certainty"] = self._moments.column(cells)
            result[f"{column}_raw"] = self._text(cells, kinds)
            return True
        ids = id_cells(cells, kinds)
        if how == "own id":  # without `destination`: a number is the event's, anything else is the message's
            result["event_id"] = [i if i is None or i.isdigit() else None for i in ids]
            result["message_id"] = [None if i is None or i.isdigit() else i for i in ids]
            return True
        if how == "destination" and (None in ids or any("://" in i for i in ids if i is not None)):
            return False  # then `id` may be the message's
        result[column] = ids
        return True

    def _text(self, cells: list[Any], kinds: set[type]) -> list[Any]:
        if kinds <= TEXT_OR_NULL:
            return cells
        if bool in kinds or Number in kinds:  # 1 and True are the same key of a dictionary
            return list(map(as_text, cells))
        return list(map(self._texts.__getitem__, cells))

    @staticmethod
    def _others(
        names: list[str], inner: list[dict[str, JsonValue]], outer: list[dict[str, JsonValue]]
    ) -> list[str | None]:
        found: list[str | None] = []
        for within, around in zip(inner, outer, strict=True):
            rest: dict[str, JsonValue] = {}
            for name in names:
                value = within[name] if name in within else around[name]
                if not only_names_kind(name, value):
                    rest[name] = value
            found.append(json_text(rest, sort=True) if rest else None)
        return found


def _members(value: JsonValue) -> dict[str, JsonValue]:
    """The members of an event, or of what it wraps."""
    inner = value.get("data", value) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else value if isinstance(value, dict) else {}


def plan_of(found: RawRecord) -> _Plan | None:
    """The plan for events of this one's shape, or None if their names are ambiguous."""
    value = found.value
    if not isinstance(value, dict):
        return None
    payload = None
    if not isinstance(value, Members):
        names = names_by_key(value)
        if any(isinstance(value.get(names.get(name, "")), str) for name in DISCRIMINATORS):
            payload = payload_of(value, names)
        if payload != "data" and could_wrap(names):  # as others of this shape may do
            return None
    members = _names(found, payload)
    place = {normalised_key(name): name for name in members}
    if len(place) != len(members):
        return None
    columns: list[tuple[str, str, str]] = []
    claimed: set[str] = set()
    if "messageid" in place or "message" in place or "url" in place:
        return None
    if "destination" in place:
        columns.append(("message_id", place["destination"], "destination"))
        claimed.add(place["destination"])
        if "id" in place:
            columns.append(("event_id", place["id"], "id"))
            claimed.add(place["id"])
    elif "id" in place:
        columns.append(("message_id", place["id"], "own id"))
        claimed.add(place["id"])
    for one in kind_of(found.kind).fields:
        there = [place[key] for key in keys_for(one, found) if key in place and place[key] not in claimed]
        if len(there) > 1 or (there and one.how not in _IN_COLUMNS):
            return None
        if there:
            columns.append((one.column, there[0], one.how))
            claimed.add(there[0])
    return _Plan(columns, [name for name in members if name not in claimed], payload)


def _names(found: RawRecord, payload: str | None) -> list[str]:
    """The names of an event's members; those of the wrapped object come first."""
    value = found.value
    if not isinstance(value, dict):
        return []
    if payload is None:
        return list(value)
    inner = value[payload]
    return [*(inner if isinstance(inner, dict) else ()), *(name for name in value if name != payload)]


def _message_keys(ids: list[str | None], family: str | None) -> list[str | None]:
    prefix = f"{family or ''}:"
    return [i if i is None or not i.isdigit() else prefix + i for i in ids]
