"""File names from messages and exports, made safe to write to a disk."""

from __future__ import annotations

import mimetypes
import re
import unicodedata

_RESERVED = re.compile(r"^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_LONGEST = 100


def safe_file_name(name: str | None, media_type: str = "application/octet-stream", *, number: int = 1) -> str:
    """A name that stays in its folder, on any system: no path, no control or direction-changing characters.

    Without a usable name it is `part-NUMBER` with the ending of the media type.
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
    if len(text) > _LONGEST:
        stem, dot, ending = text.rpartition(".")
        text = (
            f"{stem[: _LONGEST - len(ending) - 1]}.{ending}" if dot and len(ending) <= 10 else text[:_LONGEST]
        )
    return text
