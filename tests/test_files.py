"""Files are waited for where they must outlive their process, and only there."""

import os

import pytest

from dsr_report.files import written_whole
from dsr_report.temporary import TemporaryFolder


@pytest.fixture
def flushed(monkeypatch):
    """The sizes of the files that were flushed to disk."""
    sizes = []
    monkeypatch.setattr(os, "fsync", lambda handle: sizes.append(os.fstat(handle).st_size))
    return sizes


def test_a_file_is_on_the_disk_before_it_has_its_name(tmp_path, flushed, monkeypatch):
    steps = []
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: steps.append(list(flushed)))
    with written_whole(tmp_path / "a.txt") as file:
        file.write(b"whole")
    assert steps == [[5]]


def test_no_disk_is_waited_for_in_a_folder_that_goes_with_its_process(flushed):
    with TemporaryFolder() as folder:
        target = os.path.join(folder, "a.txt")  # noqa: PTH118 - the folder is a text
        with written_whole(target) as file:
            file.write(b"whole")
        with open(target, "rb") as file:  # noqa: PTH123
            assert file.read() == b"whole"
    assert flushed == []
