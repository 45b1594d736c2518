"""What all pages have in common: forms, languages, the case they are about, faults beside their fields."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from dsr_report.dates import day_of
from dsr_report.desk import wording
from dsr_report.desk.door import Address
from dsr_report.desk.folders import CaseFolder
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


@dataclass(slots=True)
class Ask:
    """One request, with all that a page needs to answer it."""

    request: Request
    session: Session | None
    language: Language
    form: Mapping[str, list[str]] = field(default_factory=dict)
    entry: CaseEntry | None = None
    folder: CaseFolder | None = None
    reviewed: CaseReview | None = None

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
        number = self.query("page")
        return int(number) if number.isdecimal() and len(number) < 6 else 0

    def part(self, name: str) -> str:
        """A part of the path."""
        return str(self.request.path_params.get(name, ""))

    def text(self, message: str) -> str:
        """A text in the language of the page."""
        return self.language.text(message)

    def in_words(self, sentence: str | None) -> str:
        """What an error says, in the language of the page and in the words of the desk."""
        return wording.in_words(sentence or "", self.language)


class Faults(dict[str, str]):
    """What is wrong with a form, by the name of its field."""

    def need(self, ask: Ask, name: str, message: str) -> str:
        """What a field says; it is a fault where it says nothing."""
        said = ask.value(name)
        if not said:
            self[name] = message
        return said

    def day(self, ask: Ask, name: str, *, needed: bool, today: date) -> date | None:
        """The day that a field names, in any of the usual forms; not one that has not come."""
        said = ask.value(name)
        if not said:
            if needed:
                self[name] = ask.text("Enter the day, such as 2026-03-05.")
            return None
        try:
            day = day_of(said, ask.language.code)
        except DsrReportError:
            self[name] = ask.text("This is not a day. Write it like 2026-03-05.")
            return None
        if day > today:
            self[name] = ask.text("This day has not come yet.")
            return None
        return day


Handler = Callable[[Ask], Response]


class Pages:
    """Makes pages; the handlers of each subject have one."""

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

    def html(self, ask: Ask, name: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        """A page from its template."""
        settings = self.office.folder.settings
        is_case = ask.entry is not None
        page = page_of(
            name,
            ask.language,
            root=self.address.root,
            languages=wording.language_names(),
            actor=ask.actor,
            signed_in=ask.session is not None,
            keys=bool(settings.get("keys", True)),
            idle_minutes=self.office.sessions.idle_minutes,
            case=ask.entry,
            case_root=f"{self.address.root}/case/{ask.place.id}" if is_case else "",
            case_due=wording.due(ask.case, ask.language) if is_case else "",
            case_subject=wording.subject(ask.case, ask.language) if is_case else "",
            given=_Given(ask),
            **{"faults": {}, "said": "", **context},
        )
        return HTMLResponse(page, status)

    def to(self, path: str) -> Response:
        """On to another page, which a reload asks for again."""
        return RedirectResponse(self.address.root + path, 303)

    def to_case(self, ask: Ask, path: str = "") -> Response:
        """On to another page of the case."""
        return self.to(f"/case/{ask.place.id}{path}")

    def problem(self, ask: Ask, what: str, hint: str = "", *, where: str = "", status: int = 422) -> Response:
        """A page that says what went wrong, and what to do."""
        return self.html(ask, "problem", status=status, what=what, hint=hint, where=where)

    def error(self, ask: Ask, error: DsrReportError) -> Response:
        """A page that says what an error says; where, if that is a file."""
        status = 409 if isinstance(error, RegisterError) else 422
        where = (error.where or "") if isinstance(error, (ConfigError, FileError)) else ""
        what, hint = ask.in_words(error.what), ask.in_words(error.hint)
        return self.problem(ask, what, hint, where=where, status=status)

    def route(self, handler: Handler, *, of_case: bool = False) -> Callable[[Request], Awaitable[Response]]:
        """An endpoint: the form is read, the case looked up, errors become pages."""

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
            return await run_in_threadpool(self.answer, request, handler, form, of_case)

        return endpoint

    def ask(self, request: Request, form: Mapping[str, list[str]] | None = None) -> Ask:
        """A request with its session and language."""
        return Ask(request, request.scope.get("desk.session"), self.language(request), form or {})

    def answer(
        self,
        request: Request,
        handler: Handler,
        form: Mapping[str, list[str]],
        of_case: bool,  # noqa: FBT001 - only called above
    ) -> Response:
        """Answer one request, whatever happens."""
        ask = self.ask(request, form)
        try:
            if of_case:
                found = self.office.case(ask.part("case"))
                if found is None:
                    return self.problem(ask, ask.text("There is no such case."), status=404)
                ask.entry, ask.folder = found
            return handler(ask)
        except DsrReportError as error:
            return self.error(ask, error)


class _Given:
    """What was entered, for a form that is shown again."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def __call__(self, name: str, otherwise: object = "") -> str:
        """What a field said; else what it is filled with."""
        return self._ask.form[name][0] if name in self._ask.form else str(otherwise or "")


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
    made.globals["language"] = language
    made.globals["what"] = lambda key: wording.what(key, language)
    made.globals["why"] = lambda key: wording.why(key, language)
    made.globals["shown"] = lambda finding: wording.excerpt(finding, language)
    made.filters["sentence"] = wording.as_sentence
    made.globals["said_by"] = lambda sentence: wording.in_words(sentence, language)
    made.globals["job_steps"] = _Told(wording.STEPS, language)
    for name in ("STATES", "EVENTS", "DECIDED", "DECISIONS", "JOBS", "CHECKS", "CHANNELS"):
        made.globals[name.lower()] = _Told(getattr(wording, name), language)
    made.globals["file_reasons"] = _Told(wording.FILE_REASONS, language)
    return made


class _Told:
    """Words by their keys, in one language; what has no word is said as it is."""

    def __init__(self, words: Mapping[str, str], language: Language) -> None:
        self._words = words
        self._language = language

    def __call__(self, key: str) -> str:
        return self._language.text(self._words.get(key, key))
