"""Measure whole processes against peers on the same input, in interleaved runs; write RESULTS.md.

    python benchmarks/run.py [--size MB] [--runs N]

Ratios within one run are what counts: the machine may be busy with other things.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
_JSON_LOAD = "import json, sys; json.load(open(sys.argv[1], 'rb'))"
_NORMALIZE = (
    "import json, sys, pandas; "
    "data = json.load(open(sys.argv[1], 'rb'))['data']; "
    "pandas.json_normalize(data).astype(str).to_parquet(sys.argv[2])"
)


class Run(NamedTuple):
    """One process: wall seconds, CPU seconds, peak memory in MiB."""

    wall: float
    cpu: float
    peak: float


def measured(command: list[str]) -> Run:
    """Run a command to its end; it must succeed."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=ROOT)
    errors = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = status
    if process.stderr:
        process.stderr.close()
    if status:
        raise SystemExit(f"{' '.join(command[:6])} failed: {errors.decode()[-500:]}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def compared(cases: dict[str, list[str]], runs: int) -> dict[str, Run]:
    """The median of each command, run in turns."""
    found: dict[str, list[Run]] = {name: [] for name in cases}
    for _ in range(runs):
        for name, command in cases.items():
            found[name].append(measured(command))
    return {
        name: Run(*(statistics.median(run[i] for run in of_one) for i in range(3)))
        for name, of_one in found.items()
    }


def main() -> None:
    """Measure, and write RESULTS.md beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=100, help="MB of each export")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    python = sys.executable
    ours = [python, "-m", "dsr_report"]
    lines = [
        "# Results",
        "",
        f"Written by `make bench`: {options.runs} interleaved runs, medians; {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, WeasyPrint {version('weasyprint')}, "
        f"jiter {version('jiter')}. Ratios within a table count; seconds depend on the machine and its mood.",
        "",
    ]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate = [python, "-m", "sample_exports.generate", "--output"]
        for kind, messages, events in (
            ("mail-heavy", round(options.size * 13.9), round(options.size * 46)),
            ("events-heavy", 0, round(options.size * 2415)),
        ):
            file = folder / f"{kind}.json"
            measured([*generate, str(file), "--messages", str(messages), "--events", str(events)])
            size = file.stat().st_size / 1e6
            cases = {
                "dsr-report inspect": [*ours, "inspect", str(file), "-q"],
                "json.load": [python, "-c", _JSON_LOAD, str(file)],
            }
            if kind == "events-heavy":
                cases |= {
                    "dsr-report tables (Parquet)": [
                        *ours, "tables", str(file), "-q", "--format", "parquet", "-o", str(folder / "tables"),
                    ],
                    "json.load + json_normalize + to_parquet": [
                        python, "-c", _NORMALIZE, str(file), str(folder / "peer.parquet"),
                    ],
                }  # fmt: skip
            lines += _table(f"{kind}, {size:.0f} MB", compared(cases, options.runs), size)
            file.unlink()
        typical = folder / "typical.json"
        measured([*generate, str(typical), "--messages", "150", "--events", "600"])
        size = typical.stat().st_size / 1e6
        cases = {
            f"dsr-report render ({ending})": [
                *ours,
                "render",
                str(typical),
                "-q",
                "-o",
                str(folder / f"a.{ending}"),
            ]
            for ending in ("html", "pdf")
        }
        lines += _table(f"Report of 150 messages and 600 events, {size:.0f} MB", compared(cases, 1), size)
        starts = {"dsr-report --help": [*ours, "--help"], "import click": [python, "-c", "import click"]}
        lines += _table("Start-up", compared(starts, 5), 0)
    (ROOT / "benchmarks" / "RESULTS.md").write_text("\n".join(lines), encoding="utf-8")
    print("\n".join(lines))


def _table(title: str, found: dict[str, Run], size: float) -> list[str]:
    rows = [
        f"## {title}",
        "",
        "| command | seconds | CPU seconds | MB/s | peak MiB |",
        "|---|---|---|---|---|",
    ]
    for name, run in found.items():
        speed = f"{size / run.wall:.0f}" if size else ""
        rows.append(f"| {name} | {run.wall:.2f} | {run.cpu:.2f} | {speed} | {run.peak:.0f} |")
    return [*rows, ""]


if __name__ == "__main__":
    main()
