"""Subsets fonts to the glyphs that a document shows."""

from __future__ import annotations

import io

from fontTools import subset
from fontTools.ttLib import TTFont

from dsr_report.writers.fonts import files
from dsr_report.writers.pdf.fragments import FontJob


def cut_down(job: FontJob) -> bytes:
    """Return the font file with only the requested glyphs, which keep their numbers."""
    options = subset.Options(
        retain_gids=True,
        notdef_outline=True,
        glyph_names=False,
        hinting=False,
        desubroutinize=True,
        layout_features=[],
        name_IDs=[1, 2, 4, 6],
        recalc_timestamp=False,
        drop_tables=[
            "BASE", "DSIG", "EBDT", "EBLC", "EBSC", "GDEF", "GPOS", "GSUB", "JSTF", "LTSH", "MATH", "PCLT",
            "STAT", "VDMX", "hdmx", "kern", "vhea", "vmtx", "VORG", "meta", "gasp",
        ],
    )  # fmt: skip
    written = io.BytesIO()
    with TTFont(files()[job.file], lazy=True, recalcTimestamp=False) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(gids=sorted(job.glyphs))
        subsetter.subset(font)
        font.save(written)
    return written.getvalue()


def glyphs_of(file: str, words: str) -> list[tuple[int, int]]:
    """Glyph number in a font file, and width in thousandths of the font size, of each Latin character."""
    found = []
    with TTFont(files()[file], lazy=True) as font:
        characters = font.getBestCmap()
        metrics = font["hmtx"]
        scale = 1000 / font["head"].unitsPerEm
        for character in words:
            glyph = characters.get(ord(character), ".notdef")
            found.append((font.getGlyphID(glyph), round(metrics[glyph][0] * scale)))
    return found
