"""What can be read inside an attached file: its bytes as text, and what common formats pack into it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

_MOST = 40_000_000
"""Bytes that are unpacked of one file."""
_DEEPEST = 3
_STREAM = re.compile(rb"stream\r?\n")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF")


def texts_inside(content: bytes, depth: int = 0) -> Iterator[str]:
    """The file as text in the encodings that it may hold, and all that can be unpacked of it."""
    yield content.decode("utf-8", "replace")
    if not content.isascii():
        yield content.decode("latin-1")
    if b"\0" in content:
        yield content.decode("utf-16-le", "replace")
        yield content.decode("utf-16-be", "replace")
        yield content[1:].decode("utf-16-le", "replace")
        yield content[1:].decode("utf-16-be", "replace")
    if depth < _DEEPEST:
        for unpacked in _unpacked(content):
            yield from texts_inside(unpacked, depth + 1)


def is_closed(content: bytes) -> bool:
    """Whether a file may say what `texts_inside` does not show: pictures, PDFs, what is packed or sealed."""
    if content.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        return not any(True for _ in _unpacked(content))
    sample = content[:4096]
    odd = sum(byte < 9 or 13 < byte < 32 for byte in sample)
    return content.startswith((b"%PDF", *_PICTURES)) or odd * 20 > len(sample)


def _unpacked(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"PK\x03\x04"):
        yield from _unzipped(content)
    elif content.startswith(b"\x1f\x8b"):
        yield from _inflated(content, 31)
    elif content.startswith(b"%PDF"):
        for match in _STREAM.finditer(content):
            end = content.find(b"endstream", match.end())
            yield from _inflated(content[match.end() : end if end >= 0 else len(content)], 15)


def _unzipped(content: bytes) -> Iterator[bytes]:
    room = _MOST
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for info in archive.infolist():
                yield info.filename.encode("utf-8", "surrogatepass")
                if not info.flag_bits & 1 and room > 0:
                    with archive.open(info) as file:
                        unpacked = file.read(room)
                    room -= len(unpacked)
                    yield unpacked
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, RuntimeError, ValueError, EOFError):
        return


def _inflated(content: bytes, window: int) -> Iterator[bytes]:
    try:
        unpacked = zlib.decompressobj(window).decompress(content, _MOST)
    except zlib.error:
        return
    if unpacked:
        yield unpacked
