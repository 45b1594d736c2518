"""The processes that lay out pages: a bounded number of them, each with a bounded amount of memory."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from dsr_report.disclosure import fonts
from dsr_report.disclosure.pdf.pieces import FontJob, LayoutJob, Piece
from dsr_report.errors import DsrReportError
from dsr_report.temporary import TemporaryFolder

_RETIRE_BYTES = 280 << 20
"""A process that once needed more is replaced, as what it freed does not go back to the system."""


class LayoutError(DsrReportError):
    """Pages could not be laid out."""


_OWN_GROUP = 0 if os.name == "posix" else None


class LayoutPool:
    """Lays out jobs in processes of their own; use it as a context manager.

    One pool may serve many documents, one after the other, which saves starting the processes again.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = max(1, workers if workers is not None else _processors())
        self.peak_bytes = 0
        self._folder = TemporaryFolder()
        cache = Path(self._folder.name) / "cache"
        cache.mkdir()
        self._config = Path(self._folder.name) / "fonts.conf"
        self._config.write_text(fonts.fontconfig(cache), encoding="utf-8")
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="layout")
        self._idle: list[subprocess.Popen[bytes]] = []
        self._all: set[subprocess.Popen[bytes]] = set()
        self._lock = threading.Lock()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def lay_out(self, jobs: Iterable[LayoutJob]) -> Iterator[Piece]:
        """The pieces of the jobs, in their order; only a few are held at any time."""
        for answer in self._in_order(jobs):
            if not isinstance(answer, Piece):
                raise LayoutError("a process gave an answer that is no piece of the report")
            yield answer

    def cut_down(self, jobs: Iterable[FontJob]) -> Iterator[bytes]:
        """Font files with only the glyphs asked for, in the order of the jobs."""
        for answer in self._in_order(jobs):
            if not isinstance(answer, bytes):
                raise LayoutError("a process gave an answer that is no font")
            yield answer

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
        self._folder.cleanup()

    def _in_order(self, jobs: Iterable[LayoutJob | FontJob]) -> Iterator[object]:
        waiting: list[Future[object]] = []
        try:
            for job in jobs:
                waiting.append(self._threads.submit(self._run, job))
                if len(waiting) > 2 * self.workers:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        finally:
            for future in waiting:
                future.cancel()

    def _run(self, job: LayoutJob | FontJob) -> object:
        process = self._take()
        assert process.stdin is not None  # noqa: S101 - both are pipes, see _start
        assert process.stdout is not None  # noqa: S101
        try:
            pickle.dump(job, process.stdin, protocol=5)
            process.stdin.flush()
            answer = pickle.load(process.stdout)  # noqa: S301 - from our own child process
        except (EOFError, OSError, pickle.UnpicklingError):
            code = process.wait()
            self._forget(process)
            if self._closed:
                raise LayoutError("the layout was stopped") from None
            raise LayoutError(
                f"a layout process ended by itself (exit status {code})",
                hint="It may have run out of memory; try fewer processes with --workers 1.",
            ) from None
        if isinstance(answer, Piece):
            self.peak_bytes = max(self.peak_bytes, answer.memory_bytes)
            if answer.memory_bytes > _RETIRE_BYTES:
                self._forget(process)
                return answer
        with self._lock:
            self._idle.append(process)
        return _checked(answer)

    def _take(self) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._idle:
                return self._idle.pop()
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
            "FONTCONFIG_FILE": str(self._config),
            "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),  # noqa: PTH109
            "PYTHONHASHSEED": "0",
            "LC_ALL": "C.UTF-8",
            "PANGO_LANGUAGE": "en",
            "SOURCE_DATE_EPOCH": "0",
        }
        command = [sys.executable, "-c", "from dsr_report.disclosure.pdf.worker import main; main()"]
        # A group of its own: Ctrl-C reaches us, and we end it; a killed parent ends it by closing its input.
        return subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, process_group=_OWN_GROUP
        )

    def _forget(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._all.discard(process)
        _end(process)


def _checked(answer: object) -> object:
    if isinstance(answer, DsrReportError):
        raise answer
    trace = getattr(answer, "trace", None)
    if isinstance(trace, str):
        error = LayoutError(f"a part of the report could not be laid out ({getattr(answer, 'kind', '')})")
        error.add_note(trace)
        raise error
    return answer


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    if process.poll() is None:
        process.kill()
    process.wait()


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
