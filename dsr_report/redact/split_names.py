"""Names split over adjacent values, columns of a row, or fields listed in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Generic, NamedTuple, TypeVar

from dsr_report.jsonstream.items import JsonValue
from dsr_report.lexicon import WORDS, any_of
from dsr_report.pointers import escape_token
from dsr_report.redact.key_names import NAMES_OF_NAMES, joined, words_of
from dsr_report.redact.needles import in_other_orders, words_of_name
from dsr_report.redact.readings import Endless, Reading, readings_of_text
from dsr_report.redact.skeleton import skeleton
from dsr_report.redact.tags import TAG

MarkT = TypeVar("MarkT")
Container = list[JsonValue] | dict[str, JsonValue]
_WORD = re.compile(r"[^\W\d_]+")
_ROLE = re.compile(
    any_of((*WORDS.given_names, *WORDS.infixes, *WORDS.family_names, *WORDS.names)), re.IGNORECASE
)
_SMALL = frozenset(map(skeleton, WORDS.name_infixes))
"""Words of a name that are often left out."""
_ALONE_AFTER = r"(?:^|[\x1f\x1e\n\r,;|\t:=>/\"'\\(\[{&?]|  )[ \u00a0]*"
_ALONE_BEFORE = r"(?=[ \u00a0]*(?:\Z|[\x1f\x1e\n\r,;|\t<>&/?\"'\\)\]}#]|  ))"
"""Delimiters before and after a piece of a name that is a field or cell of its own."""
_LABEL = re.compile(r"([^\W\d_][\w .-]{0,40}?)[ \u00a0]*[\"'\\\]]*[ \u00a0]*(?:[:=]>?|\x1f)[\x1f\s\"'\\]*\Z")
"""A field's label before its value."""
_LONGEST_LABEL = 120
"""Characters before a field that are searched for its label."""
_ROW_TAG = re.compile(r"</?(?:tr|table|tbody|thead)\b", re.IGNORECASE)
_FORM = 3000
"""Characters, with markup, that may separate the fields of one person in a text."""
_ESCAPED = re.compile(r"[%&\\=]")
_AROUND = 200
"""Characters at the beginning and the end of a text that may hold a part of a name."""
_MOST_TEXTS = 500
"""Texts in one row or column; a record with more holds a table, which is not searched."""


class NamePiece(NamedTuple, Generic[MarkT]):
    """A piece of a name in a sequence of texts: index of the text, span in it, and the name's mark."""

    number: int
    start: int
    end: int
    mark: MarkT


class Cell(NamedTuple):
    """A text with a name: a member, a cell, a field in a text; the name may be empty."""

    place: str
    name: str
    text: str


class NameField(NamedTuple, Generic[MarkT]):
    """A piece of a name that is a whole field or cell in a text: span, text, label and mark."""

    start: int
    end: int
    text: str
    label: str
    mark: MarkT

    @property
    def is_small(self) -> bool:
        """Whether it consists of infixes only, which occur in most texts: `de`."""
        return _SMALL.issuperset(_words(self.text))

    @property
    def labelled(self) -> str:
        """The last two words of its label and its text, which are unlikely to occur elsewhere."""
        return " ".join((*self.label.split()[-2:], self.text))


class _Alone(NamedTuple):
    start: int
    end: int
    text: str
    label: str
    words: tuple[bytes, ...]


class _Name(NamedTuple, Generic[MarkT]):
    """A name: the runs of its words, and the words that all of its spellings have."""

    runs: frozenset[tuple[bytes, ...]]
    needed: frozenset[bytes]
    plain: frozenset[bytes]
    """The needed words in plain ASCII letters, which no encoding changes."""
    mark: MarkT


class _Text(NamedTuple):
    words: list[bytes]
    spans: list[tuple[int, int]]


class SplitNames(Generic[MarkT]):
    """Names of several words, and the marks of their pieces."""

    def __init__(self, marks: Mapping[str, MarkT]) -> None:
        self._orders: dict[bytes, list[tuple[tuple[bytes, ...], MarkT]]] = {}
        self._all: list[_Name[MarkT]] = []
        for passage, mark in marks.items():
            words = words_of_name(passage)
            self._all += [_name_of(words, mark)] if words else []
            for order in dict.fromkeys((words, *in_other_orders(words))) if words else ():
                spelled = tuple(map(skeleton, order))
                for word in {spelled[0]}:
                    self._orders.setdefault(word, []).append((spelled, mark))
        self._words = {word for orders in self._orders.values() for order, _ in orders for word in order}
        runs = {run for name in self._all for run in name.runs}
        longest = max((sum(map(len, run)) + 8 * len(run) for run in runs), default=0)
        self._alone = re.compile(
            rf"{_ALONE_AFTER}([^\W\d_](?:[^\W\d_]|[ \u00a0.'’+-](?! )){{0,{longest}}}){_ALONE_BEFORE}"
        )

    def __bool__(self) -> bool:
        return bool(self._orders)

    def in_texts(self, texts: Sequence[str]) -> Iterator[NamePiece[MarkT]]:
        """The pieces of names that begin in one text of a sequence and end in a later one."""
        read = [self._words_of(text) for text in texts]
        for first, begun in enumerate(read):
            for count in range(1, len(begun.words) + 1 if len(read) > first + 1 else 0):
                start = begun.words[-count]
                if start not in self._words:
                    break
                for order, mark in self._orders.get(start, ()):
                    ends = _completing_words(read, first, count, order)
                    if ends:
                        spans = [(first, begun.spans[-count][0], begun.spans[-1][1])]
                        spans += [(n, read[n].spans[0][0], read[n].spans[end - 1][1]) for n, end in ends]
                        yield from (NamePiece(*span, mark) for span in spans)

    def in_row(self, cells: Sequence[Cell]) -> Iterator[tuple[str, MarkT]]:
        """The places of cells that are each a piece of a name, and together the whole name."""
        fields = [
            (cell.place, _group_of(cell.name), words)
            for cell in cells
            if len(cell.text) <= _AROUND and (words := _words(cell.text))
        ]
        for name in self._all:
            for places in _places_covered(name, [field for field in fields if field[2] in name.runs]):
                yield from ((place, name.mark) for place in places)

    def in_text(self, text: str) -> list[NameField[MarkT]]:
        """The pieces of names that are each a whole field or cell in a text: JSON, rows, forms."""
        letters = skeleton(text)
        is_escaped = _ESCAPED.search(text) is not None
        names = [
            name
            for name in self._all
            if all(word in letters for word in (name.plain if is_escaped else name.needed))
        ]
        if not names:
            return []
        found: dict[int, NameField[MarkT]] = {}
        try:
            whole = Reading.located(text)
            for reading in chain(readings_of_text(Reading.located(_without_tags(text))), [whole]):
                if reading.starts is not None and reading.ends is not None:
                    plain = reading.text if reading is whole else _without_tags(reading.text)
                    for field in _in_fields(names, self._fields(plain)):
                        start, end = reading.starts[field.start], reading.ends[field.end - 1]
                        found.setdefault(start, field._replace(start=start, end=end))
        except Endless:
            pass  # it is hidden whole elsewhere
        return [found[start] for start in sorted(found)]

    def _fields(self, plain: str) -> list[_Alone]:
        """Fields of a text that are a piece of a name."""
        fields: list[_Alone] = []
        for match in self._alone.finditer(plain):
            words = _words(match[1])
            if any(words in name.runs for name in self._all):
                label = _LABEL.search(plain[max(0, match.start(1) - _LONGEST_LABEL) : match.start(1)])
                fields.append(_Alone(*match.span(1), match[1], label[1] if label else "", words))
        return fields

    def _words_of(self, text: str) -> _Text:
        found = [match.span() for match in _WORD.finditer(text, 0, _AROUND)]
        found += [
            match.span()
            for match in _WORD.finditer(text, max(_AROUND, len(text) - _AROUND))
            if match.start() > _AROUND
        ]
        return _Text([skeleton(text[start:end]) for start, end in found], found)


def _completing_words(
    read: list[_Text], first: int, count: int, order: tuple[bytes, ...]
) -> list[tuple[int, int]]:
    """The number of words of each following text that complete a name; empty if they do not."""
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


def _words(text: str) -> tuple[bytes, ...]:
    return tuple(map(skeleton, _WORD.findall(text)))


def _name_of(words: tuple[str, ...], mark: MarkT) -> _Name[MarkT]:
    orders = [tuple(map(skeleton, order)) for order in (words, *in_other_orders(words))]
    count = len(words)
    runs = {order[at:end] for order in orders for at in range(count) for end in range(at + 1, count + 1)}
    needed = frozenset(orders[0]) - _SMALL
    needed = needed if len(needed) > 1 else frozenset(orders[0])
    plain = needed.intersection(skeleton(word) for word in words if word.isascii())
    return _Name(frozenset(run for run in runs if len(run) < count), needed, plain, mark)


def _group_of(label: str) -> str | None:
    """The person whose name a field has a part of (`partner_achternaam`); None if its label names no part.

    Someone else's given name beside the subject's family name is no name.
    """
    if _ROLE.search(label) is None:
        return None
    whose = (word for word in words_of(_ROLE.sub(" ", label)) if word not in WORDS.possessives)
    return "".join(word for word in whose if not word.isdigit())


PlaceT = TypeVar("PlaceT")


def _places_covered(
    name: _Name[MarkT], fields: Sequence[tuple[PlaceT, str | None, tuple[bytes, ...]]]
) -> Iterator[list[PlaceT]]:
    """For each group of fields, the places of the pieces that together are the whole name."""
    for group in dict.fromkeys(group for _, group, _ in fields):
        of_group = [(place, words) for place, other, words in fields if other == group]
        if name.needed.issubset({word for _, words in of_group for word in words}):
            yield [place for place, _ in of_group]


def _in_fields(names: Sequence[_Name[MarkT]], fields: Sequence[_Alone]) -> Iterator[NameField[MarkT]]:
    for name in names:
        of_name = [field for field in fields if field.words in name.runs]
        for first, field in enumerate(of_name):
            near = [other for other in of_name[first:] if other.start - field.start < _FORM]
            for group in _places_covered(name, [(one, _group_of(one.label), one.words) for one in near]):
                yield from (NameField(*one[:4], name.mark) for one in group)


def _without_tags(text: str) -> str:
    """A text with its tags replaced by separators of the same length."""
    return TAG.sub(lambda tag: _blank(tag.group()), text) if "<" in text else text


def _blank(tag: str) -> str:
    """Separators of a tag's length: a line end for a row's tag, else a cell separator."""
    return ("\n" if _ROW_TAG.match(tag) else "\x1f") + "\x1f" * (len(tag) - 1)


def rows_of(value: JsonValue, pointer: str) -> Iterator[list[Cell]]:
    """Groups of adjacent texts in a record: members, elements, columns."""
    stack = [(value, pointer)]
    while stack:
        current, at = stack.pop()
        if isinstance(current, dict):
            children = [(f"{at}/{escape_token(name)}", str(name), member) for name, member in current.items()]
        elif isinstance(current, list):
            children = [(f"{at}/{number}", "", element) for number, element in enumerate(current)]
        else:
            continue
        stack += [(child, place) for place, _, child in children if isinstance(child, (dict, list))]
        texts = [
            Cell(place, name, child) for place, name, child in children if isinstance(child, str) and child
        ]
        if 1 < len(texts) <= _MOST_TEXTS:
            yield texts
        inner = [
            (place, name, child)
            for place, name, child in children
            if isinstance(child, (dict, list)) and child
        ]
        if 1 < len(inner) <= _MOST_TEXTS:
            yield from _columns(inner)


def with_one_role(cells: Sequence[Cell]) -> Iterator[list[Cell]]:
    """Runs of members that are all named like parts of names, or all not.

    Someone else's given name beside the subject's family name is no name.
    """
    run: list[Cell] = []
    was_role = False
    for cell in cells:
        is_role = _ROLE.search(cell.name) is not None
        if run and is_role != was_role:
            yield run
            run = []
        run.append(cell)
        was_role = is_role
    yield run


def _columns(inner: list[tuple[str, str, Container]]) -> Iterator[list[Cell]]:
    """The texts at the same place of adjacent containers: values of pairs, lists of one."""
    columns: dict[str, list[Cell]] = {}
    for place, above, child in inner:
        alone = {} if len(child) > 1 or isinstance(child, dict) else {"0": child[0]}
        members = child if isinstance(child, dict) else alone
        named = next((m for n, m in members.items() if joined(str(n)) in NAMES_OF_NAMES), "")
        for name, member in members.items():
            if isinstance(member, str) and member:
                label = named if isinstance(named, str) and named is not member else ""
                cell = Cell(f"{place}/{escape_token(name)}", label or above, member)
                columns.setdefault(str(name), []).append(cell)
    yield from (column for column in columns.values() if len(column) > 1)
