"""HTML of unknown origin → a tree, in time that grows with its size, however deep it is nested."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

_MANY_TAGS = 5_000
_DEEPEST = 800
_TAG = re.compile(r"<(/?)([A-Za-z][^\s/>]*)(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_LONE = re.compile("[\ud800-\udfff]")
_VOID = frozenset(
    "area base br col embed frame hr img input link meta param source track wbr basefont bgsound "
    "keygen".split()
)


def parse_html(html: str) -> LexborNode | None:
    """The root element of a page. Lone surrogates, which it cannot hold, are given by number (`⟨U+D800⟩`)."""
    text = html if html.isascii() else _LONE.sub(lambda match: f"⟨U+{ord(match[0]):04X}⟩", html)
    if text.count("<") > _MANY_TAGS:
        # HTML's rules look through all open elements at each tag: what is nested without end takes
        # hours, so tags beyond any depth that a mail program shows are left out (their text is not).
        text = _flatten(text)
    return LexborHTMLParser(text).root


def children(node: LexborNode) -> Iterator[LexborNode]:
    """The nodes right below a node: elements, texts, comments."""
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
