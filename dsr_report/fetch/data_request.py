"""One data request: its status, the wait for it, and the download of its export."""

from __future__ import annotations

import logging
import os
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, NamedTuple, Self
from urllib.parse import quote

from dsr_report.errors import FetchError, NotReadyError, UnknownIdError
from dsr_report.fetch.answers import ApiAnswer, OutOfReachError, blocks_of, read_answer
from dsr_report.fetch.download import LARGEST_BYTES, FileDownload
from dsr_report.fetch.time_limit import TimeUpError
from dsr_report.fetch.transport import Transport
from dsr_report.files import written_whole
from dsr_report.jsonstream.subjects import Subject
from dsr_report.sentences import Sentence
from dsr_report.temporary import TemporaryFolder

if TYPE_CHECKING:
    from dsr_report.export import Export

_log = logging.getLogger(__name__)
State = Literal["available", "pending", "unknown"]
_NOT_READY = re.compile(
    rb'"data"\s*:\s*("\s*(?:no\s+)?data\b[^"]{0,80}\bavailable\s*\(yet\)\.?\s*")', re.IGNORECASE
)
_LARGEST_NAP = 120.0
"""Maximum seconds between two questions for the status, unless `poll` is longer."""
_SURE_AFTER = 3
"""Consecutive `unknown` statuses after which a data request is considered gone."""
_HEAD = 4096
"""Bytes of an older API's answer that are read to tell a file from a sentence."""
_DOWNLOAD_SECONDS = 6 * 3600.0
"""Default time limit of a download: 20 GB at a megabyte a second."""
_ANSWERS = frozenset({200, 400, 404})


class Status(NamedTuple):
    """Status of a data request; `collected_bytes` grows while it is pending."""

    state: State
    collected_bytes: int | None


class Download(NamedTuple):
    """An export on disk."""

    path: Path
    size_bytes: int
    sha256: str
    doubt: str | None = None
    """Why the subject is uncertain, where the export was accepted all the same."""


class DataRequest:
    """A job at Copernica that collects everything about one subject. `id` takes it up again, any time."""

    def __init__(
        self,
        request_id: str,
        transport: Transport,
        *,
        sleep: Callable[[float], None],
        clock: Callable[[], float],
        jitter: Callable[[], float],
        subject: Subject | None = None,
    ) -> None:
        self.id = request_id
        self._path = f"datarequest/{quote(request_id, safe='')}"
        self._transport = transport
        self._sleep = sleep
        self._clock = clock
        self._jitter = jitter
        self._subject = subject
        self._is_older_api = False

    def status(self) -> Status:
        """Ask for the status.

        Raises:
            OutOfReachError: the API is not working.
            AuthError: the token was refused.
            FetchError: the API does not answer as it should.
        """
        return self._status(None)

    def _status(self, deadline: float | None) -> Status:
        if self._is_older_api:
            return self._older_status(deadline)
        answer = self._transport.get(f"{self._path}/status", accept=_ANSWERS, deadline=deadline)
        if answer.status == 200 and answer.error is None:
            return self._status_in(answer)
        if answer.status == 404 or "invalid method" in (answer.error or "").lower():
            older = self._older_status(deadline)
            self._is_older_api = older.state != "unknown"
            return older
        if answer.status in _ANSWERS:  # "No entity with supplied ID" and the like
            return Status("unknown", None)
        raise FetchError(
            Sentence("the API does not give the state of the data request: {says}", says=answer.says),
            where=self.id,
            hint=self._later,
        )

    def _status_in(self, answer: ApiAnswer) -> Status:
        content = answer.json()
        if not isinstance(content, dict) or not isinstance(content.get("status"), str):
            raise OutOfReachError(
                "the API gave an unexpected reply about the data request", where=self.id, hint=self._later
            )
        word = " ".join(content["status"].lower().replace("_", " ").split())
        size = content.get("available")
        is_size = isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 1 << 63
        collected = size if is_size else None
        if word == "available":
            return Status("available", collected)
        return Status("unknown" if word == "not available" else "pending", collected)

    def _older_status(self, deadline: float | None) -> Status:
        """APIs without a status call answer `GET datarequest/ID` with the file, or with a sentence in it."""
        with self._transport.stream(self._path, {}, deadline) as response:
            if response.status_code == 200:
                head = bytearray()
                for block in blocks_of(response):
                    head += block
                    if len(head) > _HEAD:
                        break
                answer = ApiAnswer(200, response.headers, bytes(head))
            else:
                answer = read_answer(response)
        if answer.status in {400, 404} or answer.error is not None:
            return Status("unknown", None)
        if answer.status != 200 or answer.body.lstrip()[:1] != b"{":
            if deadline is not None and self._clock() > deadline:
                return Status("pending", None)
            raise OutOfReachError(
                Sentence("the API is not working: {says}", says=answer.says), where=self.id, hint=self._later
            )
        return Status("pending" if _NOT_READY.search(answer.body) else "available", None)

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
        """Wait until it can be downloaded, also while the API is unreachable.

        Args:
            timeout: seconds to wait in all.
            poll: seconds before the second question; the interval then grows.
            progress: callback with each status and the seconds since the start.

        Raises:
            NotReadyError: it is not ready in time; the same id takes it up later.
            UnknownIdError: Copernica knows nothing of it: wrong, or expired.
            AuthError: the token was refused.
            FetchError: the API was out of reach to the end.
        """
        started = self._clock()
        pause = poll
        unknown = 0
        trouble: OutOfReachError | None = None
        while True:
            before, trouble = trouble, None
            try:
                status = self._status(started + timeout)
            except OutOfReachError as error:
                trouble = before if before and isinstance(error, TimeUpError) else error
                _log.info("data request %s: %s; asking again", self.id, error.what)
            waited = self._clock() - started
            if trouble is None:
                size = (
                    "" if status.collected_bytes is None else f", {status.collected_bytes:,} bytes gathered"
                )
                _log.info("data request %s: %s after %.0f s%s", self.id, status.state, waited, size)
                if progress is not None:
                    progress(status, waited)
                if status.state == "available":
                    return self
                unknown = unknown + 1 if status.state == "unknown" else 0
                if unknown >= _SURE_AFTER:
                    raise self._is_gone()
            left = timeout - waited
            if left <= 0:
                raise self._too_late(trouble, waited)
            self._sleep(min(pause * (0.9 + 0.2 * self._jitter()), left))
            pause = min(pause * 1.5, max(_LARGEST_NAP, poll))

    def _too_late(self, trouble: OutOfReachError | None, waited: float) -> Exception:
        if trouble is not None and not isinstance(trouble, TimeUpError):
            return OutOfReachError(trouble.what, where=f"data request {self.id}", hint=self._later)
        return NotReadyError(
            Sentence("the export is not ready after {waited} s", waited=f"{waited:.0f}"),
            where=self.id,
            hint=self._later,
        )

    def _is_gone(self) -> UnknownIdError:
        return UnknownIdError(
            "Copernica knows nothing of this data request: its id is wrong, or its export expired",
            where=self.id,
            hint="Check the id, or make a new request.",
        )

    @property
    def _later(self) -> str:
        return Sentence(
            "The same command takes it up again, or: dsr-report fetch --request {id}", id=shlex.quote(self.id)
        )

    def download(
        self,
        target: str | os.PathLike[str],
        progress: Callable[[int, int | None], None] | None = None,
        largest_bytes: int = LARGEST_BYTES,
        *,
        timeout: float = _DOWNLOAD_SECONDS,
        accept_subject: bool = False,
    ) -> Download:
        """Download the export to a file: whole and checked, or not at all.

        Args:
            target: the file; it is private, and replaced in one step.
            progress: callback with the bytes received and the total, None if unknown.
            largest_bytes: size of the largest export that is accepted.
            timeout: seconds that the download may take in all.
            accept_subject: accept an export that names no subject, another one, or several.

        Raises:
            NotReadyError: it is not there yet, or did not come in time.
            UnknownIdError: it is not there any more.
            FetchError: it cannot be downloaded whole, is no export, or is about somebody else.
            FileError: the file cannot be written.
        """
        with written_whole(target) as file:
            try:
                size, sha256, doubt = self._download(
                    file,
                    progress,
                    largest_bytes,
                    self._clock() + timeout,
                    accept_subject=accept_subject,
                )
            except TimeUpError as error:
                raise NotReadyError(
                    Sentence("the download ended too soon: {what}", what=error.what),
                    where=self.id,
                    hint=self._later,
                ) from None
        return Download(Path(target), size, sha256, doubt)

    def _download(
        self,
        file: BinaryIO,
        progress: Callable[[int, int | None], None] | None,
        largest: int,
        deadline: float,
        *,
        accept_subject: bool,
    ) -> tuple[int, str, str | None]:
        older = self._path
        work = FileDownload(
            self.id,
            older if self._is_older_api else f"{older}/data",
            self._transport,
            file,
            progress=progress,
            largest_bytes=largest,
            subject=self._subject,
            accept_subject=accept_subject,
            deadline=deadline,
            later=self._later,
        )
        while True:
            found = work.run()
            if found is not None:
                return *found, work.doubt
            # 404: not ready yet, expired, or an older API; only the status tells
            state = self._status(deadline).state
            if state == "unknown":
                raise self._is_gone()
            if state == "pending":
                raise NotReadyError("the export is not ready yet", where=self.id, hint=self._later)
            if self._is_older_api:
                work.path = older
            work.was_missing()

    def read(self, timezone: str = "Europe/Amsterdam") -> Export:
        """Download and open the export. Close it when done with it: that removes its private copy."""
        from dsr_report.export import read  # noqa: PLC0415 - the client works without the rest

        with TemporaryFolder() as folder:
            path = Path(folder) / "export.json"
            self.download(path)
            if path.stat().st_size < 1 << 20:
                return read(path.read_bytes(), timezone=timezone)
            with path.open("rb") as file:
                return read(file, timezone=timezone)

    def __repr__(self) -> str:
        return f"<DataRequest {self.id}>"
