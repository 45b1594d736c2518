"""What stands around the parts of a report: sections, the page of HTML, the page that a PDF is laid out from.

The templates are in `templates/report/shell/`; an operator's own go before them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from jinja2 import Template
from markupsafe import Markup

from dsr_report.errors import LedgerError, UsageError
from dsr_report.languages import language_of
from dsr_report.printable import printable
from dsr_report.rendering.document import Part, ReportDocument
from dsr_report.rendering.environment import environment
from dsr_report.shipped import shipped

CONTENT_SECURITY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'"
)
"""What a page may load: what is in it. Frames of messages (`srcdoc`) inherit it."""


class NavigationLink(NamedTuple):
    """A link to another page of a package; `rel` says how that page relates to this one."""

    rel: str
    href: str
    text: str


class Shell:
    """Fills the templates around the parts of one document."""

    def __init__(self, document: ReportDocument) -> None:
        self._document = document
        self._environment = environment(language_of(document.language_code), document.templates)
        self._section = self._template("section")

    def section(self, part: Part, html: str) -> str:
        """The HTML of a part, or what a writer made of it, within its section."""
        return self._section.render(part=part, html=Markup(html))  # noqa: S704 - rendered by our templates

    def page(
        self,
        sections: Iterable[str],
        *,
        page_title: str = "",
        proof: Iterable[tuple[str, Iterable[Markup]]] = (),
        heading: str = "",
        links: tuple[NavigationLink, ...] = (),
        links_above: bool = False,
        pages: tuple[NavigationLink, ...] = (),
        is_whole: bool = False,
    ) -> Iterator[bytes]:
        """A page of HTML in pieces; its sections are asked for one by one.

        Args:
            sections: what the page holds.
            page_title: its title; that of the document by default.
            proof: manifest, ledger and seal, each in pieces.
            heading: what the page is called, where its first section does not say so.
            links: the pages around it.
            links_above: those stand above it, too.
            pages: all other pages, where nothing else on this one leads to them.
            is_whole: it holds all chapters, and has the contents in reach.

        Raises:
            LedgerError: an operator's template leaves out a section.
            UsageError: it leaves out what keeps a page from loading anything.
        """
        document = self._document
        printing = _Printing(sections)
        pieces = self._template("page").generate(
            language=document.language_code,
            content_security=Markup(CONTENT_SECURITY),  # noqa: S704 - a constant
            generator=document.generator,
            proof=proof,
            page_title=page_title or document.title,
            title=document.title,
            stylesheet=self._stylesheet(),
            running_header=document.running_header,
            heading=heading,
            links=links,
            links_above=links_above,
            links_below=bool(links),
            pages=pages,
            contents=document.contents if is_whole else (),
            filters=document.filters if is_whole else (),
            sections=printing,
        )
        is_secured = False
        for piece in pieces:
            is_secured = is_secured or CONTENT_SECURITY in piece
            printing.note_written(piece)
            yield utf8(piece)
        printing.finish()
        yield b"\n"
        if not is_secured:
            raise UsageError(
                "the template has no content security policy",
                where="report/shell/page.html.j2",
                hint="Keep the meta element Content-Security-Policy of the shipped template.",
            )

    def to_lay_out(self, sections: Iterable[str]) -> str:
        """Some sections as the page that a PDF's pages are laid out from."""
        document = self._document
        return self._template("print").render(
            language=document.language_code, title=document.title, sections=map(Markup, sections)
        )

    def running_header(self) -> str:
        """The running header of a PDF."""
        document = self._document
        return self._template("running_header").render(
            language=document.language_code, running_header=document.running_header
        )

    def _template(self, name: str) -> Template:
        return self._environment.get_template(f"report/shell/{name}.html.j2")

    def _stylesheet(self) -> Markup:
        styles = shipped("templates") / "styles"
        ours = [(styles / name).read_text(encoding="utf-8") for name in ("page.css", "print.css")]
        css = "\n".join((*ours, self._document.stylesheet))
        return Markup(css.replace("</", "<\\/"))  # noqa: S704 - nothing in it can end its element


class _Printing:
    """Hands out sections, and finds each in what the template made before it hands out the next."""

    def __init__(self, sections: Iterable[str]) -> None:
        self._sections = iter(sections)
        self._open: Markup | None = None

    def __iter__(self) -> Iterator[Markup]:
        for section in self._sections:
            self._check()
            self._open = Markup(section)  # noqa: S704 - rendered by our templates
            yield self._open
        self._check()

    def note_written(self, piece: str) -> None:
        """Take note of what was written."""
        if self._open is not None and self._open in piece:
            self._open = None

    def finish(self) -> None:
        """Make sure that all of them were asked for."""
        self._check()
        if next(self._sections, None) is not None:
            self._fail()

    def _check(self) -> None:
        if self._open is not None:
            self._fail()

    def _fail(self) -> None:
        raise LedgerError(
            "a part of the report would not be shown",
            where="report/shell/page.html.j2",
            hint="Nothing was written. Does a template of your own leave out the sections?",
        )


def utf8(html: str) -> bytes:
    """HTML as UTF-8; lone surrogates, which UTF-8 has no bytes for, by their number."""
    try:
        return html.encode()
    except UnicodeEncodeError:
        return printable(html).encode()
