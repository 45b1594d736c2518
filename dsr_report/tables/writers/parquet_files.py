"""Parquet: one file per table, with types, compressed with Zstandard."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from dsr_report.errors import needs_extra
from dsr_report.files import written_whole
from dsr_report.tables.arrow import arrow_schema
from dsr_report.tables.writers import WritableTables, WrittenTable


def write(tables: WritableTables, folder: Path) -> Iterator[WrittenTable]:
    """Write `TABLE.parquet` for every table, also for empty ones."""
    with needs_extra("parquet needs pyarrow", "parquet"):
        import pyarrow.parquet as pq  # type: ignore[import-untyped] # noqa: PLC0415 - only for this format
    for table in tables.tables():
        path, count = folder / f"{table.name}.parquet", 0
        schema = arrow_schema(table)
        with (
            written_whole(path) as file,
            pq.ParquetWriter(file, schema, compression="zstd", write_statistics=True) as writer,
            ThreadPoolExecutor(1, thread_name_prefix="parquet") as beside,
        ):
            under_way: Future[None] | None = None
            for batch in tables.arrow_batches(table.name, schema):
                count += batch.num_rows
                if under_way:
                    under_way.result()
                under_way = beside.submit(writer.write_batch, batch)  # while the next one is put in order
            if under_way:
                under_way.result()
        yield WrittenTable(path, table.name, count)
