"""Batch: every subject once, what fails does not stop the others, a kill loses and repeats nothing."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import date

import pikepdf
import psutil
import pytest
from batches import ROOT, clean_environment, command, many_exports
from click.testing import CliRunner

from dsr_report.batch import RESULTS, Result, key_of, read_list
from dsr_report.cli.batch import batch
from dsr_report.cli.batch_table import BatchTable
from dsr_report.errors import UsageError
from dsr_report.files import sha256_of
from dsr_report.obtain import Subject
from dsr_report.register import Register
from dsr_report.sandbox.server import running_sandbox
from dsr_report.verification.verifier import verify


def read_subjects(source: str | bytes) -> list[Subject]:
    return [listed.subject for listed in read_list(source)]


def test_lists_and_tables_are_read_and_faults_are_all_named():
    assert read_subjects("20285\n# a remark\n\nsomeone@example.org\n20285\n") == [
        Subject("subprofile", "20285"),
        Subject("email", "someone@example.org"),
    ]
    assert read_subjects("naam;ID;type\nx;7;profile\ny;8;\n") == [
        Subject("profile", "7"),
        Subject("subprofile", "8"),
    ]
    with pytest.raises(UsageError, match=r"line 2: .*line 3"):
        read_subjects("1\nabc\n-4\n")


def test_a_type_that_is_misspelled_is_a_fault_and_not_a_subprofile():
    assert read_subjects("id,type\n7,Profile\n") == [Subject("profile", "7")]
    with pytest.raises(UsageError, match="line 3: 'profiel' is not a type"):
        read_subjects("id,type\n7,profile\n8,profiel\n")


def test_a_line_without_an_id_is_a_fault_with_the_number_that_an_editor_shows():
    with pytest.raises(UsageError, match="line 4: no id was given"):
        read_subjects("id,type\n\n7,profile\n,profile\n")
    assert read_subjects("id;type\r\n7;profile\r\n;\r\n") == [Subject("profile", "7")]


def test_an_address_in_two_spellings_is_answered_once():
    assert read_subjects("Someone@example.org\nsomeone@EXAMPLE.org\n") == [
        Subject("email", "Someone@example.org")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_lists_are_read_as_spreadsheets_save_them(encoding):
    assert read_subjects("id\ttype\r\nzo\u00eb@example.org\t\r\n".encode(encoding)) == [
        Subject("email", "zo\u00eb@example.org")
    ]


def test_a_list_in_another_encoding_is_told_with_its_line(tmp_path):
    (tmp_path / "subjects.txt").write_bytes(b"id\nzo\xeb@example.org\n")
    arguments = [sys.executable, "-m", "dsr_report", "batch", str(tmp_path / "subjects.txt"), "--sandbox"]
    done = subprocess.run(
        arguments, env=clean_environment(), capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert done.returncode == 2
    assert done.stderr == ("dsr-report: line 2 is not UTF-8. Save the list as UTF-8 (in Excel: CSV UTF-8).\n")


def test_a_table_without_the_column_id_is_told_so_and_not_quoted():
    with pytest.raises(UsageError, match="has no column `id`") as told:
        read_subjects("name,email\nJan,jan@example.org\n")
    assert "Jan" not in str(told.value)


def test_a_list_says_what_differs_from_request_to_request():
    first, second = read_list("id;type;received;reference;lang\n7;profile;2026-01-05;AVG-7;NL\n8;;;;\n")
    assert first.options() == {"received": date(2026, 1, 5), "reference": "AVG-7", "lang": "nl"}
    assert second.options() == {}


def test_what_cannot_be_in_a_list_is_told_with_its_line():
    with pytest.raises(UsageError) as told:
        read_list("id,received,lang,reference\n7,5-1-2026,,\n8,,xx,\n9,,,A\n9,,,B\n")
    for fault in (
        "line 2: '5-1-2026' can be 05 January or 01 May",
        "line 3: 'xx' is not a report language",
        "line 5: this subject",
    ):
        assert fault in str(told.value)


def test_each_report_of_a_strict_batch_has_the_reference_date_and_language_of_its_line(tmp_path):
    rows = "id,received,reference,lang\n1,2026-01-05,AVG-1,nl\n2,2026-01-06,AVG-2,de\n"
    (tmp_path / "subjects.txt").write_text(rows, encoding="utf-8")
    with running_sandbox(samples=many_exports(tmp_path / "samples", 2)) as sandbox:
        config = str(ROOT / "sample_exports" / "controller.toml")
        arguments, environment = command(
            sandbox, tmp_path, "--strict", "--replied", "2026-01-20", "--config", config
        )
        done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for number, lang in (("1", "nl"), ("2", "de")):
        page = (tmp_path / "out" / f"disclosure-profile-{number}.html").read_text(encoding="utf-8")
        assert f'lang="{lang}"' in page
        assert f"AVG-{number}" in page
    with Register.open(environment["DSR_REPORT_DATABASE"]) as register:
        received = {case.reference: case.received_on for case in register.cases()}
    assert received == {"AVG-1": date(2026, 1, 5), "AVG-2": date(2026, 1, 6)}


@pytest.mark.parametrize("text", ["@", "a@", "@b.example", "a@@b.example"])
def test_half_an_address_is_not_asked_for(text):
    with pytest.raises(UsageError, match="not an e-mail address"):
        read_subjects(text)


def test_a_key_holds_no_address():
    assert "someone" not in key_of(Subject("email", "someone@example.org"))


@pytest.mark.slow
def test_one_that_fails_does_not_stop_the_others(tmp_path):
    with running_sandbox(samples=many_exports(tmp_path / "samples", 3)) as sandbox:
        (tmp_path / "subjects.txt").write_text("1\n2\n99\n3\n", encoding="utf-8")
        arguments, environment = command(sandbox, tmp_path)
        done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
        again = subprocess.run(
            [*arguments, "--json"], env=environment, capture_output=True, text=True, check=False
        )
    assert (done.returncode, again.returncode) == (1, 1)
    assert done.stdout.startswith("3 of 4 disclosures")
    told = {one["key"]: (one["ok"], one["skipped"]) for one in json.loads(again.stdout)}
    assert told.pop("profile-99") == (False, False)
    assert set(told.values()) == {(True, True)}
    assert "profile-99" in done.stderr
    for number in (1, 2, 3):
        assert verify(tmp_path / "out" / f"disclosure-profile-{number}.html").ok


def test_what_an_earlier_run_made_with_other_options_is_left_and_told(tmp_path):
    with running_sandbox(samples=many_exports(tmp_path / "samples", 2)) as sandbox:
        (tmp_path / "subjects.txt").write_text("1\n2\n", encoding="utf-8")
        arguments, environment = command(sandbox, tmp_path)
        english, same, dutch = [
            subprocess.run([*arguments, *more], env=environment, capture_output=True, text=True, check=True)
            for more in ((), (), ("--lang", "nl"))
        ]
    assert "earlier run" not in english.stderr + same.stderr
    assert "warning, in 2 disclosures: made by an earlier run with other options" in dutch.stderr
    assert b'lang="en"' in (tmp_path / "out" / "disclosure-profile-1.html").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_two_hundred_subjects_killed_three_times_are_answered_with_one_data_request_each(tmp_path):
    count = 200
    with running_sandbox(samples=many_exports(tmp_path / "samples", count), delay_seconds=0.1) as sandbox:
        (tmp_path / "subjects.txt").write_text("\n".join(map(str, range(1, count + 1))), encoding="utf-8")
        arguments, environment = command(sandbox, tmp_path, "--workers", "2")
        for finished, whom in (
            (0, os.killpg),
            (40, os.kill),
            (110, os.killpg),
        ):  # all of it, or its head alone
            with subprocess.Popen(
                arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
            ) as batch:  # fmt: skip
                wait_until(lambda least=finished: sandbox.state.jobs and results(tmp_path) >= least)
                whom(batch.pid, signal.SIGKILL)
            assert finished <= results(tmp_path) < count
        done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            a_person_decides(sandbox, done.stderr, environment)
            done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("200 of 200 disclosures")
        asked_about = [job.sample.subject_id for job in sandbox.state.jobs.values()]
        assert sorted(asked_about) == sorted(map(str, range(1, count + 1)))  # each of them once
    pages = sorted((tmp_path / "out").glob("disclosure-*.html"))
    assert len(pages) == count
    assert all(verify(page).ok for page in pages)
    assert not [path for path in (tmp_path / "out").rglob("*") if path.name.endswith(".part")]
    with Register.open(environment["DSR_REPORT_DATABASE"]) as register:
        assert not register.check().findings
        files = [file for case in register.cases() for file in register.files(case.reference)]
    noted = {file.sha256 for file in files if file.kind == "disclosure"}
    assert noted == {sha256_of(page) for page in pages}


def wait_until(is_so, seconds=300):
    until = time.monotonic() + seconds
    while not is_so() and time.monotonic() < until:
        time.sleep(0.02)


def results(tmp_path):
    file = tmp_path / "out" / RESULTS
    return len(file.read_bytes().splitlines()) if file.exists() else 0


def a_person_decides(sandbox, told, environment):
    """Who died between a POST and its answer leaves it to a person, who looks in the dashboard."""
    undecided = [line for line in told.splitlines() if "may have the request" in line]
    assert undecided, told
    for line in undecided:
        subject = line.split("profile-")[1].split(":")[0]
        number = line.split("data request ")[1].split(":")[0]
        made = [key for key, job in sandbox.state.jobs.items() if job.sample.subject_id == subject]
        decision = ["attach", number, *made] if made else ["abandon", number, "--reason", "not there"]
        subprocess.run(
            [sys.executable, "-m", "dsr_report", "register", *decision],
            env=environment, check=True, capture_output=True,
        )  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_rendering_process_that_is_killed_takes_no_subject_along(tmp_path):
    count = 12
    with running_sandbox(samples=many_exports(tmp_path / "samples", count)) as sandbox:
        (tmp_path / "subjects.txt").write_text(
            "".join(f"{n}\n" for n in range(1, count + 1)), encoding="utf-8"
        )
        arguments, environment = command(sandbox, tmp_path, "--workers", "2")
        with subprocess.Popen(
            arguments, env=environment, stderr=subprocess.PIPE, stdout=subprocess.PIPE
        ) as batch:
            first = next(line for line in iter(batch.stderr.readline, b"") if b": done" in line)
            renderers = [
                p for p in psutil.Process(batch.pid).children() if "spawn_main" in " ".join(p.cmdline())
            ]
            renderers[0].kill()
            _, err = batch.communicate(timeout=120)
        assert batch.returncode == 0, (first, err)
        assert len(sandbox.state.jobs) == count
    assert len(list((tmp_path / "out").glob("disclosure-*.html"))) == count


@pytest.mark.slow
def test_interrupted_it_stops_at_once_and_goes_on_later_with_the_same_data_requests(tmp_path):
    with running_sandbox(samples=many_exports(tmp_path / "samples", 4), delay_seconds=3600) as sandbox:
        (tmp_path / "subjects.txt").write_text("1\n2\n3\n4\n", encoding="utf-8")
        arguments, environment = command(sandbox, tmp_path, "--poll", "600s", "--at-once", "2")
        with subprocess.Popen(arguments, env=environment, stderr=subprocess.PIPE, text=True) as batch:
            until = time.monotonic() + 60
            while sandbox.state.count("GET", "/status") < 2 and time.monotonic() < until:
                time.sleep(0.05)
            batch.send_signal(signal.SIGINT)
            _, err = batch.communicate(timeout=60)
        assert (batch.returncode, len(sandbox.state.jobs)) == (130, 2)
        assert "Traceback" not in err
        assert not list((tmp_path / "out").rglob("*.part"))
        sandbox.state.delay_seconds = 0
        arguments[-4:] = []
        assert subprocess.run(arguments, env=environment, capture_output=True, check=False).returncode == 0
        assert len(sandbox.state.jobs) == 4


def test_the_table_never_takes_more_rows_than_it_may():
    table = BatchTable(100, live=False, clock=lambda: 0.0)
    for number in range(40):
        table.moved(f"profile-{number}", "collecting")
    table.moved("profile-7", "rendering")
    lines = table.lines(rows=5, width=90)
    assert len(lines) == 6
    assert lines[1].split()[:2] == ["profile-7", "rendering"]
    assert lines[-1] == "  and 36 more"
    assert "40 under way, 60 to come" in lines[0]
    assert max(map(len, lines)) <= 90


def test_on_a_terminal_the_table_is_drawn_over_and_failures_stay(monkeypatch):
    terminal = io.StringIO()
    with BatchTable(2, stream=terminal, live=True) as table:
        table.moved("profile-1", "rendering")
        table.add(Result(1, "profile-1", ok=True))
        table.add(Result(2, "profile-2", ok=False, error="no"))
    written = terminal.getvalue()
    assert "profile-2: FAILED\n" in written
    assert written.splitlines()[-1].endswith(
        "2 of 2 done, 1 failed, 0 from an earlier run, 0 under way, 0 to come"
    )


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
def test_a_batch_puts_annexes_apart_says_the_delay_and_makes_what_is_missing_again(tmp_path):
    (tmp_path / "subjects.txt").write_text("1\n", encoding="utf-8")
    with running_sandbox(samples=many_exports(tmp_path / "samples", 1)) as sandbox:
        arguments, environment = command(
            sandbox, tmp_path, "--annexes", "apart", "--delay", "Wij zijn verhuisd."
        )
        pdf = ["pdf" if word == "html" else word for word in arguments]
        letter = tmp_path / "out" / "disclosure-profile-1.pdf"
        annexes = letter.with_name("disclosure-profile-1-annexes.pdf")
        subprocess.run(pdf, env=environment, capture_output=True, text=True, check=True)
        first = annexes.read_bytes()
        annexes.unlink()
        subprocess.run(pdf, env=environment, capture_output=True, text=True, check=True)
    assert annexes.read_bytes() == first
    assert verify(letter).ok
    page = subprocess.run(["pdftotext", "-l", "1", letter, "-"], capture_output=True, text=True, check=True)
    said = " ".join(page.stdout.split())
    assert "Wij zijn verhuisd." in said
    assert "Data as they were on" in said
    with Register.open(environment["DSR_REPORT_DATABASE"]) as register:
        kinds = {file.kind for case in register.cases() for file in register.files(case.reference)}
    assert {"disclosure", "annexes"} <= kinds


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--annexes", "apart"], "--annexes apart is for PDF"),
        (["--storage", "memory://x"], "--storage needs --dask"),
        (
            ["--annexes", "apart", "--format", "pdf", "--dask", "tcp://x", "--storage", "memory://x"],
            "workers see",
        ),
    ],
)
def test_options_of_a_batch_that_do_not_go_together_are_refused_before_anything_is_asked(
    options, says, tmp_path
):
    (tmp_path / "subjects.txt").write_text("1\n", encoding="utf-8")
    result = CliRunner().invoke(
        batch, [str(tmp_path / "subjects.txt"), "--format", "html", "-o", str(tmp_path / "out"), *options]
    )
    assert result.exit_code == 2
    assert says in result.output


@pytest.mark.parametrize("words", [[], ["--attachments"]])
def test_a_batch_embeds_attachments_where_it_is_asked_to(words, tmp_path):
    mime = (
        "Subject: a\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nText\r\n--x\r\n"
        "Content-Type: text/csv\r\nContent-Disposition: attachment; filename=b.csv\r\n\r\n1,2\r\n--x--\r\n"
    )
    samples = tmp_path / "samples"
    samples.mkdir()
    content = {"info": {"type": "profile", "id": "1"}, "data": [{"mime": mime}]}
    (samples / "1.json").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "subjects.txt").write_text("1\n", encoding="utf-8")
    with running_sandbox(samples=samples) as sandbox:
        arguments, environment = command(sandbox, tmp_path)
        pdf = ["pdf" if word == "html" else word for word in arguments]
        subprocess.run([*pdf, *words], env=environment, capture_output=True, text=True, check=True)
    with pikepdf.open(tmp_path / "out" / "disclosure-profile-1.pdf") as made:
        assert any(name.endswith("-b.csv") for name in made.attachments) == bool(words)
