"""A bounded pool of worker processes, each with bounded memory.

They are separate programs (`worker`): nothing of the caller's process is imported again, so that scripts need
no guard and notebooks work, and their memory is released when they end.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from dsr_report.closing import Closing
from dsr_report.errors import DsrReportError

Job = TypeVar("Job")
Answer = TypeVar("Answer")
_OWN_GROUP = 0 if os.name == "posix" else None


class ProcessError(DsrReportError):
    """A worker process failed."""


class Processes(Closing):
    """Runs jobs in worker processes; use it as a context manager, or `close` it.

    Args:
        workers: maximum number of processes; by default the number of processors.
        error: the exception raised if a process fails.
        environment: added to the processes' environment, which has none of our variables, such as tokens.
        retires: whether, given its answer, a process should be replaced because it grew too large.
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        error: type[DsrReportError] = ProcessError,
        environment: Mapping[str, str] | None = None,
        retires: Callable[[object], bool] = lambda _answer: False,
    ) -> None:
        self.workers = max(1, workers if workers is not None else processors())
        self._error = error
        self._environment = dict(environment or {})
        self._retires = retires
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="work")
        self._idle: list[subprocess.Popen[bytes]] = []
        self._all: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def close(self) -> None:
        """End all processes."""
        self._closed = True
        with self._lock:
            processes = list(self._all)
        for process in processes:
            process.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for process in processes:
            _end(process)

    def in_order(
        self, function: Callable[[Job], Answer], jobs: Iterable[Job], *, ahead: int | None = None
    ) -> Iterator[Answer]:
        """Yield the result of `function`, which must be importable, for each job, in order.

        Only a few jobs are fetched ahead, so that memory does not grow with their number; with `ahead=0` each
        job begins when the one before it is done, in one process.

        Raises:
            DsrReportError: raised by the function, or `error` if it failed in another way.
        """
        most = 2 * self.workers if ahead is None else ahead
        waiting: list[Future[Answer]] = []
        try:
            for job in jobs:
                waiting.append(self._threads.submit(self._run, function, job))
                if len(waiting) > most:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        finally:
            for future in waiting:
                future.cancel()

    def _run(self, function: Callable[[Job], Answer], job: Job) -> Answer:
        process = self._take()
        assert process.stdin is not None  # noqa: S101 - both are pipes, see _start
        assert process.stdout is not None  # noqa: S101
        try:
            pickle.dump((function, job), process.stdin, protocol=5)
            process.stdin.flush()
            answer = pickle.load(process.stdout)  # noqa: S301 - from our own child process
        except (EOFError, OSError, pickle.UnpicklingError):
            code = process.wait()
            self._forget(process)
            if self._closed:
                raise self._error("the work was stopped") from None
            raise self._error(
                f"a process that worked for us ended by itself (exit status {code})",
                hint="It may have run out of memory; try fewer processes with --workers 1.",
            ) from None
        if self._retires(answer):
            self._forget(process)
        else:
            with self._lock:
                self._idle.append(process)
        checked: Answer = self._check(answer)
        return checked

    def _take(self) -> subprocess.Popen[bytes]:
        while True:
            with self._lock:
                process = self._idle.pop() if self._idle else None
            if process is None:
                break
            if process.poll() is None:
                return process
            self._forget(process)  # it was killed while idle
        process = self._start()
        with self._lock:
            self._all.add(process)
        return process

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("COPERNICA_", "DSR_REPORT_", "FONTCONFIG_"))
        }
        environment |= {
            "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),  # noqa: PTH109
            "PYTHONHASHSEED": "0",
            **self._environment,
        }
        # -P: a file in the current folder may be named like a standard module, and must not run.
        command = [sys.executable, "-P", "-c", "from dsr_report.workers.worker import main; main()"]
        # Own process group: Ctrl-C reaches only us, and we end it; if we are killed, its closed input does.
        return subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, process_group=_OWN_GROUP
        )

    def _check(self, answer: Any) -> Any:
        if isinstance(answer, DsrReportError):
            raise answer
        trace = getattr(answer, "trace", None)
        if isinstance(trace, str):
            error = self._error(f"a part of the work could not be done ({getattr(answer, 'kind', '')})")
            error.add_note(trace)
            raise error
        return answer

    def _forget(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._all.discard(process)
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    if process.poll() is None:
        process.kill()
    process.wait()


def processors() -> int:
    """The number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
