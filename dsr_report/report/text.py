"""Text of an export as HTML: printable, escaped, isolated from the direction of the text around it."""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from dsr_report.printable import printable

_SCHEME = re.compile(r"\b(https?|ftp)://", re.IGNORECASE)


def shown(text: str) -> Markup:
    """`text` as HTML, with its line ends."""
    lines = printable(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return Markup('<bdi class="v">{}</bdi>').format(Markup("<br>").join(escape(line) for line in lines))


def inline(text: str) -> str:
    """`text` as HTML on one line, without a frame of its own."""
    return str(escape(printable(text)))


def paragraphs(text: str) -> Markup:
    """A long text as paragraphs: blank lines part them, line ends stay."""
    clean = printable(text.replace("\r\n", "\n").replace("\r", "\n"))
    parts = re.split(r"\n[ \t]*\n\s*", clean.strip("\n"))
    return Markup("").join(
        Markup('<p dir="auto">{}</p>').format(Markup("<br>").join(escape(line) for line in part.split("\n")))
        for part in parts
        if part
    )


def inert(text: str) -> str:
    """`text` with addresses that no viewer turns into links: the scheme stands apart from the rest."""
    return _SCHEME.sub(r"\1: //", text)
