"""Fast count of live keys by the names of members alone, while an export is read.

Keys in links, texts and messages are left to `secrets`, which takes much longer to load and to run. Objects
with equal names, at any depth, are counted a column at a time. An item is counted by itself only if it has a
list that names a key, or a key that is a list or an object.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, cast

from dsr_report.jsonstream.items import NESTED, Item, JsonValue, Scalar, containers
from dsr_report.records.alike import Lists, Lot, Names, Objects
from dsr_report.records.shape_cache import Shapes
from dsr_report.redact.key_names import (
    NAMES_OF_NAMES,
    NAMES_OF_VALUES,
    KeyName,
    is_about_a_key,
    is_secret_question,
    joined,
    key_name,
    may_tell,
)

if TYPE_CHECKING:
    from dsr_report.redact.key_shapes import FoundKey

_OF_PEOPLE = frozenset({"fields", "profile", "subprofile"})
_HEX_CODE = re.compile(r"[0-9a-f]{32}")
_LONGEST_NAME = 100
"""Characters of a list's element that are read: names of keys have no more."""


class _Telling(NamedTuple):
    """The names of an object that are names of keys, and those of members that may name a key.

    `asks` if a name is a secret question; `are_places` if the object is a list, as PHP writes one.
    """

    of_keys: Mapping[str, KeyName]
    of_names: tuple[str, ...]
    asks: bool
    are_places: bool


_Naming = tuple[Names, _Telling, Objects]
"""Objects of which a member may name a key, and their names."""


class _OneByOneError(Exception):
    """Some lists or objects must be counted with their whole item, one by one."""

    def __init__(self, those: Iterable[JsonValue]) -> None:
        self.ids = set(map(id, those))


class Watch:
    """Counts keys by names of members; the names of each shape of object are judged once."""

    def __init__(self) -> None:
        self._known: Shapes[Names, _Telling] = Shapes()

    def count(self, lot: Lot) -> int:
        """The number of values of a lot that are live keys, by a member's name or by a name beside them."""
        if any(map(key_name, lot.names_above())):
            return sum(map(_count, lot.items()))
        try:
            return self._count_columns(lot) + _count_codes(lot)
        except _OneByOneError as error:
            apart = error.ids
        alone: list[Item] = []
        rest: list[Item] = []
        for item in lot.items():
            inside = chain.from_iterable(level.containers for level in containers(item.value))
            (rest if apart.isdisjoint(map(id, inside)) else alone).append(item)
        return sum(map(_count, alone)) + (self.count(Lot(rest)) if rest else 0)

    def _count_columns(self, lot: Lot) -> int:
        """Count the keys in columns: the members of one name in objects with equal names.

        Raises:
            _OneByOneError: a list names a key, or a key is a list or an object.
        """
        found = 0
        names_keys = False
        lists = lot.lists()
        naming: list[_Naming] = []
        for names, alike in chain(lot.objects(), lot.objects_within()):
            known = self._telling(names)
            if known.are_places:
                lists += [(each, [*each.values()]) for each in alike]
                continue
            found += sum(
                _in_column(key, [each[name] for each in alike]) for name, key in known.of_keys.items()
            )
            if known.of_names or known.asks:
                naming.append((names, known, alike))
        tells = _telling_texts(naming)
        for names, known, alike in naming:
            for said, about in _by_what_they_name(known, alike, tells):
                names_keys = True
                others = (
                    name for name in names if name not in known.of_keys and not is_about_a_key(str(name))
                )
                found += sum(_beside(said, str(name), [each[name] for each in about]) for name in others)
        if lists:
            _refuse_lists_of_keys(lists, lot, names_keys=names_keys)
        return found

    def _telling(self, names: Names) -> _Telling:
        known = self._known.get(names)
        if known is None:
            texts = {name: str(name) for name in names}
            known = _Telling(
                {name: found for name, text in texts.items() if (found := key_name(text))},
                tuple(name for name, text in texts.items() if joined(text) in NAMES_OF_NAMES),
                any(map(is_secret_question, texts.values())),
                len(names) > 1 and names == {str(place) for place in range(len(names))},
            )
            self._known.keep(names, names, known)
        return known


def _telling_texts(naming: list[_Naming]) -> set[str]:
    """The texts of members that may name a key that may do so."""
    values = [each[name] for _, known, alike in naming for name in known.of_names for each in alike]
    texts = [text for text in values if isinstance(text, str)]
    return set() if "".join(texts).isdigit() else may_tell({*texts})  # most ids are digits


def _by_what_they_name(known: _Telling, alike: Objects, tells: set[str]) -> Iterable[tuple[KeyName, Objects]]:
    """The objects in which a member names or asks for a key beside it, by the kind of that key."""
    if not tells and not known.asks:
        return ()
    from dsr_report.redact.key_shapes import named_beside  # noqa: PLC0415 - its patterns take 10 ms to compile

    found: dict[int, tuple[KeyName, Objects]] = {}
    remembered: dict[tuple[str, ...], KeyName | None] = {}
    for each in alike:
        told = [
            text if isinstance(text := each[name], str) and text in tells else "" for name in known.of_names
        ]
        if known.asks or any(told):
            said = (*each, *told)  # of two that name something, the first one counts
            if said not in remembered:
                remembered[said] = named_beside(each)
            if (key := remembered[said]) is not None:
                found.setdefault(id(key), (key, []))[1].append(each)
    return found.values()


def _in_column(key: KeyName, column: list[JsonValue]) -> int:
    if not NESTED.isdisjoint(map(type, column)):
        raise _OneByOneError(member for member in column if type(member) in NESTED)
    from dsr_report.redact.key_values import whole_keys  # noqa: PLC0415 - its patterns take 4 ms to compile

    return whole_keys(key, cast("list[Scalar]", column))


def _beside(said: KeyName, name: str, column: list[JsonValue]) -> int:
    """Count the keys in a column whose objects name the key in another member."""
    from dsr_report.redact.key_shapes import is_beside  # noqa: PLC0415 - as above

    if not is_beside(said, name, None):
        return 0
    texts = {text for text in column if isinstance(text, str)} if joined(name) in NAMES_OF_VALUES else ()
    tells = may_tell(texts)
    if tells or dict in map(type, column):
        column = [
            member
            for member in column
            if (type(member) not in NESTED and member not in tells) or is_beside(said, name, member)
        ]
    return _in_column(said, column)


def _refuse_lists_of_keys(lists: Lists, lot: Lot, *, names_keys: bool) -> None:
    """Raise if a list may name a key, or may hold the keys that another list names.

    Raises:
        _OneByOneError: one does.
    """
    texts = [[text[:_LONGEST_NAME] for text in elements if isinstance(text, str)] for _, elements in lists]
    tells = may_tell({*chain.from_iterable(texts)})
    if not tells and not names_keys:
        return
    odd: list[JsonValue] = []
    for (container, elements), of_list in zip(lists, texts, strict=True):
        if not tells.isdisjoint(of_list) or (elements and isinstance(elements[0], list)):
            odd.append(container)
    odd += [
        each
        for _, alike in chain(lot.objects(), lot.objects_within())
        for each in alike
        if list(map(type, each.values())).count(list) > 1
    ]
    if odd:
        raise _OneByOneError(odd)


def _count(item: Item) -> int:
    from dsr_report.redact.key_shapes import keys_in_value  # noqa: PLC0415 - as above

    keys = keys_in_value(item.value, item.pointer, in_texts=False)
    return sum(key.span is None for key in keys) + sum(1 for _ in codes_in(item))


def _count_codes(lot: Lot) -> int:
    found = 0
    for names, alike in lot.objects():
        if "code" in names and not names.isdisjoint(_OF_PEOPLE):
            found += sum(
                isinstance(c := each["code"], str) and bool(_HEX_CODE.fullmatch(c)) for each in alike
            )
    if "code" in lot.names_above():
        found += sum(1 for item in lot.items() if not isinstance(item.value, dict) for _ in codes_in(item))
    return found


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
