"""`dsr-report inspect`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any
from zoneinfo import ZoneInfo

import click

from dsr_report.cli.options import (
    export_argument,
    is_verbose,
    salvage_option,
    timezone_option,
    verbosity_options,
)
from dsr_report.cli.progress import reading, zone_named
from dsr_report.errors import UsageError
from dsr_report.jsonstream.file import ExportFile
from dsr_report.jsonstream.items import Item, count_values
from dsr_report.mime.defects import DefectCode
from dsr_report.records.alike import Lot
from dsr_report.records.classifier import AlikeRecords, Classifier
from dsr_report.records.custom import suggest
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.summary import Summary
from dsr_report.redact.sums import Sum
from dsr_report.redact.watch import Watch

_FEW = 6_000
"""Values; a person's messages and what came of them have fewer, long lists of events more."""
_EXACT = 8_000_000
"""Bytes; of a larger export the masked values are counted by the names they stand under: to look for each token
of a link in each value takes ten times as long as all the rest."""


class _Watched:
    """The items of an export in lots, with a count of the values that would be masked."""

    def __init__(self, batches: Iterable[Sequence[Item]]) -> None:
        self._batches = batches
        self.masked = 0

    def __iter__(self) -> Iterator[Lot]:
        watch = Watch()
        for items in self._batches:
            lot = Lot(items)
            self.masked += watch.count(lot)
            yield lot


@click.command(short_help="Say what an export holds, what was recognised and what was not.")
@export_argument
@click.option("--json", "as_json", is_flag=True, help="Machine-readable: one JSON object.")
@click.option(
    "--suggest",
    "suggesting",
    is_flag=True,
    help="Print a configuration skeleton for the records that were not recognised.",
)
@timezone_option
@salvage_option
@verbosity_options
def inspect(export: str, timezone: str, *, salvage: bool, as_json: bool, suggesting: bool) -> None:
    r"""Say what EXPORT holds, what was recognised and what was not.

    \b
    Example:
        dsr-report inspect export.json --json | jq .records
    """
    if as_json and suggesting:
        raise UsageError("--json and --suggest cannot be combined", hint="Use one of them.")
    summary = Summary(zone_named(timezone))
    with reading(export, salvage=salvage) as file:
        lots = _Watched(file.batches())
        defects: Counter[DefectCode] = Counter()
        for found in Classifier().find_alike(lots):
            summary.add(found)
            if is_verbose() and found.kind == "message":
                alike = found.one_by_one() if isinstance(found, AlikeRecords) else [found]
                defects.update(chain.from_iterable(_defects(message, summary.zone) for message in alike))
        total = summary.values + count_values(file.info.value)
        if file.bytes <= _EXACT and total <= _FEW:
            values = _exact(file, total)
        else:
            values = Sum(total, total - lots.masked, lots.masked, 0, 0)
        report = as_object(file, summary, values)
        if suggesting:
            text = suggest(summary.examples, {group.pointer: group.count for group in summary.unrecognised()})
        elif as_json:
            text = json.dumps(report, indent=2, ensure_ascii=True)
        else:
            text = as_text(file, report, summary, verbose=is_verbose())
            if defects:
                text += "\n\nWhat was wrong in the form of messages (and forgiven):\n"
                text += "\n".join(f"{count:>10,}  {code}" for code, count in sorted(defects.items()))
    click.echo(text.rstrip("\n"))


def _exact(file: ExportFile, total: int) -> Sum:
    """What would become of the values of an export, each looked at in all of its readings."""
    from dsr_report.redact.apply import sum_of
    from dsr_report.redact.plan import make_plan
    from dsr_report.redact.secrets import find_secrets

    plan = make_plan(find_secrets(file.items).decisions())
    return sum_of(file.items(), plan, total) if plan else plan.sum(total)


def _defects(found: RawRecord, zone: ZoneInfo) -> set[DefectCode]:
    """What was wrong in the form of one message, each kind of it once."""
    from dsr_report.mime.message import parse as parse_message
    from dsr_report.records.models.mail import Message
    from dsr_report.records.parsing import parse

    record = parse(found, zone)
    mime = record.mime if isinstance(record, Message) else None
    return set() if mime is None else {defect.code for defect in parse_message(mime).defects}


def as_object(file: ExportFile, summary: Summary, values: Sum) -> dict[str, Any]:
    """What `--json` prints."""
    first, last = summary.first, summary.last
    return {
        "info": {"type": file.info.type, "id": file.info.id},
        "sha256": file.sha256,
        "bytes": file.bytes,
        "records": dict(sorted(summary.kinds.items(), key=lambda kind: (-kind[1], kind[0]))),
        "values": values._asdict(),
        "period": {
            "first": first.isoformat() if first else None,
            "last": last.isoformat() if last else None,
        },
        "unrecognised": [
            {"pointer": group.pointer, "keys": list(group.keys), "count": group.count}
            for group in summary.unrecognised()
        ],
        "warnings": [
            {"code": warning.code, "pointer": warning.pointer, "message": warning.message}
            for warning in file.warnings
        ],
    }


def as_text(file: ExportFile, report: dict[str, Any], summary: Summary, *, verbose: bool) -> str:
    """What is printed for people."""
    info, values, period = report["info"], report["values"], report["period"]
    lines = [
        f"{file.name}: a data request for {info['type'] or 'an unnamed kind of subject'}"
        + (f" {info['id']}" if info["id"] and info["type"] != "email" else ""),
        f"  {report['bytes']:,} bytes, SHA-256 {report['sha256']}",
        f"  {Sum(**values)}",
    ]
    if period["first"]:
        lines.append(f"  from {period['first']} to {period['last']}")
    if file.incomplete:
        lines.append("  The export is INCOMPLETE: only the intact part was read.")
    lines.append("")
    if not report["records"]:
        lines.append("No records: the search found nothing.")
    for kind, count in report["records"].items():
        lines.append(f"{count:>10,}  {kind}")
        if verbose:
            rules = sorted(
                ((rule, n) for (k, rule), n in summary.rules.items() if k == kind),
                key=lambda r: (-r[1], r[0]),
            )
            lines += [f"{n:>14,}  by {rule}" for rule, n in rules]
    if verbose and summary.envelopes:
        lines.append(f"{summary.envelopes:>10,}  envelopes (names of lists, pages, names of columns)")
    if report["unrecognised"]:
        lines += ["", "Not recognised (kept, and shown in the report as it is):"]
        for group in summary.unrecognised():
            what = ", ".join(map(_printable, group.keys)) if group.keys else group.reason
            lines.append(f"{group.count:>10,}  {_printable(group.pointer)}: {what}")
        lines.append("            To name them: dsr-report inspect --suggest")
    if report["warnings"]:
        lines += ["", "Warnings:"]
        lines += [
            f"  {_printable(w['pointer']) or '-'}: {_printable(w['message'])} ({w['code']})"
            for w in report["warnings"]
        ]
    return "\n".join(lines)


def _printable(text: str) -> str:
    """Text without characters that could steer a terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


COMMANDS: dict[str, click.Command] = {"inspect": inspect}
