"""SQLite: one database; moments are ISO 8601 texts, truth values 0 and 1."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from dsr_report.tables.blocks import Columns
from dsr_report.tables.table import LOCAL, MOMENT, Table
from dsr_report.tables.text import encodable
from dsr_report.tables.writers import WritableTables, WrittenTable, count_rows
from dsr_report.tables.writers.csv_files import moment_text
from dsr_report.tables.writers.database import creation, whole_database

FILE_NAME = "tables.sqlite"
_TYPES = {"string": "TEXT", "int64": "INTEGER", "boolean": "INTEGER", "category": "TEXT"}
_TYPES |= {MOMENT: "TEXT", LOCAL: "TEXT"}


def write(tables: WritableTables, folder: Path) -> Iterator[WrittenTable]:
    """Write `tables.sqlite` with every table, and an index on each column that refers to another table."""
    target = folder / FILE_NAME
    written = []
    with whole_database(target) as path, closing(sqlite3.connect(path)) as connection:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
        for table in tables.tables():
            connection.execute(creation(table, _TYPES))
            names = ", ".join(f'"{name}"' for name in table.names)
            marks = ", ".join("?" * len(table.names))
            count = [0]
            for batch in count_rows(tables.batches(table.name), count):
                connection.executemany(
                    f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})',  # noqa: S608 - our own names
                    _rows(batch, table),
                )
            for column in sorted(table.joins.keys() - {"subject_key"}):  # which is the same in all rows
                connection.execute(f'CREATE INDEX "{table.name}_{column}" ON "{table.name}" ("{column}")')
            written.append(WrittenTable(target, table.name, count[0]))
        connection.commit()
    yield from written


def _rows(batch: Columns, table: Table) -> Iterator[tuple[Any, ...]]:
    columns = []
    for column in table.columns:
        cells = batch[column.name]
        if column.dtype in {MOMENT, LOCAL}:
            cells = [None if cell is None else moment_text(cell, column.dtype) for cell in cells]
        elif column.dtype == "string":
            cells = encodable(cells)
        columns.append(cells)
    return zip(*columns, strict=True)
