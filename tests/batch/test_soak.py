"""Many subjects through an API that fails in every way it can, and a batch that is killed again and again.

SOAK=2000 takes more subjects than the 200 of an ordinary run; SOAK_SEED=7 draws other faults.
"""

import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from contextlib import suppress

import pytest
from batches import command, many_exports

from dsr_report.batch import RESULTS
from dsr_report.register import Register
from dsr_report.sandbox.server import running_sandbox
from dsr_report.sandbox.state import SandboxState

SUBJECTS = int(os.environ.get("SOAK", "200"))
SEED = int(os.environ.get("SOAK_SEED", "2026"))
KILLS = 4
_ALWAYS = ("refuse", "stall", "slow", "500", "502", "503", "504", "429", "401")
_CUT = ("cut", "cut-chunked", "cut-quietly", "cut-within", "halt")
FAULTS = {
    "POST /authenticate": ("refuse", "500", "503", "html", "slow"),
    "datarequest$": (*_ALWAYS, "lose-answer", "lose-body", "late-answer", "no-id"),
    "/status": (*_ALWAYS, "reset", "html", "move", "expire"),
    "/data$": (*_ALWAYS, *_CUT, "404", "html", "changed", "stranger", "sentence", "not-ready", "move"),
}
RATE = 0.2
ENDS = ("knows nothing of this data request",)
"""What a batch may say in the end, in place of a disclosure: the export expired before it was fetched."""


def draw_faults(monkeypatch):
    """Let each request meet a fault now and then; what was drawn is counted."""
    chance, lock, met = random.Random(SEED), threading.Lock(), Counter()  # noqa: S311 - to be the same again

    def next_fault(_state, path):
        with lock:
            if chance.random() > RATE:
                return None
            for pattern, kinds in FAULTS.items():
                if path.endswith(pattern[:-1]) if pattern.endswith("$") else pattern in path:
                    met[pattern, kind := chance.choice(kinds)] += 1
                    return kind
        return None

    monkeypatch.setattr(SandboxState, "next_fault", next_fault)
    return met


def wait_for_what_is_in_hand(seconds=60):
    """Wait until the sandbox has answered all: what is slow is carried out after a batch was killed."""
    until = time.monotonic() + seconds
    while any("process_request_thread" in one.name for one in threading.enumerate()):
        assert time.monotonic() < until
        time.sleep(0.02)


def decide(register, sandbox):
    """What a person does who looks in the dashboard: enters the id that is there, or says there is none."""
    wait_for_what_is_in_hand()
    made = {job.sample.subject_id: job.request_id for job in list(sandbox.state.jobs.values())}
    for entry in register.open_requests():
        if entry.standing == "unknown":
            if entry.subject_id in made:
                register.attach_request_id(entry.number, made[entry.subject_id])
            else:
                register.abandon(entry.number, reason="not in the dashboard")


def killed(arguments, environment, sandbox, more):
    """Start the batch, and kill it once so many data requests more were made."""
    goal = min(len(sandbox.state.jobs) + more, SUBJECTS)
    process = subprocess.Popen(
        arguments,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + 120
    while len(sandbox.state.jobs) < goal and process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGKILL)
    process.wait()


@pytest.mark.slow
def test_whatever_fails_each_subject_has_a_disclosure_or_a_documented_end_and_one_data_request(
    tmp_path, monkeypatch
):
    (tmp_path / "subjects.txt").write_text("\n".join(map(str, range(1, SUBJECTS + 1))), encoding="utf-8")
    samples = many_exports(tmp_path / "samples", SUBJECTS)
    chance = random.Random(SEED)  # noqa: S311 - to be the same again
    met = draw_faults(monkeypatch)
    with running_sandbox(samples=samples, stall_seconds=0.2, delay_seconds=0.2) as sandbox:
        arguments, environment = command(sandbox, tmp_path, "--at-once", "24", "--timeout", "90s")
        for _ in range(KILLS):
            killed(arguments, environment, sandbox, chance.randint(5, SUBJECTS // 4))
        with Register.open(environment["DSR_REPORT_DATABASE"]) as register:
            for _ in range(12):
                decide(register, sandbox)
                done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
                assert "Traceback" not in done.stderr
                results = [
                    json.loads(x)
                    for x in (tmp_path / "out" / RESULTS).read_text(encoding="utf-8").splitlines()
                ]
                last = {one["key"]: one for one in results}
                open_ones = [one for one in last.values() if not one["ok"]]
                if len(last) == SUBJECTS and all(
                    any(end in one["error"] for end in ENDS) for one in open_ones
                ):
                    break
            assert len(last) == SUBJECTS
            assert [one["error"] for one in open_ones if not any(end in one["error"] for end in ENDS)] == []
            made = Counter(job.sample.subject_id for job in sandbox.state.jobs.values())
            assert set(made.values()) == {1}
            assert len(made) == SUBJECTS
            assert register.check().findings == ()
            assert len(register.cases()) == SUBJECTS
        for one in last.values():
            if one["ok"]:
                assert (tmp_path / "out" / one["file"]).is_file()
        assert not list((tmp_path / "out").rglob("*.part"))
        assert (tmp_path / "out" / ".batch-lock").stat().st_mode & 0o777 == 0o600
    assert len(open_ones) < SUBJECTS / 10
    assert len(met) > 30 or SUBJECTS < 200  # kinds of faults
