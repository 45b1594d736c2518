"""One record at a time, from what was found to its HTML and what the report must know of it.

This is most of the work of a report, and needs nothing of other records but their numbers, so that
processes share it (`rendered`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from secrets import token_hex
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dsr_report.jsonstream.items import rough_size
from dsr_report.mime.message import MimeMessage
from dsr_report.mime.message import parse as parse_message
from dsr_report.records.base import Record
from dsr_report.records.kinds import kind_of
from dsr_report.records.models.events import Event
from dsr_report.records.models.mail import Mailing, Message, Snapshot
from dsr_report.records.models.people import Interest, Profile, Subprofile
from dsr_report.records.parsing import parse
from dsr_report.records.raw_record import RawRecord
from dsr_report.rendering.events import event_line
from dsr_report.rendering.messages import MessageRenderer
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.person import name_in
from dsr_report.rendering.records import RecordRenderer
from dsr_report.rendering.statistics import MessageEntry
from dsr_report.rendering.text import isolated
from dsr_report.rendering.values import LONG, Marking, References
from dsr_report.workers import Processes
from dsr_report.workers.jobs import handed_over, portions, taken_over

MOST_CONCLUSIONS = 500
"""All of them are in the records; this is the overview."""


class Conclusion(NamedTuple):
    """Something that the controller says it worked out itself: its label, and its value as HTML."""

    label: str
    html: str


class Rendered(NamedTuple):
    """A record as HTML, and what the report must know of it."""

    kind: str
    rule: str
    anchor: str
    html: str
    values: int
    """How many the HTML shows."""
    at: datetime | None = None
    certainty: str | None = None
    times: tuple[datetime, ...] = ()
    """Of what is neither message nor event: all its moments, `at` first."""
    message: MessageEntry | None = None
    message_ids: tuple[str, ...] = ()
    is_event: bool = False
    message_id: str | None = None
    mailing_id: str | None = None
    subject: str | None = None
    name: tuple[str, str] | None = None
    database: str = ""
    collection: str = ""
    conclusions: tuple[Conclusion, ...] = ()
    interests: tuple[tuple[str, bool], ...] = ()
    in_file: tuple[str, ...] = ()
    """Pointers below the record's: what is not printed in full, but is in the embedded export."""
    long_texts: tuple[str, ...] = ()
    """Texts that may recur in a report; the HTML has marks of `Later` in place of them."""


class Renderer:
    """Renders records of any kind for one report."""

    def __init__(self, options: ReportOptions, zone: ZoneInfo) -> None:
        """`zone` is that of local times which name none."""
        self._options = options
        self._zone = zone
        self._records = RecordRenderer(options)
        self._messages = MessageRenderer(options)

    def render(self, found: RawRecord, number: int, message_number: int, references: Marking) -> Rendered:
        """The record that was found as number `number`; if it is a message, it is number `message_number`."""
        record = parse(found, self._zone)
        kind = found.kind if record.kind != "unrecognised" else record.kind
        if isinstance(record, Message):
            made = self._message(record, kind, message_number)
        elif isinstance(record, Event):
            made = self._event(record, kind, number, references)
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

    def _event(self, record: Event, kind: str, number: int, references: Marking) -> Rendered:
        html, count = event_line(record, self._options, references, number)
        return Rendered(
            kind,
            record.rule,
            f"event-{number}",
            html,
            count,
            record.occurred_at,
            record.occurred_at_certainty,
            is_event=True,
            message_id=record.message_id,
            mailing_id=record.mailing_id,
        )

    def _other(self, record: Record, kind: str, number: int) -> Rendered:
        html, count = self._records.render(record, number)
        times = _times_of(record)
        at = times[0] if times else None
        made = Rendered(kind, record.rule, f"record-{number}", html, count, at, times=times)
        if isinstance(record, (Profile, Subprofile)):
            return made._replace(name=name_in(record), conclusions=self._conclusions(record))
        if isinstance(record, (Mailing, Snapshot)) and record.mailing_id and record.subject:
            return made._replace(mailing_id=record.mailing_id, subject=record.subject)
        return made

    def _message(self, record: Message, kind: str, number: int) -> Rendered:
        parsed = parse_message(record.mime) if record.mime is not None else None
        entry = _entry(record, parsed, number)
        html, count = self._messages.render(record, parsed, number)
        return Rendered(
            kind,
            record.rule,
            entry.anchor,
            html,
            count,
            record.sent_at,
            message=entry,
            message_ids=tuple(key for key in (record.message_id, record.internal_id) if key),
            in_file=self._messages.in_file(record),
        )

    def _conclusions(self, record: Profile | Subprofile) -> tuple[Conclusion, ...]:
        found = [
            Conclusion(row.label or row.name, row.html)
            for row in self._records.fields_of(record)
            if row.origin == "inferred"
        ]
        return tuple(found[:MOST_CONCLUSIONS])


class Later:
    """Marks in place of long texts, which get those of the report where all records are known."""

    def __init__(self, mark: str) -> None:
        self._mark = mark
        self._texts: dict[str, int] = {}

    def mark_of(self, text: str) -> str | None:
        """The mark of a long text, or None where it is printed in place."""
        if len(text) <= LONG:
            return None
        return f"{self._mark}{self._texts.setdefault(text, len(self._texts))};"

    def taken(self) -> tuple[str, ...]:
        """The texts since the last call, in the order of their marks."""
        texts = tuple(self._texts)
        self._texts.clear()
        return texts


def rendered(
    founds: Iterable[RawRecord],
    options: ReportOptions,
    zone: ZoneInfo,
    references: References,
    processes: Processes | None = None,
) -> Iterator[tuple[RawRecord, Rendered]]:
    """Every record with its HTML, in order; with `processes` they do the work, and the result is the same."""
    renderer = Renderer(options, zone)
    if processes is None:
        messages = 1
        for number, found in enumerate(founds, 1):
            made = renderer.render(found, number, messages, references)
            messages += made.message is not None
            yield found, made
    else:
        yield from _Shared(renderer, references).rendered(founds, options, zone, processes)


class _Job(NamedTuple):
    """Records to render: where the report's settings are, and the numbers of the first record and message."""

    settings: str
    number: int
    message_number: int
    founds: Sequence[RawRecord]


class _Shared:
    """Takes what processes rendered, and sees to it that it is what one process would have rendered."""

    def __init__(self, renderer: Renderer, references: References) -> None:
        self._renderer = renderer
        self._references = references
        self._mark = f"\ue000{token_hex(6)}-"
        self._marked = re.compile(re.escape(self._mark) + r"(\d+);")

    def rendered(
        self, founds: Iterable[RawRecord], options: ReportOptions, zone: ZoneInfo, processes: Processes
    ) -> Iterator[tuple[RawRecord, Rendered]]:
        """See `rendered`."""
        waiting: list[_Job] = []
        settings = replace(options, marks=()), zone, self._mark  # the list of marks is not theirs

        def jobs(path: str) -> Iterator[_Job]:
            number = messages = 1
            for portion in portions(founds, lambda found: rough_size(found.value)):
                waiting.append(_Job(path, number, messages, portion))
                yield waiting[-1]
                number += len(portion)
                messages += sum(found.kind == Message.kind for found in portion)

        messages = 1
        with handed_over(settings) as path:
            for answers in processes.in_order(render_portion, jobs(path)):
                job = waiting.pop(0)
                for number, (found, answer) in enumerate(zip(job.founds, answers, strict=True), job.number):
                    made = self._made(answer, messages)
                    if made is None:
                        made = self._renderer.render(found, number, messages, self._references)
                    messages += made.message is not None
                    yield found, made

    def _made(self, answer: Rendered, messages: int) -> Rendered | None:
        """What a process rendered, with its numbers; None where it could not know them."""
        if answer.message is not None and answer.message.number != messages:
            return None  # something before it looked like a message, and was none
        if not answer.long_texts:
            return answer

        def marked(match: re.Match[str]) -> str:
            text = answer.long_texts[int(match[1])]
            return self._references.mark_of(text) or isolated(text)

        return answer._replace(html=self._marked.sub(marked, answer.html), long_texts=())


def render_portion(job: _Job) -> list[Rendered]:
    """Render some records; runs in a process of its own."""
    renderer, later = _renderer_of(job.settings)
    answers = []
    messages = job.message_number
    for number, found in enumerate(job.founds, job.number):
        made = renderer.render(found, number, messages, later)
        messages += made.message is not None
        answers.append(made._replace(long_texts=later.taken()))
    return answers


@lru_cache(maxsize=1)
def _renderer_of(settings: str) -> tuple[Renderer, Later]:
    options, zone, mark = taken_over(settings)
    return Renderer(options, zone), Later(mark)


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
    """When a record came to be and was changed, the most telling moment first."""
    moments = kind_of(record.kind).moments
    return tuple(at for name in moments if (at := getattr(record, name)) is not None)
