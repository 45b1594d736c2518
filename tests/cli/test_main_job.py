"""The command line as a user meets it: real processes, real sockets, exit codes, no half-written file."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from dsr_report.sandbox.server import running_sandbox
from dsr_report.verification.verifier import verify

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_exports"
MAIN = SAMPLES / "subprofile-20285.json"


def run(*args, env=None, cwd=None, stdin=None):
    settings = {k: v for k, v in os.environ.items() if not k.startswith(("COPERNICA", "DSR_REPORT"))}
    settings |= {"PYTHONPATH": str(ROOT)} | (env or {})
    return subprocess.run(
        [sys.executable, "-m", "dsr_report", *map(str, args)],
        capture_output=True, text=True, env=settings, cwd=cwd, input=stdin, timeout=300, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_fetch_and_render_makes_a_pdf_that_verifies_against_the_original(tmp_path):
    target = tmp_path / "a.pdf"
    done = run("fetch-and-render", "41522", "--sandbox", "-o", target)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert oct(target.stat().st_mode & 0o777) == "0o600"
    assert verify(target, SAMPLES / "subprofile-41522.json").ok


def test_fetch_and_render_of_an_address_makes_html(tmp_path):
    target = tmp_path / "b.html"
    done = run("fetch-and-render", "someone@example.org", "--sandbox", "-o", target)
    assert done.returncode == 0, done.stderr
    assert verify(target).ok


def test_fetch_gives_the_export_byte_for_byte(tmp_path):
    target = tmp_path / "export.json"
    done = run("fetch", "20285", "--sandbox", "-o", target)
    assert done.returncode == 0, done.stderr
    assert target.read_bytes() == MAIN.read_bytes()


def test_an_unknown_id_is_one_clear_line_and_leaves_no_file(tmp_path):
    done = run("fetch-and-render", "4711", "--sandbox", "-o", tmp_path / "a.pdf")
    assert done.returncode == 1
    assert "does not know subprofile 4711" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_token_is_refused_and_not_repeated(tmp_path):
    with running_sandbox() as sandbox:
        env = {
            "COPERNICA_TOKEN": "wrong-but-secret", "COPERNICA_API_URL": sandbox.api_url,
            "COPERNICA_AUTH_URL": sandbox.auth_url, "DSR_REPORT_DATABASE": f"sqlite:///{tmp_path}/register.sqlite",
        }  # fmt: skip
        done = run("fetch", "20285", "-o", tmp_path / "x.json", env=env)
    assert done.returncode == 1
    assert "token was refused" in done.stderr
    assert "wrong-but-secret" not in done.stderr
    assert not (tmp_path / "x.json").exists()


def test_not_ready_in_time_gives_code_3_and_the_same_command_takes_it_up(tmp_path):
    with running_sandbox(delay_seconds=3600) as sandbox:
        env = {
            "COPERNICA_TOKEN": sandbox.state.token, "COPERNICA_API_URL": sandbox.api_url,
            "COPERNICA_AUTH_URL": sandbox.auth_url, "DSR_REPORT_DATABASE": f"sqlite:///{tmp_path}/register.sqlite",
            "XDG_DATA_HOME": str(tmp_path / "data"),
        }  # fmt: skip
        first = run(
            "fetch", "20285", "-o", tmp_path / "x.json", "--timeout", "0.2s", "--poll", "0.1s", env=env
        )
        assert first.returncode == 3, first.stderr
        assert next(iter(sandbox.state.jobs)) in first.stderr
        sandbox.state.delay_seconds = 0
        second = run("fetch", "20285", "-o", tmp_path / "x.json", "--poll", "0.1s", env=env)
        assert second.returncode == 0, second.stderr
        assert len(sandbox.state.jobs) == 1
    assert (tmp_path / "x.json").read_bytes() == MAIN.read_bytes()


def test_what_is_no_export_gives_code_4(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<html>Bad gateway</html>", encoding="utf-8")
    done = run("render", page, "-o", tmp_path / "a.html")
    assert done.returncode == 4
    assert "Traceback" not in done.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == ["page.html"]


def test_an_unwritable_target_is_one_clear_line(tmp_path):
    done = run("render", MAIN, "-o", tmp_path / "missing" / "a.html")
    assert done.returncode == 1
    assert "cannot write here" in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_leaves_nothing(tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(small)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("cannot mount a small file system here")
    try:
        done = run("render", MAIN, "-o", small / "a.html")
        assert done.returncode == 1
        assert "could not be written" in done.stderr
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=False)


@pytest.mark.skipif(os.name != "posix", reason="sends a signal to a group of processes")
def test_ctrl_c_is_one_line_and_leaves_neither_file_nor_process(tmp_path):
    out, scratch = tmp_path / "out", tmp_path / "tmp"
    out.mkdir()
    scratch.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "dsr_report", "render", str(MAIN), "-o", str(out / "a.pdf"), "-q"],
        stderr=subprocess.PIPE, text=True, start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(scratch)},
    )  # fmt: skip
    helpers = []
    while process.poll() is None and not (helpers := psutil.Process(process.pid).children(recursive=True)):
        time.sleep(0.02)
    assert helpers, "it ended before it had laid out anything"
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors.strip() == "dsr-report: stopped; no partial file was left behind"
    assert list(out.iterdir()) == list(scratch.iterdir()) == []
    psutil.wait_procs(helpers, timeout=60)
    assert not [helper for helper in helpers if helper.is_running()]


def test_standard_input_is_read_and_standard_output_is_clean(tmp_path):
    text = MAIN.read_text(encoding="utf-8")
    done = run("inspect", "-", "--json", stdin=text)
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["values"]["total"] == summary["values"]["disclosed"] + summary["values"]["masked"]
    assert summary["values"]["masked"] == 111  # three keys, and what opens personal links, wherever it stands


def test_the_default_name_holds_no_address(tmp_path):
    done = run("render", SAMPLES / "email-someone.json", "--format", "html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (made,) = tmp_path.iterdir()
    assert made.name.startswith("disclosure-email-")
    assert "someone" not in made.name


def test_strict_fails_where_the_controller_has_said_nothing(tmp_path):
    done = run("render", MAIN, "--strict", "-o", tmp_path / "a.html")
    assert done.returncode == 5
    assert "[controller]" in done.stderr
    assert not (tmp_path / "a.html").exists()


@pytest.mark.parametrize(
    "command",
    [
        "fetch-and-render", "fetch", "render", "inspect", "tables", "verify", "review", "register", "sandbox",
    ],
)  # fmt: skip
def test_every_command_explains_itself_with_an_example(command):
    done = run(command, "--help")
    assert done.returncode == 0, done.stderr
    assert "Example" in done.stdout


def test_suggestions_count_all_records_alike_and_an_incomplete_export_is_warned_of(tmp_path):
    export = tmp_path / "export.json"
    records = [{"loyalty": "gold", "points": n} for n in range(5)]
    text = json.dumps({"info": {"type": "profile", "id": "7"}, "data": records})
    export.write_text(text, encoding="utf-8")
    assert "# 5 such records, the first at /data/0" in run("inspect", "--suggest", export).stdout
    export.write_text(text[:-20], encoding="utf-8")
    done = run("render", "--salvage", export, "-o", tmp_path / "a.html")
    assert "the export is incomplete" in done.stderr
