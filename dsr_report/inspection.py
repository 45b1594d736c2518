"""Inspection of an export: counts of records and values, its period, and unrecognised records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

from dsr_report.export import Export
from dsr_report.jsonstream.file import Info
from dsr_report.jsonstream.items import Item, ReadWarning, count_values
from dsr_report.jsonstream.subjects import TYPES
from dsr_report.mime.defects import DefectCode
from dsr_report.records.alike import Lot
from dsr_report.records.classifier import AlikeRecords, Classifier
from dsr_report.records.custom import suggest
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.summary import Summary
from dsr_report.redact.sums import Sum
from dsr_report.redact.watch import Watch
from dsr_report.show import display

_FEW = 6_000
"""Largest number of values that is counted exactly; long lists of events have more."""
_EXACT = 8_000_000
"""Largest export, in bytes, that is counted exactly.

In a larger one, masked values are counted by their keys: searching every value for every token of a link
takes ten times as long as all the rest.
"""


@dataclass(frozen=True, slots=True)
class Inspection:
    """The content of an export, in counts.

    Attributes:
        info: the subject.
        sha256: of the JSON.
        bytes: size of the JSON.
        values: how many values it has, and how many would be masked.
        is_exact: whether each value was searched in all of its readings. Otherwise secrets were found by
            their keys alone, and values that would be hidden in part were not counted.
        summary: records by kind and rule, the period, the unrecognised.
        warnings: irregularities that did not stop reading.
        incomplete: whether the export is cut off.
        defects: number of messages with each defect, if that was asked for.
    """

    info: Info
    sha256: str
    bytes: int
    values: Sum
    summary: Summary = field(repr=False)
    warnings: tuple[ReadWarning, ...] = field(repr=False)
    incomplete: bool = False
    is_exact: bool = True
    defects: Counter[DefectCode] = field(default_factory=Counter, repr=False)

    @property
    def records(self) -> dict[str, int]:
        """Number of records by kind, the most frequent first."""
        return dict(sorted(self.summary.kinds.items(), key=lambda kind: (-kind[1], kind[0])))

    @property
    def period(self) -> tuple[datetime | None, datetime | None]:
        """First and last moment of the recognised records."""
        return self.summary.first, self.summary.last

    def suggestion(self) -> str:
        """A configuration (TOML) that names the kinds of records that were not recognised."""
        counts = {group.pointer: group.count for group in self.summary.unrecognised()}
        return suggest(self.summary.examples, counts)

    def to_dict(self) -> dict[str, Any]:
        """What `dsr-report inspect --json` prints."""
        first, last = self.period
        return {
            "info": {"type": self.info.type, "id": self.info.id},
            "sha256": self.sha256,
            "bytes": self.bytes,
            "records": self.records,
            "values": self.values._asdict() | ({} if self.is_exact else {"in_part": None}),
            "period": {
                "first": first.isoformat() if first else None,
                "last": last.isoformat() if last else None,
            },
            "unrecognised": [
                {"pointer": group.pointer, "keys": list(group.keys), "count": group.count}
                for group in self.summary.unrecognised()
            ],
            "warnings": [
                {"code": warning.code, "pointer": warning.pointer, "message": warning.message}
                for warning in self.warnings
            ],
        }

    def __repr__(self) -> str:
        kind = self.info.type if self.info.type in TYPES else "unknown subject"
        return f"<Inspection of an export about one {kind}: {self.bytes:,} bytes, {self.values}>"

    def _repr_html_(self) -> str:
        first, last = (str(at.year) if at else "?" for at in self.period)
        told = f"{repr(self)[1:-1]}\nfrom {first} to {last}; {len(self.warnings)} warnings"
        return display(told, ("records", "count"), self.records.items())


class _Watched:
    """Iterates over an export's items in lots, and counts the values that would be masked."""

    def __init__(self, batches: Iterable[Sequence[Item]]) -> None:
        self._batches = batches
        self.masked = 0

    def __iter__(self) -> Iterator[Lot]:
        watch = Watch()
        for items in self._batches:
            lot = Lot(items)
            self.masked += watch.count(lot)
            yield lot


def inspect_export(export: Export, *, defects: bool = False) -> Inspection:
    """Inspect an export; with `defects`, its messages are parsed for defects, too (slow)."""
    summary = Summary(export.zone)
    lots = _Watched(export.file.batches())
    found_defects: Counter[DefectCode] = Counter()
    for found in Classifier(export.custom).find_alike(lots, inside=True):
        summary.add(found)
        if defects and found.kind == "message":
            alike = found.one_by_one() if isinstance(found, AlikeRecords) else [found]
            found_defects.update(chain.from_iterable(_defects(message, summary.zone) for message in alike))
    total = summary.values + count_values(export.info.value)
    is_exact = export.bytes <= _EXACT and total <= _FEW
    values = _exact(export, total) if is_exact else Sum(total, total - lots.masked, lots.masked, 0, 0)
    return Inspection(
        export.info, export.sha256, export.bytes, values, summary, tuple(export.file.warnings),
        export.incomplete, is_exact, found_defects,
    )  # fmt: skip


def _exact(export: Export, total: int) -> Sum:
    """Counts by treatment, with each value searched in all of its readings."""
    from dsr_report.redact.apply import sum_of  # noqa: PLC0415 - only of small exports
    from dsr_report.redact.plan import make_plan  # noqa: PLC0415
    from dsr_report.redact.secrets import find_secrets  # noqa: PLC0415

    plan = make_plan(find_secrets(export.file.items).decisions())
    return sum_of(export.file.items(), plan, total) if plan else plan.sum(total)


def _defects(found: RawRecord, zone: ZoneInfo) -> set[DefectCode]:
    """The distinct defects of one message."""
    from dsr_report.mime.message import parse as parse_message  # noqa: PLC0415 - only where it is asked for
    from dsr_report.records.models.mail import Message  # noqa: PLC0415
    from dsr_report.records.parser import parse  # noqa: PLC0415

    record = parse(found, zone)
    mime = record.mime if isinstance(record, Message) else None
    return set() if mime is None else {defect.code for defect in parse_message(mime).defects}
