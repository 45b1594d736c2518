"""Problems of a report: those that `strict` refuses, and those that only cause a warning."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from dsr_report.export import Export
from dsr_report.redact.plan import Plan
from dsr_report.rendering.rendered import RenderedReport
from dsr_report.sentences import Sentence, join_sentences

_FIRST_PLACES = 3


def problems_of(
    export: Export,
    built: RenderedReport,
    plan: Plan,
    *,
    strict: bool,
    config_file: Path | None,
    due: date | None,
    replied: date | None,
) -> tuple[list[str], list[str]]:
    """Return the errors (with `strict` alone) and the warnings of a report."""
    grave = list(_grave(export, built, config_file))
    if strict and grave:
        return grave, []
    described = [] if config_file is None else list(_undescribed_fields(export, built))
    return [], [*grave, *_slight(export, plan, due, replied), *described]


def _grave(export: Export, built: RenderedReport, config_file: Path | None) -> Iterator[str]:
    subjects = export.file.subjects
    if len(subjects.named) > 1:
        yield Sentence(
            "the export names {n} subjects, whose data the disclosure would give to one of them; "
            "page one says so: render an export of the one who asked",
            n=len(subjects.named),
        )
    if built.missing:
        names, hint = join_sentences(built.missing, ", "), _to_fill_in(config_file)
        yield Sentence("statements are missing: {names}; {hint}", names=names, hint=hint)
    unrecognised = export.summary.kinds["unrecognised"]
    if unrecognised:
        yield Sentence(
            "records that were not recognised: {n} (see `dsr-report inspect -v {place}`)",
            n=unrecognised,
            place=shlex.quote(export.file.place),
        )
    yield from built.overdue


def _slight(export: Export, plan: Plan, due: date | None, replied: date | None) -> Iterator[str]:
    if export.incomplete:
        yield Sentence(
            "the export is incomplete: the intact part is disclosed, and page 1 says so; fetch it "
            "again where you can"
        )
    if due and replied and replied > due:
        yield Sentence(
            "the reply is dated {replied} but was due by {due}; if the deadline was extended or "
            "moved by a weekend or holiday, set it with --due; --delay says why on page 1",
            replied=replied,
            due=due,
        )
    readable = sum(mark.what == "password" for mark in plan.marks)
    if readable:
        yield Sentence(
            "passwords stand readable in the e-mail system ({n} masked): treat it as an incident "
            "(Art. 33 GDPR), have them changed and removed; the report says so, too",
            n=readable,
        )


def _undescribed_fields(export: Export, built: RenderedReport) -> Iterator[str]:
    if built.undescribed:
        yield Sentence(
            "fields of the profile of which it is not said where their data come from: {n}; "
            "`{command}` lists them to fill in",
            n=len(built.undescribed),
            command=f"dsr-report config fields {shlex.quote(export.file.place)}",
        )


def _to_fill_in(config_file: Path | None) -> Sentence:
    if config_file is None:
        return Sentence(
            "`dsr-report config init -o controller.toml` writes them to fill in; give it with --config"
        )
    return Sentence(
        "fill them in ({path}) and run `dsr-report config check`", path=shlex.quote(str(config_file))
    )


def warnings_of_wide_hiding(plan: Plan) -> Iterator[str]:
    """Warn of what is withheld in many places or within longer words, where it may hide too much."""
    for mark, places in plan.broad():
        yield Sentence(
            "what is withheld as number {number} is hidden in {n} places, first in {places}: is it the "
            "same person there? Hiding too much also breaks Article 15",
            number=mark.number,
            n=len(places),
            places=", ".join(places[:_FIRST_PLACES]),
        )
    for number, places in sorted(plan.within.items()):
        yield Sentence(
            "what is withheld as number {number} is a piece of a longer word or number in {n} place, "
            "first in {places}: does it mean the same there? Otherwise name the pointers where it is "
            "to be hidden",
            "what is withheld as number {number} is a piece of a longer word or number in {n} places, "
            "first in {places}: does it mean the same there? Otherwise name the pointers where it is "
            "to be hidden",
            number=number,
            n=len(places),
            places=", ".join(places[:_FIRST_PLACES]),
        )
