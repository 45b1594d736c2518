"""Writing to the register: one transaction, its actor and moment, and the events it appends."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from dsr_report.errors import RegisterError, UsageError
from dsr_report.jsonstream.subjects import TYPES
from dsr_report.register import chain
from dsr_report.register.database import Database
from dsr_report.register.models import Base, Case, DataRequest, Event, File, Head, Setting
from dsr_report.register.states import CaseState, Happening, derive
from dsr_report.sentences import Sentence

_REFERENCE_LENGTH = 80
"""Maximum characters of a reference; a longer one is refused."""


class _Pending(NamedTuple):
    """An event that is written at the end of its transaction."""

    case: Case
    event: str
    data: dict[str, object]
    personal: dict[str, object]


class Journal:
    """One writing transaction: all it writes is by one actor, at one moment, or not at all."""

    def __init__(self, session: Session, head: Head, *, actor: str, at: datetime, zone: ZoneInfo) -> None:
        self.session = session
        self.actor = actor
        self.at = at
        self.today: date = at.astimezone(zone).date()
        self._head = head
        self._pending: list[_Pending] = []

    def append(
        self, case: Case, event: str, data: chain.Facts | None = None, personal: chain.Facts | None = None
    ) -> None:
        """Add an event to the log and bring the case's state and dates in line with it.

        What is in `data` stays for ever; what is in `personal` is removed when the case is forgotten.
        """
        self.session.flush()  # a new case gets its number here
        self._pending.append(_Pending(case, event, dict(data or {}), dict(personal or {})))
        settle(case, self.state(case))
        case.changed_at = self.at

    def seal(self) -> None:
        """Write the pending events; the last one of each case seals the case's rows as they are now."""
        self.session.flush()
        last = {one.case.id: one for one in self._pending}
        for one in last.values():
            kept = (
                one.data if one.event == "forgotten" else one.personal
            )  # a hash of personal data goes with it
            kept["rows"] = rows_hash(self.session, one.case)
        if self._pending:
            self._pending[-1].data["settings"] = settings_hash(self.session)
        for one in self._pending:
            self._write(one)
        self._pending.clear()
        self.session.flush()

    def _write(self, one: _Pending) -> None:
        text = chain.canonical(one.data)
        salt = sealed = private = None
        if one.personal:
            private, salt = chain.canonical(one.personal), secrets.token_hex(16)
            sealed = chain.personal_hash(private, salt)
        number, previous = self._head.number + 1, self._head.hash
        facts: dict[str, Any] = {
            "number": number,
            "case_id": one.case.id,
            "at": self.at,
            "actor": self.actor,
            "event": one.event,
            "data": text,
        }
        digest = chain.event_hash(**facts, personal=sealed, previous=previous)
        self.session.add(
            Event(
                **facts,
                personal=private,
                salt=salt,
                personal_hash=sealed,
                previous_hash=previous,
                hash=digest,
            )
        )
        self._head.number, self._head.hash = number, digest

    def state(self, case: Case) -> CaseState:
        """Derive the state of a case from its events."""
        rows = self.session.execute(
            sa.select(Event.event, Event.data).where(Event.case_id == case.id).order_by(Event.number)
        )
        before = [Happening(event, json.loads(data)) for event, data in rows]
        return derive(before + [Happening(one.event, one.data) for one in self._pending if one.case is case])

    def case(self, reference: str) -> Case:
        """The case with this reference.

        Raises:
            RegisterError: there is none.
        """
        case = self.known_case(reference)
        if case is None:
            raise no_such_case(reference)
        return case

    def known_case(self, reference: str) -> Case | None:
        """The case with this reference, where there is one."""
        return self.session.scalars(sa.select(Case).where(Case.reference == reference)).one_or_none()

    def open_case(self, reference: str) -> Case:
        """The case with this reference, which must not be answered yet.

        Raises:
            RegisterError: there is none, or it is answered.
        """
        case = self.case(reference)
        check_open(case)
        return case

    def new_case(
        self,
        *,
        subject: tuple[str, str] | None,
        reference: str | None,
        received_on: date | None,
        country: str | None,
        subdivision: str | None,
        facts: chain.Facts | None = None,
        personal: chain.Facts | None = None,
    ) -> Case:
        """Open a case; without a reference it gets the next free number of the year.

        Raises:
            RegisterError: the reference is taken.
            UsageError: the reference holds an address, or the day of receipt has not come yet.
        """
        if received_on is not None and received_on > self.today:
            raise UsageError(
                Sentence("{received_on} has not come yet", received_on=received_on), where="--received"
            )
        name = self._next_reference() if reference is None else self._free_reference(reference)
        kind, identifier = subject or (None, None)
        case = Case(
            reference=name,
            subject_type=kind,
            subject_id=chain.storable(identifier.strip()) if identifier is not None else None,
            subject_hash=subject_hash(self.session, kind, identifier) if kind and identifier else None,
            country=country,
            subdivision=subdivision,
            owner=self.actor,
            state="received",
            received_on=received_on or self.today,
            is_open=True,
            forgotten=False,
            created_at=self.at,
            changed_at=self.at,
        )
        self.session.add(case)
        known = {
            "reference": name,
            "received_on": case.received_on.isoformat(),
            "assumed": received_on is None,
        }
        who = {"subject": case.subject_hash} if case.subject_hash else {}
        self.append(case, "received", {**known, **(facts or {})}, {**who, **(personal or {})})
        return case

    def identify(self, case: Case, subject: tuple[str, str], request: DataRequest | None = None) -> None:
        """Note whom an export says that it is about, where a case or data request does not know it."""
        kind, digest = subject[0], subject_hash(self.session, *subject)
        for thing in (case, request):
            if thing is not None and thing.subject_type is None:
                thing.subject_type, thing.subject_hash = kind, digest
                thing.subject_id = chain.storable(subject[1].strip())
        number = {} if request is None else {"number": request.number}
        self.append(case, "identified", {**number, "type": kind}, {"subject": digest})

    def add_file(
        self,
        case: Case,
        *,
        kind: str,
        sha256: str,
        size_bytes: int | None = None,
        path: str | None,
        request_number: int | None = None,
        counts: chain.Facts | None = None,
    ) -> bool:
        """Add a file to a case; False if the very same file is there already."""
        path = None if path is None else chain.storable(path)
        known = self.session.scalars(
            sa.select(File).where(
                File.case_id == case.id,
                File.request_number.is_(None)
                if request_number is None
                else File.request_number == request_number,
                File.kind == kind,
                File.sha256 == sha256,
                File.path.is_(None) if path is None else File.path == path,
            )
        ).first()
        if known is not None:
            return False
        self.session.add(
            File(
                case_id=case.id,
                request_number=request_number,
                kind=kind,
                sha256=sha256,
                size_bytes=size_bytes,
                path=path,
                counts=dict(counts) if counts is not None else None,
                noted_at=self.at,
                noted_by=self.actor,
            )
        )
        return True

    def _free_reference(self, reference: str) -> str:
        name = reference.strip()
        if not name or len(name) > _REFERENCE_LENGTH or not name.isprintable() or "@" in name:
            raise UsageError(
                "a reference must be one line of at most 80 characters, and must not be an address",
                hint="It stays in the register for good, so it must not name the person.",
            )
        if self.known_case(name) is not None:
            raise RegisterError("this reference is taken", where=name)
        return name

    def _next_reference(self) -> str:
        year = self.today.year
        counter = self.session.get(Setting, f"references-{year}")
        if counter is None:
            counter = Setting(name=f"references-{year}", value="0")
            self.session.add(counter)
        while True:
            counter.value = str(int(counter.value) + 1)
            name = f"{year}-{int(counter.value):04}"
            if self.known_case(name) is None:
                return name


class Pen:
    """Opens journals, with the database, the clock, the time zone of days, and the default actor."""

    def __init__(
        self, database: Database, *, now: Callable[[], datetime], zone: ZoneInfo, actor: str
    ) -> None:
        self.database = database
        self.zone = zone
        self._now = now
        self._actor = actor

    @property
    def at(self) -> datetime:
        """The present moment, in UTC."""
        return self._now().astimezone(UTC)

    @property
    def today(self) -> date:
        """Today's date in the controller's zone."""
        return self.at.astimezone(self.zone).date()

    @contextmanager
    def journal(self, actor: str | None) -> Iterator[Journal]:
        """A writing transaction, whose events are sealed at its end."""
        with self.database.writing() as (session, head):
            who = chain.storable(actor or self._actor)
            journal = Journal(session, head, actor=who, at=self.at, zone=self.zone)
            yield journal
            journal.seal()


def rows_hash(session: Session, case: Case) -> str:
    """A hash of every column of a case, of its data requests and of its files."""
    requests = session.scalars(
        sa.select(DataRequest).where(DataRequest.case_id == case.id).order_by(DataRequest.number)
    )
    files = session.scalars(sa.select(File).where(File.case_id == case.id).order_by(File.id))
    return chain.plain_hash(
        [_columns(case), [_columns(one) for one in requests], [_columns(one) for one in files]]
    )


def settings_hash(session: Session) -> str:
    """A hash of the register's own settings: the key of its lookup hashes, and its counters of references."""
    return chain.plain_hash(
        [_columns(one) for one in session.scalars(sa.select(Setting).order_by(Setting.name))]
    )


def _columns(row: Base) -> dict[str, object]:
    values = {column.key: getattr(row, column.key) for column in sa.inspect(type(row)).columns}
    return {
        name: chain.moment(value)
        if isinstance(value, datetime)
        else value.isoformat()
        if isinstance(value, date)
        else value
        for name, value in values.items()
    }


def settle(case: Case, state: CaseState) -> None:
    """Copy a derived state into the columns that lists are made from."""
    case.state = state.state
    case.is_open = state.is_open
    case.received_on = state.received_on or case.received_on
    case.replied_on = state.replied_on
    case.closed_on = state.closed_on
    case.forgotten = state.forgotten


def subject_of(subject_type: str, subject_id: str | int) -> tuple[str, str]:
    """Check a subject's type and identifier, and return them.

    Raises:
        UsageError: no such type, or no identifier.
    """
    if subject_type not in TYPES:
        raise UsageError(
            Sentence("{subject_type} is not a type of subject", subject_type=repr(subject_type)),
            hint=Sentence("One of: {names}.", names=", ".join(TYPES)),
        )
    identifier = str(subject_id).strip()
    if not identifier:
        raise UsageError("the identifier is empty")
    return subject_type, identifier


def lookup_key(session: Session) -> str:
    """The key of the register's lookup hashes."""
    return session.scalars(sa.select(Setting.value).where(Setting.name == "lookup-key")).one()


def subject_hash(session: Session, subject_type: str, subject_id: str) -> str:
    """The hash by which cases and data requests of a subject are found."""
    return chain.lookup_hash(lookup_key(session), subject_type, subject_id)


def check_open(case: Case) -> None:
    """Refuse a case that is answered."""
    if not case.is_open:
        raise RegisterError(
            Sentence("this case is {state} already", state=Sentence(case.state)), where=case.reference
        )


def no_such_case(reference: str) -> RegisterError:
    """The error for a reference that the register does not know."""
    shown = reference if "@" not in reference else "this reference"
    return RegisterError(
        "the register knows no such case", where=shown, hint="dsr-report register list --all shows them."
    )
