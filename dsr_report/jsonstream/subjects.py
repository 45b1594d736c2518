"""The subjects of an export, from every `info` in it; an unambiguous export names exactly one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args

from dsr_report.jsonstream.items import Elements, Item, JsonValue
from dsr_report.sentences import Sentence

SubjectType = Literal["subprofile", "profile", "email"]
TYPES: tuple[SubjectType, ...] = get_args(SubjectType)
_MOST = 100
"""Subjects that are remembered; further ones change no message."""


class Subject(NamedTuple):
    """The subject of a data request: type and id."""

    type: SubjectType
    id: str


@dataclass(frozen=True, slots=True)
class Info:
    """The subject named by an `info`.

    Attributes:
        type: `email`, `profile` or `subprofile` in exports so far; None if it is no text.
        id: the address or number, as text; None if it is missing or of another JSON type.
        value: the whole member, exactly.
        pointer: its pointer: `/info`, except in an outer list of documents.
    """

    type: str | None
    id: str | None = field(repr=False)
    value: JsonValue = field(repr=False)
    pointer: str = "/info"

    @classmethod
    def of(cls, item: Item) -> Info:
        """The `Info` of an item named `info`."""
        members = item.value if isinstance(item.value, dict) else {}
        kind, subject = members.get("type"), members.get("id")
        return cls(
            str(kind) if isinstance(kind, str) else None,
            str(subject) if isinstance(subject, (str, int)) and not isinstance(subject, bool) else None,
            item.value,
            item.pointer,
        )

    @property
    def subject(self) -> tuple[str, str] | None:
        """Type and id in comparable form; None if it names nobody."""
        kind, identifier = (self.type or "").strip().lower(), (self.id or "").strip()
        return (kind, identifier.casefold()) if kind and identifier else None

    @property
    def is_ambiguous(self) -> bool:
        """Whether it names its subject more than once: a repeated name, or a nested `info`."""
        if not isinstance(self.value, dict):
            return False
        names = [str(name).casefold() for name in self.value]
        return names.count("type") > 1 or names.count("id") > 1 or "info" in names


@dataclass(slots=True)
class Subjects:
    """The subjects seen in one pass through an export."""

    named: list[tuple[str, str]] = field(default_factory=list)
    """Each distinct subject, in the order of the file."""
    infos: int = 0
    documents: int = 0
    nameless: int = 0
    """Number of infos that name nobody."""
    ambiguous: bool = False

    def see(self, items: Sequence[Item], *, within_data: bool) -> None:
        """Record the infos among these items.

        Within `data`, only an unmistakable one counts: an object with a subject's type and id.
        """
        if isinstance(items, Elements) and items.are_flat and items.labels[-1:] != ("info",):
            return  # no item is an object
        for item in items:
            value = item[2]
            if value.__class__ is dict and within_data and "info" in value and _names_somebody(value["info"]):
                self._add(Info.of(Item(f"{item.pointer}/info", ("info",), value["info"])))
            elif item[1] and item[1][-1] == "info" and (not within_data or _names_somebody(value)):
                self._add(Info.of(item))

    def _add(self, info: Info) -> None:
        self.infos += 1
        self.ambiguous = self.ambiguous or info.is_ambiguous
        subject = info.subject
        if subject is None:
            self.nameless += 1
        elif subject not in self.named and len(self.named) < _MOST:
            self.named.append(subject)

    @property
    def doubt(self) -> str | None:
        """The reason why the subject is uncertain; None if one person is named, once."""
        if len(self.named) > 1:
            return Sentence("it names {n} subjects", n=len(self.named))
        if not self.named:
            return Sentence("it does not say whom it is about")
        if self.nameless or self.documents > max(self.infos, 1):
            return Sentence("a part of it does not say whom it is about")
        if self.ambiguous or self.infos > 1 or self.documents > 1:
            return Sentence("it says more than once whom it is about")
        return None


def _names_somebody(value: JsonValue) -> bool:
    if not isinstance(value, Mapping):
        return False
    kind = value.get("type")
    return isinstance(kind, str) and kind.strip().lower() in TYPES and "id" in value
