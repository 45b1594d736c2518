"""Rendering on a Dask cluster. Only references, settings, hashes and counts go through its scheduler.

Exports and disclosures are in the output folder, if the workers see it, or in shared storage, in a folder of
this batch that is emptied when it ends (or, after a kill, when it is resumed).
"""

from __future__ import annotations

import importlib
import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

from dsr_report.batch.render_job import Rendered, RenderTask, render
from dsr_report.batch.storage import (
    below,
    check_place,
    copy_here,
    copy_there,
    remove,
    remove_file,
    try_place,
)
from dsr_report.choices import generator
from dsr_report.config import load_config
from dsr_report.errors import DsrReportError, FileError, UsageError, needs_extra
from dsr_report.files import clear_leftovers, private_folder, write_whole

_log = logging.getLogger(__name__)
_WORKERS_SECONDS = 60
"""Time to wait for the first worker; then the batch is refused."""
_MOST_AT_ONCE = 256
"""Upper bound of concurrent renderings, each of which holds a thread here."""
_NAME = ".batch-storage"


class Cluster:
    """Renderers on a cluster; use it in a `with` block.

    Args:
        address: of the scheduler, such as `tcp://10.0.0.5:8786` or `tls://…`.
        folder: the batch's own, of this machine.
        storage: shared storage for exports, such as `s3://bucket/folder`; `folder` itself by default.
        config: the configuration file; it is copied the same way, with its logo.

    Raises:
        UsageError: the workers cannot be used: another version, or they do not see the folder.
        FileError: this machine or a worker cannot use the storage.
        MissingExtraError: the extra `dask` is not installed.
    """

    def __init__(self, address: str, folder: Path, *, storage: str | None, config: Path | None) -> None:
        self._folder = folder.resolve()
        with needs_extra("a Dask cluster needs distributed", "dask"):
            self._library: Any = importlib.import_module("distributed")
        if storage is not None:
            check_place(storage)
            if "://" not in storage:  # a path: workers have another working directory
                storage = str(Path(storage).resolve())
        self._storage = storage
        self._client = self._client_of(address)
        try:
            self._place = self._own_place()
            threads = self._count_threads()
            self._config = self._shared_config(config)
        except BaseException:
            self._client.close()
            raise
        self._run = secrets.token_hex(4)
        self.width = min(_MOST_AT_ONCE, max(32, 2 * threads))  # enough tasks if the cluster grows

    def render(self, key: str, task: RenderTask) -> Rendered:
        """Render on a worker. If it dies, Dask gives the task to another one, three times in all."""
        placed = self._remote_task(task)
        try:
            if self._storage is not None:
                copy_there(Path(task.export), placed.export)
            future = self._client.submit(render, placed, key=f"dsr-{self._run}-{key}", pure=False)
            try:
                rendered: Rendered = future.result()
            finally:
                future.release()
            return rendered if rendered.error else self._fetch(task, rendered)
        except DsrReportError as error:
            return Rendered(error=error.for_command_line(), exit_code=error.exit_code)
        except self._library.scheduler.KilledWorker:
            text = "the worker died of it, again and again; has it enough memory?"
            return Rendered(error=f"{text} The same command tries again", exit_code=1)
        except Exception as error:  # noqa: BLE001 - whatever became of the cluster
            _log.info("the cluster failed", exc_info=error)
            text = f"the cluster failed ({type(error).__name__}); the same command tries again"
            return Rendered(error=text, exit_code=1)
        finally:
            if self._storage is not None:
                self._quietly(remove_file, placed.export)
            else:
                clear_leftovers(task.target)

    def stop(self) -> None:
        """Cancel the tasks of the workers."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._quietly(remove, self._place)

    def _client_of(self, address: str) -> Any:
        try:
            return self._library.Client(address, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            raise UsageError(
                "no Dask scheduler answers here",
                where=f"--dask {address}",
                hint="Give its address as it prints it, such as tcp://10.0.0.5:8786.",
            ) from error

    def _count_threads(self) -> int:
        """Check that each worker is fit, and return the number of their threads."""
        try:
            self._client.wait_for_workers(1, timeout=_WORKERS_SECONDS)
        except TimeoutError as error:
            raise UsageError(
                f"the cluster has no worker after {_WORKERS_SECONDS} s", where="--dask"
            ) from error
        write_whole(self._folder / ".batch-probe", secrets.token_bytes(16))
        probe = self._folder / ".batch-probe"
        shared = None
        try:
            if self._storage is not None:
                shared = (self._place, below(self._place, "probe"), probe.read_bytes())
                copy_there(probe, shared[1])
            answers = self._client.run(about_worker, str(probe), shared, on_error="return")
        finally:
            probe.unlink(missing_ok=True)
            if shared is not None:
                self._quietly(remove, self._place)
        for worker, answer in answers.items():
            if not isinstance(answer, tuple):
                raise UsageError(
                    f"a worker cannot run dsr-report ({type(answer).__name__})",
                    where=worker,
                    hint="Install the same version there.",
                )
            version, sees, problem = answer
            if version != generator():
                raise UsageError(f"a worker has {version}, this machine {generator()}", where=worker)
            if problem:
                raise FileError(
                    problem,
                    where=f"worker {worker}",
                    hint="Give each worker its library, address and credentials through its own environment; "
                    "nothing was requested.",
                )
            if not sees and self._storage is None:
                raise UsageError(
                    "a worker has no access to the output folder",
                    where=worker,
                    hint="Choose one that all machines see with --output, or give --storage URL.",
                )
        known = self._client.scheduler_info(n_workers=-1)["workers"].values()
        return sum(int(worker["nthreads"]) for worker in known)

    def _own_place(self) -> str:
        """This batch's folder in the shared place, cleared of what a killed run left there."""
        if self._storage is None:
            place = str(private_folder(self._folder / ".batch-shared"))
        else:
            file = self._folder / _NAME
            if not file.exists():
                write_whole(file, f"dsr-report-{secrets.token_hex(8)}".encode("ascii"))
            place = below(self._storage, file.read_text(encoding="ascii").strip())
        self._quietly(remove, place)
        return place

    def _shared_config(self, config: Path | None) -> tuple[tuple[str, str], ...]:
        if config is None:
            return ()
        controller = load_config(config).controller
        named = [(config, "controller.toml")]
        if controller is not None and controller.logo:
            relative = Path(controller.logo)
            if relative.is_absolute() or ".." in relative.parts:
                raise UsageError(
                    "the logo must lie beside the configuration, to travel with it", where=str(config)
                )
            named.append((config.parent / relative, relative.as_posix()))
        place = below(self._place, "config")
        for file, name in named:
            if file.is_file():
                copy_there(file, below(place, name))
        return tuple((below(place, name), name) for file, name in named if file.is_file())

    def _remote_task(self, task: RenderTask) -> RenderTask:
        """Return the task with references that workers can open."""
        if self._storage is None:
            return replace(
                task, export=str(Path(task.export).resolve()), target=str(Path(task.target).resolve()),
                config=self._config,
            )  # fmt: skip
        name = secrets.token_hex(8)
        export = below(self._place, f"{name}.json")
        target = below(self._place, f"{name}{Path(task.target).suffix}")
        return replace(task, export=export, target=target, config=self._config)

    def _fetch(self, task: RenderTask, rendered: Rendered) -> Rendered:
        if self._storage is None:
            return rendered
        try:
            if copy_here(rendered.target, Path(task.target)) != rendered.sha256:
                Path(task.target).unlink(missing_ok=True)
                raise FileError("the disclosure in the shared storage is not the one that was put there")
        finally:
            self._quietly(remove_file, rendered.target)
        return rendered

    def _quietly(self, work: Callable[[str], None], reference: str) -> None:
        """Run a clean-up that may fail: the end or the next run removes what is left in storage."""
        try:
            work(reference)
        except Exception as error:  # noqa: BLE001 - storages raise whatever their libraries raise
            _log.warning("shared storage could not be cleared (%s)", type(error).__name__)


def about_worker(probe: str, shared: tuple[str, str, bytes] | None = None) -> tuple[str, bool, str]:
    """Return the version that a worker runs, whether it sees a file, and why it cannot use the storage."""
    return generator(), Path(probe).is_file(), try_place(*shared) if shared else ""
