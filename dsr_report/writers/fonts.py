"""The shipped fonts: the only ones that PDFs use, so that they look the same on every machine."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from dsr_report.shipped import shipped

BODY = "NotoSans-Regular.ttf"
"""The font file for running text and page numbers."""

_FIRST = ("Noto Sans",)
_SCRIPTS = (
    "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Thai", "Noto Sans Devanagari", "Noto Sans Armenian",
    "Noto Sans Georgian", "Noto Sans Bengali", "Noto Sans Gurmukhi", "Noto Sans Gujarati", "Noto Sans Oriya",
    "Noto Sans Tamil", "Noto Sans Telugu", "Noto Sans Kannada", "Noto Sans Malayalam", "Noto Sans Sinhala",
    "Noto Sans Lao", "Noto Sans Myanmar", "Noto Sans Khmer", "Noto Serif Tibetan", "Noto Sans Ethiopic",
    "Noto Sans Mongolian", "Noto Sans Syriac", "Noto Sans Thaana", "Noto Sans NKo", "Noto Sans Cherokee",
    "Noto Sans Canadian Aboriginal", "Noto Sans Javanese", "Noto Sans Balinese", "Noto Sans Tai Tham",
    "Noto Sans Adlam", "Noto Sans Tifinagh",
)  # fmt: skip
_LAST = (
    "Noto Sans Hangul",
    "Droid Sans Fallback",  # Chinese, Japanese
    "Noto Sans Symbols", "Noto Sans Symbols2", "Noto Sans Math",
    "Noto Emoji",
    "Unifont", "Unifont Upper",  # all other assigned code points
)  # fmt: skip
FALLBACKS = (*_FIRST, *_SCRIPTS, *_LAST)
"""Font families in the order of fallback."""


def folder() -> Path:
    """The folder of font files and their licences."""
    return shipped("templates") / "fonts"


@cache
def files() -> dict[str, Path]:
    """SHA-256 of the content → font file, to identify the fonts that a layout used."""
    found = sorted(path for path in folder().iterdir() if path.suffix in {".ttf", ".otf"})
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in found}


def fontconfig(cache_folder: Path) -> str:
    """A fontconfig file with only the shipped fonts, in a fixed order of fallback."""
    ordered = "".join(f"<string>{family}</string>" for family in FALLBACKS)
    alias = "".join(
        f"<match target='pattern'><test name='family'><string>{generic}</string></test>"
        f"<edit name='family' mode='assign_replace' binding='strong'><string>{family}</string></edit></match>"
        for generic, family in (
            ("sans-serif", "Noto Sans"), ("serif", "Noto Sans"), ("system-ui", "Noto Sans"),
            ("cursive", "Noto Sans"), ("fantasy", "Noto Sans"), ("monospace", "Noto Sans Mono"),
            ("emoji", "Noto Emoji"), ("Noto Color Emoji", "Noto Emoji"),
        )
    )  # fmt: skip
    return (
        "<?xml version='1.0'?><!DOCTYPE fontconfig SYSTEM 'urn:fontconfig:fonts.dtd'><fontconfig>"
        f"<dir>{escape(str(folder()))}</dir><cachedir>{escape(str(cache_folder))}</cachedir>{alias}"
        f"<match target='pattern'><edit name='family' mode='append' binding='weak'>{ordered}</edit></match>"
        "<config><rescan><int>0</int></rescan></config></fontconfig>"
    )
