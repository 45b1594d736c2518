"""Options of a report and of tables, and the checks of them that need no export."""

from __future__ import annotations

import hashlib
import os
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from dsr_report.errors import UsageError, quoted

Format = Literal["pdf", "html", "zip"]
FORMATS: tuple[Format, ...] = get_args(Format)
Messages = Literal["text", "layout", "list"]
MESSAGES: tuple[Messages, ...] = get_args(Messages)
Annexes = Literal["inside", "apart"]
ANNEXES: tuple[Annexes, ...] = get_args(Annexes)
DocumentPart = Literal["whole", "letter", "annexes"]
TABLE_FORMATS = {
    "csv": "one file per table, comma-separated, UTF-8",
    "parquet": "one file per table, with types",
    "xlsx": "one workbook, a sheet a table",
    "sqlite": "one database",
    "duckdb": "one database, with types",
}
"""Format of tables → what is written."""


def format_of(target: str | os.PathLike[str], override: str | None = None) -> Format:
    """The output format given by a file name's extension, or by `override`.

    Raises:
        UsageError: it is not a supported format.
    """
    wanted = override or Path(target).suffix.lstrip(".").lower()
    wanted = "html" if wanted == "htm" else wanted
    for known in FORMATS:
        if wanted == known:
            return known
    raise UsageError(
        f"no report can be written as {quoted(wanted)}"
        if wanted
        else "the file name has no extension that gives the format",
        where=str(target),
        hint="End it in .pdf, .html or .zip, or use --format.",
    )


def annexes_beside(target: str | os.PathLike[str]) -> Path:
    """The path of a PDF's separate annexes: `NAME-annexes.pdf`."""
    path = Path(target)
    return path.with_name(f"{path.stem}-annexes{path.suffix}")


def default_name(subject_type: str | None, subject_id: str | None, ending: str) -> str:
    """The default file name, `disclosure-TYPE-ID.ENDING`; an address becomes a short hash."""
    shown = str(subject_id or "unknown")
    if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", shown):
        shown = hashlib.sha256(shown.casefold().encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"disclosure-{subject_type or 'unknown'}-{shown}.{ending}"


def check_choices(
    *,
    original: bool = False,
    review: str | os.PathLike[str] | None = None,
    received: date | None = None,
    replied: date | None = None,
    due: date | None = None,
) -> None:
    """Check that options of a report do not contradict each other.

    Raises:
        UsageError: they do.
    """
    if original and review is not None:
        raise UsageError("--original and --review cannot be combined", hint="Use one of them.")
    for name, day in (("--replied", replied), ("--due", due)):
        if received is not None and day is not None and day < received:
            raise UsageError(
                f"{day} is before the request arrived ({received})",
                where=name,
                hint="Compare it with --received.",
            )


def check_types(*given: tuple[type | tuple[type, ...], object, str]) -> None:
    """Check options given as `(type, value, name)`: their types, and that given paths exist. None passes.

    Raises:
        UsageError: an option has another type, or its path does not exist; the message names the option.
    """
    for wanted, value, option in given:
        if value is not None and not isinstance(value, wanted):
            names = [one.__name__ for one in (wanted if isinstance(wanted, tuple) else (wanted,))]
            raise UsageError(
                f"{option} cannot be a {type(value).__name__}", hint=f"Pass a {' or '.join(names)}."
            )
        if option in {"templates", "review"} and isinstance(value, (str, os.PathLike)):
            path = os.fsdecode(os.fspath(value))
            if not os.path.lexists(path):
                raise UsageError(f"{option}: there is no {quoted(path)}", hint="Check the name.")


@cache
def generator() -> str:
    """Name and version of this tool, as written into files and reports."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - help needs neither

    try:
        return f"dsr-report {version('dsr-report')}"
    except PackageNotFoundError:
        return "dsr-report"
