"""Passages taken out of a message, however they are encoded in it; all other bytes stay as they are.

Used for masking and withholding. Header fields and parts that hold a passage in any decoded form are
decoded, changed and encoded again with the same transfer encoding; a DKIM signature over them no longer
verifies, and cannot.
"""

from __future__ import annotations

import base64
import binascii
import html
import quopri
import re
from collections.abc import Callable, Iterator, Sequence
from email.header import Header
from functools import lru_cache
from urllib.parse import quote, quote_plus, unquote

from dsr_report.mime.charsets import to_text
from dsr_report.mime.header import decoded, split_header
from dsr_report.mime.message import MimePart, parse


@lru_cache(maxsize=256)
def forms_of(passage: str) -> tuple[str, ...]:
    """The spellings under which a passage can stand inside a text, the plain one first."""
    candidates = [
        passage,
        quote(passage, safe="", errors="surrogatepass"),
        quote(passage, safe="/@:+", errors="surrogatepass"),
        quote_plus(passage, safe="@.", errors="surrogatepass"),
        html.escape(passage),
        html.escape(passage, quote=False),
        passage.replace("@", "&#64;"),
        passage.replace("@", "&#x40;"),
        passage.replace("@", "=40"),
        passage.replace("@", "="),  # VERP: bounce+jan=example.org@…
        passage.replace("/", "\\/"),
    ]
    local, at, domain = passage.rpartition("@")
    if at and not domain.isascii():
        candidates.append(f"{local}@{domain.encode('idna', 'replace').decode('ascii')}")
    candidates.extend(base64_forms(passage))
    return tuple(dict.fromkeys(form for form in candidates if len(form) >= len(passage) or form == passage))


@lru_cache(maxsize=256)
def base64_forms(passage: str) -> tuple[str, ...]:
    """How base64 of a text that holds the passage spells it, at each of the three alignments."""
    raw = passage.encode("utf-8", "surrogatepass")
    found = []
    for shift in range(3):
        padded = base64.b64encode(b"\0" * shift + raw).decode("ascii")
        first = (0, 2, 3)[shift]
        usable = (len(raw) + shift) // 3 * 4
        form = padded[first:usable]
        if len(form) >= 8:
            found.append(form)
    return tuple(found)


@lru_cache(maxsize=256)
def _pattern(passage: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(form) for form in forms_of(passage)), re.IGNORECASE)


def in_text(text: str, passage: str) -> int:
    """How often a text holds a passage, in any spelling."""
    count = len(_pattern(passage).findall(text))
    if not count and "&" in text and passage.casefold() in html.unescape(text).casefold():
        return 1
    if not count and "%" in text and passage.casefold() in unquote(text, errors="replace").casefold():
        return 1
    return count


def occurrences(raw: bytes, passage: str) -> int:
    """How often a message holds a passage: in its bytes, header fields, texts, files, at any depth."""
    return sum(in_text(text, passage) for text in _decoded_texts(raw))


def _decoded_texts(raw: bytes) -> Iterator[str]:
    yield raw.decode("utf-8", "surrogateescape")
    message = parse(raw)
    for field in message.header:
        yield field.value
    for part in message.walk():
        for field in part.header:
            yield field.value
        if part.file_name:
            yield part.file_name
        if part.nested is not None:
            for field in part.nested.header:
                yield field.value
        elif not part.children:
            yield from _texts_of(part.content, part.charset)


def _texts_of(content: bytes, charset: str | None) -> Iterator[str]:
    yield to_text(content, charset)[0]
    yield content.decode("latin-1")
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"} or content[1:2] == b"\0":
        yield content.decode("utf-16", "replace")


def replaced(raw: bytes, replacements: Sequence[tuple[str, str]]) -> bytes:
    """The message with each passage replaced by its mark, wherever and however it is encoded.

    Files that hold a passage in bytes which cannot be changed in place are replaced whole by a text that
    says so (see `without_part`).
    """
    result = _replaced_message(raw, replacements)
    message = parse(result)
    for part in message.walk():
        if part.is_container or part.media_type.startswith("text/"):
            continue
        for passage, mark in replacements:
            if any(in_text(text, passage) for text in _texts_of(part.content, part.charset)):
                result = without_part(result, part.path, mark)
                break
    return result


def _replaced_message(raw: bytes, replacements: Sequence[tuple[str, str]]) -> bytes:
    block, body, _ = split_header(raw)
    message = parse(raw)
    return _replaced_header(block, replacements) + _replaced_body(message.root, body, replacements)


def _substitute(text: str, replacements: Sequence[tuple[str, str]]) -> str:
    for passage, mark in replacements:
        text = _pattern(passage).sub(lambda _, mark=mark: mark, text)  # type: ignore[misc]
        if in_text(text, passage):
            text = _pattern(passage).sub(lambda _, mark=mark: mark, html.unescape(unquote(text)))  # type: ignore[misc]
    return text


def _replaced_header(block: bytes, replacements: Sequence[tuple[str, str]]) -> bytes:
    """Field by field, so that unchanged ones keep every byte."""
    out = bytearray()
    for field in _raw_fields(block):
        name, colon, value = field.partition(b":")
        text = decoded(value) if colon else decoded(field)
        raw_text = field.decode("utf-8", "surrogateescape")
        unfolded = re.sub(r"\r?\n[ \t]", "", raw_text)
        if not any(
            in_text(t, p) for p, _ in replacements for t in (text, raw_text, unfolded, unquote(unfolded))
        ):
            out += field
            continue
        changed = _substitute(text, replacements)
        if any(in_text(unquote(changed), passage) for passage, _ in replacements):
            changed = _substitute(unquote(changed), replacements)
        end = b"\r\n" if field.endswith(b"\r\n") else b"\n" if field.endswith(b"\n") else b""
        out += (name + b": " if colon else b"") + _encoded_field(changed, end or b"\n") + end
    return bytes(out)


def _raw_fields(block: bytes) -> Iterator[bytes]:
    field = b""
    for line in block.splitlines(keepends=True):
        if line[:1] in b" \t" and field and line.strip():
            field += line
            continue
        if field:
            yield field
        field = line
    if field:
        yield field


def _encoded_field(text: str, line_end: bytes) -> bytes:
    text = " ".join(text.splitlines())
    if text.isascii():
        return text.encode("ascii")
    encoded = Header(text.encode("utf-8", "replace").decode("utf-8"), "utf-8", maxlinelen=900).encode(
        linesep=line_end.decode("ascii")
    )
    return encoded.encode("ascii", "replace")


def _replaced_body(part: MimePart, body: bytes, replacements: Sequence[tuple[str, str]]) -> bytes:
    if part.nested is not None:
        inner = _replaced_message(part.nested.raw, replacements)
        return body if inner == part.nested.raw else _encoded_body(inner, part.transfer_encoding, body)
    if part.children:
        return _replaced_children(part, body, replacements)
    if not part.media_type.startswith("text/"):
        return body
    text, charset, _ = to_text(part.content, part.charset)
    changed = _substitute(text, replacements)
    if changed == text:
        return body
    try:
        content = changed.encode(charset)
    except ValueError:
        content = changed.encode(
            charset, "xmlcharrefreplace" if part.media_type == "text/html" else "replace"
        )
    return _encoded_body(content, part.transfer_encoding, body)


def _replaced_children(part: MimePart, body: bytes, replacements: Sequence[tuple[str, str]]) -> bytes:
    """Each child changed where it stands; the text before, between and after them as well."""
    return _with_children(
        part,
        body,
        lambda child, piece: _replaced_piece(child, piece, replacements),
        lambda between: _plainly_replaced(between, replacements),
    )


def _with_children(
    part: MimePart,
    body: bytes,
    change: Callable[[MimePart, bytes], bytes],
    between: Callable[[bytes], bytes] = bytes,
) -> bytes:
    out = bytearray()
    at = 0
    for child in part.children:
        piece = child.piece
        start = body.find(piece, at) if piece else -1
        if start < 0:
            continue
        out += between(body[at:start])
        out += change(child, piece)
        at = start + len(piece)
    out += between(body[at:])
    return bytes(out)


def _replaced_piece(child: MimePart, piece: bytes, replacements: Sequence[tuple[str, str]]) -> bytes:
    block, body, _ = split_header(piece)
    return _replaced_header(block, replacements) + _replaced_body(child, body, replacements)


def _plainly_replaced(raw: bytes, replacements: Sequence[tuple[str, str]]) -> bytes:
    text = raw.decode("utf-8", "surrogateescape")
    changed = _substitute(text, replacements) if any(in_text(text, p) for p, _ in replacements) else text
    return raw if changed == text else changed.encode("utf-8", "surrogateescape")


def _encoded_body(content: bytes, transfer_encoding: str, before: bytes) -> bytes:
    """Content in the transfer encoding that it had; the last line end as it was."""
    line_end = b"\r\n" if b"\r\n" in before else b"\n"
    if transfer_encoding == "base64":
        lines = base64.encodebytes(content).replace(b"\n", line_end)
        return lines if before.endswith(b"\n") else lines.rstrip(b"\r\n")
    if transfer_encoding == "quoted-printable":
        plain = content.replace(b"\r\n", b"\n")
        return quopri.encodestring(plain).replace(b"\n", line_end)
    if transfer_encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
        rows = [binascii.b2a_uu(content[i : i + 45]) for i in range(0, len(content), 45)]
        return b"begin 644 file\n" + b"".join(rows) + b"`\nend\n"
    return content


def without_part(raw: bytes, path: str, note: str) -> bytes:
    """The message with the content of one part (by its path, `1.2`) replaced by a text that says why.

    Header fields of the part that name its file and type are kept; its body becomes the note, as
    `text/plain`.
    """
    message = parse(raw)
    block, body, _ = split_header(raw)
    if path == message.root.path:
        return _noted(raw, note)
    return block + _without(message.root, body, path, note)


def _without(part: MimePart, body: bytes, path: str, note: str) -> bytes:
    def change(child: MimePart, piece: bytes) -> bytes:
        if child.path == path:
            return _noted(piece, note)
        if not path.startswith(f"{child.path}."):
            return piece
        inner_block, inner_body, _ = split_header(piece)
        return inner_block + _without(child, inner_body, path, note)

    if part.nested is not None:
        inner = without_part(part.nested.raw, path, note)
        return _encoded_body(inner, part.transfer_encoding, body)
    return _with_children(part, body, change)


def _noted(piece: bytes, note: str) -> bytes:
    block, _, _ = split_header(piece)
    line_end = b"\r\n" if b"\r\n" in block else b"\n"
    dropped = (b"content-transfer-encoding", b"content-type", b"content-md5", b"content-length")
    kept = [f for f in _raw_fields(block) if f.strip() and not f.lower().startswith(dropped)]
    kept += [
        b"Content-Type: text/plain; charset=utf-8" + line_end,
        b"Content-Transfer-Encoding: base64" + line_end,
        line_end,
    ]
    return b"".join(kept) + base64.encodebytes(note.encode("utf-8")).replace(b"\n", line_end)
