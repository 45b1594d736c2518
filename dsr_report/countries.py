"""Countries by their ISO 3166 code, or by their name in one of our languages."""

from __future__ import annotations

from functools import cache

from dsr_report.lexicon import LANGUAGES

_ALSO = {"uk": "GB", "holland": "NL"}


@cache
def _codes() -> dict[str, str]:
    from babel import Locale  # noqa: PLC0415 - for names of countries alone

    found: dict[str, str] = {}
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                found.setdefault(name.casefold(), code)
                found[code.casefold()] = code
    return found


def country_code(text: str) -> str:
    """The ISO 3166 code for the code or name of a country; an empty text stays empty.

    Raises:
        ValueError: there is no such country.
    """
    plain = " ".join(text.split()).casefold()
    if not plain:
        return ""
    code = _ALSO.get(plain) or _codes().get(plain)
    if code is None:
        raise ValueError("is no country: write its ISO code, such as NL, BE, DE or FR")
    return code
