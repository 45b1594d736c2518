"""Reads a disclosure of ours: its manifest, its files, its ledger, and the anchors of its pages."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pikepdf

from dsr_report.closing import Closing
from dsr_report.errors import UsageError
from dsr_report.rendering.document import anchors_in
from dsr_report.sentences import Sentence
from dsr_report.verification.active_content import unsafe_html, unsafe_pdf
from dsr_report.writers.manifest import Manifest
from dsr_report.writers.packed_ledger import unpack_ledger

MANIFEST_META = "dsr-report-manifest"
_LEDGER = re.compile(r'<meta name="dsr-report-ledger" content="([A-Za-z0-9+/=]*)">')


def contents_of(path: Path) -> Contents:
    """Open the contents of a disclosure.

    Raises:
        UsageError: the file is none of the types that dsr-report writes.
        ValueError, KeyError and others: the file is damaged.
    """
    return {"pdf": _Pdf, "html": _Html, "zip": _Zip}[medium_of(path)](path)


def medium_of(path: Path) -> str:
    """Detect the type of a file by its first bytes: `pdf`, `html` or `zip`.

    Raises:
        UsageError: the file is none of these.
    """
    with path.open("rb") as file:
        head = file.read(1024)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"PK"):
        return "zip"
    if head.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return "html"
    raise UsageError(
        "is neither a PDF, an HTML page nor a ZIP", where=str(path), hint="Name a file that dsr-report wrote."
    )


class Contents(Closing):
    """The contents of a disclosure. Use it in a `with` block."""

    manifest: Manifest

    @property
    def export_name(self) -> str | None:
        """The name of the embedded export; None without one."""
        return next((n for n in self.names() if n in {"export.json", "data/export.json"}), None)

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        return []

    def open(self, name: str) -> BinaryIO:
        raise KeyError(name)

    def unsafe(self) -> Iterator[str]:
        yield from ()

    def ledger(self) -> Iterator[bytes]:
        """The lines of the ledger."""
        with self.open("ledger.jsonl") as file:
            yield from file

    def anchors(self) -> set[str] | None:
        """The ids of all places in the report; None if unavailable."""
        return None

    def close(self) -> None:
        pass


class _Zip(Contents):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._zip = zipfile.ZipFile(path)
        self.manifest = Manifest.from_json(self._zip.read("manifest.json"))

    def names(self) -> list[str]:
        return [info.filename for info in self._zip.infolist() if info.filename != "manifest.json"]

    def open(self, name: str) -> BinaryIO:
        return self._zip.open(name)  # type: ignore[return-value]

    def unsafe(self) -> Iterator[str]:
        for name, page in self._pages():
            for problem in unsafe_html(page):
                yield Sentence("{name}: {problem}", name=name, problem=problem)

    def anchors(self) -> set[str] | None:
        return {anchor for _, page in self._pages() for anchor in anchors_in(page)}

    def _pages(self) -> Iterator[tuple[str, str]]:
        for name in self.names():
            if name == "report.html" or (name.startswith("pages/") and name.endswith(".html")):
                yield name, self._zip.read(name).decode("utf-8", "replace")

    def close(self) -> None:
        self._zip.close()


class _Pdf(Contents):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._pdf = pikepdf.open(path)
        self.manifest = Manifest.from_json(self._attachment("manifest.json"))

    def _attachment(self, name: str) -> bytes:
        return self._pdf.attachments[name].get_file().read_bytes()

    def names(self) -> list[str]:
        return [name for name in self._pdf.attachments if name != "manifest.json"]

    def open(self, name: str) -> BinaryIO:
        return BytesIO(self._attachment(name))

    def unsafe(self) -> Iterator[str]:
        yield from unsafe_pdf(self._pdf)

    def anchors(self) -> set[str] | None:
        """The names of its destinations; only for a pair of PDFs, which share one ledger."""
        if (
            not self.manifest.companion
            or "/Names" not in self._pdf.Root
            or "/Dests" not in self._pdf.Root.Names
        ):
            return None
        return {str(name) for name in pikepdf.NameTree(self._pdf.Root.Names.Dests)}

    def close(self) -> None:
        self._pdf.close()


class _Html(Contents):
    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._text = path.read_text(encoding="utf-8", errors="replace")
        finder = _ManifestFinder()
        finder.feed(self._text[: 1 << 22])
        self.manifest = Manifest.from_json(finder.found or "")

    def unsafe(self) -> Iterator[str]:
        yield from unsafe_html(self._text)

    def ledger(self) -> Iterator[bytes]:
        found = _LEDGER.search(self._text)
        if found is None:
            raise KeyError("ledger")
        yield from unpack_ledger(found[1]).splitlines()

    def anchors(self) -> set[str] | None:
        return set(anchors_in(self._text))


class _ManifestFinder(HTMLParser):
    found: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "meta" and dict(attrs).get("name") == MANIFEST_META:
            self.found = dict(attrs).get("content")
