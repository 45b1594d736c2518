"""Removal of passages from a message, however they are encoded in it; all other bytes are kept.

Used for masking and withholding. A header field or part with a passage in any decoded form is decoded,
changed, and encoded again with the same transfer encoding. A DKIM signature over it no longer verifies. A
file with a passage in bytes that cannot be changed in place is replaced whole.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple
from urllib.parse import quote

from dsr_report.mime.charsets import encode_text
from dsr_report.mime.header import decode_field, parameters, split_fields, split_header, unfold
from dsr_report.mime.inside_files import fields_text, looks_like_message, texts_of_part
from dsr_report.mime.message import MimePart, parse, parse_once, split_message, wire_of_text
from dsr_report.mime.parts import EMBEDDED
from dsr_report.mime.transfer import uu_block_with
from dsr_report.redact.digests import keys_of, ways_of_body, ways_of_text
from dsr_report.redact.message_texts import is_message
from dsr_report.redact.passages import Passages
from dsr_report.redact.readings import Endless

_FOLD_IN_BYTES = re.compile(rb"[\r\n]+[ \t]+")
_MARKUP = {
    "text/html",
    "text/x-amp-html",
    "application/xhtml+xml",
    "image/svg+xml",
    "text/xml",
    "application/xml",
}
_ENCODINGS = {"base64", "quoted-printable", "x-uuencode", "uuencode", "uue", "x-uue"}
_OF_CONTENT = (b"content-transfer-encoding", b"content-type", b"content-md5", b"content-length")
_STRUCTURED = {b"content-type", b"content-disposition"}
_SIGNATURE = re.compile(
    rb"(?:x-[\w-]*)?(?:dkim-signature|domainkey-signature)|arc-(?:seal|message-signature)"
)
_DIGEST_FIELD = re.compile(
    rb"content-(?:md5|sha\d*|digest)|(?:repr-|want-)?digest|x-[\w-]*(?:md5|sha-?\d+|checksum|digest|fingerprint|hash)[\w-]*",
)
_SIGNED = re.compile(rb"(\bbh?[ \t\r\n]*=[ \t\r\n]*)([A-Za-z0-9+/](?:[A-Za-z0-9+/=]|\s+(?=[A-Za-z0-9+/=]))*)")
_SIGNATURES = ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
MarkOf = Callable[[str], str]
"""Returns the mark of a passage."""


def without_passages(raw: bytes, passages: Passages, mark_of: MarkOf) -> bytes | None:
    """The message with each passage replaced by its mark, however it is encoded.

    A part that holds a passage in bytes that cannot be changed in place is replaced whole by a text that says
    so (see `without_part`). Signatures and digests of the old text are hidden as well. None if a passage is
    still found in the result.
    """
    present = _passages_in(passages, raw)
    if present is None:
        return None
    if not present:
        return raw
    hiding = _Hiding(Passages(sorted(present), map(mark_of, present)), mark_of)
    result = hiding.message(raw)
    is_left = _passages_in(hiding.passages, result) != set()
    for part in reversed(list(parse(result).walk())):  # embedded files are numbered: the last one first
        if part.is_container:
            continue
        left = hiding.left_in(part) if is_left else set()
        if left or (part.media_type in _SIGNATURES and result != raw):
            result = without_part(result, part.path, mark_of(min(left or present)))
    if is_left and _passages_in(hiding.passages, result) != set():
        # a part may declare a transfer encoding that it does not have: then the passage is in its raw bytes
        text = hiding.text(result.decode("utf-8", "surrogateescape"))
        result = text.encode("utf-8", "surrogateescape") if text is not None else result
        if text is None or _passages_in(hiding.passages, result) != set():
            return None
    return result


def without_alone(raw: bytes, passages: Passages, mark_of: MarkOf) -> bytes | None:
    """The message without passages that appear unencoded in its texts; None if more is to be done.

    The passages are those of `Passages.alone_in`. Same result as `without_passages`, but the texts are not
    searched before the change.
    """
    hiding = _Hiding(passages, mark_of, are_alone=True)
    if any(part.media_type in _SIGNATURES for part in parse_once(raw).walk()):
        return None
    result = hiding.message(raw)
    return result if _passages_in(passages, result) == set() else None


class ClosedFile(NamedTuple):
    """A file that cannot be searched: the message part, the path within it, and the reason."""

    part: str
    path: str
    reason: str


def closed_files(raw: bytes) -> list[ClosedFile]:
    """The files in a message that cannot be searched; pictures only if not shown inside its text."""
    return [
        ClosedFile(part.path, found.path or part.media_type, found.closed)
        for part in parse_once(raw).walk()
        if not part.is_container and not part.is_picture_in_text
        for found in texts_of_part(part)
        if found.closed
    ]


def _passages_in(passages: Passages, content: bytes) -> set[str] | None:
    try:
        return passages.seen_in(content)
    except Endless:
        return None


KeysOf = Callable[[bytes], Iterable[bytes]]


def digests_of_changed(before: str, after: str, keys: KeysOf = keys_of) -> Iterator[bytes]:
    """The digests of a changed text, or of a changed message and its changed parts.

    A guess at the hidden passage can be checked against each of them.
    """
    raw = wire_of_text(before)
    if not is_message(before):
        ways = ways_of_text(raw)
    else:
        contents = {raw, *_bodies(raw)} - _bodies(wire_of_text(after))
        ways = {way for content in contents if content.strip() for way in ways_of_body(content)}
    for way in ways:
        yield from keys(way)


def _bodies(raw: bytes) -> set[bytes]:
    return {body for part in parse(raw).walk() for body in (part.raw_body, part.content)}


class _Hiding:
    """Removes passages from the fields and parts of one message."""

    def __init__(self, passages: Passages, mark_of: MarkOf, *, are_alone: bool = False) -> None:
        self.passages = passages
        self.mark_of = mark_of
        self._are_alone = are_alone

    def text(self, text: str, *, is_markup: bool = False, charset: str = "utf-8") -> str | None:
        """A text without the passages: unchanged if it has none, None if they cannot be replaced."""

        def mark_of(passage: str) -> str:
            mark = fit(self.mark_of(passage), charset)
            return html.escape(mark) if is_markup else mark

        try:
            if self._are_alone:
                changed = self.passages.literally_without(text, mark_of, self.passages.all)
                if changed != text and not self.passages.seen_in(changed):
                    return changed
            present = self.passages.seen_in(text)
        except Endless:
            return None
        if not present:
            return text
        return self.passages.without(text, mark_of, present)

    def left_in(self, part: MimePart) -> set[str]:
        """The passages that a part still holds in any reading."""
        left: set[str] = set()
        try:
            for found in texts_of_part(part):
                left |= self.passages.seen_in(found.text)
        except Endless:
            return {self.passages.first}
        return left

    def message(self, raw: bytes) -> bytes:
        before, block, body, _ = split_message(raw)
        root = parse_once(raw).root
        if root.content == raw and not _is_text(root):
            return raw  # without a header it is its own content: there are no parts
        return before + self._part(root, block, body)

    def _part(self, part: MimePart, block: bytes, body: bytes) -> bytes:
        if part.is_opened:
            inner = self.message(part.inner)
            if inner != part.inner:
                return _unseal(self._header(block, is_changed=True), inner)
            return self._header(block, is_changed=False) + body
        new_body = self._body(part, body)
        return self._header(block, is_changed=new_body != body) + new_body

    def _header(self, block: bytes, *, is_changed: bool) -> bytes:
        """Change each field, keeping every byte of unchanged ones; then hide digests and signatures."""
        fields = split_fields(block)
        new = [self._field(field) for field in fields] if self._is_seen(fields_text(iter(fields))) else fields
        if is_changed or new != fields:
            new = [_without_proof(field, self.mark_of(self.passages.first)) for field in new]
        return b"".join(new)

    def _field(self, field: bytes) -> bytes:
        name, colon, value = field.partition(b":")
        if not colon:
            name, value = b"", field
        if not self._is_seen(fields_text(iter((value, name)))):
            return field
        end = re.search(rb"[\r\n]*\Z", field)
        line_end = end.group(0) if end else b""
        joint = _line_end_in(field)
        mark = self.mark_of(self.passages.first)
        if self._is_seen(_text(name)):
            name = b"X-Removed"
        is_structured = name.strip().lower() in _STRUCTURED
        read = (*parameters(unfold(value)).values(),) if is_structured else (decode_field(value),)
        if b"\n" in value.rstrip(b"\r\n") and not any(map(self._is_seen, read)):
            # a fold within a passage: as a space it would split the passage
            value = _FOLD_IN_BYTES.sub(b"", value)
        content = self._change_parameters(unfold(value)) if is_structured else self.text(decode_field(value))
        lead = name + colon + b" " if colon else b""
        new = lead + _encoded_words(mark if content is None else content, joint) + line_end
        if self._is_seen(fields_text(iter((new[len(lead) :],)))):
            new = lead + _encoded_words(mark, joint) + line_end
        return new

    def _is_seen(self, text: str) -> bool:
        try:
            return bool(self.passages.seen_in(text))
        except Endless:
            return True

    def _change_parameters(self, text: str) -> str | None:
        """A field with parameters, each decoded, changed, and written in one piece."""
        hidden = self.mark_of(self.passages.first)
        head = self.text(text.partition(";")[0].strip()) or ""
        for old_name, old_value in parameters(text).items():
            name, value = self.text(old_name) or hidden, self.text(old_value)
            value = hidden if value is None else value
            if old_name == "boundary":
                value = _as_boundary(value)
            name = re.sub(r"[^\w-]", "-", name)
            if value.isascii():
                escaped = re.sub(r'(["\\])', r"\\\1", " ".join(value.split()))
                head += f'; {name}="{escaped}"'
            else:
                head += f"; {name}*=utf-8''{quote(value, safe='', errors='replace')}"
        return head

    def _body(self, part: MimePart, body: bytes) -> bytes:
        if part.nested is not None or part.children:
            inner = self.message(part.inner) if part.nested is not None else self._children(part)
            if inner == part.inner:
                return body
            return _body_of_inner(part, inner, body)
        if _is_text(part):
            return self._text_body(part, body)
        if looks_like_message(part.content):
            inner = self.message(part.content)
            return body if inner == part.content else _encoded_body(inner, part.transfer_encoding, body)
        return body

    def _text_body(self, part: MimePart, body: bytes) -> bytes:
        text = before = part.exact_text
        for file, (start, end) in zip(reversed(part.embedded), reversed(part.embedded_at), strict=True):
            content = self._body(file, file.raw_body)
            if content != file.raw_body:
                text = text[:start] + uu_block_with(text[start:end], content) + text[end:]
        is_markup = part.media_type in _MARKUP
        declared = part.parameters.get("charset", "").lower()
        # an undeclared charset is ASCII to all readers
        charset = part.charset_used if declared or not text.isascii() else "ascii"
        changed = self.text(text, is_markup=is_markup, charset=charset)
        changed = text if changed is None else changed
        return body if changed == before else _body_of_text(part, changed, body)

    def _children(self, part: MimePart) -> bytes:
        """Change each child in place, and the text before, between and after the children."""
        old = part.parameters.get("boundary", "")
        new = _as_boundary(self.text(old) or "removed") if old else ""

        def between(raw: bytes) -> bytes:
            if new != old:
                was, is_now = (one.encode("utf-8", "surrogateescape") for one in (old, new))
                raw = raw.replace(was, is_now)
            text = _text(raw)
            changed = self.text(text)
            return raw if changed is None or changed == text else changed.encode("utf-8", "surrogateescape")

        def change(child: MimePart) -> bytes:
            block, body, _ = split_header(child.piece) if child.piece else (b"", b"", None)
            return self._part(child, block, body)

        return _with_children(part, change, between)


def _body_of_text(part: MimePart, text: str, before: bytes) -> bytes:
    """The body of a part with a new text, in its charset and transfer encoding."""
    try:
        content = encode_text(text, part.charset_used)
    except ValueError:
        charset = "utf-8" if part.charset_used.startswith("utf-8") else part.charset_used
        content = text.encode(charset, "xmlcharrefreplace" if part.media_type in _MARKUP else "replace")
    return _encoded_body(content, part.transfer_encoding, before)


def _without_proof(field: bytes, note: str) -> bytes:
    """A field without its digest or signature of the changed content."""
    name, colon, value = field.partition(b":")
    name = name.strip().lower()
    mark = plain_letters(note).encode("ascii", "replace")
    if _SIGNATURE.fullmatch(name):
        return field[: len(field) - len(value)] + _SIGNED.sub(lambda m: m[1] + mark, value)
    if _DIGEST_FIELD.fullmatch(name):
        end = re.search(rb"[\r\n]*\Z", field)
        return field.partition(b":")[0] + colon + b" " + mark + (end[0] if end else b"")
    return field


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _is_text(part: MimePart) -> bool:
    """Whether the part can be changed as text."""
    if part.content.startswith((b"{\\rtf", b"%PDF")) or (b"\0" in part.content and "\0" in part.exact_text):
        return False
    if part.media_type.startswith(("text/", "multipart/")) or part.media_type in _MARKUP:
        return True
    if part.media_type.startswith(("image/", "audio/", "video/")):
        return False
    try:
        part.content.decode("utf-8")
    except ValueError:
        return False
    return b"\0" not in part.content and not looks_like_message(part.content)


def _as_boundary(text: str) -> str:
    return text if re.fullmatch(r"[\w'()+,./:=? -]*", text, re.ASCII) else re.sub(r"[^A-Za-z0-9]+", "-", text)


_LETTERS_IN_A_WORD = 11
"""Characters in an encoded word, which may have 75 (RFC 2047, 2): four bytes each make 72."""


def _encoded_words(text: str, line_end: bytes) -> bytes:
    """A field's text in ASCII: other characters in short encoded words (RFC 2047)."""
    text = " ".join(re.split(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", text))
    if text.isascii():
        return text.encode("ascii")
    words: list[str] = []
    for is_plain, run in _runs(text.encode("utf-8", "replace").decode("utf-8")):
        if is_plain:
            words.append(run)
            continue
        for start in range(0, len(run), _LETTERS_IN_A_WORD):
            content = base64.b64encode(run[start : start + _LETTERS_IN_A_WORD].encode("utf-8")).decode(
                "ascii"
            )
            words.append(f"=?utf-8?B?{content}?=")
    return (line_end + b" ").join(word.encode("ascii") for word in words if word)


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """A text as runs of words that are all ASCII or all not."""
    run: list[str] = []
    was_plain = True
    for word in text.split(" "):
        is_plain = word.isascii() and "=?" not in word
        if run and is_plain != was_plain:
            yield was_plain, " ".join(run)
            run = []
        run.append(word)
        was_plain = is_plain
    yield was_plain, " ".join(run)


def fit(mark: str, charset: str) -> str:
    """A mark in a charset: unchanged, or in plain letters (`masque` for `masqué`)."""
    try:
        encode_text(mark, charset)
    except ValueError:
        return plain_letters(mark)
    return mark


def plain_letters(text: str) -> str:
    """A text in ASCII: letters without their accents, any space as a space."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.replace("’", "'")) if c.isascii())


def _with_children(
    part: MimePart, change: Callable[[MimePart], bytes], between: Callable[[bytes], bytes] = bytes
) -> bytes:
    out = bytearray()
    at = 0
    for child in part.children:
        out += between(part.inner[at : child.start])
        out += change(child)
        at = child.start + len(child.piece)
    out += between(part.inner[at:])
    return bytes(out)


def _line_end_in(raw: bytes) -> bytes:
    if b"\r\n" in raw:
        return b"\r\n"
    return b"\r" if b"\r" in raw and b"\n" not in raw else b"\n"


def _encoded_body(content: bytes, transfer_encoding: str, before: bytes) -> bytes:
    """Content in its former transfer encoding, with its former line endings."""
    line_end = _line_end_in(before)
    if transfer_encoding == "base64":
        lines = base64.encodebytes(content).replace(b"\n", line_end)
        return lines if before.endswith((b"\r", b"\n")) else lines.rstrip(b"\r\n")
    if transfer_encoding == "quoted-printable":
        is_even = content.count(b"\r\n") in {0, content.count(b"\n")}
        return binascii.b2a_qp(content, istext=is_even)
    if transfer_encoding in _ENCODINGS:
        rows = [binascii.b2a_uu(content[i : i + 45]) for i in range(0, len(content), 45)]
        return b"begin 644 file\n" + b"".join(rows) + b"`\nend\n"
    return content


def without_parts(raw: bytes, notes: Mapping[str, str]) -> bytes:
    """The message with the content of each of these parts (by path) replaced by its note.

    Digests in fields and signatures of the old content are hidden as well.
    """
    result = raw
    # embedded files are numbered: the last one first
    for path, note in sorted(notes.items(), key=lambda item: -int(item[0].partition(EMBEDDED)[2] or 0)):
        result = without_part(result, path, note)
        for part in parse(result).walk():
            if part.media_type in _SIGNATURES:
                result = without_part(result, part.path, note)
    return result


def without_part(raw: bytes, path: str, note: str) -> bytes:
    """The message with the content of one part (by path, `1.2`) replaced by a note that says why.

    The part keeps its header fields except those that describe its content. Its body becomes the note as
    `text/plain`. The path of the message itself is `1`.
    """
    before, block, body, _ = split_message(raw)
    return before + _part_without(parse(raw).root, block, body, path, note)


def _part_without(part: MimePart, block: bytes, body: bytes, path: str, note: str) -> bytes:
    if path == part.path:
        return _add_note(block, note)
    within, _, number = path.partition(EMBEDDED)
    is_within = within == part.path
    changed = (
        _without_embedded(part, body, int(number), note) if is_within else _without(part, body, path, note)
    )
    if changed != body:
        block = b"".join(_without_proof(field, note) for field in split_fields(block))
    return _unseal(block, changed) if part.is_opened else block + changed


def _without(part: MimePart, body: bytes, path: str, note: str) -> bytes:
    def change(child: MimePart) -> bytes:
        block, inner_body, _ = split_header(child.piece) if child.piece else (b"", b"", None)
        if not (path + ".").replace(EMBEDDED, ".").startswith(f"{child.path}."):
            return child.piece
        return _part_without(child, block, inner_body, path, note)

    if part.nested is not None:
        # the message in it has the path of its root: `1.2.1` within `1.2`
        before, block, inner_body, _ = split_message(part.inner)
        inner = before + _part_without(part.nested.root, block, inner_body, path, note)
    else:
        inner = _with_children(part, change)
    return inner if part.is_opened else _body_of_inner(part, inner, body)


def _without_embedded(part: MimePart, body: bytes, number: int, note: str) -> bytes:
    """A body without one of the files embedded in its text, or without the texts around its parts."""
    if part.children:
        noted = note.encode("utf-8", "surrogateescape")

        def between(raw: bytes) -> bytes:
            out: list[bytes] = []
            is_noted = False
            for line in raw.splitlines(keepends=True):
                if line.startswith(b"--") or not line.strip():  # delimiters stay
                    out.append(line)
                elif not is_noted:
                    is_noted = True
                    out.append(noted + _line_end_in(raw))
            return b"".join(out)

        inner = _with_children(part, lambda child: child.piece, between)
        return _body_of_inner(part, inner, body)
    start, end = part.embedded_at[number - 1]
    text = part.exact_text[:start] + fit(note, part.charset_used) + part.exact_text[end:]
    return _body_of_text(part, text, body)


def _body_of_inner(part: MimePart, inner: bytes, before: bytes) -> bytes:
    is_plain = part.inner is before or part.inner == before
    return inner if is_plain else _encoded_body(inner, part.transfer_encoding, before)


def _unseal(block: bytes, entity: bytes) -> bytes:
    """The signed entity in place of the signed structure: once changed, its signature is void."""
    kept, line_end = _kept_fields(block, (*_OF_CONTENT, b"content-disposition"))
    _before, header, _body, _problem = split_message(entity)
    return b"".join(kept) + (b"" if header else line_end) + entity


def _kept_fields(block: bytes, dropped: tuple[bytes, ...]) -> tuple[list[bytes], bytes]:
    line_end = b"\r\n" if b"\r\n" in block else b"\n"
    kept = [f for f in split_fields(block) if f.strip() and not f.lower().startswith(dropped)]
    if kept and not kept[-1].endswith(b"\n"):
        kept[-1] += line_end
    return kept, line_end


def _add_note(block: bytes, note: str) -> bytes:
    kept, line_end = _kept_fields(block, _OF_CONTENT)
    kept = [_without_proof(field, note) for field in kept]
    kept += [
        b"Content-Type: text/plain; charset=utf-8" + line_end,
        b"Content-Transfer-Encoding: base64" + line_end,
        line_end,
    ]
    content = base64.encodebytes(note.encode("utf-8", "replace"))
    return b"".join(kept) + content.replace(b"\n", line_end)
