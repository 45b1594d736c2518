"""Private temporary folders; those of killed processes are removed."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from dsr_report.locks import CAN_LOCK, lock

_PREFIX = "dsr-report-"
_LOCK = ".in-use"
_SURELY_LOCKED_SECONDS = 60.0
"""Minimum age of a folder that is cleared: a younger one may not be locked yet."""
_cleared_by = 0  # id of the process that removed leftovers


class TemporaryFolder(tempfile.TemporaryDirectory[str]):
    """A private folder (0700) that is removed at the end of its block, or when it is cleaned up.

    If its process is killed, the next one that makes such a folder removes it.
    """

    def __init__(self) -> None:
        global _cleared_by  # noqa: PLW0603 - once a process, also in a fork
        if _cleared_by != os.getpid():
            _cleared_by = os.getpid()
            clear_temporary(Path(tempfile.gettempdir()))
        super().__init__(prefix=_PREFIX)
        self._lock: BinaryIO | None = None
        if CAN_LOCK:
            self._lock = (Path(self.name) / _LOCK).open("xb")
            lock(self._lock)

    def cleanup(self) -> None:
        """Remove it."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        super().cleanup()

    def __exit__(self, *_: object) -> None:
        self.cleanup()


def is_temporary(folder: Path) -> bool:
    """Whether a folder is a `TemporaryFolder`, whose files need not be durable."""
    return folder.name.startswith(_PREFIX) and (folder / _LOCK).exists()


def clear_temporary(place: Path) -> int:
    """Remove the folders of killed processes in `place`, and return their number; those in use stay."""
    count = 0
    for mark in place.glob(f"{_PREFIX}*/{_LOCK}"):
        with suppress(OSError):
            is_settled = time.time() - mark.stat().st_mtime > _SURELY_LOCKED_SECONDS
            if not CAN_LOCK or not is_settled or mark.parent.stat().st_uid != os.getuid():
                continue
            with mark.open("r+b") as file:
                if lock(file):
                    shutil.rmtree(mark.parent)
                    count += 1
    return count
