"""Runs one command in this process and prints what it took, in counts, which no busy machine changes.

python counting.py MEASURE COMMAND...      MEASURE is calls, peak, read or modules
"""

from __future__ import annotations

import contextlib
import cProfile
import io
import pstats
import re
import sys
from pathlib import Path


def _run(words: list[str]) -> None:
    from dsr_report.cli import main

    sys.argv = ["dsr-report", *words]
    with contextlib.redirect_stdout(io.StringIO()):
        code = 0
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    assert code == 0, f"{words} ended with {code}"


def calls(words: list[str]) -> int:
    """Calls of functions, in Python and in C, of the main thread."""
    profile = cProfile.Profile()
    profile.runcall(_run, words)
    return int(pstats.Stats(profile).total_calls)


def peak(words: list[str]) -> int:
    """Bytes of memory that this process had at most (`ru_maxrss` would count those of its parent too)."""
    _run(words)
    return _number("VmHWM", "status") * 1024


def read(words: list[str]) -> int:
    """Bytes that were read from files and pipes."""
    _run(words)
    return _number("rchar", "io")


def modules(words: list[str]) -> int:
    """Modules that are loaded at the end."""
    _run(words)
    return len(sys.modules)


def _number(name: str, file: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+)", Path(f"/proc/self/{file}").read_text("utf-8"), re.MULTILINE)
    assert found, name
    return int(found[1])


if __name__ == "__main__":
    found = {"calls": calls, "peak": peak, "read": read, "modules": modules}[sys.argv[1]](sys.argv[2:])
    sys.stdout.write(f"{found}\n")
