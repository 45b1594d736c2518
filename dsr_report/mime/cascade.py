"""The cascade of a page's style sheets: the declarations for an element, in CSS order.

Rules are parsed and matched once, and only for the properties asked for. Media rules count if they apply to
a desktop window.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

import cssselect2.parser
import tinycss2
from selectolax.lexbor import LexborNode, SelectolaxError
from tinycss2.ast import AtRule, Node, QualifiedRule

DESK_WIDTH = 640
"""Pixels of the window in which media queries are evaluated: a reading pane, wider than any newsletter."""
ROOT_PIXELS = 16
LONGEST_SHEET = 2_000_000
"""Characters; a longer style sheet or attribute is dropped."""
_MOST_RULES = 400
"""Rules about the properties in question; the style sheets of newsletters have at most some 150."""
_DEEPEST = 2
"""Nested media rules; deeper ones are dropped."""
_UNLIKELY = re.compile(r":(?:hover|active|focus|visited|before|after|target)", re.IGNORECASE)
_FEATURE = re.compile(r"\(\s*(?:(min|max)-)?(?:device-)?width\s*:\s*(\d*\.?\d+)\s*(px|em|rem)\s*\)")
_LONGEST_SELECTOR = 2_000
"""Characters; a longer selector is dropped."""
_DEEPEST_BLOCK = 4
"""Nested blocks of a selector or media query; a rule with deeper ones is dropped."""
Specificity = tuple[int, int, int]
Declared = TypeVar("Declared")


class Cascade(Generic[Declared]):
    """The rules of one page about some properties.

    Args:
        read: extracts the value of the properties from a rule's declarations; None if they have none.
    """

    def __init__(self, read: Callable[[Sequence[Node]], Declared | None]) -> None:
        """See the class."""
        self._read = read
        self._rules: list[tuple[Specificity, str, Declared]] = []
        self._matched: dict[int, list[tuple[Specificity, int, Declared]]] = {}

    @property
    def has_rules(self) -> bool:
        """Whether any rule is about the properties."""
        return bool(self._rules)

    def add_sheet(self, text: str, media: str = "") -> None:
        """Add a style sheet: the content of a `style` element, and its `media`."""
        if len(text) > LONGEST_SHEET or (media.strip() and not media_applies(media)):
            return
        rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
        for rule in self._rules_of(rules, 0):
            if len(self._rules) == _MOST_RULES:
                break
            self._rules.append(rule)

    def match(self, root: LexborNode) -> None:
        """Match the rules with the elements of a page."""
        for order, (specificity, selector, declared) in enumerate(self._rules):
            try:
                nodes = root.css(selector)
            except SelectolaxError:
                continue
            for node in nodes:
                self._matched.setdefault(node.mem_id, []).append((specificity, order, declared))

    def of(self, node: LexborNode) -> list[Declared]:
        """The declarations for an element, in ascending precedence."""
        found = self._matched.get(node.mem_id) if self._matched else None
        if not found:
            return []
        return [declared for *_, declared in sorted(found, key=lambda rule: rule[:2])]

    def _rules_of(self, rules: Sequence[Node], depth: int) -> Iterator[tuple[Specificity, str, Declared]]:
        for rule in rules:
            if isinstance(rule, QualifiedRule):
                nodes = tinycss2.parse_declaration_list(
                    rule.content, skip_comments=True, skip_whitespace=True
                )
                declared = self._read(nodes)
                if declared is not None:
                    for selector, specificity in selectors_of(rule.prelude):
                        yield specificity, selector, declared
            elif (
                isinstance(rule, AtRule)
                and rule.lower_at_keyword == "media"
                and rule.content
                and depth < _DEEPEST
                and is_shallow(rule.prelude)
                and media_applies(tinycss2.serialize(rule.prelude))
            ):
                below = tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True)
                yield from self._rules_of(below, depth + 1)


def selectors_of(prelude: Sequence[Node]) -> Iterator[tuple[str, Specificity]]:
    """The selectors of a rule that can match a static page, each with its specificity."""
    for tokens in by_comma(prelude):
        selector = str(tinycss2.serialize(tokens)).strip() if is_shallow(tokens) else ""
        if not selector or len(selector) > _LONGEST_SELECTOR or _UNLIKELY.search(selector):
            continue
        try:
            found = next(cssselect2.parser.parse(tokens))
        except cssselect2.SelectorError:
            continue
        if found.pseudo_element is None:
            yield selector, found.specificity


def by_comma(tokens: Sequence[Node]) -> list[list[Node]]:
    """Split tokens at commas and drop comments."""
    parts: list[list[Node]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        elif token.type != "comment":
            parts[-1].append(token)
    return parts


def is_shallow(tokens: Sequence[Node], depth: int = 0) -> bool:
    """Whether blocks are nested so little that serializing the tokens cannot exceed the recursion limit."""
    for token in tokens:
        below = getattr(token, "content", None) or getattr(token, "arguments", None)
        if isinstance(below, list) and (depth >= _DEEPEST_BLOCK or not is_shallow(below, depth + 1)):
            return False
    return True


def winner(values: Sequence[tuple[str, bool]]) -> str | None:
    """Return the value that wins: the last important one, or else the last."""
    important = [value for value, is_important in values if is_important]
    return important[-1] if important else values[-1][0] if values else None


def media_applies(query: str) -> bool:
    """Whether a media query applies to a message on a desktop screen, or on paper."""
    return any(_one_applies(one) for one in query.lower().split(","))


def _one_applies(query: str) -> bool:
    for part in re.split(r"\band\b", query):
        condition = re.sub(r"^\s*only\b", "", part).strip()
        if condition in {"", "all", "print", "screen"}:
            continue
        feature = _FEATURE.fullmatch(condition)
        if feature is None:
            return False
        pixels = float(feature[2]) * (1 if feature[3] == "px" else ROOT_PIXELS)
        holds = {"min": pixels <= DESK_WIDTH, "max": pixels >= DESK_WIDTH, None: pixels == DESK_WIDTH}
        if not holds[feature[1]]:
            return False
    return True
