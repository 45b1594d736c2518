"""The schema of all tables, which building, writing, the documentation and the tests read.

Tables of records take their columns from the declarations of their kinds (`dsr_report.records.kinds`). Keys,
derived columns and tables of parts are in `declarations/`.
"""

from __future__ import annotations

from dataclasses import replace

from dsr_report.records.kind import Field, Kind
from dsr_report.records.kinds import COLUMN_ORDER, KINDS, kinds_cache
from dsr_report.tables.declarations.columns import (
    ORIGIN,
    ORIGIN_BY_ROW,
    OTHER,
    POINTER,
    category,
    count,
    key,
    moment,
)
from dsr_report.tables.declarations.kinds import KINDS_TABLES, KindsTable
from dsr_report.tables.declarations.parts import PARTS_TABLES
from dsr_report.tables.table import SUBJECT_KEY, Column, Table

_KINDS_TABLES = {one.name: one for one in KINDS_TABLES}
_PARTS_TABLES = {one.name: one for one in PARTS_TABLES}
_ORDER = (
    *("subject", "profiles", "subprofiles", "fields", "interests", "messages", "message_headers"),
    *("message_parts", "links", "events", "survey_submissions", "survey_answers", "files", "mailings"),
    *("documents", "statistics", "sms", "coupons", "forms", "changes", "history", "notes", "feedback_errors"),
    "log_rows",
)
"""The first tables, in order; those of further kinds follow, then `custom` and `unrecognised`."""


@kinds_cache(1)
def tables_by_name() -> dict[str, Table]:
    """Every table by its name, in order."""
    kinds: dict[str, list[Kind]] = {}
    for kind in KINDS.values():
        if not kind.is_packaging:
            kinds.setdefault(kind.table_name, []).append(kind)
    last = ("custom", "unrecognised")
    names = [*_ORDER, *(name for name in kinds if name not in {*_ORDER, *last}), *last]
    return {name: _complete(_PARTS_TABLES.get(name) or _of_kinds(name, kinds[name])) for name in names}


def _complete(table: Table) -> Table:
    """Add the columns `subject_key` and `origin` to a table."""
    if table.key == SUBJECT_KEY.name:
        return table
    key, *others = table.columns
    origin = replace(ORIGIN, is_derived=table.name not in ORIGIN_BY_ROW)
    others.insert(others.index(POINTER), origin)
    joins = table.joins | {SUBJECT_KEY.name: "subject.subject_key"}
    return replace(table, columns=(key, SUBJECT_KEY, *others), joins=joins)


def table(name: str) -> Table:
    """The table of that name."""
    return tables_by_name()[name]


def tables() -> tuple[Table, ...]:
    """Every table, in order."""
    return tuple(tables_by_name().values())


def _of_kinds(name: str, kinds: list[Kind]) -> Table:
    """A table of records: key, fields of its kinds, other members, and pointer."""
    frame = _KINDS_TABLES.get(name) or KindsTable(
        name,
        f"{name}key",
        f"{kinds[0].explanation}.",
        tuple(one.column for one in map(kinds[0].field, kinds[0].moments[:1]) if one),
    )
    fields: dict[str, Field] = {}
    for one in (*COLUMN_ORDER.get(name, ()), *(one for kind in kinds for one in kind.fields)):
        if one.column:
            fields.setdefault(one.column, one)
    columns = [key(frame.key, frame.key_description), *frame.worked_out.get("", ())]
    if len(kinds) > 1:
        names = [kind.name for kind in kinds]
        columns.append(category("kind", f"{_either(names)}.", names))
    origins = {kind.origin for kind in kinds}
    origin = kinds[0].origin if len(origins) == 1 else ""
    for one in fields.values():
        columns += [replace(column, origin=one.origin or origin) for column in _columns_of(one)]
        columns += frame.worked_out.get(columns[-1].name, ())
    columns += [OTHER, POINTER, *frame.worked_out.get("pointer", ())]
    return Table(
        name, frame.description, tuple(columns), frame.key, frame.order, frame.joins, origin,
        "kind" if len(origins) > 1 else "",
    )  # fmt: skip


def _columns_of(one: Field) -> tuple[Column, ...]:
    if one.how == "moment":
        return moment(one.column, one.description)
    if one.how == "count":
        return count(one.column, one.description, one.unit)
    return (Column(one.column, one.dtype, one.description, one.unit),)


def _either(names: list[str]) -> str:
    *others, last = [f"`{name}`" for name in names]
    return f"{', '.join(others)} or {last}"
