"""Reports of small exports, built in memory, and the text that a reader would see."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

import dsr_report
from dsr_report.config import Config
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.rendered import RenderedReport
from dsr_report.workers import Processes


class Words(HTMLParser):
    """What HTML says: its text, with line ends where it breaks lines; tags and attributes beside it."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag == "br":
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


class Built:
    """A report that was built: its parts' HTML and what they say."""

    def __init__(self, report: RenderedReport) -> None:
        self.report = report
        self.parts = list(report.document.parts())
        self.html = "\n".join(part.html for part in self.parts)
        self.words = Words(self.html)
        self.text = self.words.text

    def part(self, anchor: str) -> Words:
        """What one part says."""
        return Words(next(part.html for part in self.parts if part.anchor == anchor))


@pytest.fixture
def built() -> Callable[..., Any]:
    """Builds the report of an export (JSON content, bytes or a path) in a `with` block."""

    @contextmanager
    def make(
        content: Any, lang: str = "en", processes: Processes | None = None, **options: Any
    ) -> Iterator[Built]:
        source = content
        if not isinstance(content, (bytes, Path)):
            source = json.dumps({"info": {"type": "profile", "id": "7"}, "data": content}).encode()
        opened = BytesIO(source) if isinstance(source, bytes) else source
        with dsr_report.read(opened, config=options.get("config")) as export:
            settings: dict[str, Any] = {
                "language_code": lang,
                "zone": export.zone,
                "created": datetime(2026, 3, 4, tzinfo=UTC),
                "generator": "dsr-report",
                "config": Config(),
            }
            report = RenderedReport(export, ReportOptions(**(settings | options)), processes)
            try:
                yield Built(report)
            finally:
                report.close()

    return make
