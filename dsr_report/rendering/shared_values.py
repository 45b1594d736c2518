"""Events of one message, with stored values that several of them share printed once, above them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from string import ascii_uppercase
from typing import NamedTuple

from dsr_report.rendering.events import EventRow
from dsr_report.rendering.text import DOT
from dsr_report.rendering.values import StoredValue

_WORTH_IT = 150
"""Characters that sharing must save, net of the marks."""
_MARK = len(DOT) + 1
_REFERENCE = 12
"""Characters of a reference to a long text ("text no. 17")."""


class SharedValues(NamedTuple):
    """Values that several events share; `event` is the first of these events.

    `letter` marks the events; it is empty if all events share the values. `number` is for the proof.
    """

    event: EventRow
    values: list[StoredValue]
    number: int
    letter: str


class OwnValues(NamedTuple):
    """An event, the values printed on its own line, and the letters of its shared values."""

    event: EventRow
    values: list[StoredValue]
    number: int
    letters: list[str]


class EventList(NamedTuple):
    """Some events of one message, split into shared and own values; together these are all values."""

    shared: list[SharedValues]
    events: list[OwnValues]

    def numbers(self) -> Iterator[tuple[int, int, str]]:
        """See `proof.Provable`; values printed together have one number."""
        for values in chain[SharedValues | OwnValues](self.shared, self.events):
            if values.values:
                yield values.event.number, values.number, values.event.pointer


class _Shared(NamedTuple):
    """Indices of events, and the values that all of them share."""

    members: list[int]
    values: frozenset[StoredValue]


def event_list(events: Sequence[EventRow]) -> EventList:
    """Factor out the values that the events share."""
    letters: list[list[str]] = [[] for _ in events]
    elsewhere: list[set[StoredValue]] = [set() for _ in events]
    above: list[SharedValues] = []
    unused = iter(ascii_uppercase)
    for members, values in _share([event.stored for event in events]):
        letter = ""
        if len(members) < len(events):
            letter = next(unused)
            for place in members:
                letters[place].append(letter)
        for place in members:
            elsewhere[place] |= values
        first = events[members[0]]
        in_order = [value for value in first.stored if value in values]
        above.append(SharedValues(first, in_order, len(above) + 1, letter))
    own = [
        OwnValues(event, [value for value in event.stored if value not in above_it], 0, marks)
        for event, marks, above_it in zip(events, letters, elsewhere, strict=True)
    ]
    return EventList(above, own)


def _share(lines: Sequence[Sequence[StoredValue]]) -> list[_Shared]:
    """Choose the values to share: each value of an event in at most one group, and none that it has twice.

    A set of events is an integer bit mask; values of the same set of events are one group.
    """
    having: dict[StoredValue, int] = {}
    for place, values in enumerate(lines):
        for value in values if len(set(values)) == len(values) else _single(values):
            having[value] = having.get(value, 0) | 1 << place
    groups: dict[int, list[StoredValue]] = {}
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


def _best(groups: dict[int, list[StoredValue]]) -> int:
    """Bit mask of the events whose shared values save most characters; 0 if none saves `_WORTH_IT`."""
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


def _single(values: Sequence[StoredValue]) -> list[StoredValue]:
    return [value for value, n in Counter(values).items() if n == 1]


@lru_cache(maxsize=4096)
def _length(value: StoredValue) -> int:
    name, said, form = value
    return len(name) + 1 + (_REFERENCE if form == "long" else len(str(said))) + len(DOT)
