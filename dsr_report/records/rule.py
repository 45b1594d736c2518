"""What decided the kind of a record: codes and names, which `rendering.warnings` puts into words."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, Self


class Clue(NamedTuple):
    """One thing that spoke for a kind.

    Attributes:
        code: what it was (`label`, `keys`, `no-known-keys`).
        name: what it was called in the export.
        member: the member that had the name as its value, where the code is `says`.
    """

    code: str
    name: str = ""
    member: str = ""

    def __str__(self) -> str:
        what = self.member or self.code.replace("-", " ")
        return f"{what} {self.name}" if self.name else what


class Rule(str):
    """All that decided the kind of a record, the strongest clue first: `label clicks, names of columns`.

    It is a text, so that records are counted by it as fast as by a text; code reads its `clues`.
    """

    __slots__ = ("clues",)
    clues: tuple[Clue, ...]

    def __new__(cls, *clues: Clue) -> Self:
        """The rule of these clues."""
        rule = super().__new__(cls, ", ".join(map(str, clues)))
        rule.clues = clues
        return rule

    def __reduce__(self) -> tuple[type[Rule], tuple[Clue, ...]]:
        return Rule, self.clues

    @property
    def first(self) -> Clue:
        """The clue that decided."""
        return self.clues[0]

    def and_(self, *clues: Clue) -> Rule:
        """The same with further clues."""
        return Rule(*self.clues, *clues)

    def after(self, clue: Clue) -> Rule:
        """The same behind a stronger clue."""
        return Rule(clue, *self.clues)


@lru_cache(maxsize=4096)
def rule(code: str, name: str = "", member: str = "") -> Rule:
    """The rule of one clue."""
    return Rule(Clue(code, name, member))


UNTOLD = Rule(Clue("nothing-told"))
"""Of a record that was made rather than found."""
