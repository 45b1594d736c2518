"""Batch: every subject once, what fails does not stop the others, a kill loses and repeats nothing."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dsr_report.batch import key_of, read_subjects
from dsr_report.disclosure.verify import verify
from dsr_report.errors import UsageError
from dsr_report.jobs import Subject
from dsr_report.sandbox.server import running_sandbox

ROOT = Path(__file__).resolve().parents[2]


def many_exports(folder, count):
    folder.mkdir()
    for number in range(1, count + 1):
        data = [
            {"ID": str(number), "fields": {"Naam": f"Persoon {number}"}, "database": "7", "interests": []}
        ]
        export = {"info": {"type": "profile", "id": str(number)}, "data": data}
        (folder / f"{number}.json").write_text(json.dumps(export), encoding="utf-8")
    return folder


def command(sandbox, tmp_path, *more):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COPERNICA", "DSR_REPORT"))} | {
        "PYTHONPATH": str(ROOT), "COPERNICA_TOKEN": sandbox.state.token, "COPERNICA_API_URL": sandbox.api_url,
        "COPERNICA_AUTH_URL": sandbox.auth_url, "DSR_REPORT_DATABASE": f"sqlite:///{tmp_path}/register.sqlite",
        "XDG_DATA_HOME": str(tmp_path / "data"),
    }  # fmt: skip
    arguments = [
        sys.executable, "-m", "dsr_report", "batch", str(tmp_path / "subjects.txt"), "--type", "profile",
        "--format", "html", "-o", str(tmp_path / "out"), "--poll", "0.1s", *more,
    ]  # fmt: skip
    return arguments, environment


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


def test_a_key_holds_no_address():
    assert "someone" not in key_of(Subject("email", "someone@example.org"))


@pytest.mark.slow
def test_one_that_fails_does_not_stop_the_others(tmp_path):
    with running_sandbox(samples=many_exports(tmp_path / "samples", 3)) as sandbox:
        (tmp_path / "subjects.txt").write_text("1\n2\n99\n3\n", encoding="utf-8")
        arguments, environment = command(sandbox, tmp_path)
        done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("3 of 4 disclosures")
    assert "profile-99" in done.stderr
    for number in (1, 2, 3):
        assert verify(tmp_path / "out" / f"disclosure-profile-{number}.html").ok


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killed_again_and_again_it_finishes_with_one_data_request_a_subject(tmp_path):
    count = 24
    with running_sandbox(samples=many_exports(tmp_path / "samples", count), delay_seconds=0.2) as sandbox:
        (tmp_path / "subjects.txt").write_text("\n".join(map(str, range(1, count + 1))), encoding="utf-8")
        arguments, environment = command(sandbox, tmp_path)
        for seconds in (1.5, 2.5, 4.0):
            process = subprocess.Popen(
                arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
            time.sleep(seconds)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for _ in range(3):
            done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
            if done.returncode == 0:
                break
            undecided = [line for line in done.stderr.splitlines() if "may have the request" in line]
            assert undecided, done.stderr  # died between the POST and its answer: a person must decide
            for line in undecided:
                number = line.split("data request ")[1].split(":")[0]
                subprocess.run(
                    [sys.executable, "-m", "dsr_report", "register", "abandon", number, "--reason", "test"],
                    env=environment, check=True, capture_output=True,
                )  # fmt: skip
        assert done.returncode == 0, done.stderr
        made = len(sandbox.state.jobs)
    assert count <= made <= count + 3  # more than one only where a person decided so
    pages = sorted((tmp_path / "out").glob("disclosure-*.html"))
    assert len(pages) == count
    assert all(verify(page).ok for page in pages)
    assert not list((tmp_path / "out").glob("*.part"))
