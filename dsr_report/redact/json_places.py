"""JSON in a text, with the offsets of each of its values."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import accumulate
from typing import Any, NamedTuple

from dsr_report.jsonstream.items import JsonValue, Number
from dsr_report.pointers import RepeatedName, escape_token

_TOKEN = re.compile(r'[ \t\r\n]*(?:("(?:[^"\\]|\\.)*")|([{}\[\],:])|([^\s{}\[\],:"]+))', re.DOTALL)
_SIGN = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.", re.DOTALL
)


class PlacedJson(NamedTuple):
    """A JSON value and the offsets of its scalars in the text, without the quotation marks of strings."""

    text: str
    value: JsonValue
    places: dict[str, tuple[int, int]]

    def place(self, pointer: str, span: tuple[int, int] | None) -> tuple[int, int]:
        """Offsets in the text of a scalar, or of the piece at `span` of the decoded scalar."""
        start, end = self.places[pointer]
        if span is None:
            return start, end
        if "\\" not in self.text[start:end]:
            return start + span[0], start + span[1]
        signs = accumulate((len(sign) for sign in _SIGN.findall(self.text, start, end)), initial=start)
        ends = list(signs)
        return ends[min(span[0], len(ends) - 1)], ends[min(span[1], len(ends) - 1)]


def parse_json(text: str) -> PlacedJson | None:
    """Parse a text as JSON; None if it is none."""
    try:
        json.loads(text, strict=False, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    return _find_places(text)


_DECODER = json.JSONDecoder(strict=False, parse_int=str, parse_float=str)


def json_at(text: str, start: int) -> str:
    """The JSON list or object that begins at an offset of a text; empty if there is none."""
    try:
        return text[start : _DECODER.raw_decode(text, start)[1]]
    except (ValueError, RecursionError):
        return ""


def _find_places(text: str) -> PlacedJson:
    places: dict[str, tuple[int, int]] = {}
    root: list[JsonValue] = []
    stack: list[tuple[Any, str, Counter[str]]] = [(root, "", Counter())]
    name: str | None = None
    for match in _TOKEN.finditer(text):
        string, sign, literal = match.groups()
        if sign in {"}", "]"}:
            stack.pop()
            continue
        if sign in {",", ":"}:
            continue
        holder, at, counts = stack[-1]
        if string is not None and isinstance(holder, dict) and name is None:
            read = str(json.loads(string, strict=False))
            counts[read] += 1
            name = read if counts[read] == 1 else RepeatedName(read, counts[read])
            continue
        value: JsonValue
        if string is not None:
            value = json.loads(string, strict=False)
        elif literal is not None:
            value = _LITERALS[literal] if literal in _LITERALS else Number(literal)
        else:
            value = {} if sign == "{" else []
        pointer = "" if holder is root else f"{at}/{escape_token(name if name is not None else len(holder))}"
        if isinstance(holder, dict):
            holder[name] = value
        else:
            holder.append(value)
        name = None
        if isinstance(value, (dict, list)):
            stack.append((value, pointer, Counter()))
        elif string is not None:
            places[pointer] = (match.start(1) + 1, match.end(1) - 1)
        else:
            places[pointer] = match.span(3)
    return PlacedJson(text, root[0], places)


_LITERALS: dict[str, JsonValue] = {"true": True, "false": False, "null": None}
