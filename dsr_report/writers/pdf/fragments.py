"""What goes to and comes from the processes that lay out pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

HEADER = -1
"""The index of the piece that holds the running header."""


@dataclass(frozen=True, slots=True)
class LayoutJob:
    """Some parts, to be laid out as pages of their own.

    `contents` has the anchors that the parts list as contents of the report; `page_of_anchor` gives the
    numbers of pages of those in other jobs, as if this one had no pages, and `pages_before` how many stand
    before it. With `columns`, two pages of a column are put side by
    side. What leads to an anchor that is `elsewhere`, in another file, is plain text.
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
    """What a piece used of one font: enough to embed exactly that, once for the whole document.

    `file` is the SHA-256 of the font file; `texts` and `widths` are by glyph number.
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
    """Fonts to be cut down to the glyphs that were used: file and glyph numbers."""

    file: str
    glyphs: frozenset[int]


@dataclass(slots=True)
class Bookmark:
    """A heading: its level, its words, and where it stands (`page` counts within the piece)."""

    level: int
    label: str
    page: int
    x: float
    y: float


class Anchor(NamedTuple):
    """An id that links can lead to."""

    name: str
    page: int
    x: float
    y: float


@dataclass(slots=True)
class Page:
    """A page of a piece: its object number and that of its content, width and height in points."""

    number: int
    contents: int
    resources: int
    width: float
    height: float


@dataclass(slots=True)
class Piece:
    r"""Pages that were laid out, as PDF objects with numbers of their own.

    In the bytes of `objects`, `7 0 R` is a reference within the piece; marks stand for what only the whole
    document knows: `\x01` a key of the parent tree, `\x02` a shared object by its name, `\x03` what is drawn
    around a page. `links` are the anchors that are linked to, with the page that links; `shown_pages` are
    the numbers of pages that its contents show, by anchor.
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
