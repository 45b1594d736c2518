"""The header of a message: all fields, in order, with repeats, raw and decoded (RFC 5322, 2047, 2231)."""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_WORD = re.compile(r"=\?([^?\s]*)\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(=\?[^?\s]*\?[bBqQ]\?[^?]*\?=)\s+(?==\?[^?\s]*\?[bBqQ]\?[^?]*\?=)")
_PARAMETER = re.compile(r""";\s*([^\s=;]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)""", re.DOTALL)
_FALLBACKS = ("utf-8", "windows-1252", "latin-1")


@dataclass(frozen=True, slots=True)
class HeaderField:
    """One field: `value` is decoded and unfolded, `raw` is what followed the colon, as it came."""

    name: str
    value: str
    raw: bytes


def split_header(raw: bytes) -> tuple[bytes, bytes, str | None]:
    """The header block (with its blank line), the body, and what was wrong with the border between them."""
    if raw.startswith((b"\r\n", b"\n")):
        cut = 2 if raw.startswith(b"\r\n") else 1
        return raw[:cut], raw[cut:], None
    ends = [
        at + size
        for mark, size in ((b"\r\n\r\n", 4), (b"\n\n", 2), (b"\n\r\n", 3))
        if (at := raw.find(mark)) >= 0
    ]
    starts = sorted(
        (at, size)
        for mark, size in ((b"\r\n\r\n", 4), (b"\n\n", 2), (b"\n\r\n", 3))
        if (at := raw.find(mark)) >= 0
    )
    if not ends:
        if _FIELD.match(raw):
            return raw, b"", "no blank line ends the header"
        return b"", raw, "no header"
    at, size = starts[0]
    if not _FIELD.match(raw) and not raw.startswith((b"From ", b">From ")):
        return b"", raw, "no header"
    return raw[: at + size], raw[at + size :], None


def parse_header(block: bytes) -> tuple[tuple[HeaderField, ...], tuple[str, ...]]:
    """All fields of a header block, in order; lines that are no field are kept as fields without a name."""
    fields: list[HeaderField] = []
    defects: list[str] = []
    name, value = "", b""
    started = False
    for line in block.splitlines(keepends=True):
        bare = line.rstrip(b"\r\n")
        if not bare:
            continue
        if line[:1] in b" \t" and started:
            value += line
            continue
        if started:
            fields.append(_field(name, value))
        match = _FIELD.match(bare)
        if match:
            name, value = match.group(1).decode("ascii"), line[match.end() :]
        else:
            name, value = "", line
            if not bare.startswith((b"From ", b">From ")):
                defects.append("a line of the header is no field")
        started = True
    if started:
        fields.append(_field(name, value))
    return tuple(fields), tuple(dict.fromkeys(defects))


def _field(name: str, raw: bytes) -> HeaderField:
    return HeaderField(name, decoded(raw), raw.rstrip(b"\r\n"))


def decoded(raw: bytes) -> str:
    """A field's text: unfolded, 8-bit characters read, encoded words decoded."""
    text = to_text(raw, None)[0]
    text = re.sub(r"\r?\n[ \t]?", lambda m: " " if m.group(0)[-1:] in " \t" else "", text).strip()
    return decode_words(text) if "=?" in text else text


def decode_words(text: str) -> str:
    """Every encoded word of RFC 2047, also where the RFC does not allow one; the rest as it is."""
    text = _BETWEEN_WORDS.sub(r"\1", text)
    out: list[str] = []
    end = 0
    pending: list[tuple[str, bytes]] = []

    def flush() -> None:
        for charset, content in _joined(pending):
            out.append(to_text(content, charset)[0])
        pending.clear()

    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        if between:
            flush()
            out.append(between)
        charset, encoding, content = match.groups()
        pending.append((charset.split("*")[0], _word_bytes(encoding, content)))
        end = match.end()
    flush()
    out.append(text[end:])
    return "".join(out)


def _joined(words: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Neighbouring words of one charset as one, as senders cut characters in two."""
    result: list[tuple[str, bytes]] = []
    for charset, content in words:
        if result and result[-1][0].lower() == charset.lower():
            result[-1] = (charset, result[-1][1] + content)
        else:
            result.append((charset, content))
    return result


def _word_bytes(encoding: str, content: str) -> bytes:
    raw = content.encode("utf-8", "surrogatepass")
    if encoding in "qQ":
        return quopri.decodestring(raw.replace(b"_", b" "), header=False)
    return decode_base64(raw)[0]


def decode_base64(raw: bytes) -> tuple[bytes, bool]:
    """Base64, as lenient as mail needs it; the flag says whether it was broken."""
    compact = raw.translate(None, b" \t\r\n")
    try:
        return binascii.a2b_base64(compact, strict_mode=True), False
    except binascii.Error:
        cleaned = re.sub(rb"[^A-Za-z0-9+/]", b"", compact)
        if len(cleaned) % 4 == 1:
            cleaned = cleaned[:-1]
        return binascii.a2b_base64(cleaned + b"=" * (-len(cleaned) % 4)), True


def to_text(content: bytes, charset: str | None) -> tuple[str, str, str | None]:
    """Bytes as text: the text, the charset that was used, and what was wrong with the declared one."""
    wanted = (charset or "").strip().strip("\"'").lower()
    if wanted:
        try:
            text = content.decode(wanted)
        except (LookupError, ValueError):
            problem: str | None = f"the charset {wanted[:40]!r} is unknown or does not fit"
        else:
            return text, wanted, None
    else:
        problem = None
    for fallback in _FALLBACKS:
        try:
            text = content.decode(fallback)
        except ValueError:
            continue
        if not wanted and fallback != "utf-8":
            problem = "no charset is declared, and it is not UTF-8"
        return text, fallback, problem
    raise AssertionError("latin-1 reads every byte")  # pragma: no cover


def parameters(value: str) -> dict[str, str]:
    """The parameters of a structured field (`; name=value`), RFC 2231 continuations and charsets resolved."""
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAMETER.finditer(value):
        name, text = match.group(1).lower(), match.group(2).strip()
        if text.startswith('"'):
            text = re.sub(r"\\(.)", r"\1", text[1:-1] if text.endswith('"') and len(text) > 1 else text[1:])
        base, star, rest = name.partition("*")
        if not star:
            plain.setdefault(name, decode_words(text) if "=?" in text else text)
            continue
        extended = name.endswith("*")
        number = rest.rstrip("*")
        index = int(number) if number.isdecimal() and len(number) < 6 else 0
        pieces.setdefault(base, {})[index] = (text, extended)
    for base, parts in pieces.items():
        plain[base] = _joined_parameter([parts[index] for index in sorted(parts)])
    return plain


def _joined_parameter(parts: list[tuple[str, bool]]) -> str:
    charset = "utf-8"
    content = b""
    for position, (text, extended) in enumerate(parts):
        piece = text
        if extended and position == 0 and piece.count("'") >= 2:
            charset, _, piece = piece.split("'", 2)
        raw = piece.encode("utf-8", "surrogatepass")
        content += unquote_to_bytes(raw) if extended else raw
    return to_text(content, charset)[0]
