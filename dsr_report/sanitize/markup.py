"""Rewriting of a page from its tree: allowed elements and attributes, links and pictures made harmless."""

from __future__ import annotations

import html as escaping
import re
from collections import Counter
from collections.abc import Mapping

from selectolax.lexbor import LexborNode

from dsr_report.mime.html_tree import children
from dsr_report.mime.links import Purpose, purpose_of
from dsr_report.mime.message import MimeMessage
from dsr_report.mime.pictures import InlineParts
from dsr_report.sanitize.contrast import Colours, Paint, hex_colour, readable, repaint
from dsr_report.sanitize.css import (
    PRINT_FONT_SCALE,
    PRINT_SCALE,
    PRINT_WIDTH,
    addresses_in,
    media_is_safe,
    safe_declarations,
    safe_style_sheet,
    with_addresses,
)
from dsr_report.sanitize.pictures import outcome_of, picture_data, short_address
from dsr_report.sanitize.selectors import class_name, identifier_class
from dsr_report.sanitize.shown import Link, Outcome, Picture, Wording

TAGS = frozenset(
    "abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd "
    "del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins "
    "kbd li main mark nav ol p pre q rp rt ruby s samp section small span strike strong sub summary sup "
    "table tbody td tfoot th thead time tr tt u ul var wbr".split()
)
_ANYWHERE = frozenset("style class dir lang title align".split())
_CELL = frozenset("width colspan rowspan valign bgcolor height nowrap".split())
ATTRIBUTES: dict[str, frozenset[str]] = {
    "*": _ANYWHERE,
    "img": frozenset("src alt width height border".split()),
    "table": frozenset("width border cellpadding cellspacing bgcolor height role".split()),
    "td": _CELL,
    "th": _CELL | {"scope"},
    "tr": frozenset("valign bgcolor height".split()),
    "col": frozenset("width span".split()),
    "colgroup": frozenset("width span".split()),
    "font": frozenset("color size face".split()),
    "ol": frozenset("start type reversed".split()),
    "li": frozenset(["value"]),
    "hr": frozenset("width size color noshade".split()),
}
_PLAIN = TAGS - {"img", "table"}
"""Elements whose start tag depends only on their own attributes."""
_VOID = frozenset("br col hr img wbr".split())
_TABLE = frozenset("table tbody thead tfoot tr td th caption colgroup col".split())
_WITHOUT_CONTENT = frozenset(
    "script style title template iframe frame frameset svg math head xml embed noembed "
    "noframes datalist meta link base param source track -comment _comment".split()
)
_NOTED = frozenset(
    "script iframe frame object embed applet form input button select textarea link base svg math video "
    "audio template source".split()
)
_LINE_OR_BLOCK = frozenset(
    "form fieldset optgroup option legend select textarea button dialog hgroup".split()
)
_VALUES = {
    "dir": re.compile(r"ltr|rtl|auto", re.IGNORECASE),
    "lang": re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,4}"),
    "align": re.compile(r"left|right|center|justify|top|middle|bottom|absmiddle", re.IGNORECASE),
    "valign": re.compile(r"top|middle|bottom|baseline", re.IGNORECASE),
    "width": re.compile(r"\s*\d{1,4}(?:\.\d{1,4})?\s*(?:px|%)?\s*"),
    "height": re.compile(r"\s*\d{1,4}(?:\.\d{1,4})?\s*(?:px|%)?\s*"),
    "border": re.compile(r"\s*\d{1,2}\s*(?:px)?\s*"),
    "cellpadding": re.compile(r"\s*\d{1,2}\s*(?:px)?\s*"),
    "cellspacing": re.compile(r"\s*\d{1,2}\s*(?:px)?\s*"),
    "colspan": re.compile(r"\s*[1-9]\d?\s*"),
    "rowspan": re.compile(r"\s*[1-9]\d?\s*"),
    "span": re.compile(r"\s*[1-9]\d?\s*"),
    "start": re.compile(r"\s*-?\d{1,6}\s*"),
    "value": re.compile(r"\s*-?\d{1,6}\s*"),
    "type": re.compile(r"[1aAiI]"),
    "size": re.compile(r"\s*[+-]?\d{1,2}\s*"),
    "color": re.compile(r"\s*(?:#[0-9A-Fa-f]{3,8}|[A-Za-z]{3,20}|[0-9A-Fa-f]{6})\s*"),
    "bgcolor": re.compile(r"\s*(?:#[0-9A-Fa-f]{3,8}|[A-Za-z]{3,20}|[0-9A-Fa-f]{6})\s*"),
    "face": re.compile(r"[\w\s,.'\"-]{1,200}"),
    "scope": re.compile(r"row|col|rowgroup|colgroup", re.IGNORECASE),
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_FIELD = re.compile(r"\{(text|address|number)\}")
_HEADING = re.compile(r"h[1-6]")
_LEADS = {"a", "area"}
_DEEPEST = 250
"""Open elements; the tags of deeper ones are removed, their content is kept."""
_DEEPEST_FOR_PRINT = 70
"""Open elements for print; the tags of deeper ones are removed, their content is kept."""
_DEEPEST_TABLE_FOR_PRINT = 12
"""Nested tables for print; the tags of deeper ones are removed, their content is kept."""
_CELLS = frozenset("td th col colgroup".split())
_FONT_PIXELS = {1: 10, 2: 13, 3: 16, 4: 18, 5: 24, 6: 32, 7: 48}
"""Pixels of the sizes of `<font>` in browsers."""
_WIDE_CELL = re.compile(r"(?<![-\w])width\s*:\s*(\d{3,5}(?:\.\d*)?)px", re.IGNORECASE)
_LONG_WORD = re.compile(r"[!-,.-\u052f]{40,}")
"""Words of scripts with spaces, longer than nearly all real ones: URLs, keys."""
_LONG_PIECE = 60
"""Characters of a long word laid out together: WeasyPrint's time grows with their square."""
_PIECES = re.compile(rf"(?:&[#\w]+;|.){{1,{_LONG_PIECE}}}", re.DOTALL)
_STYLE = re.compile(r' style="([^"]*)"')
_MOST_FOR_PRINT = {"cellspacing": 8, "cellpadding": 20, "border": 8, "colspan": 20}
"""Maximum values of attributes for print."""
_LONGEST_LABEL = 200
"""Characters; a longer label is cut."""
_MOST_KEPT = 4_000
"""Entries of the cache of tags, which is then cleared."""
_LONGEST_KEPT = 2_000
"""Characters; a longer start tag is not cached."""
_OPENED: dict[tuple[object, ...], tuple[str, str]] = {}
"""Cache of start and end tags, by element name, attributes, and the two settings that change them."""


class Writer:
    """Writes one page and collects its links, its pictures, and counts of removed things."""

    def __init__(self, message: MimeMessage | None, wording: Wording, scope: str, *, for_print: bool) -> None:
        """See `safe_html.safe` for the arguments."""
        self.pictures: list[Picture] = []
        self.removed: Counter[str] = Counter()
        self._inline = message.inline if message is not None else InlineParts(())
        self._wording = wording
        self._scope = scope
        self._for_print = for_print
        self._deepest = _DEEPEST_FOR_PRINT if for_print else _DEEPEST
        self._sheets: list[str] = []
        self._colours = Colours()
        self._links: dict[str, tuple[int, list[str]]] = {}
        self._out: list[str] = []

    def write(self, root: LexborNode) -> str:
        """The page as a fragment; also collects its style sheets."""
        for sheet in root.css("style"):
            self._colours.add_sheet(_content_of(sheet), sheet.attributes.get("media") or "")
        self._colours.match(root)
        # a node is to be opened, a text is an end tag
        stack: list[LexborNode | str] = [root]
        paints = [Paint()]
        out = self._out
        depth = tables = 0
        while stack:
            node = stack.pop()
            if isinstance(node, str):
                out.append(node)
                paints.pop()
                depth -= 1
                tables -= node == "</table>"
                continue
            tag = node.tag or ""
            if tag == "-text":
                text = _visible(node.text_content or "")
                out.append(_LONG_WORD.sub(_breakable, text) if self._for_print else text)
                continue
            is_deep = depth >= self._deepest or (
                self._for_print and tables >= _DEEPEST_TABLE_FOR_PRINT and tag in _TABLE
            )
            ending = self._open(node, tag, is_deep=is_deep)
            if ending == "-":
                if tag == "head":
                    self._read_head(node)
                continue
            if ending:
                stack.append(ending)
                paints.append(self._paint(node, paints[-1]))
                depth += 1
                tables += ending == "</table>"
            child = node.last_child
            while child is not None:
                stack.append(child)
                child = child.prev
        return "".join(out)

    def style_sheet(self) -> str:
        """The page's style sheets, joined."""
        return "\n".join(sheet for sheet in self._sheets if sheet)

    def all_links(self) -> tuple[Link, ...]:
        """The links of the page, in order."""
        return tuple(
            Link(
                number,
                url,
                _purpose(url, labels),
                next((label for label in labels if label), ""),
                len(labels),
            )
            for url, (number, labels) in self._links.items()
        )

    def _paint(self, node: LexborNode, parent: Paint) -> Paint:
        """The paint of the element just opened; unreadable text gets another colour."""
        attributes: Mapping[str, str | None] = node.attributes
        style, background = attributes.get("style") or "", attributes.get("background")
        if background or "url(" in style.lower():
            data = picture_data(background, self._inline) if background else None
            attributes = {**attributes, "background": data, "style": self._with_pictures(style)}
        paint = self._colours.of(node, attributes, parent)
        colour = readable(paint)
        if not colour or not any(
            child.tag == "-text" and (child.text_content or "").strip() for child in children(node)
        ):
            return paint
        start = self._out[-1]
        if _STYLE.search(start):
            self._out[-1] = _STYLE.sub(lambda m: f' style="{m[1]};color:{colour} !important"', start, count=1)
        else:
            self._out[-1] = f'{start[:-1]} style="color:{colour} !important">'
        return repaint(paint, colour)

    def _with_pictures(self, style: str) -> str:
        """Declarations with addresses replaced by the message's own pictures as data."""
        return with_addresses(style, lambda address: picture_data(address, self._inline))

    def _open(self, node: LexborNode, tag: str, *, is_deep: bool) -> str:
        """Write a start tag; return its end tag, or empty if only the content is kept, `-` if nothing is."""
        attributes = node.attributes
        is_plain = tag in _PLAIN and not is_deep
        if is_plain:  # most of a newsletter: the same cells, hundreds of times
            key = (tag, *attributes.items(), self._for_print, bool(self._scope))
            known = _OPENED.get(key)
            if known is not None:
                self._out.append(known[0])
                return known[1]
        is_unlike = self._note(tag, attributes)
        if tag == "style":
            self._read_sheet(node)
        if tag in {"img", "image", "input", "area", "video"}:
            self._replace(tag, attributes)
        if tag in _WITHOUT_CONTENT or tag.startswith(("!", "#")):
            return "-"
        if tag in _LEADS:
            return self._open_link(node, attributes, is_deep=is_deep)
        if tag in {"body", "html"}:
            return self._open_body(attributes)
        if tag in _LINE_OR_BLOCK:
            self._out.append(" ")
            return ""
        if tag not in TAGS or tag == "img":
            return ""
        if is_deep:
            self.removed["too deeply nested"] += 1
            self._out.append(" ")
            return ""
        extra = ""
        if tag == "table" and node.css_first("th, caption") is None:
            extra = ' role="presentation"'
        if tag == "table" and self._for_print and not attributes.get("cellpadding"):
            extra += ' cellpadding="1"'  # WeasyPrint applies the outer table's
        name, heading = tag, ""
        if self._scope and _HEADING.fullmatch(tag):
            name, heading = "div", f"dsr-heading dsr-{tag}"
        start = f"<{name}{self._attributes(tag, attributes, heading)}{extra}>"
        ending = "" if tag in _VOID else f"</{name}>"
        if is_plain and not is_unlike:
            _keep(key, (start, ending))
        self._out.append(start)
        return ending

    def _note(self, tag: str, attributes: Mapping[str, str | None]) -> bool:
        """Record what is removed from an element; return whether anything is."""
        is_noted = tag in _NOTED
        if is_noted:
            self.removed[tag] += 1
        if tag == "meta" and (attributes.get("http-equiv") or "").strip().lower() == "refresh":
            is_noted = True
            self.removed["meta refresh"] += 1
        for name, value in attributes.items():
            if name.startswith("on"):
                is_noted = True
                self.removed["event handler"] += 1
            elif name == "background" and value:
                is_noted = True
                self._background(value)
            elif name == "style" and value and "url(" in value.lower():
                for address in addresses_in(value):
                    is_noted = True
                    self._background(address)
        return is_noted

    def _background(self, address: str) -> None:
        self._list_picture(address.strip(), "", {}, is_background=True)

    def _list_picture(
        self, source: str, alternative: str, attributes: Mapping[str, str | None], *, is_background: bool
    ) -> tuple[Outcome, str | None]:
        """Note a picture; what becomes of it, and its data where it is shown."""
        data = picture_data(source, self._inline)
        outcome = outcome_of(source, attributes, self._inline) if data is None else "shown"
        if data is None:
            self.removed[f"{outcome} picture"] += 1
        known = source if data is None else source[:200]
        self.pictures.append(Picture(known, alternative, outcome, len(self.pictures) + 1, is_background))
        return outcome, data

    def _read_head(self, head: LexborNode) -> None:
        for node in children(head):
            tag = node.tag or ""
            self._note(tag, node.attributes)
            if tag == "style":
                self._read_sheet(node)
            elif tag == "noscript":
                for below in node.css("style"):
                    self._read_sheet(below)

    def _read_sheet(self, node: LexborNode) -> None:
        text = _content_of(node)
        media = (node.attributes.get("media") or "").strip()
        if not media_is_safe(media):
            return
        for address in addresses_in(text) if "url(" in text.lower() else ():
            self._background(address)
        text = self._with_pictures(text)
        if media.lower() not in {"", "all"}:
            text = f"@media {media}{{{text}}}"
        self._sheets.append(safe_style_sheet(text, self._scope, for_print=self._for_print))

    def _attributes(self, tag: str, attributes: Mapping[str, str | None], more_classes: str = "") -> str:
        allowed = ATTRIBUTES.get(tag, frozenset())
        kept: dict[str, str] = {}
        hints: list[str] = []
        classes = more_classes.split()
        for name, value in attributes.items():
            text = value or ""
            if name == "class":
                classes += [class_name(one, self._scope) for one in text.split()]
            elif name == "id":
                classes.append(identifier_class(text))
            elif name == "style":
                if self._for_print and tag in _CELLS:  # in shares of the row, not each as wide as the page
                    text = _WIDE_CELL.sub(_narrower, text)
                kept["style"] = safe_declarations(self._with_pictures(text), for_print=self._for_print)
            elif name == "background":
                picture = picture_data(text, self._inline)
                if picture is not None:
                    hints.append(f"background-image:url({picture})")
            elif name == "title":
                kept["title"] = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
            elif name in allowed or name in _ANYWHERE:
                kept[name] = self._value(tag, name, text)
        if self._for_print and tag == "font" and kept.get("size"):
            hints.append(f"font-size:{_font_pixels(kept.pop('size')) * PRINT_FONT_SCALE:g}px")
        # the report's rule for the width of tables takes precedence over an attribute
        width = kept.pop("width", "") if self._for_print and tag == "table" else ""
        if width and "width" not in kept.get("style", ""):
            hints.append(f"width:{width if width.endswith('%') else width + 'px'}")
        if hints:
            kept["style"] = ";".join(filter(None, [*hints, kept.get("style")]))
        kept["class"] = " ".join(one for one in dict.fromkeys(classes) if one)
        return "".join(f' {name}="{escaping.escape(value)}"' for name, value in kept.items() if value)

    def _value(self, tag: str, name: str, text: str) -> str:
        """An attribute's value if it is valid, else empty; for print, limited to fit a page."""
        pattern = _VALUES.get(name)
        if pattern is None:
            return name if name in {"nowrap", "noshade", "reversed"} and not self._for_print else ""
        if not pattern.fullmatch(text):
            return ""
        if self._for_print and name == "height" and tag != "img":
            return ""
        if self._for_print and name in _MOST_FOR_PRINT:
            most = min(int(float(text.lower().replace("px", ""))), _MOST_FOR_PRINT[name])
            return str(most if name in {"colspan", "border"} else round(most * PRINT_SCALE))
        if self._for_print and name in {"width", "height"} and not text.strip().endswith("%"):
            digits = float(text.lower().replace("px", ""))
            if digits > PRINT_WIDTH and tag not in _CELLS:
                return "100%" if name == "width" else ""
            return f"{min(digits, PRINT_WIDTH) * PRINT_SCALE:g}"
        return text.strip()

    def _open_body(self, attributes: Mapping[str, str | None]) -> str:
        style = attributes.get("style") or ""
        for name, property_name in (("bgcolor", "background-color"), ("text", "color")):
            value = (attributes.get(name) or "").strip()
            if value and _VALUES["color"].fullmatch(value):
                style = f"{property_name}:{hex_colour(value)};{style}"
        kept = {name: attributes.get(name) for name in ("dir", "lang", "class", "id", "background")}
        written = self._attributes("div", {**kept, "style": style})
        if not written:
            return ""
        self._out.append(f"<div{written}>")
        return "</div>"

    def _open_link(self, node: LexborNode, attributes: Mapping[str, str | None], *, is_deep: bool) -> str:
        address = (attributes.get("href") or "").strip()
        label = node.text(deep=True, separator=" ") if node.tag == "a" else attributes.get("alt") or ""
        note = ""
        if address and not address.startswith("#"):
            number, labels = self._links.setdefault(address, (len(self._links) + 1, []))
            labels.append(" ".join((label or "").split())[:_LONGEST_LABEL])
            note = f'<sup class="dsr-number">[{number}]</sup>'
            if node.tag == "area":
                words = _visible(labels[-1])
                self._out.append(f'<span class="dsr-link">{words}</span>{note} ')
                return ""
        if is_deep or not address:
            self._out.append(note)
            return ""
        self._out.append(self._start_of_link(attributes))
        return f"{note}</span>"

    def _start_of_link(self, attributes: Mapping[str, str | None]) -> str:
        rest = [pair for pair in attributes.items() if pair[0] != "href"]
        key = ("a", *rest, self._for_print, bool(self._scope))
        known = _OPENED.get(key)
        if known is None:
            known = f"<span{self._attributes('span', dict(rest), 'dsr-link')}>", "</span>"
            _keep(key, known)
        return known[0]

    def _replace(self, tag: str, attributes: Mapping[str, str | None]) -> None:
        if tag == "area":
            return
        if tag == "input" and (attributes.get("type") or "").lower() != "image":
            shown = attributes.get("value") or attributes.get("placeholder") or ""
            if shown and (attributes.get("type") or "").lower() != "hidden":
                self._out.append(f" [{_visible(shown)}] ")
            return
        source = attributes.get("poster" if tag == "video" else "src") or ""
        if not source:
            source = (attributes.get("srcset") or "").strip().split(" ")[0].rstrip(",")
        if tag == "video" and not source:
            return
        self._picture(source.strip(), attributes)

    def _picture(self, source: str, attributes: Mapping[str, str | None]) -> None:
        alternative = " ".join(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", attributes.get("alt") or "").split())
        outcome, data = self._list_picture(source, alternative, attributes, is_background=False)
        if data is not None:
            kept = {name: value for name, value in attributes.items() if name not in {"src", "alt"}}
            rest = self._attributes("img", kept)
            self._out.append(f'<img src="{data}" alt="{escaping.escape(alternative)}"{rest}>')
            return
        words = self._wording.picture_with_text if alternative else self._wording.picture
        if outcome == "pixel":
            words = self._wording.pixel
        elif outcome == "missing":
            words = self._wording.missing

        def placeholder(match: re.Match[str]) -> str:
            if match.group(1) == "address":
                return short_address(source) if outcome in {"remote", "pixel"} else source[:30]
            return alternative if match.group(1) == "text" else str(len(self.pictures))

        filled = _FIELD.sub(placeholder, words)
        self._out.append(f'<span class="dsr-picture">[{_visible(filled)}]</span>')


def _keep(key: tuple[object, ...], opened: tuple[str, str]) -> None:
    """Cache an element's tags if they are short."""
    if len(opened[0]) < _LONGEST_KEPT:
        if len(_OPENED) >= _MOST_KEPT:
            _OPENED.clear()
        _OPENED[key] = opened


def _content_of(sheet: LexborNode) -> str:
    return "".join(child.text_content or "" for child in children(sheet))


def _breakable(match: re.Match[str]) -> str:
    """A long word that may be broken anywhere, in pieces that are laid out one by one."""
    # a piece neither begins nor ends within a character reference such as `&amp;`
    pieces = _PIECES.findall(match.group())
    return "".join(f'<span class="dsr-long">{piece}</span>' for piece in pieces)


def _narrower(match: re.Match[str]) -> str:
    return f"width:{min(float(match[1]), PRINT_WIDTH):g}px"


def _font_pixels(size: str) -> int:
    number = int(size.replace("+", "")) if size.strip() else 3
    if size.strip()[:1] in {"+", "-"}:
        number += 3
    return _FONT_PIXELS[min(max(number, 1), 7)]


def _visible(text: str) -> str:
    """A text as element content; forbidden control characters become replacement characters."""
    return escaping.escape(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text), quote=False)


def _purpose(url: str, labels: list[str]) -> Purpose:
    found = [purpose_of(url, label) for label in dict.fromkeys(labels)]
    return next((one for one in found if one in {"unsubscribe", "web-version"}), found[0])
