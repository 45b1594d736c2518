"""Columns → pandas DataFrames with the declared types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

import numpy as np
import pandas as pd

from dsr_report.tables.blocks import NO_MOMENT, Columns
from dsr_report.tables.table import LOCAL, MOMENT, Column, Table
from dsr_report.tables.text import encodable

_TYPES: dict[str, Any] = {"string": "string", "int64": "Int64", "boolean": "boolean"}


def frame(table: Table, batches: Iterable[Columns]) -> pd.DataFrame:
    """One table as a DataFrame; lone surrogates, which UTF-8 cannot encode, become escape sequences."""
    pieces: dict[str, list[pd.Series[Any]]] = {name: [] for name in table.names}
    for batch in batches:
        for column in table.columns:
            pieces[column.name].append(series(batch[column.name], column))
    return pd.DataFrame({column.name: _join(pieces.pop(column.name), column) for column in table.columns})


def _join(pieces: list[pd.Series[Any]], column: Column) -> pd.Series[Any]:
    if not pieces:
        return series([], column)
    return pieces[0] if len(pieces) == 1 else pd.concat(pieces, ignore_index=True)


def series(cells: list[Any], column: Column) -> pd.Series[Any]:
    """One column with its declared type."""
    if column.dtype in {MOMENT, LOCAL}:
        numbers = np.array([NO_MOMENT if c is None else c for c in cells], np.int64)
        moments = pd.DatetimeIndex(numbers.view("datetime64[us]"))
        return pd.Series(moments.tz_localize("UTC") if column.dtype == MOMENT else moments)
    if column.dtype == "category":
        return pd.Series(pd.Categorical(cells, categories=list(column.categories)))
    if column.dtype == "string":
        cells = encodable(cells)
    return cast("pd.Series[Any]", pd.Series(cells, dtype=_TYPES[column.dtype]))
