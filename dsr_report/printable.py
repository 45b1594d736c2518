"""Printable text: a character without a glyph in the shipped fonts becomes its code point."""

from __future__ import annotations

import re
from functools import cache

from dsr_report.shipped import shipped

_ALWAYS_NUMBERED = "\u202d\u202e\u2028\u2029"
"""Overrides of the writing direction, which reorder a displayed line, and line separators."""


def printable(text: str) -> str:
    r"""Replace each unprintable character by its code point (`⟨U+E000⟩`).

    These are: control characters but tab and line ends, lone surrogates, private use, noncharacters,
    unassigned code points, and overrides of the writing direction.
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
