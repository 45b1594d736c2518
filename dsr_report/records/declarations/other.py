"""All other kinds that Copernica is known to keep, and unrecognised records."""

from __future__ import annotations

from dsr_report.records.declarations.mail import MAILING_FIELDS, TAGS
from dsr_report.records.declarations.people import FIELDS, PROFILE_ID, SUBPROFILE_ID
from dsr_report.records.kind import Field, Kind, field
from dsr_report.records.names import word_set
from dsr_report.sentences import translatable as _

_WHEN = field("occurred_at", "moment", "timestamp time date at created modified", "When it happened.")
_MAILING_ID = field("mailing_id", "id", "mailing smsmailing mailingid", "Mailing that it belongs to.")
_NUMBER = "phone phonenumber number to recipient"


def _note_id(name: str) -> Field:
    return field(name, "id", "id", "Copernica's id of it.", column="note_id")


def _type(name: str, keys: str) -> Field:
    return field(name, "text", keys, "Type of the contact or to-do.", column="type")


_AUTHOR = field("user", "text", "user author", "Who wrote it.")
_TEXT, _WRITTEN = _("Text"), _("What was written down.")
_CONTENT = field(
    "content", "text", "content text description", "What it says.", label=_TEXT, meaning=_WRITTEN
)

UNKNOWN = Kind(
    "unrecognised",
    (_("Other record"), _("Other records")),
    _("A record whose meaning we do not know"),
    "other",
    (field("reason", "made", column=""),),
    model="other.Unrecognised",
    free_text="about",
)

KINDS = (
    Kind(
        "sms_mailing",
        (_("Mailing by text message"), _("Mailings by text message")),
        _("One text message that went to many people at the same time"),
        "background",
        (
            field("mailing_id", "id", "id mailing", "Copernica's id of the mailing."),
            MAILING_FIELDS["text"],
            field("sender", "sender", "from", "Sender, as one text."),
            field(
                "occurred_at",
                "moment",
                "timestamp time date at created modified",
                "When it was sent.",
                column="sent_at",
            ),
            *(
                MAILING_FIELDS[name]
                for name in "document_id recipient_count success_count error_count unknown_count target".split()
            ),
        ),
        table="mailings",
        model="other.SmsMailing",
        words=word_set("smsmailing smsmailings smsmailingen textmailing textmailings"),
        moments=("occurred_at",),
        origin="observed",
    ),
    Kind(
        "sms",
        (_("Text message"), _("Text messages")),
        _("A text message that we sent you"),
        "other",
        (
            _MAILING_ID,
            PROFILE_ID,
            SUBPROFILE_ID,
            _WHEN,
            field("address", "text", _NUMBER, "Number that it went to."),
            field(
                "text",
                "text",
                "message text .",
                "Text or content.",
                label=_("Text"),
                meaning=_("What the text message says."),
            ),
            field("status", "text", "status", "What became of it."),
            field("is_error", "made", "", _("True where it is an error with one."), dtype="boolean"),
        ),
        table="sms",
        model="other.Sms",
        words=word_set(
            "sms smses text texts textmessage textmessages smsmessage smsmessages smserror smserrors smsbericht "
            "smsberichten"
        ),
        moments=("occurred_at",),
        is_weak=True,
        origin="observed",
    ),
    Kind(
        "fax",
        (_("Fax"), _("Faxes")),
        _("A fax that we sent you"),
        "other",
        (
            field("mailing_id", "id", "mailing mailingid", "Mailing that it belongs to."),
            PROFILE_ID,
            SUBPROFILE_ID,
            _WHEN,
            field("address", "text", _NUMBER, "Number that it went to."),
            field("content", "text", "content pdf text", "Text or content.", column="text"),
        ),
        table="sms",
        model="other.Fax",
        words=word_set("fax faxes faxen faxmailing faxmailings"),
        moments=("occurred_at",),
        origin="observed",
    ),
    Kind(
        "file",
        (_("File"), _("Files")),
        _("A file that is kept with your profile"),
        "files",
        (
            field("file_id", "id", "id file", "Copernica's id of the file."),
            field("name", "text", "name filename", "Name of the file."),
            field("directory", "text", "directory folder path", "Folder."),
            field("author", "text", "author", "Who stored it."),
            field("size_bytes", "made", "", _("Size as the record gives it."), dtype="int64", unit="bytes"),
            field("size_raw", "text", "size", "Text that `size_bytes` was read from, as the export has it."),
            field(
                "media_type",
                "text",
                "mediatype contenttype mimetype",
                "Media type, where the export or the content tells.",
            ),
            field("created_at", "moment", "created timestamp time", "When it was stored."),
            field("modified_at", "moment", "modified", "When it last changed."),
            PROFILE_ID,
            field(
                "content",
                "text",
                "content data base64 body pdf .",
                "The content as the export has it (text, base64 or a data URI).",
            ),
        ),
        table="files",
        model="other.UploadedFile",
        words=word_set(
            "file files upload uploads attachment attachments pdf pdfs bestand bestanden bijlage bijlagen "
            "uploadedfile uploadedfiles profilefile profilefiles"
        ),
        moments=("created_at", "modified_at"),
        is_weak=True,
    ),
    Kind(
        "coupon",
        (_("Voucher"), _("Vouchers")),
        _("A voucher that was given to you"),
        "background",
        (
            field("coupon_id", "id", "id", "Copernica's id of the coupon."),
            field(
                "campaign_id",
                "id",
                "campaign campaignid couponcampaign",
                "Copernica's id of the campaign.",
                label=_("Campaign"),
                meaning=_("The number of the campaign that the voucher belongs to."),
            ),
            field("code", "text", "code", "Code of the coupon."),
            field("status", "text", "status", "`available`, `sent`, `redeemed` or another."),
            field("valid_from", "moment", "validfrom", "From when it is valid."),
            field(
                "valid_until",
                "moment",
                "validuntil",
                "Until when it is valid; open-ended where the raw text is empty.",
            ),
        ),
        table="coupons",
        model="other.Coupon",
        words=word_set("coupon coupons kortingscode kortingscodes waardebon waardebonnen"),
        origin="observed",
    ),
    Kind(
        "coupon_campaign",
        (_("Voucher campaign"), _("Voucher campaigns")),
        _("A campaign that vouchers belong to"),
        "background",
        (
            field("campaign_id", "id", "id", "Copernica's id of the campaign."),
            field("name", "text", "name code", "Name of the campaign."),
            field("description", "text", "description", "Description of the campaign."),
            field("archived", "flag", "archived", "Whether the campaign is archived."),
            field("available_count", "count", "available", "Coupons that are left."),
            field("sent_count", "count", "sent", "Coupons that were sent."),
            field("redeemed_count", "count", "redeemed", "Coupons that were redeemed."),
            TAGS,
        ),
        table="coupons",
        model="other.CouponCampaign",
        words=word_set("couponcampaign couponcampaigns couponcampagne couponcampagnes"),
        origin="observed",
    ),
    Kind(
        "todo",
        (_("Task"), _("Tasks")),
        _("Something that our people planned to do about you"),
        "noted",
        (
            _note_id("todo_id"),
            PROFILE_ID,
            _WHEN,
            _type("todo_type", "type todotype"),
            _AUTHOR,
            field("priority", "text", "priority", "Priority of the to-do."),
            field(
                "closed",
                "flag",
                "closed done",
                "Whether the to-do is done.",
                label=_("Done"),
                meaning=_("Whether the task is done."),
            ),
            _CONTENT,
        ),
        table="notes",
        model="other.Todo",
        words=word_set("todo todos taak taken task tasks"),
        moments=("occurred_at",),
        free_text="about",
        origin="inferred",
    ),
    Kind(
        "contact",
        (_("Contact with us"), _("Contacts with us")),
        _("A conversation with you that our people noted down"),
        "noted",
        (
            _note_id("contact_id"),
            PROFILE_ID,
            _WHEN,
            _type("contact_type", "type contacttype"),
            _AUTHOR,
            _CONTENT,
        ),
        table="notes",
        model="other.Contact",
        words=word_set("contact contacts lastcontact contactmoment contactmomenten"),
        moments=("occurred_at",),
        free_text="about",
        is_weak=True,
        origin="inferred",
    ),
    Kind(
        "note",
        (_("Note"), _("Notes")),
        _("Something that our people noted down about you"),
        "noted",
        (
            _note_id("note_id"),
            PROFILE_ID,
            _WHEN,
            _AUTHOR,
            field(
                "content",
                "text",
                "content text note description .",
                "What it says.",
                label=_TEXT,
                meaning=_WRITTEN,
            ),
        ),
        table="notes",
        model="other.Note",
        words=word_set("note notes notitie notities opmerking opmerkingen"),
        moments=("occurred_at",),
        free_text="about",
        origin="inferred",
    ),
    Kind(
        "history",
        (_("Earlier value"), _("Earlier values")),
        _("What a field held before it was changed"),
        "noted",
        (
            field("history_id", "id", "id", "Copernica's id of the entry."),
            PROFILE_ID,
            SUBPROFILE_ID,
            _WHEN,
            field("field", "text", "field fieldname name column", _("Name of the field.")),
            field(
                "old_value",
                "value",
                "oldvalue old previous before from",
                "Earlier value; as JSON where it is no single value.",
            ),
            field(
                "new_value",
                "value",
                "newvalue new value after to",
                "Later value; as JSON where it is no single value.",
            ),
            field("user", "text", "user author", "Who changed it."),
            FIELDS,
        ),
        table="history",
        model="other.History",
        words=word_set(
            "history histories mutation mutations geschiedenis mutatie mutaties historie fieldhistory"
        ),
        moments=("occurred_at",),
        free_text="about",
        origin="observed",
    ),
    Kind(
        "feedback_error",
        (_("Error of a connected system"), _("Errors of connected systems")),
        _("News about you could not be passed on to another of our systems"),
        "background",
        (
            _WHEN,
            field("status", "text", "response status", "HTTP status of the answer."),
            field("receiving_ip", "text", "recipient", "Internet address of the server."),
            field("header", "text", "header", "Header of the request."),
        ),
        table="feedback_errors",
        model="other.FeedbackError",
        words=word_set("feedbackerror feedbackerrors feedbackloop feedbacklooperror feedbacklooperrors"),
        moments=("occurred_at",),
        origin="observed",
    ),
    Kind(
        "log",
        (_("Log"), _("Logs")),
        _("Lines of a log that the export holds as one text"),
        "other",
        (
            field("row_kind", "made", "", _("Kind of the rows, where their columns tell.")),
            field("columns", "made", column=""),
            field("rows", "made", column=""),
            field("content", "made", column=""),
        ),
        table="log_rows",
        model="other.Log",
        origin="observed",
    ),
    UNKNOWN,
    Kind(
        "envelope",
        (_("Structure of the file"), _("Structure of the file")),
        _("What only says how the records are packed"),
        "other",
        model="other.Envelope",
        is_packaging=True,
    ),
)
