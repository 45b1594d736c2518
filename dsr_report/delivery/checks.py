"""Checks before a disclosure is sent: it is verified, no archive copy, and goes to the subject's address."""

from __future__ import annotations

from pathlib import Path

from dsr_report.errors import CheckFailedError
from dsr_report.export import read
from dsr_report.redact.findings import subject_addresses
from dsr_report.verification.reader import contents_of
from dsr_report.verification.verifier import verify
from dsr_report.writers.manifest import Manifest


def check_to_send(disclosure: Path) -> tuple[Manifest, list[Path]]:
    """Check that a disclosure may be sent; return its manifest and its files: letter, and separate annexes.

    Raises:
        CheckFailedError: it did not pass verification, or was made for the controller's own archive.
    """
    checked = verify(disclosure)
    if not checked.ok or checked.manifest is None:
        raise CheckFailedError(
            "this disclosure did not pass verification; no reply was created",
            where=str(disclosure),
            hint="Run `dsr-report verify`.",
        )
    if checked.manifest.for_archive:
        raise CheckFailedError(
            "this report was made with --original, for your own archive: it contains working codes and links",
            where=str(disclosure),
            hint="Render it again without --original.",
        )
    return checked.manifest, checked.files


def known_addresses(disclosure: Path) -> frozenset[str]:
    """The subject's addresses, from the export inside a disclosure; empty if it holds no export."""
    with contents_of(disclosure) as contents:
        subject = contents.manifest.export
        own = {subject.id.casefold()} if subject.type == "email" and subject.id else set()
        if contents.export_name is None:
            return frozenset(own)
        with contents.open(contents.export_name) as stream, read(stream) as export:
            return subject_addresses(export.found(), export.info.id) | own
