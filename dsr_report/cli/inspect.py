"""`dsr-report inspect`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from dsr_report.cli.options import (
    export_argument,
    export_source,
    is_verbose,
    salvage_option,
    timezone_option,
    verbosity_options,
)
from dsr_report.cli.progress import bar
from dsr_report.errors import UsageError

if TYPE_CHECKING:
    from dsr_report.inspection import Inspection


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
    """Say what EXPORT holds, what was recognised and what was not.

    \b
    Example:
        dsr-report inspect export.json --json | jq .records
    """
    import dsr_report
    from dsr_report.inspection import inspect_export

    if as_json and suggesting:
        raise UsageError("--json and --suggest cannot be combined", hint="Use one of them.")
    with (
        bar("Reading") as progress,
        dsr_report.read(
            export_source(export), timezone=timezone, salvage=salvage, progress=progress
        ) as source,
    ):
        found = inspect_export(source, defects=is_verbose())
        name = source.name
    if suggesting:
        text = found.suggestion()
    elif as_json:
        text = json.dumps(found.to_dict(), indent=2, ensure_ascii=True)
    else:
        text = as_text(name, found, verbose=is_verbose())
        if found.defects:
            text += "\n\nWhat was wrong in the form of messages (and forgiven):\n"
            text += "\n".join(f"{count:>10,}  {code}" for code, count in sorted(found.defects.items()))
    click.echo(text.rstrip("\n"))


def as_text(name: str, found: Inspection, *, verbose: bool) -> str:
    """The inspection as text for people."""
    report, summary = found.to_dict(), found.summary
    info, period = report["info"], report["period"]
    lines = [
        f"{name}: a data request for {info['type'] or 'an unnamed kind of subject'}"
        + (f" {info['id']}" if info["id"] and info["type"] != "email" else ""),
        f"  {report['bytes']:,} bytes, SHA-256 {report['sha256']}",
        f"  {found.values}",
    ]
    if not found.is_exact:
        lines.append("  (by names alone; keys in links and messages are not counted in so large an export)")
    if period["first"]:
        lines.append(f"  from {period['first']} to {period['last']}")
    if found.incomplete:
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
    """Replace non-printable characters, which could control the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
