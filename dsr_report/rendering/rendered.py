"""An export → the report as a document in parts: one pass renders all records, parts are read back in order."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from jinja2 import Environment

from dsr_report.export import Export
from dsr_report.rendering import chapters
from dsr_report.rendering.collect import Collected, collect
from dsr_report.rendering.document import Part, ReportDocument
from dsr_report.rendering.environment import environment
from dsr_report.rendering.first_pages import missing_statements, title
from dsr_report.rendering.ledger import Ledger
from dsr_report.rendering.options import ReportOptions
from dsr_report.shipped import shipped
from dsr_report.workers import Processes


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

    @property
    def ledger(self) -> Ledger:
        """How many values and records each chapter shows."""
        return self._collected.ledger

    @property
    def missing(self) -> list[str]:
        """Statements that the controller has not made; each is a visible gap in the report."""
        return missing_statements(self._collected, self._options)

    @cached_property
    def document(self) -> ReportDocument:
        """The document for the writers."""
        options, language = self._options, self._options.language
        styles = shipped("templates") / "styles"
        override = options.templates / "styles" / "report.css" if options.templates else None
        sheet = override if override is not None and override.is_file() else styles / "report.css"
        name = options.config.controller.name if options.config.controller else ""
        is_laid_out = options.medium == "pdf"  # only then the parts take longer than making them twice
        lengths = tuple(len(part.html) for part in self._parts()) if is_laid_out else ()
        return ReportDocument(
            title=title(options, found=bool(self._collected.kinds)),
            language_code=options.language_code,
            author=name,
            description=language.text("Answer to a request for access under Article 15 GDPR"),
            stylesheet=sheet.read_text(encoding="utf-8"),
            parts=self._parts,
            part_count=len(lengths),
            part_lengths=lengths,
            created=options.created,
            generator=options.generator,
            running_header=" · ".join(p for p in (name, options.reference) if p),
            page_of=language.text("Page {page} of {pages}"),
            templates=options.templates,
        )

    def _parts(self) -> Iterator[Part]:
        return chapters.parts(self._export, self._options, self._collected, self._environment)

    def close(self) -> None:
        """Remove what waits on disk."""
        self._collected.close()
