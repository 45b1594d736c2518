"""Remembered classifications of objects, by the names of their members and the labels of their containers."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any, NamedTuple

from dsr_report.jsonstream.items import NESTED, JsonValue
from dsr_report.records.alike import Alike, Names, shape_of
from dsr_report.records.classify import Classification, discriminators
from dsr_report.records.kinds import kind_of, kinds_cache
from dsr_report.records.logs import columns_of_log
from dsr_report.records.names import normalised_key
from dsr_report.records.request_header import HEADERS, clue_of_header, request_clue
from dsr_report.records.rule import Rule
from dsr_report.records.shape_cache import Shapes
from dsr_report.records.vocabulary import kind_named

_MOST_VALUES = 2_000
"""Maximum discriminator values in one cached shape; beyond it, the shape is started anew."""


class Decided(NamedTuple):
    """A cached decision for objects with the same names and the same discriminator values.

    `holds_records` if records of the kind may contain others. The member `payload` must be an object that is
    no page of a listing. If `flat`, no member may be a list or an object.
    """

    kind: str
    rule: Rule
    holds_records: bool
    payload: str | None
    flat: bool

    def fits(self, value: dict[str, JsonValue]) -> bool:
        """Whether the decision applies to an object."""
        if self.holds_records and may_hold_records(value):
            return False
        if self.payload is None:
            return not self.flat or NESTED.isdisjoint(map(type, value.values()))
        inner = value[self.payload]
        return type(inner) is dict and "data" not in inner

    def fits_all(self, alike: Alike) -> bool:
        """Whether the decision applies to all of some alike objects."""
        if self.holds_records and not alike.is_flat and not alike.inner:
            return all(map(self.fits, alike.values))
        if self.payload is None:
            return not self.flat or alike.is_flat or all(map(self.fits, alike.values))
        inner = alike.under(self.payload)
        return inner is not None and not any("data" in names for names in inner)


class Shape(NamedTuple):
    """Cached decisions for objects with the same names and container labels.

    `key` reads the discriminators (`type`, `event`); `table` maps the meaning of their values to decisions.
    With `by_request`, `key` reads the header of the request, too.
    """

    table: dict[Any, Decided]
    key: Callable[[dict[str, JsonValue]], Any]
    by_request: bool

    def decision_for(self, value: dict[str, JsonValue]) -> Decided | None:
        """The cached decision, or None if it does not apply to this object."""
        try:
            decided = self.table.get(meaning(self.key(value)))
        except TypeError:  # a list or an object, where a word was expected
            return None
        return decided if decided is not None and decided.fits(value) else None


class Decisions:
    """Decisions by shape."""

    def __init__(self) -> None:
        self._shapes: Shapes[tuple[tuple[str, ...], Names | tuple[str, ...]], Shape] = Shapes()

    def shape(self, labels: tuple[str, ...], names: Names) -> Shape | None:
        """The decisions for objects with these names in a container with these labels."""
        return self._shapes.get((without_number(labels), names))

    def known(self, labels: tuple[str, ...], value: dict[str, JsonValue]) -> Decided | None:
        """The decision for an object, or None if there was none like it."""
        labels = without_number(labels)
        shape = self._shapes.get((labels, frozenset(value))) or self._shapes.get((labels, tuple(value)))
        return None if shape is None else shape.decision_for(value)

    def remember(
        self, labels: tuple[str, ...], value: dict[str, JsonValue], decision: Classification
    ) -> None:
        """Remember the decision for all objects to which it applies, if the object itself is one of them."""
        is_flat = NESTED.isdisjoint(map(type, value.values()))
        flat = decision.flat or not decision.by_names_alone  # without nested values, the names alone decide
        if flat and not is_flat:
            return
        names = discriminators(value)
        place = (without_number(labels), shape_of(value))
        shape = self._shapes.get(place)
        if shape is None or len(shape.table) >= _MOST_VALUES or shape.by_request < decision.by_request:
            key: Callable[[dict[str, JsonValue]], Any] = itemgetter(*names) if names else _no_key
            if decision.by_request:
                key = _with_request(key, value)
            shape = Shape({}, key, decision.by_request)
            self._shapes.keep(place, value, shape)
        holds = kind_of(decision.kind).holds_records
        try:
            shape.table[meaning(shape.key(value))] = Decided(
                decision.kind, decision.rule, holds, decision.payload, flat
            )
        except TypeError:
            del self._shapes[place]


def meaning(key: Any) -> Any:
    """Discriminator values, with an empty text for each word that names no kind."""
    if isinstance(key, str):
        return key if _may_name_kind(key) else ""
    return tuple(map(meaning, key)) if type(key) is tuple else key


@kinds_cache(maxsize=16384)
def _may_name_kind(word: str) -> bool:
    return kind_named(word) is not None or columns_of_log(word) is not None


def may_hold_records(value: dict[str, JsonValue]) -> bool:
    """Whether a list or object in an object has a list or object in it."""
    return any(
        not NESTED.isdisjoint(map(type, member.values() if isinstance(member, dict) else member))
        for member in value.values()
        if isinstance(member, (dict, list))
    )


def without_number(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Labels that decide as these do: a number in place of a name is skipped (`classify.label_kind`)."""
    return (*labels[:-1], "0") if labels and labels[-1].isdigit() else labels


def _no_key(_value: dict[str, JsonValue]) -> None:
    return None


def _with_request(
    key: Callable[[dict[str, JsonValue]], Any], like: dict[str, JsonValue]
) -> Callable[[dict[str, JsonValue]], Any]:
    """Extend a key by the clue in a request's header, for objects with the names of `like`."""
    headers = [name for name in like if normalised_key(name) in HEADERS]
    if len(headers) != 1:
        return lambda value: (key(value), request_clue(value))
    (header,) = headers
    return lambda value: (key(value), clue_of_header(value[header]))
