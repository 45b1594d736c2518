"""Who the subject is to the controller: profiles, subprofiles, interests, and changes to them."""

from __future__ import annotations

from dsr_report.records.kind import Field, Kind, field
from dsr_report.records.names import word_set
from dsr_report.sentences import translatable as _

PROFILE_ID = field("profile_id", "id", "profile profileid", _("Profile that it belongs to."))
SUBPROFILE_ID = field("subprofile_id", "id", "subprofile subprofileid", _("Subprofile that it belongs to."))
FIELDS = field("fields", "map", "fields")
INTERESTS = field("interests", "interests", "interests")


def _database(description: str) -> Field:
    return field("database_id", "id", "database databaseid", description)


def _collection(description: str) -> Field:
    return field("collection_id", "id", "collection collectionid", description)


_PERSON = (
    field("created_at", "moment", "created profilecreated createdat", "When it was made."),
    field("modified_at", "moment", "modified modifiedat", "When it last changed."),
    field("removed", "made", description=_("Whether it was removed."), dtype="boolean"),
    field("removed_at", "moment", description=_("When it was removed.")),
    field("secret", "text", "secret accesscode code", "Access code of personal links: a live key."),
    FIELDS,
)

KINDS = (
    Kind(
        "profile",
        (_("Profile"), _("Profiles")),
        _("What one address book holds about you"),
        "you",
        (
            field("profile_id", "id", "id profile profileid", "Copernica's id of the profile."),
            _database("Database that it belongs to."),
            *_PERSON,
            INTERESTS,
        ),
        table="profiles",
        model="people.Profile",
        words=word_set("profile profiles profiel profielen profiledata"),
        moments=("created_at", "modified_at"),
        free_text="about",
        is_weak=True,
        holds_records=True,
    ),
    Kind(
        "subprofile",
        (_("Part of your profile"), _("Parts of your profile")),
        _("A record that belongs to your profile, such as an order or another address"),
        "you",
        (
            field("subprofile_id", "id", "id subprofile subprofileid", "Copernica's id of the subprofile."),
            PROFILE_ID,
            _collection("Collection that it belongs to."),
            _database("Database that it belongs to."),
            *_PERSON,
        ),
        table="subprofiles",
        model="people.Subprofile",
        words=word_set("subprofile subprofiles subprofiel subprofielen miniprofile"),
        moments=("created_at", "modified_at"),
        free_text="about",
        is_weak=True,
        holds_records=True,
    ),
    Kind(
        "interest",
        (_("Interest"), _("Interests")),
        _("A topic that you chose or that we stored about you"),
        "you",
        (
            PROFILE_ID,
            field("interest_id", "id", "id", "Copernica's id of the interest."),
            field("name", "text", "name interest .", "Name of the interest."),
            field("group", "text", "group", "Group of interests."),
            field(
                "selected",
                "flag",
                "selected value",
                "Whether the subject has it.",
                label=_("Chosen"),
                meaning=_("Whether you have this interest."),
            ),
        ),
        table="interests",
        model="people.InterestRecord",
        words=word_set("interest interests interesse interesses"),
    ),
    Kind(
        "change",
        (_("Change"), _("Changes")),
        _("Your profile, or a part of it, was made, changed or removed"),
        "noted",
        (
            field(
                "action",
                "text",
                "action type event change",
                "`create`, `update`, `delete`, or as the export has it.",
            ),
            field("profile_id", "id", "profile profileid id", _("Profile that it belongs to.")),
            SUBPROFILE_ID,
            _database("Database."),
            _collection("Collection."),
            field(
                "parameters",
                "map",
                "parameters",
                "What the change was made with, as JSON.",
                column="parameters",
            ),
            field("occurred_at", "moment", "timestamp time", "When it happened."),
            field("created_at", "moment", "created", "When the profile was made."),
            field("modified_at", "moment", "modified", "When the profile last changed."),
            FIELDS,
            INTERESTS,
        ),
        table="changes",
        model="people.Change",
        words=word_set(
            "change changes create update delete creates updates deletes wijziging wijzigingen callback callbacks"
        ),
        moments=("occurred_at", "created_at", "modified_at"),
        free_text="about",
        origin="observed",
    ),
)
