"""HTML → readable plain text: lines as displayed, with the address of each link."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import pairwise

import tinycss2
from selectolax.lexbor import LexborNode
from tinycss2.ast import Declaration, Node

from dsr_report.mime.cascade import Cascade, winner
from dsr_report.mime.html_tree import parse_html
from dsr_report.mime.joiners import without_idle_joiners

_BLOCKS = frozenset(
    "address article aside blockquote caption center dd div dl dt fieldset figcaption figure footer form "
    "h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol optgroup option p pre section select summary "
    "table tr ul dir body html tbody thead tfoot".split()
)
_APART = frozenset("p h1 h2 h3 h4 h5 h6 hr ul ol menu dir blockquote pre dl".split())
_SILENT = frozenset("script style head title template meta link colgroup datalist".split())
_LISTS = frozenset("ol ul menu dir".split())
_CELLS = frozenset(["td", "th"])
_LEFT = _BLOCKS | _CELLS
"""Elements whose end tag may write something."""
_SPACE = re.compile(r"[ \t\r\n\f]+")
_SPACE_IN_LINE = re.compile(r"[ \t\r\f]+")
_KEPT_SPACE = "\x00"
"""Placeholder for a blank that is kept. No page has one: a NUL is replaced by its number first."""
_TAB = 8
_NEVER_SEEN = str.maketrans("", "", "\u200b\u2060\ufeff\u00ad\u034f")
_MANY_LINES = re.compile(r"\n{3,}")
_PREFORMATTED = frozenset("pre textarea listing xmp".split())
_WHITE_SPACE = {
    "pre": "pre", "pre-wrap": "pre", "break-spaces": "pre", "preserve": "pre", "preserve-spaces": "pre",
    "pre-line": "pre-line", "preserve-breaks": "pre-line",
    "normal": "normal", "nowrap": "normal", "collapse": "normal", "initial": "normal",
    "inherit": "inherit", "unset": "inherit", "revert": "revert", "revert-layer": "revert",
}  # fmt: skip
"""`white-space` and `white-space-collapse` values → what is kept: blanks and lines, lines, nothing."""
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
          (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_MOST_ROMAN = 3999
"""Larger numbers are written in digits."""
_BOXES = {"checkbox": ("[x] ", "[ ] "), "radio": ("(x) ", "( ) ")}


def text_of_html(html: str) -> str:
    """The text of a page; pictures give their alternative text, links their address in angle brackets.

    A NUL, which HTML does not allow, becomes its number.
    """
    root = parse_html(html.replace("\x00", "⟨U+0000⟩"))
    return "" if root is None else _Writer(_Sheet(root)).text(root)


class _Sheet:
    """Resolves `white-space` for elements, from style sheets, `style` attributes and HTML's defaults."""

    def __init__(self, root: LexborNode) -> None:
        self._cascade = Cascade(_declared_white_space)
        for style in root.css("style"):
            text = style.text(deep=True) or ""
            if "white-space" in text.lower():
                self._cascade.add_sheet(text, style.attributes.get("media") or "")
        self._cascade.match(root)

    def white_space(self, node: LexborNode, attributes: Mapping[str, str | None]) -> str | None:
        """Return `pre`, `pre-line` or `normal`; None if it is inherited."""
        style = attributes.get("style")
        of_style = _white_space_in(style) if style and "white-space" in style.lower() else None
        declared = self._cascade.of(node) if self._cascade.has_rules else []
        value = winner([*declared, of_style] if of_style else declared)
        if value in {None, "revert"}:
            return "pre" if node.tag in _PREFORMATTED else None
        return None if value == "inherit" else value


def _declared_white_space(nodes: Sequence[Node]) -> tuple[str, bool] | None:
    """Return the declared white space, and whether it is `!important`."""
    found = None
    for node in nodes:
        if isinstance(node, Declaration) and node.lower_name in {"white-space", "white-space-collapse"}:
            words = [token.lower_value for token in node.value if token.type == "ident"]
            value = next((_WHITE_SPACE[word] for word in words if word in _WHITE_SPACE), None)
            if value and not (found and found[1] and not node.important):
                found = value, node.important
    return found


@lru_cache(maxsize=256)
def _white_space_in(style: str) -> tuple[str, bool] | None:
    nodes = tinycss2.parse_declaration_list(style, skip_comments=True, skip_whitespace=True)
    return _declared_white_space(nodes)


class _Writer:
    """Writes the text of one page."""

    def __init__(self, sheet: _Sheet) -> None:
        self._sheet = sheet
        self._out: list[str] = []
        self._breaks = 0
        """Pending line ends before the next text."""
        self._white_space = ["normal"]
        self._lists: list[_List] = []
        self._rows: list[_Row] = []
        self._links: list[int] = []

    def text(self, root: LexborNode) -> str:
        # a node is to be entered, a tuple is an element to be left: no recursion, for pages of any depth
        stack: list[LexborNode | tuple[str, str, bool]] = [root]
        white_space_of = self._sheet.white_space
        while stack:
            node = stack.pop()
            if isinstance(node, tuple):
                self._leave(*node)
                continue
            tag = node.tag
            if tag == "-text":
                self._write(node.text_content or "")
                continue
            if tag in _SILENT or tag == "_comment" or tag is None:
                continue
            attributes = node.attributes
            white_space = white_space_of(node, attributes)
            if white_space is not None:
                self._white_space.append(white_space)
            ending = self._enter(tag, attributes)
            if ending or white_space is not None or tag in _LEFT:
                stack.append((tag, ending, white_space is not None))
            child = node.last_child
            while child is not None:
                stack.append(child)
                child = child.prev
        return _tidy("".join(self._out))

    def _write(self, text: str) -> None:
        white_space = self._white_space[-1]
        if white_space == "pre":
            self._emit(_with_blanks(text))
            return
        text = (_SPACE_IN_LINE if white_space == "pre-line" else _SPACE).sub(" ", text)
        if self._breaks or not self._out or self._out[-1].endswith(" "):
            text = text.lstrip(" ")
        if text:
            self._emit(text)

    def _emit(self, text: str) -> None:
        if self._breaks:
            self._out.append("\n" * min(self._breaks, 2))
            self._breaks = 0
        self._out.append(text)

    def _break(self, lines: int) -> None:
        self._breaks = max(self._breaks, lines)

    def _lines_around(self, tag: str) -> int:
        """Line ends before and after a block: an empty line around paragraphs, but not within lists."""
        return 1 if tag not in _APART or (tag in _LISTS and self._lists) else 2

    def _enter(self, tag: str, attributes: Mapping[str, str | None]) -> str:
        """Write the start of an element; return what to write at its end."""
        if tag in _BLOCKS:
            self._break(self._lines_around(tag))
        if tag == "br":
            self._breaks += 1
        elif tag in {"img", "area"} or (tag == "input" and _kind(attributes) == "image"):
            alternative = _SPACE.sub(" ", attributes.get("alt") or "").strip()
            if alternative:
                self._emit(f"[{alternative}]")
        elif tag == "input":
            self._emit(_field(attributes))
        elif tag == "option":
            self._emit("(x) " if "selected" in attributes else "( ) ")
        elif tag in _CELLS and self._rows:
            self._rows[-1].cells.append(len(self._out))
        elif tag == "tr":
            if self._rows:
                self._rows[-1].has_rows = True
            self._rows.append(_Row())
        elif tag in _LISTS:
            self._lists.append(_List(tag, attributes))
        elif tag == "li":
            self._emit(self._lists[-1].mark(attributes) if self._lists else "• ")
        elif tag == "a":
            target = (attributes.get("href") or "").strip()
            if target and not target.startswith("#"):
                self._links.append(len(self._out))
                return f" <{target}>"
        elif tag in {"button", "textarea"}:
            self._out.append(" ")
            return " "
        return ""

    def _leave(self, tag: str, ending: str, has_white_space: bool) -> None:  # noqa: FBT001 - from the stack
        if has_white_space:
            self._white_space.pop()
        if tag in _LISTS:
            self._lists.pop()
        if tag in _BLOCKS:
            self._break(self._lines_around(tag))
        if tag in _CELLS:
            if not self._breaks:
                self._out.append("\t")
        elif tag == "tr":
            self._end_row(self._rows.pop())
        elif tag == "a" and ending:
            # the address follows the link's text on the same line, whatever blocks are in the link
            if self._links.pop() == len(self._out):
                self._emit(ending.lstrip())
            else:
                self._out.append(ending)
        elif ending:
            self._out.append(ending)

    def _end_row(self, row: _Row) -> None:
        """Write a row of one-line cells as one line, whatever blocks are in the cells."""
        if len(row.cells) > 1 and not row.has_rows:
            start = row.cells[0]
            borders = [*row.cells, len(self._out)]
            cells = ["".join(self._out[a:b]).strip(" \t\n\u00a0") for a, b in pairwise(borders)]
            if any(cells) and not any("\n" in cell for cell in cells):
                lead = next(piece for piece in self._out[start:] if piece)
                lines = len(lead) - len(lead.lstrip("\n"))
                self._out[start:] = ["\n" * lines, "\t".join(cells)]
                self._breaks = 1
        self._break(1)


class _Row:
    """An open table row: where its cells start in the output, and whether it contains rows itself."""

    __slots__ = ("cells", "has_rows")

    def __init__(self) -> None:
        self.cells: list[int] = []
        self.has_rows = False


class _List:
    """An open list, which numbers its items."""

    def __init__(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        self._is_numbered = tag == "ol"
        self._kind = attributes.get("type") or "1"
        self._step = -1 if "reversed" in attributes else 1
        self._next = _number(attributes.get("start"), 1)

    def mark(self, attributes: Mapping[str, str | None]) -> str:
        if not self._is_numbered:
            return "• "
        number = _number(attributes.get("value"), self._next)
        self._next = number + self._step
        return f"{_numeral(number, self._kind)}. "


def _number(text: str | None, otherwise: int) -> int:
    try:
        return int((text or "").strip()[:9])
    except ValueError:
        return otherwise


def _numeral(number: int, kind: str) -> str:
    """A number in a list's style: `1`, `a`, `A`, `i` or `I`."""
    letters = ""
    if kind in {"a", "A"} and number > 0:
        rest = number
        while rest > 0:
            rest, letter = divmod(rest - 1, 26)
            letters = chr(ord("a") + letter) + letters
    elif kind in {"i", "I"} and 0 < number <= _MOST_ROMAN:
        rest = number
        for value, sign in _ROMAN:
            count, rest = divmod(rest, value)
            letters += sign * count
    else:
        return str(number)
    return letters.upper() if kind.isupper() else letters


def _kind(attributes: Mapping[str, str | None]) -> str:
    return (attributes.get("type") or "text").strip().lower()


def _field(attributes: Mapping[str, str | None]) -> str:
    """Return the text that a form field shows."""
    kind = _kind(attributes)
    if kind == "hidden":
        return ""
    if kind in _BOXES:
        return _BOXES[kind]["checked" not in attributes]
    shown = _SPACE.sub(" ", attributes.get("value") or attributes.get("placeholder") or "").strip()
    return f" [{shown}] " if shown else ""


def _with_blanks(text: str) -> str:
    """A text with placeholders for its kept blanks; tabs are expanded, empty lines get a placeholder."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept = [line.expandtabs(_TAB).replace(" ", _KEPT_SPACE) for line in lines]
    return "\n".join(
        line or (_KEPT_SPACE if 0 < number < len(kept) - 1 else "") for number, line in enumerate(kept)
    )


def _tidy(text: str) -> str:
    text = without_idle_joiners(text.translate(_NEVER_SEEN))
    lines = []
    for line in text.split("\n"):
        cells = (
            [cell.strip(" \u00a0") for cell in line.split("\t")] if "\t" in line else [line.strip(" \u00a0")]
        )
        lines.append("  ".join(cell for cell in cells if cell))
    joined = _MANY_LINES.sub("\n\n", "\n".join(lines)).strip("\n")
    if _KEPT_SPACE not in joined:
        return joined
    return "\n".join(line.replace(_KEPT_SPACE, " ").rstrip() for line in joined.split("\n"))
