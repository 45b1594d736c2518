"""Excel: one workbook, a sheet a table. Nothing is evaluated, linked or shortened.

Content beyond Excel's limits is kept: rows beyond 1,048,576 go on in a sheet `TABLE 2`, texts beyond
32,767 characters go on in the sheet `continued`. Moments are given in UTC, without a zone, as Excel knows
none; those before March 1900 are texts, and so are numbers of more than 15 digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dsr_report.errors import needs_extra
from dsr_report.files import written_whole
from dsr_report.tables.cells import instant
from dsr_report.tables.table import LOCAL, MOMENT, Table
from dsr_report.tables.text import encodable
from dsr_report.tables.writers import WritableTables, WrittenTable
from dsr_report.tables.writers.csv_files import moment_text

FILE_NAME = "tables.xlsx"
_MOST_ROWS = 1_048_576
"""Excel's maximum rows of a sheet; further rows go into a second sheet."""
_LONGEST = 32_767
"""Excel's maximum characters of a cell, in units of UTF-16; the rest goes into the sheet `continued`."""
_LARGEST = 10**15
"""Excel's numbers have 15 digits."""
_FIRST_DATE = datetime(1900, 3, 1, tzinfo=UTC)
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "use_zip64": True,
}
# A workbook names its time of creation; the same export must give the same bytes.
_CREATED = datetime(1980, 1, 1)  # noqa: DTZ001 - Excel knows no zones


def write(tables: WritableTables, folder: Path) -> Iterator[WrittenTable]:
    """Write `tables.xlsx` with a sheet for every table, also for empty ones."""
    with needs_extra("xlsx needs xlsxwriter", "xlsx"):
        import xlsxwriter  # type: ignore[import-untyped] # noqa: PLC0415 - only for this format
    target = folder / FILE_NAME
    written: list[WrittenTable] = []
    with written_whole(target) as file:
        book = xlsxwriter.Workbook(file, _OPTIONS)
        book.set_properties({"created": _CREATED})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        bold = book.add_format({"bold": True})
        long: list[tuple[str, str, str, int, str]] = []
        written.extend(
            WrittenTable(target, table.name, _sheets(book, tables, table, (moment, bold), long))
            for table in tables.tables()
        )
        sheet = book.add_worksheet("continued")
        for place, name in enumerate(("table", "key", "column", "piece", "text")):
            sheet.write_string(0, place, name, bold)
        for row, (name, key, column, piece, text) in enumerate(long, 1):
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, key)
            sheet.write_string(row, 2, column)
            sheet.write_number(row, 3, piece)
            sheet.write_string(row, 4, text)
        book.close()
    yield from written


def _sheets(
    book: Any, tables: WritableTables, table: Table, formats: tuple[Any, Any], long: list[Any]
) -> int:
    moment, bold = formats
    total = number = row = 0
    sheet: Any = None
    for batch in tables.batches(table.name):
        for cells in zip(*(encodable_column(batch[c.name], c.dtype) for c in table.columns), strict=True):
            if sheet is None or row >= _MOST_ROWS:
                number += 1
                sheet = _sheet(book, table, number, bold)
                row = 1
            _write_row((sheet, row), cells, table, moment, long)
            row += 1
            total += 1
    if sheet is None:
        _sheet(book, table, 1, bold)
    return total


def _sheet(book: Any, table: Table, number: int, bold: Any) -> Any:
    sheet = book.add_worksheet(table.name if number == 1 else f"{table.name} {number}")
    for place, name in enumerate(table.names):
        sheet.write_string(0, place, name, bold)
    sheet.freeze_panes(1, 0)
    return sheet


def encodable_column(cells: list[Any], dtype: str) -> list[Any]:
    """A column of texts that UTF-8 can hold; others as they are."""
    return encodable(cells) if dtype == "string" else cells


def _write_row(
    at: tuple[Any, int], cells: tuple[Any, ...], table: Table, moment: Any, long: list[Any]
) -> None:
    sheet, row = at
    for place, (cell, column) in enumerate(zip(cells, table.columns, strict=True)):
        if cell is None:
            continue
        if column.dtype in {MOMENT, LOCAL}:
            when = instant(cell)
            if when >= _FIRST_DATE:
                sheet.write_datetime(row, place, when.replace(tzinfo=None), moment)
            else:
                sheet.write_string(row, place, moment_text(cell, column.dtype))
        elif column.dtype == "boolean":
            sheet.write_boolean(row, place, cell)
        elif column.dtype == "int64" and abs(cell) < _LARGEST:
            sheet.write_number(row, place, cell)
        else:
            first, *rest = _pieces(str(cell))
            sheet.write_string(row, place, first)
            for piece, text in enumerate(rest, 2):
                key = cells[table.names.index(table.key)] or ""
                long.append((table.name, key, column.name, piece, text))


def _pieces(text: str) -> list[str]:
    """A text in pieces that a cell can hold: a character beyond U+FFFF counts twice."""
    if len(text) * 2 <= _LONGEST:
        return [text]
    pieces: list[str] = []
    units = text.encode("utf-16-le")
    start = 0
    while start < len(units) or not pieces:
        end = min(start + 2 * _LONGEST, len(units))
        if end < len(units) and 0xD8 <= units[end - 1] <= 0xDB:  # between the halves of a character
            end -= 2
        pieces.append(units[start:end].decode("utf-16-le"))
        start = end
    return pieces
