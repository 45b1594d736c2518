"""The shell around the parts of a report: sections, the HTML page, the page that a PDF is laid out from.

The templates are in `templates/report/shell/`; an operator's own take precedence.
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
from dsr_report.rendering.environment import environment, stylesheet

CONTENT_SECURITY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'"
)
"""Content security policy: a page loads nothing from outside. Frames of messages (`srcdoc`) inherit it."""


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
        """Wrap the HTML of a part, as rendered or as processed by a writer, in its section."""
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
        """Yield an HTML page in pieces; sections are consumed one by one.

        Args:
            sections: the content of the page.
            page_title: its title; that of the document by default.
            proof: manifest, ledger and seal, each in pieces.
            heading: the heading of the page, if its first section has none.
            links: links to neighbouring pages.
            links_above: whether these links are also above the content.
            pages: links to all other pages, if the page has no others to them.
            is_whole: whether it holds all chapters, and so has navigation and filters.

        Raises:
            LedgerError: an operator's template omits a section.
            UsageError: an operator's template omits the content security policy.
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
        """Return the HTML page from which some sections are laid out for a PDF."""
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
        of_pages = (stylesheet(name, self._document.templates) for name in ("page.css", "print.css"))
        css = "\n".join((*of_pages, self._document.stylesheet))
        return Markup(css.replace("</", "<\\/"))  # noqa: S704 - nothing in it can end its element


class _Printing:
    """Iterates over sections, and checks that the template printed each before it yields the next."""

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
        """Check off the open section if `piece` of the output contains it."""
        if self._open is not None and self._open in piece:
            self._open = None

    def finish(self) -> None:
        """Check that all sections were consumed.

        Raises:
            LedgerError: a section was not printed.
        """
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
    """HTML as UTF-8; lone surrogates, which UTF-8 cannot encode, as their code point in text."""
    try:
        return html.encode()
    except UnicodeEncodeError:
        return printable(html).encode()
