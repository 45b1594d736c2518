"""Reading an export with a progress bar on a terminal, and the zone that its times are in."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from dsr_report.cli.options import is_quiet, opened
from dsr_report.export.reading import ExportFile, open_export

_WIDTH = 30
_PAUSE_SECONDS = 0.1
_SURE_FROM = 0.02


def zone_named(name: str) -> ZoneInfo:
    """The time zone of that name.

    Raises:
        click.BadParameter: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise click.BadParameter(
            f"{name!r} is no time zone; use a name such as Europe/Amsterdam or UTC", param_hint="--timezone"
        ) from error


@contextmanager
def reading(export: str, *, salvage: bool) -> Iterator[ExportFile]:
    """The export that a command was given, `-` being standard input."""
    with bar("Reading") as progress, open_export(opened(export), salvage=salvage, progress=progress) as file:
        yield file


@contextmanager
def bar(label: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """A function to tell how much is done, and of how much; None where no bar is drawn.

    It is drawn on standard error, where that is a terminal and nobody asked for quiet.
    """
    if is_quiet() or not sys.stderr.isatty():
        yield None
        return
    started = last = time.monotonic()

    def tell(done: int, total: int | None) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < _PAUSE_SECONDS and done != total:
            return
        last = now
        click.echo(f"\r{_line(label, done, total, now - started):<78}", nl=False, err=True)

    try:
        yield tell
    finally:
        click.echo(f"\r{'':<78}\r", nl=False, err=True)


def _line(label: str, done: int, total: int | None, seconds: float) -> str:
    if not total:
        return f"{label} {done:,}"
    share = min(done / total, 1.0)
    filled = round(share * _WIDTH)
    left = seconds * (1 - share) / share if share > _SURE_FROM else 0
    estimate = f", about {_duration(left)} left" if left > 1 else ""
    return f"{label} [{'#' * filled}{'.' * (_WIDTH - filled)}] {share:4.0%}{estimate}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
