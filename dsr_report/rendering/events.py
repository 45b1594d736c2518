"""One line for each event: when, what, and what is known of it; below it, all its values as stored."""

from __future__ import annotations

from datetime import datetime

from markupsafe import escape

from dsr_report.printable import printable
from dsr_report.records.kinds import kind_of
from dsr_report.records.models.events import Abuse, Click, Delivery, Error, Event, Unsubscribe
from dsr_report.rendering.dictionary import DEVICES, meaning_of
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.shared_values import STORED
from dsr_report.rendering.text import isolated
from dsr_report.rendering.user_agents import agent_of, device_reading
from dsr_report.rendering.values import Marking, stored_line


def moment_text(at: datetime | None, raw: str | None, certainty: str | None, options: ReportOptions) -> str:
    """A moment in words, with what is not sure about it; the raw text where it is no moment."""
    words = options.words
    if at is None:
        return printable_raw(raw, options)
    if certainty == "date":
        return words.day(at.astimezone(options.zone).date())
    text = words.moment(at, options.zone)
    if certainty == "ambiguous":
        return f"{text} {words.text('(summer or winter time unknown)')}"
    if certainty == "nonexistent":
        return f"{text} {words.text('(the stored time does not exist: the clock skipped it)')}"
    return text


def printable_raw(raw: str | None, options: ReportOptions) -> str:
    """A time that cannot be read, as it is stored."""
    if raw is None or raw.strip() in {"", "0000-00-00", "0000-00-00 00:00:00"}:
        return options.words.text("no date")
    return printable(raw)


def event_line(record: Event, options: ReportOptions, references: Marking, number: int) -> tuple[str, int]:
    """The HTML of one event, to be made a list of (`recurring.event_list`), and how many values it shows.

    The id stands on its first word: WeasyPrint computes the styles of all that is in an element with an id anew.
    """
    words = options.words
    when = moment_text(record.occurred_at, record.occurred_at_raw, record.occurred_at_certainty, options)
    what = words.text(kind_of(record.kind).explanation)
    details = " · ".join(isolated(text) for text in _details(record, options) if text)
    stored, count = stored_line(record, words, references)
    return (
        f'<li><b id="event-{number}">{escape(when)}</b> {escape(what)}'
        f"{f'{words.colon} {details}' if details else ''}"
        f" {STORED}{stored}</small></li>",
        count,
    )


def _details(record: Event, options: ReportOptions) -> list[str]:
    words = options.words
    details: list[str] = []
    if isinstance(record, Click):
        details.append(str(record.link or record.target or ""))
    agent = agent_of(getattr(record, "user_agent", None), getattr(record, "header", None))
    device = getattr(record, "device", None)
    if device in DEVICES:
        details.append(words.text(DEVICES[device]))
    if agent:
        details.append(device_reading(agent) or "")
    ip = getattr(record, "ip", None)
    if ip:
        details.append(words.text("IP address not stored") if ip == "0.0.0.0" else str(ip))  # noqa: S104
    place = ", ".join(
        str(part) for part in (getattr(record, "city", None), getattr(record, "country", None)) if part
    )
    if place:
        details.append(words.text("near {place} (a guess)").format(place=place))
    if isinstance(record, Error):
        code = record.status or record.error_code or ""
        meaning = meaning_of("errorcode", code, words) or meaning_of("errortype", record.error_type, words)
        if meaning:
            details.append(meaning)
        elif code[:1] in {"4", "5"}:
            details.append(words.text("for now") if code[0] == "4" else words.text("for good"))
        details.append(str(record.description or record.error_type_description or ""))
    if isinstance(record, Delivery):
        details.append(str(record.smtp_response or ""))
    if isinstance(record, Abuse):
        details.append(
            meaning_of("feedback_type", record.feedback_type, words) or str(record.feedback_type or "")
        )
    if isinstance(record, Unsubscribe):
        source = getattr(record, "source", None)
        if source in {"link", "email"}:
            details.append(words.text("through a link") if source == "link" else words.text("by e-mail"))
    return details
