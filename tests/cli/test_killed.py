"""A fetch that is killed at any step: one data request, no half file, and the same command goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dsr_report.files import clear_leftovers, written_whole
from dsr_report.sandbox.server import running_sandbox

ROOT = Path(__file__).resolve().parents[2]
CONTENT = (ROOT / "sample_exports" / "subprofile-20285.json").read_bytes()
AGES = 600
pytestmark = pytest.mark.slow


@pytest.fixture
def sandbox():
    with running_sandbox(stall_seconds=AGES) as running:
        yield running


@pytest.fixture
def start(sandbox, tmp_path):
    base = {k: v for k, v in os.environ.items() if not k.startswith(("COPERNICA", "DSR_REPORT"))}
    base |= {
        "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path / "data"),
        "COPERNICA_TOKEN": sandbox.state.token, "COPERNICA_API_URL": sandbox.api_url,
        "COPERNICA_AUTH_URL": sandbox.auth_url,
    }  # fmt: skip

    def started(*args):
        return subprocess.Popen(
            [sys.executable, "-m", "dsr_report", *args],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=base, cwd=tmp_path,
        )  # fmt: skip

    return started


@pytest.fixture
def run(start):
    def ran(*args):
        with start(*args) as process:
            process.out, process.err = process.communicate(timeout=120)
        return process

    return ran


def kill_at(sandbox, start, place, fault, is_so=lambda: True):
    """Kill a fetch while it waits for the answer that the fault withholds, once that is so."""
    sandbox.state.plan(place, fault)
    with start("fetch", "20285", "-o", "x.json", "--poll", "0.1s") as process:
        while process.poll() is None and (sandbox.state.faults[place] or not is_so()):
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert process.returncode == -signal.SIGKILL


def files_below(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and "register" not in path.name)


@pytest.mark.parametrize(
    ("place", "fault"),
    [("POST /authenticate", "stall"), ("/status$", "stall"), ("/data$", "stall"), ("/data$", "halt")],
    ids=["logging in", "waiting", "before the download", "in the middle of the download"],
)
def test_the_same_command_goes_on_where_the_killed_one_was(sandbox, start, run, tmp_path, place, fault):  # noqa: PLR0917 - fixtures

    def is_under_way():
        sizes = [path.stat().st_size for path in tmp_path.rglob("*.part")]
        return place != "/data$" or any(size or fault == "stall" for size in sizes)

    kill_at(sandbox, start, place, fault, is_under_way)
    assert not (tmp_path / "x.json").exists()
    assert any(name.endswith(".part") for name in files_below(tmp_path)) is (place == "/data$")
    again = run("fetch", "20285", "-o", "x.json", "--poll", "0.1s")
    assert again.returncode == 0, again.err
    assert (tmp_path / "x.json").read_bytes() == CONTENT
    assert sandbox.state.count("POST", "/datarequest") == len(sandbox.state.jobs) == 1
    assert not [name for name in files_below(tmp_path) if name.endswith(".part")]
    assert run("register", "check").returncode == 0


def test_killed_while_asking_nobody_asks_again_until_a_person_has_looked(sandbox, start, run, tmp_path):
    kill_at(sandbox, start, "POST /v4", "late-answer", lambda: sandbox.state.jobs)
    (made,) = sandbox.state.jobs
    for _ in range(2):
        again = run("fetch", "20285", "-o", "x.json")
        assert again.returncode == 1
        assert "register attach 1 REQUEST_ID" in again.err
    assert run("register", "attach", "1", made).returncode == 0
    assert run("fetch", "20285", "-o", "x.json").returncode == 0
    assert (tmp_path / "x.json").read_bytes() == CONTENT
    assert sandbox.state.count("POST", "/datarequest") == len(sandbox.state.jobs) == 1


def test_killed_before_the_request_arrived_a_person_can_let_it_be_made_anew(sandbox, start, run, tmp_path):
    kill_at(sandbox, start, "POST /v4", "stall")
    assert run("fetch", "20285", "-o", "x.json").returncode == 1
    assert run("register", "abandon", "1", "--reason", "not in the dashboard").returncode == 0
    assert run("fetch", "20285", "-o", "x.json").returncode == 0
    assert (tmp_path / "x.json").read_bytes() == CONTENT
    assert len(sandbox.state.jobs) == 1


def test_whoever_still_writes_keeps_the_unfinished_file(tmp_path):
    target = tmp_path / "x.json"
    (tmp_path / ".x.json.dead.part").write_text("half", encoding="utf-8")
    (tmp_path / ".y.json.dead.part").write_text("another's", encoding="utf-8")
    with written_whole(target) as file:
        file.write(b"whole")
        assert clear_leftovers(target) == 1
    assert target.read_bytes() == b"whole"
    assert sorted(p.name for p in tmp_path.iterdir()) == [".y.json.dead.part", "x.json"]
