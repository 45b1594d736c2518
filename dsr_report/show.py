"""Display in notebooks: a report in a frame, a progress bar, and tables of counts."""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dsr_report.errors import needs_extra

_LARGEST = 20_000_000
"""Maximum characters of a framed page: browsers hold page and frame twice, notebooks a copy more."""
_PAUSE_SECONDS = 0.2
"""Minimum time between updates of a bar: faster ones are not seen, and each goes to the browser."""


class Bar:
    """A progress bar in a notebook; after the end of a pass, the next pass starts it again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        with needs_extra("a bar needs IPython", "notebook"):
            from IPython.display import HTML, display  # noqa: PLC0415 - only in notebooks
        self._html: Callable[[str], Any] = HTML
        self._display: Callable[..., Any] = display
        self._clock = clock
        self._handle: Any = None
        self._last = float("-inf")

    def __call__(self, done: int, total: int | None) -> None:
        """Show that `done` of `total` bytes are read."""
        now = self._clock()
        is_done = total is not None and done >= total
        if now - self._last < _PAUSE_SECONDS and not is_done:
            return
        self._last = now
        limits = f' max="{total:d}"' if total else ""
        picture = self._html(
            f'<progress value="{done:d}"{limits} style="width:20em"></progress> {done:,} bytes read'
        )
        if self._handle is None:
            self._handle = self._display(picture, display_id=True)
        else:
            self._handle.update(picture)


def display(told: str, head: Sequence[str] = (), rows: Iterable[Sequence[str | int | None]] = ()) -> str:
    """HTML for a notebook's display of an object: lines of text, and a table.

    Numbers and None are right-aligned; a text in the last cell of a row is left-aligned.
    """
    about = "<br>".join(map(html.escape, told.splitlines()))
    table = "".join(
        f"<tr>{''.join(_cell(cell, is_last=at == len(row) - 1) for at, cell in enumerate(row))}</tr>"
        for row in rows
    )
    heads = "".join(f"<th>{one}</th>" for one in head)
    heads = f"<tr>{heads}</tr>" if heads else ""
    return (f"<p>{about}</p>" if about else "") + (f"<table>{heads}{table}</table>" if heads or table else "")


def _cell(cell: str | int | None, *, is_last: bool) -> str:
    if isinstance(cell, str):
        left = " style='text-align:left'" if is_last else ""
        return f"<td{left}>{html.escape(cell)}</td>"
    return f"<td style='text-align:right'>{'' if cell is None else f'{cell:,}'}</td>"


@dataclass(frozen=True, slots=True)
class Frame:
    """An HTML page that a notebook shows in a sandboxed frame: without scripts, forms or navigation.

    Attributes:
        page: the page of HTML.
        height: of the frame, in pixels.
    """

    page: str = field(repr=False)
    height: int = 600

    def _repr_html_(self) -> str:
        if len(self.page) > _LARGEST:
            return (
                f"<p>The report is too large for a frame ({len(self.page):,} characters): "
                "write it with <code>to_html</code>, and open that file.</p>"
            )
        return (
            f'<iframe sandbox="" title="Report" style="width:100%;height:{self.height:d}px;border:0" '
            f'srcdoc="{html.escape(self.page)}"></iframe>'
        )
