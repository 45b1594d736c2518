"""The input of the HTML, PDF and ZIP writers: one document, in parts that are made on demand.

A part is small enough to be laid out on its own (a few pages), so that memory does not grow with the
export, and parts can be laid out in parallel. A part's HTML is the content of one `<section>`: it begins
with its heading if it has one (`h1` once in the first part, then `h2` … without skipping), its ids are
unique in the whole document, and it links to other parts with `href="#id"` alone; the writers resolve such
links (within one file, between pages of a package, as destinations in a PDF).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

LINKS = re.compile(r"""(<a\b[^>]*?\shref\s*=\s*)(["']?)#([^"'\s>]+)""", re.IGNORECASE)
"""Internal links; the groups are the tag up to the address, the quotation mark, and the id."""
_IDS = re.compile(r"""<[^>]*?\sid\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))""")
_FRAMED = re.compile(r"""\ssrcdoc\s*=\s*(?:"[^"]*"|'[^']*')""")


def anchors_in(html: str) -> Iterator[str]:
    """Yield the ids in a page or part, except those within frames of messages (`srcdoc`)."""
    for match in _IDS.finditer(_FRAMED.sub("", html)):
        yield match[match.lastindex or 1]


def targets_in(html: str) -> Iterator[str]:
    """Yield the target ids of the internal links of a page or part."""
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
    """The anchors that it lists as table of contents; a PDF prints their page numbers."""
    follows: bool = False
    """Its page of a package continues the previous page, and is in no list of pages."""
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
    """A filter on the screen: its title, and its choices as (CSS class, label)."""

    title: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ReportDocument:
    """The whole report: its properties, and `parts`, which yields its parts in reading order at each call.

    `stylesheet` is for screen and print (the shipped one, or an override); `created` comes from options or
    `SOURCE_DATE_EPOCH`, never from the wall clock.
    """

    title: str
    language_code: str
    author: str
    description: str
    stylesheet: str
    parts: Callable[[], Iterator[Part]]
    part_count: int
    """Number of parts; 0 if unknown."""
    created: datetime
    generator: str
    running_header: str
    page_of: str
    """Format of a page number, with `{page}` and `{pages}` (`Page {page} of {pages}`)."""
    part_lengths: tuple[int, ...] = ()
    """Characters of HTML of each part, for progress."""
    attachments: tuple[Attachment, ...] = field(default=())
    manifest: str = ""
    """The manifest as JSON, for formats that embed no files."""
    ledger: Path | None = None
    """The ledger's file, for formats that embed no files."""
    contents: tuple[tuple[str, str], ...] = ()
    """Anchors and titles of the chapters, for the navigation of an HTML page that holds all of them."""
    filters: tuple[Filter, ...] = ()
    """Filters of such a page."""
    templates: Path | None = None
    """A folder of the operator's templates, which take precedence over ours."""
    seal: str = ""
    """A placeholder seal of zeros (`writers.seal`), to be written once and uncompressed."""
    companion: str = ""
    """A placeholder of zeros for the hash of the companion PDF (letter or annexes)."""
    elsewhere: frozenset[str] = frozenset()
    """Anchors in the companion PDF; links to them become plain text."""
