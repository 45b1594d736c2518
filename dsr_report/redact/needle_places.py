"""Offsets of a passage in a reading, at word boundaries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache

from dsr_report.redact.needles import COUNTRY, Needle, squeeze
from dsr_report.redact.readings import Reading
from dsr_report.redact.skeleton import skeleton_of

_PREFIX = re.compile(
    rf"(?:(?:\+|(?<![0-9])00)[\s().-]*{COUNTRY}[\s().-]*|(?<![0-9]){COUNTRY})?(?:\(?0\)?[\s./-]*)?\Z"
)
LONGEST_PREFIX = 24
"""Characters before a telephone number that are searched for its prefix."""
_LETTERS = re.compile(r"[A-Za-z0-9\x1e]+|[^\x00-\x7f]")
_FIRST_WITHOUT_SPACES = 0x0E00
"""From Thai on, most scripts have no spaces between words (Korean has, but attaches endings to the word)."""


@lru_cache(maxsize=4096)
def _squeezed_of(character: str) -> str:
    return squeeze(character)


class Letters:
    """The letters of a reading by which passages are compared; each kind is located once, when asked for."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    @cached_property
    def loose(self) -> tuple[str, list[int]]:
        """Its skeleton, and the offset of each letter."""
        return _loose_letters(self.reading.text)

    @cached_property
    def strict(self) -> tuple[str, list[int]]:
        """The squeezed text, and the offset of each character."""
        return _strict_letters(self.reading.text)


def stands_in(letters: Letters, needle: Needle) -> bool:
    """Whether a passage is in a reading whose skeleton contains its form."""
    if not needle.is_bounded:
        return True
    return any(True for _ in places(letters, needle))


def places(letters: Letters, needle: Needle) -> Iterator[tuple[int, int]]:
    """The spans of a passage in a reading."""
    reading = letters.reading
    text = reading.text
    form = needle.form.decode("utf-8", "surrogatepass")
    whole, at = letters.loose if needle.is_loose else letters.strict
    found = whole.find(form)
    while found >= 0:
        start, end = at[found], at[found + len(form) - 1] + 1
        if (reading.is_decoded and len(form) > 8 and needle.country is None) or is_bounded(
            text, start, end, needle
        ):
            if needle.country is not None:
                start -= _prefix_before(text, start)
            yield start, end
            found = whole.find(form, found + len(form))
        else:
            found = whole.find(form, found + 1)


def _loose_letters(text: str) -> tuple[str, list[int]]:
    """The skeleton of a text, and the offset of each of its letters."""
    letters: list[str] = []
    at: list[int] = []
    for match in _LETTERS.finditer(text):
        run = match.group()
        if run.isascii():
            letters.append(run.lower())
            at += range(*match.span())
        elif letter := skeleton_of(run):
            letters.append(letter)
            at += [match.start()] * len(letter)
    return "".join(letters), at


def _strict_letters(text: str) -> tuple[str, list[int]]:
    """The squeezed text, with visible punctuation, and the offset of each of its characters."""
    letters: list[str] = []
    at: list[int] = []
    for position, character in enumerate(text):
        if letter := _squeezed_of(character):
            letters.append(letter)
            at += [position] * len(letter)
    return "".join(letters), at


def _prefix_before(text: str, start: int) -> int:
    match = _PREFIX.search(text[max(0, start - LONGEST_PREFIX) : start])
    return len(match[0]) if match else 0


def is_bounded(text: str, start: int, end: int, needle: Needle) -> bool:
    """Whether a span is not part of a longer word or number."""
    if not needle.is_bounded:
        return True
    is_address = "@" in needle.passage
    if (
        end < len(text)
        and _are_one_word(text[end - 1], text[end])
        and not (is_address and text[end] > "\x7f")
    ):
        is_genitive = text[end] in "sS" and (end + 1 == len(text) or not text[end + 1].isalpha())
        if not is_genitive or len(needle.form) < 8:
            return False
    if not start or not _are_one_word(text[start - 1], text[start]):
        return True
    if needle.country is None:
        return False
    digits = re.search(r"[0-9]*\Z", text[max(0, start - LONGEST_PREFIX) : start])
    country = needle.country or COUNTRY
    return re.fullmatch(rf"(?:(?:00)?{country})?0?", digits[0] if digits else "") is not None


def _are_one_word(left: str, right: str) -> bool:
    if left.isdigit() or right.isdigit():
        return left.isdigit() and right.isdigit()
    if left.islower() and right.isupper():  # orderNumber
        return False
    return left.isalpha() and right.isalpha() and ord(left) < _FIRST_WITHOUT_SPACES > ord(right)
