"""Parts gathered into jobs that are laid out on their own; always the same, whoever lays them out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from dsr_report.rendering.document import ReportDocument
from dsr_report.writers.pdf.fragments import LayoutJob
from dsr_report.writers.sections import section, shown

_ENOUGH = 150_000
_AT_MOST = 300_000
_CONTENTS = re.compile(r"""\bclass\s*=\s*(?:"[^"]*\btoc\b|'[^']*\btoc\b|toc\b)""")
_TARGET = re.compile(r"""\bhref\s*=\s*["']?#([^"'\s>]+)""")


def jobs(document: ReportDocument, stylesheet: str) -> Iterator[LayoutJob]:
    """The document as jobs, in order.

    A job ends before a part that begins a page as soon as there is enough in it, and before any other
    part when it would become too large.
    """
    some: list[str] = []
    weight = 0
    index = 0
    for part in document.parts():
        html = section(part, shown(part.html))
        added = _weight(html)
        if some and ((part.new_page and weight >= _ENOUGH) or weight + added > _AT_MOST):
            yield _job(document, index, some, stylesheet)
            some, weight, index = [], 0, index + 1
        some.append(html)
        weight += added
    if some or index == 0:
        yield _job(document, index, some, stylesheet)


def has_contents(job: LayoutJob) -> bool:
    """Whether a job holds contents, whose page numbers are known last."""
    return _CONTENTS.search(job.html) is not None


def targets(job: LayoutJob) -> set[str]:
    """The anchors that a job links to."""
    return set(_TARGET.findall(job.html))


def _weight(html: str) -> int:
    return len(html) + 40 * html.count("<")


def _job(document: ReportDocument, index: int, sections: list[str], stylesheet: str) -> LayoutJob:
    language, title = escape(document.language), escape(document.title)
    html = (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body>{''.join(sections)}</body></html>"
    )
    return LayoutJob(index, html, stylesheet, parts=len(sections))
