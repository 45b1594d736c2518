"""A folder of files in one ZIP, the same bytes every time."""

from __future__ import annotations

import hashlib
import os
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
    """What bytes are written to."""

    def write(self, content: bytes, /) -> object:
        """Take some bytes."""
        ...


class Folder(Protocol):
    """Something that files can be written into, one after the other, by their names."""

    def writing(self, name: str) -> AbstractContextManager[Sink]:
        """A context manager that gives the file `name` to write to."""
        ...


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """A file of the folder: its name, its size and its SHA-256."""

    name: str
    size_bytes: int
    sha256: str


class ZipFolder:
    """Writes a ZIP front to back; one time for all files, owner-only permissions, in the order of writing.

    `entries` lists what was written, for a manifest. Nothing of a file is held but a block of it.
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
            self._zip.close()  # also of what is thrown away: else Python complains of it when it cleans up

    @contextmanager
    def writing(self, name: str, *, size_bytes: int | None = None) -> Iterator[Sink]:
        """The file `name`, to be written within the block; `size_bytes` where it is known beforehand.

        Raises:
            FileError: the name leads out of the folder, or is taken.
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
        """Write a file whose content is at hand."""
        with self.writing(name, size_bytes=len(content)) as sink:
            sink.write(content)

    def copy(self, name: str, source: str | os.PathLike[str]) -> None:
        """Write a file that is on disk."""
        path = Path(source)
        try:
            with path.open("rb") as file, self.writing(name, size_bytes=path.stat().st_size) as sink:
                while block := file.read(_BLOCK):
                    sink.write(block)
        except FileNotFoundError as error:
            raise FileError("is gone", where=path.name) from error


class _Counted:
    """Counts and digests what passes."""

    def __init__(self, file: Sink) -> None:
        self.file = file
        self.size_bytes = 0
        self.digest = hashlib.sha256()

    def write(self, content: bytes, /) -> int:
        self.file.write(content)
        self.digest.update(content)
        self.size_bytes += len(content)
        return len(content)
