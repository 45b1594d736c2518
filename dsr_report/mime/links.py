"""What a link in a message is for, and which pieces of it are personal."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple
from urllib.parse import parse_qsl, urlsplit

Purpose = Literal["ordinary", "tracking", "unsubscribe", "web-version", "mail", "phone", "place", "unsafe"]

_UNSUBSCRIBE = re.compile(
    r"unsub|opt[-_]?out|afmeld|uitschrijf|abmeld|abbestell|desabonn|désabonn|desinscri|désinscri|\{unsubscribe",
    re.IGNORECASE,
)
_WEB_VERSION = re.compile(
    r"web-?versi|view-?(?:in-?)?(?:browser|online)|online-?versi|webversion", re.IGNORECASE
)
_TRACKING = re.compile(
    r"(?:^|[./])(?:click|clicks|track|tracking|trk|link|links|ct|lt|pic|pixel|open|o)\d*[./?]", re.IGNORECASE
)
_RANDOM = re.compile(r"(?=[A-Za-z0-9_-]*[0-9])(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{16,}|[0-9a-f]{16,}")
_TOKEN_NAMES = re.compile(
    r"token|code|secret|hash|key|auth|session|sid|sig|signature|pass|pwd|reset|login|magic|uuid|cid|uid|mid",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"\s*([A-Za-z][A-Za-z0-9+.-]*)\s*:")


class Span(NamedTuple):
    """A piece of a text: `text[start:end]`."""

    start: int
    end: int


def purpose_of(url: str, label: str = "") -> Purpose:
    """What a link is for, judged by its address and by the words it stands under."""
    text = url.strip()
    scheme = _SCHEME.match(text)
    name = scheme.group(1).lower() if scheme else ""
    if name in {"mailto", "tel", "sms"}:
        return "mail" if name == "mailto" else "phone"
    if name and name not in {"http", "https"}:
        return "unsafe"
    if text.startswith("#"):
        return "place"
    if _UNSUBSCRIBE.search(text) or _UNSUBSCRIBE.search(label):
        return "unsubscribe"
    if _WEB_VERSION.search(text) or _WEB_VERSION.search(label):
        return "web-version"
    if _TRACKING.search(text.partition("://")[2]) or url_tokens(text):
        return "tracking"
    return "ordinary"


def url_tokens(url: str) -> tuple[Span, ...]:
    """The personal pieces of an address: long random pieces of its path, and values of telling parameters."""
    try:
        parts = urlsplit(url)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return ()
    spans: set[Span] = set()
    start_of_path = url.find(parts.path, len(parts.scheme) + 3 + len(parts.netloc)) if parts.path else -1
    if start_of_path >= 0:
        for match in _RANDOM.finditer(url, start_of_path, start_of_path + len(parts.path)):
            spans.add(Span(match.start(), match.end()))
    query_at = url.find("?") + 1
    for name, value in pairs:
        if query_at and len(value) >= 6 and (_TOKEN_NAMES.search(name) or _RANDOM.fullmatch(value)):
            at = url.find(value, query_at)
            if at >= 0:
                spans.add(Span(at, at + len(value)))
    return tuple(sorted(spans))
