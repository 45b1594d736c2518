"""`dsr-report review`."""

from __future__ import annotations

from pathlib import Path

import click

from dsr_report.cli.options import (
    config_option,
    export_argument,
    export_source,
    output_option,
    salvage_option,
    say,
    timezone_option,
    verbosity_options,
    write_or_print,
)
from dsr_report.cli.progress import bar
from dsr_report.errors import FileError


@click.command()
@export_argument
@output_option(" for the findings (TOML; keep it private). Default: standard output.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable: one JSON object.")
@config_option(
    "Controller configuration (TOML): its names and numbers are no other person's; its country tells "
    "telephone numbers."
)
@timezone_option
@salvage_option
@verbosity_options
def review(
    export: str, output: Path | None, as_json: bool, config: Path | None, timezone: str, salvage: bool
) -> None:
    """List values in EXPORT that may concern other people or are secret, so that you can decide on each.

    Every text by or about the person is listed as well, to be read: no rule finds everybody.

    \b
    Example:
        dsr-report review export.json -o review.toml
        dsr-report render export.json --review review.toml -o disclosure.pdf
    """
    import json

    import dsr_report
    from dsr_report.redact.review import review_of

    is_there = output is not None and output.is_file()
    if as_json and is_there and output is not None and output.read_bytes()[:1] not in {b"{", b""}:
        raise FileError(
            "is there already, and is no JSON of `review`; it may hold decisions",
            where=str(output),
            hint="Choose another name.",
        )
    with (
        dsr_report.read(export_source(export), timezone=timezone, salvage=salvage) as source,
        bar("Looking for what to decide on") as progress,
    ):
        source.file.watch(progress)
        found = review_of(source, config, output if is_there and not as_json else None)
    findings, before = found.findings, found.before
    text = json.dumps(found.to_dict(), ensure_ascii=False, indent=2) + "\n" if as_json else found.to_toml()
    closed = sum(f.file is not None for f in findings)
    if closed:
        say(
            f"attached files that cannot be searched: {closed}; open each, then set `looked_at = true` or "
            "withhold it"
        )
    if not write_or_print(text.encode("utf-8", "backslashreplace"), output):
        return
    if findings.texts:
        say(f"texts by or about the person, to be read: {len(findings.texts)}")
    must = found.must_decide
    say(f"findings written to {output}: {len(findings)}; decisions that you must take: {must}")
    if before is not None:
        say(
            f"decisions that were in it: {before.kept} kept, {before.dropped} dropped (they do not apply any more); "
            f"{before.added} new findings"
        )
    if must:
        say(f"Next: decide in {output}, then render with --review {output}")
