"""A passage of a text that is about somebody: what it is, why it is taken for that, its sentence."""

from __future__ import annotations

import re
from typing import NamedTuple

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ\"'„«])|[\r\n]+")
_LONGEST_SENTENCE = 300


class Passage(NamedTuple):
    """A piece of a text: what it is, and why it is taken for that."""

    kind: str
    text: str
    start: int
    why: str
    """In English; where the catalogues have it, `word` stands for a word of the text in it."""
    word: str = ""

    @property
    def reason(self) -> str:
        """Why it is taken for that, in English."""
        return self.why.replace("{word}", self.word)

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.start + len(self.text)


def sentence_of(text: str, passage: Passage) -> str:
    """The sentence with the passage in it, marked: `my neighbour «Jan» called`."""
    start, end = 0, len(text)
    for match in _SENTENCE_END.finditer(text, max(0, passage.start - _LONGEST_SENTENCE)):
        if match.end() <= passage.start:
            start = match.end()
        elif match.start() >= passage.end:
            end = match.start()
            break
    start = max(start, passage.start - _LONGEST_SENTENCE // 2)
    end = min(end, passage.end + _LONGEST_SENTENCE // 2)
    before, after = text[start : passage.start], text[passage.end : end]
    return " ".join(f"{before}«{passage.text}»{after}".split())
