"""The manifest of a disclosure: its source, its content, and the sum that proves it complete.

Every disclosure contains it: as `manifest.json` in the package, embedded in the PDF, in a `meta` element of
the HTML. `verify` reads it back. The docstrings of the models are descriptions in its published JSON Schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from dsr_report.choices import DocumentPart, Format
from dsr_report.jsonstream.json_file import json_file
from dsr_report.redact.sums import Sum

FORMAT = "dsr-report-disclosure"
VERSION = 1


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExportEntry(_Model):
    """The export as disclosed.

    `sha256` is the hash of the disclosed JSON. If something is masked or withheld, the hash of the original
    is omitted: with everything else known, a short hidden value could be guessed from it.
    """

    type: str | None
    id: str | None
    bytes: int
    sha256: str
    is_original: bool
    incomplete: bool = False


class Values(_Model):
    """The numbers of values (scalar leaves) of the export; `total = disclosed + masked + withheld`.

    Masked and withheld values show none of their content. `in_part` is the number of disclosed values with a
    masked or withheld part.
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
    """The number of records of one kind, and the chapters of the report that show them."""

    count: int
    shown_in: tuple[str, ...]


class Around(_Model):
    """The text before and after a mark in a disclosed value, or in one of the texts of a message.

    `begins`: the text begins with `before`. `ends`: the text ends with `after`.
    """

    pointer: str
    text: int
    before: str
    after: str
    begins: bool
    ends: bool


class MarkEntry(_Model):
    """One hidden value: its number, its kind, the reason for hiding it, and its places.

    `everywhere`: no other text may contain it either. `around`: in a page, which embeds no export, the text
    around the mark; together with the original, it identifies the hidden value.
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
    """The content of `manifest.json`.

    `for_archive`: nothing is hidden, on request, so live keys are readable; not for the subject. `part`: the
    part of the report in this file; the rest is in `companion`, a file in the same folder.
    """

    format: Literal["dsr-report-disclosure"] = "dsr-report-disclosure"
    version: Literal[1] = 1
    medium: Format
    generator: str
    language: str
    time_zone: str
    created: datetime
    reference: str | None = None
    for_archive: bool = False
    part: DocumentPart = "whole"
    companion: str = ""
    export: ExportEntry
    values: Values
    records: dict[str, RecordsEntry]
    marks: tuple[MarkEntry, ...] = ()
    files: tuple[FileEntry, ...] = ()
    notes: tuple[str, ...] = Field(default=())

    def to_json(self) -> bytes:
        """The manifest as JSON: UTF-8, indented by two spaces, the same bytes for the same content."""
        return json_file(self.model_dump(mode="json"))

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
