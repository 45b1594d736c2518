"""Conversion of records to rows by their kinds; events and messages have modules of their own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from dsr_report.jsonstream.items import JsonValue, count_values
from dsr_report.pointers import join_pointer
from dsr_report.records.base import Record
from dsr_report.records.kinds import kind_of
from dsr_report.records.models.mail import Mailing, Snapshot, Statistics
from dsr_report.records.models.other import Custom, Fax, Log, Sms, SmsMailing, UploadedFile
from dsr_report.records.models.people import Interest
from dsr_report.records.models.surveys import Answer, Survey
from dsr_report.records.sniff import record_in_json
from dsr_report.tables.cells import cells_of, other_cell
from dsr_report.tables.exact import as_cell, json_text, type_of
from dsr_report.tables.ids import mailing_key, message_key
from dsr_report.tables.schema import table
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
    return _ROWS.get(record.kind, _declared_rows)(record)


def _declared_rows(record: Record) -> Rows:
    """The row of a record as its kind declares it, and rows for each field of a person and each interest."""
    kind = kind_of(record.kind)
    if kind.is_packaging:
        return
    row = cells_of(record, kind)
    apart = [(one, held) for one in kind.rows_apart if (held := getattr(record, one.name))]
    key = ""
    if apart:
        # What has rows of its own is part of what makes one record differ from another.
        own = table(kind.table_name)
        parts = [
            json_text(held, sort=True) if one.how == "map" else repr(sorted(map(_without_place, held)))
            for one, held in apart
        ]
        key = row[own.key] = _key_with(row_key(own, row), parts)
    yield kind.table_name, row
    for one, held in apart:
        yield from _fields(record, key, one.name, held) if one.how == "map" else _interests(record, key, held)


def _without_place(interest: Interest) -> tuple[str, ...]:
    return tuple("" if part is None else str(part) for part in interest[:-1])


def _key_with(key: str, parts: Iterable[str]) -> str:
    """The key of a row that differs from others in parts that have rows of their own."""
    text = "\x1f".join((key, *parts))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _fields(record: Record, key: str, field: str, fields: dict[str, JsonValue]) -> Rows:
    at = record.sources.get(field, record.pointer)
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
                "pointer": join_pointer(at, name),
            },
        )


def _interests(record: Record, key: str, interests: tuple[Interest, ...]) -> Rows:
    for interest in interests:
        row = interest._asdict()
        row |= {"record_key": key, "profile_id": getattr(record, "profile_id", None)}
        yield "interests", row


@_rows("survey")
def _survey(record: Survey) -> Rows:
    row = cells_of(record, kind_of("survey"))
    row["answer_count"] = len(record.answers)
    answers = (json_text(cast("JsonValue", list(answer[:4]))) for answer in record.answers)
    row["submission_key"] = _key_with(row_key(table("survey_submissions"), row), answers)
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
    elif isinstance(value, dict) and value and _are_places(value):
        yield from ((None, element, at) for element in value.values())
    elif isinstance(value, dict) and value:
        yield from ((str(name), element, at) for name, element in value.items())
    else:
        yield None, value, at


def _are_places(names: Iterable[str]) -> bool:
    """Whether names only count, as those of a list of PHP do; other numbers are ids of what was chosen."""
    found = list(names)
    return any(found == [str(place) for place in range(start, start + len(found))] for start in (0, 1))


@_rows("file")
def _file(record: UploadedFile) -> Rows:
    row = cells_of(record, kind_of("file"))
    content = record.decoded()
    if content is not None:
        row |= {"content_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    yield "files", row


@_rows("statistics")
def _statistics(record: Statistics) -> Rows:
    base = cells_of(record, kind_of("statistics"))
    base["message_key"] = message_key(record.message_id, record.family)
    base["mailing_key"] = mailing_key(record.mailing_id, record.family)
    for name, total, unique in record.counts:
        yield "statistics", base | {"name": name, "total_raw": total, "unique_raw": unique}
    if not record.counts:
        yield "statistics", base


@_rows("mailing")
@_rows("snapshot")
def _mailing_rows(record: Mailing | Snapshot) -> Rows:
    row = cells_of(record, kind_of(record.kind))
    row["family"] = family_of_mailing(record)
    row["mailing_key"] = mailing_key(record.mailing_id, row["family"])
    yield "mailings", row


def family_of_mailing(record: Mailing | Snapshot) -> str:
    """The product of a mailing: those of the Marketing Suite have a template and no document.

    (rest-get-publisher-emailing, rest-get-ms-emailing and the snapshots, read 2026-11)
    """
    if record.family is not None:
        return record.family
    return "publisher" if record.document_id is not None else "marketing-suite"


@_rows("sms_mailing")
@_rows("sms")
@_rows("fax")
def _sms(record: Sms | SmsMailing | Fax) -> Rows:
    kind = kind_of(record.kind)
    row = cells_of(record, kind)
    row["mailing_key"] = mailing_key(record.mailing_id, "fax" if record.kind == "fax" else "sms")
    yield kind.table_name, row


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
    if not record.rows:
        value = other_cell(record) if record.content is None else record.content
        yield "log_rows", {"row_kind": record.row_kind, "value": value, "pointer": record.pointer}


@_rows("unrecognised")
def _unrecognised_rows(record: Record) -> Rows:
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


@_rows("custom")
def _custom(record: Custom) -> Rows:
    rest = record.other_fields()
    other = json_text(rest, sort=True) if rest else None
    yield "custom", {"pointer": record.pointer, "kind": record.name, "other": other}
