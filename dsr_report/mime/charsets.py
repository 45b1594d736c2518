"""Decoding of bytes to text: as declared if that is true, else as detected, with a defect for the difference.

Charset labels have the meaning of the WHATWG Encoding Standard (`latin1` is windows-1252, `gb2312` is
gb18030), as in mail programs and browsers. Python's codecs read what that standard leaves out (UTF-7,
ISO-2022-KR, DOS code pages). A byte without a character in the charset becomes one U+FFFD.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from webencodings import lookup

from dsr_report.mime.defects import Defect, defect

TWICE = "utf-8, twice"
"""Charset of a text whose UTF-8 bytes were mistaken for characters and encoded to UTF-8 again."""
# Labels that the standard leaves out, or maps to a codec that does not suit mail
_MEANT = {
    "us-ascii": "ascii", "ascii": "ascii", "ansi_x3.4-1968": "ascii", "gbk": "gb18030",
    "cn-gb": "gb18030", "ks_c_5601": "cp949", "x-windows-949": "cp949", "x-euc-jp": "euc-jp",
    "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs", "iso-8859-8-e": "iso-8859-8",
    "utf8mb4": "utf-8", "utf": "utf-8", "x-unicode-2-0-utf-7": "utf-7", "utf-16": "utf-16",
    "unicode": "utf-16", "ucs-2": "utf-16", "iso-2022-jp": "iso-2022-jp-ext", "cp-850": "cp850",
    "latin-1": "windows-1252", "ansi": "windows-1252", "x-ansi": "windows-1252",
    "shift-jis": "cp932", "euc-jp": "euc-jp",
}  # fmt: skip
_NO_CHARSETS = {
    "unicode-escape",
    "raw-unicode-escape",
    "punycode",
    "idna",
    "undefined",
    "mbcs",
    "oem",
    "charmap",
}
_IN_PAGE = re.compile(rb"<meta\b[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.IGNORECASE)
_JAPANESE = re.compile(rb"\x1b\$[@B]")
_HIGH = re.compile(rb"[\x80-\xff]")
_UTF_8_LETTER = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|\xe0[\xa0-\xbf][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{3}"
)
_CUT_LETTER = re.compile(rb"[\xc2\xc3]")
"""First bytes of most Western European letters in UTF-8; as windows-1252 they are `Â` and `Ã`."""
_SINGLE_BYTE = re.compile(r"cp(?:125\d|874|437|85\d|866)|iso8859-\d+|koi8-\w|mac-\w+")
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
_WIDE = frozenset("utf-16 utf-16-le utf-16-be utf-32 utf-32-le utf-32-be".split())
_FEW_BYTES = 16
"""Fewer bytes can be a word of UTF-16 whose bytes happen to be ASCII: `中` is `-N`."""


@lru_cache(maxsize=256)
def codec_of(name: str) -> str | None:
    """The codec for a charset label; None if there is none."""
    label = name.strip().strip("\"'").strip().lower().split("$")[0]
    meant = _MEANT.get(label) or _MEANT.get(label.replace("_", "-"))
    if meant is None:
        found = lookup(label)
        known = found.codec_info.name if found else ""
        meant = label if known in {"", "replacement", "x-user-defined"} else _MEANT.get(known, known)
    if not meant or len(meant) > 60 or meant.replace("_", "-") in _NO_CHARSETS:
        return None
    try:
        info = codecs.lookup(meant)
        "".encode(meant)
    except (LookupError, ValueError, TypeError):
        return None
    return info.name


def charset_of_page(content: bytes) -> str | None:
    """The charset that an HTML page declares in a `meta` element."""
    match = _IN_PAGE.search(content, 0, 2048)
    return match.group(1).decode("ascii", "replace") if match else None


def to_text(content: bytes, charset: str | None, *, is_raw: bool = False) -> tuple[str, str, Defect | None]:
    """Decode bytes: the text, the charset used, and the defect of the declared one.

    Args:
        content: any bytes.
        charset: the declared charset, if any.
        is_raw: the bytes had no transfer encoding and may have been transcoded on their way (a message
            kept as JSON text): if they are valid UTF-8, another declared charset is wrong.
    """
    wanted = (charset or "").strip()
    codec = codec_of(wanted) if wanted else None
    if codec is None:
        return _guess(content, defect("charset-unknown", wanted) if wanted else None)
    if is_raw and codec not in {"utf-8", "ascii"} and _HIGH.search(content):
        try:
            return content.decode("utf-8"), "utf-8", defect("charset-wrong", wanted)
        except ValueError:
            if _SINGLE_BYTE.fullmatch(codec) and _UTF_8_LETTER.search(content):
                return content.decode("utf-8", _WESTERN), "utf-8", defect("charset-mixed", wanted)
    if codec in _WIDE and _is_narrow(content, is_raw=is_raw):
        return content.decode("utf-8"), "utf-8", defect("charset-wrong", wanted)
    try:
        text = content.decode(codec)
    except ValueError:
        return _with_bad_bytes(content, codec, wanted)
    if is_raw and codec == "utf-8" and not text.isascii():
        meant = _mend(text)
        if meant is not None:
            return meant, TWICE, defect("utf-8-twice")
    return text, codec, None


def encode_text(text: str, charset_used: str) -> bytes:
    """Encode a text in the charset that `to_text` used.

    Raises:
        ValueError: the charset lacks a character.
    """
    if charset_used == TWICE:
        return text.encode("utf-8", "surrogateescape").decode("latin-1").encode("utf-8")
    if not charset_used.startswith("iso2022"):
        return text.encode(charset_used, _VENDOR)
    try:
        return text.encode(charset_used)
    except ValueError:  # the error handler breaks the state of a stateful codec: letter by letter
        return b"".join(letter.encode(charset_used, _VENDOR) for letter in text)


def is_whole(content: bytes, charset: str) -> bool:
    """Whether bytes are valid in the charset from first to last."""
    try:
        content.decode(codec_of(charset) or "utf-8")
    except ValueError:
        return False
    return True


def _is_narrow(content: bytes, *, is_raw: bool) -> bool:
    """Whether bytes that are said to be UTF-16 or UTF-32 are UTF-8: no text of some length is both."""
    if b"\0" in content or not (is_raw or len(content) >= _FEW_BYTES):
        return False
    return is_whole(content, "utf-8")


def _mend(text: str) -> str | None:
    try:
        return text.encode("latin-1").decode("utf-8")
    except ValueError:
        return None


def _with_bad_bytes(content: bytes, codec: str, wanted: str) -> tuple[str, str, Defect | None]:
    """Text with bytes outside its declared charset: with vendor extensions, or in another charset."""
    text = content.decode(codec, _VENDOR)
    if REPLACEMENT not in text:
        return text, codec, None
    if codec == "ascii":
        return _guess(content, defect("charset-wrong", wanted))
    if codec == "utf-8":
        is_western = _UTF_8_LETTER.search(content) is None and _CUT_LETTER.search(content) is None
        if is_western and b"\0" not in content:
            return content.decode("cp1252", _VENDOR), "windows-1252", defect("charset-wrong", wanted)
    elif codec not in {*_WIDE, "utf-7"} and _HIGH.search(content):
        try:
            return content.decode("utf-8"), "utf-8", defect("charset-wrong", wanted)
        except ValueError:
            pass
    return text, codec, defect("bytes-not-in-charset", wanted)


def _guess(content: bytes, problem: Defect | None) -> tuple[str, str, Defect | None]:
    """Text without a known declared charset."""
    if _JAPANESE.search(content) and not _HIGH.search(content):
        text = content.decode("iso-2022-jp-ext", _VENDOR)
        return text, "iso-2022-jp-ext", problem or defect("charset-undeclared")
    try:
        return content.decode("utf-8"), "utf-8", problem
    except ValueError:
        pass
    if _UTF_8_LETTER.search(content):
        return (
            content.decode("utf-8", _WESTERN),
            "utf-8",
            defect("charset-mixed", problem.name if problem else ""),
        )
    return content.decode("cp1252", _VENDOR), "windows-1252", problem or defect("charset-missing")


def _western(error: UnicodeError) -> tuple[str | bytes, int]:
    """Codec error handler: read bytes that are no UTF-8 as windows-1252; a cut-off letter becomes U+FFFD."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    content = error.object[error.start : error.end]
    return REPLACEMENT if _CUT_LETTER.match(content) else content.decode("cp1252", _VENDOR), error.end


def _of_vendor(error: UnicodeError) -> tuple[str | bytes, int]:
    """Codec error handler: read the vendor extensions that Python's codec lacks; the rest becomes U+FFFD."""
    if isinstance(error, UnicodeEncodeError):
        return _vendor_bytes(error)
    if not isinstance(error, UnicodeDecodeError):
        raise error
    content, start = error.object, error.start
    name = error.encoding.replace("_", "-")
    if name == "charmap" and 0x80 <= content[start] < 0xA0:
        return chr(content[start]), start + 1  # the standard maps these bytes to C1 controls
    if name.startswith(("iso2022-jp", "euc-jp")):
        pair = bytes(byte & 0x7F for byte in content[start : start + 2])
        letter = _of_row(pair) if name[0] == "i" or content[start : start + 2] > b"\xa1\xa0" else ""
        if letter:
            return letter, start + 2
    # of a multi-byte character only the first byte is lost: the next may be a character or a line end
    end = error.end if name.startswith(("utf", "iso2022")) else start + 1
    return REPLACEMENT, max(end, start + 1)


def _of_row(pair: bytes) -> str:
    """The character of a cell of JIS X 0208 with NEC's and IBM's rows, by way of Shift JIS."""
    if len(pair) < 2 or not all(0x21 <= byte <= 0x7E for byte in pair):
        return ""
    row, cell = pair[0] - 0x21, pair[1] - 0x21
    lead = row // 2 + (0x81 if row < 62 else 0xC1)
    trail = cell + 0x9F if row % 2 else cell + 0x40 + (cell >= 63)
    try:
        return bytes((lead, trail)).decode("cp932")
    except ValueError:
        return ""


def _vendor_bytes(error: UnicodeEncodeError) -> tuple[str | bytes, int]:
    """Inverse of `_of_vendor`: a C1 control of a single-byte charset, or a cell of a vendor's row."""
    letter, name = error.object[error.start], error.encoding.replace("_", "-")
    if name == "charmap" and "\x80" <= letter < "\xa0":
        return letter.encode("latin-1"), error.start + 1
    if name.startswith(("iso2022-jp", "euc-jp")):
        pair = letter.encode("cp932")
        if len(pair) == 2:
            lead, trail = pair
            row = (lead - (0x81 if lead < 0xA0 else 0xC1)) * 2 + (trail >= 0x9F)
            cell = trail - 0x9F if trail >= 0x9F else trail - 0x40 - (trail > 0x7F)
            cells = bytes((row + 0x21, cell + 0x21))
            if _of_row(cells) == letter:
                if name[0] == "e":
                    return bytes(byte | 0x80 for byte in cells), error.start + 1
                return b"\x1b$B" + cells + b"\x1b(B", error.start + 1
    raise error


_VENDOR = "dsr-report-vendor-rows"
_WESTERN = "dsr-report-western-bytes"
codecs.register_error(_VENDOR, _of_vendor)
codecs.register_error(_WESTERN, _western)
