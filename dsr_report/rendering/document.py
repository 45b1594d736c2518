"""What the report hands to the writers of HTML, PDF and ZIP: one document, in parts that are made on demand.

A part is small enough to be laid out on its own (a few pages), so that memory does not grow with the
export, and parts can be laid out side by side. A part's HTML is the inside of one `<section>`: it begins
with its heading where it has one (`h1` once in the first part, then `h2` … without skipping), carries ids
that are unique in the whole document, and links to other parts with `href="#id"` alone; the writers
resolve such links (within one file, between pages of a package, as destinations in a PDF).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of the report, rendered.

    `anchor` is the id of its outermost element. `chapter` groups parts that belong on one page of a package
    (`messages-2021`); parts of one chapter follow each other. `html` is complete and closed in itself.
    """

    anchor: str
    chapter: str
    chapter_title: str
    html: str
    new_page: bool = False
    contents: tuple[str, ...] = ()
    """The anchors that it lists as contents of the report; a PDF prints their pages."""
    follows: bool = False
    """Its page of a package goes on with the page before, and is in no list of pages."""
    layer: str = ""
    """`letter`, `data` or `annex`; annexes are printed small, in two columns."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to embed: `relationship` is PDF's AFRelationship (`Source`, `Data`, `Supplement`)."""

    name: str
    path: Path
    media_type: str
    description: str
    relationship: str
    modified: datetime


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """The whole report: its properties, and its parts in reading order each time `parts` is called.

    `stylesheet` is for screen and print (the shipped one, or an override); `dates` come from options or
    `SOURCE_DATE_EPOCH`, never from the wall clock.
    """

    title: str
    language_code: str
    author: str
    description: str
    stylesheet: str
    parts: Callable[[], Iterator[Part]]
    part_count: int
    """How many there are; 0 where that is not known."""
    created: datetime
    generator: str
    running_header: str
    page_of: str
    """How a page number reads, with `{page}` and `{pages}` (`Page {page} of {pages}`)."""
    part_lengths: tuple[int, ...] = ()
    """How long the HTML of each part is, for progress."""
    attachments: tuple[Attachment, ...] = field(default=())
    manifest: str = ""
    """The manifest as JSON, for formats that embed no files."""
    ledger: Path | None = None
    """The ledger's file, for formats that embed no files."""
    templates: Path | None = None
    """A folder of the operator's templates, which go before ours."""
    seal: str = ""
    """A seal of zeros (`disclosure.seal`), to be written in one place where it stays readable."""
