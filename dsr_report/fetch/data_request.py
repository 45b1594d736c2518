"""One data request: asked for its state, waited for, and downloaded whole."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple, Self

import httpx

from dsr_report.errors import FetchError, NotReadyError, UnknownIdError
from dsr_report.fetch.transport import Transport, error_text
from dsr_report.files import written_whole

if TYPE_CHECKING:
    from dsr_report.reading import Export

_log = logging.getLogger(__name__)
State = Literal["available", "pending", "unknown"]
_NOT_READY = re.compile(r"^\s*(?:no\s+)?data\b.*\bavailable\s*\(yet\)\.?\s*$", re.IGNORECASE)
_LARGEST_NAP = 120.0
_TRIES = 6
_HEAD = 4096
LARGEST_BYTES = 20_000_000_000


class Status(NamedTuple):
    """How a data request stands; `collected_bytes` grows while it is pending."""

    state: State
    collected_bytes: int | None


class Download(NamedTuple):
    """An export on disk."""

    path: Path
    size_bytes: int
    sha256: str


class DataRequest:
    """A job at Copernica that collects everything about one subject. `id` takes it up again, any time."""

    def __init__(
        self,
        request_id: str,
        transport: Transport,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
        jitter: Callable[[], float],
    ) -> None:
        self.id = request_id
        self._transport = transport
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self._older_api = False

    def status(self) -> Status:
        """Ask how it stands.

        Raises:
            FetchError: the API does not answer as it should.
        """
        if not self._older_api:
            response = self._transport.get(f"datarequest/{self.id}/status", accept=(200, 404, 400))
            if response.status_code == 200:
                return _status_of(response)
            if "invalid method" not in error_text(response).lower() and response.status_code != 404:
                raise UnknownIdError(
                    f"Copernica does not know this data request: {error_text(response)}", where=self.id
                )
            self._older_api = True
        return self._older_status()

    def _older_status(self) -> Status:
        """APIs without a status call answer `GET datarequest/ID` with the file, or with a sentence in it."""
        with self._transport.stream(f"datarequest/{self.id}", {}) as response:
            head = b""
            for block in response.iter_bytes():
                head += block
                if len(head) > _HEAD:
                    break
            if response.status_code in {404, 400}:
                return Status("unknown", None)
            if response.status_code != 200:
                return Status("pending", None)
        match = re.search(rb'"data"\s*:\s*("(?:[^"\\]|\\.)*")', head)
        if match and _NOT_READY.match(json.loads(match.group(1))):
            return Status("pending", None)
        return Status("available" if head.lstrip()[:1] in {b"{", b"["} else "pending", None)

    @property
    def is_available(self) -> bool:
        """Whether it can be downloaded now."""
        return self.status().state == "available"

    def wait(
        self,
        timeout: float = 1800.0,
        poll: float = 5.0,
        progress: Callable[[Status, float], None] | None = None,
    ) -> Self:
        """Wait until it can be downloaded.

        Args:
            timeout: seconds to wait in all.
            poll: seconds before the second question; later ones come less and less often.
            progress: is told each status, and how many seconds have passed.

        Raises:
            NotReadyError: it is not ready in time; the same id takes it up later.
            UnknownIdError: Copernica knows nothing of it: wrong, or expired.
        """
        started = self._clock()
        pause = poll
        unknown = 0
        while True:
            status = self.status()
            waited = self._clock() - started
            if progress is not None:
                progress(status, waited)
            if status.state == "available":
                return self
            unknown = unknown + 1 if status.state == "unknown" else 0
            if unknown >= 3:
                raise UnknownIdError(
                    "Copernica knows nothing of this data request: its id is wrong, or its export expired",
                    where=self.id,
                    hint="Check the id, or make a new request.",
                )
            if waited + pause > timeout:
                raise NotReadyError(
                    f"the export is not ready after {waited:.0f} s",
                    where=self.id,
                    hint=f"The same command takes it up again, or: dsr-report fetch --request {self.id}",
                )
            self._sleep(pause * (0.9 + 0.2 * self._jitter()))
            pause = min(pause * 1.5, max(_LARGEST_NAP, poll))

    def download(
        self,
        target: str | os.PathLike[str],
        progress: Callable[[int, int | None], None] | None = None,
        largest_bytes: int = LARGEST_BYTES,
    ) -> Download:
        """Download the export to a file: whole and checked, or not at all.

        Raises:
            NotReadyError: it is not (or no longer) there.
            FetchError: it cannot be downloaded whole, or is no JSON.
            FileError: the file cannot be written.
        """
        with written_whole(target) as file:
            size, digest = self._download(file, progress, largest_bytes)
        return Download(Path(target), size, digest)

    def _download(
        self, file: BinaryIO, progress: Callable[[int, int | None], None] | None, largest: int
    ) -> tuple[int, str]:
        path = f"datarequest/{self.id}" if self._older_api else f"datarequest/{self.id}/data"
        mark: str | None = None
        problem = ""
        for attempt in range(_TRIES):
            done = file.tell()
            headers = {"Accept-Encoding": "identity"}
            if done and mark:
                headers |= {"Range": f"bytes={done}-", "If-Range": mark}
            try:
                with self._transport.stream(path, headers) as response:
                    if response.status_code == 404:
                        raise NotReadyError(
                            "the export is not there: not ready yet, or expired",
                            where=self.id,
                            hint="Ask again later, or make a new request.",
                        )
                    if response.status_code not in {200, 206}:
                        problem = f"status {response.status_code}"
                        self._sleep(min(60.0, 2.0**attempt) * (0.5 + self._jitter() / 2))
                        continue
                    if response.status_code == 200:
                        file.seek(0)
                        file.truncate()
                    mark = response.headers.get("etag") or response.headers.get("last-modified")
                    self._copy(response, file, progress, largest)
            except httpx.HTTPError as error:
                problem = f"the download broke off ({type(error).__name__})"
                _log.info("%s; trying again", problem)
                if not mark:
                    file.seek(0)
                    file.truncate()
                self._sleep(min(60.0, 2.0**attempt) * (0.5 + self._jitter() / 2))
                continue
            fault = _fault(file)
            if fault is None:
                return _digest(file)
            if fault == "not ready":
                raise NotReadyError("the export is not ready yet", where=self.id, hint="Ask again later.")
            problem = fault
            file.seek(0)
            file.truncate()
            self._sleep(min(60.0, 2.0**attempt) * (0.5 + self._jitter() / 2))
        raise FetchError(
            f"the export could not be downloaded whole: {problem}", where=self.id, hint="Try again later."
        )

    def _copy(
        self,
        response: httpx.Response,
        file: BinaryIO,
        progress: Callable[[int, int | None], None] | None,
        largest: int,
    ) -> None:
        length = response.headers.get("content-length", "")
        total = file.tell() + int(length) if length.isdecimal() else None
        for block in response.iter_bytes():
            file.write(block)
            if file.tell() > largest:
                raise FetchError(f"the export is larger than {largest:,} bytes", where=self.id)
            if progress is not None:
                progress(file.tell(), total)
        if total is not None and file.tell() != total:
            raise httpx.RemoteProtocolError("the body is shorter than it should be")

    def read(self, timezone: str = "Europe/Amsterdam") -> Export:
        """Download to a private temporary file, and open it. Close the export when done with it."""
        from dsr_report.reading import read  # noqa: PLC0415 - the client works without the rest

        handle, name = tempfile.mkstemp(prefix="dsr-report-", suffix=".json")
        os.close(handle)
        path = Path(name)
        try:
            self.download(path)
            return read(path.read_bytes() if path.stat().st_size < 1 << 20 else path, timezone=timezone)
        finally:
            if path.stat().st_size < 1 << 20:
                path.unlink()

    def __repr__(self) -> str:
        return f"<DataRequest {self.id}>"


def _status_of(response: httpx.Response) -> Status:
    try:
        body = response.json()
    except ValueError:
        return Status("pending", None)  # a proxy's page: ask again
    if not isinstance(body, dict) or "status" not in body:
        return Status("pending", None)
    word = str(body["status"]).strip().lower()
    available = body.get("available")
    size = available if isinstance(available, int) and not isinstance(available, bool) else None
    if word == "available":
        return Status("available", size)
    return Status("unknown" if word == "not available" else "pending", size)


def _fault(file: BinaryIO) -> str | None:
    """What is wrong with what was downloaded, judged by its first and last bytes."""
    file.seek(0)
    head = file.read(_HEAD)
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - 64))
    tail = file.read().rstrip()
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if start not in {b"{", b"["}:
        return "the answer is no JSON (a web page?)"
    if tail[-1:] not in {b"}", b"]"}:
        return "the answer ends in the middle"
    if size < _HEAD:
        try:
            body = json.loads(head)
        except ValueError:
            return "the answer is no JSON"
        if isinstance(body, dict) and isinstance(body.get("error"), dict):
            return "the answer is an error"
        if isinstance(body, dict) and isinstance(body.get("data"), str) and _NOT_READY.match(body["data"]):
            return "not ready"
    return None


def _digest(file: BinaryIO) -> tuple[int, str]:
    digest = hashlib.sha256()
    file.seek(0)
    size = 0
    while block := file.read(1 << 20):
        digest.update(block)
        size += len(block)
    return size, digest.hexdigest()
