"""Classification of items by discriminators, labels of containers, key signatures, rows and bare texts.

Every value of the items is in exactly one `RawRecord`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import chain, starmap
from typing import NamedTuple

from dsr_report.errors import LedgerError
from dsr_report.jsonstream.items import NESTED, Item, JsonValue, count_values
from dsr_report.records.alike import Alike, Lot, Objects
from dsr_report.records.classify import Classification, decide
from dsr_report.records.custom import CustomKind
from dsr_report.records.decisions import Decisions, may_hold_records, meaning
from dsr_report.records.kinds import EVENT_KINDS, kind_of
from dsr_report.records.layouts import LayoutResolver
from dsr_report.records.names import normalised_key
from dsr_report.records.raw_record import RawRecord as RawRecord  # noqa: PLC0414 - what `find` yields
from dsr_report.records.rule import Rule, rule
from dsr_report.records.sniff import kind_of_text, texts_of_a_kind
from dsr_report.records.vocabulary import kind_labelled
from dsr_report.sentences import Sentence

_IN_LIST = re.compile(r"/data/\d+\Z").match
_UNKNOWN = "unrecognised"
MOST_KEYS = 50
"""Names by which unrecognised objects are grouped."""


class AlikeRecords(NamedTuple):
    """Alike objects that are records of one kind by one rule."""

    kind: str
    rule: Rule
    alike: Alike
    lot: Lot | None = None
    """The lot of which they are items; None if they are in other records."""

    def one_by_one(self) -> Iterator[RawRecord]:
        """Yield each as a `RawRecord`, without pointer and labels if they are in other records."""
        if self.lot is None:
            return (RawRecord(self.kind, "", value, self.rule, ()) for value in self.alike.values)
        items = self.lot.items([self.alike.values])
        return (RawRecord(self.kind, pointer, value, self.rule, labels) for pointer, labels, value in items)


class Classifier:
    """Finds the records in the items of one export; use a new one for each export."""

    def __init__(self, kinds: Sequence[CustomKind] = ()) -> None:
        """`kinds` are the controller's own, tried before all others."""
        self._kinds = tuple(kinds)
        self._decisions = Decisions()
        self._layouts = LayoutResolver(self._kinds, self._decisions)
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

    def find_alike(self, lots: Iterable[Lot], *, inside: bool) -> Iterator[RawRecord | AlikeRecords]:
        """As `find`, but alike records of a batch are yielded together, before its other records.

        Args:
            lots: the batches.
            inside: whether alike records in others are yielded together, too, without their pointers.

        Raises:
            LedgerError: as `find`.
        """
        for lot in lots:
            others: list[Objects] | None = None
            if lot.alike and not self._layouts.listening:
                others = []
                for alike in lot.alike:
                    yield from self._recognise(lot, alike, others)
            found = chain.from_iterable(starmap(self._records_of, lot.items(others)))
            yield from _together(found) if inside else found
        yield from self._end()

    def _recognise(self, lot: Lot, alike: Alike, others: list[Objects]) -> Iterator[AlikeRecords]:
        """Yield groups of alike records; objects to classify one by one are added to `others`."""
        shape = self._decisions.shape(lot.labels, alike.names)
        if shape is None:
            others.append(alike.values)
            return
        try:
            keys = list(map(shape.key, alike.values))
            meanings = {key: word for key in set(keys) if (word := meaning(key)) != key}
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
                yield AlikeRecords(decided.kind, decided.rule, parts[False], lot)

    def _records_of(self, pointer: str, labels: tuple[str, ...], value: JsonValue) -> Sequence[RawRecord]:
        """The records that are decided with this item; others may be held back."""
        layouts = self._layouts
        if type(value) is dict and not layouts.listening:
            decided = self._decisions.known(labels, value)
            if decided is not None and (
                decided.kind != _UNKNOWN or (self._is_unknown(value) and _IN_LIST(pointer))
            ):
                return (RawRecord(decided.kind, pointer, value, decided.rule, labels),)
            if value and not self._kinds:
                decision = decide(value, labels)
                holds = decision is not None and kind_of(decision.kind).holds_records
                if decision is not None and decision.is_leaf and not (holds and may_hold_records(value)):
                    self._decisions.remember(labels, value, decision)
                    return (RawRecord(decision.kind, pointer, value, decision.rule, labels),)
                if decision is None and not labels and self._is_unknown(value) and _IN_LIST(pointer):
                    unknown = Classification(_UNKNOWN, rule("no-known-keys"), by_names_alone=False)
                    if len(value) <= MOST_KEYS:
                        self._decisions.remember(labels, value, unknown)
                    return (RawRecord(unknown.kind, pointer, value, unknown.rule, labels),)
        out = layouts.item(pointer, labels, value)
        if len(out) != 1 or out[0].value is not value:
            self._owed += count_values(value) - _count_all(out)
            if self._owed and not layouts.is_holding:
                raise _imbalance(pointer, self._owed)
        return out

    def _end(self) -> Sequence[RawRecord]:
        """The records that were held back until the last item."""
        out = self._layouts.end()
        if owed := self._owed - _count_all(out):
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


def _together(found: Iterable[RawRecord]) -> Iterator[RawRecord | AlikeRecords]:
    """Yield alike records together, and before them those that are to be looked at one by one."""
    alike: dict[tuple[str, Rule, tuple[str, ...]], Objects] = defaultdict(list)
    for one in found:
        if one.kind in EVENT_KINDS and isinstance(one.value, dict):
            alike[one.kind, one.rule, tuple(one.value)].append(_plain(one.value))
        else:
            yield one
    for (kind, why, names), values in alike.items():
        yield AlikeRecords(kind, why, Alike(frozenset(names), values, is_flat=False))


def _plain(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    return value if type(value) is dict else dict(value)


def _count_all(found: Iterable[RawRecord]) -> int:
    """The number of values of several records, counted together."""
    return count_values([_plain(one.value) if isinstance(one.value, dict) else one.value for one in found])


def _imbalance(pointer: str, owed: int) -> LedgerError:
    return LedgerError(
        Sentence("{count} values at or above {pointer} are in no record", count=owed, pointer=pointer or "/")
        if owed > 0
        else Sentence(
            "{count} values at or above {pointer} are in two records", count=-owed, pointer=pointer or "/"
        ),
        hint="Nothing was written. Please report this: the export has a form that we do not know.",
    )
