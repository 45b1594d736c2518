"""Joiners and non-joiners of Unicode, kept where they change what is read."""

from __future__ import annotations

import re

_JOINED = "\u0590-\u1dff\u2190-\u2bff\u3030-\ufdff\ufe0f\ufe70-\ufefc\U0001f000-\U000e007f"
_JOINER = re.compile(f"(?<![{_JOINED}])[\u200c\u200d]+(?![{_JOINED}])|(?<=[\u200c\u200d])[\u200c\u200d]+")
"""Joiners and non-joiners outside the scripts and emoji that need them, and more than one in a row."""


def without_idle_joiners(text: str) -> str:
    """A text with joiners and non-joiners only where a script or an emoji needs them."""
    return _JOINER.sub("", text) if "\u200c" in text or "\u200d" in text else text
