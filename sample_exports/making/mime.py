"""MIME messages as text, built by hand to allow the irregularities of real ones."""

from __future__ import annotations

import base64
import quopri
from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a message: its header fields, and its encoded body."""

    fields: tuple[tuple[str, str], ...]
    body: str

    def with_fields(self, *fields: tuple[str, str]) -> Part:
        """A copy of the part with more header fields after its own."""
        return Part(self.fields + fields, self.body)


@dataclass(slots=True)
class Message:
    """Header fields in order, and the part that is the body."""

    part: Part
    fields: list[tuple[str, str]] = field(default_factory=list)

    def text(self, newline: str = "\r\n") -> str:
        """The whole message."""
        return written(tuple(self.fields) + self.part.fields, self.part.body).replace("\n", newline)


def written(fields: tuple[tuple[str, str], ...], body: str) -> str:
    """Header and body with bare line feeds."""
    return "".join(f"{name}: {value}\n" for name, value in fields) + "\n" + body


def text_part(
    text: str, subtype: str = "plain", charset: str = "utf-8", encoding: str = "quoted-printable"
) -> Part:
    """A text part in this charset and transfer encoding."""
    lost = "xmlcharrefreplace" if subtype == "html" else "replace"
    if encoding == "quoted-printable":
        body = quopri.encodestring(text.encode(charset, lost)).decode("ascii")
    elif encoding == "base64":
        body = base64.encodebytes(text.replace("\n", "\r\n").encode(charset, lost)).decode("ascii")
    elif charset == "iso-2022-jp":
        body = text.encode(charset, lost).decode("ascii")
    else:
        body = text
    kind = (
        f"text/{subtype}; charset={charset}"
        if len(charset) < 8
        else f'text/{subtype};\n\tcharset="{charset}"'
    )
    return Part((("Content-Type", kind), ("Content-Transfer-Encoding", encoding)), body)


def file_part(content: bytes, media_type: str, name: str, cid: str | None = None) -> Part:
    """A file part in base64: inline with a `cid`, else an attachment."""
    disposition = "inline" if cid else "attachment"
    if name.isascii():
        kind, shown = f'{media_type}; name="{name}"', f'{disposition}; filename="{name}"'
    else:
        escaped = quote(name, safe="")
        kind, shown = f'{media_type};\n name="{word(name)}"', f"{disposition};\n filename*=UTF-8''{escaped}"
    fields = [("Content-Type", kind), ("Content-Transfer-Encoding", "base64"), ("Content-Disposition", shown)]
    if cid:
        fields.append(("Content-ID", f"<{cid}>"))
    return Part(tuple(fields), base64.encodebytes(content).decode("ascii"))


def multipart(subtype: str, parts: list[Part], boundary: str, extra: str = "") -> Part:
    """A multipart of several parts."""
    inner = "".join(f"--{boundary}\n{written(part.fields, part.body)}\n" for part in parts)
    kind = f'multipart/{subtype}{extra};\n\tboundary="{boundary}"'
    return Part((("Content-Type", kind),), f"{inner}--{boundary}--\n")


def word(text: str, encoding: str = "Q", charset: str = "utf-8") -> str:
    """`text` as folded encoded words of RFC 2047; ASCII text unchanged."""
    if text.isascii():
        return text
    words, chunk = [], ""
    for character in text:
        if len((chunk + character).encode(charset)) > (18 if encoding == "Q" else 39):
            words.append(chunk)
            chunk = ""
        chunk += character
    words.append(chunk)
    return "\n ".join(f"=?{charset}?{encoding}?{_encoded(w.encode(charset), encoding)}?=" for w in words)


def _encoded(content: bytes, encoding: str) -> str:
    if encoding == "B":
        return base64.b64encode(content).decode("ascii")
    return "".join(
        "_" if b == 32 else chr(b) if b < 128 and chr(b).isalnum() else f"={b:02X}" for b in content
    )


def mailbox(name: str, address: str) -> str:
    """An address with a display name, for a header field."""
    shown = f'"{name}"' if name.isascii() else word(name)
    return f"{shown} <{address}>"
