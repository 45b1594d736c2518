"""The register is away, or cannot be written: no request id is lost, and a restart is waited out."""

import json
import os
import signal
import threading
import time

import pytest

from dsr_report.batch import run_batch
from dsr_report.errors import RegisterError
from dsr_report.fetch.client import Client
from dsr_report.obtain import Callbacks, Patience, Subject, obtain
from dsr_report.register import Register
from dsr_report.register.request_log import MadeRequest, RequestLog
from dsr_report.register.store import Register as Store
from dsr_report.sandbox.server import running_sandbox


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def place():
    with (
        running_sandbox() as sandbox,
        Client(sandbox.state.token, api_url=sandbox.api_url, auth_url=sandbox.auth_url) as client,
    ):
        yield sandbox, client


def away(*_args, **_options):
    raise RegisterError("the register cannot be used (disk I/O error)")


def test_an_id_that_the_register_was_not_told_is_taken_up_by_the_next_run(url, place, tmp_path, monkeypatch):
    sandbox, client = place
    said = []
    with Register.open(url) as register, monkeypatch.context() as patch:
        patch.setattr(Store, "attach_request_id", away)
        with pytest.raises(RegisterError) as told:
            obtain(
                client,
                register,
                Subject("subprofile", "20285"),
                folder=tmp_path,
                progress=Callbacks(said.append),
            )
    (made,) = sandbox.state.jobs
    assert said == [f"data request {made}"]
    assert f"data request {made} was made" in str(told.value)
    assert "nothing was changed" not in str(told.value)
    with Register.open(url) as register:
        assert register.open_requests()[0].request_id == made
        found = obtain(client, register, Subject("subprofile", "20285"), folder=tmp_path)
        assert (found.request_id, len(sandbox.state.jobs)) == (made, 1)
        assert register.request_log.path.stat().st_size == 0
        assert register.request_log.path.stat().st_mode & 0o777 == 0o600
        assert not register.check().findings


def test_a_disk_that_is_full_afterwards_has_room_for_the_id(place, tmp_path, monkeypatch):
    """The room was taken before the POST; here no file can be made longer after it."""
    sandbox, client = place
    url = f"sqlite:///{tmp_path}/register.sqlite3"
    append = os.write
    with Register.open(url) as register, monkeypatch.context() as patch:
        patch.setattr(Store, "attach_request_id", away)

        def full(*arguments):
            if sandbox.state.jobs:
                raise OSError(28, "No space left on device")
            return append(*arguments)

        patch.setattr(os, "write", full)
        with pytest.raises(RegisterError, match="the same command takes the data request up"):
            obtain(client, register, Subject("subprofile", "20285"), folder=tmp_path)
    with Register.open(url) as register:
        assert register.open_requests()[0].request_id in sandbox.state.jobs


def no_line_can_be_filled(monkeypatch):
    monkeypatch.setattr(os, "pwrite", lambda *_: 1)  # as a limit on the length of files does


def nothing_can_be_made_in(monkeypatch, *folders):
    made = os.open

    def read_only(path, flags, *rest, **options):
        if flags & os.O_EXCL and any(str(path).startswith(f"{folder}/") for folder in folders):
            raise OSError(30, "Read-only file system")
        return made(path, flags, *rest, **options)

    monkeypatch.setattr(os, "open", read_only)


@pytest.mark.parametrize("beside", [True, False], ids=["beside the log", "in the folder for temporary files"])
def test_an_id_whose_line_could_not_be_filled_is_taken_up_from_the_name_of_a_file(
    place, tmp_path, monkeypatch, beside
):
    sandbox, client = place
    own, others = tmp_path / "own", tmp_path / "temporary"
    own.mkdir()
    others.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(others))
    url = f"sqlite:///{own}/register.sqlite3"
    with Register.open(url) as register, monkeypatch.context() as patch:
        patch.setattr(Store, "attach_request_id", away)
        no_line_can_be_filled(patch)
        if not beside:
            nothing_can_be_made_in(patch, own)
        with pytest.raises(RegisterError, match="the same command takes the data request up"):
            obtain(client, register, Subject("subprofile", "20285"), folder=tmp_path)
    (made,) = sandbox.state.jobs
    (left,) = (own if beside else others).glob("*-1-*")
    assert left.stat().st_mode & 0o777 == 0o600
    with Register.open(url) as register:
        assert register.open_requests()[0].request_id == made
        found = obtain(client, register, Subject("subprofile", "20285"), folder=tmp_path)
        assert (found.request_id, len(sandbox.state.jobs)) == (made, 1)
        assert not register.check().findings
    assert not left.exists()


def test_a_name_that_is_of_another_register_or_none_of_ours_changes_nothing(tmp_path, clock, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    one, other = RequestLog(tmp_path / "a" / "r.requests"), RequestLog(tmp_path / "b" / "r.requests")
    with one.slot(4, clock.at) as slot, monkeypatch.context() as patch:
        no_line_can_be_filled(patch)
        nothing_can_be_made_in(patch, tmp_path / "a")
        assert slot.fill("x/Ü id")
    (left,) = tmp_path.glob("dsr-report-*")
    (tmp_path / "a" / "r.requests-nonsense").touch()
    (tmp_path / "a" / "r.requests-1-9-link").symlink_to(left)
    assert other.hand_on(away) == []
    assert one.hand_on(away) == []  # the register refuses it: it stays
    assert one.hand_on(lambda made: None) == [MadeRequest(4, clock.at, "x/Ü id")]
    assert one.hand_on(away) == []


def test_where_the_id_could_be_kept_nowhere_the_error_says_how_to_enter_it(place, tmp_path, monkeypatch):
    sandbox, client = place
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with Register.open(f"sqlite:///{tmp_path}/register.sqlite3") as register:
        monkeypatch.setattr(Store, "attach_request_id", away)
        no_line_can_be_filled(monkeypatch)
        nothing_can_be_made_in(monkeypatch, tmp_path)
        with pytest.raises(RegisterError) as told:
            obtain(client, register, Subject("subprofile", "20285"), folder=tmp_path)
    (made,) = sandbox.state.jobs
    assert f"dsr-report register attach 1 {made}" in str(told.value)


def test_where_no_id_could_be_kept_none_is_asked_for(place, tmp_path):
    sandbox, client = place
    url = f"sqlite:///{tmp_path}/register.sqlite3"
    (tmp_path / "register.sqlite3.requests").mkdir()
    with Register.open(url) as register:
        with pytest.raises(RegisterError, match=r"Nothing was asked for"):
            obtain(client, register, Subject("subprofile", "20285"), folder=tmp_path)
        assert not sandbox.state.jobs
        (tmp_path / "register.sqlite3.requests").rmdir()
        obtain(client, register, Subject("subprofile", "20285"), folder=tmp_path)
    assert len(sandbox.state.jobs) == 1


def test_a_post_without_an_answer_leaves_nothing_to_take_up(tmp_path, clock):
    log = RequestLog(tmp_path / "r.requests")
    with log.slot(1, clock.at):
        pass
    assert log.hand_on(away) == []
    assert log.path.stat().st_size == 0


def test_of_many_at_once_each_id_is_kept_under_its_own_number(tmp_path, clock):
    log = RequestLog(tmp_path / "r.requests")

    def make(number):
        with log.slot(number, clock.at) as slot:
            time.sleep(0.01)
            assert slot.fill(f"id-{number}")

    threads = [threading.Thread(target=make, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = log.hand_on(lambda made: None)
    assert sorted(told) == [MadeRequest(number, clock.at, f"id-{number}") for number in range(40)]
    assert log.hand_on(away) == []


def test_while_somebody_asks_the_log_is_not_emptied(tmp_path, clock):
    log = RequestLog(tmp_path / "r.requests")
    with log.slot(1, clock.at) as slot:
        log.hand_on(away)
        assert slot.fill("late")
    assert log.hand_on(lambda made: None) == [MadeRequest(1, clock.at, "late")]


def test_an_id_of_another_register_is_kept_and_changes_nothing(tmp_path, clock):
    url = f"sqlite:///{tmp_path}/register.sqlite3"
    with Register.open(url, now=clock) as register:
        entry = register.claim("subprofile", 7)
        with register.request_log.slot(entry.number, clock.at.replace(year=2020)) as slot:
            slot.fill("strange")
    with Register.open(url, now=clock) as register:
        assert register.request(entry.number).request_id is None
        assert b"strange" in register.request_log.path.read_bytes()


def test_a_register_that_stays_away_is_an_error_after_its_time(postgresql):
    with Register.open(postgresql.schema()) as register:
        register.patience_seconds = 0.5
        postgresql.stop()
        try:
            began = time.monotonic()
            with pytest.raises(RegisterError):
                register.claim("subprofile", 7)
            assert time.monotonic() - began < 10
        finally:
            postgresql.start()
        assert register.claim("subprofile", 7).standing == "ours"


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restart", "crash"])
def test_postgresql_restarted_in_the_middle_of_a_batch_costs_nothing(postgresql, how, tmp_path):
    samples = tmp_path / "samples"
    samples.mkdir()
    subjects = [Subject("profile", str(number)) for number in range(1, 31)]
    for subject in subjects:
        export = {"info": {"type": "profile", "id": subject.id}, "data": [{"ID": subject.id}]}
        (samples / f"{subject.id}.json").write_text(json.dumps(export), encoding="utf-8")
    done = []

    def told(result):
        done.append(result)
        if len(done) == 3:
            threading.Thread(target=restart).start()

    def restart():
        postgresql.stop(how)
        time.sleep(0.5)
        postgresql.start()

    with (
        running_sandbox(samples=samples, delay_seconds=0.3) as sandbox,
        Client(sandbox.state.token, api_url=sandbox.api_url, auth_url=sandbox.auth_url) as client,
        Register.open(postgresql.schema()) as register,
    ):

        def fetch(subject):
            return obtain(client, register, subject, folder=tmp_path, patience=Patience(60, 0.05))

        def noted(obtained, result):
            register.note_disclosure(obtained.reference, sha256=str(result.sha256))

        results = run_batch(
            subjects, tmp_path / "out", fetch, ending="html", options={}, at_once=4, told=told, noted=noted
        )
        assert [result.error for result in results if not result.ok] == []
        assert len(results) == len(sandbox.state.jobs) == 30
        assert {case.state for case in register.cases()} == {"rendered"}
        assert not register.check().findings
