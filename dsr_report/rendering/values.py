"""A record's values as the export stores them, as data for the templates. No value is omitted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple, Protocol

from markupsafe import Markup

from dsr_report.jsonstream.items import JsonValue, Number, Scalar, count_values
from dsr_report.languages import Language
from dsr_report.pointers import RepeatedName, tokens
from dsr_report.printable import printable
from dsr_report.records.base import Record
from dsr_report.records.kind import Origin
from dsr_report.records.members import Member, leaves_of, members_of
from dsr_report.rendering.dictionary import explanation_of, label_of, meaning_of
from dsr_report.rendering.proof import NumberedMember, Proof, mark_of
from dsr_report.rendering.text import inert, shown

LONG = 60
"""Characters; a longer recurring text is printed once and referred to by number."""
_ENVELOPES = {"data", "record", "payload"}
_MOST_REFERENCES = 20_000
_MOST_REFERRED_TO = 8_000_000
"""Characters of all long texts kept for references; bounds the memory, further ones are printed in place."""


def value_text(value: Scalar, language: Language) -> str:
    """A scalar in words: text and numbers unchanged; null, booleans and empty texts by name."""
    if value is None:
        return language.text("(no value)")
    if value is True:
        return language.text("yes (true)")
    if value is False:
        return language.text("no (false)")
    text = str(value)
    return text or language.text("(empty)")


@dataclass(frozen=True, slots=True)
class Value:
    """A stored value of any shape.

    For the proof that a page shows it, `record` is the number of its record and `first` that of its first
    scalar there. `record` is None if the value is shown a second time, outside the proof.
    """

    content: JsonValue
    record: int | None = None
    first: int = 0


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A member of a record, or a field of a profile: its name, its value, and its label and meaning if known.

    `explanation` describes the member, `meaning` is that of a code in it. `origin` (provided, observed or
    inferred), `source` (of its data) and `special` (special categories of personal data, Art. 9) are the
    controller's statements.
    """

    name: str
    label: str
    explanation: str
    value: Value
    meaning: str = ""
    origin: Origin = ""
    source: str = ""
    special: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether the value is null or empty."""
        return self.value.content is None or self.value.content in ("", [], {})


class Numbered:
    """A record's members with their values numbered from 0; source of its rows and its proof."""

    def __init__(self, record: Record, number: int) -> None:
        """`number` is the number of the record in the report."""
        self._number = number
        self._elsewhere: set[str] = set()
        self.members: list[tuple[Member, int]] = []
        """The record's members, each with the number of its first value."""
        first = 0
        for member in stored_members(record):
            self.members.append((member, first))
            first += count_values(member.value)
        self.count = first

    def value(self, content: JsonValue, first: int) -> Value:
        """Return a value of the record; `first` is the number of its first scalar."""
        return Value(content, self._number, first)

    def note_shown_elsewhere(self, member: Member) -> None:
        """Exclude a member from the proof, because its display form has no numbers."""
        self._elsewhere.add(member.pointer)

    def proof(self) -> Proof:
        """Return the proof of the values that a page must show."""
        return Proof(
            self._number,
            tuple(
                NumberedMember(member.pointer, member.value, first)
                for member, first in self.members
                if member.pointer not in self._elsewhere
            ),
        )


def name_shown(name: str, language: Language) -> str:
    """A member's name for display; an empty name is spelled out, a repeated one is numbered."""
    text = printable(inert(str(name))) if name else language.text("(without a name)")
    return f"{text} ({name.occurrence})" if isinstance(name, RepeatedName) else text


class Name(NamedTuple):
    """A member's name as stored, and its label if that is known and differs."""

    stored: str
    label: str


def with_label(name: str, language: Language) -> Name:
    """A member's name with its label."""
    label = label_of(name, language)
    is_new = bool(label) and label.casefold() != str(name).casefold()
    return Name(name_shown(name, language), label if is_new else "")


def has_own_form(member: Member, pointers: frozenset[str]) -> bool:
    """Whether a member at one of the pointers has its own display form, so that it is not shown as stored.

    Only non-empty texts, lists and objects have one; an empty text, a number or `false` is shown as stored.
    """
    value = member.value
    is_whole = isinstance(value, (str, dict, list)) and not isinstance(value, Number)
    return is_whole and bool(value) and member.pointer in pointers


def rows_of(
    record: Record, language: Language, numbered: Numbered, skip: frozenset[str] = frozenset()
) -> Iterator[FieldRow]:
    """Yield a row for each member of a record, except those in `skip` with their own display form."""
    for member, first in numbered.members:
        name, _, value = member
        if has_own_form(member, skip):
            continue
        yield FieldRow(
            name_shown(name, language) if name else language.text("value"),
            label_of(name, language, record.kind),
            explanation_of(name, record.kind, language),
            numbered.value(value, first),
            meaning_of(name, value, language),
        )


def path_of(record: Record, language: Language) -> tuple[str, ...]:
    """The names of the lists and objects that contain a record, without the name that decided its kind.

    The technical details state that name with the count of such records.
    """
    told = record.rule.first.name if record.rule.first.code == "label" else None
    return tuple(name_shown(name, language) for name in record.labels if name != told)


def stored_members(record: Record) -> Iterator[Member]:
    """Yield the record's members; an envelope (`data`) of its fields is replaced by the members inside."""
    made_of = tuple(record.sources.values())
    for member in members_of(record.value, record.pointer):
        inside = f"{member.pointer}/"
        is_envelope = str(member.name).lower() in _ENVELOPES and isinstance(member.value, dict)
        if is_envelope and any(pointer.startswith(inside) for pointer in made_of):
            yield from members_of(member.value, member.pointer)
        else:
            yield member


class Step(NamedTuple):
    """A step of the traversal of a value, in printing order (`templates/report/values/value.html.j2`).

    `form` is `text` (a scalar as stored) or `word` (a scalar in our words), `empty`, `name`, `item`,
    `end-item`, `names`, `end-names`, `list` or `end-list`; below `_DEEPEST`, `end-plain` replaces `item` and
    `end-item`, and there are no `names` or `list`.
    """

    form: str
    text: Markup | Name | None = None


_DEEPEST = 12
"""Levels of nested lists; deeper ones would run off the page, so they are not indented further."""


def steps(value: Value, language: Language) -> Iterator[Step]:
    """Yield a value as flat steps, because it may be nested deeper than Jinja allows recursion."""
    record, number = value.record, value.first
    stack: list[JsonValue | Step] = [value.content]
    depth = 0
    while stack:
        current = stack.pop()
        if isinstance(current, Step):
            if current.form == "end-level":
                depth -= 1
            elif current.form in {"end-names", "end-list"}:
                depth -= 1
                yield current
            else:
                yield current
        elif isinstance(current, (dict, list)) and not current:
            yield Step("empty")
        elif isinstance(current, (dict, list)):
            depth += 1
            is_deep = depth > _DEEPEST
            form = "names" if isinstance(current, dict) else "list"
            if not is_deep:
                yield Step(form)
            stack.append(Step("end-level" if is_deep else f"end-{form}"))
            named = current.items() if isinstance(current, dict) else ((None, member) for member in current)
            for name, member in reversed(list(named)):
                label = None if name is None else with_label(name, language)
                stack.append(Step("end-plain" if is_deep else "end-item"))
                stack.append(member)
                if label is not None:
                    stack.append(Step("name", label))
                if not is_deep:
                    stack.append(Step("item"))
        else:
            mark = Markup("") if record is None else mark_of(record, number)
            number += 1
            if current is None or isinstance(current, bool) or current == "":
                yield Step("word", mark + value_text(current, language))
            else:
                yield Step("text", mark + shown(inert(str(current))))


class LongTexts(Protocol):
    """Assigns numbers to long texts that may recur."""

    def number_of(self, text: str) -> int | None:
        """Return the number of a text, or None if the text is printed in place."""
        ...


class References:
    """Recurring long texts (user agents, header dumps), printed once and referred to by number.

    Whether a text recurs is known only after all records. Until then an event holds the text's internal
    number (`number_of`); the writer of the annex replaces it (`printed_number`).
    """

    def __init__(self) -> None:
        self._texts: dict[str, int] = {}
        self._recurring: dict[str, int] = {}
        self._room = _MOST_REFERRED_TO

    def number_of(self, text: str) -> int | None:
        """Record an occurrence of a text; see `LongTexts`."""
        if len(text) <= LONG:
            return None
        number = self._texts.get(text)
        if number is not None:
            self._recurring.setdefault(text, number)
        elif len(self._texts) < _MOST_REFERENCES and len(text) <= self._room:
            number = self._texts[text] = len(self._texts)
            self._room -= len(text)
        return number

    def printed_number(self, number: int) -> int | str:
        """The printed number of a recurring text, or the text itself if it occurs only once."""
        known = self._printed_numbers.get(number)
        return self._in_order[number] if known is None else known

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """Yield the recurring texts, each with its printed number."""
        return ((printed, self._in_order[number]) for number, printed in self._printed_numbers.items())

    def __len__(self) -> int:
        return len(self._recurring)

    @cached_property
    def _in_order(self) -> list[str]:
        return list(self._texts)

    @cached_property
    def _printed_numbers(self) -> dict[int, int]:
        return {number: printed for printed, number in enumerate(sorted(self._recurring.values()), 1)}


StoredValue = tuple[str, str | int, str]
"""A value on the line of an event: the names on the path to it, its content, and its form.

The form is `text`, `long` (the content is the number of a long text), `empty` for an empty list or object, or
`path` (the names are those of the lists that contain the record). A bare tuple, because a report may hold
millions of them: it is stored and compared several times faster than an object with named fields.
"""


def stored_line(record: Record, language: Language, long_texts: LongTexts) -> tuple[list[StoredValue], int]:
    """Return all values of a record for one line, and their number."""
    names = path_of(record, language) if record.labels else ()
    line: list[StoredValue] = []
    if names:
        names_shown = " › ".join(names)
        line.append((f"{language.text('Stored under')}{language.colon} {names_shown}", "", "path"))
    count = 0
    for pointer, value in leaves_of(record.value, ""):
        name = _path(pointer, language)
        if isinstance(value, (dict, list)):
            line.append((name, language.text("(empty)"), "empty"))
            continue
        count += 1
        text = value_text(value, language)
        number = long_texts.number_of(text) if isinstance(value, str) else None
        line.append((name, text, "text") if number is None else (name, number, "long"))
    return line, count


@lru_cache(maxsize=4096)
def _path(pointer: str, language: Language) -> str:
    """The names on the path from a record to one of its values."""
    steps = tokens(pointer)
    if len(steps) > 1 and steps[0].lower() in _ENVELOPES:
        steps = steps[1:]
    return " › ".join(step or language.text("(without a name)") for step in steps)
