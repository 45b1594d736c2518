"""Classification of an HTTP request by its header: for a picture (an open) or for a page (a click).

Old records of the Publisher have the same members for opens and for clicks. They hold the request's
header, though: a program that loads a picture asks for pictures (`Accept: image/…`, `Sec-Fetch-Dest: image`),
one that follows a link, for a page (`Accept: text/html…`). Many ask for anything (`*/*`): no clue.
(WHATWG Fetch, "Fetching", step on `Accept`: documents and images have values of their own; read 2026-11)
"""

from __future__ import annotations

import re
from functools import lru_cache

from dsr_report.jsonstream.items import JsonValue
from dsr_report.records.names import normalised_key
from dsr_report.records.rule import Clue

_LINE = re.compile(r"^[ \t]*(accept|sec-fetch-dest)[ \t]*:[ \t]*([^\r\n]*)", re.IGNORECASE | re.MULTILINE)
HEADERS = frozenset({"header", "headers"})
"""Members that hold the header dump of a request."""
_SHORT = 2_000
"""Maximum characters of a cached header: a program sends the same one with each of a person's requests."""
_LONGEST = 65_536
"""Maximum characters that are parsed; servers refuse longer headers."""
_PICTURE = ("impression", Clue("request-for-a-picture"))
_PAGE = ("click", Clue("request-for-a-page"))


def request_clue(members: dict[str, JsonValue]) -> tuple[str, Clue] | None:
    """Kind and clue by the header dump among the members, or None if it decides nothing."""
    for name, value in members.items():
        if normalised_key(name) in HEADERS and isinstance(value, str):
            return clue_of_header(value)
    return None


def clue_of_header(header: JsonValue) -> tuple[str, Clue] | None:
    """Kind and clue by a header dump, or None if it decides nothing."""
    if not isinstance(header, str):
        return None
    return _remembered_clue(header) if len(header) <= _SHORT else _clue_of(header[:_LONGEST])


@lru_cache(maxsize=1024)
def _remembered_clue(header: str) -> tuple[str, Clue] | None:
    return _clue_of(header)


def _clue_of(header: str) -> tuple[str, Clue] | None:
    fields = {match[1].lower(): match[2].strip().lower() for match in _LINE.finditer(header)}
    destination = fields.get("sec-fetch-dest")
    if destination in {"image", "document", "iframe"}:
        return _PICTURE if destination == "image" else _PAGE
    wanted = fields.get("accept", "")
    if wanted.startswith("image/") and "text/html" not in wanted:
        return _PICTURE
    if wanted.startswith(("text/html", "application/xhtml+xml")):
        return _PAGE
    return None
