"""Parsers of events, from statistics, logs, webhooks and the events API alike."""

from __future__ import annotations

from dsr_report.records.base import Record
from dsr_report.records.fields import FieldReader, as_id
from dsr_report.records.models.events import (
    Abuse,
    Attempt,
    Bounce,
    Click,
    Delivery,
    Error,
    Impression,
    OpenOrClick,
    Response,
    Retry,
    Unsubscribe,
)
from dsr_report.records.registry import parses


def _event(take: FieldReader) -> None:
    """What all events have. `destination` is the worst trap: an id, a hash, or (SMTPeter) a web address."""
    destination = as_id(take.peek("destination"))
    leads_away = destination is not None and ("://" in destination or take.has("url"))
    if leads_away:
        destination = None
        if take.found.kind == "click":
            take.text("target", "destination")
    if destination is not None:
        take.id("message_id", "destination")
        take.id("event_id", "id")
    elif as_id(take.peek("messageid")) is not None:
        take.id("message_id", "messageid")
        take.id("event_id", "id")
    elif (own := as_id(take.peek("id"))) is not None:
        take.id("event_id" if own.isdigit() else "message_id", "id")
    else:
        take.id("message_id", *(() if leads_away else ("destination",)), "messageid", "message")
        take.id("event_id", "id")
    take.id("mailing_id", "mailing", "emailing", "mailingid", "emailingid")
    take.id("profile_id", "profile", "profileid")
    take.id("subprofile_id", "subprofile", "subprofileid")
    take.moment("occurred_at", "timestamp", "time", "datetime", "date")
    take.text("address", "email", "recipient")
    take.tags("tags", "tags")
    take.id("template_id", "template", "templateid")
    take.id("document_id", "document", "documentid")
    take.id("group_id", "groupid", "mailinggroup", "group")
    take.text("sender_domain", "senderdomain")


def _visit(take: FieldReader) -> None:
    take.text("ip", "ip")
    take.text("user_agent", "useragent")
    take.text("referer", "referer", "referrer")
    take.text("device", "device")
    take.text("header", "header", "headers")
    take.text("protocol", "protocol")
    take.text("country_code", "countrycode")
    take.text("country", "countryname", "country")
    take.text("region", "regioncode", "region")
    take.text("city", "city")


@parses("attempt")
def parse_attempt(take: FieldReader) -> Record:
    """Copernica began to send."""
    _event(take)
    take.id("database_id", "database", "databaseid")
    take.id("collection_id", "collection", "collectionid")
    take.text("envelope", "envelope")
    take.text("properties", "properties")
    return take.record(Attempt)


@parses("delivery")
def parse_delivery(take: FieldReader) -> Record:
    """The receiving server accepted the message."""
    _event(take)
    take.text("attempts", "attempts", "attempt")
    take.text("smtp_response", "smtpresponse", "description", "response")
    take.text("envelope", "envelope")
    take.text("sending_ip", "from")
    take.text("receiving_ip", "to")
    return take.record(Delivery)


@parses("retry")
def parse_retry(take: FieldReader) -> Record:
    """The receiving server asked to try again."""
    _event(take)
    take.text("attempts", "attempt", "attempts")
    return take.record(Retry)


@parses("impression")
def parse_impression(take: FieldReader) -> Record:
    """Pictures were loaded."""
    _event(take)
    _visit(take)
    return take.record(Impression)


@parses("click")
def parse_click(take: FieldReader) -> Record:
    """A link was followed."""
    _event(take)
    _visit(take)
    take.text("link", "link", "original", "url")
    take.text("link_id", "linkid", "linkinfo")
    take.text("link_title", "linktitle")
    return take.record(Click)


@parses("open_or_click")
def parse_open_or_click(take: FieldReader) -> Record:
    """Old-style logs do not tell which of the two."""
    _event(take)
    _visit(take)
    return take.record(OpenOrClick)


@parses("error")
def parse_error(take: FieldReader) -> Record:
    """The message could not be delivered."""
    _event(take)
    take.text("error_code", "errorcode")
    take.text("status", "status", "extended")
    take.text("smtp_code", "code")
    take.text("error_type_description", "errortypedescription")
    if take.found.rule.startswith("type "):
        take.text("error_type", "errortype")
    else:
        take.text("error_type", "errortype", "type")
    take.text("description", "description")
    take.text("content", "content")
    take.text("state", "state")
    take.text("action", "action")
    take.text("attempts", "attempt", "attempts")
    take.text("envelope", "envelope")
    take.text("sending_ip", "from")
    take.text("receiving_ip", "to")
    return take.record(Error)


def _returned(take: FieldReader) -> None:
    take.text("mime", "mime", "mail", "")
    take.text("envelope", "envelope")


@parses("bounce")
def parse_bounce(take: FieldReader) -> Record:
    """A message came back."""
    _event(take)
    _returned(take)
    return take.record(Bounce)


@parses("response")
def parse_response(take: FieldReader) -> Record:
    """Something answered."""
    _event(take)
    _returned(take)
    return take.record(Response)


@parses("abuse")
def parse_abuse(take: FieldReader) -> Record:
    """A spam complaint."""
    _event(take)
    _returned(take)
    take.text("recognized_as", "recognizedas")
    take.text("feedback_type", "feedbacktype")
    take.text("arf_version", "arfversion")
    take.text("details", "details")
    take.exact("report", "report")
    take.text("reporter", "emailfrom")
    return take.record(Abuse)


@parses("unsubscribe")
def parse_unsubscribe(take: FieldReader) -> Record:
    """The subject unsubscribed."""
    _event(take)
    take.text("source", "source")
    take.flag("success", "success")
    take.id("database_id", "database", "databaseid")
    return take.record(Unsubscribe)
