"""The declaration of a record kind (`Kind`) and of its fields (`Field`).

The declarations are in `declarations/`, a module for each family; `kinds` is their register.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsr_report.records.names import normalised_key

ChapterName = Literal["you", "told", "noted", "messages", "events", "files", "background", "other"]
How = Literal[
    "text", "count", "id", "flag", "moment", "tags", "json", "value", "map", "interests", "sender", "made"
]
"""How a field is read: by a method of `fields.FieldReader`, or `made` by a step of its parser.

A `count` is read as text, and tables have its number beside the text.
"""
Authorship = Literal["", "about", "by"]
ColumnType = Literal["string", "int64", "boolean"]

Family = Literal["publisher", "marketing-suite", "smtpeter"]
"""The product that wrote a record."""

Origin = Literal["", "provided", "observed", "inferred"]
"""Provided by the person, observed while something was used, or inferred or noted by the controller."""

_TYPES: dict[How, ColumnType] = {"flag": "boolean"}
ROWS_APART: dict[How, str] = {"map": "fields", "interests": "interests"}
"""How a field without a column is read → the table that has a row for each of its values."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind: where it is read from, and where it is shown.

    Attributes:
        name: of the model's field; a moment has two more, that end in `_raw` and `_certainty`.
        how: the method that reads it.
        keys: members that may hold it, best first, normalised (`vocabulary.normalised_key`); `""` is the
            value of a record that is not an object.
        description: of the column, for analysts.
        column: of the kind's table; empty where the values have rows of their own in another table.
        dtype: of the column.
        unit: of the column's numbers.
        label: its name for the subject, where `rendering.dictionary` has none for its keys.
        meaning: its explanation for the subject, likewise.
        but_naming: skip the member that named the kind: a `type` of `bounce` is not a class of error.
        origin: where it differs from that of the kind.
    """

    name: str
    how: How
    keys: tuple[str, ...]
    description: str
    column: str
    dtype: ColumnType = "string"
    unit: str = ""
    label: str = ""
    meaning: str = ""
    but_naming: bool = False
    origin: Origin = ""


def field(
    name: str,
    how: How,
    keys: str = "",
    description: str = "",
    *,
    column: str | None = None,
    dtype: ColumnType | None = None,
    unit: str = "",
    label: str = "",
    meaning: str = "",
    but_naming: bool = False,
    origin: Origin = "",
) -> Field:
    """A field; `keys` are separated by blanks, and `.` is the value of a record that is not an object."""
    own = "" if how in ROWS_APART else name
    return Field(
        name,
        how,
        tuple(map(normalised_key, keys.split())),
        description,
        own if column is None else column,
        dtype or _TYPES.get(how, "string"),
        unit,
        label,
        meaning,
        but_naming,
        origin,
    )


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    Attributes:
        name: as `Record.kind`, and in the tables' column `kind`.
        title: heading, singular and plural.
        explanation: what it is, in words for the subject, without a full stop.
        chapter: of the report; that of events makes it an event.
        fields: in the order in which they are read; each is a column of the table, or has rows of its own.
        table: name of its table; by default `events`, or a table of its own that is named like the kind.
        model: module and class in `records.models`; by default a class generated from the fields.
        words: names of lists and discriminators that mean it.
        keys: members that identify it; tried after all signatures of `key_signatures`.
        moments: fields with the times of its creation or change; the first dates it.
        free_text: whether its text was written freely about the person, or by the person.
        is_weak: whether its words also name fields of other records, so that the record's own members decide.
        holds_records: whether other records may be nested in it.
        is_packaging: whether it only describes how records are packed: counted, shown, and in no table.
        origin: of its records; empty where each field has one of its own, which only the controller knows.
    """

    name: str
    title: tuple[str, str]
    explanation: str
    chapter: ChapterName
    fields: tuple[Field, ...] = ()
    table: str = ""
    model: str = ""
    words: frozenset[str] = frozenset()
    keys: frozenset[str] = frozenset()
    moments: tuple[str, ...] = ()
    free_text: Authorship = ""
    is_weak: bool = False
    holds_records: bool = False
    is_packaging: bool = False
    origin: Origin = ""

    def __post_init__(self) -> None:
        """Refuse two fields of one name, or of one column: one would hide the other."""
        columns = [one.column for one in self.fields if one.column]
        for what, names in (("field", [one.name for one in self.fields]), ("column", columns)):
            if twice := [name for place, name in enumerate(names) if name in names[:place]]:
                raise ValueError(f"the kind {self.name!r} has the {what} {twice[0]!r} twice")

    @property
    def is_event(self) -> bool:
        """Whether it happened to a message."""
        return self.chapter == "events"

    @property
    def happens(self) -> bool:
        """Whether its first moment is that of an occurrence, rather than of the record's creation."""
        return bool(self.moments) and self.moments[0] != "created_at"

    @property
    def table_name(self) -> str:
        """The table that holds its records."""
        return self.table or ("events" if self.is_event else self.name)

    @property
    def rows_apart(self) -> tuple[Field, ...]:
        """The fields whose values have rows of their own."""
        return tuple(one for one in self.fields if not one.column and one.how in ROWS_APART)

    @property
    def may_be_text(self) -> bool:
        """Whether a text alone is a record of it, in a container that has one of its words as its name."""
        return not self.is_event and any("" in one.keys for one in self.fields)

    def field(self, name: str) -> Field | None:
        """Its field of that name, or None."""
        return next((one for one in self.fields if one.name == name), None)

    @property
    def dated_by(self) -> tuple[str, ...]:
        """The members that may hold the moment that dates it, best first."""
        dating = self.field(self.moments[0]) if self.moments else None
        return dating.keys if dating is not None else ()
