"""Pictures of a message: those that it carries, as data; the others classified by purpose."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes

from dsr_report.mime.links import url_tokens
from dsr_report.mime.pictures import InlineParts
from dsr_report.sanitize.shown import Outcome

_MAGIC = {
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
    "image/gif": b"GIF8",
    "image/bmp": b"BM",
}
IS_DATA = re.compile(r"data:image/(?:png|jpeg|gif|webp|bmp);base64,[A-Za-z0-9+/]+={0,2}")
_IN_PLACE = re.compile(r"\s*data:[^,]{0,200},", re.IGNORECASE)
_TINY = re.compile(r"\s*0*[0-3](?:\.\d*)?\s*(?:px|pt)?\s*", re.IGNORECASE)
_TINY_STYLE = re.compile(
    r"(?:^|;)\s*(?:(?:max-)?(?:width|height)\s*:\s*[0-3](?:px|pt)?|display\s*:\s*none|"
    r"visibility\s*:\s*hidden|opacity\s*:\s*0)\s*(?:!important)?\s*(?:;|$)",
    re.IGNORECASE,
)
_SHORT = 60
"""Characters; a longer address is shortened in the middle."""
_ON_THE_INTERNET = re.compile(r"(?:https?|ftp):|//", re.IGNORECASE)


def picture_data(source: str, inline: InlineParts) -> str | None:
    """The picture as a `data:` URL; None unless the message carries it and it is a raster image."""
    source = source.strip()
    if _IN_PLACE.match(source):
        head, _, content = source.partition(",")
        raw = unquote_to_bytes(content)
        if ";base64" in head.lower().replace(" ", ""):
            raw = _from_base64(raw)
        return _as_data(raw)
    part = inline.find(source)
    return _as_data(part.content) if part is not None else None


def _from_base64(raw: bytes) -> bytes:
    compact = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    compact = compact[: len(compact) - 1] if len(compact) % 4 == 1 else compact
    return base64.b64decode(compact + b"=" * (-len(compact) % 4))


def _as_data(content: bytes) -> str | None:
    kind = next((kind for kind, magic in _MAGIC.items() if content.startswith(magic)), None)
    if kind is None and content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        kind = "image/webp"
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}" if kind else None


def outcome_of(source: str, attributes: Mapping[str, str | None], inline: InlineParts) -> Outcome:
    """The reason why a picture is not shown."""
    source = source.strip()
    if source[:5].lower() == "data:" or inline.find(source) is not None:
        return "refused"
    if not _ON_THE_INTERNET.match(source):
        return "missing"  # a part that is absent, a file on the sender's disk, or nothing
    sizes = (attributes.get("width") or "", attributes.get("height") or "")
    if any(size and _TINY.fullmatch(size) for size in sizes) or _TINY_STYLE.search(
        attributes.get("style") or ""
    ):
        return "pixel"
    return "remote"


def short_address(url: str) -> str:
    """Host and path of a URL for display, without scheme, query and personal pieces."""
    text = url.strip()
    for span in reversed(url_tokens(text)):
        text = f"{text[: span.start]}…{text[span.end :]}"
    text = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*:/*|^//", "", text)
    text = re.split(r"[?#]", text, maxsplit=1)[0]
    return text if len(text) <= _SHORT else f"{text[: _SHORT // 2]}…{text[-_SHORT // 2 + 1 :]}"
