"""Classification of items by discriminators, labels of containers, key signatures, rows and bare texts.

Every value of the items is in exactly one `RawRecord`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from dsr_report.errors import LedgerError
from dsr_report.jsonstream.items import NESTED, Item, JsonValue, count_values
from dsr_report.records.alike import Alike, Lot, Names, Objects, shape_of
from dsr_report.records.classify import Classification, decide, discriminators
from dsr_report.records.custom import CustomKind
from dsr_report.records.kinds import kind_of, kinds_cache
from dsr_report.records.layouts import LayoutResolver
from dsr_report.records.logs import columns_of_log
from dsr_report.records.names import normalised_key
from dsr_report.records.raw_record import RawRecord as RawRecord  # noqa: PLC0414 - what `find` yields
from dsr_report.records.request_header import HEADERS, clue_of_header, request_clue
from dsr_report.records.rule import Rule, rule
from dsr_report.records.shape_cache import Shapes
from dsr_report.records.sniff import kind_of_text, texts_of_a_kind
from dsr_report.records.vocabulary import kind_labelled, kind_named
from dsr_report.sentences import Sentence

_IN_LIST = re.compile(r"/data/\d+\Z").match
_MOST_VALUES = 2_000
"""Maximum discriminator values in one cached shape; beyond it, the shape is started anew."""
_UNKNOWN = "unrecognised"
MOST_KEYS = 50
"""Names by which unrecognised objects are grouped."""


class _Decided(NamedTuple):
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
        if self.holds_records and _may_hold_records(value):
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


class _Shape(NamedTuple):
    """Cached decisions for objects with the same names and container labels.

    `key` reads the discriminators (`type`, `event`); `table` maps the meaning of their values to decisions.
    With `by_request`, `key` reads the header of the request, too.
    """

    table: dict[Any, _Decided]
    key: Callable[[dict[str, JsonValue]], Any]
    by_request: bool

    def decision_for(self, value: dict[str, JsonValue]) -> _Decided | None:
        """The cached decision, or None if it does not apply to this object."""
        try:
            decided = self.table.get(_meaning(self.key(value)))
        except TypeError:  # a list or an object, where a word was expected
            return None
        return decided if decided is not None and decided.fits(value) else None


def _meaning(key: Any) -> Any:
    """Discriminator values, with an empty text for each word that names no kind."""
    if isinstance(key, str):
        return key if _may_name_kind(key) else ""
    return tuple(map(_meaning, key)) if type(key) is tuple else key


@kinds_cache(maxsize=16384)
def _may_name_kind(word: str) -> bool:
    return kind_named(word) is not None or columns_of_log(word) is not None


def _may_hold_records(value: dict[str, JsonValue]) -> bool:
    """Whether a list or object in an object has a list or object in it."""
    return any(
        not NESTED.isdisjoint(map(type, member.values() if isinstance(member, dict) else member))
        for member in value.values()
        if isinstance(member, (dict, list))
    )


def _without_number(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Labels that decide as these do: a number in place of a name is skipped (`classify.label_kind`)."""
    return (*labels[:-1], "0") if labels and labels[-1].isdigit() else labels


def _no_key(_value: dict[str, JsonValue]) -> None:
    return None


class AlikeRecords(NamedTuple):
    """Alike objects that are records of one kind by one rule."""

    kind: str
    rule: Rule
    alike: Alike

    def one_by_one(self) -> Iterator[RawRecord]:
        """Yield each as a `RawRecord` without pointer and labels."""
        return (RawRecord(self.kind, "", value, self.rule, ()) for value in self.alike.values)


class Classifier:
    """Finds the records in the items of one export; use a new one for each export."""

    def __init__(self, kinds: Sequence[CustomKind] = ()) -> None:
        """`kinds` are the controller's own, tried before all others."""
        self._kinds = tuple(kinds)
        self._shapes: Shapes[tuple[tuple[str, ...], Names | tuple[str, ...]], _Shape] = Shapes()
        self._layouts = LayoutResolver(self._kinds)
        self._owed = 0  # number of values of items that are in no record yet

    def find(self, items: Iterable[Item]) -> Iterator[RawRecord]:
        """The records of `items` in their order, each value in one of them.

        Raises:
            LedgerError: the records of an item have more or fewer values than the item. (An item that becomes
                one record unchanged is not checked.)
        """
        for item in items:
            yield from self._records_of(*item)
        yield from self._end()

    def find_alike(self, lots: Iterable[Lot]) -> Iterator[RawRecord | AlikeRecords]:
        """As `find`, but alike records of a batch are yielded together, before its other records.

        Raises:
            LedgerError: as `find`.
        """
        for lot in lots:
            others: list[Objects] | None = None
            if lot.alike and not self._layouts.listening:
                others = []
                labels = _without_number(lot.labels)
                for alike in lot.alike:
                    yield from self._recognise(lot, labels, alike, others)
            for item in lot.items(others):
                yield from self._records_of(*item)
        yield from self._end()

    def _recognise(
        self, lot: Lot, labels: tuple[str, ...], alike: Alike, others: list[Objects]
    ) -> Iterator[AlikeRecords]:
        """Yield groups of alike records; objects to classify one by one are added to `others`."""
        shape = self._shapes.get((labels, alike.names))
        if shape is None:
            others.append(alike.values)
            return
        try:
            keys = list(map(shape.key, alike.values))
            meanings = {key: meaning for key in set(keys) if (meaning := _meaning(key)) != key}
        except TypeError:  # a list or an object, where a word was expected
            others.append(alike.values)
            return
        if meanings:
            keys = [meanings.get(key, key) for key in keys]
        for key, part in alike.divided(keys).items():
            decided = shape.table.get(key)
            if decided is None or not decided.fits_all(part):
                others.append(part.values)
                continue
            parts: dict[Hashable, Alike] = {False: part}
            if decided.kind == _UNKNOWN:
                telling = texts_of_a_kind(part.values) if _IN_LIST(lot.pointer) else None
                if telling is None or telling:
                    parts = part.divided(
                        [telling is None or not telling.isdisjoint(v.values()) for v in part.values]
                    )
            others += [parts[True].values] if True in parts else []
            if False in parts:
                yield AlikeRecords(decided.kind, decided.rule, parts[False])

    def _records_of(self, pointer: str, labels: tuple[str, ...], value: JsonValue) -> Sequence[RawRecord]:
        """The records that are decided with this item; others may be held back."""
        layouts = self._layouts
        if type(value) is dict and not layouts.listening:
            of = _without_number(labels)
            shape = self._shapes.get((of, frozenset(value))) or self._shapes.get((of, tuple(value)))
            if (
                shape is not None
                and (decided := shape.decision_for(value)) is not None
                and (decided.kind != _UNKNOWN or (self._is_unknown(value) and _IN_LIST(pointer)))
            ):
                return (RawRecord(decided.kind, pointer, value, decided.rule, labels),)
            if value and not self._kinds:
                decision = decide(value, labels)
                holds = decision is not None and kind_of(decision.kind).holds_records
                if decision is not None and decision.is_leaf and not (holds and _may_hold_records(value)):
                    self._remember(labels, value, decision)
                    return (RawRecord(decision.kind, pointer, value, decision.rule, labels),)
                if decision is None and not labels and self._is_unknown(value) and _IN_LIST(pointer):
                    unknown = Classification(_UNKNOWN, rule("no-known-keys"), by_names_alone=False)
                    if len(value) <= MOST_KEYS:
                        self._remember(labels, value, unknown)
                    return (RawRecord(unknown.kind, pointer, value, unknown.rule, labels),)
        out = layouts.item(pointer, labels, value)
        if len(out) != 1 or out[0].value is not value:
            self._owed += count_values(value) - sum(map(RawRecord.value_count, out))
            if self._owed and not layouts.is_holding:
                raise _imbalance(pointer, self._owed)
        return out

    def _end(self) -> Sequence[RawRecord]:
        """The records that were held back until the last item."""
        out = self._layouts.end()
        if owed := self._owed - sum(map(RawRecord.value_count, out)):
            raise _imbalance(out[0].pointer if out else "", owed)
        return out

    def _is_unknown(self, value: dict[str, JsonValue]) -> bool:
        """Whether an unclassified object is a single record, and no member can be another."""
        if not NESTED.isdisjoint(map(type, value.values())):
            return False
        names = list(map(normalised_key, value))
        return not (
            all(map(str.isdigit, names))
            or "message" in map(kind_labelled, value)
            or any(isinstance(member, str) and kind_of_text(member) for member in value.values())
        )

    def _remember(
        self, labels: tuple[str, ...], value: dict[str, JsonValue], decision: Classification
    ) -> None:
        is_flat = NESTED.isdisjoint(map(type, value.values()))
        flat = decision.flat or not decision.by_names_alone  # without nested values, the names alone decide
        if flat and not is_flat:
            return
        names = discriminators(value)
        place = (_without_number(labels), shape_of(value))
        shape = self._shapes.get(place)
        if shape is None or len(shape.table) >= _MOST_VALUES or shape.by_request < decision.by_request:
            key: Callable[[dict[str, JsonValue]], Any] = itemgetter(*names) if names else _no_key
            if decision.by_request:
                key = _with_request(key, value)
            shape = _Shape({}, key, decision.by_request)
            self._shapes.keep(place, value, shape)
        holds = kind_of(decision.kind).holds_records
        try:
            shape.table[_meaning(shape.key(value))] = _Decided(
                decision.kind, decision.rule, holds, decision.payload, flat
            )
        except TypeError:
            del self._shapes[place]


def _with_request(
    key: Callable[[dict[str, JsonValue]], Any], like: dict[str, JsonValue]
) -> Callable[[dict[str, JsonValue]], Any]:
    """Extend a key by the clue in a request's header, for objects with the names of `like`."""
    headers = [name for name in like if normalised_key(name) in HEADERS]
    if len(headers) != 1:
        return lambda value: (key(value), request_clue(value))
    (header,) = headers
    return lambda value: (key(value), clue_of_header(value[header]))


def _imbalance(pointer: str, owed: int) -> LedgerError:
    return LedgerError(
        Sentence("{count} values at or above {pointer} are in no record", count=owed, pointer=pointer or "/")
        if owed > 0
        else Sentence(
            "{count} values at or above {pointer} are in two records", count=-owed, pointer=pointer or "/"
        ),
        hint="Nothing was written. Please report this: the export has a form that we do not know.",
    )
