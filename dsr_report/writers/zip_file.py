"""Writes files into a ZIP, reproducibly: the same bytes for the same content."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from dsr_report.errors import FileError

_BLOCK = 1 << 20
_EARLIEST = (1980, 1, 1, 0, 0, 0)
_LATEST = (2107, 12, 31, 23, 59, 58)


class Sink(Protocol):
    """A target for bytes."""

    def write(self, content: bytes, /) -> object:
        """Write some bytes."""
        ...


class Folder(Protocol):
    """A target for named files, written one after the other."""

    def writing(self, name: str) -> AbstractContextManager[Sink]:
        """A context manager that returns the sink of the file `name`."""
        ...


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """A file of the folder: its name, its size and its SHA-256."""

    name: str
    size_bytes: int
    sha256: str


class ZipFolder:
    """Writes a ZIP front to back, with one timestamp for all files and owner-only permissions.

    `entries` lists the files written, for a manifest. Only one block of a file is in memory.
    """

    def __init__(self, target: BinaryIO, moment: datetime, *, comment: bytes = b"") -> None:
        self.entries: list[ZipEntry] = []
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._zip.comment = comment
        utc = moment.astimezone(UTC)
        asked = (utc.year, utc.month, utc.day, utc.hour, utc.minute, utc.second)
        self._time = min(max(_EARLIEST, asked), _LATEST)
        self._names: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with nullcontext() if kind is None else suppress(OSError, ValueError):
            self._zip.close()  # also after an error: else Python warns about it at garbage collection

    @contextmanager
    def writing(self, name: str, *, size_bytes: int | None = None) -> Iterator[Sink]:
        """Open the file `name` for writing within the block; `size_bytes` is its size if known beforehand.

        Raises:
            FileError: the name leads out of the folder, or is already used.
        """
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or not path.parts or "\\" in name or str(path) != name:
            raise FileError("a name in the package leads out of it", where=name)
        if name.casefold() in self._names:
            raise FileError("two files of the package would have one name", where=name)
        self._names.add(name.casefold())
        info = zipfile.ZipInfo(name, self._time)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.create_system = 3
        info.external_attr = (stat.S_IFREG | 0o600) << 16
        large = size_bytes is None or size_bytes > zipfile.ZIP64_LIMIT // 2
        with self._zip.open(info, "w", force_zip64=large) as file:
            sink = _Counted(file)
            yield sink
        self.entries.append(ZipEntry(name, sink.size_bytes, sink.digest.hexdigest()))

    def add(self, name: str, content: bytes) -> None:
        """Write a file with this content."""
        with self.writing(name, size_bytes=len(content)) as sink:
            sink.write(content)

    def copy(self, name: str, source: str | os.PathLike[str]) -> None:
        """Copy a file from disk."""
        path = Path(source)
        try:
            with path.open("rb") as file, self.writing(name, size_bytes=path.stat().st_size) as sink:
                shutil.copyfileobj(file, sink, _BLOCK)
        except FileNotFoundError as error:
            raise FileError("is gone", where=path.name) from error


class _Counted:
    """Passes bytes on, with their count and SHA-256."""

    def __init__(self, file: Sink) -> None:
        self.file = file
        self.size_bytes = 0
        self.digest = hashlib.sha256()

    def write(self, content: bytes, /) -> int:
        self.file.write(content)
        self.digest.update(content)
        self.size_bytes += len(content)
        return len(content)
