"""Live keys in HTML and XML: in elements and attributes, beside or below a label, in tables."""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from dsr_report.lexicon import WORDS, any_of
from dsr_report.redact.key_names import KeyName, is_usual_field, key_name
from dsr_report.redact.key_values import TextKey, is_code, is_token, keys_at, keys_under_name

_ELEMENT = re.compile(r"<([\w:.-]{1,60})([^<>]*)>(?:<!\[CDATA\[(.*?)\]\]>|([^<>]+))</\1\s*>", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w:.-]{1,60})\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>=`]+))")
_TAG = re.compile(r"<(/?)([A-Za-z][\w:.-]*)((?:[^<>\"']|\"[^\"<>]*\"|'[^'<>]*')*)>")
_NESTED = re.compile(
    r"<([\w:.-]{1,60})([^<>]*=[^<>]*)>\s*((?:<[A-Za-z][^<>]*>\s*){1,2})(?:([^<>\s][^<>]{0,400}?)\s*</)?"
)
"""`<field label="Wachtwoord"><value>…</value></field>`, `<select name="pin"><option value="…">`."""
_NAMING = ("name", "key", "id", "field", "var", "property", "label", "data-name", "placeholder", "aria-label")
_VALUES = {"value", "content", "data-value"}
_PREFIX = re.compile(r"th:|v-bind:|:(?=\w)|ng-")
"""Prefixes that frameworks put before an attribute's name."""
_QUOTED = re.compile(r"(['\"])(.+)\1")
_NO_VALUES = {
    "type",
    "name",
    "id",
    "class",
    "for",
    "autocomplete",
    "href",
    "src",
    "style",
    "alt",
    "title",
    "placeholder",
}
_LETTER = re.compile(r"<(?:p|br|div|td|html|body|span|table)\b", re.IGNORECASE)
_LABELS = frozenset({"td", "th", "dt", "label", "b", "strong", "name", "key", "em", "i", "span", "legend"})
"""Elements that may hold the label of the next text."""
_APART = frozenset({"tr", "input", "button", "select", "textarea"})
_SAYS = re.compile(rf"[ \u00a0]+{any_of(WORDS.says_key)}\Z", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_LONGEST_LABEL = 80
"""Characters; a longer text is a label only with a colon."""
_FILLED_IN = frozenset({"", "text", "password", "tel", "number"})
_PASSWORD = KeyName("password", is_sure=True)


class _Node(NamedTuple):
    """A text between tags: its offsets without blanks, and the tags before it."""

    start: int
    end: int
    text: str
    tags: tuple[str, ...]

    @property
    def element(self) -> str:
        return self.tags[-1].lower() if self.tags else ""


def keys_in_markup(text: str, *, names_a_key: bool) -> Iterator[TextKey]:
    """The live keys in markup; beside labels and in tables only if the text `names_a_key`."""
    yield from _in_elements(text)
    yield from _keys_in_nested(text)
    for match in _TAG.finditer(text):
        if "=" in match.group(3):
            yield from _in_tag(match)
    if names_a_key:
        nodes = list(_nodes(text))
        yield from _beside_labels(text, nodes)
        yield from _in_tables(nodes)
        yield from _in_fields(text, nodes)


def _in_elements(text: str) -> Iterator[TextKey]:
    for match in _ELEMENT.finditer(text):
        group = 3 if match.group(3) is not None else 4
        names = [match.group(1).rpartition(":")[2]]
        names += [m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(match.group(2))]
        for name in map(html.unescape, names):
            if key_name(name):
                yield from keys_at(
                    name, match.group(group), match.start(group), match.start(1), html.unescape
                )
                break


def _keys_in_nested(text: str) -> Iterator[TextKey]:
    """Keys in the first element inside one whose attribute names a key."""
    for match in _NESTED.finditer(text):
        names = (html.unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(match[2]))
        name = next((name for name in names if key_name(name)), None)
        if name is None:
            continue
        if match[4]:
            yield from keys_at(name, match[4], match.start(4), match.start(1), html.unescape)
        for found in _ATTRIBUTE.finditer(match[3]):
            group = next(group for group in (2, 3, 4) if found[group] is not None)
            if found[1].lower() in _VALUES:
                at = match.start(3) + found.start(group)
                yield from keys_at(name, found[group], at, match.start(1), html.unescape)


def _in_tag(match: re.Match[str]) -> Iterator[TextKey]:
    base = match.start(3)
    values: dict[str, tuple[str, int]] = {}
    for found in _ATTRIBUTE.finditer(match.group(3)):
        group = next(group for group in (2, 3, 4) if found[group] is not None)
        name, value, at = _PREFIX.sub("", found[1].lower()), found[group], base + found.start(group)
        quoted = _QUOTED.fullmatch(value)
        values.setdefault(name, (quoted[2], at + 1) if quoted else (value, at))
    says = next((values[name][0] for name in _NAMING if name in values and key_name(values[name][0])), None)
    is_password = values.get("type", ("", 0))[0].lower() == "password"
    for name, (value, at) in values.items():
        if name in _VALUES and says:
            yield from keys_at(says, value, at, match.start(), html.unescape)
        elif name in _VALUES and is_password:
            for key in keys_under_name(_PASSWORD, html.unescape(value)):
                yield TextKey(key.what, key.text, at, at + len(value), match.start())
        elif name not in _NO_VALUES and key_name(name):
            yield from keys_at(name, value, at, match.start(), html.unescape)


def _nodes(text: str) -> Iterator[_Node]:
    at = 0
    tags: list[str] = []
    for match in (*_TAG.finditer(text), None):
        end = match.start() if match else len(text)
        piece = text[at:end]
        if plain := piece.strip():
            start = at + len(piece) - len(piece.lstrip())
            yield _Node(start, start + len(plain), html.unescape(plain), tuple(tags))
            tags = []
        if match:
            tags.append(match.group(1) + match.group(2))
            at = match.end()


def _beside_labels(text: str, nodes: list[_Node]) -> Iterator[TextKey]:
    is_letter = _LETTER.search(text) is not None
    for number, label in enumerate(nodes[:-1]):
        bare = label.text.rstrip(" :\u00a0")
        has_colon = bare != label.text
        if not bare or (len(bare) > _LONGEST_LABEL and not has_colon):
            continue
        value = nodes[number + 1]
        if value.text == ":" and number + 2 < len(nodes):
            has_colon, value = True, nodes[number + 2]
        if value.text.startswith(":"):
            has_colon, value = True, value._replace(start=value.start + 1, text=value.text[1:].strip())
        name, is_whole = _name_in(bare)
        if name is None or not value.text or is_usual_field(value.text):
            continue
        if not _APART.isdisjoint(value.tags) or (label.element == "th" and value.element == "th"):
            continue  # another label, or a form control, follows
        first = value.text.split()[0].rstrip(".,;!")
        is_word = len(value.text.split()) == 1
        is_beside = has_colon or label.element in _LABELS
        looks_so = is_token(first) or is_code(first)
        if (is_whole and is_beside and is_word) or (looks_so and (has_colon or is_word)):
            if is_word:
                yield from keys_at(
                    name, text[value.start : value.end], value.start, label.start, html.unescape
                )
            elif first == text[value.start : value.start + len(first)]:
                yield from keys_at(name, first, value.start, label.start)
        elif is_whole and not is_letter and is_beside:
            yield from keys_at(name, text[value.start : value.end], value.start, label.start, html.unescape)


def _in_fields(text: str, nodes: list[_Node]) -> Iterator[TextKey]:
    """Values of inputs after a label: `<label>Wachtwoord <input value="…">`."""
    starts = [node.start for node in nodes]
    for match in _TAG.finditer(text):
        if match[2].lower() != "input" or "value" not in match[3]:
            continue
        before = bisect_left(starts, match.start()) - 1
        name = _name_in(nodes[before].text.rstrip(" :\u00a0"))[0] if before >= 0 else None
        attributes = {found[1].lower(): found for found in _ATTRIBUTE.finditer(match[3])}
        kind = attributes.get("type")
        is_filled_in = kind is None or (kind[2] or kind[3] or kind[4] or "").lower() in _FILLED_IN
        value = attributes.get("value")
        if name and value and is_filled_in:
            group = next(group for group in (2, 3, 4) if value[group] is not None)
            at = match.start(3) + value.start(group)
            yield from keys_at(name, value[group], at, nodes[before].start, html.unescape)


def _name_in(label: str) -> tuple[str | None, bool]:
    """The name of a key that a label is or ends in, and whether it is the whole label."""
    bare = _SAYS.sub("", label)
    if key_name(bare):
        return bare, bare == label
    words = _WORDS.findall(bare)[-4:]
    for at in range(len(words)):
        name = " ".join(words[at:])
        if bare.endswith(words[-1]) and key_name(name):
            return name, False
    return None, False


def _in_tables(nodes: list[_Node]) -> Iterator[TextKey]:
    """The keys in cells below a header cell that names a key."""
    names: dict[int, str] = {}
    width = 0
    for row in _rows(nodes):
        head = {i: cell.text.rstrip(" :") for i, cell in row.items() if key_name(cell.text.rstrip(" :"))}
        is_head = all(cell.element == "th" for cell in row.values()) or (
            len(row) > 1 and all(is_usual_field(cell.text) for cell in row.values())
        )
        if head and (is_head or (len(row) > 1 and 0 not in head and not names)):
            names, width = head, len(row)
        elif names and len(row) == width:
            for i, name in names.items():
                if i in row and " " not in row[i].text:
                    yield from keys_at(name, row[i].text, row[i].start, row[i].start)
        elif len(row) != width:
            names = {}


def _rows(nodes: list[_Node]) -> Iterator[dict[int, _Node]]:
    """The first text of each cell of a row, by column."""
    row: dict[int, _Node] = {}
    column = -1
    for node in nodes:
        for tag in map(str.lower, node.tags):
            if tag in {"tr", "/tr", "/table", "table"}:
                if row:
                    yield row
                row, column = {}, -1
            elif tag in {"td", "th"}:
                column += 1
        if column >= 0:
            row.setdefault(column, node)
    if row:
        yield row
