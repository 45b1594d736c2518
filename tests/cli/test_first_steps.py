"""What goes wrong at a first try is told before anything is asked for, in a line that says what to do."""

import io
import json
import os
import socket
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import pytest

import dsr_report
from dsr_report.cli.group import main
from dsr_report.errors import UsageError

SAMPLE = {"info": {"type": "profile", "id": "1"}, "data": [{"ID": "1", "fields": {"Naam": "P"}}]}


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("COPERNICA_TOKEN", "DSR_REPORT_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DSR_REPORT_DATABASE", f"sqlite:///{tmp_path}/register.sqlite3")
    (tmp_path / "export.json").write_text(json.dumps(SAMPLE), encoding="utf-8")
    (tmp_path / "folder").mkdir()
    return tmp_path


def ran(*arguments):
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return SimpleNamespace(exit_code=ended.value.code, stdout=out.getvalue(), stderr=err.getvalue())


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["-o", "report.docx"], "no report can be written as 'docx'"),
        (["-o", "missing/report.pdf"], "the folder does not exist"),
        (["-o", "folder", "--format", "pdf"], "is a folder"),
        (["--timezone", "Mars"], "no time zone 'Mars'"),
        (["--review", "missing.toml"], "this decisions file does not exist"),
        (["--received", "2026-02-01", "--replied", "2026-01-31"], "before the request arrived"),
        (["--received", "2026-02-01", "--due", "2026-01-31"], "before the request arrived"),
        (["--original", "--review", "export.json"], "cannot be combined"),
    ],
    ids=["ending", "no folder", "folder", "zone", "review", "replied", "due", "original"],
)
def test_a_report_that_cannot_be_made_is_refused_before_an_export_is_asked_for(place, options, says):
    done = ran("fetch-and-render", "20285", "--sandbox", *options)
    assert done.exit_code in {1, 2}
    assert says in done.stderr
    assert "data request" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not list(place.glob("disclosure-*"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--timezone", "Mars"], "no time zone 'Mars'"),
        (["--received", "2026-02-01", "--replied", "2026-01-31"], "before the request arrived"),
    ],
    ids=["zone", "replied"],
)
def test_a_batch_that_cannot_be_rendered_asks_for_nothing(place, options, says):
    (place / "subjects.txt").write_text("20285\n90211\n", encoding="utf-8")
    done = ran("batch", "subjects.txt", "--sandbox", "-o", "out", *options)
    assert done.exit_code == 2
    assert says in done.stderr
    assert not (place / "out").exists()


@pytest.mark.parametrize("target", ["missing/export.json", "folder"])
def test_an_export_that_cannot_be_stored_is_not_asked_for(place, target):
    done = ran("fetch", "20285", "--sandbox", "-o", str(place / target))
    assert done.exit_code == 1
    assert "data request" not in done.stderr


def test_fetch_says_that_an_id_and_a_data_request_are_two_things(place):
    done = ran("fetch", "20285", "--request", "abc")
    assert done.exit_code == 2
    assert "Give an ID or --request" in done.stderr


def test_a_disclosure_is_not_called_damaged_for_a_wrong_export_beside_it(place):
    assert ran("render", "export.json", "-o", "report.html").exit_code == 0
    (place / "other.json").write_text("{}", encoding="utf-8")
    done = ran("verify", "report.html", "--export", "other.json")
    assert done.exit_code == 4
    assert done.stderr.startswith("dsr-report: other.json: ")
    assert done.stdout == ""


def test_two_answers_at_once_are_not_half_given(place):
    done = ran("inspect", "export.json", "--json", "--suggest")
    assert (done.exit_code, done.stdout) == (2, "")


def test_tables_say_what_they_wrote(place):
    done = ran("tables", "export.json", "-o", "made")
    assert done.stdout == ""
    assert done.stderr.startswith("made: ")
    assert ran("tables", "export.json", "-o", "made", "-q").stderr == ""


def test_a_mail_server_that_is_none_is_told_before_anything_is_made(place):
    ran("render", "export.json", "-o", "report.html")
    arguments = ["--to", "someone@example.org", "--confirm-recipient"]
    done = ran("reply", "report.html", *arguments, "--smtp", "http://me:secret@mail.example.org")
    assert done.exit_code == 2
    assert "secret" not in done.stderr
    assert not (place / "report.eml").exists()
    assert ran("reply", "report.html", *arguments, "--yes").exit_code == 2


@pytest.mark.parametrize("identifier", ["nobody", "a@b@example.org", "-4x"])
def test_the_register_takes_no_id_that_no_data_request_could_have(place, identifier):
    done = ran("register", "add", "--", identifier)
    assert done.exit_code == 2
    assert "\n" not in done.stderr.strip()
    assert ran("register", "list").stderr.startswith("no cases")


def test_an_export_is_piped_where_the_output_is_a_dash(place):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(
        [sys.executable, "-m", "dsr_report", "fetch", "nobody@example.org", "--sandbox", "-o", "-"],
        env=environment, capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    assert json.loads(done.stdout)["info"]["id"] == "nobody@example.org"
    assert not (place / "-").exists()


@pytest.mark.parametrize(
    "words",
    [["render", "export.json", "--format", "html"], ["tables", "export.json"]],
    ids=["render", "tables"],
)
def test_no_file_or_folder_is_called_a_dash(place, words):
    done = ran(*words, "-o", "-")
    assert done.exit_code in {1, 2}
    assert "Name a f" in done.stderr
    assert not (place / "-").exists()


def test_an_endpoint_whose_port_is_taken_says_so_and_prints_no_address(place):
    pytest.importorskip("uvicorn")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        done = ran("receive", "--url", "https://dsr.example.org/c", "--account", "1", "--port", port)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "cannot listen here" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_a_sandbox_of_one_run_began_is_not_said_to_be_taken_up_again(place):
    done = ran("fetch", "20285", "--sandbox", "--timeout", "0s")
    assert done.exit_code == 3
    assert "end with this run" in done.stderr
    assert "--request" not in done.stderr


@pytest.mark.parametrize(("words", "is_told"), [([], False), (["-v"], True), (["-q"], False)])
def test_verbose_tells_how_the_data_request_stands_where_no_terminal_shows_it(place, words, is_told):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(
        [sys.executable, "-m", "dsr_report", "fetch", "nobody@example.org", "--sandbox", *words],
        env=environment, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    assert (" available after " in done.stderr) == is_told
    assert "nobody@example.org" not in done.stderr


def test_an_export_that_would_travel_without_tls_is_warned_of(place):
    done = ran(
        "fetch", "20285", "--sandbox", "--timeout", "0s", "--report", "http://dsr.example.org/copernica"
    )
    assert "warning: the export will be sent unencrypted" in done.stderr


def test_a_way_to_print_messages_that_there_is_not_is_told_at_once(place):
    with dsr_report.read(place / "export.json") as export, pytest.raises(UsageError, match="'none'"):
        dsr_report.Report(export, messages="none")


def test_without_a_token_the_doctor_finds_no_fault_offline(place, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place / "config"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    report = json.loads(ran("doctor", "--offline", "--json").stdout)
    (token,) = (check for check in report["checks"] if check["subject"] == "token")
    assert token["verdict"] == "note"


def test_nothing_to_look_for_is_wrong_usage(place):
    assert ran("find", "export.json", " ").exit_code == 2
