"""Events of one message, with what is stored in the same words with several of them printed once, above them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from string import ascii_uppercase
from typing import NamedTuple

from markupsafe import escape

from dsr_report.languages import Language
from dsr_report.rendering.values import BETWEEN

STORED = '<small class="stored">'
"""Begins what is stored with an event; an event's HTML ends with it."""
_END = "</small></li>"
_DOT = " · "
_TAG = re.compile(r"<[^>]*>")
_WORTH_IT = 150
"""Characters that have to be saved, beyond those of the marks."""
_MARK = len(_DOT) + 1


class _Line(NamedTuple):
    """An event: what is said of it, and its values."""

    said: str
    values: list[str]


class _Shared(NamedTuple):
    """Events by their place, and values that all of them have."""

    members: list[int]
    values: frozenset[str]


def event_list(events: Sequence[str], words: Language) -> str:
    """The list of some events of one message (`events.event_line`), no value of which is lost."""
    if not events:
        return ""
    lines = [_line_of(html) for html in events]
    letters: list[list[str]] = [[] for _ in lines]
    elsewhere: list[set[str]] = [set() for _ in lines]
    above = []
    unused = iter(ascii_uppercase)
    for members, values in _shared(lines):
        if len(members) == len(lines):
            said = words.text("Stored with each of these events:")
        else:
            letter = next(unused)
            said = words.text("Stored with each event marked {letter}:").format(letter=letter)
            for place in members:
                letters[place].append(f"<b>{letter}</b>")
        for place in members:
            elsewhere[place] |= values
        in_order = [value for value in lines[members[0]].values if value in values]
        above.append(f'<p class="stored"><b>{escape(said)}</b> {_DOT.join(in_order)}</p>')
    items = []
    for line, marks, above_it in zip(lines, letters, elsewhere, strict=True):
        here = _DOT.join([*marks, *(value for value in line.values if value not in above_it)])
        items.append(f"{line.said} {STORED}{here}{_END}" if here else f"{line.said}</li>")
    return f'{"".join(above)}<ul class="lines">{"".join(items)}</ul>'


def _line_of(html: str) -> _Line:
    said, _, stored = html.partition(f" {STORED}")
    return _Line(said, stored.removesuffix(_END).split(BETWEEN))


def _shared(lines: Sequence[_Line]) -> list[_Shared]:
    """What to print once: no value of an event is in two of them, and what an event has twice is in none.

    Sets of events are numbers, with a bit for each event: values that the same events have are one group.
    """
    having: dict[str, int] = {}
    for place, (_, values) in enumerate(lines):
        for value in values if len(set(values)) == len(values) else _single(values):
            having[value] = having.get(value, 0) | 1 << place
    groups: dict[int, list[str]] = {}
    for value, events in having.items():
        if events & (events - 1):
            groups.setdefault(events, []).append(value)
    found: list[_Shared] = []
    while len(found) < len(ascii_uppercase) and (best := _best(groups)):
        members = [place for place in range(len(lines)) if best >> place & 1]
        common = [events for events in groups if events & best == best]
        taken = {events: groups.pop(events) for events in common}
        found.append(_Shared(members, frozenset(chain.from_iterable(taken.values()))))
        for events, values in taken.items():
            rest = events & ~best
            if rest & (rest - 1):
                groups.setdefault(rest, []).extend(values)
    return found


def _best(groups: dict[int, list[str]]) -> int:
    """The events that have values in common which are worth most letters; 0 where it is not worth it."""
    weights = [(events, sum(map(_length, values))) for events, values in groups.items()]
    best, saved = 0, _WORTH_IT
    most = sum([weight for _, weight in weights])
    for events in groups:
        count = events.bit_count()
        if (count - 1) * most - count * _MARK <= saved:
            continue
        length = sum([weight for other, weight in weights if other & events == events])
        saving = (count - 1) * length - count * _MARK
        if saving > saved:
            best, saved = events, saving
    return best


def _single(values: Sequence[str]) -> list[str]:
    return [value for value, n in Counter(values).items() if n == 1]


@lru_cache(maxsize=4096)
def _length(value: str) -> int:
    return len(_TAG.sub("", value)) + len(_DOT)
