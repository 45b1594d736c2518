"""Objects that programs write within a text, in other notations than JSON.

Python, PHP, Ruby, JavaScript and YAML quote names and values in their own ways, or not at all. Objects are
read only as far as needed to group members by object; nothing is evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"(?P<open>[{\[(])|(?P<close>[}\])])|"
    r"(?:(?<!\\)(?P<q>\\*+[\"']))?:?(?P<name>[A-Za-z_][\w-]{0,39})(?(q)(?P=q))\s*(?:=>|[:=])\s*"
    r"(?:[bru]?(?P<v>\\*+[\"'])(?P<quoted>(?:(?!(?P=v)).)*?)(?<!\\)(?P=v)"
    r"|(?P<bare>[^\s\"'{}\[\](),;]{1,200})(?=\s*(?:[,;)}\]]|\Z)))",
    re.DOTALL,
)
_SEPARATORS = re.compile(r"[\s,;]*")
_FARTHEST = 1_000
"""Maximum characters between two members within brackets; more is another text."""
_DEEPEST = 50
"""Maximum open brackets; with more, the text is no object, and its brackets are ignored."""


class Member(NamedTuple):
    """A member's value, and its offset in the text."""

    value: str
    start: int


def loose_objects(text: str) -> Iterator[dict[str, Member]]:
    """The objects with two or more members; without brackets, members in an unbroken row are one object."""
    around: list[dict[str, Member]] = []
    members: dict[str, Member] = {}
    end = 0
    for match in _TOKEN.finditer(text):
        is_apart = match.start() - end > _FARTHEST or not (
            around or _SEPARATORS.fullmatch(text, end, match.start())
        )
        if is_apart or match["close"] or match["name"] in members:
            if len(members) > 1:
                yield members
            members = {}
        if match["name"]:
            group = "bare" if match["quoted"] is None else "quoted"
            members[match["name"]] = Member(match[group], match.start(group))
        elif match["close"]:
            members = around.pop() if around else {}
        elif len(around) < _DEEPEST:
            around.append(members)
            members = {}
        end = match.end()
    for left in (*around, members):
        if len(left) > 1:
            yield left
