"""Database of anchors in the preview by pointer of the record; on disk, because there may be millions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from dsr_report.desk.record_index import storable
from dsr_report.errors import FileError
from dsr_report.files import written_whole


def write_places(target: Path, places: Iterable[tuple[str, str]]) -> None:
    """Store the anchor of each pointer, replacing those of the previous preview.

    Raises:
        FileError: the file cannot be written.
    """
    with written_whole(target) as file:
        try:
            with closing(sqlite3.connect(file.name, isolation_level=None)) as database:
                database.execute("PRAGMA journal_mode = OFF")
                database.execute("PRAGMA synchronous = OFF")  # `written_whole` flushes the finished file
                database.execute("CREATE TABLE place (pointer TEXT PRIMARY KEY, anchor TEXT) WITHOUT ROWID")
                database.execute("BEGIN")
                rows = ((storable(pointer), anchor) for pointer, anchor in places)
                database.executemany("INSERT OR REPLACE INTO place VALUES (?, ?)", rows)
                database.execute("COMMIT")
        except sqlite3.Error as error:
            raise FileError(
                "the places of the preview cannot be kept",
                where=str(target),
                hint="Free some space, then try again.",
            ) from error


def anchor_of(source: Path, pointer: str) -> str:
    """The anchor of a record in the preview; empty if unknown."""
    if not source.is_file():
        return ""
    try:
        with closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True)) as database:
            query = "SELECT anchor FROM place WHERE pointer = ?"
            found = database.execute(query, (storable(pointer),)).fetchone()
    except sqlite3.Error:  # a damaged file costs the jump to the record, not the preview
        return ""
    return str(found[0]) if found else ""
