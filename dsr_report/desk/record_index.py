"""Random access to the records of one export: an index on disk in a private temporary folder."""

from __future__ import annotations

import pickle
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from dsr_report.jsonstream.items import JsonValue, Scalar
from dsr_report.records.members import values_of
from dsr_report.records.raw_record import RawRecord
from dsr_report.redact.free_texts import title_and_date
from dsr_report.temporary import TemporaryFolder


class KeptRecord(NamedTuple):
    """One record of the export, with its number."""

    number: int
    pointer: str
    kind: str
    title: str
    date: str
    value: JsonValue

    def values(self) -> Iterator[tuple[str, Scalar]]:
        """Yield the pointer and content of each of its values."""
        return values_of(self.value, self.pointer)


class RecordIndex:
    """Index of records by number, and by pointer of a value in them.

    It holds none of the export in memory. Its file is private, and is removed when the index is closed.
    """

    def __init__(self) -> None:
        self._folder = TemporaryFolder()
        self._lock = threading.Lock()
        path = Path(self._folder.name) / "records.sqlite3"
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        path.chmod(0o600)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute(
            "CREATE TABLE record "
            "(number INTEGER PRIMARY KEY, pointer TEXT, kind TEXT, title TEXT, date TEXT, value BLOB)"
        )
        self._database.execute("CREATE INDEX place ON record (pointer)")
        self.count = 0

    def fill(self, found: Iterable[RawRecord]) -> Iterator[RawRecord]:
        """Yield the records unchanged, and store each."""
        self._database.execute("BEGIN")
        for record in found:
            self.count += 1
            title, date = title_and_date(record)
            self._database.execute(
                "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)",
                (
                    self.count,
                    storable(record.pointer),
                    record.kind,
                    storable(title),
                    storable(date),
                    pickle.dumps(record.value, protocol=5),
                ),
            )
            yield record
        self._database.execute("COMMIT")

    def record(self, number: int) -> KeptRecord | None:
        """The record with a number; None without one."""
        with self._lock:
            row = self._database.execute("SELECT * FROM record WHERE number = ?", (number,)).fetchone()
        return None if row is None else _entry_of(row)

    def at(self, pointer: str) -> KeptRecord | None:
        """The record that contains the value at a pointer; None without one."""
        path = storable(pointer)
        while True:
            with self._lock:
                rows = self._database.execute(
                    "SELECT * FROM record WHERE pointer = ? ORDER BY number", (path,)
                ).fetchall()
            kept = [_entry_of(row) for row in rows]
            for one in kept:
                if one.pointer == pointer or any(place == pointer for place, _ in one.values()):
                    return one
            if not path:
                return None
            path = path.rpartition("/")[0]

    def close(self) -> None:
        """Remove the index."""
        with self._lock:
            self._database.close()
        self._folder.cleanup()


def _entry_of(row: tuple[int, str, str, str, str, bytes]) -> KeptRecord:
    number, pointer, kind, title, date, value = row
    return KeptRecord(
        number,
        _as_it_was(pointer),
        kind,
        _as_it_was(title),
        _as_it_was(date),
        pickle.loads(value),  # noqa: S301 - our own file
    )


def storable(text: str) -> str:
    """Encode a text reversibly for SQLite, which refuses lone surrogates."""
    return text.encode("utf-8", "surrogatepass").decode("latin-1") if not text.isascii() else text


def _as_it_was(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", "surrogatepass") if not text.isascii() else text
