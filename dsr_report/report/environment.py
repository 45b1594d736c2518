"""The one Jinja environment: everything escaped, a missing name fails, the operator's templates come first."""

from __future__ import annotations

from pathlib import Path

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from dsr_report.report.language import Language
from dsr_report.report.text import inert, paragraphs, shown
from dsr_report.shipped import shipped


def environment(language: Language, override: Path | None = None) -> Environment:
    """An environment that speaks `language`; `override` is a folder of templates that go before ours.

    A template there can still extend or include ours as `shipped:report/NAME`.
    """
    ours = FileSystemLoader(shipped("templates"))
    layers = [FileSystemLoader(override)] if override else []
    loader = ChoiceLoader([*layers, ours, PrefixLoader({"shipped": ours}, delimiter=":")])
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=language.text,
        ngettext=language.count,
        newstyle=False,
    )
    made.filters["shown"] = shown
    made.filters["paragraphs"] = paragraphs
    made.filters["inert"] = inert
    made.filters["number"] = language.number
    made.filters["day"] = lambda value: language.day(value) if value else ""
    made.globals["count"] = language.count
    return made
