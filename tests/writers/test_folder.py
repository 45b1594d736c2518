from __future__ import annotations

import hashlib
import io
import stat
import zipfile
from datetime import UTC, datetime, timedelta, timezone

import pytest

from dsr_report.errors import FileError
from dsr_report.writers.zip_file import ZipFolder

MOMENT = datetime(2026, 3, 1, 9, 30, 5, tzinfo=UTC)


def folder_of(files: dict[str, bytes], moment: datetime = MOMENT) -> bytes:
    target = io.BytesIO()
    with ZipFolder(target, moment) as folder:
        for name, content in files.items():
            folder.add(name, content)
    return target.getvalue()


def test_the_same_files_give_the_same_bytes_in_any_time_zone():
    files = {"b.txt": b"b" * 5000, "ä/a.json": b"{}"}
    elsewhere = MOMENT.astimezone(timezone(timedelta(hours=9)))
    assert folder_of(files) == folder_of(files, elsewhere)


def test_files_keep_order_time_and_are_their_owners_alone():
    with zipfile.ZipFile(io.BytesIO(folder_of({"b.txt": b"b", "a.txt": b"a"}))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["b.txt", "a.txt"]
        for info in archive.infolist():
            assert info.date_time == (2026, 3, 1, 9, 30, 4)  # ZIP counts two seconds at a time
            assert stat.S_IMODE(info.external_attr >> 16) == 0o600
            assert info.compress_type == zipfile.ZIP_DEFLATED


def test_entries_say_size_and_digest_of_what_was_written(tmp_path):
    (tmp_path / "x").write_bytes(b"whole" * 1000)
    with ZipFolder(io.BytesIO(), MOMENT) as folder:
        folder.copy("data/x", tmp_path / "x")
        with folder.writing("y") as sink:
            sink.write(b"in ")
            sink.write(b"pieces")
    sizes = [(entry.name, entry.size_bytes, entry.sha256) for entry in folder.entries]
    assert sizes == [
        ("data/x", 5000, hashlib.sha256(b"whole" * 1000).hexdigest()),
        ("y", 9, hashlib.sha256(b"in pieces").hexdigest()),
    ]


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/../../x", "a\\b", "", "a//b", "./a", "a/"])
def test_no_name_leads_out_of_the_folder(name):
    with ZipFolder(io.BytesIO(), MOMENT) as folder, pytest.raises(FileError):
        folder.add(name, b"x")


def test_no_two_files_have_one_name_also_where_case_does_not_count():
    with ZipFolder(io.BytesIO(), MOMENT) as folder:
        folder.add("Report.html", b"1")
        with pytest.raises(FileError):
            folder.add("report.html", b"2")


def test_a_moment_before_zip_knows_time_is_its_first():
    early = datetime(1970, 1, 1, tzinfo=UTC)
    with zipfile.ZipFile(io.BytesIO(folder_of({"a": b""}, early))) as archive:
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)
