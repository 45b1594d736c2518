"""An export → the report as a document in parts: one pass renders all records, parts are read back in order."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import pairwise

from jinja2 import Environment

from dsr_report.export import Export
from dsr_report.rendering import chapters
from dsr_report.rendering.collect import Collected, collect
from dsr_report.rendering.document import Part, ReportDocument, anchors_in, targets_in
from dsr_report.rendering.environment import environment
from dsr_report.rendering.filters import filters, styles
from dsr_report.rendering.first_pages import missing_statements, present_in, title
from dsr_report.rendering.ledger import Ledger
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.storage_periods import overdue
from dsr_report.shipped import shipped
from dsr_report.spool import BlockFile
from dsr_report.workers import Processes


class _Side:
    """One of two documents: how long its parts are, and its links from and to the other one.

    The letter comes first: of the annexes, only what the letter leads to, or has, is remembered.
    """

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.anchors: set[str] = set()
        self.targets: set[str] = set()
        self.wanted_anchors: set[str] = set()
        """Its own, that the other one leads to."""
        self.wanted_targets: set[str] = set()
        """Those of the other one that it leads to."""

    def take(self, part: Part, other: _Side | None = None) -> None:
        """Remember what is told of a part."""
        self.lengths.append(len(part.html))
        anchors, targets = {part.anchor, *anchors_in(part.html)}, set(targets_in(part.html))
        if other is None:
            self.anchors |= anchors
            self.targets |= targets
        else:
            self.wanted_anchors |= anchors & other.targets
            self.wanted_targets |= targets & other.anchors


class _KeptParts:
    """Parts on disk, as the layout is told how long they are, and what leads where, before it begins."""

    def __init__(self, parts: Iterator[Part]) -> None:
        self._file = BlockFile()
        self._ends = [0]
        for part in parts:
            self._file.add(pickle.dumps(part, protocol=5))
            self._ends.append(self._file.size)

    def __iter__(self) -> Iterator[Part]:
        for start, end in pairwise(self._ends):
            yield pickle.loads(self._file.read(start, end - start))  # noqa: S301 - written by ourselves

    def close(self) -> None:
        self._file.close()


class RenderedReport:
    """A report that is rendered and waits on disk: its document, its ledger, what is missing in it.

    Close it when it is written. `processes` share the work, and change no byte of it.

    Raises:
        LedgerError: a value of the export would not be accounted for.
    """

    def __init__(self, export: Export, options: ReportOptions, processes: Processes | None = None) -> None:
        self._export = export
        self._options = options
        self._environment: Environment = environment(options.language, options.templates)
        self._collected: Collected = collect(export, options, processes)
        self._kept: _KeptParts | None = None

    @property
    def ledger(self) -> Ledger:
        """How many values and records each chapter shows."""
        return self._collected.ledger

    @property
    def present(self) -> dict[str, frozenset[str]]:
        """What the export has, for the conditions of statements."""
        return present_in(self._collected)

    @property
    def missing(self) -> list[str]:
        """Statements that the controller has not made; each is a visible gap in the report."""
        return missing_statements(self._collected, self._options)

    @property
    def overdue(self) -> list[str]:
        """What is older than the controller promises, for the operator."""
        return overdue(self._collected.dated, self._options)

    @property
    def undescribed(self) -> list[str]:
        """Fields of the profile of which the configuration does not say where their data come from."""
        return [name for name, filled in self._collected.filled.items() if not filled.origin]

    @cached_property
    def document(self) -> ReportDocument:
        """The document for the writers."""
        is_laid_out = self._options.medium == "pdf"
        lengths = tuple(len(part.html) for part in self._again()) if is_laid_out else ()
        return replace(self._described, part_count=len(lengths), part_lengths=lengths)

    @cached_property
    def _described(self) -> ReportDocument:
        """The document, but for what only its parts tell."""
        options, language = self._options, self._options.language
        folder = shipped("templates") / "styles"
        override = options.templates / "styles" / "report.css" if options.templates else None
        sheet = override if override is not None and override.is_file() else folder / "report.css"
        name = options.config.controller.name if options.config.controller else ""
        is_page = options.medium == "html"
        hiding = filters(self._collected, options) if is_page else ()
        return ReportDocument(
            title=title(options, found=bool(self._collected.kinds)),
            language_code=options.language_code,
            author=name,
            description=language.text("Answer to a request for access under Article 15 GDPR"),
            stylesheet=sheet.read_text(encoding="utf-8") + styles(hiding),
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
        """The document in two: the letter with your data in words, and the annexes."""
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

    def _again(self) -> _KeptParts:
        """The parts, which are made once and can be read again."""
        if self._kept is None:
            self._kept = _KeptParts(self._parts())
        return self._kept

    def _parts(self) -> Iterator[Part]:
        if self._kept is not None:
            return iter(self._kept)
        return chapters.parts(self._export, self._options, self._collected, self._environment)

    def close(self) -> None:
        """Remove what waits on disk."""
        self._collected.close()
        if self._kept is not None:
            self._kept.close()
