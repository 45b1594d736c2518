"""Tables whose rows are parts of records, and tables of records without a declared kind."""

from __future__ import annotations

from typing import get_args

from dsr_report.mime.links import Purpose
from dsr_report.sentences import translatable as _
from dsr_report.tables.declarations.columns import (
    MESSAGE_KEY,
    OTHER,
    POINTER,
    PROFILE_ID,
    SUBPROFILE_ID,
    category,
    flag,
    key,
    number,
    text,
)
from dsr_report.tables.table import Column, Table

SUBJECT = Table(
    "subject",
    _("Whom the export is about: one row."),
    (
        text(
            "subject_key",
            _(
                "Key: type and id; where tables of several exports stand together, numbered "
                "(`…-2`) where two are about the same one."
            ),
        ),
        text("subject_type", _("`email`, `profile` or `subprofile`.")),
        text("subject_id", _("Address, or id of the profile or subprofile.")),
        text("export", _("Name of the export's file, where tables of several exports stand together.")),
        OTHER,
        POINTER,
    ),
    "subject_key",
)
FIELDS = Table(
    "fields",
    _("Values of the fields of profiles, and of all other records that have such fields: one row a field."),
    (
        key("field_key"),
        text("record_key", _("Key of the row that it belongs to, in the table of its kind.")),
        category("record_kind", _("Kind of the record that it belongs to."), ()),
        PROFILE_ID,
        SUBPROFILE_ID,
        text("name", _("Name of the field.")),
        text("value", _("Value as text; what is no text, number or truth value is given as JSON.")),
        category(
            "value_type",
            _("JSON type of the value: `text`, `number`, `boolean`, `null`, `list` or `object`."),
            ("text", "number", "boolean", "null", "list", "object"),
        ),
        POINTER,
    ),
    "field_key",
    ("record_kind", "profile_id", "subprofile_id", "record_key", "name"),
)
MESSAGE_HEADERS = Table(
    "message_headers",
    _("Header fields of messages, in their order and with repeats: one row a field."),
    (
        key("header_key"),
        MESSAGE_KEY,
        number("position", _("Place in the header, from 1.")),
        text("name", _("Name of the field, as it stands.")),
        text("value", _("Value, unfolded and decoded (RFC 2047).")),
        text("value_raw", _("Value as it stands, folds and encoded words included.")),
        POINTER,
    ),
    "header_key",
    ("message_key", "position"),
    "observed",
)
MESSAGE_PARTS = Table(
    "message_parts",
    _("Parts of messages: those of the source that hold content, and bodies that the record has as members."),
    (
        key("part_key"),
        MESSAGE_KEY,
        number("position", _("Place in the message, from 1.")),
        text(
            "path", _("Number of the part in the tree (`1.2`), or the member's name (`html`, `text`, `amp`).")
        ),
        text("media_type", _("Media type, in lower case.")),
        text("charset", _("Charset that it declares.")),
        text("charset_used", _("Charset that it was read with.")),
        text("transfer_encoding", _("Content-Transfer-Encoding.")),
        text("disposition", _("`inline`, `attachment` or what it declares.")),
        text("file_name", _("File name that it declares.")),
        text("content_id", _("Content-ID, without angle brackets.")),
        flag("is_attachment", _("Whether a reader would see it as a file.")),
        number("size_bytes", _("Size of the decoded content."), "bytes"),
        text("sha256", _("SHA-256 of the decoded content, in hexadecimal.")),
        text("text", _("Content of a text part, decoded, with line feeds as line ends.")),
        POINTER,
    ),
    "part_key",
    ("message_key", "position"),
    "observed",
)
LINKS = Table(
    "links",
    _("Links in the HTML of messages, as written: one row a link."),
    (
        key(
            "link_key",
            _(
                "Key. That of a link that was followed is the `link_key` of its clicks, which lead to the first "
                "link of the message that they can mean."
            ),
        ),
        MESSAGE_KEY,
        number("position", _("Place in the message, from 1.")),
        text("url", _("Where it leads, as written.")),
        text("label", _("The words that it stands under.")),
        category(
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
        POINTER,
    ),
    "link_key",
    ("message_key", "position"),
    "observed",
)
SURVEY_ANSWERS = Table(
    "survey_answers",
    _("Answers: one row an open answer, a chosen label, or a row of a grid."),
    (
        key("answer_key"),
        Column(
            "submission_key",
            "string",
            _("Submission that it belongs to."),
            leads_to="survey_submissions.submission_key",
        ),
        number("position", _("Place of the question in the survey, from 1.")),
        text("number", _("Number of the question, as the export has it.")),
        text("question", _("The question, as it was asked.")),
        text("question_type", _("`open`, `multi` or `grid`.")),
        number("answer_position", _("Place of the answer among those to the question, from 1.")),
        text("row", _("Label of the grid's row.")),
        text("answer", _("The answer; what is no single value is given as JSON.")),
        POINTER,
    ),
    "answer_key",
    ("submission_key", "position", "answer_position"),
    "provided",
)
UNRECOGNISED = Table(
    "unrecognised",
    _("What is in the export and not known: kept whole."),
    (
        key("unrecognised_key"),
        text("keys", _("Names of its members, as a JSON list.")),
        number("value_count", _("Values that it holds.")),
        text("value", _("All of it, as JSON.")),
        POINTER,
    ),
    "unrecognised_key",
    ("keys",),
)


LOG_ROWS = Table(
    "log_rows",
    _("Rows of logs that the export holds as one text: one row a cell."),
    (
        key("log_row_key"),
        text("row_kind", _("Kind of the rows, where their columns tell.")),
        number("row", _("Row, from 1.")),
        number("position", _("Cell in the row, from 1.")),
        text("name", _("Name of the column.")),
        text("value", _("The cell.")),
        POINTER,
    ),
    "log_row_key",
    ("row_kind", "row", "position"),
)
CUSTOM = Table(
    "custom",
    _("Records of kinds that the controller named in the configuration; their members are in `other`."),
    (key("custom_key"), text("kind", _("Name in the configuration.")), OTHER, POINTER),
    "custom_key",
    ("kind",),
)

PARTS_TABLES = (
    SUBJECT,
    FIELDS,
    MESSAGE_HEADERS,
    MESSAGE_PARTS,
    LINKS,
    SURVEY_ANSWERS,
    LOG_ROWS,
    CUSTOM,
    UNRECOGNISED,
)
