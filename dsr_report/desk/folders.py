"""The desk's private folders, one for each case, with small JSON files of facts.

ROOT/settings.json            keys on or off, language, minutes until sign-out
ROOT/running.json             address of the running desk; removed when it ends
ROOT/incoming/                uploads in progress
ROOT/cases/ID/case.json       facts of the case: the reader's language, which export was seen and reviewed
ROOT/cases/ID/journal.jsonl   every decision
ROOT/cases/ID/review.toml     the decisions as a review file of `dsr-report review`
ROOT/cases/ID/job.json        the last job and its outcome
ROOT/cases/ID/preview.html    the report as it would be made; preview-places.sqlite3: each record's anchor
ROOT/cases/ID/made.json       the reports made, with hashes and results of verification

The register has the cases. ID is derived from the reference, so that no page takes a path from a form.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dsr_report.files import private_folder, write_whole
from dsr_report.obtain import case_folder_name

Facts = dict[str, Any]


class CaseFolder:
    """The folder of one case."""

    def __init__(self, path: Path, reference: str) -> None:
        self.path = path
        self.reference = reference

    @property
    def id(self) -> str:
        """The case's id in URLs."""
        return self.path.name

    def make(self) -> Path:
        """Create the folder if it is missing, and return it."""
        return private_folder(self.path)

    @property
    def journal(self) -> Path:
        """The journal of decisions."""
        return self.path / "journal.jsonl"

    @property
    def review(self) -> Path:
        """The review file."""
        return self.path / "review.toml"

    @property
    def preview_places(self) -> Path:
        """The database of each record's anchor in the preview."""
        return self.path / "preview-places.sqlite3"

    @property
    def facts(self) -> Facts:
        """Facts of the case that the register does not have."""
        return read_facts(self.path / "case.json")

    def note(self, **facts: Any) -> None:
        """Add or replace facts of the case."""
        self.make()
        write_facts(self.path / "case.json", {**self.facts, "reference": self.reference, **facts})

    @property
    def job(self) -> Facts:
        """Facts of the last job."""
        return read_facts(self.path / "job.json")

    def note_job(self, facts: Facts) -> None:
        """Save the facts of a job."""
        self.make()
        write_facts(self.path / "job.json", facts)

    @property
    def made(self) -> list[Facts]:
        """Facts of the reports made whose files exist, newest last."""
        found = read_facts(self.path / "made.json").get("made", [])
        return [one for one in found if (self.path / one["name"]).is_file()]

    def note_made(self, facts: Facts) -> None:
        """Add the facts of a report."""
        write_facts(self.path / "made.json", {"made": [*self.made, facts]})


class DeskFolder:
    """The desk's own folder."""

    def __init__(self, root: Path) -> None:
        self.root = private_folder(root)
        self.incoming = private_folder(root / "incoming")
        self.cases = private_folder(root / "cases")
        for left in self.incoming.iterdir():
            left.unlink(missing_ok=True)  # left by an interrupted upload

    def case(self, reference: str) -> CaseFolder:
        """The folder of a case; it need not exist."""
        return CaseFolder(self.cases / case_folder_name(reference), reference)

    def case_folders(self) -> list[CaseFolder]:
        """The existing folders of cases."""
        found = []
        for path in sorted(self.cases.iterdir()):
            reference = read_facts(path / "case.json").get("reference")
            if isinstance(reference, str):
                found.append(CaseFolder(path, reference))
        return found

    @property
    def settings(self) -> Facts:
        """The user's settings."""
        return read_facts(self.root / "settings.json")

    def set(self, **settings: Any) -> None:
        """Change settings."""
        write_facts(self.root / "settings.json", {**self.settings, **settings})


def read_facts(path: Path) -> Facts:
    """The facts in a file; empty if it is missing or no JSON object."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_facts(path: Path, facts: Facts) -> None:
    """Write facts to a private file, whole or not at all."""
    write_whole(path, json.dumps(facts, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass"))
