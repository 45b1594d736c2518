"""Files with personal data: private to their owner, and written whole or not at all."""

from __future__ import annotations

import glob
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from dsr_report.errors import DsrReportError, FileError, UsageError, quoted
from dsr_report.locks import lock
from dsr_report.sentences import Sentence, reason_of
from dsr_report.temporary import is_temporary

_BLOCK = 1 << 20
_LONGEST_NAME = 255
"""Bytes; no usual file system has longer names."""


def path_named(path: object, what: str) -> Path:
    """Check that an argument can be a path, and return it; the content of a file cannot.

    Raises:
        UsageError: it names the argument, and what was passed by its type or length alone.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise UsageError(
            Sentence("{what} cannot be a {kind}", what=what, kind=type(path).__name__), hint="Pass a path."
        )
    text = os.fsdecode(os.fspath(path))
    if "\0" in text or any(len(os.fsencode(name)) > _LONGEST_NAME for name in Path(text).parts):
        raise UsageError(
            Sentence("{what} cannot be {text}", what=what, text=quoted(text)), hint="Pass the path of a file."
        )
    return Path(path)


@contextmanager
def written_whole(target: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Open a binary file that replaces `target` if the block succeeds, and leaves nothing if it fails.

    It is written to a temporary neighbour (its `name`) with mode 0600, flushed to disk and renamed. In a
    `TemporaryFolder` it is not flushed: there is nothing to keep, and waiting for a disk takes long.

    Raises:
        FileError: `target` is a folder, or its folder does not exist, cannot be written to, or is full.
    """
    path = Path(target)
    check_target(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise FileError(
            Sentence("cannot write here ({reason})", reason=reason_of(error)),
            where=str(path),
            hint="Choose another place with --output.",
        ) from error
    temporary = Path(name)
    os.close(handle)
    try:
        with temporary.open("w+b") as file:
            lock(file)  # `clear_leftovers` spares it
            yield file
            file.flush()
            if not is_temporary(path.parent):
                os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, DsrReportError):  # some of ours are an OSError, too
            raise
        raise FileError(
            Sentence("could not be written ({reason})", reason=reason_of(error)),
            where=str(path),
            hint="Nothing was left behind; free some space or choose another place with --output.",
        ) from error
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def written_to(target: str | os.PathLike[str] | BinaryIO) -> AbstractContextManager[BinaryIO]:
    """A path as `written_whole` opens it; a file that is open already as it is."""
    return written_whole(target) if isinstance(target, str | os.PathLike) else nullcontext(target)


def check_target(target: str | os.PathLike[str]) -> None:
    """Check that a file of this name can be written, without writing it.

    Raises:
        FileError: it is a folder, or there is no folder to write it to.
    """
    path = Path(target)
    if str(path) == "-":
        raise FileError("standard output cannot be written to here", where="-", hint="Name a file.")
    if path.is_dir():
        raise FileError("is a folder", where=str(path), hint="Name a file in it with --output.")
    if not path.parent.is_dir():
        raise FileError(
            "cannot write here (the folder does not exist)",
            where=str(path),
            hint="Make the folder, or choose another place with --output.",
        )


def clear_leftovers(target: str | os.PathLike[str]) -> int:
    """Remove partial files of killed writers of `target`, and return their number; locked ones stay."""
    path = Path(target)
    count = 0
    for leftover in path.parent.glob(f".{glob.escape(path.name[:40])}.*.part"):
        with suppress(OSError), leftover.open("r+b") as file:
            if lock(file):
                leftover.unlink()
                count += 1
    return count


def private_folder(path: Path) -> Path:
    """Create `path` and its missing parents with mode 0700, whatever the umask, and return `path`."""
    try:
        missing = [path, *path.parents]
        missing = missing[: next((n for n, folder in enumerate(missing) if folder.exists()), len(missing))]
        for folder in reversed(missing):
            with suppress(FileExistsError):  # another process was quicker
                folder.mkdir(mode=0o700)
                folder.chmod(0o700)
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise FileError(
            Sentence("cannot make this folder ({reason})", reason=reason_of(error)),
            where=str(path),
            hint="Choose another place.",
        ) from error
    return path


def day_of(path: Path, zone: ZoneInfo) -> date:
    """The day a file was last modified; for a fetched export, the day its data were taken."""
    return datetime.fromtimestamp(path.stat().st_mtime, zone).date()


def sha256_of(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of a file's bytes, in lower-case hexadecimal."""
    with Path(path).open("rb") as file:
        return digest_of(file)


def digest_of(file: BinaryIO) -> str:
    """The SHA-256 of an open file's bytes, from where it stands to its end."""
    digest = hashlib.sha256()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def write_whole(target: str | os.PathLike[str], content: bytes) -> None:
    """Write a private file, whole or not at all; raises what `written_whole` does."""
    with written_whole(target) as file:
        file.write(content)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where a system can tell."""
    if os.name != "posix":  # a folder cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append_line(path: Path, line: str) -> None:
    """Add a line to a file of JSON lines; it is on the disk when this returns.

    A line that a crash cut off ends before it, so that it costs no other one.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "rb+") as file:
        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            line = line if file.read() == b"\n" else f"\n{line}"
        file.write(f"{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def lines_of(path: Path) -> Iterator[Any]:
    """The entries of a file of JSON lines, as far as there are any; what a crash cut off is left out."""
    with suppress(FileNotFoundError):
        for line in path.read_bytes().split(b"\n"):
            with suppress(ValueError):
                yield json.loads(line)
