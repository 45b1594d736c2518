"""Names that stand in pieces: given name and family name in values side by side, or in texts that follow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, NamedTuple, TypeVar

from dsr_report.jsonstream.items import JsonValue
from dsr_report.lexicon import WORDS, any_of
from dsr_report.pointers import escaped
from dsr_report.redact.passages import in_other_orders, words_of_name
from dsr_report.redact.readings import skeleton

MarkT = TypeVar("MarkT")
Container = list[JsonValue] | dict[str, JsonValue]
_WORD = re.compile(r"[^\W\d_]+")
_ROLE = re.compile(
    any_of((*WORDS.given_names, *WORDS.infixes, *WORDS.family_names, *WORDS.names)), re.IGNORECASE
)
_AROUND = 200
"""Characters at the beginning and the end of a text in which a name may end or begin."""
_MOST_TEXTS = 500
"""Texts in one row, or column; who has more in one record has a table in it."""


class Piece(NamedTuple, Generic[MarkT]):
    """A piece of a name in a text of a sequence: which text, where in it, and the mark of the name."""

    number: int
    start: int
    end: int
    mark: MarkT


class _Text(NamedTuple):
    words: list[bytes]
    spans: list[tuple[int, int]]


class SplitNames(Generic[MarkT]):
    """Names of several words, and the marks of their pieces."""

    def __init__(self, marks: Mapping[str, MarkT]) -> None:
        self._orders: dict[bytes, list[tuple[tuple[bytes, ...], MarkT]]] = {}
        for passage, mark in marks.items():
            words = words_of_name(passage)
            for order in dict.fromkeys((words, *in_other_orders(words))) if words else ():
                spelled = tuple(map(skeleton, order))
                for word in {spelled[0]}:
                    self._orders.setdefault(word, []).append((spelled, mark))
        self._words = {word for orders in self._orders.values() for order, _ in orders for word in order}

    def __bool__(self) -> bool:
        return bool(self._orders)

    def in_texts(self, texts: Sequence[str]) -> Iterator[Piece[MarkT]]:
        """The pieces of names that begin in one of some texts and end in another."""
        read = [self._read(text) for text in texts]
        for first, begun in enumerate(read):
            for count in range(1, len(begun.words) + 1 if len(read) > first + 1 else 0):
                start = begun.words[-count]
                if start not in self._words:
                    break
                for order, mark in self._orders.get(start, ()):
                    ends = _followed(read, first, count, order)
                    if ends:
                        spans = [(first, begun.spans[-count][0], begun.spans[-1][1])]
                        spans += [(n, read[n].spans[0][0], read[n].spans[end - 1][1]) for n, end in ends]
                        yield from (Piece(*span, mark) for span in spans)

    def _read(self, text: str) -> _Text:
        found = [match.span() for match in _WORD.finditer(text, 0, _AROUND)]
        found += [
            match.span()
            for match in _WORD.finditer(text, max(_AROUND, len(text) - _AROUND))
            if match.start() > _AROUND
        ]
        return _Text([skeleton(text[start:end]) for start, end in found], found)


def _followed(read: list[_Text], first: int, count: int, order: tuple[bytes, ...]) -> list[tuple[int, int]]:
    """How many words of each text that follows complete a name; none where they do not."""
    if count >= len(order) or tuple(read[first].words[-count:]) != order[:count]:
        return []
    done = count
    ends: list[tuple[int, int]] = []
    for number in range(first + 1, len(read)):
        words = read[number].words
        taken = min(len(words), len(order) - done)
        if not taken or tuple(words[:taken]) != order[done : done + taken]:
            return []
        done += taken
        ends.append((number, taken))
        if done == len(order):
            return ends
        if taken < len(words):
            return []
    return []


def rows_of(value: JsonValue, pointer: str) -> Iterator[list[tuple[str, str]]]:
    """Texts that stand side by side in a record, with their pointers: members, elements, columns."""
    stack = [(value, pointer)]
    while stack:
        current, at = stack.pop()
        if isinstance(current, dict):
            children = [(f"{at}/{escaped(name)}", str(name), member) for name, member in current.items()]
        elif isinstance(current, list):
            children = [(f"{at}/{number}", "", element) for number, element in enumerate(current)]
        else:
            continue
        stack += [(child, place) for place, _, child in children if isinstance(child, (dict, list))]
        texts = [(place, name, child) for place, name, child in children if isinstance(child, str) and child]
        if 1 < len(texts) <= _MOST_TEXTS:
            yield from _with_one_role(texts)
        inner = [(place, child) for place, _, child in children if isinstance(child, (dict, list)) and child]
        if 1 < len(inner) <= _MOST_TEXTS:
            yield from _columns(inner)


def _with_one_role(texts: list[tuple[str, str, str]]) -> Iterator[list[tuple[str, str]]]:
    """Runs of members that all are called like parts of names, or of which none is.

    The given name of someone else beside the family name of the person is no name.
    """
    run: list[tuple[str, str]] = []
    was_role = False
    for place, name, text in texts:
        is_role = _ROLE.search(name) is not None
        if run and is_role != was_role:
            yield run
            run = []
        run.append((place, text))
        was_role = is_role
    yield run


def _columns(
    inner: list[tuple[str, list[JsonValue] | dict[str, JsonValue]]],
) -> Iterator[list[tuple[str, str]]]:
    """What stands at the same place of containers side by side: values of pairs, lists of one."""
    columns: dict[str, list[tuple[str, str]]] = {}
    for place, child in inner:
        alone = {} if len(child) > 1 or isinstance(child, dict) else {"0": child[0]}
        members = child if isinstance(child, dict) else alone
        for name, member in members.items():
            if isinstance(member, str) and member:
                columns.setdefault(str(name), []).append((f"{place}/{escaped(name)}", member))
    yield from (column for column in columns.values() if len(column) > 1)
