"""The declaration of a table (`Table`) and of its columns (`Column`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dsr_report.records.kind import Origin
from dsr_report.sentences import translatable as _

Dtype = Literal["string", "category", "int64", "boolean", "datetime64[us, UTC]", "datetime64[us]"]
MOMENT: Dtype = "datetime64[us, UTC]"
LOCAL: Dtype = "datetime64[us]"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: null where the export has no value.

    Attributes:
        name: in snake case.
        dtype: as pandas calls it.
        description: a sentence for analysts.
        unit: of numbers and moments.
        categories: all values that a category can have, in their order.
        is_derived: computed when rows are read (`derived`); stored rows do not have it.
        is_content: whether it is part of what makes two rows differ.
        origin: of its data: provided by the person, observed or inferred; empty if unknown.
        leads_to: `table.column` that it refers to; another column says which of several.
    """

    name: str
    dtype: Dtype
    description: str
    unit: str = ""
    categories: tuple[str, ...] = ()
    is_derived: bool = False
    is_content: bool = True
    origin: Origin = ""
    leads_to: str = ""


SUBJECT_KEY = Column(
    "subject_key",
    "string",
    _("Whom the export is about: `subject.subject_key`."),
    is_content=False,
    leads_to="subject.subject_key",
)


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table, sorted by `order`, then by the content of rows, whatever their place in the export."""

    name: str
    description: str
    columns: tuple[Column, ...]
    key: str
    order: tuple[str, ...] = ()
    origin: Origin = ""
    """Origin of all rows, if they have the same; empty if unknown."""
    kind_in: str = ""
    """The column with the kind that decides a row's origin, if the table's kinds differ in it."""
    is_combined: bool = False
    """Whether it has rows of several exports; keys are then unique within one subject only."""

    def __post_init__(self) -> None:
        """Refuse two columns of one name: a field's column can have that of a key, pointer or raw text."""
        if twice := [name for place, name in enumerate(self.names) if name in self.names[:place]]:
            raise ValueError(f"the table {self.name!r} has the column {twice[0]!r} twice")

    @property
    def joins(self) -> dict[str, str]:
        """Column → what it leads to."""
        return {column.name: column.leads_to for column in self.columns if column.leads_to}

    @property
    def primary_key(self) -> tuple[str, ...]:
        """The columns that identify a row."""
        is_split = self.is_combined and self.key != SUBJECT_KEY.name
        return (SUBJECT_KEY.name, self.key) if is_split else (self.key,)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)
