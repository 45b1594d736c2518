"""The cases, a new request, one case with what is to be done, and the work that runs for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from starlette.responses import Response

from dsr_report.desk import wording
from dsr_report.desk.jobs import Job
from dsr_report.desk.pages import Ask, Faults, Handler, Pages
from dsr_report.errors import DsrReportError, RegisterError
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.obtain import Subject, subject_named
from dsr_report.register.entries import CaseEntry
from dsr_report.rendering.configuration import missing_from
from dsr_report.sentences import translatable as _
from dsr_report.times import DEFAULT_ZONE

_ZONE = ZoneInfo(DEFAULT_ZONE)
_PAGE = 50
"""Cases on one page: some screens."""
_STEPS = ("whom", "type", "received", "channel", "language", "reference")


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the list."""

    entry: CaseEntry
    id: str
    subject: str
    due: str
    next: str
    """What is to be done next, in words."""


class CaseTask(NamedTuple):
    """One thing to be done for a case; `state` is done, todo, open or later."""

    text: str
    state: str
    told: str
    href: str


class CasePages:
    """Pages about cases."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._office = pages.office

    # ---- all cases, and a new one

    def cases(self, ask: Ask, *, fault: str = "", status: int = 200) -> Response:
        """The cases, the most urgent first."""
        is_all = ask.query("all") == "yes"
        found = self._office.register.cases(everything=is_all)
        wanted = ask.query("find").strip().casefold()
        if wanted:
            found = [one for one in found if wanted in one.reference.casefold()]
        page = ask.page
        lines = [
            CaseLine(
                entry,
                self._office.folder.case(entry.reference).id,
                wording.subject(entry, ask.language),
                wording.due(entry, ask.language),
                wording.next_step(entry, ask.language),
            )
            for entry in found[page * _PAGE : (page + 1) * _PAGE]
        ]
        return self._pages.html(
            ask,
            "cases",
            status=status,
            cases=lines,
            find=ask.query("find"),
            all=is_all,
            page=page,
            more=len(found) > (page + 1) * _PAGE,
            faults=Faults(file=fault) if fault else {},
        )

    def upload_fault(self, ask: Ask, reference: str | None, fault: str, status: int) -> Response:
        """The page that a file was dropped on, with why it was not taken."""
        if reference is None:
            return self.cases(ask, fault=fault, status=status)
        ask.entry = self._office.register.case(reference)
        ask.folder = self._office.folder.case(reference)
        return self.case(ask, Faults(file=fault), status=status)

    def new(self, ask: Ask) -> Response:
        """A new request, one question a page."""
        step, faults = 1, Faults()
        if ask.is_post:
            at = ask.value("step")
            step = int(at) if at in {"1", "2", "3", "4"} else 1
            if ask.value("go") == "back":
                step = max(step - 1, 1)
            else:
                subject, received = self._check_form(ask, faults)
                first = min((_step_of(name) for name in faults), default=5)
                if first <= step:
                    step = first
                elif step < 4:
                    step, faults = step + 1, Faults()
                else:
                    return self._log_request(ask, subject, received)
        kept = [(name, ask.value(name)) for name in _STEPS if name in ask.form and _step_of(name) != step]
        return self._pages.html(
            ask,
            "new",
            status=422 if faults else 200,
            step=step,
            faults={name: text for name, text in faults.items() if _step_of(name) == step},
            kept=kept,
            whom=ask.value("whom"),
            channels=[("", ask.text("not known")), *((k, ask.text(v)) for k, v in wording.CHANNELS.items())],
            summary=self._summary(ask),
        )

    def _check_form(self, ask: Ask, faults: Faults) -> tuple[Subject | None, date | None]:
        subject = None
        if ask.value("whom"):
            try:
                subject = subject_named(ask.value("whom"), ask.value("type") or None)
            except DsrReportError:
                faults["whom"] = ask.text("This is neither a number nor an e-mail address.")
        received = None
        if int(ask.value("step") or 1) >= 2:
            received = faults.day(ask, "received", needed=True, today=self._office.register.today)
        if int(ask.value("step") or 1) >= 3 and ask.value("language") not in LANGUAGES:
            faults["language"] = ask.text("Choose a language.")
        return subject, received

    def _log_request(self, ask: Ask, subject: Subject | None, received: date | None) -> Response:
        try:
            reference = self._office.new_case(
                subject,
                received_on=received,
                channel=ask.value("channel"),
                language=ask.value("language"),
                reference=ask.value("reference"),
                actor=ask.actor,
            )
        except DsrReportError as error:
            return self._pages.error(ask, error)
        if subject is not None and ask.value("go") == "fetch":
            options = {"type": subject.type, "id": subject.id}
            self._office.jobs.start(reference, "fetch", options, actor=ask.actor)
            return self._pages.to(f"/case/{self._office.folder.case(reference).id}/work")
        return self._pages.to(f"/case/{self._office.folder.case(reference).id}")

    def _summary(self, ask: Ask) -> list[tuple[str, str]]:
        channel = wording.CHANNELS.get(ask.value("channel"), "")
        return [
            (ask.text("About"), ask.value("whom") or ask.text("not known yet")),
            (ask.text("Arrived"), ask.value("received")),
            (ask.text("How"), ask.text(channel) if channel else ask.text("not known")),
            (ask.text("Language of the report"), wording.language_names().get(ask.value("language"), "")),
            (ask.text("Your reference"), ask.value("reference") or ask.text("the next number")),
        ]

    # ---- one case

    def case(self, ask: Ask, faults: Faults | None = None, *, status: int = 0) -> Response:
        """A case: what is to be done, the period, the log."""
        case, register = ask.case, self._office.register
        export = self._office.export(case.reference)
        tasks = self.tasks(ask)
        last = self._office.jobs.of(case.reference)
        upcoming = next((task for task in tasks if task.state in {"todo", "open"} and task.href), None)
        has_answer = case.days_left is None
        return self._pages.html(
            ask,
            "case",
            status=status or (422 if faults else 200),
            faults=faults or {},
            tasks=tasks,
            next=upcoming,
            may_fetch=not has_answer and export is None and case.subject_id is not None,
            is_open=not has_answer,
            has_export=export is not None,
            failed=last if last is not None and last.state == "failed" else None,
            paused=case.state in {"identity", "clarification"},
            period=self._period(ask),
            period_open=bool(faults) and "file" not in (faults or {}),
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

    def _period(self, ask: Ask) -> list[tuple[str, str]]:
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

    def tasks(self, ask: Ask) -> list[CaseTask]:
        """What is to be done for a case, in order."""
        case, place = ask.case, ask.place
        export = self._office.export(case.reference)
        review = self._office.review(case.reference)
        made = [one for one in place.made if export is None or one["export"] == export.sha256]
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
        job = self._office.jobs.of(case.reference)
        is_fetching = job is not None and job.kind == "fetch" and job.state != "done"
        collect = task(
            ask.text("Collect the data"),
            is_done=export is not None,
            may=is_fetching,
            href="/work",
            told="" if job is None or not is_fetching else _fetch_state(ask, job),
        )
        if collect.state == "later" and not has_answer:
            collect = CaseTask(collect.text, "todo", to_do, "")
        has = export is not None
        left = None
        if review is not None:
            still = review.still_open()
            left = len(still.undecided) + len(still.unread) + len(still.unopened)
        job_review = place.facts.get("reviewed") == (export.sha256 if export else None)
        missing = self._count_missing(ask)
        return [
            received,
            collect,
            task(
                ask.text("See what was found"),
                is_done=has and place.facts.get("seen") == export.sha256 if export else False,
                may=has,
                href="/found",
            ),
            task(
                ask.text("Decide what others should not see"),
                is_done=has and (left == 0 if left is not None else job_review),
                may=has,
                href="/review",
                told=ask.language.count("{n} to go", "{n} to go", left) if left else "",
            ),
            task(
                ask.text("Fill in the statements"),
                is_done=not missing,
                may=True,
                href="",
                told=ask.language.count("{n} missing", "{n} missing", missing) if missing else "",
            )._replace(href=f"/statements?language={self._office.language_of(place)}"),
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

    def _count_missing(self, ask: Ask) -> int:
        return len(missing_from(self._office.config, language_of(self._office.language_of(ask.place))))

    def begin(self, ask: Ask) -> Response:
        """After an export was taken in: what it holds is shown."""
        return self._pages.to_case(ask, "/found")

    def with_review(self, handler: Handler) -> Handler:
        """The handler, for when the case's export is read; else the way leads to the work that reads it."""

        def answer(ask: Ask) -> Response:
            reference = ask.case.reference
            ask.reviewed = self._office.review(reference)
            if ask.reviewed is not None:
                return handler(ask)
            if self._office.export(reference) is None:
                return self._pages.to_case(ask)
            own = ask.request.url.path.partition(f"/case/{ask.place.id}")[2]
            then = {"next": "/review" if ask.is_post else own}
            self._office.jobs.start(reference, "read", then, actor=ask.actor)
            return self._pages.to_case(ask, "/work")

        return answer

    # ---- the period

    def note_received(self, ask: Ask) -> Response:
        """Note the day on which the request arrived."""
        faults = Faults()
        day = faults.day(ask, "received", needed=True, today=self._office.register.today)
        if day is None:
            return self.case(ask, faults)
        self._office.register.set_received(ask.case.reference, day, actor=ask.actor)
        return self._pages.to_case(ask)

    def pause(self, ask: Ask) -> Response:
        """Stop the clock."""
        faults = Faults()
        day = faults.day(ask, "paused", needed=True, today=self._office.register.today)
        if day is None:
            return self.case(ask, faults)
        why: Literal["identity", "clarification"] = (
            "clarification" if ask.value("why") == "clarification" else "identity"
        )
        self._office.register.pause(ask.case.reference, why, on=day, actor=ask.actor)
        return self._pages.to_case(ask)

    def resume(self, ask: Ask) -> Response:
        """Let the clock run again."""
        faults = Faults()
        day = faults.day(ask, "resumed", needed=True, today=self._office.register.today)
        if day is None:
            return self.case(ask, faults)
        self._office.register.resume(ask.case.reference, on=day, actor=ask.actor)
        return self._pages.to_case(ask)

    def extend(self, ask: Ask) -> Response:
        """Note that the person was told of two months more."""
        faults = Faults()
        reason = faults.need(ask, "reason", ask.text("Enter the reason: the person must be told."))
        if faults:
            return self.case(ask, faults)
        self._office.register.extend(ask.case.reference, reason, actor=ask.actor)
        return self._pages.to_case(ask)

    def refuse(self, ask: Ask) -> Response:
        """Note that the person was told of a refusal."""
        faults = Faults()
        ground = faults.need(ask, "ground", ask.text("Enter the ground: the person must be told."))
        if ask.value("sure") != "yes":
            faults["sure"] = ask.text("Tick this once the person was told.")
        if faults:
            return self.case(ask, faults)
        self._office.register.refuse(ask.case.reference, ground, actor=ask.actor)
        return self._pages.to_case(ask)

    def withdraw(self, ask: Ask) -> Response:
        """Note that the person took the request back."""
        faults = Faults()
        if ask.value("withdrawn") != "yes":
            faults["withdrawn"] = ask.text("Tick this if the person took it back.")
            return self.case(ask, faults)
        self._office.register.withdraw(ask.case.reference, actor=ask.actor)
        return self._pages.to_case(ask, "/close")

    # ---- work

    def request(self, ask: Ask) -> Response:
        """Decide what became of a data request of which nobody knows whether it was made."""
        faults, register = Faults(), self._office.register
        number = ask.value("number")
        found = [one for one in register.requests_of(ask.case.reference) if one.standing == "unknown"]
        entry = next((one for one in found if str(one.number) == number), None)
        if entry is None:
            return self._pages.to_case(ask)
        if ask.value("go") == "abandon":
            register.abandon(entry.number, reason="not in the dashboard", actor=ask.actor)
            return self._pages.to_case(ask)
        request_id = faults.need(ask, "request", ask.text("Enter the id that the dashboard shows."))
        if faults:
            return self.case(ask, faults)
        register.attach_request_id(entry.number, request_id, actor=ask.actor)
        return self.fetch(ask)

    def fetch(self, ask: Ask) -> Response:
        """Ask Copernica for the data of the case's person."""
        case = ask.case
        if case.subject_type is None or case.subject_id is None:
            raise RegisterError(_("the register does not know whom this case is about"), where=case.reference)
        options = {"type": case.subject_type, "id": case.subject_id}
        self._office.jobs.start(case.reference, "fetch", options, actor=ask.actor)
        return self._pages.to_case(ask, "/work")

    def work(self, ask: Ask) -> Response:
        """How the job of a case stands."""
        job = self._office.jobs.of(ask.case.reference)
        if job is None:
            return self._pages.to_case(ask)
        return self._pages.html(ask, "work", job=job, left=_time_left(job, ask))

    def work_state(self, ask: Ask) -> Response:
        """The same, as the part of the page that changes."""
        job = self._office.jobs.of(ask.case.reference)
        if job is None:
            return self._pages.to_case(ask)
        return self._pages.html(ask, "work_state", job=job, left=_time_left(job, ask))

    def work_next(self, ask: Ask) -> Response:
        """Where a job leads to that is done."""
        job = self._office.jobs.of(ask.case.reference)
        then = {"fetch": "/found", "read": "/found", "make": "/result", "preview": "/preview"}
        if job is None or job.state != "done":
            return self._pages.to_case(ask, "/work")
        return self._pages.to_case(ask, str(job.options.get("next") or then[job.kind]))

    def work_stop(self, ask: Ask) -> Response:
        """Stop the job of a case."""
        self._office.jobs.stop(ask.case.reference)
        return self._pages.to_case(ask, "/work")

    def work_again(self, ask: Ask) -> Response:
        """Start the same job once more."""
        job = self._office.jobs.of(ask.case.reference)
        if job is not None and not job.is_active:
            self._office.jobs.start(ask.case.reference, job.kind, job.options, actor=ask.actor)
        return self._pages.to_case(ask, "/work")


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
    """How collecting the data stands, in a word or two."""
    return ask.text("under way") if job.is_active else ask.text("did not work")
