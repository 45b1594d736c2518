"""Progress display on a terminal: a bar, or a line that counts seconds."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from dsr_report.cli.options import is_quiet

_WIDTH = 30
_NARROWEST = 5
_WORDS = 32
"""Width of the text beside the bar: ` [] 100%, about 12 min 34 s left`."""
_PAUSE_SECONDS = 0.1
_SURE_FROM = 0.02


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """Yield a progress callback `(done, total)`; None if no bar is drawn.

    The bar is drawn on standard error if that is a terminal, unless `--quiet` was given.
    """
    if is_quiet() or not sys.stderr.isatty():
        yield None
        return
    started = last = time.monotonic()
    width = min(78, _columns() - 1)  # a wrapped line could not be overwritten

    def tell(done: int, total: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < _PAUSE_SECONDS and done != total:
            return
        last = now
        line = _line(label, done, total, now - started, width)[:width]
        click.echo(f"\r{line:<{width}}", nl=False, err=True)

    try:
        yield tell
    finally:
        click.echo(f"\r{'':<{width}}\r", nl=False, err=True)


@contextmanager
def show_work(label: str = "") -> Iterator[Callable[[str], None]]:
    """Show a line with the current activity and elapsed seconds; yield a function that changes its text.

    Nothing is drawn while the text is empty, nor where `bar` draws nothing.
    """
    if is_quiet() or not sys.stderr.isatty():
        yield lambda _text: None
        return
    text, started, over = label, time.monotonic(), threading.Event()

    def change(new: str) -> None:
        nonlocal text
        text = new
        draw()

    def draw() -> None:
        width = min(78, _columns() - 1)
        line = f"{text}, {_duration(time.monotonic() - started)}" if text else ""
        click.echo(f"\r{line[:width]:<{width}}\r", nl=False, err=True)

    def keep_drawing() -> None:
        while not over.wait(1.0):
            if text:
                draw()

    thread = threading.Thread(target=keep_drawing, daemon=True)
    thread.start()
    try:
        yield change
    finally:
        over.set()
        thread.join()
        change("")


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except OSError:
        return 80


def _line(label: str, done: int, total: int | None, seconds: float, width: int) -> str:
    if not total:
        return f"{label} {done:,}"
    share = min(done / total, 1.0)
    bar_width = max(_NARROWEST, min(_WIDTH, width - len(label) - _WORDS))
    filled = round(share * bar_width)
    left = seconds * (1 - share) / share if share > _SURE_FROM else 0
    estimate = f", about {_duration(left)} left" if left > 1 else ""
    return f"{label} [{'#' * filled}{'.' * (bar_width - filled)}] {share:4.0%}{estimate}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
