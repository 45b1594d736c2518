"""All other kinds that Copernica is known to keep, and unrecognised records."""

from __future__ import annotations

from typing import ClassVar

from pydantic import AwareDatetime, Field

from dsr_report.records.base import Exact, ExactMap, Record, Text
from dsr_report.times import Certainty


class _Dated(Record):
    occurred_at: AwareDatetime | None = None
    occurred_at_raw: Text | None = None
    occurred_at_certainty: Certainty | None = None


class SmsMailing(_Dated):
    """One send-out of text messages."""

    kind: ClassVar[str] = "sms_mailing"
    mailing_id: Text | None = None
    document_id: Text | None = None
    text: Text | None = None
    """The template, placeholders and all."""
    sender: Text | None = None
    recipient_count: Text | None = None
    success_count: Text | None = None
    error_count: Text | None = None
    unknown_count: Text | None = None
    target: Exact = None


class Sms(_Dated):
    """A text message to the subject, or an error with one (such rows have no more than four members)."""

    kind: ClassVar[str] = "sms"
    mailing_id: Text | None = None
    profile_id: Text | None = None
    subprofile_id: Text | None = None
    address: Text | None = None
    """Telephone number."""
    text: Text | None = None
    status: Text | None = None
    is_error: bool | None = None
    """True where the row comes from a list of errors."""


class Fax(_Dated):
    """A fax to the subject; no shape of it is documented."""

    kind: ClassVar[str] = "fax"
    mailing_id: Text | None = None
    profile_id: Text | None = None
    subprofile_id: Text | None = None
    address: Text | None = None
    """Fax number."""
    content: Text | None = None


class UploadedFile(Record):
    """A file that is kept with the subject's profile."""

    kind: ClassVar[str] = "file"
    file_id: Text | None = None
    name: Text | None = None
    directory: Text | None = None
    author: Text | None = None
    size_bytes: int | None = None
    size_raw: Text | None = None
    created_at: AwareDatetime | None = None
    created_at_raw: Text | None = None
    created_at_certainty: Certainty | None = None
    modified_at: AwareDatetime | None = None
    modified_at_raw: Text | None = None
    modified_at_certainty: Certainty | None = None
    profile_id: Text | None = None
    media_type: Text | None = None
    """As the export names it, else by the content's first bytes."""
    content: Text | None = None
    """The content as the export has it (text, base64 or a data URI); `decoded()` gives the bytes."""

    def decoded(self) -> bytes | None:
        """The content's bytes, or None where the export has none; text other than base64 is UTF-8."""
        from dsr_report.records.sniff import content_bytes  # noqa: PLC0415 - models import no reading

        return None if self.content is None else content_bytes(self.content)


class Coupon(Record):
    """A coupon that was given to the subject."""

    kind: ClassVar[str] = "coupon"
    coupon_id: Text | None = None
    code: Text | None = None
    status: Text | None = None
    valid_from: AwareDatetime | None = None
    valid_from_raw: Text | None = None
    valid_from_certainty: Certainty | None = None
    valid_until: AwareDatetime | None = None
    valid_until_raw: Text | None = None
    """`""` means open-ended."""
    valid_until_certainty: Certainty | None = None
    campaign_id: Text | None = None


class CouponCampaign(Record):
    """A campaign that coupons belong to."""

    kind: ClassVar[str] = "coupon_campaign"
    campaign_id: Text | None = None
    name: Text | None = None
    description: Text | None = None
    archived: bool | None = None
    available_count: Text | None = None
    sent_count: Text | None = None
    redeemed_count: Text | None = None
    tags: tuple[Text, ...] = ()


class Contact(_Dated):
    """A contact moment that the controller's people noted down."""

    kind: ClassVar[str] = "contact"
    contact_id: Text | None = None
    contact_type: Text | None = None
    user: Text | None = None
    content: Text | None = None
    profile_id: Text | None = None


class Todo(_Dated):
    """Something that the controller's people planned to do about the subject."""

    kind: ClassVar[str] = "todo"
    todo_id: Text | None = None
    todo_type: Text | None = None
    user: Text | None = None
    priority: Text | None = None
    closed: bool | None = None
    content: Text | None = None
    profile_id: Text | None = None


class Note(_Dated):
    """A note about the subject."""

    kind: ClassVar[str] = "note"
    note_id: Text | None = None
    user: Text | None = None
    content: Text | None = None
    profile_id: Text | None = None


class History(_Dated):
    """An earlier value of a field, or another entry of a profile's history."""

    kind: ClassVar[str] = "history"
    history_id: Text | None = None
    field: Text | None = None
    old_value: Exact = None
    new_value: Exact = None
    profile_id: Text | None = None
    subprofile_id: Text | None = None
    user: Text | None = None
    fields: ExactMap = Field(default_factory=dict)
    """Field values at that time, where the entry holds all of them."""


class FeedbackError(_Dated):
    """Copernica could not pass news about the subject on to one of the controller's servers."""

    kind: ClassVar[str] = "feedback_error"
    status: Text | None = None
    """HTTP status that the server answered with."""
    receiving_ip: Text | None = None
    header: Text | None = None


class Log(Record):
    """Rows of a log that the export holds as one text (CSV)."""

    kind: ClassVar[str] = "log"
    row_kind: Text | None = None
    """Kind of the rows, if a label or their columns determine it."""
    columns: tuple[Text, ...] = ()
    rows: tuple[tuple[Text, ...], ...] = ()
    content: Text | None = None
    """The text itself."""


class Custom(Record):
    """A kind that the controller named in the configuration: its members are shown as they are."""

    kind: ClassVar[str] = "custom"
    name: Text = ""
    """The kind's name in the configuration; this is also the `kind` that its `RawRecord` has."""


class Envelope(Record):
    """Values that only describe how records are packed: a page's counts, a list's name, a table's columns."""

    kind: ClassVar[str] = "envelope"


class Unrecognised(Record):
    """Something that we do not know: kept whole, counted and shown."""

    kind: ClassVar[str] = "unrecognised"
    reason: Text = ""
    """Why: `no known keys`, `a bare number`, or what was wrong with a record of a known kind."""
