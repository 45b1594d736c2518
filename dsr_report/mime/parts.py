"""The parsed message and its parts: their content, the text that a reader sees, and the files."""

from __future__ import annotations

import hashlib
import html as escaping
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from io import IncrementalNewlineDecoder
from typing import Literal

from dsr_report.mime.bodies import bodies
from dsr_report.mime.charsets import charset_of_page, codec_of, to_text
from dsr_report.mime.defects import Defect, defect
from dsr_report.mime.flowed import unflow
from dsr_report.mime.header import HeaderField
from dsr_report.mime.names import safe_file_name
from dsr_report.mime.pictures import InlineParts
from dsr_report.mime.plain_text import text_of_html
from dsr_report.mime.rich_text import text_of_enriched, text_of_rtf
from dsr_report.mime.transfer import (
    ENCODED,
    DecodedBody,
    UuBlock,
    decode,
    is_broken_quoted_printable,
    uu_blocks,
    yenc_names,
)
from dsr_report.mime.visible import is_visible

_DIGITS = re.compile(r"\d+")
_LINE_END = re.compile(r"\r\n")
_LONGEST_USUAL_PREAMBLE = 500
"""Bytes; the usual note before the parts, for programs without MIME, is one or two sentences."""
EMBEDDED = "~"
"""Separator before the number of an embedded part in its path."""

PartKind = Literal[
    "amp", "appointment", "business-card", "delivery-report", "encrypted", "message", "outlook", "signature",
    "signed", "text",
]  # fmt: skip
_KINDS: dict[str, PartKind] = {
    "text/x-amp-html": "amp",
    "text/calendar": "appointment",
    "application/ics": "appointment",
    "text/vcard": "business-card",
    "text/x-vcard": "business-card",
    "text/directory": "business-card",
    "message/delivery-status": "delivery-report",
    "message/disposition-notification": "delivery-report",
    "message/feedback-report": "delivery-report",
    "text/rfc822-headers": "delivery-report",
    "application/ms-tnef": "outlook",
    "application/vnd.ms-tnef": "outlook",
    "application/pkcs7-signature": "signature",
    "application/x-pkcs7-signature": "signature",
    "application/pgp-signature": "signature",
    "text/enriched": "text",
    "text/rtf": "text",
    "text/richtext": "text",
    "text/markdown": "text",
}
RICH_TEXTS = {"text/rtf", "text/richtext", "text/enriched"}
_READABLE = {"amp", "appointment", "business-card", "delivery-report", "text"}
_LONGEST_READABLE = 50_000
"""Bytes printed of a text that is not the body: some 15 pages. The file has all of it."""


@dataclass(frozen=True, eq=False)
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
    form_defects: tuple[Defect, ...]
    """Defects of its header and structure; `defects` adds those of its content."""
    children: tuple[MimePart, ...] = ()
    nested: MimeMessage | None = None
    piece: bytes = b""
    """Header and body together, as in the container; empty for the root."""
    start: int = 0
    """Offset of `piece` in its container's `inner`."""
    inner: bytes = b""
    """The bytes that contain the parts below it: its body, decoded if that was encoded as a whole."""
    is_opened: bool = False
    """Whether `nested` was extracted from a signed structure, and is shown in its place."""

    @property
    def is_container(self) -> bool:
        """Whether it holds parts rather than content."""
        return bool(self.children) or self.nested is not None

    @cached_property
    def _around(self) -> tuple[bytes, ...]:
        ends = [0, *(child.start + len(child.piece) for child in self.children)]
        starts = [*(child.start for child in self.children), len(self.inner)]
        return tuple(self.inner[end:start] for end, start in zip(ends, starts, strict=True))

    @property
    def around_parts(self) -> bytes:
        """The bytes before, between and after the parts below it."""
        return b"\n".join(self._around)

    @cached_property
    def _decoded(self) -> DecodedBody:
        return decode(self.raw_body, self.transfer_encoding)

    @property
    def content(self) -> bytes:
        """The content without its transfer encoding; for a text, with the text after the encoded data."""
        found = self._decoded
        return found.content + b"\n" + found.rest if found.rest and self.is_text else found.content

    @property
    def is_broken(self) -> bool:
        """Whether the content violates its transfer encoding, or is followed by more."""
        return self._decoded.is_broken or bool(self._decoded.rest)

    @property
    def is_text(self) -> bool:
        """Whether its media type is a text type."""
        return self.media_type.startswith("text/") and not self.is_container

    @property
    def charset(self) -> str | None:
        """The declared charset."""
        return self.parameters.get("charset")

    @cached_property
    def _text(self) -> tuple[str, str, Defect | None]:
        charset, problem = self.charset, None
        if self.media_type == "text/html" and (not charset or codec_of(charset) is None):
            in_page = charset_of_page(self.content)
            if in_page and charset:
                problem = defect("charset-unknown-page-used", charset)
            charset = in_page or charset
        found = to_text(self.content, charset, is_raw=self.transfer_encoding not in ENCODED)
        return found if problem is None else (found[0], found[1], problem)

    @cached_property
    def _lines(self) -> str:
        text = self._text[0]
        # The standard library's own newline decoder: half the time of two replacements.
        return (
            IncrementalNewlineDecoder(None, translate=True).decode(text, final=True) if "\r" in text else text
        )

    @cached_property
    def _uu_blocks(self) -> tuple[UuBlock, ...]:
        return tuple(uu_blocks(self._lines)) if self.media_type == "text/plain" else ()

    @cached_property
    def text(self) -> str:
        """The content as a reader sees it: unflowed, without embedded files, with line feeds as line ends."""
        text = self._lines
        if self.media_type in RICH_TEXTS:
            return text_of_rtf(self.content) if text.startswith("{\\rtf") else text_of_enriched(text)
        if self.media_type != "text/plain":
            return text
        if self._uu_blocks:
            borders = [0, *(border for block in self._uu_blocks for border in block[:2]), len(text)]
            text = "".join(text[start:end] for start, end in zip(borders[::2], borders[1::2], strict=True))
        if self.is_flowed:
            text = unflow(text, delete_space=self.parameters.get("delsp", "").lower() == "yes")
        return text

    @property
    def is_flowed(self) -> bool:
        """Whether its lines are flowed (RFC 3676)."""
        return self.parameters.get("format", "").lower() == "flowed" and self.media_type == "text/plain"

    @property
    def is_without_text(self) -> bool:
        """Whether its media type is that of pictures, sounds, films or fonts."""
        return self.media_type.startswith(("image/", "audio/", "video/", "font/"))

    @property
    def exact_text(self) -> str:
        """The content as text, with its original line ends."""
        return self._text[0]

    @property
    def charset_used(self) -> str:
        """The charset that the text was decoded with."""
        return self._text[1]

    @property
    def defects(self) -> tuple[Defect, ...]:
        """Defects of the part and of its content, which is decoded."""
        found = list(self.form_defects)
        encoding = self.transfer_encoding
        is_broken = self._decoded.is_broken
        if encoding == "quoted-printable":
            is_broken = is_broken_quoted_printable(self.raw_body)
        if is_broken:
            found.append(defect("encoding-broken", encoding))
        if self._decoded.rest:
            found.append(defect("base64-ended-early"))
        if self.is_text:
            if self._text[2]:
                found.append(self._text[2])
            if self._uu_blocks:
                found.append(defect("uuencoded-file"))
            if self.media_type == "text/plain" and yenc_names(self._lines):
                found.append(defect("yenc-file"))
        if self.children and self.embedded:
            found.append(defect("text-around-parts"))
        return tuple(one._replace(part=self.path) for one in found)

    @cached_property
    def embedded(self) -> tuple[MimePart, ...]:
        """Files embedded in its text, and texts around its parts, each as a `MimePart`."""
        if self.children:
            return self._texts_around()
        return tuple(
            self._embedded_part(number, "application/octet-stream", block.content, block.name)
            for number, block in enumerate(self._uu_blocks, 1)
        )

    @cached_property
    def embedded_at(self) -> tuple[tuple[int, int], ...]:
        """The span of each embedded file in `exact_text`, including its begin and end lines."""
        pairs = [match.start() - number for number, match in enumerate(_LINE_END.finditer(self.exact_text))]
        return tuple(
            (block.start + bisect_left(pairs, block.start), block.end + bisect_left(pairs, block.end))
            for block in self._uu_blocks
        )

    def _texts_around(self) -> tuple[MimePart, ...]:
        """The texts before, between and after the parts, except the usual MIME note and empty lines."""
        found: list[MimePart] = []
        for position, piece in enumerate(self._around):
            lines = [line for line in piece.splitlines(keepends=True) if not line.startswith(b"--")]
            content = b"".join(lines).strip(b"\r\n")
            is_usual = not position and len(content) < _LONGEST_USUAL_PREAMBLE and b"MIME" in content
            if content.strip() and not is_usual and is_visible(content.decode("utf-8", "replace")):
                found.append(self._embedded_part(len(found) + 1, "text/plain", content, None))
        return tuple(found)

    def _embedded_part(self, number: int, media_type: str, content: bytes, name: str | None) -> MimePart:
        return MimePart(
            path=f"{self.path}{EMBEDDED}{number}",
            header=(),
            media_type=media_type,
            parameters={},
            raw_body=content,
            transfer_encoding="8bit",
            disposition="attachment",
            file_name=name,
            content_id=None,
            content_location=None,
            form_defects=(),
        )

    @property
    def kind(self) -> PartKind | None:
        """What it is to a person; None for an ordinary file."""
        if self.nested is not None:
            return "signed" if self.is_opened else "message"
        if any(one.code == "encrypted" for one in self.form_defects):
            return "encrypted"
        if self.media_type in {"text/plain", "text/html"} and self.file_name is None:
            return "text"
        return _KINDS.get(self.media_type)

    @property
    def readable(self) -> str | None:
        """The text of a part that is readable itself: a message, an appointment, an alternative body."""
        if self.nested is not None:
            return None if self.is_opened else self.nested.text
        if self.kind not in _READABLE or len(self.content) > _LONGEST_READABLE:
            return None
        return self.plain_text

    @property
    def plain_text(self) -> str:
        """The text; of a page that which is read in it."""
        is_page = self.media_type in {"text/html", "text/x-amp-html"}
        return text_of_html(self.text) if is_page else self.text

    @property
    def is_picture_in_text(self) -> bool:
        """Whether it is a picture for display in the text: not an attachment, and referable or inline."""
        return (
            self.media_type.startswith("image/")
            and self.disposition != "attachment"
            and bool(self.content_id or self.content_location or self.disposition == "inline")
        )

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the disclosed file, in hexadecimal."""
        return hashlib.sha256(self.file_content).hexdigest()

    @property
    def size_bytes(self) -> int:
        """Size of the disclosed file in bytes."""
        return len(self.file_content)

    @property
    def file_content(self) -> bytes:
        """The bytes that are disclosed as a file: the content, or the whole attached message."""
        return self._decoded.content if self.nested is None or self.is_opened else self.nested.raw

    @property
    def safe_file_name(self) -> str:
        """A safe name for the file; two parts may have the same one."""
        number = int(_DIGITS.findall(self.path)[-1])
        return safe_file_name(self.file_name, self.media_type, number=number)

    def walk(self) -> Iterator[MimePart]:
        """This part and all below it, including parts of nested messages and embedded files."""
        return self._walk(into_messages=True)

    def walk_own(self) -> Iterator[MimePart]:
        """Like `walk`, without the parts of attached messages; those of a signed message are its own."""
        return self._walk(into_messages=False)

    def _walk(self, *, into_messages: bool) -> Iterator[MimePart]:
        stack: list[MimePart] = [self]
        while stack:
            part = stack.pop()
            yield part
            if part.nested is not None:
                if into_messages or part.is_opened:
                    stack.append(part.nested.root)
                continue
            if part.children or part.media_type == "text/plain":
                stack.extend(reversed(part.embedded))
            stack.extend(reversed(part.children))


@dataclass(frozen=True, eq=False)
class MimeMessage:
    """A message: its raw bytes, its header, and the root of its parts (`parts` has that one part)."""

    raw: bytes
    header: tuple[HeaderField, ...]
    root: MimePart
    header_defects: tuple[Defect, ...] = field(default=())

    @property
    def parts(self) -> tuple[MimePart, ...]:
        """The root part."""
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
        """To and Cc, decoded, one text per field."""
        return tuple(f.value for f in self.header if f.name.lower() in {"to", "cc"})

    @property
    def message_id(self) -> str | None:
        """Message-ID, unchanged."""
        return self.get("message-id")

    @cached_property
    def date(self) -> datetime | None:
        """Date, with its zone; UTC if it names none; None if it is no date."""
        raw = self.get("date")
        if raw is None:
            return None
        try:
            at = parsedate_to_datetime(raw)
            if not MINYEAR < at.year < MAXYEAR:  # the year would leave datetime's range in some time zones
                return None
            return at if at.tzinfo else at.replace(tzinfo=UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None

    @cached_property
    def _plain_version(self) -> tuple[MimePart, ...]:
        return bodies(self.root, "text/plain")

    @cached_property
    def _html_version(self) -> tuple[MimePart, ...]:
        return bodies(self.root, "text/html")

    @property
    def bodies(self) -> tuple[MimePart, ...]:
        """The parts that are its text, in one version or the other."""
        return (*self._plain_version, *self._html_version)

    @cached_property
    def html(self) -> str | None:
        """The body as HTML, several parts one below the other; None if it has none."""
        found = self._html_version
        if not any(part.media_type == "text/html" for part in found):
            return None
        return "\n".join(
            part.text
            if part.media_type == "text/html"
            else f'<div style="white-space:pre-wrap">{escaping.escape(part.text, quote=False)}</div>'
            for part in found
        )

    @cached_property
    def plain(self) -> str | None:
        """The plain-text body that the sender wrote, or None."""
        found = [part.text for part in self._plain_version if part.media_type != "text/html"]
        return "\n".join(found) if found else None

    @cached_property
    def text(self) -> str | None:
        """The best text: the sender's plain text, or else made from the HTML, with link addresses."""
        found = self._plain_version
        return "\n".join(part.plain_text for part in found) if found else None

    @cached_property
    def files(self) -> tuple[MimePart, ...]:
        """Every part that is not the body, including pictures, and parts declared as attachments.

        Attached messages are among them; their own files are `part.nested.files`.
        """
        shown = {id(part) for part in self.bodies}
        found = []
        for part in self.root.walk_own():
            if part.children:
                continue
            if id(part) in shown and part.disposition != "attachment":
                continue
            is_empty = part.file_name is None and part.is_text and not is_visible(part.text)
            if part.nested is not None or not is_empty:
                found.append(part)
        return tuple(found)

    @property
    def all_files(self) -> Iterator[MimePart]:
        """The `files`, each attached message followed by its own files, at any depth.

        A message within an attached message is part of that one's bytes, and is not repeated.
        """
        for part in self.files:
            yield part
            if part.nested is not None and not part.is_opened:
                yield from (file for file in part.nested.all_files if file.nested is None)

    @property
    def attachments(self) -> tuple[MimePart, ...]:
        """The `files` without pictures for display in the text."""
        return tuple(part for part in self.files if not part.is_picture_in_text)

    @cached_property
    def inline(self) -> InlineParts:
        """The parts that its HTML can show: its own, then those of attached messages."""
        own = [part for part in self.root.walk_own() if not part.is_container]
        return InlineParts([*own, *(part for part in self.walk() if not part.is_container)])

    def find(self, reference: str) -> MimePart | None:
        """The part that a reference in its HTML points to (`cid:…`, a location, a name), or with this id."""
        return self.inline.find(reference)

    @property
    def defects(self) -> tuple[Defect, ...]:
        """Defects anywhere in the message, whose parts are decoded."""
        found = list(self.header_defects)
        for part in self.walk():
            found.extend(part.defects)
            if part.nested is not None:
                found.extend(one._replace(part=part.nested.root.path) for one in part.nested.header_defects)
        return tuple(dict.fromkeys(found))
