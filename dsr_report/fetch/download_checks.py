"""Checks that a downloaded file is a whole export, and about the requested subject."""

from __future__ import annotations

from pathlib import Path

from dsr_report.addresses import same_address
from dsr_report.errors import NotAnExportError, WrongSubjectError
from dsr_report.jsonstream.file import open_export
from dsr_report.jsonstream.subjects import Subject, Subjects
from dsr_report.sentences import Sentence


def fault_of(path: Path) -> tuple[str | None, Subjects]:
    """The fault of a downloaded file, or None, and its subjects; the file is read to its end.

    Raises:
        NotReadyError: it says that the export is still being collected.
    """
    try:
        with open_export(path, name="the download") as export:
            if export.read_to_end():
                return None, export.subjects
            return Sentence("there is a text in place of the data, or nothing"), export.subjects
    except NotAnExportError as error:
        return error.what, Subjects()


def doubt_about(subjects: Subjects, subject: Subject | None) -> str | None:
    """Why an export is not provably about this subject, or about a single one; None if it is."""
    doubt = subjects.doubt
    if doubt is None and subject is not None and not _is(subject, *subjects.named[0]):
        doubt = Sentence("it is about a different person than requested")
    return doubt


def must_be_about(subjects: Subjects, subject: Subject | None, request_id: str) -> None:
    """Refuse an export that is, or may be, about somebody else.

    Raises:
        WrongSubjectError: an `info` is missing, is repeated, or names another subject.
    """
    doubt = doubt_about(subjects, subject)
    if doubt is not None:
        raise WrongSubjectError(
            Sentence("the export was not kept: {doubt}", doubt=doubt),
            where=request_id,
            hint="Check the request id, and ask Copernica. To take it all the same: --accept-subject; "
            "the register notes it.",
        )


def _is(subject: Subject, kind: str, identifier: str) -> bool:
    if kind != subject.type:
        return False
    return same_address(identifier, subject.id) if kind == "email" else identifier == subject.id.strip()
