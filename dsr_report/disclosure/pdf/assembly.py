"""Putting the pieces of a document together: one file with one structure, outline and set of fonts.

Each piece is written as soon as it comes; what is kept of it is small (page numbers, anchors, headings),
so that memory does not grow with the pages' content.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from dsr_report.disclosure.pdf.embedding import UsedFonts
from dsr_report.disclosure.pdf.file import PdfFile, reference, text
from dsr_report.disclosure.pdf.furniture import NAME, PageNumbers, header_placed
from dsr_report.disclosure.pdf.pieces import Anchor, Bookmark, FontUse, Page, Piece

_TOKENS = re.compile(rb"\((?:[^\\()]|\\.)*\)|(?<![\d.])(\d+) 0 R|\x01(\d+)|\x02([a-z]+)|\x03(\d+)", re.DOTALL)
_SHARED = ("pages", "document", "fonts", "profile", "header")
_LEAF = 200


@dataclass(slots=True)
class _Placed:
    """What is remembered of a piece that was written."""

    node: int
    pages: list[Page]
    numbers: list[int]
    around: int
    elements: list[int]
    anchors: list[Anchor]
    bookmarks: list[Bookmark]
    links: list[tuple[str, int]]
    ids: tuple[int, str, str] | None


@dataclass(slots=True)
class _Entry:
    """A heading in the outline, with those below it."""

    bookmark: Bookmark
    page: int
    number: int
    children: list[_Entry] = field(default_factory=list)


class Assembly:
    """A PDF that grows by pieces. Pieces may come in any order; they stand in the order of their index."""

    def __init__(self, file: PdfFile) -> None:
        self.file = file
        self.shared = {name: file.allocate() for name in _SHARED}
        self.fonts = UsedFonts()
        self._placed: dict[int, _Placed] = {}
        self._known_pictures: dict[bytes, int] = {}
        self._next_key = 0
        self._parents: list[tuple[int, int, int]] = []
        self._root = file.allocate()

    def add_header(self, piece: Piece) -> None:
        """Write the running header, as a form that every page shows."""
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
            self._put(numbers[number], written, content)
        self.fonts.add(piece.fonts)

    def add(self, piece: Piece) -> None:
        """Write a piece."""
        known = self._pictures(piece)
        numbers = self._numbers(piece, known)
        around = self.file.allocate(len(piece.pages))
        key = self._next_key
        for number, dictionary, content in piece.objects:
            if number not in known:
                self._put(numbers[number], self._rewritten(dictionary, numbers, key, around), content)
        self._placed[piece.index] = _Placed(
            node=numbers[1],
            pages=piece.pages,
            numbers=[numbers[page.number] for page in piece.pages],
            around=around,
            elements=[numbers[element] for element in piece.elements],
            anchors=piece.anchors,
            bookmarks=piece.bookmarks,
            links=piece.links,
            ids=self._put_ids(piece, numbers),
        )
        if piece.parents:
            rows = b" ".join(
                b"%d %s" % (key + place, self._rewritten(entry, numbers, key, around))
                for place, entry in enumerate(piece.parents)
            )
            self._next_key += len(piece.parents)
            leaf = self.file.add(b"<</Limits [%d %d]/Nums [%s]>>" % (key, self._next_key - 1, rows))
            self._parents.append((leaf, key, self._next_key - 1))
        self.fonts.add(piece.fonts)

    def first_pages(self, counts: dict[int, int]) -> dict[int, int]:
        """How many pages stand before each piece, given the pages of pieces that are still to come."""
        before = 0
        firsts = {}
        for index in sorted(self._placed.keys() | counts.keys()):
            firsts[index] = before
            placed = self._placed.get(index)
            before += counts[index] if placed is None else len(placed.pages)
        return firsts

    def page_numbers(self, counts: dict[int, int]) -> dict[str, int]:
        """The page on which each anchor stands, given the pages of pieces that are still to come."""
        firsts = self.first_pages(counts)
        found: dict[str, int] = {}
        for index in sorted(self._placed):
            for anchor in self._placed[index].anchors:
                found.setdefault(anchor.name, firsts[index] + anchor.page + 1)
        return found

    def finish(self, wording: str) -> tuple[dict[str, bytes], int, list[str]]:
        """Write what belongs to the whole; the entries of the catalogue, the pages, and lost anchors."""
        order = [self._placed[index] for index in sorted(self._placed)]
        total = sum(len(placed.pages) for placed in order)
        self._put_around(order, total, wording)
        kids = b" ".join(reference(placed.node) for placed in order)
        self.file.put(self.shared["pages"], b"<</Type /Pages/Count %d/Kids [%s]>>" % (total, kids))
        self._put_structure(order)
        dests, lost = self._put_destinations(order)
        entries = {"Pages": reference(self.shared["pages"]), "StructTreeRoot": reference(self._root)}
        if dests:
            entries["Dests"] = dests
        outline = self._put_outline(order)
        if outline:
            entries["Outlines"] = reference(outline)
        return entries, total, lost

    def _pictures(self, piece: Piece) -> dict[int, int]:
        """Write the pictures of a piece that no other had, and say where those are that one had."""
        pictures = [item for item in piece.objects if b"/Subtype /Image" in item[1]]
        pictures.sort(key=lambda item: b"/SMask" in item[1])  # masks first, as pictures refer to them
        found: dict[int, int] = {}
        for number, dictionary, content in pictures:
            written = self._rewritten(dictionary, found, 0, 0)
            digest = hashlib.sha256(written + b"\0" + (content or b"")).digest()
            if digest not in self._known_pictures:
                self._known_pictures[digest] = self.file.allocate()
                self._put(self._known_pictures[digest], written, content)
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

        def replaced(match: re.Match[bytes]) -> bytes:
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

        return _TOKENS.sub(replaced, content)

    def _put(self, number: int, dictionary: bytes, content: bytes | None) -> None:
        if content is None:
            self.file.put(number, dictionary)
        else:
            self.file.put_stream(number, dictionary, content)

    def _put_ids(self, piece: Piece, numbers: dict[int, int]) -> tuple[int, str, str] | None:
        if not piece.ids:
            return None
        ids = sorted(piece.ids)
        rows = b" ".join(text(name) + b" " + reference(numbers[number]) for name, number in ids)
        first, last = ids[0][0], ids[-1][0]
        leaf = self.file.add(b"<</Limits [" + text(first) + text(last) + b"]/Names [" + rows + b"]>>")
        return leaf, first, last

    def _put_around(self, order: list[_Placed], total: int, wording: str) -> None:
        numbering = PageNumbers(wording)
        uses: dict[str, FontUse] = {NAME: numbering.use}
        self.fonts.add(uses)
        number = 0
        for placed in order:
            for place, page in enumerate(placed.pages):
                number += 1
                content = header_placed(page.height) + numbering.placed(number, total, page.width)
                length = b"<</Length %d>>" % len(content)
                self.file.put_stream(placed.around + place, length, content)

    def _put_structure(self, order: list[_Placed]) -> None:
        kids = b" ".join(reference(element) for placed in order for element in placed.elements)
        self.file.put(
            self.shared["document"],
            b"<</Type /StructElem/S /Document/P " + reference(self._root) + b"/K [" + kids + b"]>>",
        )
        tree = self.file.add(
            b"<</Kids [" + b" ".join(reference(leaf) for leaf, _, _ in self._parents) + b"]>>"
        )
        ids = [placed.ids[0] for placed in order if placed.ids]
        named = b""
        if ids:
            leaves = b" ".join(reference(leaf) for leaf in ids)
            named = b"/IDTree " + reference(self.file.add(b"<</Kids [" + leaves + b"]>>"))
        self.file.put(
            self._root,
            b"<</Type /StructTreeRoot/K [" + reference(self.shared["document"]) + b"]/ParentTree "
            + reference(tree) + b"/ParentTreeNextKey %d" % self._next_key + named + b">>",
        )  # fmt: skip

    def _put_destinations(self, order: list[_Placed]) -> tuple[bytes, list[str]]:
        found: dict[str, bytes] = {}
        for placed in order:
            for anchor in placed.anchors:
                place = b"[%d 0 R /XYZ %.2f %.2f 0]" % (placed.numbers[anchor.page], anchor.x, anchor.y)
                found.setdefault(anchor.name, place)
        lost = []
        for placed in order:  # as in a browser: a link to what is not there stays where it is
            for name, page in placed.links:
                if name not in found:
                    lost.append(name)
                    found[name] = b"[%d 0 R /Fit]" % placed.numbers[page]
        rows = sorted((text(name), place) for name, place in found.items())
        if not rows:
            return b"", lost
        leaves = []
        for start in range(0, len(rows), _LEAF):
            some = rows[start : start + _LEAF]
            names = b" ".join(key + b" " + place for key, place in some)
            leaves.append(
                self.file.add(b"<</Limits [" + some[0][0] + some[-1][0] + b"]/Names [" + names + b"]>>")
            )
        return reference(
            self.file.add(b"<</Kids [" + b" ".join(reference(leaf) for leaf in leaves) + b"]>>")
        ), lost

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
