"""What stands against sending a report: what `strict` refuses, and what its maker is warned of."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from dsr_report.export import Export
from dsr_report.redact.plan import Plan
from dsr_report.rendering.rendered import RenderedReport

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
    """What keeps a report back (with `strict` alone), and what is warned of."""
    grave = list(_grave(export, built, config_file))
    if strict and grave:
        return grave, []
    described = [] if config_file is None else list(_undescribed(export, built))
    return [], [*grave, *_slight(export, plan, due, replied), *described]


def _grave(export: Export, built: RenderedReport, config_file: Path | None) -> Iterator[str]:
    subjects = export.file.subjects
    if len(subjects.named) > 1:
        yield (
            f"the export names {len(subjects.named)} subjects, whose data the disclosure would give to "
            "one of them; page one says so: render an export of the one who asked"
        )
    if built.missing:
        yield f"statements are missing: {', '.join(built.missing)}; {_to_fill_in(config_file)}"
    unrecognised = export.summary.kinds["unrecognised"]
    if unrecognised:
        yield (
            f"records that were not recognised: {unrecognised} "
            f"(see `dsr-report inspect -v {shlex.quote(export.file.place)}`)"
        )
    yield from built.overdue


def _slight(export: Export, plan: Plan, due: date | None, replied: date | None) -> Iterator[str]:
    if export.incomplete:
        yield (
            "the export is incomplete: the intact part is disclosed, and page 1 says so; fetch it again "
            "where you can"
        )
    if due and replied and replied > due:
        yield (
            f"the reply is dated {replied} but was due by {due}; if the deadline was extended "
            "or moved by a weekend or holiday, set it with --due; --delay says why on page 1"
        )
    readable = sum(mark.what == "password" for mark in plan.marks)
    if readable:
        yield (
            f"passwords stand readable in the e-mail system ({readable} masked): treat it as an incident "
            "(Art. 33 GDPR), have them changed and removed; the report says so, too"
        )


def _undescribed(export: Export, built: RenderedReport) -> Iterator[str]:
    if built.undescribed:
        command = f"dsr-report config fields {shlex.quote(export.file.place)}"
        yield (
            f"fields of the profile of which it is not said where their data come from: "
            f"{len(built.undescribed)}; `{command}` lists them to fill in"
        )


def _to_fill_in(config_file: Path | None) -> str:
    if config_file is None:
        return "`dsr-report config init -o controller.toml` writes them to fill in; give it with --config"
    return f"fill them in ({shlex.quote(str(config_file))}) and run `dsr-report config check`"


def hidden_widely(plan: Plan) -> Iterator[str]:
    """Warnings of what is withheld in many places, or within longer words: more than was meant, perhaps."""
    for mark, places in plan.broad():
        yield (
            f"what is withheld as number {mark.number} is hidden in {len(places)} places, first in "
            f"{', '.join(places[:_FIRST_PLACES])}: is it the same person there? Hiding too much also breaks "
            "Article 15"
        )
    for number, places in sorted(plan.within.items()):
        yield (
            f"what is withheld as number {number} is a piece of a longer word or number in {len(places)} "
            f"{'place' if len(places) == 1 else 'places'}, first in {', '.join(places[:_FIRST_PLACES])}: "
            "does it mean the same there? Otherwise name the pointers where it is to be hidden"
        )
