"""Whether a file that was downloaded is the whole export, of the subject that was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from dsr_report.errors import FetchError, NotAnExportError
from dsr_report.jsonstream.file import Info, open_export


class Subject(NamedTuple):
    """Whom a data request is about."""

    type: str
    id: str


def fault_of(path: Path) -> tuple[str | None, Info | None]:
    """What is wrong with a file that was downloaded, if anything; it is read to its end.

    Raises:
        NotReadyError: it says that the export is still being collected.
    """
    try:
        with open_export(path, name="the download") as export:
            for _ in export.batches():
                pass
            codes = {warning.code for warning in export.warnings}
            if codes & {"data-is-text", "no-data"}:
                return "there is a text in place of the data, or nothing", export.info
            return None, export.info
    except NotAnExportError as error:
        return error.what, None


def must_be_about(subject: Subject, info: Info, request_id: str) -> None:
    """Let nothing pass that is about somebody else.

    Raises:
        FetchError: `info` names another subject than was asked for.
    """
    same_type = info.type is None or info.type.strip().lower() == subject.type
    same_id = info.id is None or info.id.strip().casefold() == subject.id.casefold()
    if not (same_type and same_id):
        raise FetchError(
            "the export is about somebody else than was asked for, and was thrown away",
            where=request_id,
            hint="Check the request id; if it is right, tell Copernica.",
        )
