"""A data request is written down before it is made, and is made once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta

import pytest

from dsr_report.errors import RegisterError, UsageError
from dsr_report.register import Register

OPERATOR = """
import sys, time
from dsr_report.register import Register

url, posts, subjects = sys.argv[1], sys.argv[2], sys.argv[3:]
print("ready", flush=True)
sys.stdin.readline()
with Register.open(url) as register:
    for subject in subjects:
        entry = register.claim("subprofile", subject)
        if entry.standing == "ours":
            register.posting(entry)
            with open(posts, "a", encoding="utf-8") as file:
                file.write(subject + "\\n")
            entry = register.attach_request_id(entry.number, "id-" + subject)
        while entry.standing == "being-created":
            time.sleep(0.02)
            entry = register.claim("subprofile", subject)
        print(subject, entry.standing, entry.request_id, flush=True)
"""

MORTAL = """
import os, signal, sys
from dsr_report.register import Register

url, last = sys.argv[1:]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def step(name):
    if name == last:
        die()

with Register.open(url) as register:
    step("opened")
    if last == "claiming":
        import sqlalchemy as sa
        from sqlalchemy.orm import Session
        sa.event.listen(Session, "before_commit", lambda session: die())
    entry = register.claim("subprofile", 20285)
    step("claimed")
    register.posting(entry)
    step("posting")
    register.attach_request_id(entry.number, "id-1")
    step("attached")
    register.note_state(entry.number, "available")
    step("available")
    register.note_file(entry.number, sha256="ab" * 32, path="/somewhere/export.json", counts={"click": 2})
    step("collected")
"""


def test_operators_at_once_make_one_data_request_each_subject(url, tmp_path):
    posts, subjects = tmp_path / "posts", ["1", "2", "3", "4", "5"]
    operators = [
        subprocess.Popen(
            [sys.executable, "-c", OPERATOR, url, posts, *subjects],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for operator in operators:
        assert operator.stdout.readline() == "ready\n"
    for operator in operators:  # all open a database that is still empty, at once
        operator.stdin.write("go\n")
        operator.stdin.flush()
    said = [operator.communicate(timeout=60)[0] for operator in operators]
    assert [operator.returncode for operator in operators] == [0, 0, 0]
    assert Counter(posts.read_text(encoding="utf-8").split()) == Counter(subjects)
    assert said == ["".join(f"{one} known id-{one}\n" for one in subjects)] * 3
    with Register.open(url) as register:
        assert len(register.cases()) == len(subjects)
        assert register.check().findings == ()


@pytest.mark.parametrize(
    ("last", "standing", "state"),
    [
        ("opened", "ours", "intended"),
        ("claiming", "ours", "intended"),
        ("claimed", "ours", "intended"),
        ("posting", "unknown", "posting"),
        ("attached", "known", "pending"),
        ("available", "known", "available"),
        ("collected", "collected", "collected"),
    ],
)
def test_a_killed_process_leaves_what_the_next_one_takes_up(url, last, standing, state):
    killed = subprocess.run([sys.executable, "-c", MORTAL, url, last], check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    with Register.open(url) as register:
        entry = register.claim("subprofile", "20285")
        assert (entry.standing, entry.state) == (standing, state)
        assert len(register.cases()) == 1
        assert len(register.requests_of(entry.reference)) == 1
        assert register.check().findings == ()


def test_who_claims_first_asks_and_who_comes_next_waits(register):
    first = register.claim("subprofile", 20285)
    second = register.claim("subprofile", " 020285 ", actor="ben")
    assert (first.standing, second.standing) == ("ours", "being-created")
    assert second.number == first.number
    register.posting(first)
    assert register.claim("subprofile", 20285).standing == "being-created"
    register.attach_request_id(first.number, "4f2a")
    assert register.claim("subprofile", 20285).request_id == "4f2a"


@pytest.mark.parametrize(
    ("kind", "identifier", "options"),
    [
        ("profile", "20285", {}),
        ("subprofile", "20286", {}),
        ("subprofile", "20285", {"account": "second"}),
        ("subprofile", "20285", {"api_url": "https://api.example/v4"}),
    ],
    ids=["another type", "another id", "another account", "another API"],
)
def test_another_person_gets_another_request_and_another_case(register, kind, identifier, options):
    first = register.claim("subprofile", "20285")
    other = register.claim(kind, identifier, **options)
    assert other.standing == "ours"
    assert other.reference != first.reference


def test_versions_of_an_api_and_spellings_of_an_address_are_the_same(register):
    first = register.claim("email", "Jan@Example.org", api_url="https://API.copernica.com/v4")
    again = register.claim("email", "jan@example.org ", api_url="https://api.copernica.com/v3/")
    assert again.number == first.number


def test_an_intent_that_nobody_carried_out_is_taken_over_and_the_late_owner_is_stopped(register, clock):
    slow = register.claim("subprofile", 20285)
    clock.pass_(minutes=11)
    quick = register.claim("subprofile", 20285, actor="ben")
    assert (quick.standing, quick.number) == ("ours", slow.number)
    register.posting(quick)
    with pytest.raises(RegisterError, match="took this data request over"):
        register.posting(slow)


def test_a_post_without_an_answer_needs_a_decision(register, clock):
    entry = register.claim("subprofile", 20285)
    register.posting(entry)
    clock.pass_(minutes=9)
    assert register.claim("subprofile", 20285).standing == "being-created"
    clock.pass_(minutes=2)
    assert register.claim("subprofile", 20285).standing == "unknown"
    assert register.request(entry.number).standing == "unknown"
    register.abandon(entry.number, reason="not in the dashboard")
    assert register.request(entry.number).standing == "over"
    fresh = register.claim("subprofile", 20285)
    assert (fresh.standing, fresh.reference) == ("ours", entry.reference)
    assert fresh.number != entry.number


def test_a_post_of_unknown_outcome_is_known_to_be_so_at_once(register):
    entry = register.claim("subprofile", 20285)
    register.posting(entry)
    register.note_unknown(entry.number, detail="the connection broke after the request was sent")
    assert register.claim("subprofile", 20285).standing == "unknown"
    found = register.attach_request_id(entry.number, "4f2a")
    assert (found.standing, found.request_id) == ("known", "4f2a")
    assert register.check().findings == ()


def test_a_post_that_certainly_failed_may_be_repeated(register):
    entry = register.claim("subprofile", 20285)
    register.posting(entry)
    register.note_state(entry.number, "failed", detail="400")
    assert register.case(entry.reference).state == "failed"
    assert register.claim("subprofile", 20285).standing == "ours"


def test_an_id_belongs_to_one_request_and_a_request_has_one_id(register):
    first, second = register.claim("subprofile", 1), register.claim("subprofile", 2)
    register.attach_request_id(first.number, "a")
    assert register.attach_request_id(first.number, "a").request_id == "a"
    with pytest.raises(RegisterError, match="it has another one"):
        register.attach_request_id(first.number, "b")
    with pytest.raises(RegisterError, match="it is the id of request"):
        register.attach_request_id(second.number, "a")


def _collected(register, **options):
    entry = register.claim("subprofile", 20285, **options)
    register.attach_request_id(entry.number, "4f2a")
    return register.note_file(
        entry.number, sha256="ab" * 32, path="/x/export.json", size_bytes=7, counts={"a": 1}
    )


def test_a_collected_export_is_found_again_and_not_asked_for_twice(register, clock):
    done = _collected(register)
    assert register.case(done.reference).state == "collected"
    again = register.claim("subprofile", 20285)
    assert (again.standing, again.request_id) == ("collected", "4f2a")
    [file] = again.files
    assert (file.sha256, file.path, file.size_bytes, file.counts) == (
        "ab" * 32,
        "/x/export.json",
        7,
        {"a": 1},
    )
    clock.pass_(hours=25)
    assert register.claim("subprofile", 20285).standing == "ours"


def test_an_export_that_expired_at_copernica_is_asked_for_again(register):
    done = _collected(register)
    register.note_state(done.number, "expired")
    assert register.claim("subprofile", 20285).standing == "ours"


def test_an_answered_case_is_not_reopened_by_the_next_request(register):
    done = _collected(register)
    register.note_sent(done.reference, sha256="cd" * 32)
    new = register.claim("subprofile", 20285)
    assert new.standing == "ours"
    assert new.reference != done.reference


def test_noting_the_same_file_or_state_twice_writes_one_line(register):
    done = _collected(register)
    before = register.check().events
    register.note_file(done.number, sha256="ab" * 32, path="/x/export.json")
    register.note_state(done.number, "collected")
    assert register.check().events == before


def test_the_day_of_receipt_replaces_an_assumed_one_and_never_a_noted_one(register):
    entry = register.claim("subprofile", 20285)
    assert register.case(entry.reference).received_assumed
    register.claim("subprofile", 20285, received_on=date(2026, 3, 1))
    assert register.case(entry.reference).received_on == date(2026, 3, 1)
    register.claim("subprofile", 20285, received_on=date(2026, 3, 2))
    case = register.case(entry.reference)
    assert (case.received_on, case.received_assumed) == (date(2026, 3, 1), False)


def test_a_claim_joins_the_case_that_was_logged_by_hand(register):
    reference = register.add("subprofile", 20285, received_on=date(2026, 3, 1), reference="DSR 7")
    assert register.claim("subprofile", 20285).reference == reference == "DSR 7"


def test_one_case_can_hold_the_requests_of_several_profiles(register):
    first = register.claim("profile", 1, reference="DSR 7")
    second = register.claim("profile", 2, reference="DSR 7")
    assert [one.number for one in register.requests_of("DSR 7")] == [first.number, second.number]


def test_a_data_request_made_elsewhere_is_adopted_and_its_person_filled_in_later(register):
    entry = register.adopt("4f2a")
    assert (entry.standing, entry.subject_id) == ("known", None)
    assert register.adopt("4f2a").number == entry.number
    register.note_file(entry.number, sha256="ab" * 32, subject=("email", "jan@example.org"))
    [case] = register.cases_about("email", "JAN@example.org")
    assert (case.reference, case.subject) == (entry.reference, "j…@example.org")
    assert register.check().findings == ()


def test_a_person_filled_in_after_the_export_expired_leaves_the_log_and_the_tables_agreed(register):
    entry = register.adopt("4f2a")
    register.note_file(entry.number, sha256="ab" * 32)
    register.note_state(entry.number, "expired")
    register.note_file(entry.number, sha256="ab" * 32, subject=("profile", "7"))
    assert register.check().findings == ()
    assert register.claim("profile", 7).standing == "collected"


@pytest.mark.parametrize("odd", ["a\0b@example.org", "\ud800@example.org", "é" * 300, "9" * 5000, ""])
def test_whatever_an_export_says_of_its_person_can_be_written_down(register, odd):
    entry = register.adopt("4f2a")
    register.note_file(
        entry.number, sha256="ab" * 32, subject=("email", odd), path="/x/\udcff\0.json", size_bytes=2**40
    )
    assert [case.reference for case in register.cases_about("email", odd)] == [entry.reference]
    assert register.check().findings == ()


@pytest.mark.parametrize("odd", ["a\0b", "\ud800", "é" * 300, "9" * 5000])
def test_whatever_an_operator_types_can_be_claimed(register, odd):
    assert register.claim("profile", odd).standing == "ours"
    assert register.claim("profile", odd).standing == "being-created"
    assert register.check().findings == ()


@pytest.mark.parametrize(("kind", "identifier"), [("person", "1"), ("profile", " ")])
def test_a_subject_has_a_known_type_and_an_identifier(register, kind, identifier):
    with pytest.raises(UsageError):
        register.claim(kind, identifier)
    assert register.cases() == []


def test_incoming_exports_find_their_outstanding_requests(register):
    one, two = register.claim("subprofile", 1), register.claim("email", "jan@example.org")
    register.attach_request_id(one.number, "a")
    assert [entry.number for entry in register.open_requests()] == [one.number, two.number]
    assert [entry.number for entry in register.open_requests("subprofile", "1")] == [one.number]
    assert [entry.number for entry in register.open_requests("email", "Jan@example.org")] == [two.number]
    register.note_file(one.number, sha256="ab" * 32)
    assert register.open_requests("subprofile", 1) == []


def test_closing_a_case_gives_up_its_open_requests(register):
    entry = register.claim("subprofile", 20285)
    register.close_case(entry.reference, reason="logged by mistake")
    assert register.request(entry.number).state == "abandoned"
    assert register.open_requests() == []


def test_a_zombie_and_a_reused_process_number_do_not_count_as_alive(url, clock):
    child = os.fork()
    if child == 0:
        with Register.open(url, now=clock) as register:
            register.posting(register.claim("subprofile", 20285))
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)  # not reaped: its number still exists
    try:
        with Register.open(url, now=clock) as register:
            assert register.claim("subprofile", 20285).standing == "unknown"
    finally:
        os.waitpid(child, 0)


def test_reuse_is_the_callers_choice(register):
    _collected(register)
    assert register.claim("subprofile", 20285, reuse_for=timedelta(seconds=-1)).standing == "ours"
