"""What a notebook shows: a report in a frame of its own, and how far the reading of an export is."""

from __future__ import annotations

import html
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from dsr_report.errors import needs_extra

_LARGEST = 20_000_000
"""Bytes; browsers hold a page and its frame twice, and notebooks a copy more."""
_PAUSE_SECONDS = 0.2
"""Between two pictures of a bar; what changes faster is not seen, and each is sent to the browser."""


class Bar:
    """A bar in a notebook that shows how much is done; a filled one begins again with the next pass."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        with needs_extra("a bar needs IPython", "notebook"):
            from IPython.display import HTML, display  # noqa: PLC0415 - only in notebooks
        self._html: Callable[[str], Any] = HTML
        self._display: Callable[..., Any] = display
        self._clock = clock
        self._handle: Any = None
        self._last = float("-inf")

    def __call__(self, done: int, total: int | None) -> None:
        """Show that so much is done, of so much."""
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
    """What a notebook shows of an object: what is told of it, in lines, and a table.

    Numbers, also missing ones, stand at the right; a text that is the last of its row stands at the left.
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
    """A page that a notebook shows in a frame from which nothing gets out: no script, no form, no address.

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
