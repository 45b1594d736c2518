"""Databases of tables: a file that is whole or not there, and private to its owner."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dsr_report.errors import FileError
from dsr_report.tables.table import Table


@contextmanager
def whole_database(target: Path) -> Iterator[Path]:
    """Yield a path in a private folder; its file replaces `target` if the block succeeds.

    Raises:
        FileError: the folder cannot be written to.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:  # mode 0700
            path = Path(folder) / target.name
            yield path
            path.chmod(0o600)
            path.replace(target)
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(
            f"could not be written ({error.strerror or type(error).__name__})",
            where=str(target),
            hint="Nothing was left behind; choose another folder with -o.",
        ) from error


def creation(table: Table, types: Mapping[str, str]) -> str:
    """The statement that creates a table; `types` maps types of columns to those of the database."""
    columns = [f'"{column.name}" {types[column.dtype]}' for column in table.columns]
    key = ", ".join(f'"{name}"' for name in table.primary_key)
    return f'CREATE TABLE "{table.name}" ({", ".join(columns)}, PRIMARY KEY ({key}))'
