"""Groups a batch's objects by the names of their members, so that equal shapes are classified together.

Most exports are long lists of objects that have one of a few sets of names. What such objects have in common
(their kind, the member that dates them, whether a name can stand for a key) is looked up once for all of them
in a batch, and their values are walked through in C.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from itertools import chain
from typing import NamedTuple, cast

from dsr_report.jsonstream.items import Elements, Item, JsonValue, count_values
from dsr_report.records.vocabulary import normalised_key

Names = frozenset[str]
_Object = dict[str, JsonValue]
Objects = list[_Object]
Groups = dict[Names, Objects]
_WRAPPED = 2  # levels: objects, and flat objects in them


def shape_of(names: Collection[str]) -> Names | tuple[str, ...]:
    """Cache key of an object's shape: its set of names, or their order if two are equal once normalised."""
    as_set = frozenset(names)
    return as_set if len(set(map(normalised_key, as_set))) == len(as_set) else tuple(names)


def by_names(objects: Iterable[dict[str, JsonValue]]) -> Groups:
    """Group objects by their set of names."""
    orders: dict[tuple[str, ...], Objects] = defaultdict(list)
    for members in objects:
        orders[tuple(members)].append(members)  # a tuple is made and hashed faster than a set
    found: Groups = {}
    for order, alike in orders.items():
        found.setdefault(frozenset(order), []).extend(alike)
    return found


class Inner(NamedTuple):
    """The only nested member of alike objects; its values are flat objects with equal names."""

    name: str
    names: Names
    values: Objects


class Alike:
    """Elements of one list that are objects with the same names.

    Args:
        names: their names.
        values: the objects.
        is_flat: whether none of their members is a list or an object.
        inner: their only nested member, if its values are flat and alike, too.
    """

    def __init__(self, names: Names, values: Objects, *, is_flat: bool, inner: Inner | None = None) -> None:
        self.names = names
        self.values = values
        self.is_flat = is_flat
        self.inner = inner

    @property
    def value_count(self) -> int:
        """How many values (scalar leaves) the objects hold."""
        if self.is_flat:
            return len(self.names) * len(self.values)
        if self.inner is not None:
            return (len(self.names) - 1 + len(self.inner.names)) * len(self.values)
        return count_values([*self.values])

    def under(self, name: str) -> Groups | None:
        """The objects in member `name`, grouped by names; None if any of its values is not an object."""
        if self.inner is not None and self.inner.name == name:
            return {self.inner.names: self.inner.values}
        column = [value[name] for value in self.values]
        return by_names(cast("Objects", column)) if set(map(type, column)) == {dict} else None

    def divided(self, keys: Sequence[Hashable]) -> dict[Hashable, Alike]:
        """Partition the objects by `keys`, which has the key of each."""
        different = set(keys)
        if len(different) == 1:
            return dict.fromkeys(different, self)
        places: dict[Hashable, list[int]] = defaultdict(list)
        for place, key in enumerate(keys):
            places[key].append(place)
        return {key: self._at(of_key) for key, of_key in places.items()}

    def _at(self, places: list[int]) -> Alike:
        inner = self.inner and self.inner._replace(values=[self.inner.values[place] for place in places])
        return Alike(self.names, [self.values[place] for place in places], is_flat=self.is_flat, inner=inner)


class Lot:
    """A batch's items; if all are objects in one list, they are also grouped by their names (`alike`)."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = items
        self.labels: tuple[str, ...] = ()
        self.alike: list[Alike] = []
        if isinstance(items, Elements) and set(map(type, items.values)) == {dict}:
            self.labels = items.labels
            groups = by_names(cast("Sequence[dict[str, JsonValue]]", items.values))
            if len(items.levels) == _WRAPPED and len(items.levels[1].containers) == len(items):
                self.alike = _unwrap(groups)
            self.alike = self.alike or [
                Alike(names, values, is_flat=items.are_flat) for names, values in groups.items()
            ]

    @property
    def is_known(self) -> bool:
        """Whether `alike` covers all objects in it, at any depth."""
        return bool(self.alike) and all(alike.is_flat or alike.inner for alike in self.alike)

    @property
    def names_within(self) -> set[Names]:
        """The names of all objects within the items, at any depth."""
        levels = self._items.levels[1:] if isinstance(self._items, Elements) else ()
        return {frozenset(each) for level in levels for each in level.containers if isinstance(each, dict)}

    def items(self, values: list[Objects] | None = None) -> Iterable[Item]:
        """All items, or those whose value is among `values`, in the order of the export."""
        if values is None:
            return self._items
        wanted = set(map(id, chain.from_iterable(values)))
        return (item for item in self._items if id(item[2]) in wanted) if wanted else ()

    @property
    def first(self) -> Item:
        """The first item."""
        return self._items[0]


def _unwrap(groups: Groups) -> list[Alike]:
    """Group objects that hold exactly one flat object each; empty if one of them does not.

    A batch has as many inner objects as outer ones, so that each outer object has exactly one if each has one
    under the same name.
    """
    found: list[Alike] = []
    for names, values in groups.items():
        name = next((name for name, member in values[0].items() if type(member) is dict), None)
        if name is None:
            return []
        column = [value[name] for value in values]
        if set(map(type, column)) != {dict}:
            return []
        pairs: dict[tuple[str, ...], list[tuple[_Object, _Object]]] = defaultdict(list)
        for pair in zip(values, cast("Objects", column), strict=True):
            pairs[tuple(pair[1])].append(pair)
        for order, of_order in pairs.items():
            outer, inner = map(list, zip(*of_order, strict=True))
            found.append(Alike(names, outer, is_flat=False, inner=Inner(name, frozenset(order), inner)))
    return found
