"""`dsr-report find`."""

from __future__ import annotations

import click

from dsr_report.cli.options import (
    export_argument,
    export_source,
    salvage_option,
    timezone_option,
    verbosity_options,
)


@click.command()
@export_argument
@click.argument("text", metavar="TEXT")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable: one JSON object.")
@timezone_option
@salvage_option
@verbosity_options
def find(export: str, text: str, as_json: bool, timezone: str, salvage: bool) -> None:
    """Say where TEXT stands in EXPORT, in whatever spelling or encoding: pointer, record and excerpt.

    \b
    Example:
        dsr-report find export.json "Ilse Vos"

    """
    import json

    import dsr_report

    if not text.strip():
        raise click.BadParameter("there is nothing to look for", param_hint="TEXT")
    places = dsr_report.find(export_source(export), text, timezone=timezone, salvage=salvage)
    if as_json:
        click.echo(
            json.dumps({"places": [place._asdict() for place in places]}, ensure_ascii=False, indent=2)
        )
    else:
        for place in places:
            told = ", ".join(filter(None, (place.record, place.title, place.date)))
            click.echo(f"{place.pointer}\n    {told}\n    {place.excerpt}")
        click.echo(f"places: {len(places)}")
