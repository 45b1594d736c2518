"""Lays out parts as tagged pages with WeasyPrint, in dedicated processes.

WeasyPrint makes the objects of a PDF. They are extracted before it would write them, together with the data
for the whole document (headings, anchors, structure, fonts). Some of its functions are replaced in this
process, which does nothing else: fonts are embedded once for all pieces, the list of page references is
cached rather than built anew for each element, structure elements get language, scope and link text, columns
are put side by side, and the table of contents gets page numbers (`contents`). Others are replaced by faster
ones that produce the same bytes (`weasyprint_patches`).
"""

from __future__ import annotations

import gc
import hashlib
import logging
import re
import resource
import zlib
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import cycle, repeat
from pathlib import Path
from typing import Any

import pydyf
import weasyprint
import weasyprint.document
import weasyprint.layout
import weasyprint.pdf
import weasyprint.pdf.tags
from weasyprint.text.fonts import FontConfiguration, get_hb_object_data
from weasyprint.urls import FatalURLFetchingError

from dsr_report.errors import DsrReportError
from dsr_report.writers.fonts import files
from dsr_report.writers.pdf import contents
from dsr_report.writers.pdf.assets import NothingIsFetched
from dsr_report.writers.pdf.fragments import Anchor, Bookmark, FontUse, LayoutJob, Page, Piece
from dsr_report.writers.pdf.structure import Structure, number
from dsr_report.writers.pdf.weasyprint_patches import boxes, exact, fitting, lines, notes
from dsr_report.writers.pdf.weasyprint_patches import text as shaped_text

_SCALE = 0.75
_LINKS = ("internal", "external")
_HEADING = re.compile("h[1-6]")
_ACTIVE = ("http://", "https://", "mailto:", "tel:")
_QUICK_VERSIONS = ("70.0",)
_COLLECTED_AFTER = (100_000, 20, 100)
"""Thresholds of `gc`: a piece has some million objects, hardly any garbage; saves 20 % CPU, costs 6 MiB."""
_MARGIN, _GAP = 14.0, 5.0
_COLUMN = (210 - 2 * _MARGIN - _GAP) / 2
"""Width of a column on A4 in mm. Columns are separate pages: WeasyPrint lays out CSS columns repeatedly."""
_NARROW = f"@page {{ margin-left: {_MARGIN}mm; margin-right: {210 - _MARGIN - _COLUMN}mm }}"
_layout_backgrounds = weasyprint.layout.layout_backgrounds
_to_bytes = pydyf._to_bytes  # noqa: SLF001 - there is no public way


class AssetRefusedError(DsrReportError):
    """A page refers to a resource that is not inside the document."""


class _Complaints(logging.Handler):
    """Collects code points without a glyph, and drops other log messages: they may quote personal data."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.missing_glyphs: set[int] = set()

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith(".notdef") and isinstance(record.args, tuple):
            self.missing_glyphs |= {number for number in record.args if isinstance(number, int)}


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@lru_cache(maxsize=4)
def _stylesheet(css: str) -> weasyprint.CSS:
    return weasyprint.CSS(string=css, font_config=_fonts(), url_fetcher=NothingIsFetched())


def lay_out(job: LayoutJob) -> Piece:
    """Lay out the pages of a job.

    Raises:
        AssetRefusedError: a part refers to a picture or style that is not inside it.
    """
    complaints = _Complaints()
    logger = logging.getLogger("weasyprint")
    logger.handlers = [complaints]
    logger.propagate = False
    try:
        html = weasyprint.HTML(string=job.html, url_fetcher=NothingIsFetched())
        notes.mark_notes(html, job.stylesheet, job.html)
        elsewhere = _prepare(html.etree_element, job)
        _now.sides = cycle((False, True)) if job.columns else repeat(False)
        document = html.render(
            font_config=_fonts(),
            stylesheets=[_stylesheet(job.stylesheet + _NARROW if job.columns else job.stylesheet)],
            output_intent="srgb",
            presentational_hints=True,
        )
        if job.columns:
            _put_side_by_side(document)
        document.metadata.attachments = []  # the assembled document has attachments, never a piece
        return _piece(job, document, elsewhere, complaints)
    except FatalURLFetchingError as error:
        raise AssetRefusedError(
            str(error), hint="Only data: URLs may stand in a report; this is a mistake in a template."
        ) from None


def _backgrounds_in_columns(page: Any, get_image: Any) -> None:
    """Move every second column page to the right before WeasyPrint computes its backgrounds."""
    if next(_now.sides):
        for child in page.children:
            child.translate((_COLUMN + _GAP) / 25.4 * 96, 0)
    _layout_backgrounds(page, get_image)


def _put_side_by_side(document: Any) -> None:
    """Merge each pair of pages into one, the second as its right column."""
    pages = list(document.pages[::2])
    for index, right in enumerate(document.pages[1::2]):
        box, other = pages[index]._page_box, right._page_box  # noqa: SLF001 - there is no public way
        box.children = [*box.children, *other.children]
        pages[index] = weasyprint.document.Page(box)
    document.pages = pages


def _prepare(root: Any, job: LayoutJob) -> dict[str, str]:
    """Mark links to other pieces and links with page numbers, and deactivate external links except `_ACTIVE`.

    Returns:
        Placeholder URL → anchor, for links to other pieces.
    """
    here = {element.get("id") for element in root.iter() if element.get("id")}
    elsewhere: dict[str, str] = {}
    contents.mark(root, job)
    _keep_headings_in_order(root)
    _keep_each_sheet_once(root)
    for link in root.iter("a"):
        href = link.get("href")
        if href is None:
            continue
        if href[1:] in job.elsewhere and href.startswith("#"):
            link.tag = "span"
        elif href.startswith("#") and len(href) > 1:
            if href[1:] not in here:
                mark = f"https://elsewhere.invalid/{len(elsewhere)}"
                elsewhere[mark] = href[1:]
                link.set("href", mark)
        elif not href.lower().startswith(_ACTIVE):
            del link.attrib["href"]
    return elsewhere


def _keep_each_sheet_once(root: Any) -> None:
    """Empty repeated style sheets: messages of one sender share one, and each copy costs rule matching."""
    known: set[str] = set()
    for element in root.iter("style"):
        text = element.text or ""
        if text in known:
            element.text = ""
        known.add(text)


def _keep_headings_in_order(root: Any) -> None:
    """Adjust headings so that within a part each is at most one level below the previous one."""
    level = 0
    for element in root.iter():
        if element.tag == "section" and "part" in (element.get("class") or "").split():
            level = 0
        elif isinstance(element.tag, str) and _HEADING.fullmatch(element.tag):
            own = int(element.tag[1])
            level = own if level == 0 else min(own, level + 1)
            element.tag = f"h{level}"


class _Pdf:
    """State of the piece being generated, in addition to its PDF objects."""

    def __init__(self) -> None:
        self.fonts: dict[str, FontUse] = {}
        self.font_dictionary = pydyf.Dictionary()
        self.sides: Iterator[bool] = repeat(False)
        """Whether the next page is the right one of two columns."""


_now = _Pdf()


def _use_of(font: Any) -> FontUse:
    return FontUse(
        name=bytes(font.name[1:]),
        file=_file_of(bytes(get_hb_object_data(font.hb_face))),
        family=font.family,
        flags=font.flags,
        ascent=font.ascent,
        descent=font.descent,
        texts={},
        widths={},
    )


def _file_of(content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    if digest not in files():
        raise DsrReportError("a font was used that is not shipped", hint="Is FONTCONFIG_FILE overridden?")
    return digest


def _collect_fonts(_pdf: Any, fonts: dict[int, Any], *_options: object) -> pydyf.Dictionary:
    """Record the glyphs used instead of embedding the fonts."""
    for font in fonts.values():
        if font.hash not in _now.fonts:
            _now.fonts[font.hash] = _use_of(font)
        use = _now.fonts[font.hash]
        unknown = set(font.missing.values())
        for glyph, text in font.to_unicode.items():
            if glyph not in unknown:
                use.texts.setdefault(glyph, text)
        for glyph, width in font.widths.items():
            if glyph not in unknown:
                use.widths.setdefault(glyph, width)
    _now.font_dictionary = pydyf.Dictionary()
    return _now.font_dictionary


def _page_references(pdf: Any) -> tuple[bytes, ...]:
    kids = pdf.pages["Kids"]
    known: tuple[bytes, ...] = getattr(pdf, "_known_references", ())
    if len(known) * 3 != len(kids):
        known = tuple(f"{kid} 0 R".encode() for kid in kids[::3])
        pdf._known_references = known  # noqa: SLF001 - our own attribute
    return known


_build_box_tree = weasyprint.pdf.tags._build_box_tree  # noqa: SLF001 - there is no public way


def _build_better_tree(box: Any, parent: Any, *rest: Any) -> Iterator[Any]:
    for element in _build_box_tree(box, parent, *rest):
        _improve(element, getattr(box, "_box", box))
        yield element


def _improve(element: Any, box: Any) -> None:
    source = box.element
    if source is None or box.element_tag in {"html", "body"}:
        return
    kind = element["S"]
    language = source.get("lang")
    if language:
        element["Lang"] = pydyf.String(language)
    if kind == "/TH" and "A" in element:
        element["A"]["Scope"] = "/Row" if source.get("scope") == "row" else "/Column"
    elif kind == "/Link" and box.element_tag != "a":
        element["S"] = "/Span"
    elif kind == "/Figure" and "Alt" not in element:
        label = source.get("aria-label") or source.get("title")
        if label:
            element["Alt"] = pydyf.String(label)
        else:  # decoration
            element["S"] = "/NonStruct"
            del element["A"]
    elif kind == "/Table" and source.get("role") in {"presentation", "none"}:
        element["S"] = "/Div"


def prepare_process(*, quick: bool = weasyprint.__version__ in _QUICK_VERSIONS) -> None:
    """Replace WeasyPrint's functions; for a dedicated layout process.

    Args:
        quick: also install the patches that only save time; by default for WeasyPrint `_QUICK_VERSIONS`.
    """
    gc.set_threshold(*_COLLECTED_AFTER)
    weasyprint.pdf.build_fonts_dictionary = _collect_fonts
    weasyprint.pdf.tags._build_box_tree = _build_better_tree  # noqa: SLF001 - there is no public way
    pydyf.PDF.page_references = property(_page_references)
    weasyprint.layout.layout_backgrounds = _backgrounds_in_columns
    contents.install()
    fitting.install()
    exact.install()
    if quick:
        shaped_text.install()
        boxes.install()
        lines.install()
        notes.install()


def _piece(job: LayoutJob, document: Any, elsewhere: dict[str, str], complaints: _Complaints) -> Piece:
    bookmarks: list[Bookmark] = []
    anchors: list[Anchor] = []
    seen: set[str] = set()
    for place, page in enumerate(document.pages):
        height = page.height * _SCALE
        for level, label, (x, y), _state in page.bookmarks:
            words = " ".join(label.split())
            bookmarks.append(Bookmark(level, words, place, x * _SCALE, height - y * _SCALE))
        for name, (x, y, *_) in page.anchors.items():
            if name not in seen:
                seen.add(name)
                anchors.append(Anchor(name, place, x * _SCALE, height - y * _SCALE))
        page.bookmarks = []
        page.links = [link for link in page.links if link[0] in _LINKS and link[3].element_tag == "a"]
    _now.fonts = {}
    options = {**weasyprint.DEFAULT_OPTIONS, "pdf_tags": job.tagged, "output_intent": "srgb"}
    pdf = weasyprint.pdf.generate_pdf(document, None, 1, **{**options, "pdf_version": "1.7"})
    return _Extraction(job, document, pdf, elsewhere).piece(bookmarks, anchors, complaints)


class _Extraction:
    """Extracts a `Piece` from a generated PDF."""

    def __init__(self, job: LayoutJob, document: Any, pdf: Any, elsewhere: dict[str, str]) -> None:
        self.job = job
        self.document = document
        self.pdf = pdf
        self.elsewhere = elsewhere
        self.left_out = {0, pdf.catalog.number}
        self.shared = {_now.font_dictionary.number: "fonts"}
        self.links: list[tuple[str, int]] = []
        self.elements: list[int] = []
        self.parents: list[bytes] = []

    def piece(self, bookmarks: list[Bookmark], anchors: list[Anchor], complaints: _Complaints) -> Piece:
        profile = self.document.color_profiles["srgb"].pdf_reference
        self.shared[number(profile)] = "profile"
        self.pdf.pages["Parent"] = b"\x02pages"
        pages = self._pages()
        if self.job.tagged:
            self._structure()
        ids = self._objects()
        self.left_out |= set(self.shared)
        objects = [
            (item.number, *_serialize(item)) for item in self.pdf.objects if item.number not in self.left_out
        ]
        return Piece(
            index=self.job.index,
            objects=objects,
            shared=self.shared,
            pages=pages,
            elements=self.elements,
            parents=self.parents,
            ids=ids,
            bookmarks=bookmarks,
            anchors=anchors,
            fonts=_now.fonts,
            links=self.links,
            shown_pages=contents.shown(),
            missing_glyphs=complaints.missing_glyphs,
            memory_bytes=_peak_bytes(),
        )

    def _pages(self) -> list[Page]:
        pages = []
        for index, page_number in enumerate(self.pdf.pages["Kids"][::3]):
            page = self.pdf.objects[page_number]
            _, _, width, height = page["MediaBox"]
            contents, resources_number = number(page["Contents"]), number(page["Resources"])
            pages.append(Page(page_number, contents, resources_number, float(width), float(height)))
            page["Contents"] = b"[\x03%d %s]" % (index, page["Contents"])
            if self.job.tagged:
                page["StructParents"] = b"\x01%d" % page["StructParents"]
                self.pdf.objects[resources_number]["XObject"]["header"] = b"\x02header"
        return pages

    def _structure(self) -> None:
        root = self.pdf.objects[number(self.pdf.catalog["StructTreeRoot"])]
        tree = self.pdf.objects[number(root["ParentTree"])]
        top = self.pdf.objects[number(root["K"][0])]
        Structure(self.pdf).mend(top)
        self.elements = [number(kid) for kid in top["K"]]
        self.parents = [
            entry.data if isinstance(entry, pydyf.Object) else bytes(entry) for entry in tree["Nums"][1::2]
        ]
        self.left_out |= {root.number, tree.number}
        self.shared[top.number] = "document"

    def _objects(self) -> list[tuple[str, int]]:
        words, pages = self._words_of_links()
        ids = []
        objects: list[Any] = self.pdf.objects
        for item in objects:
            if not isinstance(item, pydyf.Dictionary):
                continue
            if item.get("Type") == "/Annot":
                item["F"] = 4
                item["StructParent"] = b"\x01%d" % item["StructParent"]
                item["Contents"] = pydyf.String(words.get(item.number) or "link")
                action = item.get("A")
                if "Dest" in item:
                    self.links.append((item["Dest"].string, pages[item.number]))
                elif action and action["URI"].string in self.elsewhere:
                    name = self.elsewhere[action["URI"].string]
                    del item["A"]
                    item["Dest"] = pydyf.String(name)
                    self.links.append((name, pages[item.number]))
            elif "ID" in item and item.get("Type") == "/StructElem":
                item["ID"].string = f"{self.job.index:06d}-{item['ID'].string}"
                ids.append((item["ID"].string, item.number))
        return ids

    def _words_of_links(self) -> tuple[dict[int, str], dict[int, int]]:
        words: dict[int, str] = {}
        pages: dict[int, int] = {}
        for index, page in enumerate(self.document.pages):
            for _type, target, _rectangle, box in page.links:
                if box.link_annotation:
                    text = " ".join("".join(box.element.itertext()).split())
                    shown = box.element.get("aria-label") or text or box.element.get("title") or target
                    words[box.link_annotation.number] = shown
                    pages[box.link_annotation.number] = index
        return words, pages


def _serialize(item: Any) -> tuple[bytes, bytes | None]:
    if not isinstance(item, pydyf.Stream):
        return item.data, None
    extra = pydyf.Dictionary(dict(item.extra))
    if "Interpolate" in extra:
        extra["Interpolate"] = "false"  # required by PDF/A
    content = b"\n".join(_to_bytes(line) for line in item.stream)
    if "Filter" not in extra:
        content = zlib.compress(content, 6)
        extra["Filter"] = "/FlateDecode"
    extra["Length"] = len(content)
    return extra.data, content


def _peak_bytes() -> int:
    """Peak resident memory of this process in bytes.

    Linux includes the parent's memory before the start of this process in `ru_maxrss`, so the kernel's
    high-water mark (`VmHWM`) is used where there is one.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
