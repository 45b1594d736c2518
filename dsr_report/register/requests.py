"""Data requests, registered before they are made: of two operators at once, one asks, the other waits.

The steps of one data request, each its own transaction:

    claim ─── intended ─── posting ─── (the POST) ─── attach_request_id: pending ─── available ─── collected

A process that dies before `posting` certainly did not ask: the next claim takes over. One that dies between
`posting` and `attach_request_id` may have asked: no process asks again until a person decides.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from dsr_report.errors import RegisterError
from dsr_report.register import chain
from dsr_report.register.entries import (
    OPEN_STATES,
    DataRequestEntry,
    FileEntry,
    RequestState,
    Standing,
    columns_of,
)
from dsr_report.register.journal import Journal, Pen, check_open, subject_hash, subject_of
from dsr_report.register.models import Case, DataRequest, File
from dsr_report.register.processes import is_surely_gone, this_process
from dsr_report.sentences import Sentence

DEFAULT_API_URL = "https://api.copernica.com/v4"
STALE_AFTER = timedelta(minutes=10)
"""Time after which the process that announced a request is considered gone."""
REUSE_FOR = timedelta(hours=24)
"""Default age up to which a collected export is used again."""


class Requests:
    """The part of the register for `fetch`, `receive` and `batch`."""

    _pen: Pen
    _country: str | None
    _subdivision: str | None

    def claim(
        self,
        subject_type: str,
        subject_id: str | int,
        *,
        api_url: str = DEFAULT_API_URL,
        account: str = "",
        reference: str | None = None,
        received_on: date | None = None,
        reuse_for: timedelta = REUSE_FOR,
        actor: str | None = None,
    ) -> DataRequestEntry:
        """Announce a data request for this subject, or find the existing one; its `standing` says what to do.

        A case is opened if the subject has no open one. Of all processes that claim a subject at
        once, exactly one gets `ours`.

        Args:
            subject_type: `subprofile`, `profile` or `email`.
            subject_id: the number or the address.
            api_url: the API; its version does not matter, as versions share their data.
            account: name of the account, where there are several at one API.
            reference: of the case; a new case is opened under it where it is not known yet.
            received_on: the day the person's request arrived, if it is known.
            reuse_for: an export that was collected no longer ago than this is not asked for again.
            actor: who does it, if not the register's own actor.

        Raises:
            UsageError: no such type, or an empty identifier.
            RegisterError: the case of this reference is answered.
        """
        return self.claim_as(
            secrets.token_hex(16),
            subject_of(subject_type, subject_id),
            system=(api_name(api_url), account),
            reference=reference,
            received_on=received_on,
            reuse_for=reuse_for,
            actor=actor,
        )

    def claim_as(
        self,
        ticket: str,
        subject: tuple[str, str],
        *,
        system: tuple[str, str],
        reference: str | None,
        received_on: date | None,
        reuse_for: timedelta,
        actor: str | None,
    ) -> DataRequestEntry:
        """`claim` with a ticket: a repeated call with the same ticket, after a lost answer, has the claim."""
        subject_type = subject[0]
        api, account = system
        with self._pen.journal(actor) as journal:
            digest = subject_hash(journal.session, *subject)
            same = (
                DataRequest.api_url == api,
                DataRequest.account == account,
                DataRequest.subject_type == subject_type,
                DataRequest.subject_hash == digest,
            )
            is_fresh = DataRequest.changed_at >= journal.at - reuse_for
            of_subject = sa.select(DataRequest).join(Case).where(*same).order_by(DataRequest.number.desc())
            found = (
                journal.session.scalars(of_subject.where(DataRequest.state.in_(OPEN_STATES))).one_or_none()
                or journal.session.scalars(
                    of_subject.where(DataRequest.state == "collected", is_fresh, Case.is_open)
                ).first()
            )
            if found is not None:
                self._note_receipt(journal, found.case_id, received_on)
                if found.ticket == ticket:
                    return _entry(journal, found, journal.session.get_one(Case, found.case_id), "ours")
                return self._join(journal, found, ticket)
            case = self._case_for(
                journal, subject, digest, reference=reference, received_on=received_on, system=system
            )
            request = _added(
                journal,
                case,
                system,
                subject_type=subject_type,
                subject_id=chain.storable(subject[1].strip()),
                subject_hash=digest,
                state="intended",
                ticket=ticket,
                process=this_process(),
            )
            journal.append(
                case,
                "collecting-intended",
                {"number": request.number, "api": api, "account": account, "type": subject_type},
                {"subject": digest},
            )
            return _entry(journal, request, case, "ours")

    def adopt(
        self,
        request_id: str,
        *,
        api_url: str = DEFAULT_API_URL,
        account: str = "",
        reference: str | None = None,
        received_on: date | None = None,
        actor: str | None = None,
    ) -> DataRequestEntry:
        """The entry of a data request that exists already, added now if it was made elsewhere.

        Its subject is filled in by `note_file`, from the export.
        """
        api = api_name(api_url)
        with self._pen.journal(actor) as journal:
            found = _of_id(journal, api, account, request_id)
            if found is not None:
                self._note_receipt(journal, found.case_id, received_on)
                return _entry(journal, found, journal.session.get_one(Case, found.case_id))
            case = self._case_for(
                journal, None, None, reference=reference, received_on=received_on, system=(api, account)
            )
            request = _added(journal, case, (api, account), request_id=request_id, state="pending")
            facts = {"number": request.number, "api": api, "account": account, "request_id": request_id}
            journal.append(case, "requested", {**facts, "adopted": True})
            return _entry(journal, request, case)

    def posting(self, entry: DataRequestEntry, *, actor: str | None = None) -> None:
        """Log that the POST follows now; no POST may be made without this.

        Raises:
            RegisterError: another process took the claim over in the meantime; claim again.
        """
        with self._pen.journal(actor) as journal:
            request, case = _request(journal, entry.number)
            if request.state == "posting" and request.ticket == entry.ticket and entry.ticket is not None:
                return  # it was written, and the answer was lost
            if request.state != "intended" or request.ticket != entry.ticket or entry.ticket is None:
                raise RegisterError(
                    "another process took this data request over",
                    where=f"{case.reference}, request {request.number}",
                    hint="Run the same command again: it takes up what there is.",
                )
            request.state, request.changed_at = "posting", journal.at
            journal.append(case, "posting", {"number": request.number})

    def attach_request_id(
        self, number: int, request_id: str, *, actor: str | None = None
    ) -> DataRequestEntry:
        """Attach the id that Copernica gave, or that a person found for a request of unknown standing.

        Raises:
            RegisterError: the request has another id already, or this id belongs to another request.
        """
        with self._pen.journal(actor) as journal:
            request, case = _request(journal, number)
            if request.request_id == request_id:
                return _entry(journal, request, case)
            taken = _of_id(journal, request.api_url, request.account, request_id)
            if request.request_id is not None or taken is not None:
                raise RegisterError(
                    Sentence("{request_id} cannot be its id: it has another one", request_id=request_id)
                    if taken is None
                    else Sentence(
                        "{request_id} cannot be its id: it is the id of request {taken}",
                        request_id=request_id,
                        taken=str(taken.number),
                    ),
                    where=f"{case.reference}, request {number}",
                )
            if request.state in {"intended", "posting"}:
                request.state = "pending"
            request.request_id, request.changed_at = request_id, journal.at
            request.ticket = request.process = None
            journal.append(case, "requested", {"number": number, "request_id": request_id})
            return _entry(journal, request, case)

    def note_state(
        self, number: int, state: RequestState, *, detail: str | None = None, actor: str | None = None
    ) -> DataRequestEntry:
        """Log the state that Copernica reports for a data request, if it changed.

        `failed`, `expired` and `abandoned` end it: the next claim makes a new one. Say `failed` after a POST
        only if it was certainly refused; else `note_unknown`.
        """
        with self._pen.journal(actor) as journal:
            request, case = _request(journal, number)
            if request.state != state:
                request.state, request.changed_at = state, journal.at
                request.ticket = request.process = None
                journal.append(case, state, {"number": number}, {"detail": detail} if detail else None)
            return _entry(journal, request, case)

    def note_unknown(self, number: int, *, detail: str | None = None, actor: str | None = None) -> None:
        """Log that a POST was made with unknown outcome: a person must decide."""
        with self._pen.journal(actor) as journal:
            request, case = _request(journal, number)
            request.ticket = request.process = None
            request.changed_at = journal.at
            journal.append(case, "unknown", {"number": number}, {"detail": detail} if detail else None)

    def abandon(self, number: int, *, reason: str, actor: str | None = None) -> DataRequestEntry:
        """Decide that a data request does not exist or is not wanted; the next claim makes a new one."""
        return self.note_state(number, "abandoned", detail=reason, actor=actor)

    def note_file(
        self,
        number: int,
        *,
        sha256: str,
        path: str | None = None,
        size_bytes: int | None = None,
        counts: chain.Facts | None = None,
        subject: tuple[str, str] | None = None,
        doubt: str | None = None,
        actor: str | None = None,
    ) -> DataRequestEntry:
        """Register the stored export of a data request; idempotent.

        `subject` is that of the export; it is stored if the request has none yet. `doubt` is why the subject
        is uncertain, where the operator accepted the export all the same.
        """
        with self._pen.journal(actor) as journal:
            request, case = _request(journal, number)
            before = request.state
            if subject is not None and request.subject_type is None:
                request.state = "collected"  # closed first, so that the subject has no second open request
                journal.identify(case, subject, request)
            is_new = journal.add_file(
                case,
                request_number=number,
                kind="export",
                sha256=sha256,
                size_bytes=size_bytes,
                path=path,
                counts=counts,
            )
            if is_new or before != "collected":
                request.state, request.changed_at = "collected", journal.at
                request.ticket = request.process = None
                facts: dict[str, object] = {"number": number, "sha256": sha256, "bytes": size_bytes}
                if doubt is not None:
                    facts["accepted_subject"] = doubt
                journal.append(case, "collected", facts, {"path": path, "counts": counts})
            return _entry(journal, request, case)

    def request(self, number: int) -> DataRequestEntry:
        """One data request by its number in this register."""
        with self._pen.database.reading() as session:
            request = session.get(DataRequest, number)
            if request is None:
                raise _no_such_request(number)
            return self._entry_of(session, request)

    def open_requests(
        self, subject_type: str | None = None, subject_id: str | int | None = None
    ) -> list[DataRequestEntry]:
        """The data requests whose export is outstanding, of all subjects or of one: the oldest first."""
        with self._pen.database.reading() as session:
            query = (
                sa.select(DataRequest)
                .where(DataRequest.state.in_(OPEN_STATES))
                .order_by(DataRequest.intended_at, DataRequest.number)
            )
            if subject_type is not None:
                query = query.where(DataRequest.subject_type == subject_type)
            if subject_type is not None and subject_id is not None:
                digest = subject_hash(session, subject_type, str(subject_id))
                query = query.where(DataRequest.subject_hash == digest)
            return [self._entry_of(session, request) for request in session.scalars(query)]

    def collected_requests(self, subject_type: str, subject_id: str | int) -> list[DataRequestEntry]:
        """The data requests about a subject whose export is there, in cases not closed: the newest first."""
        with self._pen.database.reading() as session:
            digest = subject_hash(session, subject_type, str(subject_id))
            query = (
                sa.select(DataRequest)
                .join(Case)
                .where(
                    DataRequest.state == "collected",
                    DataRequest.subject_type == subject_type,
                    DataRequest.subject_hash == digest,
                    Case.closed_on.is_(None),
                )
                .order_by(DataRequest.number.desc())
            )
            return [self._entry_of(session, request) for request in session.scalars(query)]

    def requests_of(self, reference: str) -> list[DataRequestEntry]:
        """All data requests of a case, in the order in which they were made."""
        with self._pen.database.reading() as session:
            query = sa.select(DataRequest).join(Case).where(Case.reference == reference)
            return [
                self._entry_of(session, one) for one in session.scalars(query.order_by(DataRequest.number))
            ]

    def _entry_of(self, session: Session, request: DataRequest) -> DataRequestEntry:
        return _entry_at(session, request, session.get_one(Case, request.case_id), at=self._pen.at)

    def _join(self, journal: Journal, request: DataRequest, ticket: str) -> DataRequestEntry:
        case = journal.session.get_one(Case, request.case_id)
        if request.request_id is not None or request.state not in {"intended", "posting"}:
            return _entry(journal, request, case)
        if not _is_stale(request, journal.at):
            return _entry(journal, request, case, "being-created")
        if request.state == "posting":
            return _entry(journal, request, case, "unknown")
        request.ticket, request.process = ticket, this_process()
        request.changed_at = journal.at
        facts = {"number": request.number, "api": request.api_url, "account": request.account}
        journal.append(
            case, "collecting-intended", {**facts, "type": request.subject_type, "taken_over": True}
        )
        return _entry(journal, request, case, "ours")

    def _case_for(
        self,
        journal: Journal,
        subject: tuple[str, str] | None,
        digest: str | None,
        *,
        reference: str | None,
        received_on: date | None,
        system: tuple[str, str],
    ) -> Case:
        """The open case of this reference or, without one, of this subject; else a new one."""
        case: Case | None = None
        if reference is not None:
            case = journal.known_case(reference.strip())
            if case is not None:
                check_open(case)
        elif subject is not None:
            candidates = journal.session.scalars(
                sa.select(Case)
                .where(Case.is_open, Case.subject_type == subject[0], Case.subject_hash == digest)
                .order_by(Case.id)
            )
            case = next((one for one in candidates if _fits(journal.session, one, subject[0], system)), None)
        if case is None:
            return journal.new_case(
                subject=subject,
                reference=reference,
                received_on=received_on,
                country=self._country,
                subdivision=self._subdivision,
            )
        self._note_receipt(journal, case.id, received_on)
        return case

    def _note_receipt(self, journal: Journal, case_id: int, received_on: date | None) -> None:
        """Put the known day of receipt in place of an assumed one."""
        if received_on is None:
            return
        case = journal.session.get_one(Case, case_id)
        if case.is_open and journal.state(case).received_assumed:
            journal.append(case, "receipt-noted", {"received_on": received_on.isoformat()})


def api_name(api_url: str) -> str:
    """An API's address without its version: all versions of an API serve the same account."""
    parts = urlsplit(api_url.strip().rstrip("/"))
    path = parts.path.rstrip("/")
    head, _, last = path.rpartition("/")
    if last[:1] == "v" and last[1:].isdigit():
        path = head
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme.lower()}://{host}{port}{path}"


def _fits(session: Session, case: Case, subject_type: str, system: tuple[str, str]) -> bool:
    """Whether a case about the same identifier is about the same person: numbers differ by account."""
    if subject_type == "email":
        return True
    used: Collection[tuple[str, str]] = [
        (api, account)
        for api, account in session.execute(
            sa.select(DataRequest.api_url, DataRequest.account).where(DataRequest.case_id == case.id)
        )
    ]
    return not used or system in used


def _added(journal: Journal, case: Case, system: tuple[str, str], **members: str | None) -> DataRequest:
    """A new data request of a case, to an account of an API; it has its number."""
    api, account = system
    request = DataRequest(
        case_id=case.id,
        api_url=api,
        account=account,
        intended_at=journal.at,
        intended_by=journal.actor,
        changed_at=journal.at,
        **members,
    )
    journal.session.add(request)
    journal.session.flush()
    return request


def _of_id(journal: Journal, api: str, account: str, request_id: str) -> DataRequest | None:
    """The data request to which an account's API gave this id."""
    return journal.session.scalars(
        sa.select(DataRequest).where(
            DataRequest.api_url == api, DataRequest.account == account, DataRequest.request_id == request_id
        )
    ).one_or_none()


def _request(journal: Journal, number: int) -> tuple[DataRequest, Case]:
    request = journal.session.get(DataRequest, number)
    if request is None:
        raise _no_such_request(number)
    return request, journal.session.get_one(Case, request.case_id)


def _no_such_request(number: int) -> RegisterError:
    return RegisterError(
        "the register knows no such data request",
        where=f"data request {number}",
        hint="dsr-report register show REFERENCE lists the numbers of a case.",
    )


def _is_stale(request: DataRequest, at: datetime) -> bool:
    """Whether the process that announced the request will not come back to it."""
    return at - request.changed_at > STALE_AFTER or is_surely_gone(request.process)


def _standing(request: DataRequest, at: datetime) -> Standing:
    if request.state in {"intended", "posting"}:
        return "unknown" if request.state == "posting" and _is_stale(request, at) else "being-created"
    if request.state == "collected":
        return "collected"
    return "known" if request.state in OPEN_STATES else "over"


def _entry(
    journal: Journal, request: DataRequest, case: Case, standing: Standing | None = None
) -> DataRequestEntry:
    journal.session.flush()
    return _entry_at(journal.session, request, case, at=journal.at, standing=standing)


def _entry_at(
    session: Session, request: DataRequest, case: Case, *, at: datetime, standing: Standing | None = None
) -> DataRequestEntry:
    rows = session.scalars(sa.select(File).where(File.request_number == request.number).order_by(File.id))
    own = columns_of(request, DataRequestEntry) | {
        "reference": case.reference,
        "standing": standing or _standing(request, at),
        "files": tuple(file_entry(row) for row in rows),
        "ticket": request.ticket if standing == "ours" else None,
    }
    return DataRequestEntry(**own)


def file_entry(row: File) -> FileEntry:
    """Convert the row of a file to an entry."""
    return FileEntry(**columns_of(row, FileEntry))
