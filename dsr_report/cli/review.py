"""`dsr-report review`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from dsr_report.cli.options import (
    export_argument,
    opened,
    salvage_option,
    say,
    timezone_option,
    verbosity_options,
)
from dsr_report.files import written_whole


@click.command()
@export_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where the findings go (TOML, private); standard output by default.",
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable: one JSON object.")
@timezone_option
@salvage_option
@verbosity_options
def review(export: str, output: Path | None, as_json: bool, timezone: str, salvage: bool) -> None:
    """List what in EXPORT could concern other people or is a secret, to decide on.

    \b
    Example:
        dsr-report review export.json -o review.toml
        dsr-report render export.json --review review.toml -o disclosure.pdf
    """
    import json

    import dsr_report
    from dsr_report.redact.decisions import to_toml
    from dsr_report.redact.findings import findings_of
    from dsr_report.redact.opaque_files import closed_comment, closed_in

    with dsr_report.read(opened(export), timezone=timezone, salvage=salvage) as source:
        findings = findings_of(source.file.items, source.found, source.info.id)
        closed = closed_in(source.file.items())
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
                            }
                            for f in findings
                        ],
                        "closed_files": [file._asdict() for file in closed],
                    },
                    ensure_ascii=False,
                    indent=2,
                )
                + "\n"
            )
        else:
            text = to_toml(findings, source.sha256) + closed_comment(closed)
    if closed:
        say(f"{len(closed)} attached files cannot be looked into: see them for yourself")
    if output is None or str(output) == "-":
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        return
    with written_whole(output) as file:
        file.write(text.encode("utf-8", "backslashreplace"))
    must = sum(f.must_decide for f in findings)
    say(f"{len(findings)} findings, {must} of which must be decided, in {output}")


COMMANDS: dict[str, click.Command] = {"review": review}
