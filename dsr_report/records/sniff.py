"""Recognition of a text's content: MIME, HTML, a survey as XML, rows of a log, a record as JSON, base64."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import re
import urllib.parse
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from dsr_report.jsonstream.items import JsonValue, Number
from dsr_report.pointers import RepeatedName
from dsr_report.records import logs
from dsr_report.records.names import normalised_key, word_set
from dsr_report.records.rule import Rule, rule

_LOOK = 16_384
"""Characters at the beginning of a text that are examined."""
_HEADER_FIELD = re.compile(r"([!-9;-~]+):(?:[ \t]|\r?\n[ \t]|$)", re.ASCII | re.MULTILINE)
_MAIL_FIELDS = word_set(
    "from to cc subject date received mime-version content-type message-id return-path delivered-to reply-to "
    "dkim-signature sender x-mailer list-unsubscribe content-transfer-encoding"
)
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|table|div|p|span|h[1-6]|center|style|font|ul|br|b)\b",
    re.IGNORECASE | re.DOTALL,
)
_XML = re.compile(
    r"\s*(?:<\?xml\b|<(?:survey|submission|questions?|enquete|enquête|records)\b)", re.IGNORECASE
)
_SURVEY_XML = re.compile(r"<(?:survey|submission|questions?|enquete|enquête|answers?)\b", re.IGNORECASE)
_BASE64 = re.compile(r"[A-Za-z0-9+/\r\n]+={0,2}\s*", re.ASCII)
_DATA_URI = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w-]+=[^;,]*)*)(;base64)?,", re.ASCII | re.IGNORECASE)
_SHORTEST_BASE64 = 24
"""Minimum characters of base64; a shorter text is taken literally."""
_SAMPLE = 4_096
"""Bytes of a decoded text that are examined."""
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
_LAST_ASCII = 0x7F
_LONGEST_LETTER = 4
"""Maximum bytes of a character in UTF-8."""
_MOST_FOREIGN = 4
"""A message in a Western European charset has less than one non-ASCII byte in so many."""
_TELLING = re.compile("[:<,;\t]")  # without any of these a short text is of no kind
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0", "application/x-ole-storage"),
    (b"{\\rtf", "application/rtf"),
    (b"\x1f\x8b", "application/gzip"),
)


def kind_of_text(text: str) -> tuple[str, Rule] | None:
    """Kind and rule by the content of a text, or None; `record_in_json` recognises records as JSON."""
    if len(text) < _SHORTEST_BASE64 and _TELLING.search(text) is None:
        return None
    head = text[:_LOOK].lstrip("\ufeff")
    if uri := _DATA_URI.match(head):
        media_type = (uri[1] or "text/plain").lower()
        return ("message" if media_type in {"message/rfc822", "text/html"} else "file"), rule(
            "text", f"data:{media_type}"
        )
    if is_mime(head):
        return "message", rule("text", "MIME")
    if _XML.match(head) and not _HTML.match(head):
        if _SURVEY_XML.search(head):
            return "survey", rule("text", "XML survey")
        return (
            ("log", rule("text", "XML records"))
            if re.match(r"[^<]*(?:<\?[^>]*>\s*)?<records\b", head)
            else None
        )
    if _HTML.match(head):
        return "message", rule("text", "HTML")
    if (blob := decoded_head(head)) is not None:
        if media_type := media_type_of(blob):
            return "file", rule("text", f"base64 {media_type}")
        inner = blob.decode("latin-1")
        if is_mime(inner):
            return "message", rule("text", "base64 MIME")
        if _HTML.match(inner):
            return "message", rule("text", "base64 HTML")
    if csv_columns(head):
        return "log", rule("text", "CSV")
    return None


_MAY_TELL = re.compile("[\n<,;\t]|\0\ufeff*(?:[A-Za-z0-9+/\r]{24}|[dD][aA][tT][aA]:)")


def texts_of_a_kind(objects: Sequence[dict[str, JsonValue]]) -> set[JsonValue]:
    """The texts in flat objects with equal names for which `kind_of_text` tells a kind."""
    found: set[JsonValue] = set()
    for name in objects[0]:
        texts = {text for each in objects if isinstance(text := each[name], str)}
        if texts and _MAY_TELL.search("\0" + "\0".join(texts)):
            found.update(
                text for text in texts if (_remembered if len(text) <= _SHORT else kind_of_text)(text)
            )
    return found


_SHORT = 500
"""Characters of a text whose result is cached: user agents recur in each event."""
_remembered = lru_cache(4096)(kind_of_text)


def is_mime(head: str) -> bool:
    """Whether a text begins like an e-mail message: two known header fields, or one and an empty line."""
    if head.startswith(("From ", ">From ")):
        head = head.partition("\n")[2]
    if not _HEADER_FIELD.match(head):
        return False
    block = re.split(r"\r?\n\r?\n", head, maxsplit=1)[0]
    names = [name.lower() for name in _HEADER_FIELD.findall(block)]
    known = sum(name in _MAIL_FIELDS for name in names)
    return known >= 2 or (known == 1 and block != head)


def is_html(text: str) -> bool:
    """Whether a text begins like HTML."""
    return _HTML.match(text[:_LOOK].lstrip("\ufeff")) is not None


def is_xml(text: str) -> bool:
    """Whether a text begins like XML."""
    return _XML.match(text[:_LOOK].lstrip("\ufeff")) is not None


def decoded_head(text: str) -> bytes | None:
    """Decode the beginning of a text in base64; None if it is not base64, or its content is not plausible.

    An id of 32 hexadecimal digits and many a word are valid base64, too. Only a known type of file, a
    message, a page, JSON or readable text is plausible.
    """
    head = text[:_LOOK]
    if len(head) < _SHORTEST_BASE64 or not _BASE64.fullmatch(head):
        return None
    letters = "".join(head.split()).rstrip("=")
    letters = letters[: len(letters) // 4 * 4] if len(text) > _LOOK else letters
    content = _from_base64(letters)
    if content is None or base64.b64encode(content).decode("ascii").rstrip("=") != letters:
        return None
    return content if media_type_of(content) or _is_readable(content) else None


def _is_readable(content: bytes) -> bool:
    """Whether bytes are text without control characters: UTF-8, or a message in a single-byte charset."""
    sample = content[:_SAMPLE]
    if _CONTROLS.search(sample):
        return False
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > len(sample) - _LONGEST_LETTER:
            return True  # the sample ends within a character
        foreign = sum(byte > _LAST_ASCII for byte in sample)
        return foreign * _MOST_FOREIGN < len(sample) and is_mime(sample.decode("latin-1"))
    return True


def media_type_of(head: bytes) -> str | None:
    """The media type by a file's magic number, or None."""
    return next((media_type for magic, media_type in _MAGIC if head.startswith(magic)), None)


def content_bytes(text: str) -> bytes:
    """Decode a data URI or base64; any other text is encoded as UTF-8."""
    if uri := _DATA_URI.match(text[:_LOOK]):
        payload = text[uri.end() :]
        if uri[3]:
            return _from_base64(payload) or b""
        return urllib.parse.unquote_to_bytes(payload)
    if decoded_head(text) is not None and (content := _from_base64(text)) is not None:
        return content
    return text.encode("utf-8", "surrogatepass")


def encoding_of(text: str) -> str:
    """The encoding of a text's content: `data-uri`, `base64` or `text`."""
    if _DATA_URI.match(text[:_LOOK]):
        return "data-uri"
    blob = decoded_head(text)
    return "base64" if blob is not None and not is_mime(text[:_LOOK]) else "text"


def media_type_of_uri(text: str) -> str | None:
    """The media type of a data URI (`text/plain` by default), or None."""
    uri = _DATA_URI.match(text[:_LOOK])
    return (uri[1] or "text/plain").lower() if uri else None


def _from_base64(text: str) -> bytes | None:
    if not text.isascii():
        return None
    letters = "".join(text.split()).rstrip("=")
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except binascii.Error:
        return None


def csv_columns(text: str) -> tuple[str, ...] | None:
    """The columns of a text in CSV, by its header row or by the log that its cells match, or None."""
    head = text[:_LOOK].lstrip("\ufeff")
    first = head.splitlines()[0] if head.strip() else ""
    for delimiter in (",", ";", "\t"):
        if first.count(delimiter) < 2:
            continue
        row = _csv_row(head, delimiter)
        if not row:
            continue
        if logs.is_header(tuple(row)):
            return tuple(row)
        if "\n" in head.strip() and (log := logs.log_of_row(list(row), None)):
            return log[2]
    return None


def csv_rows(text: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Columns and rows of a text for which `csv_columns` finds columns."""
    columns = csv_columns(text)
    body = text.lstrip("\ufeff")
    if columns is None:
        return (), []
    first = body.splitlines()[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    try:
        rows = [tuple(row) for row in csv.reader(io.StringIO(body, newline=""), delimiter=delimiter) if row]
    except csv.Error:
        return columns, []
    named = bool(rows) and [normalised_key(cell) for cell in rows[0]] == [
        normalised_key(name) for name in columns
    ]
    return columns, rows[1:] if named else rows


def _csv_row(text: str, delimiter: str) -> list[str] | None:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), None)
    except csv.Error:
        return None


def record_in_json(text: str) -> dict[str, JsonValue] | None:
    """The object in a JSON text (alone, or the only element of a list): all members, numbers as written."""
    if text[:_LOOK].lstrip()[:1] not in {"{", "["}:
        return None
    try:
        value = json.loads(
            text, parse_float=Number, parse_int=_integer, parse_constant=str, object_pairs_hook=_every_member
        )
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) and value else None


def _every_member(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    members = {}
    counts: Counter[str] = Counter()
    for name, value in pairs:
        counts[name] += 1
        members[name if counts[name] == 1 else RepeatedName(name, counts[name])] = value
    return members


def _integer(text: str) -> int | Number:
    try:
        number = int(text)
    except ValueError:  # thousands of digits
        return Number(text)
    return number if str(number) == text else Number(text)
