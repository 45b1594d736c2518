"""What a notebook shows of a report: the report itself, in a frame of its own."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

_LARGEST = 20_000_000
"""Bytes; browsers hold a page and its frame twice, and notebooks a copy more."""


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
