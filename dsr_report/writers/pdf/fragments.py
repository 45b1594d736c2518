"""Messages to and from the layout processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

HEADER = -1
"""The index of the piece that holds the running header."""


@dataclass(frozen=True, slots=True)
class LayoutJob:
    """Some parts, to be laid out as separate pages.

    `contents` has the anchors that the parts list as table of contents. `page_of_anchor` has the page numbers
    of those in other jobs, as if this one had no pages, and `pages_before` is the number of pages before it.
    With `columns`, two narrow pages are put side by side. Links to anchors in `elsewhere`, the companion
    file, become plain text.
    """

    index: int
    html: str
    stylesheet: str
    tagged: bool = True
    parts: int = 0
    contents: frozenset[str] = frozenset()
    page_of_anchor: dict[str, int] = field(default_factory=dict)
    pages_before: int = 0
    columns: bool = False
    elsewhere: frozenset[str] = frozenset()


@dataclass(slots=True)
class FontUse:
    """The glyphs of one font that a piece used, to embed exactly these once for the whole document.

    `file` is the SHA-256 of the font file; `texts` and `widths` (in thousandths) are keyed by glyph number.
    """

    name: bytes
    file: str
    family: str
    flags: int
    ascent: int
    descent: int
    texts: dict[int, str]
    widths: dict[int, int]


@dataclass(frozen=True, slots=True)
class FontJob:
    """A font file (by SHA-256) to subset to the glyph numbers used."""

    file: str
    glyphs: frozenset[int]


@dataclass(slots=True)
class Bookmark:
    """A heading: its level, its text, and its position (`page` is an index within the piece)."""

    level: int
    label: str
    page: int
    x: float
    y: float


class Anchor(NamedTuple):
    """A link target: its id and its position (`page` is an index within the piece)."""

    name: str
    page: int
    x: float
    y: float


@dataclass(slots=True)
class Page:
    """A page of a piece: object numbers of page, content and resources, width and height in points."""

    number: int
    contents: int
    resources: int
    width: float
    height: float


@dataclass(slots=True)
class Piece:
    r"""Laid out pages as PDF objects with local numbers.

    In the bytes of `objects`, `7 0 R` is a reference within the piece. Placeholders stand for values of the
    whole document: `\x01` a key of the parent tree, `\x02` a shared object by name, `\x03` the header and
    footer of a page. `links` are the linked anchors, with the index of the page that links; `shown_pages`
    maps anchors to the page numbers that its table of contents shows.
    """

    index: int
    objects: list[tuple[int, bytes, bytes | None]]
    shared: dict[int, str]
    pages: list[Page]
    elements: list[int]
    parents: list[bytes]
    ids: list[tuple[str, int]]
    bookmarks: list[Bookmark]
    anchors: list[Anchor]
    fonts: dict[str, FontUse]
    links: list[tuple[str, int]]
    shown_pages: dict[str, int]
    missing_glyphs: set[int]
    memory_bytes: int
