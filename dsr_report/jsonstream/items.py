"""Items of an export: elements of `data` and members beside it, with exact JSON values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, compress, repeat
from typing import Final, NamedTuple, TypeAlias, cast, overload

from dsr_report.pointers import join_pointer


class Number(str):
    """A JSON number as text, if Python's int would not write it the same (`1.50`, `1E3`, `-0`).

    Integers that survive a round trip are plain `int`, of any size. No value ever passes through a float.
    """

    __slots__ = ()


Scalar: TypeAlias = str | int | bool | Number | None
JsonValue: TypeAlias = "Scalar | list[JsonValue] | dict[str, JsonValue]"
Container: TypeAlias = "list[JsonValue] | dict[str, JsonValue]"
"""Strings may hold lone surrogates; `dict` names may be `pointers.RepeatedName`."""


class Item(NamedTuple):
    """One separate value: an element of `data`, or a member beside `info` and `data`.

    `labels` are the names of the members on the path from `data` to it, outermost first:
    `{"data": {"clicks": [{…}]}}` gives the label `clicks`. If `data` is a list, each element is one item,
    whatever it contains; deeper containers are split by the reader only if they are too large to hold in
    memory.
    """

    pointer: str
    labels: tuple[str, ...]
    value: JsonValue


class Level(NamedTuple):
    """The lists and objects at one depth, the types of their values, and the set of these types."""

    containers: Sequence[Container]
    types: list[type]
    kinds: set[type]

    @property
    def name_count(self) -> int:
        """The number of members of its objects."""
        if list not in set(map(type, self.containers)):
            return len(self.types)
        return sum(len(each) for each in self.containers if isinstance(each, dict))


class Elements(Sequence[Item]):
    """Consecutive elements of one list, or lines of one file, as items, each made on access.

    Args:
        prefix: of the items' pointers, which end with their numbers.
        first: number of the first element.
        labels: of each element.
        values: the elements.
        levels: the lists and objects among and in them, level by level.
    """

    __slots__ = ("_first", "_prefix", "labels", "levels", "values")

    def __init__(
        self,
        prefix: str,
        first: int,
        labels: tuple[str, ...],
        values: Sequence[JsonValue],
        levels: Sequence[Level],
    ) -> None:
        self._prefix = prefix
        self._first = first
        self.labels = labels
        self.values = values
        self.levels = levels

    @property
    def are_flat(self) -> bool:
        """Whether no element contains a list or an object."""
        return len(self.levels) < 2

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Item]:
        prefix = self._prefix
        pointers = [f"{prefix}{index}" for index in range(self._first, self._first + len(self.values))]
        return map(_ITEM, zip(pointers, repeat(self.labels), self.values, strict=False))

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> list[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | list[Item]:
        if isinstance(place, slice):
            return [self[index] for index in range(len(self.values))[place]]
        index = range(self._first, self._first + len(self.values))[place]
        return Item(f"{self._prefix}{index}", self.labels, self.values[place])


class Numbered(Elements):
    """Consecutive members of one object as items, if all of their names are numbers.

    `labels` are those of the first; the others differ from them in the last number alone.
    """

    __slots__ = ("_items",)

    def __init__(self, items: Sequence[Item], values: Sequence[JsonValue], levels: Sequence[Level]) -> None:
        super().__init__("", 0, items[0].labels, values, levels)
        self._items = items

    def __iter__(self) -> Iterator[Item]:
        return iter(self._items)

    @overload
    def __getitem__(self, place: int) -> Item: ...
    @overload
    def __getitem__(self, place: slice) -> list[Item]: ...
    def __getitem__(self, place: int | slice) -> Item | list[Item]:
        return list(self._items[place]) if isinstance(place, slice) else self._items[place]


_ITEM: Final[Callable[[tuple[str, tuple[str, ...], JsonValue]], Item]] = partial(tuple.__new__, Item)
"""Takes a third of the time of a NamedTuple's own constructor."""


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """A deviation in the input that was tolerated."""

    code: str
    pointer: str
    message: str


def is_container(value: JsonValue) -> bool:
    """Whether `value` is a list or an object; an empty one holds no value."""
    return isinstance(value, (dict, list))


def values(value: JsonValue, pointer: str = "") -> Iterator[tuple[str, Scalar]]:
    """Every value (scalar leaf) at and below `pointer`, with its pointer, in the order of the export.

    An empty list or object holds no value. Iterative, so that nesting cannot exhaust the stack.
    """
    for at, leaf in leaves(value, pointer):
        if not isinstance(leaf, (dict, list)):
            yield at, leaf


def leaves(value: JsonValue, pointer: str = "") -> Iterator[tuple[str, JsonValue]]:
    """Every value at and below `pointer`, and every empty list and object, with its pointer."""
    stack: list[tuple[str, JsonValue]] = [(pointer, value)]
    while stack:
        at, current = stack.pop()
        if not isinstance(current, (dict, list)) or not current:
            yield at, current
        elif isinstance(current, dict):
            stack.extend(
                [  # most names need no call
                    (
                        f"{at}/{key}"
                        if type(key) is str and "~" not in key and "/" not in key
                        else join_pointer(at, key),
                        one,
                    )
                    for key, one in reversed(current.items())
                ]
            )
        else:
            stack.extend([(f"{at}/{i}", current[i]) for i in range(len(current) - 1, -1, -1)])


def containers(value: JsonValue) -> list[Level]:
    """The lists and objects at and below `value`, level by level, as iterating over a level runs in C."""
    levels: list[Level] = []
    found: Sequence[Container] = [value] if isinstance(value, (dict, list)) else []
    while found:
        types = list(map(type, members(found)))
        levels.append(Level(found, types, kinds := set(types)))
        if NESTED.isdisjoint(kinds):
            break
        nested = compress(members(found), map(NESTED.__contains__, types))
        found = cast("list[Container]", list(nested))
    return levels


NESTED = frozenset({dict, list})


def members(of: Sequence[Container]) -> Iterator[JsonValue]:
    """The elements of lists and the member values of objects."""
    if list not in set(map(type, of)):
        return chain.from_iterable(map(dict.values, cast("Sequence[dict[str, JsonValue]]", of)))
    return chain.from_iterable([each if isinstance(each, list) else each.values() for each in of])


def count_values(value: JsonValue) -> int:
    """The number of values (scalar leaves) at and below `value`."""
    levels = [level.containers for level in containers(value)]
    return sum(sum(map(len, level)) for level in levels) - sum(map(len, levels[1:])) if levels else 1


def rough_size(value: JsonValue) -> int:
    """Estimated size of a value in characters; exact but for a constant if its members are mostly text."""
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
    return _OBJECT + sum([len(member) for member in members if isinstance(member, (str, dict, list))])


_OBJECT = 500
"""Characters that an event takes, whatever its content."""
