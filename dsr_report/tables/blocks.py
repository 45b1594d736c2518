"""Storage formats of spooled rows: Python lists, or Arrow columns."""

from __future__ import annotations

import marshal
from collections.abc import Callable
from operator import itemgetter
from typing import Any, Protocol

import numpy as np

from dsr_report.tables.table import Table
from dsr_report.tables.text import encodable

Columns = dict[str, list[Any]]
"""Column → cells: text, int (also microseconds since 1970 for moments), bool or None."""
Places = np.ndarray[Any, Any]


NO_MOMENT = np.iinfo(np.int64).min
"""Null among moments in an array of integers."""


class BlockRows(Protocol):
    """Rows of a block as input of derived columns, which have the block's type: a list or an Arrow array."""

    count: int

    def cells(self, name: str) -> list[Any]:
        """A column as a list."""
        ...

    def map_texts(self, name: str, function: Callable[[str], Any], dtype: str) -> Any:
        """Map the texts of a column; the function is called once per distinct text, and not for null."""
        ...

    def constant(self, cell: str | None) -> Any:
        """A column with the same cell in all rows."""
        ...

    def moments(self, name: str) -> Places:
        """A column of moments as integers, with `NO_MOMENT` for null."""
        ...

    def column(self, cells: list[Any], dtype: str) -> Any:
        """Convert cells to a column."""
        ...

    def local(self, numbers: Places) -> Any:
        """Convert integers as `moments` returns them to a column of local time."""
        ...


class Blocks(Protocol):
    """A columnar storage format; a column that a block lacks is null in all its rows."""

    def pack(self, columns: Columns, count: int) -> bytes:
        """Encode columns of `count` rows as bytes."""
        ...

    def unpack(self, data: bytes) -> Any:
        """Decode the bytes of `pack` or `repack` to a block."""
        ...

    def repack(self, block: Any) -> bytes:
        """Encode a block as bytes."""
        ...

    def join(self, blocks: list[Any]) -> Any:
        """Concatenate blocks."""
        ...

    def take(self, block: Any, places: Places) -> Any:
        """The rows at these indices, in this order."""
        ...

    def part(self, block: Any, start: int, stop: int) -> Any:
        """The rows from `start` up to `stop`."""
        ...

    def columns(self, block: Any) -> tuple[Columns, int]:
        """A block's columns as lists, and its number of rows."""
        ...

    def rows(self, block: Any) -> BlockRows:
        """A block's rows as input of derived columns."""
        ...


class ListRows:
    """Rows in lists."""

    def __init__(self, columns: Columns, count: int) -> None:
        self._columns = columns
        self.count = count

    def cells(self, name: str) -> list[Any]:
        return self._columns.get(name) or [None] * self.count

    def map_texts(self, name: str, function: Callable[[str], Any], dtype: str) -> list[Any]:  # noqa: ARG002 - of Arrow
        cells = self._columns.get(name)
        if cells is None:
            return [None] * self.count
        known = {cell: None if cell is None else function(cell) for cell in set(cells)}
        return [known[cell] for cell in cells]

    def constant(self, cell: str | None) -> list[Any]:
        return [cell] * self.count

    def moments(self, name: str) -> Places:
        return np.array([NO_MOMENT if cell is None else cell for cell in self.cells(name)], np.int64)

    def column(self, cells: list[Any], dtype: str) -> list[Any]:  # noqa: ARG002 - of Arrow
        return cells

    def local(self, numbers: Places) -> list[Any]:
        return [None if number == NO_MOMENT else number for number in numbers.tolist()]


class Lists:
    """Blocks of Python lists; needs no optional library."""

    def pack(self, columns: Columns, count: int) -> bytes:
        try:
            return marshal.dumps((columns, count))
        except ValueError:  # a subclass of `str`: a number as written
            plain = {
                name: [str(c) if isinstance(c, str) else c for c in cells] for name, cells in columns.items()
            }
            return marshal.dumps((plain, count))

    def unpack(self, data: bytes) -> Any:
        return marshal.loads(data)  # noqa: S302 - from our own nameless file

    def repack(self, block: Any) -> bytes:
        return marshal.dumps(block)

    def join(self, blocks: list[Any]) -> Any:
        if len(blocks) == 1:
            return blocks[0]
        result: Columns = {}
        total = 0
        for columns, count in blocks:
            for name, cells in columns.items():
                if name not in result:
                    result[name] = [None] * total
                result[name].extend(cells)
            total += count
            for cells in result.values():
                if len(cells) < total:
                    cells.extend([None] * (total - len(cells)))
        return result, total

    def take(self, block: Any, places: Places) -> Any:
        pick = _picker(places.tolist())
        columns, _ = block
        return {name: pick(cells) for name, cells in columns.items()}, len(places)

    def part(self, block: Any, start: int, stop: int) -> Any:
        columns, _ = block
        return {name: cells[start:stop] for name, cells in columns.items()}, stop - start

    def columns(self, block: Any) -> tuple[Columns, int]:
        columns, count = block
        return columns, count

    def rows(self, block: Any) -> BlockRows:
        return ListRows(*block)


def _picker(places: list[int]) -> Callable[[list[Any]], list[Any]]:
    """A function that selects the cells at these indices."""
    if len(places) < 2:
        return lambda cells: [cells[place] for place in places]
    getter = itemgetter(*places)
    return lambda cells: list(getter(cells))


class ArrowBlocks:
    """Blocks of Arrow tables: several times as fast, and the input of Parquet and DuckDB."""

    def __init__(self, table: Table) -> None:
        import pyarrow as pa  # type: ignore[import-untyped] # noqa: PLC0415 - only where it is wanted

        self._pa = pa
        types = {"string": pa.string(), "category": pa.string(), "boolean": pa.bool_()}
        self._types = {column.name: types.get(column.dtype, pa.int64()) for column in table.columns}
        self._types["#"] = pa.int8()

    def pack(self, columns: Columns, count: int) -> bytes:
        pa = self._pa
        arrays: dict[str, Any] = {}
        for name, cells in columns.items():
            if cells.count(None) == count:
                continue
            try:
                arrays[name] = pa.array(cells, self._types[name])
            except UnicodeEncodeError:
                arrays[name] = pa.array(encodable(cells), self._types[name])
        if not arrays:  # keeps the number of rows
            arrays["#"] = pa.nulls(count, pa.int8())
        return self.repack(pa.table(arrays))

    def unpack(self, data: bytes) -> Any:
        with self._pa.ipc.open_stream(data) as reader:
            return reader.read_all()

    def repack(self, block: Any) -> bytes:
        sink = self._pa.BufferOutputStream()
        with self._pa.ipc.new_stream(sink, block.schema) as writer:
            writer.write_table(block)
        return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]

    def join(self, blocks: list[Any]) -> Any:
        self._pa.default_memory_pool().release_unused()  # what the last chunk took
        return blocks[0] if len(blocks) == 1 else self._pa.concat_tables(blocks, promote_options="default")

    def take(self, block: Any, places: Places) -> Any:
        return block.combine_chunks().take(self._pa.array(places))

    def part(self, block: Any, start: int, stop: int) -> Any:
        return block.slice(start, stop - start)

    def columns(self, block: Any) -> tuple[Columns, int]:
        names = [name for name in block.column_names if name != "#"]
        return {name: block.column(name).to_pylist() for name in names}, block.num_rows

    def rows(self, block: Any) -> BlockRows:
        return _ArrowRows(block)


class _ArrowRows:
    def __init__(self, block: Any) -> None:
        import pyarrow as pa  # noqa: PLC0415 - only where it is wanted

        self._pa = pa
        self._types = {"int64": pa.int64(), "boolean": pa.bool_()}
        self._names = set(block.column_names)
        self._block = block
        self.count: int = block.num_rows

    def cells(self, name: str) -> list[Any]:
        return self._block.column(name).to_pylist() if name in self._names else [None] * self.count

    def map_texts(self, name: str, function: Callable[[str], Any], dtype: str) -> Any:
        if name not in self._names:
            return self.column([None] * self.count, dtype)
        coded = self._block.column(name).combine_chunks().dictionary_encode()
        made = [None if text is None else function(text) for text in coded.dictionary.to_pylist()]
        return self.column(made, dtype).take(coded.indices)

    def constant(self, cell: str | None) -> Any:
        return self._pa.repeat(self._pa.scalar(encodable([cell])[0], self._pa.string()), self.count)

    def moments(self, name: str) -> Places:
        if name not in self._names:
            return np.full(self.count, NO_MOMENT)
        numbers: Places = self._block.column(name).combine_chunks().fill_null(NO_MOMENT).to_numpy()
        return numbers

    def column(self, cells: list[Any], dtype: str) -> Any:
        try:
            return self._pa.array(cells, self._types.get(dtype, self._pa.string()))
        except UnicodeEncodeError:  # a lone surrogate
            return self._pa.array(encodable(cells))

    def local(self, numbers: Places) -> Any:
        return self._pa.array(numbers, self._pa.int64(), mask=numbers == NO_MOMENT)
