"""The request ids that Copernica gave: on the disk before the register hears of them, as it may be away.

A line a data request, of a fixed length: written before the POST, so that there is room for the id even when
the disk is full afterwards; filled in, and flushed, as soon as the id is known. The next run that can use the
register hands on what was left. The log lies beside a SQLite register, and in the user's data folder for one
on a server; it holds no personal data.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from dsr_report.errors import RegisterError
from dsr_report.files import private_folder

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_log = logging.getLogger(__name__)
_LINE = 512
"""Bytes of a line: a request id has 200 at most, and an API's address is far below the rest."""


class Made(NamedTuple):
    """A data request that was made, and of which the register may not know the id."""

    number: int
    intended_at: datetime
    request_id: str


class Slot:
    """Room for the id of one data request.

    Raises:
        RegisterError: there is none, and nothing should be asked for: its id could be lost.
    """

    def __init__(self, path: Path | None, number: int, intended_at: datetime) -> None:
        self._made = Made(number, intended_at, "")
        self._handle: int | None = None
        self._offset: int | None = None
        if path is None:
            return
        try:
            private_folder(path.parent)
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            _locked(self._handle, alone=False)
            self._append(path, self._made)
        except OSError as error:
            self.close()
            raise RegisterError(
                f"the log of data requests cannot be written ({error.strerror or type(error).__name__})",
                where=str(path),
                hint="Nothing was asked for. Free some space, or see to your rights to it; then try again.",
            ) from error

    def fill(self, request_id: str) -> bool:
        """Write the id down; whether it is on the disk now."""
        if self._handle is None or self._offset is None:
            return False
        try:
            line = _line(self._made._replace(request_id=request_id))
            is_whole = os.pwrite(self._handle, line, self._offset) == len(line)
            os.fsync(self._handle)
        except OSError as error:
            _log.warning("the request id could not be logged (%s)", error.strerror)
            return False
        return is_whole

    def close(self) -> None:
        """Let others empty the log."""
        if self._handle is not None:
            os.close(self._handle)

    def _append(self, path: Path, made: Made) -> None:
        """Add a line at the end, whoever else does so now, and learn where it begins."""
        line = _line(made)
        end = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            if os.write(end, line) == len(line):
                self._offset = os.lseek(end, 0, os.SEEK_CUR) - len(line)
            os.fsync(end)
        finally:
            os.close(end)


class RequestLog:
    """The log of one register; without a path, as for a register in memory, nothing is written."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    @contextmanager
    def slot(self, number: int, intended_at: datetime) -> Iterator[Slot]:
        """Room for the id of a data request that is about to be made, until the block ends."""
        slot = Slot(self.path, number, intended_at)
        try:
            yield slot
        finally:
            slot.close()

    def hand_on(self, attach: Callable[[Made], object]) -> list[Made]:
        """Tell the register what was left, and empty the log once it knows all of it; gives what was told.

        A line that the register refuses (it has another id for that data request, say) is kept.
        """
        if self.path is None or not self.path.is_file() or not self.path.stat().st_size:
            return []
        handle = os.open(self.path, os.O_RDWR)
        told: list[Made] = []
        try:
            is_alone = _locked(handle, alone=True)  # or somebody is between a POST and its id
            is_done = True
            for made in _made(self.path.read_bytes()):
                try:
                    attach(made)
                except RegisterError as error:
                    _log.warning("request id %s is kept in %s: %s", made.request_id, self.path, error.what)
                    is_done = False
                else:
                    told.append(made)
            if is_done and is_alone:
                os.ftruncate(handle, 0)
        finally:
            os.close(handle)
        return told


def _line(made: Made) -> bytes:
    fields = {
        "number": made.number,
        "intended_at": made.intended_at.isoformat(),
        "request_id": made.request_id,
    }
    return json.dumps(fields, ensure_ascii=True).encode("ascii").ljust(_LINE - 1) + b"\n"


def _made(content: bytes) -> Iterator[Made]:
    for line in content.split(b"\n"):
        try:
            entry = json.loads(line)
            made = Made(
                int(entry["number"]), datetime.fromisoformat(entry["intended_at"]), str(entry["request_id"])
            )
        except (ValueError, KeyError, TypeError):
            continue  # cut off by a crash
        if made.request_id:
            yield made


def _locked(handle: int, *, alone: bool) -> bool:
    """Keep others from emptying the log (or from writing to it), until the handle is closed."""
    if fcntl is None:
        return not alone
    try:
        fcntl.flock(handle, (fcntl.LOCK_EX | fcntl.LOCK_NB) if alone else fcntl.LOCK_SH)
    except OSError:
        return False
    return True
