"""The ledger as text inside an HTML file: zlib, then base64, piece by piece."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator
from pathlib import Path

_BLOCK = 1 << 20


def packed(ledger: Path) -> Iterator[bytes]:
    """Yield a ledger as base64 text in pieces."""
    packer = zlib.compressobj(6)
    rest = b""
    with ledger.open("rb") as file:
        while block := file.read(_BLOCK):
            rest += packer.compress(block)
            whole = len(rest) - len(rest) % 3  # base64 encodes groups of three bytes
            yield base64.b64encode(rest[:whole])
            rest = rest[whole:]
    yield base64.b64encode(rest + packer.flush())


def unpack_ledger(text: str) -> bytes:
    """Decode the text made by `packed`.

    Raises:
        ValueError, zlib.error: the text is no packed ledger.
    """
    return zlib.decompress(base64.b64decode(text, validate=True))
