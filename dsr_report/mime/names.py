"""File names from messages and exports, made safe to write to a disk."""

from __future__ import annotations

import mimetypes
import re
import unicodedata

_RESERVED = re.compile(
    r"^(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])\s*(?:\.|$)",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_LONGEST_BYTES = 150
"""Bytes of a name that every file system accepts; a longer name is cut."""


def safe_file_name(name: str | None, media_type: str = "application/octet-stream", *, number: int = 1) -> str:
    """A file name safe on any system: no path, no control or direction-changing characters.

    Without a usable name it is `part-NUMBER` with the extension of the media type.
    """
    text = unicodedata.normalize("NFC", (name or "").encode("utf-8", "replace").decode("utf-8"))
    text = re.split(r"[/\\]", text)[-1]
    text = "".join(
        c for c in text if unicodedata.category(c) not in {"Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
    )
    text = _FORBIDDEN.sub("_", text).strip(" .")
    if not text.strip("_"):
        return f"part-{number}{mimetypes.guess_extension(media_type) or '.bin'}"
    if _RESERVED.match(text):
        text = f"_{text}"
    return _shorten(text)


def _shorten(text: str) -> str:
    """Cut a name to `_LONGEST_BYTES`, which every file system accepts; keep its extension."""
    if len(text.encode("utf-8")) <= _LONGEST_BYTES:
        return text
    stem, dot, ending = text.rpartition(".")
    if not stem or len(ending.encode("utf-8")) > 12:
        stem, dot, ending = text, "", ""
    room = _LONGEST_BYTES - len(f"{dot}{ending}".encode())
    return f"{stem.encode('utf-8')[:room].decode('utf-8', 'ignore').rstrip(' .')}{dot}{ending}"
