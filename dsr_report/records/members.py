"""A record's members and values, each with its pointer, before anything is parsed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dsr_report.jsonstream.items import JsonValue, Scalar, leaves, values
from dsr_report.pointers import join_pointer


class Members(dict[str, JsonValue]):
    """Members of a record that are not one object: a row's cells, or what is left of a split object.

    `places` gives each member's pointer below the record's own pointer (`{"time": "/1"}`), so that a record
    read from a row has names, and its values still have their true pointers.
    """

    __slots__ = ("places",)

    def __init__(self, members: dict[str, JsonValue], places: dict[str, str]) -> None:
        super().__init__(members)
        self.places = places


class Member(NamedTuple):
    """One named value of a record, with its pointer in the export."""

    name: str
    pointer: str
    value: JsonValue


def with_unique_names(members: Iterable[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    """Members as an object; a second one of a name is `name (2)`."""
    result: dict[str, JsonValue] = {}
    counts: dict[str, int] = {}
    for name, value in members:
        text = str(name)
        count = counts.get(text, 0) + 1
        unique = text if count == 1 else f"{text} ({count})"
        while unique in result:
            count += 1
            unique = f"{text} ({count})"
        counts[text] = count
        result[unique] = value
    return result


def values_of(value: JsonValue, pointer: str) -> Iterator[tuple[str, Scalar]]:
    """Every scalar value of a record at `pointer`, each with its own pointer."""
    if isinstance(value, Members):
        for name, member in value.items():
            yield from values(member, pointer + value.places[name])
    else:
        yield from values(value, pointer)


def leaves_of(value: JsonValue, pointer: str) -> Iterator[tuple[str, JsonValue]]:
    """As `values_of`, and every empty list and object as well: it has a name, but no value."""
    if isinstance(value, Members):
        for name, member in value.items():
            yield from leaves(member, pointer + value.places[name])
    else:
        yield from leaves(value, pointer)


def members_of(value: JsonValue, pointer: str) -> Iterator[Member]:
    """The members of a record's value, each with its pointer; a bare scalar or list is one unnamed member."""
    if isinstance(value, Members):
        for name, member in value.items():
            yield Member(name, pointer + value.places[name], member)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield Member(name, join_pointer(pointer, name), member)
    else:
        yield Member("", pointer, value)
