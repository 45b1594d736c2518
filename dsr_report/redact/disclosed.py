"""The plan for an export: what is masked and withheld, from its live keys or from a review file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from dsr_report.jsonstream.file import ExportFile
from dsr_report.jsonstream.items import Item
from dsr_report.jsonstream.subjects import Info
from dsr_report.records.raw_record import RawRecord
from dsr_report.redact.decisions import load_decisions, looking_of
from dsr_report.redact.findings import findings_of
from dsr_report.redact.marks import mark_text
from dsr_report.redact.plan import Plan, make_plan
from dsr_report.redact.secrets import find_secrets
from dsr_report.redact.whole_records import spread
from dsr_report.workers import Processes


class Readable(Protocol):
    """The parts of an export that decisions are made from."""

    file: ExportFile

    @property
    def info(self) -> Info:
        """The request's type and id."""
        ...

    @property
    def sha256(self) -> str:
        """SHA-256 of its JSON."""
        ...

    def found(self) -> Iterator[RawRecord]:
        """Its records, not yet parsed."""
        ...

    def counted_items(self) -> Iterator[Item]:
        """Its items."""
        ...


def plan_for(
    export: Readable,
    lang: str,
    *,
    review: Path | None = None,
    strict: bool = False,
    warnings: list[str],
    processes: Processes | None = None,
) -> Plan:
    """The plan of what is masked and withheld: the live keys, or what a review file decides.

    Args:
        export: the original.
        lang: language of the marks.
        review: decisions file.
        strict: whether an undecided finding is an error.
        warnings: list to which warnings about the decisions are added.
        processes: share the search, if given.
    """
    if review is not None:
        findings = findings_of(export.file.items, export.found, export.info.id, looking_of(review))
        taken = load_decisions(review, findings, export.sha256, strict=strict, warnings=warnings)
        decisions = spread(taken, export.file.items)
    else:
        decisions = find_secrets(export.counted_items, processes).decisions()
    return make_plan(decisions, lambda treatment, number, what: mark_text(lang, treatment, number, what))
