"""Detect tampering: recompute every hash of the log, and compare the columns that repeat its events."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from dsr_report.register import chain
from dsr_report.register.entries import CheckReport
from dsr_report.register.journal import Pen, lookup_key, rows_hash, settings_hash
from dsr_report.register.models import Case, DataRequest, Event, File, Head
from dsr_report.register.states import CaseState, Happening

_REQUEST_STATES = {
    "collecting-intended": "intended",
    "posting": "posting",
    "requested": "pending",
    "pending": "pending",
    "available": "available",
    "collected": "collected",
    "failed": "failed",
    "expired": "expired",
    "abandoned": "abandoned",
}
_REPEATED = ("state", "is_open", "received_on", "replied_on", "closed_on", "forgotten")
"""Columns of a case that say what its events say."""


class Integrity:
    """The part of the register that looks for tampering and damage."""

    _pen: Pen

    def check(self, noted_head: str | None = None) -> CheckReport:
        """Recompute all hashes and states, and report what differs.

        Args:
            noted_head: the `head` of an earlier report that was noted elsewhere. Someone who can write to the
                database can recompute its hashes; only such a note proves that the log up to then is the
                same.
        """
        with self._pen.database.reading() as session:
            trail = _Trail(session)
            try:
                trail.follow(noted_head)
                trail.compare()
            except (
                ValueError,
                TypeError,
                sa.exc.NoResultFound,
            ) as error:  # a malformed key or date
                trail.findings.append(f"a table holds what was never written there ({type(error).__name__})")
            return CheckReport(
                trail.number,
                len(trail.states),
                trail.previous,
                tuple(trail.findings),
                tuple(trail.limits(noted_head)),
            )


class _Trail:
    def __init__(self, session: Session) -> None:
        self._session = session
        self.number = 0
        self.previous = chain.GENESIS
        self.findings: list[str] = []
        self.states: dict[int, CaseState] = {}
        self._first: dict[int, chain.Facts] = {}
        self._subjects: dict[int, set[object]] = {}
        self._requests: dict[int, tuple[str, object]] = {}
        self._hashes: set[str] = set()
        self._bare: dict[int, list[int]] = {}
        self._clothed: dict[int, list[int]] = {}
        self._rows: dict[int, object] = {}
        self._settings: object = None
        self._unsealed: list[str] = []

    def follow(self, noted_head: str | None) -> None:
        """Recompute the hash chain, event by event."""
        seen = noted_head in {None, chain.GENESIS}
        for row in self._session.scalars(sa.select(Event).order_by(Event.number)).yield_per(500):
            self._one(row)
            seen = seen or row.hash == noted_head
        head = self._session.scalars(sa.select(Head)).one_or_none()
        if head is None or (head.id, head.number, head.hash) != (1, self.number, self.previous):
            self.findings.append("the log does not end where it was last written: events are missing")
        if not seen:
            self.findings.append("the noted head is not in the log: what was written before it has changed")

    def _one(self, row: Event) -> None:
        where = f"event {row.number}"
        if row.number != self.number + 1:
            self.findings.append(f"{where}: events {self.number + 1} to {row.number - 1} are missing")
        if row.previous_hash != self.previous:
            self.findings.append(f"{where}: it does not follow the event before it")
        digest = chain.event_hash(
            number=row.number,
            case_id=row.case_id,
            at=row.at,
            actor=row.actor,
            event=row.event,
            data=row.data,
            personal=row.personal_hash,
            previous=row.previous_hash,
        )
        if digest != row.hash:
            self.findings.append(f"{where}: it was altered")
        self.number, self.previous = row.number, row.hash
        if (row.personal is None) != (row.salt is None):
            self.findings.append(f"{where}: its personal part was altered")
        elif row.personal is not None and row.salt is not None:
            self._clothed.setdefault(row.case_id, []).append(row.number)
            sealed = chain.personal_hash(row.personal, row.salt)
            if row.personal_hash is None:
                self.findings.append(f"{where}: a personal part was added")
            elif not hmac.compare_digest(sealed, row.personal_hash or ""):
                self.findings.append(f"{where}: its personal part was altered")
        elif row.personal_hash is not None:
            self._bare.setdefault(row.case_id, []).append(row.number)
        try:
            data = json.loads(row.data)
            personal = json.loads(row.personal) if row.personal else {}
            self.states.setdefault(row.case_id, CaseState()).apply(Happening(row.event, data))
        except ValueError:
            self.findings.append(f"{where}: it cannot be read")
            return
        self._remember(row, data, personal)

    def _remember(self, row: Event, data: chain.Facts, personal: chain.Facts) -> None:
        self._first.setdefault(row.case_id, data)
        self._rows[row.case_id] = data.get("rows") or personal.get("rows")
        self._settings = data.get("settings")
        if "subject" in personal:
            self._subjects.setdefault(row.case_id, set()).add(personal["subject"])
        if isinstance(data.get("sha256"), str):
            self._hashes.add(str(data["sha256"]))
        number = data.get("number")
        if isinstance(number, int) and row.event in _REQUEST_STATES:
            state, request_id = self._requests.get(number, ("", None))
            new = _REQUEST_STATES[row.event]
            if row.event == "requested":
                request_id = data.get("request_id")
                new = "pending" if state in {"", "intended", "posting"} else state
            self._requests[number] = (new, request_id)

    def compare(self) -> None:
        """Compare the columns of the other tables with the state that the log gives."""
        key = lookup_key(self._session)
        known = set()
        for case in self._session.scalars(sa.select(Case).order_by(Case.id)):
            known.add(case.id)
            self._case(case, key)
        self.findings += [f"a case is missing (number {one})" for one in sorted(set(self.states) - known)]
        requests = {row.number: row for row in self._session.scalars(sa.select(DataRequest))}
        for number in sorted(set(requests) | set(self._requests)):
            row = requests.get(number)
            says = self._requests.get(number)
            if row is None or says is None or says != (row.state, row.request_id):
                self.findings.append(f"data request {number}: it is not as the log says")
        for file in self._session.scalars(sa.select(File).order_by(File.id)):
            if file.sha256 not in self._hashes:
                self.findings.append(f"file {file.id}: the log knows no such file")
            if file.case_id not in known:
                self.findings.append(f"file {file.id}: it belongs to no case")
        if self._settings is not None and self._settings != settings_hash(self._session):
            self.findings.append("the settings of the register are not as the log says")

    def limits(self, noted_head: str | None) -> Iterator[str]:
        """Yield statements that this check cannot prove."""
        if noted_head is None:
            yield (
                "that nobody wrote the whole log anew: whoever can write to the database can compute its "
                "hashes again. Note the head elsewhere, and give it to the next check with --head"
            )
        if self._unsealed:
            yield (
                "the details of data requests and files of cases that an older version wrote last: "
                + ", ".join(self._unsealed)
            )
        if any(state.forgotten for state in self.states.values()):
            yield "what the removed personal parts of forgotten cases were"

    def _case(self, case: Case, key: str) -> None:
        where = f"case {case.reference}"
        state = self.states.get(case.id)
        if state is None:
            self.findings.append(f"{where}: the log knows no such case")
            return
        says = [self._first[case.id].get("reference"), *(getattr(state, name) for name in _REPEATED)]
        if says != [case.reference, *(getattr(case, name) for name in _REPEATED)]:
            self.findings.append(f"{where}: its state or dates are not as the log says")
        rows = self._rows.get(case.id)
        if rows is None:
            self._unsealed.append(case.reference)
        elif rows != rows_hash(self._session, case):
            self.findings.append(
                f"{where}: what is kept of it, its data requests or its files is not as written"
            )
        if state.forgotten:
            for number in self._clothed.get(case.id, []):
                self.findings.append(
                    f"event {number}: its personal part is there, but the case was forgotten"
                )
        else:
            for number in self._bare.get(case.id, []):
                self.findings.append(f"event {number}: its personal part was removed, but the case is kept")
        subjects = self._subjects.get(case.id, set())
        if case.subject_hash is not None and case.subject_hash not in subjects:
            self.findings.append(f"{where}: its subject is not as the log says")
        if case.subject_type and case.subject_id and case.subject_hash:
            digest = chain.lookup_hash(key, case.subject_type, case.subject_id)
            if digest != case.subject_hash:
                self.findings.append(f"{where}: its subject was altered")
