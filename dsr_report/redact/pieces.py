"""A text split into pieces, so that only the surroundings of a change are read again."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from dsr_report.redact.skeleton import BORDER
from dsr_report.redact.tags import UNSEEN, out_of_sight

_PIECE = re.compile(r"[^\x1e]{1,80}[^\s\x1e]*\s*|\x1e+")
"""A text is split where no word, escape sequence or run of base64 is cut."""
_NO_SURE_LETTERS = re.compile(
    r"(?:%[0-9A-Fau]|&[#A-Za-z]|\\|=[0-9A-F?\s]|xn--)\S*|[A-Za-z0-9+/_-]{11,}={0,2}|"
    r"[^A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u0410-\u044f\u3041-\u3096\u4e00-\u9fff\uac00-\ud7a3]+",
    re.IGNORECASE,
)
"""Everything except letters that are letters in every reading, with at least one letter in the skeleton."""
_SOFT_END = re.compile(r"=\s")
_SHORTEST_RUN = 11
"""Letters and digits; a run of this length may be base64."""


class Pieces:
    """The pieces of a text, and the number of letters of each that are letters in every reading.

    Each tag, and each element that is not shown, is a piece. Pieces are computed on demand.
    """

    def __init__(self, text: str, tags: list[tuple[int, int]]) -> None:
        self._text = text
        if tags:
            tags = _merge(tags + [match.span() for match in UNSEEN.finditer(text)] + out_of_sight(text))
        self.has_tags = bool(tags)
        self._stretches = [0, *(place for span in tags for place in span), len(text)]
        """Where each stretch begins; every second one is a tag."""
        self._bounds: dict[int, list[int]] = {}
        self._letters: dict[int, int] = {}

    def _bounds_of(self, stretch: int) -> list[int]:
        """Offsets of the pieces of a stretch, and of its end."""
        known = self._bounds.get(stretch)
        if known is None:
            start, end = self._stretches[stretch : stretch + 2]
            starts = [start] if stretch % 2 else [m.start() for m in _PIECE.finditer(self._text, start, end)]
            known = self._bounds[stretch] = [*starts, end]
        return known

    def _letters_in(self, start: int, end: int) -> int:
        known = self._letters.get(start)
        if known is None:
            piece = self._text[start:end]
            # no passage reaches across a border
            known = self._letters[start] = len(self._text) if piece[0] == BORDER else _sure_letters(piece)
        return known

    def around(self, start: int, end: int, width: int) -> tuple[int, int]:
        """The span of the pieces around a place, with up to `width` letters on each side."""
        first = bisect_right(self._stretches, start) - 1
        last = bisect_left(self._stretches, end) - 1
        # letters in tags do not count beside text: they disappear when tags are removed
        is_within = first == last and first % 2 == 1
        left = self._piece_at(first, start)
        letters, stretch = 0, first
        while letters < width and stretch >= 0:
            if is_within or not stretch % 2:
                left, letters = self._back(stretch, left, letters, width)
            else:
                left = min(left, self._stretches[stretch])
            stretch -= 1
        right = self._piece_at(last, end - 1, behind=True)
        letters, stretch = 0, last
        while letters < width and stretch < len(self._stretches) - 1:
            if is_within or not stretch % 2:
                right, letters = self._forth(stretch, right, letters, width)
            else:
                right = max(right, self._stretches[stretch + 1])
            stretch += 1
        return left, right

    def _piece_at(self, stretch: int, place: int, *, behind: bool = False) -> int:
        """The offset where the piece at a place begins, or ends if `behind`."""
        bounds = self._bounds_of(stretch)
        return bounds[bisect_right(bounds, place) - (not behind)]

    def _back(self, stretch: int, left: int, letters: int, width: int) -> tuple[int, int]:
        bounds = self._bounds_of(stretch)
        number = bisect_left(bounds, left)
        while number > 0 and letters < width:
            number -= 1
            letters += self._letters_in(bounds[number], left)
            left = bounds[number]
        return left, letters

    def _forth(self, stretch: int, right: int, letters: int, width: int) -> tuple[int, int]:
        bounds = self._bounds_of(stretch)
        number = bisect_right(bounds, right)
        while number < len(bounds) and letters < width:
            letters += self._letters_in(right, bounds[number])
            right = bounds[number]
            number += 1
        return right, letters


def _sure_letters(piece: str) -> int:
    """A lower bound of the letters of a piece that are letters in every reading.

    Most pieces have words of ASCII letters, which are counted fast.
    """
    if "=" not in piece or not _SOFT_END.search(piece):
        words = piece.split()
        plain = [
            len(word) for word in words if len(word) < _SHORTEST_RUN and word.isalnum() and word.isascii()
        ]
        if plain:
            return sum(plain)
    return len(_NO_SURE_LETTERS.sub("", piece))


def _merge(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return merged
