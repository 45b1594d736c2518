"""Killed at any step: every decision is there, no half file is left, and no data request is made twice."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from desks import CONTROLLER, SAMPLES, text_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsr_report.desk.folders import DeskFolder
from dsr_report.desk.journal import Journal
from dsr_report.desk.review import CaseReview
from dsr_report.redact.findings import Looking
from dsr_report.register import Register
from dsr_report.sandbox.server import Sandbox, running_sandbox

GERMAN = SAMPLES / "profile-90211.json"


@dataclass
class Process:
    """A desk in a process of its own, which can be killed."""

    process: subprocess.Popen[str]
    http: httpx.Client
    root: str
    folder: Path

    def get(self, path: str) -> httpx.Response:
        return self.http.get(self.root + path, follow_redirects=True)

    def post(self, path: str, data: object = None, **options: object) -> httpx.Response:
        headers = {"origin": str(self.http.base_url).rstrip("/")}
        return self.http.post(
            self.root + path, data=data or {}, headers=headers, follow_redirects=True, **options
        )

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=20)

    def waited(self, case: str, until: str = "Done.") -> str:
        for _ in range(4000):
            said = text_of(self.get(f"{case}/work/state"))
            if until in said:
                return said
            time.sleep(0.05)
        raise AssertionError(said)


@contextmanager
def started(folder: Path, sandbox: Sandbox | None = None) -> Iterator[Process]:
    config = folder / "controller.toml"
    if not config.exists():
        config.write_text(CONTROLLER.read_text("utf-8"), "utf-8")
    command = [sys.executable, "-m", "dsr_report", "desk", "--no-browser", "--folder", str(folder / "desk")]
    command += ["--config", str(config), "--database", f"sqlite:///{folder / 'register.sqlite3'}"]
    environment = {**os.environ, "XDG_DATA_HOME": str(folder / "data"), "COPERNICA_TOKEN": "none"}
    if sandbox is not None:
        environment |= {
            "COPERNICA_TOKEN": sandbox.state.token,
            "COPERNICA_API_URL": sandbox.api_url,
            "COPERNICA_AUTH_URL": sandbox.auth_url,
        }
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    link = process.stdout.readline().strip()
    found = re.match(r"(http://127\.0\.0\.1:\d+)(/[^/]+)/enter", link)
    assert found is not None, process.stderr.read() if process.stderr else link
    http = httpx.Client(base_url=found[1], trust_env=False, timeout=30)
    for _ in range(1000):
        try:
            http.get(link.removeprefix(found[1]))
            break
        except httpx.ConnectError:
            time.sleep(0.05)
    running = Process(process, http, found[2], folder / "desk")
    try:
        yield running
    finally:
        http.close()
        if process.poll() is None:
            process.terminate()
        process.communicate(timeout=30)


def dropped(desk: Process, export: bytes) -> str:
    answer = desk.post("/upload", files={"file": ("export.json", export)})
    case = re.search(r"/case/[0-9a-f]{16}", str(answer.url))[0]
    desk.waited(case)
    return case


def test_decisions_uploads_and_undo_outlive_a_kill(tmp_path: Path) -> None:
    with started(tmp_path) as desk:
        case = dropped(desk, GERMAN.read_bytes())
        ids = re.findall(r"/finding/([0-9a-f]{10})\">", desk.get(f"{case}/review?group=must").text)
        ids += re.findall(r"/finding/([0-9a-f]{10})\">", desk.get(f"{case}/review?group=proposed").text)
        taken = ids[:5]
        form = {"decision": "withhold", "reason": "a reason", "article": "Art. 15(4) GDPR", "revision": "0"}
        for one in taken:
            assert desk.post(f"{case}/finding/{one}/decide", form).status_code == 200
        desk.kill()
    with started(tmp_path) as desk:
        desk.get(f"{case}/review")
        desk.waited(case)
        page = desk.get(f"{case}/review?group=decided").text
        assert set(re.findall(r"/finding/([0-9a-f]{10})\">", page)) == set(taken)
        for one in reversed(taken):
            answer = desk.post(f"{case}/undo")
            assert f"/finding/{one}" in str(answer.url)
        page = desk.get(f"{case}/review?group=decided").text
        assert re.findall(r"/finding/([0-9a-f]{10})\">", page) == []
        journal = (next(desk.folder.glob("cases/*/journal.jsonl"))).read_text().splitlines()
        assert [json.loads(line)["event"] for line in journal] == ["decide"] * 5 + ["undo"] * 5


def test_what_was_being_made_leaves_no_half_file_and_is_offered_again(tmp_path: Path) -> None:
    with started(tmp_path) as desk:
        case = dropped(desk, GERMAN.read_bytes())
        assert desk.post(f"{case}/preview").status_code == 200
        desk.kill()
        (folder,) = desk.folder.glob("cases/*")
        assert not (folder / "preview.html").exists()
    with started(tmp_path) as desk:
        said = text_of(desk.get(f"{case}/work"))
        assert "The desk ended while this was going on." in said
        assert "Start again" in said
        desk.post(f"{case}/work/again")
        desk.waited(case)
        assert (folder / "preview.html").is_file()
        assert list(folder.glob(".*.part")) == []


def test_a_fetch_goes_on_after_a_kill_and_asks_once_in_all(tmp_path: Path) -> None:
    with running_sandbox(delay_seconds=6.0) as sandbox:
        form = {"step": "4", "whom": "41522", "type": "", "received": "2026-01-05", "channel": "mail",
                "language": "nl", "reference": "AVG-9", "go": "fetch"}  # fmt: skip
        with started(tmp_path, sandbox) as desk:
            answer = desk.post("/new", form)
            case = re.search(r"/case/[0-9a-f]{16}", str(answer.url))[0]
            desk.waited(case, "Waiting for Copernica")
            desk.kill()
        with started(tmp_path, sandbox) as desk:
            desk.waited(case)
            assert "What was found" in text_of(desk.get(f"{case}/found"))
        made = [one for one in sandbox.state.asked if "POST" in str(one) and "datarequest" in str(one)]
        assert len(made) == 1
    with Register.open(f"sqlite:///{tmp_path / 'register.sqlite3'}") as register:
        assert len(register.requests_of("AVG-9")) == 1


def test_a_line_that_a_crash_tore_is_not_read_and_the_next_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.append("read", actor="a", export="x", ids=["1"], read=True)
    with path.open("ab") as file:
        file.write(b'{"number": 2, "at": "2026-0')
    again = Journal(path)
    assert again.revision == 1
    again.append("read", actor="a", export="x", ids=["2"], read=True)
    assert sorted(Journal(path).decided("x").read) == ["1", "2"]


@pytest.mark.parametrize("kept", ["before", "after"])
def test_a_crash_between_the_journal_and_the_file_loses_no_decision(tmp_path: Path, kept: str) -> None:
    def review() -> CaseReview:
        return CaseReview(
            GERMAN, Journal(tmp_path / "journal.jsonl"), tmp_path / "review.toml",
            looking=Looking("NL"), timezone="Europe/Amsterdam",
        )  # fmt: skip

    one = review()
    one.read()
    before = one.file.read_bytes()
    finding = one.findings[0]
    one.decide([finding], {"decision": "disclose", "reason": "", "article": ""}, actor="a")
    if kept == "before":
        one.file.write_bytes(before)  # as it is where the process was killed before it was renamed
    one.close()
    again = review()
    again.read()
    assert again.entry(finding)["decision"] == "disclose"
    assert [line.event for line in again.journal.lines] == ["decide"]
    assert again.file.read_bytes() != before
    again.close()


STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("decide"), st.sampled_from("abc"), st.sampled_from(["mask", "withhold", "disclose"])
        ),
        st.tuples(st.just("also"), st.text(min_size=1, max_size=8), st.just("")),
        st.tuples(st.just("read"), st.sampled_from("xyz"), st.sampled_from(["yes", ""])),
        st.tuples(st.just("undo"), st.just(""), st.just("")),
        st.tuples(st.just("tear"), st.just(""), st.just("")),
    ),
    max_size=25,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_decided_and_undone_a_journal_says_the_same_when_it_is_opened_again(
    tmp_path: Path, steps: list[tuple[str, str, str]]
) -> None:
    path = tmp_path / "journal.jsonl"
    path.unlink(missing_ok=True)
    journal = Journal(path)
    history = [({}, [], set())]
    for event, one, other in steps:
        entries, also, read = history[-1]
        if event == "undo":
            last = journal.decided("x").last
            assert (last is None) == (len(history) == 1)
            if last is not None:
                journal.append("undo", actor="a", export="x", undone=last.number, ids=[])
                history.pop()
            continue
        if event == "tear":
            with path.open("ab") as file:
                file.write(b'{"number": 9')
            journal = Journal(path)
            continue
        if event == "decide":
            entry = {"decision": other, "reason": "r", "article": "a"}
            journal.append("decide", actor="a", export="x", ids={one: "s"}, kind="k", entry=entry)
            entries = {**entries, one: other}
        elif event == "also":
            journal.append("also", actor="a", export="x", entry={"text": one})
            also = [*also, one]
        else:
            journal.append("read", actor="a", export="x", ids=[one], read=bool(other))
            read = read | {one} if other else read - {one}
        history.append((entries, also, read))
    for known in (journal, Journal(path)):
        decided = known.decided("x")
        said = (
            {one: entry["decision"] for one, entry in decided.entries.items()},
            [entry["text"] for entry in decided.also.values()],
            set(decided.read),
        )
        assert said == history[-1]
        assert known.decided("y").entries == {}
    assert journal.decided("x").digest == Journal(path).decided("x").digest


def test_uploads_that_were_not_answered_for_are_cleared_away(tmp_path: Path) -> None:
    folder = DeskFolder(tmp_path / "desk")
    (folder.incoming / ".abc.json.x.part").write_bytes(b"{")
    assert list(DeskFolder(tmp_path / "desk").incoming.iterdir()) == []
