"""A case from receipt to oblivion, and what lists say of it."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from dsr_report.errors import RegisterError, UsageError
from dsr_report.register import Register, deadlines

RECEIVED = date(2026, 3, 5)


def test_a_case_goes_through_its_states_and_the_clock_stops_with_the_answer(register, clock):
    reference = register.add("email", "jan@example.org", received_on=RECEIVED)
    seen = [register.case(reference).state]
    for event in ("acknowledged", "review", "approved"):
        register.note(reference, event)
        seen.append(register.case(reference).state)
    register.note_disclosure(reference, sha256="cd" * 32, withheld=3)
    seen.append(register.case(reference).state)
    clock.pass_(days=20)
    register.note_sent(reference, sha256="cd" * 32, address="jan@example.org")
    seen.append(register.case(reference).state)
    register.close_case(reference)
    seen.append(register.case(reference).state)
    assert seen == ["received", "acknowledged", "review", "approved", "rendered", "sent", "closed"]
    case = register.case(reference)
    assert (case.replied_on, case.days_left, case.due) == (date(2026, 3, 25), None, "answered 2026-03-25")


def test_what_happens_after_the_answer_does_not_take_it_back(register):
    reference = register.add("profile", 1, received_on=RECEIVED)
    register.note_sent(reference, sha256="cd" * 32)
    register.note_disclosure(reference, sha256="ef" * 32)
    register.note(reference, "review")
    assert register.case(reference).state == "sent"


def test_a_pause_shows_as_the_state_until_it_ends_and_moves_the_dates(register, clock):
    reference = register.add("profile", 1, received_on=RECEIVED)
    register.pause(reference, "clarification", reason="which of the four accounts?", on=date(2026, 3, 5))
    clock.pass_(days=4)
    register.note(reference, "acknowledged")
    assert register.case(reference).state == "clarification"
    assert register.case(reference).deadlines.nominal == date(2026, 4, 9)
    register.resume(reference, on=date(2026, 3, 8))
    case = register.case(reference)
    assert (case.state, case.deadlines.nominal) == ("acknowledged", date(2026, 4, 8))
    assert case.deadlines.unpaused_latest == date(2026, 4, 7)


def test_pauses_do_not_overlap_and_end_after_they_began(register, clock):
    reference = register.add("profile", 1, received_on=RECEIVED)
    with pytest.raises(RegisterError, match="not paused"):
        register.resume(reference)
    clock.pass_(days=3)
    register.pause(reference, on=date(2026, 3, 7))
    with pytest.raises(RegisterError, match="paused already"):
        register.pause(reference)
    with pytest.raises(UsageError, match="after 2026-03-06"):
        register.resume(reference, on=date(2026, 3, 6))
    with pytest.raises(UsageError, match="not come yet"):
        register.resume(reference, on=date(2026, 3, 9))


def test_an_extension_in_time_makes_three_months_and_happens_once(register):
    reference = register.add("profile", 1, received_on=RECEIVED)
    assert register.extend(reference, "seven accounts")
    assert register.case(reference).deadlines == deadlines(RECEIVED, extended=True)
    with pytest.raises(RegisterError, match="was extended on 2026-03-05"):
        register.extend(reference, "and an eighth")


def test_an_extension_counts_as_late_from_the_day_after_the_last_working_day(register, clock):
    on_time, late = (register.add("profile", number, received_on=RECEIVED) for number in (1, 2))
    clock.pass_(days=40)
    assert register.extend(on_time, "seven accounts", on=date(2026, 4, 7))
    assert not register.extend(late, "seven accounts", on=date(2026, 4, 8))


def test_an_extension_without_a_reason_is_refused(register):
    reference = register.add("profile", 1)
    with pytest.raises(UsageError, match="reason"):
        register.extend(reference, " ")


def test_urgency_is_said_in_words_day_by_day(register, clock):
    reference = register.add("profile", 1, received_on=RECEIVED)
    said = {}
    for day in (
        "2026-03-05",
        "2026-03-22",
        "2026-04-04",
        "2026-04-05",
        "2026-04-07",
        "2026-04-08",
        "2026-04-10",
    ):
        clock.at = clock.at.replace(month=int(day[5:7]), day=int(day[8:]))
        case = register.case(reference)
        said[day] = (case.urgency, case.due)
    assert said == {
        "2026-03-05": ("open", "due in 31 days"),
        "2026-03-22": ("due-soon", "due in 14 days"),
        "2026-04-04": ("due-soon", "due in 1 day"),
        "2026-04-05": ("due-soon", "due today"),
        "2026-04-07": ("due-soon", "due today"),
        "2026-04-08": ("overdue", "overdue by 1 day"),
        "2026-04-10": ("overdue", "overdue by 3 days"),
    }


def test_the_day_changes_where_the_controller_is_not_in_greenwich(register, clock):
    clock.at = clock.at.replace(hour=23, minute=30)
    reference = register.add("profile", 1)
    assert register.case(reference).received_on == date(2026, 3, 6)


def test_lists_begin_with_what_is_most_urgent_and_leave_out_what_is_closed(register, clock):
    clock.pass_(days=40)
    soon = register.add("profile", 1, received_on=date(2026, 3, 20))
    overdue = register.add("profile", 2, received_on=RECEIVED)
    later = register.add("profile", 3, received_on=date(2026, 4, 10))
    answered = register.add("profile", 4, received_on=RECEIVED)
    closed = register.add("profile", 5, received_on=RECEIVED)
    register.note_sent(answered, sha256="cd" * 32)
    register.withdraw(closed)
    register.close_case(closed)
    assert [case.reference for case in register.cases()] == [overdue, soon, later, answered]
    assert [case.reference for case in register.cases(everything=True)] == [
        overdue,
        soon,
        later,
        answered,
        closed,
    ]
    assert [case.reference for case in register.due()] == [overdue, soon]
    assert [case.reference for case in register.due(timedelta(days=1))] == [overdue]


def test_a_country_of_the_case_goes_before_that_of_the_register(register):
    reference = register.add("profile", 1, received_on=RECEIVED, country="GB", subdivision="SCT")
    assert register.case(reference).deadlines.latest == date(2026, 4, 6)


def test_without_the_holidays_package_lists_still_work_on_the_safe_side(register, monkeypatch):
    monkeypatch.setitem(sys.modules, "holidays", None)
    reference = register.add("profile", 1, received_on=RECEIVED, country="LT")
    case = register.case(reference)
    assert (case.holidays_considered, case.deadlines.latest) == (False, date(2026, 4, 6))


def test_references_count_up_within_a_year_and_step_over_the_operators_own(register, clock):
    made = [
        register.add(),
        register.add(reference="2026-0002"),
        register.add(),
        register.add(reference="2026-A"),
    ]
    clock.pass_(days=365)
    assert [*made, register.add()] == ["2026-0001", "2026-0002", "2026-0003", "2026-A", "2027-0001"]


@pytest.mark.parametrize("reference", ["", "  ", "jan@example.org", "two\nlines", "x" * 81])
def test_a_reference_is_short_and_names_nobody(register, reference):
    with pytest.raises(UsageError, match="reference"):
        register.add(reference=reference)
    assert register.cases() == []


def test_a_reference_is_used_once(register):
    register.add(reference="DSR 7")
    with pytest.raises(RegisterError, match="taken"):
        register.add(reference="DSR 7")


def test_a_day_that_has_not_come_is_no_day_of_receipt(register):
    with pytest.raises(UsageError, match="not come yet"):
        register.add(received_on=date(2026, 3, 6))


def test_an_unknown_case_is_named_but_an_address_is_not_repeated(register):
    with pytest.raises(RegisterError, match="2031-0001"):
        register.case("2031-0001")
    with pytest.raises(RegisterError) as caught:
        register.note_sent("jan@example.org", sha256="cd" * 32)
    assert "jan" not in str(caught.value)


def test_a_follow_up_is_a_case_of_its_own_with_a_new_clock(register, clock):
    first = register.add("profile", 1, received_on=RECEIVED)
    register.note_sent(first, sha256="cd" * 32)
    clock.pass_(days=60)
    second = register.add("profile", 1, follows=first)
    assert (register.case(second).state, register.case(second).received_on) == ("follow-up", date(2026, 5, 4))
    assert register.case(first).state == "sent"
    assert register.events(first)[-1].event == "follow-up"


def test_an_unanswered_case_is_not_closed_without_a_reason(register):
    reference = register.add("profile", 1)
    with pytest.raises(RegisterError, match="not answered"):
        register.close_case(reference)
    register.close_case(reference, reason="the same as DSR 7")
    register.close_case(reference)
    assert [event.event for event in register.events(reference)].count("closed") == 1


@pytest.mark.parametrize("act", ["pause", "extend", "set_received", "refuse", "withdraw"])
def test_nothing_is_decided_on_an_answered_case(register, act):
    reference = register.add("profile", 1)
    register.note_sent(reference, sha256="cd" * 32)
    further = {"extend": ["why"], "set_received": [RECEIVED], "refuse": ["Art. 12(5)"]}.get(act, [])
    with pytest.raises(RegisterError, match="is sent already"):
        getattr(register, act)(reference, *further)


def test_an_address_is_kept_only_while_the_case_is_open_and_found_by_its_hash_after(register):
    entry = register.claim("email", "jan@example.org")
    register.note_sent(entry.reference, sha256="cd" * 32, address="Jan@example.org")
    assert register.case(entry.reference).subject_id == "jan@example.org"
    register.close_case(entry.reference)
    case = register.case(entry.reference)
    assert (case.subject_id, case.subject) == (None, "email (removed)")
    assert register.request(entry.number).subject_id is None
    assert [one.reference for one in register.cases_about("email", "jan@example.org")] == [entry.reference]
    assert register.was_sent_to(entry.reference, "jan@example.org")
    assert register.was_sent_to(entry.reference, "piet@example.org") is False
    assert register.check().findings == ()


def _closed(register, reference="DSR 7"):
    entry = register.claim("profile", 77001122, reference=reference, received_on=RECEIVED)
    register.attach_request_id(entry.number, "id-of-" + reference)
    register.note(reference, text="rang on Monday")
    register.note_file(entry.number, sha256="ab" * 32, path="/x/export-77001122.json", counts={"click": 2})
    register.note_sent(reference, sha256="cd" * 32, address="jan@example.org", message_id="<1@example.org>")
    register.close_case(reference)
    return entry


def test_forgetting_leaves_the_proof_of_the_answer_and_nothing_of_the_person(register, clock):
    entry = _closed(register)
    clock.pass_(days=364)
    assert register.forget() == []
    clock.pass_(days=1)
    assert register.forget() == ["DSR 7"]
    case = register.case("DSR 7")
    assert case.forgotten
    assert (case.received_on, case.replied_on, case.closed_on) == (RECEIVED, RECEIVED, RECEIVED)
    assert case.subject_id is None
    assert register.cases_about("profile", 77001122) == []
    assert {file.sha256 for file in register.files("DSR 7")} == {"ab" * 32}
    events = register.events("DSR 7")
    assert [event.data["sha256"] for event in events if event.event == "sent"] == ["cd" * 32]
    assert all(event.personal is None for event in events)
    everything = f"{case} {events} {register.files('DSR 7')} {register.request(entry.number)}"
    assert not [word for word in ("77001122", "Monday", "example.org", "click") if word in everything]
    assert register.was_sent_to("DSR 7", "jan@example.org") is None
    report = register.check()
    assert (report.findings, report.cases) == ((), 1)
    assert register.forget() == []


def test_forgetting_leaves_no_trace_in_the_file(tmp_path, clock):
    path = tmp_path / "register.sqlite3"
    with Register.open(f"sqlite:///{path}", now=clock) as register:
        _closed(register)
        assert b"rang on Monday" in _bytes(path)
        register.forget(retention=timedelta(0))
        assert b"77001122" not in _bytes(path)
        assert b"rang on Monday" not in _bytes(path)


def _bytes(path: Path) -> bytes:
    return b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_only_closed_cases_past_their_retention_can_be_forgotten_by_name(register, clock):
    _closed(register)
    register.add(reference="DSR 8")
    with pytest.raises(RegisterError, match="closed on 2026-03-05; it is kept for 365 days"):
        register.forget(["DSR 7"])
    with pytest.raises(RegisterError, match="received, not closed"):
        register.forget(["DSR 8"])
    clock.pass_(days=400)
    _closed(register, "DSR 9")
    clock.pass_(days=400)
    assert register.forget(["DSR 9"]) == ["DSR 9"]
    assert not register.case("DSR 7").forgotten
    with pytest.raises(RegisterError, match="forgotten"):
        register.note("DSR 9", text="rang again")


def test_a_disclosure_leads_to_its_case(register):
    reference = register.add("profile", 1)
    register.note_disclosure(reference, sha256="cd" * 32, path="/x/disclosure.pdf")
    assert register.case_of_file("cd" * 32).reference == reference
    assert register.case_of_file("00" * 32) is None


def test_the_figures_of_a_year_count_by_the_day_of_receipt(register, clock):
    clock.pass_(days=60)
    names = [register.add("profile", number, received_on=RECEIVED) for number in range(6)]
    register.add("profile", 9, received_on=date(2025, 12, 30))
    register.note_disclosure(names[0], sha256="01" * 32, withheld=4)
    register.note_sent(names[0], sha256="01" * 32, on=date(2026, 3, 15))
    register.note_sent(names[1], sha256="02" * 32, on=date(2026, 4, 8))
    register.extend(names[2], "seven accounts", on=date(2026, 3, 20))
    register.refuse(names[3], "Art. 12(5)", on=date(2026, 3, 25))
    register.withdraw(names[4], on=date(2026, 3, 6))
    counted = register.figures(2026)
    assert (counted.requests, counted.answered, counted.open) == (6, 2, 2)
    assert (counted.late, counted.extended, counted.refused, counted.withdrawn) == (2, 1, 1, 1)
    assert (counted.median_days, counted.withheld_values) == (20.0, 4)
    assert register.figures(2024).median_days is None


def test_an_event_that_means_something_cannot_be_written_as_a_remark(register):
    reference = register.add("profile", 1)
    with pytest.raises(UsageError, match="not an event to note"):
        register.note(reference, "sent")
