"""The package: one ZIP with the report for people, the data for computers, and the original messages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from dsr_report.config import Config
from dsr_report.export import Export
from dsr_report.languages import Language
from dsr_report.mime.message import MimeMessage, wire_of_text
from dsr_report.mime.message import parse as parse_message
from dsr_report.mime.names import safe_file_name
from dsr_report.records.models.mail import Message
from dsr_report.records.parser import parse
from dsr_report.rendering.document import ReportDocument
from dsr_report.rendering.environment import environment
from dsr_report.rendering.ledger import Ledger
from dsr_report.temporary import TemporaryFolder
from dsr_report.writers.datapackage import FILE_NAME, data_package
from dsr_report.writers.html import write_pages
from dsr_report.writers.manifest import FileEntry, Manifest
from dsr_report.writers.seal import PLACEHOLDER
from dsr_report.writers.zip_file import ZipFolder

LETTER, ANNEXES = "letter.pdf", "annexes.pdf"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class PackageInput:
    """The input of a package: the export as disclosed, its HTML document, the two PDFs, the ledger."""

    export: Export
    document: ReportDocument
    manifest: Manifest
    pdfs: tuple[Path, Path]
    ledger: Ledger
    language: Language
    config: Config
    particulars: bytes
    """The particulars of Art. 15 as JSON-LD."""


def write_package(content: PackageInput, target: BinaryIO) -> Manifest:
    """Write the package, `manifest.json` last, and return that manifest. The caller writes the seal."""
    with ZipFolder(target, content.document.created, comment=PLACEHOLDER.encode("ascii")) as folder:
        for name, pdf in zip((LETTER, ANNEXES), content.pdfs, strict=True):
            folder.copy(name, pdf)
        pages = write_pages(content.document, folder)
        folder.add("README.txt", _readme(content, has_pages=len(pages) > 1).encode("utf-8"))
        with content.export.file.raw() as source, folder.writing("data/export.json") as sink:
            shutil.copyfileobj(source, sink, _BLOCK)
        _write_tables(content, folder)
        folder.add("data/article-15.jsonld", content.particulars)
        _write_messages(content.export, folder)
        with folder.writing("ledger.jsonl") as sink:
            content.ledger.copy_to(sink)
        manifest = content.manifest.with_files(
            FileEntry(path=entry.name, bytes=entry.size_bytes, sha256=entry.sha256)
            for entry in folder.entries
        )
        folder.add("manifest.json", manifest.to_json())
    return manifest


def _readme(content: PackageInput, *, has_pages: bool) -> str:
    made = environment(content.language, content.document.templates, is_plain=True)
    return made.get_template("report/readme.txt.j2").render(title=content.document.title, has_pages=has_pages)


def _write_tables(content: PackageInput, folder: ZipFolder) -> None:
    """Write the tables as CSV, and their `datapackage.json`."""
    from dsr_report.tables.schema import tables_by_name  # noqa: PLC0415 - numpy is heavy; only a package has tables
    from dsr_report.tables.writers import write  # noqa: PLC0415

    made = content.export.tables_of(tables_by_name(), arrow=False, config=content.config)
    with TemporaryFolder() as place, made as tables:
        written = write(tables, Path(place), "csv")
        for one in written:
            folder.copy(f"data/tables/{one.path.name}", one.path)
        folder.add(f"data/tables/{FILE_NAME}", data_package(written, tables.tables(), content.language))


def _write_messages(export: Export, folder: ZipFolder) -> None:
    """Write each message byte for byte as `.eml`, and its attached files."""
    for number, record in _messages(export):
        wire = _wire(record)
        message = parse_message(wire)
        day = (record.sent_at or message.date) and f"{(record.sent_at or message.date):%Y-%m-%d}"
        subject = re.sub(r"[^\w-]+", "-", (message.subject or "")[:50]).strip("-").lower()
        name = "-".join(part for part in (f"{number:05}", day, subject) if part)
        folder.add(f"messages/{safe_file_name(name)}.eml", wire)
        for file in _attached_files(message):
            folder.add(f"messages/attachments/{number:05}/{file.name}", file.content)


class AttachedFile(NamedTuple):
    """A file attached to a message: safe name, declared media type, content."""

    name: str
    media_type: str
    content: bytes


def attached_files(export: Export) -> Iterator[tuple[int, AttachedFile]]:
    """Yield every file attached to a message, with the message's number in the report."""
    for number, record in _messages(export):
        for file in _attached_files(parse_message(_wire(record))):
            yield number, file


def _messages(export: Export) -> Iterator[tuple[int, Message]]:
    number = 0
    for found in export.found():
        record = parse(found, export.zone) if found.kind == Message.kind else None
        if isinstance(record, Message):
            number += 1
            if record.mime is not None:
                yield number, record


def _wire(record: Message) -> bytes:
    mime = record.mime or ""
    return mime if isinstance(mime, bytes) else wire_of_text(mime)


def _attached_files(message: MimeMessage) -> Iterator[AttachedFile]:
    taken: set[str] = set()
    for part in message.all_files:
        name = part.safe_file_name
        count = 1
        while name.casefold() in taken:
            count += 1
            stem, dot, ending = part.safe_file_name.rpartition(".")
            name = f"{stem}-{count}.{ending}" if dot else f"{ending}-{count}"
        taken.add(name.casefold())
        yield AttachedFile(name, part.media_type, part.file_content)
