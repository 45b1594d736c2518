"""The report as HTML: one file with everything, or linked pages for a package. Neither loads anything."""

from __future__ import annotations

import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from html import escape
from typing import BinaryIO, Self

from dsr_report.files import written_whole
from dsr_report.rendering.document import Part, ReportDocument
from dsr_report.shipped import shipped
from dsr_report.spool import Rows
from dsr_report.writers.packed_ledger import packed
from dsr_report.writers.sections import encoded, section
from dsr_report.writers.zip_file import Folder, Sink

CONTENT_SECURITY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'"
)
"""What a page may load: what is in it. Frames of messages (`srcdoc`) inherit it."""

START = "report.html"
"""The first page of a package."""

CONTENTS = "contents"
"""The id of the contents, where a report has them."""

_LARGE = 1_500_000
_PAGE = 4_000_000
"""Characters of a page of a package, at most, but for parts that are larger themselves."""
_IDS = re.compile(r"""<[^>]*?\sid\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s"'>]+))""")
_FRAMED = re.compile(r"""\ssrcdoc\s*=\s*(?:"[^"]*"|'[^']*')""")
_LINKS = re.compile(r"""(<a\b[^>]*?\shref\s*=\s*)(["']?)#([^"'\s>]+)""", re.IGNORECASE)
_HEADED = re.compile(r"\s*(?:<(?!h[1-6]\b)[^>]*>\s*)*<h[12]\b", re.IGNORECASE)
_NAME = re.compile(r"[^a-z0-9-]+")


def anchors_in(html: str) -> Iterator[str]:
    """The ids in a page, those within the frames of messages aside."""
    for match in _IDS.finditer(_FRAMED.sub("", html)):
        yield match[match.lastindex or 1]


def write_html(document: ReportDocument, target: str | os.PathLike[str] | BinaryIO) -> None:
    """Write the whole report as one file, part by part, to a path (whole or not at all) or an open file.

    Raises:
        FileError: the target cannot be written.
    """
    opened = written_whole(target) if isinstance(target, str | os.PathLike) else nullcontext(target)
    with opened as file:
        file.writelines(_head(document, document.title))
        for part in document.parts():
            file.write(encoded(section(part, part.html)))
        file.write(_FOOT)


def write_pages(document: ReportDocument, folder: Folder) -> list[str]:
    """Write the report as linked pages into a folder, and give their names.

    A small report is one page, `report.html`. In a large one that page holds the first chapter and links to
    all others, and each other chapter is a page in `pages/`. Pages that go on with the page before are
    reached from that one.
    """
    with _Shelf() as shelf:
        for part in document.parts():
            shelf.put(part)
        shelf.finish()
        chapters = shelf.chapters
        if len(chapters) < 2 or shelf.size < _LARGE:
            return [_write_alone(document, folder, shelf)]
        for place, chapter in enumerate(chapters):
            with folder.writing(chapter.name) as page:
                _write_chapter(document, page, shelf, place)
    return [chapter.name for chapter in chapters]


@dataclass(slots=True)
class _Chapter:
    """Parts that share a page, and where they lie on the shelf."""

    key: str
    title: str
    name: str
    follows: bool = False
    size: int = 0
    parts: list[tuple[str, bool, int, int]] = field(default_factory=list)


class _Shelf:
    """Parts put aside, compressed, in a file without a name, until it is known on which page each id is."""

    def __init__(self) -> None:
        self.chapters: list[_Chapter] = []
        self.size = 0
        self._ids: Rows[tuple[str, int]] = Rows()
        """Every id, and the number of its chapter."""
        self._linked = {CONTENTS}
        self._places: dict[str, str] = {}
        self._names: set[str] = set()
        self._numbers: dict[str, int] = {}
        self._first_links: set[str] = set()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._ids.close()

    def put(self, part: Part) -> None:
        """Put a part aside, and remember its ids."""
        chapter = self._chapter_of(part)
        packed = zlib.compress(part.html.encode("utf-8", "surrogatepass"), 1)
        chapter.parts.append((part.anchor, part.new_page, self._file.tell(), len(packed)))
        chapter.size += len(part.html)
        self._file.write(packed)
        self.size += len(part.html)
        links = {match[3] for match in _LINKS.finditer(part.html)}
        self._linked |= links
        if len(self.chapters) == 1:
            self._first_links |= links
        for anchor in (part.anchor, *anchors_in(part.html)):
            self._ids.add((anchor, len(self.chapters) - 1))

    def finish(self) -> None:
        """Find where all ids are that links lead to; others need no memory."""
        for anchor, chapter in self._ids:
            if anchor in self._linked:
                self._places.setdefault(anchor, self.chapters[chapter].name)

    def _chapter_of(self, part: Part) -> _Chapter:
        """The page of the next part: a chapter that becomes too large for a browser goes on with another."""
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
        """The parts of a chapter again."""
        for anchor, new_page, start, length in chapter.parts:
            self._file.seek(start)
            html = zlib.decompress(self._file.read(length)).decode("utf-8", "surrogatepass")
            yield Part(anchor, chapter.key, chapter.title, html, new_page=new_page)

    def unlisted(self) -> list[_Chapter]:
        """The chapters that the first one has no link to, those that go on with another aside."""
        listed = {self._places.get(anchor) for anchor in self._first_links}
        return [c for c in self.chapters[1:] if not c.follows and c.name not in listed]

    def contents(self, page: str) -> str:
        """How a page refers to the contents; they stand below what one reads first."""
        place = self._places.get(CONTENTS)
        return relative(page, START) if place is None else f"{relative(page, place)}#{CONTENTS}"

    def linked(self, html: str, page: str) -> str:
        """The HTML with links that lead to the page on which their target is."""

        def resolved(match: re.Match[str]) -> str:
            place = self._places.get(match[3], page)
            leads_to = "" if place == page else relative(page, place)
            return f"{match[1]}{match[2]}{leads_to}#{match[3]}"

        return _LINKS.sub(resolved, html)

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
    """How one page of a package refers to another."""
    if page == START:
        return place
    return f"../{place}" if place == START else place.removeprefix("pages/")


def _write_alone(document: ReportDocument, folder: Folder, shelf: _Shelf) -> str:
    with folder.writing(START) as page:
        page.write(b"".join(_head(document, document.title)))
        for chapter in shelf.chapters:
            for part in shelf.parts(chapter):
                page.write(encoded(section(part, part.html)))
        page.write(_FOOT)
    return START


def _write_chapter(document: ReportDocument, page: Sink, shelf: _Shelf, place: int) -> None:
    chapters = shelf.chapters
    chapter = chapters[place]
    words = document.words
    first = place == 0
    title = document.title if first else f"{chapter.title} – {document.title}"
    around = _around(document, shelf, place)
    page.write(b"".join(_head(document, title, "" if first else around, heading=not first)))
    for number, part in enumerate(shelf.parts(chapter)):
        if number == 0 and not first and not _HEADED.match(part.html):
            page.write(encoded(f"<h2>{escape(chapter.title)}</h2>\n"))
        page.write(encoded(section(part, shelf.linked(part.html, chapter.name))))
    if first and (others := shelf.unlisted()):
        rows = "".join(
            f'<li><a href="{escape(relative(START, other.name))}">{escape(other.title)}</a></li>'
            for other in others
        )
        page.write(
            encoded(
                f'<nav aria-labelledby="report-pages"><h2 id="report-pages">{escape(words.contents)}</h2>'
                f"<ul>{rows}</ul></nav>"
            )
        )
    again = around.replace("<nav aria-label", "<div data-label").replace("</nav>", "</div>")
    page.write(encoded(again) + _FOOT)


def _around(document: ReportDocument, shelf: _Shelf, place: int) -> str:
    words, chapters = document.words, shelf.chapters
    page = chapters[place].name
    links = []
    if place:
        links.append((words.contents, shelf.contents(page), "index"))
        before = chapters[place - 1]
        links.append((f"{words.previous}: {before.title}", relative(page, before.name), "prev"))
    if place + 1 < len(chapters):
        after = chapters[place + 1]
        links.append((f"{words.next}: {after.title}", relative(page, after.name), "next"))
    anchors = "".join(
        f'<a rel="{kind}" href="{escape(leads_to)}">{escape(text)}</a>' for text, leads_to, kind in links
    )
    return f'<nav aria-label="{escape(words.pages)}" class="report-pages">{anchors}</nav>'


def _proof(document: ReportDocument) -> Iterator[bytes]:
    """The manifest, the ledger and the seal, where the document has them."""
    named = (
        ("manifest", [encoded(escape(document.manifest))] if document.manifest else []),
        ("ledger", packed(document.ledger) if document.ledger else []),
        ("seal", [document.seal.encode("ascii")] if document.seal else []),
    )
    for name, content in named:
        for number, piece in enumerate(content):
            yield (b"" if number else b'<meta name="dsr-report-%s" content="' % name.encode("ascii")) + piece
        if content:
            yield b'">\n'


_FOOT = b"</main></body></html>\n"


def _head(
    document: ReportDocument, title: str, navigation: str = "", *, heading: bool = False
) -> Iterator[bytes]:
    styles = shipped("templates") / "styles"
    ours = [(styles / name).read_text(encoding="utf-8") for name in ("page.css", "print.css")]
    css = "\n".join((*ours, document.stylesheet))
    css = css.replace("</", "<\\/")  # nothing in a style sheet may end its element
    running = escape(document.running_header)
    name = f"<h1>{escape(document.title)}</h1>" if heading else ""
    yield encoded(
        f'<!DOCTYPE html>\n<html lang="{escape(document.language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{CONTENT_SECURITY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        '<meta name="color-scheme" content="light dark">\n'
        '<meta name="format-detection" content="telephone=no, date=no, email=no, address=no">\n'
        f'<meta name="generator" content="{escape(document.generator)}">\n'
    )
    yield from _proof(document)
    yield encoded(
        f"<title>{escape(title)}</title>\n<style>\n{css}\n</style>\n</head>\n"
        f'<body>\n<a class="skip-link" href="#main">{escape(document.words.skip)}</a>\n'
        f'<header class="report-header"><p>{running}</p>{name}{navigation}</header>\n'
        '<main id="main" tabindex="-1">\n'
    )
