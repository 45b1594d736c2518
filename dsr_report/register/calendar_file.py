"""Deadlines as a calendar file (iCalendar, RFC 5545), without personal data: same cases, same bytes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from dsr_report.register.deadlines import WARN_DAYS, Deadlines

_LINE_OCTETS = 75


@dataclass(frozen=True, slots=True)
class Appointment:
    """One deadline to be entered in a calendar."""

    reference: str
    state: str
    deadlines: Deadlines
    changed_at: datetime
    assumed: bool = False


def calendar_file(appointments: Iterable[Appointment]) -> bytes:
    """An iCalendar object with one all-day event a case, on its nominal end, with alarms before it."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//dsr-report//register//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    for appointment in sorted(appointments, key=lambda one: (one.deadlines.nominal, one.reference)):
        lines += _event(appointment)
    lines.append("END:VCALENDAR")
    return b"".join(_fold(line) for line in lines)


def _event(one: Appointment) -> list[str]:
    due = one.deadlines.nominal
    description = (
        f"Target date: {one.deadlines.target}\nDeadline: {due}\nLast possible date: {one.deadlines.latest}\n"
        f"Without pauses: {one.deadlines.unpaused_latest}\n"
        f"Extension must be announced by: {one.deadlines.extension_notice_due}\nState: {one.state}"
    )
    if one.assumed:
        description += "\nThe day of receipt was not noted: these dates may be too late."
    summary = f"Answer access request {one.reference}"
    lines = [
        "BEGIN:VEVENT",
        f"UID:{_text(one.reference).encode().hex()}@dsr-report.invalid",
        f"DTSTAMP:{_stamp(one.changed_at)}",
        f"LAST-MODIFIED:{_stamp(one.changed_at)}",
        f"DTSTART;VALUE=DATE:{_day(due)}",
        f"DTEND;VALUE=DATE:{_day(due + timedelta(days=1))}",
        f"SUMMARY:{_text(summary)}",
        f"DESCRIPTION:{_text(description)}",
        "TRANSP:TRANSPARENT",
        "CLASS:PRIVATE",
    ]
    for days in WARN_DAYS:
        lines += [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"TRIGGER:-P{days}D",
            f"DESCRIPTION:{_text(summary)}",
            "END:VALARM",
        ]
    return [*lines, "END:VEVENT"]


def _text(value: str) -> str:
    """A TEXT value (RFC 5545, 3.3.11): escaped, without control characters."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = escaped.replace("\r\n", "\n").replace("\n", "\\n")
    return "".join(" " if ord(letter) < 0x20 or letter == "\x7f" else letter for letter in escaped)


def _day(day: date) -> str:
    return f"{day.year:04}{day.month:02}{day.day:02}"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _fold(line: str) -> bytes:
    """Fold a line at 75 octets, between characters; each further piece begins with a space."""
    pieces: list[bytes] = []
    piece = b""
    for letter in line:
        octets = letter.encode("utf-8")
        if len(piece) + len(octets) > _LINE_OCTETS:
            pieces.append(piece)
            piece = b" "
        piece += octets
    return b"\r\n".join([*pieces, piece]) + b"\r\n"
