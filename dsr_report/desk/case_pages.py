"""Pages on cases: the list, a new request, one case with its tasks, and its running job."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from starlette.responses import Response

from dsr_report.desk import wording
from dsr_report.desk.jobs import Job
from dsr_report.desk.pages import Ask, Handler
from dsr_report.errors import DsrReportError, RegisterError
from dsr_report.jsonstream.subjects import Subject
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.obtain import subject_named
from dsr_report.register.entries import CaseEntry
from dsr_report.rendering.configuration import missing_from
from dsr_report.sentences import translatable as _
from dsr_report.times import DEFAULT_ZONE

_ZONE = ZoneInfo(DEFAULT_ZONE)
_PAGE = 50
"""Cases on one page of the list: a few screens."""
_STEPS = ("whom", "type", "received", "channel", "language", "reference")


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the list."""

    entry: CaseEntry
    id: str
    subject: str
    due: str
    next: str
    """The next step, in words."""


class CaseTask(NamedTuple):
    """A task of a case; `state` is `done`, `todo`, `open` or `later`."""

    text: str
    state: str
    told: str
    href: str


# ---- all cases, and a new one


def cases(ask: Ask, *, status: int = 0) -> Response:
    """The cases, the most urgent first."""
    is_all = ask.query("all") == "yes"
    found = ask.office.register.cases(everything=is_all)
    wanted = ask.query("find").strip().casefold()
    if wanted:
        found = [one for one in found if wanted in one.reference.casefold()]
    page = ask.page
    lines = [
        CaseLine(
            entry,
            ask.office.folder.case(entry.reference).id,
            wording.subject(entry, ask.language),
            wording.due(entry, ask.language),
            wording.next_step(entry, ask.language),
        )
        for entry in found[page * _PAGE : (page + 1) * _PAGE]
    ]
    return ask.html(
        "cases",
        status=status,
        cases=lines,
        find=ask.query("find"),
        all=is_all,
        page=page,
        more=len(found) > (page + 1) * _PAGE,
    )


def upload_fault(ask: Ask, reference: str | None, fault: str, status: int) -> Response:
    """The page of the upload form, with the reason why the file was rejected."""
    ask.faults["file"] = fault
    if reference is None:
        return cases(ask, status=status)
    ask.show(reference)
    return show_case(ask, status=status)


def new(ask: Ask) -> Response:
    """Log a new request, one question a page."""
    step = 1
    if ask.is_post:
        at = ask.value("step")
        step = int(at) if at in {"1", "2", "3", "4"} else 1
        if ask.value("go") == "back":
            step = max(step - 1, 1)
        else:
            subject, received = _check_form(ask, step)
            first = min(map(_step_of, ask.faults), default=5)
            if step == 4 < first:
                return _log_request(ask, subject, received)
            step = min(first, step + 1)
            ask.faults = {name: text for name, text in ask.faults.items() if _step_of(name) == step == first}
    kept = [(name, ask.value(name)) for name in _STEPS if name in ask.form and _step_of(name) != step]
    return ask.html(
        "new",
        step=step,
        kept=kept,
        whom=ask.value("whom"),
        channels=[("", ask.text("not known")), *((k, ask.text(v)) for k, v in wording.CHANNELS.items())],
        summary=_summary(ask),
    )


def _check_form(ask: Ask, step: int) -> tuple[Subject | None, date | None]:
    subject = None
    if ask.value("whom"):
        try:
            subject = subject_named(ask.value("whom"), ask.value("type") or None)
        except DsrReportError:
            ask.faults["whom"] = ask.text("This is neither a number nor an e-mail address.")
    received = ask.need_day("received") if step >= 2 else None
    if step >= 3 and ask.value("language") not in LANGUAGES:
        ask.faults["language"] = ask.text("Choose a language.")
    return subject, received


def _log_request(ask: Ask, subject: Subject | None, received: date | None) -> Response:
    reference = ask.office.new_case(
        subject,
        received_on=received,
        channel=ask.value("channel"),
        language=ask.value("language"),
        reference=ask.value("reference"),
        actor=ask.actor,
    )
    ask.show(reference)
    return fetch(ask) if subject is not None and ask.value("go") == "fetch" else ask.to_case()


def _summary(ask: Ask) -> list[tuple[str, str]]:
    channel = wording.CHANNELS.get(ask.value("channel"), "")
    return [
        (ask.text("About"), ask.value("whom") or ask.text("not known yet")),
        (ask.text("Arrived"), ask.value("received")),
        (ask.text("How"), ask.text(channel) if channel else ask.text("not known")),
        (ask.text("Language of the report"), wording.language_names().get(ask.value("language"), "")),
        (ask.text("Your reference"), ask.value("reference") or ask.text("the next number")),
    ]


# ---- one case


def show_case(ask: Ask, *, status: int = 0) -> Response:
    """A case: its tasks, its deadline, its log."""
    case, register = ask.case, ask.office.register
    export = ask.office.export(case.reference)
    tasks = tasks_of(ask)
    last = ask.office.jobs.of(case.reference)
    upcoming = next((task for task in tasks if task.state in {"todo", "open"} and task.href), None)
    has_answer = case.days_left is None
    return ask.html(
        "case",
        status=status,
        tasks=tasks,
        next=upcoming,
        may_fetch=not has_answer and export is None and case.subject_id is not None,
        is_open=not has_answer,
        has_export=export is not None,
        failed=last if last is not None and last.state == "failed" else None,
        paused=case.state in {"identity", "clarification"},
        period=_period(ask),
        period_open=bool(ask.faults) and "file" not in ask.faults,
        today=register.today,
        unknown=[one for one in register.requests_of(case.reference) if one.standing == "unknown"],
        log=[
            {
                "when": ask.language.moment(one.at, _ZONE),
                "text": ask.text(wording.EVENTS.get(one.event, one.event)),
                "actor": one.actor,
            }
            for one in reversed(register.events(case.reference))
        ],
    )


def _period(ask: Ask) -> list[tuple[str, str]]:
    case, language = ask.case, ask.language
    received = language.day(case.received_on)
    if case.received_assumed:
        received = ask.text("{day} (assumed: the day it was logged)").format(day=received)
    rows = [
        (ask.text("Received"), received),
        (ask.text("Answer by"), language.day(case.deadlines.latest)),
    ]
    if case.extended_on:
        rows.append((ask.text("Extended"), language.day(case.extended_on)))
    if not case.holidays_considered:
        rows.append((ask.text("Holidays"), ask.text("Public holidays are not considered.")))
    return rows


def tasks_of(ask: Ask) -> list[CaseTask]:
    """The tasks of a case, in order."""
    case, place = ask.case, ask.place
    export = ask.office.export(case.reference)
    sha256 = export.sha256 if export else None
    review = ask.office.review(case.reference)
    made = [one for one in place.made if sha256 in {None, one["export"]}]
    is_ended = case.closed_on is not None
    has_answer = case.days_left is None
    to_do, done, later = ask.text("not started"), ask.text("done"), ask.text("cannot start yet")

    def task(text: str, *, is_done: bool, may: bool, href: str, told: str = "") -> CaseTask:
        if is_done:
            return CaseTask(text, "done", done, href if may else "")
        if not may or is_ended:
            return CaseTask(text, "later", later, "")
        return CaseTask(text, "open" if told else "todo", told or to_do, href)

    received = task(
        ask.text("Note the day of receipt"),
        is_done=not case.received_assumed,
        may=not has_answer,
        href="#f-received",
    )
    has = export is not None
    job = ask.office.jobs.of(case.reference)
    is_fetching = job is not None and job.kind == "fetch" and job.state != "done"
    collect = task(
        ask.text("Collect the data"),
        is_done=has,
        may=is_fetching,
        href="/work",
        told=_fetch_state(ask, job) if job is not None and is_fetching else "",
    )
    if collect.state == "later" and not has_answer:
        collect = CaseTask(collect.text, "todo", to_do, "")
    left = review.still_open().left if review is not None else int(place.facts.get("reviewed") != sha256)
    missing = _count_missing(ask)
    return [
        received,
        collect,
        task(
            ask.text("See what was found"),
            is_done=has and place.facts.get("seen") == sha256,
            may=has,
            href="/found",
        ),
        task(
            ask.text("Decide what others should not see"),
            is_done=has and not left,
            may=has,
            href="/review",
            told=ask.language.count("{n} to go", "{n} to go", left) if review is not None and left else "",
        ),
        task(
            ask.text("Fill in the statements"),
            is_done=not missing,
            may=True,
            href="",
            told=ask.language.count("{n} missing", "{n} missing", missing) if missing else "",
        )._replace(href=f"/statements?language={ask.office.language_of(place)}"),
        task(ask.text("Make the report"), is_done=bool(made), may=has, href="/make"),
        task(
            ask.text("Check what was made"),
            is_done=bool(made) and all(one["ok"] for one in made[-1:]),
            may=bool(made),
            href="/result",
        ),
        task(ask.text("Answer the person"), is_done=has_answer, may=bool(made), href="/reply"),
        task(ask.text("Close the case"), is_done=is_ended, may=has_answer, href="/close"),
    ]


def _count_missing(ask: Ask) -> int:
    return len(missing_from(ask.office.config, language_of(ask.office.language_of(ask.place))))


def with_case(handler: Handler) -> Handler:
    """Wrap a handler to look up the case in the URL first."""

    def answer(ask: Ask) -> Response:
        found = ask.office.case(ask.part("case"))
        if found is None:
            return ask.problem(ask.text("There is no such case."), status=404)
        ask.entry, ask.folder = found
        return handler(ask)

    return answer


def with_review(handler: Handler) -> Handler:
    """Wrap a handler that needs the review; without one, start the job that reads the export."""

    def answer(ask: Ask) -> Response:
        reference = ask.case.reference
        ask.reviewed = ask.office.review(reference)
        if ask.reviewed is not None:
            return handler(ask)
        if ask.office.export(reference) is None:
            return ask.to_case()
        own = ask.request.url.path.partition(f"/case/{ask.place.id}")[2]
        return ask.start("read", {"next": "/review" if ask.is_post else own})

    return answer


# ---- the period


def note_received(ask: Ask) -> Response:
    """Record the day on which the request arrived."""
    if day := ask.need_day("received"):
        ask.office.register.set_received(ask.case.reference, day, actor=ask.actor)
    return _noted(ask)


def pause(ask: Ask) -> Response:
    """Stop the clock."""
    if day := ask.need_day("paused"):
        why: Literal["identity", "clarification"] = (
            "clarification" if ask.value("why") == "clarification" else "identity"
        )
        ask.office.register.pause(ask.case.reference, why, on=day, actor=ask.actor)
    return _noted(ask)


def resume(ask: Ask) -> Response:
    """Resume the clock."""
    if day := ask.need_day("resumed"):
        ask.office.register.resume(ask.case.reference, on=day, actor=ask.actor)
    return _noted(ask)


def extend(ask: Ask) -> Response:
    """Record that the person was told of an extension by two months."""
    if reason := ask.need("reason", ask.text("Enter the reason: the person must be told.")):
        ask.office.register.extend(ask.case.reference, reason, actor=ask.actor)
    return _noted(ask)


def refuse(ask: Ask) -> Response:
    """Record that the person was told of a refusal."""
    ground = ask.need("ground", ask.text("Enter the ground: the person must be told."))
    ask.need_tick("sure", ask.text("Tick this once the person was told."))
    if not ask.faults:
        ask.office.register.refuse(ask.case.reference, ground, actor=ask.actor)
    return _noted(ask)


def withdraw(ask: Ask) -> Response:
    """Record that the person withdrew the request."""
    ask.need_tick("withdrawn", ask.text("Tick this if the person took it back."))
    if not ask.faults:
        ask.office.register.withdraw(ask.case.reference, actor=ask.actor)
    return _noted(ask, "/close")


def _noted(ask: Ask, path: str = "") -> Response:
    """Redirect to a page of the case, or show the form again if it has faults."""
    return show_case(ask) if ask.faults else ask.to_case(path)


# ---- work


def request(ask: Ask) -> Response:
    """Resolve a data request of unknown outcome: abandon it, or attach its request id."""
    register = ask.office.register
    number = ask.value("number")
    found = [one for one in register.requests_of(ask.case.reference) if one.standing == "unknown"]
    entry = next((one for one in found if str(one.number) == number), None)
    if entry is None:
        return ask.to_case()
    if ask.value("go") == "abandon":
        register.abandon(entry.number, reason="not in the dashboard", actor=ask.actor)
        return ask.to_case()
    request_id = ask.need("request", ask.text("Enter the id that the dashboard shows."))
    if ask.faults:
        return show_case(ask)
    register.attach_request_id(entry.number, request_id, actor=ask.actor)
    return fetch(ask)


def fetch(ask: Ask) -> Response:
    """Start fetching the data of the case's person from Copernica."""
    case = ask.case
    if case.subject_type is None or case.subject_id is None:
        raise RegisterError(_("the register does not know whom this case is about"), where=case.reference)
    return ask.start("fetch", {"type": case.subject_type, "id": case.subject_id})


def work(ask: Ask, template: str = "work") -> Response:
    """The status of a case's job."""
    job = ask.office.jobs.of(ask.case.reference)
    return ask.to_case() if job is None else ask.html(template, job=job, left=_time_left(job, ask))


def work_state(ask: Ask) -> Response:
    """The status of a case's job, as the fragment of the page that is refreshed."""
    return work(ask, "work_state")


def work_next(ask: Ask) -> Response:
    """Redirect to the page that follows a finished job."""
    job = ask.office.jobs.of(ask.case.reference)
    then = {"fetch": "/found", "read": "/found", "make": "/result", "preview": "/preview"}
    if job is None or job.state != "done":
        return ask.to_case("/work")
    return ask.to_case(str(job.options.get("next") or then[job.kind]))


def work_stop(ask: Ask) -> Response:
    """Stop the job of a case."""
    ask.office.jobs.stop(ask.case.reference)
    return ask.to_case("/work")


def work_again(ask: Ask) -> Response:
    """Restart the job of a case with the same options."""
    job = ask.office.jobs.of(ask.case.reference)
    if job is not None and not job.is_active:
        return ask.start(job.kind, job.options)
    return ask.to_case("/work")


def _step_of(name: str) -> int:
    return {"whom": 1, "type": 1, "received": 2, "channel": 2}.get(name, 3)


def _time_left(job: Job, ask: Ask) -> str:
    seconds = job.seconds_left
    if seconds is None:
        return ""
    if seconds < 60:
        return ask.text("less than a minute left")
    return ask.language.count("about {n} minute left", "about {n} minutes left", math.ceil(seconds / 60))


def _fetch_state(ask: Ask, job: Job) -> str:
    """The status of a fetch job, in a word or two."""
    return ask.text("under way") if job.is_active else ask.text("did not work")
