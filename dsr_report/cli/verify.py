"""`dsr-report verify`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from dsr_report.cli.options import (
    file_option,
    verbosity_options,
)
from dsr_report.cli.progress import show_work


@click.command()
@click.argument(
    "disclosure", metavar="DISCLOSURE", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@file_option("--export", "The export to compare with, if it is not embedded; or the original.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable: one JSON object.")
@verbosity_options
def verify(disclosure: Path, export: Path | None, as_json: bool) -> int:
    """Check that DISCLOSURE (a PDF, HTML file or ZIP made by dsr-report) is complete, unaltered and safe.

    Given the original export, also check that no masked or withheld value is left in it.

    \b
    Example:
        dsr-report verify disclosure.pdf --export export.json
    """
    from dsr_report.verification.verifier import verify as check

    with show_work(f"Checking {disclosure.name}"):
        result = check(disclosure, export)
    if as_json:
        click.echo(
            json.dumps(
                {
                    "file": str(disclosure),
                    "ok": result.ok,
                    "checks": [{"code": c.code, "ok": c.ok, "text": c.text} for c in result.checks],
                },
                ensure_ascii=False,
                indent=2,
            )
        )
    else:
        for one in result.checks:
            mark = {True: "ok  ", False: "FAIL", None: "?   "}[one.ok]
            click.echo(f"{mark} {one.text}")
        click.echo(f"{disclosure}: {'passed' if result.ok else 'FAILED'}")
    return 0 if result.ok else 5
