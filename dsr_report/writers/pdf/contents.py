"""Page numbers in a table of contents, set while its piece is laid out.

The page of a heading is known only when all pages are laid out. The piece of the contents is laid out once.
Then the numbers are written into its boxes, and WeasyPrint makes the affected pages again, as it does for
`target-counter()`. That function itself is of no use here: it knows the pages of this piece only.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any

import weasyprint.layout
from weasyprint.formatting_structure.boxes import TextBox

from dsr_report.writers.pdf.fragments import LayoutJob

UNKNOWN = "0000"
"""Placeholder for a page number; as wide as most page numbers or wider."""
_ATTRIBUTE = "data-page"
_LISTS = frozenset({"toc", "page-of"})
"""Classes of elements whose links show the page number of their target."""
_ROUNDS = 4
_make_all_pages = weasyprint.layout.make_all_pages


class _Listed:
    """State of the current job: the links that show page numbers, and the numbers."""

    def __init__(self) -> None:
        self.job: LayoutJob | None = None
        self.links: dict[Any, str] = {}
        """Link element that shows a page number → target anchor."""
        self.numbers: dict[str, int] = {}


_now = _Listed()


def install() -> None:
    """Replace WeasyPrint's function."""
    weasyprint.layout.make_all_pages = _numbered_pages


def mark(root: Any, job: LayoutJob) -> None:
    """Mark the links of a job's HTML that show a page number."""
    _now.job, _now.links, _now.numbers = job, {}, {}
    for element in root.iter():
        if _LISTS.intersection((element.get("class") or "").split()):
            for link in element.iter("a"):
                link.set(_ATTRIBUTE, UNKNOWN)
                _now.links[link] = (link.get("href") or "").removeprefix("#")


def shown() -> dict[str, int]:
    """Anchor → page number that the job's pages show."""
    return _now.numbers


def _numbered_pages(context: Any, root_box: Any, html: Any, pages: list[Any]) -> Iterator[Any]:
    """Yield all pages; those that show page numbers are made again until the numbers are right."""
    made = list(_make_all_pages(context, root_box, html, pages))
    job = _now.job
    if job is None or not job.contents:
        return iter(made)
    boxes = [(box, name, box.text) for box, name in _boxes(root_box) if UNKNOWN in box.text]
    for _ in range(_ROUNDS):
        numbers = _numbers(job, made)
        changed = set()
        for box, name, text in boxes:
            if name in numbers and box.text != (put := text.replace(UNKNOWN, str(numbers[name]))):
                box.text = put
                changed.add(name)
                _now.numbers[name] = numbers[name]
        if not changed:
            break
        for page, before in zip(made, context.page_maker, strict=False):
            if any(name in changed for _, name in _boxes(page)):
                before[-1]["content_changed"] = True
        made = list(_make_all_pages(context, root_box, html, made))
    return iter(made)


def _boxes(above: Any) -> Iterator[tuple[Any, str]]:
    """Yield the generated boxes (`::before`, `::after`) of links that show a page number, with the anchor."""
    for box in above.descendants():
        name = _now.links.get(box.element)
        if name is not None and isinstance(box, TextBox) and "::" in box.element_tag:
            yield box, name


def _numbers(job: LayoutJob, pages: list[Any]) -> dict[str, int]:
    """Page numbers of the job's anchors, in this and other pieces."""
    on_one = 2 if job.columns else 1
    own = ceil(len(pages) / on_one)
    numbers = {
        name: page if page <= job.pages_before else page + own for name, page in job.page_of_anchor.items()
    }
    for place, page in enumerate(pages):
        number = job.pages_before + place // on_one + 1
        for box in page.descendants():
            name = box.style["anchor"]
            if name in job.contents and numbers.get(name, number) >= number:
                numbers[name] = number
    return numbers
