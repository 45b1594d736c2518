"""Download of a large file over an unreliable connection: resumed or repeated, never accepted in part."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import httpx

from dsr_report.errors import FetchError, NotReadyError
from dsr_report.fetch.answers import TEMPORARY, OutOfReachError, blocks_of, read_answer
from dsr_report.fetch.download_checks import doubt_about, fault_of, must_be_about
from dsr_report.fetch.time_limit import TimeUpError
from dsr_report.fetch.transport import TRIES, Transport
from dsr_report.files import digest_of
from dsr_report.jsonstream.subjects import Subject
from dsr_report.sentences import Sentence

_log = logging.getLogger(__name__)
LARGEST_BYTES = 20_000_000_000
"""Default size of the largest export; a larger one is refused."""
_MOST_RESUMPTIONS = 1000
"""Maximum connections of one download; after them it fails, even if each made progress."""
_RANGE = re.compile(r"bytes\s+([0-9]{1,18})-[0-9]+/(?:[0-9]+|\*)")


class FileDownload:
    """One download into one file, over as many connections as it takes."""

    def __init__(
        self,
        request_id: str,
        path: str,
        transport: Transport,
        file: BinaryIO,
        *,
        progress: Callable[[int, int | None], None] | None,
        largest_bytes: int,
        subject: Subject | None,
        accept_subject: bool,
        deadline: float | None,
        later: str,
    ) -> None:
        self.path = path
        self._id = request_id
        self._transport = transport
        self._file = file
        self._progress = progress
        self._largest = largest_bytes
        self._subject = subject
        self._accept_subject = accept_subject
        self._deadline = deadline
        self.doubt: str | None = None
        """Why the subject is uncertain, where the export was accepted all the same."""
        self._later = later
        self._mark: str | None = None
        self._tries = 0
        self._connections = 0

    def run(self) -> tuple[int, str] | None:
        """Download the export; return its size and SHA-256, or None if the API has no such file.

        Raises:
            NotReadyError: the downloaded file says that the export is not ready.
            TimeUpError: it did not come in time.
            FetchError: it could not be downloaded whole, is too large, or is about somebody else.
        """
        while True:
            headers: httpx.Headers | None = None
            before = self._file.tell()
            is_whole = False
            try:
                status, headers, is_written = self._connection()
            except TimeUpError:
                raise
            except OutOfReachError as error:
                problem = error.what
                if self._mark and self._file.tell() > before:
                    self._tries = 0  # there is progress
            else:
                if status == 404:
                    return None
                if is_written:
                    checked = self._check()
                    if not isinstance(checked, str):
                        return checked
                    problem = checked
                    self._start_over()
                    is_whole = True
                elif status in TEMPORARY or status in {200, 206, 416}:
                    problem = Sentence("status {status}", status=status)
                else:
                    raise FetchError(
                        Sentence("the export cannot be downloaded: status {status}", status=status),
                        where=self._id,
                        hint=self._later,
                    )
            try:
                self._again(problem, headers)
            except TimeUpError:
                if is_whole:  # the file is complete and no export: that is the error, not the lack of time
                    raise self._in_vain(problem) from None
                raise

    def was_missing(self) -> None:
        """Wait before the retry of a file that is reported as available, but missing."""
        self._start_over()
        self._again(Sentence("status {status}", status=404), None)

    def _again(self, problem: str, headers: httpx.Headers | None) -> None:
        self._tries += 1
        self._connections += 1
        if self._tries >= TRIES or self._connections >= _MOST_RESUMPTIONS:
            raise self._in_vain(problem)
        _log.info("data request %s: %s; trying again", self._id, problem)
        self._transport.nap(self._tries - 1, headers, self._deadline)

    def _in_vain(self, problem: str) -> FetchError:
        return FetchError(
            Sentence("the export could not be downloaded completely: {problem}", problem=problem),
            where=self._id,
            hint=self._later,
        )

    def _connection(self) -> tuple[int, httpx.Headers, bool]:
        """Request the file, or its rest, and write the body: (status, headers, whether it was written)."""
        done = self._file.tell()
        if not self._mark:
            self._start_over()
            done = 0
        headers = {}
        if done and self._mark:
            headers = {"Range": f"bytes={done}-", "If-Range": self._mark}
        with self._transport.stream(self.path, headers, self._deadline) as response:
            status = response.status_code
            if status == 206:
                match = _RANGE.match(response.headers.get("content-range", ""))
                if not done or not match or int(match.group(1)) != done:
                    self._start_over()
                    return status, response.headers, False
            elif status == 200:
                self._start_over()
                self._mark = _strong_mark(response)
            else:
                if status == 416:
                    self._start_over()
                read_answer(response)
                return status, response.headers, False
            self._copy(response)
            return status, response.headers, True

    def _copy(self, response: httpx.Response) -> None:
        length = response.headers.get("content-length", "")
        is_plain = response.headers.get("content-encoding", "identity") == "identity"
        total = self._file.tell() + int(length) if is_plain and re.fullmatch("[0-9]{1,18}", length) else None
        if total is not None and total > self._largest:
            raise self._too_large()
        size = self._file.tell()
        for block in blocks_of(response):
            size += len(block)
            if size > self._largest:
                raise self._too_large()
            self._file.write(block)
            if self._progress is not None:
                self._progress(size, total)
        if total is not None and size != total:
            raise OutOfReachError("the download broke off")

    def _too_large(self) -> FetchError:
        return FetchError(
            Sentence("the export is larger than {largest} bytes", largest=f"{self._largest:,}"),
            where=self._id,
        )

    def _start_over(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self._mark = None

    def _check(self) -> tuple[int, str] | str:
        """Size and SHA-256 of the downloaded file, or a description of its fault."""
        self._file.flush()
        try:
            fault, subjects = fault_of(Path(self._file.name))
        except NotReadyError:
            raise NotReadyError("the export is not ready yet", where=self._id, hint=self._later) from None
        if fault is not None:
            return fault
        if not self._accept_subject:
            must_be_about(subjects, self._subject, self._id)
        self.doubt = doubt_about(subjects, self._subject)
        self._file.seek(0)
        digest = digest_of(self._file)
        return self._file.tell(), digest


def _strong_mark(response: httpx.Response) -> str | None:
    """The strong validator (ETag) to request the rest of this very file with, or None (RFC 9110, 13.1.5)."""
    if response.headers.get("content-encoding", "identity") != "identity":
        return None  # a range of compressed bytes does not continue decompressed ones
    if "bytes" not in response.headers.get("accept-ranges", "bytes"):
        return None
    mark = str(response.headers.get("etag", "")).strip()
    return mark if mark.startswith('"') else None
