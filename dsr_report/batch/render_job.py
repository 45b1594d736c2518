"""One rendering, in a process of its own or on a remote worker; and the processes of this machine."""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import os
import queue
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from multiprocessing import connection, util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from dsr_report.batch.storage import copy_here, copy_there, is_there, local_path
from dsr_report.errors import DsrReportError, FileError, UsageError
from dsr_report.temporary import TemporaryFolder
from dsr_report.workers import processors

if TYPE_CHECKING:
    from dsr_report.writers.pdf.layout_pool import LayoutPool

_log = logging.getLogger(__name__)
_TRIES = 2
"""Attempts at a rendering whose process died."""
_RENEWED_AFTER = 100
"""Renderings of one process; then a new one takes its place."""
_kept = threading.local()


@dataclass(frozen=True, slots=True)
class RenderTask:
    """What to render: references and settings, but no content of the export, and no secret.

    Attributes:
        export: the export: a path that the renderer sees, or an address of shared storage.
        sha256: of the export.
        target: the disclosure; in storage its name gets a part that no other rendering uses.
        whom: `whom_of` the requested subject.
        options: options of `dsr_report.Report`, and `timezone`, as plain values.
        config: the configuration file and the files beside it: (reference, relative path).
    """

    export: str
    sha256: str
    target: str
    whom: str
    options: Mapping[str, Any]
    config: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """Result of a task: a disclosure, or an error message without personal data."""

    target: str = ""
    sha256: str = ""
    values: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()
    error: str | None = None
    exit_code: int = 0
    annexes: str | None = None
    """The file name of the separate PDF of its annexes."""


class Renderers(Protocol):
    """The interface of renderers; `width` threads may call `render` at once."""

    width: int

    def render(self, key: str, task: RenderTask) -> Rendered: ...

    def stop(self) -> None:
        """End the renderings under way; their callers get an error."""


def whom_of(subject_type: str | None, subject_id: str | None) -> str:
    """Hash a subject, so that a renderer can check it without knowing the address."""
    text = f"{subject_type}\0{(subject_id or '').strip().casefold()}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def render(task: RenderTask) -> Rendered:
    """Render one export. Errors are returned: a caller that logs exceptions would log their content."""
    started = time.perf_counter()
    try:
        rendered = _render(task)
    except DsrReportError as error:
        return Rendered(error=error.for_command_line(), exit_code=error.exit_code)
    except Exception as error:  # noqa: BLE001 - one export must not take the others along
        _log.info("rendering failed", exc_info=error)
        text = f"rendering stopped ({type(error).__name__}); the same command tries it again"
        return Rendered(error=text, exit_code=1)
    return replace(rendered, seconds=round(time.perf_counter() - started, 3))


def _render(task: RenderTask) -> Rendered:
    from dsr_report.export import read  # noqa: PLC0415 - in the renderer alone
    from dsr_report.report import Report  # noqa: PLC0415

    settings = dict(task.options)
    timezone = settings.pop("timezone", "Europe/Amsterdam")
    with _local_files(task) as (path, target, config), ExitStack() as stack:
        source = stack.enter_context(read(path, timezone=timezone, config=config))
        if whom_of(source.info.type, source.info.id) != task.whom:
            raise UsageError("the export is about a different person than requested", where=path.name)
        report = stack.enter_context(Report(source, config=source.config, **settings))
        written = report.to(target, workers=_layout() if target.suffix in {".pdf", ".zip"} else 1)
        place = task.target
        if local_path(place) is None:
            if not is_there(task.export):  # a batch that removed its export wants no disclosure of it
                raise FileError("the batch was stopped and removed its export")
            stem, dot, ending = place.rpartition(".")
            place = f"{stem}.{secrets.token_hex(4)}{dot}{ending}"  # two workers may be given the same task
            copy_there(target, place)
        return Rendered(
            place, written.sha256, written.values.total, warnings=written.warnings,
            annexes=written.annexes.name if written.annexes else None,
        )  # fmt: skip


def _layout() -> LayoutPool:
    """The layout process of this thread, kept for its next report: starting one costs as much as a report."""
    from dsr_report.writers.pdf.layout_pool import LayoutPool  # noqa: PLC0415 - in the renderer alone

    pool: LayoutPool | None = getattr(_kept, "pool", None)
    if pool is None:
        pool = _kept.pool = LayoutPool(1)
        util.Finalize(pool, pool.close, exitpriority=10)  # at the end of our worker processes, too
    return pool


@contextmanager
def _local_files(task: RenderTask) -> Iterator[tuple[Path, Path, Path | None]]:
    """The export, the target and the configuration as files that this process can open."""
    with TemporaryFolder() as name:
        folder = Path(name)
        path = local_path(task.export)
        if path is None:
            path = folder / "export.json"
            if copy_here(task.export, path) != task.sha256:
                raise FileError("the export in the shared storage is not the one that was put there")
        target = local_path(task.target) or folder / f"disclosure{Path(task.target).suffix}"
        yield path, target, _config(task, folder / "config")


def _config(task: RenderTask, folder: Path) -> Path | None:
    if not task.config:
        return None
    if (seen := local_path(task.config[0][0])) is not None:
        return seen  # the files that belong beside it are there
    for reference, relative in task.config:
        place = folder / relative
        place.parent.mkdir(parents=True, exist_ok=True)
        copy_here(reference, place)
    return folder / task.config[0][1]


class LocalRenderers:
    """Renderers on this machine: processes, each of which can die without the others.

    A rendering whose process died (at the system's memory limit, for example) is tried once more.
    """

    def __init__(self, count: int | None = None) -> None:
        self.width = count or processors()
        self._is_stopped = False
        self._busy: set[ProcessPoolExecutor] = set()
        self._idle: queue.SimpleQueue[ProcessPoolExecutor] = queue.SimpleQueue()
        for _ in range(self.width):
            self._idle.put(_process())

    def render(self, key: str, task: RenderTask) -> Rendered:
        """Render in the next process that is free."""
        del key
        process = self._idle.get()
        try:
            for _ in range(_TRIES):
                if self._is_stopped:
                    return Rendered(error="stopped. The same command goes on", exit_code=1)
                self._busy.add(process)
                try:
                    return process.submit(render, task).result()
                except BrokenProcessPool:
                    process.shutdown(wait=False)
                    self._busy.discard(process)
                    process = _process()
        finally:
            self._busy.discard(process)
            self._idle.put(process)
        return Rendered(
            error="rendering ended with its process, twice; is there enough memory? "
            "The same command tries it again",
            exit_code=1,
        )

    def stop(self) -> None:
        """End the processes that render."""
        self._is_stopped = True
        for pool in list(self._busy):
            for process in list((pool._processes or {}).values()):  # noqa: SLF001 - `kill_workers` came in 3.14
                process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while not self._idle.empty():
            self._idle.get().shutdown(wait=True, cancel_futures=True)


def _process() -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(
        1, mp_context=context, max_tasks_per_child=_RENEWED_AFTER, initializer=_end_with_parent
    )


def _end_with_parent() -> None:
    """End this process when the batch that started it is killed."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
