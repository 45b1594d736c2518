"""Work and memory are bounded, in counts that do not depend on how busy the machine is.

Costs are differences: between an export and a larger one, so that what every start takes does not count.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

_COUNTING = Path(__file__).with_name("counting.py")
_ROOT = _COUNTING.parents[2]
_MIB = 1 << 20
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="counts come from Linux's /proc"),
]


def _python(*words: str | Path) -> str:
    done = subprocess.run(
        [sys.executable, *map(str, words)], capture_output=True, text=True, check=False, cwd=_ROOT
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def count(measure: str, *command: str | Path) -> int:
    return int(_python(_COUNTING, measure, *command).split()[-1])


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, int], Path]:
    """An export of so many messages and events, made once."""
    folder = tmp_path_factory.mktemp("exports")

    @cache
    def made(messages: int, events: int) -> Path:
        file = folder / f"{messages}-{events}.json"
        size = ["--messages", str(messages), "--events", str(events)]
        _python("-m", "sample_exports.generate", "--output", file, *size)
        return file

    return made


SIZES = pytest.mark.parametrize(
    ("small", "large"), [((0, 6_000), (0, 24_000)), ((60, 200), (240, 800))], ids=["events", "messages"]
)
Exports = Callable[[int, int], Path]
Size = tuple[int, int]


@SIZES
def test_inspect_reads_an_export_once_and_keeps_nothing_of_it(
    export: Exports, small: Size, large: Size
) -> None:
    few, many = export(*small), export(*large)
    added = many.stat().st_size - few.stat().st_size

    assert count("read", "inspect", many, "-q") - count("read", "inspect", few, "-q") < 1.05 * added
    assert count("peak", "inspect", many, "-q") - count("peak", "inspect", few, "-q") < max(
        4 * _MIB, 0.4 * added
    )


def test_inspect_of_a_small_export_is_exact_in_little_memory(export: Exports) -> None:
    few, many = (count("peak", "inspect", export(*size), "-q") for size in ((15, 0), (60, 200)))

    assert many < 60 * _MIB
    assert many - few < 10 * _MIB


@SIZES
def test_tables_are_written_in_few_passes(export: Exports, tmp_path: Path, small: Size, large: Size) -> None:
    few, many = export(*small), export(*large)
    added = many.stat().st_size - few.stat().st_size
    read = [
        count("read", "tables", "-q", file, "--format", "parquet", "-o", tmp_path / file.stem)
        for file in (few, many)
    ]

    assert read[1] - read[0] < 6 * added


@pytest.mark.parametrize(("measure", "limit"), [("inspect", 60), ("tables", 160), ("html", 2_000)])
def test_calls_of_functions_grow_with_the_events_and_no_faster(
    export: Exports, tmp_path: Path, measure: str, limit: int
) -> None:
    """`limit` calls an event; the second thousand events cost what the first thousand cost."""
    command = {
        "inspect": lambda file: ["inspect", "-q", file],
        "tables": lambda file: ["tables", "-q", file, "--format", "csv", "-o", tmp_path / file.stem],
        "html": lambda file: ["render", "-q", file, "-o", tmp_path / f"{file.stem}.html"],
    }[measure]
    step = 1_000
    costs = [count("calls", *command(export(0, events))) for events in (step, 2 * step, 3 * step)]
    first, second = costs[1] - costs[0], costs[2] - costs[1]

    assert second < 1.25 * first + 20 * step
    assert second / step < limit


def test_html_of_a_larger_export_needs_hardly_more_memory(export: Exports, tmp_path: Path) -> None:
    few, many = (
        count("peak", "render", "-q", export(*size), "-o", tmp_path / f"{size[0]}.html")
        for size in ((40, 1_000), (160, 4_000))
    )
    assert many - few < 12 * _MIB


def test_inspect_keeps_little_of_objects_that_all_have_other_names(tmp_path: Path) -> None:
    def of(objects: int) -> Path:
        wide = [{f"name {place} of {number}": 1 for place in range(1_000)} for number in range(objects)]
        events = [{"event": "open", **members} for members in wide]
        file = tmp_path / f"{objects}.json"
        file.write_text(json.dumps({"info": {"type": "profile", "id": "1"}, "data": [*wide, *events]}))
        return file

    few, many = (count("peak", "inspect", of(objects), "-q") for objects in (100, 300))
    assert many - few < 12 * _MIB


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_tables_of_more_events_that_are_large_need_hardly_more_memory(form: str, tmp_path: Path) -> None:
    small = [{"event": "open", "time": f"2019-01-01 10:{n % 60:02}:00", "id": str(n)} for n in range(40_000)]

    def of(errors: int) -> Path:
        large = [{**small[n], "event": "error", "content": f"{n} x " * 50_000} for n in range(errors)]
        file = tmp_path / f"{errors}.json"
        file.write_text(json.dumps({"info": {"type": "profile", "id": "1"}, "data": [*small, *large]}))
        return file

    few, many = (
        count("peak", "tables", "-q", of(errors), "--format", form, "-o", tmp_path / f"{errors}")
        for errors in (100, 300)
    )
    assert many - few < 24 * _MIB


def test_help_loads_little_more_than_the_library_that_prints_it() -> None:
    bare = int(_python("-c", "import sys, click; print(len(sys.modules))"))

    assert count("modules", "--help") < 1.6 * bare
