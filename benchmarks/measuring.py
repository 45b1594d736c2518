"""Measures whole processes: wall seconds, CPU seconds, peak memory of the largest one."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
_EVERY = 0.05
_COMPILED = {
    "PYTHONDONTWRITEBYTECODE": "",
    "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "dsr-report-benchmark-modules"),
}
"""Environment that keeps compiled modules, as in an installed package."""


class Run(NamedTuple):
    """Measurement of one command: wall seconds, CPU seconds of all processes, peak MiB of the largest one."""

    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name in the results and its arguments; `environment` is added to ours."""

    name: str
    words: Sequence[str]
    environment: Mapping[str, str] | None = None


class CommandFailedError(Exception):
    """A measured command did not succeed."""


def measured(command: Command) -> Run:
    """Run a command to its end.

    Raises:
        CommandFailedError: its exit code is not 0.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **_COMPILED, **(command.environment or {})}
    started = time.perf_counter()
    process = subprocess.Popen(
        command.words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT, env=environment
    )
    watch = _Watch(process.pid)
    watch.start()
    errors = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    watch.stop()
    if process.stderr:
        process.stderr.close()
    if process.returncode:
        raise CommandFailedError(f"{command.name}: {errors.decode(errors='replace')[-800:]}")
    return Run(wall, usage.ru_utime + usage.ru_stime, max(usage.ru_maxrss, watch.peak) / 1024)


def compared(commands: Sequence[Command], runs: int) -> dict[str, Run]:
    """Medians of each command; commands alternate, so that a busy minute affects all of them."""
    found: dict[str, list[Run]] = {command.name: [] for command in commands}
    for turn in range(runs):
        for command in commands if turn % 2 == 0 else reversed(commands):
            found[command.name].append(measured(command))
    return {
        name: Run(*(statistics.median(run[i] for run in of_one) for i in range(3)))
        for name, of_one in found.items()
    }


def pace() -> float:
    """Milliseconds of a plain loop of a million steps: a gauge of the machine's current speed."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        for _step in range(1_000_000):
            pass
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


class _Watch(threading.Thread):
    """Polls the memory peaks of a process and its descendants, as some programs do not wait for children."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.peak = 0
        self._pid = pid
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.wait(_EVERY):
            for pid in _family(self._pid):
                self.peak = max(self.peak, _peak_kib(pid))

    def stop(self) -> None:
        self._ended.set()
        self.join()


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _peak_kib(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text("utf-8", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    except (OSError, ProcessLookupError):
        pass
    return 0
