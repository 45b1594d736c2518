"""A part of the report as the section that it is in every format."""

from __future__ import annotations

import re
from html import escape

from dsr_report.printable import printable
from dsr_report.rendering.document import Part

_NUMBERED = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));?")
_HIGHEST = 0x10FFFF


def section(part: Part, html: str) -> str:
    """The HTML of a part, or what a writer made of it, within its section."""
    kind = "part new-page" if part.new_page else "part"
    identity = "" if f'id="{part.anchor}"' in html else f' id="{escape(part.anchor)}"'
    return f'<section{identity} class="{kind}">{html}</section>\n'


def shown(html: str) -> str:
    """HTML without characters that no shipped font can show, as such or as references by number."""
    return _NUMBERED.sub(_reference, printable(html))


def encoded(html: str) -> bytes:
    """HTML as UTF-8; lone surrogates, which UTF-8 has no bytes for, by their number."""
    try:
        return html.encode()
    except UnicodeEncodeError:
        return printable(html).encode()


def _reference(match: re.Match[str]) -> str:
    number = int(match[1], 16) if match[1] else int(match[2])
    if number > _HIGHEST:
        return "\ufffd"
    seen = printable(chr(number))
    return match[0] if len(seen) == 1 else seen
