"""Parsers of messages, mailings, snapshots, documents and statistics."""

from __future__ import annotations

from dsr_report.records import sniff
from dsr_report.records.base import Record
from dsr_report.records.fields import FieldReader, as_id, as_text
from dsr_report.records.models.mail import Count, Document, Mailing, Message, Snapshot, Statistics
from dsr_report.records.registry import parses
from dsr_report.records.vocabulary import normalised_key, word_set


def message_ids(take: FieldReader) -> None:
    """The public id and the numeric one: which is which is told by their looks."""
    take.id("message_id", "messageid")
    take.id("internal_id", "internal", "internalid")
    for name in ("id", "destination", "message", "destinationid"):
        value = as_id(take.peek(name)) if not isinstance(take.peek(name), dict) else None
        if value is None or "://" in value:
            continue
        field = "internal_id" if value.isdigit() else "message_id"
        if take.fields.get(field) is None and (name == "id" or value.isdigit() or len(value) in {16, 32}):
            take.id(field, name)


@parses("message")
def parse_message(take: FieldReader) -> Record:
    """A destination, a message's content, or both; also a bare text."""
    if not isinstance(take.found.value, dict) and take.names == {""}:
        _bare_message(take)
        return take.record(Message)
    message_ids(take)
    take.id("mailing_id", "mailing", "emailing", "mailingid", "emailingid")
    take.id("profile_id", "profile", "profileid")
    take.id("subprofile_id", "subprofile", "subprofileid")
    take.moment("sent_at", "timestampsent", "sent", "senttime", "sendtime", "timestamp", "time")
    take.text("subject", "subject")
    mime = take.text("mime", "mime", "raw", "eml")
    if mime is not None:
        encoding = sniff.encoding_of(mime)
        take.fields["mime_encoding"] = encoding
        if encoding != "text":
            take.fields["mime"] = sniff.content_bytes(mime)
    take.text("html", "html", "source")
    take.text("text", "text")
    take.text("amp", "amp")
    take.text("address", "recipient", "email", "to")
    take.sender("sender", "from_address", "from", "sender")
    take.id("template_id", "template", "templateid")
    take.id("document_id", "document", "documentid")
    take.flag("unsubscribed", "unsubscribed")
    take.tags("tags", "tags")
    take.exact("attachments", "attachments")
    return take.record(Message)


def _bare_message(take: FieldReader) -> None:
    value = take.found.value
    if not isinstance(value, str):
        return
    encoding = sniff.encoding_of(value)
    if encoding == "text":
        field = (
            "mime"
            if sniff.is_mime(value[:16_384].lstrip("\ufeff"))
            else "html"
            if sniff.is_html(value)
            else "text"
        )
        take.text(field, "")
        if field == "mime":
            take.fields["mime_encoding"] = "text"
        return
    content = sniff.content_bytes(value)
    inner = content.decode("utf-8", "replace")
    take.text("mime", "")
    if sniff.is_html(inner) or sniff.media_type_of_uri(value) == "text/html":
        take.fields["html"] = inner
        take.sources["html"] = take.sources.pop("mime")
        del take.fields["mime"]
        return
    take.fields["mime"] = content
    take.fields["mime_encoding"] = encoding


@parses("mailing")
def parse_mailing(take: FieldReader) -> Record:
    """A send-out to many."""
    take.id("mailing_id", "id", "mailing", "emailing")
    take.text("subject", "subject")
    take.text("description", "description")
    take.sender("sender", "from_address", "from")
    take.moment("sent_at", "timestamp", "timestampsent", "time")
    take.text("mailing_type", "type")
    take.text("content_type", "contenttype")
    take.id("template_id", "template", "templateid")
    take.id("document_id", "document", "documentid")
    take.text("recipient_count", "destinations")
    take.text("click_count", "clicks")
    take.text("impression_count", "impressions")
    take.tags("tags", "tags")
    take.exact("target", "target")
    return take.record(Mailing)


@parses("snapshot")
def parse_snapshot(take: FieldReader) -> Record:
    """What a mailing looked like when it was sent."""
    take.text("name", "name")
    take.sender("sender", "from_address", "from")
    take.text("subject", "subject")
    take.id("mailing_id", "mailing", "emailing")
    take.id("template_id", "template", "templateid")
    take.id("document_id", "document", "documentid")
    return take.record(Snapshot)


@parses("document")
def parse_document(take: FieldReader) -> Record:
    """A document with its source; also bare HTML."""
    take.id("document_id", "id", "document")
    take.id("template_id", "template", "templateid")
    take.text("name", "name")
    take.text("description", "description")
    take.sender("sender", "from_address", "from")
    take.text("subject", "subject")
    take.flag("archived", "archived")
    take.text("html", "source", "html", "")
    return take.record(Document)


_COUNTED = word_set("abuses clicks deliveries errors impressions retries unsubscribes attempts opens bounces")


@parses("statistics")
def parse_statistics(take: FieldReader) -> Record:
    """Counts of what happened to one message."""
    take.id("message_id", "id", "destination", "messageid")
    take.id("mailing_id", "mailing", "emailing")
    counts = []
    for number, member in enumerate(take.members):
        value = member.value
        if normalised_key(member.name) not in _COUNTED:
            continue
        if isinstance(value, dict) and value and set(map(normalised_key, value)) <= {"total", "unique"}:
            parts = {normalised_key(name): as_text(count) for name, count in value.items()}
            counts.append(Count(str(member.name), parts.get("total"), parts.get("unique")))
        elif as_text(value) is not None:
            counts.append(Count(str(member.name), as_text(value), None))
        else:
            continue
        take.claimed.add(number)
        take.sources[f"counts.{member.name}"] = member.pointer
    take.fields["counts"] = tuple(counts)
    return take.record(Statistics)
