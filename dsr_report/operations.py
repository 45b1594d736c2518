"""The commands of the command line as functions, with the same names and options."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from dsr_report.config import Config
from dsr_report.errors import UsageError, unknown_name
from dsr_report.export import Export, read
from dsr_report.exports import Exports, read_many
from dsr_report.files import path_named, private_folder, write_whole
from dsr_report.inspection import Inspection, inspect_export
from dsr_report.jsonstream.sources import Progress
from dsr_report.languages import language_of
from dsr_report.lexicon import SOURCE_LANGUAGE
from dsr_report.redact.places import Place, places_of
from dsr_report.redact.review import Review, review_of
from dsr_report.shipped import shipped
from dsr_report.times import DEFAULT_ZONE

if TYPE_CHECKING:
    from dsr_report.tables.writers import WritableTables as TableWriterInput
    from dsr_report.tables.writers import WrittenTable
    from dsr_report.verification.verifier import Verification

Path_ = str | os.PathLike[str]
Source = Export | Path_ | bytes | BinaryIO
"""An `Export`, or a source that `read` accepts."""


@contextmanager
def _open(
    export: Source,
    *,
    timezone: str | None,
    salvage: bool,
    config: Config | Path_ | None = None,
    progress: Progress | None = None,
) -> Iterator[Export]:
    """Yield an `Export` as it is, or read one and close it at the end."""
    if not isinstance(export, Export):
        zone = timezone or DEFAULT_ZONE
        with read(export, timezone=zone, salvage=salvage, config=config, progress=progress) as opened:
            yield opened
        return
    _check_read_with(config)
    if timezone is not None and timezone != export.zone.key:
        raise UsageError("the export was read with another time zone", hint="Give it to `read`.")
    yield export


def inspect(
    export: Source,
    *,
    timezone: str | None = None,
    salvage: bool = False,
    defects: bool = False,
    progress: Progress | None = None,
) -> Inspection:
    """Say what an export holds, what was recognised and what was not.

    Args:
        export: what `read` returned, or where the export is.
        timezone: the zone of its times, which name none.
        salvage: read what is whole of an export that was cut off.
        defects: also look for what is wrong in the form of its messages (slow).
        progress: callback with the bytes read and their total.
    """
    with _open(export, timezone=timezone, salvage=salvage, progress=progress) as opened:
        return inspect_export(opened, defects=defects)


def review(
    export: Source,
    output: Path_ | None = None,
    *,
    config: Config | Path_ | None = None,
    timezone: str | None = None,
    salvage: bool = False,
) -> Review:
    """List what may concern other people or is secret, to decide on; `Report(review=…)` takes the decisions.

    Args:
        export: what `read` returned, or where the export is.
        output: a file to take decisions in, written now; those already in it are kept where they apply.
        config: the controller's configuration; its own names and numbers are not findings.
        timezone: the zone of the export's times, which name none.
        salvage: read what is whole of an export that was cut off.
    """
    with _open(export, timezone=timezone, salvage=salvage) as opened:
        before = output if output is not None and path_named(output, "output").is_file() else None
        found = review_of(opened, config, before)
        if output is not None:
            found.save(output)
        return found


def find(export: Source, text: str, *, timezone: str | None = None, salvage: bool = False) -> list[Place]:
    """Find a text in an export, in any spelling or encoding.

    Args:
        export: what `read` returned, or where the export is.
        text: what to look for.
        timezone: the zone of the export's times, which name none.
        salvage: read what is whole of an export that was cut off.
    """
    if not isinstance(text, str) or not text.strip():
        raise UsageError("there is nothing to look for", hint="Pass a text.")
    with _open(export, timezone=timezone, salvage=salvage) as opened:
        return list(places_of(text, opened.found()))


def verify(disclosure: Path_, export: Path_ | None = None) -> Verification:
    """Check that a disclosure (a PDF, HTML file or ZIP) is complete, unaltered and safe.

    Args:
        disclosure: the file.
        export: the export to compare with, if none is embedded; or the original.
    """
    from dsr_report.verification.verifier import verify as check  # noqa: PLC0415 - pikepdf is heavy

    return check(
        path_named(disclosure, "disclosure"), None if export is None else path_named(export, "export")
    )


def write_tables(
    export: Source | Exports | Iterable[Path_],
    output: Path_ = "tables",
    *,
    format: str = "csv",  # noqa: A002 - the word of the command line
    combine: bool = False,
    masked: bool = False,
    lang: str = SOURCE_LANGUAGE,
    config: Config | Path_ | None = None,
    timezone: str | None = None,
    salvage: bool = False,
    progress: Progress | None = None,
) -> list[WrittenTable]:
    """Write the normalized tables of an export, or of several together; returns what was written.

    Args:
        export: what `read` or `read_many` returned, or where the exports are.
        output: the folder.
        format: `csv`, `parquet`, `xlsx`, `sqlite` or `duckdb`.
        combine: take `export` for the place of several (a folder, a pattern, a list, a batch's result).
        masked: write them as they will be disclosed: live keys are masked.
        lang: language of `datapackage.json`, which explains the columns of CSV files.
        config: the controller's configuration, or the path of its TOML file: its own kinds of records, and
            where fields come from. An export that is read already keeps its own.
        timezone: the zone of the export's times, which name none.
        salvage: read what is whole of exports that were cut off.
        progress: callback with the amount read and the total: bytes, or exports where there are several.
    """
    from dsr_report.tables.writers import ARROW_FORMATS, check_format  # noqa: PLC0415 - numpy is heavy

    check_format(format)
    arrow = format in ARROW_FORMATS and importlib.util.find_spec("pyarrow") is not None
    with ExitStack() as stack:
        if isinstance(export, Exports) or combine or _is_list(export):
            if isinstance(export, Exports):
                _check_read_with(config)
                many = export
            else:
                source: Path_ | Iterable[Path_] = export  # type: ignore[assignment]  # `exports_at` says what is wrong
                options: dict[str, Any] = {
                    "timezone": timezone or DEFAULT_ZONE,
                    "salvage": salvage,
                    "config": config,
                }
                many = stack.enter_context(read_many(source, **options, progress=progress))
            many = stack.enter_context(many.masked()) if masked else many
            return _write_tables(many.tables.load(), output, format, lang)
        one: Source = export  # type: ignore[assignment]  # `read` says what is wrong
        opened = stack.enter_context(
            _open(one, timezone=timezone, salvage=salvage, config=config, progress=progress)
        )
        shown = stack.enter_context(opened.masked()) if masked else opened
        from dsr_report.tables.schema import tables_by_name  # noqa: PLC0415

        made = stack.enter_context(shown.tables_of(tables_by_name(), arrow=arrow))
        return _write_tables(made, output, format, lang)


def _write_tables(tables: TableWriterInput, output: Path_, form: str, lang: str) -> list[WrittenTable]:
    """Write tables; beside CSV files, also the `datapackage.json` that describes them."""
    from dsr_report.tables.writers import write  # noqa: PLC0415 - numpy is heavy

    folder = private_folder(path_named(output, "output"))
    written = write(tables, folder, form)
    if form == "csv":
        from dsr_report.writers.datapackage import FILE_NAME, data_package  # noqa: PLC0415 - of this form alone

        write_whole(folder / FILE_NAME, data_package(written, tables.tables(), language_of(lang)))
    return written


def _check_read_with(config: Config | Path_ | None) -> None:
    """Refuse a configuration for an export that was read without it."""
    if config is not None:
        raise UsageError("a configuration comes too late for what was read", hint="Give it to `read`.")


def _is_list(export: object) -> bool:
    return isinstance(export, (list, tuple, set, frozenset))


def sample(name: str) -> Path:
    """The path of a sample export that ships with dsr-report; its data are invented.

    Args:
        name: such as `subprofile-20285` or `layouts/01-nested`.

    Raises:
        UnknownNameError: there is no such sample; the nearest is named.
    """
    place = shipped("sample_exports")
    found = {path.relative_to(place).with_suffix("").as_posix(): path for path in place.rglob("*.json*")}
    found.pop("index", None)
    wanted = name.removesuffix(".json") if isinstance(name, str) else name
    if wanted not in found:
        raise unknown_name("sample", name, found)
    return found[wanted]
