"""A plot of activity as accessible SVG: bars for messages, openings and clicks, month by month or year by year."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

_WIDTH, _HEIGHT = 640, 220
_LEFT, _BOTTOM, _TOP = 36, 34, 28
_WIDEST = 90
_LETTER = 7
"""Width of a letter below the bars, with its share of the space between two labels."""
_COLOURS = ("#14507a", "#c2570c", "#5b6472")


class Series(NamedTuple):
    """One kind of bar: what it counts, and how many in each period."""

    label: str
    counts: tuple[int, ...]


def bars(title: str, description: str, periods: Sequence[str], series: Sequence[Series]) -> Markup:
    """Grouped bars. Told apart by place, pattern and legend, not by colour alone."""
    most = max((max(s.counts, default=0) for s in series), default=0)
    if not periods or not most:
        return Markup("")
    top = _rounded_up(most)
    width = min((_WIDTH - _LEFT - 4) / len(periods), _WIDEST)
    bar = width * 0.8 / len(series)
    height = _HEIGHT - _BOTTOM - _TOP
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(title)}. {escape(description)}"><title>{escape(title)}</title>'
        f"<desc>{escape(description)}</desc>"
    ]
    for share in (0, 0.5, 1):
        y = _TOP + height * (1 - share)
        out.append(
            f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#a8b0bb" stroke-width="0.6"/>'
            f'<text x="{_LEFT - 4}" y="{y + 3.5:.1f}" font-size="10" text-anchor="end" fill="#545b66">'
            f"{round(top * share)}</text>"
        )
    for index, one in enumerate(series):
        colour = _COLOURS[index % len(_COLOURS)]
        for position, count in enumerate(one.counts):
            if count:
                size = height * count / top
                x = _LEFT + 2 + position * width + width * 0.1 + index * bar
                fill = colour if index != 1 else "none"
                out.append(
                    f'<rect class="bar{index}" x="{x:.1f}" y="{_TOP + height - size:.1f}" width="{max(bar - 0.6, 0.6):.1f}" '
                    f'height="{size:.1f}" fill="{fill}" stroke="{colour}" stroke-width="0.9"/>'
                )
        x = _LEFT + index * 170
        fill = colour if index != 1 else "none"
        out.append(
            f'<rect class="bar{index}" x="{x}" y="4" width="11" height="11" fill="{fill}" stroke="{colour}"/>'
            f'<text x="{x + 16}" y="13.5" font-size="11" fill="#545b66">{escape(one.label)}</text>'
        )
    longest = max(len(label) for label in periods)
    every = max(1, -(-len(periods) * longest * _LETTER // (_WIDTH - _LEFT)))
    for position, label in enumerate(periods):
        if position % every == 0:
            x = _LEFT + 2 + (position + 0.5) * width
            out.append(
                f'<text x="{x:.1f}" y="{_HEIGHT - 16}" font-size="9.5" text-anchor="middle" fill="#545b66">'
                f"{escape(label)}</text>"
            )
    out.append("</svg>")
    return Markup("".join(out))  # noqa: S704 - numbers, and texts that were escaped


def _rounded_up(value: int) -> int:
    for step in (2, 4, 6, 10, 20, 40, 60, 100, 200, 400, 600, 1000):
        if value <= step:
            return step
    size = int(10 ** (len(str(value)) - 1))
    return -(-value // size) * size
