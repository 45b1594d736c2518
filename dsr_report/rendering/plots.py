"""Bar plot of activity as data for an SVG: messages, opens and clicks by month or by year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

IN_CHAPTER = (440, 170)
BESIDE_TEXT = (250, 112)
"""Width and height in units of about a pixel; the font size is 10 to 11 units in both sizes."""
_LEFT, _BOTTOM, _TOP = 30, 24, 26
_WIDEST = 90
_LETTER = 7
"""Width of a character of a label below the bars, with its share of the space between two labels."""
_COLOURS = ("#14507a", "#c2570c", "#5b6472")


class Series(NamedTuple):
    """One series of bars: its label, and its count in each period."""

    label: str
    counts: tuple[int, ...]


class PlotLine(NamedTuple):
    """A horizontal grid line, and its number."""

    y: float
    number: int


class PlotBar(NamedTuple):
    """A bar; `series` counts from 0. The second series is hollow, to be distinct without colour."""

    series: int
    x: float
    y: float
    width: float
    height: float
    colour: str
    fill: str


class Label(NamedTuple):
    """A text below the bars, or beside a box of the legend."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Plot:
    """Grouped bars, distinct by position, fill and legend, not by colour alone."""

    left: int
    width: int
    height: int
    lines: list[PlotLine]
    bars: list[PlotBar]
    legend: list[tuple[PlotBar, Label]]
    labels: list[Label]


def plot(periods: Sequence[str], series: Sequence[Series], size: tuple[int, int] = IN_CHAPTER) -> Plot | None:
    """The plot of some series; None if all counts are zero."""
    whole_width, whole_height = size
    most = max((max(s.counts, default=0) for s in series), default=0)
    if not periods or not most:
        return None
    top = _round_up(most)
    width = min((whole_width - _LEFT - 4) / len(periods), _WIDEST)
    bar = width * 0.8 / len(series)
    height = whole_height - _BOTTOM - _TOP
    lines = [PlotLine(_TOP + height * (1 - share), round(top * share)) for share in (0, 0.5, 1)]
    bars = []
    legend = []
    for index, one in enumerate(series):
        colour = _COLOURS[index % len(_COLOURS)]
        fill = colour if index != 1 else "none"
        for position, count in enumerate(one.counts):
            if count:
                tall = height * count / top
                x = _LEFT + 2 + position * width + width * 0.1 + index * bar
                bars.append(PlotBar(index, x, _TOP + height - tall, max(bar - 0.6, 0.6), tall, colour, fill))
        x = index * whole_width / len(series)
        legend.append((PlotBar(index, x, 4, 11, 11, colour, fill), Label(x + 16, one.label)))
    longest = max(len(label) for label in periods)
    every = max(1, -(-len(periods) * longest * _LETTER // (whole_width - _LEFT)))
    labels = [
        Label(_LEFT + 2 + (position + 0.5) * width, label)
        for position, label in enumerate(periods)
        if position % every == 0
    ]
    return Plot(_LEFT, whole_width, whole_height, lines, bars, legend, labels)


def _round_up(value: int) -> int:
    for step in (2, 4, 6, 10, 20, 40, 60, 100, 200, 400, 600, 1000):
        if value <= step:
            return step
    size = int(10 ** (len(str(value)) - 1))
    return -(-value // size) * size
