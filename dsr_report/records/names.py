"""Names of members and lists, compared without case and separators."""

from __future__ import annotations

import re
from functools import lru_cache

_SEPARATORS = re.compile(r"[-_ .]+")


def word_set(text: str) -> frozenset[str]:
    """The words of a text as a set; lists of names are written so."""
    return frozenset(text.split())


@lru_cache(maxsize=16384)
def normalised_key(name: str) -> str:
    """A member's name without case and separators: `user-agent`, `User_Agent` and `useragent` are one."""
    return _SEPARATORS.sub("", str(name).lower())
