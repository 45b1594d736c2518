"""Selectors of a message's style sheet, restricted to that message.

Classes and identifiers of the message are renamed (`m-…`, `i-…`), so that a message can neither restyle the
page around it nor be restyled by it, and messages on one page stay apart. Replacements of elements and
identifiers have the same specificity, so that the precedence of the message's rules is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import tinycss2
from tinycss2.ast import Node

from dsr_report.mime.cascade import by_comma

_PSEUDO = frozenset(
    "first-child last-child only-child nth-child nth-last-child first-of-type last-of-type only-of-type "
    "nth-of-type empty not is where hover link visited active focus".split()
)
_FALLEN_AWAY = {"link", "visited", "active", "focus", "hover"}
"""Pseudo-classes of links: as links become text, their rules apply to that text or not at all."""
_NAME = re.compile(r"[\w-]{1,120}")
_LONGEST = 2000
"""Characters; a longer selector is dropped."""
_TAGS_RENAMED = {"a": "span:where(.dsr-link)"}
_SPECIFIC = ":not(#_)"
"""Matches every element, and adds the specificity of an identifier."""
_BY_NAME = re.compile(r"""\s*(class|id)\s*~?=\s*(["']?)([\w-]{1,120})\2\s*""")
_BY_VALUE = re.compile(
    r"""\s*(?:dir|lang|align|valign)\s*[~|^$*]?=\s*(["']?)[\w-]{1,40}\1\s*""", re.IGNORECASE
)
_HEADINGS = re.compile(r"h[1-6]")


def class_name(name: str, scope: str) -> str:
    """The name of a message's class where it is shown; empty if it is not allowed."""
    if not _NAME.fullmatch(name) or name.lower().startswith("dsr-"):
        return ""
    return f"m-{name}" if scope else name


def identifier_class(name: str) -> str:
    """The class that replaces an `id` of the message, which could clash with others on the page."""
    return f"i-{name}" if _NAME.fullmatch(name) else ""


def safe_selectors(prelude: Sequence[Node], scope: str) -> str:
    """The selectors of a rule, each below `scope`; those that reach beyond the message are dropped."""
    kept = []
    for one in by_comma(prelude):
        text = _safe_selector(one, scope)
        if text and len(text) < _LONGEST:
            kept.append(text)
    return ", ".join(dict.fromkeys(kept))


def _safe_selector(tokens: list[Node], scope: str) -> str:
    while tokens and tokens[0].type == "whitespace":
        tokens = tokens[1:]
    if not tokens or (tokens[0].type == "literal" and tokens[0].value in {">", "+", "~", "|", "&"}):
        return ""
    text = _rewritten(tokens, scope, 0)
    if text is None:
        return ""
    text = text.strip()
    if not text or text[0] in ">+~":
        return ""
    if not scope:
        return text
    # `html`, `body` and `:root` of the message are the element that contains it
    below = re.sub(r"^(?:(?:html|body|:root)(?![\w.:\[#-])\s*>?\s*)+", "", text)
    if not below:
        return scope
    return "" if below[0] in ">+~" else f"{scope} {below}"


def _rewritten(tokens: Sequence[Node], scope: str, depth: int) -> str | None:
    """The tokens with their names replaced; None if one is not known to be harmless."""
    out: list[str] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if token.type == "whitespace":
            out.append(" ")
        elif token.type == "literal" and token.value == "." and following and following.type == "ident":
            name = class_name(following.value, scope)
            if not name:
                return None
            out.append(f".{name}")
            index += 1
        elif token.type == "literal" and token.value == ":" and following is not None:
            pseudo = _pseudo(following, scope, depth)
            if pseudo is None:
                return None
            out.append(pseudo)
            index += 1
        else:
            piece = _simple(token, scope)
            if piece is None:
                return None
            out.append(piece)
        index += 1
    return "".join(out)


def _simple(token: Node, scope: str) -> str | None:
    if token.type == "hash":
        name = identifier_class(token.value)
        return f".{name}{_SPECIFIC}" if name else None
    if token.type == "ident":
        name = token.value.lower()
        if scope and _HEADINGS.fullmatch(name):
            return f"div:where(.dsr-{name})"
        return _TAGS_RENAMED.get(name, name) if re.fullmatch(r"[a-z][a-z0-9]{0,19}", name) else None
    if token.type == "literal" and token.value in {"*", ">", "+", "~"}:
        return str(token.value)
    if token.type == "[] block" and all(not hasattr(inner, "content") for inner in token.content):
        return _attribute(str(tinycss2.serialize(token.content)), scope)
    return None


def _attribute(text: str, scope: str) -> str | None:
    match = _BY_NAME.fullmatch(text)
    if match:
        name = class_name(match[3], scope) if match[1] == "class" else identifier_class(match[3])
        return f".{name}" if name else None
    if scope:
        return f"[{text}]" if _BY_VALUE.fullmatch(text) else None
    return f"[{text}]" if re.fullmatch(r"""[\w\s~|^$*="'-]{1,100}""", text) else None


def _pseudo(token: Node, scope: str, depth: int) -> str | None:
    if token.type == "ident" and token.lower_value in _PSEUDO | {"root"}:
        if token.lower_value in _FALLEN_AWAY:
            return ".dsr-link" if token.lower_value == "link" else None
        return f":{token.lower_value}"
    if token.type != "function" or token.lower_name not in _PSEUDO or depth > 2:
        return None
    if token.lower_name.startswith("nth"):
        text = "".join(
            str(t.serialize())
            for t in token.arguments
            if t.type in {"ident", "number", "dimension", "literal"}
        )
        return f":{token.lower_name}({text})" if re.fullmatch(r"[\dn+a-z-]{1,20}", text) else None
    inside = []
    for one in by_comma(token.arguments):
        text_inside = _rewritten(one, scope, depth + 1)
        if not text_inside or not text_inside.strip():
            return None
        inside.append(text_inside.strip())
    return f":{token.lower_name}({', '.join(inside)})"
