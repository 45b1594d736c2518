"""Deletion of a person's data: every copy of ours is removed before the register forgets its path."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from dsr_report.errors import FileError, NotAnExportError, NotReadyError
from dsr_report.files import clear_leftovers, sha256_of
from dsr_report.jsonstream.file import open_export
from dsr_report.obtain import case_folder_name, desk_place, export_name, export_place
from dsr_report.register import FileEntry, Register
from dsr_report.sentences import Sentence, reason_of


@dataclass(slots=True)
class Forgotten:
    """A forgotten case and the fate of its files."""

    reference: str
    deleted: list[str] = field(default_factory=list)
    """Our own copies: exports that were fetched, gathered by a batch, or received."""
    left: list[str] = field(default_factory=list)
    """What stays: files the operator named, changed copies, and copies that another case needs."""
    elsewhere: list[str] = field(default_factory=list)
    """Exports that a shared register knows, and that are not on this machine."""


def forget(
    register: Register,
    references: Sequence[str] | None = None,
    *,
    retention: timedelta,
    desk: Path | None = None,
) -> list[Forgotten]:
    """Remove our copies of the closed cases whose retention has passed, and then their personal data.

    Args:
        register: has the paths of the copies.
        references: references of the cases; by default, all that are due.
        retention: how long a case is kept after it was closed.
        desk: the desk's folder; by default, the one in the user's data folder.

    Raises:
        RegisterError: a case that was named is not closed, or its retention is not over.
        FileError: a copy cannot be removed; its case is not forgotten.
    """
    done = []
    for reference in register.due_to_forget(references, retention=retention):
        forgotten = Forgotten(reference)
        _remove_desk(reference, desk or desk_place(), forgotten)
        for file in register.files(reference):
            if file.path is not None:
                _remove(register, file, Path(file.path), forgotten)
        for request in register.requests_of(reference):
            if request.request_id is not None:  # downloaded, and killed before it was noted
                _remove_unnoted(export_place() / export_name(request.request_id), forgotten)
        _remove_unmatched(register, forgotten)
        register.forget([reference], retention=retention)
        done.append(forgotten)
    return done


def _remove_desk(reference: str, desk: Path, forgotten: Forgotten) -> None:
    """Remove what the desk keeps of a case: decisions, exports that were dropped, disclosures and drafts."""
    folder = desk / "cases" / case_folder_name(reference)
    if folder.is_dir():
        try:
            shutil.rmtree(folder)
        except OSError as error:
            raise FileError(
                Sentence(
                    "the desk's folder of a case cannot be removed ({reason}), so it was not forgotten",
                    reason=reason_of(error),
                ),
                where=str(folder),
                hint="Remove it by hand, then run the same command again.",
            ) from error
        forgotten.deleted.append(str(folder))


def _remove(register: Register, file: FileEntry, path: Path, forgotten: Forgotten) -> None:
    if not path.is_file():
        if register.is_shared and file.kind == "export":
            forgotten.elsewhere.append(str(path))
        return
    is_ours = file.kind == "export" and sha256_of(path) == file.sha256
    if is_ours and not register.is_needed(str(path), besides=forgotten.reference):
        _unlink(path)
        forgotten.deleted.append(str(path))
    else:
        forgotten.left.append(str(path))


def _remove_unnoted(path: Path, forgotten: Forgotten) -> None:
    clear_leftovers(path)
    if path.is_file() and str(path) not in forgotten.left:
        _unlink(path)
        forgotten.deleted.append(str(path))


def _remove_unmatched(register: Register, forgotten: Forgotten) -> None:
    """Remove exports of the same person that came by HTTP POST and were matched to no data request."""
    for path in unmatched_exports():
        try:
            with open_export(path) as export:
                export.read_to_end()
                named = export.subjects.named
        except (NotAnExportError, NotReadyError):
            continue
        cases = {case.reference for one in named for case in register.cases_about(*one)}
        if forgotten.reference in cases:
            _unlink(path)
            forgotten.deleted.append(str(path))


def _unlink(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise FileError(
            Sentence(
                "our copy of an export cannot be removed ({reason}), so its case was not forgotten",
                reason=reason_of(error),
            ),
            where=str(path),
            hint="Remove it by hand, then run the same command again.",
        ) from error


def unmatched_exports() -> list[Path]:
    """Exports received by HTTP POST that were matched to no case."""
    found: list[Path] = []
    with suppress(OSError):
        found = sorted(
            path for path in (export_place() / "unmatched").iterdir() if re.fullmatch(r"\w+\.json", path.name)
        )
    return found
