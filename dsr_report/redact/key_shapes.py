"""Live keys in a JSON value of any shape, found by their names.

A name can be a member's name, the value of another member (`{"name": "password", "value": …}`), the first
cell of a row, a column header, a header field in a list, or part of the text itself (see `keys_in_text`).
Below such a name every text and number is a key, except metadata about the key.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from dsr_report.jsonstream.items import JsonValue, Scalar
from dsr_report.lexicon import WORDS
from dsr_report.mime.inside_files import looks_like_message
from dsr_report.pointers import escape_token, tokens
from dsr_report.redact.json_places import parse_json
from dsr_report.redact.key_names import (
    NAMES_OF_NAMES,
    NAMES_OF_VALUES,
    KeyName,
    What,
    is_about_a_key,
    is_secret_question,
    is_usual_field,
    joined,
    joined_words,
    key_name,
    words_of,
)
from dsr_report.redact.key_values import Span, TextKey, keys_in_scalar
from dsr_report.redact.key_words import names_a_key
from dsr_report.redact.keys_in_text import is_folded, keys_written_in
from dsr_report.redact.message_texts import is_message

_BASE64 = re.compile(r"(?:[A-Za-z0-9+/_-]{4}){4,}(?:[A-Za-z0-9+/_-]{2,3}={0,2})?\s*")


class FoundKey(NamedTuple):
    """A live key: pointer of its value, kind, text, and span in the value (None: all of it)."""

    pointer: str
    what: What
    text: str
    span: Span | None = None


_ANSWERS = joined_words(WORDS.answers)
_BESIDE_PAIRS = joined_words(
    ("id", "type", "kind", "nr", "number", "order", "position", "page", "required", "visible",
     "database", "profile", "subprofile", "date", "time", "timestamp", "created", "modified", "updated",
     "index", "format", "length")
)  # fmt: skip
"""Members of a pair that hold neither the name nor the value."""

_MAY_NAME = re.compile(r"[=\"'<{\n\t;|,：]|^[^\d:]+:|eyJ|[A-Za-z0-9+/_-]{16}|\$[0-9a-z]| --?[A-Za-z]|—|–")
"""A text without a match neither names a key nor is base64: most ids, dates and words."""

_NAME_OF_ROW = re.compile(r"[^\W_](?:[\w .'()\[\]-]{0,60}[^\W_)\]])?[)\]]?")
_Task = tuple[JsonValue, str, KeyName | None]


def keys_in_value(value: JsonValue, pointer: str = "", *, in_texts: bool = True) -> Iterator[FoundKey]:
    """The live keys at and below a value, in its order; iterative, as nesting can be deep.

    Args:
        value: of an item, or parsed from a text.
        pointer: of the value.
        in_texts: whether to include keys whose name is written in the text itself.
    """
    stack: list[_Task] = [(value, pointer, _above(pointer))]
    while stack:
        current, at, under = stack.pop()
        if isinstance(current, dict):
            is_list = "0" in current and _is_list(current)
            parts = _elements(list(current.values()), at, under) if is_list else _members(current, at, under)
            stack.extend(reversed(list(parts)))
        elif isinstance(current, list):
            stack.extend(reversed(list(_elements(current, at, under))))
        elif under is not None or (in_texts and isinstance(current, str) and _may_name(current)):
            yield from _in_scalar(current, at, under)


def _may_name(text: str) -> bool:
    """Quick check whether a text may name a key; false for most ids, dates and words."""
    return _MAY_NAME.search(text) is not None or (" " in text and not text[0].isdigit() and names_a_key(text))


def _above(pointer: str) -> KeyName | None:
    """The kind of key that the name of an item's member, or of the list around the item, announces."""
    path = [token for token in tokens(pointer)[-2:] if not token.isdigit()]
    return key_name(path[-1]) if path else None


def _in_scalar(value: Scalar, pointer: str, under: KeyName | None) -> Iterator[FoundKey]:
    text = str(value)
    keys: Iterable[TextKey] = ()
    if under is not None:
        keys = keys_in_scalar(under, value)
    elif isinstance(value, str) and len(text) >= _SHORTEST and not _is_mail(text):
        keys = keys_in_text(text)
    for key in keys:
        is_whole = (key.start, key.end) == (0, len(text))
        yield FoundKey(pointer, key.what, key.text, None if is_whole else Span(key.start, key.end))


def _is_mail(text: str) -> bool:
    """Whether a text is looked through as a message; `Wachtwoord:`, a blank line and the key are a note."""
    if "\n" not in text or not is_message(text):
        return False
    return looks_like_message(text[:_LONGEST_HEADER].encode("utf-8", "replace"))


def keys_in_text(text: str) -> Iterator[TextKey]:
    """The live keys in a text: in the JSON or base64 that it is, or by the names in it."""
    if text.lstrip()[:1] in {"{", "[", '"'} and parse_json(text) is not None:
        yield from keys_in_json(text)
        return
    if _BASE64.fullmatch(text):
        inner = plain_of_base64(text)
        if inner is not None and (first := next(iter(keys_in_text(inner)), None)) is not None:
            yield TextKey(first.what, text, 0, len(text), 0)
            return
    yield from keys_written_in(text)


def keys_in_json(text: str) -> Iterator[TextKey]:
    """The live keys in a JSON text, with their offsets in it."""
    parsed = parse_json(text)
    if parsed is None:
        return
    for key in keys_in_value(parsed.value):
        start, end = parsed.place(key.pointer, key.span)
        yield TextKey(key.what, key.text, start, end, start)


def plain_of_base64(text: str) -> str | None:
    """The text encoded in base64; None if `text` is not base64 of readable text."""
    try:
        content = base64.b64decode(text.strip().translate(_URL_SAFE) + "==", validate=False)
        plain = content.decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    return plain if all(c.isprintable() or c in "\r\n\t" for c in plain) else None


_URL_SAFE = str.maketrans("-_", "+/")
_LONGEST_HEADER = 20_000
_SHORTEST = 7
"""Characters of the shortest text that names a key: `pin:123`."""


def _is_list(members: dict[str, JsonValue]) -> bool:
    """Whether an object is a list, as PHP writes one after an element was removed."""
    return len(members) > 1 and list(members) == [str(i) for i in range(len(members))]


def _members(members: dict[str, JsonValue], at: str, under: KeyName | None) -> Iterator[_Task]:
    names = {name: key_name(str(name)) for name in members}
    beside = named_beside(members) if under is None else None
    columns = _columns_of(members)
    if under is not None and any(names.values()):
        under = None  # a member's own name says which of them is the key
    for name, member in members.items():
        own = names[name]
        if own is None and not is_about_a_key(str(name)):
            if under is not None:
                own = under
            elif beside is not None:
                own = beside if is_beside(beside, str(name), member) else None
        pointer = f"{at}/{escape_token(name)}"
        if own is None and columns and isinstance(member, list):
            yield from _in_columns(member, pointer, columns)
        else:
            yield member, pointer, own


def named_beside(members: dict[str, JsonValue]) -> KeyName | None:
    """The kind of key that an object's value is, by a name in another of its members."""
    asks = False
    for name, member in members.items():
        asks = asks or is_secret_question(str(name))
        if isinstance(member, str) and joined(str(name)) in NAMES_OF_NAMES:
            found = None if _SAYS_A_VALUE.search(member) else key_name(member)
            if found is not None:
                return found
            asks = asks or is_secret_question(member)
    is_answered = asks and any(joined(str(name)) in _ANSWERS for name in members)
    return _ANSWER if is_answered else None


_ANSWER = KeyName("access-code", is_sure=True)
_SAYS_A_VALUE = re.compile(r"[:=]\s*\S")
"""`Uw wachtwoord: …` names no other value."""


def is_beside(said: KeyName, name: str, member: JsonValue) -> bool:
    """Whether a member is the value that another member of its object names or asks for."""
    words = words_of(name)
    word = "".join(words)
    if said is _ANSWER:
        return word in _ANSWERS
    if word in NAMES_OF_VALUES:
        return not _is_field(member)
    return not (
        word in NAMES_OF_NAMES or any(word in _BESIDE_PAIRS for word in words) or isinstance(member, dict)
    )


def _elements(elements: list[JsonValue], at: str, under: KeyName | None) -> Iterator[_Task]:
    if under is not None:
        yield from ((element, f"{at}/{i}", under) for i, element in enumerate(elements))
        return
    first = elements[0] if elements else None
    if (
        isinstance(first, list)
        and len(elements) > 1
        and (columns := _columns(first))
        and _is_head(first, columns)
    ):
        yield first, f"{at}/0", None
        yield from _in_rows(elements[1:], at, columns, start=1)
        return
    said = _first_cell(elements)
    pairs = _is_row_of_pairs(elements)
    folded: KeyName | None = None
    for i, element in enumerate(elements):
        own: KeyName | None = None
        if not isinstance(element, (dict, list)) and not _is_field(element):
            if pairs:
                own = key_name(str(elements[i - 1])) if i % 2 else None
            elif i:
                own = said
        if isinstance(element, str) and own is None and not pairs:
            folded = is_folded(element, folded)
            own = folded if element[:1] in " \t" else None
        yield element, f"{at}/{i}", own


def _first_cell(row: list[JsonValue]) -> KeyName | None:
    first = row[0] if len(row) > 1 else None
    return key_name(first) if isinstance(first, str) else None


def _is_row_of_pairs(row: list[JsonValue]) -> bool:
    """Whether names and values alternate, as in raw header fields."""
    names = row[::2]
    return (
        len(row) >= 4
        and not len(row) % 2
        and all(isinstance(name, str) and _NAME_OF_ROW.fullmatch(name) for name in names)
        and any(key_name(str(name)) for name in names)
        and not all(map(_is_field, row[1::2]))
    )


def _is_field(value: JsonValue) -> bool:
    return isinstance(value, str) and is_usual_field(value)


def _columns(names: JsonValue) -> dict[int, KeyName]:
    """The columns of a list of names that are names of keys, by index."""
    if not isinstance(names, list):
        return {}
    found = {}
    for i, name in enumerate(names):
        text = name
        if isinstance(name, dict):
            text = next((m for k, m in name.items() if joined(str(k)) in NAMES_OF_NAMES), None)
        if isinstance(text, str) and (known := key_name(text)) is not None:
            found[i] = known
    return found


def _is_head(row: list[JsonValue], columns: dict[int, KeyName]) -> bool:
    """Whether a first row is a table header, not a name and its value."""
    return len(row) > 1 and (0 not in columns or any(_is_field(cell) for cell in row[1:]))


def _columns_of(members: dict[str, JsonValue]) -> dict[int, KeyName]:
    """The key columns of an object that has column names in one list and rows in another."""
    lists = [member for member in members.values() if isinstance(member, list)]
    if len(lists) < 2:
        return {}
    return next((columns for names in lists if (columns := _columns(names))), {})


def _in_columns(rows: list[JsonValue], at: str, columns: dict[int, KeyName]) -> Iterator[_Task]:
    """The cells of rows, or of one row, in an object that names the columns."""
    if rows and all(isinstance(row, list) for row in rows):
        yield from _in_rows(rows, at, columns, start=0)
    elif not any(isinstance(cell, (dict, list)) for cell in rows) and not _columns(rows):
        yield from _in_rows([rows], at, columns, start=None)
    else:
        yield rows, at, None


def _in_rows(
    rows: Sequence[JsonValue], at: str, columns: dict[int, KeyName], *, start: int | None
) -> Iterator[_Task]:
    for number, row in enumerate(rows, start or 0):
        place = at if start is None else f"{at}/{number}"
        if not isinstance(row, list):
            yield row, place, None
            continue
        for i, cell in enumerate(row):
            yield cell, f"{place}/{i}", None if _is_field(cell) else columns.get(i)
