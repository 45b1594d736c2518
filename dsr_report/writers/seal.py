"""A seal over a whole file that stands inside the file: any change of a byte breaks it.

The file is written with a seal of zeros in one place; the SHA-256 of those bytes replaces the zeros. It
shows accidents and careless changes, not forgery: whoever re-makes the file can re-make the seal. What
holds against that is the file's hash in the register of the controller, or in the covering letter.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import BinaryIO

from dsr_report.errors import LedgerError

PREFIX = b"dsr-report-seal-sha256:"
PLACEHOLDER = (PREFIX + b"0" * 64).decode("ascii")
_SEAL = re.compile(re.escape(PREFIX) + rb"([0-9a-f]{64})")
_BEFORE = (b'<meta name="dsr-report-seal" content="', b"/DsrReportSeal (")
"""What stands before the seal of a page and of a PDF. In what is shown, the same signs would be escaped."""
_BLOCK = 1 << 20


def put_seal(file: BinaryIO) -> str:
    """Replace the one seal of zeros in `file` (open for reading and writing) by the seal; returns it.

    Raises:
        LedgerError: the file holds no placeholder, or more than one (a fault of the writer).
    """
    file.flush()
    places = _our_places(file)
    zeros = [at for at, value in places if value == b"0" * 64]
    if len(zeros) != 1 or len(places) != 1:
        raise LedgerError(f"a disclosure needs exactly one seal, and {len(places)} were found")
    seal = _digest(file, zeros[0])
    file.seek(zeros[0])
    file.write(seal.encode("ascii"))
    file.flush()
    return seal


def check_seal(path: Path) -> bool | None:
    """Whether the seal in a file fits its bytes; None where it holds no seal (or several)."""
    with path.open("rb") as file:
        places = _our_places(file)
        if len(places) != 1:
            return None
        at, value = places[0]
        return _digest(file, at) == value.decode("ascii")


def _our_places(file: BinaryIO) -> list[tuple[int, bytes]]:
    """Where seals stand, without what only looks like one: a message may hold the seal of another report."""
    places = _places(file)
    return [place for place in places if _is_framed(file, place[0])] or places if len(places) > 1 else places


def _is_framed(file: BinaryIO, at: int) -> bool:
    lead = max(map(len, _BEFORE)) + len(PREFIX)
    start = max(0, at - lead)
    file.seek(start)
    return file.read(at - start).removesuffix(PREFIX).endswith(_BEFORE)


def _places(file: BinaryIO) -> list[tuple[int, bytes]]:
    """Where seals stand, and what they say; the file is read in blocks, as it may be larger than memory."""
    file.seek(0)
    if file.read(2) == b"PK":  # files in a package have seals of their own; the package's is its comment
        file.seek(-min(len(PLACEHOLDER), file.seek(0, 2)), 2)
        found = _SEAL.fullmatch(file.read())
        return [(file.tell() - 64, found[1])] if found else []
    file.seek(0)
    places, start, seen = [], 0, b""
    while block := file.read(_BLOCK):
        seen += block
        places += [(start + match.start(1), match[1]) for match in _SEAL.finditer(seen)]
        keep = len(PLACEHOLDER) - 1  # what ends a block may begin a seal, but holds no whole one
        start += max(0, len(seen) - keep)
        seen = seen[-keep:]
    return places


def _digest(file: BinaryIO, at: int) -> str:
    """SHA-256 of the file with 64 zeros at `at`."""
    digest = hashlib.sha256()
    file.seek(0)
    left = at
    while left:
        block = file.read(min(_BLOCK, left))
        digest.update(block)
        left -= len(block)
    digest.update(b"0" * 64)
    file.seek(at + 64)
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()
