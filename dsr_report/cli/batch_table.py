"""Progress of a batch: a live table on a terminal, else a line for each subject."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Self, TextIO

import click

from dsr_report.cli.options import is_quiet, say

if TYPE_CHECKING:
    from dsr_report.batch import Result, Stage

_MOST_ROWS = 12
_PAUSE_SECONDS = 0.25
_WORDS: dict[str, str] = {
    "rendering": "rendering",
    "collected": "collected, waits for a renderer",
    "collecting": "Copernica collects it",
}


class BatchTable:
    """Reports the progress of each subject; use it in a `with` block.

    Args:
        total: number of subjects.
        stream: the output stream; by default standard error.
        live: whether the table is drawn; by default if the stream is a terminal.
        clock: a monotonic clock, in seconds.
    """

    def __init__(
        self,
        total: int,
        *,
        stream: TextIO | None = None,
        live: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._total = total
        self._stream = stream or sys.stderr
        self._live = (self._stream.isatty() and not is_quiet()) if live is None else live
        self._clock = clock
        self._started = clock()
        self._under_way: dict[str, tuple[str, float]] = {}
        self._done = self._failed = self._skipped = 0
        self._drawn = 0
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._drawer = threading.Thread(target=self._keep_drawing, daemon=True)

    def moved(self, key: str, stage: Stage) -> None:
        """Record that a subject has reached a stage."""
        with self._lock:
            self._under_way[key] = (stage, self._clock())

    def add(self, result: Result) -> None:
        """Record the result of a subject."""
        with self._lock:
            self._under_way.pop(result.key, None)
            self._done += 1
            self._failed += not result.ok
            self._skipped += result.skipped
        state = "was done before" if result.skipped else "done" if result.ok else "FAILED"
        if not self._live:
            say(f"{result.key}: {state}")
        elif not result.ok:
            self._draw(above=f"{result.key}: {state}")

    def lines(self, rows: int = _MOST_ROWS, width: int = 79) -> list[str]:
        """The lines of the current table: its head, and at most `rows` rows."""
        with self._lock:
            now = self._clock()
            under_way = sorted(
                self._under_way.items(), key=lambda one: (list(_WORDS).index(one[1][0]), one[1][1])
            )
            waiting = self._total - self._done - len(under_way)
            head = (
                f"{self._done} of {self._total} done, {self._failed} failed, {self._skipped} from an earlier run, "
                f"{len(under_way)} under way, {waiting} to come{self._estimate(now)}"
            )
        shown = under_way if len(under_way) <= rows else under_way[: max(rows - 1, 0)]
        lines = [head] + [
            f"  {key:<28} {_WORDS[stage]:<32} {_clock(now - since):>8}" for key, (stage, since) in shown
        ]
        if len(shown) < len(under_way):
            lines.append(f"  and {len(under_way) - len(shown)} more")
        return [line[:width] for line in lines]

    def _estimate(self, now: float) -> str:
        fresh = self._done - self._skipped
        if fresh < 3:
            return ""
        left = (now - self._started) / fresh * (self._total - self._done)
        return f", about {_clock(left)} left" if left > 1 else ""

    def _draw(self, above: str = "") -> None:
        size = shutil.get_terminal_size()
        lines = self.lines(max(min(_MOST_ROWS, size.lines - 3), 0), size.columns - 1)
        with self._lock:
            back = f"\x1b[{self._drawn}F\x1b[J" if self._drawn else ""
            permanent = f"{above}\n" if above else ""
            self._stream.write(f"{back}{permanent}{chr(10).join(lines)}\n")
            self._stream.flush()
            self._drawn = len(lines)

    def _keep_drawing(self) -> None:
        while not self._ended.wait(_PAUSE_SECONDS):
            self._draw()

    def __enter__(self) -> Self:
        if self._live:
            self._drawer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        if self._live:
            self._drawer.join()
            with self._lock:
                back = f"\x1b[{self._drawn}F\x1b[J" if self._drawn else ""
                self._drawn = 0
            click.echo(f"{back}{self.lines(rows=0)[0]}", file=self._stream)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
