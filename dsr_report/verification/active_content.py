"""Finds active content in a finished HTML page or PDF: scripts, loads from the network, tracking links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pikepdf

from dsr_report.mime.links import purpose_of
from dsr_report.mime.pdf_text import parts_of
from dsr_report.sentences import Sentence

_BAD_ACTIONS = {
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToR",
    "/Rendition",
    "/RichMediaExecute",
}


class _Unsafe(HTMLParser):
    """Collects active content of a page and of the frames in it."""

    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []
        self.has_policy = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in {"script", "object", "embed", "form", "base", "applet", "audio", "video", "link"}:
            self.problems.append(Sentence("a <{tag}> element", tag=tag))
        if tag == "meta":
            equivalent = values.get("http-equiv", "").lower()
            if equivalent == "content-security-policy" and "default-src 'none'" in values.get("content", ""):
                self.has_policy = True
            elif equivalent == "refresh":
                self.problems.append(Sentence("a page that loads another"))
        if tag == "iframe":
            if values.get("sandbox", "missing") != "" or "src" in values:
                self.problems.append(Sentence("a frame that is not sandboxed"))
            inner = _Unsafe()
            inner.feed(values.get("srcdoc", ""))
            self.problems.extend(inner.problems)
            if not inner.has_policy:
                self.problems.append(Sentence("a frame without a content security policy"))
        for name, value in values.items():
            if name.startswith("on"):
                self.problems.append(Sentence("an event handler ({name})", name=name))
            elif name in {
                "src",
                "srcset",
                "background",
                "poster",
                "data",
                "xlink:href",
                "action",
                "formaction",
            }:
                if not value.startswith("data:image/"):
                    self.problems.append(
                        Sentence("something loaded from elsewhere ({tag} {name})", tag=tag, name=name)
                    )
            elif name == "style" and "url(" in value.lower().replace("url(data:", ""):
                self.problems.append(Sentence("a style that loads something"))
            elif name == "href" and tag != "a" and not value.startswith("#"):
                self.problems.append(
                    Sentence("something loaded from elsewhere ({tag} {name})", tag=tag, name="href")
                )
            elif name == "href" and re.match(r"\s*(javascript|data|vbscript)\s*:", value, re.IGNORECASE):
                self.problems.append(Sentence("a link that runs something"))
            elif name == "href" and _tracks(value):
                self.problems.append(Sentence("a link that tells who followed it"))


def _tracks(address: str) -> bool:
    """Whether an address is personal, so that the sender would learn who followed it."""
    return "//" in address and purpose_of(address) in {"tracking", "unsubscribe", "web-version"}


def unsafe_html(text: str) -> list[str]:
    """The active content of an HTML page, described in sentences; empty if there is none."""
    finder = _Unsafe()
    finder.feed(text)
    finder.close()
    problems = list(dict.fromkeys(finder.problems))
    if not finder.has_policy:
        problems.append(Sentence("no content security policy"))
    return problems


def unsafe_pdf(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield the active content of a PDF, described in sentences."""
    if "/AA" in pdf.Root:
        yield Sentence("actions of the document")
    if "/Names" in pdf.Root and "/JavaScript" in pdf.Root.Names:
        yield Sentence("scripts")
    yield from dict.fromkeys(
        one
        for thing in pdf.objects
        for part in parts_of(thing)
        if isinstance(part, pikepdf.Dictionary)
        for one in _of_action(part)
    )


def _of_action(action: pikepdf.Dictionary) -> Iterator[str]:
    stated = action.get("/S")
    kind = str(stated) if isinstance(stated, pikepdf.Name) else ""  # also where it is a reference to a name
    if kind in _BAD_ACTIONS:
        yield Sentence("an action of type {kind}", kind=kind[1:])
    if kind == "/URI" and _tracks(str(action.get("/URI", ""))):
        yield Sentence("a link that tells who followed it")
