"""Assembles the pieces of a document: one file with one structure tree, outline and set of fonts.

Each piece is written as soon as it arrives. Only little of it is kept (page numbers, anchors, headings), so
that memory does not grow with the pages' content.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import NamedTuple

from dsr_report.closing import Closing
from dsr_report.spool import Rows, in_order
from dsr_report.writers.pdf.file import PdfFile, reference, text
from dsr_report.writers.pdf.fragments import Bookmark, FontUse, Piece
from dsr_report.writers.pdf.header_footer import NAME, PageNumbers, header_placed
from dsr_report.writers.pdf.used_fonts import UsedFonts

_TOKENS = re.compile(rb"\((?:[^\\()]|\\.)*\)|(?<![\d.])(\d+) 0 R|\x01(\d+)|\x02([a-z]+)|\x03(\d+)", re.DOTALL)
_SHARED = ("pages", "document", "fonts", "profile", "header")
_LEAF = 200


@dataclass(slots=True)
class _Placed:
    """Facts kept of a piece after it is written."""

    node: int
    numbers: array[int]
    """Object numbers of its pages."""
    sizes: list[tuple[float, float]]
    """Width and height of each page in points; nearly always the same tuple object."""
    around: int
    elements: list[int]
    bookmarks: list[Bookmark]
    ids: int | None
    """The leaf of the tree of ids that has its own."""


class _Anchored(NamedTuple):
    """The place of an anchor; `key` is its sort key among destinations, `place` its index in the piece."""

    key: bytes
    piece: int
    place: int
    name: str
    page: int
    number: int
    x: float
    y: float


class _Linked(NamedTuple):
    """A link to an anchor; `number` is the object number of the page with the link."""

    key: bytes
    piece: int
    place: int
    name: str
    number: int


@dataclass(slots=True)
class _Entry:
    """A heading in the outline, with its subheadings."""

    bookmark: Bookmark
    page: int
    number: int
    children: list[_Entry] = field(default_factory=list)


class Assembly(Closing):
    """A PDF that grows by pieces. Pieces may be added in any order; pages are in the order of `index`.

    Use it as a context manager: data for the end of the file is in temporary files.
    """

    def __init__(self, file: PdfFile) -> None:
        self.file = file
        self.shared = {name: file.allocate() for name in _SHARED}
        self.fonts = UsedFonts()
        self._placed: dict[int, _Placed] = {}
        self._anchors: Rows[_Anchored] = Rows()
        self._links: Rows[_Linked] = Rows()
        self._sizes: dict[tuple[float, float], tuple[float, float]] = {}
        self._known_pictures: dict[bytes, int] = {}
        self._next_key = 0
        self._parents: list[int] = []
        self._root = file.allocate()

    def close(self) -> None:
        """Remove the temporary files."""
        self._anchors.close()
        self._links.close()

    def add_header(self, piece: Piece) -> None:
        """Write the running header as a form XObject that every page shows."""
        page = piece.pages[0]
        numbers = self._numbers(piece, {page.contents: self.shared["header"]})
        for number, dictionary, content in piece.objects:
            if number == page.number or b"/Type /Pages" in dictionary:
                continue
            written = self._rewritten(dictionary, numbers, 0, 0)
            if number == page.contents:
                form = b"<</Type /XObject/Subtype /Form/BBox [0 0 %.2f %.2f]/Resources %d 0 R" % (
                    page.width, page.height, numbers[page.resources],
                )  # fmt: skip
                written = form + written[2:]
            self._write_object(numbers[number], written, content)
        self.fonts.add(piece.fonts)

    def add(self, piece: Piece) -> None:
        """Write the objects of a piece, and keep what the end of the file needs."""
        known = self._pictures(piece)
        numbers = self._numbers(piece, known)
        around = self.file.allocate(len(piece.pages))
        key = self._next_key
        for number, dictionary, content in piece.objects:
            if number not in known:
                self._write_object(
                    numbers[number], self._rewritten(dictionary, numbers, key, around), content
                )
        pages = array("L", (numbers[page.number] for page in piece.pages))
        self._placed[piece.index] = _Placed(
            node=numbers[1],
            numbers=pages,
            sizes=[self._sizes.setdefault(size, size) for size in ((p.width, p.height) for p in piece.pages)],
            around=around,
            elements=[numbers[element] for element in piece.elements],
            bookmarks=piece.bookmarks,
            ids=self._put_ids(piece, numbers),
        )
        for place, (name, page, x, y) in enumerate(piece.anchors):
            self._anchors.add(_Anchored(text(name), piece.index, place, name, page, pages[page], x, y))
        for place, (name, page) in enumerate(dict(reversed(piece.links)).items()):
            self._links.add(_Linked(text(name), piece.index, place, name, pages[page]))
        if piece.parents:
            rows = b" ".join(
                b"%d %s" % (key + place, self._rewritten(entry, numbers, key, around))
                for place, entry in enumerate(piece.parents)
            )
            self._next_key += len(piece.parents)
            leaf = self.file.add(b"<</Limits [%d %d]/Nums [%s]>>" % (key, self._next_key - 1, rows))
            self._parents.append(leaf)
        self.fonts.add(piece.fonts)

    def pages_before(self, index: int, waiting: Sequence[Piece] = ()) -> int:
        """Number of pages before a piece, given other pieces that are not added yet."""
        placed = sum(len(placed.numbers) for place, placed in self._placed.items() if place < index)
        return placed + sum(len(piece.pages) for piece in waiting if piece.index < index)

    def page_numbers(self, wanted: AbstractSet[str], waiting: Sequence[Piece] = ()) -> dict[str, int]:
        """Page numbers (from 1) of the `wanted` anchors, given pieces that are not added yet."""
        counts = {index: len(placed.numbers) for index, placed in self._placed.items()}
        counts |= {piece.index: len(piece.pages) for piece in waiting}
        first: dict[int, int] = {}
        following = 1
        for index in sorted(counts):
            first[index] = following
            following += counts[index]
        found: dict[str, int] = {}
        for name, page in chain(
            ((anchor.name, first[anchor.piece] + anchor.page) for anchor in self._anchors),
            (
                (anchor.name, first[piece.index] + anchor.page)
                for piece in waiting
                for anchor in piece.anchors
            ),
        ):
            if name in wanted:
                found[name] = min(found.get(name, page), page)
        return found

    def finish(self, wording: str) -> tuple[dict[str, bytes], int, list[str]]:
        """Write the document-level objects; return catalogue entries, page count, and missing anchors."""
        order = [self._placed[index] for index in sorted(self._placed)]
        total = sum(len(placed.numbers) for placed in order)
        self._put_around(order, total, wording)
        kids = _references(placed.node for placed in order)
        self.file.put(self.shared["pages"], b"<</Type /Pages/Count %d/Kids [%s]>>" % (total, kids))
        self._put_structure(order)
        dests, lost = self._put_destinations()
        entries = {"Pages": reference(self.shared["pages"]), "StructTreeRoot": reference(self._root)}
        if dests:
            entries["Dests"] = dests
        outline = self._put_outline(order)
        if outline:
            entries["Outlines"] = reference(outline)
        return entries, total, lost

    def _pictures(self, piece: Piece) -> dict[int, int]:
        """Write the new pictures of a piece; return local → global object number of all its pictures."""
        pictures = [item for item in piece.objects if b"/Subtype /Image" in item[1]]
        pictures.sort(key=lambda item: b"/SMask" in item[1])  # masks first: pictures refer to them
        found: dict[int, int] = {}
        for number, dictionary, content in pictures:
            written = self._rewritten(dictionary, found, 0, 0)
            digest = hashlib.sha256(written + b"\0" + (content or b"")).digest()
            if digest not in self._known_pictures:
                self._known_pictures[digest] = self.file.allocate()
                self._write_object(self._known_pictures[digest], written, content)
            found[number] = self._known_pictures[digest]
        return found

    def _numbers(self, piece: Piece, fixed: dict[int, int]) -> dict[int, int]:
        numbers = {local: self.shared[name] for local, name in piece.shared.items()}
        numbers |= fixed
        missing = [number for number, _, _ in piece.objects if number not in numbers]
        first = self.file.allocate(len(missing))
        numbers |= {number: first + place for place, number in enumerate(missing)}
        return numbers

    def _rewritten(self, content: bytes, numbers: dict[int, int], key: int, around: int) -> bytes:
        shared = self.shared

        def replacement(match: re.Match[bytes]) -> bytes:
            group = match.lastindex
            if group is None:
                return match[0]
            if group == 1:
                return b"%d 0 R" % numbers[int(match[1])]
            if group == 2:
                return b"%d" % (key + int(match[2]))
            if group == 3:
                return b"%d 0 R" % shared[match[3].decode()]
            return b"%d 0 R" % (around + int(match[4]))

        return _TOKENS.sub(replacement, content)

    def _write_object(self, number: int, dictionary: bytes, content: bytes | None) -> None:
        if content is None:
            self.file.put(number, dictionary)
        else:
            self.file.put_stream(number, dictionary, content)

    def _put_ids(self, piece: Piece, numbers: dict[int, int]) -> int | None:
        rows = [(text(name), reference(numbers[number])) for name, number in sorted(piece.ids)]
        return self._put_leaf(rows) if rows else None

    def _put_around(self, order: list[_Placed], total: int, wording: str) -> None:
        numbering = PageNumbers(wording)
        uses: dict[str, FontUse] = {NAME: numbering.use}
        self.fonts.add(uses)
        number = 0
        for placed in order:
            for place, (width, height) in enumerate(placed.sizes):
                number += 1
                content = header_placed(height) + numbering.placed(number, total, width)
                length = b"<</Length %d>>" % len(content)
                self.file.put_stream(placed.around + place, length, content)

    def _put_structure(self, order: list[_Placed]) -> None:
        kids = _references(element for placed in order for element in placed.elements)
        self.file.put(
            self.shared["document"],
            b"<</Type /StructElem/S /Document/P " + reference(self._root) + b"/K [" + kids + b"]>>",
        )
        tree = self._put_tree(self._parents)
        ids = [placed.ids for placed in order if placed.ids]
        named = b"/IDTree " + self._put_tree(ids) if ids else b""
        self.file.put(
            self._root,
            b"<</Type /StructTreeRoot/K [" + reference(self.shared["document"]) + b"]/ParentTree "
            + tree + b"/ParentTreeNextKey %d" % self._next_key + named + b">>",
        )  # fmt: skip

    def _put_destinations(self) -> tuple[bytes, list[str]]:
        """Write the destinations; return their name tree (empty if none) and link targets without anchor."""
        lost: list[str] = []
        leaves: list[int] = []
        destinations = self._destinations(lost)
        while rows := list(islice(destinations, _LEAF)):
            leaves.append(self._put_leaf(rows))
        return self._put_tree(leaves) if leaves else b"", lost

    def _destinations(self, lost: list[str]) -> Iterator[tuple[bytes, bytes]]:
        """Yield the names of all anchors in the order of a name tree, each with its destination."""
        anchors: Iterator[_Anchored | _Linked] = in_order(self._anchors)
        links: Iterator[_Anchored | _Linked] = in_order(self._links)
        for key, group in groupby(heapq.merge(anchors, links, key=itemgetter(0)), itemgetter(0)):
            first = next(group)
            if isinstance(first, _Anchored):
                yield key, b"[%d 0 R /XYZ %.2f %.2f 0]" % (first.number, first.x, first.y)
            else:  # as in a browser: a link without a target leads to its own page
                lost.append(first.name)
                yield key, b"[%d 0 R /Fit]" % first.number

    def _put_leaf(self, rows: list[tuple[bytes, bytes]]) -> int:
        names = b" ".join(key + b" " + place for key, place in rows)
        return self.file.add(b"<</Limits [" + rows[0][0] + rows[-1][0] + b"]/Names [" + names + b"]>>")

    def _put_tree(self, leaves: Iterable[int]) -> bytes:
        return reference(self.file.add(b"<</Kids [" + _references(leaves) + b"]>>"))

    def _put_outline(self, order: list[_Placed]) -> int:
        top: list[_Entry] = []
        path: list[_Entry] = []
        for placed in order:
            for bookmark in placed.bookmarks:
                entry = _Entry(bookmark, placed.numbers[bookmark.page], self.file.allocate())
                while path and path[-1].bookmark.level >= bookmark.level:
                    path.pop()
                (path[-1].children if path else top).append(entry)
                path.append(entry)
        if not top:
            return 0
        root = self.file.allocate()
        self._put_entries(top, root, depth=1)
        shown = len(top) + sum(len(entry.children) for entry in top)
        ends = (reference(top[0].number), reference(top[-1].number))
        self.file.put(root, b"<</Type /Outlines/First %s/Last %s/Count %d>>" % (*ends, shown))
        return root

    def _put_entries(self, entries: list[_Entry], parent: int, depth: int) -> None:
        for place, entry in enumerate(entries):
            mark = entry.bookmark
            content = b"<</Title " + text(mark.label) + b"/Parent " + reference(parent)
            content += b"/Dest [%d 0 R /XYZ %.2f %.2f 0]" % (entry.page, mark.x, mark.y)
            if place:
                content += b"/Prev " + reference(entries[place - 1].number)
            if place + 1 < len(entries):
                content += b"/Next " + reference(entries[place + 1].number)
            if entry.children:
                count = len(entry.children) * (1 if depth == 1 else -1)
                first, last = entry.children[0].number, entry.children[-1].number
                content += b"/First %d 0 R/Last %d 0 R/Count %d" % (first, last, count)
            self.file.put(entry.number, content + b">>")
            self._put_entries(entry.children, entry.number, depth + 1)


def _references(numbers: Iterable[int]) -> bytes:
    return b" ".join(map(reference, numbers))
