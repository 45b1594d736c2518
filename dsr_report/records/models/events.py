"""What happened to a message: attempts, deliveries, impressions, clicks, errors and complaints."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime

from dsr_report.records.base import Exact, Record, Text
from dsr_report.times import Certainty


class Event(Record):
    """Something that happened to one message at one moment."""

    event_id: Text | None = None
    """Id of the event itself (REST statistics); logs have none."""
    message_id: Text | None = None
    """The message it happened to, as the export has it: a hash, or the numeric id of the destination."""
    mailing_id: Text | None = None
    profile_id: Text | None = None
    subprofile_id: Text | None = None
    occurred_at: AwareDatetime | None = None
    """None where the export gives no readable time; then `occurred_at_raw` alone is shown."""
    occurred_at_raw: Text | None = None
    occurred_at_certainty: Certainty | None = None
    address: Text | None = None
    """The recipient's address."""
    tags: tuple[Text, ...] = ()
    template_id: Text | None = None
    document_id: Text | None = None
    group_id: Text | None = None
    sender_domain: Text | None = None


class Attempt(Event):
    """Copernica began to send the message."""

    kind: ClassVar[str] = "attempt"
    database_id: Text | None = None
    collection_id: Text | None = None
    envelope: Text | None = None
    properties: Text | None = None
    """SMTPeter's features that were on (`inlinecss;trackopens`)."""


class Delivery(Event):
    """The receiving server accepted the message."""

    kind: ClassVar[str] = "delivery"
    attempts: Text | None = None
    """How many attempts came before, counted from 0."""
    smtp_response: Text | None = None
    envelope: Text | None = None
    sending_ip: Text | None = None
    receiving_ip: Text | None = None


class Retry(Event):
    """The receiving server asked to try again later."""

    kind: ClassVar[str] = "retry"
    attempts: Text | None = None


class _Visit(Event):
    """A web request of the subject's program."""

    ip: Text | None = None
    """`0.0.0.0` means that it was not kept."""
    user_agent: Text | None = None
    """As a member of the record; logs have it inside `header`."""
    referer: Text | None = None
    device: Text | None = None
    """`desktop`, `tablet`, `mobile` or `unknown`."""
    header: Text | None = None
    """The request's header fields, one a line, as the log has them."""
    protocol: Text | None = None
    country_code: Text | None = None
    country: Text | None = None
    region: Text | None = None
    city: Text | None = None


class Impression(_Visit):
    """The subject's mail program loaded a message's pictures: as near to "opened" as mail can tell."""

    kind: ClassVar[str] = "impression"


class Click(_Visit):
    """A link of a message was followed."""

    kind: ClassVar[str] = "click"
    link: Text | None = None
    """The link as it was written in the message, placeholders and all, or as it was followed (webhooks)."""
    link_id: Text | None = None
    """Copernica's number of the link (`link_id`, `linkinfo`); not an address."""
    link_title: Text | None = None
    target: Text | None = None
    """Where the link led in the end (SMTPeter's `destination`)."""


class OpenOrClick(_Visit):
    """Pictures were loaded or a link was followed: old-style logs do not distinguish them."""

    kind: ClassVar[str] = "open_or_click"


class Error(Event):
    """The message could not be delivered."""

    kind: ClassVar[str] = "error"
    error_code: Text | None = None
    """The statistics' code (`5.1.2`, or `0`)."""
    status: Text | None = None
    """Enhanced status (`5.1.1`)."""
    smtp_code: Text | None = None
    """`550`, `450` …"""
    error_type: Text | None = None
    error_type_description: Text | None = None
    description: Text | None = None
    content: Text | None = None
    """The full error message."""
    state: Text | None = None
    """Phase of the SMTP dialogue; `bounce` where the error came back later."""
    action: Text | None = None
    attempts: Text | None = None
    envelope: Text | None = None
    sending_ip: Text | None = None
    receiving_ip: Text | None = None


class _Returned(Event):
    mime: Text | bytes | None = None
    """Complete source of the message that came back; it may concern other people too."""
    envelope: Text | None = None
    """Address that it came back to."""


class Bounce(_Returned):
    """A message was returned, or an automatic reply arrived."""

    kind: ClassVar[str] = "bounce"


class Response(_Returned):
    """A reply arrived at the return address (SMTPeter)."""

    kind: ClassVar[str] = "response"


class Abuse(_Returned):
    """The subject, or their provider, reported the message as spam."""

    kind: ClassVar[str] = "abuse"
    recognized_as: Text | None = None
    feedback_type: Text | None = None
    arf_version: Text | None = None
    details: Text | None = None
    report: Exact = None
    """Marketing Suite's report: an object, `{}` where it is empty."""
    reporter: Text | None = None
    """Who reported (SMTPeter's `emailfrom`)."""


class Unsubscribe(Event):
    """The subject unsubscribed."""

    kind: ClassVar[str] = "unsubscribe"
    source: Text | None = None
    """`link` or `email`."""
    success: bool | None = None
    """Whether the database's unsubscribe behaviour was carried out."""
    database_id: Text | None = None
