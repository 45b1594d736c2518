"""Writes the bytes of a PDF file sequentially, without holding its objects."""

from __future__ import annotations

import hashlib
import zlib
from array import array
from collections.abc import Iterable
from itertools import islice
from typing import BinaryIO

_FREE, _PLAIN, _PACKED = 0, 1, 2
_BATCH = 500
_ROWS = 10_000


class PdfFile:
    """A PDF 1.7 file that is written front to back; objects may refer to objects written later."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._position = 0
        self._kinds = array("B", [_FREE])
        self._places = array("Q", [0])
        self._slots = array("H", [65535])
        self._batch: list[tuple[int, bytes]] = []
        self._write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the bytes written so far."""
        return self._digest.hexdigest()

    def allocate(self, count: int = 1) -> int:
        """Reserve `count` consecutive object numbers, and return the first."""
        first = len(self._kinds)
        self._kinds.extend([_FREE] * count)
        self._places.extend([0] * count)
        self._slots.extend([0] * count)
        return first

    def put(self, number: int, content: bytes) -> None:
        """Write an object other than a stream."""
        self._batch.append((number, content))
        if len(self._batch) >= _BATCH:
            self._flush()

    def add(self, content: bytes) -> int:
        """Write an object other than a stream under a new number, and return the number."""
        number = self.allocate()
        self.put(number, content)
        return number

    def put_stream(self, number: int, dictionary: bytes, content: bytes) -> None:
        """Write a stream whose dictionary includes its length."""
        self._begin(number)
        self._write(dictionary + b"\nstream\n" + content + b"\nendstream\nendobj\n")

    def add_stream(self, entries: bytes, content: bytes) -> int:
        """Write a compressed stream under a new number; `entries` are further dictionary entries."""
        number = self.allocate()
        packed = zlib.compress(content, 6)
        self.put_stream(number, b"<<" + entries + b"/Filter /FlateDecode/Length %d>>" % len(packed), packed)
        return number

    def add_long_stream(self, entries: bytes, blocks: Iterable[bytes]) -> int:
        """Write a stream of unknown length block by block, compressed."""
        number, length = self.allocate(), self.allocate()
        self._begin(number)
        self._write(b"<<" + entries + b"/Filter /FlateDecode/Length %d 0 R>>\nstream\n" % length)
        start = self._position
        packer = zlib.compressobj(6)
        for block in blocks:
            self._write(packer.compress(block))
        self._write(packer.flush())
        size = self._position - start
        self._write(b"\nendstream\nendobj\n")
        self.put(length, b"%d" % size)
        return number

    def finish(self, *, root: int, info: int, extra: bytes = b"") -> None:
        """Write the cross-reference stream and the trailer; the file identifier is a hash of the content.

        `extra` are further entries of the trailer, written uncompressed.
        """
        self._flush()
        number = self.allocate()
        self._kinds[number], self._places[number] = _PLAIN, self._position
        width = max(4, (self._position.bit_length() + 7) // 8)
        packed = self._packed_table(width)
        identifier = self._digest.hexdigest()[:32].encode()
        start = self._position
        dictionary = (
            b"<</Type /XRef/Size %d/W [1 %d 2]/Root %d 0 R/Info %d 0 R/ID [<%s> <%s>]"
            b"/Filter /FlateDecode/Length %d%s>>"
        ) % (len(self._kinds), width, root, info, identifier, identifier, len(packed), extra)
        self._write(b"%d 0 obj\n" % number + dictionary + b"\nstream\n" + packed + b"\nendstream\nendobj\n")
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _packed_table(self, width: int) -> bytes:
        """The compressed cross-reference table, built `_ROWS` rows at a time to bound memory."""
        packer = zlib.compressobj(6)
        objects = zip(self._kinds, self._places, self._slots, strict=True)
        packed = bytearray()
        while some := list(islice(objects, _ROWS)):
            rows = [
                k.to_bytes(1, "big") + p.to_bytes(width, "big") + s.to_bytes(2, "big") for k, p, s in some
            ]
            packed += packer.compress(b"".join(rows))
        return bytes(packed + packer.flush())

    def _begin(self, number: int) -> None:
        self._kinds[number], self._places[number] = _PLAIN, self._position
        self._write(b"%d 0 obj\n" % number)

    def _flush(self) -> None:
        if not self._batch:
            return
        holder = self.allocate()
        index, body = bytearray(), bytearray()
        for slot, (number, content) in enumerate(self._batch):
            index += b"%d %d " % (number, len(body))
            body += content + b"\n"
            self._kinds[number], self._places[number], self._slots[number] = _PACKED, holder, slot
        packed = zlib.compress(bytes(index + body), 6)
        entries = b"<</Type /ObjStm/N %d/First %d/Filter /FlateDecode/Length %d>>" % (
            len(self._batch), len(index), len(packed),
        )  # fmt: skip
        self._batch = []
        self.put_stream(holder, entries, packed)

    def _write(self, content: bytes) -> None:
        self._file.write(content)
        self._digest.update(content)
        self._position += len(content)


def text(value: str) -> bytes:
    """A text as a PDF string object."""
    if value.isascii() and value.isprintable():
        escaped = value.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return b"(" + escaped.encode() + b")"
    return b"<feff" + value.encode("utf-16-be", "replace").hex().encode() + b">"


def name(value: str) -> bytes:
    """A PDF name object, with special characters escaped."""
    plain = b"-_.+" + bytes(range(48, 58)) + bytes(range(65, 91)) + bytes(range(97, 123))
    return b"/" + b"".join(bytes([byte]) if byte in plain else b"#%02x" % byte for byte in value.encode())


def reference(number: int) -> bytes:
    """An indirect reference to an object."""
    return b"%d 0 R" % number
