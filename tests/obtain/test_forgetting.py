"""Forgetting removes every copy that the tool keeps and names those it does not; a sandbox leaves none."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from dsr_report.errors import FileError
from dsr_report.fetch.client import Client
from dsr_report.obtain import Subject, export_folder, export_name, obtain
from dsr_report.register import Register
from dsr_report.retention import forget
from dsr_report.sandbox.server import running_sandbox

ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = timedelta(0)


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def register(tmp_path):
    with Register.open(f"sqlite:///{tmp_path}/register.sqlite3") as opened:
        yield opened


def collected(register, number, path, content=b"x"):
    import hashlib

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    entry = register.claim("profile", number)
    register.attach_request_id(entry.number, f"id-{number}")
    register.note_file(entry.number, sha256=hashlib.sha256(content).hexdigest(), path=str(path))
    return entry.reference


def close(register, reference):
    register.close_case(reference, reason="answered by letter")


def test_a_fetched_export_goes_and_what_the_operator_named_is_told(register, tmp_path):
    with (
        running_sandbox() as sandbox,
        Client(sandbox.state.token, api_url=sandbox.api_url, auth_url=sandbox.auth_url) as client,
    ):
        found = obtain(client, register, Subject("subprofile", "20285"))
    disclosure = tmp_path / "disclosure.pdf"
    disclosure.write_bytes(b"pdf")
    register.note_disclosure(found.reference, sha256="ab" * 32, path=str(disclosure))
    register.note_copy(found.reference, sha256=found.sha256, path=str(disclosure.with_name("out.json")))
    close(register, found.reference)
    (case,) = forget(register, retention=AT_ONCE)
    assert (case.deleted, case.left) == ([str(found.path)], [str(disclosure)])
    assert list(export_folder().iterdir()) == []
    assert disclosure.exists()
    assert register.case(found.reference).forgotten
    assert not register.check().findings


def test_exports_of_batches_and_of_the_inbox_go_as_well_and_leftovers_of_kills(register, tmp_path):
    paths = [tmp_path / "out" / "exports" / "export-1.json", tmp_path / "in" / "received-2.json"]
    references = [collected(register, number, path) for number, path in enumerate(paths, 1)]
    killed = export_folder() / export_name("id-1")  # whole, and its process was killed before it was noted
    killed.write_bytes(b"x")
    part = export_folder() / f".{export_name('id-2')}.abc.part"
    part.write_bytes(b"half")
    for reference in references:
        close(register, reference)
    forget(register, retention=AT_ONCE)
    assert [path for path in (*paths, killed, part) if path.exists()] == []


def test_an_export_of_the_person_that_matched_nothing_goes_as_well(register, tmp_path):
    reference = collected(register, 1, tmp_path / "export.json")
    unmatched = export_folder() / "unmatched"
    unmatched.mkdir()
    for name, subject in (("own", "1"), ("other", "2")):
        text = json.dumps({"info": {"type": "profile", "id": subject}, "data": []})
        (unmatched / f"{name}.json").write_text(text, encoding="utf-8")
    (unmatched / "broken.json").write_bytes(b"{")
    close(register, reference)
    forget(register, retention=AT_ONCE)
    assert sorted(path.name for path in unmatched.iterdir()) == ["broken.json", "other.json"]


def test_a_copy_that_another_case_needs_or_somebody_changed_is_left_and_told(register, tmp_path):
    shared, changed = tmp_path / "shared.json", tmp_path / "changed.json"
    first, second = collected(register, 1, shared), collected(register, 2, shared)
    third = collected(register, 3, changed)
    changed.write_bytes(b"edited by hand")
    for reference in (first, third):
        close(register, reference)
    assert [case.left for case in forget(register, retention=AT_ONCE)] == [[str(shared)], [str(changed)]]
    close(register, second)
    assert [case.deleted for case in forget(register, retention=AT_ONCE)] == [[str(shared)]]


def test_a_case_whose_copy_cannot_be_removed_is_not_forgotten(register, tmp_path, monkeypatch):
    path = tmp_path / "export.json"
    reference = collected(register, 1, path)
    close(register, reference)

    def refused(self, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refused)
    with pytest.raises(FileError, match="was not forgotten"):
        forget(register, retention=AT_ONCE)
    assert not register.case(reference).forgotten
    assert register.files(reference)[0].path == str(path)


@pytest.mark.parametrize("words", [("fetch", "20285"), ("fetch-and-render", "20285", "--lang", "nl")])
def test_a_sandbox_leaves_nothing_in_the_users_data_folder(tmp_path, words):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COPERNICA", "DSR_REPORT"))}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "XDG_DATA_HOME": str(tmp_path / "none"),
        "HOME": str(tmp_path / "home"),
    }
    out = "out.json" if words[0] == "fetch" else "out.html"
    command = [sys.executable, "-m", "dsr_report", *words, "--sandbox", "-o", out]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "none").exists()
    assert "own copy" not in done.stderr
