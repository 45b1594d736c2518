"""Passages taken out of a message, however they are encoded in it; all other bytes stay as they are.

Used for masking and withholding. Header fields and parts that hold a passage in any decoded form are
decoded, changed and encoded again with the same transfer encoding; a DKIM signature over them no longer
verifies, and cannot. A file that holds one in bytes which cannot be changed in place is replaced whole.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import quote

from dsr_report.mime.charsets import encoded
from dsr_report.mime.header import decoded, parameters, split_fields, split_header, unfolded
from dsr_report.mime.inside_files import is_closed, texts_inside
from dsr_report.mime.message import MimePart, parse, parse_once, split_message
from dsr_report.mime.parts import EMBEDDED
from dsr_report.redact.readings import views_of
from dsr_report.redact.spellings import (
    base64_forms,
    forms_of,
    in_text,
    in_views,
    literally_without,
    without_passages,
)

__all__ = [
    "base64_forms",
    "closed_parts",
    "forms_of",
    "holds",
    "in_text",
    "readings",
    "replaced",
    "texts_of",
    "without_part",
]

_LARGE = 1_000_000
_SHORT_FIELD = 1_000
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_FOLD_IN_BYTES = re.compile(rb"[\r\n]+[ \t]+")
_BETWEEN = "\n\x01\n"
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
Replacements = Sequence[tuple[str, str]]


def holds(raw: bytes, passage: str) -> bool:
    """Whether a message holds a passage: in its bytes, header fields, texts, files, at any depth."""
    if len(raw) > _LARGE:
        return any(in_views(seen, passage) for seen in readings(raw))
    return _remembered_answer(raw, passage)


@lru_cache(maxsize=64)  # who has replaced a passage asks whether it is gone, and so does the caller
def _remembered_answer(raw: bytes, passage: str) -> bool:
    return any(in_views(seen, passage) for seen in readings(raw))


def readings(raw: bytes) -> Iterable[tuple[str, ...]]:
    """All that a message says, each text as its `views`: what passages are looked for in."""
    return _texts(raw) if len(raw) > _LARGE else _remembered(raw)


@lru_cache(maxsize=2)  # one passage after the other is looked for in the same message
def _remembered(raw: bytes) -> tuple[tuple[str, ...], ...]:
    return tuple(_texts(raw))


def _texts(raw: bytes) -> Iterator[tuple[str, ...]]:
    for literal in _literally(raw):
        yield (literal.decode("utf-8", "surrogateescape").casefold(),)
    for text in texts_of(raw):
        yield views_of(text)


def _literally(raw: bytes) -> Iterator[bytes]:
    """A message, and what is in it encoded as a whole, as they stand."""
    yield raw
    for part in parse_once(raw).walk():
        if part.nested is not None or (part.children and part.transfer_encoding in _ENCODINGS):
            yield part.inner


def texts_of(raw: bytes) -> Iterator[str]:
    """All texts of a message, at any depth, decoded: those of parts and files, around them, and of fields."""
    message = parse_once(raw)
    fields = list(message.header)
    for part in message.walk():
        if part.path != "1":
            fields.extend(part.header)
        if part.nested is not None:
            fields.extend(part.nested.header)
        elif part.children:
            yield _text(part.around_parts)
        else:
            yield from _texts_of(part)
    # in one text, as most of the time goes into the many small ones; no passage reaches across the marks
    yield _BETWEEN.join(text for field in fields for text in _texts_of_field(field.raw))


def _texts_of_field(raw: bytes) -> tuple[str, ...]:
    return _remembered_texts(raw) if len(raw) <= _SHORT_FIELD else _all_texts_of_field(raw)


def _all_texts_of_field(raw: bytes) -> tuple[str, ...]:
    text = unfolded(raw)
    found = [text, _FOLD.sub("", raw.decode("utf-8", "surrogateescape"))]
    if "=?" in text:
        found.append(decoded(raw))
    if ";" in text and "=" in text:
        found += parameters(text).values()
    return tuple(dict.fromkeys(found))


_remembered_texts = lru_cache(maxsize=1024)(_all_texts_of_field)  # most fields recur, or are looked at again


def _texts_of(part: MimePart) -> Iterator[str]:
    is_text = _is_text(part)
    if is_text or part.charset:
        yield part.exact_text
        if part.is_flowed:
            yield part.text
    if not is_text or b"\0" in part.content:  # UTF-16 that does not say so, an archive that says it is a text
        yield from texts_inside(part.content)


def _is_text(part: MimePart) -> bool:
    """Whether the part can be changed as a text."""
    if part.media_type.startswith(("text/", "multipart/")) or part.media_type in _MARKUP:
        return True
    if part.media_type.startswith(("image/", "audio/", "video/")) or is_closed(part.content):
        return False
    try:
        part.content.decode("utf-8")
    except ValueError:
        return False
    return b"\0" not in part.content


def closed_parts(raw: bytes) -> tuple[str, ...]:
    """The paths of files in which a passage could stand unseen: pictures, PDFs, what is packed or sealed."""
    return tuple(part.path for part in parse(raw).walk() if not part.is_container and is_closed(part.content))


def closed_files(raw: bytes) -> tuple[tuple[str, str], ...]:
    """The `closed_parts` that are files of their own, not pictures within the text: path and media type."""
    return tuple(
        (part.path, part.media_type)
        for part in parse_once(raw).walk()
        if not part.is_container
        and not (
            part.media_type.startswith("image/") and part.content_id and part.disposition != "attachment"
        )
        and is_closed(part.content)
    )


def replaced(raw: bytes, replacements: Replacements) -> bytes:
    """The message with each passage replaced by its mark, wherever and however it is encoded.

    Files that hold a passage in bytes which cannot be changed in place are replaced whole by a text that
    says so (see `without_part`).
    """
    result = _replaced_message(raw, replacements)
    replacements = [pair for pair in replacements if holds(result, pair[0])]
    if not replacements:
        return result
    for part in parse(result).walk():
        if part.is_container:
            continue
        seen = [views_of(text) for text in _texts_of(part)]
        for passage, mark in replacements:
            if any(in_views(one, passage) for one in seen):
                result = without_part(result, part.path, mark)
                break
    # what is declared to be encoded need not be: then the passage stands in the bytes as it is
    return literally_without(result, replacements)


def _replaced_message(raw: bytes, replacements: Replacements) -> bytes:
    before, block, body, _ = split_message(raw)
    return before + _replaced_part(parse_once(raw).root, block, body, replacements)


def _replaced_part(part: MimePart, block: bytes, body: bytes, replacements: Replacements) -> bytes:
    header = _replaced_header(block, replacements)
    if part.is_opened:
        inner = _replaced_message(part.inner, replacements)
        return header + body if inner == part.inner else _unsealed(header, inner)
    return header + _replaced_body(part, body, replacements)


def _replaced_header(block: bytes, replacements: Replacements) -> bytes:
    """Field by field, so that unchanged ones keep every byte."""
    return b"".join(_replaced_field(field, replacements) for field in split_fields(block))


def _replaced_field(field: bytes, replacements: Replacements) -> bytes:
    name, colon, value = field.partition(b":")
    if not colon:
        name, value = b"", field
    seen = _views_of_field(field, value)
    present = [pair for pair in replacements if in_views(seen, pair[0])]
    if not present:
        return field
    end = re.search(rb"[\r\n]*\Z", field)
    line_end = end.group(0) if end else b""
    joint = _line_end_in(field)
    if any(in_text(_text(name), passage) for passage, _ in present):
        name = b"X-Removed"
    if b"\n" in value.rstrip(b"\r\n") and not all(_is_read(value, passage) for passage, _ in present):
        value = _FOLD_IN_BYTES.sub(
            b"", value
        )  # a fold in the middle of one: as a space it would part two halves
    if name.strip().lower() in _STRUCTURED:
        content = _structured_without(unfolded(value), present)
    else:
        content = without_passages(decoded(value), present)
    for passage, mark in present:
        if in_text(content, passage):
            content = mark
    lead = name + colon + b" " if colon else b""
    return lead + _encoded_words(content, joint) + line_end


def _is_read(value: bytes, passage: str) -> bool:
    """Whether a field's value holds a passage as it is unfolded: with a space for each fold."""
    text = unfolded(value)
    return any(in_text(read, passage) for read in (decoded(value), *parameters(text).values()))


def _views_of_field(field: bytes, value: bytes) -> tuple[str, ...]:
    make = _remembered_views if len(field) <= _SHORT_FIELD else _all_views_of_field
    return make(field, value)


def _all_views_of_field(field: bytes, value: bytes) -> tuple[str, ...]:
    return views_of(_BETWEEN.join(dict.fromkeys((*_texts_of_field(value), _text(field)))))


_remembered_views = lru_cache(maxsize=1024)(_all_views_of_field)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _structured_without(text: str, replacements: Replacements) -> str:
    """A field with parameters, each of them decoded, changed, and written in one piece."""
    head = without_passages(text.partition(";")[0].strip(), replacements)
    for name, value in parameters(text).items():
        name, value = (without_passages(one, replacements) for one in (name, value))  # noqa: PLW2901 - the same, changed
        if name == "boundary":
            value = _as_boundary(value)  # noqa: PLW2901
        name = re.sub(r"[^\w-]", "-", name)  # noqa: PLW2901
        if value.isascii():
            escaped = re.sub(r'(["\\])', r"\\\1", " ".join(value.split()))
            head += f'; {name}="{escaped}"'
        else:
            head += f"; {name}*=utf-8''{quote(value, safe='', errors='replace')}"
    return head


def _as_boundary(text: str) -> str:
    return text if re.fullmatch(r"[\w'()+,./:=? -]*", text, re.ASCII) else re.sub(r"[^A-Za-z0-9]+", "-", text)


def _encoded_words(text: str, line_end: bytes) -> bytes:
    """A field's text in ASCII: what is not goes into encoded words, no longer than they may be."""
    text = " ".join(re.split(r"[\x00-\x1f\x7f\x85\u2028\u2029]+", text))
    if text.isascii():
        return text.encode("ascii")
    words: list[str] = []
    for is_plain, run in _runs(text.encode("utf-8", "replace").decode("utf-8")):
        if is_plain:
            words.append(run)
            continue
        for start in range(0, len(run), 12):
            content = base64.b64encode(run[start : start + 12].encode("utf-8")).decode("ascii")
            words.append(f"=?utf-8?B?{content}?=")
    return (line_end + b" ").join(word.encode("ascii") for word in words if word)


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """A text as runs of words that are all ASCII, or all not."""
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


def _replaced_body(part: MimePart, body: bytes, replacements: Replacements) -> bytes:
    if part.nested is not None:
        inner = _replaced_message(part.inner, replacements)
        return body if inner == part.inner else _encoded_body(inner, part.transfer_encoding, body)
    if part.children:
        inner = _replaced_children(part, replacements)
        if inner == part.inner:
            return body
        return inner if part.inner is body else _encoded_body(inner, part.transfer_encoding, body)
    return _replaced_text(part, body, replacements) if _is_text(part) else body


def _plainly_replaced(raw: bytes, replacements: Replacements) -> bytes:
    text = _text(raw)
    changed = without_passages(text, replacements)
    return raw if changed == text else changed.encode("utf-8", "surrogateescape")


def _replaced_text(part: MimePart, body: bytes, replacements: Replacements) -> bytes:
    text = part.exact_text
    is_markup = part.media_type in _MARKUP
    declared = part.parameters.get("charset", "").lower()
    charset = (
        part.charset_used if declared or not text.isascii() else "ascii"
    )  # none: what all readers assume
    replacements = [(passage, fitting(mark, charset)) for passage, mark in replacements]
    changed = without_passages(text, replacements, is_markup=is_markup)
    if changed == text:
        return body
    try:
        content = encoded(changed, part.charset_used)
    except ValueError:
        charset = "utf-8" if part.charset_used.startswith("utf-8") else part.charset_used
        content = changed.encode(charset, "xmlcharrefreplace" if is_markup else "replace")
    return _encoded_body(content, part.transfer_encoding, body)


def fitting(mark: str, charset: str) -> str:
    """A mark as a charset can hold it: as it is, or in plain letters (`masque` for `masqué`)."""
    try:
        encoded(mark, charset)
    except ValueError:
        return plain_letters(mark)
    return mark


def plain_letters(text: str) -> str:
    """A text in ASCII: letters without their accents, any space as a space."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.replace("’", "'")) if c.isascii())


def _replaced_children(part: MimePart, replacements: Replacements) -> bytes:
    """Each child changed where it stands; the text before, between and after them as well."""
    old = part.parameters.get("boundary", "")
    new = _as_boundary(without_passages(old, replacements)) if old else ""

    def between(raw: bytes) -> bytes:
        if new != old:
            raw = raw.replace(old.encode("utf-8", "surrogateescape"), new.encode("utf-8", "surrogateescape"))
        return _plainly_replaced(raw, replacements)

    def change(child: MimePart) -> bytes:
        block, body, _ = split_header(child.piece) if child.piece else (b"", b"", None)
        return _replaced_part(child, block, body, replacements)

    return _with_children(part, change, between)


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
    """Content in the transfer encoding that it had, with the line ends that it had."""
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


def without_part(raw: bytes, path: str, note: str) -> bytes:
    """The message with the content of one part (by its path, `1.2`) replaced by a text that says why.

    Header fields of the part are kept but for those that describe its content; its body becomes the note,
    as `text/plain`. The path of the message itself is `1`.
    """
    root = parse(raw).root
    path = path.partition(EMBEDDED)[0]  # a file within a text goes with the text
    before, block, body, _ = split_message(raw)
    if path == root.path:
        return before + _noted(block, note)
    return before + _part_without(root, block, body, path, note)


def _part_without(part: MimePart, block: bytes, body: bytes, path: str, note: str) -> bytes:
    changed = _without(part, body, path, note)
    return _unsealed(block, changed) if part.is_opened else block + changed


def _without(part: MimePart, body: bytes, path: str, note: str) -> bytes:
    def change(child: MimePart) -> bytes:
        block, inner_body, _ = split_header(child.piece) if child.piece else (b"", b"", None)
        if child.path == path:
            return _noted(block, note)
        if not path.startswith(f"{child.path}."):
            return child.piece
        return _part_without(child, block, inner_body, path, note)

    if part.nested is not None:
        # the message in it has the path of its root: `1.2.1` within `1.2`
        before, block, inner_body, _ = split_message(part.inner)
        root = part.nested.root
        inner = before + (
            _noted(block, note) if path == root.path else _part_without(root, block, inner_body, path, note)
        )
    else:
        inner = _with_children(part, change)
    return (
        inner
        if part.is_opened or part.inner is body or part.inner == body
        else _encoded_body(inner, part.transfer_encoding, body)
    )


def _unsealed(block: bytes, entity: bytes) -> bytes:
    """What a signature sealed, in place of the sealed structure: changed, it has no signature any more."""
    kept, line_end = _kept_fields(block, (*_OF_CONTENT, b"content-disposition"))
    _before, header, _body, _problem = split_message(entity)
    return b"".join(kept) + (b"" if header else line_end) + entity


def _kept_fields(block: bytes, dropped: tuple[bytes, ...]) -> tuple[list[bytes], bytes]:
    line_end = b"\r\n" if b"\r\n" in block else b"\n"
    kept = [f for f in split_fields(block) if f.strip() and not f.lower().startswith(dropped)]
    if kept and not kept[-1].endswith(b"\n"):
        kept[-1] += line_end
    return kept, line_end


def _noted(block: bytes, note: str) -> bytes:
    kept, line_end = _kept_fields(block, _OF_CONTENT)
    kept += [
        b"Content-Type: text/plain; charset=utf-8" + line_end,
        b"Content-Transfer-Encoding: base64" + line_end,
        line_end,
    ]
    content = base64.encodebytes(note.encode("utf-8", "replace"))
    return b"".join(kept) + content.replace(b"\n", line_end)
