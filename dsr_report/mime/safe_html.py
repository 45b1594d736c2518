"""The HTML of a message, safe to show: it loads nothing, runs nothing, leads nowhere, and escapes nothing.

An allow-list of elements and attributes (nh3), of style properties and their values (tinycss2); pictures
that came with the message are shown, all others become a labelled placeholder that names their address;
links become text with a number, and all their addresses are listed. A page that shows it adds a second
fence: a sandboxed frame with a content security policy.
"""

from __future__ import annotations

import base64
import html as escaping
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import nh3

from dsr_report.mime.css import safe_declarations, safe_style_sheet
from dsr_report.mime.links import Purpose, purpose_of
from dsr_report.mime.message import MimeMessage

_TAGS = set(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd "
    "del details dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins "
    "kbd li main mark nav ol p pre q rp rt ruby s samp section small span strike strong sub summary sup "
    "table tbody td tfoot th thead time tr tt u ul var wbr ".split()
)
_ANY = {"style", "class", "dir", "lang", "title", "align"}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": _ANY,
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "border"},
    "table": {"width", "border", "cellpadding", "cellspacing", "bgcolor", "height"},
    "td": {"width", "colspan", "rowspan", "valign", "bgcolor", "height", "nowrap"},
    "th": {"width", "colspan", "rowspan", "valign", "bgcolor", "height", "nowrap"},
    "tr": {"valign", "bgcolor", "height"},
    "col": {"width", "span"},
    "colgroup": {"width", "span"},
    "font": {"color", "size", "face"},
    "ol": {"start", "type"},
    "li": {"value"},
}
_STYLE = re.compile(r"<style\b[^>]*>(.*?)</style\s*>", re.IGNORECASE | re.DOTALL)
_DANGEROUS = re.compile(
    r"<(script|iframe|object|embed|form|input|button|link|base|svg|math|video|audio|meta(?=[^>]*refresh))\b",
    re.IGNORECASE,
)
_HANDLER = re.compile(r"\son[a-z]+\s*=", re.IGNORECASE)
_IMG = re.compile(r'<img((?:\s+[a-z-]+="[^"]*")*)\s*/?>')
_ATTRIBUTE = re.compile(r'([a-z-]+)="([^"]*)"')
_ANCHOR = re.compile(r'<a\b((?:\s+[a-z-]+="[^"]*")*)>|</a>')
_RASTER = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"}
_MAGIC = {
    "image/png": (b"\x89PNG",), "image/jpeg": (b"\xff\xd8\xff",), "image/gif": (b"GIF8",),
    "image/webp": (b"RIFF",), "image/bmp": (b"BM",),
}  # fmt: skip
_DATA = re.compile(r"\s*data:(image/(?:png|jpeg|gif|webp|bmp));base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class Wording:
    """What placeholders say, in the report's language; `{address}` and `{text}` are filled in."""

    picture: str = "Picture not loaded"
    picture_with_text: str = "Picture not loaded: “{text}”"
    pixel: str = "Hidden tracking picture, not loaded"
    missing: str = "Picture missing from the message"


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the message: its number in the text, its full address, what it is for, and its words."""

    number: int
    url: str
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the message: shown, or why not."""

    source: str
    alternative: str
    outcome: str
    """`shown`, `remote`, `pixel`, `missing` or `refused`."""


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """A fragment that is safe to show, with what was taken out of it."""

    html: str
    style_sheet: str
    links: tuple[Link, ...]
    pictures: tuple[Picture, ...]
    removed: Mapping[str, int]


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
        html: as it stands in the message.
        message: where its inline pictures are.
        wording: what placeholders say.
        scope: a selector before each rule of its style sheets, where it is not shown in a frame of its own.
        for_print: drop what makes newsletters run off a page: fixed heights and widths, floats.
    """
    return _Cleaner(message, wording or Wording(), scope, for_print=for_print).clean(html)


class _Cleaner:
    def __init__(self, message: MimeMessage | None, wording: Wording, scope: str, *, for_print: bool) -> None:
        self._inline = message.inline if message is not None else {}
        self._wording = wording
        self._scope = scope
        self._for_print = for_print
        self._links: list[Link] = []
        self._pictures: list[Picture] = []
        self._sources: list[str] = []
        self._removed: Counter[str] = Counter()

    def clean(self, html: str) -> SafeHtml:
        sheets = "\n".join(
            safe_style_sheet(match.group(1), self._scope, for_print=self._for_print)
            for match in _STYLE.finditer(html)
        ).strip()
        self._removed.update(match.group(1).lower() for match in _DANGEROUS.finditer(html))
        handlers = len(_HANDLER.findall(html))
        if handlers:
            self._removed["event handler"] = handlers
        attributes = {tag: set(names) for tag, names in _ATTRIBUTES.items()}
        fragment = nh3.clean(
            html.encode("utf-8", "replace").decode("utf-8"),
            tags=_TAGS,
            clean_content_tags={
                "script",
                "style",
                "title",
                "template",
                "noscript",
                "iframe",
                "object",
                "svg",
                "math",
            },
            attributes=attributes,
            attribute_filter=self._attribute,
            link_rel=None,
            url_schemes={"http", "https", "mailto", "tel", "cid", "data", "ftp", "sms"},
        )
        fragment = _IMG.sub(self._picture, fragment)
        return SafeHtml(
            self._numbered(fragment), sheets, tuple(self._links), tuple(self._pictures), dict(self._removed)
        )

    def _attribute(self, tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return safe_declarations(value, for_print=self._for_print) or None
        if name == "class":
            return " ".join(re.findall(r"[\w-]+", value)) or None
        if tag == "a" and name == "href":
            self._links.append(Link(len(self._links) + 1, value, purpose_of(value)))
            return f"#{len(self._links)}"
        if tag == "img" and name == "src":
            self._sources.append(value)
            return f"#{len(self._sources) - 1}"
        if self._for_print and name in {"width", "height"}:
            return self._narrow(tag, name, value)
        return value

    def _narrow(self, tag: str, name: str, value: str) -> str | None:
        if name == "height" and tag != "img":
            return None
        digits = re.fullmatch(r"\s*(\d{1,5})(?:px)?\s*", value)
        if digits and int(digits.group(1)) > 460:
            return "100%" if name == "width" else None
        return value

    def _picture(self, match: re.Match[str]) -> str:
        attributes = {name: escaping.unescape(value) for name, value in _ATTRIBUTE.findall(match.group(1))}
        index = attributes.pop("src", "")[1:]
        source = self._sources[int(index)].strip() if index.isdecimal() else ""
        alternative = attributes.get("alt", "").strip()
        data = self._data(source)
        if data is not None:
            self._pictures.append(Picture(source[:200], alternative, "shown"))
            kept = {
                k: v for k, v in attributes.items() if k in {"width", "height", "style", "class", "align"}
            }
            rest = "".join(f' {name}="{escaping.escape(value)}"' for name, value in kept.items())
            return f'<img src="{data}" alt="{escaping.escape(alternative)}"{rest}>'
        outcome = self._outcome(source, attributes)
        self._pictures.append(Picture(source, alternative, outcome))
        self._removed[f"{outcome} picture"] += 1
        if outcome == "pixel":
            words = self._wording.pixel
        elif outcome == "missing":
            words = self._wording.missing
        elif alternative:
            words = self._wording.picture_with_text.replace("{text}", alternative)
        else:
            words = self._wording.picture
        return f'<span class="dsr-picture">[{escaping.escape(words)}]</span>'

    def _outcome(self, source: str, attributes: Mapping[str, str]) -> str:
        if source.lower().startswith("cid:") or not source:
            return "missing"
        if source.lower().startswith("data:"):
            return "refused"
        sizes = [attributes.get("width", ""), attributes.get("height", "")]
        style = attributes.get("style", "")
        tiny = any(re.fullmatch(r"\s*[01](?:px)?\s*", size) for size in sizes)
        if tiny or re.search(r"(?:^|;)(?:width|height|max-height):[01](?:px)?(?:;|$)|display:none", style):
            return "pixel"
        return "remote"

    def _data(self, source: str) -> str | None:
        if _DATA.fullmatch(source):
            return "".join(source.split())
        key = source[4:] if source.lower().startswith("cid:") else source
        part = self._inline.get(key.strip().strip("<>"))
        if part is None:
            return None
        content = part.content
        media_type = next((kind for kind, marks in _MAGIC.items() if content.startswith(marks)), None)
        if media_type is None or media_type not in _RASTER:
            return None
        return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"

    def _numbered(self, fragment: str) -> str:
        open_numbers: list[str] = []

        def replace(match: re.Match[str]) -> str:
            if match.group(0) == "</a>":
                number = open_numbers.pop() if open_numbers else ""
                return f"</span><sup>[{number}]</sup>" if number else "</span>"
            attributes = dict(_ATTRIBUTE.findall(match.group(1)))
            open_numbers.append(attributes.pop("href", "")[1:])
            rest = "".join(f' {name}="{value}"' for name, value in attributes.items() if name != "class")
            return f'<span class="dsr-link"{rest}>'

        return _ANCHOR.sub(replace, fragment)


def safe_frame(content: SafeHtml, language: str = "") -> str:
    """A whole page for the `srcdoc` of a sandboxed frame, with a policy that lets nothing load."""
    lang = f' lang="{escaping.escape(language)}"' if language else ""
    sheet = content.style_sheet.replace("<", "")
    return (
        f'<!DOCTYPE html><html{lang}><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><title>-</title>'
        "<style>body{margin:8px;font-family:sans-serif;background:#fff;color:#000;"
        "overflow-wrap:anywhere}"
        "img,table{max-width:100%}"
        ".dsr-picture{border:1px dashed #666;padding:2px 4px;color:#444;background:#fff}"
        f".dsr-link{{text-decoration:underline}}\n{sheet}</style></head><body>{content.html}</body></html>"
    )
