"""Rows of events: time, description, details, and all values as stored."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from dsr_report.printable import printable
from dsr_report.records.kinds import kind_of
from dsr_report.records.models.events import Abuse, Click, Error, Event, Unsubscribe
from dsr_report.rendering.dictionary import DEVICES, meaning_of
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.user_agents import device_reading
from dsr_report.rendering.values import LongTexts, StoredValue, stored_line
from dsr_report.times import is_empty_date
from dsr_report.user_agents import agent_of


def moment_text(at: datetime | None, raw: str | None, certainty: str | None, options: ReportOptions) -> str:
    """A moment in words, with a note if it is uncertain; the raw text if it could not be read."""
    language = options.language
    if at is None:
        return printable_raw(raw, options)
    if certainty == "date":
        return language.day(at.astimezone(options.zone).date())
    text = language.moment(at, options.zone)
    if certainty == "ambiguous":
        return f"{text} {language.text('(summer or winter time unknown)')}"
    if certainty == "nonexistent":
        return f"{text} {language.text('(this time did not exist: the clocks went forward)')}"
    return text


def printable_raw(raw: str | None, options: ReportOptions) -> str:
    """An unreadable time as stored; `no date` if it is empty or zero."""
    if raw is None or is_empty_date(raw):
        return options.language.text("no date")
    return printable(raw)


class EventRow(NamedTuple):
    """An event: time, description, details, and its values as stored.

    A tuple, because a report may hold millions of events.
    """

    number: int
    pointer: str
    when: str
    what: str
    details: tuple[str, ...]
    stored: list[StoredValue]
    kind: str = ""


def event_row(
    record: Event, options: ReportOptions, long_texts: LongTexts, number: int
) -> tuple[EventRow, int]:
    """Return the row of one event, which is record number `number`, and its number of values."""
    language = options.language
    when = moment_text(record.occurred_at, record.occurred_at_raw, record.occurred_at_certainty, options)
    what = language.text(kind_of(record.kind).explanation)
    details = tuple(text for text in _details(record, options) if text)
    stored, count = stored_line(record, language, long_texts)
    return EventRow(number, record.pointer, when, what, details, stored, record.kind), count


def _details(record: Event, options: ReportOptions) -> list[str]:
    language = options.language
    details: list[str] = []
    if isinstance(record, Click):
        details.append(str(record.link or record.target or ""))
    agent = agent_of(getattr(record, "user_agent", None), getattr(record, "header", None))
    device = getattr(record, "device", None)
    if device in DEVICES:
        details.append(language.text(DEVICES[device]))
    if agent:
        details.append(device_reading(agent) or "")
    ip = getattr(record, "ip", None)
    if ip:
        details.append(language.text("IP address not stored") if ip == "0.0.0.0" else str(ip))  # noqa: S104
    code, country = getattr(record, "country_code", None), getattr(record, "country", None)
    if code and language.country(code) != code:
        country = language.country(code)
    place = ", ".join(str(part) for part in (getattr(record, "city", None), country) if part)
    if place:
        details.append(language.text("near {place} (an estimate)").format(place=place))
    if isinstance(record, Error):  # what the servers said stands with the stored values, also of deliveries
        code = record.status or record.error_code or ""
        meaning = meaning_of("errorcode", code, language) or meaning_of(
            "errortype", record.error_type, language
        )
        if meaning:
            details.append(meaning)
        else:
            if code[:1] in {"4", "5"}:
                details.append(language.text("temporary") if code[0] == "4" else language.text("permanent"))
            details.append(str(record.description or record.error_type_description or ""))
    if isinstance(record, Abuse):
        details.append(
            meaning_of("feedback_type", record.feedback_type, language) or str(record.feedback_type or "")
        )
    if isinstance(record, Unsubscribe):
        source = getattr(record, "source", None)
        if source in {"link", "email"}:
            details.append(
                language.text("through a link") if source == "link" else language.text("by e-mail")
            )
    return details
