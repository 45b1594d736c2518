"""Postal addresses in a text: streets in the order of each language, post boxes, places by post code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from dsr_report.lexicon import LEXICONS, WORDS, Lexicon
from dsr_report.redact.mentions import Passage

_NO_STREETS = frozenset((*WORDS.no_people, *WORDS.relations, *WORDS.titles, *WORDS.families))
_TOWN = r"[A-ZÀ-Þ][\w'’-]+(?:[ ][A-ZÀ-Þ][\w'’-]+)?"
_BRITISH_CODE = r"[A-Z]{1,2}\d[A-Z\d]?[ ]\d[A-Z]{2}(?!\w)"
_IN_PLACE = (
    rf",?[ ]+(?:(?:[1-9]\d{{3}}[ ]?[A-Z]{{2}}|(?:[A-Z]{{1,2}}-)?\d{{4,5}})[ ]{_TOWN}"
    rf"|{_TOWN},?[ ]{_BRITISH_CODE})"
)
_PLACE = rf"(?:{_IN_PLACE})?"
_NUMBER = r"\d{1,4}(?:[ ]?(?:bis|ter)\b|[ ]?[a-zA-Z]\b|[-/]\d{1,3}\b)?"
"""A house number after the street name."""


def _number_before_street(lexicon: Lexicon) -> str | None:
    """Pattern of addresses with the house number first; None if the language writes it last."""
    if lexicon.street_order == "number word name":
        words = "|".join(map(re.escape, lexicon.street_words))
        links = "|".join(re.escape(link).replace("’", "['’]") for link in lexicon.street_links)
        return (
            rf"\b\d{{1,4}}(?:[ ]?(?:bis|ter))?,?[ ](?i:{words})[ ](?:(?:{links})[ ]?){{0,2}}"
            rf"[A-ZÀ-Þ][\w'’-]+(?:[ -](?:(?:{links})[ ])?[A-ZÀ-Þ][\w'’-]+){{0,3}}{_PLACE}"
        )
    if lexicon.street_order == "number name word":
        words = "|".join(re.escape(word.title()) for word in lexicon.street_words)
        return rf"\b\d{{1,4}}[a-z]?,?[ ](?:[A-Z][\w'’-]+[ ]){{1,3}}(?:{words})(?!\w){_PLACE}"
    return None


@cache
def _street_patterns() -> tuple[tuple[re.Pattern[str], bool], ...]:
    """Patterns of postal addresses, each with whether only the place after it shows that it is one."""
    ends = "|".join(map(re.escape, sorted(WORDS.street_ends, key=len, reverse=True)))
    either = "|".join(sorted({re.escape(word.title()) for word in WORDS.street_words}))
    boxes = "|".join(map(re.escape, WORDS.post_boxes))
    links = "|".join(map(re.escape, (*WORDS.name_infixes, *WORDS.street_links)))
    patterns = (
        rf"\b(?:[A-ZÀ-Þ][\w'’.-]*[ ]){{0,2}}"
        rf"(?:[A-ZÀ-Þ][\w'’-]*(?i:{ends})|[A-ZÀ-Þ][\w'’-]+[ -](?:{either}))[ ]{_NUMBER}{_PLACE}",
        *(pattern for one in LEXICONS.values() if (pattern := _number_before_street(one))),
        rf"\b(?i:{boxes})[ ]\d[\d ]{{0,8}}{_PLACE}",
        r"\b[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}\b(?:[ ]+(?:'s-)?[A-Z][\w'’-]+(?:[ ][A-Z][\w'’-]+)?)?"
        r"(?=[\s,.;)]|\Z)",
        rf"\b{_BRITISH_CODE}",
        r"(?:^|(?<=[,;] )|(?<=\bin )|(?<=\bà ))(?:[BDF]-)?\d{5} [A-ZÀ-Þ][\w'’-]{2,}|"
        r"\bB-\d{4} [A-ZÀ-Þ][\w'’-]+",
    )
    by_place = rf"\b(?:[A-ZÀ-Þ][\w'’.-]*[ ](?:(?:{links})[ ]){{0,2}}){{1,4}}{_NUMBER}{_IN_PLACE}"
    first, *others = ((re.compile(pattern), False) for pattern in patterns)
    return (first, (re.compile(by_place), True), *others)


def postal_addresses(text: str) -> Iterator[Passage]:
    """The postal addresses in a text; overlaps are possible."""
    for pattern, is_by_place in _street_patterns():
        for match in pattern.finditer(text):
            first = match.group().split()[0]
            is_before = first.casefold() in _NO_STREETS and not is_by_place
            start = match.start() + (len(first) + 1 if is_before else 0)
            yield Passage("postal-address", text[start : match.end()].rstrip(), start, "a postal address")
