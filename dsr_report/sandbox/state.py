"""The state of the sandbox: its data requests, the calls it got, and the faults that are planned."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, get_args

from dsr_report.sandbox.samples import Sample

FaultKind = Literal[
    "refuse",  # the connection is reset before there is an answer
    "reset",  # as `refuse`
    "stall",  # no answer for `stall_seconds`, then a reset
    "slow",  # an answer after a fifth of a second
    "500",
    "502",
    "503",
    "504",
    "429",
    "429-later",  # with a Retry-After in seconds
    "429-date",  # with a Retry-After that is a date
    "401",  # and every JWT is forgotten
    "404",
    "html",  # a proxy's page with status 200
    "cut",  # half a file with the whole file's length
    "cut-chunked",  # half a file in chunks, and no last chunk
    "cut-quietly",  # half a file without any length: only its JSON shows that the rest is missing
    "cut-within",  # half a file that the server takes for whole
    "changed",  # from now on the file is another one, of the same export
    "stranger",  # somebody else's file
    "sentence",  # a file whose data is an unknown sentence
    "not-ready",  # a file whose data is the sentence that it is not ready
    "expire",  # the data request expires now
    "late-answer",  # carried out, and no answer for `stall_seconds`
    "halt",  # half a file, and then nothing for `stall_seconds`
    "lose-answer",  # carried out, and then the connection breaks
    "lose-body",  # carried out, and the connection breaks behind the headers
    "no-id",  # carried out, and the answer has no request id
    "move",  # a redirect to another address here
    "away",  # a redirect to `elsewhere`
]
FAULTS: frozenset[str] = frozenset(get_args(FaultKind))
IdPlace = Literal["x-created", "x-location", "location", "body", "object", "text"]


@dataclass(slots=True)
class SandboxRequest:
    """A data request in the sandbox."""

    request_id: str
    sample: Sample
    made_at: float
    report: str | None
    revision: int = 0
    is_expired: bool = False


@dataclass(slots=True)
class SandboxState:
    """State of the sandbox: its token, data requests, planned faults, and the requests it got.

    Attributes:
        samples: the exports by type and id (ids in lower case).
        token: the one API token.
        delay_seconds: how long a data request takes.
        expires_seconds: how long its export stays after that.
        token_seconds: how long a JWT is valid.
        older_api: without a status call; `GET datarequest/ID` answers with the file or with a sentence.
        resumable: whether files support range requests.
        id_in: where the answer to a data request holds the request id.
        deliver_reports: POST exports to the `report` address, if that is on this machine.
        elsewhere: the host that the fault `away` sends to.
        stall_seconds: duration of the faults `stall`, `late-answer` and `halt`.
        clock: seconds, for delays and expiry.
        asked: method and path of every request so far.
    """

    samples: dict[tuple[str, str], Sample]
    token: str
    delay_seconds: float = 0.0
    expires_seconds: float = 86_400.0
    token_seconds: float = 86_400.0
    older_api: bool = False
    resumable: bool = True
    id_in: IdPlace = "x-created"
    deliver_reports: bool = False
    elsewhere: str = ""
    stall_seconds: float = 1.0
    clock: Callable[[], float] = time.monotonic
    jobs: dict[str, SandboxRequest] = field(default_factory=dict)
    tokens: dict[str, float] = field(default_factory=dict)
    faults: dict[str, list[FaultKind]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, path: str, *faults: FaultKind) -> None:
        """Plan faults for the next requests whose `METHOD path` contains `path`, one each.

        A `path` that ends in `$` must match the end.

        Raises:
            ValueError: there is no such fault.
        """
        if not FAULTS.issuperset(faults):
            raise ValueError(f"no such fault: {', '.join(set(faults) - FAULTS)}")
        with self.lock:
            self.faults.setdefault(path, []).extend(faults)

    def next_fault(self, path: str) -> FaultKind | None:
        """Take the next fault that is planned for a request, or None."""
        with self.lock:
            for key, waiting in self.faults.items():
                if waiting and _fits(key, path):
                    return waiting.pop(0)
        return None

    def note(self, method: str, path: str) -> None:
        """Record a request."""
        with self.lock:
            self.asked.append((method, path))

    def count(self, method: str, path: str) -> int:
        """Number of such requests so far; `path` as in `plan`."""
        with self.lock:
            return sum(1 for m, p in self.asked if m == method and _fits(path, p))

    def new_job(self, sample: Sample, report: str | None) -> SandboxRequest:
        """Create a data request."""
        job = SandboxRequest(secrets.token_hex(8), sample, self.clock(), report)
        with self.lock:
            self.jobs[job.request_id] = job
        return job

    def standing(
        self, job: SandboxRequest | None
    ) -> tuple[Literal["available", "pending", "not available"], float]:
        """The state of a data request, and the share of its data that is gathered."""
        if job is None or job.is_expired:
            return "not available", 0.0
        age = self.clock() - job.made_at
        if age > self.delay_seconds + self.expires_seconds:
            return "not available", 0.0
        if age >= self.delay_seconds:
            return "available", 1.0
        return "pending", min(age / self.delay_seconds, 0.99)


def _fits(pattern: str, path: str) -> bool:
    return path.endswith(pattern[:-1]) if pattern.endswith("$") else pattern in path
