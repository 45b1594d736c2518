"""When an access request must be answered: GDPR Art. 12(3) with the arithmetic of Regulation 1182/71.

Pure: a date in, dates out. The rules, in short:

1. A month ends on the same day number of the next month, or on that month's last day where there is none.
2. A Saturday, Sunday or public holiday where the action is due moves the end to the next working day.
3. An extension makes three months *from receipt*; its notice is due at the unextended end.
4. A pause (doubt about identity, request to specify) adds its calendar days to the nominal end, then rule 2.
   No text says how to add them, so the date without pauses is always given too: it is the safe one.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dsr_report.errors import UsageError, needs_extra
from dsr_report.sentences import Sentence
from dsr_report.times import add_months

TARGET_DAYS = 28  # the ICO's practical advice: 28 days satisfy every month of the year
EXTENDED_MONTHS = 3
WARN_DAYS = (14, 7, 3, 1)
_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Pause:
    """Days that do not count, from the day the person was asked until the day of the answer.

    `until` is None while the answer is awaited.
    """

    since: date
    until: date | None
    why: str = "identity"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The dates of one request. Work to `target`, warn before `nominal`, never pass `latest`."""

    target: date
    """28 days after receipt (84 where extended)."""
    nominal: date
    """The end of the month (or of the three months), with the pauses, whatever day of the week it is."""
    latest: date
    """`nominal`, moved to the next working day where it falls on a weekend or a public holiday."""
    extension_notice_due: date
    """The last day on which an extension can still be announced, with its reasons: the unextended end."""
    unpaused_latest: date
    """`latest` if no pause counted: the safe date."""


def deadlines(
    received: date,
    *,
    country: str | None = "NL",
    subdivision: str | None = None,
    extra_holidays: Collection[date] = (),
    extended: bool = False,
    pauses: Sequence[Pause] = (),
    today: date | None = None,
) -> Deadlines:
    """The dates that follow from the day a request was received.

    Args:
        received: the day it arrived at the organisation, in the controller's time zone.
        country: whose public holidays count (ISO 3166 code); None for weekends alone.
        subdivision: a region of `country` with holidays of its own, such as `NW` for DE.
        extra_holidays: days that count as holidays too, such as 5 May for the Netherlands.
        extended: whether the person was told, with reasons, that it takes two months more.
        pauses: periods that do not count; overlapping ones count once, and one that begins after the end
            has passed counts for nothing.
        today: end of a pause that has not ended; without it, such a pause does not count.

    Raises:
        UsageError: `country` or `subdivision` is unknown, or a pause ends before it begins.
        MissingExtraError: the package `holidays` is not installed and `country` was given.
    """
    working = _Workdays(country, subdivision, frozenset(extra_holidays))
    paused = _days_by_start(received, pauses, today)
    months = EXTENDED_MONTHS if extended else 1
    nominal, stopped = _end(add_months(received, months), paused, working)
    unextended, _ = _end(add_months(received, 1), paused, working)
    return Deadlines(
        target=received + (TARGET_DAYS * months + stopped) * _DAY,
        nominal=nominal,
        latest=working.next(nominal),
        extension_notice_due=working.next(unextended),
        unpaused_latest=working.next(add_months(received, months)),
    )


def _days_by_start(received: date, pauses: Sequence[Pause], today: date | None) -> list[tuple[date, int]]:
    """Paused days as (first day, length), without overlaps, in order."""
    stretches: list[tuple[date, int]] = []
    reached = received
    for pause in sorted(pauses, key=lambda one: one.since):
        if pause.until is not None and pause.until < pause.since:
            raise UsageError("a pause ends before it begins", where=pause.since.isoformat())
        since = max(pause.since, reached)
        until = pause.until or today or since
        if until > since:
            stretches.append((since, (until - since).days))
            reached = until
    return stretches


def _end(end: date, paused: list[tuple[date, int]], working: _Workdays) -> tuple[date, int]:
    stopped = 0
    for since, length in paused:
        if since > working.next(end + stopped * _DAY):
            break
        stopped += length
    return end + stopped * _DAY, stopped


class _Workdays:
    def __init__(self, country: str | None, subdivision: str | None, extra: frozenset[date]) -> None:
        self._extra = extra
        self._public: Collection[date] = frozenset() if country is None else _public(country, subdivision)

    def next(self, day: date) -> date:
        """`day`, or the first working day after it."""
        while day.weekday() >= _SATURDAY or day in self._extra or day in self._public:
            day += _DAY
        return day


@functools.cache
def _public(country: str, subdivision: str | None) -> Collection[date]:
    with needs_extra("public holidays need the package 'holidays'", "register"):
        import holidays  # noqa: PLC0415 - optional, and only needed here
    try:
        return holidays.country_holidays(country, subdiv=subdivision)
    except NotImplementedError as error:
        place = f"{country}-{subdivision}" if subdivision else country
        raise UsageError(
            Sentence("the public holidays of {place} are not known", place=repr(place)),
            hint="Give an ISO code such as NL, BE or DE (with a subdivision such as NW).",
        ) from error
