"""Writing a document as PDF: its parts are laid out, put together in their order, and files are put in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from typing import BinaryIO

from dsr_report.files import written_whole
from dsr_report.rendering.document import ReportDocument
from dsr_report.shipped import shipped
from dsr_report.writers.pdf import batching, metadata
from dsr_report.writers.pdf.assembly import Assembly
from dsr_report.writers.pdf.file import PdfFile, reference, text
from dsr_report.writers.pdf.fragments import LayoutJob, Piece
from dsr_report.writers.pdf.header_footer import header_job
from dsr_report.writers.pdf.layout_pool import LayoutError, LayoutPool, kept_pool

_A4_WIDTH = 595.28
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class PdfResult:
    """What was written, and what was noticed on the way.

    `lost_links` are anchors that are nowhere, `missing_glyphs` code points that no font has a glyph for,
    `peak_bytes` is the most memory that a layout process took.
    """

    pages: int
    sha256: str
    lost_links: tuple[str, ...] = ()
    missing_glyphs: tuple[int, ...] = ()
    peak_bytes: int = 0


def write_pdf(
    document: ReportDocument,
    target: str | os.PathLike[str] | BinaryIO,
    *,
    workers: int | None = None,
    pool: LayoutPool | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> PdfResult:
    """Write a document as PDF to a path (whole or not at all) or to an open binary file.

    Args:
        document: what to write.
        target: where to.
        workers: how many processes lay out pages; as many as there are processors by default. They are kept
            for half a minute, for the next document.
        pool: processes of the caller's, in place of `workers`.
        progress: is told, after each job, how many of the document's parts are done, and how many there are.

    Raises:
        LayoutError: pages could not be laid out.
        FileError: the target or an attachment cannot be written or read.
    """
    opened = written_whole(target) if isinstance(target, str | os.PathLike) else nullcontext(target)
    with opened as file, nullcontext(pool) if pool is not None else kept_pool(workers) as crew:
        return _write(document, PdfFile(file), crew, progress or _ignore)


def _write(
    document: ReportDocument, file: PdfFile, crew: LayoutPool, progress: Callable[[int, int], None]
) -> PdfResult:
    deferred: dict[int, LayoutJob] = {}
    done = _Progress(document, progress)
    missing: set[int] = set()
    characters = sum(document.part_lengths)
    pieces = crew.lay_out(_jobs(document, deferred, done), characters=characters)
    with Assembly(file) as assembly:
        assembly.add_header(next(pieces))
        with_contents: list[Piece] = []
        for piece in pieces:
            missing |= piece.missing_glyphs
            if piece.index in deferred:
                with_contents.append(piece)
            else:
                assembly.add(piece)
            done.finished(piece.index)
        for piece in _contents(crew, assembly, deferred, with_contents):
            assembly.add(piece)
        entries, pages, lost = assembly.finish(document.page_of)
    assembly.fonts.embed(file, assembly.shared["fonts"], partial(crew.cut_down, characters=characters))
    metadata.put_profile(file, assembly.shared["profile"])
    _finish(document, file, entries, assembly.shared["profile"])
    return PdfResult(pages, file.sha256, tuple(lost), tuple(sorted(missing)), crew.peak_bytes)


def _jobs(document: ReportDocument, deferred: dict[int, LayoutJob], done: _Progress) -> Iterator[LayoutJob]:
    yield header_job(document, _A4_WIDTH)
    stylesheet = (shipped("templates") / "styles" / "print.css").read_text("utf-8") + document.stylesheet
    for job in batching.jobs(document, stylesheet):
        if job.contents:
            deferred[job.index] = job
        done.begun(job)
        yield job


def _contents(
    crew: LayoutPool, assembly: Assembly, deferred: dict[int, LayoutJob], first: list[Piece]
) -> list[Piece]:
    """Lay out the pieces with contents again, now that the numbers of pages are known."""
    if not deferred:
        return []
    wanted = {name for job in deferred.values() for name in job.contents}
    for _ in range(_ROUNDS):
        known = {**_own_anchors(assembly, first), **assembly.page_numbers(wanted, _pages(first))}
        pieces = list(
            crew.lay_out(
                (
                    replace(job, page_of_anchor={name: known[name] for name in job.contents & known.keys()})
                    for job in deferred.values()
                ),
                characters=sum(len(job.html) for job in deferred.values()),
            )
        )
        settled = _pages(pieces) == _pages(first) and _own_anchors(assembly, pieces).items() <= known.items()
        first = pieces
        if settled:
            return pieces
    raise LayoutError("the page numbers in the contents do not settle")


def _pages(pieces: list[Piece]) -> dict[int, int]:
    return {piece.index: len(piece.pages) for piece in pieces}


def _own_anchors(assembly: Assembly, pieces: list[Piece]) -> dict[str, int]:
    firsts = assembly.first_pages(_pages(pieces))
    return {
        anchor.name: firsts[piece.index] + anchor.page + 1 for piece in pieces for anchor in piece.anchors
    }


def _finish(document: ReportDocument, file: PdfFile, entries: dict[str, bytes], profile: int) -> None:
    attached = [(item.name, metadata.add_attachment(file, item)) for item in document.attachments]
    names = b""
    if "Dests" in entries:
        names += b"/Dests " + entries.pop("Dests")
    if attached:
        rows = sorted((text(name), number) for name, number in attached)
        names += b"/EmbeddedFiles <</Names ["
        names += b" ".join(name + b" " + reference(number) for name, number in rows) + b"]>>"
        entries["AF"] = b"[" + b" ".join(reference(number) for _, number in attached) + b"]"
    if names:
        entries["Names"] = b"<<" + names + b">>"
    if "Outlines" in entries:
        entries["PageMode"] = b"/UseOutlines"
    entries |= {
        "Type": b"/Catalog",
        "Lang": text(document.language_code),
        "MarkInfo": b"<</Marked true>>",
        "ViewerPreferences": b"<</DisplayDocTitle true>>",
        "Metadata": reference(metadata.add_xmp(file, document)),
        "OutputIntents": metadata.output_intent(profile),
    }
    root = file.add(b"<<" + b"".join(b"/" + key.encode() + b" " + entries[key] for key in entries) + b">>")
    seals = b"".join(
        b"/" + key + b" (" + value.encode("ascii") + b")"
        for key, value in ((b"DsrReportSeal", document.seal), (b"DsrReportCompanion", document.companion))
        if value
    )
    file.finish(root=root, info=metadata.add_information(file, document), extra=seals)


class _Progress:
    """Counts parts that are done, out of order."""

    def __init__(self, document: ReportDocument, tell: Callable[[int, int], None]) -> None:
        self._tell = tell
        self._total = document.part_count
        self._parts: dict[int, int] = {}
        self._done = 0

    def begun(self, job: LayoutJob) -> None:
        self._parts[job.index] = job.parts

    def finished(self, index: int) -> None:
        self._done += self._parts.pop(index, 0)
        self._tell(self._done, max(self._total, self._done))


def _ignore(_done: int, _total: int) -> None:
    """Nobody wants to know."""
