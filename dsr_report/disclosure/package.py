"""The package: one ZIP with the report for people, the data for computers, and the messages as they were."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dsr_report.disclosure.folder import ZipFolder
from dsr_report.disclosure.html import write_pages
from dsr_report.disclosure.manifest import FileEntry, Manifest
from dsr_report.disclosure.seal import PLACEHOLDER
from dsr_report.mime.message import MimeMessage, wire_of_text
from dsr_report.mime.message import parse as parse_message
from dsr_report.mime.names import safe_file_name
from dsr_report.reading import Export
from dsr_report.records.mail import Message
from dsr_report.records.parsing import parse
from dsr_report.report.document import ReportDocument
from dsr_report.report.environment import environment
from dsr_report.report.language import Language
from dsr_report.tables.writers import write

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class PackageInput:
    """What a package is made of: the export as disclosed, its HTML document, the finished PDF."""

    export: Export
    document: ReportDocument
    manifest: Manifest
    pdf: Path
    words: Language


def write_package(content: PackageInput, target: BinaryIO) -> Manifest:
    """Write the package, `manifest.json` last; returns that manifest. The caller puts the seal."""
    with ZipFolder(target, content.document.created, comment=PLACEHOLDER.encode("ascii")) as folder:
        folder.add("README.txt", _readme(content).encode("utf-8"))
        folder.copy("report.pdf", content.pdf)
        write_pages(content.document, folder)
        with content.export.file.raw() as source, folder.writing("data/export.json") as sink:
            while block := source.read(_BLOCK):
                sink.write(block)
        _write_tables(content.export, folder)
        _write_messages(content.export, folder)
        manifest = content.manifest.with_files(
            FileEntry(path=entry.name, bytes=entry.size_bytes, sha256=entry.sha256)
            for entry in folder.entries
        )
        folder.add("manifest.json", manifest.to_json())
    return manifest


def _readme(content: PackageInput) -> str:
    return (
        environment(content.words).get_template("report/readme.txt.j2").render(title=content.document.title)
    )


def _write_tables(export: Export, folder: ZipFolder) -> None:
    with tempfile.TemporaryDirectory(prefix="dsr-report-") as place:
        for path, _table, _rows in write(export.tables, Path(place), "csv"):
            folder.copy(f"data/tables/{path.name}", path)


def _write_messages(export: Export, folder: ZipFolder) -> None:
    """Each message byte for byte as `.eml`, its attachments beside it."""
    number = 0
    for found in export.found():
        if found.kind != "message":
            continue
        record = parse(found, export.zone)
        number += 1
        if not isinstance(record, Message) or record.mime is None:
            continue
        wire = record.mime if isinstance(record.mime, bytes) else wire_of_text(record.mime)
        message = parse_message(wire)
        day = (record.sent_at or message.date) and f"{(record.sent_at or message.date):%Y-%m-%d}"
        subject = re.sub(r"[^\w-]+", "-", (message.subject or "")[:50]).strip("-").lower()
        name = "-".join(part for part in (f"{number:05}", day, subject) if part)
        folder.add(f"messages/{safe_file_name(name)}.eml", wire)
        _write_attachments(message, number, folder)


def _write_attachments(message: MimeMessage, number: int, folder: ZipFolder) -> None:
    taken: set[str] = set()
    for part in message.attachments:
        name = part.safe_file_name
        count = 1
        while name.casefold() in taken:
            count += 1
            stem, dot, ending = part.safe_file_name.rpartition(".")
            name = f"{stem}-{count}.{ending}" if dot else f"{ending}-{count}"
        taken.add(name.casefold())
        content = part.content if part.nested is None else part.nested.raw
        folder.add(f"messages/attachments/{number:05}/{name}", content)
