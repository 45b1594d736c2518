"""Sensitive statements in a text (Art. 9, 10 GDPR), found by words of each language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from dsr_report.lexicon import WORDS, WordPattern, any_of
from dsr_report.redact.mentions import Passage
from dsr_report.sentences import translatable as _

_SENSITIVE = (
    (_("a word about health"), WORDS.health),
    (_("a word about belief or politics"), WORDS.belief),
    (_("a word about a trade union"), WORDS.unions),
    (_("a word about sexual life"), WORDS.sexual_life),
    (_("a word about offences"), WORDS.crime),
)


@cache
def _sensitive_patterns() -> tuple[tuple[str, WordPattern, re.Pattern[str]], ...]:
    return tuple(
        (subject, WordPattern(words), re.compile(rf"{any_of(words)}[^\W\d_]*", re.IGNORECASE))
        for subject, words in _SENSITIVE
    )


def find_sensitive(text: str) -> Iterator[Passage]:
    """The first word of each special category or offence in a text."""
    for subject, words, pattern in _sensitive_patterns():
        if words.is_in(text) and (match := pattern.search(text)):
            yield Passage("special-category", match.group(), match.start(), subject)
