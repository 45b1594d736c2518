"""The sandbox behaves as the API is documented to, and is easy to start and stop."""

import http.client
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from dsr_report.errors import FileError, UsageError
from dsr_report.sandbox.delivery import is_deliverable
from dsr_report.sandbox.samples import load_samples
from dsr_report.sandbox.server import make_sandbox, running_sandbox
from dsr_report.shipped import shipped

ROOT = Path(__file__).resolve().parents[2]


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def sandbox(clock):
    with running_sandbox(delay_seconds=10, expires_seconds=100, clock=clock) as running:
        yield running


def call(sandbox, method, path, body=None, jwt=None, **headers):
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=10)
    signed = {"Authorization": f"Bearer {jwt}"} if jwt else {}
    connection.request(method, path, body, signed | headers)
    response = connection.getresponse()
    found = response.status, response.read(), response.headers
    connection.close()
    return found


def log_in(sandbox):
    status, body, _ = call(sandbox, "POST", "/authenticate", f"access_token={quote(sandbox.state.token)}")
    assert status == 200
    return body.decode()


def test_the_login_answers_with_a_bare_token(sandbox):
    jwt = log_in(sandbox)
    assert re.fullmatch(r"[\w-]+\.[\w-]+\.[\w-]+", jwt)
    assert log_in(sandbox) != jwt
    status, body, _ = call(sandbox, "POST", "/authenticate", "access_token=wrong")
    assert (status, json.loads(body)) == (400, {"error": {"message": "Invalid access token"}})


@pytest.mark.parametrize("jwt", [None, "wrong", "a.b.c"])
def test_nothing_is_told_without_a_valid_token(sandbox, jwt):
    assert call(sandbox, "POST", "/v4/subprofile/20285/datarequest", jwt=jwt)[0] == 401
    assert call(sandbox, "GET", "/v4/datarequest/1/status", jwt=jwt)[0] == 401


def test_a_data_request_goes_its_documented_way(sandbox, clock):
    jwt = log_in(sandbox)
    status, body, headers = call(sandbox, "POST", "/v4/subprofile/20285/datarequest", "{}", jwt)
    assert (status, body) == (201, b"")
    number = headers["x-created"]
    assert headers["X-Location"].endswith(f"/v4/datarequest/{number}")
    sizes = []
    for clock.now in (1, 5, 9):
        answer = json.loads(call(sandbox, "GET", f"/v4/datarequest/{number}/status", jwt=jwt)[1])
        assert answer["status"] == "pending"
        sizes.append(answer["available"])
        assert call(sandbox, "GET", f"/v4/datarequest/{number}/data", jwt=jwt)[0] == 404
        older = json.loads(call(sandbox, "GET", f"/v4/datarequest/{number}", jwt=jwt)[1])
        assert older == {"info": {"type": "subprofile", "id": "20285"}, "data": "Data not available (yet)."}
    assert sizes == sorted(set(sizes))
    clock.now = 11
    answer = json.loads(call(sandbox, "GET", f"/v4/datarequest/{number}/status", jwt=jwt)[1])
    assert answer["status"] == "available"
    _, body, headers = call(sandbox, "GET", f"/v4/datarequest/{number}/data", jwt=jwt)
    assert body == (shipped("sample_exports") / "subprofile-20285.json").read_bytes()
    assert len(body) == answer["available"]
    assert headers["content-type"] == "application/json"
    clock.now = 200
    assert json.loads(call(sandbox, "GET", f"/v4/datarequest/{number}/status", jwt=jwt)[1]) == {
        "status": "not available"
    }
    assert call(sandbox, "GET", f"/v4/datarequest/{number}/data", jwt=jwt)[0] == 404


@pytest.mark.parametrize(
    ("method", "path", "message"),
    [
        ("POST", "/v4/subprofile/4711/datarequest", "No subprofile with supplied ID"),
        ("POST", "/v4/profile/20285/datarequest", "No profile with supplied ID"),
        ("POST", "/v4/email/stranger%40example.org/datarequest", "No entity with supplied ID"),
        ("GET", "/v4/subprofile/20285", "Invalid method"),
        ("GET", "/v4/datarequest/1/else", "Invalid method"),
        ("POST", "/v4/mailing/1/datarequest", "Invalid method"),
        ("GET", "/", "Invalid method"),
    ],
)
def test_errors_are_status_400_with_a_message(sandbox, method, path, message):
    status, body, _ = call(sandbox, method, path, jwt=log_in(sandbox))
    assert (status, json.loads(body)) == (400, {"error": {"message": message}})


def test_a_body_that_is_no_json_is_refused(sandbox):
    jwt = log_in(sandbox)
    for body in ("{", "[]", "report=x"):
        assert call(sandbox, "POST", "/v4/subprofile/20285/datarequest", body, jwt)[0] == 400
    assert sandbox.state.jobs == {}


def test_superfluous_slashes_are_tolerated_and_addresses_are_known_in_any_case(sandbox):
    jwt = log_in(sandbox)
    assert call(sandbox, "POST", "/v4//email/SomeOne%40Example.ORG/datarequest/", jwt=jwt)[0] == 201


def test_every_sample_that_is_served_can_be_asked_for(sandbox):
    jwt = log_in(sandbox)
    assert len(load_samples()) >= 5
    for sample in load_samples().values():
        path = f"/v4/{sample.subject_type}/{quote(sample.subject_id, safe='')}/datarequest"
        assert call(sandbox, "POST", path, jwt=jwt)[0] == 201, sample


def test_the_report_address_on_this_machine_is_called_if_so_told(clock):
    got = queue.Queue()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            got.put((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        for told in (False, True):
            with running_sandbox(clock=clock, deliver_reports=told) as sandbox:
                body = json.dumps({"report": f"http://127.0.0.1:{server.server_port}/in?x=1"})
                call(sandbox, "POST", "/v4/subprofile/20285/datarequest", body, log_in(sandbox))
        path, export = got.get(timeout=10)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert path == "/in?x=1"
    assert export == (shipped("sample_exports") / "subprofile-20285.json").read_bytes()
    assert got.empty()


@pytest.mark.parametrize(
    "report",
    ["http://example.org/x", "https://127.0.0.1/x", "http://192.0.2.1", "jan@example.org", "http://[x"],
)
def test_nobody_else_is_ever_called(report):
    assert not is_deliverable(report)


def test_a_folder_without_exports_is_an_error(tmp_path):
    (tmp_path / "odd.json").write_text("[]", encoding="utf-8")
    with pytest.raises(FileError, match="no sample exports"):
        make_sandbox(samples=tmp_path)


def test_a_port_that_is_taken_is_an_error(sandbox):
    with pytest.raises(UsageError, match="cannot listen"):
        make_sandbox(port=int(sandbox.url.rpartition(":")[2]))


def test_an_unknown_fault_is_a_mistake_of_the_test(sandbox):
    with pytest.raises(ValueError, match="no such fault"):
        sandbox.state.plan("/status", "meteor")


def test_the_command_prints_an_environment_that_works_and_stops_at_ctrl_c(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(tmp_path)}
    command = [sys.executable, "-m", "dsr_report", "sandbox", "--port", "0", "--delay", "0.1"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        lines = [process.stdout.readline() for _ in range(3)]
        settings = dict(line.removeprefix("export ").strip().split("=", 1) for line in lines)
        target = tmp_path / "x.json"
        fetched = subprocess.run(
            [sys.executable, "-m", "dsr_report", "fetch", "20285", "--poll", "0.1s", "-o", str(target)],
            capture_output=True, text=True, env=environment | settings, timeout=120, check=False,
        )  # fmt: skip
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=30)
    assert set(settings) == {"COPERNICA_API_URL", "COPERNICA_AUTH_URL", "COPERNICA_TOKEN"}
    assert fetched.returncode == 0, fetched.stderr
    assert target.read_bytes() == (shipped("sample_exports") / "subprofile-20285.json").read_bytes()
    assert (process.returncode, rest) == (0, "")
    assert "Traceback" not in errors
