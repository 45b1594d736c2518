"""Writes a document as PDF: lays out its parts, assembles them in order, and embeds files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import BinaryIO

from dsr_report.files import written_to
from dsr_report.rendering.document import ReportDocument
from dsr_report.rendering.environment import stylesheet
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
    """The written PDF, and problems noticed.

    `lost_links` are link targets that do not exist, `missing_glyphs` code points without a glyph in any font,
    `peak_bytes` is the peak memory of a layout process.
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
        document: the document to write.
        target: a path or an open file.
        workers: the number of layout processes; by default one for each processor. They are kept for half a
            minute, for the next document.
        pool: the caller's processes, instead of `workers`.
        progress: callback `(parts done, parts in all)`, called after each job.

    Raises:
        LayoutError: pages could not be laid out.
        FileError: the target or an attachment cannot be written or read.
    """
    with written_to(target) as file, nullcontext(pool) if pool is not None else kept_pool(workers) as crew:
        return _write(document, PdfFile(file), crew, progress or _ignore)


def _write(
    document: ReportDocument, file: PdfFile, crew: LayoutPool, progress: Callable[[int, int], None]
) -> PdfResult:
    deferred: list[LayoutJob] = []
    done = _Progress(document, progress)
    missing: set[int] = set()
    characters = sum(document.part_lengths)
    pieces = crew.lay_out(_jobs(document, deferred, done), characters=characters)
    with Assembly(file) as assembly:
        assembly.add_header(next(pieces))
        for piece in chain(pieces, _contents(crew, assembly, deferred)):
            missing |= piece.missing_glyphs
            assembly.add(piece)
            done.finished(piece.index)
        entries, pages, lost = assembly.finish(document.page_of)
    assembly.fonts.embed(file, assembly.shared["fonts"], partial(crew.cut_down, characters=characters))
    metadata.put_profile(file, assembly.shared["profile"])
    _finish(document, file, entries, assembly.shared["profile"])
    return PdfResult(pages, file.sha256, tuple(lost), tuple(sorted(missing)), crew.peak_bytes)


def _jobs(document: ReportDocument, deferred: list[LayoutJob], done: _Progress) -> Iterator[LayoutJob]:
    """Yield all jobs except those that show page numbers, which are added to `deferred`."""
    yield header_job(document, _A4_WIDTH)
    css = stylesheet("print.css", document.templates) + document.stylesheet
    for job in batching.jobs(document, css):
        done.begun(job)
        if job.contents:
            deferred.append(job)
        else:
            yield job


def _contents(crew: LayoutPool, assembly: Assembly, deferred: list[LayoutJob]) -> Iterator[Piece]:
    """Lay out the pieces that show page numbers, after all others have theirs.

    A single one, which is usual, is laid out once. Several depend on each other's number of pages, and are
    laid out again until the numbers agree.
    """
    pieces: list[Piece] = []
    for _ in range(_ROUNDS if deferred else 0):
        jobs = [
            replace(
                job,
                page_of_anchor=assembly.page_numbers(job.contents, others),
                pages_before=assembly.pages_before(job.index, others),
            )
            for job in deferred
            for others in [[piece for piece in pieces if piece.index != job.index]]
        ]
        pieces = list(crew.lay_out(jobs, characters=sum(len(job.html) for job in jobs)))
        if all(
            piece.shown_pages == assembly.page_numbers(piece.shown_pages.keys(), pieces) for piece in pieces
        ):
            yield from pieces
            return
    if deferred:
        raise LayoutError("the page numbers in the contents do not settle")


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
    """Counts finished parts; jobs may finish in any order."""

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
    """The default progress callback."""
