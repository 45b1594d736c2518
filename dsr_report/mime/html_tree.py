"""Parser for HTML of unknown origin, in linear time at any nesting depth."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

_MANY_TAGS = 5_000
"""Tags above which a page is flattened before it is parsed."""
_DEEPEST = 800
"""Open elements; deeper tags of such a page are dropped."""
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_LONE = re.compile("[\ud800-\udfff]")
_VOID = frozenset(
    "area base br col embed frame hr img input link meta param source track wbr basefont bgsound "
    "keygen".split()
)


def parse_html(html: str) -> LexborNode | None:
    """The root element of a page; lone surrogates, which it cannot hold, become their number (`⟨U+D800⟩`)."""
    text = html if html.isascii() else _LONE.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", html)
    if text.count("<") > _MANY_TAGS:
        # HTML's rules scan all open elements at each tag, so endless nesting takes hours. Tags deeper than
        # any mail program shows are dropped; their text is kept.
        text = _flatten(text)
    return LexborHTMLParser(text).root


def children(node: LexborNode) -> Iterator[LexborNode]:
    """The child nodes of a node: elements, texts, comments."""
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def _flatten(html: str) -> str:
    depth = 0
    out: list[str] = []
    end = 0
    for match in _TAG.finditer(html):
        if match.group(2).lower() in _VOID:
            continue
        if match.group(1):
            depth = max(0, depth - 1)
            continue
        depth += 1
        if depth > _DEEPEST:
            out.append(html[end : match.start()])
            end = match.end()
            depth -= 1
    out.append(html[end:])
    return "".join(out)
