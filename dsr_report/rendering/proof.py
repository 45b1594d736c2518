"""The proof that a page shows each value: invisible numbers that values carry through the templates.

A record's values are numbered when its view is made. Where a template prints one, its number comes out
with it; `settle` finds the numbers in the finished HTML of a part and takes them out. A value that a
template leaves out or repeats, ours or an operator's, is an error that names its pointer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from secrets import token_hex
from typing import NamedTuple, Protocol

from markupsafe import Markup

from dsr_report.errors import LedgerError
from dsr_report.jsonstream.items import JsonValue, values
from dsr_report.sentences import Sentence

_MARK = f"\ue000{token_hex(6)}-"
_NUMBER = re.compile(re.escape(_MARK) + r"(\d+)\.(\d+);")


class Provable(Protocol):
    """Something whose values a page has to show."""

    def numbers(self) -> Iterator[tuple[int, int, str]]:
        """Of each value: the number of its record, its own number, and its pointer."""
        ...


class NumberedMember(NamedTuple):
    """A member of a record whose values are printed with numbers, from `first` on."""

    pointer: str
    content: JsonValue
    first: int


_SHORT = 500
"""Characters of HTML."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a page has to show of the record with this number; members in a form of their own are not in it."""

    record: int
    members: tuple[NumberedMember, ...]

    def numbers(self) -> Iterator[tuple[int, int, str]]:
        """See `Provable`."""
        for member in self.members:
            for number, (pointer, _) in enumerate(values(member.content, member.pointer), member.first):
                yield self.record, number, pointer


def mark_of(record: int, number: int) -> Markup:
    """The invisible number of a value of a record."""
    return Markup(f"{_MARK}{record}.{number};")  # noqa: S704 - no text in it


def without_marks(html: str) -> str:
    """HTML without invisible numbers."""
    return _NUMBER.sub("", html) if _MARK in html else html


def is_short(html: str) -> bool:
    """Whether a value's HTML fits on a page, so that it need not be broken; the numbers in it aside."""
    return len(html) < _SHORT or len(without_marks(html)) < _SHORT


def settle(html: str, proofs: Iterable[Provable]) -> str:
    """The HTML of a part without the numbers, each of which it has once.

    Raises:
        LedgerError: a value is missing in it, or is there twice.
    """
    found = Counter(_NUMBER.findall(html))
    for proof in proofs:
        for record, number, pointer in proof.numbers():
            times = found[str(record), str(number)]
            if times != 1:
                raise LedgerError(
                    Sentence("the value at {pointer} would be shown twice", pointer=pointer)
                    if times
                    else Sentence("the value at {pointer} would not be shown", pointer=pointer),
                    hint="Nothing was written. Does a template of your own leave it out, or repeat it?",
                )
    return without_marks(html)
