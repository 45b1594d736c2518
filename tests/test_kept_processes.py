"""Processes that are kept between two reports: the same ones serve both, and none stays for good."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from dsr_report import Report, read
from dsr_report.workers import Processes
from dsr_report.workers.kept import Kept
from dsr_report.writers.pdf.layout_pool import LayoutPool

SAMPLE = Path(__file__).parents[1] / "sample_exports" / "email-someone.json"


@pytest.fixture
def kept() -> Iterator[Kept[Processes]]:
    keeping: Kept[Processes] = Kept()
    yield keeping
    keeping.close()


def worker_of(pool: Processes) -> int:
    (parent,) = pool.in_order(os.getpgid, [0])  # each is a group of its own
    return parent


def used(kept: Kept[Processes], *key: str) -> int:
    with kept.use(lambda: Processes(1), *key) as pool:
        return worker_of(pool)


def test_the_next_block_has_the_same_processes(kept: Kept[Processes]) -> None:
    first = used(kept)
    assert used(kept) == first
    assert psutil.pid_exists(first)
    kept.close()
    assert not psutil.pid_exists(first)


def test_two_at_a_time_have_processes_of_their_own_and_one_pool_is_kept(kept: Kept[Processes]) -> None:
    with kept.use(lambda: Processes(1)) as one, kept.use(lambda: Processes(1)) as other:
        pids = {worker_of(one), worker_of(other)}
        assert len(pids) == 2
    assert sum(psutil.pid_exists(pid) for pid in pids) == 1
    assert used(kept) in pids


def test_other_surroundings_have_other_processes(
    kept: Kept[Processes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = {used(kept)}
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    seen.add(used(kept))
    monkeypatch.chdir(tmp_path)
    seen.add(used(kept))
    seen.add(used(kept, "another key"))
    assert len(seen) == 4
    assert sum(psutil.pid_exists(pid) for pid in seen) == 1


def test_where_a_block_fails_nothing_is_kept(kept: Kept[Processes]) -> None:
    with pytest.raises(KeyboardInterrupt), kept.use(lambda: Processes(1)) as pool:  # noqa: PT012 - what it had
        first = worker_of(pool)
        raise KeyboardInterrupt
    assert not psutil.pid_exists(first)


def test_after_a_while_they_end() -> None:
    kept: Kept[Processes] = Kept(seconds=0.2)
    first = used(kept)
    _wait_until(lambda: not psutil.pid_exists(first))


def test_one_that_was_killed_meanwhile_is_replaced(kept: Kept[Processes]) -> None:
    first = used(kept)
    os.kill(first, signal.SIGKILL)
    _wait_until(lambda: psutil.Process(first).status() == psutil.STATUS_ZOMBIE)
    assert used(kept) != first


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no forks here")
def test_a_fork_leaves_them_to_its_parent(kept: Kept[Processes]) -> None:
    first = used(kept)
    child = os.fork()
    if not child:
        os._exit(used(kept) == first)
    assert os.waitpid(child, 0)[1] == 0
    assert used(kept) == first


def test_a_program_that_ends_leaves_none(tmp_path: Path) -> None:
    code = f"import dsr_report as d; d.Report(d.read({str(SAMPLE)!r})).to_pdf('a.pdf')"
    environment = {**os.environ, "STARTED_BY": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path, timeout=120, env=environment)
    assert not any(_starter(process) == str(tmp_path) for process in psutil.process_iter())


def test_a_second_report_has_the_bytes_of_the_first(tmp_path: Path) -> None:
    """Of a process that laid out others before: what it did then leaves no trace."""
    with read(SAMPLE) as export, Report(export, lang="nl") as dutch, Report(export, lang="fr") as french:
        alone = dutch.to_pdf(tmp_path / "alone.pdf")
        french.to_zip(tmp_path / "between.zip")
        again = dutch.to_pdf(tmp_path / "again.pdf")
    assert alone.sha256 == again.sha256


def test_a_few_pages_are_laid_out_by_one_process(tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_text('{"info": {"type": "profile", "id": "1"}, "data": {"profile": {"ID": "1"}}}')
    before = {child.pid for child in psutil.Process().children()}
    with LayoutPool(2) as pool, read(export) as small, Report(small) as report:
        report.to_pdf(tmp_path / "small.pdf", workers=pool)
        assert len({child.pid for child in psutil.Process().children()} - before) == 1


def test_with_no_work_ahead_one_process_does_it_all() -> None:
    with Processes(3) as pool:
        assert len(set(pool.in_order(os.getpgid, [0] * 6, ahead=0))) == 1


def test_threads_share_nothing(kept: Kept[Processes]) -> None:
    found: list[bool] = []

    def work() -> None:
        for number in range(5):
            with kept.use(lambda: Processes(1)) as pool:
                found.append(list(pool.in_order(abs, [-number, -7])) == [number, 7])

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 20


def _starter(process: psutil.Process) -> str | None:
    try:
        return process.environ().get("STARTED_BY")
    except psutil.Error:
        return None


def _wait_until(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_a_process_runs_nothing_that_lies_in_the_current_folder(tmp_path, monkeypatch):
    (tmp_path / "pickle.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [path for path in sys.path if path])
    with Processes(1) as processes:
        assert list(processes.in_order(len, ["three"])) == [5]
