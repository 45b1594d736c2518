"""Tables of kinds: their keys, their order, and the columns beside the declared fields."""

from __future__ import annotations

from dataclasses import dataclass, field

from dsr_report.sentences import translatable as _
from dsr_report.tables.declarations.columns import (
    FAMILY,
    KEY_IS,
    MAILING_KEY,
    MESSAGE_KEY,
    count,
    number,
    reference,
    text,
    worked_out,
)
from dsr_report.tables.table import Column


@dataclass(frozen=True, slots=True)
class KindsTable:
    """A table whose columns are the fields of its kinds.

    `worked_out` has further columns, by the column that they follow (`""`: the key).
    """

    name: str
    key: str
    description: str
    order: tuple[str, ...]
    worked_out: dict[str, tuple[Column, ...]] = field(default_factory=dict)
    key_description: str = KEY_IS


KINDS_TABLES = (
    KindsTable(
        "profiles",
        "profile_key",
        _("Profiles: the subject as a database of the controller knows them."),
        ("profile_id",),
    ),
    KindsTable(
        "subprofiles",
        "subprofile_key",
        _("Subprofiles: rows of collections that belong to a profile."),
        ("subprofile_id",),
    ),
    KindsTable(
        "interests",
        "interest_key",
        _("Interests, in any of the forms in which an export gives them: one row an interest."),
        ("profile_id", "record_key", "group", "name", "interest_id"),
        {
            "": (
                text(
                    "record_key",
                    _("Key of the row that it belongs to, as in `fields`; null where it stands alone."),
                ),
            )
        },
    ),
    KindsTable(
        "messages",
        "message_key",
        _("Messages to the subject: one row a message, also where the export has it in several records."),
        ("sent_at", "message_key"),
        {
            "mailing_id": (MAILING_KEY,),
            "address": (
                text(
                    "recipients",
                    _("To and Cc of the message's own header, decoded, separated by line feeds."),
                ),
                text("header_message_id", _("Message-ID of the message's own header.")),
                text("date_raw", _("Date of the message's own header, as it stands.")),
                number("size_bytes", _("Size of the complete source."), "bytes"),
                text("sha256", _("SHA-256 of the complete source, in hexadecimal.")),
                number("part_count", _("Parts of the source that hold content.")),
                number("attachment_count", _("Attachments of the source.")),
                text(
                    "defects",
                    _("What was wrong with the source, a line each: path of the part, code, the name meant."),
                ),
            ),
            "tags": (FAMILY,),
            "pointer": (
                Column(
                    "other_pointers",
                    "string",
                    _("Pointers of further records of the same message, separated by spaces."),
                    is_content=False,
                ),
            ),
        },
        key_description=_(
            "Key: the public id; where there is none `FAMILY:NUMBER`; else made of the content. "
            "Other tables lead here, whether they have the public id or the number."
        ),
    ),
    KindsTable(
        "events",
        "event_key",
        _("Everything that happened to messages, of all kinds: one row an event."),
        ("occurred_at", "kind"),
        {
            "occurred_at_certainty": (
                MESSAGE_KEY,
                Column(
                    "message_in_export",
                    "boolean",
                    _("Whether `messages` has its message; null where it names none."),
                    is_derived=True,
                    is_content=False,
                ),
            ),
            "mailing_id": (MAILING_KEY,),
            "ip": (
                text(
                    "user_agent",
                    _(
                        "How the program introduced itself: `user_agent_raw`, or where that is empty the field "
                        "of the request's header."
                    ),
                ),
            ),
            "user_agent_raw": (
                worked_out(
                    "browser",
                    _(
                        "Browser, or the browser's engine that a mail program used, as far as `user_agent` tells."
                    ),
                ),
                worked_out("system", _("Operating system, as far as `user_agent` tells.")),
                worked_out("mail_client", _("Mail program or web mail, as far as `user_agent` tells.")),
                worked_out(
                    "privacy_proxy",
                    _(
                        "Proxy of the mail provider that loaded the images in the reader's place (`Apple`, "
                        "`Google`, `Yahoo`): time, place and device are then the proxy's, as far as `user_agent` "
                        "tells."
                    ),
                ),
            ),
            "link": (
                reference(
                    "link_key",
                    _(
                        "Link that was followed: `links.link_key`; it leads nowhere where the message's HTML is "
                        "not in the export, or does not have the link as the record names it."
                    ),
                    "links.link_key",
                ),
            ),
            "collection_id": (FAMILY,),
        },
    ),
    KindsTable(
        "survey_submissions",
        "submission_key",
        _("Surveys that the subject submitted."),
        ("submitted_at", "title"),
        {
            "subprofile_id": (
                number(
                    "answer_count", _("Answers in `survey_answers` that belong to it, counted by question.")
                ),
            )
        },
    ),
    KindsTable(
        "files",
        "file_key",
        _("Files that are kept with the subject's profile."),
        ("directory", "name", "file_id"),
        {
            "profile_id": (
                number("content_bytes", _("Size of the content, where the export has it."), "bytes"),
                text("sha256", _("SHA-256 of the content, in hexadecimal.")),
            )
        },
    ),
    KindsTable(
        "mailings",
        "mailing_key",
        _("Send-outs that the subject was one recipient of, of mail and of text messages."),
        ("sent_at", "mailing_id"),
        {"mailing_id": (FAMILY,)},
        key_description=_(
            "Key: `FAMILY:ID` (`sms:ID` for text messages); further records of the same mailing, "
            "such as its stored copy, are numbered (`…-2`)."
        ),
    ),
    KindsTable("documents", "document_key", _("Documents with their source."), ("document_id", "name")),
    KindsTable(
        "statistics",
        "statistic_key",
        _("Counts of what happened to a message: one row a count."),
        ("message_key", "name"),
        {
            "": (MESSAGE_KEY,),
            "mailing_id": (
                MAILING_KEY,
                text("name", _("What is counted.")),
                *count("total", _("How often.")),
                *count("unique", _("How many different ones.")),
            ),
        },
    ),
    KindsTable(
        "sms",
        "sms_key",
        _("Text messages and faxes to the subject."),
        ("occurred_at", "mailing_id"),
        {"mailing_id": (MAILING_KEY,)},
    ),
    KindsTable(
        "coupons",
        "coupon_key",
        _("Coupons, and the campaigns that they belong to."),
        ("kind", "coupon_id", "code"),
    ),
    KindsTable(
        "forms",
        "form_key",
        _("Web forms that the subject submitted; their fields are in `fields`."),
        ("submitted_at", "title"),
    ),
    KindsTable(
        "changes",
        "change_key",
        _("Profiles and subprofiles that were created, updated or deleted; their fields are in `fields`."),
        ("occurred_at", "action"),
    ),
    KindsTable("history", "history_key", _("Earlier values of fields."), ("occurred_at", "field")),
    KindsTable(
        "notes", "note_key", _("Notes, contacts and to-do's about the subject."), ("occurred_at", "kind")
    ),
    KindsTable(
        "feedback_errors",
        "feedback_error_key",
        _("News about the subject that could not be passed on to the controller's servers."),
        ("occurred_at",),
    ),
)
