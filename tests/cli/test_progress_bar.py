"""The progress bar: on a terminal alone, never wider than it, gone when the work is done."""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

import dsr_report
from dsr_report.report import Report

_NONE = "TERMINALS ARE NOT TRIED: there are none on this system"
EXPORT = Path(__file__).resolve().parents[2] / "sample_exports" / "subprofile-41522.json"


def on_a_terminal(*words: str | Path, columns: int) -> str:
    """What a command writes on standard error, which is a terminal of so many columns."""
    fcntl, pty, termios = (pytest.importorskip(name, reason=_NONE) for name in ("fcntl", "pty", "termios"))
    ours, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "dsr_report", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=its,
    ) as process:
        os.close(its)
        written = b""
        while True:
            try:
                block = os.read(ours, 1 << 16)
            except OSError:  # so a terminal ends on Linux
                break
            if not block:
                break
            written += block
        assert process.stdout is not None
        assert process.stdout.read() == b""
    os.close(ours)
    assert process.returncode == 0
    return written.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [100, 40])
def test_it_is_drawn_over_itself_on_one_line_and_taken_away(columns: int, tmp_path: Path) -> None:
    written = on_a_terminal("render", EXPORT, "-o", tmp_path / "r.html", columns=columns)
    *drawn, after = [line for line in written.split("\r") if line.strip()]
    assert drawn
    assert all(line.startswith("Writing [") and "%" in line and len(line) < columns for line in drawn)
    assert "Writing" not in after
    assert " values = " in after


def test_quiet_draws_none(tmp_path: Path) -> None:
    assert on_a_terminal("render", EXPORT, "-q", "-o", tmp_path / "r.html", columns=80) == ""


@pytest.mark.parametrize("ending", ["html", pytest.param("zip", marks=pytest.mark.slow)])
def test_what_is_told_of_a_report_only_grows_and_ends_at_all_of_it(ending: str, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    with dsr_report.read(EXPORT) as export, Report(export) as report:
        report.to(tmp_path / f"r.{ending}", progress=lambda done, total: told.append((done, total)))
    done = [one for one, _ in told]
    assert done == sorted(done)
    assert told[-1][0] == told[-1][1] > 0
    assert len(set(done)) > 4, "it is told on the way, too"


def test_waiting_is_told_in_seconds_that_count_up_and_taken_away(tmp_path: Path) -> None:
    written = on_a_terminal("fetch", "20285", "--sandbox", "-o", tmp_path / "e.json", columns=80)
    drawn = [line.strip() for line in written.split("\r") if "Waiting" in line]
    assert drawn
    assert all(re.fullmatch(r"Waiting for Copernica: pending.*, \d+ s", line) for line in drawn)
    assert "Waiting" not in written.split("\r")[-1]
