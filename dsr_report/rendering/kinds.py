"""Names of the kinds of records for readers."""

from __future__ import annotations

from collections.abc import Iterable

from dsr_report.config import Config
from dsr_report.languages import Language
from dsr_report.records.base import Record
from dsr_report.records.kinds import kind_of
from dsr_report.records.models.other import Custom
from dsr_report.rendering.options import ReportOptions


def kind_name(record: Record) -> str:
    """The kind's key in the declarations or in the configuration."""
    return record.name if isinstance(record, Custom) else record.kind


def titles_of(kind: str, config: Config, language: Language) -> tuple[str, str]:
    """The headings of one record and of several; the configuration has one for both."""
    own = config.records.get(kind)
    if own is not None:
        title = own.title.get(language.code) or kind
        return title, title
    singular, plural = kind_of(kind).title
    return language.text(singular), language.text(plural)


def kind_title(record: Record, options: ReportOptions) -> str:
    """The heading of one record."""
    return titles_of(kind_name(record), options.config, options.language)[0]


def kind_plural(kind: str, options: ReportOptions) -> str:
    """The heading of several records of a kind."""
    return titles_of(kind, options.config, options.language)[1]


def count_in_words(kind: str, count: int, options: ReportOptions) -> str:
    """Number and kind of records for use in a sentence: `1 automatic reply`."""
    language = options.language
    if kind in options.config.records:  # the configuration has one name for singular and plural
        return f"{kind_plural(kind, options)} ({language.number(count)})"
    title = kind_of(kind).title[0 if count == 1 else 1]
    return f"{language.number(count)} {language.within(language.text(title))}"


def kinds_in_words(kinds: Iterable[str], options: ReportOptions, *, begins: bool) -> str:
    """Several kinds as a list, capitalised where it `begins` a sentence: `Messages, opens and clicks`."""
    language, own = options.language, options.config.records
    names = [
        kind_plural(kind, options)
        if (begins and place == 0) or kind in own
        else language.within(kind_plural(kind, options))
        for place, kind in enumerate(kinds)
    ]
    return language.join(names)
