"""Names of the kinds of records for readers."""

from __future__ import annotations

from collections.abc import Iterable

from dsr_report.records.base import Record
from dsr_report.records.kinds import kind_of
from dsr_report.records.models.other import Custom
from dsr_report.rendering.options import ReportOptions


def kind_name(record: Record) -> str:
    """The kind's key in the declarations or in the configuration."""
    return record.name if isinstance(record, Custom) else record.kind


def kind_title(record: Record, options: ReportOptions) -> str:
    """The heading of one record."""
    kind = kind_name(record)
    custom = options.config.records.get(kind)
    if custom is not None:
        return custom.title.get(options.language_code) or kind
    return options.language.text(kind_of(kind).title[0])


def kind_plural(kind: str, options: ReportOptions) -> str:
    """The heading of several records of a kind."""
    custom = options.config.records.get(kind)
    if custom is not None:
        return custom.title.get(options.language_code) or kind
    return options.language.text(kind_of(kind).title[1])


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
