"""Groups a batch's objects by the names of their members, so that equal shapes are classified together.

Most exports are long lists of objects that have one of a few sets of names. Shared properties of such objects
(their kind, the member that dates them, whether a name can stand for a key) are looked up once for all
of them in a batch, and their values are iterated in C.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple, cast

from dsr_report.jsonstream.items import Container, Elements, Item, JsonValue, Level, containers, count_values
from dsr_report.pointers import tokens
from dsr_report.records.names import normalised_key

Names = frozenset[str]
_Object = dict[str, JsonValue]
Objects = list[_Object]
Groups = dict[Names, Objects]
Lists = list[tuple[Container, list[JsonValue]]]
"""Lists, or objects that PHP wrote for lists, each with its elements."""
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
        self.pointer = items[0].pointer if items else ""
        self.alike: list[Alike] = []
        if isinstance(items, Elements) and set(map(type, items.values)) == {dict}:
            self.labels = items.labels
            groups = by_names(cast("Sequence[dict[str, JsonValue]]", items.values))
            if len(items.levels) == _WRAPPED and len(items.levels[1].containers) == len(items):
                self.alike = _unwrap(groups)
            self.alike = self.alike or [
                Alike(names, values, is_flat=items.are_flat) for names, values in groups.items()
            ]

    @cached_property
    def _levels(self) -> Sequence[Level]:
        if isinstance(self._items, Elements):
            return self._items.levels
        return containers([item[2] for item in self._items])[1:]

    def names_above(self) -> set[str]:
        """The last two pointer tokens of the items; the elements of one list share them."""
        items = self._items[:1] if isinstance(self._items, Elements) else self._items
        return {token for item in items for token in tokens(item.pointer)[-2:]}

    def objects(self) -> Iterable[tuple[Names, Objects]]:
        """Items that are objects, grouped by their names."""
        if self.alike:
            return [(alike.names, alike.values) for alike in self.alike]
        return _objects_of(self._levels[:1])

    def objects_within(self) -> Iterable[tuple[Names, Objects]]:
        """Objects nested in the items, at any depth, grouped by their names."""
        if self.alike and all(alike.is_flat or alike.inner for alike in self.alike):
            return [(alike.inner.names, alike.inner.values) for alike in self.alike if alike.inner]
        return _objects_of(self._levels[1:])

    def lists(self) -> Lists:
        """All lists, among the items and nested in them."""
        if self.alike and all(alike.is_flat or alike.inner for alike in self.alike):
            return []
        return [(each, each) for level in self._levels for each in level.containers if isinstance(each, list)]

    def pointers(self, values: Objects) -> list[str]:
        """The pointers of the items with these values."""
        return list(map(self._places.__getitem__, map(id, values)))

    @cached_property
    def _places(self) -> dict[int, str]:
        return {id(item[2]): item[0] for item in self._items}

    def items(self, values: list[Objects] | None = None) -> Iterable[Item]:
        """All items, or those whose value is among `values`, in the order of the export."""
        if values is None:
            return self._items
        wanted = set(map(id, chain.from_iterable(values)))
        return (item for item in self._items if id(item[2]) in wanted) if wanted else ()


def _objects_of(levels: Iterable[Level]) -> Iterable[tuple[Names, Objects]]:
    for level in levels:
        yield from by_names(each for each in level.containers if isinstance(each, dict)).items()


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
        orders: dict[tuple[str, ...], list[tuple[_Object, _Object]]] = defaultdict(list)
        for pair in zip(values, cast("Objects", column), strict=True):
            orders[tuple(pair[1])].append(pair)
        pairs: dict[Names, list[tuple[_Object, _Object]]] = defaultdict(list)
        for order, of_order in orders.items():
            pairs[frozenset(order)] += of_order
        for inner_names, of_names in pairs.items():
            outer, inner = map(list, zip(*of_names, strict=True))
            found.append(Alike(names, outer, is_flat=False, inner=Inner(name, inner_names, inner)))
    return found
