"""Copernica's times: text without a zone, unix seconds, empty dates, and their conversion to moments.

Copernica writes local times as `YYYY-MM-DD HH:MM:SS` and names no zone. Client authors found profile times
to be Europe/Amsterdam; no source says so for statistics and logs. The zone is therefore an assumption that
the caller chooses, and the raw text is always kept beside the moment.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

DEFAULT_ZONE = "Europe/Amsterdam"

_LOCAL = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(\.\d{1,6})?\d*)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII
)
_UNIX = re.compile(r"\d{9,10}(?:\.\d+)?", re.ASCII)

Certainty = Literal["exact", "assumed", "ambiguous", "nonexistent", "date"]


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment that was read from an export.

    `certainty` is `exact` where the text named its zone (or was unix time), `assumed` where the zone is our
    assumption, `ambiguous` in the hour that occurs twice in autumn (the earlier one is given), `nonexistent`
    in the hour that spring skips (the time after the jump is given), and `date` for a day without a time
    (midnight is given).
    """

    at: datetime
    certainty: Certainty


def add_months(day: date, months: int) -> date:
    """The same day number `months` later, or the last day of that month where it does not exist."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def read_moment(raw: object, zone: ZoneInfo) -> Moment | None:
    """Parse a moment, or return None if `raw` is not one (also for `0000-00-00` and empty text).

    The years 1 and 9999 stand for "none" and "for ever", and cannot be converted to every zone: None as well.
    """
    if isinstance(raw, bool) or raw is None:
        return None
    text = str(raw).strip()
    if _UNIX.fullmatch(text):
        return Moment(datetime.fromtimestamp(float(text), UTC), "exact")
    match = _LOCAL.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, offset = match.groups()
    if not MINYEAR < int(year) < MAXYEAR:
        return None
    try:
        naive = datetime(  # noqa: DTZ001 - the zone follows
            int(year),
            int(month),
            int(day),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int(float(fraction) * 1_000_000) if fraction else 0,
        )
        if offset:
            return Moment(datetime.fromisoformat(naive.isoformat() + offset).astimezone(UTC), "exact")
        return _in_zone(naive, zone, has_time=hour is not None)
    except (ValueError, OverflowError):
        return None


def _in_zone(naive: datetime, zone: ZoneInfo, *, has_time: bool) -> Moment:
    first = naive.replace(tzinfo=zone, fold=0)
    second = naive.replace(tzinfo=zone, fold=1)
    if not has_time:
        return Moment(first, "date")
    if first.utcoffset() == second.utcoffset():
        return Moment(first, "assumed")
    if (first.utcoffset() or timedelta()) > (second.utcoffset() or timedelta()):
        return Moment(first, "ambiguous")
    return Moment(first.astimezone(UTC).astimezone(zone), "nonexistent")


def is_empty_date(raw: object) -> bool:
    """Whether `raw` is one of Copernica's ways to write "no date"."""
    return raw is None or str(raw).strip() in {
        "",
        "0000-00-00",
        "0000-00-00 00:00:00",
        "0000-00-00T00:00:00",
    }
