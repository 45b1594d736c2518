"""Where the desk keeps what is its own: private folders, one for each case, and small files of facts.

ROOT/settings.json            keys on or off, language, minutes until sign-out
ROOT/running.json             where the desk that runs now is reached; gone when it ends
ROOT/incoming/                files that are being received
ROOT/cases/ID/case.json       the reader's language; which export the review is about
ROOT/cases/ID/journal.jsonl   every decision
ROOT/cases/ID/review.toml     the same, as `dsr-report review` writes it
ROOT/cases/ID/job.json        the last job and how it ended
ROOT/cases/ID/preview.html    the report as it would be made; preview-places.sqlite3: each record's place
ROOT/cases/ID/made.json       what was made, with hashes and what verifying it found

The register knows the cases; ID is made of the reference, so that no page takes a path from a form.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from dsr_report.files import private_folder, written_whole
from dsr_report.obtain import case_folder_name

Facts = dict[str, Any]


class CaseFolder:
    """The folder of one case."""

    def __init__(self, path: Path, reference: str) -> None:
        self.path = path
        self.reference = reference

    @property
    def id(self) -> str:
        """The case in addresses of pages."""
        return self.path.name

    def make(self) -> Path:
        """The folder, made where it is missing."""
        return private_folder(self.path)

    @property
    def journal(self) -> Path:
        """Where its decisions are kept."""
        return self.path / "journal.jsonl"

    @property
    def review(self) -> Path:
        """The file of decisions."""
        return self.path / "review.toml"

    @property
    def preview_places(self) -> Path:
        """Where each record stands in the preview: its pointer, and the anchor."""
        return self.path / "preview-places.sqlite3"

    @property
    def facts(self) -> Facts:
        """What is known of the case here and not in the register."""
        return read_facts(self.path / "case.json")

    def note(self, **facts: Any) -> None:
        """Note facts of the case, beside those that there are."""
        self.make()
        write_facts(self.path / "case.json", {**self.facts, "reference": self.reference, **facts})

    @property
    def job(self) -> Facts:
        """The last job."""
        return read_facts(self.path / "job.json")

    def note_job(self, facts: Facts) -> None:
        """Write down how the job stands."""
        self.make()
        write_facts(self.path / "job.json", facts)

    @property
    def made(self) -> list[Facts]:
        """What was made, the newest last."""
        found = read_facts(self.path / "made.json").get("made", [])
        return [one for one in found if (self.path / one["name"]).is_file()]

    def note_made(self, facts: Facts) -> None:
        """Write down what was made."""
        write_facts(self.path / "made.json", {"made": [*self.made, facts]})


class DeskFolder:
    """The desk's own folder."""

    def __init__(self, root: Path) -> None:
        self.root = private_folder(root)
        self.incoming = private_folder(root / "incoming")
        self.cases = private_folder(root / "cases")
        for left in self.incoming.iterdir():
            left.unlink(missing_ok=True)  # of an upload that was never answered for

    def case(self, reference: str) -> CaseFolder:
        """The folder of a case; it need not be there yet."""
        return CaseFolder(self.cases / case_folder_name(reference), reference)

    def case_folders(self) -> list[CaseFolder]:
        """The folders that there are."""
        found = []
        for path in sorted(self.cases.iterdir()):
            reference = read_facts(path / "case.json").get("reference")
            if isinstance(reference, str):
                found.append(CaseFolder(path, reference))
        return found

    @property
    def settings(self) -> Facts:
        """What the person who works here prefers."""
        return read_facts(self.root / "settings.json")

    def set(self, **settings: Any) -> None:
        """Change settings."""
        write_facts(self.root / "settings.json", {**self.settings, **settings})


def read_facts(path: Path) -> Facts:
    """The facts in a file; none where it is missing, or was never written whole."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_facts(path: Path, facts: Facts) -> None:
    """Write facts to a private file, whole or not at all."""
    with written_whole(path) as file:
        file.write(json.dumps(facts, ensure_ascii=False, indent=1).encode("utf-8", "surrogatepass"))
