"""Defects in the form of a message: a code, the name concerned, and the part concerned."""

from __future__ import annotations

from typing import Literal, NamedTuple, get_args

DefectCode = Literal[
    "base64-ended-early",
    "body-after-header-line",
    "boundary-guessed",
    "boundary-missing",
    "boundary-not-found",
    "bytes-not-in-charset",
    "bytes-not-in-header-charset",
    "charset-missing",
    "charset-mixed",
    "charset-undeclared",
    "charset-unknown",
    "charset-unknown-page-used",
    "charset-wrong",
    "encoding-broken",
    "encoding-unknown",
    "encrypted",
    "header-missing",
    "header-not-first",
    "header-nul",
    "header-without-body",
    "header-without-field",
    "media-type-unreadable",
    "multipart-encoded",
    "multipart-not-closed",
    "multipart-shown-as-text",
    "nested-too-deeply",
    "outlook-format",
    "parts-after-end",
    "second-content-type",
    "second-encoding",
    "signature-unreadable",
    "text-around-parts",
    "too-many-parts",
    "utf-8-twice",
    "uuencoded-file",
    "yenc-file",
]
DEFECT_CODES: tuple[DefectCode, ...] = get_args(DefectCode)
_LONGEST_NAME = 40
"""Characters; names of charsets have at most 40 (RFC 2978, 2.3)."""


class Defect(NamedTuple):
    """A fault that the parser tolerated.

    `name` is the charset or transfer encoding concerned; `part` is the part's path (`1.2`), empty for the
    message itself.
    """

    code: DefectCode
    name: str = ""
    part: str = ""

    def __str__(self) -> str:
        """As in the tables: `1.2 charset-unknown x-none`."""
        return " ".join(piece for piece in (self.part, self.code, self.name) if piece)


def defect(code: DefectCode, name: str = "") -> Defect:
    """Make a defect whose part is not known yet; a long name is cut."""
    return Defect(code, name[:_LONGEST_NAME])
