"""Search of a text for thousands of tokens at once: each by five letters beside a digit.

Letters and digits alternate in tokens and seldom in texts, so a token can only be at such a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from dsr_report.redact.needles import Needle, token_word

_GRAMS = (
    re.compile(rb"[0-9](?=([^0-9].{4}))", re.DOTALL),
    re.compile(rb"[0-9](?=[^0-9])(?<=(.{5}))", re.DOTALL),
    re.compile(rb"[0-9](?<=[^0-9].)(?<=(?=(.{5})).)", re.DOTALL),
    re.compile(rb"[0-9](?<=[^0-9].)(?<=(.{5}).)", re.DOTALL),
)
"""Five characters after the end of a run of digits, before that end, after the run's beginning, before it.

Of a token of ten that alternates, one side has five. All patterns begin with a digit, which `re` searches
fast.
"""
Shapes = dict[tuple[int, int], dict[bytes, set[str]]]
"""Passages by form, by the form's number of letters before the first of the five and from it on."""


class ManyNeedles:
    """Forms that have a word of letters and digits, as tokens do (`is_found_by_word`)."""

    def __init__(self, needles: Iterable[Needle]) -> None:
        self._by_gram: list[dict[bytes, Shapes]] = [{} for _ in _GRAMS]
        for needle in needles:
            number, gram, at = _gram_of(needle)
            shape = (at, len(needle.form) - at)
            shapes = self._by_gram[number].setdefault(gram, {})
            shapes.setdefault(shape, {}).setdefault(needle.form, set()).add(needle.passage)

    def seen_in(self, letters: bytes) -> set[str]:
        """The passages whose form is in a skeleton."""
        found: set[str] = set()
        for pattern, by_gram in zip(_GRAMS, self._by_gram, strict=True):
            if not by_gram or by_gram.keys().isdisjoint(pattern.findall(letters)):
                continue
            for match in pattern.finditer(letters):
                place = match.start(1)
                for (before, after), forms in by_gram.get(match[1], {}).items():
                    if place >= before:
                        found |= forms.get(letters[place - before : place + after], set())
        return found


def has_gram(needle: Needle) -> bool:
    """Whether the form of a needle contains its token word."""
    return token_word(needle.passage).encode() in needle.form


def _gram_of(needle: Needle) -> tuple[int, bytes, int]:
    """The gram that a needle is first searched by: index in `_GRAMS`, its letters, its offset in the form.

    It is the last gram of the word, as many tokens share their beginnings.
    """
    word = token_word(needle.passage).encode()
    start = needle.form.find(word)
    for number, pattern in enumerate(_GRAMS):
        matches = list(pattern.finditer(word))
        if matches:
            return number, matches[-1][1], start + matches[-1].start(1)
    raise ValueError("a word of letters or digits alone")
