"""Writes templates/fonts/coverage.txt, the characters that our fonts can show. Run it when fonts change."""

from __future__ import annotations

from pathlib import Path

from fontTools import unicodedata
from fontTools.ttLib import TTFont

from dsr_report.writers import fonts

_IGNORABLE = {*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x200C, 0x200D, 0x2060}


_FORMATTING = {*range(0xFFF9, 0xFFFC), 0x110CD, *range(0x13430, 0x13456), *range(0x1BCA0, 0x1BCA4)}
"""Formatting characters that a font contains but for which text layout finds no glyph."""


def _is_shown(character: str) -> bool:
    """False for control characters, surrogates, private use, and unassigned code points or noncharacters."""
    # fontTools has the scripts of a newer Unicode version than Python's own tables.
    known = unicodedata.script(character) != "Zzzz"
    return (
        known
        and ord(character) not in _FORMATTING
        and unicodedata.category(character) not in ("Cc", "Cs", "Co")
    )


def coverage() -> str:
    """The content of coverage.txt: ranges of code points, one a line."""
    covered = set(_IGNORABLE)
    for path in fonts.files().values():
        with TTFont(path, lazy=True) as font:
            covered |= set(font.getBestCmap())
    points = sorted(point for point in covered if _is_shown(chr(point)))
    lines = ["# Characters that the fonts here can show; made by setup/coverage.py."]
    start = end = points[0]
    for point in [*points[1:], -1]:
        if point == end + 1:
            end = point
            continue
        lines.append(f"{start:04X}" if start == end else f"{start:04X}-{end:04X}")
        start = end = point
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(fonts.folder() / "coverage.txt").write_text(coverage(), encoding="ascii")
