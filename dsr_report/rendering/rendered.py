"""An export → the report as a document in parts: one pass renders all records, parts are read back in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from jinja2 import Environment

from dsr_report.export import Export
from dsr_report.rendering import chapters
from dsr_report.rendering.collect import Collected, collect
from dsr_report.rendering.document import Part, ReportDocument, anchors_in, targets_in
from dsr_report.rendering.environment import environment, stylesheet
from dsr_report.rendering.filters import filters, styles
from dsr_report.rendering.first_pages import missing_statements, present_in, title
from dsr_report.rendering.ledger import Ledger
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.storage_periods import overdue
from dsr_report.spool import Rows
from dsr_report.workers import Processes


class _Side:
    """One of two documents (letter or annexes): lengths of its parts, and links from and to the other.

    The letter is read first. Of the annexes, only anchors that the letter links to, and targets in the
    letter, are kept.
    """

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.anchors: set[str] = set()
        self.targets: set[str] = set()
        self.wanted_anchors: set[str] = set()
        """Its own anchors that the other document links to."""
        self.wanted_targets: set[str] = set()
        """Anchors of the other document that it links to."""

    def take(self, part: Part, other: _Side | None = None) -> None:
        """Record length, anchors and link targets of a part; `other` is the letter if this is the annexes."""
        self.lengths.append(len(part.html))
        anchors, targets = {part.anchor, *anchors_in(part.html)}, set(targets_in(part.html))
        if other is None:
            self.anchors |= anchors
            self.targets |= targets
        else:
            self.wanted_anchors |= anchors & other.targets
            self.wanted_targets |= targets & other.anchors


class RenderedReport:
    """A rendered report, spooled on disk: its document, its ledger, its gaps.

    Close it when it is written. `processes` share the work; the result is byte-identical.

    Raises:
        LedgerError: a value of the export would not be accounted for.
    """

    def __init__(self, export: Export, options: ReportOptions, processes: Processes | None = None) -> None:
        self._export = export
        self._options = options
        self._environment: Environment = environment(options.language, options.templates)
        self._collected: Collected = collect(export, options, processes)
        self._kept: Rows[Part] | None = None
        """Its parts, as the layout is told how long they are, and what leads where, before it begins."""

    @property
    def ledger(self) -> Ledger:
        """The ledger, with the number of values and records that each chapter shows."""
        return self._collected.ledger

    @property
    def present(self) -> dict[str, frozenset[str]]:
        """Databases, collections and kinds in the export, for the conditions of statements."""
        return present_in(self._collected)

    @property
    def missing(self) -> list[str]:
        """Statements that the controller has not made; each is a visible gap in the report."""
        return missing_statements(self._collected, self._options)

    @property
    def overdue(self) -> list[str]:
        """Warnings on records older than the configured storage periods, for the operator."""
        return overdue(self._collected.dated, self._options)

    @property
    def undescribed(self) -> list[str]:
        """Non-empty fields of the profile whose origin the configuration does not state."""
        return [name for name, filled in self._collected.filled.items() if not filled.origin]

    @cached_property
    def document(self) -> ReportDocument:
        """The document for the writers."""
        is_laid_out = self._options.medium == "pdf"
        lengths = tuple(len(part.html) for part in self._again()) if is_laid_out else ()
        return replace(self._described, part_count=len(lengths), part_lengths=lengths)

    @cached_property
    def _described(self) -> ReportDocument:
        """The document without number and lengths of its parts."""
        options, language = self._options, self._options.language
        name = options.config.controller.name if options.config.controller else ""
        is_page = options.medium == "html"
        hiding = filters(self._collected, options) if is_page else ()
        return ReportDocument(
            title=title(options, found=self._collected.is_found),
            language_code=options.language_code,
            author=name,
            description=language.text("Answer to a request for access under Article 15 GDPR"),
            stylesheet=stylesheet("report.css", options.templates) + styles(hiding),
            parts=self._parts,
            part_count=0,
            created=options.created,
            generator=options.generator,
            running_header=" · ".join(p for p in (name, options.reference) if p),
            page_of=language.text("Page {page} of {pages}"),
            contents=chapters.contents_entries(self._export, options, self._collected) if is_page else (),
            filters=hiding,
            templates=options.templates,
        )

    def letter_and_annexes(self) -> tuple[ReportDocument, ReportDocument]:
        """Return two documents: the letter with the data in words, and the annexes."""
        letter, annexes = _Side(), _Side()
        for part in self._again():
            if part.layer == "annex":
                annexes.take(part, letter)
            else:
                letter.take(part)
        language = self._options.language
        title_of_annexes = language.text("Annexes to: {title}").format(title=self._described.title)
        return (
            replace(
                self._described,
                parts=lambda: (part for part in self._parts() if part.layer != "annex"),
                part_count=len(letter.lengths),
                part_lengths=tuple(letter.lengths),
                elsewhere=frozenset(annexes.wanted_anchors),
            ),
            replace(
                self._described,
                title=title_of_annexes,
                parts=lambda: (part for part in self._parts() if part.layer == "annex"),
                part_count=len(annexes.lengths),
                part_lengths=tuple(annexes.lengths),
                elsewhere=frozenset(annexes.wanted_targets),
            ),
        )

    def _again(self) -> Rows[Part]:
        """The parts, rendered once and readable any number of times."""
        if self._kept is None:
            kept = Rows[Part](block=1)
            for part in self._parts():
                kept.add(part)
            self._kept = kept
        return self._kept

    def _parts(self) -> Iterator[Part]:
        if self._kept is not None:
            return iter(self._kept)
        return chapters.parts(self._export, self._options, self._collected, self._environment)

    def close(self) -> None:
        """Remove the files on disk."""
        self._collected.close()
        if self._kept is not None:
            self._kept.close()
