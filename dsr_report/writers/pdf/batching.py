"""Batches parts into layout jobs, independently of the number of processes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsr_report.printable import printable
from dsr_report.rendering.document import Part, ReportDocument, targets_in
from dsr_report.rendering.shell import Shell
from dsr_report.writers.pdf.fragments import LayoutJob

_ENOUGH = 150_000
_AT_MOST = 300_000
_OF_A_TAG = 40
"""Weight of an element in addition to its characters, because WeasyPrint makes a box for it."""
_NUMBERED = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));?")
_HIGHEST = 0x10FFFF


def jobs(document: ReportDocument, stylesheet: str) -> Iterator[LayoutJob]:
    """Yield the document as jobs, in order.

    A job ends before a part that begins a page once it weighs `_ENOUGH`, before any part with which it would
    exceed `_AT_MOST`, and where columns begin or end.
    """
    shell = Shell(document)
    parts: list[Part] = []
    sections: list[str] = []
    weight = index = 0

    def job() -> LayoutJob:
        return LayoutJob(
            index,
            shell.to_lay_out(sections),
            stylesheet,
            parts=len(sections),
            contents=frozenset(anchor for part in parts for anchor in part.contents),
            columns=bool(parts) and parts[-1].layer == "annex",
            elsewhere=_elsewhere(document, sections),
        )

    for part in document.parts():
        section = shell.section(part, with_glyphs(part.html))
        added = len(section) + 1 + _OF_A_TAG * section.count("<")
        if parts and (
            (part.new_page and weight >= _ENOUGH)
            or weight + added > _AT_MOST
            or (part.layer == "annex") != (parts[-1].layer == "annex")
        ):
            yield job()
            parts, sections, weight, index = [], [], 0, index + 1
        parts.append(part)
        sections.append(section)
        weight += added
    if parts or index == 0:
        yield job()


def _elsewhere(document: ReportDocument, sections: list[str]) -> frozenset[str]:
    """The link targets of some sections that are in the companion file."""
    if not document.elsewhere:
        return frozenset()
    return document.elsewhere.intersection(anchor for html in sections for anchor in targets_in(html))


def with_glyphs(html: str) -> str:
    """HTML without characters that no shipped font can show, literal or as numeric references."""
    return _NUMBERED.sub(_reference, printable(html))


def _reference(match: re.Match[str]) -> str:
    number = int(match[1], 16) if match[1] else int(match[2])
    if number > _HIGHEST:
        return "\ufffd"
    seen = printable(chr(number))
    return match[0] if len(seen) == 1 else seen
