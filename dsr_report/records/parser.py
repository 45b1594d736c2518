"""Parses raw records to typed ones; data that do not validate become `unrecognised` with a reason."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from pydantic import ValidationError

from dsr_report.records.base import Record
from dsr_report.records.fields import FieldReader
from dsr_report.records.kinds import KINDS
from dsr_report.records.models.other import Custom, Unrecognised
from dsr_report.records.parsers import events, mail, other, people, surveys
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.record_model import model_of
from dsr_report.records.registry import AFTER, BEFORE

FAMILIES = (people, mail, surveys, other)
"""Modules that register parsing steps when they are imported."""


def parse(found: RawRecord, zone: ZoneInfo) -> Record:
    """Parse a raw record; never raises, whatever the data.

    `zone` applies to local times that name none.
    """
    kind = KINDS.get(found.kind)
    reader = FieldReader(found, zone)
    if kind is None:
        reader.fields["name"] = found.kind
        return reader.record(Custom)
    try:
        if kind.is_event:
            events.read_ids(reader)
        if kind.name in BEFORE:
            BEFORE[kind.name](reader)
        reader.read(kind.fields)
        if kind.name in AFTER:
            AFTER[kind.name](reader)
        return reader.record(model_of(kind.name))
    except ValidationError as error:
        fields = ", ".join(sorted({str(e["loc"][0]) for e in error.errors(include_input=False) if e["loc"]}))
        return Unrecognised(
            pointer=found.pointer,
            rule=found.rule,
            labels=found.labels,
            value=found.value,
            others=tuple(reader.members),
            reason=f"read as {found.kind}, but not understood: {fields}",
        )
