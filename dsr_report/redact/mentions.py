"""A passage of a text about a person: its kind, the reason for it, its sentence."""

from __future__ import annotations

import re
from typing import NamedTuple

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ\"'„«])|[\r\n]+")
_LONGEST_SENTENCE = 300
"""Characters; a longer sentence is cut around its passage."""


class Passage(NamedTuple):
    """A piece of a text, its kind, and why it was found."""

    kind: str
    text: str
    start: int
    why: str
    """Catalogue message in English; its `{word}` is replaced by `word`."""
    word: str = ""

    @property
    def reason(self) -> str:
        """Why it was found, in English."""
        return self.why.replace("{word}", self.word)

    @property
    def end(self) -> int:
        """Offset of its end in the text."""
        return self.start + len(self.text)


def sentence_of(text: str, passage: Passage) -> str:
    """The sentence around a passage, with the passage marked: `my neighbour «Jan» called`."""
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
