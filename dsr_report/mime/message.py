"""A complete message as bytes → its header and parts. Nothing is lost, and no bytes make it fail.

Parsed by hand on top of the standard library's codecs: ten times as fast as `email` with
`policy.default`, and, unlike faster libraries, with every header field in order, nested messages, and
charsets reported. What was wrong is a note (`defects`); the raw bytes are always kept.
"""

from __future__ import annotations

import hashlib
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property

from dsr_report.mime.header import HeaderField, decode_base64, parameters, parse_header, split_header, to_text
from dsr_report.mime.names import safe_file_name
from dsr_report.mime.plain_text import text_of_html

_DEEPEST = 30
_UU = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]+)\r?\n(.*?)^end\s*$", re.DOTALL | re.MULTILINE)


def wire_of_text(text: str) -> bytes:
    """The bytes of a message that an export holds as text.

    JSON transports characters, messages are bytes: characters are written as UTF-8. Bytes that were no
    UTF-8 and were read as lone surrogates (U+DC80 to U+DCFF) become those bytes again.
    """
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def text_of_wire(wire: bytes) -> str:
    """The text whose `wire_of_text` is `wire`."""
    return wire.decode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class MimePart:
    """One part of a message. `path` numbers it (`1.2`); containers have `children`, leaves have content."""

    path: str
    header: tuple[HeaderField, ...]
    media_type: str
    parameters: dict[str, str]
    raw_body: bytes
    transfer_encoding: str
    disposition: str | None
    file_name: str | None
    content_id: str | None
    content_location: str | None
    defects: tuple[str, ...]
    children: tuple[MimePart, ...] = ()
    nested: MimeMessage | None = None
    piece: bytes = b""
    """Header and body together, as they stand in the container; empty for the root."""

    @property
    def is_container(self) -> bool:
        """Whether it holds parts rather than content."""
        return bool(self.children) or self.nested is not None

    @cached_property
    def _decoded(self) -> tuple[bytes, bool]:
        encoding = self.transfer_encoding
        if encoding == "base64":
            return decode_base64(self.raw_body)
        if encoding == "quoted-printable":
            return quopri.decodestring(self.raw_body), False
        if encoding in {"x-uuencode", "uuencode", "uue", "x-uue"}:
            return _uudecoded(self.raw_body)
        return self.raw_body, False

    @property
    def content(self) -> bytes:
        """The content, its transfer encoding undone."""
        return self._decoded[0]

    @property
    def charset(self) -> str | None:
        """The declared charset."""
        return self.parameters.get("charset")

    @cached_property
    def _text(self) -> tuple[str, str, str | None]:
        return to_text(self.content, self.charset)

    @property
    def text(self) -> str:
        """The content as text, with line feeds as line ends."""
        return self._text[0].replace("\r\n", "\n").replace("\r", "\n")

    @property
    def charset_used(self) -> str:
        """The charset that the text was read with."""
        return self._text[1]

    @property
    def notes(self) -> tuple[str, ...]:
        """What was wrong with the part, its content included (which is decoded for it)."""
        found = list(self.defects)
        if self._decoded[1]:
            found.append(f"its {self.transfer_encoding} is broken")
        if self.media_type.startswith("text/") and not self.is_container and self._text[2]:
            found.append(self._text[2])
        return tuple(found)

    @property
    def is_attachment(self) -> bool:
        """Whether a reader would see it as a file: by disposition, by name, or for want of another use."""
        if self.is_container and self.nested is None:
            return False
        if self.disposition == "attachment" or self.nested is not None:
            return True
        if self.media_type in {"text/plain", "text/html", "text/x-amp-html"}:
            return self.file_name is not None and self.disposition != "inline"
        return not (
            self.media_type.startswith("image/") and (self.content_id or self.disposition == "inline")
        )

    @property
    def is_inline(self) -> bool:
        """Whether the message's HTML can show it."""
        return not self.is_container and (self.content_id or self.content_location) is not None

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the decoded content."""
        return hashlib.sha256(self.content if self.nested is None else self.raw_body).hexdigest()

    @property
    def size_bytes(self) -> int:
        """Size of the decoded content."""
        return len(self.content if self.nested is None else self.raw_body)

    @property
    def safe_file_name(self) -> str:
        """A name to write it under; two parts may have the same one."""
        number = int(self.path.rsplit(".", 1)[-1])
        return safe_file_name(self.file_name, self.media_type, number=number)

    def walk(self) -> Iterator[MimePart]:
        """This part and all below it, nested messages' parts included."""
        stack: list[MimePart] = [self]
        while stack:
            part = stack.pop()
            yield part
            below = part.nested.parts if part.nested is not None else part.children
            stack.extend(reversed(below))


@dataclass(frozen=True)
class MimeMessage:
    """A message: its raw bytes, its header, and the root of its parts (`parts` has that one part)."""

    raw: bytes
    header: tuple[HeaderField, ...]
    root: MimePart
    defects: tuple[str, ...] = field(default=())

    @property
    def parts(self) -> tuple[MimePart, ...]:
        """The top of the tree."""
        return (self.root,)

    def walk(self) -> Iterator[MimePart]:
        """Every part, containers included, in the order of the message."""
        return self.root.walk()

    def get(self, name: str) -> str | None:
        """The first field of that name, decoded."""
        wanted = name.lower()
        return next((f.value for f in self.header if f.name.lower() == wanted), None)

    @property
    def subject(self) -> str | None:
        """The subject, decoded."""
        return self.get("subject")

    @property
    def sender(self) -> str | None:
        """From, decoded."""
        return self.get("from")

    @property
    def recipients(self) -> tuple[str, ...]:
        """To and Cc, decoded, a text for each field."""
        return tuple(f.value for f in self.header if f.name.lower() in {"to", "cc"})

    @property
    def message_id(self) -> str | None:
        """Message-ID, as it stands."""
        return self.get("message-id")

    @cached_property
    def date(self) -> datetime | None:
        """Date, with its zone; UTC where it names none; None where it is no date."""
        raw = self.get("date")
        if raw is None:
            return None
        try:
            at = parsedate_to_datetime(raw)
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None

    def _bodies(self, media_type: str) -> Iterator[MimePart]:
        stack = [self.root]
        while stack:
            part = stack.pop()
            if part.nested is not None:
                continue
            if part.children:
                stack.extend(reversed(part.children))
            elif part.media_type == media_type and not part.is_attachment:
                yield part

    @cached_property
    def html(self) -> str | None:
        """The HTML body (all of them, one after the other, where there are several), or None."""
        bodies = [part.text for part in self._bodies("text/html")]
        return "\n".join(bodies) if bodies else None

    @cached_property
    def plain(self) -> str | None:
        """The plain-text body that the sender wrote, or None."""
        bodies = [part.text for part in self._bodies("text/plain")]
        return "\n".join(bodies) if bodies else None

    @cached_property
    def text(self) -> str | None:
        """The best text: the sender's own, or else made from the HTML, with the addresses of its links."""
        if self.plain is not None and self.plain.strip():
            return self.plain
        return text_of_html(self.html) if self.html is not None else self.plain

    @property
    def attachments(self) -> tuple[MimePart, ...]:
        """Files that came with it, attached messages included (but not their own attachments)."""
        found = []
        stack = [self.root]
        while stack:
            part = stack.pop()
            stack.extend(reversed(part.children))
            if part.is_attachment:
                found.append(part)
        return tuple(found)

    @property
    def inline(self) -> dict[str, MimePart]:
        """Parts that HTML can show, by Content-ID and by Content-Location."""
        found: dict[str, MimePart] = {}
        for part in self.walk():
            for key in (part.content_id, part.content_location):
                if key and not part.is_container:
                    found.setdefault(key, part)
        return found

    def find(self, content_id: str) -> MimePart | None:
        """The part with this Content-ID (with or without angle brackets)."""
        return self.inline.get(content_id.strip().strip("<>"))

    @property
    def notes(self) -> tuple[str, ...]:
        """What was wrong anywhere in the message (its parts are decoded for it)."""
        found = list(self.defects)
        for part in self.walk():
            found.extend(f"part {part.path}: {note}" for note in part.notes)
        return tuple(dict.fromkeys(found))


def parse(raw: bytes | str) -> MimeMessage:
    """A message, from its bytes, or from the text that an export holds of it. Never fails."""
    wire = wire_of_text(raw) if isinstance(raw, str) else raw
    return _message(wire, "1", 0)


def _message(wire: bytes, path: str, depth: int) -> MimeMessage:
    block, body, problem = split_header(wire)
    header, defects = parse_header(block)
    root = _part(header, body, path, depth, ())
    return MimeMessage(wire, header, root, ((problem,) if problem else ()) + defects)


def _part(
    header: tuple[HeaderField, ...],
    body: bytes,
    path: str,
    depth: int,
    defects: tuple[str, ...],
    *,
    piece: bytes = b"",
) -> MimePart:
    fields: dict[str, str] = {}
    for entry in header:
        fields.setdefault(entry.name.lower(), entry.value)
    content_type = fields.get("content-type", "text/plain")
    media_type = content_type.partition(";")[0].strip().lower()
    found = list(defects)
    if not re.fullmatch(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+", media_type):
        found.append("its media type cannot be read")
        media_type = "text/plain"
    type_parameters = parameters(content_type) if ";" in content_type else {}
    encoding = fields.get("content-transfer-encoding", "7bit").partition(";")[0].strip().lower()
    if encoding not in _ENCODINGS:
        found.append(f"the transfer encoding {encoding[:40]!r} is unknown")
    disposition_field = fields.get("content-disposition")
    disposition = disposition_field.partition(";")[0].strip().lower() if disposition_field else None
    file_name = None
    if disposition_field and ";" in disposition_field:
        file_name = parameters(disposition_field).get("filename")
    file_name = file_name or type_parameters.get("name")
    children: tuple[MimePart, ...] = ()
    nested = None
    if depth >= _DEEPEST and media_type.startswith(("multipart/", "message/")):
        found.append("it is nested too deeply to be taken apart")
    elif media_type.startswith("multipart/"):
        children, problems = _children(body, type_parameters.get("boundary"), media_type, path, depth)
        found.extend(problems)
    elif media_type in {"message/rfc822", "message/global"}:
        content = decode_base64(body)[0] if encoding == "base64" else body
        content = quopri.decodestring(body) if encoding == "quoted-printable" else content
        nested = _message(content, f"{path}.1", depth + 1)
    content_id = fields.get("content-id")
    return MimePart(
        path=path,
        header=header,
        media_type=media_type,
        parameters=type_parameters,
        raw_body=body,
        transfer_encoding=encoding,
        disposition=disposition,
        file_name=file_name,
        content_id=content_id.strip().strip("<>") if content_id else None,
        content_location=fields.get("content-location"),
        defects=tuple(found),
        children=children,
        nested=nested,
        piece=piece,
    )


_ENCODINGS = {
    "7bit", "8bit", "binary", "base64", "quoted-printable", "x-uuencode", "uuencode", "uue", "x-uue", "",
}  # fmt: skip


def _children(
    body: bytes, boundary: str | None, media_type: str, path: str, depth: int
) -> tuple[tuple[MimePart, ...], list[str]]:
    problems: list[str] = []
    if not boundary:
        guess = re.match(rb"\s*--([^\r\n]{1,200}?)[ \t]*\r?\n", body)
        if guess is None:
            return (), ["it has no boundary, and is shown as it is"]
        problems.append("its boundary was not declared, and was guessed")
        mark = guess.group(1)
    else:
        mark = boundary.encode("utf-8", "surrogateescape") if boundary.isascii() else wire_of_text(boundary)
    pieces, closed = _pieces(body, mark)
    if not pieces:
        return (), [*problems, "its boundary does not occur, and it is shown as it is"]
    if not closed:
        problems.append("its last boundary is missing")
    children = []
    for number, piece in enumerate(pieces, 1):
        block, content, problem = split_header(piece) if piece else (b"", b"", None)
        header, defects = parse_header(block)
        if media_type == "multipart/digest" and not any(f.name.lower() == "content-type" for f in header):
            header = (*header, HeaderField("Content-Type", "message/rfc822", b" message/rfc822"))
        notes = defects + ((problem,) if problem and problem != "no header" else ())
        children.append(_part(header, content, f"{path}.{number}", depth + 1, notes, piece=piece))
    return tuple(children), problems


def _pieces(body: bytes, boundary: bytes) -> tuple[list[bytes], bool]:
    """The parts between the delimiter lines, and whether the closing one is there."""
    delimiter = b"--" + boundary
    pieces: list[bytes] = []
    start: int | None = None
    at = body.find(delimiter)
    while at >= 0:
        after = at + len(delimiter)
        end = body.find(b"\n", after)
        line_end = end + 1 if end >= 0 else len(body)
        rest = body[after:line_end].strip()
        if (at == 0 or body[at - 1 : at] == b"\n") and rest in {b"", b"--"}:
            if start is not None:
                pieces.append(_without_last_line_end(body[start:at]))
            if rest == b"--":
                return pieces, True
            start = line_end
            at = body.find(delimiter, line_end)
        else:
            at = body.find(delimiter, after)
    if start is not None:
        pieces.append(body[start:])
    return pieces, False


def _without_last_line_end(piece: bytes) -> bytes:
    if piece.endswith(b"\r\n"):
        return piece[:-2]
    return piece[:-1] if piece.endswith(b"\n") else piece


def _uudecoded(raw: bytes) -> tuple[bytes, bool]:
    import binascii  # noqa: PLC0415 - rarely needed

    match = _UU.search(raw)
    if match is None:
        return raw, True
    out = bytearray()
    broken = False
    for line in match.group(2).splitlines():
        try:
            out += binascii.a2b_uu(line)
        except binascii.Error:
            broken = True
    return bytes(out), broken
