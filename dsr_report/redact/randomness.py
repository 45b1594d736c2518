"""Whether a text looks randomly generated: no word, no year, no number that can be enumerated."""

from __future__ import annotations

import re

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEXADECIMAL = re.compile(r"[0-9a-f]+", re.IGNORECASE)
_CHANGES = re.compile(r"(?<=[0-9])[A-Za-z]|(?<=[A-Za-z])[0-9]")
_CASES = re.compile(r"(?<=[a-z])[A-Z]")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}")
_RARE = re.compile(r"q(?!u)|[xzj](?=[bcdfghjklmnpqrstvwxz])|[bcdfghklmnpqstvwz][xj]|v[bcdfghjkmnpqtvwxz]")
_LETTERS_ALONE = 12
"""Letters of one case; a shorter text is too often an abbreviation."""


def is_random(text: str, *, shortest: int = 12, changes: int = 3) -> bool:
    """Whether a text of at least `shortest` characters looks randomly generated."""
    if len(text) < shortest:
        return False
    if _UUID.fullmatch(text):
        return True
    compact = re.sub(r"[^A-Za-z0-9]", "", text)
    if len(compact) < shortest or compact.isdigit():
        return False
    if len(compact) >= 16 and _HEXADECIMAL.fullmatch(compact):
        return any(map(str.isdigit, compact))
    turns = len(_CHANGES.findall(compact))
    if turns >= changes:
        return True
    return (len(compact) >= 20 and turns + len(_CASES.findall(compact)) >= changes + 1) or _are_no_word(text)


def _are_no_word(text: str) -> bool:
    """Whether letters of one case are no word of any language with vowels."""
    lowered = text.lower()
    if (
        len(text) < _LETTERS_ALONE
        or not (text.isascii() and text.isalpha())
        or text not in {lowered, text.upper()}
    ):
        return False
    vowels = sum(letter in "aeiouy" for letter in lowered)
    return (
        vowels * 5 < len(text) or _CONSONANTS.search(lowered) is not None or len(_RARE.findall(lowered)) >= 3
    )


_AROUND = re.compile(r"\A[\W_]+|[\W_]+\Z")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_NUMBER = re.compile(r"[\d\s.,:/()+-]*")
_SHORTEST_STRONG = 8
"""Characters; a shorter key is weak."""
_LONGEST_NUMBER = 16
"""Digits; a longer number is no part of another by chance. Card numbers have up to 16."""
_LONGEST_WORD = 16
"""Letters; a longer single word is not weak."""


def is_weak(key: str) -> bool:
    """Whether a key occurs in other values by chance, or has another meaning there.

    Passages are searched by letters and digits, so punctuation around a word or number adds no strength.
    """
    if len(key) < _SHORTEST_STRONG or _ADDRESS.fullmatch(key):
        return True
    key = _AROUND.sub("", key) or key
    if _NUMBER.fullmatch(key):
        return sum(map(str.isdigit, key)) <= _LONGEST_NUMBER
    is_word = key.replace(" ", "").replace("-", "").isalpha() and not is_random(key)
    return is_word and (len(key) <= _LONGEST_WORD or " " in key)
