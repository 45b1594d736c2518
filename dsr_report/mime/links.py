"""The purpose of a link in a message, and the personal pieces of its address."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from dsr_report.lexicon import WORDS, WordPattern
from dsr_report.mime.percent import unquote_utf8

Purpose = Literal["ordinary", "tracking", "unsubscribe", "web-version", "mail", "phone", "place", "unsafe"]
_UNSUBSCRIBE = WordPattern(WORDS.unsubscribing)
_WEB_VERSION = WordPattern(WORDS.web_version)
_TRACKING = re.compile(
    r"(?:^|[./_-])(?:click|clicks|clk|track|tracking|tracker|trk|redir|redirect|ct|pixel|beacon)\d*(?:[./?_-]|$)|"
    r"^(?:e|l|t|lt|go|link|links|email|mail)\d*\.[^/]+/.{12}|[./](?:open|o)\.(?:gif|png|php|aspx?)|[?&](?:mc_eid|vero_id|_hsenc|ml_sub)=",
    re.IGNORECASE,
)
_RANDOM = re.compile(
    r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|"
    r"(?<![A-Za-z0-9_~%-])(?=[A-Za-z0-9_~%.-]*[0-9])(?=[A-Za-z0-9_~%.-]*[A-Za-z])[A-Za-z0-9_~%-]{16,}={0,2}(?:\.[A-Za-z0-9_~%-]{6,}={0,2})*|"
    r"[0-9]{16,}|(?=[^/?&#]*[a-z][A-Z])(?=[^/?&#]*[A-Z][a-z]?[A-Z])[A-Za-z0-9_]{20,}"
)
_TOKEN_NAME = re.compile(
    r"(?:.*[_.-])?(?:token|tok|code|secret|hash|h|key|k|auth|session|sess|sid|ssid|sig|signature|s|passw?o?r?d?|pwd|"
    r"reset|login|magic|otp|pin|uuid|guid|cid|uid|mid|eid|rid|pid|sub|subid|subscriber|recipient|rcpt|user|userid|"
    r"user_?id|profile|subprofile|customer|contact|member|id|u|r|e|em|e-?mail|mail|address|jwt|ticket|access|x|d|data|p|"
    r"_hsenc|_hsmi|mc_eid|vero_id|.*(?:token|secret|hash|session|signature|passwor[dt]|apikey))",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:[\w.!$'*+^`{|}~-]|%2B)+(?:@|%40|%2540)(?:[\w-]+\.)+[A-Za-z]{2,}", re.IGNORECASE)
_PAIR = re.compile(r"(?:^|[?&;#])([^=&;#?]{1,100})=([^&;#]*)")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_READABLE = re.compile(r"[a-z]{2,}(?:[-_.][a-z]+)*(?:[-_.][0-9]{1,4})*(?:\.[a-z]{2,5})?", re.IGNORECASE)
_SHORTEST = 6
"""Characters; a shorter value of a parameter is not personal."""
_TELLING_NAMES_SHORTEST = 8
"""Characters; a shorter value under an ambiguous name (`id`, `p`) is not personal without a digit."""


class Span(NamedTuple):
    """A piece of a text: `text[start:end]`."""

    start: int
    end: int


def purpose_of(url: str, label: str = "") -> Purpose:
    """The purpose of a link, judged by its address and its text."""
    # browsers drop these anywhere: `java\nscript:` is a script
    text = re.sub(r"[\x00-\x20]+", "", url) if re.match(r"[\x00-\x20]|[^/?#:]*[\t\r\n]", url) else url
    scheme = _SCHEME.match(text)
    name = scheme.group(1).lower() if scheme else ""
    if name in {"mailto", "tel", "sms", "callto"}:
        return "mail" if name == "mailto" else "phone"
    if name and name not in {"http", "https"} and not re.match(r"[\w.-]+:\d+(?:/|$)", text):
        return "unsafe"
    if text.startswith("#"):
        return "place"
    said = stated_purpose(unquote_utf8(text), label)
    if said is not None:
        return said
    if _TRACKING.search(text.partition("//")[2]) or url_tokens(text):
        return "tracking"
    return "ordinary"


def stated_purpose(*texts: str) -> Literal["unsubscribe", "web-version"] | None:
    """The purpose that a link's readable address or its text states; None if neither does."""
    found = {_purpose_of(text) for text in texts if text}
    return "unsubscribe" if "unsubscribe" in found else "web-version" if "web-version" in found else None


@lru_cache(maxsize=4096)  # links and their labels recur
def _purpose_of(text: str) -> Literal["unsubscribe", "web-version"] | None:
    if _UNSUBSCRIBE.is_in(text):
        return "unsubscribe"
    return "web-version" if _WEB_VERSION.is_in(text) else None


def url_tokens(url: str) -> tuple[Span, ...]:
    """The personal pieces of an address, as written: they identify the person, or give access.

    Long random pieces of its path, its query and its fragment; values of telling parameters; mail
    addresses; user and password before the host. None of them overlap.
    """
    start, host_end = _host(url)
    spans = [Span(*match.span()) for match in _ADDRESS.finditer(url, host_end)]
    before_host = url.rfind("@", start, host_end)
    if before_host > start:
        spans.append(Span(start, before_host))
    spans.extend(
        Span(*match.span())
        for match in _RANDOM.finditer(url, host_end)
        if not _READABLE.fullmatch(match.group(0)) and re.search(r"[0-9A-Z]", match.group(0))
    )
    for match in _PAIR.finditer(url, host_end):
        value = match.group(2)
        if len(value) < _SHORTEST or not _TOKEN_NAME.fullmatch(unquote_utf8(match.group(1))):
            continue
        if re.search(r"[0-9@%]", value) or (
            len(value) >= _TELLING_NAMES_SHORTEST and not _READABLE.fullmatch(value)
        ):
            spans.append(Span(*match.span(2)))
    return _merge(spans)


def _host(url: str) -> tuple[int, int]:
    """The span of an address's authority; (0, 0) if it has none."""
    try:
        if not urlsplit(url).netloc:
            return 0, 0
    except ValueError:
        pass
    match = re.match(r"\s*(?:[A-Za-z][A-Za-z0-9+.-]*:)?//([^/?#]*)", url)
    return match.span(1) if match else (0, 0)


def _merge(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
