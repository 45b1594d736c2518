"""CSV by RFC 4180: UTF-8, CRLF, a header. Null is an empty cell, an empty text is `""`: nothing is lost.

Values are exact. A cell that begins like a formula (`=`, `+`, `-`, `@`) is written as it is, since a changed
value would be a wrong answer; who opens such a file in a spreadsheet should import its columns as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from dsr_report.files import written_whole
from dsr_report.tables.blocks import Columns
from dsr_report.tables.cells import instant
from dsr_report.tables.table import LOCAL, MOMENT
from dsr_report.tables.writers import WritableTables, WrittenTable, count_rows

_TO_QUOTE = re.compile(r'[",\r\n]')


def write(tables: WritableTables, folder: Path) -> Iterator[WrittenTable]:
    """Write `TABLE.csv` for every table, also for empty ones."""
    for table in tables.tables():
        path, count = folder / f"{table.name}.csv", [0]
        with written_whole(path) as file:
            file.write((",".join(table.names) + "\r\n").encode())
            dtypes = {column.name: column.dtype for column in table.columns}
            for batch in count_rows(tables.batches(table.name), count):
                file.write("".join(_lines(batch, dtypes)).encode("utf-8", "backslashreplace"))
        yield WrittenTable(path, table.name, count[0])


def _lines(batch: Columns, dtypes: dict[str, Any]) -> Iterable[str]:
    columns = [_texts(cells, dtypes[name]) for name, cells in batch.items()]
    for row in zip(*columns, strict=True):
        yield ",".join(row) + "\r\n"


def _texts(cells: list[Any], dtype: str) -> list[str]:
    if dtype in {MOMENT, LOCAL}:
        return ["" if cell is None else moment_text(cell, dtype) for cell in cells]
    if dtype == "boolean":
        return ["" if cell is None else "true" if cell else "false" for cell in cells]
    if dtype == "int64":
        return ["" if cell is None else str(cell) for cell in cells]
    return ["" if cell is None else _quote(cell) for cell in cells]


def _quote(text: str) -> str:
    if not text or _TO_QUOTE.search(text) or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text


def moment_text(us: int, dtype: str) -> str:
    """A moment as text: ISO 8601, in UTC with its offset, local time without one."""
    at = instant(us)
    return (at if dtype == MOMENT else at.replace(tzinfo=None)).isoformat()
