"""From an input to the bytes of the JSON: files, streams, archives and mails.

A plain file is read in place. Everything else is copied to a temporary file, which is private (0600) and
nameless if the system supports it, so that nothing is left behind.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, cast

from dsr_report.errors import FileError, UsageError
from dsr_report.jsonstream.items import ReadWarning
from dsr_report.jsonstream.window import Limits
from dsr_report.sentences import Sentence, reason_of

Progress = Callable[[int, int | None], None]
_BLOCK = 1 << 20
_PLAIN = re.compile(rb"\{[\"\s]")


class _Shared(io.RawIOBase):
    """A handle with its own position on a file that is shared with other readers."""

    def __init__(self, file: BinaryIO, lock: threading.Lock) -> None:
        self._file = file
        self._lock = lock
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        with self._lock:
            if whence == os.SEEK_CUR:
                offset += self._position
            elif whence == os.SEEK_END:
                offset += self._file.seek(0, os.SEEK_END)
        self._position = max(0, offset)
        return self._position

    def readinto(self, target: object) -> int:
        view = memoryview(target).cast("B")  # type: ignore[arg-type]  # a buffer, in the base class's terms
        with self._lock:
            self._file.seek(self._position)
            block = self._file.read(len(view))
        view[: len(block)] = block
        self._position += len(block)
        return len(block)


@dataclass(slots=True)
class Source:
    """The bytes of a JSON file, with handles to read them."""

    name: str
    size: int
    raw: Callable[[], BinaryIO]
    close: Callable[[], None]
    sha256: str | None = None
    original_sha256: str | None = None
    incomplete: bool = False
    warnings: list[ReadWarning] = field(default_factory=list)
    place: str = ""
    """The path as given, or a substitute: what a person types to name it again."""

    def digest(self) -> str:
        """The SHA-256 of the bytes."""
        from dsr_report.files import digest_of  # noqa: PLC0415 - it is nearly always computed while reading

        with self.raw() as file:
            return digest_of(file)


def open_source(
    source: str | os.PathLike[str] | bytes | BinaryIO,
    *,
    name: str | None,
    salvage: bool,
    progress: Progress | None,
    limits: Limits,
) -> Source:
    """The unwrapped JSON bytes of `source`.

    Raises:
        FileError: it cannot be read.
        NotAnExportError: it is an archive or a mail with no export in it, or with more than one.
    """
    refuse_what_is_no_source(source)
    if isinstance(source, (bytes, bytearray, memoryview)):
        found = _of_bytes(bytes(source), name or "the bytes given")
    elif isinstance(source, (str, os.PathLike)) and os.fspath(source) != "-":
        found = _of_path(Path(source), name)
    else:
        stream = sys.stdin.buffer if isinstance(source, (str, os.PathLike)) else source
        fallback = "standard input" if stream is sys.stdin.buffer else getattr(stream, "name", None)
        found = _spool(stream, name or (fallback if isinstance(fallback, str) else "the stream given"))
    place = os.fspath(source) if isinstance(source, (str, os.PathLike)) else found.name
    try:
        found = _unwrap(found, salvage=salvage, progress=progress, limits=limits)
    except BaseException:
        found.close()
        raise
    found.place = place
    return found


def refuse_what_is_no_source(source: object) -> None:
    """Raise for an input that is neither a path nor bytes; it is not quoted, as it may be the export itself.

    Raises:
        UsageError: it says what to pass instead.
    """
    hint = Sentence("Pass the path of the export, its bytes, or a file that was opened with mode 'rb'.")
    if isinstance(source, (str, os.PathLike)):
        text = os.fsdecode(os.fspath(source))
        is_odd = (
            len(text) > _LONGEST_PATH or "\n" in text or "\0" in text or text.lstrip()[:1] in _BEGINS_JSON
        )
        if is_odd and not _is_file(text):
            raise UsageError("this is the text of an export, not the path of one", hint=hint)
        return
    if isinstance(source, (bytes, bytearray, memoryview)):
        return
    if isinstance(source, io.TextIOBase):
        raise UsageError("this file was opened as text, which may change what it says", hint=hint)
    if not callable(getattr(source, "read", None)):
        raise UsageError(
            Sentence("an export cannot be read from a {error}", error=type(source).__name__), hint=hint
        )


_LONGEST_PATH = 4096
"""Characters; the limit of Linux. Windows and macOS allow fewer."""
_BEGINS_JSON = frozenset("{[")


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False


def _of_bytes(content: bytes, name: str) -> Source:
    return Source(name, len(content), lambda: io.BytesIO(content), lambda: None)


def _of_path(path: Path, name: str | None) -> Source:
    called = name or path.name
    try:
        if path.is_file():
            with path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
            return Source(called, size, lambda: path.open("rb", buffering=0), lambda: None)
        with path.open("rb") as stream:
            return _spool(stream, called)
    except OSError as error:
        raise FileError(
            Sentence("cannot be read ({reason})", reason=reason_of(error)),
            where=str(path),
            hint="Check the name and your rights to it.",
        ) from error


def _as_bytes(block: object) -> bytes:
    if not isinstance(block, bytes):
        raise UsageError("this stream gives text, not bytes", hint="Open it in binary mode ('rb').")
    return block


def _spool(stream: BinaryIO, name: str) -> Source:
    copy = TemporaryCopy()
    try:
        while block := stream.read(_BLOCK):
            copy.write(_as_bytes(block))
        return copy.source(name)
    except BaseException:
        copy.close()
        raise


class TemporaryCopy:
    """A private temporary file that is written once, and hashed while written."""

    def __init__(self) -> None:
        # mode 0600, and nameless if the system supports it
        import tempfile  # noqa: PLC0415 - a plain file is read in place

        self._file = cast("BinaryIO", tempfile.TemporaryFile(prefix="dsr-report-"))  # noqa: SIM115  (kept open)
        self._sum = hashlib.sha256()
        self.size = 0

    def write(self, block: bytes) -> None:
        """Append a block.

        Raises:
            FileError: it cannot be written, such as on a full disk.
        """
        try:
            self._file.write(block)
        except OSError as error:
            import tempfile  # noqa: PLC0415 - as above

            raise FileError(
                Sentence("no temporary copy could be written ({reason})", reason=reason_of(error)),
                where=tempfile.gettempdir(),
                hint="Free some space, or set TMPDIR to another folder.",
            ) from error
        self._sum.update(block)
        self.size += len(block)

    def close(self) -> None:
        """Remove the file."""
        self._file.close()

    def source(self, name: str) -> Source:
        """The written bytes as a source."""
        self._file.flush()
        lock = threading.Lock()
        digest = self._sum.hexdigest()
        return Source(
            name,
            self.size,
            lambda: cast("BinaryIO", io.BufferedReader(_Shared(self._file, lock), _BLOCK)),
            self._file.close,
            sha256=digest,
            original_sha256=digest,
        )


def _unwrap(source: Source, *, salvage: bool, progress: Progress | None, limits: Limits) -> Source:
    with source.raw() as file:
        if _PLAIN.match(file.read(2)):
            return source
    from dsr_report.jsonstream import containers  # noqa: PLC0415 - most exports are plain JSON

    for _ in range(containers.MOST):
        with source.raw() as file:
            wrapping = containers.around(file)
            if wrapping is None:
                return source
            original = source.original_sha256 or source.digest()
            file.seek(0)
            copy = TemporaryCopy()
            try:
                guard = containers.Guard(source.size, limits, source.name)
                warnings = list(source.warnings)
                if wrapping is containers.utf_16:
                    warnings.append(
                        ReadWarning("utf-16", "", "the file is UTF-16; it was converted to UTF-8")
                    )
                complete = True
                for block in wrapping(file, guard, salvage):
                    if block is None:
                        complete = False
                        warnings.append(
                            ReadWarning(
                                "cut-off", "", "the archive is broken; what could be unpacked was read"
                            )
                        )
                        continue
                    copy.write(block)
                    if progress:
                        progress(copy.size, None)
            except BaseException:
                copy.close()
                raise
        source.close()
        inner = copy.source(source.name)
        inner.original_sha256 = original
        inner.incomplete = source.incomplete or not complete
        inner.warnings = warnings
        source = inner
    return source
