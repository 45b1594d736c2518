"""Batch on a Dask cluster by way of a bucket: a real S3 server, scheduler and workers on loopback."""

import hashlib
import json
import os
import subprocess

import pytest
from batches import command, many_exports

from dsr_report.batch import RESULTS
from dsr_report.batch.render_job import RenderTask, render, whom_of
from dsr_report.batch.storage import check_place, copy_here, copy_there, is_there, remove
from dsr_report.errors import FileError, UsageError
from dsr_report.report import Report
from dsr_report.sandbox.server import running_sandbox
from dsr_report.verification.verifier import verify

COUNT = 12
OPTIONS = {"lang": "en", "timezone": "Europe/Amsterdam", "messages": "text", "strict": False}
FILLING = "Vertrouwelijk verhaal. " * 200


@pytest.fixture
def subjects(tmp_path):
    samples = many_exports(tmp_path / "samples", COUNT, FILLING)
    (tmp_path / "subjects.txt").write_text("".join(f"{n}\n" for n in range(1, COUNT + 1)), encoding="utf-8")
    with running_sandbox(samples=samples) as sandbox:
        yield sandbox


def batch(sandbox, tmp_path, buckets, *more):
    arguments, environment = command(sandbox, tmp_path, *more)
    return subprocess.run(
        arguments,
        env=environment | buckets.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.slow
def test_a_bucket_carries_what_the_scheduler_must_not_hear_and_is_empty_afterwards(
    subjects, buckets, dask_with_buckets, tmp_path
):
    (tmp_path / "out").mkdir(mode=0o700)
    (tmp_path / "out" / ".batch-storage").write_text("dsr-report-of-a-killed-run", encoding="ascii")
    buckets.put("shared/dsr-report-of-a-killed-run/0.json", b"left")
    buckets.put("shared/of-somebody-else", b"stays")
    heard = dask_with_buckets.overheard
    done = batch(subjects, tmp_path, buckets, "--dask", heard.address, "--storage", "s3://dsr/shared")
    assert done.returncode == 0, done.stderr
    pages = sorted((tmp_path / "out").glob("disclosure-*.html"))
    assert len(pages) == COUNT
    assert all(verify(page).ok for page in pages)
    assert buckets.names() == ["shared/of-somebody-else"]
    results = [json.loads(line) for line in (tmp_path / "out" / RESULTS).read_text().splitlines()]
    assert [result["ok"] for result in results] == [True] * COUNT
    assert b"s3://dsr/shared/dsr-report-of-a-killed-run" in heard.heard  # the proxy did hear the tasks
    for secret in (subjects.state.token, *buckets.keys, "Vertrouwelijk", "Persoon", "COPERNICA", "AWS_"):
        assert secret.encode() not in heard.heard


@pytest.mark.slow
def test_a_worker_that_may_not_use_the_bucket_is_named_before_anything_is_requested(
    subjects, buckets, dask_with_buckets, tmp_path
):
    stranger = dask_with_buckets.add_worker(
        AWS_EC2_METADATA_DISABLED="true", AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull
    )
    dask_with_buckets.wait_for(3)
    try:
        done = batch(
            subjects, tmp_path, buckets, "--dask", dask_with_buckets.address, "--storage", "s3://dsr/strange"
        )
    finally:
        stranger.kill()
        stranger.wait()
    assert (done.returncode, subjects.state.count("POST", "/datarequest")) == (1, 0)
    assert "worker tcp://127.0.0.1:" in done.stderr
    assert "no credentials were found in the environment" in done.stderr
    assert "Traceback" not in done.stderr
    assert not [name for name in buckets.names() if name.startswith("strange/")]


def test_a_bucket_that_is_missing_is_told_before_anything_is_requested(subjects, buckets, tmp_path):
    done = batch(subjects, tmp_path, buckets, "--dask", "tcp://127.0.0.1:9", "--storage", "s3://no-such/work")
    assert (done.returncode, subjects.state.asked) == (1, [])
    assert "--storage s3://no-such/work: the shared storage cannot be used: there is no such bucket" in (
        done.stderr
    )


@pytest.mark.parametrize(
    "place",
    ["s3://", "s3:/bucket/folder", "file://", "file://folder/work", "s3://bucket/x?key=a", "s3://bucket/*"],
)
def test_an_address_that_names_no_place_is_refused_and_not_taken_for_a_folder_here(
    place, tmp_path, monkeypatch
):
    pytest.importorskip("fsspec")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        check_place(place)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_gone_from_storage_is_not_called_a_full_disk_here(tmp_path):
    pytest.importorskip("fsspec")
    with pytest.raises(FileError, match="there is no such bucket, folder or file") as told:
        copy_here(f"memory://gone-{os.getpid()}/export.json", tmp_path / "export.json")
    assert "--output" not in str(told.value)
    assert not list(tmp_path.iterdir())


def test_a_batch_that_was_stopped_is_sent_no_disclosure_any_more(tmp_path, monkeypatch):
    pytest.importorskip("fsspec")
    place = f"memory://stopped-{os.getpid()}"
    (export,) = many_exports(tmp_path / "samples", 1).glob("*.json")
    copy_there(export, f"{place}/export.json")
    sha256 = hashlib.sha256(export.read_bytes()).hexdigest()
    task = RenderTask(f"{place}/export.json", sha256, f"{place}/page.html", whom_of("profile", "1"), OPTIONS)
    write = Report.to

    def stopped_meanwhile(self, *args, **options):
        remove(place)
        return write(self, *args, **options)

    monkeypatch.setattr(Report, "to", stopped_meanwhile)
    assert "removed its export" in str(render(task).error)
    with pytest.raises(FileError):
        copy_here(f"{place}/page.html", tmp_path / "page.html")
    assert not is_there(place)
