"""The common part of all pages: forms, languages, the case of a request, faults beside form fields."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from typing import Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dsr_report.dates import day_of
from dsr_report.desk import wording
from dsr_report.desk.door import Address
from dsr_report.desk.folders import CaseFolder
from dsr_report.desk.jobs import JobKind
from dsr_report.desk.office import Office
from dsr_report.desk.review import CaseReview
from dsr_report.desk.sessions import Session
from dsr_report.errors import ConfigError, DsrReportError, FileError, RegisterError
from dsr_report.languages import LANGUAGES, Language, language_of
from dsr_report.lexicon import SOURCE_LANGUAGE
from dsr_report.register.entries import CaseEntry
from dsr_report.rendering.environment import environment
from dsr_report.rendering.kinds import titles_of

_FORM_BYTES = 2 << 20
_MOST_FIELDS = 2_000
_DIGITS = 12
"""Digits of a number in a form or URL; longer ones are no numbers. No export has as many records."""


@dataclass(slots=True)
class Ask:
    """One HTTP request, with session, language, form and case."""

    pages: Pages
    request: Request
    session: Session | None
    language: Language
    form: Mapping[str, list[str]] = field(default_factory=dict)
    entry: CaseEntry | None = None
    folder: CaseFolder | None = None
    reviewed: CaseReview | None = None
    faults: dict[str, str] = field(default_factory=dict)
    """Name of a form field → what is wrong with it."""

    @property
    def office(self) -> Office:
        """The desk's work."""
        return self.pages.office

    @property
    def is_post(self) -> bool:
        """Whether the request changes something."""
        return self.request.method == "POST"

    @property
    def actor(self) -> str:
        """The name of the signed-in user; empty without a session."""
        return self.session.actor if self.session else ""

    @property
    def case(self) -> CaseEntry:
        """The case that the page is about."""
        assert self.entry is not None  # noqa: S101 - the route has it
        return self.entry

    @property
    def review(self) -> CaseReview:
        """The review of that case's export."""
        assert self.reviewed is not None  # noqa: S101 - the route has it
        return self.reviewed

    @property
    def place(self) -> CaseFolder:
        """The folder of that case."""
        assert self.folder is not None  # noqa: S101 - the route has it
        return self.folder

    def show(self, reference: str) -> None:
        """Set the case of the page."""
        self.entry, self.folder = self.office.register.case(reference), self.office.folder.case(reference)

    # ---- the request

    def value(self, name: str) -> str:
        """The trimmed value of a form field; empty if missing."""
        found = self.form.get(name)
        return (found[0] if found else "").replace("\x00", "").strip()

    def query(self, name: str) -> str:
        """A parameter of the query string; empty if missing."""
        return self.request.query_params.get(name, "")

    @property
    def page(self) -> int:
        """The requested page of a list, counted from 0."""
        return number_in(self.query("page")) or 0

    def part(self, name: str) -> str:
        """A parameter of the path; empty if missing."""
        return str(self.request.path_params.get(name, ""))

    def need(self, name: str, fault: str) -> str:
        """Return the value of a field; an empty one is a fault with this message."""
        said = self.value(name)
        if not said:
            self.faults[name] = fault
        return said

    def need_tick(self, name: str, fault: str) -> None:
        """Require a ticked box; an unticked one is a fault with this message."""
        if self.value(name) != "yes":
            self.faults[name] = fault

    def need_day(self, name: str) -> date | None:
        """Parse the day in a field, in any common format; a future day is a fault. None with a fault."""
        said = self.need(name, self.language.text("Enter the day, such as 2026-03-05."))
        if not said:
            return None
        try:
            day = day_of(said, self.language.code)
        except DsrReportError:
            self.faults[name] = self.language.text("This is not a day. Write it like 2026-03-05.")
            return None
        if day > self.office.register.today:
            self.faults[name] = self.language.text("This day has not come yet.")
            return None
        return day

    # ---- the response

    def text(self, message: str) -> str:
        """Translate a text into the language of the page."""
        return self.language.text(message)

    def kind(self, name: str) -> str:
        """The heading of a record of a kind, which may be one of the configuration."""
        return titles_of(name, self.office.config, self.language)[0]

    def in_words(self, sentence: str | None) -> str:
        """Translate an error's sentence into the language of the page, in the desk's terms."""
        return wording.in_words(sentence or "", self.language)

    def given(self, name: str, otherwise: object = "") -> str:
        """The entered value of a field, for displaying a form again; else its initial value."""
        return self.form[name][0] if name in self.form else str(otherwise or "")

    def html(self, name: str, *, status: int = 0, **context: Any) -> HTMLResponse:
        """Render a page from its template; the default status is 422 if the form has faults, else 200."""
        root, is_case = self.pages.address.root, self.entry is not None
        page = page_of(
            name,
            self.language,
            root=root,
            languages=wording.language_names(),
            actor=self.actor,
            signed_in=self.session is not None,
            keys=bool(self.office.folder.settings.get("keys", True)),
            idle_minutes=self.office.sessions.idle_minutes,
            case=self.entry,
            case_root=f"{root}/case/{self.place.id}" if is_case else "",
            case_due=wording.due(self.case, self.language) if is_case else "",
            case_subject=wording.subject(self.case, self.language) if is_case else "",
            given=self.given,
            **{"faults": self.faults, "said": "", **context},
        )
        return HTMLResponse(page, status or (422 if self.faults else 200))

    def to(self, path: str) -> Response:
        """Redirect to another page with 303, so that a reload does not repeat a POST."""
        return RedirectResponse(self.pages.address.root + path, 303)

    def to_case(self, path: str = "") -> Response:
        """Redirect to another page of the case."""
        return self.to(f"/case/{self.place.id}{path}")

    def start(self, kind: JobKind, options: dict[str, Any]) -> Response:
        """Start a job of the case, and redirect to its page."""
        self.office.jobs.start(self.case.reference, kind, options, actor=self.actor)
        return self.to_case("/work")

    def problem(self, what: str, hint: str = "", *, where: str = "", status: int = 422) -> Response:
        """An error page: what went wrong, and what to do."""
        return self.html("problem", status=status, what=what, hint=hint, where=where)

    def error(self, error: DsrReportError) -> Response:
        """An error page for an exception, with its place if that is a file."""
        status = 409 if isinstance(error, RegisterError) else 422
        where = (error.where or "") if isinstance(error, (ConfigError, FileError)) else ""
        return self.problem(self.in_words(error.what), self.in_words(error.hint), where=where, status=status)


Handler = Callable[[Ask], Response]


class Pages:
    """Answers requests with the handlers of pages."""

    def __init__(self, office: Office, address: Address) -> None:
        self.office = office
        self.address = address

    def language(self, request: Request) -> Language:
        """The desk's language: the one set, else the browser's first that we have, else English."""
        chosen = self.office.folder.settings.get("language")
        if chosen in LANGUAGES:
            return language_of(str(chosen))
        for wanted in request.headers.get("accept-language", "").split(","):
            code = wanted.partition(";")[0].partition("-")[0].strip().lower()
            if code in LANGUAGES:
                return language_of(code)
        return language_of(SOURCE_LANGUAGE)

    def route(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """Wrap a handler as an endpoint that reads the form, and turns our errors into pages."""

        async def endpoint(request: Request) -> Response:
            form: dict[str, list[str]] = {}
            if request.method == "POST":
                body = b""
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > _FORM_BYTES:
                        return Response("too large\n", 413)
                try:
                    form = parse_qs(
                        body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
                    )
                except ValueError:
                    return Response("not a form\n", 400)
            return await run_in_threadpool(answer, self.ask(request, form))

        def answer(ask: Ask) -> Response:
            try:
                return handler(ask)
            except DsrReportError as error:
                return ask.error(error)

        return endpoint

    def ask(self, request: Request, form: Mapping[str, list[str]] | None = None) -> Ask:
        """A request with its session and language."""
        return Ask(self, request, request.scope.get("desk.session"), self.language(request), form or {})


def number_in(text: str) -> int | None:
    """Parse a number from a form or URL; None if it is none."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None


def page_of(name: str, language: Language, /, **context: Any) -> str:
    """Render a template of the desk; it has the desk's layout only if it extends that."""
    page: str = (
        _environment(language.code).get_template(f"desk/{name}.html.j2").render(lang=language.code, **context)
    )
    return page


@cache
def _environment(code: str) -> Any:
    language = language_of(code)
    made = environment(language)
    made.globals |= {
        "language": language,
        "what": lambda key: wording.what(key, language),
        "why": lambda key: wording.why(key, language),
        "shown": lambda finding: wording.excerpt(finding, language),
        "said_by": lambda sentence: wording.in_words(sentence, language),
        **{name: partial(_word, words, language) for name, words in wording.VOCABULARIES.items()},
    }
    made.filters["sentence"] = wording.as_sentence
    return made


def _word(words: Mapping[str, str], language: Language, key: str) -> str:
    """The text for a key in a language; an unknown key is its own text."""
    return language.text(words.get(key, key))
