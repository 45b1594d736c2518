"""Streams a file from a multipart form to disk, bounded in size and time."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool

from dsr_report.errors import FileError
from dsr_report.files import written_whole

_MOST_FIELDS = 20
_FIELD_BYTES = 10_000


class UploadError(Exception):
    """A rejected upload; `code` is the reason, `status` the HTTP status."""

    def __init__(self, code: str, status: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """Limits of one upload: size, seconds without data, seconds in all; those of the receiving endpoint."""

    file_bytes: int = 2 << 30
    stall_seconds: float = 30.0
    all_seconds: float = 1800.0


class Upload(NamedTuple):
    """The content of a form: its fields, and the SHA-256 of its file."""

    fields: dict[str, str]
    sha256: str


async def receive_upload(
    stream: AsyncIterator[bytes],
    content_type: str,
    target: Path,
    *,
    limits: UploadLimits = UploadLimits(),
) -> Upload:
    """Read a form with one file, which is written to `target` whole or not at all.

    Raises:
        UploadError: the form is malformed, too large, too slow or cut off, has no file or several, or the
            disk is full.
    """
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not re.fullmatch(rb"[\x21-\x7e ]{1,200}", boundary):
        raise UploadError("no-form", 400)
    try:
        with written_whole(target) as file:
            form = _Form(file, limits)
            parser = MultipartParser(boundary, form.callbacks())  # type: ignore[arg-type]
            try:
                async with asyncio.timeout(limits.all_seconds):
                    while True:
                        try:
                            chunk = await asyncio.wait_for(anext(stream), limits.stall_seconds)
                        except StopAsyncIteration:
                            break
                        await run_in_threadpool(parser.write, chunk)
            except TimeoutError:  # also an OSError, which `written_whole` would report as one of the disk
                raise UploadError("too-slow", 408) from None
            parser.finalize()
            if not form.is_ended:
                raise UploadError("cut-off", 400)
            if form.file_size == 0:
                raise UploadError("no-file", 422)
    except MultipartParseError:
        raise UploadError("no-form", 400) from None
    except FileError:
        raise UploadError("disk", 507) from None
    return Upload(form.fields, form.digest.hexdigest())


class _Form:
    """Callbacks of the parser: the file goes to disk, the fields to memory."""

    def __init__(self, file: BinaryIO, limits: UploadLimits) -> None:
        self.fields: dict[str, str] = {}
        self._file = file
        self._limits = limits
        self._header = b""
        self._headers: dict[bytes, bytes] = {}
        self._value = b""
        self._name = ""
        self._is_file = False
        self.is_ended = False
        self.file_size = 0
        self.digest = hashlib.sha256()
        self._field_name = b""

    def callbacks(self) -> dict[str, Callable[..., None]]:
        """The parser's callbacks by name."""
        return {
            "on_part_begin": self._begin,
            "on_part_data": self._data,
            "on_part_end": self._end_part,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_end": self._on_end,
        }

    def _begin(self) -> None:
        self._headers = {}
        self._value = b""
        if len(self.fields) > _MOST_FIELDS:
            raise UploadError("no-form", 400)

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._field_name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[self._field_name.lower()] = self._header
        self._field_name = self._header = b""

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        self._is_file = b"filename" in options
        if self._is_file and self.file_size:
            raise UploadError("several-files", 422)

    def _data(self, data: bytes, start: int, end: int) -> None:
        if not self._is_file:
            self._value += data[start:end]
            if len(self._value) > _FIELD_BYTES:
                raise UploadError("no-form", 400)
            return
        self.file_size += end - start
        if self.file_size > self._limits.file_bytes:
            raise UploadError("too-large", 413)
        self.digest.update(data[start:end])
        self._file.write(data[start:end])

    def _end_part(self) -> None:
        if not self._is_file:
            self.fields[self._name] = self._value.decode("utf-8", "replace")

    def _on_end(self) -> None:
        self.is_ended = True
