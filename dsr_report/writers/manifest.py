"""The manifest of a disclosure: its source, its content, and the sum that proves it complete.

Every disclosure contains it: as `manifest.json` in the package, embedded in the PDF, in a `meta` element of
the HTML. `verify` reads it back. The docstrings of the models are descriptions in its published JSON Schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from dsr_report.redact.sums import Sum

FORMAT = "dsr-report-disclosure"
VERSION = 1


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExportEntry(_Model):
    """The export as disclosed.

    `sha256` is that of the disclosed JSON. Where something is masked or withheld the hash of the original is
    not given: with everything else known, it would let a short hidden value be guessed.
    """

    type: str | None
    id: str | None
    bytes: int
    sha256: str
    is_original: bool
    incomplete: bool = False


class Values(_Model):
    """The values (scalar leaves) of the export; `total = disclosed + masked + withheld`.

    Masked or withheld is a value of whose content nothing is shown; `in_part` of the disclosed ones have a
    part that is masked or withheld.
    """

    total: int
    disclosed: int
    masked: int
    withheld: int
    in_part: int = 0

    @property
    def sum(self) -> Sum:
        """These values as a `Sum`."""
        return Sum(self.total, self.disclosed, self.masked, self.withheld, self.in_part)


class RecordsEntry(_Model):
    """How many records of one kind there are, and the chapters of the report that show them."""

    count: int
    shown_in: tuple[str, ...]


class Around(_Model):
    """What stands around a mark in a value that is shown, or in one of the texts of a message.

    `begins` and `ends`: nothing stands before `before`, or behind `after`.
    """

    pointer: str
    text: int
    before: str
    after: str
    begins: bool
    ends: bool


class MarkEntry(_Model):
    """One hidden value: its number, what it is, why it is hidden, and where.

    `everywhere`: no text that stands elsewhere may hold it either. `around`: of a page, which carries no
    export, what stands around the mark; with the original, that tells what to look for.
    """

    number: int
    treatment: Literal["mask", "withhold"]
    what: str
    reason: str
    article: str
    text: str
    pointers: tuple[str, ...]
    passages_in: tuple[str, ...]
    everywhere: bool = True
    around: tuple[Around, ...] = ()


class FileEntry(_Model):
    """A file of the package, or one embedded in the PDF."""

    path: str
    bytes: int
    sha256: str
    description: str = ""


class Manifest(_Model):
    """What stands in `manifest.json`.

    `for_archive`: it was asked that nothing be hidden, so that live keys can be read; not for the subject.
    `part`: what of the report stands in this file; the rest stands in the `companion`, a file beside it.
    """

    format: Literal["dsr-report-disclosure"] = "dsr-report-disclosure"
    version: Literal[1] = 1
    medium: Literal["pdf", "html", "zip"]
    generator: str
    language: str
    time_zone: str
    created: datetime
    reference: str | None = None
    for_archive: bool = False
    part: Literal["whole", "letter", "annexes"] = "whole"
    companion: str = ""
    export: ExportEntry
    values: Values
    records: dict[str, RecordsEntry]
    marks: tuple[MarkEntry, ...] = ()
    files: tuple[FileEntry, ...] = ()
    notes: tuple[str, ...] = Field(default=())

    def to_json(self) -> bytes:
        """The manifest as JSON: UTF-8, indented by two spaces, the same bytes for the same content."""
        content: Mapping[str, Any] = self.model_dump(mode="json")
        return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "backslashreplace")

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Parse the output of `to_json` (pydantic's own parser refuses lone surrogates in pointers).

        Raises:
            ValueError: the text is no manifest.
        """
        return cls.model_validate(json.loads(text))

    def with_files(self, files: Iterable[FileEntry]) -> Manifest:
        """A copy of the manifest that lists these files."""
        return self.model_copy(update={"files": tuple(files)})
