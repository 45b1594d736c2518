"""Style rules of a message: kept where they say how text looks, dropped where they could load or escape.

Properties are allowed by name, their values token by token: nothing with an address, no function but
colours, gradients and sums, no position on the page. For print, what makes newsletters run off a page or
over each other goes as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import tinycss2
from tinycss2.ast import AtRule, Declaration, Node, QualifiedRule

from dsr_report.sanitize.selectors import safe_selectors

_PROPERTY = re.compile(
    r"(?:color|opacity|visibility|font|font-(?:family|size|style|weight|variant|stretch)|line-height|letter-spacing|"
    r"background(?:-(?:color|image|position|repeat|size|clip|origin))?|"
    r"text-(?:align|decoration|indent|transform|overflow|shadow)|text-decoration-(?:color|line|style)|"
    r"vertical-align|white-space|word-spacing|word-break|word-wrap|overflow-wrap|hyphens|"
    r"padding(?:-(?:top|right|bottom|left))?|margin(?:-(?:top|right|bottom|left))?|"
    r"border(?:-(?:top|right|bottom|left))?(?:-(?:color|style|width))?|border-(?:collapse|spacing|radius)|"
    r"border-(?:top|bottom)-(?:left|right)-radius|box-(?:shadow|sizing)|empty-cells|caption-side|object-fit|"
    r"(?:max-|min-)?(?:width|height)|overflow(?:-[xy])?|display|list-style(?:-type|-position)?|table-layout|"
    r"direction|unicode-bidi|float|clear|outline(?:-(?:color|style|width))?)"
)
_NOT_FOR_PRINT = re.compile(
    r"(?:min-|max-)?height|min-width|float|clear|white-space|overflow.*|opacity|visibility|.*-shadow|object-fit|"
    r"background-(?:image|position|repeat|size)|text-overflow|word-break|outline.*|unicode-bidi|table-layout"
)
_FUNCTIONS = frozenset("rgb rgba hsl hsla calc min max clamp linear-gradient radial-gradient".split())
_FUNCTIONS_FOR_PRINT = frozenset("rgb rgba hsl hsla".split())
_ALWAYS_PLAIN = {"display", "visibility", "overflow", "overflow-x", "overflow-y", "direction", "unicode-bidi"}
_DISPLAYS = frozenset(
    "block inline inline-block none table inline-table table-cell table-row table-row-group "
    "table-header-group table-footer-group table-caption list-item flex inline-flex grid".split()
)
_DISPLAYS_FOR_PRINT = frozenset("block inline inline-block none list-item".split())
_MEDIA = re.compile(r"[\w\s(),:./-]{0,200}")
_HIDING = re.compile(
    r"(?:^|;)\s*(?:max-height|height)\s*:\s*0(?:px)?\s*(?:!important\s*)?(?:;|$)", re.IGNORECASE
)
_ADDRESS = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"']*))\s*\)""", re.IGNORECASE)
_LONGEST_VALUE = 400
_LONGEST_SHEET = 2_000_000
_DEEPEST = 4
_PAGE_WIDTH = 460
"""Pixels; what is declared wider fills the page's width instead."""
_LIMITS = {
    "px": 60.0,
    "pt": 45.0,
    "em": 4.0,
    "rem": 4.0,
    "ex": 8.0,
    "cm": 1.6,
    "mm": 16.0,
    "in": 0.6,
    "pc": 4.0,
}


@lru_cache(maxsize=4096)  # newsletters repeat their styles cell by cell
def safe_declarations(text: str, *, for_print: bool = False) -> str:
    """The declarations of a `style` attribute that are safe, as text."""
    if len(text) > _LONGEST_SHEET:
        return ""
    nodes = tinycss2.parse_declaration_list(text, skip_comments=True, skip_whitespace=True)
    return _declarations(nodes, for_print=for_print)


@lru_cache(maxsize=4096)
def addresses_in(text: str) -> tuple[str, ...]:
    """The addresses that declarations would load, as far as they are spelled as `url(…)`."""
    found = [next(group for group in match if group is not None) for match in _ADDRESS.findall(text)]
    return tuple(dict.fromkeys(address.strip() for address in found if address.strip()))


@lru_cache(maxsize=64)
def safe_style_sheet(text: str, scope: str = "", *, for_print: bool = False) -> str:
    """A style sheet without anything that loads, moves or reaches beyond its message.

    Args:
        text: the content of a `style` element.
        scope: a selector that is put before each of the sheet's own (`.message-3`); classes then carry
            the prefix `m-`, as they do in the message.
        for_print: drop what makes a newsletter run off a page.
    """
    if len(text) > _LONGEST_SHEET:
        return ""
    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    return "\n".join(_rules(rules, scope, for_print=for_print, depth=0))


def _rules(rules: Sequence[Node], scope: str, *, for_print: bool, depth: int) -> list[str]:
    kept = []
    for rule in rules:
        if isinstance(rule, QualifiedRule):
            selectors = safe_selectors(rule.prelude, scope)
            if not selectors:
                continue
            nodes = tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True)
            body = _declarations(nodes, for_print=for_print)
            if body:
                kept.append(f"{selectors}{{{body}}}")
        elif isinstance(rule, AtRule) and rule.lower_at_keyword == "media" and rule.content and depth < 2:
            if not is_shallow(rule.prelude):
                continue
            query = tinycss2.serialize(rule.prelude).strip()
            if not _MEDIA.fullmatch(query) or (for_print and not _is_for_print(query)):
                continue
            below = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            inner = "\n".join(_rules(below, scope, for_print=for_print, depth=depth + 1))
            if inner:
                kept.append(f"@media {query}{{{inner}}}")
    return kept


def _is_for_print(query: str) -> bool:
    return query.lower() in {"", "all", "print"}


def media_is_safe(query: str) -> bool:
    """Whether the `media` attribute of a `style` element can be written into a style sheet."""
    return _MEDIA.fullmatch(query) is not None


def _declarations(nodes: Sequence[Node], *, for_print: bool) -> str:
    kept: list[str] = []
    for node in nodes:
        if not isinstance(node, Declaration) or not _PROPERTY.fullmatch(node.lower_name):
            continue
        name, tokens = node.lower_name, node.value
        if name == "background":  # its colour is worth keeping
            tokens = [token for token in tokens if not _loads(token)]
        if not _is_safe_value(tokens, _FUNCTIONS_FOR_PRINT if for_print else _FUNCTIONS):
            continue
        value = tinycss2.serialize(tokens).strip()
        if not value or len(value) > _LONGEST_VALUE or not _is_fitting(name, value):
            continue
        if for_print:
            printed = _printed(name, value, tokens)
            if printed is None:
                continue
            name, value = printed
        # on a page, ours are the rules that keep it within its margins, so theirs are never more important
        kept.append(f"{name}:{value}{' !important' if node.important and not for_print else ''}")
    return ";".join(kept)


def _loads(token: Node) -> bool:
    return bool(token.type == "url" or (token.type == "function" and token.lower_name == "url"))


def _is_fitting(name: str, value: str) -> bool:
    """Whether the value keeps its element in place: nothing negative that pulls it over other content."""
    if name == "display":
        return value.lower() in _DISPLAYS
    if name in _ALWAYS_PLAIN:
        return value.isascii() and value.replace("-", "").isalpha()
    is_pulling = name.startswith(("margin", "text-indent", "letter-spacing", "word-spacing"))
    return not (is_pulling and ("-" in value or "(" in value))


def _printed(name: str, value: str, tokens: Sequence[Node]) -> tuple[str, str] | None:
    """The declaration as it can be printed; None where it cannot."""
    lowered = value.lower()
    if (name in {"max-height", "height"} and _HIDING.search(f"{name}:{value}")) or (
        name == "visibility" and lowered == "hidden"
    ):
        return "display", "none"
    if _NOT_FOR_PRINT.fullmatch(name):
        return None
    if name == "display":
        return (name, value) if lowered in _DISPLAYS_FOR_PRINT else None
    if name in {"width", "max-width"}:
        return _printed_width(name, tokens)
    if not all(_is_modest(token, name) for token in tokens):
        return None
    if name == "line-height" and not all(_is_readable(token) for token in tokens):
        return None
    return (name, value) if name != "font" else _printed_font(tokens, value)


def _printed_width(name: str, tokens: Sequence[Node]) -> tuple[str, str] | None:
    if len(tokens) != 1:
        return None
    token = tokens[0]
    if token.type == "percentage":
        return name, f"{min(max(token.value, 0), 100):g}%"
    if token.type == "dimension" and token.lower_unit == "px":
        return name, f"{max(token.value, 0):g}px" if token.value <= _PAGE_WIDTH else "100%"
    return (name, "auto") if token.type == "ident" and name == "width" else None


def _printed_font(tokens: Sequence[Node], value: str) -> tuple[str, str] | None:
    """A font without its line height, which may be one that prints lines over each other."""
    if any(token.type == "literal" and token.value == "/" for token in tokens):
        return None
    return "font", value


def _is_modest(token: Node, name: str) -> bool:
    """Whether a length leaves the content on the page, at a size that a page can hold."""
    if token.type == "dimension":
        limit = 8.0 if name == "border-spacing" else _LIMITS.get(token.lower_unit)
        return bool(limit is not None and 0 <= token.value <= limit)
    if token.type == "percentage":
        return bool(0 <= token.value <= (300 if name in {"font-size", "line-height"} else 50))
    return bool(token.type != "number" or abs(token.value) <= 900)


def _is_readable(token: Node) -> bool:
    if token.type == "number":
        return bool(0.9 <= token.value <= 4)
    if token.type == "percentage":
        return bool(90 <= token.value <= 400)
    if token.type == "dimension":
        return bool(token.lower_unit in {"px", "pt"} and token.value >= 10)
    return True


def _is_safe_value(tokens: Sequence[Node], functions: frozenset[str], depth: int = 0) -> bool:
    for token in tokens:
        if token.type in {"url", "error", "at-keyword", "{} block", "[] block", "unicode-range"}:
            return False
        if token.type == "function" and (
            token.lower_name not in functions
            or depth > _DEEPEST
            or not _is_safe_value(token.arguments, functions, depth + 1)
        ):
            return False
        if token.type == "() block" and (
            depth > _DEEPEST or not _is_safe_value(token.content, functions, depth + 1)
        ):
            return False
        if token.type == "string" and re.search(r"[<>\\\x00-\x1f]|//", token.value):
            return False
        if token.type in {"ident", "hash"} and not re.fullmatch(r"[\w-]+", token.value):
            return False
        if token.type == "literal" and token.value not in {",", "/", "+", "*", "-", "%"}:
            return False
    return True


def is_shallow(tokens: Sequence[Node], depth: int = 0) -> bool:
    """Whether blocks in a row of tokens are nested only a little, so that it can be written out."""
    for token in tokens:
        below = getattr(token, "content", None) or getattr(token, "arguments", None)
        if isinstance(below, list) and (depth >= _DEEPEST or not is_shallow(below, depth + 1)):
            return False
    return True
