"""Words of a lexicon as regular expressions.

In a word, a space matches at most one separator, an apostrophe any or none, `…` up to 40 characters, `<` and
`>` the beginning and the end of a word. A letter with an accent also matches without it, as field names and
addresses are often written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_SIGNS = {
    " ": "[ _.-]?",
    "'": "['’ _-]?",
    "…": ".{0,40}",
    "<": r"(?<![^\W\d_])",
    ">": r"(?![^\W\d_])",
}
_SPELT = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "å": "aa", "ä": "ae", "ö": "oe", "ü": "ue"}
_RUN_OF_LETTERS = re.compile("[a-z0-9]+")


def any_of(words: Iterable[str]) -> str:
    """The source of a regular expression that matches each of some words, for use with `re.IGNORECASE`."""
    longest_first = sorted(dict.fromkeys(words), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(''.join(map(_letter, word)) for word in longest_first)})"


def _letter(letter: str) -> str:
    if letter in _SIGNS:
        return _SIGNS[letter]
    decomposed = unicodedata.normalize("NFD", letter)
    ways = dict.fromkeys((letter, decomposed, _SPELT.get(letter, letter), decomposed[0]))
    return re.escape(letter) if len(ways) == 1 else f"(?:{'|'.join(map(re.escape, ways))})"


class WordPattern:
    """A pattern of words that are rare in texts, searched at the speed of plain substring search."""

    def __init__(self, words: Iterable[str]) -> None:
        """`words` are spelled as in a lexicon."""
        words = tuple(words)
        self._pattern = re.compile(any_of(words), re.IGNORECASE)
        self._pieces = tuple(dict.fromkeys(map(_piece, words)))

    def is_in(self, text: str) -> bool:
        """Whether a text has a match."""
        if text.isascii():
            lowered = text.lower()
            for piece in self._pieces:  # a plain loop: twice as fast as `any`
                if piece in lowered:
                    return self._pattern.search(text) is not None
            return False
        return self._pattern.search(text) is not None


def _piece(word: str) -> str:
    """The longest run of letters in each ASCII match of a word."""
    bare = "".join(" " if letter in _SPELT else unicodedata.normalize("NFD", letter)[0] for letter in word)
    runs: list[str] = _RUN_OF_LETTERS.findall(bare)
    return max(runs, key=len)
