"""Payment and identity numbers, recognised by their check digits (python-stdnum)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

_IBAN = re.compile(r"\b([A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?)\b")
_CARD = re.compile(r"(?<!\d)(\d(?:[ -]?\d){12,18})(?!\d)")
_HAS_NUMBER = re.compile(r"\d{2}(?:[ .-]?[A-Z0-9]){6}")
_BEFORE = 40
"""Characters before a number that are searched for the number's name."""


class CheckedNumber(NamedTuple):
    """A number in a text: its kind, its spelling, its offset."""

    kind: str
    text: str
    start: int


class _National(NamedTuple):
    kind: str
    pattern: re.Pattern[str]
    name: re.Pattern[str] | None
    """Pattern of the number's field name or label; None where the check digits alone are proof enough."""
    module: str


_NATIONAL = (
    _National(
        "bsn",
        re.compile(r"(?<!\d)(\d{9})(?!\d)"),
        re.compile(r"bsn|burgerservice|sofi", re.IGNORECASE),
        "nl.bsn",
    ),
    _National(
        "niss",
        re.compile(r"(?<!\d)(\d{2}[.]?\d{2}[.]?\d{2}[-]?\d{3}[.]?\d{2})(?!\d)"),
        re.compile(r"niss|rijksregister|registre.?national|insz", re.IGNORECASE),
        "be.nn",
    ),
    _National(
        "steuer-id",
        re.compile(r"(?<!\d)(\d{2} ?\d{3} ?\d{3} ?\d{3})(?!\d)"),
        re.compile(r"steuer.?id|idnr|identifikationsnummer", re.IGNORECASE),
        "de.idnr",
    ),
    _National(
        "pps",
        re.compile(r"(?<!\w)(\d{7}[A-W][A-IW]?)(?!\w)"),
        re.compile(r"\bpps", re.IGNORECASE),
        "ie.pps",
    ),
    _National(
        "nhs",
        re.compile(r"(?<!\d)(\d{3}[ -]?\d{3}[ -]?\d{4})(?!\d)"),
        re.compile(r"\bnhs", re.IGNORECASE),
        "gb.nhs",
    ),
    _National(
        "ahv",
        re.compile(r"(?<!\d)(756[.]?\d{4}[.]?\d{4}[.]?\d{2})(?!\d)"),
        None,
        "ch.ssn",
    ),
    _National(
        "svnr",
        re.compile(r"(?<!\d)(\d{4} ?\d{6})(?!\d)"),
        re.compile(r"sozialversicherung|sv.?n(?:umme)?r|svnr", re.IGNORECASE),
        "at.vnr",
    ),
    _National(
        "nir",
        re.compile(r"(?<!\d)([12] ?\d{2} ?[01]\d ?\d[\dAB] ?\d{3} ?\d{3} ?\d{2})(?!\d)"),
        None,
        "fr.nir",
    ),
)
"""The Netherlands, Belgium, Germany, Ireland, Britain, Switzerland, Austria, France.

Nine to eleven digits need a name beside them: many other numbers pass the check by chance.
"""


def find_numbers(name: str, text: str) -> Iterator[CheckedNumber]:
    """Yield `iban`, `card` and the national numbers of `_NATIONAL`.

    Args:
        name: the field's name; some kinds count only if it, or the text before the number, names them.
        text: the text to search.
    """
    if _HAS_NUMBER.search(text) is None:
        return
    from stdnum import luhn  # noqa: PLC0415 - for texts that may hold such a number alone

    is_iban = _check("iban")
    taken: list[tuple[int, int]] = []
    for match in _IBAN.finditer(text):
        if is_iban(match.group(1)):
            taken.append(match.span(1))
            yield CheckedNumber("iban", match.group(1), match.start(1))
    for national in _NATIONAL:
        is_named = national.name is None or national.name.search(name)
        for match in national.pattern.finditer(text):
            before = text[max(0, match.start() - _BEFORE) : match.start()]
            if (is_named or (national.name and national.name.search(before))) and _check(national.module)(
                match.group(1)
            ):
                taken.append(match.span(1))
                yield CheckedNumber(national.kind, match.group(1), match.start(1))
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group(1))
        is_free = all(match.end() <= start or end <= match.start() for start, end in taken)
        if is_free and digits[0] in "3456" and len(set(digits)) > 3 and luhn.is_valid(digits):
            yield CheckedNumber("card", match.group(1), match.start(1))


@cache
def _check(module: str) -> Callable[[str], bool]:
    from importlib import import_module  # noqa: PLC0415

    if module == "iban":
        from stdnum import iban  # noqa: PLC0415

        return lambda number: bool(iban.is_valid(number, check_country=False))
    valid: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return valid
