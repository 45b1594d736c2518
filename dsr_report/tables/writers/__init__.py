"""Tables → files: each format in a module of its own, which imports its library when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from dsr_report.choices import TABLE_FORMATS
from dsr_report.errors import unknown_name
from dsr_report.tables.blocks import Columns
from dsr_report.tables.table import Table

ARROW_FORMATS = frozenset({"parquet", "duckdb"})
"""Formats for which `build` should hold Arrow columns, if pyarrow is installed."""


class WritableTables(Protocol):
    """The interface of `build.TableSet` that writers need."""

    def tables(self) -> tuple[Table, ...]:
        """The declarations."""
        ...

    def batches(self, name: str) -> Iterator[Columns]:
        """A table's columns, in order."""
        ...

    def arrow_batches(self, name: str, schema: Any) -> Iterator[Any]:
        """A table's rows as Arrow's record batches."""
        ...


class WrittenTable(NamedTuple):
    """A written table: its path, name and number of rows."""

    path: Path
    table: str
    rows: int


Writer = Callable[[WritableTables, Path], Iterable[WrittenTable]]


def write(tables: WritableTables, folder: Path, form: str) -> list[WrittenTable]:
    """Write all tables into an existing folder, in bounded memory; each file is whole or not there.

    Raises:
        UsageError: no such format.
        MissingExtraError: the format needs a library that is not installed.
        FileError: a file cannot be written.
    """
    check_format(form)
    module = importlib.import_module(f"dsr_report.tables.writers.{form}_files")
    writer: Writer = module.write
    return list(writer(tables, folder))


def check_format(form: str) -> None:
    """Check the name of a format.

    Raises:
        UnknownNameError: there is no such format; the nearest is named.
    """
    if form not in TABLE_FORMATS:
        raise unknown_name("format", form, TABLE_FORMATS)


def count_rows(batches: Iterable[Columns], count: list[int]) -> Iterator[Columns]:
    """Pass batches on, and add their rows up in `count[0]`."""
    for batch in batches:
        count[0] += len(next(iter(batch.values()), []))
        yield batch
