"""Where the words of a PDF stand."""

from __future__ import annotations

import html
import re
import subprocess
from itertools import islice
from pathlib import Path
from typing import NamedTuple

_WORD = re.compile(r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">([^<]*)<')
_TOP, _BOTTOM = 57, 785
"""Of the text on a page, in points: the header and the number of the page stand outside."""


class Word(NamedTuple):
    """A word and its place on its page, in points."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


def words_on(pdf: Path) -> list[list[Word]]:
    """The words of each page."""
    text = subprocess.run(["pdftotext", "-bbox", pdf, "-"], capture_output=True, text=True, check=True).stdout
    return [
        [Word(*map(float, found[:4]), html.unescape(found[4])) for found in _WORD.findall(page)]
        for page in text.split("<page ")[1:]
    ]


def printed_over(pages: list[list[Word]]) -> list[tuple[int, str, str]]:
    """Words that stand on each other, with their page."""
    found = []
    for number, words in enumerate(pages, 1):
        ordered = sorted(words, key=lambda word: word.top)
        for place, one in enumerate(ordered):
            for other in islice(ordered, place + 1, None):
                if other.top > one.bottom:
                    break
                across = min(one.right, other.right) - max(one.left, other.left)
                down = min(one.bottom, other.bottom) - other.top
                if across > 2 and down > 0.45 * min(one.bottom - one.top, other.bottom - other.top):
                    found.append((number, one.text, other.text))
    return found


def filled(page: list[Word]) -> float:
    """How far down a page its text goes, from 0 to 1."""
    return (max((word.bottom for word in page if word.top < _BOTTOM), default=_TOP) - _TOP) / (_BOTTOM - _TOP)
