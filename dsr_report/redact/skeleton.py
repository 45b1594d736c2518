"""The skeleton of a text: its letters and digits in one case, used to compare texts.

Blanks, line endings, folds, soft breaks, invisible characters, accents and case make no difference.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

BORDER = "\x1e"
"""Separator of unrelated texts; no passage extends across it."""
_SHORT_RUN = 300
"""Bytes; the folding of a longer run is not cached."""
_NO_LETTERS = bytes(b for b in range(128) if not chr(b).isalnum() and chr(b) != BORDER)
_LOWER = bytes(range(256)).lower()
_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Invisible characters in the Unicode category of letters."""
_SIGNS = re.compile(rf"(?:[^\w\x00-\x7f]|[{_FILLERS}])+")
_IS_ASCII = bytes(ord("a") if byte < 128 else ord("n") for byte in range(256))


def skeleton(text: str) -> bytes:
    """The letters and digits of a text, in one case and without accents; `BORDER` is kept."""
    letters = text.encode("utf-8", "surrogatepass").translate(_LOWER, _NO_LETTERS)
    return letters if text.isascii() else _with_folds(letters)


def _with_folds(letters: bytes) -> bytes:
    """Fold each non-ASCII run of a skeleton to one case, without accents."""
    kinds = letters.translate(
        _IS_ASCII
    )  # runs are found by `find`, which is faster than `re` where they are few
    out: list[bytes] = []
    end = 0
    start = kinds.find(b"n")
    while start >= 0:
        out.append(letters[end:start])
        end = kinds.find(b"a", start)
        end = len(kinds) if end < 0 else end
        run = letters[start:end]
        out.append(_folded_once(run) if len(run) <= _SHORT_RUN else _folded_anew(run))
        start = kinds.find(b"n", end)
    out.append(letters[end:])
    return b"".join(out)


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
"""Letters without a Unicode decomposition, and their usual transliterations."""


def _folded_anew(run: bytes) -> bytes:
    text = run.decode("utf-8", "surrogatepass")
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).translate(_PLAINER)
    return _SIGNS.sub("", text).encode("utf-8", "surrogatepass").translate(_LOWER, _NO_LETTERS)


_folded_once = lru_cache(maxsize=1024)(_folded_anew)


@lru_cache(maxsize=4096)
def skeleton_of(character: str) -> str:
    """The skeleton of one character, as text."""
    return skeleton(character).decode("utf-8", "surrogatepass")
