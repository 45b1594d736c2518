"""Derived columns: computed when rows are read, from other columns and from all other records.

They are not stored: what a message's final key is, whether the export has it, which mailing a number means
and which link a click followed is only known when every record was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from dsr_report.records.kinds import kind_of
from dsr_report.tables.blocks import NO_MOMENT, BlockRows, Places
from dsr_report.tables.cells import instant
from dsr_report.tables.declarations.columns import ORIGIN, ORIGIN_BY_ROW
from dsr_report.tables.ids import MailingIds, MessageIds
from dsr_report.tables.links import ClickedLinks
from dsr_report.tables.table import LOCAL, Table
from dsr_report.user_agents import AgentReading, agent_reading

_DAY = 86_400_000_000
_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
"""Up to 18 digits, which always fit into 64 bits."""


def whole_number(text: str) -> int | None:
    """Parse a whole number; None if the text is not one."""
    text = text.strip()
    return int(text) if _WHOLE_NUMBER.fullmatch(text) else None


def _part_of_reading(place: int) -> Callable[[str], str | None]:
    return lambda line: agent_reading(line)[place]


def _origin_of_kind(kind: str) -> str | None:
    return kind_of(kind).origin or None


class LocalTime:
    """Converts moments to local time in one zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._offsets: dict[int, int | None] = {}

    def of(self, moments: Places) -> Places:
        """Local time in microseconds for moments in microseconds since 1970 in UTC; `NO_MOMENT` stays."""
        result = moments.copy()
        known = np.flatnonzero(moments != NO_MOMENT)
        days, places = np.unique(moments[known] // _DAY, return_inverse=True)
        offsets = list(map(self._offset_of_day, days.tolist()))
        result[known] += np.array([offset or 0 for offset in offsets], np.int64)[places]
        for place, offset in enumerate(offsets):
            if offset is None:  # the clock changes on it
                there = known[places == place]
                result[there] = [self._one(moment) for moment in moments[there].tolist()]
        return result

    def _offset_of_day(self, day: int) -> int | None:
        """UTC offset of a UTC day in microseconds; None if it changes (never forth and back on one)."""
        if day not in self._offsets:
            first, last = self._offset(day * _DAY), self._offset(day * _DAY + _DAY - 1)
            self._offsets[day] = first if first == last else None
        return self._offsets[day]

    def _offset(self, moment: int) -> int | None:
        try:
            offset = instant(moment).astimezone(self._zone).utcoffset()
        except OverflowError:  # at both ends of the calendar
            return None
        return None if offset is None else round(offset.total_seconds() * 1_000_000)

    def _one(self, moment: int) -> int:
        offset = self._offset(moment)
        return NO_MOMENT if offset is None else moment + offset


class Known:
    """State from all records together: ids, followed links, and the subject."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.subject_key = ""
        self.messages = MessageIds()
        self.mailings = MailingIds()
        self.local_time = LocalTime(zone)
        self.clicked: Callable[[], Iterable[tuple[str, str | None, str | None]]] = tuple
        """Returns message key, number and address of each followed link."""
        self._links: ClickedLinks | None = None
        self._in_export: frozenset[str] | None = None

    @property
    def links(self) -> ClickedLinks:
        """The links that were followed."""
        if self._links is None:
            self._links = ClickedLinks(self.clicked())
        return self._links

    def columns(self, table: Table, rows: BlockRows, message_keys: list[str | None] | None) -> dict[str, Any]:
        """The derived columns of some rows of a table; `message_keys` are final."""
        made: dict[str, Any] = {}
        names = table.names
        if table.key != "subject_key":
            made["subject_key"] = rows.constant(self.subject_key)
        if table.kind_in:
            made[ORIGIN.name] = rows.map_texts(table.kind_in, _origin_of_kind, "string")
        elif ORIGIN.name in names and table.name not in ORIGIN_BY_ROW:
            made[ORIGIN.name] = rows.constant(table.origin or None)
        for column in table.columns:
            if column.dtype == LOCAL:
                made[column.name] = rows.local(
                    self.local_time.of(rows.moments(column.name.removesuffix("_local")))
                )
            elif column.is_derived and f"{column.name}_raw" in names:
                made[column.name] = rows.map_texts(f"{column.name}_raw", whole_number, "int64")
        if "mailing_key" in names and table.key != "mailing_key":
            made["mailing_key"] = rows.map_texts("mailing_key", self.mailings.resolve, "string")
        if table.name == "events" and message_keys is not None:
            made.update(self._of_events(rows, message_keys))
        return made

    def _of_events(self, rows: BlockRows, message_keys: list[str | None]) -> Iterator[tuple[str, Any]]:
        if self._in_export is None:
            self._in_export = self.messages.in_export()
        known = self._in_export
        there = [None if key is None else key in known for key in message_keys]
        yield "message_in_export", rows.column(there, "boolean")
        for place, name in enumerate(AgentReading._fields):
            yield name, rows.map_texts("user_agent", _part_of_reading(place), "string")
        ids, links = rows.cells("link_id"), rows.cells("link")
        if any(ids) or any(links):
            kinds = rows.cells("kind")
            keys = [
                self.links.key(message or "", number, link) if kind == "click" else None
                for kind, message, number, link in zip(kinds, message_keys, ids, links, strict=True)
            ]
            yield "link_key", rows.column(keys, "string")
