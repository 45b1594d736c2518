"""What was sent: messages (destinations and contents), mailings, snapshots, documents, statistics."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, NamedTuple

from pydantic import AwareDatetime

from dsr_report.records.base import AsItIs, Exact, Record, Text
from dsr_report.times import Certainty


class Message(Record):
    """One message to the subject: its sending (a destination), its content, or both."""

    kind: ClassVar[str] = "message"
    message_id: Text | None = None
    """Public id: 32 hex digits (Publisher) or 16 letters and digits (Marketing Suite), as the export has it.

    Not RFC 5322's Message-ID. Where the only id is a number, it is in `internal_id`.
    """
    internal_id: Text | None = None
    """Numeric id of the destination, which statistics records refer to."""
    mailing_id: Text | None = None
    profile_id: Text | None = None
    subprofile_id: Text | None = None
    sent_at: AwareDatetime | None = None
    sent_at_raw: Text | None = None
    sent_at_certainty: Certainty | None = None
    subject: Text | None = None
    """The subject where the export has it as a member; that of the MIME message is in its headers."""
    mime: Text | bytes | None = None
    """The complete source: text as the export has it, or bytes where the export has it in base64."""
    mime_encoding: Literal["text", "base64", "data-uri"] | None = None
    html: Text | None = None
    text: Text | None = None
    amp: Text | None = None
    address: Text | None = None
    """The recipient's address."""
    sender: Text | None = None
    template_id: Text | None = None
    document_id: Text | None = None
    unsubscribed: bool | None = None
    tags: tuple[Text, ...] = ()
    attachments: Exact = None
    """Names and ranks of attachments where the export lists them beside the message (SMTPeter)."""


class Mailing(Record):
    """One send-out to many people, of which the subject was one."""

    kind: ClassVar[str] = "mailing"
    mailing_id: Text | None = None
    subject: Text | None = None
    description: Text | None = None
    sender: Text | None = None
    """Name and address of the sender, as one text (`Shop <shop@example.org>`)."""
    sent_at: AwareDatetime | None = None
    sent_at_raw: Text | None = None
    sent_at_certainty: Certainty | None = None
    mailing_type: Text | None = None
    """`mass` or `individual`."""
    content_type: Text | None = None
    """`html`, `text` or `both`."""
    template_id: Text | None = None
    document_id: Text | None = None
    recipient_count: Text | None = None
    """How many people it went to."""
    click_count: Text | None = None
    impression_count: Text | None = None
    tags: tuple[Text, ...] = ()
    target: Exact = None
    """The selection of people that was mailed."""


class Snapshot(Record):
    """What a mailing looked like when it was sent: its name, sender and subject."""

    kind: ClassVar[str] = "snapshot"
    name: Text | None = None
    sender: Text | None = None
    subject: Text | None = None
    mailing_id: Text | None = None
    template_id: Text | None = None
    document_id: Text | None = None


class Document(Record):
    """A document, personalised for the subject or not, with its source."""

    kind: ClassVar[str] = "document"
    document_id: Text | None = None
    template_id: Text | None = None
    name: Text | None = None
    description: Text | None = None
    sender: Text | None = None
    subject: Text | None = None
    archived: bool | None = None
    html: Text | None = None
    """The document's source."""


class Count(NamedTuple):
    """One line of statistics (`clicks`, 3 in all, of which 2 different ones)."""

    name: str
    total: str | None
    unique: str | None


class Statistics(Record):
    """How often things happened to one message."""

    kind: ClassVar[str] = "statistics"
    message_id: Text | None = None
    """As the export has it: a hash, or a number."""
    mailing_id: Text | None = None
    counts: Annotated[tuple[Count, ...], AsItIs] = ()
