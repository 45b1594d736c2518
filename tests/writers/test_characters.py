# ruff: noqa: E501 - lists of characters
"""Every character that Unicode has, and those that it has not: shown or numbered, never a missing glyph."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from html import escape

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from invented import document

from dsr_report.printable import printable
from dsr_report.rendering.document import Part
from dsr_report.writers import fonts
from dsr_report.writers.pdf.writer import write_pdf

BLOCK = 256
NEVER = [0x00, 0x01, 0x08, 0x0B, 0x1B, 0x7F, 0x85, 0x9F, 0x378, 0xD800, 0xDFFF, 0xE000, 0xF8FF, 0xFDD0, 0xFFFE, 0xFFFF,
         0x1FFFE, 0x50000, 0xE0080, 0xF0000, 0x10FFFD, 0x10FFFF, 0x202D, 0x202E, 0x2028, 0xFFF9, 0x13430, 0x1BCA0]  # fmt: skip


@pytest.mark.parametrize("point", NEVER, ids=lambda point: f"U+{point:04X}")
def test_what_no_font_can_show_is_written_as_its_number(point):
    assert printable(f"a{chr(point)}b") == f"a⟨U+{point:04X}⟩b"


def test_ordinary_text_comes_back_as_it_was():
    text = "Line one\r\n\tÅngström – “quoted” … Ελληνικά русский עברית العربية 中文 日本 한국 ไทย हिन्दी 👨‍👩‍👧 🏳️‍🌈 e\u0301 \xa0\xad\u200b"
    assert printable(text) == text


@given(st.text(alphabet=st.characters(codec=None)))
def test_printable_is_idempotent_and_loses_nothing(text):
    once = printable(text)
    assert printable(once) == once
    for character in text:
        assert character in once or f"U+{ord(character):04X}" in once


def test_the_list_of_characters_is_that_of_the_fonts(monkeypatch):
    monkeypatch.syspath_prepend(str(fonts.folder().parents[1] / "setup"))
    import coverage

    listed = (fonts.folder() / "coverage.txt").read_text(encoding="ascii")
    assert listed == coverage.coverage(), "run: python setup/coverage.py"


def test_every_font_has_a_space_as_pango_takes_it_from_the_font_of_the_word_before():
    for path in fonts.files().values():
        with TTFont(path, lazy=True) as font:
            assert 0x20 in font.getBestCmap(), path.name


def test_every_font_file_is_described_with_its_licence():
    described = (fonts.folder() / "README.md").read_text(encoding="utf-8")
    for path in fonts.files().values():
        family = path.name.split("-")[0]
        assert family.startswith("NotoSans") or family in described
    for licence in ("OFL.txt", "Apache-2.0.txt"):
        assert (fonts.folder() / licence).is_file()
        assert licence in described
    assert sum(path.stat().st_size for path in fonts.folder().iterdir()) < 40 << 20


def blocks(first: int, last: int, step: int = 1) -> str:
    """Paragraphs of a range of characters, each once by itself and once among its neighbours."""
    lines = []
    for start in range(first, last, BLOCK * step):
        some = [printable(chr(point)) for point in range(start, min(last, start + BLOCK * step), step)]
        shown = [character for character in some if len(character) == 1]
        if shown:
            lines.append(f"<p>{escape(' '.join(some))}</p><p>{escape(''.join(shown))}</p>")
    return "".join(lines)


def test_common_characters_have_glyphs_in_every_style(pool):
    text = blocks(0x20, 0x600)
    html = f"<h1>a</h1>{text}<b>{text}</b><i>{text}</i><code>{text}</code>"
    result = write_pdf(document(lambda: iter([Part("a", "a", "A", html)])), io.BytesIO(), pool=pool)
    assert result.missing_glyphs == ()


@pytest.mark.slow
@pytest.mark.checkers
def test_every_block_of_unicode_is_shown_and_stays_within_the_standards(tmp_path, pool, assert_pdf_a_ua):
    ranges = ((0, 0x3400, 4), (0x3400, 0xA000, 97), (0xA000, 0xAC00, 4), (0xAC00, 0xD7A4, 97),
              (0xD7A4, 0x12000, 5), (0x12000, 0x1B000, 13), (0x1B000, 0x20000, 5), (0x20000, 0xE0000, 997),
              (0xE0000, 0xE0200, 5))  # fmt: skip

    def parts() -> Iterator[Part]:
        yield Part("top", "a", "A", "<h1>Characters</h1>")
        for first, last, step in ranges:
            yield Part(f"b{first:x}", "a", "A", f"<h2>{first:04X}</h2>{blocks(first, last, step)}")

    path = tmp_path / "blocks.pdf"
    result = write_pdf(document(parts), path, pool=pool)
    assert result.missing_glyphs == ()
    assert_pdf_a_ua(path)


def test_characters_by_number_in_markup_are_numbered_too(pool):
    html = "<h1>a</h1><p>&#xE000; &#57345; &#x0; &#x110000; &#xFFFE; &#65; &#128512; \ud800 \x07</p>"
    target = io.BytesIO()
    result = write_pdf(document(lambda: iter([Part("a", "a", "A", html)])), target, pool=pool)
    assert result.missing_glyphs == ()


def test_all_of_unicode_is_looked_up_in_a_moment():
    assert sum(printable(chr(point)) == chr(point) for point in range(sys.maxunicode + 1)) > 60_000
