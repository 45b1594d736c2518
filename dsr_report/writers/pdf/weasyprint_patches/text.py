"""Caches of WeasyPrint's text layout: properties of a style are evaluated once, and a line is shaped once.

WeasyPrint shapes each line again for drawing, with a layout built from the style's properties one by one, and
writes it glyph by glyph. Here the layout of a line is kept until the line is drawn, and layouts of the same
style share their constant parts; broken lines are cached in their style (3 % fewer instructions to lay out a
list of events); the output for a glyph is cached for each font (13 %). All three together save 27 % for
messages. WeasyPrint also lays out a word of many lines to its end for each line, in quadratic time; here only
the beginning of a long text is laid out if it may be broken anywhere. Anything but plain text in an outline
font goes through WeasyPrint's own functions, so the bytes are the same.
"""

from __future__ import annotations

import re
import struct
from math import inf
from typing import Any

import weasyprint.draw.text
import weasyprint.layout.inline
import weasyprint.layout.preferred
from weasyprint.text import line_break
from weasyprint.text.constants import PANGO_DIRECTION
from weasyprint.text.ffi import FROM_UNITS, ffi, gobject, pango
from weasyprint.text.fonts import font_features, get_font_description

from dsr_report.writers.pdf.weasyprint_patches import exact

_Layout: Any = line_break.Layout
_split_first_line = line_break.split_first_line

_GLYPH_INFO = 20
_FIELDS = 5
_SIZED_BY_FONT = 14802
"""The Pango version (1.48.2) from which a font includes its size."""
_SHORT = 400
"""Characters of the longest text whose lines are cached: the rest of a long paragraph is requested once."""
_END = 0xFFFFFFFF
_BREAKS = frozenset("\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_FEATURES = (
    "font_kerning", "font_variant_ligatures", "font_variant_position", "font_variant_caps",
    "font_variant_numeric", "font_variant_alternates", "font_variant_east_asian", "font_feature_settings",
)  # fmt: skip
_OF_WORDS = (
    *_FEATURES, "font_family", "font_style", "font_stretch", "font_weight", "font_variation_settings",
    "font_language_override", "font_size", "lang", "direction", "letter_spacing", "word_spacing",
    "white_space", "overflow_wrap", "word_break", "hyphens", "hyphenate_character", "hyphenate_limit_chars",
    "hyphenate_limit_zone", "text_indent",
)  # fmt: skip
_WORD = re.compile("[0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]+[.,:;!?]? [0-9A-Za-z]")
"""A word, a space and a letter: enough to break a line of width 0."""
_MOST_WORDS = 20_000
"""Cached words, some 10 MB; a report of a year of newsletters has half as many."""
_known_words: dict[tuple[Any, ...], Any] = {}
_BREAKING = ("anywhere", "break-word")
_WRAPPED = ("normal", "pre-wrap", "pre-line")
_NARROWEST = 16
"""Characters laid out per em of line width: `i` has a quarter of an em, so this is four lines of it."""


def install() -> None:
    """Replace WeasyPrint's functions; the one for drawing only if glyphs have the expected memory layout."""
    weasyprint.layout.inline.split_first_line = _known_first_line
    weasyprint.layout.preferred.split_first_line = _known_first_line
    line_break.Layout = _KeptLayout
    if ffi.sizeof("PangoGlyphInfo") == _GLYPH_INFO and pango.pango_version() >= _SIZED_BY_FONT:
        weasyprint.draw.text.draw_first_line = _draw_known_line


class _Shared:
    """The parts that all layouts of a style share."""

    __slots__ = ("attributes", "context", "description", "language", "lines")

    def __init__(self, style: Any) -> None:
        layout = _Layout(style)
        self.language = layout.language
        self.description = get_font_description(style)
        self.context = ffi.gc(
            pango.pango_font_map_create_context(style.font_config.font_map), gobject.g_object_unref
        )
        pango.pango_context_set_round_glyph_positions(self.context, False)
        pango.pango_context_set_base_dir(self.context, PANGO_DIRECTION[style["direction"]])
        if style["lang"]:
            pango.pango_context_set_language(self.context, self.language)
        self.attributes = None
        if style["overflow_wrap"] in _BREAKING:
            self.attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
            whole = pango.pango_attr_insert_hyphens_new(False)
            whole.start_index, whole.end_index = 0, _END
            pango.pango_attr_list_change(self.attributes, whole)
        self.lines = {
            name: value
            for name, value in vars(layout).items()
            if name in {"ascent", "underline_position", "strikethrough_position"}
            or name.endswith("_thickness")
        }


def _common_part(style: Any) -> _Shared | None:
    """The shared part of layouts of a style; None if the style needs WeasyPrint's own layout."""
    known: dict[str, Any] = vars(style)
    if "_shared_by_layouts" not in known:
        plain = (
            style["letter_spacing"] == "normal"
            and not style["word_spacing"]
            and style["font_language_override"] == "normal"
            and not font_features(*(style[name] for name in _FEATURES))
        )
        known["_shared_by_layouts"] = _Shared(style) if plain else None
    found: _Shared | None = known["_shared_by_layouts"]
    return found


class _KeptLayout(_Layout):  # type: ignore[misc] # WeasyPrint has no types
    """A layout that is kept from line breaking until the line is drawn."""

    kept = False
    shared: _Shared | None = None

    def setup(self, style: Any) -> None:
        """Set up a layout for texts of a style."""
        self.kept = False
        self.shared = shared = None if self.justification_spacing else _common_part(style)
        if shared is None:
            super().setup(style)
            return
        self.style = style
        self.first_line_direction = 0
        self.language = shared.language
        self.__dict__.update(shared.lines)
        self.layout = layout = ffi.gc(pango.pango_layout_new(shared.context), gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(layout, False)
        pango.pango_layout_set_font_description(layout, shared.description)
        if shared.attributes is not None:
            pango.pango_layout_set_attributes(layout, shared.attributes)

    def set_text(self, text: str, justify: bool = False) -> None:  # noqa: FBT001, FBT002 - as WeasyPrint has it
        """Set the text of the layout."""
        if self.shared is None or "\t" in text:
            if self.shared is not None:  # its attribute list is shared with other layouts
                self.shared = None
                pango.pango_layout_set_attributes(self.layout, ffi.NULL)
            super().set_text(text, justify)
            return
        index = text.find("\n")
        if index != -1:  # only the first line and one more character are needed
            text = text[: index + 2]
        self.text = text
        pango.pango_layout_set_text(self.layout, text.encode().replace(b"\0", b""), -1)

    def deactivate(self) -> None:
        """Keep the layout for drawing if the text is one line; else release it as WeasyPrint does."""
        if self.kept:
            return
        if self.shared is not None and _BREAKS.isdisjoint(self.text):
            self.kept = True
            return
        super().deactivate()

    def reactivate(self, style: Any) -> None:
        """Prepare for drawing, unless the layout was kept."""
        if not self.kept or style is not self.style:
            super().reactivate(style)


def _known_first_line(
    text: str, style: Any, context: Any, max_width: Any, justification_spacing: Any, **line: bool
) -> Any:
    """The first line of a text, cached in the style: it is requested again, and occurs in many places."""
    if max_width == 0 and line.get("minimum") and not justification_spacing:
        word = _WORD.match(text)
        if word or len(text) < _SHORT:
            return _known_word(word[0] if word else text, style, context, line)
    if justification_spacing or len(text) > _SHORT:
        return _first_line(text, style, context, max_width, justification_spacing, **line)
    lines = vars(style).get("_known_lines")
    if lines is None:
        lines = style._known_lines = {}  # noqa: SLF001 - our own attribute
    key = (text, max_width, *line.items())
    found = lines.get(key)
    if found is None:
        found = _split_first_line(text, style, context, max_width, justification_spacing, **line)
        if found[0].kept:
            lines[key] = found
    return found


def _first_line(
    text: str, style: Any, context: Any, max_width: Any, justification_spacing: Any, **line: bool
) -> Any:
    """The first line of a text; only the beginning of a long one that may be broken anywhere is laid out."""
    if (
        len(text) > _SHORT
        and max_width is not None
        and max_width != inf
        and style["overflow_wrap"] in _BREAKING
        and style["white_space"] in _WRAPPED
        and style["font_size"]
    ):
        enough = _SHORT // 2 + int(max_width / style["font_size"] * _NARROWEST)
        if len(text) > 2 * enough:
            beginning = text[:enough]
            found = _split_first_line(beginning, style, context, max_width, justification_spacing, **line)
            if found[2] is not None and found[2] < enough // 2:
                return found
    return _split_first_line(text, style, context, max_width, justification_spacing, **line)


def _known_word(text: str, style: Any, context: Any, line: dict[str, bool]) -> Any:
    """The width of a word, for a cell's minimum width; cached for all styles with equal text properties."""
    known = vars(style)
    if "_as_words_are" not in known:
        known["_as_words_are"] = tuple(str(style[name]) for name in _OF_WORDS)
    key = (text, known["_as_words_are"], *line.items())
    found = _known_words.get(key)
    if found is None:
        if len(_known_words) >= _MOST_WORDS:
            _known_words.clear()
        _, _, resume_at, width, _, _ = _split_first_line(text, style, context, 0, 0, **line)
        found = _known_words[key] = (None, None, resume_at, width, None, None)
    return found


class _KnownFont:
    """Cached PDF output for glyphs of a font, keyed by glyph number and width.

    `holder` is a layout with this font; it keeps the font alive, so that no other font gets its address.
    """

    __slots__ = ("font", "holder", "ordinary", "size", "written")

    def __init__(self, font: Any, size: float, holder: Any) -> None:
        self.font, self.size, self.holder = font, size, holder
        self.ordinary = not (font.bitmap or font.png or font.svg or font.colr)
        self.written: dict[tuple[int, int], str] = {}

    def learn(self, glyph: int, width: int) -> bool:
        """Cache the output for a glyph; false if WeasyPrint has not drawn it before."""
        font = self.font
        if not self.ordinary or not glyph or glyph not in font.widths or glyph not in font.to_unicode:
            return False
        kerning = font.widths[glyph] - width * 1000 * FROM_UNITS / self.size
        text = f"{glyph:04x}"
        self.written[glyph, width] = text + f">{int(kerning)}<" if kerning else text
        return True


class _KnownFonts:
    """The fonts of the document that is being drawn."""

    def __init__(self) -> None:
        self.owner: object = None
        self.fonts: dict[Any, _KnownFont] = {}

    def of(self, stream: Any, pango_font: Any, holder: Any) -> _KnownFont:
        owner = stream._fonts  # noqa: SLF001 - there is no public way
        if self.owner is not owner:
            self.owner = owner
            self.fonts = {}
        found = self.fonts.get(pango_font)
        if found is None:
            font, size = stream.add_font(pango_font)
            found = self.fonts[pango_font] = _KnownFont(font, size, holder)
        return found


_known_fonts = _KnownFonts()


def _draw_known_line(
    stream: Any, textbox: Any, text_overflow: str, block_ellipsis: Any, matrix: Any
) -> list[Any]:
    """Draw a line from the cache if all its glyphs were drawn before, else with WeasyPrint's function."""
    layout = textbox.pango_layout
    kept = getattr(layout, "kept", False)
    if kept and (text_overflow == "ellipsis" or block_ellipsis != "none"):  # truncated, unlike its other uses
        textbox.pango_layout = own = _KeptLayout(layout.style, max_width=layout.max_width)
        own.set_text(layout.text)
    elif kept:
        if not textbox.text.strip():
            return []
        shows = None if exact.is_special(layout.text) else _shows(stream, layout)
        if shows is not None:
            stream.set_text_matrix(*matrix.values)
            for font, strings in shows:
                stream.set_font_size(font.font.hash, font.size)
                stream.show_text("".join(strings))
            return []
    drawn: list[Any] = exact.draw_first_line(stream, textbox, text_overflow, block_ellipsis, matrix)
    return drawn


def _shows(stream: Any, layout: Any) -> list[tuple[_KnownFont, list[str]]] | None:
    """The strings to show in each font; None if a glyph is not cached."""
    run = pango.pango_layout_get_line_readonly(layout.layout, 0).runs[0]
    shows: list[tuple[_KnownFont, list[str]]] = []
    previous = None
    strings: list[str] = []
    while run != ffi.NULL:
        item = run.data
        run = run.next
        pango_font = item.item.analysis.font
        if pango_font != previous:
            previous = pango_font
            font = _known_fonts.of(stream, pango_font, layout.layout)
            if not font.ordinary or not font.size:
                return None
            written = font.written
            strings = []
            shows.append((font, strings))
        glyphs = item.glyphs
        count = glyphs.num_glyphs
        values = struct.unpack(f"={count * _FIELDS}i", ffi.buffer(glyphs.glyphs, count * _GLYPH_INFO))
        if any(values[2::_FIELDS]) or any(values[3::_FIELDS]):
            return None
        pairs = list(zip(values[::_FIELDS], values[1::_FIELDS], strict=True))
        try:
            text = "".join([written[pair] for pair in pairs])
        except KeyError:
            if not all(pair in written or font.learn(*pair) for pair in pairs):
                return None
            text = "".join([written[pair] for pair in pairs])
        if text:
            strings.append("<" + text + ">" if text[-1] != "<" else "<" + text[:-1])
    return shows
