"""Tables as Arrow's record batches."""

from __future__ import annotations

from typing import Any

from dsr_report.tables.blocks import Columns, Places
from dsr_report.tables.schema import MOMENT, Table
from dsr_report.tables.store import Seen, Store
from dsr_report.tables.text import encodable


def arrow_schema(table: Table) -> Any:
    """A table's columns as Arrow types, with their descriptions."""
    import pyarrow as pa  # type: ignore[import-untyped] # noqa: PLC0415 - only for formats that need it

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


def record_batch_of_block(block: Any, store: Store, arrivals: Places, seen: Seen, schema: Any) -> Any:
    """A block of a store that holds Arrow's columns, with its keys, as a batch."""
    import pyarrow as pa  # noqa: PLC0415 - only for formats that need it

    table, there = store.table, set(block.column_names)
    nulls = [None] * block.num_rows

    def listed(name: str) -> list[Any]:
        return block.column(name).to_pylist() if name in there else nulls

    message_keys = listed("message_key") if "message_key" in table.names else None
    known = store.resolved(message_keys, listed(table.key), arrivals, seen)
    arrays = []
    for field in schema:
        if field.name in known:
            arrays.append(pa.array(known[field.name], field.type))
        elif field.name in there:
            column = block.column(field.name).combine_chunks()
            arrays.append(column if column.type == field.type else column.cast(field.type))
        else:
            arrays.append(pa.nulls(block.num_rows, field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
