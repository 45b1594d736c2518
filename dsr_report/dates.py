"""Dates as people write them: in ISO form or as their language does. Ambiguous dates are refused."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from dsr_report.errors import UsageError
from dsr_report.lexicon import LANGUAGES, LEXICONS
from dsr_report.sentences import Sentence

_NUMBERS = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_DAY_FIRST = re.compile(
    r"([0-9]{1,2})(?:\.|[^\W\d_]{1,2})?\s+(?:[^\W\d_]{1,2}\s+)?([^\W\d_]+)\.?,?\s+(?:[^\W\d_]{1,2}\s+)?([0-9]{4})"
)
_MONTH_FIRST = re.compile(r"([^\W\d_]+)\.?\s+([0-9]{1,2})(?:[^\W\d_]{1,2})?,?\s+([0-9]{4})")
"""Days may be ordinals, and have short words beside them, in any language: `1er mai`, `5 de mayo de 2026`."""
_HINT = Sentence("Write it as 2026-03-05.")


def day_of(text: str, language: str) -> date:
    """Parse a date in ISO form or in the notation of a language.

    Raises:
        UsageError: it is not a date, or is ambiguous.
    """
    plain = " ".join(text.split())
    try:
        return date.fromisoformat(plain)
    except ValueError:
        pass
    try:
        if found := _NUMBERS.fullmatch(plain):
            return _from_numbers(plain, int(found[1]), int(found[3]), int(found[4]), language)
        if found := _DAY_FIRST.fullmatch(plain):
            return date(int(found[3]), _month(found[2]), int(found[1]))
        if found := _MONTH_FIRST.fullmatch(plain):
            return date(int(found[3]), _month(found[1]), int(found[2]))
    except (ValueError, KeyError) as error:
        if isinstance(error, UsageError):
            raise
    raise UsageError(Sentence("{text} is not a date like 2026-03-05", text=repr(text[:40])), hint=_HINT)


def _from_numbers(text: str, first: int, second: int, year: int, language: str) -> date:
    if LEXICONS[language].is_day_first_everywhere:
        return date(year, second, first)
    days = {(first, second), (second, first)} if first <= 12 and second <= 12 else {(first, second)}
    if len(days) > 1:
        one, other = date(year, second, first), date(year, first, second)
        raise UsageError(
            Sentence(
                "{text} can be {one} or {other}", text=repr(text), one=f"{one:%d %B}", other=f"{other:%d %B}"
            ),
            hint=Sentence("Write {one} or {other}.", one=one, other=other),
        )
    return date(year, second, first) if second <= 12 else date(year, first, second)


def _month(word: str) -> int:
    """The number of a month (1 to 12) by its name or abbreviation in any of our languages."""
    from babel import Locale  # noqa: PLC0415 - for dates in words alone

    wanted = _plain(word)
    for code in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in Locale(code).months["format"][width].items():
                if _plain(name) == wanted:
                    return int(number)
    raise KeyError(word)


def _plain(word: str) -> str:
    """A word in lower case, without accents or a final full stop."""
    letters = unicodedata.normalize("NFKD", word.casefold().rstrip("."))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
