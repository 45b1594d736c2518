"""Batch on a Dask cluster: a real scheduler and workers, one killed; exports never pass the scheduler."""

import hashlib
import json
import os
import signal
import subprocess
import time
from datetime import date

import pytest
from batches import command, many_exports

from dsr_report.batch import RESULTS, key_of
from dsr_report.batch.render_job import RenderTask, render, whom_of
from dsr_report.batch.storage import check_place, copy_here, copy_there, remove
from dsr_report.errors import DsrReportError, FileError, UsageError
from dsr_report.obtain import Subject
from dsr_report.sandbox.server import running_sandbox

COUNT = 24
ADDRESS = "someone@example.org"
FILLING = "Vertrouwelijk verhaal. " * 4000
OPTIONS = {
    "lang": "nl", "timezone": "Europe/Amsterdam", "messages": "text", "strict": False,
    "collected": date(2026, 1, 6),
}  # fmt: skip


@pytest.fixture
def subjects(tmp_path):
    """A sandbox and a list of its subjects; one of them is an address."""
    samples = many_exports(tmp_path / "samples", COUNT - 1, FILLING)
    data = [{"ID": "7", "fields": {"Tekst": FILLING}, "database": "7"}]
    about = {"info": {"type": "email", "id": ADDRESS}, "data": data}
    (samples / "address.json").write_text(json.dumps(about), encoding="utf-8")
    rows = [f"{number},profile\n" for number in range(1, COUNT)]
    (tmp_path / "subjects.txt").write_text(f"id,type\n{ADDRESS},email\n{''.join(rows)}", encoding="utf-8")
    with running_sandbox(samples=samples) as sandbox:
        yield sandbox


def rendered_here(tmp_path):
    """The hash of each disclosure as this machine makes it, in this process."""
    hashes = {}
    for number, export in enumerate(sorted((tmp_path / "samples").glob("*.json"))):
        info = json.loads(export.read_text(encoding="utf-8"))["info"]
        subject = Subject(info["type"], info["id"])
        target = tmp_path / f"here-{number}.html"
        task = RenderTask(str(export), "", str(target), whom_of(subject.type, subject.id), OPTIONS)
        hashes[key_of(subject)] = render(task).sha256
    return hashes


def wait_for_lines(file, count, process):
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        if file.exists() and len(file.read_bytes().splitlines()) >= count:
            return
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_a_worker_killed_in_the_middle_costs_no_subject_and_repeats_none(subjects, dask, tmp_path):
    options = ("--lang", "nl", "--collected", "2026-01-06", "--dask", dask.overheard.address)
    arguments, environment = command(subjects, tmp_path, *options)
    with subprocess.Popen(
        arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as batch:
        wait_for_lines(tmp_path / "out" / RESULTS, 3, batch)
        dask.workers[0].send_signal(signal.SIGKILL)
        dask.workers[0].wait()
        done_before = len((tmp_path / "out" / RESULTS).read_bytes().splitlines())
        _, err = batch.communicate(timeout=240)
    assert batch.returncode == 0, err
    assert 3 <= done_before < COUNT
    results = [json.loads(line) for line in (tmp_path / "out" / RESULTS).read_text().splitlines()]
    expected = rendered_here(tmp_path)
    assert {result["key"]: result["sha256"] for result in results if result["ok"]} == expected
    assert len(results) == COUNT
    assert len(subjects.state.jobs) == subjects.state.count("POST", "/datarequest") == COUNT
    files = {
        hashlib.sha256(file.read_bytes()).hexdigest() for file in (tmp_path / "out").glob("disclosure-*.html")
    }
    assert files == set(expected.values())
    assert not [path for path in (tmp_path / "out").rglob("*") if path.name.endswith(".part")]
    assert_only_references_passed(dask, subjects)


@pytest.mark.slow
def test_shared_storage_carries_exports_and_is_empty_afterwards(subjects, dask, tmp_path):
    (tmp_path / "shared").mkdir()
    storage = (tmp_path / "shared").as_uri()
    (tmp_path / "out").mkdir(mode=0o700)
    (tmp_path / "out" / ".batch-storage").write_text("dsr-report-of-a-killed-run", encoding="ascii")
    (tmp_path / "shared" / "dsr-report-of-a-killed-run").mkdir()
    (tmp_path / "shared" / "dsr-report-of-a-killed-run" / "0.json").write_text("left", encoding="utf-8")
    config = tmp_path / "controller.toml"
    config.write_text('[controller]\nname = "Voorbeeld BV"\nlogo = "beeld/logo.png"\n', encoding="utf-8")
    (tmp_path / "beeld").mkdir()
    (tmp_path / "beeld" / "logo.png").write_bytes(b"\x89PNG\r\n\x1a\nnot looked into")
    arguments, environment = command(
        subjects, tmp_path, "--dask", dask.overheard.address, "--storage", storage, "--config", str(config)
    )
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    pages = sorted((tmp_path / "out").glob("disclosure-*.html"))
    assert len(pages) == COUNT
    assert all(
        b"Voorbeeld BV" in page.read_bytes() and b"data:image/png" in page.read_bytes() for page in pages
    )
    assert not [path for path in (tmp_path / "shared").rglob("*") if path.is_file()]
    assert str(tmp_path / "out" / "exports").encode() not in dask.overheard.heard
    assert_only_references_passed(dask, subjects)


@pytest.mark.slow
def test_interrupted_while_workers_render_it_ends_without_waiting_for_them(subjects, dask, tmp_path):
    arguments, environment = command(subjects, tmp_path, "--dask", dask.address)
    arguments[arguments.index("html")] = "pdf"
    with subprocess.Popen(arguments, env=environment, stderr=subprocess.PIPE, text=True) as batch:
        until = time.monotonic() + 60
        while subjects.state.count("GET", "/data$") < 4 and time.monotonic() < until:
            time.sleep(0.02)
        batch.send_signal(signal.SIGINT)
        _, err = batch.communicate(timeout=60)
    assert batch.returncode == 130
    assert err.splitlines()[-1].endswith("stopped; no partial file was left behind")
    assert "Traceback" not in err


def assert_only_references_passed(dask, sandbox):
    heard = bytes(dask.overheard.heard)
    assert b"dsr_report.batch.render_job" in heard  # the proxy did hear the tasks
    assert len(heard) < COUNT * 16_000 < COUNT * len(FILLING)
    for secret in (sandbox.state.token, "Vertrouwelijk", "Persoon", ADDRESS, "COPERNICA"):
        assert secret.encode() not in heard


def test_where_no_scheduler_answers_nothing_is_requested(tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    many_exports(tmp_path / "samples", 1)
    (tmp_path / "subjects.txt").write_text("1\n", encoding="utf-8")
    with running_sandbox(samples=tmp_path / "samples") as sandbox:
        arguments, environment = command(sandbox, tmp_path, "--dask", "tcp://127.0.0.1:9")
        environment["DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT"] = "1s"
        done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, sandbox.state.asked) == (2, [])
    assert "no Dask scheduler answers here" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", ["file", "memory", "path"])
def test_a_task_of_references_leaves_its_disclosure_in_the_same_storage(tmp_path, kind):
    pytest.importorskip("fsspec", reason="NOT TESTED WITH STORAGE: pip install 'dsr-report[dask]'")
    place = {
        "file": (tmp_path / "stored").as_uri(),
        "memory": f"memory://stored-{os.getpid()}",
        "path": str(tmp_path / "stored"),
    }[kind]
    check_place(place)
    (export,) = many_exports(tmp_path / "samples", 1).glob("*.json")
    copy_there(export, f"{place}/export.json")
    sha256 = hashlib.sha256(export.read_bytes()).hexdigest()
    task = RenderTask(f"{place}/export.json", sha256, f"{place}/page.html", whom_of("profile", "1"), OPTIONS)
    rendered = render(task)
    assert rendered.error is None
    assert copy_here(rendered.target, tmp_path / "page.html") == rendered.sha256
    assert (tmp_path / "page.html").stat().st_mode & 0o077 == 0
    remove(place)
    with pytest.raises(FileError, match=r"cannot be used|could not"):
        copy_here(rendered.target, tmp_path / "again.html")


def test_an_export_that_was_swapped_in_storage_is_not_rendered(tmp_path):
    pytest.importorskip("fsspec")
    place = f"memory://swapped-{os.getpid()}"
    (export,) = many_exports(tmp_path / "samples", 1).glob("*.json")
    copy_there(export, f"{place}/export.json")
    task = RenderTask(
        f"{place}/export.json", "0" * 64, f"{place}/page.html", whom_of("profile", "1"), OPTIONS
    )
    assert "not the one that was put there" in str(render(task).error)
    remove(place)


def test_an_export_about_someone_else_is_not_rendered(tmp_path):
    (export,) = many_exports(tmp_path / "samples", 1).glob("*.json")
    task = RenderTask(str(export), "", str(tmp_path / "page.html"), whom_of("profile", "2"), OPTIONS)
    assert "a different person" in str(render(task).error)
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize(
    ("place", "error"),
    [("s3://key:secret@bucket/x", UsageError), ("nosuchkind://x", UsageError), ("/proc/no/such", FileError)],
)
def test_storage_that_cannot_be_used_is_told_before_anything_is_requested(place, error):
    pytest.importorskip("fsspec")
    with pytest.raises(error) as told:
        check_place(place)
    assert isinstance(told.value, DsrReportError)
    assert "secret" not in str(told.value)
