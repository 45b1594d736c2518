"""Values of an export as text: numbers as written, anything nested as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from dsr_report.jsonstream.items import JsonValue, Number


def json_text(value: JsonValue, *, sort: bool = False) -> str:
    """A value as JSON, exactly: numbers as written, lone surrogates as escapes, any depth of nesting.

    `sort` orders the members of the value itself by name.
    """
    if sort and isinstance(value, dict):
        value = dict(sorted(value.items(), key=lambda member: str(member[0])))
    return "".join(_pieces(value))


def _pieces(value: JsonValue) -> Iterator[str]:
    stack: list[JsonValue | _Raw] = [value]
    while stack:
        current = stack.pop()
        if isinstance(current, _Raw):
            yield current.text
        elif isinstance(current, dict):
            yield "{"
            stack.append(_Raw("}"))
            for index, (name, member) in enumerate(reversed(current.items())):
                if index:
                    stack.append(_Raw(", "))
                stack.append(member)
                stack.append(_Raw(f"{_quote(str(name))}: "))
        elif isinstance(current, list):
            yield "["
            stack.append(_Raw("]"))
            for index, element in enumerate(reversed(current)):
                if index:
                    stack.append(_Raw(", "))
                stack.append(element)
        else:
            yield scalar_json(current)


class _Raw:
    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def scalar_json(value: JsonValue) -> str:
    """A single value as JSON."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return _quote(value) if isinstance(value, str) else str(value)


def _quote(text: str) -> str:
    quoted = json.dumps(text, ensure_ascii=False)
    try:
        quoted.encode("utf-8")
    except UnicodeEncodeError:
        return quoted.encode("utf-8", "backslashreplace").decode("utf-8")
    return quoted


def as_cell(value: JsonValue) -> str | None:
    """A value as the text of one cell: null stays null, lists and objects become JSON."""
    if value is None or (isinstance(value, str) and not isinstance(value, Number)):
        return value
    if isinstance(value, (dict, list)):
        return json_text(value)
    return scalar_json(value)


def type_of(value: JsonValue) -> str:
    """The JSON type of a value, in a word."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, (int, Number)):
        return "number"
    return "object" if isinstance(value, dict) else "list" if isinstance(value, list) else "text"
