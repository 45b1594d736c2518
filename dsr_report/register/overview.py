"""Read-only views of the register: cases with their dates, the log, yearly figures, calendar."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from statistics import median

import sqlalchemy as sa
from sqlalchemy.orm import Session

from dsr_report.errors import MissingExtraError
from dsr_report.register import chain
from dsr_report.register.calendar_file import Appointment, calendar_file
from dsr_report.register.deadlines import WARN_DAYS, Deadlines, deadlines
from dsr_report.register.entries import CaseEntry, EventEntry, Figures, FileEntry, Urgency, columns_of
from dsr_report.register.journal import Pen, lookup_key, no_such_case
from dsr_report.register.models import Case, Event, File
from dsr_report.register.requests import file_entry
from dsr_report.register.states import CaseState, Happening, derive

SOON_DAYS = WARN_DAYS[0]
_DATED = ("received", "receipt-noted", "paused", "resumed", "extended", "sent", "refused", "withdrawn")
_LAST = ("closed", "forgotten", "rendered")
_ORDER: dict[Urgency, int] = {"overdue": 0, "due-soon": 1, "open": 2, "answered": 3}


class Overview:
    """The read-only part of the register."""

    _pen: Pen
    _extra_holidays: frozenset[date]

    @property
    def today(self) -> date:
        """Today's date in the controller's zone."""
        return self._pen.today

    def cases(self, *, everything: bool = False) -> list[CaseEntry]:
        """The cases that are not closed, or all of them: the most urgent first."""
        with self._pen.database.reading() as session:
            which = sa.true() if everything else Case.closed_on.is_(None)
            return self._entries(session, which)

    def due(self, within: timedelta = timedelta(days=SOON_DAYS)) -> list[CaseEntry]:
        """The cases that are overdue, or whose nominal end comes within this time."""
        with self._pen.database.reading() as session:
            entries = self._entries(session, Case.is_open)
        return [one for one in entries if one.days_left is not None and one.days_left <= within.days]

    def case(self, reference: str) -> CaseEntry:
        """One case.

        Raises:
            RegisterError: there is none with this reference.
        """
        with self._pen.database.reading() as session:
            entries = self._entries(session, Case.reference == reference)
        if not entries:
            raise no_such_case(reference)
        return entries[0]

    def cases_about(self, subject_type: str, subject_id: str | int) -> list[CaseEntry]:
        """The cases about a subject, also closed ones, as long as they are not forgotten."""
        with self._pen.database.reading() as session:
            digest = chain.lookup_hash(lookup_key(session), subject_type, str(subject_id))
            return self._entries(session, (Case.subject_type == subject_type) & (Case.subject_hash == digest))

    def case_of_file(self, sha256: str) -> CaseEntry | None:
        """The case that a file belongs to, such as a disclosure about to be sent; the newest, of several."""
        with self._pen.database.reading() as session:
            query = sa.select(File.case_id).where(File.sha256 == sha256).order_by(File.id.desc())
            case_id = session.scalars(query).first()
            return None if case_id is None else self._entries(session, Case.id == case_id)[0]

    def files(self, reference: str) -> list[FileEntry]:
        """The files of a case: exports and disclosures."""
        with self._pen.database.reading() as session:
            query = sa.select(File).join(Case).where(Case.reference == reference).order_by(File.id)
            return [file_entry(row) for row in session.scalars(query)]

    def events(self, reference: str) -> list[EventEntry]:
        """The log of a case."""
        with self._pen.database.reading() as session:
            query = sa.select(Event).join(Case).where(Case.reference == reference).order_by(Event.number)
            return [_event_entry(row) for row in session.scalars(query)]

    def figures(self, year: int) -> Figures:
        """The figures of the requests received in a year."""
        with self._pen.database.reading() as session:
            within = Case.received_on.between(date(year, 1, 1), date(year, 12, 31))
            cases = list(session.scalars(sa.select(Case).where(within).order_by(Case.id)))
            states = dict(_states(session, within))
        cases = [case for case in cases if not (case.id in states and states[case.id].mistaken)]
        days: list[int] = []
        late = 0
        for case in cases:
            state = states.get(case.id, CaseState())
            reply = state.replied_on
            latest = self._dates(case, state)[0].latest
            if reply is not None and state.answer != "withdrawn":
                days.append((reply - case.received_on).days)
            ended = reply or state.closed_on or self._pen.today
            late += ended > latest
        answers = [states[case.id].answer for case in cases if case.id in states]
        return Figures(
            year=year,
            requests=len(cases),
            answered=answers.count("sent"),
            open=sum(case.is_open for case in cases),
            late=late,
            extended=sum(states[case.id].extended_on is not None for case in cases if case.id in states),
            refused=answers.count("refused"),
            withdrawn=answers.count("withdrawn"),
            median_days=float(median(days)) if days else None,
            withheld_values=sum(states[case.id].withheld for case in cases if case.id in states),
        )

    def calendar(self) -> bytes:
        """The deadlines of the open cases as an iCalendar file."""
        return calendar_file(
            Appointment(one.reference, one.state, one.deadlines, one.changed_at, one.received_assumed)
            for one in self.cases()
            if one.days_left is not None
        )

    def _entries(self, session: Session, which: sa.ColumnExpressionArgument[bool]) -> list[CaseEntry]:
        cases = list(session.scalars(sa.select(Case).where(which)))
        states = dict(_states(session, which))
        entries = [self._entry(case, states.get(case.id, CaseState())) for case in cases]
        return sorted(
            entries,
            key=lambda one: (_ORDER[one.urgency], one.deadlines.nominal, one.received_on, one.reference),
        )

    def _dates(self, case: Case, state: CaseState) -> tuple[Deadlines, bool]:
        return dates_of(case, state, today=self._pen.today, extra_holidays=self._extra_holidays)

    def _entry(self, case: Case, state: CaseState) -> CaseEntry:
        dates, considered = self._dates(case, state)
        left: int | None = None
        urgency: Urgency = "answered"
        if case.is_open:
            today = self._pen.today
            # Between the nominal and the moved end nothing is overdue yet, but it is due now.
            left = (dates.nominal - today).days
            if left < 0:
                left = 0 if today <= dates.latest else (dates.latest - today).days
            urgency = "overdue" if left < 0 else "due-soon" if left <= SOON_DAYS else "open"
        return CaseEntry(
            **columns_of(case, CaseEntry),
            received_assumed=state.received_assumed,
            extended_on=state.extended_on,
            deadlines=dates,
            holidays_considered=considered,
            days_left=left,
            urgency=urgency,
        )


def dates_of(
    case: Case, state: CaseState, *, today: date, extra_holidays: Collection[date]
) -> tuple[Deadlines, bool]:
    """The deadlines of a case, and whether public holidays were considered.

    Without the package `holidays` weekends alone count: the dates are then too early, never too late.
    """
    for country in (case.country, None):
        try:
            dates = deadlines(
                state.received_on or case.received_on,
                country=country,
                subdivision=case.subdivision if country else None,
                extra_holidays=extra_holidays,
                extended=state.extended_on is not None,
                pauses=state.pauses,
                today=today,
            )
        except MissingExtraError:
            continue
        return dates, country is not None
    raise AssertionError  # without a country no extra is missing


def _states(session: Session, which: sa.ColumnExpressionArgument[bool]) -> Iterator[tuple[int, CaseState]]:
    """Yield states of cases, derived from the events that bear on dates alone."""
    rows = session.execute(
        sa.select(Event.case_id, Event.event, Event.data)
        .join(Case)
        .where(which, Event.event.in_((*_DATED, *_LAST)))
        .order_by(Event.case_id, Event.number)
    )
    gathered: dict[int, list[Happening]] = {}
    for case_id, event, data in rows:
        gathered.setdefault(case_id, []).append(Happening(event, json.loads(data)))
    for case_id, happenings in gathered.items():
        yield case_id, derive(happenings)


def _event_entry(row: Event) -> EventEntry:
    personal = _facts_of(row.personal) if row.personal is not None else None
    return EventEntry(
        number=row.number,
        at=row.at,
        actor=row.actor,
        event=row.event,
        data=_facts_of(row.data),
        personal=personal or None,
        hash=row.hash,
    )


def _facts_of(text: str) -> dict[str, object]:
    """The facts of an event, without the hashes that `check` needs."""
    return {name: value for name, value in json.loads(text).items() if name not in {"rows", "settings"}}
