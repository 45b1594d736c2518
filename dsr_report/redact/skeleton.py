"""The skeleton of a text: its letters and digits in one case, by which texts are compared.

Blanks, line ends, folds, soft breaks, invisible signs, accents and case make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

BORDER = "\x1e"
"""Parts texts that have nothing to do with each other; no passage reaches across it."""
_SHORT_RUN = 300
"""Bytes; what a longer run folds to is not remembered."""
_NO_LETTERS = bytes(b for b in range(128) if not chr(b).isalnum() and chr(b) != BORDER)
_LOWER = bytes(range(256)).lower()
_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters by their category, and not to be seen."""
_SIGNS = re.compile(rf"(?:[^\w\x00-\x7f]|[{_FILLERS}])+")
_NOT_ASCII = re.compile(rb"[\x80-\xff]+")


def skeleton(text: str) -> bytes:
    """The letters and digits of a text, in one case and without accents; `BORDER` stays."""
    letters = text.encode("utf-8", "surrogatepass").translate(_LOWER, _NO_LETTERS)
    return letters if text.isascii() else _NOT_ASCII.sub(_fold, letters)


def _fold(match: re.Match[bytes]) -> bytes:
    run = match.group()
    return _folded_once(run) if len(run) <= _SHORT_RUN else _folded_anew(run)


_PLAINER = str.maketrans(
    {
        "ı": "i",
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
    }
)
"""Letters that are no others with a sign, as they are written where a keyboard has none of them."""


def _folded_anew(run: bytes) -> bytes:
    text = run.decode("utf-8", "surrogatepass")
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_PLAINER)
    return _SIGNS.sub("", text).encode("utf-8", "surrogatepass").translate(_LOWER, _NO_LETTERS)


_folded_once = lru_cache(maxsize=1024)(_folded_anew)


@lru_cache(maxsize=4096)
def skeleton_of(character: str) -> str:
    """The same of one character, as text."""
    return skeleton(character).decode("utf-8", "surrogatepass")
