"""Tables as Arrow's record batches."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from dsr_report.tables.blocks import Columns, Places
from dsr_report.tables.store import Seen, Store
from dsr_report.tables.table import LOCAL, MOMENT, Column, Table
from dsr_report.tables.text import encodable


def arrow_schema(table: Table) -> Any:
    """A table's columns as Arrow types, with their descriptions."""
    import pyarrow as pa  # type: ignore[import-untyped] # noqa: PLC0415 - only for formats that need it

    types = {
        "string": pa.string(),
        "category": pa.dictionary(pa.int8(), pa.string()),
        "int64": pa.int64(),
        "boolean": pa.bool_(),
        MOMENT: pa.timestamp("us", "UTC"),
        LOCAL: pa.timestamp("us"),
    }
    return pa.schema(
        [
            pa.field(column.name, types[column.dtype], metadata={"description": column.description})
            for column in table.columns
        ],
        metadata={"description": table.description},
    )


def record_batch(batch: Columns, table: Table, schema: Any) -> Any:
    """Convert a batch of columns to an Arrow record batch."""
    import pyarrow as pa  # noqa: PLC0415 - only for formats that need it

    arrays = []
    for field, column in zip(schema, table.columns, strict=True):
        cells = batch[field.name]
        if cells.count(None) == len(cells):
            arrays.append(_nulls(field.type, len(cells)))
        elif column.categories:
            arrays.append(_category(pa.array(cells, pa.string()), column))
        else:
            arrays.append(_array(cells, field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def record_batch_of_block(block: Any, store: Store, arrivals: Places, seen: Seen, schema: Any) -> Any:
    """Convert a block of Arrow columns, with its derived columns, to a record batch."""
    import pyarrow as pa  # noqa: PLC0415 - only for formats that need it

    there = set(block.column_names)
    made = store.resolve(store.blocks.rows(block), arrivals, seen)
    arrays = []
    for field, declared in zip(schema, store.table.columns, strict=True):
        if field.name in made:
            column = made[field.name]
            column = _array(column, field.type) if isinstance(column, list) else column
        elif field.name in there:
            column = block.column(field.name).combine_chunks()
        else:
            column = _nulls(field.type, block.num_rows)
        if column.type != field.type:
            column = _category(column, declared) if declared.categories else column.cast(field.type)
        arrays.append(column)
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _array(cells: list[Any], kind: Any) -> Any:
    """Cells as an Arrow array; lone surrogates, which UTF-8 cannot encode, become escape sequences."""
    import pyarrow as pa  # noqa: PLC0415

    try:
        return pa.array(cells, kind)
    except UnicodeEncodeError:
        return pa.array(encodable(cells), kind)


@lru_cache(maxsize=64)
def _nulls(kind: Any, count: int) -> Any:
    """A column of nulls; columns of one length share their memory."""
    import pyarrow as pa  # noqa: PLC0415

    return pa.nulls(count, kind)


def _category(texts: Any, column: Column) -> Any:
    """Encode texts as indices into the categories of a column."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # type: ignore[import-untyped] # noqa: PLC0415

    categories = pa.array(column.categories, pa.string())
    return pa.DictionaryArray.from_arrays(pc.index_in(texts, categories).cast(pa.int8()), categories)
