"""The texts inside a file, a message part or a message, and the files that cannot be searched."""

from __future__ import annotations

import bz2
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from dsr_report.mime.charsets import to_text
from dsr_report.mime.header import decode_field, parameters, unfold
from dsr_report.mime.message import MimePart, parse_once
from dsr_report.mime.office import is_read, texts_of_office
from dsr_report.mime.parts import RICH_TEXTS
from dsr_report.mime.rich_text import text_of_rtf

BORDER = "\x1e"
"""Separator of unrelated texts, so that no match spans two of them."""
_MOST = 40_000_000
"""Bytes unpacked from one file: no mail system carries more; this also bounds decompression bombs."""
_DEEPEST = 5
"""Nested containers; deeper content is `unknown`."""
_STREAM = re.compile(rb"stream\r?\n")
_PICTURES = (
    b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*", b"\0\0\0\x18ftyp",
    b"\0\0\0\x20ftyp", b"\0\0\0\x1cftyp", b"8BPS", b"\0\0\1\0",
)  # fmt: skip
_PACKED_IN_PICTURE = re.compile(
    rb"(?:zTXt[^\0]{1,79}\0|iTXt[^\0]{1,79}\0\x01\0[^\0]{0,99}\0[^\0]{0,99})\0(?=\x78)"
)
"""Compressed comments in a PNG."""
_PACKED_OTHERWISE = (
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"MSCF",
    b"\x1f\x9d",
    b"\x28\xb5\x2f\xfd",
    b"\x78\x9f\x3e\x22",
)
_TAR = slice(257, 262)
_ODD = bytes(byte for byte in range(32) if byte < 9 or 13 < byte < 27 or byte > 27)
"""Control characters that are rare in text."""
_FIELD = rb"[A-Za-z][A-Za-z0-9-]*:[^\n]*\n(?:[ \t][^\n]*\n)*"
_MESSAGE = re.compile(
    rb"\s*(?:>?From [^\n]*\n)?(?:" + _FIELD + rb"){0,40}?"
    rb"(?:From|To|Subject|Date|Received|Message-ID|MIME-Version|Content-Type|Return-Path|Delivered-To)"
    rb"[ \t]*:",
    re.IGNORECASE,
)
_ENCRYPTED = re.compile(rb"-----BEGIN PGP MESSAGE-----|<EncryptedData\b")
_LIKELY = (
    "cp1252",
    "cp850",
    "mac-roman",
    "cp437",
    "cp1250",
    "cp1251",
    "koi8-r",
    "cp1253",
    "cp932",
    "gb18030",
)
"""Charsets of mail and files of the last thirty years that do not declare one."""
_UNREADABLE = (
    zipfile.BadZipFile, tarfile.TarError, lzma.LZMAError, zlib.error, NotImplementedError, OSError,
    RuntimeError, ValueError, EOFError, KeyError, IndexError,
)  # fmt: skip


class Inside(NamedTuple):
    """A text inside a file, or the reason why a file cannot be read.

    `path` is the path of file names within archives, separated by `/`; empty for the file itself. `closed` is
    `locked`, `damaged`, `encrypted`, `picture`, `no-text`, `media` or `unknown`, and empty for a text.
    """

    path: str
    text: str
    closed: str = ""


def texts_inside(content: bytes, charset: str | None = None, media_type: str = "") -> Iterator[str]:
    """All texts of a message, part or file, at any depth."""
    return (found.text for found in look_inside(content, charset, media_type) if not found.closed)


def look_inside(
    content: bytes, charset: str | None = None, media_type: str = "", *, path: str = "", depth: int = 0
) -> Iterator[Inside]:
    """The texts of a message, part or file, and its files that cannot be searched."""
    if depth > _DEEPEST:
        yield Inside(path, "", "unknown")
        return
    reader = _reader_of(content)
    if reader is not None:
        yield Inside(path, content.decode("utf-8", "replace"))  # names and uncompressed content
        yield from reader(content, path, depth)
    elif looks_like_message(content):
        yield from _in_message(content, path, depth)
    else:
        yield from _in_text(content, charset, path)
        reason = _reason(content, media_type)
        if reason:
            yield Inside(path, "", reason)


def is_packed(content: bytes) -> bool:
    """Whether bytes are a container, RTF or a message, which hold more than their bytes as text."""
    return _reader_of(content) is not None or content.startswith(b"{\\rtf") or looks_like_message(content)


def looks_like_message(content: bytes) -> bool:
    """Whether bytes begin like the header of a message, whatever their label."""
    return _MESSAGE.match(content, 0, 20_000) is not None


def fields_text(fields: Iterator[bytes]) -> str:
    """Header fields in every way that they are read, separated by `BORDER`."""
    return BORDER.join(text for raw in fields for text in _texts_of_field(raw))


def _texts_of_field(raw: bytes) -> Iterator[str]:
    text = unfold(raw)
    yield text
    if "=?" in text:
        yield decode_field(raw)
    if ";" in text and "=" in text:
        yield from parameters(text).values()


def texts_of_part(part: MimePart, depth: int = 1) -> Iterator[Inside]:
    """The texts of a leaf part."""
    name = part.file_name or ""
    if part.charset or part.media_type.startswith("text/"):
        yield Inside(name, part.exact_text)
        if part.is_flowed or part.media_type in RICH_TEXTS:
            yield Inside(name, part.text)
    if part.is_broken:
        yield Inside(name, part.raw_body.decode("utf-8", "replace"))
    yield from look_inside(part.content, part.charset, part.media_type, path=name, depth=depth)


def _in_message(content: bytes, path: str, depth: int) -> Iterator[Inside]:
    message = parse_once(content)
    fields = [field.raw for field in message.header]
    fields += [field.name.encode("utf-8", "replace") for field in message.header]
    for part in message.walk():
        if part.path != "1":
            fields += [field.raw for field in part.header]
        if part.nested is not None:
            fields += [field.raw for field in part.nested.header]
        elif part.children:
            yield Inside(path, part.around_parts.decode("utf-8", "replace"))
        else:
            for found in texts_of_part(part, depth + 1):
                yield found._replace(path=_below(path, found.path))
    yield Inside(path, fields_text(iter(fields)))


def _below(path: str, name: str) -> str:
    return f"{path}/{name}" if path and name else path or name


def _in_text(content: bytes, charset: str | None, path: str) -> Iterator[Inside]:
    """Bytes as text in each charset that they may be in."""
    if content.isascii() and b"\0" not in content and b"\x1b" not in content and not charset:
        yield Inside(path, content.decode("ascii"))
    else:
        found = {to_text(content, charset)[0], content.decode("utf-8", "replace")}
        if b"\0" in content and not content.startswith(_PICTURES):
            found |= {
                content[skip:].decode(f"utf-16-{end}", "replace") for end in ("le", "be") for skip in (0, 1)
            }
        if "\ufffd" in content.decode("utf-8", "replace"):
            likely = _LIKELY[:1] if _reason(content, "") else _LIKELY
            found |= {content.decode(charset, "replace") for charset in likely}
        for text in sorted(found):
            yield Inside(path, text)
    if content.startswith(b"{\\rtf"):
        yield Inside(path, text_of_rtf(content))
    if content.startswith(b"\x89PNG"):
        for match in _PACKED_IN_PICTURE.finditer(content):
            with suppress(zlib.error):
                packed = zlib.decompressobj().decompress(content[match.end() :], _MOST)
                yield Inside(path, packed.decode("utf-8", "replace"))


def _reason(content: bytes, media_type: str) -> str:
    """The reason why the bytes of a file, read as text, may not show all its text; empty if they do."""
    if content.startswith(_PICTURES) or (media_type.startswith("image/") and "svg" not in media_type):
        return "picture"
    if content.startswith(_PACKED_OTHERWISE):
        return "unknown"
    if media_type.startswith(("audio/", "video/")):
        return "media"
    if _ENCRYPTED.search(content, 0, 4096) or "enveloped" in media_type:
        return "encrypted"
    if media_type.startswith("font/") or media_type.endswith("-signature"):
        return ""
    sample = content[:4096].replace(b"\0", b"") if _is_utf_16(content) else content[:4096]
    odd = len(sample) - len(sample.translate(None, _ODD))
    return "unknown" if odd * 20 > len(sample) else ""


def _is_utf_16(content: bytes) -> bool:
    return (
        content.startswith((b"\xff\xfe", b"\xfe\xff"))
        or 0.4 < content[:4096].count(0) / (len(content[:4096]) or 1) < 0.6
    )


Reader = Callable[[bytes, str, int], Iterator[Inside]]


def _reader_of(content: bytes) -> Reader | None:
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _in_zip
    if content.startswith(b"%PDF") or b"%PDF-" in content[:1024]:
        return _in_pdf
    if content[_TAR] == b"ustar":
        return _in_tar
    for magic, unpack in _STREAMS.items():
        if content.startswith(magic):
            return unpack
    return None


def _in_zip(content: bytes, path: str, depth: int) -> Iterator[Inside]:
    room = _MOST
    of_office: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield Inside(path, archive.comment.decode("utf-8", "replace"))
            for info in archive.infolist():
                yield Inside(path, info.filename + BORDER + info.comment.decode("utf-8", "replace"))
                inner = _below(path, info.filename)
                if info.flag_bits & 1:
                    yield Inside(inner, "", "locked")
                elif room <= 0:
                    yield Inside(inner, "", "unknown")
                else:
                    try:
                        with archive.open(info) as file:
                            unpacked = file.read(room)
                    except _UNREADABLE:
                        yield Inside(inner, "", "damaged")
                        continue
                    room -= len(unpacked)
                    if is_read(info.filename):
                        of_office[info.filename] = unpacked
                    yield from look_inside(unpacked, path=inner, depth=depth + 1)
    except _UNREADABLE:
        yield Inside(path, "", "damaged")
    yield from (Inside(path, text) for text in texts_of_office(of_office))


def _in_tar(content: bytes, path: str, depth: int) -> Iterator[Inside]:
    room = _MOST
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for info in archive:
                yield Inside(path, BORDER.join((info.name, info.linkname, info.uname, info.gname)))
                file = archive.extractfile(info) if info.isfile() and room > 0 else None
                if file is not None:
                    unpacked = file.read(room)
                    room -= len(unpacked)
                    yield from look_inside(unpacked, path=_below(path, info.name), depth=depth + 1)
    except _UNREADABLE:
        yield Inside(path, "", "damaged")


def _unpacker(make: Callable[[], zlib._Decompress | bz2.BZ2Decompressor | lzma.LZMADecompressor]) -> Reader:
    def unpack(content: bytes, path: str, depth: int) -> Iterator[Inside]:
        try:
            inner = make().decompress(content, _MOST)
        except _UNREADABLE:
            inner = b""
        if inner:
            yield from look_inside(inner, path=path, depth=depth + 1)
        else:
            yield Inside(path, "", "damaged")

    return unpack


_STREAMS: dict[bytes, Reader] = {
    b"\x1f\x8b": _unpacker(lambda: zlib.decompressobj(31)),
    b"BZh": _unpacker(bz2.BZ2Decompressor),
    b"\xfd7zXZ": _unpacker(lzma.LZMADecompressor),
    b"\x78\x9c": _unpacker(zlib.decompressobj),
    b"\x78\xda": _unpacker(zlib.decompressobj),
}


def _in_pdf(content: bytes, path: str, depth: int) -> Iterator[Inside]:
    from dsr_report.mime.pdf_text import texts_of_pdf  # noqa: PLC0415 - a heavy library, and few exports hold a PDF

    for match in _STREAM.finditer(content):
        end = content.find(b"endstream", match.end())
        try:
            stream = zlib.decompressobj().decompress(content[match.end() : end if end >= 0 else None], _MOST)
        except zlib.error:
            continue
        if not stream.startswith(_PICTURES):
            yield Inside(path, stream.decode("latin-1"))
    try:
        for text, attached in texts_of_pdf(content):
            if attached is None:
                yield Inside(path, text)
            else:
                yield from look_inside(attached, path=_below(path, text), depth=depth + 1)
    except ValueError as error:
        yield Inside(path, "", str(error))
