"""Containers in which exports travel: gzip, ZIP, a mail with an attachment, a form field."""

from __future__ import annotations

import codecs
import gzip
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, Final
from urllib.parse import unquote_to_bytes

from dsr_report.errors import BrokenJsonError, NotAnExportError
from dsr_report.jsonstream.window import Limits
from dsr_report.sentences import Sentence

if TYPE_CHECKING:
    from email.message import EmailMessage

MOST: Final = 4
"""Nested containers that are unwrapped: a gzip in a ZIP in a mail, and one to spare."""

_BLOCK = 1 << 20
_FREE = 64 << 20
"""Bytes that any archive may unpack to; beyond them, the compression ratio is limited."""
_LARGEST_MAIL = 512 << 20
"""Bytes; a larger mail is refused, as it is held in memory."""
_LARGEST_FORM = 512 << 20
"""Bytes; a larger form is refused, as it is held in memory."""
_WIDE = re.compile(rb"\0[{\[]\0[^\0]|[{\[]\0[^\0]\0")
_FORM = re.compile(rb"\s*[A-Za-z_][\w.-]{0,40}=(?:%7B|%5B|\{|\[|%EF%BB%BF)", re.IGNORECASE)
_MAIL = re.compile(rb"From [^\n]*\n|[A-Za-z][A-Za-z0-9-]{0,60}:")
_MAIL_NAMES = re.compile(
    rb"^(?:from|to|subject|date|received|mime-version|return-path|content-type):",
    re.IGNORECASE | re.MULTILINE,
)
_IGNORED = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$|\._|Thumbs\.db$)")

_OFFICE = {
    "word/": Sentence("a Word file"),
    "xl/": Sentence("an Excel file"),
    "ppt/": Sentence("a PowerPoint file"),
    "META-INF/manifest.xml": Sentence("a file of LibreOffice or OpenOffice"),
}
"""Members that identify an office file's archive."""

Wrapping = Callable[[BinaryIO, "Guard", bool], Iterator[bytes | None]]
"""Yields the blocks of the content, and None after an early end (only with `salvage`)."""


class Guard:
    """Limits the decompressed size."""

    def __init__(self, packed: int, limits: Limits, name: str) -> None:
        self.name = name
        self._most = min(limits.unpacked, max(_FREE, packed * limits.ratio))
        self._done = 0

    def passed(self, block: bytes) -> bytes:
        """`block`, if the total size is within the limit.

        Raises:
            NotAnExportError: the limit is exceeded.
        """
        self._done += len(block)
        if self._done > self._most:
            raise NotAnExportError(
                Sentence("the archive unpacks to more than {most} bytes", most=str(self._most)),
                where=self.name,
                hint="If you trust it, unpack it yourself and read the result.",
            )
        return block


def around(file: BinaryIO) -> Wrapping | None:
    """The container around the export in `file`; None if there is none that we know."""
    beginning = file.read(8192)
    if beginning.startswith(b"\x1f\x8b"):
        return _gzip
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _WIDE.match(beginning):
        return utf_16
    if beginning.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip
    if _FORM.match(beginning):
        return _form
    if _MAIL.match(beginning) and _MAIL_NAMES.search(beginning):
        return _mail
    return None


def _gzip(file: BinaryIO, guard: Guard, salvage: bool) -> Iterator[bytes | None]:  # noqa: FBT001  (see Wrapping)
    with gzip.GzipFile(fileobj=file) as unpacked:
        yield from _blocks_of(unpacked, guard, salvage, Sentence("the gzip file is broken or cut off"))


def _blocks_of(file: object, guard: Guard, salvage: bool, what: str) -> Iterator[bytes | None]:  # noqa: FBT001
    done = 0
    while True:
        try:
            block: bytes = file.read1(_BLOCK)  # type: ignore[attr-defined]  # both kinds of archive have it
        except (EOFError, OSError, zlib.error, zipfile.BadZipFile) as error:
            if salvage and done:
                yield None
                return
            raise BrokenJsonError(
                what,
                where=f"{guard.name}, byte {done} of what is inside",
                hint="Download it again, or read the intact part with --salvage.",
            ) from error
        if not block:
            return
        done += len(block)
        yield guard.passed(block)


def utf_16(file: BinaryIO, guard: Guard, salvage: bool) -> Iterator[bytes | None]:  # noqa: FBT001
    """The content of a UTF-16 or UTF-32 file, as some editors and shells write, in UTF-8."""
    beginning = file.read(4)
    file.seek(0)
    if beginning in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        encoding = "utf-32"
    elif beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        encoding = "utf-16-be" if beginning.startswith(b"\0") else "utf-16-le"
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    done = 0
    while True:
        block = file.read(_BLOCK)
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            if salvage and done:
                yield None
                return
            raise BrokenJsonError(
                Sentence("this looks like {encoding}, but is broken or cut off", encoding=encoding.upper()),
                where=f"{guard.name}, byte {done + error.start}",
                hint="Download it again.",
            ) from error
        done += len(block)
        yield guard.passed(text.encode("utf-8", "surrogatepass"))
        if not block:
            return


def _zip(file: BinaryIO, guard: Guard, salvage: bool) -> Iterator[bytes | None]:  # noqa: FBT001  (see Wrapping)
    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise BrokenJsonError(
            "the ZIP archive is broken or cut off", where=guard.name, hint="Download it again."
        ) from error
    with archive:
        kind = next(
            (
                what
                for folder, what in _OFFICE.items()
                if any(n.startswith(folder) for n in archive.namelist())
            ),
            None,
        )
        if kind is not None:
            raise NotAnExportError(
                Sentence("this looks like {kind}", kind=kind),
                where=guard.name,
                hint="Is this the file that Copernica sent? That is JSON.",
            )
        inside = [m for m in archive.infolist() if not m.is_dir() and not _IGNORED.search(m.filename)]
        named = [m for m in inside if m.filename.lower().endswith((".json", ".json.gz", ".jsonl", ".ndjson"))]
        members = named or inside
        if len(members) != 1:
            raise _not_one(len(members), Sentence("the ZIP archive"), guard.name)
        if len(inside) > 1:
            raise NotAnExportError(
                Sentence(
                    "the ZIP archive holds {n} more file beside the JSON",
                    "the ZIP archive holds {n} more files beside the JSON",
                    n=len(inside) - 1,
                ),
                where=guard.name,
                hint="Unpack it, see what else it holds about the person, and name the JSON file alone.",
            )
        if members[0].flag_bits & 1:
            raise NotAnExportError(
                "the ZIP archive is locked with a password", where=guard.name, hint="Unpack it first."
            )
        try:
            unpacked = archive.open(members[0])
        except (zipfile.BadZipFile, NotImplementedError) as error:
            raise BrokenJsonError("the ZIP archive cannot be unpacked", where=guard.name) from error
        with unpacked:
            yield from _blocks_of(unpacked, guard, salvage, Sentence("the ZIP archive is broken"))


def _mail(file: BinaryIO, guard: Guard, salvage: bool) -> Iterator[bytes | None]:  # noqa: ARG001, FBT001
    content = file.read(_LARGEST_MAIL + 1)
    if len(content) > _LARGEST_MAIL:
        raise NotAnExportError("the mail is too large", where=guard.name, hint="Save its attachment first.")
    from email import message_from_bytes, policy  # noqa: PLC0415 - few exports come in a mail

    message = message_from_bytes(content, policy=policy.default)
    found = [payload for part in message.walk() if (payload := _export_in(part)) is not None]
    if len(found) != 1:
        raise _not_one(len(found), Sentence("the mail"), guard.name)
    yield guard.passed(found[0])


def _export_in(part: EmailMessage) -> bytes | None:
    if part.is_multipart():
        return None
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return None
    start = payload[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    named = (part.get_filename() or "").lower().endswith((".json", ".gz", ".zip"))
    typed = part.get_content_type() in ("application/json", "application/gzip", "application/zip")
    attached = named or typed or part.get_content_disposition() == "attachment"
    looks_right = start[:1] in (b"{", b"[") or start.startswith((b"\x1f\x8b", b"PK\x03\x04"))
    return payload if attached and looks_right else None


def _form(file: BinaryIO, guard: Guard, salvage: bool) -> Iterator[bytes | None]:  # noqa: ARG001, FBT001
    content = file.read(_LARGEST_FORM + 1)
    if len(content) > _LARGEST_FORM:
        raise NotAnExportError("the form is too large", where=guard.name)
    fields = [field.partition(b"=")[2] for field in content.strip().split(b"&")]
    found = [
        f
        for field in fields
        if (f := unquote_to_bytes(field.replace(b"+", b" "))).lstrip()[:1] in (b"{", b"[")
    ]
    if len(found) != 1:
        raise _not_one(len(found), Sentence("the form"), guard.name)
    yield guard.passed(found[0])


def _not_one(count: int, what: str, name: str) -> NotAnExportError:
    return NotAnExportError(
        Sentence("{what} holds {count} files that could be the export", what=what, count=count)
        if count
        else Sentence("{what} contains no export", what=what),
        where=name,
        hint="Unpack it and name the one that Copernica sent." if count else "Is this what Copernica sent?",
    )
