"""Origin of rows that differ in it within a kind, by the configuration of their fields."""

from __future__ import annotations

from typing import Any

from dsr_report.config import Config
from dsr_report.records.base import Record
from dsr_report.records.kind import Origin
from dsr_report.records.kinds import kind_of
from dsr_report.records.models.other import Custom, Log

_MOST = 10_000
"""Maximum fields whose origin is cached; an account has some hundreds."""


class Origins:
    """Determines whether the data of a row were provided, observed or inferred."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._fields: dict[tuple[str, str | None, str | None], Origin] = {}

    def of(self, record: Record, table: str, row: dict[str, Any]) -> Origin | None:
        """The origin of a row that was made of a record; None if it is unknown."""
        if isinstance(record, Custom):
            text = self._config.records.get(record.name)
            return (text.origin if text is not None else "") or None
        if isinstance(record, Log):
            return kind_of(record.row_kind or record.kind).origin or None
        of_kind = kind_of(record.kind).origin
        if of_kind == "provided":  # filled-in data stay so, whatever the origin of the profile's field
            return of_kind
        name = {"fields": row.get("name"), "history": row.get("field")}.get(table, table)
        return self._of_field(str(name), record) or of_kind or None

    def _of_field(self, name: str, record: Record) -> Origin:
        if not self._config.field:
            return ""
        field = (name, getattr(record, "database_id", None), getattr(record, "collection_id", None))
        if field not in self._fields:
            if len(self._fields) >= _MOST:
                self._fields.clear()
            text = self._config.text_of_field(*field)
            self._fields[field] = text.origin if text is not None else ""
        return self._fields[field]
