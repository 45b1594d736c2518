"""Text that can be shown: what no shipped font has a glyph for is written as its number, never dropped."""

from __future__ import annotations

import re
from functools import cache

from dsr_report.shipped import shipped

_ALWAYS_NUMBERED = "\u202d\u202e\u2028\u2029"
"""Overrides of the writing direction (they show a line in another order than it has), and line separators."""


def printable(text: str) -> str:
    r"""The text with each character that cannot be shown written as its number (`⟨U+E000⟩`).

    That is: control characters but tab and line ends, lone surrogates, private use, noncharacters, what
    Unicode has not assigned, and overrides of the writing direction. All else comes back as it was.
    """
    if text.isascii() and text.isprintable():
        return text  # most values, and much faster
    return _unprintable().sub(_code_points, text)


def _code_points(match: re.Match[str]) -> str:
    return "".join(f"⟨U+{ord(character):04X}⟩" for character in match[0])


@cache
def _unprintable() -> re.Pattern[str]:
    lines = (shipped("templates") / "fonts" / "coverage.txt").read_text(encoding="ascii").splitlines()
    covered = []
    for line in lines:
        if line and not line.startswith("#"):
            first, _, last = line.partition("-")
            covered.append(f"\\U{int(first, 16):08x}-\\U{int(last or first, 16):08x}")
    return re.compile(f"[^\\t\\n\\r{''.join(covered)}]|[{_ALWAYS_NUMBERED}]")
