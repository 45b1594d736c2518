"""HTML → readable plain text: lines as a reader would see them, and where each link leads."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from dsr_report.mime.html_tree import children, parsed

_BLOCKS = frozenset(
    "address article aside blockquote center dd div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul body html tbody thead tfoot".split()
)
_SILENT = {"script", "style", "head", "title", "template", "noscript", "meta", "link"}
_SPACE = re.compile(r"[ \t\r\n\f]+")
_INVISIBLE = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f")


def text_of_html(html: str) -> str:
    """The text of a page; pictures give their alternative text, links their address in angle brackets.

    A NUL, which HTML has no place for, becomes its number.
    """
    root = parsed(html.replace("\x00", "⟨U+0000⟩"))
    if root is None:
        return ""
    out: list[str] = []
    # (node, closing text) pairs, so that a page of any depth needs no recursion
    stack: list[tuple[LexborNode | None, str]] = [(root, "")]
    while stack:
        node, closing = stack.pop()
        if node is None:
            out.append(closing)
            continue
        tag = node.tag
        if tag == "-text":
            out.append(_SPACE.sub(" ", node.text_content or ""))
            continue
        if tag in _SILENT or tag == "_comment" or tag is None:
            continue
        opening, closing = _edges(node, tag)
        out.append(opening)
        if closing:
            stack.append((None, closing))
        stack.extend((child, "") for child in reversed(list(children(node))))
    return _tidy("".join(out))


def _edges(node: LexborNode, tag: str) -> tuple[str, str]:
    attributes = node.attributes
    if tag == "br":
        return "\n", ""
    if tag == "hr":
        return "\n\n", ""
    if tag == "img":
        alternative = _SPACE.sub(" ", attributes.get("alt") or "").strip()
        return (f"[{alternative}]" if alternative else ""), ""
    if tag in {"td", "th"}:
        return "", "\t"
    if tag == "a":
        target = (attributes.get("href") or "").strip()
        return "", (f" <{target}>" if target and not target.startswith("#") else "")
    if tag == "li":
        return "\n• ", "\n"
    if tag in {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "dl"}:
        return "\n\n", "\n\n"
    if tag in _BLOCKS:
        return "\n", "\n"
    return "", ""


def _tidy(text: str) -> str:
    lines = []
    for line in text.translate(_INVISIBLE).split("\n"):
        cells = [cell.strip(" \u00a0") for cell in line.split("\t")]
        lines.append("  ".join(cell for cell in cells if cell))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")
