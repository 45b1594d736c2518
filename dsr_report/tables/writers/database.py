"""A database file that is whole or not there, and private to its owner."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dsr_report.errors import FileError


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
