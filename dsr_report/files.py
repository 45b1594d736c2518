"""Files with personal data: private to their owner, and written whole or not at all."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from dsr_report.errors import DsrReportError, FileError

_BLOCK = 1 << 20


@contextmanager
def written_whole(target: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A binary file that becomes `target` when the block ends well, and leaves nothing when it does not.

    It is written to a temporary neighbour (its `name`) with mode 0600, flushed to disk and renamed.

    Raises:
        FileError: the folder does not exist, cannot be written to, or the disk is full.
    """
    path = Path(target)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise FileError(
            f"cannot write here ({error.strerror})",
            where=str(path),
            hint="Choose another place with --output.",
        ) from error
    temporary = Path(name)
    os.close(handle)
    try:
        with temporary.open("w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        if isinstance(error, DsrReportError):  # some of ours are an OSError, too
            raise
        raise FileError(
            f"could not be written ({error.strerror or type(error).__name__})",
            where=str(path),
            hint="Nothing was left behind; free some space or choose another place with --output.",
        ) from error
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def private_folder(path: Path) -> Path:
    """`path` as a folder that its owner alone can enter (0700), made where it is missing."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"cannot make this folder ({error.strerror})", where=str(path)) from error
    return path


def sha256_of(path: str | os.PathLike[str]) -> str:
    """The SHA-256 of a file's bytes, in lower-case hexadecimal."""
    digest = hashlib.sha256()
    with Path(path).open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
