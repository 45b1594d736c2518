"""Sanitiser for the HTML of a message: the result loads nothing, runs nothing and has no links.

Two independent layers: `markup` rewrites the page from its tree, with allowed elements, attributes and style
values only; nh3 then cleans the result, with an allowlist whose only URLs are pictures in the page. Whoever
shows it adds a third layer: a sandboxed frame with a content security policy, or a renderer whose fetcher
refuses everything.

Pictures that came with the message are shown, all others become a placeholder labelled with their address;
links become text with a number, and all their addresses are listed.
"""

from __future__ import annotations

import html as escaping
import re
from collections.abc import Callable

import nh3

from dsr_report.mime.html_tree import parse_html
from dsr_report.mime.message import MimeMessage
from dsr_report.sanitize.css import PRINT_FONT_SCALE, PRINT_SCALE, safe_declarations
from dsr_report.sanitize.markup import ATTRIBUTES, TAGS, Writer
from dsr_report.sanitize.pictures import IS_DATA
from dsr_report.sanitize.shown import Link, Picture, SafeHtml, Wording

__all__ = ["POLICY", "Link", "Picture", "SafeHtml", "Wording", "print_style", "safe", "safe_frame"]

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
_ATTRIBUTES = {tag: set(names) for tag, names in ATTRIBUTES.items()}
_ASKED = re.compile(r' (src|style)="([^"]*)"')
_HEADINGS = ((2, 0.67), (1.5, 0.83), (1.17, 1), (1, 1.33), (0.83, 1.67), (0.67, 2.33))
"""Size and margin of HTML's headings, in em (HTML, 15.3.6)."""
_SMALL = 11
"""Pixels of our texts within a message. Senders set the font size around pictures to 0, against gaps."""
_SMALLEST_FOR_PRINT = 8
"""Pixels: 6 points."""
_CENTRED = ("[align=center i]>", "[align=middle i]>", "center>")
_DOWN_TO_TABLE = ("", "div>", "p>", "td>")
_OUR_STYLE = (
    "{0}.dsr-picture{{border:1px dashed #666;padding:2px 4px;color:#444;background:#fff;"
    "font-family:sans-serif;font-size:{1:g}px;line-height:1.3;text-decoration:none;display:inline-block;box-sizing:border-box;max-width:100%;"
    "overflow-wrap:anywhere}}{0}.dsr-link{{text-decoration:underline}}"
    "{0}.dsr-number{{font-family:sans-serif;font-size:{1:g}px;vertical-align:super;line-height:1;color:#333;background:#fff}}"
)


def safe(
    html: str,
    message: MimeMessage | None = None,
    *,
    wording: Wording | None = None,
    scope: str = "",
    for_print: bool = False,
) -> SafeHtml:
    """Make a message's HTML safe to show.

    Args:
        html: the HTML of the message.
        message: the message with its inline pictures.
        wording: placeholder texts.
        scope: a selector before each rule of its style sheets (`.message-3`), for display without a frame of
            its own; headings then become paragraphs, as the page has its own.
        for_print: drop what makes newsletters run off a page or overlap.
    """
    writer = Writer(message, wording or Wording(), scope, for_print=for_print)
    root = parse_html(html)
    written = writer.write(root) if root is not None else ""

    def check(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return value if tag == "img" and IS_DATA.fullmatch(value) else None
        if name == "style":
            return safe_declarations(value) or None
        return value

    fragment = _clean(written)
    # a filter on every attribute takes half as long again, and nearly always all of them are allowed
    asked = {(name, escaping.unescape(value)) for name, value in _ASKED.findall(fragment)}
    if any(check("img", name, value) != value for name, value in asked):
        fragment = _clean(written, check)
    return SafeHtml(
        fragment, writer.style_sheet(), writer.all_links(), tuple(writer.pictures), dict(writer.removed)
    )


def _clean(html: str, checked: Callable[[str, str, str], str | None] | None = None) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags={"script", "style", "title"},
        attributes=_ATTRIBUTES,
        attribute_filter=checked,
        link_rel=None,
        url_schemes={"data"},
    )


def safe_frame(content: SafeHtml, language: str = "", title: str = "-") -> str:
    """A whole page for the `srcdoc` of a sandboxed frame, with a policy that blocks all loading."""
    lang = f' lang="{escaping.escape(language)}"' if language else ""
    return (
        f'<!DOCTYPE html><html{lang}><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="referrer" content="no-referrer">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escaping.escape(title)}</title>"
        "<style>body{margin:8px;font-family:sans-serif;background:#fff;color:#000;overflow-wrap:anywhere}"
        f"img,table{{max-width:100%}}{_OUR_STYLE.format('', _SMALL)}\n{_inside_style(content.style_sheet)}"
        f"</style></head><body>{content.html}</body></html>"
    )


def print_style(scope: str) -> str:
    """The base rules of messages made with `for_print`, which also keep them on their page.

    They are the same for all messages; the style sheet of a message comes after them.

    Args:
        scope: the selector of the element that holds a message, as given to `safe`.
    """
    size = 16 * PRINT_FONT_SCALE
    inside = f":where({scope})"  # lower specificity than any rule of the message
    headings = "".join(
        f"{inside} :where(.dsr-h{level}){{font-size:{size_of:g}em;font-weight:bold;margin:{margin:g}em 0}}"
        for level, (size_of, margin) in enumerate(_HEADINGS, 1)
    )
    centred = ",".join(f"{scope} {box} {way}table:not([align])" for box in _CENTRED for way in _DOWN_TO_TABLE)
    return (
        # undo the report's rules for its own text
        f"{inside}{{overflow-wrap:break-word;text-align:start;font-size:{size:g}px;line-height:1.3}}"
        f"{inside} table{{max-width:100%;width:auto;border-collapse:separate;font-size:inherit}}"
        f":where({scope} :not([align])>th:not([align])){{text-align:center}}"
        f":where({scope} [style*='text-align'] th){{text-align:inherit}}"
        # `align` of a cell is not inherited by tables in it, its style is; it moves the tables (HTML, 15.3.3)
        f":where({scope} [align] table,{scope} center table){{text-align:start}}"
        f":where({scope} [align] [style*='text-align:'] table){{text-align:inherit}}"
        f":where({centred}){{margin-left:auto!important;margin-right:auto!important}}"
        f"{inside} :where(p,ul,ol,dl){{margin:1em 0}}"
        f"{inside} :where(ul,ol){{padding-inline-start:{40 * PRINT_SCALE:g}px}}"
        + headings
        + f"{inside} small{{color:inherit;font-size:smaller}}"
        f"{scope} p,{scope} li,{scope} td,{scope} th,{scope} div{{overflow-wrap:break-word}}"
        f"{scope} .dsr-long{{word-break:break-all}}"
        f"{scope} td[colspan],{scope} th[colspan]{{width:auto!important}}"
        f"{scope} img{{max-width:100%;max-height:18cm;height:auto;"
        f"image-resolution:{96 / PRINT_SCALE:g}dpi}}"
        f"{inside} pre{{white-space:pre-wrap;font-size:{size * 13 / 16:g}px}}"
        + _OUR_STYLE.format(f"{scope} ", _SMALLEST_FOR_PRINT)
    )


def _inside_style(sheet: str) -> str:
    """A style sheet that cannot end its `style` element (our sheets have no `<` anyway)."""
    return re.sub("<", "", sheet)
