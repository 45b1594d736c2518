"""Columns: a function for each type, and the columns that several tables share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from dsr_report.records.kind import Family, Origin
from dsr_report.sentences import translatable as _
from dsr_report.tables.table import LOCAL, MOMENT, Column
from dsr_report.times import Certainty

RAW_IS = _("Text that `{column}` was read from, as the export has it.")
LOCAL_IS = _("`{column}` as clocks showed it in the time zone of the report.")
CERTAINTY_IS = _(
    "How sure `{column}` is: `exact`, `assumed` (the zone is), `ambiguous`, `nonexistent` or `date`."
)
KEY_IS = _("Key: made of the row's content, the same in every layout of the same export.")


def text(name: str, description: str) -> Column:
    """A column of texts."""
    return Column(name, "string", description)


def number(name: str, description: str, unit: str = "") -> Column:
    """A column of whole numbers."""
    return Column(name, "int64", description, unit)


def flag(name: str, description: str) -> Column:
    """A column of yes and no."""
    return Column(name, "boolean", description)


def category(name: str, description: str, categories: Iterable[str], *, is_content: bool = True) -> Column:
    """A column of texts of a closed list."""
    return Column(name, "category", description, categories=tuple(categories), is_content=is_content)


def moment(name: str, description: str) -> tuple[Column, ...]:
    """The columns of a moment: in UTC, in local time, as written, and its certainty."""
    return (
        Column(name, MOMENT, description, "UTC", is_content=False),
        Column(
            f"{name}_local", LOCAL, LOCAL_IS.format(column=name),
            "local time", is_derived=True, is_content=False,
        ),
        text(f"{name}_raw", RAW_IS.format(column=name)),
        category(
            f"{name}_certainty",
            CERTAINTY_IS.format(column=name),
            get_args(Certainty),
        ),
    )  # fmt: skip


def count(name: str, description: str, unit: str = "") -> tuple[Column, ...]:
    """The columns of a count: the number, and the text that it was read from."""
    return (
        Column(name, "int64", description, unit, is_derived=True, is_content=False),
        text(f"{name}_raw", RAW_IS.format(column=name)),
    )


def key(name: str, description: str = KEY_IS) -> Column:
    """The key of a table."""
    return text(name, description)


def reference(name: str, description: str, leads_to: str) -> Column:
    """A column that refers to another table; it is not part of a row's content."""
    return Column(name, "string", description, is_content=False, leads_to=leads_to)


def worked_out(name: str, description: str) -> Column:
    """A column of texts that is computed when rows are read."""
    return Column(name, "string", description, is_derived=True, is_content=False)


POINTER = Column("pointer", "string", _("JSON Pointer of the record in the export."), is_content=False)
_ORIGIN_IS = _(
    "Where the data come from: `provided` by the person, `observed` while something was used, or `inferred`; "
    "null where nothing tells."
)
ORIGIN = Column("origin", "category", _ORIGIN_IS, categories=get_args(Origin)[1:], is_content=False)
ORIGIN_BY_ROW = frozenset({"fields", "interests", "history", "log_rows", "custom"})
"""Tables whose rows differ in origin within a kind: it is set when the row is made."""
OTHER = text(
    "other", _("Members that have no column of their own, as a JSON object; null where there are none.")
)
PROFILE_ID = text("profile_id", _("Profile that it belongs to."))
SUBPROFILE_ID = text("subprofile_id", _("Subprofile that it belongs to."))
FAMILY = category(
    "family",
    _("Product that wrote it: `publisher`, `marketing-suite` or `smtpeter`."),
    get_args(Family),
    is_content=False,
)
MAILING_KEY = reference(
    "mailing_key",
    _(
        "Mailing that it belongs to: `mailings.mailing_key`. The products number their mailings apart, "
        "so that `mailing_id` alone does not tell."
    ),
    "mailings.mailing_key",
)

MESSAGE_KEY = reference(
    "message_key",
    _("Message that it belongs to: `messages.message_key`, whichever kind of id the export gives."),
    "messages.message_key",
)
