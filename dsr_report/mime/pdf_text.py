"""The texts of any PDF: page content, annotations, titles and bookmarks, and embedded files."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator

import pikepdf

_SHOWING = "BT ET Tf Tj TJ ' \" Td TD Tm T* Do BDC"
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(<[0-9A-Fa-f]+>|\[[^\]]*\])")
_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>")
_SECTION = re.compile(rb"begin(bfchar|bfrange)(.*?)end\1", re.DOTALL)
_GAP = -180
"""Thousandths of the font size: a wider gap in a line is a space."""
_MOST_FORMS = 2_000
"""Form XObjects read per page; further ones are skipped."""
Glyphs = tuple[int, dict[bytes, str]]
"""Bytes per character code, and the text of each code."""


def texts_of_pdf(content: bytes) -> Iterator[tuple[str, bytes | None]]:
    """Yield each text of a PDF with None, and each embedded file by its name with its bytes.

    Raises:
        ValueError: it is `locked` or `damaged`, or has pages with `no-text`.
    """
    try:
        pdf = pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError:
        raise ValueError("locked") from None
    except pikepdf.PdfError:
        raise ValueError("damaged") from None
    silent = False
    with pdf:
        fonts: dict[tuple[int, int], Glyphs] = {}
        try:
            for page in pdf.pages:
                text, is_known = _text_of(page, page.resources, fonts, set())
                silent |= not (text.strip() and is_known)
                yield text, None
            for thing in pdf.objects:
                strings = "\n".join(strings_in(thing))
                if strings:
                    yield strings, None
            for name, spec in pdf.attachments.items():
                yield name, spec.get_file().read_bytes()
        except (pikepdf.PdfError, TypeError, KeyError, AttributeError):
            raise ValueError("damaged") from None
    if silent:
        raise ValueError("no-text")


def _text_of(
    source: pikepdf.Page | pikepdf.Object,
    resources: pikepdf.Object,
    fonts: dict[tuple[int, int], Glyphs],
    forms: set[tuple[int, int]],
) -> tuple[str, bool]:
    """The text of a page or form, and whether all of its glyphs are known."""
    out: list[str] = []
    glyphs: Glyphs = (1, {})
    is_known = True
    for instruction in pikepdf.parse_content_stream(source, _SHOWING):
        operands, name = instruction.operands, str(instruction.operator)
        if name == "Tf":
            font = resources.get("/Font", pikepdf.Dictionary()).get(str(operands[0]))
            glyphs = _glyphs_of(font, fonts) if isinstance(font, pikepdf.Dictionary) else (1, {})
        elif name in {"Tj", "'", '"', "TJ"}:
            shown = operands[0] if name == "TJ" else [operands[-1]]
            for piece in shown:
                if isinstance(piece, pikepdf.String):
                    text, all_known = _text_by_glyphs(bytes(piece), glyphs)
                    out.append(text)
                    is_known &= all_known
                elif float(piece) < _GAP:
                    out.append(" ")
        elif name == "BDC":
            said = operands[-1].get("/ActualText") if isinstance(operands[-1], pikepdf.Dictionary) else None
            out.append(str(said) if isinstance(said, pikepdf.String) else "")
        elif name == "Do":
            form = resources.get("/XObject", pikepdf.Dictionary()).get(str(operands[0]))
            if isinstance(form, pikepdf.Stream) and form.get("/Subtype") == "/Form":
                if form.objgen in forms or len(forms) > _MOST_FORMS:
                    continue
                forms.add(form.objgen)
                text, all_known = _text_of(form, form.get("/Resources", resources), fonts, forms)
                out.append(text)
                is_known &= all_known
        else:
            out.append("\n")
    return "".join(out), is_known


def _text_by_glyphs(codes: bytes, glyphs: Glyphs) -> tuple[str, bool]:
    width, table = glyphs
    if not table:
        return codes.decode("cp1252", "replace"), width == 1
    pieces = [codes[at : at + width] for at in range(0, len(codes), width)]
    text = [table.get(piece) for piece in pieces]
    return "".join([one or "" for one in text]), None not in text


def _glyphs_of(font: pikepdf.Dictionary, fonts: dict[tuple[int, int], Glyphs]) -> Glyphs:
    known = fonts.get(font.objgen)
    if known is None or font.objgen == (0, 0):
        known = _read_font(font)
        fonts[font.objgen] = known
    return known


def _read_font(font: pikepdf.Dictionary) -> Glyphs:
    is_composite = font.get("/Subtype") == "/Type0"
    table = font.get("/ToUnicode")
    if isinstance(table, pikepdf.Stream):
        return _to_unicode(table.read_bytes(), 2 if is_composite else 1)
    if is_composite:
        return 2, {}
    encoding = font.get("/Encoding")
    codes = {bytes([code]): bytes([code]).decode("cp1252", "replace") for code in range(256)}
    base = encoding.get("/BaseEncoding") if isinstance(encoding, pikepdf.Dictionary) else encoding
    if base == "/MacRomanEncoding":
        codes = {code: code.decode("mac-roman") for code in codes}
    if isinstance(encoding, pikepdf.Dictionary):
        at = 0
        for entry in encoding.get("/Differences", pikepdf.Array()):
            if isinstance(entry, int):
                at = entry
            else:
                codes[bytes([at % 256])] = _glyph_name(str(entry)[1:])
                at += 1
    return 1, codes


def _to_unicode(table: bytes, width: int) -> Glyphs:
    codes: dict[bytes, str] = {}
    for kind, section in _SECTION.findall(table):
        if kind == b"bfchar":
            for code, text in _PAIR.findall(section):
                codes[bytes.fromhex(code.decode())] = _utf_16(text)
            continue
        for first, last, target in _RANGE.findall(section):
            begin, end = int(first, 16), int(last, 16)
            texts = re.findall(rb"<([0-9A-Fa-f]*)>", target)
            for number in range(begin, min(end, begin + 0xFFFF) + 1):
                code = number.to_bytes(len(first) // 2, "big")
                if target.startswith(b"["):
                    codes[code] = _utf_16(texts[number - begin]) if number - begin < len(texts) else ""
                else:
                    start = _utf_16(texts[0])
                    codes[code] = (
                        start[:-1] + chr(min(ord(start[-1]) + number - begin, 0x10FFFF)) if start else ""
                    )
    return (len(next(iter(codes))) if codes else width), codes


def _utf_16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode().zfill(len(digits) + len(digits) % 2)).decode("utf-16-be", "replace")


_NAMES = {
    "space": " ", "hyphen": "-", "period": ".", "comma": ",", "at": "@", "underscore": "_", "slash": "/",
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
    "eight": "8", "nine": "9", "plus": "+", "quoteright": "'", "quotesingle": "'", "germandbls": "ß",
    "oe": "œ", "ae": "æ", "oslash": "ø", "fi": "fi", "fl": "fl", "parenleft": "(", "parenright": ")",
}  # fmt: skip
_ACCENTS = (
    "acute",
    "grave",
    "circumflex",
    "dieresis",
    "tilde",
    "cedilla",
    "ring",
    "caron",
    "macron",
    "ogonek",
)
"""The base letter of an accented one is enough: searches ignore accents."""


def _glyph_name(name: str) -> str:
    if len(name) == 1:
        return name
    if name in _NAMES:
        return _NAMES[name]
    if match := re.fullmatch(r"u(?:ni)?([0-9A-Fa-f]{4,6})", name):
        return chr(min(int(match[1], 16), 0x10FFFF))
    return name[0] if name[1:] in _ACCENTS else ""


def parts_of(thing: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """A PDF object and all objects in it, at any depth, without following references."""
    stack = [thing]
    while stack:
        current = stack.pop()
        yield current
        inner: Iterable[object] = ()
        if isinstance(current, pikepdf.Stream):
            inner = (current.stream_dict,)
        elif isinstance(current, pikepdf.Dictionary):
            inner = current.as_dict().values()
        elif isinstance(current, pikepdf.Array):
            inner = current
        stack += [one for one in inner if isinstance(one, pikepdf.Object) and not one.is_indirect]


def strings_in(thing: pikepdf.Object) -> Iterator[str]:
    """The text strings in one PDF object, without following references."""
    return (str(part) for part in parts_of(thing) if isinstance(part, pikepdf.String))
