"""The calendar file is what RFC 5545 says, the same each time, and about nobody."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from dsr_report.register import deadlines
from dsr_report.register.calendar_file import Appointment, calendar_file

AT = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)


def _appointment(reference="DSR 7", received=date(2026, 3, 5), **more):
    return Appointment(reference, "received", deadlines(received), AT, **more)


def _unfolded(content: bytes) -> list[str]:
    assert content.endswith(b"\r\n")
    return content.decode("utf-8").replace("\r\n ", "").split("\r\n")[:-1]


def _objects(lines: list[str]) -> list[str]:
    """Each property outside and inside its components, after checking that these are well nested."""
    open_: list[str] = []
    seen = []
    for line in lines:
        name, _, value = line.partition(":")
        assert re.fullmatch(r"[A-Z-]+(;VALUE=DATE)?", name)
        if name == "BEGIN":
            open_.append(value)
        elif name == "END":
            assert open_.pop() == value
        else:
            seen.append(f"{'/'.join(open_)}/{name}")
    assert open_ == []
    return seen


def test_each_case_is_an_event_on_its_nominal_end_with_four_alarms():
    lines = _unfolded(calendar_file([_appointment()]))
    seen = _objects(lines)
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert "DTSTART;VALUE=DATE:20260405" in lines
    assert "DTEND;VALUE=DATE:20260406" in lines
    assert "DTSTAMP:20260305T093000Z" in lines
    assert [line for line in lines if line.startswith("TRIGGER")] == [
        f"TRIGGER:-P{n}D" for n in (14, 7, 3, 1)
    ]
    for name in ("UID", "DTSTAMP", "SUMMARY", "DESCRIPTION"):
        assert seen.count(f"VCALENDAR/VEVENT/{name}") == 1
    for name in ("ACTION", "TRIGGER", "DESCRIPTION"):
        assert seen.count(f"VCALENDAR/VEVENT/VALARM/{name}") == 4


def test_all_dates_are_in_the_description():
    [text] = [
        line for line in _unfolded(calendar_file([_appointment()])) if line.startswith("DESCRIPTION:Target")
    ]
    assert text == (
        "DESCRIPTION:Target date: 2026-04-02\\nDeadline: 2026-04-05\\nLast possible date: 2026-04-07"
        "\\nWithout pauses: 2026-04-07\\nExtension must be announced by: 2026-04-07\\nState: received"
    )


def test_an_assumed_day_of_receipt_is_said():
    assert "not noted" in "".join(_unfolded(calendar_file([_appointment(assumed=True)])))


@pytest.mark.parametrize("reference", ["é" * 80, "a;b,c\\d", "x" * 80, "\N{ENVELOPE}" * 70, "a\tb"])
def test_odd_references_are_escaped_and_lines_stay_short_and_whole(reference):
    content = calendar_file([_appointment(reference)])
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")  # no character is cut in two
        assert not any(octet < 0x20 for octet in line)
    [summary] = [line for line in _unfolded(content) if line.startswith("SUMMARY")]
    text = re.sub(r"\\(.)", r"\1", summary.removeprefix("SUMMARY:Answer access request "))
    assert text == reference.replace("\t", " ")


def test_the_order_of_cases_does_not_matter_and_each_keeps_its_own_identity():
    one, two = _appointment("DSR 7"), _appointment("DSR 8", date(2026, 3, 1))
    assert calendar_file([one, two]) == calendar_file([two, one])
    uids = [line for line in _unfolded(calendar_file([one, two])) if line.startswith("UID")]
    assert len(set(uids)) == 2


def test_an_empty_register_is_an_empty_calendar():
    assert _objects(_unfolded(calendar_file([])))[0] == "VCALENDAR/VERSION"
    assert b"VEVENT" not in calendar_file([])


def test_only_open_cases_are_in_the_registers_calendar_and_nobody_is_named(register):
    register.add("email", "jan@example.org", reference="DSR 7")
    answered = register.add("email", "piet@example.org", reference="DSR 8")
    register.note_sent(answered, sha256="cd" * 32)
    content = register.calendar()
    assert b"DSR 7" in content
    assert b"DSR 8" not in content
    assert b"jan" not in content
    assert content == register.calendar()
