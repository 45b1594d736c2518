"""Every table and column, declared once: building, writing, the documentation and the tests all read this.

Tables of records take their columns from the declarations of their kinds (`dsr_report.records.kinds`). What
is here is what records do not have: keys, and what is worked out or taken apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from dsr_report.mime.links import Purpose
from dsr_report.records.base import Certainty, Family
from dsr_report.records.kind import Field, Kind, Origin
from dsr_report.records.kind import translatable as _
from dsr_report.records.kinds import COLUMN_ORDER, KINDS, kinds_cache

Dtype = Literal["string", "category", "int64", "boolean", "datetime64[us, UTC]", "datetime64[us]"]
MOMENT: Dtype = "datetime64[us, UTC]"
LOCAL: Dtype = "datetime64[us]"
TEXTS = frozenset[Dtype]({"string", "category"})
"""Types of columns whose cells are texts."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: null wherever the export has nothing to say.

    Attributes:
        name: in snake case.
        dtype: as pandas calls it.
        description: a sentence for analysts.
        unit: of numbers and moments.
        categories: all values that a category can have, in their order.
        is_derived: worked out when rows are handed out (`derived`); stored rows do not have it.
        is_content: whether it is part of what makes two rows differ.
        origin: of its data: provided by the person, observed or inferred; empty where nothing tells.
    """

    name: str
    dtype: Dtype
    description: str
    unit: str = ""
    categories: tuple[str, ...] = ()
    is_derived: bool = False
    is_content: bool = True
    origin: Origin = ""


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table, in the order of `order`, then of the rows' content, wherever they stood in the export."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: str
    order: tuple[str, ...] = ()
    joins: dict[str, str] = field(default_factory=dict)
    """Column → `table.column` that it leads to; several, by blanks, where another column tells which."""
    origin: Origin = ""
    """Of all its rows, where they have the same; empty where nothing tells."""
    kind_in: str = ""
    """The column whose kind tells the origin of a row, where those of the table's kinds differ."""
    is_combined: bool = False
    """Whether it has rows of several exports; then keys tell rows apart, and lead on, within one subject."""

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The columns that tell each row from all others."""
        is_split = self.is_combined and self.key != SUBJECT_KEY.name
        return (SUBJECT_KEY.name, self.key) if is_split else (self.key,)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


RAW_IS = _("Text that `{column}` was read from, as the export has it.")
LOCAL_IS = _("`{column}` as clocks showed it in the time zone of the report.")
CERTAINTY_IS = _(
    "How sure `{column}` is: `exact`, `assumed` (the zone is), `ambiguous`, `nonexistent` or `date`."
)


def _t(name: str, description: str) -> Column:
    return Column(name, "string", description)


def _n(name: str, description: str, unit: str = "") -> Column:
    return Column(name, "int64", description, unit)


def _b(name: str, description: str) -> Column:
    return Column(name, "boolean", description)


def _c(name: str, description: str, categories: Iterable[str], *, is_content: bool = True) -> Column:
    return Column(name, "category", description, categories=tuple(categories), is_content=is_content)


def _m(name: str, description: str) -> tuple[Column, ...]:
    return (
        Column(name, MOMENT, description, "UTC", is_content=False),
        Column(
            f"{name}_local", LOCAL, LOCAL_IS.format(column=name),
            "local time", is_derived=True, is_content=False,
        ),
        _t(f"{name}_raw", RAW_IS.format(column=name)),
        _c(
            f"{name}_certainty",
            CERTAINTY_IS.format(column=name),
            get_args(Certainty),
        ),
    )  # fmt: skip


def _count(name: str, description: str, unit: str = "") -> tuple[Column, ...]:
    return (
        Column(name, "int64", description, unit, is_derived=True, is_content=False),
        _t(f"{name}_raw", RAW_IS.format(column=name)),
    )


def _reference(name: str, description: str) -> Column:
    """A column that leads to another table, or is led to: it follows from others."""
    return Column(name, "string", description, is_content=False)


SUBJECT_KEY = _reference("subject_key", _("Whom the export is about: `subject.subject_key`."))
_POINTER = Column("pointer", "string", _("JSON Pointer of the record in the export."), is_content=False)
_ORIGIN_IS = _(
    "Where the data come from: `provided` by the person, `observed` while something was used, or `inferred`; "
    "null where nothing tells."
)
ORIGIN = Column("origin", "category", _ORIGIN_IS, categories=get_args(Origin)[1:], is_content=False)
ORIGIN_BY_ROW = frozenset({"fields", "interests", "history", "log_rows", "custom"})
"""Tables in which rows of one kind differ in their origin: it is told when the row is made."""
_OTHER = _t(
    "other", _("Members that have no column of their own, as a JSON object; null where there are none.")
)
_MAILING = _t("mailing_id", "Mailing that it belongs to.")
_PROFILE = _t("profile_id", _("Profile that it belongs to."))
_SUBPROFILE = _t("subprofile_id", _("Subprofile that it belongs to."))
_FAMILY = _c(
    "family",
    _("Product that wrote it: `publisher`, `marketing-suite` or `smtpeter`."),
    get_args(Family),
    is_content=False,
)
_MAILING_KEY = _reference(
    "mailing_key",
    _(
        "Mailing that it belongs to: `mailings.mailing_key`. The products number their mailings apart, "
        "so that `mailing_id` alone does not tell."
    ),
)


_KEY = _("Key: made of the row's content, the same in every layout of the same export.")


def _key(name: str, description: str = _KEY) -> Column:
    return _t(name, description)


_MESSAGE_KEY = _reference(
    "message_key",
    _("Message that it belongs to: `messages.message_key`, whichever kind of id the export gives."),
)
SUBJECT = Table(
    "subject",
    _("Whom the export is about: one row."),
    (
        _t(
            "subject_key",
            _(
                "Key: type and id; where tables of several exports stand together, numbered "
                "(`…-2`) where two are about the same one."
            ),
        ),
        _t("subject_type", _("`email`, `profile` or `subprofile`.")),
        _t("subject_id", _("Address, or id of the profile or subprofile.")),
        _t("export", _("Name of the export's file, where tables of several exports stand together.")),
        _POINTER,
    ),
    "subject_key",
)
FIELDS = Table(
    "fields",
    _("Field values of profiles, subprofiles, changes, history and forms: one row a field."),
    (
        _key("field_key"),
        _t("record_key", _("Key of the row of `profiles`, `subprofiles`, `changes`, `history` or `forms`.")),
        _c(
            "record_kind",
            _("`profile`, `subprofile`, `change`, `history` or `form`."),
            ("profile", "subprofile", "change", "history", "form"),
        ),
        _PROFILE,
        _SUBPROFILE,
        _t("name", _("Name of the field.")),
        _t("value", _("Value as text; what is no text, number or truth value is given as JSON.")),
        _c(
            "value_type",
            _("JSON type of the value: `text`, `number`, `boolean`, `null`, `list` or `object`."),
            ("text", "number", "boolean", "null", "list", "object"),
        ),
        _POINTER,
    ),
    "field_key",
    ("record_kind", "profile_id", "subprofile_id", "record_key", "name"),
    {
        "record_key": "profiles.profile_key subprofiles.subprofile_key changes.change_key "
        "history.history_key forms.form_key"
    },
)
MESSAGE_HEADERS = Table(
    "message_headers",
    _("Header fields of messages, in their order and with repeats: one row a field."),
    (
        _key("header_key"),
        _MESSAGE_KEY,
        _n("position", _("Place in the header, from 1.")),
        _t("name", _("Name of the field, as it stands.")),
        _t("value", _("Value, unfolded and decoded (RFC 2047).")),
        _t("value_raw", _("Value as it stands, folds and encoded words included.")),
        _POINTER,
    ),
    "header_key",
    ("message_key", "position"),
    {"message_key": "messages.message_key"},
    "observed",
)
MESSAGE_PARTS = Table(
    "message_parts",
    _("Parts of messages: those of the source that hold content, and bodies that the record has as members."),
    (
        _key("part_key"),
        _MESSAGE_KEY,
        _n("position", _("Place in the message, from 1.")),
        _t(
            "path", _("Number of the part in the tree (`1.2`), or the member's name (`html`, `text`, `amp`).")
        ),
        _t("media_type", _("Media type, in lower case.")),
        _t("charset", _("Charset that it declares.")),
        _t("charset_used", _("Charset that it was read with.")),
        _t("transfer_encoding", _("Content-Transfer-Encoding.")),
        _t("disposition", _("`inline`, `attachment` or what it declares.")),
        _t("file_name", _("File name that it declares.")),
        _t("content_id", _("Content-ID, without angle brackets.")),
        _b("is_attachment", _("Whether a reader would see it as a file.")),
        _n("size_bytes", _("Size of the decoded content."), "bytes"),
        _t("sha256", _("SHA-256 of the decoded content, in hexadecimal.")),
        _t("text", _("Content of a text part, decoded, with line feeds as line ends.")),
        _POINTER,
    ),
    "part_key",
    ("message_key", "position"),
    {"message_key": "messages.message_key"},
    "observed",
)
LINKS = Table(
    "links",
    _("Links in the HTML of messages, as written: one row a link."),
    (
        _key(
            "link_key",
            _(
                "Key. That of a link that was followed is the `link_key` of its clicks, which lead to the first "
                "link of the message that they can mean."
            ),
        ),
        _MESSAGE_KEY,
        _n("position", _("Place in the message, from 1.")),
        _t("url", _("Where it leads, as written.")),
        _t("label", _("The words that it stands under.")),
        _c(
            "purpose",
            _("What it is for: `ordinary`, `tracking`, `unsubscribe`, `web-version`, `mail` or another."),
            get_args(Purpose),
        ),
        Column(
            "occurrence",
            "int64",
            _(
                "Which of the message's links to the same address it is, from 1: clicks do not tell them apart."
            ),
            is_derived=True,
        ),
        _POINTER,
    ),
    "link_key",
    ("message_key", "position"),
    {"message_key": "messages.message_key"},
    "observed",
)
SURVEY_ANSWERS = Table(
    "survey_answers",
    _("Answers: one row an open answer, a chosen label, or a row of a grid."),
    (
        _key("answer_key"),
        _t("submission_key", _("Submission that it belongs to.")),
        _n("position", _("Place of the question in the survey, from 1.")),
        _t("number", _("Number of the question, as the export has it.")),
        _t("question", _("The question, as it was asked.")),
        _t("question_type", _("`open`, `multi` or `grid`.")),
        _n("answer_position", _("Place of the answer among those to the question, from 1.")),
        _t("row", _("Label of the grid's row.")),
        _t("answer", _("The answer; what is no single value is given as JSON.")),
        _POINTER,
    ),
    "answer_key",
    ("submission_key", "position", "answer_position"),
    {"submission_key": "survey_submissions.submission_key"},
    "provided",
)
UNRECOGNISED = Table(
    "unrecognised",
    _("What is in the export and not known: kept whole."),
    (
        _key("unrecognised_key"),
        _t("keys", _("Names of its members, as a JSON list.")),
        _n("value_count", _("Values that it holds.")),
        _t("value", _("All of it, as JSON.")),
        _POINTER,
    ),
    "unrecognised_key",
    ("keys",),
)


LOG_ROWS = Table(
    "log_rows",
    _("Rows of logs that the export holds as one text: one row a cell."),
    (
        _key("log_row_key"),
        _t("row_kind", _("Kind of the rows, where their columns tell.")),
        _n("row", _("Row, from 1.")),
        _n("position", _("Cell in the row, from 1.")),
        _t("name", _("Name of the column.")),
        _t("value", _("The cell.")),
        _POINTER,
    ),
    "log_row_key",
    ("row_kind", "row", "position"),
)
CUSTOM = Table(
    "custom",
    _("Records of kinds that the controller named in the configuration; their members are in `other`."),
    (_key("custom_key"), _t("kind", _("Name in the configuration.")), _OTHER, _POINTER),
    "custom_key",
    ("kind",),
)


def _worked_out(name: str, description: str) -> Column:
    return Column(name, "string", description, is_derived=True, is_content=False)


@dataclass(frozen=True, slots=True)
class _OfKinds:
    """A table whose columns are the fields of its kinds.

    `worked_out` has the columns beside them, by the column that they stand behind (`""`: behind the key).
    """

    name: str
    key: str
    description: str
    order: tuple[str, ...]
    worked_out: dict[str, tuple[Column, ...]] = field(default_factory=dict)
    joins: dict[str, str] = field(default_factory=dict)
    key_description: str = _KEY


_OF_KINDS = (
    _OfKinds(
        "profiles",
        "profile_key",
        _("Profiles: the subject as a database of the controller knows them."),
        ("profile_id",),
    ),
    _OfKinds(
        "subprofiles",
        "subprofile_key",
        _("Subprofiles: rows of collections that belong to a profile."),
        ("subprofile_id",),
    ),
    _OfKinds(
        "interests",
        "interest_key",
        _("Interests, in any of the forms in which an export gives them: one row an interest."),
        ("profile_id", "record_key", "group", "name", "interest_id"),
        {
            "": (
                _t(
                    "record_key",
                    _("Key of the row that it belongs to, as in `fields`; null where it stands alone."),
                ),
            )
        },
        {"record_key": "profiles.profile_key subprofiles.subprofile_key changes.change_key"},
    ),
    _OfKinds(
        "messages",
        "message_key",
        _("Messages to the subject: one row a message, also where the export has it in several records."),
        ("sent_at", "message_key"),
        {
            "mailing_id": (_MAILING_KEY,),
            "address": (
                _t(
                    "recipients",
                    _("To and Cc of the message's own header, decoded, separated by line feeds."),
                ),
                _t("header_message_id", _("Message-ID of the message's own header.")),
                _t("date_raw", _("Date of the message's own header, as it stands.")),
                _n("size_bytes", _("Size of the complete source."), "bytes"),
                _t("sha256", _("SHA-256 of the complete source, in hexadecimal.")),
                _n("part_count", _("Parts of the source that hold content.")),
                _n("attachment_count", _("Attachments of the source.")),
                _t(
                    "defects",
                    _("What was wrong with the source, a line each: path of the part, code, the name meant."),
                ),
            ),
            "tags": (_FAMILY,),
            "pointer": (
                Column(
                    "other_pointers",
                    "string",
                    _("Pointers of further records of the same message, separated by spaces."),
                    is_content=False,
                ),
            ),
        },
        joins={"mailing_key": "mailings.mailing_key"},
        key_description=_(
            "Key: the public id; where there is none `FAMILY:NUMBER`; else made of the content. "
            "Other tables lead here, whether they have the public id or the number."
        ),
    ),
    _OfKinds(
        "events",
        "event_key",
        _("Everything that happened to messages, of all kinds: one row an event."),
        ("occurred_at", "kind"),
        {
            "occurred_at_certainty": (
                _MESSAGE_KEY,
                Column(
                    "message_in_export",
                    "boolean",
                    _("Whether `messages` has its message; null where it names none."),
                    is_derived=True,
                    is_content=False,
                ),
            ),
            "mailing_id": (_MAILING_KEY,),
            "ip": (
                _t(
                    "user_agent",
                    _(
                        "How the program introduced itself: `user_agent_raw`, or where that is empty the field "
                        "of the request's header."
                    ),
                ),
            ),
            "user_agent_raw": (
                _worked_out(
                    "browser",
                    _(
                        "Browser, or the browser's engine that a mail program used, as far as `user_agent` tells."
                    ),
                ),
                _worked_out("system", _("Operating system, as far as `user_agent` tells.")),
                _worked_out("mail_client", _("Mail program or web mail, as far as `user_agent` tells.")),
                _worked_out(
                    "privacy_proxy",
                    _(
                        "Proxy of the mail provider that loaded the images in the reader's place (`Apple`, "
                        "`Google`, `Yahoo`): time, place and device are then the proxy's, as far as `user_agent` "
                        "tells."
                    ),
                ),
            ),
            "link": (
                _reference(
                    "link_key",
                    _(
                        "Link that was followed: `links.link_key`; it leads nowhere where the message's HTML is "
                        "not in the export, or does not have the link as the record names it."
                    ),
                ),
            ),
            "collection_id": (_FAMILY,),
        },
        {
            "message_key": "messages.message_key",
            "mailing_key": "mailings.mailing_key",
            "link_key": "links.link_key",
        },
    ),
    _OfKinds(
        "survey_submissions",
        "submission_key",
        _("Surveys that the subject submitted."),
        ("submitted_at", "title"),
        {
            "subprofile_id": (
                _n("answer_count", _("Answers in `survey_answers` that belong to it, counted by question.")),
            )
        },
    ),
    _OfKinds(
        "files",
        "file_key",
        _("Files that are kept with the subject's profile."),
        ("directory", "name", "file_id"),
        {
            "profile_id": (
                _n("content_bytes", _("Size of the content, where the export has it."), "bytes"),
                _t("sha256", _("SHA-256 of the content, in hexadecimal.")),
            )
        },
    ),
    _OfKinds(
        "mailings",
        "mailing_key",
        _("Send-outs that the subject was one recipient of, of mail and of text messages."),
        ("sent_at", "mailing_id"),
        {"mailing_id": (_FAMILY,)},
        key_description=_(
            "Key: `FAMILY:ID` (`sms:ID` for text messages); further records of the same mailing, "
            "such as its stored copy, are numbered (`…-2`)."
        ),
    ),
    _OfKinds("documents", "document_key", _("Documents with their source."), ("document_id", "name")),
    _OfKinds(
        "statistics",
        "statistic_key",
        _("Counts of what happened to a message: one row a count."),
        ("message_key", "name"),
        {
            "": (_MESSAGE_KEY,),
            "mailing_id": (
                _MAILING_KEY,
                _t("name", _("What is counted.")),
                *_count("total", _("How often.")),
                *_count("unique", _("How many different ones.")),
            ),
        },
        {"message_key": "messages.message_key", "mailing_key": "mailings.mailing_key"},
    ),
    _OfKinds(
        "sms",
        "sms_key",
        _("Text messages and faxes to the subject."),
        ("occurred_at", "mailing_id"),
        {"mailing_id": (_MAILING_KEY,)},
        {"mailing_key": "mailings.mailing_key"},
    ),
    _OfKinds(
        "coupons",
        "coupon_key",
        _("Coupons, and the campaigns that they belong to."),
        ("kind", "coupon_id", "code"),
    ),
    _OfKinds(
        "forms",
        "form_key",
        _("Web forms that the subject submitted; their fields are in `fields`."),
        ("submitted_at", "title"),
    ),
    _OfKinds(
        "changes",
        "change_key",
        _("Profiles and subprofiles that were created, updated or deleted; their fields are in `fields`."),
        ("occurred_at", "action"),
    ),
    _OfKinds("history", "history_key", _("Earlier values of fields."), ("occurred_at", "field")),
    _OfKinds(
        "notes", "note_key", _("Notes, contacts and to-do's about the subject."), ("occurred_at", "kind")
    ),
    _OfKinds(
        "feedback_errors",
        "feedback_error_key",
        _("News about the subject that could not be passed on to the controller's servers."),
        ("occurred_at",),
    ),
)
_OF_KINDS_BY_NAME = {one.name: one for one in _OF_KINDS}
_BY_HAND = {
    one.name: one
    for one in (
        SUBJECT, FIELDS, MESSAGE_HEADERS, MESSAGE_PARTS, LINKS, SURVEY_ANSWERS, LOG_ROWS, CUSTOM,
        UNRECOGNISED,
    )
}  # fmt: skip
_ORDER = (
    *("subject", "profiles", "subprofiles", "fields", "interests", "messages", "message_headers"),
    *("message_parts", "links", "events", "survey_submissions", "survey_answers", "files", "mailings"),
    *("documents", "statistics", "sms", "coupons", "forms", "changes", "history", "notes", "feedback_errors"),
    "log_rows",
)
"""Of the tables; those of further kinds follow, then what nothing was declared for."""


@kinds_cache(1)
def tables_by_name() -> dict[str, Table]:
    """Every table by its name, in order."""
    kinds: dict[str, list[Kind]] = {}
    for kind in KINDS.values():
        if not kind.is_packaging:
            kinds.setdefault(kind.table_name, []).append(kind)
    last = ("custom", "unrecognised")
    names = [*_ORDER, *(name for name in kinds if name not in {*_ORDER, *last}), *last]
    return {name: _complete(_BY_HAND.get(name) or _of_kinds(name, kinds[name])) for name in names}


def _complete(table: Table) -> Table:
    """The table, each row of which says whom it is about, and where its data come from."""
    if table.key == SUBJECT_KEY.name:
        return table
    key, *others = table.columns
    origin = replace(ORIGIN, is_derived=table.name not in ORIGIN_BY_ROW)
    others.insert(others.index(_POINTER), origin)
    joins = table.joins | {SUBJECT_KEY.name: "subject.subject_key"}
    return replace(table, columns=(key, SUBJECT_KEY, *others), joins=joins)


def table(name: str) -> Table:
    """The table of that name."""
    return tables_by_name()[name]


def tables() -> tuple[Table, ...]:
    """Every table, in order."""
    return tuple(tables_by_name().values())


def _of_kinds(name: str, kinds: list[Kind]) -> Table:
    """A table of records: a key, the fields of its kinds, what has no column of its own, and the pointer."""
    frame = _OF_KINDS_BY_NAME.get(name) or _OfKinds(
        name,
        f"{name}_key",
        f"{kinds[0].explanation}.",
        tuple(one.column for one in map(kinds[0].field, kinds[0].moments[:1]) if one),
    )
    fields: dict[str, Field] = {}
    for one in (*COLUMN_ORDER.get(name, ()), *(one for kind in kinds for one in kind.fields)):
        if one.column:
            fields.setdefault(one.column, one)
    columns = [_key(frame.key, frame.key_description), *frame.worked_out.get("", ())]
    if len(kinds) > 1:
        names = [kind.name for kind in kinds]
        columns.append(_c("kind", f"{_either(names)}.", names))
    origins = {kind.origin for kind in kinds}
    origin = kinds[0].origin if len(origins) == 1 else ""
    for one in fields.values():
        columns += [replace(column, origin=one.origin or origin) for column in _columns_of(one)]
        columns += frame.worked_out.get(columns[-1].name, ())
    columns += [_OTHER, _POINTER, *frame.worked_out.get("pointer", ())]
    return Table(
        name, frame.description, tuple(columns), frame.key, frame.order, frame.joins, origin,
        "kind" if len(origins) > 1 else "",
    )  # fmt: skip


def _columns_of(one: Field) -> tuple[Column, ...]:
    if one.how == "moment":
        return _m(one.column, one.description)
    if one.how == "count":
        return _count(one.column, one.description, one.unit)
    return (Column(one.column, one.dtype, one.description, one.unit),)


def _either(names: list[str]) -> str:
    *others, last = [f"`{name}`" for name in names]
    return f"{', '.join(others)} or {last}"
