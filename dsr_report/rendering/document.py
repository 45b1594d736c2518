"""What the report hands to the writers of HTML, PDF and ZIP: one document, in parts that are made on demand.

A part is small enough to be laid out on its own (a few pages), so that memory does not grow with the
export, and parts can be laid out side by side. A part's HTML is the inside of one `<section>`: it begins
with its heading where it has one (`h1` once in the first part, then `h2` … without skipping), carries ids
that are unique in the whole document, and links to other parts with `href="#id"` alone; the writers
resolve such links (within one file, between pages of a package, as destinations in a PDF).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

LINKS = re.compile(r"""(<a\b[^>]*?\shref\s*=\s*)(["']?)#([^"'\s>]+)""", re.IGNORECASE)
"""Links within the report: what stands before the address, its quotation mark, the id."""
_IDS = re.compile(r"""<[^>]*?\sid\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))""")
_FRAMED = re.compile(r"""\ssrcdoc\s*=\s*(?:"[^"]*"|'[^']*')""")


def anchors_in(html: str) -> Iterator[str]:
    """The ids in a page or part, those within the frames of messages aside."""
    for match in _IDS.finditer(_FRAMED.sub("", html)):
        yield match[match.lastindex or 1]


def targets_in(html: str) -> Iterator[str]:
    """The ids that the links of a page or part lead to."""
    return (match[3] for match in LINKS.finditer(html))


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


class Filter(NamedTuple):
    """What a reader can hide on the screen: what it is called, and its choices, each a class and its name."""

    title: str
    choices: tuple[tuple[str, str], ...]


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
    contents: tuple[tuple[str, str], ...] = ()
    """The anchors and titles of the chapters, to have in reach on a page of HTML that holds all of them."""
    filters: tuple[Filter, ...] = ()
    """What can be hidden there."""
    templates: Path | None = None
    """A folder of the operator's templates, which go before ours."""
    seal: str = ""
    """A seal of zeros (`writers.seal`), to be written in one place where it stays readable."""
    companion: str = ""
    """The same, for the hash of the PDF that belongs to this one."""
    elsewhere: frozenset[str] = frozenset()
    """Anchors that are in that PDF; what would lead to them is plain text."""
