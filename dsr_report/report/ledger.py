"""The account of values: every value of the export is printed in a place that has a name, or nothing is written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from dsr_report.errors import LedgerError


@dataclass(slots=True)
class Ledger:
    """How many values, and how many records of which kind, each place of the report shows."""

    values: Counter[str] = field(default_factory=Counter)
    records: Counter[tuple[str, str]] = field(default_factory=Counter)

    def settle(self, place: str, kind: str, count: int) -> None:
        """Note that a record of `kind` with `count` values is shown in `place`, whole."""
        self.values[place] += count
        self.records[kind, place] += 1

    @property
    def total(self) -> int:
        """All values that are shown."""
        return sum(self.values.values())

    def places(self) -> dict[str, tuple[int, tuple[str, ...]]]:
        """For each kind: how many records, and where they are shown."""
        result: dict[str, tuple[int, tuple[str, ...]]] = {}
        for (kind, place), count in sorted(self.records.items()):
            known, places = result.get(kind, (0, ()))
            result[kind] = (known + count, (*places, place))
        return result

    def close(self, expected: int) -> None:
        """Check that all values are settled.

        Raises:
            LedgerError: the report shows more or fewer values than the export holds.
        """
        if self.total != expected:
            raise LedgerError(
                f"the export holds {expected} values, and the report would account for {self.total}",
                hint="Nothing was written. Please report this with the output of `dsr-report inspect -v`.",
            )
