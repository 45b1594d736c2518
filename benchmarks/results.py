"""Writes the measurements as RESULTS.md: one table for each case, and whether each target is met."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from measuring import Run

_MET = {True: "met", False: "**not met**"}
_LIBRARIES = ("weasyprint", "pandas", "pyarrow", "jiter", "orjson", "ijson", "pydantic")


@dataclass(frozen=True, slots=True)
class Target:
    """A target, the measured value, and whether it is met."""

    wanted: str
    found: str
    met: bool


@dataclass(slots=True)
class Case:
    """A table of results: title, columns, rows, targets, and a note."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    note: str = ""
    pace: float = 0.0
    """Milliseconds of a plain loop of a million steps, before and after (`measuring.pace`)."""


def of_runs(title: str, runs: Mapping[str, Run], megabytes: float = 0) -> Case:
    """Return the table of compared commands."""
    case = Case(title, ["command", "seconds", "CPU seconds", "MB/s", "peak MiB of the largest process"])
    for name, run in runs.items():
        speed = f"{megabytes / run.wall:.0f}" if megabytes else ""
        case.rows.append((name, f"{run.wall:.2f}", f"{run.cpu:.2f}", speed, f"{run.peak:.0f}"))
    return case


def _kept(folder: Path) -> dict[str, list[dict[str, Any]]]:
    file = folder / "results.json"
    return dict(json.loads(file.read_text("utf-8"))) if file.exists() else {}


def keep(cases: Mapping[str, Sequence[Case]], folder: Path) -> str:
    """Replace the results of these cases in a folder, keep those of others, and return RESULTS.md."""
    kept = _kept(folder)
    kept |= {name: [asdict(case) for case in of_name] for name, of_name in cases.items()}
    (folder / "results.json").write_text(
        json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    text = "\n".join([*_head(), *_targets(kept), *_tables(kept)])
    (folder / "RESULTS.md").write_text(text, encoding="utf-8")
    return text


def _head() -> list[str]:
    libraries = ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES)
    return [
        "# Results",
        "",
        "Written by `make bench`. Whole processes, which take turns; medians. What counts are the ratios "
        "within a table: seconds depend on the machine and on its mood; a plain loop that was timed beside a "
        "case tells how fast it was. What the numbers mean, and the profiles behind them: "
        "[docs/performance.md](../docs/performance.md).",
        "",
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {libraries}.",
        "",
    ]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _targets(kept: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    rows = [
        f"| {case['title']} | {target['wanted']} | {target['found']} | {_MET[target['met']]} |"
        for of_name in kept.values()
        for case in of_name
        for target in case["targets"]
    ]
    return ["## Targets", "", "| case | target | measured | |", "|---|---|---|---|", *rows, ""]


def _tables(kept: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[str]:
    lines: list[str] = []
    for of_name in kept.values():
        for case in of_name:
            lines += [f"## {case['title']}", ""]
            lines += ["| " + " | ".join(case["columns"]) + " |", "|---" * len(case["columns"]) + "|"]
            lines += ["| " + " | ".join(row) + " |" for row in case["rows"]]
            lines += ["", *([case["note"], ""] if case["note"] else [])]
            if pace := case.get("pace"):
                lines += [f"Meanwhile a plain loop of a million steps took {pace:.0f} ms.", ""]
            else:
                lines += ["Measured with an earlier version, before such a loop was timed.", ""]
    return lines
