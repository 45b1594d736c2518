"""The proof that a page shows each value: invisible numbers that values carry through the templates.

A record's values are numbered when its view is made. A template that prints a value also prints its number;
`settle` checks the numbers in the finished HTML of a part and removes them. A value that a template (ours
or an operator's) omits or repeats is an error that names its pointer.
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
    """Something whose values a page must show."""

    def numbers(self) -> Iterator[tuple[int, int, str]]:
        """Yield for each value the number of its record, its own number, and its pointer."""
        ...


class NumberedMember(NamedTuple):
    """A member of a record whose values are printed with numbers, starting at `first`."""

    pointer: str
    content: JsonValue
    first: int


_SHORT = 500
"""Characters of HTML that certainly fit on a page."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The values of a record that a page must show; members with their own display form are not included."""

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
    """Whether a value's HTML, numbers excluded, fits on a page and needs no page break within."""
    return len(html) < _SHORT or len(without_marks(html)) < _SHORT


def settle(html: str, proofs: Iterable[Provable]) -> str:
    """Check that the HTML of a part has each number once, and return it without numbers.

    Raises:
        LedgerError: a value is missing or occurs more than once.
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
