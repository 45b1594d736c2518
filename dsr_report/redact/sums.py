"""What becomes of the values of an export, in the numbers and words that stand wherever a sum is given."""

from __future__ import annotations

from typing import NamedTuple


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

    def __str__(self) -> str:
        """For those who work with the tool; the report has it in its own language."""
        parts = f"{self.disclosed:,} disclosed + {self.masked:,} masked + {self.withheld:,} withheld"
        in_part = f" ({self.in_part:,} disclosed in part)" if self.in_part else ""
        return f"{self.total:,} values = {parts}{in_part}"


NOTHING = Sum(0, 0, 0, 0, 0)
