"""Parses a record's members: each is claimed by one declared field, or stays among the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from dsr_report.jsonstream.items import JsonValue
from dsr_report.lexicon import WORDS
from dsr_report.pointers import join_pointer
from dsr_report.records.base import Record
from dsr_report.records.classify import DISCRIMINATORS, names_by_key, payload_of
from dsr_report.records.key_signatures import WRAPPERS
from dsr_report.records.kind import Family, Field, How
from dsr_report.records.members import Member, Members, members_of
from dsr_report.records.models.people import Interest
from dsr_report.records.names import normalised_key, word_set
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.sniff import record_in_json
from dsr_report.times import is_empty_date, read_moment

R = TypeVar("R", bound=Record)

_TRUE = frozenset(WORDS.yes)
_FALSE = frozenset(WORDS.no)
_PUBLISHER = word_set("emailing document documentid groupid internal mailinggroup")
_SMTPETER = word_set("envelope headers properties emailfrom")
_MARKETING_SUITE = word_set("mailing messageid mailingid senderdomain")


def as_text(value: JsonValue) -> str | None:
    """A scalar as text (numbers as written), or None for null, lists and objects."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else None


def as_id(value: JsonValue) -> str | None:
    """An id as text; None for `0`, `"0"`, `""` and null. An object stands for its own `ID`."""
    if isinstance(value, dict):
        value = next((member for name, member in value.items() if normalised_key(name) == "id"), None)
    if isinstance(value, bool):
        return None
    found = as_text(value)
    return None if found is None or found.strip() in {"", "0"} else found.strip()


def as_flag(value: JsonValue) -> bool | None:
    """A truth value in any of Copernica's spellings, or None."""
    if isinstance(value, bool):
        return value
    word = (as_text(value) or "").strip().lower()
    return True if word in _TRUE else False if word in _FALSE else None


class FieldReader:
    """Parser of one record: its methods claim a member for a declared field.

    They claim the first of the given names (normalised) that the record has. A value of a type that the field
    cannot hold is left unclaimed.
    """

    def __init__(self, found: RawRecord, zone: ZoneInfo) -> None:
        self.found = found
        self.zone = zone
        self.fields: dict[str, Any] = {}
        self.sources: dict[str, str] = {}
        self.claimed: set[int] = set()
        self.members = _flat(found)
        self._index: dict[str, list[int]] = {}
        for number, member in enumerate(self.members):
            self._index.setdefault(normalised_key(member.name), []).append(number)

    @property
    def names(self) -> set[str]:
        """The normalised names of the record's members."""
        return set(self._index)

    def peek(self, *names: str) -> JsonValue:
        """The first value that is not null among unclaimed members of these names; it stays unclaimed."""
        return next(
            (self.members[n].value for n in self._numbers(names) if self.members[n].value is not None), None
        )

    def has(self, *names: str) -> bool:
        """Whether an unclaimed member has one of the names."""
        return bool(self._numbers(names))

    def read(self, fields: Iterable[Field]) -> None:
        """Read the declared fields, each by its own method; what was read before stays as it is."""
        there = self._index.keys()
        for one in fields:
            if not there.isdisjoint(one.keys) and self.fields.get(one.name) is None:
                keys = keys_for(one, self.found) if one.but_naming else one.keys
                _READ[one.how](self, one.name, *keys)

    def _numbers(self, names: Iterable[str]) -> list[int]:
        index, claimed = self._index, self.claimed
        found: list[int] = []
        for name in names:
            known = index.get(name)
            if known is not None:  # most names are in few records
                found += [number for number in known if number not in claimed]
        return found

    def _claim(self, field: str, number: int) -> None:
        self.claimed.add(number)
        self.sources.setdefault(field, self.members[number].pointer)

    def _use(self, field: str, number: int, *, is_whole: bool) -> None:
        """Claim a member if the field says all of it; otherwise the member stays among the others, too."""
        if is_whole:
            self._claim(field, number)
        else:
            self.sources.setdefault(field, self.members[number].pointer)

    def text(self, field: str, *names: str) -> str | None:
        """Claim a scalar as text; a later one is preferred to an empty one."""
        best = None
        for number in self._numbers(names):
            value = self.members[number].value
            if isinstance(value, (dict, list)):
                continue
            if best is None or as_text(self.members[best].value) in {None, ""}:
                best = number
            if as_text(value) not in {None, ""}:
                break
        if best is None:
            return None
        self._claim(field, best)
        found = as_text(self.members[best].value)
        self.fields[field] = found
        return found

    def id(self, field: str, *names: str) -> str | None:
        """Claim an id. The id inside an object is read, but the object stays unclaimed; so does `true`."""
        for number in self._numbers(names):
            value = self.members[number].value
            if isinstance(value, list):
                continue
            found = as_id(value)
            self._use(field, number, is_whole=not isinstance(value, (dict, bool)))
            self.fields[field] = found
            if found is not None:
                return found
        return None

    def flag(self, field: str, *names: str) -> None:
        """Claim a truth value; anything else is left."""
        for number in self._numbers(names):
            found = as_flag(self.members[number].value)
            if found is not None:
                self._claim(field, number)
                self.fields[field] = found
                return

    def moment(self, field: str, *names: str) -> None:
        """Claim a moment with its raw text and certainty: an exact one before one that needs a zone."""
        best, best_rank = None, -1
        for number in self._numbers(names):
            value = self.members[number].value
            if isinstance(value, (dict, list, bool)):
                continue
            moment = read_moment(value, self.zone)
            rank = 0 if moment is None else 2 if moment.certainty == "exact" else 1
            if moment is None and value is not None and not is_empty_date(value):
                rank = 0
            if rank > best_rank:
                best, best_rank = number, rank
        if best is None:
            return
        self._claim(field, best)
        raw = self.members[best].value
        moment = read_moment(raw, self.zone)
        self.fields[f"{field}_raw"] = as_text(raw)
        if moment is not None:
            self.fields[field] = moment.at
            self.fields[f"{field}_certainty"] = moment.certainty

    def tags(self, field: str, *names: str) -> None:
        """Claim labels: a list of texts, or a text with semicolons."""
        for number in self._numbers(names):
            value = self.members[number].value
            if isinstance(value, str):
                found = tuple(part.strip() for part in value.split(";") if part.strip())
            elif value is None:
                found = ()
            elif isinstance(value, list) and all(isinstance(element, str) for element in value):
                found = tuple(str(element) for element in value)
            else:
                continue
            self._claim(field, number)
            self.fields[field] = found
            return

    def exact(self, field: str, *names: str) -> None:
        """Claim a member of any type as it is."""
        for number in self._numbers(names):
            self._claim(field, number)
            self.fields[field] = self.members[number].value
            return

    def map(self, field: str, *names: str) -> None:
        """Claim an object; an empty list is an empty object in PHP's JSON."""
        for number in self._numbers(names):
            value = self.members[number].value
            if isinstance(value, dict) or value == []:
                self._claim(field, number)
                self.fields[field] = value if isinstance(value, dict) else {}
                return

    def sender(self, field: str, *names: str) -> None:
        """Claim a sender: a text, or an object of a name and an address, made one text."""
        for number in self._numbers(names):
            value = self.members[number].value
            is_whole = True
            if isinstance(value, dict) and set(map(normalised_key, value)) <= {"name", "email", "address"}:
                parts = {normalised_key(name): as_text(member) or "" for name, member in value.items()}
                address = parts.get("email") or parts.get("address") or ""
                is_whole = is_flat(value) and not (parts.get("email") and parts.get("address"))
                self.fields[field] = (
                    f"{parts.get('name', '')} <{address}>".strip() if address else parts.get("name")
                )
            elif not isinstance(value, (dict, list)):
                self.fields[field] = as_text(value)
            else:
                continue
            self._use(field, number, is_whole=is_whole)
            return

    def interests(self, field: str, *names: str) -> None:
        """Claim interests in any of their forms: names, ids, objects, or names with flags."""
        for number in self._numbers(names):
            member = self.members[number]
            found = interests_of(member.value, member.pointer)
            if found is not None:
                self._use(field, number, is_whole=_is_whole(member.value, found))
                self.fields[field] = found
                return

    def record(self, model: type[R]) -> R:
        """Build the record, with the unclaimed members in `others`."""
        others = tuple(member for n, member in enumerate(self.members) if n not in self.claimed)
        found = self.found
        return model(
            pointer=found.pointer,
            rule=found.rule,
            labels=found.labels,
            value=found.value,
            family=family_of(self.names, found),
            others=others,
            sources=self.sources,
            **self.fields,
        )


_READ: dict[How, Callable[..., object]] = {
    "text": FieldReader.text,
    "count": FieldReader.text,
    "id": FieldReader.id,
    "flag": FieldReader.flag,
    "moment": FieldReader.moment,
    "tags": FieldReader.tags,
    "json": FieldReader.exact,
    "value": FieldReader.exact,
    "map": FieldReader.map,
    "interests": FieldReader.interests,
    "sender": FieldReader.sender,
}


def keys_for(field: Field, found: RawRecord) -> tuple[str, ...]:
    """The keys of a field; some fields leave out the member that named the record's kind."""
    if field.but_naming:
        return tuple(key for key in field.keys if key != found.rule.first.member)
    return field.keys


def interests_of(value: JsonValue, pointer: str) -> tuple[Interest, ...] | None:
    """The interests in a value, or None if it is not a list of interests."""
    if isinstance(value, dict):
        if all(as_flag(flag) is not None for flag in value.values()):
            return tuple(
                Interest(None, str(name), None, as_flag(flag), join_pointer(pointer, name))
                for name, flag in value.items()
            )
        if not all(name.isdigit() for name in value):
            return None
        pairs: list[tuple[str, JsonValue]] = [
            (join_pointer(pointer, name), element) for name, element in value.items()
        ]
    elif isinstance(value, list):
        pairs = [(join_pointer(pointer, i), element) for i, element in enumerate(value)]
    else:
        return None
    found = []
    for at, element in pairs:
        if isinstance(element, dict):
            members = {normalised_key(name): member for name, member in element.items()}
            if not members.keys() <= {"id", "name", "group", "selected", "value"} or any(
                isinstance(member, (dict, list)) for member in members.values()
            ):
                return None
            flag = members.get("selected", members.get("value", True))
            found.append(
                Interest(
                    as_id(members.get("id")),
                    as_text(members.get("name")),
                    as_text(members.get("group")),
                    as_flag(flag),
                    at,
                )
            )
        elif isinstance(element, list) or element is None or isinstance(element, bool):
            return None
        else:
            name = as_text(element) or ""
            is_id = name.isdigit()
            found.append(Interest(name if is_id else None, None if is_id else name, None, True, at))
    return tuple(found)


def _is_whole(value: JsonValue, interests: tuple[Interest, ...]) -> bool:
    """Whether interests say all that is in the value they were read from: each flag, and each member."""
    elements = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    objects = [element for element in elements if isinstance(element, dict)]
    return all(interest.selected is not None for interest in interests) and all(
        is_flat(each) and not {"selected", "value"} <= set(map(normalised_key, each)) for each in objects
    )


def is_flat(value: dict[str, JsonValue]) -> bool:
    """Whether an object has only scalars, under names that differ when they are normalised."""
    return len(set(map(normalised_key, value))) == len(value) and not any(
        isinstance(member, (dict, list)) for member in value.values()
    )


def family_of(names: set[str], found: RawRecord) -> Family | None:
    """The product that wrote a record, by its members, log or container, or None."""
    told = " ".join((*(clue.name for clue in found.rule.clues), *found.labels)).lower()
    if "pom-" in told or "publisher" in told:
        return "publisher"
    if "cdm-" in told or "draganddrop" in told:
        return "marketing-suite"
    if names & _PUBLISHER:
        return "publisher"
    if names & _SMTPETER or {"templateid", "recipient"} <= names:
        return "smtpeter"
    return "marketing-suite" if names & _MARKETING_SUITE else None


def _flat(found: RawRecord) -> list[Member]:
    """A record's members; a wrapped object is replaced by its members, which come first."""
    value, pointer = found.value, found.pointer
    if isinstance(value, str) and (inner := record_in_json(value)) is not None:
        return [Member(name, pointer, member) for name, member in _unwrap(inner, found.kind)]
    if not isinstance(value, dict):
        return list(members_of(value, pointer))
    names = names_by_key(value)
    wrapper = None
    if not isinstance(value, Members):
        wrapped = names.get(WRAPPERS.get(found.kind, ""))
        if wrapped is not None and isinstance(value[wrapped], dict):
            wrapper = wrapped
        elif any(isinstance(value.get(names.get(name, "")), str) for name in DISCRIMINATORS):
            wrapper = payload_of(value, names)
    members = list(members_of(value, pointer))
    if wrapper is None:
        return members
    inner_members = list(members_of(value[wrapper], join_pointer(pointer, wrapper)))
    return inner_members + [member for member in members if member.name != wrapper]


def _unwrap(value: dict[str, JsonValue], kind: str) -> list[tuple[str, JsonValue]]:
    names = names_by_key(value)
    wrapper = names.get(WRAPPERS.get(kind, "")) or (
        payload_of(value, names) if any(name in names for name in DISCRIMINATORS) else None
    )
    inner = value[wrapper] if wrapper is not None else None
    if not isinstance(inner, dict):
        return list(value.items())
    return [*inner.items(), *((name, member) for name, member in value.items() if name != wrapper)]
