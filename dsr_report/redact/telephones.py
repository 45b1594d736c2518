"""Telephone numbers in a text, in the controller's national format or with a country code."""

from __future__ import annotations

import re
from collections.abc import Iterator

COUNTRIES = ("NL", "BE", "DE", "FR")
"""Countries of numbers without a country code, if the controller's country is unknown."""
LINK = re.compile(r"(?:https?://|www\.)\S+")
_DIGITS = re.compile(r"(?:\d[\s()./-]{0,3}){7}")
_NOT_CALLED = re.compile(r"[\w/=#@&.-]\Z")


def telephones(text: str, country: str) -> Iterator[tuple[int, str, set[str]]]:
    """Each number: offset, spelling, and its possible E.164 forms, one per country."""
    if _DIGITS.search(text) is None:
        return
    import phonenumbers as p  # noqa: PLC0415 - for texts that may hold a number alone

    free = {
        p.PhoneNumberType.TOLL_FREE,
        p.PhoneNumberType.PREMIUM_RATE,
        p.PhoneNumberType.SHARED_COST,
        p.PhoneNumberType.UAN,
    }
    plain = LINK.sub(lambda match: " " * len(match.group()), text)
    found: dict[tuple[int, str], set[str]] = {}
    for region in (country,) if country else COUNTRIES:
        for leniency in (p.Leniency.POSSIBLE, p.Leniency.VALID):
            for match in p.PhoneNumberMatcher(plain, region, leniency=leniency):
                spelled = match.raw_string
                is_abroad = spelled.startswith(("+", "(+", "00"))
                if leniency == p.Leniency.POSSIBLE and not is_abroad:
                    continue
                if not is_abroad and not spelled.lstrip("(").startswith("0"):
                    continue
                lead = len(spelled) - len(spelled.lstrip("(")) if ")" not in spelled else 0
                start, spelled = match.start + lead, spelled[lead:]
                if (
                    not _NOT_CALLED.search(plain[max(0, match.start - 1) : match.start])
                    and p.number_type(match.number) not in free
                ):
                    written = p.format_number(match.number, p.PhoneNumberFormat.E164)
                    found.setdefault((start, spelled), set()).add(written)
    for (start, spelled), numbers in sorted(found.items()):
        yield start, spelled, numbers
