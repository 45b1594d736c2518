"""The same records in every layout that an export may have.

A function here takes records and returns `data`. Layouts with rows write log records as rows and all others
as objects, because only logs have an order of columns.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

from .shapes import LOG_COLUMNS, Record
from .writing import php

PLURALS = {
    "delivery": "deliveries",
    "retry": "retries",
    "abuse": "abuses",
    "statistics": "statistics",
    "sms": "sms",
}
TELLING_LOGS = frozenset(
    "cdm-impression cdm-click cdm-error cdm-unsubscribe pom-attempts pom-clicks pom-unsubscribes pom-errors".split()
)
"""Logs that the number of columns and the position of the time column identify."""


def labelled(record: Record) -> dict[str, Any]:
    """A record in a wrapper that names its kind: logs as the events API does, others by `type`."""
    if record.kind == "unrecognised":
        return record.value
    return {"event" if record.log else "type": record.kind, "data": record.value}


def nested(records: Sequence[Record]) -> Any:
    """Layout 1: a flat list of wrappers that name the kind."""
    return [labelled(record) for record in records]


def flat(records: Sequence[Record]) -> Any:
    """Layout 1: a flat list; the name of the kind is one of the members."""
    return [_named_inside(record) for record in records]


def _named_inside(record: Record) -> dict[str, Any]:
    if record.kind == "unrecognised" or record.value.get("type") == record.kind:
        return record.value
    name = "event" if record.log else "kind" if "type" in record.value else "type"
    return {name: record.kind, **record.value}


def unlabelled(records: Sequence[Record]) -> Any:
    """Layout 2: a flat list of objects without the name of their kind."""
    return [record.value for record in records]


def label(record: Record) -> str:
    """The name of the group that a record belongs to."""
    if record.kind == "unrecognised":
        return "other"
    return record.log or PLURALS.get(record.kind, f"{record.kind}s")


def grouped(records: Sequence[Record]) -> dict[str, list[Any]]:
    """Layout 5: an object keyed by kind."""
    groups: dict[str, list[Any]] = {}
    for record in records:
        groups.setdefault(label(record), []).append(record.value)
    return groups


def groups_without_names(records: Sequence[Record]) -> Any:
    """Layout 3: a list of lists, one for each kind, and some empty ones."""
    data: list[list[Any]] = []
    for group in grouped(records).values():
        data += [group] if len(data) % 4 != 2 else [[], group]
    return data


def one_key_wrappers(records: Sequence[Record]) -> Any:
    """Layout 4: a list of objects with one member each."""
    return [{name: group} for name, group in grouped(records).items()]


def names_and_records(records: Sequence[Record]) -> Any:
    """Layout 4: a list of objects with a name and records."""
    return [{"name": name, "records": group} for name, group in grouped(records).items()]


def pairs(records: Sequence[Record]) -> Any:
    """Layout 4: a list of pairs of a name and records."""
    return [[name, group] for name, group in grouped(records).items()]


def envelopes(records: Sequence[Record]) -> Any:
    """Layout 5: keyed by kind; a single record without a list, several in a paging envelope."""
    return {
        name: group[0]
        if len(group) == 1 and name != "other"
        else {"start": 0, "limit": 100, "count": len(group), "total": len(group), "data": group}
        for name, group in grouped(records).items()
    }


def _rows(records: Sequence[Record], make: Callable[[str, list[list[Any]]], list[Any]]) -> list[Any]:
    logs: dict[str, list[list[Any]]] = {}
    for record in records:
        if record.log:
            logs.setdefault(record.log, []).append(
                [record.value[column] for column in LOG_COLUMNS[record.log]]
            )
    others = [labelled(record) for record in records if not record.log]
    return [*(make(log, rows) for log, rows in logs.items()), others]


def rows_with_header(records: Sequence[Record]) -> Any:
    """Layout 6: for each log a list of rows, of which the first is the header."""
    return _rows(records, lambda log, rows: [list(LOG_COLUMNS[log]), *rows])


def rows_after_log_name(records: Sequence[Record]) -> Any:
    """Layout 6: for each log a list of its name and rows without a header."""
    return _rows(records, lambda log, rows: [log, *rows])


def bare_rows(records: Sequence[Record]) -> Any:
    """Layout 6: rows without header or name, for the logs that their columns identify."""
    return [
        [record.value[column] for column in LOG_COLUMNS[record.log]]
        if record.log in TELLING_LOGS
        else labelled(record)
        for record in records
    ]


def json_strings(records: Sequence[Record]) -> Any:
    """Layout 7: every record as a string of JSON."""
    return [php(labelled(record)) for record in records]


def bare_texts(records: Sequence[Record]) -> Any:
    """Layout 7: messages as bare MIME, as base64 and as data URI; logs as CSV; surveys as HTML and XML."""
    from base64 import b64encode  # noqa: PLC0415 - only used here

    data: list[Any] = []
    logs: dict[str, list[Record]] = {}
    for record in records:
        if record.log:
            logs.setdefault(record.log, []).append(record)
        elif record.kind == "message":
            text = record.value["mime"]
            encoded = b64encode(text.encode()).decode()
            data.append((text, encoded, f"data:message/rfc822;base64,{encoded}")[len(data) % 3])
        elif record.kind == "survey":
            data += [_survey_as_html(record.value), _survey_as_xml(record.value)]
        else:
            data.append(record.value)
    for log, rows in logs.items():
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(LOG_COLUMNS[log])
        writer.writerows([record.value[column] for column in LOG_COLUMNS[log]] for record in rows)
        data.append(text.getvalue())
    return data


def _survey_as_html(survey: dict[str, Any]) -> str:
    rows = "".join(f"<dt>{q['question']}</dt><dd>{q['answer']}</dd>" for q in survey["questions"].values())
    return f"<h2>{survey['survey']}</h2><p>{survey['timestamp']}</p><dl>{rows}</dl>"


def _survey_as_xml(survey: dict[str, Any]) -> str:
    from xml.sax.saxutils import escape, quoteattr  # noqa: PLC0415 - only used here

    rows = "".join(
        f"<question><number>{number}</number><text>{escape(q['question'])}</text><answer>{escape(str(q['answer']))}"
        "</answer></question>"
        for number, q in survey["questions"].items()
    )
    return f'<?xml version="1.0" encoding="utf-8"?><survey name={quoteattr(survey["survey"])}>{rows}</survey>'


def numeric_keys(records: Sequence[Record]) -> Any:
    """Layout 8: an object with numbers for keys, with gaps."""
    return {str(index + index // 5): labelled(record) for index, record in enumerate(records)}


LAYOUTS: dict[str, tuple[int, Callable[[Sequence[Record]], Any], str]] = {
    "01-nested": (
        1,
        nested,
        "a flat list of wrappers with the kind and the record; the reference of this folder",
    ),
    "01-flat": (1, flat, "a flat list of records with the kind among their members"),
    "02-unlabelled": (2, unlabelled, "a flat list of records that say nothing of their kind"),
    "03-groups": (3, groups_without_names, "a list of lists without names, some empty"),
    "04-one-key": (4, one_key_wrappers, "a list of objects with one member, the kind's name"),
    "04-name-and-records": (4, names_and_records, "a list of objects with `name` and `records`"),
    "04-pairs": (4, pairs, "a list of pairs of a name and records"),
    "05-keyed": (5, grouped, "an object of lists, keyed by kind"),
    "05-envelopes": (5, envelopes, "an object keyed by kind, of single records and paging envelopes"),
    "06-rows-with-header": (
        6,
        rows_with_header,
        "log records as rows below a header row, all others as objects",
    ),
    "06-rows-after-name": (
        6,
        rows_after_log_name,
        "log records as rows behind the log's name, all others as objects",
    ),
    "06-bare-rows": (
        6,
        bare_rows,
        f"rows without any header of {', '.join(sorted(TELLING_LOGS))}; others as objects",
    ),
    "07-json-strings": (7, json_strings, "every record as a string that holds JSON"),
    "08-numeric-keys": (8, numeric_keys, "an object with numbers for keys, with gaps"),
}
"""Name → number in the list of layouts, function that makes `data`, and description."""
