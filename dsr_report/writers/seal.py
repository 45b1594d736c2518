"""A seal inside a file that covers the whole file: any change of a byte breaks it.

The file is written with a placeholder of zeros; the SHA-256 of those bytes then replaces the zeros. The seal
reveals accidents and careless changes, not forgery: whoever re-makes the file can re-make the seal. Against
forgery there is the file's hash in the register of the controller, or in the covering letter.

Two companion files refer to each other in the same way: each has a second placeholder, which receives the
SHA-256 of the other file with zeros in both places (its `core`).
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import BinaryIO

from dsr_report.errors import LedgerError
from dsr_report.sentences import Sentence

PREFIX = b"dsr-report-seal-sha256:"
PLACEHOLDER = (PREFIX + b"0" * 64).decode("ascii")
COMPANION_PREFIX = b"dsr-report-companion-sha256:"
COMPANION = (COMPANION_PREFIX + b"0" * 64).decode("ascii")
_BEFORE = {
    PREFIX: (b'<meta name="dsr-report-seal" content="', b"/DsrReportSeal ("),
    COMPANION_PREFIX: (b"/DsrReportCompanion (",),
}
"""Bytes before a seal in HTML and in PDF. Displayed text never has them, because it is escaped."""
_HASH = 64
_BLOCK = 1 << 20


def put_seal(file: BinaryIO) -> str:
    """Replace the one seal placeholder in `file` (open for reading and writing) by the seal, and return it.

    Raises:
        LedgerError: the file holds no placeholder, or more than one (a fault of the writer).
    """
    file.flush()
    at = _empty_place(file, PREFIX)
    seal = _digest(file, at)
    _write_digest(file, at, seal)
    return seal


def put_companions(one: BinaryIO, other: BinaryIO) -> None:
    """Write into each of two unsealed files the core of the other.

    Raises:
        LedgerError: a file has no placeholder for it, or more than one (a fault of the writer).
    """
    one.flush()
    other.flush()
    places = [(file, _empty_place(file, COMPANION_PREFIX)) for file in (one, other)]
    cores = [_digest(file, _empty_place(file, PREFIX), at) for file, at in places]
    for (file, at), core in zip(places, reversed(cores), strict=True):
        _write_digest(file, at, core)


def check_seal(path: Path) -> bool | None:
    """Whether the seal in a file matches its bytes; None if the file holds no seal or several."""
    with path.open("rb") as file:
        places = _our_places(file, PREFIX)
        if len(places) != 1:
            return None
        at, value = places[0]
        return _digest(file, at) == value.decode("ascii")


def core_of(path: Path) -> str | None:
    """The core of a file: the hash that its companion stores; None if the file has no companion."""
    with path.open("rb") as file:
        places = [_our_places(file, prefix) for prefix in (PREFIX, COMPANION_PREFIX)]
        if any(len(found) != 1 for found in places):
            return None
        return _digest(file, *(found[0][0] for found in places))


def companion_of(path: Path) -> str | None:
    """The core of its companion, as stored in a file; None if it has no companion."""
    with path.open("rb") as file:
        places = _our_places(file, COMPANION_PREFIX)
        return places[0][1].decode("ascii") if len(places) == 1 else None


def _empty_place(file: BinaryIO, prefix: bytes) -> int:
    places = _our_places(file, prefix)
    zeros = [at for at, value in places if value == b"0" * _HASH]
    if len(zeros) != 1 or len(places) != 1:
        what = "seal" if prefix is PREFIX else "place for the hash of its companion"
        raise LedgerError(
            Sentence("a disclosure needs exactly one {what}, and {n} were found", what=what, n=len(places))
        )
    return zeros[0]


def _write_digest(file: BinaryIO, at: int, digest: str) -> None:
    file.seek(at)
    file.write(digest.encode("ascii"))
    file.flush()


def _our_places(file: BinaryIO, prefix: bytes) -> list[tuple[int, bytes]]:
    """Offsets and values of this file's own hashes: a message may contain the seal of another report."""
    places = _places(file, prefix)
    if len(places) <= 1:
        return places
    return [place for place in places if _is_framed(file, place[0], prefix)] or places


def _is_framed(file: BinaryIO, at: int, prefix: bytes) -> bool:
    before = _BEFORE[prefix]
    lead = max(map(len, before)) + len(prefix)
    start = max(0, at - lead)
    file.seek(start)
    return file.read(at - start).removesuffix(prefix).endswith(before)


def _places(file: BinaryIO, prefix: bytes) -> list[tuple[int, bytes]]:
    """Offsets and values of all hashes; read in blocks, because the file may be larger than memory."""
    pattern = re.compile(re.escape(prefix) + rb"([0-9a-f]{64})")
    length = len(prefix) + _HASH
    file.seek(0)
    if file.read(2) == b"PK":  # files in a package have seals of their own; the package's is its comment
        file.seek(-min(length, file.seek(0, 2)), 2)
        found = pattern.fullmatch(file.read())
        return [(file.tell() - _HASH, found[1])] if found else []
    file.seek(0)
    places, start, seen = [], 0, b""
    while block := file.read(_BLOCK):
        seen += block
        places += [(start + match.start(1), match[1]) for match in pattern.finditer(seen)]
        keep = length - 1  # the end of a block may be the beginning of a hash, but not a whole one
        start += max(0, len(seen) - keep)
        seen = seen[-keep:]
    return places


def _digest(file: BinaryIO, *places: int) -> str:
    """SHA-256 of the file with 64 zeros at these offsets."""
    digest = hashlib.sha256()
    file.seek(0)
    for at in sorted(places):
        left = at - file.tell()
        while left:
            block = file.read(min(_BLOCK, left))
            digest.update(block)
            left -= len(block)
        digest.update(b"0" * _HASH)
        file.seek(at + _HASH)
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()
