"""The `Report` of an export: decides what to hide, redacts, counts, and writes PDF, HTML or a package."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Union, get_args

from dsr_report.choices import (
    Annexes,
    Format,
    Messages,
    annexes_beside,
    check_choices,
    check_types,
    format_of,
    generator,
)
from dsr_report.closing import Closing
from dsr_report.config import Config, given_config, source_date
from dsr_report.errors import CheckFailedError, RedactionError, UsageError, quoted
from dsr_report.export import Export, MaskedExport, zone_named
from dsr_report.files import sha256_of, written_whole
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.lexicon import SOURCE_LANGUAGE
from dsr_report.problems import problems_of, warnings_of_wide_hiding
from dsr_report.progress import Progress
from dsr_report.proof import check_nothing_hidden, manifest_of
from dsr_report.redact.disclosed import plan_for
from dsr_report.redact.plan import Plan
from dsr_report.rendering.document import ReportDocument
from dsr_report.rendering.ledger import Ledger
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.rendered import RenderedReport
from dsr_report.report_steps import ReportSteps
from dsr_report.sentences import Sentence, join_sentences
from dsr_report.show import Frame, display
from dsr_report.temporary import TemporaryFolder
from dsr_report.times import add_months
from dsr_report.workers import Processes
from dsr_report.workers.kept import kept_processes
from dsr_report.writers.enclosures import Enclosures
from dsr_report.writers.html import write_html
from dsr_report.writers.manifest import Manifest, Values
from dsr_report.writers.package import ANNEXES, LETTER, PackageInput, write_package
from dsr_report.writers.particulars import particulars
from dsr_report.writers.seal import put_companions, put_seal

if TYPE_CHECKING:
    from dsr_report.writers.pdf.layout_pool import LayoutPool

_WORTH_PROCESSES = 3_000_000
"""Minimum bytes of an export for several processes: starting one takes as long as searching some 100,000."""
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # the earliest moment that a ZIP can hold
Workers = Union[int, "LayoutPool", None]


@dataclass(frozen=True, slots=True)
class Written:
    """A written disclosure: its path, hash and count of values."""

    path: Path
    format: Format
    sha256: str
    values: Values
    warnings: tuple[str, ...]
    pages: int | None = None
    annexes: Path | None = None
    """The separate PDF of the annexes, or None."""


class _Made(NamedTuple):
    """One document, or letter and annexes, with manifest, ledger and particulars."""

    documents: tuple[ReportDocument, ...]
    manifest: Manifest
    ledger: Ledger
    particulars: bytes


class Report(Closing):
    """A disclosure report of an export, in one language.

    Values to hide are decided once and taken out in a private copy of the export; all formats are made from
    that copy. Use the report in a `with` block, or `close` it, so that the copy is removed.

    Args:
        export: what `dsr_report.read` returned.
        lang: one of `dsr_report.languages.LANGUAGES`.
        config: the controller's configuration, or the path of its TOML file.
        timezone: in which times are shown; that of the export by default.
        messages: how the PDF prints messages: `text`, `layout` or `list`.
        annexes: `inside` the PDF, or `apart` in a PDF of their own beside it.
        attachments: whether the PDF carries the files that came with messages.
        templates: a folder of templates that override the shipped ones.
        review: a file of decisions taken on the findings of `dsr-report review`.
        strict: missing statements, unrecognised records and undecided findings are errors.
        original: mask and withhold nothing (for the controller's own archive).
        received: the day the request arrived.
        replied: the day of the answer.
        reference: the controller's reference of the request.
        due: the day by which to answer; one month after `received` unless it is given (where the time was
            extended, say).
        collected: the day on which the data were taken from the e-mail system.
        request_id: the data request by which they were taken.
        delay: why the answer took longer than a month; printed on page one.
    """

    def __init__(
        self,
        export: Export,
        lang: str = SOURCE_LANGUAGE,
        config: Config | str | os.PathLike[str] | None = None,
        *,
        timezone: str | None = None,
        messages: Messages = "text",
        annexes: Annexes = "inside",
        attachments: bool = False,
        templates: str | os.PathLike[str] | None = None,
        review: str | os.PathLike[str] | None = None,
        strict: bool = False,
        original: bool = False,
        received: date | None = None,
        replied: date | None = None,
        reference: str | None = None,
        due: date | None = None,
        collected: date | None = None,
        request_id: str | None = None,
        delay: str | None = None,
    ) -> None:
        if lang not in LANGUAGES:
            raise UsageError(
                Sentence("there is no report in {lang}", lang=quoted(lang)),
                hint=Sentence("Choose {names}.", names=", ".join(LANGUAGES)),
            )
        if messages not in get_args(Messages):
            raise UsageError(
                Sentence("messages cannot be printed as {messages}", messages=quoted(messages)),
                hint="Choose text, layout or list.",
            )
        if annexes not in get_args(Annexes):
            raise UsageError(
                Sentence("annexes cannot be {annexes}", annexes=quoted(annexes)),
                hint="Choose inside or apart.",
            )
        check_types(
            (Export, export, "export"),
            ((Config, str, os.PathLike), config, "config"),
            (str, timezone, "timezone"),
            ((str, os.PathLike), templates, "templates"),
            ((str, os.PathLike), review, "review"),
            (date, received, "received"),
            (date, replied, "replied"),
            (date, due, "due"),
            (date, collected, "collected"),
            (str, reference, "reference"),
            (str, request_id, "request_id"),
            (str, delay, "delay"),
        )
        check_choices(original=original, review=review, received=received, replied=replied, due=due)
        self.export = export
        self.lang = lang
        self.config = given_config(config) or Config()
        self.zone = zone_named(timezone) if timezone else export.zone
        self.messages: Messages = messages
        self.annexes: Annexes = annexes
        self.attachments = attachments
        self.templates = Path(templates) if templates else None
        self.review = Path(review) if review else None
        self.strict = strict
        self.original = original
        self.received = received
        self.replied = replied
        self.reference = reference
        self.collected = collected
        self.request_id = request_id
        self.delay = delay
        self.due = due or (add_months(received, 1) if received else None)
        self.warnings: list[str] = []
        self._shown: Export | None = None
        self._plan: Plan | None = None
        self._workers: int | None = None
        self._processes: Processes | None = None
        self._steps = ReportSteps()

    def to_pdf(
        self, target: str | os.PathLike[str], *, workers: Workers = None, progress: Progress | None = None
    ) -> Written:
        """Write the report as one PDF (PDF/A-3a and PDF/UA-1) with the export embedded.

        Args:
            target: the file; replaced when the report is whole.
            workers: number of processes, by default one per core; or a pool for the layout that is kept for
                several reports.
            progress: callback with the work done and the total, in roughly milliseconds.
        """
        path = Path(target)
        annexes = annexes_beside(path) if self.annexes == "apart" else None
        with self._steps_of(progress, "pdf"):
            return self._to_pdf(path, annexes, workers)

    def _to_pdf(self, target: Path, annexes: Path | None, workers: Workers) -> Written:
        from dsr_report.writers.pdf.layout_pool import LayoutPool, kept_pool  # noqa: PLC0415 - for PDF alone
        from dsr_report.writers.pdf.writer import write_pdf  # noqa: PLC0415 - for PDF alone

        self._workers = _count(workers)
        names = (target.name, annexes.name) if annexes is not None else ()
        with self._document("pdf", names=names) as made, ExitStack() as stack:
            paths = [target] if annexes is None else [target, annexes]
            files = [stack.enter_context(written_whole(path)) for path in paths]  # the letter is renamed last
            crew = workers if isinstance(workers, LayoutPool) else stack.enter_context(kept_pool(workers))
            told = self._steps.begin_layout(made.documents, crew.workers)
            pages = 0
            for document, file, progress in zip(made.documents, files, told, strict=True):
                pages += write_pdf(document, file, pool=crew, progress=progress).pages
            if annexes is not None:
                put_companions(*files)
            for file in files:
                put_seal(file)
                check_nothing_hidden(self.plan, file)  # after the seal, whose placeholder is zeros
        return self._result(target, "pdf", made.manifest, pages, annexes)

    def to_html(
        self, target: str | os.PathLike[str], *, workers: int | None = None, progress: Progress | None = None
    ) -> Written:
        """Write the report as one self-contained HTML file without scripts."""
        self._workers = workers
        with (
            self._steps_of(progress, "html"),
            self._document("html") as made,
            written_whole(target) as file,
        ):
            self._steps.begin("write")
            write_html(self._steps.count_parts(made.documents[0]), file)
            put_seal(file)
            check_nothing_hidden(self.plan, file)
        return self._result(target, "html", made.manifest)

    def to_zip(
        self, target: str | os.PathLike[str], *, workers: Workers = None, progress: Progress | None = None
    ) -> Written:
        """Write the package: letter and annexes, HTML, the export, tables, messages as files, a manifest."""
        with self._steps_of(progress, "zip"), TemporaryFolder() as folder:
            letter, annexes = Path(folder) / LETTER, Path(folder) / ANNEXES
            written = self._to_pdf(letter, annexes, workers)
            with (
                self._document("html", package=True) as made,
                written_whole(target) as file,
            ):
                (document,) = made.documents
                content = PackageInput(
                    export=self.shown,
                    document=self._steps.count_parts(replace(document, seal="", manifest="", ledger=None)),
                    manifest=made.manifest.model_copy(update={"medium": "zip"}),
                    pdfs=(letter, annexes),
                    ledger=made.ledger,
                    language=language_of(self.lang),
                    config=self.config,
                    particulars=made.particulars,
                )
                self._steps.begin("write")
                write_package(content, file)
                put_seal(file)
                check_nothing_hidden(self.plan, file)
        return self._result(target, "zip", made.manifest, written.pages)

    def to(
        self,
        target: str | os.PathLike[str],
        format: Format | None = None,  # noqa: A002 - the word of the command line
        *,
        workers: Workers = None,
        progress: Progress | None = None,
    ) -> Written:
        """Write the report in the format that the ending of `target` (or `format`) names."""
        chosen = format_of(target, format)
        if chosen == "html" and self.annexes == "apart":
            raise UsageError(
                "--annexes apart is for PDF (a ZIP has them apart in any case)", hint="Leave --annexes out."
            )
        if chosen == "pdf":
            return self.to_pdf(target, workers=workers, progress=progress)
        if chosen == "html":
            return self.to_html(target, workers=_count(workers), progress=progress)
        return self.to_zip(target, workers=workers, progress=progress)

    def show(self, height: int = 600) -> Frame:
        """The report as HTML in a sandboxed frame, for a notebook to display.

        Args:
            height: height of the frame in pixels.
        """
        with TemporaryFolder() as folder:
            path = Path(folder) / "report.html"
            self.to_html(path)
            return Frame(path.read_text(encoding="utf-8"), height)

    @property
    def shown(self) -> Export:
        """The export as it is disclosed: the original, or the private copy with marks in it."""
        self._decide()
        self._check_count()
        return self._shown or self.export

    @property
    def plan(self) -> Plan:
        """The plan of masked and withheld values."""
        return self._decide()

    @property
    def values(self) -> Values:
        """The counts of values by treatment, which prove the report complete."""
        return Values(**self.plan.sum(self.export.value_count)._asdict())

    @property
    def created(self) -> datetime:
        """The moment written into files, in UTC and not before 1980.

        It is `SOURCE_DATE_EPOCH`, else noon of the day of the reply or of the request, else the last event.
        """
        given = source_date()
        if given is not None:
            return max(given, _EARLIEST)
        day = self.replied or self.received
        if day is not None:
            return datetime.combine(day, time(12), UTC)
        last = self.export.period[1]
        return max(last.astimezone(UTC).replace(microsecond=0), _EARLIEST) if last else _EARLIEST

    @contextmanager
    def _steps_of(self, progress: Progress | None, format_: Format) -> Iterator[None]:
        """Report the steps of a format to `progress` while the block runs."""
        self._steps = ReportSteps(progress, format_, self.export.bytes)
        self.export.file.watch(self._tell)
        yield
        self._steps.finish()

    def _tell(self, done: int, total: int | None) -> None:
        self._steps.tell(done, total)

    @contextmanager
    def _shared_processes(self) -> Iterator[Processes | None]:
        """Worker processes for the time of a `with` block; None where one process is as fast."""
        if self._processes is not None or self._workers == 1 or self.export.bytes < _WORTH_PROCESSES:
            yield self._processes
            return
        with kept_processes(self._workers) as processes:
            self._processes = processes
            try:
                yield processes
            finally:
                self._processes = None

    def _decide(self) -> Plan:
        if self._plan is None:
            with self._shared_processes() as processes:
                self._plan = self._make_plan(processes)
        return self._plan

    def _make_plan(self, processes: Processes | None) -> Plan:
        export = self.export
        self._steps.begin("find")
        if self.original:
            plan = Plan()
        else:
            plan = plan_for(
                export,
                self.lang,
                review=self.review,
                strict=self.strict,
                warnings=self.warnings,
                processes=processes,
            )
        if plan:
            self._redact(plan, processes)
        return plan

    def _redact(self, plan: Plan, processes: Processes | None) -> None:
        self._steps.begin("hide")
        self._shown = MaskedExport(self.export, plan, processes)
        self._shown.file.watch(self._tell)
        self.warnings += warnings_of_wide_hiding(plan)

    def _check_count(self) -> None:
        if self._shown is not None and self._shown.value_count != self.export.value_count:
            raise RedactionError(
                "the redacted export does not hold as many values as the original",
                hint=Sentence(
                    "Nothing was written. Please report this with the output of "
                    "`dsr-report inspect -v {place}`.",
                    place=shlex.quote(self.export.file.place),
                ),
            )

    @contextmanager
    def _document(
        self, medium: Literal["pdf", "html"], *, package: bool = False, names: Sequence[str] = ()
    ) -> Iterator[_Made]:
        """The document of a medium, or letter and annexes (named `names`), with manifest and ledger."""
        with self._shared_processes() as processes:
            built = self._render(medium, package=package, names=names, processes=processes)
        plan = self._decide()
        try:
            self._steps.begin("prepare pages" if package else "prepare")
            self._check_strictly(built)
            manifest = manifest_of(
                self.shown,
                plan,
                built.ledger,
                values=self.values,
                medium=medium,
                language=self.lang,
                created=self.created,
                reference=self.reference,
                for_archive=self.original,
            )
            with TemporaryFolder() as folder:
                carried = Enclosures(
                    export=self.shown,
                    manifest=manifest,
                    ledger=built.ledger,
                    language=language_of(self.lang),
                    folder=Path(folder),
                    created=self.created,
                    with_files=self.attachments,
                )
                documents: tuple[ReportDocument, ...]
                if medium == "html":
                    documents = (carried.in_page(built.document),)
                elif names:
                    letter, annexes = built.letter_and_annexes()
                    documents = (
                        carried.in_pdf(letter, "letter", names[1]),
                        carried.in_pdf(annexes, "annexes", names[0]),
                    )
                else:
                    documents = (carried.in_pdf(built.document, "whole"),)
                told = particulars(self.config, built.present, created=self.created, reference=self.reference)
                yield _Made(documents, manifest, built.ledger, told)
        finally:
            built.close()

    def _render(
        self,
        medium: Literal["pdf", "html"],
        *,
        package: bool,
        names: Sequence[str],
        processes: Processes | None,
    ) -> RenderedReport:
        plan, values = self._decide(), self.values
        options = ReportOptions(
            language_code=self.lang,
            zone=self.zone,
            created=self.created,
            generator=generator(),
            config=self.config,
            medium=medium,
            messages=self.messages,
            attachments=self.attachments and medium == "pdf",
            letter_file=names[0] if names else "",
            annexes_file=names[1] if names else "",
            package=package,
            received=self.received,
            replied=self.replied,
            due=self.due,
            collected=self.collected,
            request_id=self.request_id,
            delay=self.delay,
            reference=self.reference,
            original=self.original,
            marks=tuple(plan.marks),
            sum=values.sum,
            templates=self.templates,
        )
        self._steps.begin("render pages" if package else "render")
        built = RenderedReport(self._shown or self.export, options, processes)
        try:
            self._check_count()  # rendering has counted both
        except RedactionError:
            built.close()
            raise
        return built

    def _check_strictly(self, built: RenderedReport) -> None:
        kept_back, told = problems_of(
            self.export,
            built,
            self.plan,
            strict=self.strict,
            config_file=self.config.path,
            due=self.due,
            replied=self.replied,
        )
        if kept_back:
            raise CheckFailedError(
                join_sentences(kept_back), hint="Complete the configuration (`dsr-report config check`)."
            )
        self.warnings += [problem for problem in told if problem not in self.warnings]

    def _result(
        self,
        target: str | os.PathLike[str],
        chosen: Format,
        manifest: Manifest,
        pages: int | None = None,
        annexes: Path | None = None,
    ) -> Written:
        path = Path(target)
        return Written(path, chosen, sha256_of(path), manifest.values, tuple(self.warnings), pages, annexes)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the export and the options; what to hide is decided again."""
        names = (
            "messages annexes attachments templates review strict original received collected request_id "
            "replied reference due delay"
        )
        options = {name: getattr(self, name) for name in names.split()}
        return partial(Report, timezone=self.zone.key, **options), (self.export, self.lang, self.config)

    def close(self) -> None:
        """Remove the private copy."""
        if self._shown is not None:
            self._shown.close()
            self._shown = None
        self._plan = None

    def __repr__(self) -> str:
        plan = self._plan
        decided = "not decided yet" if plan is None else f"{plan.masked:,} masked, {plan.withheld:,} withheld"
        return f"<Report in {self.lang}: {decided}, of {self.export!r}>"

    def _repr_html_(self) -> str:
        return display(repr(self)[1:-1])


def _count(workers: Workers) -> int | None:
    return workers if workers is None or isinstance(workers, int) else workers.workers
