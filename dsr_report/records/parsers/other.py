"""Parsers of everything else that Copernica is known to keep."""

from __future__ import annotations

from dsr_report.records import sniff
from dsr_report.records.base import Record
from dsr_report.records.classify import DISCRIMINATORS
from dsr_report.records.fields import FieldReader, as_text
from dsr_report.records.key_signatures import by_names
from dsr_report.records.models.other import (
    Contact,
    Coupon,
    CouponCampaign,
    Envelope,
    Fax,
    FeedbackError,
    History,
    Log,
    Note,
    Sms,
    SmsMailing,
    Todo,
    Unrecognised,
    UploadedFile,
)
from dsr_report.records.registry import parses
from dsr_report.records.vocabulary import kind_labelled, normalised_key


def _person(take: FieldReader) -> None:
    take.id("profile_id", "profile", "profileid")
    take.id("subprofile_id", "subprofile", "subprofileid")


def _when(take: FieldReader) -> None:
    take.moment("occurred_at", "timestamp", "time", "date", "at", "created", "modified")


@parses("sms_mailing")
def parse_sms_mailing(take: FieldReader) -> Record:
    """A send-out of text messages."""
    take.id("mailing_id", "id", "mailing")
    take.id("document_id", "document", "documentid")
    take.text("text", "message", "text")
    take.sender("sender", "from")
    take.text("recipient_count", "destinations")
    take.text("success_count", "successes")
    take.text("error_count", "errors")
    take.text("unknown_count", "unknown")
    take.exact("target", "target")
    _when(take)
    return take.record(SmsMailing)


@parses("sms")
def parse_sms(take: FieldReader) -> Record:
    """A text message, or an error with one."""
    take.id("mailing_id", "mailing", "smsmailing", "mailingid")
    _person(take)
    take.text("address", "phone", "phonenumber", "number", "to", "recipient")
    take.text("text", "message", "text", "")
    take.text("status", "status")
    _when(take)
    told = " ".join((take.found.rule, *take.found.labels)).lower()
    only_errors_have = take.names - set(DISCRIMINATORS) == {"mailing", "timestamp", "profile", "subprofile"}
    if "error" in told or "fout" in told or only_errors_have:
        take.fields["is_error"] = True
    return take.record(Sms)


@parses("fax")
def parse_fax(take: FieldReader) -> Record:
    """A fax."""
    take.id("mailing_id", "mailing", "mailingid")
    _person(take)
    take.text("address", "phone", "phonenumber", "number", "to", "recipient")
    take.text("content", "content", "pdf", "text")
    _when(take)
    return take.record(Fax)


@parses("file")
def parse_file(take: FieldReader) -> Record:
    """An uploaded file, with or without its content; also bare base64 or a data URI."""
    take.id("file_id", "id", "file")
    take.text("name", "name", "filename")
    take.text("directory", "directory", "folder", "path")
    take.text("author", "author")
    size = take.text("size_raw", "size")
    if size is not None and size.isascii() and size.isdigit() and len(size) < 19:
        take.fields["size_bytes"] = int(size)
    take.moment("created_at", "created", "timestamp", "time")
    take.moment("modified_at", "modified")
    take.id("profile_id", "profile", "profileid")
    take.text("media_type", "mediatype", "contenttype", "mimetype")
    content = take.text("content", "content", "data", "base64", "body", "pdf", "")
    if content is not None and take.fields.get("media_type") is None:
        head = sniff.decoded_head(content)
        told = sniff.media_type_of_uri(content) or (sniff.media_type_of(head) if head else None)
        if told:
            take.fields["media_type"] = told
    return take.record(UploadedFile)


@parses("coupon")
def parse_coupon(take: FieldReader) -> Record:
    """A coupon."""
    take.id("coupon_id", "id")
    take.text("code", "code")
    take.text("status", "status")
    take.moment("valid_from", "validfrom")
    take.moment("valid_until", "validuntil")
    take.id("campaign_id", "campaign", "campaignid", "couponcampaign")
    return take.record(Coupon)


@parses("coupon_campaign")
def parse_coupon_campaign(take: FieldReader) -> Record:
    """A campaign of coupons; one documented sample says `code` for `name`."""
    take.id("campaign_id", "id")
    take.text("name", "name", "code")
    take.text("description", "description")
    take.flag("archived", "archived")
    take.text("available_count", "available")
    take.text("sent_count", "sent")
    take.text("redeemed_count", "redeemed")
    take.tags("tags", "tags")
    return take.record(CouponCampaign)


@parses("contact")
def parse_contact(take: FieldReader) -> Record:
    """A contact moment."""
    take.id("contact_id", "id")
    take.text("contact_type", "type", "contacttype")
    take.text("user", "user", "author")
    take.text("content", "content", "text", "description")
    take.id("profile_id", "profile", "profileid")
    _when(take)
    return take.record(Contact)


@parses("todo")
def parse_todo(take: FieldReader) -> Record:
    """Something planned."""
    take.id("todo_id", "id")
    take.text("todo_type", "type", "todotype")
    take.text("user", "user", "author")
    take.text("priority", "priority")
    take.flag("closed", "closed", "done")
    take.text("content", "content", "text", "description")
    take.id("profile_id", "profile", "profileid")
    _when(take)
    return take.record(Todo)


@parses("note")
def parse_note(take: FieldReader) -> Record:
    """A note; also a bare text."""
    take.id("note_id", "id")
    take.text("user", "user", "author")
    take.text("content", "content", "text", "note", "description", "")
    take.id("profile_id", "profile", "profileid")
    _when(take)
    return take.record(Note)


@parses("history")
def parse_history(take: FieldReader) -> Record:
    """An earlier value."""
    take.id("history_id", "id")
    take.text("field", "field", "fieldname", "name", "column")
    take.exact("old_value", "oldvalue", "old", "previous", "before", "from")
    take.exact("new_value", "newvalue", "new", "value", "after", "to")
    _person(take)
    take.text("user", "user", "author")
    take.map("fields", "fields")
    _when(take)
    return take.record(History)


@parses("feedback_error")
def parse_feedback_error(take: FieldReader) -> Record:
    """News that could not be passed on."""
    take.text("status", "response", "status")
    take.text("receiving_ip", "recipient")
    take.text("header", "header")
    _when(take)
    return take.record(FeedbackError)


@parses("log")
def parse_log(take: FieldReader) -> Record:
    """Rows of a log in one text."""
    content = take.text("content", "")
    if content is not None:
        columns, rows = sniff.csv_rows(content)
        take.fields["columns"], take.fields["rows"] = columns, tuple(rows)
        labelled = next(
            (kind for label in reversed(take.found.labels) if (kind := kind_labelled(label))), None
        )
        keyed = by_names(frozenset(map(normalised_key, columns))) if columns else None
        take.fields["row_kind"] = labelled or (keyed[0] if keyed else None)
    return take.record(Log)


@parses("envelope")
def parse_envelope(take: FieldReader) -> Record:
    """How records are packed: all its members stay among the others."""
    return take.record(Envelope)


@parses("unrecognised")
def parse_unrecognised(take: FieldReader) -> Record:
    """What we do not know, whole."""
    take.fields["reason"] = as_text(take.found.rule)
    return take.record(Unrecognised)
