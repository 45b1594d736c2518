"""Many subjects: fetched by a few threads, rendered by processes (or a Dask cluster), resumable at once.

What is finished stands in `batch-results.jsonl` beside the disclosures, a line each, written when the
disclosure is whole on disk. A later run skips a subject whose line and file are there and agree.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
import logging
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from dsr_report.errors import DsrReportError, MissingExtraError, UsageError
from dsr_report.files import private_folder, sha256_of
from dsr_report.jobs import Obtained, Subject, subject_named

_log = logging.getLogger(__name__)
RESULTS = "batch-results.jsonl"
_FETCHERS = 4


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one subject; `key` names it without its address, `line` is its number in the list."""

    line: int
    key: str
    ok: bool
    file: str | None = None
    sha256: str | None = None
    values: int | None = None
    error: str | None = None
    exit_code: int = 0
    skipped: bool = False


class Fetcher(Protocol):
    """Gets the export of a subject on disk."""

    def __call__(self, subject: Subject) -> Obtained: ...


def read_subjects(text: str, subject_type: str | None = None) -> list[Subject]:
    """The subjects of a list (one id a line) or of a CSV with the columns `id` and, if need be, `type`.

    Raises:
        UsageError: a line names no subject; all of them are named.
    """
    rows: list[tuple[int, str, str | None]] = []
    lines = text.lstrip("\ufeff").splitlines()
    head = next((line for line in lines if line.strip()), "")
    dialect = ";" if head.count(";") > head.count(",") else ","
    names = [name.strip().strip('"').lower() for name in head.split(dialect)]
    if "id" in names:
        reader = csv.DictReader(io.StringIO("\n".join(lines)), delimiter=dialect)
        for number, row in enumerate(reader, 2):
            plain = {
                (k or "").strip().lower(): (v or "").strip() for k, v in row.items() if isinstance(v, str)
            }
            if plain.get("id"):
                rows.append((number, plain["id"], plain.get("type") or None))
    else:
        rows = [
            (number, line.strip(), None)
            for number, line in enumerate(lines, 1)
            if line.strip() and not line.lstrip().startswith("#")
        ]
    subjects, faults = [], []
    for number, identifier, kind in rows:
        try:
            subjects.append(subject_named(identifier, kind or subject_type))
        except UsageError as error:
            faults.append(f"line {number}: {error.what}")
    if faults:
        raise UsageError("; ".join(faults[:20]), hint="Correct the list; nothing was requested.")
    if not subjects:
        raise UsageError("the list names no subject")
    return list(dict.fromkeys(subjects))


def key_of(subject: Subject) -> str:
    """A name for a subject that holds no address."""
    import hashlib  # noqa: PLC0415 - small

    if subject.type != "email":
        return f"{subject.type}-{subject.id}"
    return f"email-{hashlib.sha256(subject.id.casefold().encode('utf-8')).hexdigest()[:8]}"


def run_batch(
    subjects: Sequence[Subject],
    folder: Path,
    fetch: Fetcher,
    *,
    ending: str = "pdf",
    options: Mapping[str, Any],
    workers: int | None = None,
    dask: str | None = None,
    told: Callable[[Result], None] = lambda _result: None,
    noted: Callable[[Obtained, Result], None] = lambda _obtained, _result: None,
) -> list[Result]:
    """Fetch and render every subject; what fails is reported, and does not stop the others.

    Args:
        subjects: whom to answer.
        folder: where disclosures and results go; private.
        fetch: gets an export; called by a few threads at a time.
        ending: `pdf`, `html` or `zip`.
        options: of `dsr_report.Report`, as plain values.
        workers: rendering processes; one a core by default.
        dask: address of a Dask scheduler to render on, whose workers see the same folders.
        told: is told each result as it comes.
        noted: is told, in the same thread as `told`, which export each success was made of.
    """
    private_folder(folder)
    with _alone_in(folder):
        return _run(subjects, folder, fetch, ending, options, workers, dask, told, noted)


def _run(  # noqa: PLR0917 - the arguments of `run_batch`
    subjects: Sequence[Subject],
    folder: Path,
    fetch: Fetcher,
    ending: str,
    options: Mapping[str, Any],
    workers: int | None,
    dask: str | None,
    told: Callable[[Result], None],
    noted: Callable[[Obtained, Result], None],
) -> list[Result]:
    journal = _Journal(folder / RESULTS)
    results: dict[str, Result] = {}
    waiting: list[tuple[int, Subject]] = []
    for line, subject in enumerate(subjects, 1):
        done = journal.finished(key_of(subject), folder)
        if done is not None:
            results[key_of(subject)] = done
            told(done)
        else:
            waiting.append((line, subject))
    with _renderers(workers, dask) as renderers, ThreadPoolExecutor(_FETCHERS) as fetchers:
        chains = {
            fetchers.submit(
                _one, line, subject, folder, fetch, renderers, ending=ending, options=dict(options)
            ): key_of(subject)
            for line, subject in waiting
        }
        for future in as_completed(chains):
            result, obtained = future.result()
            journal.add(result)
            results[chains[future]] = result
            if obtained is not None and result.ok:
                noted(obtained, result)
            told(result)
    return [results[key_of(subject)] for subject in subjects]


def _one(
    line: int,
    subject: Subject,
    folder: Path,
    fetch: Fetcher,
    renderers: Executor,
    *,
    ending: str,
    options: dict[str, Any],
) -> tuple[Result, Obtained | None]:
    key = key_of(subject)
    target = folder / f"disclosure-{key}.{ending}"
    obtained = None
    try:
        obtained = fetch(subject)
        rendering: Future[tuple[str, int]] = renderers.submit(
            render_one, str(obtained.path), str(target), subject.type, subject.id, options
        )
        sha256, values = rendering.result()
    except DsrReportError as error:
        return Result(line, key, ok=False, error=str(error), exit_code=error.exit_code), obtained
    except Exception as error:  # noqa: BLE001 - a worker that died must not take the others along
        _log.info("rendering failed", exc_info=error)
        text = f"rendering stopped ({type(error).__name__}); the same command tries it again"
        return Result(line, key, ok=False, error=text, exit_code=1), obtained
    return Result(line, key, ok=True, file=target.name, sha256=sha256, values=values), obtained


def render_one(
    export: str, target: str, subject_type: str, subject_id: str, options: Mapping[str, Any]
) -> tuple[str, int]:
    """Render one export; runs in a process of its own, or on a worker of a cluster.

    Raises:
        UsageError: the export is about someone else.
    """
    from dsr_report.disclosing import Report  # noqa: PLC0415 - in the worker alone
    from dsr_report.reading import read  # noqa: PLC0415

    settings = dict(options)
    timezone = settings.pop("timezone", "Europe/Amsterdam")
    with read(export, timezone=timezone) as source:
        found = str(source.info.id or "")
        if source.info.type != subject_type or found.casefold() != subject_id.casefold():
            raise UsageError("the export is about someone else than was asked for", where=Path(export).name)
        with Report(source, **settings) as report:
            written = report.to(target, workers=1)
    return written.sha256, written.values.total


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Keep a second batch out of the folder, and clear away what a killed one left half-written."""
    with (folder / ".batch-lock").open("a", encoding="utf-8") as lock:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415 - POSIX alone

            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise UsageError("another batch is at work in this folder", where=str(folder)) from error
            for left in (*folder.glob(".*.part"), *(folder / "exports").glob(".*.part")):
                left.unlink(missing_ok=True)
        yield


@contextmanager
def _renderers(workers: int | None, dask: str | None) -> Iterator[Executor]:
    if dask is None:
        count = workers or os.cpu_count() or 1
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(count, mp_context=context, max_tasks_per_child=25) as pool:
            yield pool
        return
    try:
        Cluster: Any = importlib.import_module("distributed").Client  # noqa: N806 - it is a class
    except ImportError as error:
        raise MissingExtraError(
            "a Dask cluster needs distributed", hint="Install it: pip install 'dsr-report[dask]'."
        ) from error
    with Cluster(dask) as cluster:
        yield cluster.get_executor(pure=False, retries=3)


class _Journal:
    """The results file: one JSON object a line, flushed to disk line by line."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, dict[str, Any]] = {}
        if path.exists():
            for line in path.read_text(encoding="utf-8").splitlines():
                try:
                    entry = json.loads(line)
                    self._known[entry["key"]] = entry
                except (ValueError, KeyError, TypeError):
                    continue  # a line that was cut off by a crash: its subject is done again

    def finished(self, key: str, folder: Path) -> Result | None:
        """The result of an earlier run, where its file is still whole."""
        entry = self._known.get(key)
        if entry is None or not entry.get("ok") or not entry.get("file"):
            return None
        file = folder / entry["file"]
        if not file.is_file() or sha256_of(file) != entry.get("sha256"):
            return None
        return Result(
            entry["line"], key, ok=True, file=entry["file"], sha256=entry["sha256"], values=entry["values"],
            skipped=True,
        )  # fmt: skip

    def add(self, result: Result) -> None:
        """Write one result down."""
        line = json.dumps(asdict(result), ensure_ascii=False) + "\n"
        with self._lock:
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(handle, "ab") as file:
                file.write(line.encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
