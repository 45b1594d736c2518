"""What each item is: discriminators, labels of containers, key signatures, rows and bare texts.

The values of the items are divided among the `RawRecord`s exactly: none is lost, none is named twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from dsr_report.errors import LedgerError
from dsr_report.jsonstream.items import Item, JsonValue, count_values
from dsr_report.records.classify import Classification, decide, discriminators
from dsr_report.records.custom import CustomKind
from dsr_report.records.kinds import kind_of
from dsr_report.records.layouts import LayoutResolver
from dsr_report.records.raw_record import RawRecord as RawRecord  # noqa: PLC0414 - what `find` yields
from dsr_report.records.shape_cache import Shapes
from dsr_report.records.sniff import kind_of_text
from dsr_report.records.vocabulary import kind_labelled

_NESTED = frozenset({dict, list})
_IN_LIST = re.compile(r"/data/\d+\Z").match
_MOST_VALUES = 2_000


class _Shape(NamedTuple):
    """What was decided for objects with these very names in these containers.

    `key` reads the members that could decide otherwise (`type`, `event`); `table` has what was decided for
    each of their values; `payload` must hold an object that is no page of a listing; where it is `flat`, no
    member may hold a list or an object.
    """

    table: dict[Any, tuple[str, str]]
    key: Callable[[dict[str, JsonValue]], Any]
    payload: str | None
    flat: bool

    def fits(self, value: dict[str, JsonValue]) -> bool:
        """Whether what was decided holds for this object, too."""
        if self.payload is None:
            return not self.flat or _NESTED.isdisjoint(map(type, value.values()))
        inner = value[self.payload]
        return type(inner) is dict and "data" not in inner


def _no_key(_value: dict[str, JsonValue]) -> None:
    return None


class Classifier:
    """Finds the records in the items of one export; use a new one for each export."""

    def __init__(self, kinds: Sequence[CustomKind] = ()) -> None:
        """`kinds` are the controller's own, tried before all others."""
        self._kinds = tuple(kinds)
        self._shapes: Shapes[tuple[tuple[str, ...], tuple[str, ...]], _Shape] = Shapes()
        self._unknown: Shapes[tuple[str, ...], bool] = Shapes()
        self._walk = LayoutResolver(self._kinds)

    @property
    def is_listening(self) -> bool:
        """Whether something that was read could change what the next object is."""
        return self._walk.listening

    def deciding(self, found: RawRecord) -> tuple[str, ...] | None:
        """The members of a record whose values decide its kind, with all names; None where others do, too."""
        value = found.value
        if type(value) is not dict:
            return None
        shape = self._shapes.get((found.labels, tuple(value)))
        if shape is None:
            return None
        try:
            decided = shape.table.get(shape.key(value))
        except TypeError:
            return None
        if decided != (found.kind, found.rule) or not shape.fits(value):
            return None
        return tuple(discriminators(value))

    def find(self, items: Iterable[Item]) -> Iterator[RawRecord]:
        """The records of `items` in their order, each value in one of them.

        Raises:
            LedgerError: what an item was divided into has more or fewer values than the item. (One that
                becomes a record as it is cannot.)
        """
        shapes = self._shapes
        owed = 0  # values of items that records were not yet made of
        walk = self._walk = LayoutResolver(self._kinds)
        new = tuple.__new__  # a NamedTuple's own constructor takes three times as long
        for pointer, labels, value in items:
            if type(value) is dict and not walk.listening:
                shape = shapes.get((labels, tuple(value)))
                if shape is not None:
                    table, key, payload, flat = shape
                    try:
                        decided = table.get(key(value))
                    except TypeError:  # a list or an object, where a word was expected
                        decided = None
                    if decided is not None and ((payload is None and not flat) or shape.fits(value)):
                        yield new(RawRecord, (decided[0], pointer, value, decided[1], labels))
                        continue
                if value and not self._kinds:
                    decision = decide(value, labels)
                    if decision is not None and decision.is_leaf and not kind_of(decision.kind).holds_records:
                        self._remember(labels, value, decision)
                        yield RawRecord(decision.kind, pointer, value, decision.rule, labels)
                        continue
                    if decision is None and not labels and self._is_unknown(value) and _IN_LIST(pointer):
                        yield RawRecord("unrecognised", pointer, value, "no known keys", labels)
                        continue
            out = walk.item(pointer, labels, value)
            if len(out) != 1 or out[0].value is not value:
                owed += count_values(value) - sum(map(RawRecord.value_count, out))
                if owed and not walk.is_holding:
                    raise _unbalanced(pointer, owed)
            yield from out
        out = walk.end()
        if owed := owed - sum(map(RawRecord.value_count, out)):
            raise _unbalanced(out[0].pointer if out else "", owed)
        yield from out

    def _is_unknown(self, value: dict[str, JsonValue]) -> bool:
        """Whether an object for which nothing was decided is one record, none of its members another."""
        if not _NESTED.isdisjoint(map(type, value.values())):
            return False
        names = tuple(value)
        if (known := self._unknown.get(names)) is None:
            known = not all(map(str.isdigit, names)) and "message" not in map(kind_labelled, names)
            self._unknown.keep(names, names, known)
        return known and not any(isinstance(m, str) and kind_of_text(m) for m in value.values())

    def _remember(
        self, labels: tuple[str, ...], value: dict[str, JsonValue], decision: Classification
    ) -> None:
        if not decision.by_names_alone or (
            decision.flat and not _NESTED.isdisjoint(map(type, value.values()))
        ):
            return
        names = discriminators(value)
        place = (labels, tuple(value))
        shape = self._shapes.get(place)
        told = decision.payload, decision.flat
        if shape is None or len(shape.table) >= _MOST_VALUES or (shape.payload, shape.flat) != told:
            key = itemgetter(*names) if names else _no_key
            shape = _Shape({}, key, *told)
            self._shapes.keep(place, place[1], shape)
        try:
            shape.table[shape.key(value)] = (decision.kind, decision.rule)
        except TypeError:
            del self._shapes[place]


def _unbalanced(pointer: str, owed: int) -> LedgerError:
    return LedgerError(
        f"{abs(owed)} values at or above {pointer or '/'} are in {'no' if owed > 0 else 'two'} records",
        hint="Nothing was written. Please report this: the export has a form that we do not know.",
    )
