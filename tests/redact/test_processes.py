"""Several processes hide the same as one does; where one of them dies, nothing half done is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from dsr_report.errors import DsrReportError
from dsr_report.jsonstream.file import open_export
from dsr_report.redact.apply import write_redacted
from dsr_report.redact.plan import Plan, make_plan
from dsr_report.redact.secrets import find_secrets
from dsr_report.workers import Processes

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Messages and events of some megabytes, with live keys in their links."""
    file = tmp_path_factory.mktemp("export") / "export.json"
    subprocess.run(
        [sys.executable, "-m", "sample_exports.generate", "--messages", "60", "--output", file],
        check=True,
        cwd=ROOT,
    )
    return file


def hidden(export: Path, target: Path, workers: int) -> tuple[bytes, Plan, list[str]]:
    with open_export(export) as file, ExitStack() as crew:
        processes = crew.enter_context(Processes(workers)) if workers > 1 else None
        plan = make_plan(find_secrets(file.items, processes).decisions())
        warnings = write_redacted(file, plan, target, processes)
    return target.read_bytes(), plan, warnings


def test_several_processes_hide_what_one_hides(export: Path, tmp_path: Path) -> None:
    one, plan, warnings = hidden(export, tmp_path / "one.json", 1)
    three, same, as_well = hidden(export, tmp_path / "three.json", 3)

    assert one != export.read_bytes()
    assert three == one
    assert same == plan
    assert as_well == warnings
    assert any(len(mark.passage_pointers) > 20 for mark in plan.marks)


def test_a_process_that_dies_is_an_error_and_leaves_no_file(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dsr_report.redact.apply.found_in", dies)
    with pytest.raises(DsrReportError, match="ended by itself"):
        hidden(export, tmp_path / "out.json", 2)
    assert list(tmp_path.iterdir()) == []


def dies(_job: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def slowly(number: int) -> int:
    time.sleep(0.05 if number % 2 else 0)
    return number * number


def wrong(number: int) -> int:
    return number // 0


def test_answers_come_in_the_order_of_the_jobs_and_few_are_asked_for_ahead() -> None:
    asked = []

    def jobs() -> Iterator[int]:
        for number in range(20):
            asked.append(number)
            yield number

    with Processes(2) as processes:
        answers = processes.in_order(slowly, jobs())
        assert next(answers) == 0
        assert len(asked) <= 6
        assert list(answers) == [number * number for number in range(1, 20)]


def test_a_mistake_in_a_process_says_what_it_was() -> None:
    with Processes(1) as processes, pytest.raises(DsrReportError, match="ZeroDivisionError") as caught:
        list(processes.in_order(wrong, [1]))
    assert "wrong" in "".join(caught.value.__notes__)
