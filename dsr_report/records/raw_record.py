"""A record before it is parsed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dsr_report.jsonstream.items import JsonValue, Scalar, count_values
from dsr_report.records.members import values_of
from dsr_report.records.rule import Rule


class RawRecord(NamedTuple):
    """An unparsed record: its kind, pointer, value and container labels, and the rule that decided the kind.

    `value` is the export's own value at `pointer`, or `members.Members` where the record's values are only
    some of those below `pointer`, or are a row's cells. All records together hold all values of the export's
    items, each once.
    """

    kind: str
    pointer: str
    value: JsonValue
    rule: Rule
    labels: tuple[str, ...]

    def __repr__(self) -> str:
        names = sorted(map(str, self.value)) if isinstance(self.value, dict) else type(self.value).__name__
        return f"<RawRecord {self.kind} at {self.pointer}: {names}>"

    def values(self) -> Iterator[tuple[str, Scalar]]:
        """Every scalar value of the record, with its pointer."""
        return values_of(self.value, self.pointer)

    def value_count(self) -> int:
        """How many scalar values the record has."""
        return count_values(self.value)
