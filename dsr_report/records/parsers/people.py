"""Parsers of profiles, subprofiles, interests and changes."""

from __future__ import annotations

from dsr_report.records.base import Record
from dsr_report.records.fields import FieldReader, as_flag, as_text
from dsr_report.records.models.people import Change, InterestRecord, Profile, Subprofile
from dsr_report.records.registry import parses
from dsr_report.times import is_empty_date, read_moment


def _person(take: FieldReader) -> None:
    take.map("fields", "fields")
    take.text("secret", "secret", "accesscode", "code")
    take.moment("created_at", "created", "profilecreated", "createdat")
    take.moment("modified_at", "modified", "modifiedat")
    _removed(take)


def _removed(take: FieldReader) -> None:
    """`removed` is false, or the moment of removal."""
    raw = take.peek("removed")
    if raw is None or isinstance(raw, (dict, list)):
        return
    if as_flag(raw) is not None:
        take.flag("removed", "removed")
    elif read_moment(raw, take.zone) is not None:
        take.moment("removed_at", "removed")
        take.fields["removed"] = True
        take.sources["removed"] = take.sources["removed_at"]
    elif is_empty_date(raw):
        take.text("removed_at_raw", "removed")
        take.fields["removed"] = False
        take.fields["removed_at_raw"] = as_text(raw)


@parses("profile")
def parse_profile(take: FieldReader) -> Record:
    """A person as one database knows them."""
    take.id("profile_id", "id", "profile", "profileid")
    take.id("database_id", "database", "databaseid")
    take.interests("interests", "interests")
    _person(take)
    return take.record(Profile)


@parses("subprofile")
def parse_subprofile(take: FieldReader) -> Record:
    """A row of a collection."""
    take.id("subprofile_id", "id", "subprofile", "subprofileid")
    take.id("profile_id", "profile", "profileid")
    take.id("collection_id", "collection", "collectionid")
    take.id("database_id", "database", "databaseid")
    _person(take)
    return take.record(Subprofile)


@parses("interest")
def parse_interest(take: FieldReader) -> Record:
    """An interest that stands on its own, as an object or as a bare name."""
    take.id("interest_id", "id")
    take.text("name", "name", "interest", "")
    take.text("group", "group")
    take.flag("selected", "selected", "value")
    take.id("profile_id", "profile", "profileid")
    return take.record(InterestRecord)


@parses("change")
def parse_change(take: FieldReader) -> Record:
    """A profile or subprofile was created, updated or deleted."""
    take.text("action", "action", "type", "event", "change")
    take.id("subprofile_id", "subprofile", "subprofileid")
    take.id("profile_id", "profile", "profileid", "id")
    take.id("database_id", "database", "databaseid")
    take.id("collection_id", "collection", "collectionid")
    take.map("fields", "fields")
    take.interests("interests", "interests")
    take.map("parameters", "parameters")
    take.moment("occurred_at", "timestamp", "time")
    take.moment("created_at", "created")
    take.moment("modified_at", "modified")
    return take.record(Change)
