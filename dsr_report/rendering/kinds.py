"""What the kinds of records are called, for people."""

from __future__ import annotations

from dsr_report.languages import Language
from dsr_report.languages import translatable as _
from dsr_report.records.base import Record
from dsr_report.rendering.options import ReportOptions

TITLES: dict[str, tuple[str, str]] = {
    "profile": (_("Profile"), _("Profiles")),
    "subprofile": (_("Part of your profile"), _("Parts of your profile")),
    "interest": (_("Interest"), _("Interests")),
    "message": (_("Message"), _("Messages")),
    "attempt": (_("Start of a sending"), _("Starts of a sending")),
    "delivery": (_("Delivery"), _("Deliveries")),
    "retry": (_("New attempt"), _("New attempts")),
    "impression": (_("Opening"), _("Openings")),
    "click": (_("Click"), _("Clicks")),
    "open_or_click": (_("Opening or click"), _("Openings or clicks")),
    "error": (_("Error"), _("Errors")),
    "bounce": (_("Returned message"), _("Returned messages")),
    "response": (_("Automatic answer"), _("Automatic answers")),
    "abuse": (_("Complaint"), _("Complaints")),
    "unsubscribe": (_("Unsubscribe"), _("Unsubscribes")),
    "survey": (_("Survey"), _("Surveys")),
    "form": (_("Form"), _("Forms")),
    "sms": (_("Text message"), _("Text messages")),
    "sms_mailing": (_("Mailing by text message"), _("Mailings by text message")),
    "fax": (_("Fax"), _("Faxes")),
    "file": (_("File"), _("Files")),
    "coupon": (_("Voucher"), _("Vouchers")),
    "coupon_campaign": (_("Voucher campaign"), _("Voucher campaigns")),
    "mailing": (_("Mailing"), _("Mailings")),
    "snapshot": (_("Snapshot of a mailing"), _("Snapshots of mailings")),
    "statistics": (_("Count for a message"), _("Counts for messages")),
    "document": (_("Document"), _("Documents")),
    "contact": (_("Contact"), _("Contacts")),
    "todo": (_("Task"), _("Tasks")),
    "note": (_("Note"), _("Notes")),
    "history": (_("Earlier value"), _("Earlier values")),
    "change": (_("Change"), _("Changes")),
    "feedback_error": (_("Error of a connected system"), _("Errors of connected systems")),
    "envelope": (_("How the file is packed"), _("How the file is packed")),
    "unrecognised": (_("Other record"), _("Other records")),
}


def kind_title(record: Record, options: ReportOptions) -> str:
    """The heading of one record."""
    custom = options.config.records.get(record.kind)
    if custom is not None:
        return custom.title.get(options.language) or record.kind
    return options.words.text(TITLES.get(record.kind, TITLES["unrecognised"])[0])


def kind_plural(kind: str, options: ReportOptions) -> str:
    """What several records of a kind are called."""
    custom = options.config.records.get(kind)
    if custom is not None:
        return custom.title.get(options.language) or kind
    return _plural(kind, options.words)


def _plural(kind: str, words: Language) -> str:
    return words.text(TITLES.get(kind, TITLES["unrecognised"])[1])
