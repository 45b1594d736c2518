"""The schema of all tables, which building, writing, the documentation and the tests read.

Tables of records take their columns from the declarations of their kinds (`dsr_report.records.kinds`). Keys,
derived columns and tables of parts are in `declarations/`.
"""

from __future__ import annotations

from dataclasses import replace

from dsr_report.records.kind import ROWS_APART, Field, Kind
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
    if table.name in ROWS_APART.values():
        others = [_of_owner(column, table.name) for column in others]
    return replace(table, columns=(key, SUBJECT_KEY, *others))


def _of_owner(column: Column, name: str) -> Column:
    """The column of a table of fields or interests; that for the record's key or kind, with all it can be."""
    owners = [kind for kind in KINDS.values() if name in {ROWS_APART[one.how] for one in kind.rows_apart}]
    if column.name == "record_kind":
        return replace(column, categories=tuple(kind.name for kind in owners))
    if column.name == "record_key":
        keys = (f"{kind.table_name}.{_frame_of(kind.table_name, kind).key}" for kind in owners)
        return replace(column, leads_to=" ".join(keys))
    return column


def table(name: str) -> Table:
    """The table of that name."""
    return tables_by_name()[name]


def tables() -> tuple[Table, ...]:
    """Every table, in order."""
    return tuple(tables_by_name().values())


def _of_kinds(name: str, kinds: list[Kind]) -> Table:
    """A table of records: key, fields of its kinds, other members, and pointer."""
    frame = _frame_of(name, kinds[0])
    fields = {one.column: one for one in COLUMN_ORDER.get(name, ())}
    for kind in kinds:
        for one in kind.fields:
            if one.column and _types(one) != _types(fields.setdefault(one.column, one)):
                raise ValueError(
                    f"the field {one.name!r} of {kind.name!r} is unlike the column {one.column!r} of {name!r}"
                )
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
        name, frame.description, tuple(columns), frame.key, frame.order, origin,
        "kind" if len(origins) > 1 else "",
    )  # fmt: skip


def _frame_of(name: str, kind: Kind) -> KindsTable:
    """The declaration of a table of kinds; one that has none is that of a kind alone."""
    return _KINDS_TABLES.get(name) or KindsTable(
        name,
        f"{name}_key",
        kind.explanation,
        tuple(one.column for one in map(kind.field, kind.moments[:1]) if one),
    )


def _types(one: Field) -> list[str]:
    return [column.dtype for column in _columns_of(one)]


def _columns_of(one: Field) -> tuple[Column, ...]:
    if one.how == "moment":
        return moment(one.column, one.description)
    if one.how == "count":
        return count(one.column, one.description, one.unit)
    return (Column(one.column, one.dtype, one.description, one.unit),)


def _either(names: list[str]) -> str:
    *others, last = [f"`{name}`" for name in names]
    return f"{', '.join(others)} or {last}"
