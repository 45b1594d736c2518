"""Every table and column, declared once: building, writing, the documentation and the tests all read this."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Dtype = Literal["string", "int64", "boolean", "datetime64[us, UTC]"]
MOMENT: Dtype = "datetime64[us, UTC]"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: null wherever the export has nothing to say."""

    name: str
    dtype: Dtype
    description: str
    unit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table, in the order of `order`, then of the rows' content, wherever they stood in the export."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: str
    order: tuple[str, ...] = ()
    joins: dict[str, str] = field(default_factory=dict)
    """Column → `table.column` that it leads to."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


def _t(name: str, description: str) -> Column:
    return Column(name, "string", description)


def _n(name: str, description: str, unit: str = "") -> Column:
    return Column(name, "int64", description, unit)


def _b(name: str, description: str) -> Column:
    return Column(name, "boolean", description)


def _m(name: str, description: str) -> tuple[Column, ...]:
    return (
        Column(name, MOMENT, description, "UTC"),
        _t(f"{name}_raw", f"Text that `{name}` was read from, as the export has it."),
        _t(
            f"{name}_certainty",
            f"How sure `{name}` is: `exact`, `assumed` (the zone is), `ambiguous`, `nonexistent` or `date`.",
        ),
    )


_POINTER = _t("pointer", "JSON Pointer of the record in the export.")
_OTHER = _t("other", "Members that have no column of their own, as a JSON object; null where there are none.")
_MAILING = _t("mailing_id", "Mailing that it belongs to.")
_PROFILE = _t("profile_id", "Profile that it belongs to.")
_SUBPROFILE = _t("subprofile_id", "Subprofile that it belongs to.")
_FAMILY = _t("family", "Product that wrote it: `publisher`, `marketing-suite` or `smtpeter`.")


def _key(name: str) -> Column:
    return _t(name, "Key: made of the row's content, the same in every layout of the same export.")


_MESSAGE_KEY = _t(
    "message_key",
    "Message that it belongs to: `messages.message_key`, whichever kind of id the export gives.",
)
_PERSON = (
    *_m("created_at", "When it was made."),
    *_m("modified_at", "When it last changed."),
    _b("removed", "Whether it was removed."),
    *_m("removed_at", "When it was removed."),
    _t("secret", "Access code of personal links: a live key."),
)

SUBJECT = Table(
    "subject",
    "Whom the export is about: one row.",
    (
        _t("subject_key", "Key: type and id."),
        _t("subject_type", "`email`, `profile` or `subprofile`."),
        _t("subject_id", "Address, or id of the profile or subprofile."),
        _POINTER,
    ),
    "subject_key",
)
PROFILES = Table(
    "profiles",
    "Profiles: the subject as a database of the controller knows them.",
    (
        _key("profile_key"),
        _t("profile_id", "Copernica's id of the profile."),
        _t("database_id", "Database that it belongs to."),
        *_PERSON,
        _OTHER,
        _POINTER,
    ),
    "profile_key",
    ("profile_id",),
)
SUBPROFILES = Table(
    "subprofiles",
    "Subprofiles: rows of collections that belong to a profile.",
    (
        _key("subprofile_key"),
        _t("subprofile_id", "Copernica's id of the subprofile."),
        _PROFILE,
        _t("collection_id", "Collection that it belongs to."),
        _t("database_id", "Database that it belongs to."),
        *_PERSON,
        _OTHER,
        _POINTER,
    ),
    "subprofile_key",
    ("subprofile_id",),
)
FIELDS = Table(
    "fields",
    "Field values of profiles, subprofiles, changes, history and forms: one row a field.",
    (
        _key("field_key"),
        _t("record_key", "Key of the row of `profiles`, `subprofiles`, `changes`, `history` or `forms`."),
        _t("record_kind", "`profile`, `subprofile`, `change`, `history` or `form`."),
        _PROFILE,
        _SUBPROFILE,
        _t("name", "Name of the field."),
        _t("value", "Value as text; what is no text, number or truth value is given as JSON."),
        _t("value_type", "JSON type of the value: `text`, `number`, `boolean`, `null`, `list` or `object`."),
        _POINTER,
    ),
    "field_key",
    ("record_kind", "profile_id", "subprofile_id", "record_key", "name"),
)
INTERESTS = Table(
    "interests",
    "Interests, in any of the forms in which an export gives them: one row an interest.",
    (
        _key("interest_key"),
        _t("record_key", "Key of the row that it belongs to, as in `fields`; null where it stands alone."),
        _PROFILE,
        _t("interest_id", "Copernica's id of the interest."),
        _t("name", "Name of the interest."),
        _t("group", "Group of interests."),
        _b("selected", "Whether the subject has it."),
        _POINTER,
    ),
    "interest_key",
    ("profile_id", "record_key", "group", "name", "interest_id"),
    {"record_key": "profiles.profile_key"},
)
MESSAGES = Table(
    "messages",
    "Messages to the subject: one row a message, also where the export has it in several records.",
    (
        _t(
            "message_key",
            "Key: the public id; where there is none `FAMILY:NUMBER`; else made of the content. Other tables "
            "lead here, whether they have the public id or the number.",
        ),
        _t(
            "message_id",
            "Public id: 32 hex digits or 16 letters and digits. Not the Message-ID of the header.",
        ),
        _t("internal_id", "Numeric id, which statistics call `destination`."),
        _MAILING,
        _PROFILE,
        _SUBPROFILE,
        *_m("sent_at", "When it was sent."),
        _t("subject", "Subject: of the record, else of the message's own header, decoded."),
        _t("sender", "Sender: of the record, else From of the message's own header, decoded."),
        _t("address", "The recipient's address, where the record gives it."),
        _t("recipients", "To and Cc of the message's own header, decoded, separated by line feeds."),
        _t("header_message_id", "Message-ID of the message's own header."),
        _t("date_raw", "Date of the message's own header, as it stands."),
        _n("size_bytes", "Size of the complete source.", "bytes"),
        _t("sha256", "SHA-256 of the complete source, in hexadecimal."),
        _n("part_count", "Parts of the source that hold content."),
        _n("attachment_count", "Attachments of the source."),
        _t(
            "defects",
            "What was wrong with the source, a line each: path of the part, code, name that is meant.",
        ),
        _t("template_id", "Template that it was made with."),
        _t("document_id", "Document that it was made with."),
        _b("unsubscribed", "Whether the subject unsubscribed by it."),
        _t("tags", "Labels, separated by semicolons."),
        _FAMILY,
        _OTHER,
        _POINTER,
        _t("other_pointers", "Pointers of further records of the same message, separated by spaces."),
    ),
    "message_key",
    ("sent_at", "message_key"),
)
MESSAGE_HEADERS = Table(
    "message_headers",
    "Header fields of messages, in their order and with repeats: one row a field.",
    (
        _key("header_key"),
        _MESSAGE_KEY,
        _n("position", "Place in the header, from 1."),
        _t("name", "Name of the field, as it stands."),
        _t("value", "Value, unfolded and decoded (RFC 2047)."),
        _t("value_raw", "Value as it stands, folds and encoded words included."),
        _POINTER,
    ),
    "header_key",
    ("message_key", "position"),
    {"message_key": "messages.message_key"},
)
MESSAGE_PARTS = Table(
    "message_parts",
    "Parts of messages: those of the source that hold content, and bodies that the record has as members.",
    (
        _key("part_key"),
        _MESSAGE_KEY,
        _n("position", "Place in the message, from 1."),
        _t("path", "Number of the part in the tree (`1.2`), or the member's name (`html`, `text`, `amp`)."),
        _t("media_type", "Media type, in lower case."),
        _t("charset", "Charset that it declares."),
        _t("charset_used", "Charset that it was read with."),
        _t("transfer_encoding", "Content-Transfer-Encoding."),
        _t("disposition", "`inline`, `attachment` or what it declares."),
        _t("file_name", "File name that it declares."),
        _t("content_id", "Content-ID, without angle brackets."),
        _b("is_attachment", "Whether a reader would see it as a file."),
        _n("size_bytes", "Size of the decoded content.", "bytes"),
        _t("sha256", "SHA-256 of the decoded content, in hexadecimal."),
        _t("text", "Content of a text part, decoded, with line feeds as line ends."),
        _POINTER,
    ),
    "part_key",
    ("message_key", "position"),
    {"message_key": "messages.message_key"},
)
LINKS = Table(
    "links",
    "Links in the HTML of messages, as written: one row a link.",
    (
        _key("link_key"),
        _MESSAGE_KEY,
        _n("position", "Place in the message, from 1."),
        _t("url", "Where it leads, as written."),
        _t("label", "The words that it stands under."),
        _t(
            "purpose",
            "What it is for: `ordinary`, `tracking`, `unsubscribe`, `web-version`, `mail` or another.",
        ),
        _POINTER,
    ),
    "link_key",
    ("message_key", "position"),
    {"message_key": "messages.message_key"},
)
EVENTS = Table(
    "events",
    "Everything that happened to messages, of all kinds: one row an event.",
    (
        _key("event_key"),
        _t(
            "kind",
            "`attempt`, `delivery`, `retry`, `impression`, `click`, `open_or_click`, `error`, `bounce`, "
            "`response`, `abuse` or `unsubscribe`.",
        ),
        *_m("occurred_at", "When it happened."),
        _MESSAGE_KEY,
        _t("message_id", "Id of the message as the record has it: a public id, or a number."),
        _t("event_id", "Copernica's id of the event."),
        _MAILING,
        _PROFILE,
        _SUBPROFILE,
        _t("address", "The recipient's address."),
        _t("ip", "Internet address that the request came from; `0.0.0.0` was not kept."),
        _t("user_agent", "Program, as a member of the record has it."),
        _t("referer", "Page that the request came from."),
        _t("device", "`desktop`, `tablet`, `mobile` or `unknown`."),
        _t("header", "Header fields of the request, one a line."),
        _t("protocol", "Scheme of the request."),
        _t("country_code", "Country of the internet address (ISO 3166-1 alpha-2)."),
        _t("country", "Country of the internet address, by name."),
        _t("region", "Region of the internet address."),
        _t("city", "City of the internet address."),
        _t("link", "Link that was followed, as it is written in the message."),
        _t("link_id", "Copernica's number of the link."),
        _t("link_title", "Title of the link."),
        _t("target", "Where the link led in the end."),
        _t("attempts", "Number of the attempt, from 0."),
        _t("smtp_response", "Answer of the receiving server."),
        _t("error_code", "Error code of the statistics."),
        _t("status", "Enhanced status (RFC 3463)."),
        _t("smtp_code", "SMTP reply code."),
        _t("error_type", "Class of the error."),
        _t("error_type_description", "What the class means."),
        _t("description", "Error in words."),
        _t("content", "Full error message."),
        _t("state", "Phase of the SMTP dialogue; `bounce` where the error came later."),
        _t("action", "What Copernica made of it."),
        _t("source", "How the subject unsubscribed: `link` or `email`."),
        _b("success", "Whether the unsubscribe was carried out."),
        _t("recognized_as", "Format of the complaint."),
        _t("feedback_type", "Class of the complaint."),
        _t("arf_version", "Version of the complaint's format."),
        _t("details", "Complaint in words."),
        _t("report", "Complaint as the export has it, as JSON."),
        _t("reporter", "Who passed the complaint on."),
        _t("mime", "Source of the message that came back."),
        _t("envelope", "Return address of the envelope."),
        _t("sending_ip", "Internet address of the sending server."),
        _t("receiving_ip", "Internet address of the receiving server."),
        _t("properties", "Features that were on for the message."),
        _t("tags", "Labels, separated by semicolons."),
        _t("template_id", "Template of the message."),
        _t("document_id", "Document of the message."),
        _t("group_id", "Part of a split mailing."),
        _t("sender_domain", "Domain that the message was sent from."),
        _t("database_id", "Database of the profile."),
        _t("collection_id", "Collection of the subprofile."),
        _FAMILY,
        _OTHER,
        _POINTER,
    ),
    "event_key",
    ("occurred_at", "kind"),
    {"message_key": "messages.message_key"},
)
SURVEY_SUBMISSIONS = Table(
    "survey_submissions",
    "Surveys that the subject submitted.",
    (
        _key("submission_key"),
        _t("survey_id", "Copernica's id of the survey."),
        _t("title", "Title of the survey."),
        _t("submission_id", "Copernica's id of the submission."),
        *_m("submitted_at", "When it was submitted."),
        _PROFILE,
        _SUBPROFILE,
        _n("answer_count", "Answers in `survey_answers` that belong to it, counted by question."),
        _t("xml", "Submission as XML, where the export has it so."),
        _t("html", "Submission as HTML, where the export has it so."),
        _OTHER,
        _POINTER,
    ),
    "submission_key",
    ("submitted_at", "title"),
)
SURVEY_ANSWERS = Table(
    "survey_answers",
    "Answers: one row an open answer, a chosen label, or a row of a grid.",
    (
        _key("answer_key"),
        _t("submission_key", "Submission that it belongs to."),
        _n("position", "Place of the question in the survey, from 1."),
        _t("number", "Number of the question, as the export has it."),
        _t("question", "The question, as it was asked."),
        _t("question_type", "`open`, `multi` or `grid`."),
        _n("answer_position", "Place of the answer among those to the question, from 1."),
        _t("row", "Label of the grid's row."),
        _t("answer", "The answer; what is no single value is given as JSON."),
        _POINTER,
    ),
    "answer_key",
    ("submission_key", "position", "answer_position"),
    {"submission_key": "survey_submissions.submission_key"},
)
FILES = Table(
    "files",
    "Files that are kept with the subject's profile.",
    (
        _key("file_key"),
        _t("file_id", "Copernica's id of the file."),
        _t("name", "Name of the file."),
        _t("directory", "Folder."),
        _t("author", "Who stored it."),
        _n("size_bytes", "Size as the record gives it.", "bytes"),
        _t("media_type", "Media type, where the export or the content tells."),
        *_m("created_at", "When it was stored."),
        *_m("modified_at", "When it last changed."),
        _PROFILE,
        _n("content_bytes", "Size of the content, where the export has it.", "bytes"),
        _t("sha256", "SHA-256 of the content, in hexadecimal."),
        _t("content", "The content as the export has it (text, base64 or a data URI)."),
        _OTHER,
        _POINTER,
    ),
    "file_key",
    ("directory", "name", "file_id"),
)
UNRECOGNISED = Table(
    "unrecognised",
    "What is in the export and not known: kept whole.",
    (
        _key("unrecognised_key"),
        _t("keys", "Names of its members, as a JSON list."),
        _n("value_count", "Values that it holds."),
        _t("value", "All of it, as JSON."),
        _POINTER,
    ),
    "unrecognised_key",
    ("keys",),
)


def _plain(name: str, key: str, description: str, order: tuple[str, ...], *columns: Column) -> Table:
    return Table(name, description, (_key(key), *columns, _OTHER, _POINTER), key, order)


_WHEN = _m("occurred_at", "When it happened.")
MAILINGS = _plain(
    "mailings",
    "mailing_key",
    "Send-outs that the subject was one recipient of, of mail and of text messages.",
    ("sent_at", "mailing_id"),
    _t("kind", "`mailing`, `sms_mailing` or `snapshot` (what it looked like)."),
    _t("mailing_id", "Copernica's id of the mailing."),
    _t("name", "Name of the snapshot."),
    _t("subject", "Subject."),
    _t("description", "Description."),
    _t("text", "Text of a text message, placeholders and all."),
    _t("sender", "Sender, as one text."),
    *_m("sent_at", "When it was sent."),
    _t("mailing_type", "`mass` or `individual`."),
    _t("content_type", "`html`, `text` or `both`."),
    _t("template_id", "Template."),
    _t("document_id", "Document."),
    _t("recipient_count", "How many people it went to."),
    _t("click_count", "Clicks of all recipients."),
    _t("impression_count", "Impressions of all recipients."),
    _t("success_count", "Text messages that arrived."),
    _t("error_count", "Text messages that did not."),
    _t("unknown_count", "Text messages of which nothing is known."),
    _t("tags", "Labels, separated by semicolons."),
    _t("target", "Selection of people, as JSON."),
)
DOCUMENTS = _plain(
    "documents",
    "document_key",
    "Documents with their source.",
    ("document_id", "name"),
    _t("document_id", "Copernica's id of the document."),
    _t("template_id", "Template."),
    _t("name", "Name."),
    _t("description", "Description."),
    _t("sender", "Sender, as one text."),
    _t("subject", "Subject."),
    _b("archived", "Whether it is archived."),
    _t("html", "Source."),
)
STATISTICS = _plain(
    "statistics",
    "statistic_key",
    "Counts of what happened to a message: one row a count.",
    ("message_key", "name"),
    _MESSAGE_KEY,
    _t("message_id", "Id of the message as the record has it."),
    _MAILING,
    _t("name", "What is counted."),
    _t("total", "How often."),
    _t("unique", "How many different ones."),
)
SMS = _plain(
    "sms",
    "sms_key",
    "Text messages and faxes to the subject.",
    ("occurred_at", "mailing_id"),
    _t("kind", "`sms` or `fax`."),
    _MAILING,
    _PROFILE,
    _SUBPROFILE,
    *_WHEN,
    _t("address", "Number that it went to."),
    _t("text", "Text or content."),
    _t("status", "What became of it."),
    _b("is_error", "True where it is an error with one."),
)
COUPONS = _plain(
    "coupons",
    "coupon_key",
    "Coupons, and the campaigns that they belong to.",
    ("kind", "coupon_id", "code"),
    _t("kind", "`coupon` or `coupon_campaign`."),
    _t("coupon_id", "Copernica's id of the coupon."),
    _t("campaign_id", "Copernica's id of the campaign."),
    _t("code", "Code of the coupon."),
    _t("status", "`available`, `sent`, `redeemed` or another."),
    *_m("valid_from", "From when it is valid."),
    *_m("valid_until", "Until when it is valid; open-ended where the raw text is empty."),
    _t("name", "Name of the campaign."),
    _t("description", "Description of the campaign."),
    _b("archived", "Whether the campaign is archived."),
    _t("available_count", "Coupons that are left."),
    _t("sent_count", "Coupons that were sent."),
    _t("redeemed_count", "Coupons that were redeemed."),
    _t("tags", "Labels, separated by semicolons."),
)
FORMS = _plain(
    "forms",
    "form_key",
    "Web forms that the subject submitted; their fields are in `fields`.",
    ("submitted_at", "title"),
    _t("form_id", "Copernica's id of the form."),
    _t("title", "Title of the form."),
    _t("submission_id", "Copernica's id of the submission."),
    *_m("submitted_at", "When it was submitted."),
    _PROFILE,
    _SUBPROFILE,
    _t("submitter", "Fields of the person who submitted it, as JSON."),
    _t("submittees", "Profiles that it made or changed, as JSON."),
)
CHANGES = _plain(
    "changes",
    "change_key",
    "Profiles and subprofiles that were created, updated or deleted; their fields are in `fields`.",
    ("occurred_at", "action"),
    _t("action", "`create`, `update`, `delete`, or as the export has it."),
    _PROFILE,
    _SUBPROFILE,
    _t("database_id", "Database."),
    _t("collection_id", "Collection."),
    _t("parameters", "What the change was made with, as JSON."),
    *_WHEN,
    *_m("created_at", "When the profile was made."),
    *_m("modified_at", "When the profile last changed."),
)
HISTORY = _plain(
    "history",
    "history_key",
    "Earlier values of fields.",
    ("occurred_at", "field"),
    _t("history_id", "Copernica's id of the entry."),
    _PROFILE,
    _SUBPROFILE,
    *_WHEN,
    _t("field", "Name of the field."),
    _t("old_value", "Earlier value; as JSON where it is no single value."),
    _t("new_value", "Later value; as JSON where it is no single value."),
    _t("user", "Who changed it."),
)
NOTES = _plain(
    "notes",
    "note_key",
    "Notes, contacts and to-do's about the subject.",
    ("occurred_at", "kind"),
    _t("kind", "`note`, `contact` or `todo`."),
    _t("note_id", "Copernica's id of it."),
    _PROFILE,
    *_WHEN,
    _t("type", "Type of the contact or to-do."),
    _t("user", "Who wrote it."),
    _t("priority", "Priority of the to-do."),
    _b("closed", "Whether the to-do is done."),
    _t("content", "What it says."),
)
FEEDBACK_ERRORS = _plain(
    "feedback_errors",
    "feedback_error_key",
    "News about the subject that could not be passed on to the controller's servers.",
    ("occurred_at",),
    *_WHEN,
    _t("status", "HTTP status of the answer."),
    _t("receiving_ip", "Internet address of the server."),
    _t("header", "Header of the request."),
)
LOG_ROWS = Table(
    "log_rows",
    "Rows of logs that the export holds as one text: one row a cell.",
    (
        _key("log_row_key"),
        _t("row_kind", "Kind of the rows, where their columns tell."),
        _n("row", "Row, from 1."),
        _n("position", "Cell in the row, from 1."),
        _t("name", "Name of the column."),
        _t("value", "The cell."),
        _POINTER,
    ),
    "log_row_key",
    ("row_kind", "row", "position"),
)
CUSTOM = _plain(
    "custom",
    "custom_key",
    "Records of kinds that the controller named in the configuration; their members are in `other`.",
    ("kind",),
    _t("kind", "Name in the configuration."),
)

TABLES: tuple[Table, ...] = (
    SUBJECT,
    PROFILES,
    SUBPROFILES,
    FIELDS,
    INTERESTS,
    MESSAGES,
    MESSAGE_HEADERS,
    MESSAGE_PARTS,
    LINKS,
    EVENTS,
    SURVEY_SUBMISSIONS,
    SURVEY_ANSWERS,
    FILES,
    MAILINGS,
    DOCUMENTS,
    STATISTICS,
    SMS,
    COUPONS,
    FORMS,
    CHANGES,
    HISTORY,
    NOTES,
    FEEDBACK_ERRORS,
    LOG_ROWS,
    CUSTOM,
    UNRECOGNISED,
)
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
