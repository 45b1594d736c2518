"""The sandbox's exports by subject."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from dsr_report.errors import FileError
from dsr_report.shipped import shipped


class Sample(NamedTuple):
    """A sample export and its subject."""

    path: Path
    subject_type: str
    subject_id: str


def load_samples(folder: Path | None = None) -> dict[tuple[str, str], Sample]:
    """The samples of a folder by subject: those that its `index.json` lists as served, or all its JSON files.

    Raises:
        FileError: the folder has no samples.
    """
    place = folder or shipped("sample_exports")
    index = place / "index.json"
    found: dict[tuple[str, str], Sample] = {}
    if index.is_file():
        for entry in json.loads(index.read_text(encoding="utf-8"))["samples"]:
            if entry.get("served", True):
                key = (str(entry["type"]), str(entry["id"]).casefold())
                found[key] = Sample(place / entry["file"], key[0], str(entry["id"]))
    else:
        for path in sorted(place.glob("*.json")):
            info = _info_of(path)
            if info is not None:
                found.setdefault((info[0], info[1].casefold()), Sample(path, *info))
    if not found:
        raise FileError(
            "this folder holds no sample exports",
            where=str(place),
            hint="Put exports (*.json) into it, or leave --samples out.",
        )
    return found


def _info_of(path: Path) -> tuple[str, str] | None:
    try:
        info = json.loads(path.read_text(encoding="utf-8-sig"))["info"]
        return str(info["type"]), str(info["id"])
    except (ValueError, KeyError, TypeError):
        return None
