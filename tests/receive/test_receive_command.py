"""`dsr-report receive` as a process: what it refuses to start with, its secret path, and kill -9."""

import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from dsr_report.files import sha256_of
from dsr_report.register import Register
from dsr_report.verification.verifier import verify

ROOT = Path(__file__).resolve().parents[2]
URL = "https://dsr.example.org/copernica"


def export_of(number):
    filling = "x" * 20_000
    return json.dumps(
        {"info": {"type": "subprofile", "id": str(number)}, "data": [{"note": filling}]}
    ).encode()


class Place:
    """A register, a folder and a port; `start` starts the command there."""

    def __init__(self, folder):
        self.exports = folder / "exports"
        self.database = f"sqlite:///{folder}/register.sqlite3"
        self._environment = {
            k: v for k, v in os.environ.items() if not k.startswith(("COPERNICA", "DSR_REPORT"))
        }
        self._environment |= {"PYTHONPATH": str(ROOT), "DSR_REPORT_DATABASE": self.database}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.path = ""

    def command(self, *more):
        place = ["--port", str(self.port), "-o", str(self.exports)]
        return [sys.executable, "-m", "dsr_report", "receive", "--url", URL, *place, *more]

    def ran(self, *more):
        return subprocess.run(
            self.command(*more),
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def start(self, *more):
        process = subprocess.Popen(
            self.command("--unsigned", *more), env=self._environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.path = process.stdout.readline().strip().removeprefix("https://dsr.example.org")
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                if self.call("GET", "/health") == 200:
                    return process
            except OSError:
                time.sleep(0.05)
        raise AssertionError(process.communicate())

    def call(self, method, path, body=b""):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body)
            return connection.getresponse().status
        finally:
            connection.close()


@pytest.fixture
def place(tmp_path):
    return Place(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "choose between --account"),
        (["--unsigned", "--account", "1234"], "choose between --account"),
        (["--account", "copernica"], "--account must be a number"),
        (["--unsigned", "--host", "192.0.2.7"], "unencrypted"),
        (["--unsigned", "--url", "http://dsr.example.org/x"], "an address such as https"),
        (["--unsigned", "--url", "https://user:secret@dsr.example.org/x"], "an address such as https"),
        (["--unsigned", "--lang", "nl"], "--lang only applies to reports, and none are rendered"),
        (["--unsigned", "--annexes", "apart"], "--annexes only applies to reports, and none are rendered"),
        (["--unsigned", "--format", "pdf"], "--format only applies to reports, and none are rendered"),
    ],
    ids=["nobody", "both", "account", "open host", "plain http", "password", "language", "annexes", "format"],
)
def test_a_start_that_would_be_unsafe_is_refused_in_one_line(place, arguments, says):
    done = place.ran(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "secret" not in done.stderr
    assert not place.exports.exists()


@pytest.mark.slow
def test_the_secret_path_is_private_and_the_same_after_a_restart_and_signals_end_it_in_order(place):
    paths = []
    for end in (signal.SIGINT, signal.SIGTERM):
        with place.start() as process:
            paths.append(place.path)
            assert place.call("POST", "/copernica", export_of(1)) == 404
            process.send_signal(end)
            _, err = process.communicate(timeout=30)
        assert "Traceback" not in err
        assert paths[0].split("/")[-1] not in err
    assert paths[0] == paths[1]
    assert len(paths[0]) > 40
    assert (place.exports / "receive-path").stat().st_mode & 0o077 == 0
    (place.exports / "receive-path").chmod(0o644)
    assert "others can read the secret path" in place.ran("--unsigned").stderr


@pytest.mark.slow
def test_a_report_is_rendered_of_each_export_that_was_asked_for_and_replaces_no_earlier_one(place, tmp_path):
    reports = tmp_path / "reports"
    for number in (1, 2):
        with Register.open(place.database) as register:
            ask(register, 7, reuse_for=timedelta(0))
        options = ["--format", "html", "--lang", "nl", "--timezone", "Europe/Brussels", "--messages", "list"]
        options += ["--delay", "Het was druk."]
        with place.start("--render", str(reports), *options) as process:
            assert place.call("POST", place.path, export_of(7) + b"\n" * number) == 202
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
    names = [f"disclosure-subprofile-7-request-{number}.html" for number in (1, 2)]
    assert sorted(path.name for path in reports.iterdir()) == names
    for name in names:
        found = verify(reports / name)
        assert found.ok
        assert found.manifest is not None
        assert (found.manifest.language, found.manifest.time_zone) == ("nl", "Europe/Brussels")
        page = (reports / name).read_text(encoding="utf-8")
        assert "Het was druk." in page
        assert "Gegevens zoals ze waren op" in page


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killed_again_and_again_nothing_that_was_answered_for_is_lost(place):
    count = 60
    with Register.open(place.database) as register:
        requests = {number: ask(register, number) for number in range(count)}
    answered, left = [], list(range(count))
    for round_ in range(4):
        with place.start() as process:
            callers = [threading.Thread(target=keep_calling, args=(place, left, answered)) for _ in range(3)]
            for caller in callers:
                caller.start()
            until = time.monotonic() + 30
            while round_ < 3 and len(answered) < 12 * (round_ + 1) and time.monotonic() < until:
                time.sleep(0.002)
            if round_ < 3:
                process.kill()
            for caller in callers:
                caller.join()
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
    assert len(answered) >= count
    with Register.open(place.database) as register:
        for number, request in requests.items():
            entry = register.request(request)
            assert (number, entry.state) == (number, "collected")
            (file,) = entry.files
            assert Path(file.path).read_bytes() == export_of(number)
            assert sha256_of(file.path) == file.sha256
        assert not register.check().findings
    assert sorted(path.name for path in place.exports.rglob("*") if path.is_file()) == sorted(
        ["receive-path", *(f"received-{sha}.json" for sha in map(sha_of, range(count)))]
    )


def sha_of(number):
    return hashlib.sha256(export_of(number)).hexdigest()


def ask(register, number, **claim):
    entry = register.claim("subprofile", str(number), **claim)
    register.posting(entry)
    register.attach_request_id(entry.number, f"request-{entry.number}-{number}")
    return entry.number


def keep_calling(place, left, answered):
    """Post what is left, as Copernica would: what got no answer is not known to have arrived."""
    while left:
        number = left.pop()
        try:
            assert place.call("POST", place.path, export_of(number)) == 202
            answered.append(number)
        except (OSError, http.client.HTTPException):
            left.append(number)
            return
