"""What was sent: messages, mailings, snapshots, documents and statistics."""

from __future__ import annotations

from dsr_report.records.declarations.people import PROFILE_ID, SUBPROFILE_ID
from dsr_report.records.kind import Kind, field
from dsr_report.records.names import word_set
from dsr_report.sentences import translatable as _

MAILING_ID = field("mailing_id", "id", "mailing emailing", "Mailing that it belongs to.")
TAGS = field("tags", "tags", "tags", "Labels, separated by semicolons.")
ARCHIVED = field("archived", "flag", "archived", "Whether it is archived.")
_DESCRIPTION = field("description", "text", "description", "Description.")
_SUBJECT = field("subject", "text", "subject", "Subject.")
_SENDER = field("sender", "sender", "from_address from", "Sender, as one text.")
_TEMPLATE_ID = field("template_id", "id", "template templateid", "Template.")
_DOCUMENT_ID = field("document_id", "id", "document documentid", "Document.")
_SENT_AT = "When it was sent."
_RECIPIENTS = field("recipient_count", "count", "destinations", "How many people it went to.")
_TARGET = field("target", "json", "target", "Selection of people, as JSON.")

MAILING_COLUMNS = (
    field("mailing_id", "id", "id mailing emailing", "Copernica's id of the mailing."),
    field("name", "text", "name", "Name of the snapshot."),
    _SUBJECT,
    _DESCRIPTION,
    field("text", "text", "message text", "Text of a text message, placeholders and all."),
    _SENDER,
    field("sent_at", "moment", "timestamp timestampsent time", _SENT_AT),
    field("mailing_type", "text", "type", "`mass` or `individual`."),
    field("content_type", "text", "contenttype", "`html`, `text` or `both`."),
    _TEMPLATE_ID,
    _DOCUMENT_ID,
    _RECIPIENTS,
    field("click_count", "count", "clicks", "Clicks of all recipients."),
    field("impression_count", "count", "impressions", "Impressions of all recipients."),
    field("success_count", "count", "successes", "Text messages that arrived."),
    field("error_count", "count", "errors", "Text messages that did not."),
    field("unknown_count", "count", "unknown", "Text messages of which nothing is known."),
    TAGS,
    _TARGET,
)
"""All columns of `mailings`, in order; each kind has some of them."""
MAILING_FIELDS = {one.name: one for one in MAILING_COLUMNS}

KINDS = (
    Kind(
        "message",
        (_("Message"), _("Messages")),
        _("An e-mail that we sent you"),
        "messages",
        (
            field(
                "message_id",
                "id",
                "messageid",
                "Public id: 32 hex digits or 16 letters and digits. Not the Message-ID of the header.",
            ),
            field(
                "internal_id", "id", "internal internalid", "Numeric id, which statistics call `destination`."
            ),
            field("mailing_id", "id", "mailing emailing mailingid emailingid", "Mailing that it belongs to."),
            PROFILE_ID,
            SUBPROFILE_ID,
            field("sent_at", "moment", "timestampsent sent senttime sendtime timestamp time", _SENT_AT),
            field(
                "subject",
                "text",
                "subject",
                "Subject: of the record, else of the message's own header, decoded.",
            ),
            field(
                "sender",
                "sender",
                "from_address from sender",
                "Sender: of the record, else From of the message's own header, decoded.",
            ),
            field(
                "address", "text", "recipient email to", "The recipient's address, where the record gives it."
            ),
            field("template_id", "id", "template templateid", "Template that it was made with."),
            field("document_id", "id", "document documentid", "Document that it was made with."),
            field("unsubscribed", "flag", "unsubscribed", "Whether the subject unsubscribed by it."),
            TAGS,
            field("mime", "text", "mime raw eml", column=""),
            field("mime_encoding", "made", column=""),
            field("html", "text", "html source", column=""),
            field("text", "text", "text .", column=""),
            field("amp", "text", "amp", column=""),
            field("attachments", "json", "attachments", column=""),
        ),
        table="messages",
        model="mail.Message",
        words=word_set(
            "message messages mail mails mime mimes email emails destination destinations bericht berichten body "
            "bodies sentmessage sentmessages"
        ),
        moments=("sent_at",),
        is_weak=True,
        holds_records=True,
        origin="observed",
    ),
    Kind(
        "mailing",
        (_("Mailing"), _("Mailings")),
        _("One message that went to many people at the same time"),
        "background",
        tuple(
            MAILING_FIELDS[name]
            for name in (
                "mailing_id subject description sender sent_at mailing_type content_type template_id document_id "
                "recipient_count click_count impression_count tags target"
            ).split()
        ),
        table="mailings",
        model="mail.Mailing",
        words=word_set("mailing mailings emailing emailings mailingen"),
        moments=("sent_at",),
        is_weak=True,
        holds_records=True,
        origin="observed",
    ),
    Kind(
        "snapshot",
        (_("Stored copy of a mailing"), _("Stored copies of mailings")),
        _("What a mailing looked like when it was sent"),
        "background",
        (
            field("mailing_id", "id", "mailing emailing", "Copernica's id of the mailing."),
            *(MAILING_FIELDS[name] for name in "name subject sender template_id document_id".split()),
        ),
        table="mailings",
        model="mail.Snapshot",
        words=word_set("snapshot snapshots momentopname momentopnamen"),
        origin="observed",
    ),
    Kind(
        "document",
        (_("Document"), _("Documents")),
        _("The text that messages were made from"),
        "background",
        (
            field("document_id", "id", "id document", "Copernica's id of the document."),
            _TEMPLATE_ID,
            field("name", "text", "name", "Name."),
            _DESCRIPTION,
            _SENDER,
            _SUBJECT,
            ARCHIVED,
            field("html", "text", "source html .", "Source."),
        ),
        table="documents",
        model="mail.Document",
        words=word_set("document documents documenten template templates sjabloon sjablonen"),
        is_weak=True,
        origin="observed",
    ),
    Kind(
        "statistics",
        (_("Statistics for a message"), _("Statistics for messages")),
        _("How often things happened to one message"),
        "background",
        (
            field("message_id", "id", "id destination messageid", "Id of the message as the record has it."),
            MAILING_ID,
            field("counts", "made", column=""),
        ),
        table="statistics",
        model="mail.Statistics",
        words=word_set("statistic statistics statistiek statistieken"),
        is_weak=True,
        origin="observed",
    ),
)
