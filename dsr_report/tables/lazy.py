"""The tables of an export, each built on first access."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from dsr_report.errors import needs_extra, unknown_name
from dsr_report.show import display
from dsr_report.tables.blocks import Columns
from dsr_report.tables.schema import tables_by_name
from dsr_report.tables.table import Table

if TYPE_CHECKING:
    import pandas as pd

_APART = frozenset({
    "messages", "message_headers", "message_parts", "links", "events", "documents", "files", "log_rows",
    "custom", "unrecognised",
})  # fmt: skip
"""Tables that may be large: each is built alone. The others are small, and built in one pass together."""


class MadeTables(Protocol):
    """Tables that were built in one pass."""

    def __getitem__(self, name: str, /) -> Any: ...

    def count(self, name: str) -> int:
        """Number of rows added to a table."""
        ...

    def batches(self, name: str) -> Iterator[Columns]:
        """A table's columns."""
        ...

    def arrow_batches(self, name: str, schema: Any) -> Iterator[Any]:
        """A table's rows as Arrow's record batches."""
        ...

    def close(self) -> None:
        """Remove temporary files."""
        ...


class Tables(Mapping[str, "pd.DataFrame"]):
    """Normalized tables by name, as pandas DataFrames.

    Each is built on first access, and reads no more than it needs: `events` reads no message.
    `load` builds several in one pass over the export; `arrow` and `scan` give a table to DuckDB, Polars and
    whatever else takes Arrow.
    """

    def __init__(
        self, make: Callable[[Collection[str], bool], MadeTables], *, combined: bool = False
    ) -> None:
        """`make(names, arrow)` builds the named tables in one pass, in Arrow columns if `arrow` is True."""
        self._make = make
        self._combined = combined
        self._made: dict[str, MadeTables] = {}

    def load(self, *names: str) -> Tables:
        """Build several tables (all, where none is named) in one pass over the export.

        Raises:
            UnknownNameError: there is no such table.
        """
        wanted = {check_table(name) for name in names} or set(tables_by_name())
        missing = wanted - self._made.keys()
        if missing - _APART - {"subject"}:
            missing |= tables_by_name().keys() - _APART - self._made.keys()
        if missing:
            made = self._make(missing, importlib.util.find_spec("pyarrow") is not None)
            self._made |= dict.fromkeys(missing, made)
        return self

    def __getitem__(self, name: str) -> pd.DataFrame:
        frame: pd.DataFrame = self._of(name)[name]
        return frame

    def __iter__(self) -> Iterator[str]:
        return iter(tables_by_name())

    def __len__(self) -> int:
        return len(tables_by_name())

    def __contains__(self, name: object) -> bool:
        return name in tables_by_name()

    def values(self) -> Any:
        """Every table; they are built in one pass."""
        self.load()
        return super().values()

    def items(self) -> Any:
        """Every table with its name; they are built in one pass."""
        self.load()
        return super().items()

    def arrow(self, name: str, columns: Collection[str] | None = None) -> Any:
        """A table as a `pyarrow.Table`, or only some of its columns.

        Raises:
            UnknownNameError: there is no such table or column.
            MissingExtraError: pyarrow is not installed.
        """
        return self.scan(name, columns).read_all()

    def scan(self, name: str, columns: Collection[str] | None = None) -> Any:
        """A table as a `pyarrow.RecordBatchReader`: some thousand rows at a time, to be read once.

        Raises:
            UnknownNameError: there is no such table or column.
            MissingExtraError: pyarrow is not installed.
        """
        with needs_extra("Arrow needs pyarrow", "parquet"):
            import pyarrow as pa  # type: ignore[import-untyped] # noqa: PLC0415 - only where it is asked for
        from dsr_report.tables.arrow import arrow_schema  # noqa: PLC0415 - pyarrow

        declared = tables_by_name()[check_table(name)]
        schema = arrow_schema(declared)
        batches = self.arrow_batches(name, schema)
        if columns is None:
            return pa.RecordBatchReader.from_batches(schema, batches)
        picked = [_check_column(declared, column) for column in columns]
        part = pa.schema([schema.field(column) for column in picked])
        return pa.RecordBatchReader.from_batches(part, (batch.select(picked) for batch in batches))

    def batches(self, name: str) -> Iterator[Columns]:
        """A table's columns as lists, some thousand rows at a time."""
        return self._of(name).batches(name)

    def arrow_batches(self, name: str, schema: Any) -> Iterator[Any]:
        """A table's rows as Arrow's record batches of this schema."""
        return self._of(name).arrow_batches(name, schema)

    def tables(self) -> tuple[Table, ...]:
        """The tables' declarations."""
        return tuple(
            replace(table, is_combined=True) if self._combined else table
            for table in tables_by_name().values()
        )

    def columns(self, name: str) -> dict[str, str]:
        """The descriptions of a table's columns, by column name."""
        return {column.name: column.description for column in tables_by_name()[check_table(name)].columns}

    def close(self) -> None:
        """Remove temporary files; DataFrames that were made stay valid."""
        for made in self._made.values():
            made.close()
        self._made = {}

    def _of(self, name: str) -> MadeTables:
        self.load(name)
        return self._made[name]

    def __repr__(self) -> str:
        counts = ", ".join(f"{name} {self._made[name].count(name):,}" for name in self if name in self._made)
        return f"<Tables: {counts or 'none made yet'}; {len(self)} in all>"

    def _repr_html_(self) -> str:
        rows = [
            (
                table.name,
                self._made[table.name].count(table.name) if table.name in self._made else None,
                table.description,
            )
            for table in tables_by_name().values()
        ]
        return display("", ("table", "rows", "what it is"), rows)


def check_table(name: str) -> str:
    """Check the name of a table, and return it.

    Raises:
        UnknownNameError: there is no such table; the nearest is named.
    """
    if name in tables_by_name():
        return name
    raise unknown_name("table", name, tables_by_name())


def _check_column(table: Table, name: str) -> str:
    if name in table.names:
        return name
    raise unknown_name(f"column in {table.name}", name, table.names)
