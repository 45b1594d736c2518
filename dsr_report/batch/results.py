"""The results of a batch: one line per subject, flushed to disk before it is reported."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dsr_report.exports import RESULTS
from dsr_report.files import append_line, lines_of, sha256_of

__all__ = ["OTHER_SETTINGS", "RESULTS", "Result", "ResultsFile"]


@dataclass(frozen=True, slots=True)
class Result:
    """Result of one subject.

    Attributes:
        line: its number in the list.
        key: names it without its address.
        ok: whether its disclosure is there.
        file: the disclosure's name in the folder.
        sha256: of the disclosure.
        annexes: the file name of the separate PDF of its annexes.
        values: how many values it accounts for.
        error: what went wrong, and what to do.
        exit_code: the exit code that `fetch-and-render` would have had.
        seconds: duration of rendering.
        warnings: of the report, such as statements that are missing.
        skipped: whether an earlier run finished it; `warnings` notes other settings of that run.
    """

    line: int
    key: str
    ok: bool
    file: str | None = None
    sha256: str | None = None
    values: int | None = None
    error: str | None = None
    exit_code: int = 0
    seconds: float | None = None
    warnings: tuple[str, ...] = ()
    skipped: bool = False
    annexes: str | None = None


OTHER_SETTINGS = (
    "made by an earlier run with other options or another configuration, and left as it is: "
    "remove the file, or choose another folder, to have it made again"
)


class ResultsFile:
    """The results file: one JSON object per line, each flushed to disk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, dict[str, Any]] = {}
        for entry in lines_of(path):
            with suppress(KeyError, TypeError):  # cut off by a crash: its subject is done again
                self._known[entry["key"]] = entry

    def earlier_result(self, key: str, line: int, name: str, folder: Path, settings: str) -> Result | None:
        """The result of an earlier run, where its file has this name and is still whole."""
        entry = self._known.get(key)
        if entry is None or not entry.get("ok") or entry.get("file") != name:
            return None
        file = folder / name
        if not file.is_file() or sha256_of(file) != entry.get("sha256"):
            return None
        annexes = entry.get("annexes")
        if annexes is not None and not (folder / annexes).is_file():
            return None
        is_same = entry.get("settings", settings) == settings
        return Result(
            line, key, ok=True, file=name, sha256=entry["sha256"], values=entry.get("values"), skipped=True,
            annexes=annexes, warnings=() if is_same else (OTHER_SETTINGS,),
        )  # fmt: skip

    def add(self, result: Result, settings: str) -> None:
        """Write one result, with a hash of the settings of its disclosure."""
        entry = asdict(result) | {"settings": settings}
        append_line(self._path, json.dumps(entry, ensure_ascii=False))
