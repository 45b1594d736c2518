"""Style rules of a message: kept where they say how text looks, dropped where they could load or escape."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import tinycss2
from tinycss2.ast import AtRule, Declaration, Node, QualifiedRule

_PROPERTY = re.compile(
    r"(?:color|background|background-color|font|font-(?:family|size|style|weight|variant)|line-height|letter-spacing|"
    r"text-(?:align|decoration|indent|transform)|vertical-align|white-space|word-spacing|word-break|overflow-wrap|"
    r"padding(?:-(?:top|right|bottom|left))?|margin(?:-(?:top|right|bottom|left))?|"
    r"border(?:-(?:top|right|bottom|left))?(?:-(?:color|style|width|radius))?|border-(?:collapse|spacing|radius)|"
    r"(?:max-|min-)?(?:width|height)|display|list-style(?:-type|-position)?|table-layout|direction|float|clear)"
)
_FOR_PRINT_DROPPED = re.compile(
    r"(?:max-|min-)?height|min-width|float|clear|position|display|white-space|font-size"
)
_FUNCTIONS = {"rgb", "rgba", "hsl", "hsla", "calc"}
_DISPLAYS = {"block", "inline", "inline-block", "none", "table", "table-cell", "table-row", "list-item"}
_MEDIA = re.compile(r"[\w\s(),:.-]{0,200}")
_DEEPEST = 5


@lru_cache(maxsize=4096)  # newsletters repeat their styles cell by cell
def safe_declarations(text: str, *, for_print: bool = False) -> str:
    """The declarations of a `style` attribute that are safe, as text."""
    return _declarations(
        tinycss2.parse_declaration_list(text, skip_comments=True, skip_whitespace=True), for_print
    )


def _declarations(nodes: Sequence[Node], for_print: bool) -> str:  # noqa: FBT001 - passed on
    kept = []
    for node in nodes:
        if not isinstance(node, Declaration) or not _PROPERTY.fullmatch(node.lower_name):
            continue
        if for_print and _FOR_PRINT_DROPPED.fullmatch(node.lower_name):
            continue
        if not _is_safe_value(node.value):
            continue
        value = tinycss2.serialize(node.value).strip()
        if node.lower_name == "display" and value.lower() not in _DISPLAYS:
            continue
        if (node.lower_name.startswith("margin") and "-" in value) or len(value) > 300:
            continue
        if for_print and node.lower_name in {"width", "max-width"}:
            value = _narrow(value)
        kept.append(f"{node.lower_name}:{value}{' !important' if node.important else ''}")
    return ";".join(kept)


def _narrow(value: str) -> str:
    """A width that fits a page: what is wider than it becomes all of it."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)px", value.strip())
    return "100%" if match and float(match.group(1)) > 460 else value


def _is_safe_value(tokens: Sequence[Node], depth: int = 0) -> bool:
    for token in tokens:
        if token.type in {"url", "error", "at-keyword", "{} block", "[] block", "unicode-range"}:
            return False
        if token.type == "function" and (
            token.lower_name not in _FUNCTIONS
            or depth > _DEEPEST
            or not _is_safe_value(token.arguments, depth + 1)
        ):
            return False
        if token.type == "() block" and (depth > _DEEPEST or not _is_safe_value(token.content, depth + 1)):
            return False
        if token.type == "string" and "<" in token.value:
            return False
        if token.type == "ident" and "\\" in token.serialize():
            return False
    return True


@lru_cache(maxsize=64)
def safe_style_sheet(text: str, scope: str = "", *, for_print: bool = False, depth: int = 0) -> str:
    """A style sheet without anything that loads, moves or reaches beyond its message.

    Args:
        text: the content of a `style` element.
        scope: a selector that is put before each of the sheet's own (`.message-3`).
        for_print: drop what makes a newsletter run off a page.
        depth: of nested rules.
    """
    kept = []
    for rule in tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True):
        if isinstance(rule, QualifiedRule):
            selector = tinycss2.serialize(rule.prelude).strip()
            if not _is_safe_selector(selector):
                continue
            body = _declarations(
                tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True),
                for_print,
            )
            if body:
                kept.append(f"{_scoped(selector, scope)}{{{body}}}")
        elif isinstance(rule, AtRule) and rule.lower_at_keyword == "media" and rule.content and depth < 2:
            query = tinycss2.serialize(rule.prelude).strip()
            if not for_print and _MEDIA.fullmatch(query):
                inner = safe_style_sheet(tinycss2.serialize(rule.content), scope, depth=depth + 1)
                if inner:
                    kept.append(f"@media {query}{{{inner}}}")
    return "\n".join(kept)


def _is_safe_selector(selector: str) -> bool:
    return (
        bool(selector)
        and len(selector) < 1000
        and not re.search(r"[<\\{}]|url\(|:has|::?before|::?after", selector)
    )


def _scoped(selector: str, scope: str) -> str:
    if not scope:
        return selector
    parts = []
    for one in selector.split(","):
        name = re.sub(r"^(?:html|body|:root)\b", "", one.strip()).strip()
        parts.append(f"{scope} {name}".strip())
    return ", ".join(parts)
