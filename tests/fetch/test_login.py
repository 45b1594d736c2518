"""Storing the token, and checking the set-up: real processes, a keyring in a file."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from dsr_report.sandbox.server import running_sandbox

ROOT = Path(__file__).resolve().parents[2]
RING = """
import json, os, pathlib
from keyring.backend import KeyringBackend

class Ring(KeyringBackend):
    priority = 1
    name = "a ring of the test"
    path = pathlib.Path(os.environ["RING"])

    def _all(self):
        return json.loads(self.path.read_text()) if self.path.exists() else {}

    def get_password(self, service, username):
        return self._all().get(f"{service} {username}")

    def set_password(self, service, username, password):
        self.path.write_text(json.dumps({**self._all(), f"{service} {username}": password}))

    def delete_password(self, service, username):
        self.path.write_text("{}")

class Locked(Ring):
    def _all(self):
        raise OSError("locked: hush")
"""


@pytest.fixture(scope="module")
def api():
    with running_sandbox(token="hush-hush") as sandbox:  # noqa: S106 - invented
        yield sandbox


@pytest.fixture
def run(api, tmp_path):
    (tmp_path / "ringing.py").write_text(RING, encoding="utf-8")
    base = {k: v for k, v in os.environ.items() if not k.startswith(("COPERNICA", "DSR_REPORT"))}
    base |= {
        "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}",
        "PYTHON_KEYRING_BACKEND": "ringing.Ring",
        "RING": str(tmp_path / "ring.json"),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "COPERNICA_API_URL": api.api_url,
        "COPERNICA_AUTH_URL": api.auth_url,
    }

    def ran(*args, stdin="", **settings):
        return subprocess.run(
            [sys.executable, "-m", "dsr_report", *map(str, args)],
            input=stdin, capture_output=True, text=True,
            env=base | settings, cwd=tmp_path, timeout=120, check=False,
        )  # fmt: skip

    return ran


def test_the_token_goes_into_the_keyring_and_the_other_commands_find_it(run, tmp_path):
    done = run("login", stdin="hush-hush\n")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "a ring of the test" in done.stderr
    fetched = run("fetch", "20285", "-o", tmp_path / "x.json")
    assert fetched.returncode == 0, fetched.stderr
    removed = run("login", "--remove")
    assert "removed" in removed.stderr
    assert run("fetch", "20285").returncode == 1
    assert "hush" not in done.stderr + fetched.stderr + removed.stderr


def test_a_wrong_token_is_not_stored(run, tmp_path):
    done = run("login", stdin="wrong-hush\n")
    assert done.returncode == 1
    assert "refused" in done.stderr
    assert "wrong-hush" not in done.stderr
    assert not (tmp_path / "ring.json").exists()
    assert run("login", "--no-check", stdin="wrong-hush\n").returncode == 0
    assert (tmp_path / "ring.json").exists()


@pytest.mark.parametrize("ring", ["ringing.Locked", "keyring.backends.fail.Keyring"])
def test_without_a_keyring_the_hint_is_a_private_file(run, ring):
    done = run("login", stdin="hush-hush\n", PYTHON_KEYRING_BACKEND=ring)
    assert done.returncode == 1
    assert "--file" in done.stderr
    assert "hush" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_token_file_is_private_and_named_on_standard_output(run, tmp_path):
    target = tmp_path / "token of ours"
    done = run("login", "--file", target, stdin="hush-hush\n")
    assert done.stdout == f"export COPERNICA_TOKEN_FILE='{target}'\n"
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    fetched = run("fetch", "20285", "-o", tmp_path / "x.json", COPERNICA_TOKEN_FILE=str(target))
    assert fetched.returncode == 0, fetched.stderr
    target.chmod(0o644)
    refused = run("fetch", "20285", COPERNICA_TOKEN_FILE=str(target))
    assert "chmod 600" in refused.stderr


def test_no_token_at_all_is_an_error(run):
    assert "no token was given" in run("login").stderr


def test_the_doctor_finds_nothing_wrong_with_a_good_set_up(run):
    done = run("doctor", "--json", COPERNICA_TOKEN="hush-hush")  # noqa: S106 - invented
    report = json.loads(done.stdout)
    faults = [check for check in report["checks"] if check["verdict"] == "fault"]
    assert (faults, report["ok"], done.returncode) == ([], True, 0)
    subjects = " ".join(check["subject"] for check in report["checks"])
    assert all(word in subjects for word in ("libraries", "fonts", "register", "token", "API"))
    assert "hush" not in done.stdout


def test_the_doctor_finds_what_is_wrong(run, tmp_path):
    (tmp_path / "data" / "dsr-report" / "exports").mkdir(parents=True)
    (tmp_path / "data" / "dsr-report" / "exports").chmod(0o755)
    done = run("doctor", COPERNICA_TOKEN="wrong-hush", DSR_REPORT_DATABASE="nonsense://x")  # noqa: S106 - invented
    assert done.returncode == 1
    faults = [line for line in done.stdout.splitlines() if line.startswith("FAULT")]
    assert len(faults) == 3
    assert "chmod 700" in done.stdout
    assert "COPERNICA_TOKEN" in done.stdout
    assert "wrong-hush" not in done.stdout + done.stderr


def test_the_doctor_calls_nobody_when_offline(run, api):
    before = len(api.state.asked)
    done = run("doctor", "--offline", COPERNICA_TOKEN="hush-hush")  # noqa: S106 - invented
    assert done.returncode == 0, done.stdout
    assert "was not tested" in done.stdout
    assert len(api.state.asked) == before


@pytest.mark.parametrize("version", ["v4", "v3"])
@pytest.mark.parametrize(("token", "code"), [("hush-hush", 0), ("hush-wrong", 1)])
def test_not_even_the_most_talkative_command_shows_the_token(  # noqa: PLR0917 - fixtures
    run, api, tmp_path, version, token, code
):
    api.state.plan("/status", "502", "refuse")
    where = f"{api.url}/{version}"
    done = run(
        "fetch", "-vv", "someone@example.org", "--poll", "0.1s", "-o", tmp_path / "x.json",
        COPERNICA_API_URL=where, COPERNICA_TOKEN=token,
    )  # fmt: skip
    api.state.faults.clear()
    assert done.returncode == code, done.stderr
    assert done.stderr
    assert "hush" not in done.stdout + done.stderr
    assert "someone" not in done.stdout + done.stderr


def test_the_doctor_notes_that_the_token_goes_to_another_place_than_the_data_come_from(run, api):
    done = run("doctor", "--offline", COPERNICA_TOKEN="hush-hush", COPERNICA_AUTH_URL="")  # noqa: S106 - invented
    assert "set both, or neither" in done.stdout
    done = run("doctor", "--offline", COPERNICA_TOKEN="hush-hush")  # noqa: S106 - invented
    assert "set both, or neither" not in done.stdout
