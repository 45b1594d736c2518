"""Parquet: one file a table, with types, compressed with Zstandard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dsr_report.errors import MissingExtraError
from dsr_report.files import written_whole
from dsr_report.tables.schema import MOMENT, Table
from dsr_report.tables.store import Columns
from dsr_report.tables.text import encodable
from dsr_report.tables.writers import Tables, Written, counted


def write(tables: Tables, folder: Path) -> Iterator[Written]:
    """`TABLE.parquet` for every table, also for empty ones."""
    try:
        import pyarrow.parquet as pq  # type: ignore[import-untyped] # noqa: PLC0415 - only for this format
    except ImportError as error:
        raise MissingExtraError(
            "parquet needs pyarrow", hint="Install it: pip install 'dsr-report[parquet]'."
        ) from error
    for table in tables.tables():
        path, count = folder / f"{table.name}.parquet", [0]
        schema = arrow_schema(table)
        with (
            written_whole(path) as file,
            pq.ParquetWriter(file, schema, compression="zstd", write_statistics=True) as writer,
        ):
            for batch in counted(tables.batches(table.name), count):
                writer.write_batch(record_batch(batch, schema))
        yield Written(path, table.name, count[0])


def arrow_schema(table: Table) -> Any:
    """A table's columns as Arrow types, with their descriptions."""
    import pyarrow as pa  # noqa: PLC0415 - only for formats that need it

    types = {
        "string": pa.string(),
        "int64": pa.int64(),
        "boolean": pa.bool_(),
        MOMENT: pa.timestamp("us", "UTC"),
    }
    return pa.schema(
        [
            pa.field(column.name, types[column.dtype], metadata={"description": column.description})
            for column in table.columns
        ],
        metadata={"description": table.description},
    )


def record_batch(batch: Columns, schema: Any) -> Any:
    """A batch of columns as Arrow's."""
    import pyarrow as pa  # noqa: PLC0415 - only for formats that need it

    arrays = []
    for field in schema:
        cells = batch[field.name]
        if cells.count(None) == len(cells):
            arrays.append(pa.nulls(len(cells), field.type))
            continue
        try:
            arrays.append(pa.array(cells, field.type))
        except UnicodeEncodeError:
            arrays.append(pa.array(encodable(cells), field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
