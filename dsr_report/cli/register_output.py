"""Output of `dsr-report register`: tables for people, JSON and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections.abc import Sequence

import click

from dsr_report.register.entries import (
    CaseEntry,
    CheckReport,
    DataRequestEntry,
    EventEntry,
    Figures,
    FileEntry,
    to_json,
)

CSV_COLUMNS = (
    "reference",
    "subject_type",
    "state",
    "due",
    "urgency",
    "days_left",
    "received_on",
    "received_assumed",
    "target",
    "nominal",
    "latest",
    "extension_notice_due",
    "unpaused_latest",
    "holidays_considered",
    "extended_on",
    "replied_on",
    "closed_on",
    "forgotten",
    "owner",
)
_WIDE = ("REFERENCE", "PERSON", "STATE", "DUE", "WORK TO", "NOMINAL", "LATEST", "RECEIVED", "OWNER")
_NARROW = ("REFERENCE", "PERSON", "DUE", "STATE", "NEXT")
_COLUMNS = 80
_SHORTEST_REFERENCE = 10
_SHORTEST_PERSON = 10
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def table(cases: Sequence[CaseEntry], *, as_json: bool, wide: bool, nothing: str) -> None:
    """Print cases, one a line, with their urgency in words; without `wide`, lines fit 80 columns."""
    if as_json:
        _print_json([_list_row(case) for case in cases])
        return
    if not cases:
        click.echo(nothing, err=True)
        return
    if wide:
        _print_rows([_WIDE, *map(_wide, cases)])
    else:
        _print_rows(_narrow_rows([_NARROW, *map(_narrow, cases)]))
    _say_doubts(cases)


def _wide(case: CaseEntry) -> tuple[str, ...]:
    dates = case.deadlines
    received = f"{case.received_on}{' (assumed)' if case.received_assumed else ''}"
    return (
        case.reference, case.subject, case.state, _due(case), str(dates.target), str(dates.nominal),
        str(dates.latest), received, case.owner,
    )  # fmt: skip


def _narrow(case: CaseEntry) -> tuple[str, ...]:
    due = _due(case)
    if case.days_left is not None:
        due = f"{due.removeprefix('due ')}, {case.deadlines.nominal}"
    return case.reference, case.subject, due, case.state, case.next_step


def _due(case: CaseEntry) -> str:
    return case.due.upper() if case.urgency == "overdue" else case.due


def _narrow_rows(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Truncate persons, and then references, so that lines fit 80 columns."""
    spare = _COLUMNS - 2 * (len(rows[0]) - 1) - sum(max(len(row[n]) for row in rows) for n in (2, 3, 4))
    reference = min(max(len(row[0]) for row in rows), max(spare - _SHORTEST_PERSON, _SHORTEST_REFERENCE))
    person = max(spare - reference, _SHORTEST_PERSON)
    return [(_truncate(row[0], reference), _truncate(row[1], person), *row[2:]) for row in rows]


def _truncate(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def one(case: CaseEntry, *, as_json: bool) -> None:
    """Print a case after a change."""
    if as_json:
        _print_json(case.as_json())
    else:
        click.echo(f"{case.reference}: {case.state}, {case.due}")


def details(
    case: CaseEntry,
    requests: Sequence[DataRequestEntry],
    files: Sequence[FileEntry],
    events: Sequence[EventEntry],
    *,
    as_json: bool,
) -> None:
    """Print all data of a case."""
    if as_json:
        parts = {
            "data_requests": [to_json(entry) for entry in requests],
            "files": [to_json(entry) for entry in files],
            "events": [to_json(entry) for entry in events],
        }
        _print_json({**case.as_json(), **parts})
        return
    dates = case.deadlines
    assumed = " (assumed: note it with `register received`)" if case.received_assumed else ""
    subject = f"{case.subject_type} {case.subject_id}" if case.subject_id else case.subject
    rows = [
        ("Reference", case.reference),
        ("Person", subject),
        ("State", f"{case.state}, {case.due}"),
        ("Next", _next_command(case, files)),
        ("Owner", case.owner),
        ("Received", f"{case.received_on}{assumed}"),
        ("Target date", str(dates.target)),
        ("Deadline", str(dates.nominal)),
        ("Last possible date", str(dates.latest)),
        ("Without pauses", str(dates.unpaused_latest)),
        (
            "Extension",
            f"told on {case.extended_on}" if case.extended_on else f"by {dates.extension_notice_due}",
        ),
        ("Replied", str(case.replied_on or "-")),
    ]
    _print_rows(rows)
    if requests:
        click.echo("\nData requests")
        _print_rows([(f"  {one.number}", one.request_id or "-", one.state, one.standing) for one in requests])
    if files:
        click.echo("\nFiles")
        _print_rows([(f"  {one.kind}", one.sha256, one.path or "-") for one in files])
    click.echo("\nLog")
    _print_rows([(f"  {_minute(one)}", one.actor, one.event, _event_line(one)) for one in events])
    _say_doubts([case])


def _next_command(case: CaseEntry, files: Sequence[FileEntry]) -> str:
    """The next command for a case, with known values filled in."""
    paths = {file.kind: file.path for file in files if file.path}
    export, disclosure = (shlex.quote(paths.get(kind) or kind.upper()) for kind in ("export", "disclosure"))
    reference = shlex.quote(case.reference)
    subject = shlex.quote(case.subject_id or "ID")
    type_ = " --type profile" if case.subject_type == "profile" else ""
    commands = {
        "fetch": f"dsr-report fetch {subject}{type_}",
        "review": f"dsr-report review {export} -o review.toml",
        "render": f"dsr-report render {export} --review review.toml --reference {reference} -o disclosure.pdf",
        "reply": f"dsr-report reply {disclosure} --to ADDRESS",
        "resume": f"dsr-report register resume {reference}",
        "close": f"dsr-report register close {reference}",
        "forget": f"dsr-report register forget {reference}",
    }
    return commands.get(case.next_step, "-")


def references(names: Sequence[str], *, as_json: bool) -> None:
    """Print references, one a line."""
    if as_json:
        _print_json(list(names))
    elif not names:
        click.echo("no closed case is past its retention period", err=True)
    else:
        click.echo("\n".join(names))


def check(report: CheckReport, *, as_json: bool) -> None:
    """Print the findings of a check."""
    if as_json:
        _print_json({"ok": not report.findings, **to_json(report)})
        return
    for finding in report.findings:
        click.echo(finding)
    if not report.findings:
        click.echo(f"{report.events} events of {report.cases} cases are unaltered")
    for limit in report.not_proven:
        click.echo(f"not proven: {limit}", err=True)
    click.echo(f"head {report.head}")


def figures(counted: Figures, *, as_json: bool) -> None:
    """Print a year's figures."""
    if as_json:
        _print_json(to_json(counted))
        return
    median = "-" if counted.median_days is None else f"{counted.median_days:g}"
    counts = {**to_json(counted), "median_days": median}
    _print_rows([(name.replace("_", " ").capitalize(), str(value)) for name, value in counts.items()])


def as_json(cases: Sequence[CaseEntry]) -> bytes:
    """Cases as JSON, without identifiers of persons."""
    return (json.dumps([_flat(case) for case in cases], indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def as_csv(cases: Sequence[CaseEntry]) -> bytes:
    """Cases as CSV, without identifiers of persons; cells that look like formulas are escaped."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(CSV_COLUMNS)
    for case in cases:
        flat = _flat(case)
        writer.writerow([_cell(flat[column]) for column in CSV_COLUMNS])
    return text.getvalue().encode("utf-8")


def _flat(case: CaseEntry) -> dict[str, object]:
    values = case.as_json()
    dates = values["deadlines"]
    merged = {**values, **(dates if isinstance(dates, dict) else {})}
    return {column: merged[column] for column in CSV_COLUMNS}


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _list_row(case: CaseEntry) -> dict[str, object]:
    """A case for lists: the person is recognisable to the operator, but an address is not spelled out."""
    values = {**case.as_json(), "subject": case.subject}
    if case.subject_type == "email":
        del values["subject_id"]
    return values


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def _print_rows(rows: Sequence[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _say_doubts(cases: Sequence[CaseEntry]) -> None:
    if any(not case.holidays_considered for case in cases):
        click.echo(
            "note: public holidays are not considered, so that the latest dates may be too early: "
            "pip install 'dsr-report[register]'",
            err=True,
        )


def _minute(event: EventEntry) -> str:
    return event.at.strftime("%Y-%m-%d %H:%M UTC")


def _event_line(event: EventEntry) -> str:
    personal = {name: value for name, value in (event.personal or {}).items() if name != "subject"}
    facts = {**event.data, **personal}
    return ", ".join(f"{name} {value}" for name, value in facts.items() if value is not None)
