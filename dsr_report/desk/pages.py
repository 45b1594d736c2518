"""What all pages have in common: forms, languages, the case they are about, faults beside their fields."""

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
from dsr_report.desk.jobs import Kind
from dsr_report.desk.office import Office
from dsr_report.desk.review import CaseReview
from dsr_report.desk.sessions import Session
from dsr_report.errors import ConfigError, DsrReportError, FileError, RegisterError
from dsr_report.languages import LANGUAGES, Language, language_of
from dsr_report.lexicon import SOURCE_LANGUAGE
from dsr_report.register.entries import CaseEntry
from dsr_report.rendering.environment import environment

_FORM_BYTES = 2 << 20
_MOST_FIELDS = 2_000
_DIGITS = 12
"""Of a number in a form or an address: more than any export has records."""


@dataclass(slots=True)
class Ask:
    """One request, with all that a page needs to answer it."""

    pages: Pages
    request: Request
    session: Session | None
    language: Language
    form: Mapping[str, list[str]] = field(default_factory=dict)
    entry: CaseEntry | None = None
    folder: CaseFolder | None = None
    reviewed: CaseReview | None = None
    faults: dict[str, str] = field(default_factory=dict)
    """What is wrong with the form, by the name of its field."""

    @property
    def office(self) -> Office:
        """The desk's work."""
        return self.pages.office

    @property
    def is_post(self) -> bool:
        """Whether something is to be changed."""
        return self.request.method == "POST"

    @property
    def actor(self) -> str:
        """Who works here."""
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
        """Let the page be about a case."""
        self.entry, self.folder = self.office.register.case(reference), self.office.folder.case(reference)

    # ---- what is asked

    def value(self, name: str) -> str:
        """What a field of the form says, or of the address where there is no form."""
        found = self.form.get(name)
        return (found[0] if found else "").replace("\x00", "").strip()

    def query(self, name: str) -> str:
        """What the address says after its `?`."""
        return self.request.query_params.get(name, "")

    @property
    def page(self) -> int:
        """Which page of a list is asked for, from 0."""
        return number_in(self.query("page")) or 0

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params.get(name, ""))

    def need(self, name: str, fault: str) -> str:
        """What a field says; it is a fault where it says nothing."""
        said = self.value(name)
        if not said:
            self.faults[name] = fault
        return said

    def need_tick(self, name: str, fault: str) -> None:
        """It is a fault where a box is not ticked."""
        if self.value(name) != "yes":
            self.faults[name] = fault

    def need_day(self, name: str) -> date | None:
        """The day that a field names, in any of the usual forms; not one that has not come."""
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

    # ---- what is answered

    def text(self, message: str) -> str:
        """A text in the language of the page."""
        return self.language.text(message)

    def in_words(self, sentence: str | None) -> str:
        """What an error says, in the language of the page and in the words of the desk."""
        return wording.in_words(sentence or "", self.language)

    def given(self, name: str, otherwise: object = "") -> str:
        """What was entered into a field, for a form that is shown again; else what it is filled with."""
        return self.form[name][0] if name in self.form else str(otherwise or "")

    def html(self, name: str, *, status: int = 0, **context: Any) -> HTMLResponse:
        """A page from its template; its status says whether the form has faults, if nothing else is said."""
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
        """On to another page, which a reload asks for again."""
        return RedirectResponse(self.pages.address.root + path, 303)

    def to_case(self, path: str = "") -> Response:
        """On to another page of the case."""
        return self.to(f"/case/{self.place.id}{path}")

    def start(self, kind: Kind, options: dict[str, Any]) -> Response:
        """Start a job of the case, and on to the page that shows it."""
        self.office.jobs.start(self.case.reference, kind, options, actor=self.actor)
        return self.to_case("/work")

    def problem(self, what: str, hint: str = "", *, where: str = "", status: int = 422) -> Response:
        """A page that says what went wrong, and what to do."""
        return self.html("problem", status=status, what=what, hint=hint, where=where)

    def error(self, error: DsrReportError) -> Response:
        """A page that says what an error says; where, if that is a file."""
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
        """The language of the desk: chosen, or the first of the browser's that we have."""
        chosen = self.office.folder.settings.get("language")
        if chosen in LANGUAGES:
            return language_of(str(chosen))
        for wanted in request.headers.get("accept-language", "").split(","):
            code = wanted.split(";")[0].strip()[:2].lower()
            if code in LANGUAGES:
                return language_of(code)
        return language_of(SOURCE_LANGUAGE)

    def route(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint: the form is read, and errors become pages."""

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
    """The number that a form or an address names; None where it is none."""
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else None


def page_of(name: str, language: Language, /, **context: Any) -> str:
    """A page of the desk from its template, without the frame of the desk unless the template extends it."""
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
    """A word by its key, in a language; what has no word is said as it is."""
    return language.text(words.get(key, key))
