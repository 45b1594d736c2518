"""Items of a batch, divided by the names of their members, so that what is alike is looked at together.

Most exports are long lists of objects that have one of a few sets of names. What such objects have in common
(their kind, the member that dates them, whether a name can stand for a key) is looked up once for all of them
in a batch, and their values are walked through in C.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from itertools import chain
from typing import cast

from dsr_report.jsonstream.items import Elements, Item, JsonValue, count_values
from dsr_report.records.vocabulary import normalised_key

Names = frozenset[str]
Objects = list[dict[str, JsonValue]]
Groups = dict[Names, Objects]
_WRAPPED = 2  # levels: objects, and flat objects in them


def shape_of(names: Collection[str]) -> Names | tuple[str, ...]:
    """The set of an object's names; where two of them read alike, their order, as the first one counts."""
    as_set = frozenset(names)
    return as_set if len(set(map(normalised_key, as_set))) == len(as_set) else tuple(names)


def by_names(objects: Iterable[dict[str, JsonValue]]) -> Groups:
    """Objects by the set of their names."""
    orders: dict[tuple[str, ...], Objects] = defaultdict(list)
    for members in objects:
        orders[tuple(members)].append(members)  # a tuple is made and hashed faster than a set
    found: Groups = {}
    for order, alike in orders.items():
        found.setdefault(frozenset(order), []).extend(alike)
    return found


class Alike:
    """Elements of one list that are objects with the same names.

    Args:
        names: their names.
        values: the objects.
        is_flat: whether none of their members is a list or an object.
        wraps: the name of the only member that is an object, and flat; where that is known.
    """

    def __init__(self, names: Names, values: Objects, *, is_flat: bool, wraps: str | None = None) -> None:
        self.names = names
        self.values = values
        self.is_flat = is_flat
        self.wraps = wraps

        self._under: dict[str, Groups | None] = {}

    @property
    def value_count(self) -> int:
        """How many values (scalar leaves) the objects hold."""
        if self.is_flat:
            return len(self.names) * len(self.values)
        groups = self.under(self.wraps) if self.wraps is not None else None
        if groups is None:
            return count_values([*self.values])
        around = (len(self.names) - 1) * len(self.values)
        return around + sum(len(names) * len(objects) for names, objects in groups.items())

    def under(self, name: str) -> Groups | None:
        """The objects under one of their names, by names; None where something else stands there, too."""
        if name not in self._under:
            column = [value[name] for value in self.values]
            are_objects = set(map(type, column)) == {dict}
            self._under[name] = by_names(cast("Objects", column)) if are_objects else None
        return self._under[name]


class Lot:
    """The items of a batch, and their values by their names, where all are objects in one list."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self.labels: tuple[str, ...] = ()
        self.alike: list[Alike] = []
        if isinstance(items, Elements) and set(map(type, items.values)) == {dict}:
            self.labels = items.labels
            objects = cast("Sequence[dict[str, JsonValue]]", items.values)
            self.alike = [
                Alike(names, values, is_flat=items.are_flat) for names, values in by_names(objects).items()
            ]
            if len(items.levels) == _WRAPPED and len(items.levels[1].containers) == len(items):
                self._note_wrappers()

    def _note_wrappers(self) -> None:
        """Note which member holds an object, where each item has one: as many as there are."""
        names = [
            next((name for name, member in alike.values[0].items() if type(member) is dict), None)
            for alike in self.alike
        ]
        if all(
            name is not None and alike.under(name) is not None
            for name, alike in zip(names, self.alike, strict=True)
        ):
            for name, alike in zip(names, self.alike, strict=True):
                alike.wraps = name

    @property
    def inner(self) -> set[Names]:
        """The names of all objects within the items, at any depth."""
        if self.alike and all(alike.wraps is not None for alike in self.alike):
            return {names for alike in self.alike for names in alike.under(alike.wraps or "") or ()}
        levels = self._items.levels[1:] if isinstance(self._items, Elements) else ()
        return {frozenset(each) for level in levels for each in level.containers if isinstance(each, dict)}

    def items(self, values: list[Objects] | None = None) -> Iterable[Item]:
        """All items, or those of some of the values, in the order of the export."""
        if values is None:
            return self._items
        wanted = set(map(id, chain.from_iterable(values)))
        return (item for item in self._items if id(item[2]) in wanted) if wanted else ()

    @property
    def first(self) -> Item:
        """The first item."""
        return self._items[0]
