"""The report as HTML: one file with everything, or linked pages for a package. Neither loads resources."""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import BinaryIO

from markupsafe import Markup, escape

from dsr_report.closing import Closing
from dsr_report.files import written_to
from dsr_report.languages import language_of
from dsr_report.rendering.document import LINKS, Part, ReportDocument, anchors_in, targets_in
from dsr_report.rendering.shell import NavigationLink, Shell
from dsr_report.spool import BlockFile, Rows
from dsr_report.writers.packed_ledger import packed
from dsr_report.writers.zip_file import Folder, Sink

START = "report.html"
"""The first page of a package."""

CONTENTS = "contents"
"""The id of the table of contents."""

_LARGE = 1_500_000
_PAGE = 4_000_000
"""Upper bound for the characters of a package page; a single larger part exceeds it."""
_HEADED = re.compile(r"\s*(?:<(?!h[1-6]\b)[^>]*>\s*)*<h[12]\b", re.IGNORECASE)
_NAME = re.compile(r"[^a-z0-9-]+")


def write_html(document: ReportDocument, target: str | os.PathLike[str] | BinaryIO) -> None:
    """Write the whole report as one file, part by part, to a path (whole or not at all) or an open file.

    Raises:
        FileError: the target cannot be written.
    """
    shell = Shell(document)
    sections = (shell.section(part, part.html) for part in document.parts())
    with written_to(target) as file:
        file.writelines(shell.page(sections, proof=_proof(document), is_whole=True))


def write_pages(document: ReportDocument, folder: Folder) -> list[str]:
    """Write the report as linked pages into a folder, and return their names.

    A small report is one page, `report.html`. In a large one that page holds the first chapter and links to
    all others, and each other chapter is a page in `pages/`. A page that continues another is linked only
    from that one.
    """
    with _Shelf() as shelf:
        for part in document.parts():
            shelf.put(part)
        shelf.finish()
        chapters = shelf.chapters
        if len(chapters) < 2 or shelf.size < _LARGE:
            return [_write_alone(document, folder, shelf)]
        shell = Shell(document)
        for place, chapter in enumerate(chapters):
            with folder.writing(chapter.name) as page:
                _write_chapter(shell, document, page, shelf, place)
    return [chapter.name for chapter in chapters]


@dataclass(slots=True)
class _Chapter:
    """A page with its parts: (anchor, starts a new page, offset, length) of each in the shelf's file."""

    key: str
    title: str
    name: str
    follows: bool = False
    size: int = 0
    parts: list[tuple[str, bool, int, int]] = field(default_factory=list)


class _Shelf(Closing):
    """Compressed parts in an anonymous file, kept until the page of each id is known."""

    def __init__(self) -> None:
        self.chapters: list[_Chapter] = []
        self.size = 0
        self._ids: Rows[tuple[str, int]] = Rows()
        """Every id, with the index of its chapter."""
        self._linked = {CONTENTS}
        self._places: dict[str, str] = {}
        self._names: set[str] = set()
        self._numbers: dict[str, int] = {}
        self._first_links: set[str] = set()
        self._file = BlockFile()

    def close(self) -> None:
        """Remove what was put aside."""
        self._file.close()
        self._ids.close()

    def put(self, part: Part) -> None:
        """Store a part, and record its ids."""
        chapter = self._chapter_of(part)
        packed = zlib.compress(part.html.encode("utf-8", "surrogatepass"), 1)
        chapter.parts.append((part.anchor, part.new_page, self._file.add(packed), len(packed)))
        chapter.size += len(part.html)
        self.size += len(part.html)
        links = set(targets_in(part.html))
        self._linked |= links
        if len(self.chapters) == 1:
            self._first_links |= links
        for anchor in (part.anchor, *anchors_in(part.html)):
            self._ids.add((anchor, len(self.chapters) - 1))

    def finish(self) -> None:
        """Look up the pages of all link targets; other ids take no memory."""
        for anchor, chapter in self._ids:
            if anchor in self._linked:
                self._places.setdefault(anchor, self.chapters[chapter].name)

    def _chapter_of(self, part: Part) -> _Chapter:
        """Return the page of the next part; a chapter too large for a browser continues on another page."""
        last = self.chapters[-1] if self.chapters else None
        if last is None or last.key != part.chapter:
            new = _Chapter(part.chapter, part.chapter_title, self._name(part.chapter), part.follows)
        elif last.size and last.size + len(part.html) > _PAGE:
            number = self._numbers[part.chapter] = self._numbers.get(part.chapter, 1) + 1
            title = f"{part.chapter_title}, {number}"
            new = _Chapter(part.chapter, title, self._name(part.chapter), follows=True)
        else:
            return last
        self.chapters.append(new)
        return new

    def parts(self, chapter: _Chapter) -> Iterator[Part]:
        """Read back the parts of a chapter."""
        for anchor, new_page, start, length in chapter.parts:
            html = zlib.decompress(self._file.read(start, length)).decode("utf-8", "surrogatepass")
            yield Part(anchor, chapter.key, chapter.title, html, new_page=new_page)

    def unlisted_chapters(self) -> list[_Chapter]:
        """The pages without a link from the first one, except continuation pages."""
        listed = {self._places.get(anchor) for anchor in self._first_links}
        return [c for c in self.chapters[1:] if not c.follows and c.name not in listed]

    def contents(self, page: str) -> str:
        """The relative URL of the table of contents from a page, or of the start page if there is none."""
        place = self._places.get(CONTENTS)
        return relative(page, START) if place is None else f"{relative(page, place)}#{CONTENTS}"

    def resolve_links(self, html: str, page: str) -> str:
        """Return the HTML of a page with internal links resolved to the pages of their targets."""

        def resolve(match: re.Match[str]) -> str:
            place = self._places.get(match[3], page)
            leads_to = "" if place == page else relative(page, place)
            return f"{match[1]}{match[2]}{leads_to}#{match[3]}"

        return LINKS.sub(resolve, html)

    def _name(self, chapter: str) -> str:
        if not self._names:
            self._names.add(START)
            return START
        plain = _NAME.sub("-", chapter.casefold()).strip("-")[:60] or "page"
        name, count = f"pages/{plain}.html", 1
        while name in self._names:
            count += 1
            name = f"pages/{plain}-{count}.html"
        self._names.add(name)
        return name


def relative(page: str, place: str) -> str:
    """The relative URL from `page` of a package to the page `place`."""
    if page == START:
        return place
    return f"../{place}" if place == START else place.removeprefix("pages/")


def _write_alone(document: ReportDocument, folder: Folder, shelf: _Shelf) -> str:
    shell = Shell(document)
    parts = (part for chapter in shelf.chapters for part in shelf.parts(chapter))
    with folder.writing(START) as page:
        sections = (shell.section(part, part.html) for part in parts)
        for piece in shell.page(sections, proof=_proof(document), is_whole=True):
            page.write(piece)
    return START


def _write_chapter(shell: Shell, document: ReportDocument, page: Sink, shelf: _Shelf, place: int) -> None:
    chapter = shelf.chapters[place]
    is_first = place == 0
    parts = shelf.parts(chapter)
    begin = next(parts)
    is_headed = is_first or _HEADED.match(begin.html) is not None
    pieces = shell.page(
        (shell.section(part, shelf.resolve_links(part.html, chapter.name)) for part in chain([begin], parts)),
        page_title=document.title if is_first else f"{chapter.title} – {document.title}",
        proof=_proof(document),
        heading="" if is_headed else chapter.title,
        links=_links_around(document, shelf, place),
        links_above=not is_first,
        pages=tuple(
            NavigationLink("", relative(START, other.name), other.title)
            for other in shelf.unlisted_chapters()
            if is_first
        ),
    )
    for piece in pieces:
        page.write(piece)


def _links_around(document: ReportDocument, shelf: _Shelf, place: int) -> tuple[NavigationLink, ...]:
    language, chapters = language_of(document.language_code), shelf.chapters
    page = chapters[place].name
    links = []
    if place:
        links.append(NavigationLink("index", shelf.contents(page), language.text("Contents")))
        before = chapters[place - 1]
        links.append(
            NavigationLink(
                "prev", relative(page, before.name), f"{language.text('Previous')}: {before.title}"
            )
        )
    if place + 1 < len(chapters):
        after = chapters[place + 1]
        links.append(
            NavigationLink("next", relative(page, after.name), f"{language.text('Next')}: {after.title}")
        )
    return tuple(links)


def _proof(document: ReportDocument) -> Iterator[tuple[str, Iterable[Markup]]]:
    """Yield the manifest, the ledger and the seal, as far as the document has them, each in pieces."""
    if document.manifest:
        yield "manifest", [escape(document.manifest)]
    if document.ledger:
        yield "ledger", (Markup(piece.decode("ascii")) for piece in packed(document.ledger))  # noqa: S704 - base64
    if document.seal:
        yield "seal", [Markup(document.seal)]  # noqa: S704 - hexadecimal digits
