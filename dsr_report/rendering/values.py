"""A record's values as the export stores them: nested lists for detail, one line for events. Nothing is left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property, lru_cache
from secrets import token_hex
from typing import NamedTuple, Protocol

from markupsafe import Markup, escape

from dsr_report.errors import LedgerError
from dsr_report.jsonstream.items import JsonValue, Number, Scalar, count_values
from dsr_report.languages import Language
from dsr_report.pointers import RepeatedName, tokens
from dsr_report.printable import printable
from dsr_report.records.base import Record
from dsr_report.records.members import Member, leaves_of, members_of
from dsr_report.rendering.dictionary import explanation_of, label_of, meaning_of
from dsr_report.rendering.text import inert, inline, isolated, shown

_COUNTED = f"\ue000{token_hex(6)}-"
"""Begins the invisible number that a value carries until its page is made (see `Numbered`)."""
_NUMBER = re.compile(re.escape(_COUNTED) + r"(\d+);")
LONG = 60
"""Characters; a longer text that recurs is printed once."""
BETWEEN = "\x00"
"""Parts the values on a line until it is printed; no value has it, as what is printable has no NUL."""
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


class Row(NamedTuple):
    """One member of a record: its name, its label and meaning where known, and its value as HTML."""

    name: str
    label: str
    explanation: str
    html: Markup

    @property
    def is_short(self) -> bool:
        """Whether it fits on a page, so that it need not be broken."""
        return is_short(self.html)


_SHORT = 500


def is_short(html: str) -> bool:
    """Whether a value's HTML is short, the invisible numbers in it aside."""
    return len(html) < _SHORT or len(_NUMBER.sub("", html)) < _SHORT


class Numbered:
    """A record's values by number, to prove that a page shows each of them once.

    Rows carry the numbers of their values, invisibly, into the template; `settled` takes them out of the
    finished page again. What a template or a chapter leaves out or shows twice is known by its number.
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        self._elsewhere: list[int] = []
        self.members: list[tuple[Member, int]] = []
        """The record's members, each with the number of its first value."""
        number = 0
        for member in stored_members(record):
            self.members.append((member, number))
            number += count_values(member.value)
        self.count = number

    def shown_elsewhere(self, member: Member, first: int) -> None:
        """A member is shown in a form of its own, without numbers."""
        self._elsewhere.extend(range(first, first + count_values(member.value)))

    def settled(self, html: str) -> tuple[str, int]:
        """The page without numbers, and how many values it shows.

        Raises:
            LedgerError: a value is missing in it, or is there twice.
        """
        numbers = [*map(int, _NUMBER.findall(html)), *self._elsewhere]
        if len(numbers) != self.count or len(set(numbers)) != self.count:
            self._fail(numbers)
        return _NUMBER.sub("", html), self.count

    def _fail(self, numbers: list[int]) -> None:
        times = Counter(numbers)
        wrong = next((number for number in range(self.count) if times[number] != 1), 0)
        pointers = [pointer for pointer, _ in self._record.values()] or [self._record.pointer]
        outcome = "be shown twice" if times[wrong] else "not be shown"
        raise LedgerError(
            f"the value at {pointers[wrong]} would {outcome}",
            hint="Nothing was written. Does a template of your own leave it out, or repeat it?",
        )


def name_shown(name: str, language: Language) -> str:
    """A member's name; an empty one is named, a repeated one numbered."""
    text = printable(inert(str(name))) if name else language.text("(without a name)")
    return f"{text} ({name.occurrence})" if isinstance(name, RepeatedName) else text


def labelled(name: str, language: Language) -> Markup:
    """A member's name as HTML: what it is called in plain words, where we know that, and as it is stored."""
    stored = inline(name_shown(name, language))
    label = label_of(name, language)
    if not label or label.casefold() == str(name).casefold():
        return Markup(f"<b>{stored}</b>")  # noqa: S704 - escaped by `inline`
    return Markup(f"<b>{escape(label)}</b> <small>({stored})</small>")  # noqa: S704 - both are escaped


def has_own_form(member: Member, pointers: frozenset[str]) -> bool:
    """Whether a member at one of the pointers is shown in a form of its own, in place of as it is stored.

    Only texts, lists and objects have such a form: an empty text, a number or `false` is stated as such.
    """
    value = member.value
    is_whole = isinstance(value, (str, dict, list)) and not isinstance(value, Number)
    return is_whole and bool(value) and member.pointer in pointers


def rows_of(
    record: Record, language: Language, numbered: Numbered, skip: frozenset[str] = frozenset()
) -> Iterator[Row]:
    """Every member of a record but those at the pointers in `skip` that have a form of their own."""
    for member, first in numbered.members:
        name, _, value = member
        if has_own_form(member, skip):
            continue
        yield Row(
            name_shown(name, language) if name else language.text("value"),
            label_of(name, language, record.kind),
            _explained(meaning_of(name, value, language), explanation_of(name, record.kind, language)),
            value_html(value, language, first),
        )


def _explained(meaning: str, explanation: str) -> str:
    """What the value means, before what the field means."""
    return f"= {meaning}. {explanation}".strip() if meaning else explanation


def path_of(record: Record, language: Language) -> str:
    """The names of the lists and objects that a record stands in, as HTML, but for what decided its kind.

    That name stands with the count of such records, among the technical details.
    """
    told = record.rule.removeprefix("label ").partition(", ")[0] if record.rule.startswith("label ") else None
    names = [name for name in record.labels if name != told]
    if not names:
        return ""
    path = " › ".join(inline(name_shown(name, language)) for name in names)
    return f"{escape(language.text('Stored under'))}{language.colon} {path}"


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


def value_html(value: JsonValue, language: Language, first: int | None = None) -> Markup:
    """Any JSON value as HTML: scalars as text, lists and objects as nested lists. Iterative: depth is no danger.

    `first` is the number of its first value, where it is to carry the numbers of `Numbered`.
    """
    if not isinstance(value, (dict, list)):
        return number_of(first) + _scalar(value, language)
    out: list[str] = []
    stack: list[JsonValue | _Close | _Label] = [value]
    depth = 0
    while stack:
        current = stack.pop()
        if isinstance(current, _Close):
            out.append(current.html)
            depth -= current.levels
        elif isinstance(current, _Label):
            out.append(current.html)
        elif isinstance(current, dict):
            if not current:
                out.append(f"<i>{escape(language.text('(empty)'))}</i>")
                continue
            depth += 1
            deep = depth > _DEEPEST
            out.append("" if deep else '<ul class="nest">')
            stack.append(_Close("" if deep else "</ul>", 1))
            for name, member in reversed(current.items()):
                label = labelled(name, language)
                stack.append(_Close(" " if deep else "</li>", 0))
                stack.append(member)
                stack.append(_Label(f"{'' if deep else '<li>'}{label}{language.colon} "))
        elif isinstance(current, list):
            if not current:
                out.append(f"<i>{escape(language.text('(empty)'))}</i>")
                continue
            depth += 1
            deep = depth > _DEEPEST
            out.append("" if deep else '<ol class="nest">')
            stack.append(_Close("" if deep else "</ol>", 1))
            for member in reversed(current):
                stack.append(_Close(" " if deep else "</li>", 0))
                stack.append(member)
                stack.append(_Label("" if deep else "<li>"))
        else:
            out.append(f"{number_of(first)}{_scalar(current, language)}")
            first = None if first is None else first + 1
    return Markup("".join(out))  # noqa: S704 - every piece was escaped when it was made


def number_of(number: int | None) -> Markup:
    """The invisible number of a value (see `Numbered`)."""
    return Markup("") if number is None else Markup(f"{_COUNTED}{number};")  # noqa: S704 - no text in it


_DEEPEST = 12  # below it nested lists would leave the page; the names alone go on


class _Close(NamedTuple):
    html: str
    levels: int


class _Label(NamedTuple):
    html: str


def _scalar(value: Scalar, language: Language) -> Markup:
    if value is None or isinstance(value, bool) or value == "":
        return Markup("<i>{}</i>").format(value_text(value, language))
    return shown(inert(str(value)))


class Marking(Protocol):
    """What puts a mark in place of a long text, as it may recur."""

    def mark_of(self, text: str) -> str | None:
        """The mark that stands for a text in HTML, or None where the text is printed in place."""
        ...


class References:
    """Long texts that recur (browser lines, header dumps): printed once, and referred to by number.

    Whether a text recurs is known where all records are: until then a mark stands for it (`resolved`).
    """

    def __init__(self, language: Language) -> None:
        self._language = language
        self._texts: dict[str, int] = {}
        self._recurring: dict[str, int] = {}
        self._room = _MOST_REFERRED_TO
        self._mark = f"\ue000{token_hex(6)}="
        self._marked = re.compile(re.escape(self._mark) + r"(\d+);")

    def mark_of(self, text: str) -> str | None:
        """Note that a text occurs; see `Marking`."""
        if len(text) <= LONG:
            return None
        number = self._texts.get(text)
        if number is not None:
            self._recurring.setdefault(text, number)
        elif len(self._texts) < _MOST_REFERENCES and len(text) <= self._room:
            number = self._texts[text] = len(self._texts)
            self._room -= len(text)
        return None if number is None else f"{self._mark}{number};"

    def resolved(self, html: str) -> str:
        """HTML with links to the texts that recur, and the others in place, now that all are known."""
        return self._marked.sub(self._resolved, html) if self._mark in html else html

    def __iter__(self) -> Iterator[tuple[int, str]]:
        return ((number, text) for text, number in self._numbers.values())

    def __len__(self) -> int:
        return len(self._recurring)

    def _resolved(self, match: re.Match[str]) -> str:
        place = int(match[1])
        if place not in self._numbers:
            return isolated(self._in_order[place])
        number = self._numbers[place][1]
        return f'<a href="#long-{number}">{escape(self._language.text("text no."))} {number}</a>'

    @cached_property
    def _in_order(self) -> list[str]:
        return list(self._texts)

    @cached_property
    def _numbers(self) -> dict[int, tuple[str, int]]:
        """By the place of a text that recurs: the text, and its number."""
        places = sorted((place, text) for text, place in self._recurring.items())
        return {place: (text, number) for number, (place, text) in enumerate(places, 1)}


def stored_line(record: Record, language: Language, references: Marking) -> tuple[str, int]:
    """All values of a record on one line of HTML, with `BETWEEN` between them, and how many there are."""
    path = path_of(record, language) if record.labels else ""
    pieces = [path] if path else []
    count = 0
    for pointer, value in leaves_of(record.value, ""):
        name = _path(pointer, language)
        if isinstance(value, (dict, list)):
            pieces.append(f"{name} <i>{escape(language.text('(empty)'))}</i>")
            continue
        count += 1
        text = value_text(value, language)
        what = (references.mark_of(text) if isinstance(value, str) else None) or isolated(text)
        pieces.append(f"{name} {what}" if name else what)
    return BETWEEN.join(pieces), count


@lru_cache(maxsize=4096)
def _path(pointer: str, language: Language) -> str:
    """The names on the way from a record to one of its values, as HTML."""
    steps = tokens(pointer)
    if len(steps) > 1 and steps[0].lower() in _ENVELOPES:
        steps = steps[1:]
    return inline(" › ".join(step or language.text("(without a name)") for step in steps))
