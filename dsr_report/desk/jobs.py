"""Work that takes longer than a page request may: one job at a time, in a thread, its state on disk.

A job interrupted by the end of the process is found at the next start: a fetch resumes, because the register
has its progress; any other job is offered to be started again.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from dsr_report.desk.folders import CaseFolder
from dsr_report.errors import DsrReportError
from dsr_report.sentences import Sentence, as_data, from_data

_log = logging.getLogger(__name__)
JobKind = Literal["fetch", "read", "make", "preview"]
State = Literal["queued", "running", "done", "failed", "stopped", "interrupted"]
ACTIVE = frozenset({"queued", "running"})


class StoppedError(Exception):
    """The user stopped the job; raised by its progress calls."""


@dataclass(slots=True)
class Job:
    """One job of a case."""

    case: str
    """Reference of the case."""
    kind: JobKind
    options: dict[str, Any] = field(default_factory=dict)
    actor: str = ""
    state: State = "queued"
    at: str = ""
    what: str = ""
    """Reason of failure; never a value of the export."""
    hint: str = ""
    done: int = 0
    total: int = 0
    started: float = 0.0
    step: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def is_active(self) -> bool:
        """Whether it is queued or running."""
        return self.state in ACTIVE

    @property
    def seconds_left(self) -> float | None:
        """Estimated seconds until its end; None in the first 2 % and without a known total."""
        share = self.done / self.total if self.total else 0.0
        if not self.started or share < 0.02:
            return None
        return (time.monotonic() - self.started) * (1 - share) / share

    def tell(self, done: int, total: int | None) -> None:
        """Record progress.

        Raises:
            StoppedError: the user stopped the job.
        """
        self.check()
        self.done, self.total = done, total or 0

    def check(self) -> None:
        """Raise `StoppedError` if the user stopped the job."""
        if self.stopping.is_set():
            raise StoppedError

    def facts(self) -> dict[str, Any]:
        """Its serializable fields, for the file on disk."""
        kept = {name for name in _NAMES if name not in {"stopping", "started"}}
        return {name: as_data(v) if name in _SAID else v for name in kept for v in (getattr(self, name),)}


_NAMES = tuple(Job.__dataclass_fields__)
_SAID = frozenset({"what", "hint"})
"""Fields with messages; stored as data, so that they can be displayed in any language."""
Runner = Callable[[Job], "dict[str, Any] | None"]


class Jobs:
    """Runs jobs one after another.

    Args:
        runners: the function that does the work of each kind.
        folder: returns the folder of a case by its reference.
    """

    def __init__(self, runners: Mapping[str, Runner], folder: Callable[[str], CaseFolder]) -> None:
        self._runners = runners
        self._folder = folder
        self._jobs: dict[str, Job] = {}
        self._waiting: queue.Queue[Job | None] = queue.Queue()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="desk-jobs", daemon=True)
        self._thread.start()

    def start(
        self, reference: str, kind: JobKind, options: dict[str, Any] | None = None, *, actor: str
    ) -> Job:
        """Start a job and return it; if the case has an active job, return that."""
        with self._lock:
            known = self._jobs.get(reference)
            if known is not None and known.is_active:
                return known
            job = Job(
                reference,
                kind,
                options or {},
                actor,
                at=datetime.now(UTC).isoformat(timespec="seconds"),
            )
            self._jobs[reference] = job
            self._folder(reference).note_job(job.facts())
        self._waiting.put(job)
        return job

    def of(self, reference: str) -> Job | None:
        """The last job of a case, after a restart as stored on disk; None without one."""
        job = self._jobs.get(reference)
        if job is None and (facts := self._folder(reference).job):
            known = {n: from_data(facts[n]) if n in _SAID else facts[n] for n in _NAMES if n in facts}
            job = Job(**known)
            if job.is_active:
                job.state = "interrupted"
            self._jobs.setdefault(reference, job)
        return job

    def stop(self, reference: str) -> None:
        """Ask the job of a case to stop."""
        job = self._jobs.get(reference)
        if job is not None:
            job.stopping.set()

    def drop(self, reference: str) -> None:
        """Stop and remove the job of a case."""
        with self._lock:
            job = self._jobs.pop(reference, None)
        if job is not None:
            job.stopping.set()

    def end(self) -> None:
        """Stop all jobs, and wait up to 30 seconds for the running one to clean up."""
        for job in self._jobs.values():
            job.stopping.set()
        self._waiting.put(None)
        self._thread.join(timeout=30)

    def _work(self) -> None:
        while (job := self._waiting.get()) is not None:
            job.state, job.started = "running", time.monotonic()
            self._keep(job)
            try:
                job.check()
                job.result = self._runners[job.kind](job) or {}
                job.state = "done"
            except StoppedError:
                job.state = "stopped"
            except DsrReportError as error:
                job.state, job.what, job.hint = "failed", error.what, error.hint or ""
            except MemoryError:
                job.state, job.what = "failed", Sentence("there is not enough memory")
            except Exception as error:  # noqa: BLE001 - one job that fails must not end all others
                job.state = "failed"
                job.what = Sentence("an error of ours: {error}", error=place_of_error(error))
                _log.error("a job failed: %s", place_of_error(error))
            self._keep(job)

    def _keep(self, job: Job) -> None:
        try:
            self._folder(job.case).note_job(job.facts())
        except DsrReportError as error:
            _log.error("the state of a job cannot be kept: %s", error.what)


def place_of_error(error: BaseException) -> str:
    """Type and place of an unexpected error for the log: its message may quote values."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" ({Path(last[0].filename).name}:{last[0].lineno})" if last else ""
    return f"{type(error).__name__}{place}"
