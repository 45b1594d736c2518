"""Files that a disclosure carries beside its pages: the export, manifest, ledger, attachments of messages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from dsr_report.choices import DocumentPart
from dsr_report.export import Export
from dsr_report.files import sha256_of
from dsr_report.languages import Language
from dsr_report.rendering.document import Attachment, ReportDocument
from dsr_report.rendering.ledger import EMBEDDED, Ledger
from dsr_report.writers.manifest import FileEntry, Manifest
from dsr_report.writers.package import attached_files
from dsr_report.writers.seal import COMPANION, PLACEHOLDER

_BLOCK = 1 << 20
_LEDGER = "ledger.jsonl"


@dataclass(frozen=True)
class Enclosures:
    """Adds enclosures to a document; `folder` holds them until the file is written.

    Of a pair of PDFs, both carry the ledger, the letter carries the export, and the annexes carry the
    attachments of messages if `with_files` is set.
    """

    export: Export
    manifest: Manifest
    ledger: Ledger
    language: Language
    folder: Path
    created: datetime
    with_files: bool = False

    def in_page(self, document: ReportDocument) -> ReportDocument:
        """Return the document with manifest, ledger and seal for the HTML page itself."""
        manifest = self.manifest.to_json().decode("utf-8")
        return replace(document, manifest=manifest, ledger=self._ledger(), seal=PLACEHOLDER)

    def in_pdf(self, document: ReportDocument, part: DocumentPart, companion: str = "") -> ReportDocument:
        """Return the document with the files that its PDF embeds; `companion` is the other PDF's name."""
        language = self.language
        files = []
        if part != "annexes":
            data = self.folder / EMBEDDED
            with self.export.file.raw() as source, data.open("wb") as target:
                shutil.copyfileobj(source, target, _BLOCK)
            said = language.text("All your data, in a form that computers can read")
            files.append(Attachment(EMBEDDED, data, "application/json", said, "Source", self.created))
        said = language.text("Where each value is shown, so that it can be checked")
        files.append(Attachment(_LEDGER, self._ledger(), "application/jsonl", said, "Data", self.created))
        if self.with_files and part != "letter":
            files += self._attached_files()
        proof = self.folder / f"manifest-{part}.json"
        manifest = self.manifest.model_copy(update={"part": part, "companion": companion})
        listed = manifest.with_files(
            FileEntry(path=file.name, bytes=file.path.stat().st_size, sha256=sha256_of(file.path))
            for file in files
        )
        proof.write_bytes(listed.to_json())
        said = language.text("What this report was made from, so that it can be checked")
        files.insert(1, Attachment("manifest.json", proof, "application/json", said, "Data", self.created))
        return replace(
            document,
            attachments=tuple(files),
            seal=PLACEHOLDER,
            companion=COMPANION if companion else "",
        )

    def _ledger(self) -> Path:
        path = self.folder / _LEDGER
        if not path.exists():
            with path.open("wb") as file:
                self.ledger.copy_to(file)
        return path

    def _attached_files(self) -> Iterator[Attachment]:
        """Write the attachments of messages to the folder, and yield them for embedding."""
        language = self.language
        for position, (number, file) in enumerate(attached_files(self.export)):
            path = self.folder / f"attached-{position}"
            path.write_bytes(file.content)
            is_plain = re.fullmatch(r"[a-z]+/[a-z0-9][a-z0-9.+-]*", file.media_type) is not None
            yield Attachment(
                f"{number:05}-{file.name}",
                path,
                file.media_type if is_plain else "application/octet-stream",
                language.text("A file that came with message {number}").format(number=number),
                "Supplement",
                self.created,
            )
