"""A record's values as the export stores them, as data for the templates. Nothing is left out."""

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
"""Characters; a longer text that recurs is printed once."""
_ENVELOPES = {"data", "record", "payload"}
_MOST_REFERENCES = 20_000
_MOST_REFERRED_TO = 8_000_000
"""Characters of all texts that are printed once; more would fill the memory."""


def value_text(value: Scalar, language: Language) -> str:
    """A value in words: text and numbers as they are; what has no text of its own is named."""
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

    `record` is the number of its record and `first` the number of its first scalar there, for the proof that
    a page shows it; `record` is None where a value is shown once more.
    """

    content: JsonValue
    record: int | None = None
    first: int = 0


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A member of a record, or a field of a profile: its name, its label and meaning where known, its value.

    `explanation` is what the member holds, `meaning` what a code in it means. `origin` says whether it was
    provided, observed or inferred, and `source` where its data come from, where the controller says so;
    `special` that it holds special categories of personal data (Art. 9).
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
        """Whether nothing is stored under the name."""
        return self.value.content is None or self.value.content in ("", [], {})


class Numbered:
    """A record's members, its values numbered from 0: what rows and proof of it are made from."""

    def __init__(self, record: Record, number: int) -> None:
        """`number` is that of the record in the report."""
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
        """A value of the record, the first scalar of which has this number."""
        return Value(content, self._number, first)

    def note_shown_elsewhere(self, member: Member) -> None:
        """A member is shown in a form of its own, without numbers."""
        self._elsewhere.add(member.pointer)

    def proof(self) -> Proof:
        """What a page has to show of the record."""
        return Proof(
            self._number,
            tuple(
                NumberedMember(member.pointer, member.value, first)
                for member, first in self.members
                if member.pointer not in self._elsewhere
            ),
        )


def name_shown(name: str, language: Language) -> str:
    """A member's name; an empty one is named, a repeated one numbered."""
    text = printable(inert(str(name))) if name else language.text("(without a name)")
    return f"{text} ({name.occurrence})" if isinstance(name, RepeatedName) else text


class Name(NamedTuple):
    """A member's name as it is stored, and what it is called in plain words, where that is known and differs."""

    stored: str
    label: str


def with_label(name: str, language: Language) -> Name:
    """A member's name with its label."""
    label = label_of(name, language)
    is_new = bool(label) and label.casefold() != str(name).casefold()
    return Name(name_shown(name, language), label if is_new else "")


def has_own_form(member: Member, pointers: frozenset[str]) -> bool:
    """Whether a member at one of the pointers is shown in a form of its own, in place of as it is stored.

    Only texts, lists and objects have such a form: an empty text, a number or `false` is stated as such.
    """
    value = member.value
    is_whole = isinstance(value, (str, dict, list)) and not isinstance(value, Number)
    return is_whole and bool(value) and member.pointer in pointers


def rows_of(
    record: Record, language: Language, numbered: Numbered, skip: frozenset[str] = frozenset()
) -> Iterator[FieldRow]:
    """Every member of a record but those at the pointers in `skip` that have a form of their own."""
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
    """The names of the lists and objects that a record stands in, but for what decided its kind.

    That name stands with the count of such records, among the technical details.
    """
    told = record.rule.first.name if record.rule.first.code == "label" else None
    return tuple(name_shown(name, language) for name in record.labels if name != told)


def stored_members(record: Record) -> Iterator[Member]:
    """The record's members; an envelope (`data`) that holds what the record is made of gives its own."""
    made_of = tuple(record.sources.values())
    for member in members_of(record.value, record.pointer):
        inside = f"{member.pointer}/"
        is_envelope = str(member.name).lower() in _ENVELOPES and isinstance(member.value, dict)
        if is_envelope and any(pointer.startswith(inside) for pointer in made_of):
            yield from members_of(member.value, member.pointer)
        else:
            yield member


class Step(NamedTuple):
    """A step through a value, in the order of printing (`templates/report/values/value.html.j2`).

    `form` is `text` or `word` (a scalar, in its own or in our words), `empty`, `name`, `item`, `end-item`,
    `names`, `end-names`, `list`, `end-list`; below the deepest level `plain-name` and `end-plain` alone.
    """

    form: str
    text: Markup | Name | None = None


_DEEPEST = 12
"""Levels of nested lists; deeper ones would leave the page, so that the names alone go on."""


def steps(value: Value, language: Language) -> Iterator[Step]:
    """A value as steps. They are not nested, as a value may be nested deeper than templates may call each other."""
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
    """What gives a number to a long text, as it may recur."""

    def number_of(self, text: str) -> int | None:
        """The number of a text, or None where the text is printed in place."""
        ...


class References:
    """Long texts that recur (browser lines, header dumps): printed once, and referred to by number.

    Whether a text recurs is known where all records are: until then an event has the text's number
    (`number_of`), and the report asks for what to print when it is written (`printed`).
    """

    def __init__(self) -> None:
        self._texts: dict[str, int] = {}
        self._recurring: dict[str, int] = {}
        self._room = _MOST_REFERRED_TO

    def number_of(self, text: str) -> int | None:
        """Note that a text occurs; see `LongTexts`."""
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
        """The number that the report prints for a text, or the text itself, which occurs once."""
        known = self._printed_numbers.get(number)
        return self._in_order[number] if known is None else known

    def __iter__(self) -> Iterator[tuple[int, str]]:
        """The texts that recur, each with the number that is printed for it."""
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
"""A value on the line of an event: the names that lead to it, what it says, and its form.

The form is `text`, `long` (it says the number of a long text), `empty` for an empty list or object, or `path`
(the names say what the record stands in). A bare tuple, as a report may hold millions of them: it is kept and
compared several times faster than an object with named fields.
"""


def stored_line(record: Record, language: Language, long_texts: LongTexts) -> tuple[list[StoredValue], int]:
    """All values of a record for one line, and how many there are."""
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
    """The names on the way from a record to one of its values."""
    steps = tokens(pointer)
    if len(steps) > 1 and steps[0].lower() in _ENVELOPES:
        steps = steps[1:]
    return " › ".join(step or language.text("(without a name)") for step in steps)
