"""Reading an export with a progress bar on a terminal, and the zone that its times are in."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from dsr_report.cli.options import is_quiet, opened
from dsr_report.export.reading import ExportFile, open_export


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
    bar = _Bar() if sys.stderr.isatty() and not is_quiet() else None
    try:
        with open_export(opened(export), salvage=salvage, progress=bar) as file:
            yield file
    finally:
        if bar is not None:
            bar.close()


class _Bar:
    """A progress bar on standard error, redrawn when another per cent is done."""

    def __init__(self) -> None:
        self._shown = -1

    def __call__(self, done: int, total: int | None) -> None:
        percent = min(100, done * 100 // total) if total else 0
        if percent != self._shown:
            self._shown = percent
            click.echo(f"\rreading [{'#' * (percent // 4):<25}] {percent:3d} %", err=True, nl=False)

    def close(self) -> None:
        if self._shown >= 0:
            click.echo("\r" + " " * 42 + "\r", err=True, nl=False)
