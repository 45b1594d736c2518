"""`dsr-report tables`."""

from __future__ import annotations

from pathlib import Path

import click

from dsr_report.choices import TABLE_FORMATS
from dsr_report.cli.options import (
    config_option,
    configuration,
    export_source,
    is_verbose,
    language_chosen,
    language_option,
    salvage_option,
    say,
    timezone_option,
    verbosity_options,
)
from dsr_report.cli.progress import bar
from dsr_report.errors import UsageError


@click.command(short_help="Write the normalized tables of an export.")
@click.argument("exports", metavar="EXPORT...", nargs=-1, required=True, type=click.Path(path_type=str))
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
    type=click.Choice(list(TABLE_FORMATS)),
    default="csv",
    show_default=True,
    help="; ".join(f"{name}: {what}" for name, what in TABLE_FORMATS.items()) + ".",
)
@click.option(
    "--combine",
    is_flag=True,
    help="Write one set of tables over several exports: files, folders, patterns, or what a batch finished; each "
    "row says whom it is about.",
)
@click.option(
    "--masked", is_flag=True, help="Write the tables as they will be disclosed: live keys are masked."
)
@language_option("Language of datapackage.json, which explains the columns of CSV files")
@config_option("Your own kinds of records, and where fields come from (the column origin).")
@timezone_option
@salvage_option
@verbosity_options
def tables(
    exports: tuple[str, ...],
    output: Path,
    form: str,
    lang: str | None,
    config: Path | None,
    timezone: str,
    *,
    combine: bool,
    masked: bool,
    salvage: bool,
) -> None:
    """Write the normalized tables of EXPORT: one file per table, or one database.

    Tables, columns, types and units are described in docs/tables.md.

    \b
    Example:
        dsr-report tables export.json -o tables --format parquet
        dsr-report tables --combine exports/ -o tables --format duckdb
    """
    from dsr_report.operations import write_tables

    settings = configuration(config)
    if str(output) == "-":
        raise UsageError("tables are written as several files", where="--output -", hint="Name a folder.")
    if len(exports) > 1 and not combine:
        raise UsageError("several exports make one set of tables only together", hint="Add --combine.")
    if combine and "-" in exports:
        raise UsageError("standard input cannot be combined", where="-", hint="Name files or folders.")
    before = {path for path in output.iterdir() if path.is_file()} if output.is_dir() else set()
    with bar("Reading") as progress:
        written = write_tables(
            list(exports) if combine else export_source(exports[0]),
            output,
            format=form,
            masked=masked,
            lang=language_chosen(lang, settings),
            config=settings,
            timezone=timezone,
            salvage=salvage,
            progress=progress,
        )
    rows_in_all = 0
    for path, table, rows in written:
        rows_in_all += rows
        if is_verbose():
            say(f"{path}: {table}: {rows} rows")
    replaced = {path for path, _table, _rows in written if path in before}
    told = f", {len(replaced)} files replaced" if replaced else ""
    say(f"{output}: {len(written)} tables, {rows_in_all:,} rows{told}")
