"""`dsr-report review`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dsr_report.cli.options import (
    export_argument,
    opened,
    salvage_option,
    say,
    timezone_option,
    verbosity_options,
)
from dsr_report.cli.progress import bar
from dsr_report.errors import FileError
from dsr_report.files import written_whole

if TYPE_CHECKING:
    from dsr_report.redact.findings import Looking


@click.command()
@export_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Output file for the findings (TOML; keep it private). Default: standard output.",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable: one JSON object.")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Controller configuration (TOML): its names and numbers are no other person's; its country tells "
    "telephone numbers.",
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
    from dsr_report.redact.decisions import merged, to_toml
    from dsr_report.redact.findings import findings_of
    from dsr_report.redact.places import look_elsewhere

    is_there = output is not None and output.is_file()
    if as_json and is_there and output is not None and output.read_bytes()[:1] not in {b"{", b""}:
        raise FileError(
            "is there already, and is no JSON of `review`; it may hold decisions",
            where=str(output),
            hint="Choose another name.",
        )
    before = None
    with (
        dsr_report.read(opened(export), timezone=timezone, salvage=salvage) as source,
        bar("Looking for what to decide on") as progress,
    ):
        source.file.watch(progress)
        looking = _looking(config, output if is_there and not as_json else None)
        findings = findings_of(source.file.items, source.found, source.info.id, looking)
        look_elsewhere(findings, source.found())
        if as_json:
            text = (
                json.dumps(
                    {
                        "export_sha256": source.sha256,
                        "findings": [
                            {
                                "id": f.id,
                                "what": f.key,
                                "pointer": f.pointer,
                                "places": f.places,
                                "context": f.context,
                                "why": f.why,
                                "proposal": f.proposal,
                                "must_decide": f.must_decide,
                                "article": f.article,
                                "value": f.shown,
                                "record": f.record,
                                "title": f.title,
                                "date": f.date,
                                "sentence": f.sentence,
                                "elsewhere": f.elsewhere,
                            }
                            for f in findings
                        ],
                        "texts": [
                            {
                                "id": text.id,
                                "record": text.kind,
                                "title": text.title,
                                "date": text.date,
                                "pointer": text.pointer,
                                "places": text.places,
                                "text": text.text,
                            }
                            for text in findings.texts
                        ],
                        "closed_files": [
                            {
                                "pointer": decided.pointer,
                                "part": decided.part,
                                "path": f.file.path,
                                "reason": f.file.reason,
                                "finding": f.id,
                            }
                            for f in findings
                            if f.file is not None
                            for decided, _ in f.decided
                        ],
                    },
                    ensure_ascii=False,
                    indent=2,
                )
                + "\n"
            )
        else:
            if output is not None and is_there:
                before = merged(findings, source.sha256, output, looking)
            text = before.text if before else to_toml(findings, source.sha256, looking=looking)
    closed = sum(f.file is not None for f in findings)
    if closed:
        say(
            f"attached files that cannot be searched: {closed}; open each, then set `looked_at = true` or "
            "withhold it"
        )
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        return
    with written_whole(output) as file:
        file.write(text.encode("utf-8", "backslashreplace"))
    if findings.texts:
        say(f"texts by or about the person, to be read: {len(findings.texts)}")
    must = sum(f.must_decide for f in findings)
    say(f"findings written to {output}: {len(findings)}; decisions that you must take: {must}")
    if before is not None:
        say(
            f"decisions that were in it: {before.kept} kept, {before.dropped} dropped (they do not apply any more); "
            f"{before.added} new findings"
        )
    if must:
        say(f"Next: decide in {output}, then render with --review {output}")


def _looking(config: Path | None, before: Path | None) -> Looking:
    """What people are told by: of the configuration, else as in the file that is there."""
    from dsr_report.config import load_config
    from dsr_report.redact.decisions import looking_of
    from dsr_report.redact.findings import Looking, looking_by

    if config is None:
        return looking_of(before) if before is not None else Looking()
    return looking_by(load_config(config))


COMMANDS: dict[str, click.Command] = {"review": review}
