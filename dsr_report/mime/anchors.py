"""The links of an HTML text, in its order."""

from __future__ import annotations

from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser


class Anchor(NamedTuple):
    """A link's address, as written, and its text."""

    url: str
    label: str


def anchors(html: str) -> list[Anchor]:
    """Every `a` and `area` element with an address."""
    tree = LexborHTMLParser(html.encode("utf-8", "replace").decode("utf-8"))
    found = []
    for node in tree.css("a[href], area[href]"):
        words = node.text(deep=True, separator=" ") or node.attributes.get("alt") or ""
        found.append(Anchor(node.attributes.get("href") or "", " ".join(words.split())))
    return found
