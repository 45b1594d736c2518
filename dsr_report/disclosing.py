"""The report of an export as an object: decided, redacted, counted, and written as PDF, HTML or package."""

from __future__ import annotations

import html
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal, Self

from dsr_report.config import Config, load_config, source_date
from dsr_report.disclosure.manifest import Manifest, Values
from dsr_report.disclosure.package import write_package
from dsr_report.disclosure.seal import put_seal
from dsr_report.errors import RedactionError, UsageError
from dsr_report.export.reading import open_export
from dsr_report.files import sha256_of, written_whole
from dsr_report.reading import Export, zone_named
from dsr_report.report.build import ReportOptions, build
from dsr_report.report.document import ReportDocument
from dsr_report.report.language import mark_text
from dsr_report.review.plan import Plan, make_plan
from dsr_report.review.redacting import write_redacted
from dsr_report.review.secrets import find_secrets

Format = Literal["pdf", "html", "zip"]
FORMATS: tuple[Format, ...] = ("pdf", "html", "zip")
LANGUAGES = ("en", "nl", "de", "fr")
Messages = Literal["text", "layout", "list"]
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # the first moment that a ZIP can hold

Progress = Callable[[str, int, int], None]


def format_of(target: str | os.PathLike[str], override: str | None = None) -> Format:
    """The format that a file name's ending (or the override) asks for.

    Raises:
        UsageError: it asks for none that we write.
    """
    wanted = override or Path(target).suffix.lstrip(".").lower()
    for known in FORMATS:
        if wanted in {known, "htm" if known == "html" else known}:
            return known
    raise UsageError(
        f"no report can be written as {wanted!r}"
        if wanted
        else "the name has no ending that says the format",
        where=str(target),
        hint="End it in .pdf, .html or .zip, or use --format.",
    )


@dataclass(frozen=True, slots=True)
class Written:
    """A disclosure that was written: where, its hash, and the sum of its values."""

    path: Path
    format: Format
    sha256: str
    values: Values
    warnings: tuple[str, ...]
    pages: int | None = None


class Report:
    """A disclosure report of an export, in one language.

    What must not be shown is decided and taken out once, in a private copy of the export; all formats are
    made from that copy. Use it in a `with` block, or `close` it, so that the copy is removed.

    Args:
        export: what `dsr_report.read` returned.
        lang: `en`, `nl`, `de` or `fr`.
        config: the controller's configuration, or the path of its TOML file.
        timezone: in which times are shown; that of the export by default.
        messages: how the PDF prints messages: `text`, `layout` or `list`.
        templates: a folder of templates that override the shipped ones.
        review: a file of decisions taken on the findings of `dsr-report review`.
        strict: missing statements, unrecognised records and undecided findings are errors.
        original: mask and withhold nothing (for the controller's own archive).
        received: the day the request arrived.
        replied: the day of the answer.
        reference: the controller's reference of the request.
    """

    def __init__(
        self,
        export: Export,
        lang: str = "en",
        config: Config | str | os.PathLike[str] | None = None,
        *,
        timezone: str | None = None,
        messages: Messages = "text",
        templates: str | os.PathLike[str] | None = None,
        review: str | os.PathLike[str] | None = None,
        strict: bool = False,
        original: bool = False,
        received: date | None = None,
        replied: date | None = None,
        reference: str | None = None,
    ) -> None:
        if lang not in LANGUAGES:
            raise UsageError(f"there is no report in {lang!r}", hint="Choose en, nl, de or fr.")
        self.export = export
        self.lang = lang
        self.config = config if isinstance(config, Config) or config is None else load_config(config)
        self.zone = zone_named(timezone) if timezone else export.zone
        self.messages: Messages = messages
        self.templates = Path(templates) if templates else None
        self.review = Path(review) if review else None
        self.strict = strict
        self.original = original
        self.received = received
        self.replied = replied
        self.reference = reference
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._shown: Export | None = None
        self._plan: Plan | None = None
        self.warnings: list[str] = []

    def to_pdf(
        self, target: str | os.PathLike[str], *, workers: int | None = None, progress: Progress | None = None
    ) -> Written:
        """Write the report as one PDF (PDF/A-3a and PDF/UA-1) with the export embedded."""
        from dsr_report.disclosure.pdf import write_pdf  # noqa: PLC0415 - WeasyPrint is heavy

        document, manifest = self._document("pdf")
        with written_whole(target) as file:
            pages = write_pdf(document, file, workers=workers, progress=progress).pages
            put_seal(file)
        return self._written(target, "pdf", manifest, pages)

    def to_html(self, target: str | os.PathLike[str], *, progress: Progress | None = None) -> Written:
        """Write the report as one HTML file that needs nothing else, offline, without scripts."""
        from dsr_report.disclosure.html import write_html  # noqa: PLC0415

        document, manifest = self._document("html")
        with written_whole(target) as file:
            write_html(document, file, progress=progress)
            put_seal(file)
        return self._written(target, "html", manifest)

    def to_zip(
        self, target: str | os.PathLike[str], *, workers: int | None = None, progress: Progress | None = None
    ) -> Written:
        """Write the package: PDF, HTML, the export, tables, the messages as files, and a manifest."""
        manifest = write_package(self, target, workers=workers, progress=progress)
        return self._written(target, "zip", manifest)

    def to(
        self,
        target: str | os.PathLike[str],
        format: Format | None = None,  # noqa: A002 - the word of the command line
        *,
        workers: int | None = None,
        progress: Progress | None = None,
    ) -> Written:
        """Write the report in the format that the ending of `target` (or `format`) names."""
        chosen = format_of(target, format)
        if chosen == "pdf":
            return self.to_pdf(target, workers=workers, progress=progress)
        if chosen == "html":
            return self.to_html(target, progress=progress)
        return self.to_zip(target, workers=workers, progress=progress)

    @property
    def shown(self) -> Export:
        """The export as it is disclosed: the original, or the private copy with marks in it."""
        self._decide()
        return self._shown or self.export

    @property
    def plan(self) -> Plan:
        """What is masked and withheld."""
        return self._decide()

    @property
    def values(self) -> Values:
        """The sum that proves the report complete."""
        plan, total = self.plan, self.export.summary.values
        return Values(
            total=total,
            disclosed=total - plan.masked - plan.withheld,
            masked=plan.masked,
            withheld=plan.withheld,
            passages=plan.passage_count,
        )

    @property
    def created(self) -> datetime:
        """The moment that the files carry: `SOURCE_DATE_EPOCH`, the day of the reply, or the export's last event."""
        given = source_date()
        if given is not None:
            return given
        day = self.replied or self.received
        if day is not None:
            return datetime.combine(day, time(12), UTC)
        last = self.export.summary.period[1]
        return max(last.astimezone(UTC).replace(microsecond=0), _EARLIEST) if last else _EARLIEST

    def _decide(self) -> Plan:
        if self._plan is not None:
            return self._plan
        if self.original:
            plan = Plan()
        else:
            decisions = find_secrets(self.export.file.items())
            if self.review is not None:
                from dsr_report.review.decisions import load_decisions  # noqa: PLC0415

                decisions = load_decisions(
                    self.review, self.export, strict=self.strict, warnings=self.warnings
                )
            plan = make_plan(
                decisions, lambda treatment, number, what: mark_text(self.lang, treatment, number, what)
            )
        if plan:
            self._folder = tempfile.TemporaryDirectory(prefix="dsr-report-")
            copy = Path(self._folder.name) / "export.json"
            with written_whole(copy) as file:
                write_redacted(self.export.file, plan, file)
            self._shown = Export(
                open_export(copy, name=self.export.name, salvage=self.export.incomplete),
                self.export.zone,
                self.export.custom,
            )
            if self._shown.summary.values != self.export.summary.values:
                raise RedactionError(
                    "the redacted export does not hold as many values as the original",
                    hint="Nothing was written. Please report this with `dsr-report inspect -v`.",
                )
        self._plan = plan
        return plan

    def _document(self, medium: Literal["pdf", "html", "package"]) -> tuple[ReportDocument, Manifest]:
        """The document of one medium, and its manifest."""
        plan = self._decide()
        document = build(
            self.shown,
            ReportOptions(
                language=self.lang,
                zone=self.zone,
                controller=self.config,
                messages=self.messages,
                received=self.received,
                replied=self.replied,
                reference=self.reference,
                original=self.original,
                marks=marks_of(plan),
                values=self.values,
                medium=medium,
                created=self.created,
                templates=self.templates,
                is_original=not plan,
            ),
        )
        raise NotImplementedError

    def _written(
        self, target: str | os.PathLike[str], chosen: Format, manifest: Manifest, pages: int | None = None
    ) -> Written:
        path = Path(target)
        return Written(path, chosen, sha256_of(path), manifest.values, tuple(self.warnings), pages)

    def close(self) -> None:
        """Remove the private copy."""
        if self._shown is not None:
            self._shown.close()
            self._shown = None
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
        self._plan = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        values = self.values
        return (
            f"<Report in {self.lang} on {self.export.info.type} {self.export.info.id}: {values.total:,} values = "
            f"{values.disclosed:,} disclosed + {values.masked:,} masked + {values.withheld:,} withheld>"
        )

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(repr(self)[1:-1])}</p>"


def generator() -> str:
    """The name and version of this tool, as files and reports carry it."""
    try:
        return f"dsr-report {version('dsr-report')}"
    except PackageNotFoundError:
        return "dsr-report"
