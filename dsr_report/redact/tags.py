"""Tags in a text, and elements that are not shown."""

from __future__ import annotations

import re

TAG = re.compile(
    r"<!--(?:.*?-->|.*\Z)|</?[A-Za-z](?:[^<>\"']++|\"[^\"]{0,4000}+\"|'[^']{0,4000}+')*+>|<[A-Za-z/!?][^<>]*+>|\]\]>",
    re.DOTALL,
)
UNSEEN = re.compile(
    r"<(style|script|template|title|noscript|textarea|select|object|iframe)\b[^<>]*>.*?(?:</\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
HIDDEN = re.compile(
    r"<(\w+)\b(?=[^<>]*(?:display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|\shidden\b))[^<>]*>[^<]*</\1\s*>",
    re.IGNORECASE,
)
_HIDING = {
    "display": re.compile(r"display\s*:\s*none"),
    "visibility": re.compile(r"visibility\s*:\s*hidden"),
    "font-size": re.compile(r"font-size\s*:\s*0"),
    "hidden": re.compile(r"hidden\b"),
}
"""Necessary conditions for `HIDDEN`: a literal that is searched fast, and its lower-case pattern."""
CUT_BY_TAG = re.compile(
    r"<(?<=[A-Za-z0-9#;&%=\\+/]<)(?:(?:(?<=[0-9A-Fa-f]{6}<)"
    + "".join(rf"|(?<=[&%=\\][#;A-Za-z0-9]{{{length}}}<)" for length in range(13))
    + r")/?\w|(?<=[A-Za-z0-9+/]<)/w:t>)"
)
"""A tag inside an escape sequence, which a space in the tag's place would break."""


def out_of_sight(text: str) -> list[tuple[int, int]]:
    """The spans of elements that are hidden by their own style."""
    lowered = text.lower()
    if len(lowered) != len(text):  # offsets differ; rare
        return [match.span() for match in HIDDEN.finditer(text)]
    starts: set[int] = set()
    for word, pattern in _HIDING.items():
        at = 0
        for hint in pattern.finditer(lowered) if word in lowered else ():
            starts.add(text.rfind("<", at, hint.start()))
            at = hint.start()
    spans: list[tuple[int, int]] = []
    for start in sorted(starts - {-1}):
        match = HIDDEN.match(text, start) if not spans or start >= spans[-1][1] else None
        if match is not None:
            spans.append(match.span())
    return spans
