"""Checks that the ledger of a disclosure accounts for each value of the export exactly once.

A ledger is JSON Lines with the keys `pointer`, `members`, `values`, `masked`, `withheld`, `kind`, `place`,
`anchor`, `file`, `in_file`. A line accounts for all values at and below `pointer` or, with `members`, only
for those at and below `pointer + member`. Values at and below `pointer + in_file` are in full only in `file`,
which the disclosure embeds. Lines are roughly in the order of the export, so that both are read in parallel.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dsr_report.jsonstream.items import Item, count_values, values
from dsr_report.sentences import Sentence

_FAR = 5_000
"""Lines read ahead in search of a value; the export's reader reorders records over a far shorter distance."""


class UnsettledError(Exception):
    """A value is not settled, or is settled twice; `what` names its pointer."""

    def __init__(self, what: Sentence) -> None:
        super().__init__(what)
        self.what = what


@dataclass(slots=True)
class _Claim:
    """One line of the ledger, and the number of its values not met in the export yet."""

    pointer: str
    subtrees: tuple[str, ...]
    left: int
    hidden: int
    in_file: list[str]
    """Pointers below which no value was met yet."""


class Settling:
    """Compares a ledger with the items of the export, in bounded memory.

    Attributes:
        lines: number of records in the ledger.
        values: number of values of the export that it accounts for.
        nameless: the first place or file in the ledger that the report does not have, according to `named`
            (the ids in its pages, if known) and `files` (the names of its files).
    """

    def __init__(
        self,
        lines: Iterable[bytes],
        hidden: Iterable[str],
        named: set[str] | None = None,
        files: Iterable[str] = (),
    ) -> None:
        self._lines = iter(lines)
        self._claims: dict[str, _Claim] = {}
        self._hidden = set(hidden)
        self._named = named
        self._files = frozenset(files)
        self.lines = 0
        self.values = 0
        self.nameless: str | None = None

    def meet(self, item: Item) -> int:
        """Find the line of each value of an item, and return the number of values.

        Raises:
            UnsettledError: a value is in no line, or in two.
            ValueError, KeyError, TypeError: a line is malformed.
        """
        pointer = item.pointer
        if pointer not in self._claims:
            self._next_claim()
        count = count_values(item.value)
        claim = self._claims.get(pointer)
        if claim is not None and claim.subtrees == (pointer,) and claim.left == count and not claim.in_file:
            del self._claims[pointer]
        else:
            for at, _ in values(item.value, pointer):
                self._settle(at)
        self.values += count
        return count

    def close(self) -> None:
        """Check that no line is left over; raises the same errors as `meet`."""
        while self._next_claim() is not None:
            pass
        for claim in self._claims.values():
            raise UnsettledError(
                Sentence(
                    "{left} values at {pointer} are settled twice, or not in the export",
                    left=claim.left,
                    pointer=claim.pointer or "/",
                )
            )
        if self._hidden:
            raise UnsettledError(
                Sentence("the hidden value at {min} is in no line as hidden", min=min(self._hidden))
            )

    def _settle(self, at: str) -> None:
        found = self._claims_covering(at)
        for _ in range(_FAR):
            if found or self._next_claim() is None:
                break
            found = self._claims_covering(at)
        if not found:
            raise UnsettledError(Sentence("the value at {at} is in no line of the ledger", at=at))
        if len(found) > 1:
            raise UnsettledError(Sentence("the value at {at} is settled twice", at=at))
        (claim,) = found
        if not claim.left:
            raise UnsettledError(
                Sentence(
                    "the value at {at} is one more than the line of {pointer} says",
                    at=at,
                    pointer=claim.pointer,
                )
            )
        claim.left -= 1
        claim.in_file = [one for one in claim.in_file if at != one and not at.startswith(f"{one}/")]
        if not claim.left:
            if claim.in_file:
                raise UnsettledError(
                    Sentence(
                        "nothing stands at {in_file}, which should be in a file alone",
                        in_file=claim.in_file[0],
                    )
                )
            for subtree in claim.subtrees:
                self._claims.pop(subtree, None)

    def _claims_covering(self, at: str) -> list[_Claim]:
        found = []
        while True:
            claim = self._claims.get(at)
            if claim is not None and claim not in found:
                found.append(claim)
            if not at:
                return found
            at = at.rpartition("/")[0]

    def _next_claim(self) -> _Claim | None:
        text = next(self._lines, None)
        if text is None:
            return None
        line: dict[str, Any] = json.loads(text)
        pointer, count = line["pointer"], int(line["values"])
        subtrees = tuple(f"{pointer}{member}" for member in line.get("members", ("",)))
        in_file = [f"{pointer}{member}" for member in line.get("in_file", ())]
        claim = _Claim(pointer, subtrees, count, line.get("masked", 0) + line.get("withheld", 0), in_file)
        self.lines += 1
        if "file" in line and line["file"] not in self._files and self.nameless is None:
            self.nameless = str(line["file"])
        if self._named is not None and line["anchor"] not in self._named and self.nameless is None:
            self.nameless = str(line["anchor"])
        if claim.hidden:
            self._strike_hidden(claim)
        if count:
            for subtree in subtrees:
                if subtree in self._claims:
                    raise UnsettledError(
                        Sentence("what stands at {subtree} is settled twice", subtree=subtree or "/")
                    )
                self._claims[subtree] = claim
        return claim

    def _strike_hidden(self, claim: _Claim) -> None:
        below = tuple(f"{subtree}/" for subtree in claim.subtrees)
        mine = {p for p in self._hidden if p in claim.subtrees or p.startswith(below)}
        if len(mine) != claim.hidden:
            raise UnsettledError(
                Sentence(
                    "{hidden} values at {pointer} are stated as hidden, and {n} are",
                    hidden=claim.hidden,
                    pointer=claim.pointer or "/",
                    n=len(mine),
                )
            )
        self._hidden -= mine
