"""Operations on a case beside its data requests: pauses, extension, answer, closing, forgetting."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import sqlalchemy as sa

from dsr_report.errors import RegisterError, UsageError
from dsr_report.register import chain
from dsr_report.register.entries import OPEN_STATES
from dsr_report.register.journal import Journal, Pen, lookup_key, subject_hash, subject_of
from dsr_report.register.models import Case, DataRequest, Event, File
from dsr_report.register.overview import dates_of
from dsr_report.register.states import NOTES
from dsr_report.sentences import Sentence

RETENTION = timedelta(days=365)
"""Default time that a closed case is kept before it may be forgotten."""


class Cases:
    """The part of the register for the operator, `reply` and the DPO."""

    _pen: Pen
    _country: str | None
    _subdivision: str | None
    _extra_holidays: frozenset[date]

    def add(
        self,
        subject_type: str | None = None,
        subject_id: str | int | None = None,
        *,
        received_on: date | None = None,
        reference: str | None = None,
        channel: str | None = None,
        language: str | None = None,
        follows: str | None = None,
        country: str | None = None,
        subdivision: str | None = None,
        evidence_sha256: str | None = None,
        note: str | None = None,
        actor: str | None = None,
    ) -> str:
        """Log a request that came in; returns its reference.

        Args:
            subject_type: `subprofile`, `profile` or `email`, if known.
            subject_id: the number or the address, if known.
            received_on: the day it arrived; today, and marked as assumed, where it is not given.
            reference: yours; otherwise the next number of the year.
            channel: how it arrived, such as `mail` or `letter`.
            language: of the person.
            follows: the case that this one follows up.
            country: whose public holidays count, if not the register's.
            subdivision: the region of `country`.
            evidence_sha256: the hash of the original request.
            note: a remark; it is removed when the case is forgotten.
            actor: who does it, if not the register's own actor.
        """
        subject = None if subject_type is None or subject_id is None else subject_of(subject_type, subject_id)
        facts = _without_none(channel=channel, language=language, follows=follows, evidence=evidence_sha256)
        with self._pen.journal(actor) as journal:
            if follows is not None:
                journal.append(journal.case(follows), "follow-up")
            case = journal.new_case(
                subject=subject,
                reference=reference,
                received_on=received_on,
                country=country or self._country,
                subdivision=subdivision if country else self._subdivision,
                facts=facts,
                personal=_without_none(note=note),
            )
            return case.reference

    def note(
        self,
        reference: str,
        event: str = "note",
        *,
        text: str | None = None,
        data: chain.Facts | None = None,
        actor: str | None = None,
    ) -> None:
        """Log an event by hand; `text` is removed when the case is forgotten, `data` (no names!) stays."""
        if event not in NOTES:
            raise UsageError(
                Sentence("{event} is not an event to note", event=repr(event)),
                hint=Sentence("One of: {names}.", names=", ".join(NOTES)),
            )
        with self._pen.journal(actor) as journal:
            journal.append(_case_of(journal, reference), event, data, _without_none(text=text))

    def set_received(self, reference: str, received_on: date, *, actor: str | None = None) -> None:
        """Correct or fill in the day on which the request arrived."""
        with self._pen.journal(actor) as journal:
            if received_on > journal.today:
                raise UsageError(Sentence("{received_on} has not come yet", received_on=received_on))
            data = {"received_on": received_on.isoformat()}
            journal.append(journal.open_case(reference), "receipt-noted", data)

    def pause(
        self,
        reference: str,
        why: Literal["identity", "clarification"] = "identity",
        *,
        reason: str | None = None,
        on: date | None = None,
        actor: str | None = None,
    ) -> None:
        """Stop the clock on the day the person was asked to prove who they are, or to say what they want."""
        with self._pen.journal(actor) as journal:
            case = journal.open_case(reference)
            if journal.state(case).paused_why is not None:
                raise RegisterError("this case is paused already", where=case.reference)
            since = _not_in_future(journal, on)
            journal.append(
                case, "paused", {"why": why, "on": since.isoformat()}, _without_none(reason=reason)
            )

    def resume(
        self, reference: str, *, evidence: str | None = None, on: date | None = None, actor: str | None = None
    ) -> None:
        """Let the clock run again from the day the answer arrived; `evidence` names its kind only."""
        with self._pen.journal(actor) as journal:
            case = journal.open_case(reference)
            state = journal.state(case)
            if state.paused_why is None:
                raise RegisterError("this case is not paused", where=case.reference)
            until = _not_in_future(journal, on)
            if until < state.pauses[-1].since:
                raise UsageError(
                    Sentence(
                        "the pause began on {since}, after {until}", since=state.pauses[-1].since, until=until
                    )
                )
            journal.append(case, "resumed", {"on": until.isoformat()}, _without_none(evidence=evidence))

    def extend(
        self, reference: str, reason: str, *, on: date | None = None, actor: str | None = None
    ) -> bool:
        """Note an extension by two months, of which the person was told with the reason.

        Returns:
            Whether the notice was in time; a late one is noted too, but may not count.
        """
        if not reason.strip():
            raise UsageError("an extension needs its reason: the person must be told")
        with self._pen.journal(actor) as journal:
            case = journal.open_case(reference)
            told = _not_in_future(journal, on)
            state = journal.state(case)
            if state.extended_on is not None:
                raise RegisterError(
                    Sentence("this case was extended on {extended_on}", extended_on=state.extended_on),
                    where=case.reference,
                )
            due = dates_of(case, state, today=told, extra_holidays=self._extra_holidays)[
                0
            ].extension_notice_due
            facts = {"on": told.isoformat(), "notice_due": due.isoformat(), "late": told > due}
            journal.append(case, "extended", facts, {"reason": reason})
            return told <= due

    def note_export(
        self,
        reference: str,
        *,
        sha256: str,
        path: str,
        size_bytes: int,
        subject: tuple[str, str] | None = None,
        actor: str | None = None,
    ) -> None:
        """Register an export that arrived without a data request; idempotent.

        `subject` is that of the export; it is stored if the case has none yet.
        """
        with self._pen.journal(actor) as journal:
            case = journal.open_case(reference)
            is_new = journal.add_file(
                case,
                kind="export",
                sha256=sha256,
                size_bytes=size_bytes,
                path=path,
            )
            if not is_new:
                return
            if subject is not None and case.subject_type is None:
                journal.identify(case, subject)
            journal.append(case, "collected", {"sha256": sha256, "bytes": size_bytes}, {"path": path})

    def note_disclosure(
        self,
        reference: str,
        *,
        sha256: str,
        path: str | None = None,
        size_bytes: int | None = None,
        withheld: int | None = None,
        language: str | None = None,
        kind: str = "disclosure",
        actor: str | None = None,
    ) -> None:
        """Register a disclosure that was made and verified; idempotent."""
        with self._pen.journal(actor) as journal:
            case = _case_of(journal, reference)
            is_new = journal.add_file(
                case,
                kind=kind,
                sha256=sha256,
                size_bytes=size_bytes,
                path=path,
            )
            if is_new:
                facts = _without_none(sha256=sha256, bytes=size_bytes, withheld=withheld, language=language)
                journal.append(case, "rendered", facts, _without_none(path=path))

    def note_sent(
        self,
        reference: str,
        *,
        sha256: str,
        channel: str = "email",
        size_bytes: int | None = None,
        address: str | None = None,
        message_id: str | None = None,
        on: date | None = None,
        actor: str | None = None,
    ) -> None:
        """Log that the answer was handed over, which ends the deadline; the address is kept as a hash."""
        with self._pen.journal(actor) as journal:
            case = _case_of(journal, reference)
            day = _not_in_future(journal, on)
            facts = _without_none(on=day.isoformat(), channel=channel, sha256=sha256, bytes=size_bytes)
            to = None if address is None else subject_hash(journal.session, "email", address)
            journal.append(case, "sent", facts, _without_none(address=to, message_id=message_id))

    def refuse(
        self,
        reference: str,
        ground: str,
        *,
        weighing: str | None = None,
        on: date | None = None,
        actor: str | None = None,
    ) -> None:
        """Log a refusal, of which the person was told with its ground and how to complain."""
        with self._pen.journal(actor) as journal:
            day = _not_in_future(journal, on)
            facts = {"on": day.isoformat(), "ground": ground}
            journal.append(journal.open_case(reference), "refused", facts, _without_none(weighing=weighing))

    def withdraw(
        self, reference: str, *, on: date | None = None, mistake: bool = False, actor: str | None = None
    ) -> None:
        """Log that the person withdrew the request.

        With `mistake` there was no request (an address was mistyped, say): it is left out of all figures.
        """
        with self._pen.journal(actor) as journal:
            day = _not_in_future(journal, on)
            facts = {"on": day.isoformat(), "mistake": True} if mistake else {"on": day.isoformat()}
            journal.append(journal.open_case(reference), "withdrawn", facts)

    def close_case(self, reference: str, *, reason: str | None = None, actor: str | None = None) -> None:
        """End the work on a case: its retention begins, and the person's address is removed.

        A case that was not answered needs a reason. Data requests that are still open are abandoned.
        """
        with self._pen.journal(actor) as journal:
            case = _case_of(journal, reference)
            if case.closed_on is not None:
                return
            if case.is_open and not (reason or "").strip():
                raise RegisterError(
                    Sentence("this case is {state} and was not answered", state=Sentence(case.state)),
                    where=case.reference,
                    hint="Close it with --reason, or note the answer first (register sent, refuse).",
                )
            requests = journal.session.scalars(sa.select(DataRequest).where(DataRequest.case_id == case.id))
            for request in requests:
                if request.state in OPEN_STATES:
                    request.state, request.changed_at = "abandoned", journal.at
                    request.ticket = request.process = None
                    journal.append(case, "abandoned", {"number": request.number, "detail": "case closed"})
                if request.subject_type == "email":
                    request.subject_id = None
            if case.subject_type == "email":
                case.subject_id = None
            answered = not case.is_open
            facts = {"on": journal.today.isoformat(), "answered": answered}
            journal.append(case, "closed", facts, _without_none(reason=reason))

    def forget(
        self,
        references: Sequence[str] | None = None,
        *,
        retention: timedelta = RETENTION,
        actor: str | None = None,
    ) -> list[str]:
        """Remove the personal data of closed cases whose retention has passed; returns their references.

        The reference, the dates, the states, and the hashes of sent files stay. They prove that
        and when the request was answered; the hash chain still checks.

        Raises:
            RegisterError: a case that was named is not closed, or its retention is not over.
        """
        with self._pen.journal(actor) as journal:
            cases = _due(journal, references, retention)
            for case in cases:
                _remove_personal_data(journal, case)
                facts = {"on": journal.today.isoformat(), "retention_days": retention.days}
                journal.append(case, "forgotten", facts)
        if cases:
            self._pen.database.compact()
        return [case.reference for case in cases]

    def due_to_forget(
        self, references: Sequence[str] | None = None, *, retention: timedelta = RETENTION
    ) -> list[str]:
        """References of the cases that `forget` would forget: some of those named, or all that are due.

        Raises:
            RegisterError: a case that was named is not closed, or its retention is not over.
        """
        with self._pen.journal(None) as journal:
            return [case.reference for case in _due(journal, references, retention)]

    def is_needed(self, path: str, *, besides: str) -> bool:
        """Whether another case, which is not forgotten, has a file at this path."""
        with self._pen.database.reading() as session:
            query = sa.select(File.id).join(Case).where(File.path == path, Case.reference != besides)
            return session.scalars(query).first() is not None

    def note_copy(self, reference: str, *, sha256: str, path: str, actor: str | None = None) -> None:
        """Log a copy of an export that the operator asked for, and has to remove."""
        with self._pen.journal(actor) as journal:
            case = _case_of(journal, reference)
            is_new = journal.add_file(case, kind="copy", sha256=sha256, path=path)
            if is_new:
                journal.append(case, "copied", {"sha256": sha256}, {"path": path})

    def was_sent(self, sha256: str) -> str | None:
        """The case in which this very file was handed over; None if that is not known."""
        with self._pen.database.reading() as session:
            query = sa.select(Case.reference, Event.data).join(Case).where(Event.event == "sent")
            for reference, data in session.execute(query):
                if json.loads(data).get("sha256") == sha256:
                    return str(reference)
        return None

    def was_sent_to(self, reference: str, address: str) -> bool | None:
        """Whether the answer went to this address; None where that is not known (any more)."""
        with self._pen.database.reading() as session:
            digest = chain.lookup_hash(lookup_key(session), "email", address)
            texts = session.scalars(
                sa.select(Event.personal)
                .join(Case)
                .where(Case.reference == reference, Event.event == "sent", Event.personal.is_not(None))
            )
            addresses = [json.loads(text).get("address") for text in texts if text]
        known = [one for one in addresses if one is not None]
        return digest in known if known else None


def _due(journal: Journal, references: Sequence[str] | None, retention: timedelta) -> list[Case]:
    """The closed cases whose retention has passed."""
    until = journal.today - retention
    query = sa.select(Case).where(Case.closed_on.is_not(None), Case.forgotten.is_(False))
    cases = list(journal.session.scalars(query.where(Case.closed_on <= until).order_by(Case.id)))
    if references is None:
        return cases
    due = {case.reference for case in cases}
    for reference in references:
        case = journal.case(reference)
        if reference not in due and not case.forgotten:
            state = (
                Sentence("closed on {day}", day=case.closed_on)
                if case.closed_on
                else Sentence("{state}, not closed", state=Sentence(case.state))
            )
            raise RegisterError(
                Sentence(
                    "this case is {state}; it is kept for {days} days after closing",
                    state=state,
                    days=retention.days,
                ),
                where=case.reference,
            )
    return [case for case in cases if case.reference in set(references)]


def _case_of(journal: Journal, reference: str) -> Case:
    case = journal.case(reference)
    if case.forgotten:
        raise RegisterError("this case was forgotten; nothing can be added", where=case.reference)
    return case


def _not_in_future(journal: Journal, on: date | None) -> date:
    if on is not None and on > journal.today:
        raise UsageError(Sentence("{on} has not come yet", on=on))
    return on or journal.today


def _remove_personal_data(journal: Journal, case: Case) -> None:
    case.subject_id = case.subject_hash = None
    journal.session.execute(
        sa.update(DataRequest)
        .where(DataRequest.case_id == case.id)
        .values(subject_id=None, subject_hash=None, ticket=None, process=None)
    )
    journal.session.execute(sa.update(File).where(File.case_id == case.id).values(path=None, counts=None))
    journal.session.execute(sa.update(Event).where(Event.case_id == case.id).values(personal=None, salt=None))


def _without_none(**facts: object) -> dict[str, object]:
    return {name: value for name, value in facts.items() if value is not None}
