"""Rules: what decided the kind of a record, as codes and names that `rendering.warnings` puts into words."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple, Self


class Clue(NamedTuple):
    """One piece of evidence for a kind.

    Attributes:
        code: its type (`label`, `keys`, `no-known-keys`).
        name: the name that it has in the export.
        member: the member that had the name as its value, where the code is `says`.
    """

    code: str
    name: str = ""
    member: str = ""

    def __str__(self) -> str:
        what = self.member or self.code.replace("-", " ")
        return f"{what} {self.name}" if self.name else what


class Rule(str):
    """The clues that decided the kind of a record, the strongest first: `label clicks, names of columns`.

    It is a `str`, so that counting records by it is fast; code reads its `clues`.
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
        """A copy with further clues."""
        return Rule(*self.clues, *clues)

    def after(self, clue: Clue) -> Rule:
        """A copy with a stronger clue before the others."""
        return Rule(clue, *self.clues)


@lru_cache(maxsize=4096)
def rule(code: str, name: str = "", member: str = "") -> Rule:
    """The rule with a single clue."""
    return Rule(Clue(code, name, member))


UNTOLD = Rule(Clue("nothing-told"))
"""The rule of a record that was constructed rather than found."""
