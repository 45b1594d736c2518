"""Recognition of inputs that are no export, so that the error can name them."""

from __future__ import annotations

import re
from typing import BinaryIO, Final

from dsr_report.errors import NotAnExportError, NotReadyError
from dsr_report.jsonstream.items import Item, JsonValue
from dsr_report.jsonstream.stream import NOT_READY
from dsr_report.sentences import Sentence

_HINT: Final = Sentence("Is this the file that Copernica sent?")
_BEGINNINGS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"%PDF", Sentence("a PDF file")),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Sentence("a Word, Excel or Outlook file (of before 2007)")),
    (b"{\\rtf", Sentence("a text file of a word processor (RTF)")),
    (b"\x89PNG", Sentence("an image")),
    (b"\xff\xd8\xff", Sentence("an image")),
    (b"GIF8", Sentence("an image")),
    (b"PK", Sentence("a ZIP archive without an export")),
    (b"7z\xbc\xaf", Sentence("a 7z archive, which has to be unpacked first")),
    (b"Rar!", Sentence("a RAR archive, which has to be unpacked first")),
    (b"BZh", Sentence("a bzip2 file, which has to be unpacked first")),
    (b"\xfd7zXZ", Sentence("an xz file, which has to be unpacked first")),
    (b"\x28\xb5\x2f\xfd", Sentence("a Zstandard file, which has to be unpacked first")),
    (b"SQLite format 3", Sentence("an SQLite database")),
)
_BEGINNING = 4096
_SPACE = b" \t\r\n"
_HTML = re.compile(rb"\s*<(?:!doctype\s+html|html|head|body|title|center|h1)\b", re.IGNORECASE)
_NO_DETAIL = re.compile(r"[A-Za-z ,'.]{1,80}\Z")


def refuse_what_is_no_json(file: BinaryIO, name: str) -> None:
    """Raise unless `file` begins like a JSON list or object, after any amount of white space.

    Raises:
        NotAnExportError: it says what the input looks like.
        NotReadyError: it is the sentence that the export is not ready.
    """
    beginning = file.read(_BEGINNING)
    start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip(_SPACE)
    while not start and (more := file.read(_BEGINNING)):
        start = more.lstrip(_SPACE)
    if start[:1] in (b"{", b"[") and not start.startswith(b"{\\rtf"):
        return
    if not beginning:
        raise NotAnExportError("the file is empty", where=name, hint="Download it again.")
    if not start:
        raise NotAnExportError("the file contains only white space", where=name, hint="Download it again.")
    if NOT_READY.match(start.decode("utf-8", "replace").strip().strip('"')):
        raise not_ready(name)
    for bytes_, what in _BEGINNINGS:
        if beginning.startswith(bytes_):
            raise NotAnExportError(Sentence("this looks like {what}", what=what), where=name, hint=_HINT)
    if _HTML.match(start):
        raise NotAnExportError(
            "this looks like a web page (HTML)",
            where=name,
            hint="Servers reply like this when they are overloaded or require a login; download the export "
            "again.",
        )
    if start.startswith(b"<"):
        raise NotAnExportError("this looks like XML", where=name, hint=_HINT)
    what = Sentence("this is JSON, but no object") if _is_scalar(start) else Sentence("this is no JSON")
    raise NotAnExportError(what, where=name, hint=_HINT)


def _is_scalar(start: bytes) -> bool:
    return start[:1] == b'"' or re.match(rb"(?:-?[0-9.eE+-]+|true|false|null)\s*\Z", start) is not None


def refuse_other_answers(items: list[Item], name: str) -> None:
    """Raise if a JSON object without `info` is another answer of the API.

    Raises:
        NotAnExportError: it is an error, a record, or a page of a list.
        NotReadyError: it is the state of a data request that is still running.
    """
    members: dict[str, JsonValue] = {item.labels[-1]: item.value for item in items if item.labels}
    error = members.get("error")
    if error is not None:
        message = error.get("message") if isinstance(error, dict) else None
        is_told = isinstance(message, str) and _NO_DETAIL.match(message)
        raise NotAnExportError(
            Sentence("this is an error message from the API: {message}", message=message)
            if is_told
            else "this is an error message from the API",
            where=name,
            hint="Ask for the export again.",
        )
    if {"ID", "fields"} <= set(members) or {"ID", "secret"} <= set(members):
        raise NotAnExportError(
            "this looks like one record, as the API gives it (GET profile/ID or subprofile/ID)",
            where=name,
            hint="It is not all that there is: `dsr-report fetch ID` asks for the export of the person.",
        )
    if {"start", "limit", "count"} <= set(members):
        raise NotAnExportError(
            "this looks like a page of a list that the API gave",
            where=name,
            hint="`dsr-report fetch ID` asks for the export of a person.",
        )
    status = members.get("status")
    if isinstance(status, str) and status.lower() in ("pending", "available", "not available"):
        if status.lower() == "pending":
            raise not_ready(name)
        raise NotAnExportError("this is the state of a data request, not its data", where=name, hint=_HINT)


def not_ready(name: str) -> NotReadyError:
    """The error for an export that is still being collected."""
    return NotReadyError("the export is still being collected", where=name, hint="Try again later.")
