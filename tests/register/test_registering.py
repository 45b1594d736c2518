"""`dsr-report register`, as an operator types it and as a script reads it."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import stat
import subprocess
import sys

import pytest
from click.testing import CliRunner

from dsr_report.cli.register import CommandContext
from dsr_report.cli.register import register as commands
from dsr_report.errors import CheckFailedError, DsrReportError, RegisterError, UsageError
from dsr_report.register import Register


@pytest.fixture
def run(tmp_path, clock):
    """Runs `register ARGUMENTS` on a register of its own; errors of ours are raised."""
    database = f"sqlite:///{tmp_path}/register.sqlite3"

    def run(*arguments, **options):
        result = CliRunner().invoke(
            commands, [str(one) for one in arguments], obj=CommandContext(clock, database), **options
        )
        if isinstance(result.exception, DsrReportError):
            raise result.exception
        return result

    run.database = database
    return run


def _json(result):
    assert result.stderr == ""
    return json.loads(result.stdout)


def test_a_case_from_receipt_to_oblivion(run, clock, tmp_path):
    disclosure = tmp_path / "disclosure.pdf"
    disclosure.write_bytes(b"%PDF")
    added = run("add", "jan@example.org", "--received", "2026-03-05", "--channel", "mail", "--actor", "anna")
    assert added.stdout == "2026-0001: received, due in 31 days\n"
    clock.pass_(days=2)
    assert run("pause", "2026-0001", "--why", "clarification").stdout.startswith("2026-0001: clarification,")
    clock.pass_(days=3)
    assert run("resume", "2026-0001").stdout == "2026-0001: received, due in 29 days\n"
    assert run("extend", "2026-0001", "--reason", "four accounts").exit_code == 0
    assert run("note", "2026-0001", "--event", "approved").stdout.startswith("2026-0001: approved")
    sent = _json(run("sent", "2026-0001", disclosure, "--address", "jan@example.org", "--json"))
    assert (sent["state"], sent["replied_on"], sent["extended_on"]) == ("sent", "2026-03-10", "2026-03-10")
    assert run("close", "2026-0001").stdout == "2026-0001: closed, answered 2026-03-10\n"
    clock.pass_(days=366)
    assert run("forget", "--yes").stdout == "2026-0001\n"
    shown = _json(run("show", "2026-0001", "--json"))
    assert shown["forgotten"]
    assert [one["event"] for one in shown["events"]] == [
        "received",
        "paused",
        "resumed",
        "extended",
        "approved",
        "sent",
        "closed",
        "forgotten",
    ]
    assert shown["events"][0]["actor"] == "anna"
    assert shown["events"][5]["data"]["sha256"] == hashlib.sha256(b"%PDF").hexdigest()
    assert _json(run("check", "--json"))["ok"]


def test_the_list_says_in_words_what_is_overdue(run, clock):
    run("add", "20285", "--received", "2026-03-05", "--actor", "anna")
    run("add", "jan@example.org", "--actor", "anna")
    clock.pass_(days=40)
    run("add", "7", "--type", "profile", "--actor", "anna")
    result = run("list", "--wide")
    assert [line.split("  ")[0] for line in result.stdout.splitlines()] == [
        "REFERENCE",
        "2026-0001",
        "2026-0002",
        "2026-0003",
    ]
    dues = ["OVERDUE BY 7 DAYS  2026-04-02  2026-04-05  2026-04-07  2026-03-05            anna"]
    dues += ["OVERDUE BY 7 DAYS  2026-04-02  2026-04-05  2026-04-07  2026-03-05 (assumed)  anna"]
    dues += ["due in 30 days     2026-05-12  2026-05-14  2026-05-15  2026-04-14 (assumed)  anna"]
    people = ["subprofile 20285", "j…@example.org", "profile 7"]
    for line, person, due in zip(result.stdout.splitlines()[1:], people, dues, strict=True):
        assert person in line
        assert line.endswith(due)
    narrow = run("list").stdout.splitlines()
    first, third = (re.split("  +", line) for line in (narrow[1], narrow[3]))
    assert first == [
        "2026-0001", "subprofile 20285", "OVERDUE BY 7 DAYS, 2026-04-05", "received", "fetch",
    ]  # fmt: skip
    assert third[2] == "in 30 days, 2026-05-14"
    assert len(_json(run("due", "--json"))) == 2
    assert len(_json(run("due", "--within", "30", "--json"))) == 3


def test_a_list_fits_a_terminal_of_80_columns_whatever_it_holds(run, clock):
    run(
        "add",
        "a-very-long-name@a-very-long-name-of-a-domain.of-a-very-long-company.example",
        "--reference",
        "R" * 80,
    )
    run("add", "7", "--reference", "short")
    run("pause", "short", "--why", "clarification")
    lines = run("list", "--all").stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].split() == ["REFERENCE", "PERSON", "DUE", "STATE", "NEXT"]
    assert any(line.endswith("resume") for line in lines)
    clock.pass_(days=500)
    assert max(map(len, run("list").stdout.splitlines())) <= 80


def test_a_case_shows_the_command_that_comes_next(run, tmp_path):
    run("add", "7", "--type", "profile")
    assert "dsr-report fetch 7 --type profile" in run("show", "2026-0001").stdout
    with Register.open(run.database) as register:
        entry = register.claim("profile", 7)
        register.attach_request_id(entry.number, "id-7")
        register.note_file(entry.number, sha256="ab" * 32, path="/data/export 7.json")
    assert "dsr-report review '/data/export 7.json' -o review.toml" in run("show", "2026-0001").stdout
    with Register.open(run.database) as register:
        register.note_disclosure("2026-0001", sha256="cd" * 32, path="/data/d.pdf")
    assert "dsr-report reply /data/d.pdf --to ADDRESS" in run("show", "2026-0001").stdout


def test_a_case_of_a_mistyped_address_is_withdrawn_and_counts_for_nothing(run):
    run("add", "jna@example.org")
    run("add", "jan@example.org")
    assert run("withdraw", "2026-0001", "--mistake").stdout.startswith("2026-0001: closed")
    assert "2026-0001" not in run("list").stdout
    figures = _json(run("figures", "--year", "2026", "--json"))
    assert (figures["requests"], figures["withdrawn"], figures["late"]) == (1, 0, 0)
    assert _json(run("check", "--json"))["ok"]


def test_lists_for_scripts_do_not_spell_out_an_address(run):
    run("add", "jan@example.org", "--received", "2026-03-05")
    listed = run("list", "--json").stdout
    assert "jan@" not in listed
    assert json.loads(listed)[0]["subject"] == "j…@example.org"
    assert "jan@example.org" in run("show", "2026-0001").stdout


def test_an_empty_register_is_silent_on_standard_output(run):
    result = run("list")
    assert (result.stdout, result.stderr) == ("", "no cases\n")
    assert run("list", "--json").stdout == "[]\n"
    assert run("due").stderr == "nothing is due within 14 days\n"


def test_show_tells_all_there_is(run, clock):
    with Register.open(run.database, now=clock, actor="anna") as register:
        entry = register.claim("subprofile", 20285, reference="DSR 7")
        register.attach_request_id(entry.number, "4f2a")
        register.note_file(entry.number, sha256="ab" * 32, path="/x/export.json")
    text = run("show", "DSR 7").stdout
    for word in (
        "subprofile 20285",
        "4f2a",
        "collected",
        "ab" * 32,
        "/x/export.json",
        "collecting-intended",
        "anna",
    ):
        assert word in text
    shown = _json(run("show", "DSR 7", "--json"))
    assert shown["data_requests"][0]["request_id"] == "4f2a"
    assert "ticket" not in shown["data_requests"][0]


def test_a_data_request_of_unknown_outcome_is_decided_here(run, clock):
    with Register.open(run.database, now=clock) as register:
        for number in (1, 2):
            entry = register.claim("subprofile", number)
            register.posting(entry)
            register.note_unknown(entry.number)
    assert run("attach", "1", "4f2a").stdout.startswith("2026-0001: collecting")
    assert run("abandon", "2", "--reason", "not in the dashboard").stdout.startswith("2026-0002: failed")
    with Register.open(run.database, now=clock) as register:
        assert register.claim("subprofile", 1).request_id == "4f2a"
        assert register.claim("subprofile", 2).standing == "ours"


def test_the_csv_is_private_names_nobody_and_is_no_program(run, tmp_path):
    run("add", "jan@example.org", "--reference", "=1+1", "--actor", "@anna")
    target = tmp_path / "register.csv"
    run("export", "-o", target)
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    content = target.read_bytes()
    assert content == run("export").stdout_bytes
    assert b"jan" not in content
    [row] = csv.DictReader(io.StringIO(content.decode("utf-8"), newline=""))
    assert (row["reference"], row["owner"], row["nominal"]) == ("'=1+1", "'@anna", "2026-04-05")
    assert json.loads(run("export", "--json").stdout)[0]["reference"] == "=1+1"


def test_the_calendar_goes_to_a_file_or_down_the_pipe(run, tmp_path):
    run("add", "20285")
    run("ics", "-o", tmp_path / "deadlines.ics")
    assert (tmp_path / "deadlines.ics").read_bytes() == run("ics").stdout_bytes
    assert run("ics").stdout_bytes.startswith(b"BEGIN:VCALENDAR\r\n")


def test_the_years_figures(run):
    run("add", "20285")
    assert _json(run("figures", "--json"))["requests"] == 1
    assert _json(run("figures", "--year", "2025", "--json"))["requests"] == 0
    assert "Median days" in run("figures").stdout


def test_a_late_extension_is_noted_and_warned_of(run, clock):
    run("add", "20285", "--received", "2026-03-05")
    clock.pass_(days=34)
    result = run("extend", "2026-0001", "--reason", "four accounts")
    assert "too late" in result.stderr
    assert result.exit_code == 0


def test_forgetting_is_not_done_unasked(run):
    with pytest.raises(UsageError, match="yes="):
        run("forget")


def test_forgetting_nothing_is_no_error(run):
    result = run("forget", "--yes")
    assert (result.stdout, result.exit_code) == ("", 0)
    assert run("forget", "--yes", "--json").stdout == "[]\n"


def test_check_names_what_was_altered_and_fails(run, clock):
    run("add", "20285")
    head = _json(run("check", "--json"))["head"]
    assert f"head {head}" in run("check", "--head", head).stdout
    with pytest.raises(CheckFailedError, match="the register was altered"):
        run("check", "--head", "f" * 64)


@pytest.mark.parametrize(
    "arguments",
    [["add", "--type", "email"], ["note", "2026-0001"], ["add", "20285", "--received", "2026-03-06"]],
    ids=["a type of nobody", "an empty note", "a day to come"],
)
def test_wrong_use_is_said(run, arguments):
    run("add", "20285")
    with pytest.raises(UsageError):
        run(*arguments)


def test_a_date_is_written_one_way(run):
    result = run("add", "20285", "--received", "5-3-2026")
    assert result.exit_code == 2
    assert "2026-03-05" in result.stderr


def test_an_option_of_the_command_goes_before_that_of_the_group(run, tmp_path):
    other = f"sqlite:///{tmp_path}/other.sqlite3"
    run("add", "20285", "--database", other)
    assert run("list").stdout == ""
    assert "20285" in run("--database", other, "list").stdout


def test_answered_cases_refuse_what_comes_too_late(run):
    run("add", "20285")
    run("refuse", "2026-0001", "--ground", "Art. 12(5)")
    with pytest.raises(RegisterError, match="is refused already"):
        run("withdraw", "2026-0001")


@pytest.mark.parametrize("name", commands.commands)
def test_every_command_has_an_example_on_a_line_of_its_own(name):
    text = CliRunner().invoke(commands, [name, "--help"]).output
    assert "\n  Example:\n      dsr-report register " in text


def test_as_a_program_it_ends_with_the_codes_of_the_contract(tmp_path):
    environment = {"PATH": "", "XDG_DATA_HOME": str(tmp_path), "HOME": str(tmp_path)}

    def program(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "dsr_report", "register", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    added = program("add", "20285", "--json")
    assert (added.returncode, added.stderr) == (0, "")
    reference = json.loads(added.stdout)["reference"]
    unknown = program("show", "nothing")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert len(unknown.stderr.splitlines()) == 1
    assert program("forget").returncode == 2
    assert program("check", "--head", "f" * 64).returncode == 5
    assert reference in program("list").stdout
    assert (tmp_path / "dsr-report" / "register.sqlite3").is_file()
