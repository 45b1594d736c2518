"""Filters for years and kinds of events on the screen without a script: check boxes and CSS rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from dsr_report.rendering.collect import Collected
from dsr_report.rendering.document import Filter
from dsr_report.rendering.kinds import kind_plural
from dsr_report.rendering.options import ReportOptions

_FEWEST = 2
"""Choices that a filter needs to be useful."""
_MOST = 40
"""Choices of a filter; more would fill the screen of a phone."""


def year_class(at: datetime | None, options: ReportOptions) -> str:
    """CSS class of elements that belong to a year; `y0` without a date."""
    return f"y{at.astimezone(options.zone).year}" if at is not None else "y0"


def kind_class(kind: str) -> str:
    """CSS class of events of a kind."""
    return f"k-{kind}"


def filters(collected: Collected, options: ReportOptions) -> tuple[Filter, ...]:
    """Filters for years of messages and kinds of events, if the number of choices suits a filter."""
    language, activity = options.language, collected.activity
    years = sorted({year_class(entry.sent_at, options) for entry in activity.messages})
    named = tuple((year, year[1:] if year != "y0" else language.text("Without a date")) for year in years)
    kinds = tuple((kind_class(kind), kind_plural(kind, options)) for kind in sorted(activity.kinds))
    found = (Filter(language.text("Years"), named), Filter(language.text("Kinds of events"), kinds))
    return tuple(one for one in found if _FEWEST <= len(one.choices) <= _MOST)


def styles(some: Iterable[Filter]) -> str:
    """CSS rules that hide unchecked choices, on the screen only."""
    rules = "".join(_rules(some))
    return f"@media screen {{\n{rules}}}\n" if rules else ""


def _rules(some: Iterable[Filter]) -> Iterator[str]:
    for one in some:
        for name, _label in one.choices:
            yield f"  body:has(#show-{name}:not(:checked)) .{name} {{ display: none; }}\n"
