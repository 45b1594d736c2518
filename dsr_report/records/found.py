"""A record that was found, before it is parsed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from dsr_report.export.items import JsonValue, Scalar, count_values
from dsr_report.records.members import values_of


class Found(NamedTuple):
    """Where a record stands, of which kind it is, and what decided that.

    `value` is the export's own value at `pointer`, or `base.Members` where the record's values are only some
    of those below `pointer`, or are a row's cells. The values of all `Found`s of an export are all values of
    its items, each once.
    """

    kind: str
    pointer: str
    value: JsonValue
    rule: str
    labels: tuple[str, ...]

    def values(self) -> Iterator[tuple[str, Scalar]]:
        """Every scalar value of the record, with its pointer."""
        return values_of(self.value, self.pointer)

    def value_count(self) -> int:
        """How many scalar values the record has."""
        return count_values(self.value)
