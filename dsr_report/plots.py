"""Plots of an export, or of many together, in one line each: `export.plot.activity()`.

Each returns a matplotlib figure, which shows itself in a notebook, can be changed, and is saved with
`savefig`.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol

from dsr_report.errors import needs_extra

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from dsr_report.tables.lazy import Tables

_OPENS_AND_CLICKS = ("impression", "click")
_COLOURS = {"impression": "#1b6ca8", "click": "#d1762c"}
"""Blue and orange: distinguishable with any colour vision, and in print."""
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MOST_BARS = 15
"""Maximum bars of a plot; the rest is summed in the last one."""
_LONGEST_NAME = 48
"""Maximum characters of a bar's label; longer ones are cut."""


class HasTables(Protocol):
    """An export, or many."""

    @property
    def tables(self) -> Tables:
        """Its tables."""
        ...


class Plots:
    """Plots of an export, or of many together."""

    def __init__(self, of: HasTables) -> None:
        self._of = of

    def activity(self) -> Figure:
        """Opens and clicks by month."""
        events = self._events(*_OPENS_AND_CLICKS)
        figure, axes = _figure("Opens and clicks by month, local time")
        at = events["occurred_at_local"].dropna()
        numbers = at.dt.year * 12 + at.dt.month - 1
        months = range(int(numbers.min()), int(numbers.max()) + 1) if len(at) else range(0)
        days: Any = [date(month // 12, month % 12 + 1, 1) for month in months]
        for kind in _OPENS_AND_CLICKS:
            counts = Counter(numbers[events.loc[at.index, "kind"] == kind].tolist())
            axes.step(
                days, [counts[month] for month in months], where="post", label=kind, color=_COLOURS[kind]
            )
        return _finish(figure, axes, len(at), legend=True, y="events")

    def hours(self, kind: str = "impression") -> Figure:
        """When events of a kind happened: weekday and hour, in local time."""
        at = self._events(kind)["occurred_at_local"].dropna()
        grid = [[0] * 24 for _ in _DAYS]
        for day, hour in zip(at.dt.day_of_week.tolist(), at.dt.hour.tolist(), strict=True):
            grid[day][hour] += 1
        figure, axes = _figure(f"{kind} by weekday and hour, local time", height=2.6)
        image = axes.imshow(grid, aspect="auto", cmap="Blues")
        axes.set_yticks(range(7), _DAYS)
        axes.set_xticks(range(0, 24, 3))
        figure.colorbar(image, ax=axes, label="events").ax.locator_params(axis="y", integer=True)
        return _finish(figure, axes, len(at))

    def outcomes(self) -> Figure:
        """Number of messages that have each kind of event."""
        tables = self._of.tables.load("events", "messages")
        events, sent = tables["events"], len(tables["messages"])
        there = events[events["message_key"].notna()]
        keys = ["subject_key", "message_key"]
        counts = there.drop_duplicates([*keys, "kind"])["kind"].astype("string").value_counts()
        named = {"sent": sent, **{str(kind): int(count) for kind, count in counts.items()}}
        return _bars(named, "What happened to the messages", "messages")

    def links(self) -> Figure:
        """The links that were followed most often."""
        clicks = self._events("click")
        name = clicks["link_title"].replace("", None).fillna(clicks["link"])
        name = name.fillna("link " + clicks["link_id"])
        counts = name.fillna("(not named)").value_counts()
        named = {str(link): int(count) for link, count in counts.items()}
        return _bars(named, "Links that were followed", "clicks")

    def devices(self) -> Figure:
        """What messages were opened with: mail program or browser, and system."""
        visits = self._events(*_OPENS_AND_CLICKS)
        program = visits["mail_client"].fillna(visits["browser"]).fillna("unknown program")
        named: dict[str, int] = {}
        for one, system, proxy in zip(program, visits["system"], visits["privacy_proxy"], strict=True):
            behind = f"{one} (proxy)" if isinstance(proxy, str) else one
            label = f"{behind}, {system}" if isinstance(system, str) else behind
            named[label] = named.get(label, 0) + 1
        return _bars(named, "Mail programs, browsers and systems", "opens and clicks")

    def _events(self, *kinds: str) -> pd.DataFrame:
        events = self._of.tables["events"]
        return events[events["kind"].isin(kinds)]

    def __repr__(self) -> str:
        return "<Plots: activity(), hours(), outcomes(), links(), devices()>"


def _figure(title: str, height: float = 3.0) -> tuple[Figure, Axes]:
    """A figure that displays itself in a notebook, whether or not pyplot is imported there."""
    with needs_extra("plots need matplotlib", "notebook"):
        from matplotlib.figure import Figure  # noqa: PLC0415 - only where something is plotted

    class Plot(Figure):
        def _repr_png_(self) -> bytes:
            picture = BytesIO()
            self.savefig(picture, format="png", metadata={"Software": None})
            return picture.getvalue()

    figure = Plot(figsize=(7, height), dpi=72, layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, loc="left", fontsize=11)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _finish(figure: Figure, axes: Any, count: int, *, legend: bool = False, y: str = "") -> Figure:
    if not count:
        axes.text(0.5, 0.5, "nothing to show", transform=axes.transAxes, ha="center", va="center")
    elif legend:
        axes.legend(frameon=False)
    if y:
        axes.set_ylabel(y)
    return figure


def _bars(counts: dict[str, int], title: str, unit: str) -> Figure:
    """A horizontal bar chart, the longest bar on top; the rarest entries are summed in the last bar."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    shown, rest = ordered[:_MOST_BARS], sum(count for _, count in ordered[_MOST_BARS:])
    if rest:
        shown = [*shown[:-1], (f"{len(ordered) - _MOST_BARS + 1} others", rest + shown[-1][1])]
    figure, axes = _figure(title, height=0.9 + 0.26 * max(len(shown), 1))
    names = [name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…" for name, _ in shown]
    places = list(range(len(shown)))
    bars = axes.barh(places, [count for _, count in shown], color=_COLOURS["impression"])
    # matplotlib reads text between `$` as mathematics, and placeholders of links contain it
    axes.set_yticks(places, [name.replace("$", r"\$") for name in names])
    axes.invert_yaxis()
    axes.bar_label(bars, padding=3, fontsize=9)
    axes.set_xlabel(unit)
    axes.locator_params(axis="x", integer=True)
    return _finish(figure, axes, len(shown))
