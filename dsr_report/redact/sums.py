"""Counts of the values of an export by treatment, and the sentence that states them."""

from __future__ import annotations

from typing import NamedTuple

from dsr_report.sentences import Count, Sentence


class Sum(NamedTuple):
    """The values (scalar leaves) of an export; `total = disclosed + masked + withheld`.

    No content of a masked or withheld value is shown. `in_part` of the disclosed values have a masked
    or withheld part.
    """

    total: int
    disclosed: int
    masked: int
    withheld: int
    in_part: int

    @property
    def sentence(self) -> Sentence:
        """The counts as a sentence for users of the tool; the report has its own wording."""
        numbers = {name: Count(number) for name, number in self._asdict().items()}
        if self.in_part:
            return Sentence(
                "{total} values = {disclosed} disclosed + {masked} masked + {withheld} withheld "
                "({in_part} disclosed in part)",
                **numbers,
            )
        del numbers["in_part"]
        return Sentence(
            "{total} values = {disclosed} disclosed + {masked} masked + {withheld} withheld", **numbers
        )

    def __str__(self) -> str:
        return str(self.sentence)


NOTHING = Sum(0, 0, 0, 0, 0)
