"""Sanitiser for a message's style rules: appearance is kept, anything that could load or escape is dropped.

Properties are allowed by name, their values token by token: no URL except a picture within the page, no
function except colours, gradients and arithmetic, no positioning. For print, what makes newsletters
run off a page or overlap is dropped as well, lengths are scaled (`PRINT_SCALE`), gradients become their mean
colour, and media rules count only if they apply to a desktop window.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

import tinycss2
from tinycss2.ast import AtRule, Declaration, Node, QualifiedRule

from dsr_report.mime.cascade import LONGEST_SHEET, ROOT_PIXELS, is_shallow, media_applies
from dsr_report.sanitize.contrast import mean_of_gradient
from dsr_report.sanitize.pictures import IS_DATA
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
    r"(?:min-|max-)?height|min-width|float|clear|overflow.*|opacity|visibility|.*-shadow|object-fit|"
    r"text-overflow|word-break|word-wrap|hyphens|outline.*|unicode-bidi|table-layout"
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
"""Characters; a longer value without a picture is dropped."""
_LONGEST_REMEMBERED = 2_000
"""Characters; longer values hold pictures, and four thousand of them would fill the memory."""
_DEEPEST = 4
"""Nested functions and parentheses; a value with deeper ones is dropped."""
PRINT_SCALE = 0.54
"""Newsletters are 600 pixels wide: at this scale two of them fit side by side on an A4 page."""
PRINT_FONT_SCALE = 0.6
"""Their font sizes of 14 to 16 pixels become 6.3 to 7.2 points."""
PRINT_WIDTH = 600
"""Pixels of a message in a page column, before scaling; anything declared wider fills the column."""
_LENGTH = re.compile(r"(?<![\w.#-])(\d*\.?\d+)(px|pt|cm|mm|in|pc|rem)\b", re.IGNORECASE)
_OF_LETTERS = {"font", "font-size", "line-height", "letter-spacing", "text-indent"}
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_FONT_SIZES = {
    "xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24, "xx-large": 32,
}  # fmt: skip
"""Pixels, as in browsers with a base size of 16 pixels."""
_WHITE_SPACE_FOR_PRINT = {
    "normal": "normal",
    "pre-line": "pre-line",
    "pre-wrap": "pre-wrap",
    "pre": "pre-wrap",
    "break-spaces": "pre-wrap",
}
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


def safe_declarations(text: str, *, for_print: bool = False) -> str:
    """The safe declarations of a `style` attribute, as text."""
    if len(text) > LONGEST_SHEET:
        return ""
    return (
        _safe_once(text, for_print) if len(text) < _LONGEST_REMEMBERED else _safe(text, for_print=for_print)
    )


@lru_cache(maxsize=4096)  # newsletters repeat their styles cell by cell
def _safe_once(text: str, for_print: bool) -> str:  # noqa: FBT001 - a cache key
    return _safe(text, for_print=for_print)


def _safe(text: str, *, for_print: bool) -> str:
    nodes = tinycss2.parse_declaration_list(text, skip_comments=True, skip_whitespace=True)
    return _declarations(nodes, for_print=for_print)


@lru_cache(maxsize=4096)
def addresses_in(text: str) -> tuple[str, ...]:
    """The addresses in declarations, each once, if spelled as `url(…)`."""
    found = [match[match.lastindex or 0].strip() for match in _ADDRESS.finditer(text)]
    return tuple(dict.fromkeys(filter(None, found)))


def with_addresses(text: str, replaced: Callable[[str], str | None]) -> str:
    """Declarations with their addresses replaced; `replaced` gives None to keep one."""
    if "url(" not in text.lower():
        return text

    def new(match: re.Match[str]) -> str:
        address = next(group for group in match.groups() if group is not None).strip()
        other = replaced(address)
        return match[0] if other is None else f"url({other})"

    return _ADDRESS.sub(new, text)


@lru_cache(maxsize=64)
def safe_style_sheet(text: str, scope: str = "", *, for_print: bool = False) -> str:
    """A style sheet without anything that loads, moves or reaches beyond its message.

    Args:
        text: the content of a `style` element.
        scope: a selector prepended to each of the sheet's own (`.message-3`); classes then have the prefix
            `m-`, as in the message.
        for_print: drop what makes a newsletter run off a page.
    """
    if len(text) > LONGEST_SHEET:
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
            if not _MEDIA.fullmatch(query) or (for_print and not media_applies(query)):
                continue
            if "prefers-color-scheme" in query.lower():  # a message is shown on white
                continue
            below = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
            inner = _rules(below, scope, for_print=for_print, depth=depth + 1)
            if inner:
                kept += inner if for_print else ["@media {}{{{}}}".format(query, "\n".join(inner))]
    return kept


def media_is_safe(query: str) -> bool:
    """Whether the `media` attribute of a `style` element can be written into a style sheet."""
    return _MEDIA.fullmatch(query) is not None


def _declarations(nodes: Sequence[Node], *, for_print: bool) -> str:
    kept: list[str] = []
    for node in nodes:
        if not isinstance(node, Declaration) or not _PROPERTY.fullmatch(node.lower_name):
            continue
        name, tokens = node.lower_name, node.value
        if name.startswith("background"):  # keep its colour, drop its picture
            tokens = [token for token in tokens if not _loads(token)]
            if for_print and (mean := mean_of_gradient(tinycss2.serialize(tokens))):
                name, tokens = "background-color", tinycss2.parse_component_value_list(mean)
        if not _is_safe_value(tokens, _FUNCTIONS_FOR_PRINT if for_print else _FUNCTIONS):
            continue
        value = tinycss2.serialize(tokens).strip()
        if not value or not _is_fitting(name, value):
            continue
        if len(value) > _LONGEST_VALUE and not any(token.type == "url" for token in tokens):
            continue
        if for_print:
            printed = _printable(name, value, tokens)
            if printed is None:
                continue
            name, value = printed
        kept.append(f"{name}:{value}{' !important' if node.important else ''}")
    return ";".join(kept)


def _loads(token: Node) -> bool:
    """Whether a token is a URL, other than a `data:` picture."""
    if token.type == "url":
        return IS_DATA.fullmatch(token.value) is None
    return bool(token.type == "function" and token.lower_name == "url")


def _is_fitting(name: str, value: str) -> bool:
    """Whether a value keeps its element in place: nothing negative that pulls it over other content."""
    if name == "display":
        return value.lower() in _DISPLAYS
    if name in _ALWAYS_PLAIN:
        return value.isascii() and value.replace("-", "").isalpha()
    is_pulling = name.startswith(("margin", "text-indent", "letter-spacing", "word-spacing"))
    return not (is_pulling and ("-" in value or "(" in value))


def _printable(name: str, value: str, tokens: Sequence[Node]) -> tuple[str, str] | None:
    """The declaration for print; None if it cannot be printed."""
    lowered = value.lower()
    if (name in {"max-height", "height"} and _HIDING.search(f"{name}:{value}")) or (
        name == "visibility" and lowered == "hidden"
    ):
        return "display", "none"
    if _NOT_FOR_PRINT.fullmatch(name):
        return None
    if name == "white-space":
        kept = _WHITE_SPACE_FOR_PRINT.get(lowered)
        return (name, kept) if kept else None
    if name == "display":
        return (name, value) if lowered in _DISPLAYS_FOR_PRINT else None
    if name in {"width", "max-width"}:
        return _printed_width(name, tokens)
    if not all(_is_modest(token, name) for token in tokens):
        return None
    if name == "line-height" and not all(_is_readable(token) for token in tokens):
        return None
    if name == "font-size" and lowered in _FONT_SIZES:
        value = f"{_FONT_SIZES[lowered]}px"
    elif name == "font":
        value = _without_line_height(tokens)
    return name, scale_lengths(value, PRINT_FONT_SCALE if name in _OF_LETTERS else PRINT_SCALE)


def scale_lengths(value: str, scale: float = PRINT_SCALE) -> str:
    """A value with its absolute lengths at print scale; lengths relative to a font size follow it."""

    def length(match: re.Match[str]) -> str:
        number, unit = float(match[1]), match[2].lower()
        if unit == "rem":
            number, unit = number * ROOT_PIXELS, "px"
        if unit == "px" and number <= 1:  # hairlines stay
            return match[0]
        return f"{round(number * scale, 3):g}{unit}"

    if '"' in value or "'" in value:
        pieces = _QUOTED.split(value)
        quoted = [*_QUOTED.findall(value), ""]
        return "".join(_LENGTH.sub(length, piece) + text for piece, text in zip(pieces, quoted, strict=True))
    return _LENGTH.sub(length, value)


def _printed_width(name: str, tokens: Sequence[Node]) -> tuple[str, str] | None:
    if len(tokens) != 1:
        return None
    token = tokens[0]
    if token.type == "percentage":
        # slightly less than their share, so that rounding wraps none of several to the next line
        return name, f"{min(max(token.value - 0.01, 0), 99.99) if token.value < 100 else 100:g}%"
    if token.type == "dimension" and token.lower_unit == "px":
        return name, scale_lengths(f"{max(token.value, 0):g}px") if token.value <= PRINT_WIDTH else "100%"
    return (name, "auto") if token.type == "ident" and name == "width" else None


def _without_line_height(tokens: Sequence[Node]) -> str:
    """A font without its line height, which could make lines overlap."""
    kept: list[Node] = []
    skipping = False
    for token in tokens:
        if token.type == "literal" and token.value == "/":
            skipping = True
        elif skipping and token.type in {"dimension", "number", "percentage", "ident"}:
            skipping = False
        elif not (skipping and token.type == "whitespace"):
            kept.append(token)
    return str(tinycss2.serialize(kept)).strip()


def _is_modest(token: Node, name: str) -> bool:
    """Whether a length keeps the content on the page, at a size that fits a page."""
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
        if token.type in {"error", "at-keyword", "{} block", "[] block", "unicode-range"} or _loads(token):
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
