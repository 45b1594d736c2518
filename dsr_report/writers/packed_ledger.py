"""The ledger as text inside an HTML file: compressed, then base64, piece by piece."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from pathlib import Path

_BLOCK = 1 << 20


def packed(ledger: Path) -> Iterator[bytes]:
    """A ledger as text for an HTML file, in pieces."""
    packer = zlib.compressobj(6)
    rest = b""
    with ledger.open("rb") as file:
        while block := file.read(_BLOCK):
            rest += packer.compress(block)
            whole = len(rest) - len(rest) % 3  # three bytes are four letters
            yield base64.b64encode(rest[:whole])
            rest = rest[whole:]
    yield base64.b64encode(rest + packer.flush())


def unpack_ledger(text: str) -> bytes:
    """The ledger that `packed` made a text of.

    Raises:
        ValueError, zlib.error: it is none.
    """
    return zlib.decompress(base64.b64decode(text, validate=True))
