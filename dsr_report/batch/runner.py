"""A batch from its list to its results: subjects are fetched, rendered and recorded concurrently.

Finished subjects are in `batch-results.jsonl` beside the disclosures, a line each, written when the
disclosure is whole on disk. A later run skips a subject whose line and file are there and agree.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, Protocol

from dsr_report.batch.lists import key_of
from dsr_report.batch.render_job import LocalRenderers, Rendered, Renderers, RenderTask, whom_of
from dsr_report.batch.results import RESULTS, Result, ResultsFile
from dsr_report.errors import DsrReportError, UsageError
from dsr_report.export import zone_named
from dsr_report.files import day_of, private_folder, sha256_of
from dsr_report.jsonstream.subjects import Subject
from dsr_report.locks import CAN_LOCK, lock
from dsr_report.obtain import Obtained
from dsr_report.times import DEFAULT_ZONE

_log = logging.getLogger(__name__)
AT_ONCE = 8
"""Default number of concurrent data requests."""
Stage = Literal["queued", "collecting", "collected", "rendering"]


class Fetcher(Protocol):
    """Callable that gets the export of a subject on disk."""

    def __call__(self, subject: Subject) -> Obtained: ...


class HaltedError(DsrReportError):
    """The batch was stopped during the wait for this subject's data request."""


class Halt:
    """Wakes all waiting threads at once. Pass `nap` as the `sleep` of whatever waits while fetching."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def nap(self, seconds: float) -> None:
        """Sleep so many seconds.

        Raises:
            HaltedError: the batch stops.
        """
        if self._event.wait(seconds):
            raise HaltedError("stopped", hint="Run the same command again to continue.")

    def now(self) -> None:
        """Stop the batch: wake every thread that naps."""
        self._event.set()


@dataclass(frozen=True, slots=True)
class _Work:
    """A subject that is being fetched or rendered."""

    line: int
    subject: Subject
    key: str
    target: Path
    options: Mapping[str, Any]
    settings: str
    obtained: Obtained | None = None


def run_batch(
    subjects: Sequence[Subject],
    folder: Path,
    fetch: Fetcher,
    *,
    ending: str = "pdf",
    options: Mapping[str, Any],
    each: Mapping[Subject, Mapping[str, Any]] = MappingProxyType({}),
    config: Path | None = None,
    workers: int | None = None,
    at_once: int = AT_ONCE,
    dask: str | None = None,
    storage: str | None = None,
    halt: Halt | None = None,
    told: Callable[[Result], None] = lambda _result: None,
    moved: Callable[[str, Stage], None] = lambda _key, _stage: None,
    noted: Callable[[Obtained, Result], None] = lambda _obtained, _result: None,
) -> list[Result]:
    """Fetch and render every subject; what fails is reported, and does not stop the others.

    Args:
        subjects: the subjects to answer.
        folder: where disclosures and results go; private.
        fetch: gets an export; called by several threads at a time.
        ending: `pdf`, `html` or `zip`.
        options: options of `dsr_report.Report` except `config`, as plain values.
        each: options of single subjects, which override the batch's.
        config: the controller's configuration.
        workers: number of rendering processes; one per core by default.
        at_once: maximum number of concurrent data requests.
        dask: address of a Dask scheduler to render on.
        storage: shared storage for its workers; without it, they must see `folder`.
        halt: wakes `fetch` when the batch is interrupted.
        told: callback with each result as it comes.
        moved: callback with the stage of a subject, from any thread.
        noted: callback, in the thread of `told`, with the export and result of each success.

    Raises:
        UsageError: another batch works in the folder, or the cluster cannot be used.
    """
    private_folder(folder)
    halt = halt or Halt()
    with ExitStack() as stack:
        stack.enter_context(_alone_in(folder))
        journal = ResultsFile(folder / RESULTS)
        config_hash = sha256_of(config) if config else None
        results: dict[str, Result] = {}
        waiting: list[_Work] = []
        for line, subject in enumerate(subjects, 1):
            key = key_of(subject)
            own = {**options, **each.get(subject, {})}
            target = folder / f"disclosure-{key}.{ending}"
            work = _Work(line, subject, key, target, own, _hash_of(own, config_hash))
            done = journal.earlier_result(key, line, target.name, folder, work.settings)
            if done is None:
                waiting.append(work)
            else:
                results[key] = done
                told(done)
        if not waiting:
            return [results[key_of(subject)] for subject in subjects]
        renderers: Renderers
        if dask is None:
            renderers = stack.enter_context(LocalRenderers(workers and min(workers, len(waiting))))
        else:
            from dsr_report.batch.cluster import Cluster  # noqa: PLC0415 - an optional library

            renderers = stack.enter_context(Cluster(dask, folder, storage=storage, config=config))
        settings = ((str(config.resolve()), config.name),) if config else ()
        line_up = _Assembly(fetch, renderers, halt, moved, settings)
        for work, rendered in line_up.render_all(waiting, min(at_once, len(waiting))):
            result = _result(work, rendered)
            if work.obtained is not None and result.ok:
                try:
                    noted(work.obtained, result)  # first: subjects in the results are not looked at again
                except DsrReportError as error:
                    reason = error.for_command_line()
                    fault = f"it was made, but could not be noted: {reason}. The same command tries again"
                    result = _result(work, Rendered(error=fault, exit_code=error.exit_code))
            results[work.key] = result
            journal.add(result, work.settings)
            told(result)
    return [results[key_of(subject)] for subject in subjects]


class _Assembly:
    """Runs two thread pools: one fetches exports, the other waits for the renderers."""

    def __init__(
        self,
        fetch: Fetcher,
        renderers: Renderers,
        halt: Halt,
        moved: Callable[[str, Stage], None],
        config: tuple[tuple[str, str], ...],
    ) -> None:
        self._fetch = fetch
        self._renderers = renderers
        self._halt = halt
        self._moved = moved
        self._config = config

    def render_all(self, waiting: Sequence[_Work], at_once: int) -> Iterator[tuple[_Work, Rendered]]:
        """Yield each subject with its result, in the order in which they finish."""
        fetchers = ThreadPoolExecutor(at_once)
        rendering = ThreadPoolExecutor(min(self._renderers.width, len(waiting)))
        events: queue.SimpleQueue[Future[tuple[_Work, Rendered | None]]] = queue.SimpleQueue()
        try:
            for work in waiting:
                fetchers.submit(self._fetch_one, work).add_done_callback(events.put)
            left = len(waiting)
            while left:
                work, rendered = events.get().result()
                if rendered is None:
                    rendering.submit(self._render, work).add_done_callback(events.put)
                else:
                    left -= 1
                    yield work, rendered
        except BaseException:
            self._halt.now()
            self._renderers.stop()
            raise
        finally:
            fetchers.shutdown(cancel_futures=True)
            rendering.shutdown(cancel_futures=True)

    def _fetch_one(self, work: _Work) -> tuple[_Work, Rendered | None]:
        self._moved(work.key, "collecting")
        try:
            obtained = self._fetch(work.subject)
        except DsrReportError as error:
            return work, Rendered(error=error.for_command_line(), exit_code=error.exit_code)
        except Exception as error:  # noqa: BLE001 - one subject must not take the others along
            _log.info("fetching failed", exc_info=error)
            text = f"fetching stopped ({type(error).__name__}); the same command tries it again"
            return work, Rendered(error=text, exit_code=1)
        self._moved(work.key, "collected")
        return replace(work, obtained=obtained), None

    def _render(self, work: _Work) -> tuple[_Work, Rendered | None]:
        if work.obtained is None:
            raise RuntimeError("nothing was fetched")
        self._moved(work.key, "rendering")
        options = dict(work.options)
        if options.get("collected") is None:
            zone = zone_named(str(options.get("timezone", DEFAULT_ZONE)))
            options["collected"] = day_of(work.obtained.path, zone)
        task = RenderTask(
            export=str(work.obtained.path),
            sha256=work.obtained.sha256,
            target=str(work.target),
            whom=whom_of(work.subject.type, work.subject.id),
            options=options,
            config=self._config,
        )
        return work, self._renderers.render(work.key, task)


def _hash_of(options: Mapping[str, Any], config_hash: str | None) -> str:
    """Hash everything that a disclosure depends on, apart from its export."""
    settings = json.dumps([options, config_hash], sort_keys=True, default=str)
    return hashlib.sha256(settings.encode("utf-8")).hexdigest()[:16]


def _result(work: _Work, rendered: Rendered) -> Result:
    if rendered.error is not None:
        return Result(work.line, work.key, ok=False, error=rendered.error, exit_code=rendered.exit_code)
    return Result(
        work.line, work.key, ok=True, file=work.target.name, sha256=rendered.sha256, values=rendered.values,
        seconds=rendered.seconds, warnings=rendered.warnings, annexes=rendered.annexes,
    )  # fmt: skip


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Lock the folder against a second batch, and remove partial files of a killed one."""
    handle = os.open(folder / ".batch-lock", os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        if CAN_LOCK:
            if not lock(file):
                raise UsageError("another batch is running in this folder", where=str(folder))
            _clear(folder)
        try:
            yield
        finally:
            if CAN_LOCK:
                _clear(folder)  # partial files of renderers that were stopped


def _clear(folder: Path) -> None:
    for left in (*folder.glob(".*.part"), *(folder / "exports").glob(".*.part")):
        left.unlink(missing_ok=True)
