"""The content of a signed or compressed S/MIME message, extracted from CMS (RFC 5652, RFC 3274).

Nothing is verified, and encrypted content stays encrypted. Reads BER as mail programs stream it: with
indefinite lengths and constructed strings.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Literal, NamedTuple

Protection = Literal["signed", "encrypted", "unreadable"]
_SIGNED = bytes.fromhex("2a864886f70d010702")
_COMPRESSED = bytes.fromhex("2a864886f70d0109100109")
_SEALED = (
    bytes.fromhex("2a864886f70d010703"),  # enveloped-data
    bytes.fromhex("2a864886f70d010706"),  # encrypted-data
    bytes.fromhex("2a864886f70d0109100117"),  # authenticated-enveloped-data
)
_OBJECT, _OCTETS = 0x06, 0x04
_CONSTRUCTED = 0x20
_DEEPEST = 20
"""Nested BER values; a structure with deeper ones is unreadable."""
_MOST = 40_000_000
"""Bytes decompressed from one message; the rest is dropped."""


class _Value(NamedTuple):
    tag: int
    content: bytes
    end: int


def open_signed(content: bytes) -> tuple[Protection, bytes]:
    """The kind of structure, and the MIME entity in a signed or compressed one."""
    try:
        return _open(content)
    except (ValueError, IndexError, zlib.error):
        return "unreadable", b""


def _open(content: bytes) -> tuple[Protection, bytes]:
    kind, *rest = _values(_value(content, 0, 0).content)
    if kind.tag != _OBJECT:
        raise ValueError
    if kind.content in _SEALED:
        return "encrypted", b""
    if kind.content not in {_SIGNED, _COMPRESSED}:
        raise ValueError
    fields = list(_values(_value(rest[0].content, 0, 0).content))
    # version, algorithm or algorithms, then the content: its type, and itself in [0]
    inner = list(_values(fields[2].content))
    entity = _octets(_value(inner[1].content, 0, 0))
    if kind.content == _COMPRESSED:
        entity = zlib.decompressobj().decompress(entity, _MOST)
    return "signed", entity


def _octets(value: _Value) -> bytes:
    if value.tag == _OCTETS:
        return value.content
    if value.tag == _OCTETS | _CONSTRUCTED:
        return b"".join(_octets(piece) for piece in _values(value.content))
    raise ValueError


def _values(content: bytes) -> Iterator[_Value]:
    at = 0
    while at < len(content):
        value = _value(content, at, 0)
        at = value.end
        yield value


def _value(content: bytes, at: int, depth: int) -> _Value:
    if depth > _DEEPEST:
        raise ValueError
    tag = content[at]
    if tag & 0x1F == 0x1F:  # a multi-byte tag, which none of these structures has
        raise ValueError
    size, start = content[at + 1], at + 2
    if size == 0x80:
        end = start
        while content[end : end + 2] != b"\0\0":
            end = _value(content, end, depth + 1).end
        return _Value(tag, content[start:end], end + 2)
    if size > 0x80:
        length = size & 0x7F
        size = int.from_bytes(content[start : start + length], "big")
        start += length
    if start + size > len(content):
        raise ValueError
    return _Value(tag, content[start : start + size], start + size)
