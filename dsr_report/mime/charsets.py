"""Bytes → text: as declared where that is true, as it is where not, with a note on the difference."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

_FALLBACKS = ("utf-8", "windows-1252", "latin-1")
TWICE = "utf-8, twice"
"""Says of a text that its UTF-8 bytes were taken for characters once, and encoded again."""
# What programs write → the codec whose characters they mean (https://encoding.spec.whatwg.org, and practice)
_MEANT = {
    "iso-8859-1": "windows-1252", "iso8859-1": "windows-1252", "latin-1": "windows-1252",
    "latin1": "windows-1252", "us-ascii": "ascii", "ascii": "ascii", "ansi_x3.4-1968": "ascii",
    "iso-8859-9": "windows-1254", "iso-8859-11": "windows-874", "tis-620": "windows-874",
    "windows-874": "cp874", "dos-874": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030",
    "gb_2312-80": "gb18030", "cn-gb": "gb18030", "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949",
    "euc-kr": "cp949", "korean": "cp949", "x-windows-949": "cp949", "shift_jis": "cp932",
    "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "windows-31j": "cp932", "x-euc-jp": "euc-jp",
    "big5": "big5hkscs", "x-x-big5": "big5hkscs", "cn-big5": "big5hkscs", "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8", "x-mac-roman": "mac-roman", "macintosh": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic", "utf8": "utf-8", "utf8mb4": "utf-8", "unicode-1-1-utf-8": "utf-8",
    "utf": "utf-8", "x-unicode-2-0-utf-7": "utf-7", "unicode": "utf-16", "ucs-2": "utf-16",
    "iso-2022-jp": "iso-2022-jp-ext", "koi8": "koi8-r", "cp-850": "cp850", "ansi": "windows-1252",
    "x-ansi": "windows-1252",
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
_C1 = re.compile("[\x80-\x9f]")
_HIGH = re.compile(rb"[\x80-\xff]")


@lru_cache(maxsize=256)
def codec_of(name: str) -> str | None:
    """The codec that reads a charset of this name; None where there is none."""
    label = name.strip().strip("\"'").strip().lower().split("$")[0]
    label = _MEANT.get(label, _MEANT.get(label.replace("_", "-"), label))
    if not label or len(label) > 60 or label.replace("_", "-") in _NO_CHARSETS:
        return None
    try:
        info = codecs.lookup(label)
        "".encode(label)
    except (LookupError, ValueError, TypeError):
        return None
    return info.name


def declared_in_page(content: bytes) -> str | None:
    """The charset that an HTML page declares in itself."""
    match = _IN_PAGE.search(content, 0, 2048)
    return match.group(1).decode("ascii", "replace") if match else None


def to_text(content: bytes, charset: str | None, *, is_raw: bool = False) -> tuple[str, str, str | None]:
    """Bytes as text: the text, the charset that was used, and what was wrong with the declared one.

    Args:
        content: any bytes.
        charset: what is declared, if anything.
        is_raw: the bytes had no transfer encoding, and may have been transcoded on their way (a message
            kept as JSON text): where they are UTF-8, they are not what else they are declared to be.
    """
    wanted = (charset or "").strip()
    codec = codec_of(wanted) if wanted else None
    if codec is None:
        problem = f"the charset {wanted[:40]!r} is unknown" if wanted else None
        return _guessed(content, problem)
    if is_raw and codec not in {"utf-8", "ascii"} and _HIGH.search(content):
        try:
            return content.decode("utf-8"), "utf-8", f"it is UTF-8, not {wanted[:40]!r} as declared"
        except ValueError:
            pass
    try:
        text = content.decode(codec)
    except ValueError:
        return _guessed(content, f"it does not fit the declared charset {wanted[:40]!r}", codec)
    if is_raw and codec == "utf-8" and not text.isascii():
        meant = _meant(text)
        if meant is not None:
            return meant, TWICE, "its UTF-8 was encoded a second time on its way, which is undone here"
    return text, codec, None


def encoded(text: str, charset_used: str) -> bytes:
    """The bytes of a text in the charset that `to_text` used.

    Raises:
        ValueError: the charset has no such character.
    """
    if charset_used == TWICE:
        return text.encode("utf-8", "surrogateescape").decode("latin-1").encode("utf-8")
    return text.encode(charset_used)


def _meant(text: str) -> str | None:
    try:
        return text.encode("latin-1").decode("utf-8")
    except ValueError:
        return None


def _guessed(content: bytes, problem: str | None, tried: str = "") -> tuple[str, str, str | None]:
    if _JAPANESE.search(content) and not _HIGH.search(content):
        try:
            return content.decode("iso-2022-jp-ext"), "iso-2022-jp-ext", problem or "no charset is declared"
        except ValueError:
            pass
    for fallback in _FALLBACKS:
        if fallback == tried:
            continue
        try:
            text = content.decode(fallback)
        except ValueError:
            continue
        if problem is None and fallback != "utf-8":
            problem = "no charset is declared, and it is not UTF-8"
        return text, fallback, problem
    return content.decode("latin-1"), "latin-1", problem
