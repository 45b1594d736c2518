"""The folder of received exports: a call is answered once its export is on disk; matching comes later.

FOLDER/incoming/HASH.json       answered for, not yet matched; looked at again after a restart
FOLDER/received-HASH.json       matched; the register knows its path
FOLDER/unmatched/HASH.json      no data request is known for it, or it cannot be read to its end
FOLDER/incoming/HASH.todo       matched, and not handed on yet (for rendering); again after a restart

An export that was polled already, and comes again by HTTP POST, is a second delivery: the same bytes are not
kept twice, other bytes are written down beside the first.
"""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dsr_report.errors import NotAnExportError, NotReadyError
from dsr_report.files import private_folder, sha256_of, sync_folder, write_whole
from dsr_report.jsonstream.file import open_export
from dsr_report.jsonstream.subjects import TYPES
from dsr_report.register.entries import DataRequestEntry
from dsr_report.register.requests import api_name
from dsr_report.register.store import Register
from dsr_report.sentences import translatable as _


@dataclass(frozen=True, slots=True)
class Received:
    """An export that was matched to its data request."""

    path: Path
    sha256: str
    number: int
    reference: str


@dataclass(frozen=True, slots=True)
class Settled:
    """Outcome for a received export, with a line for the operator that has no personal data."""

    what: str
    received: Received | None = None


class Inbox:
    """The folder of received exports, joined to the register.

    Args:
        folder: private; made where it is missing.
        register: has the data requests; received files are recorded there.
        api_url: the API of the data requests to match.
        hands_on: whether matched exports are handed on, also after a restart, until `note_handed_on`.
    """

    def __init__(self, folder: Path, register: Register, *, api_url: str, hands_on: bool = False) -> None:
        self._hands_on = hands_on
        self.folder = private_folder(folder)
        self.incoming = private_folder(folder / "incoming")
        self.unmatched = private_folder(folder / "unmatched")
        self._register = register
        self._api = api_name(api_url)
        for left in [*self.incoming.glob(".*.part"), *self.incoming.glob("*.whole")]:
            left.unlink(missing_ok=True)  # of a process that was killed before it answered

    def waiting(self) -> list[Path]:
        """Files that were received and are not matched yet."""
        return sorted(self.incoming.glob("*.json"))

    def place(self, part: Path, sha256: str) -> Path:
        """Move a whole file into the inbox, durably; from now on it cannot be lost."""
        target = self.incoming / f"{sha256}.json"
        part.replace(target)
        sync_folder(self.incoming)
        return target

    def settle(self, path: Path) -> Settled:
        """Match a received file, register it, and move it to its final place.

        It can be repeated after a crash at any point.
        """
        sha256 = path.stem
        subject, fault = whole_export(path)
        entry = None
        if subject is not None:
            entry, fault = self._entry_for(*subject)
        final = self.folder / f"received-{sha256}.json"
        if entry is not None and entry.state == "collected" and _is_kept(entry, sha256):
            path.unlink()
            return Settled(f"the export of data request {entry.number} came again; {entry.reference} has it")
        if entry is None:
            apart = self.unmatched / path.name
            path.replace(apart)
            return Settled(f"an export is unmatched, and kept apart: {fault}; look at {apart}")
        with suppress(FileExistsError):
            os.link(path, final)
        sync_folder(self.folder)
        self._register.note_file(
            entry.number, sha256=sha256, path=str(final.resolve()), size_bytes=final.stat().st_size
        )
        if self._hands_on:
            write_whole(self.incoming / f"{sha256}.todo", f"{entry.number} {entry.reference}".encode())
        path.unlink()
        return Settled(
            f"the export of data request {entry.number} came, for {entry.reference}: {final}",
            Received(final, sha256, entry.number, entry.reference),
        )

    def not_handed_on(self) -> list[Received]:
        """Matched exports that were not handed on: an earlier process was killed, or failed at it."""
        if not self._hands_on:
            return []
        found = []
        for note in sorted(self.incoming.glob("*.todo")):
            number, _blank, reference = note.read_text(encoding="utf-8").partition(" ")
            path = self.folder / f"received-{note.stem}.json"
            if path.is_file() and not (self.incoming / f"{note.stem}.json").exists():
                found.append(Received(path, note.stem, int(number), reference))
        return found

    def note_handed_on(self, received: Received) -> None:
        """Remove the note that a matched export still has to be handed on."""
        (self.incoming / f"{received.sha256}.todo").unlink(missing_ok=True)

    def _entry_for(self, kind: str, identifier: str) -> tuple[DataRequestEntry | None, str]:
        """The only data request that fits the export: outstanding, else the last collected; else a reason."""
        subject = kind, identifier
        found = [
            entry
            for entry in self._register.open_requests(*subject)
            if entry.api_url == self._api and entry.state != "intended"
        ]
        if not found:
            before = [e for e in self._register.collected_requests(*subject) if e.api_url == self._api]
            found = before[:1]
        if len(found) == 1:
            return found[0], ""
        why = "several data requests are" if found else "no data request is"
        return None, f"{why} outstanding for whom it is about"


def _is_kept(entry: DataRequestEntry, sha256: str) -> bool:
    """Whether the data request has this very export, whole on disk."""
    paths = [Path(file.path) for file in entry.files if file.path and file.sha256 == sha256]
    return any(path.is_file() and sha256_of(path) == sha256 for path in paths)


def looks_like_export(path: Path) -> bool:
    """Whether a file begins like an export with an `info`; only its beginning is read."""
    try:
        with open_export(path, name="the received file") as export:
            return export.info.type is not None and export.info.id is not None
    except (NotAnExportError, NotReadyError):
        return False


def whole_export(path: Path, *, salvage: bool = False) -> tuple[tuple[str, str] | None, str]:
    """The subject of an export that is whole and names one person; else None and the reason.

    `salvage` reads the intact part of an export that was cut off.
    """
    try:
        with open_export(path, name="the received file", salvage=salvage) as export:
            if not export.read_to_end():
                return None, _("it holds a text in place of the data, or nothing")
            doubt = export.subjects.doubt
            if doubt is not None or export.subjects.named[0][0] not in TYPES:
                return None, doubt or _("it is about something else than a person")
            return export.subjects.named[0], ""
    except (NotAnExportError, NotReadyError):
        return None, _("it cannot be read to its end")
