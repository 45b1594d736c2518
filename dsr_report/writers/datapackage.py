"""`datapackage.json` for the tables (Frictionless Data Package 1.0): type and meaning of each column.

Titles and descriptions are in the reader's language. `origin` of a field (a custom property, as the standard
allows) says whether its data were provided by the person, observed or inferred.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dsr_report.files import sha256_of
from dsr_report.jsonstream.json_file import json_file
from dsr_report.languages import Language
from dsr_report.records.kind import Field, Kind
from dsr_report.records.kinds import KINDS, kinds_cache
from dsr_report.rendering.dictionary import explanation_of, label_of
from dsr_report.tables.declarations.columns import CERTAINTY_IS, LOCAL_IS, RAW_IS
from dsr_report.tables.table import LOCAL, MOMENT, SUBJECT_KEY, Column, Table

if TYPE_CHECKING:
    from dsr_report.tables.writers import WrittenTable

FILE_NAME = "datapackage.json"
_TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "category": {"type": "string"},
    "int64": {"type": "integer"},
    "boolean": {"type": "boolean", "trueValues": ["true"], "falseValues": ["false"]},
    MOMENT: {"type": "datetime", "format": "any"},
    LOCAL: {"type": "datetime", "format": "any"},
}


def data_package(written: Iterable[WrittenTable], tables: Iterable[Table], language: Language) -> bytes:
    """Return the JSON description of tables written as CSV."""
    declared = {table.name: table for table in tables}
    content = {
        "profile": "tabular-data-package",
        "name": "dsr-report-tables",
        "title": language.text("Your data as tables"),
        "resources": [_resource(one, declared[one.table], language) for one in written],
    }
    return json_file(content)


def _resource(written: WrittenTable, table: Table, language: Language) -> dict[str, Any]:
    return {
        "profile": "tabular-data-resource",
        "name": table.name.replace("_", "-"),
        "path": written.path.name,
        "description": language.text(table.description),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": written.path.stat().st_size,
        "hash": f"sha256:{sha256_of(written.path)}",
        "dialect": {"lineTerminator": "\r\n", "doubleQuote": True, "delimiter": ","},
        "schema": _schema(table, language),
    }


@kinds_cache(256)
def _schema(table: Table, language: Language) -> dict[str, Any]:
    return {
        "fields": [_field(column, table, language) for column in table.columns],
        "primaryKey": list(table.primary_key),
        "missingValues": [""],
        "foreignKeys": list(_references(table)),
    }


def _field(column: Column, table: Table, language: Language) -> dict[str, Any]:
    constraints = {
        **({"required": True} if column.name in table.primary_key else {}),
        **({"enum": list(column.categories)} if column.categories else {}),
    }
    title, description = words_for(column, table, language)
    field = {"name": column.name, **_TYPES[column.dtype], "title": title, "description": description}
    if column.origin:
        field["origin"] = column.origin
    return {**field, "constraints": constraints} if constraints else field


def words_for(column: Column, table: Table, language: Language) -> tuple[str, str]:
    """Title and description of a column in a language."""
    for ending, text in (("_raw", RAW_IS), ("_local", LOCAL_IS), ("_certainty", CERTAINTY_IS)):
        base = column.name.removesuffix(ending)
        if base != column.name and base in table.names:
            return column.name, language.text(text).format(column=base)
    if column.name == "kind" and column.categories:
        return column.name, language.text("What kind of record it is.")
    found = _declared_kind(column, table)
    if found is None:
        return column.name, language.text(column.description)
    kind, key = found
    title, description = label_of(key, language, kind.name), explanation_of(key, kind.name, language)
    return title or column.name, description or language.text(column.description)


def _declared_kind(column: Column, table: Table) -> tuple[Kind, str] | None:
    """The kind, and the preferred member name, that a column is read from."""
    for kind in KINDS.values():
        if kind.is_packaging or kind.table_name != table.name:
            continue
        field: Field | None = next((one for one in kind.fields if one.column == column.name), None)
        key = next((key for key in field.keys if key), None) if field is not None else None
        if key is not None:
            return kind, key
    return None


def _references(table: Table) -> Iterable[dict[str, Any]]:
    """Yield the foreign keys that always have a target row, as the standard requires."""
    for column, targets in table.joins.items():
        target, _, name = targets.partition(".")
        if column == SUBJECT_KEY.name:
            yield {"fields": [column], "reference": {"resource": target, "fields": [name]}}
