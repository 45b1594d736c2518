"""The one visible table of who parses what."""

from __future__ import annotations

from collections.abc import Callable

from dsr_report.records.base import Record
from dsr_report.records.fields import FieldReader

Parser = Callable[[FieldReader], Record]

PARSERS: dict[str, Parser] = {}
"""Kind → the function that makes records of it; filled by `parses` when `records.parsing` is imported."""


def parses(*kinds: str) -> Callable[[Parser], Parser]:
    """Claim kinds for a parser.

    Raises:
        RuntimeError: another parser claimed one of them already (a mistake of ours, found at import).
    """

    def claim(parser: Parser) -> Parser:
        for kind in kinds:
            if kind in PARSERS:
                raise RuntimeError(f"two parsers claim the kind {kind!r}")
            PARSERS[kind] = parser
        return parser

    return claim
