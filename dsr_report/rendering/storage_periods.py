"""Storage periods as dates: the `[[retention]]` rules, compared with the records in the export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from dsr_report.config import Retention
from dsr_report.languages import Language
from dsr_report.rendering.kinds import kinds_in_words
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.statistics import VISITS, Dated
from dsr_report.sentences import Count, Sentence, join_sentences


@dataclass(frozen=True, slots=True)
class Held:
    """A retention rule, the kinds that it covers and the export has, and the resulting days.

    `first_end` and `last_end` are the days on which the periods of the oldest and the newest record end; None
    if the start is unknown. `begun` is the start of the period if it is the same for all records.
    """

    rule: Retention
    number: int
    kinds: tuple[str, ...]
    first: date | None = None
    first_end: date | None = None
    last_end: date | None = None
    begun: date | None = None


def today_of(options: ReportOptions) -> date:
    """The reference day for periods: the day of the data, else of the reply, else of the report."""
    return options.collected or options.replied or options.created.astimezone(options.zone).date()


def cutoffs(options: ReportOptions) -> Mapping[str, date]:
    """Kind → the day before which no record should be."""
    today, found = today_of(options), {}
    for rule in options.config.retention:
        if rule.after == "record":
            found.update(dict.fromkeys(rule.kind, _start_of(rule, today)))
    return found


def _start_of(rule: Retention, end: date) -> date:
    """The first day whose period does not end before `end`, found by bisection."""
    low, high = date.min.toordinal(), end.toordinal()
    while low < high:  # adding months has no inverse: the 31st of one is the 30th of another
        middle = (low + high) // 2
        if rule.end(date.fromordinal(middle)) < end:
            low = middle + 1
        else:
            high = middle
    return date.fromordinal(low)


def storage_rules(dated: Dated, options: ReportOptions) -> list[Held]:
    """The rules that apply to records in the export, in the order of the configuration."""
    found = []
    for number, rule in enumerate(options.config.retention, 1):
        kinds = tuple(kind for kind in rule.kind if kind in dated.kinds)
        if not kinds:
            continue
        first = min((dated.first[k] for k in kinds if k in dated.first), default=None)
        last = max((dated.last[k] for k in kinds if k in dated.last), default=None)
        if rule.after == "record":
            ends = (None, None) if first is None or last is None else (rule.end(first), rule.end(last))
            found.append(Held(rule, number, kinds, first, *ends))
            continue
        starts = VISITS if rule.after == "last-activity" else ("unsubscribe",)
        begun = max((dated.last[k] for k in starts if k in dated.last), default=None)
        end = rule.end(begun) if begun else None
        found.append(Held(rule, number, kinds, first, end, end, begun))
    return found


def in_words(dated: Dated, options: ReportOptions) -> list[str]:
    """A text for each rule: kinds of records, length and start of the period, and the resulting days."""
    return [" ".join(_sentences(one, options)) for one in storage_rules(dated, options)]


def _sentences(one: Held, options: ReportOptions) -> Iterator[str]:
    language = options.language
    names = one.rule.name.get(options.language_code) or kinds_in_words(one.kinds, options, begins=True)
    start = {
        "record": language.text("from the day of each record"),
        "last-activity": language.text("from your last open or click"),
        "unsubscribe": language.text("from the day on which you unsubscribe"),
    }[one.rule.after]
    yield f"{names}{language.colon} {_period(one.rule, language)}, {start}."
    if one.first_end is None or one.last_end is None:
        yield language.text("No such day is recorded.")
        return
    today = today_of(options)
    days = {"first": language.whole_day(one.first_end), "end": language.whole_day(one.last_end)}
    if one.begun is not None:
        said = (
            language.text("That was on {day}: the period ended on {end}.")
            if one.last_end < today
            else language.text("That was on {day}: the period ends on {end}.")
        )
        days["day"] = language.whole_day(one.begun)
    elif one.first_end == one.last_end:
        said = (
            language.text("The period ended on {end}.")
            if one.last_end < today
            else language.text("The period ends on {end}.")
        )
    elif one.last_end < today:
        said = language.text("The period of the oldest ended on {first}, that of the newest on {end}.")
    elif one.first_end < today:
        said = language.text("The period of the oldest ended on {first}, that of the newest ends on {end}.")
    else:
        said = language.text("The period of the oldest ends on {first}, that of the newest on {end}.")
    yield said.format(**days)


def _period(rule: Retention, language: Language) -> str:
    count, unit = rule.length
    return {
        "day": language.count("{n} day", "{n} days", count),
        "week": language.count("{n} week", "{n} weeks", count),
        "month": language.count("{n} month", "{n} months", count),
        "year": language.count("{n} year", "{n} years", count),
    }[unit]


def overdue(dated: Dated, options: ReportOptions) -> list[str]:
    """Warnings on records older than a rule allows, for the operator: kinds and dates, never values."""
    today = today_of(options)
    said: list[str] = []
    for one in storage_rules(dated, options):
        if one.rule.after == "record":
            old = {kind: dated.too_old[kind] for kind in one.kinds if dated.too_old[kind]}
            kinds = [
                Sentence("{count} of kind {kind}", count=Count(count), kind=Sentence(kind))
                for kind, count in old.items()
            ]
        else:
            is_over = one.last_end is not None and one.last_end < today
            kinds = [Sentence("those of kind {kind}", kind=Sentence(kind)) for kind in one.kinds if is_over]
        if kinds:
            said.append(
                Sentence(
                    "older than promised: by [[retention]] {number} (keep = {keep}, after = {after}) these "
                    "records should be gone on {today}: {kinds}; the oldest is of {first}",
                    number=one.number,
                    keep=repr(one.rule.keep),
                    after=repr(one.rule.after),
                    today=today,
                    kinds=join_sentences(kinds, ", "),
                    first=one.first,
                )
            )
    return said
