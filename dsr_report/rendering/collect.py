"""The one pass over an export's records: each becomes a view, is counted, and goes to its chapter's spool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple, get_args

from dsr_report.export import Export
from dsr_report.jsonstream.items import values
from dsr_report.records.kind import ChapterName, Origin
from dsr_report.records.kinds import kind_of
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.rule import Rule
from dsr_report.rendering.ledger import Ledger
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.person import Person
from dsr_report.rendering.records import RecordView
from dsr_report.rendering.statistics import Activity, Dated, MessageEntry
from dsr_report.rendering.storage_periods import cutoffs
from dsr_report.rendering.values import References
from dsr_report.rendering.views import MOST_CONCLUSIONS, Conclusion, TextMessage, Viewed, view_records
from dsr_report.spool import ExternalSort
from dsr_report.workers import Processes

MOST_TEXT_MESSAGES = 2_000
"""Entries in the list of messages sent; all text messages are in Annex D."""


MOST_UNKNOWN = 20
"""Names of unrecognised records on page one; all records are in Annex D."""
UNRECOGNISED = "unrecognised"


class FilledField(NamedTuple):
    """A non-empty field of the profile; its origin and source as the controller states them."""

    origin: Origin
    source: str
    special: bool


class Collected:
    """The result of the pass: views spooled on disk, and the counts for the first pages."""

    def __init__(self, ledger: Ledger, cutoffs: Mapping[str, date] | None = None) -> None:
        self.ledger = ledger
        self.dated = Dated(cutoffs or {})
        self.activity = Activity()
        self.references = References()
        self.spools: dict[str, ExternalSort[Any]] = {name: ExternalSort() for name in get_args(ChapterName)}
        self.is_found = False
        """Whether any record says something: one that is no packaging, and has a value that is not empty."""
        self.kinds: Counter[str] = Counter()
        self.rules: Counter[tuple[str, Rule]] = Counter()
        self.person = Person()
        self.databases: set[str] = set()
        self.collections: set[str] = set()
        self.inferred: list[Conclusion] = []
        self.interests: dict[str, bool] = {}
        self.filled: dict[str, FilledField] = {}
        """Label or name → non-empty field of the profile, in the order of the export."""
        self.unknown: Counter[str] = Counter()
        """Name in the export, or first member → number of unrecognised records."""
        self.text_messages: list[TextMessage] = []
        self.mailed_texts: dict[str, str] = {}
        """Mailing id → beginning of the text of a mailing by text message."""

    def close(self) -> None:
        """Remove the files on disk."""
        self.ledger.remove()
        for spool in self.spools.values():
            spool.close()


def collect(export: Export, options: ReportOptions, processes: Processes | None = None) -> Collected:
    """Make a view of every record of an export once; `processes` share the work."""
    hidden = {pointer: mark.treatment for mark in options.marks for pointer in mark.pointers}
    partly = {pointer for mark in options.marks for pointer in mark.passage_pointers}
    collected = Collected(Ledger(hidden, partly), cutoffs(options))
    try:
        _collect(export, options, collected, processes)
    except BaseException:
        collected.close()
        raise
    return collected


def _collect(
    export: Export, options: ReportOptions, collected: Collected, processes: Processes | None
) -> None:
    founds = export.counted(collected.ledger.arriving)
    records = view_records(founds, options, export.zone, collected.references, processes)
    for number, (found, record) in enumerate(records, 1):
        kind, place = record.kind, kind_of(record.kind).chapter
        collected.kinds[kind] += 1
        collected.is_found = collected.is_found or _says_something(kind, found)
        collected.rules[kind, record.rule] += 1
        _note(collected, record)
        if place != "background":
            day = record.at.astimezone(options.zone).date() if record.at is not None else None
            collected.dated.note(kind, day)
        if kind == UNRECOGNISED:
            name = _name_of(found)
            if name in collected.unknown or len(collected.unknown) < MOST_UNKNOWN:
                collected.unknown[name] += 1
        if record.text_message is not None and len(collected.text_messages) < MOST_TEXT_MESSAGES:
            collected.text_messages.append(record.text_message)
        if record.message is not None:
            _note_message(collected, record.message, record.message_ids)
            collected.spools["messages"].add((record.message.number - 1, record.at), record.view)
        elif record.is_event:
            collected.spools["events"].add(
                (record.message_id, record.mailing_id, record.at, kind, number),
                record.view,
            )
            at = record.at.astimezone(options.zone) if record.at is not None else None
            collected.activity.note_time(at, kind, record.certainty)
        else:
            collected.spools[place].add((kind, record.at, number, record.rule), record.view)
            if place != "background":  # a template of the sender may be older than all data about the subject
                collected.activity.note_span(*record.times)
            if record.mailing_id and record.subject:
                collected.activity.subjects.setdefault(record.mailing_id, record.subject)
        collected.ledger.settle(
            found if found.kind == kind else found._replace(kind=kind),
            place,
            record.anchor,
            record.values,
            record.in_file,
        )
    collected.ledger.settle_info(export.info.pointer, export.info.value, "technical", "technical")
    _join(collected)
    collected.ledger.close(export.value_count)


def _says_something(kind: str, found: RawRecord) -> bool:
    if kind_of(kind).is_packaging:
        return False
    return any(
        value.strip() if isinstance(value, str) else value is not None
        for _pointer, value in values(found.value, found.pointer)
    )


def _name_of(found: RawRecord) -> str:
    """The name of the list that holds a record, else of the record's first member."""
    if found.labels:
        return str(found.labels[-1])
    return str(next(iter(found.value), "")) if isinstance(found.value, dict) else ""


def _note(collected: Collected, record: Viewed) -> None:
    collected.person.note(record.name)
    collected.person.note_part(record.part_of)
    if record.mailed_text is not None and len(collected.mailed_texts) < MOST_TEXT_MESSAGES:
        collected.mailed_texts.setdefault(*record.mailed_text)
    if isinstance(record.view, RecordView):
        for row in record.view.fields:
            if not row.is_empty and len(collected.filled) < MOST_CONCLUSIONS:
                filled = FilledField(row.origin, row.source, row.special)
                collected.filled.setdefault(row.label or row.name, filled)
    if record.database:
        collected.databases.add(record.database)
    if record.collection:
        collected.collections.add(record.collection)
    room = max(MOST_CONCLUSIONS - len(collected.inferred), 0)
    collected.inferred += record.conclusions[:room]
    for name, is_selected in record.interests:
        if len(collected.interests) < MOST_CONCLUSIONS:
            collected.interests.setdefault(name, is_selected)


def _note_message(collected: Collected, entry: MessageEntry, ids: tuple[str, ...]) -> None:
    activity = collected.activity
    activity.messages.append(entry)
    for key in ids:
        known = activity.by_id.get(key)
        if known is None or not activity.messages[known].has_content:
            activity.by_id[key] = entry.number - 1
    if entry.subject and entry.mailing_id:
        activity.subjects.setdefault(entry.mailing_id, entry.subject)


def _join(collected: Collected) -> None:
    """Count each event at its message, and fill in missing subjects, once all messages are known."""
    activity = collected.activity
    for (message_id, _mailing, _at, kind, _number), _size in collected.spools["events"].index():
        activity.kinds[kind] += 1
        entry = activity.message_for(message_id)
        if entry is None:
            activity.without_message[kind] += 1
        else:
            entry.events[kind] += 1
    for entry in activity.messages:
        if entry.subject is None and entry.mailing_id:
            entry.subject = activity.subjects.get(entry.mailing_id)
