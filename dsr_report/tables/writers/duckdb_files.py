"""DuckDB: one database, with types; moments are TIMESTAMPTZ."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from dsr_report.errors import needs_extra
from dsr_report.tables.arrow import arrow_schema
from dsr_report.tables.table import LOCAL, MOMENT, Table
from dsr_report.tables.writers import WritableTables, WrittenTable
from dsr_report.tables.writers.database import creation, whole_database

FILE_NAME = "tables.duckdb"
_TYPES = {"string": "VARCHAR", "int64": "BIGINT", "boolean": "BOOLEAN", "category": "VARCHAR"}
_TYPES |= {MOMENT: "TIMESTAMPTZ", LOCAL: "TIMESTAMP"}


def write(tables: WritableTables, folder: Path) -> Iterator[WrittenTable]:
    """Write `tables.duckdb` with every table; descriptions are comments on tables and columns."""
    with needs_extra("duckdb needs duckdb and pyarrow", "duckdb"):
        import duckdb  # noqa: PLC0415 - only for this format
        import pyarrow as pa  # type: ignore[import-untyped] # noqa: PLC0415
    target = folder / FILE_NAME
    written = []
    with whole_database(target) as path, closing(duckdb.connect(str(path))) as connection:
        for table in tables.tables():
            connection.execute(creation(table, _TYPES))
            for statement in _comments(table):
                connection.execute(statement)
            schema, count = arrow_schema(table), 0
            for batch in tables.arrow_batches(table.name, schema):
                count += batch.num_rows
                connection.register("batch", pa.Table.from_batches([batch]))
                connection.execute(f'INSERT INTO "{table.name}" SELECT * FROM batch')  # noqa: S608 - our own name
                connection.unregister("batch")
            written.append(WrittenTable(target, table.name, count))
    yield from written


def _comments(table: Table) -> Iterator[str]:
    yield f"COMMENT ON TABLE \"{table.name}\" IS '{_literal(table.description)}'"
    for column in table.columns:
        yield f'COMMENT ON COLUMN "{table.name}"."{column.name}" IS \'{_literal(column.description)}\''


def _literal(text: str) -> str:
    return text.replace("'", "''")
