"""What reading an export yields: items of `data` and of what stands beside it, with exact JSON values."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from dsr_report.pointers import escaped


class Number(str):
    """A JSON number as it was written, where Python's int would not write it the same (`1.50`, `1E3`, `-0`).

    Integers that survive a round trip are plain `int`, of any size. No value ever passes through a float.
    """

    __slots__ = ()


Scalar: TypeAlias = str | int | bool | Number | None
JsonValue: TypeAlias = "Scalar | list[JsonValue] | dict[str, JsonValue]"
"""Strings may hold lone surrogates; `dict` names may be `pointers.RepeatedName`."""


_SCALARS = frozenset({str, int, bool, Number, type(None)})


class Item(NamedTuple):
    """One value that stands on its own: an element of `data`, or a member beside `info` and `data`.

    `labels` are the names of the objects' members that were passed on the way from `data` to it, outermost
    first: `{"data": {"clicks": [{…}]}}` gives the label `clicks`. Where `data` is a list, an element of it
    is one item, whatever it holds; deeper containers are only taken apart by the reader where they are too
    large to hold in memory.
    """

    pointer: str
    labels: tuple[str, ...]
    value: JsonValue


@dataclass(frozen=True, slots=True)
class ReadWarning:
    """Something odd that was read all the same."""

    code: str
    pointer: str
    message: str


def is_container(value: JsonValue) -> bool:
    """Whether `value` is a list or an object (of which an empty one holds no value)."""
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
        if not current and isinstance(current, (dict, list)):
            yield at, current
        elif isinstance(current, dict):
            stack.extend([(f"{at}/{escaped(key)}", member) for key, member in reversed(current.items())])
        elif isinstance(current, list):
            stack.extend([(f"{at}/{i}", current[i]) for i in range(len(current) - 1, -1, -1)])
        else:
            yield at, current


def count_values(value: JsonValue) -> int:
    """How many values (scalar leaves) there are at and below `value`."""
    total = 0
    stack: list[JsonValue] = [value]
    while stack:
        current = stack.pop()
        if isinstance(current, dict):
            members: Collection[JsonValue] = current.values()
        elif isinstance(current, list):
            members = current
        else:
            total += 1
            continue
        if _SCALARS.issuperset(map(type, members)):  # most objects; several times as fast
            total += len(members)
            continue
        nested = [member for member in members if isinstance(member, (dict, list))]
        total += len(members) - len(nested)
        stack += nested
    return total


def rough_size(value: JsonValue) -> int:
    """About how many characters a value takes, at a glance: exact where most of it is text in its members."""
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
    return _OBJECT + sum([len(member) for member in members if isinstance(member, (str, dict, list))])


_OBJECT = 500
"""What an event takes, whatever it says."""
