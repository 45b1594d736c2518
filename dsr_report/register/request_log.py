"""The log of request ids: written to disk before the register is updated, which may be unreachable.

One line per data request, of a fixed length: written before the POST, so that there is room for the id even
when the disk is full afterwards; filled in, and flushed, as soon as the id is known. The next run that can
use the register passes the ids on. The log is beside a SQLite register, and in the user's data folder for one
on a server; it holds no personal data.

Where that line cannot be filled in (a limit on files, a disk that turned read-only), an empty file is left
whose name has the same content: beside the log, else in the folder for temporary files.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, unquote

from dsr_report.errors import RegisterError
from dsr_report.files import private_folder, sync_folder
from dsr_report.locks import lock
from dsr_report.sentences import Sentence, reason_of

_log = logging.getLogger(__name__)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LINE = 512
"""Bytes of a line: a request id has 200 at most, and number and moment are far below the rest."""


class MadeRequest(NamedTuple):
    """A data request that was made, and whose id the register may not know."""

    number: int
    intended_at: datetime
    request_id: str


class Slot:
    """Room for the id of one data request.

    Raises:
        RegisterError: there is none; no data request may be made then, as its id could be lost.
    """

    def __init__(self, path: Path | None, number: int, intended_at: datetime) -> None:
        self._made = MadeRequest(number, intended_at, "")
        self._path = path
        self._handle: int | None = None
        self._offset: int | None = None
        if path is None:
            return
        try:
            private_folder(path.parent)
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            lock(self._handle, shared=True)  # nobody empties the log now
            self._append(path, self._made)
        except OSError as error:
            self.close()
            raise RegisterError(
                Sentence(
                    "the log of data requests cannot be written ({reason})",
                    reason=reason_of(error),
                ),
                where=str(path),
                hint="Nothing was asked for. Free some space, or see to your rights to it; then try again.",
            ) from error

    def fill(self, request_id: str) -> bool:
        """Write the id where the next run looks for it; returns whether it is on disk."""
        if self._path is None:
            return False
        made = self._made._replace(request_id=request_id)
        return self._is_filled(_line(made)) or _is_left_as_a_name(self._path, made)

    def close(self) -> None:
        """Release the lock, so that others may empty the log."""
        if self._handle is not None:
            os.close(self._handle)

    def _is_filled(self, line: bytes) -> bool:
        if self._handle is None or self._offset is None:
            return False
        try:
            is_whole = os.pwrite(self._handle, line, self._offset) == len(line)
            os.fsync(self._handle)
        except OSError as error:
            _log.warning("the line of the request id could not be filled in (%s)", error.strerror)
            return False
        return is_whole

    def _append(self, path: Path, made: MadeRequest) -> None:
        """Append a line, also beside other writers, and keep its offset."""
        line = _line(made)
        end = os.open(path, os.O_WRONLY | os.O_APPEND)
        try:
            if os.write(end, line) == len(line):
                self._offset = os.lseek(end, 0, os.SEEK_CUR) - len(line)
            os.fsync(end)
        finally:
            os.close(end)


class RequestLog:
    """The log of one register; without a path (a register in memory), nothing is written."""

    def __init__(self, path: Path | None) -> None:
        self.path = path

    @contextmanager
    def slot(self, number: int, intended_at: datetime) -> Iterator[Slot]:
        """Reserve room for the id of a data request, for the time of the block."""
        slot = Slot(self.path, number, intended_at)
        try:
            yield slot
        finally:
            slot.close()

    def hand_on(self, attach: Callable[[MadeRequest], object]) -> list[MadeRequest]:
        """Pass logged ids to the register, and empty the log once it has them all; returns those it took.

        A line that the register refuses (it has another id for that data request, for example) is kept.
        """
        if self.path is None:
            return []
        return [*self._of_lines(attach, self.path), *self._of_names(attach, self.path)]

    @staticmethod
    def _of_lines(attach: Callable[[MadeRequest], object], path: Path) -> list[MadeRequest]:
        if not path.is_file() or not path.stat().st_size:
            return []
        handle = os.open(path, os.O_RDWR)
        told: list[MadeRequest] = []
        try:
            is_alone = lock(handle)  # or somebody is between a POST and its id
            is_done = True
            for made in _requests_in(path.read_bytes()):
                if _is_told(attach, made, path):
                    told.append(made)
                else:
                    is_done = False
            if is_done and is_alone:
                os.ftruncate(handle, 0)
        finally:
            os.close(handle)
        return told

    @staticmethod
    def _of_names(attach: Callable[[MadeRequest], object], path: Path) -> list[MadeRequest]:
        told: list[MadeRequest] = []
        for file, made in _left_as_names(path):
            if _is_told(attach, made, file):
                told.append(made)
                with suppress(OSError):
                    file.unlink()
        return told


def _is_told(attach: Callable[[MadeRequest], object], made: MadeRequest, kept_in: Path) -> bool:
    try:
        attach(made)
    except RegisterError as error:
        _log.warning("request id %s is kept in %s: %s", made.request_id, kept_in, error.what)
        return False
    return True


def _places(path: Path) -> tuple[tuple[Path, str], ...]:
    """Folders that may hold an id as the name of a file, with the prefix of such names there."""
    whole = str(path.absolute())
    digest = hashlib.sha256(whole.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return (path.parent, f"{path.name}-"), (Path(tempfile.gettempdir()), f"dsr-report-{digest}-")


def _is_left_as_a_name(path: Path, made: MadeRequest) -> bool:
    microseconds = (made.intended_at - _EPOCH) // timedelta(microseconds=1)
    for folder, start in _places(path):
        name = f"{start}{made.number}-{microseconds}-{quote(made.request_id, safe='')}"
        try:
            os.close(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            sync_folder(folder)
        except OSError as error:
            _log.warning("the request id could not be left in %s (%s)", folder, error.strerror)
        else:
            return True
    return False


def _left_as_names(path: Path) -> Iterator[tuple[Path, MadeRequest]]:
    """Yield the files that this user left; those of others, in a shared folder, are ignored."""
    for folder, start in _places(path):
        try:
            names = sorted(file.name for file in folder.iterdir() if file.name.startswith(start))
        except OSError:
            continue
        for name in names:
            file = folder / name
            try:
                number, microseconds, request_id = name.removeprefix(start).split("-", 2)
                intended_at = _EPOCH + timedelta(microseconds=int(microseconds))
                made = MadeRequest(int(number), intended_at, unquote(request_id))
                status = file.lstat()
            except (ValueError, OverflowError, OSError):
                continue
            is_ours = not hasattr(os, "getuid") or status.st_uid == os.getuid()
            if stat.S_ISREG(status.st_mode) and is_ours and made.request_id:
                yield file, made


def _line(made: MadeRequest) -> bytes:
    fields = {
        "number": made.number,
        "intended_at": made.intended_at.isoformat(),
        "request_id": made.request_id,
    }
    return json.dumps(fields, ensure_ascii=True).encode("ascii").ljust(_LINE - 1) + b"\n"


def _requests_in(content: bytes) -> Iterator[MadeRequest]:
    for line in content.split(b"\n"):
        try:
            entry = json.loads(line)
            made = MadeRequest(
                int(entry["number"]), datetime.fromisoformat(entry["intended_at"]), str(entry["request_id"])
            )
        except (ValueError, KeyError, TypeError):
            continue  # cut off by a crash
        if made.request_id:
            yield made
