"""Exact text extraction from a page for scripts with ligatures and combining marks.

A font's ToUnicode table has one text for each glyph. That is not enough where a glyph stands for several
letters, a letter for several glyphs, or a character has no glyph of its own: half forms of Indic scripts,
letters with marks, joiners and non-joiners. Glyphs for which the table would be wrong are marked with their
text (ActualText: ISO 32000-1, 14.9.4).
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import weasyprint.draw.text
from fontTools.ttLib import TTFont
from weasyprint.text.ffi import FROM_UNITS, ffi, pango
from weasyprint.text.fonts import get_hb_object_data

from dsr_report.mime.joiners import without_idle_joiners
from dsr_report.writers.fonts import files

_SPECIAL = re.compile(
    "[\u00b5\u0300-\u036f\u0590-\u1cff\u1dc0-\u1dff\u200c\u200d\u20d0-\u20ff\u2126-\u212b\u2e80-\u2fdf"
    "\u302a-\u302f\u3099\u309a\ua800-\uabff\ud7b0-\ud7ff\uf900-\ufdff\ufe00-\ufe2f\ufe70-\ufeff"
    "\U00010a00-\U00011fff\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e0020-\U000e01ef]"
)
"""Characters that may share a glyph, have no glyph, or change the glyph of their neighbour."""
_NEVER_SEEN = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_ALIASES = re.compile("[\u00b5\u2126-\u212b\u2e80-\u2fdf\uf900-\ufdff\ufe20-\ufeff]")
"""Compatibility characters: second code points of other letters."""
_NON_JOINER = "\u200c"
_FILLED, _INVISIBLE = 0, 3
"""Text rendering modes: ISO 32000-1, table 106."""
_draw_first_line = weasyprint.draw.text.draw_first_line


class _Glyph(NamedTuple):
    """A glyph of a line: its number (None draws nothing), its advance width, and its offsets."""

    number: int | None
    width: int
    across: int
    up: int


class _Cluster(NamedTuple):
    """Glyphs, from left to right, that together show a text."""

    text: str
    glyphs: tuple[_Glyph, ...]
    is_hidden: bool = False


class _Run(NamedTuple):
    """Clusters in one font and direction."""

    pango_font: Any
    font: Any
    size: float
    clusters: list[_Cluster]
    is_reversed: bool


def install() -> None:
    """Replace WeasyPrint's `draw_first_line`."""
    weasyprint.draw.text.draw_first_line = draw_first_line


def is_special(text: str) -> bool:
    """Whether extraction of a text from its glyphs may give another text."""
    return not text.isascii() and _SPECIAL.search(text) is not None


def draw_first_line(
    stream: Any, textbox: Any, text_overflow: str, block_ellipsis: Any, matrix: Any
) -> list[Any]:
    """Draw a line, with ActualText for glyphs that would be extracted as another text."""
    layout = textbox.pango_layout
    is_cut = text_overflow == "ellipsis" or block_ellipsis != "none"
    if not is_cut and is_special(layout.text) and textbox.text.strip():
        pango.pango_layout_set_single_paragraph_mode(layout.layout, True)
        line, _ = layout.get_first_line()
        runs = _runs(stream, line, layout.text.encode())
        if runs is not None:
            stream.set_text_matrix(*matrix.values)
            for run in runs:
                _draw(stream, run)
            return []
    drawn: list[Any] = _draw_first_line(stream, textbox, text_overflow, block_ellipsis, matrix)
    return drawn


def _runs(stream: Any, line: Any, text: bytes) -> list[_Run] | None:
    """The runs of a line; None if a font is not an outline font, or has no glyph for a character."""
    runs = []
    run = line.runs[0]
    while run != ffi.NULL:
        item = run.data
        run = run.next
        pango_font = item.item.analysis.font
        font, size = stream.add_font(pango_font)
        if font.bitmap or font.png or font.svg or font.colr or not size:
            return None
        clusters = _clusters(item, text)
        if clusters is None:
            return None
        is_reversed = item.item.analysis.level % 2 == 1
        joined = _join(clusters, _usual_texts(font), is_reversed=is_reversed)
        runs.append(_Run(pango_font, font, size, joined, is_reversed=is_reversed))
    return runs


def _clusters(run: Any, text: bytes) -> list[_Cluster] | None:
    """The clusters of a run from left to right; None if a character has no glyph."""
    glyphs, count, starts = run.glyphs.glyphs, run.glyphs.num_glyphs, run.glyphs.log_clusters
    offset, length = run.item.offset, run.item.length
    ends = {}
    following = length
    for start in sorted({starts[place] for place in range(count)}, reverse=True):
        ends[start] = following
        following = start
    clusters: list[_Cluster] = []
    last = None
    for place in range(count):
        info, start = glyphs[place], starts[place]
        number = info.glyph
        if number & pango.PANGO_GLYPH_UNKNOWN_FLAG:
            return None
        geometry = info.geometry
        glyph = _Glyph(
            None if number == pango.PANGO_GLYPH_EMPTY else number,
            geometry.width, geometry.x_offset, geometry.y_offset,
        )  # fmt: skip
        if start == last:
            clusters[-1] = clusters[-1]._replace(glyphs=(*clusters[-1].glyphs, glyph))
        else:
            clusters.append(_Cluster(text[offset + start : offset + ends[start]].decode(), (glyph,)))
        last = start
    return clusters


def _join(clusters: list[_Cluster], usual: dict[int, str], *, is_reversed: bool) -> list[_Cluster]:
    """Merge invisible clusters with the previous visible one, else with the next.

    In right-to-left text, each letter becomes a separate cluster if the font has an invisible glyph to carry
    it: PDF readers reverse the extracted text, including the letters within a cluster.
    """
    joined: list[_Cluster] = []
    held = _Cluster("", ())
    for found in reversed(clusters) if is_reversed else clusters:
        cluster = found._replace(text=_NEVER_SEEN.sub("", found.text))
        if any(glyph.number is not None for glyph in cluster.glyphs):
            joined.append(_both(held, cluster, is_reversed=is_reversed))
            held = _Cluster("", ())
        elif joined:
            joined[-1] = _both(joined[-1], cluster, is_reversed=is_reversed)
        else:
            held = _both(held, cluster, is_reversed=is_reversed)
    if held.glyphs:
        joined.append(_Cluster("", held.glyphs))
    hidden = _glyph_of(usual, _NON_JOINER) if is_reversed else None
    if hidden is not None:
        joined = [one for cluster in joined for one in _by_letter(cluster, hidden)]
    return joined[::-1] if is_reversed else joined


def _by_letter(cluster: _Cluster, hidden: int) -> Iterator[_Cluster]:
    """Split a cluster into one with as many letters as glyphs, and further letters under a hidden glyph."""
    text, glyphs = cluster.text, cluster.glyphs
    count = sum(glyph.number is not None for glyph in glyphs)
    if not count:
        yield cluster
        return
    yield _Cluster(text[:count], glyphs)
    for letter in text[count:]:
        yield _Cluster(letter, (_Glyph(hidden, 0, 0, 0),), is_hidden=True)


def _glyph_of(usual: dict[int, str], text: str) -> int | None:
    return next((number for number, said in usual.items() if said == text), None)


def _both(first: _Cluster, second: _Cluster, *, is_reversed: bool) -> _Cluster:
    glyphs = (*second.glyphs, *first.glyphs) if is_reversed else (*first.glyphs, *second.glyphs)
    return _Cluster(without_idle_joiners(first.text + second.text), glyphs)


class _Pen:
    """Writes glyphs of a run as WeasyPrint does, buffered until the next mark."""

    def __init__(self, stream: Any, run: _Run) -> None:
        self._stream = stream
        self._run = run
        self._waiting: list[str] = []

    def show(self, glyph: _Glyph, *, is_hidden: bool) -> None:
        """Show a glyph at the current position; a hidden one is invisible, for text extraction only."""
        size = self._run.size
        if glyph.number is None:
            self._waiting.append(f"{-glyph.width / size}")
            return
        across, rise = glyph.across / size, glyph.up / 1000
        shown = f"{-across}<{glyph.number:04x}>" if across else f"<{glyph.number:04x}>"
        if rise:
            self.flush()
            self._stream.set_text_rise(-rise)
            self._stream.show_text(shown)
            self._stream.set_text_rise(0)
        elif is_hidden:
            self.flush()
            self._stream.set_text_rendering(_INVISIBLE)
            self._stream.show_text(shown)
            self._stream.set_text_rendering(_FILLED)
        else:
            self._waiting.append(shown)
        kerning = self._width(glyph.number) + across - glyph.width * 1000 * FROM_UNITS / size
        if kerning:
            self._waiting.append(f"{int(kerning)}")

    def flush(self) -> None:
        """Write the buffered glyphs."""
        if self._waiting:
            self._stream.show_text(" ".join(self._waiting).replace("> <", ""))
            self._waiting = []

    def _width(self, number: int) -> int:
        widths: dict[int, int] = self._run.font.widths
        if number not in widths:
            stream = self._stream
            pango.pango_font_get_glyph_extents(
                self._run.pango_font, number, stream.ink_rect, stream.logical_rect
            )
            widths[number] = round(stream.logical_rect.width * 1000 * FROM_UNITS / self._run.size)
        return widths[number]


def _draw(stream: Any, run: _Run) -> None:
    """Show the clusters of a run, with ActualText where the glyphs' usual texts differ."""
    usual = _usual_texts(run.font)
    pen = _Pen(stream, run)
    stream.set_font_size(run.font.hash, run.size)
    for text, glyphs, is_hidden in run.clusters:
        shown = [glyph.number for glyph in glyphs if glyph.number is not None]
        said = "".join(usual.get(number, "") for number in (reversed(shown) if run.is_reversed else shown))
        is_marked = said != text and text.strip() != ""
        if is_marked:
            pen.flush()
            stream.begin_marked_content("Span", _actual_text(text))
        rest = text
        for number in shown:
            rest = rest.replace(usual.get(number, ""), "", 1)
        for glyph in glyphs:
            if glyph.number is not None and glyph.number not in run.font.to_unicode:
                known = usual.get(glyph.number)
                run.font.to_unicode[glyph.number] = rest if known is None else known
                rest = rest if known else ""
            pen.show(glyph, is_hidden=is_hidden)
        if is_marked:
            pen.flush()
            stream.end_marked_content()
    pen.flush()


def _actual_text(text: str) -> bytes:
    return f"<</ActualText <feff{text.encode('utf-16-be').hex()}>>>".encode()


def _usual_texts(font: Any) -> dict[int, str]:
    """Glyph number → text that a font's character map assigns to it."""
    known: dict[int, str] | None = getattr(font, "_usual_texts", None)
    if known is None:
        content = bytes(get_hb_object_data(font.hb_face))
        known = font._usual_texts = _texts_of_file(hashlib.sha256(content).hexdigest())  # noqa: SLF001 - our own attribute
    return known


@cache
def _texts_of_file(digest: str) -> dict[int, str]:
    texts: dict[int, str] = {}
    with TTFont(files()[digest], lazy=True) as font:
        for code, name in sorted(font.getBestCmap().items()):
            character = chr(code)
            if not _NEVER_SEEN.fullmatch(character):
                text = unicodedata.normalize("NFKC", character) if _ALIASES.match(character) else character
                texts.setdefault(font.getGlyphID(name), text)
    return texts
