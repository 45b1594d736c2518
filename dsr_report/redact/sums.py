"""What becomes of the values of an export, in the numbers and words that stand wherever a sum is given."""

from __future__ import annotations

from typing import NamedTuple

from dsr_report.sentences import Count, Sentence


class Sum(NamedTuple):
    """The values (scalar leaves) of an export; `total = disclosed + masked + withheld`.

    Masked or withheld is a value of whose content nothing is shown. `in_part` of the disclosed ones have a
    part that is masked or withheld.
    """

    total: int
    disclosed: int
    masked: int
    withheld: int
    in_part: int

    @property
    def sentence(self) -> Sentence:
        """For those who work with the tool; the report has it in its own words."""
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
