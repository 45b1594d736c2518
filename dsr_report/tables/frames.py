"""Columns → pandas DataFrames with the declared types."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from dsr_report.tables.blocks import Columns
from dsr_report.tables.schema import MOMENT, Table
from dsr_report.tables.text import encodable

_TYPES = {"string": "string", "int64": "Int64", "boolean": "boolean"}


def frame(table: Table, batches: Iterable[Columns]) -> pd.DataFrame:
    """One table as a DataFrame; texts that UTF-8 cannot hold have their lone surrogates as escapes."""
    cells: Columns = {name: [] for name in table.names}
    for batch in batches:
        for name in table.names:
            cells[name].extend(batch[name])
    return pd.DataFrame({column.name: series(cells[column.name], column.dtype) for column in table.columns})


def series(cells: list[Any], dtype: str) -> pd.Series[Any]:
    """One column with its declared type."""
    if dtype == MOMENT:
        numbers = np.array([np.iinfo(np.int64).min if c is None else c for c in cells], np.int64)
        return pd.Series(numbers.view("datetime64[us]")).dt.tz_localize("UTC")
    if dtype == "string":
        cells = encodable(cells)
    return pd.Series(cells, dtype=_TYPES[dtype])
