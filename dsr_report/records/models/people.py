"""Who the subject is to the controller: profiles, subprofiles, interests, and changes to them."""

from __future__ import annotations

from typing import Annotated, ClassVar, NamedTuple

from pydantic import AwareDatetime, Field

from dsr_report.records.base import AsItIs, ExactMap, Record, Text
from dsr_report.times import Certainty


class Interest(NamedTuple):
    """One interest of a profile; `selected` is True for a bare name or id, None for an unreadable flag."""

    interest_id: str | None
    name: str | None
    group: str | None
    selected: bool | None
    pointer: str


Interests = Annotated[tuple[Interest, ...], AsItIs]


class _Person(Record):
    fields: ExactMap = Field(default_factory=dict)
    """The current values of the database's or collection's fields, by name, exactly as they are."""
    secret: Text | None = None
    """Access code of personal links: a live key, to be masked by default."""
    created_at: AwareDatetime | None = None
    """When it was made."""
    created_at_raw: Text | None = None
    created_at_certainty: Certainty | None = None
    modified_at: AwareDatetime | None = None
    """When it last changed."""
    modified_at_raw: Text | None = None
    modified_at_certainty: Certainty | None = None
    removed: bool | None = None
    """Whether it was removed; None where the export does not say."""
    removed_at: AwareDatetime | None = None
    """When it was removed."""
    removed_at_raw: Text | None = None
    removed_at_certainty: Certainty | None = None


class Profile(_Person):
    """A person as one database of the controller knows them."""

    kind: ClassVar[str] = "profile"
    profile_id: Text | None = None
    database_id: Text | None = None
    interests: Interests = ()


class Subprofile(_Person):
    """A row of a collection that belongs to a profile (an order, a booking, a second address …)."""

    kind: ClassVar[str] = "subprofile"
    subprofile_id: Text | None = None
    profile_id: Text | None = None
    collection_id: Text | None = None
    database_id: Text | None = None


class InterestRecord(Record):
    """An interest that is a record of its own in the export."""

    kind: ClassVar[str] = "interest"
    interest_id: Text | None = None
    name: Text | None = None
    group: Text | None = None
    selected: bool | None = None
    profile_id: Text | None = None


class Change(Record):
    """A profile or subprofile was created, updated or deleted (webhooks, callbacks, history)."""

    kind: ClassVar[str] = "change"
    action: Text | None = None
    """`create`, `update`, `delete`, or as the export has it."""
    profile_id: Text | None = None
    subprofile_id: Text | None = None
    database_id: Text | None = None
    collection_id: Text | None = None
    fields: ExactMap = Field(default_factory=dict)
    """Field values after the change (before it, for a deletion)."""
    interests: Interests = ()
    parameters: ExactMap = Field(default_factory=dict)
    """Parameters of the change; may mix fields and interests."""
    occurred_at: AwareDatetime | None = None
    occurred_at_raw: Text | None = None
    occurred_at_certainty: Certainty | None = None
    created_at: AwareDatetime | None = None
    created_at_raw: Text | None = None
    created_at_certainty: Certainty | None = None
    modified_at: AwareDatetime | None = None
    modified_at_raw: Text | None = None
    modified_at_certainty: Certainty | None = None
