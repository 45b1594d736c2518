"""Parsing of messages that names alone do not decide: which id is which, and the source's encoding."""

from __future__ import annotations

from dsr_report.records import sniff
from dsr_report.records.fields import FieldReader, as_id, as_text, is_flat
from dsr_report.records.models.mail import Count
from dsr_report.records.names import normalised_key, word_set
from dsr_report.records.registry import after, before

_COUNTED = word_set("abuses clicks deliveries errors impressions retries unsubscribes attempts opens bounces")


@before("message")
def read_message(reader: FieldReader) -> None:
    """Read a bare text, or the ids: their form shows which one is public and which is the number."""
    if not isinstance(reader.found.value, dict) and reader.names == {""}:
        _read_bare_message(reader)
        return
    reader.id("message_id", "messageid")
    reader.id("internal_id", "internal", "internalid")
    for name in ("id", "destination", "message", "destinationid"):
        value = as_id(reader.peek(name)) if not isinstance(reader.peek(name), dict) else None
        if value is None or "://" in value:
            continue
        field = "internal_id" if value.isdigit() else "message_id"
        if reader.fields.get(field) is None and (name == "id" or value.isdigit() or len(value) in {16, 32}):
            reader.id(field, name)


@after("message")
def decode_source(reader: FieldReader) -> None:
    """Set the encoding of the source, and decode base64."""
    mime = reader.fields.get("mime")
    if mime is not None and "mime_encoding" not in reader.fields:
        encoding = sniff.encoding_of(mime)
        reader.fields["mime_encoding"] = encoding
        if encoding != "text":
            reader.fields["mime"] = sniff.content_bytes(mime)


def _read_bare_message(reader: FieldReader) -> None:
    value = reader.found.value
    if not isinstance(value, str):
        return
    encoding = sniff.encoding_of(value)
    if encoding == "text":
        is_source = sniff.is_mime(value[:16_384].lstrip("\ufeff"))
        reader.text("mime" if is_source else "html" if sniff.is_html(value) else "text", "")
        if is_source:
            reader.fields["mime_encoding"] = "text"
        return
    content = sniff.content_bytes(value)
    inner = content.decode("utf-8", "replace")
    reader.text("mime", "")
    if sniff.is_html(inner) or sniff.media_type_of_uri(value) == "text/html":
        reader.fields["html"] = inner
        reader.sources["html"] = reader.sources.pop("mime")
        del reader.fields["mime"]
        return
    reader.fields["mime"] = content
    reader.fields["mime_encoding"] = encoding


@after("statistics")
def read_counts(reader: FieldReader) -> None:
    """Read the counts of what happened to one message: numbers, or objects of `total` and `unique`."""
    counts = []
    for number, member in enumerate(reader.members):
        value = member.value
        if normalised_key(member.name) not in _COUNTED or number in reader.claimed:
            continue
        if isinstance(value, dict) and value and set(map(normalised_key, value)) <= {"total", "unique"}:
            parts = {normalised_key(name): as_text(count) for name, count in value.items()}
            counts.append(Count(str(member.name), parts.get("total"), parts.get("unique")))
            if not is_flat(value):
                continue  # its counts are read, and it stays among the others
        elif as_text(value) is not None:
            counts.append(Count(str(member.name), as_text(value), None))
        else:
            continue
        reader.claimed.add(number)
        reader.sources[f"counts.{member.name}"] = member.pointer
    reader.fields["counts"] = tuple(counts)
