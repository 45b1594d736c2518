"""Fast count of live keys by the names of members alone, while an export is read.

Keys in links and messages are left to `secrets`, which takes much longer to load and to run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple, cast

from dsr_report.jsonstream.items import Item, JsonValue, Scalar
from dsr_report.lexicon import WORDS
from dsr_report.pointers import tokens
from dsr_report.records.alike import Alike, Lot, Objects
from dsr_report.records.shape_cache import Shapes
from dsr_report.redact.key_names import (
    NAMES_OF_NAMES,
    KeyName,
    is_secret_question,
    joined_words,
    key_name,
    words_of,
)
from dsr_report.redact.key_values import whole_keys

if TYPE_CHECKING:
    from dsr_report.redact.key_shapes import FoundKey

_NESTED = frozenset({dict, list})
_BESIDE = joined_words((*WORDS.names_of_values, *WORDS.answers))
_OF_PEOPLE = frozenset({"fields", "profile", "subprofile"})
_HEX_CODE = re.compile(r"[0-9a-f]{32}")


class _Names(NamedTuple):
    """The names of an object that are names of keys, and those of members that name or ask for a key.

    `beside` are the members whose values are named or asked for.
    """

    of_keys: Mapping[str, KeyName]
    of_names: tuple[str, ...]
    beside: tuple[str, ...]


class Watch:
    """Counts keys by names of members; the names of each shape of object are judged once."""

    def __init__(self) -> None:
        self._known: Shapes[frozenset[str], _Names] = Shapes()

    def count(self, lot: Lot) -> int:
        """The number of values of a lot that are live keys, by a member's name or by a name beside them."""
        if not lot.alike or any(map(key_name, tokens(lot.first.pointer)[-2:])):
            return sum(map(_count, lot.items()))
        if lot.is_known or not any(any(self._names(names)) for names in lot.names_within):
            return sum(map(self._count_alike, lot.alike))
        return sum(_count(item) for item in lot.items() if self._tells_within(item.value))

    def _count_alike(self, alike: Alike) -> int:
        if not alike.is_flat and self._names(alike.names).of_names:
            return sum(_count(Item("", (), value)) for value in alike.values)
        has_code = "code" in alike.names and not alike.names.isdisjoint(_OF_PEOPLE)
        codes = (1 for value in alike.values for _ in codes_in(Item("", (), value))) if has_code else ()
        inner = self._count_flat(alike.inner.names, alike.inner.values) if alike.inner else 0
        return sum(codes) + inner + self._count_flat(alike.names, alike.values)

    def _count_flat(self, names: frozenset[str], objects: Objects) -> int:
        """Count the keys in flat objects, reading only members that may matter."""
        of_keys, of_names, beside = self._names(names)
        if not of_names:
            return sum(
                _in_column(name, known, [members[name] for members in objects])
                for name, known in of_keys.items()
            )
        if not of_keys:
            objects = [members for members in objects if _name_keys(members, of_names)]
        wanted = names.intersection((*of_keys, *of_names, *beside))
        return sum(_keys_in({name: members[name] for name in wanted}) for members in objects)

    def _tells_within(self, value: JsonValue) -> bool:
        waiting = [value]
        for each in waiting:  # which grows
            if type(each) is dict:
                names = self._names(frozenset(each))
                if "code" in each or names.of_keys or _name_keys(each, names.of_names):
                    return True
                waiting += [member for member in each.values() if type(member) in _NESTED]
            elif type(each) is list:
                waiting += [member for member in each if type(member) in _NESTED]
        return False

    def _names(self, names: frozenset[str]) -> _Names:
        known = self._known.get(names)
        if known is None:
            joined = {name: "".join(words_of(str(name))) for name in names}
            beside = tuple(name for name, word in joined.items() if word in _BESIDE)
            naming = [
                name
                for name, word in joined.items()
                if word in NAMES_OF_NAMES or is_secret_question(str(name))
            ]
            known = _Names(
                {name: found for name in names if (found := key_name(str(name)))},
                tuple(naming) if beside else (),
                beside if naming else (),
            )
            self._known.keep(names, names, known)
        return known


def _name_keys(members: dict[str, JsonValue], of_names: Iterable[str]) -> bool:
    """Whether one of these members is the name of a key, or a secret question."""
    return any(
        is_secret_question(str(name))
        or (
            isinstance(text := members[name], str)
            and not text.isdigit()
            and (key_name(text) or is_secret_question(text))
        )
        for name in of_names
    )


def _in_column(name: str, known: KeyName, column: list[JsonValue]) -> int:
    if _NESTED.isdisjoint(map(type, column)):
        return whole_keys(known, cast("list[Scalar]", column))
    return sum(_keys_in({name: member}) for member in column)


def _count(item: Item) -> int:
    return _keys_in(item.value, item.pointer) + sum(1 for _ in codes_in(item))


def _keys_in(value: JsonValue, pointer: str = "") -> int:
    from dsr_report.redact.key_shapes import keys_in_value  # noqa: PLC0415 - as below

    return sum(key.span is None for key in keys_in_value(value, pointer))


def codes_in(item: Item) -> Iterator[FoundKey]:
    """The access code of a profile under its name in webhooks, `code`; other codes are no keys."""
    value, pointer = item.value, item.pointer
    code: JsonValue = None
    if isinstance(value, dict):
        is_person = not _OF_PEOPLE.isdisjoint(value)
        code, pointer = value.get("code") if is_person else None, f"{pointer}/code"
    elif pointer.endswith("/code"):
        code = value
    if isinstance(code, str) and _HEX_CODE.fullmatch(code):
        from dsr_report.redact.key_shapes import FoundKey  # noqa: PLC0415 - its patterns take 10 ms to compile

        yield FoundKey(pointer, "access-code", code)
