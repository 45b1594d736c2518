"""`fetch-and-render`, killed at each of its steps: one data request, whole files, a register that agrees."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dsr_report.files import sha256_of
from dsr_report.register import Register
from dsr_report.sandbox.server import running_sandbox
from dsr_report.verification.verifier import verify

ROOT = Path(__file__).resolve().parents[2]
MOST_STEPS = 90
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL"),
]


def samples(folder):
    """A subject for each step; the password makes a redacted copy of the export necessary."""
    folder.mkdir()
    for number in range(1, MOST_STEPS + 1):
        fields = {"Naam": f"Persoon {number}", "Wachtwoord": f"geheim-{number}-Xy7"}
        data = [{"ID": str(number), "fields": fields, "database": "7", "interests": []}]
        export = {"info": {"type": "profile", "id": str(number)}, "data": data}
        (folder / f"{number}.json").write_text(json.dumps(export), encoding="utf-8")
    return folder


class Dying:
    """The process whose forks run the commands."""

    def __init__(self, sandbox, folder):
        (folder / "tmp").mkdir()
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("COPERNICA", "DSR_REPORT"))}
        environment |= {
            "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(folder / "data"), "TMPDIR": str(folder / "tmp"),
            "COPERNICA_TOKEN": sandbox.state.token, "COPERNICA_API_URL": sandbox.api_url,
            "COPERNICA_AUTH_URL": sandbox.auth_url,
            "DSR_REPORT_DATABASE": f"sqlite:///{folder}/register.sqlite",
        }  # fmt: skip
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, Path(__file__).with_name("dying.py"), folder / "samples" / "1.json"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=folder,
        )  # fmt: skip

    def run(self, *arguments, die_at=0):
        """How it ended, after how many steps, and what it said."""
        log = self._folder / "said.txt"
        wanted = {"arguments": arguments, "die_at": die_at, "log": str(log)}
        self._process.stdin.write(json.dumps(wanted) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["status"], answer["steps"], log.read_text(encoding="utf-8")

    def close(self):
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


@pytest.fixture
def sandbox(tmp_path):
    with running_sandbox(samples=samples(tmp_path / "samples")) as running:
        yield running


@pytest.fixture
def dying(sandbox, tmp_path):
    process = Dying(sandbox, tmp_path)
    yield process
    process.close()


def made_for(sandbox, number):
    return [key for key, job in sandbox.state.jobs.items() if job.sample.subject_id == str(number)]


def test_the_main_job_can_be_killed_at_each_of_its_steps(sandbox, dying, tmp_path):
    out = tmp_path / "out"
    out.mkdir()

    def command(number):
        return "fetch-and-render", str(number), "--type", "profile", "-o", str(out / f"{number}.html")

    status, _, said = dying.run(*command(1))  # makes the register, too
    assert status == 0, said
    _, steps, _ = dying.run(*command(2))
    assert 20 < steps < MOST_STEPS - 3
    decided = 0
    for step in range(1, steps + 1):
        number = step + 2
        target = out / f"{number}.html"
        status, _, said = dying.run(*command(number), die_at=step)
        if status == 0 and step > steps - 4:
            break  # it asked a few times less whether the export is there: each call is a connection, a step
        assert status == -signal.SIGKILL, (step, said)
        assert not target.exists() or verify(target).ok, step
        status, _, said = dying.run(*command(number))
        if status:
            assert "may have the request" in said, (step, said)
            decided += 1
            made = made_for(sandbox, number)
            data_request = said.split("data request ")[1].split(":")[0]
            decision = (
                ["attach", data_request, *made] if made else ["abandon", data_request, "--reason", "none"]
            )
            assert dying.run("register", *decision)[0] == 0
            status, _, said = dying.run(*command(number))
        assert status == 0, (step, said)
        assert verify(target).ok, step
        assert len(made_for(sandbox, number)) == 1, step
    assert decided < 6  # only around the one call that nobody may repeat
    assert not [*out.glob(".*"), *(tmp_path / "data").rglob("*.part")]
    with Register.open(f"sqlite:///{tmp_path}/register.sqlite") as register:
        assert not register.check().findings
        for case in register.cases():
            (request,) = [one for one in register.requests_of(case.reference) if one.state != "abandoned"]
            (export, disclosure) = register.files(case.reference)
            assert (request.state, export.kind, disclosure.kind) == ("collected", "export", "disclosure")
            assert sha256_of(export.path) == export.sha256
            assert sha256_of(disclosure.path) == disclosure.sha256


def test_a_killed_layout_leaves_no_half_file_and_its_folders_are_cleared(sandbox, dying, tmp_path):
    command = ("fetch-and-render", "1", "--type", "profile", "-o", str(tmp_path / "1.pdf"))
    _, _, said = dying.run("fetch", "1", "--type", "profile", "-o", str(tmp_path / "1.json"))
    left = 0
    for step in (6, 9, 12):
        status, _, said = dying.run(*command, die_at=step)
        assert status == -signal.SIGKILL, said
        assert not (tmp_path / "1.pdf").exists()
        left = max(left, len(list((tmp_path / "tmp").glob("dsr-report-*"))))
    assert left
    for lock in (tmp_path / "tmp").glob("*/.in-use"):
        os.utime(lock, (0, 0))  # as if it had been a while ago
    status, _, said = dying.run(*command)
    assert status == 0, said
    assert verify(tmp_path / "1.pdf").ok
    assert len(sandbox.state.jobs) == 1
    assert not list((tmp_path / "tmp").glob("dsr-report-*"))
    assert not list(tmp_path.glob("*.part"))
