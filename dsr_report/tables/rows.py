"""Records → rows, kind by kind; events and messages have modules of their own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from typing import Any, cast

from dsr_report.jsonstream.items import JsonValue, count_values
from dsr_report.pointers import joined
from dsr_report.records.base import Record
from dsr_report.records.models.mail import Document, Mailing, Snapshot, Statistics
from dsr_report.records.models.other import (
    Contact,
    Coupon,
    CouponCampaign,
    Fax,
    FeedbackError,
    History,
    Log,
    Note,
    Sms,
    SmsMailing,
    Todo,
    UploadedFile,
)
from dsr_report.records.models.people import Change, Interest, InterestRecord, Profile, Subprofile
from dsr_report.records.models.surveys import Answer, Form, Survey
from dsr_report.records.sniff import record_in_json
from dsr_report.tables import schema
from dsr_report.tables.cells import moment_cells, other_cell, tag_cell
from dsr_report.tables.events import message_key
from dsr_report.tables.exact import as_cell, json_text, type_of
from dsr_report.tables.schema import Table
from dsr_report.tables.store import row_key

Rows = Iterator[tuple[str, dict[str, Any]]]
"""(name of the table, row)."""

_ROWS: dict[str, Callable[[Any], Rows]] = {}


def _rows(kind: str) -> Callable[[Callable[[Any], Rows]], Callable[[Any], Rows]]:
    def claim(function: Callable[[Any], Rows]) -> Callable[[Any], Rows]:
        _ROWS[kind] = function
        return function

    return claim


def rows_of(record: Record) -> Rows:
    """The rows of one record that is neither an event nor a message."""
    return _ROWS.get(record.kind, _custom)(record)


def _cells(record: Record, table: Table) -> dict[str, Any]:
    """Cells for the columns that a record has a field of the same name for, with their moments."""
    row: dict[str, Any] = {"pointer": record.pointer}
    for name in table.names:
        if f"{name}_raw" in table.names:
            if hasattr(record, f"{name}_raw"):
                row.update(moment_cells(record, name))
        elif name not in row and name != "kind" and (value := getattr(record, name, None)) is not None:
            row[name] = tag_cell(value) if isinstance(value, tuple) else value
    if "other" in table.names:
        row["other"] = other_cell(record)
    if "kind" in table.names:
        row["kind"] = record.kind
    return row


def _fields(record: Record, key: str, fields: dict[str, JsonValue]) -> Rows:
    at = record.sources.get("fields", record.pointer)
    for name, value in fields.items():
        yield (
            "fields",
            {
                "record_key": key,
                "record_kind": record.kind,
                "profile_id": getattr(record, "profile_id", None),
                "subprofile_id": getattr(record, "subprofile_id", None),
                "name": str(name),
                "value": as_cell(value),
                "value_type": type_of(value),
                "pointer": joined(at, name),
            },
        )


def _interests(record: Record, key: str, interests: tuple[Interest, ...]) -> Rows:
    for interest in interests:
        row = interest._asdict()
        row |= {"record_key": key, "profile_id": getattr(record, "profile_id", None)}
        yield "interests", row


@_rows("profile")
def _profile(record: Profile) -> Rows:
    row = _cells(record, schema.PROFILES)
    key = row_key(schema.PROFILES, row)
    yield "profiles", row
    yield from _fields(record, key, record.fields)
    yield from _interests(record, key, record.interests)


@_rows("subprofile")
def _subprofile(record: Subprofile) -> Rows:
    row = _cells(record, schema.SUBPROFILES)
    yield "subprofiles", row
    yield from _fields(record, row_key(schema.SUBPROFILES, row), record.fields)


@_rows("interest")
def _interest(record: InterestRecord) -> Rows:
    yield "interests", _cells(record, schema.INTERESTS)


@_rows("change")
def _change(record: Change) -> Rows:
    row = _cells(record, schema.CHANGES) | {"parameters": _json(record.parameters or None)}
    key = row_key(schema.CHANGES, row)
    yield "changes", row
    yield from _fields(record, key, record.fields)
    yield from _interests(record, key, record.interests)


@_rows("history")
def _history(record: History) -> Rows:
    row = _cells(record, schema.HISTORY)
    row |= {"old_value": as_cell(record.old_value), "new_value": as_cell(record.new_value)}
    yield "history", row
    yield from _fields(record, row_key(schema.HISTORY, row), record.fields)


@_rows("form")
def _form(record: Form) -> Rows:
    row = _cells(record, schema.FORMS)
    row |= {"submitter": _json(record.submitter), "submittees": _json(record.submittees)}
    key = row_key(schema.FORMS, row)
    yield "forms", row
    yield from _fields(record, key, record.fields)
    yield from _interests(record, key, record.interests)


@_rows("survey")
def _survey(record: Survey) -> Rows:
    row = _cells(record, schema.SURVEY_SUBMISSIONS)
    row["answer_count"] = len(record.answers)
    # The answers are part of what makes one submission differ from another.
    answers = "\x1f".join(json_text(cast("JsonValue", list(answer[:4]))) for answer in record.answers)
    row["submission_key"] = hashlib.blake2b(
        f"{row_key(schema.SURVEY_SUBMISSIONS, row)}{answers}".encode("utf-8", "surrogatepass"), digest_size=8
    ).hexdigest()
    yield "survey_submissions", row
    for position, answer in enumerate(record.answers, 1):
        shared = {
            "submission_key": row["submission_key"],
            "position": position,
            "number": answer.number,
            "question": answer.question,
            "question_type": answer.question_type,
        }
        for place, (label, value, pointer) in enumerate(_answer_values(answer), 1):
            yield (
                "survey_answers",
                shared
                | {"answer_position": place, "row": label, "answer": as_cell(value), "pointer": pointer},
            )


def _answer_values(answer: Answer) -> Iterator[tuple[str | None, JsonValue, str]]:
    value, at = answer.answer, answer.pointer
    if isinstance(value, list) and value:
        yield from ((None, element, at) for element in value)
    elif isinstance(value, dict) and value and all(name.isdigit() for name in value):
        yield from ((None, element, at) for element in value.values())
    elif isinstance(value, dict) and value:
        yield from ((str(name), element, at) for name, element in value.items())
    else:
        yield None, value, at


@_rows("file")
def _file(record: UploadedFile) -> Rows:
    row = _cells(record, schema.FILES)
    content = record.decoded()
    if content is not None:
        row |= {"content_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    yield "files", row


@_rows("mailing")
def _mailing(record: Mailing) -> Rows:
    yield "mailings", _cells(record, schema.MAILINGS) | {"target": _json(record.target)}


@_rows("snapshot")
def _snapshot(record: Snapshot) -> Rows:
    yield "mailings", _cells(record, schema.MAILINGS)


@_rows("sms_mailing")
def _sms_mailing(record: SmsMailing) -> Rows:
    row = _cells(record, schema.MAILINGS) | {"target": _json(record.target)}
    for ending in ("", "_raw", "_certainty"):
        row[f"sent_at{ending}"] = moment_cells(record, "occurred_at")[f"occurred_at{ending}"]
    yield "mailings", row


@_rows("document")
def _document(record: Document) -> Rows:
    yield "documents", _cells(record, schema.DOCUMENTS)


@_rows("statistics")
def _statistics(record: Statistics) -> Rows:
    base = _cells(record, schema.STATISTICS)
    base["message_key"] = message_key(record.message_id, record.family)
    for count in record.counts:
        yield "statistics", base | count._asdict()


@_rows("sms")
def _sms(record: Sms) -> Rows:
    yield "sms", _cells(record, schema.SMS)


@_rows("fax")
def _fax(record: Fax) -> Rows:
    yield "sms", _cells(record, schema.SMS) | {"text": record.content}


@_rows("coupon")
def _coupon(record: Coupon) -> Rows:
    yield "coupons", _cells(record, schema.COUPONS)


@_rows("coupon_campaign")
def _campaign(record: CouponCampaign) -> Rows:
    yield "coupons", _cells(record, schema.COUPONS)


@_rows("note")
def _note(record: Note) -> Rows:
    yield "notes", _cells(record, schema.NOTES)


@_rows("contact")
def _contact(record: Contact) -> Rows:
    yield (
        "notes",
        _cells(record, schema.NOTES) | {"note_id": record.contact_id, "type": record.contact_type},
    )


@_rows("todo")
def _todo(record: Todo) -> Rows:
    yield "notes", _cells(record, schema.NOTES) | {"note_id": record.todo_id, "type": record.todo_type}


@_rows("feedback_error")
def _feedback_error(record: FeedbackError) -> Rows:
    yield "feedback_errors", _cells(record, schema.FEEDBACK_ERRORS)


@_rows("log")
def _log(record: Log) -> Rows:
    for number, row in enumerate(record.rows, 1):
        for position, cell in enumerate(row, 1):
            name = record.columns[position - 1] if position <= len(record.columns) else None
            yield (
                "log_rows",
                {
                    "row_kind": record.row_kind,
                    "row": number,
                    "position": position,
                    "name": name,
                    "value": cell,
                    "pointer": record.pointer,
                },
            )
    if not record.rows and record.content is not None:
        yield "log_rows", {"row_kind": record.row_kind, "value": record.content, "pointer": record.pointer}


@_rows("envelope")
def _envelope(_record: Record) -> Rows:
    return iter(())


@_rows("unrecognised")
def _unrecognised(record: Record) -> Rows:
    value = record.value
    inner = record_in_json(value) if isinstance(value, str) else None
    if inner is not None:
        value = inner
    names = sorted(map(str, value)) if isinstance(value, dict) else []
    yield (
        "unrecognised",
        {
            "keys": json.dumps(names, ensure_ascii=True),
            "value_count": count_values(value),
            "value": json_text(value),
            "pointer": record.pointer,
        },
    )


def _custom(record: Record) -> Rows:
    row = {"pointer": record.pointer, "kind": getattr(record, "name", record.kind)}
    rest = record.other_fields()
    row["other"] = json_text(rest, sort=True) if rest else None
    yield "custom", row


def _json(value: JsonValue) -> str | None:
    return None if value is None else json_text(value)
