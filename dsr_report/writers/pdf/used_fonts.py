"""Fonts in the finished file: each once, with exactly the glyphs that any piece used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dsr_report.writers import fonts
from dsr_report.writers.pdf.file import PdfFile, name, reference, text
from dsr_report.writers.pdf.fragments import FontJob, FontUse

_CMAP = (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo\n"
    "<< /Registry (Adobe)\n/Ordering (UCS)\n/Supplement 0\n>> def\n/CMapName /Adobe-Identity-UCS def\n"
    "/CMapType 2 def\n1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n"
)
_CMAP_END = "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"


class UsedFonts:
    """The fonts of all pieces, merged."""

    def __init__(self) -> None:
        self._uses: dict[str, FontUse] = {}

    def add(self, uses: dict[str, FontUse]) -> None:
        """Merge the fonts of a piece; where two pieces differ on a glyph's text, the earlier one wins."""
        for key, use in uses.items():
            known = self._uses.setdefault(key, use)
            if known is not use:
                known.texts = {**use.texts, **known.texts}
                known.widths = {**use.widths, **known.widths}

    def embed(
        self, file: PdfFile, number: int, cut_down: Callable[[Iterable[FontJob]], Iterator[bytes]]
    ) -> None:
        """Write all fonts, and as object `number` the resource dictionary that names them."""
        glyphs: dict[str, set[int]] = {}
        for use in self._uses.values():
            glyphs.setdefault(use.file, set()).update(use.widths, use.texts)
        wanted = sorted(glyphs)
        programs = {}
        for digest, content in zip(
            wanted, cut_down(FontJob(digest, frozenset(glyphs[digest])) for digest in wanted), strict=True
        ):
            programs[digest] = file.add_stream(_program_entries(content), content)
        names = b"".join(
            name(key) + b" " + reference(_put_font(file, self._uses[key], programs[self._uses[key].file]))
            for key in sorted(self._uses)
        )
        file.put(number, b"<<" + names + b">>")


def _is_cff(digest: str) -> bool:
    return fonts.files()[digest].suffix == ".otf"


def _program_entries(content: bytes) -> bytes:
    if content[:4] == b"OTTO":
        return b"/Subtype /OpenType"
    return b"/Length1 %d" % len(content)


def _put_font(file: PdfFile, use: FontUse, program: int) -> int:
    cff = _is_cff(use.file)
    base = name(use.name.decode("latin-1"))
    widest = max(use.widths.values(), default=0)
    descriptor = file.add(
        b"<</Type /FontDescriptor/FontName " + base + b"/FontFamily " + text(use.family)
        + b"/Flags %d/FontBBox [0 %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight %d/StemV 80/StemH 80"
        % (use.flags, use.descent, widest, use.ascent, use.ascent, use.descent, use.ascent)
        + (b"/FontFile3 " if cff else b"/FontFile2 ") + reference(program) + b">>"
    )  # fmt: skip
    descendant = file.add(
        b"<</Type /Font/Subtype " + (b"/CIDFontType0" if cff else b"/CIDFontType2") + b"/BaseFont " + base
        + b"/CIDSystemInfo <</Registry (Adobe)/Ordering (Identity)/Supplement 0>>"
        + (b"" if cff else b"/CIDToGIDMap /Identity")
        + b"/W [" + _widths(use.widths) + b"]/FontDescriptor " + reference(descriptor) + b">>"
    )  # fmt: skip
    to_unicode = file.add_stream(b"", _to_unicode(use.texts))
    return file.add(
        b"<</Type /Font/Subtype /Type0/BaseFont " + base + b"/Encoding /Identity-H/DescendantFonts ["
        + reference(descendant) + b"]/ToUnicode " + reference(to_unicode) + b">>"
    )  # fmt: skip


def _widths(widths: dict[int, int]) -> bytes:
    runs: list[tuple[int, list[int]]] = []
    for glyph in sorted(widths):
        if not runs or runs[-1][0] + len(runs[-1][1]) != glyph:
            runs.append((glyph, []))
        runs[-1][1].append(widths[glyph])
    return b" ".join(b"%d [%s]" % (first, b" ".join(b"%d" % width for width in run)) for first, run in runs)


def _to_unicode(texts: dict[int, str]) -> bytes:
    lines = [_CMAP]
    items = sorted(texts.items())
    for start in range(0, len(items), 100):
        batch = items[start : start + 100]
        lines.append(f"{len(batch)} beginbfchar\n")
        lines += [f"<{glyph:04x}> <{words.encode('utf-16-be').hex()}>\n" for glyph, words in batch]
        lines.append("endbfchar\n")
    lines.append(_CMAP_END)
    return "".join(lines).encode()
