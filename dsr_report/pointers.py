"""JSON Pointers (RFC 6901): how every value of an export is named.

RFC 6901 cannot tell repeated names of one object apart. A repeated name is a `RepeatedName`, and its
pointer ends in `~r2`, `~r3` …, an escape that RFC 6901 leaves unused, so that no ordinary pointer equals it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Self

_REPEATED = re.compile(r"~r[0-9]+\Z")


class RepeatedName(str):
    """An object's member name that occurred before in the same object; `occurrence` counts from 2."""

    __slots__ = ("occurrence",)
    occurrence: int

    def __new__(cls, name: str, occurrence: int) -> Self:
        self = super().__new__(cls, name)
        self.occurrence = occurrence
        return self

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, RepeatedName)
            and str.__eq__(self, other)
            and self.occurrence == other.occurrence
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((str(self), self.occurrence))

    def __str__(self) -> str:
        return str.__str__(self)

    def __reduce__(self) -> tuple[object, ...]:
        return RepeatedName, (str(self), self.occurrence)


def escape_token(token: str | int) -> str:
    """Escape one reference token."""
    if type(token) is str and "~" not in token and "/" not in token:
        return token
    if isinstance(token, int):
        return str(token)
    text = str(token).replace("~", "~0").replace("/", "~1")
    return f"{text}~r{token.occurrence}" if isinstance(token, RepeatedName) else text


def join_pointer(pointer: str, *tokens: str | int) -> str:
    """`pointer` with `tokens` below it: `join_pointer("/data", 0, "a/b")` is `/data/0/a~1b`."""
    for token in tokens:
        pointer = f"{pointer}/{escape_token(token)}"
    return pointer


def tokens(pointer: str) -> list[str]:
    """The reference tokens of a pointer, unescaped; repeated names lose their count."""
    if not pointer:
        return []
    result = []
    for part in pointer[1:].split("/"):
        name = _REPEATED.sub("", part)
        result.append(name.replace("~1", "/").replace("~0", "~"))
    return result


def repoint(pointer: str, rename: Callable[[str], str | None]) -> str:
    """Apply `rename` to each member name of a pointer; a name for which it returns None stays."""
    parts = []
    for part in pointer[1:].split("/") if pointer else []:
        count = _REPEATED.search(part)
        suffix = count.group() if count else ""
        name = part[: len(part) - len(suffix)].replace("~1", "/").replace("~0", "~")
        new = rename(name)
        parts.append(part if new is None else escape_token(new) + suffix)
    return "".join(f"/{part}" for part in parts)


def is_below(pointer: str, ancestors: Iterable[str]) -> bool:
    """Whether `pointer` is one of `ancestors` or lies below one."""
    return any(pointer == a or pointer.startswith(f"{a}/") for a in ancestors)
