"""The one pass over an export's records: each is rendered once, counted, and put where it belongs."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any, NamedTuple

from dsr_report.mime.message import MimeMessage
from dsr_report.mime.message import parse as parse_message
from dsr_report.reading import Export
from dsr_report.records.base import Record
from dsr_report.records.events import Event
from dsr_report.records.mail import Mailing, Message, Snapshot
from dsr_report.records.parsing import parse
from dsr_report.records.people import Interest, Profile, Subprofile
from dsr_report.report.activity import Activity, MessageEntry
from dsr_report.report.events import event_line
from dsr_report.report.ledger import Ledger
from dsr_report.report.messages import MessageRenderer
from dsr_report.report.options import ReportOptions
from dsr_report.report.person import Person
from dsr_report.report.records import RecordRenderer
from dsr_report.report.spool import Spool
from dsr_report.report.stored import References

PEOPLE = {"profile", "subprofile", "interest"}
TOLD = {"survey", "form", "contact", "todo", "note", "history", "change"}
FILES = {"file"}
BACKGROUND = {
    "mailing", "snapshot", "statistics", "document", "sms", "sms_mailing", "fax", "coupon", "coupon_campaign",
    "feedback_error",
}  # fmt: skip
EVENTS = {
    "attempt", "delivery", "retry", "impression", "click", "open_or_click", "error", "bounce", "response", "abuse",
    "unsubscribe",
}  # fmt: skip

_MOST_CONCLUSIONS = 500  # all of them are in the records; this is the overview


class Collected:
    """Everything of an export, rendered and waiting on disk, with the numbers that the first pages give."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.activity = Activity()
        self.references = References()
        self.spools = {
            name: Spool() for name in ("you", "told", "messages", "events", "files", "other", "background")
        }
        self.kinds: Counter[str] = Counter()
        self.rules: Counter[tuple[str, str]] = Counter()
        self.person = Person()
        self.databases: set[str] = set()
        self.collections: set[str] = set()
        self.inferred: list[Conclusion] = []
        self.interests: dict[str, bool] = {}

    def close(self) -> None:
        """Remove what waits on disk."""
        self.ledger.remove()
        for spool in self.spools.values():
            spool.close()


class Conclusion(NamedTuple):
    """Something that the controller says it worked out itself: its label, and its value as HTML."""

    label: str
    html: str


def place_of(kind: str) -> str:
    """The chapter that shows records of a kind."""
    if kind in PEOPLE:
        return "you"
    if kind in TOLD:
        return "told"
    if kind == "message":
        return "messages"
    if kind in EVENTS:
        return "events"
    if kind in FILES:
        return "files"
    return "background" if kind in BACKGROUND else "other"


def collect(export: Export, options: ReportOptions) -> Collected:
    """Render every record of an export once."""
    hidden = {pointer: mark.treatment for mark in options.marks for pointer in mark.pointers}
    collected = Collected(Ledger(hidden))
    try:
        _collect(export, options, collected)
    except BaseException:
        collected.close()
        raise
    return collected


def _collect(export: Export, options: ReportOptions, collected: Collected) -> None:
    records = RecordRenderer(options)
    messages = MessageRenderer(options)
    for number, found in enumerate(export.found(collected.ledger.arriving), 1):
        record = parse(found, export.zone)
        kind = found.kind if record.kind != "unrecognised" else record.kind
        place = place_of(kind)
        collected.kinds[kind] += 1
        collected.rules[kind, record.rule] += 1
        _note_person(collected, record)
        _note_conclusions(collected, record, records)
        if isinstance(record, Message):
            parsed = parse_message(record.mime) if record.mime is not None else None
            entry = _entry(collected, record, parsed)
            anchor = entry.anchor
            html, count = messages.render(record, parsed, entry.number)
            collected.spools["messages"].add((entry.number - 1, record.sent_at), html)
        elif isinstance(record, Event):
            anchor = f"event-{number}"
            html, count = event_line(record, options, collected.references, number)
            collected.spools["events"].add(
                (record.message_id, record.mailing_id, record.occurred_at, kind, number), html
            )
            collected.activity.note_time(
                _local(record.occurred_at, options), kind, record.occurred_at_certainty
            )
        else:
            anchor = f"record-{number}"
            html, count = records.render(record, number)
            collected.spools[place].add((kind, _time_of(record), number, record.rule), html)
            if isinstance(record, (Mailing, Snapshot)) and record.mailing_id and record.subject:
                collected.activity.subjects.setdefault(record.mailing_id, record.subject)
        collected.ledger.settle(
            found if found.kind == kind else found._replace(kind=kind), place, anchor, count
        )
    collected.ledger.settle_info(export.info.pointer, export.info.value, "technical", "technical")
    _join(collected)
    collected.ledger.close(export.value_count)


def _note_person(collected: Collected, record: Record) -> None:
    collected.person.note(record)
    database = getattr(record, "database_id", None)
    collection = getattr(record, "collection_id", None)
    if database:
        collected.databases.add(str(database))
    if collection:
        collected.collections.add(str(collection))


def _note_conclusions(collected: Collected, record: Record, records: RecordRenderer) -> None:
    if isinstance(record, (Profile, Subprofile)):
        room = _MOST_CONCLUSIONS - len(collected.inferred)
        collected.inferred += [
            Conclusion(row.label or row.name, row.html)
            for row in records.fields_of(record)
            if row.origin == "inferred"
        ][: max(room, 0)]
    interests = getattr(record, "interests", (record,) if isinstance(record, Interest) else ())
    for interest in interests:
        if interest.name and len(collected.interests) < _MOST_CONCLUSIONS:
            collected.interests.setdefault(str(interest.name), interest.selected is not False)


def _entry(collected: Collected, record: Message, parsed: MimeMessage | None) -> MessageEntry:
    activity = collected.activity
    sent_at = record.sent_at or (parsed.date if parsed is not None else None)
    entry = MessageEntry(
        len(activity.messages) + 1,
        record.pointer,
        sent_at,
        record.sent_at_raw,
        record.subject or (parsed.subject if parsed is not None else None),
        parsed is not None or bool(record.html or record.text),
        record.mailing_id,
    )
    activity.messages.append(entry)
    for key in (record.message_id, record.internal_id):
        if key:
            known = activity.by_id.get(key)
            if known is None or not activity.messages[known].has_content:
                activity.by_id[key] = entry.number - 1
    if entry.subject and entry.mailing_id:
        activity.subjects.setdefault(entry.mailing_id, entry.subject)
    return entry


def _join(collected: Collected) -> None:
    """Now that all messages are known: count each event at its message."""
    activity = collected.activity
    for message_id, _mailing, _at, kind, _number in collected.spools["events"].index():
        activity.kinds[kind] += 1
        entry = activity.message_for(message_id)
        if entry is None:
            activity.without_message[kind] += 1
        else:
            entry.events[kind] += 1
    for entry in activity.messages:
        if entry.subject is None and entry.mailing_id:
            entry.subject = activity.subjects.get(entry.mailing_id)


def _local(at: datetime | None, options: ReportOptions) -> datetime | None:
    return at.astimezone(options.zone) if at is not None else None


def _time_of(record: Record) -> Any:
    for name in ("submitted_at", "occurred_at", "sent_at", "created_at", "modified_at", "valid_from"):
        at = getattr(record, name, None)
        if at is not None:
            return at
    return None
