"""`dsr-report tables`."""

from __future__ import annotations

import importlib.util
from itertools import chain
from pathlib import Path

import click

from dsr_report.cli.options import (
    export_argument,
    is_verbose,
    salvage_option,
    say,
    timezone_option,
    verbosity_options,
)
from dsr_report.cli.progress import reading, zone_named
from dsr_report.errors import UsageError
from dsr_report.files import private_folder
from dsr_report.records.classifier import Classifier
from dsr_report.tables.build import build
from dsr_report.tables.writers import ARROW_FORMATS, FORMATS, write


@click.command(short_help="Write the normalized tables of an export.")
@export_argument
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("tables"),
    show_default=True,
    help="Output folder; created if it does not exist.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMATS)),
    default="csv",
    show_default=True,
    help="; ".join(f"{name}: {what}" for name, what in FORMATS.items()) + ".",
)
@timezone_option
@salvage_option
@verbosity_options
def tables(export: str, output: Path, form: str, timezone: str, *, salvage: bool) -> None:
    r"""Write the normalized tables of EXPORT: one file per table, or one database.

    Tables, columns, types and units are described in docs/tables.md.

    \b
    Example:
        dsr-report tables export.json -o tables --format parquet
    """
    zone = zone_named(timezone)
    if str(output) == "-":
        raise UsageError("tables are written as several files", where="--output -", hint="Name a folder.")
    with reading(export, salvage=salvage) as file:
        founds = Classifier().find(chain.from_iterable(file.batches()))
        info = file.info
        with build(founds, zone, info=info.value, info_pointer=info.pointer, arrow=_has_arrow(form)) as made:
            folder = private_folder(output)
            before = {path for path in folder.iterdir() if path.is_file()}
            written = write(made, folder, form)
    rows_in_all = 0
    for path, table, rows in written:
        rows_in_all += rows
        if is_verbose():
            say(f"{path}: {table}: {rows} rows")
    replaced = {path for path, _table, _rows in written if path in before}
    told = f", {len(replaced)} files replaced" if replaced else ""
    say(f"{output}: {len(written)} tables, {rows_in_all:,} rows{told}")


def _has_arrow(form: str) -> bool:
    return form in ARROW_FORMATS and importlib.util.find_spec("pyarrow") is not None


COMMANDS: dict[str, click.Command] = {"tables": tables}
