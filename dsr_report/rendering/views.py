"""Step 10: make the view of one record at a time, and extract the facts for the report's summaries.

This is most of the work of a report. It depends on other records only for their numbers, so that processes
share it (`view_records`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dsr_report.jsonstream.items import rough_size
from dsr_report.mime.message import MimeMessage
from dsr_report.mime.message import parse as parse_message
from dsr_report.records.base import Record
from dsr_report.records.kinds import kind_of
from dsr_report.records.models.events import Event
from dsr_report.records.models.mail import Mailing, Message, Snapshot
from dsr_report.records.models.other import Fax, Sms, SmsMailing
from dsr_report.records.models.people import Interest, Profile, Subprofile
from dsr_report.records.parser import parse
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.rule import Rule
from dsr_report.rendering.events import EventRow, event_row
from dsr_report.rendering.messages import MessageView, MessageViews
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.person import name_in
from dsr_report.rendering.records import RecordView, RecordViews
from dsr_report.rendering.statistics import MessageEntry
from dsr_report.rendering.values import LONG, LongTexts, References, StoredValue, Value
from dsr_report.workers import Processes
from dsr_report.workers.jobs import hand_over, portions, take_over

MOST_CONCLUSIONS = 500
"""Entries of the overview; the records show all of them."""
_BEGINNING = 100
"""Characters of a text message in the list of messages sent; Annex D has the full text."""


class Conclusion(NamedTuple):
    """A field that the controller declares as inferred."""

    label: str
    value: Value


class TextMessage(NamedTuple):
    """A text message or fax for the list of messages sent."""

    kind: str
    anchor: str
    at: datetime | None
    text: str
    mailing_id: str | None
    """The mailing of a text message, which may have the text."""


class Viewed(NamedTuple):
    """A record's view, and the facts for the report's summaries."""

    kind: str
    rule: Rule
    anchor: str
    view: RecordView | MessageView | EventRow
    values: int
    """Number of values that the view shows."""
    at: datetime | None = None
    certainty: str | None = None
    times: tuple[datetime, ...] = ()
    """All moments of a record that is neither message nor event, `at` first."""
    message: MessageEntry | None = None
    text_message: TextMessage | None = None
    mailed_text: tuple[str, str] | None = None
    """Id of a mailing by text message, and the beginning of its text."""
    message_ids: tuple[str, ...] = ()
    is_event: bool = False
    message_id: str | None = None
    mailing_id: str | None = None
    subject: str | None = None
    name: tuple[str, str] | None = None
    part_of: tuple[str, str] | None = None
    """Number of a subprofile, and that of its profile."""
    database: str = ""
    collection: str = ""
    conclusions: tuple[Conclusion, ...] = ()
    interests: tuple[tuple[str, bool], ...] = ()
    in_file: tuple[str, ...] = ()
    """Pointers, relative to the record's, of values that only the embedded export has in full."""
    long_texts: tuple[str, ...] = ()
    """Long texts of a view that a worker process made; the view has their indices in this tuple (`Later`)."""


class Viewer:
    """Makes views of records of any kind for one report."""

    def __init__(self, options: ReportOptions, zone: ZoneInfo) -> None:
        """`zone` is the time zone of local times without an offset."""
        self._options = options
        self._zone = zone
        self._records = RecordViews(options)
        self._messages = MessageViews(options)

    def view(self, found: RawRecord, number: int, message_number: int, long_texts: LongTexts) -> Viewed:
        """Make the view of record number `number`; a message gets the number `message_number`."""
        record = parse(found, self._zone)
        kind = found.kind if record.kind != "unrecognised" else record.kind
        if isinstance(record, Message):
            made = self._message(record, kind, number, message_number)
        elif isinstance(record, Event):
            made = self._event(record, kind, number, long_texts)
        else:
            made = self._other(record, kind, number)
        database, collection = getattr(record, "database_id", None), getattr(record, "collection_id", None)
        interests = getattr(record, "interests", (record,) if isinstance(record, Interest) else ())
        if database or collection or interests:
            named = [(str(one.name), one.selected is not False) for one in interests if one.name]
            made = made._replace(
                database=database or "",
                collection=collection or "",
                interests=tuple(named[:MOST_CONCLUSIONS]),
            )
        return made

    def _event(self, record: Event, kind: str, number: int, long_texts: LongTexts) -> Viewed:
        row, count = event_row(record, self._options, long_texts, number)
        return Viewed(
            kind,
            record.rule,
            f"event-{number}",
            row,
            count,
            record.occurred_at,
            record.occurred_at_certainty,
            is_event=True,
            message_id=record.message_id,
            mailing_id=record.mailing_id,
        )

    def _other(self, record: Record, kind: str, number: int) -> Viewed:
        view, count = self._records.view(record, number)
        times = _times_of(record)
        at = times[0] if times else None
        made = Viewed(kind, record.rule, view.anchor, view, count, at, times=times)
        if isinstance(record, (Profile, Subprofile)):
            made = made._replace(name=name_in(record), conclusions=self._conclusions(record))
            if isinstance(record, Subprofile) and record.subprofile_id and record.profile_id:
                return made._replace(part_of=(record.subprofile_id, record.profile_id))
            return made
        if isinstance(record, SmsMailing) and record.mailing_id and record.text:
            return made._replace(mailed_text=(record.mailing_id, _first_words(record.text)))
        if isinstance(record, (Sms, Fax)):
            text = _first_words(getattr(record, "text", None))
            mailing = record.mailing_id if isinstance(record, Sms) else None
            sent = TextMessage(kind, view.anchor, at, text, mailing)
            return made._replace(text_message=sent)
        if isinstance(record, (Mailing, Snapshot)) and record.mailing_id and record.subject:
            return made._replace(mailing_id=record.mailing_id, subject=record.subject)
        return made

    def _message(self, record: Message, kind: str, number: int, message_number: int) -> Viewed:
        parsed = parse_message(record.mime) if record.mime is not None else None
        entry = _entry(record, parsed, message_number)
        view, count = self._messages.view(record, parsed, message_number, number)
        return Viewed(
            kind,
            record.rule,
            entry.anchor,
            view,
            count,
            record.sent_at,
            message=entry,
            message_ids=tuple(key for key in (record.message_id, record.internal_id) if key),
            in_file=self._messages.in_file(record),
        )

    def _conclusions(self, record: Profile | Subprofile) -> tuple[Conclusion, ...]:
        found = [
            Conclusion(row.label or row.name, row.value)
            for row in self._records.fields_of(record)
            if row.origin == "inferred"
        ]
        return tuple(found[:MOST_CONCLUSIONS])


def _first_words(text: str | None) -> str:
    """The first words of a text, on one line."""
    words = " ".join((text or "").split())
    return words if len(words) <= _BEGINNING else f"{words[: _BEGINNING - 1].rstrip()}…"


class Later:
    """Provisional numbers of one record's long texts; the main process replaces them."""

    def __init__(self) -> None:
        self._texts: dict[str, int] = {}

    def number_of(self, text: str) -> int | None:
        """Return the number of a long text, or None if the text is printed in place."""
        return self._texts.setdefault(text, len(self._texts)) if len(text) > LONG else None

    def take(self) -> tuple[str, ...]:
        """Return the texts since the last call, in the order of their numbers."""
        texts = tuple(self._texts)
        self._texts.clear()
        return texts


def view_records(
    founds: Iterable[RawRecord],
    options: ReportOptions,
    zone: ZoneInfo,
    references: References,
    processes: Processes | None = None,
) -> Iterator[tuple[RawRecord, Viewed]]:
    """Yield every record with its view, in order; `processes` share the work and do not change the result."""
    viewer = Viewer(options, zone)
    if processes is None:
        messages = 1
        for number, found in enumerate(founds, 1):
            made = viewer.view(found, number, messages, references)
            messages += made.message is not None
            yield found, made
    else:
        yield from _Shared(viewer, references).view_records(founds, options, zone, processes)


class _Job(NamedTuple):
    """Records to make views of: path of the report's settings, numbers of the first record and message."""

    settings: str
    number: int
    message_number: int
    founds: Sequence[RawRecord]


class _Shared:
    """Collects the views made by processes, and renumbers them as a single process would."""

    def __init__(self, viewer: Viewer, references: References) -> None:
        self._viewer = viewer
        self._references = references

    def view_records(
        self, founds: Iterable[RawRecord], options: ReportOptions, zone: ZoneInfo, processes: Processes
    ) -> Iterator[tuple[RawRecord, Viewed]]:
        """See `view_records`."""
        waiting: list[_Job] = []
        settings = replace(options, marks=()), zone  # they do not show the list of marks

        def jobs(path: str) -> Iterator[_Job]:
            number = messages = 1
            for portion in portions(founds, lambda found: rough_size(found.value)):
                waiting.append(_Job(path, number, messages, portion))
                yield waiting[-1]
                number += len(portion)
                messages += sum(found.kind == Message.kind for found in portion)

        messages = 1
        with hand_over(settings) as path:
            for answers in processes.in_order(view_portion, jobs(path)):
                job = waiting.pop(0)
                for number, (found, answer) in enumerate(zip(job.founds, answers, strict=True), job.number):
                    made = self._renumber(answer, messages)
                    if made is None:
                        made = self._viewer.view(found, number, messages, self._references)
                    messages += made.message is not None
                    yield found, made

    def _renumber(self, answer: Viewed, messages: int) -> Viewed | None:
        """Return a process's view with the report's numbers; None if it must be made again."""
        if answer.message is not None and answer.message.number != messages:
            return None  # an earlier record counted as a message and turned out not to be one
        if not answer.long_texts or not isinstance(answer.view, EventRow):
            return answer
        stored = [
            self._renumber_value(value, answer.long_texts) if value[2] == "long" else value
            for value in answer.view.stored
        ]
        return answer._replace(view=answer.view._replace(stored=stored), long_texts=())

    def _renumber_value(self, value: StoredValue, texts: Sequence[str]) -> StoredValue:
        name, said, _form = value
        text = texts[int(said)]
        number = self._references.number_of(text)
        return (name, text, "text") if number is None else (name, number, "long")


def view_portion(job: _Job) -> list[Viewed]:
    """Make views of some records; runs in a worker process."""
    viewer = _viewer_of(job.settings)
    later = Later()
    answers = []
    messages = job.message_number
    for number, found in enumerate(job.founds, job.number):
        made = viewer.view(found, number, messages, later)
        messages += made.message is not None
        answers.append(made._replace(long_texts=later.take()))
    return answers


@lru_cache(maxsize=1)
def _viewer_of(settings: str) -> Viewer:
    options, zone = take_over(settings)
    return Viewer(options, zone)


def _entry(record: Message, parsed: MimeMessage | None, number: int) -> MessageEntry:
    return MessageEntry(
        number,
        record.pointer,
        record.sent_at or (parsed.date if parsed is not None else None),
        record.sent_at_raw,
        record.subject or (parsed.subject if parsed is not None else None),
        parsed is not None or bool(record.html or record.text),
        record.mailing_id,
    )


def _times_of(record: Record) -> tuple[datetime, ...]:
    """The moments of a record, in the order that its kind declares, most significant first."""
    moments = kind_of(record.kind).moments
    return tuple(at for name in moments if (at := getattr(record, name)) is not None)
