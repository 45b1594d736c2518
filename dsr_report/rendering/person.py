"""The subject's name or number, just enough for recognition: others may see the cover page."""

from __future__ import annotations

import re

from dsr_report.languages import Language
from dsr_report.lexicon import WORDS, any_of
from dsr_report.records.models.people import Profile, Subprofile

_PARTS = tuple(
    re.compile(any_of(words), re.IGNORECASE)
    for words in (WORDS.given_names, WORDS.infixes, WORDS.family_names)
)
_WHOLE = re.compile(any_of(WORDS.whole_names), re.IGNORECASE)
_MOST = 50
_LONGEST = 80


class Person:
    """Collects the names under which the subject is stored."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._profiles: dict[str, str] = {}

    def note(self, name: tuple[str, str] | None) -> None:
        """Record a name found by `name_in`."""
        if name is not None and len(self._names) < _MOST:
            self._names.setdefault(*name)

    def note_part(self, numbers: tuple[str, str] | None) -> None:
        """Record the number of a subprofile, and that of its profile."""
        if numbers is not None and len(self._profiles) < _MOST:
            self._profiles.setdefault(*numbers)

    def profile_of(self, subprofile: str) -> str:
        """The number of the profile that a subprofile belongs to; empty if unknown."""
        return self._profiles.get(subprofile, "")

    @property
    def name(self) -> str:
        """The subject's name; empty unless exactly one is stored."""
        names = set(self._names.values())
        return names.pop() if len(names) == 1 else ""

    def about(self, subject_type: str | None, subject_id: str | None, language: Language) -> str:
        """The subject's name and number; for an address its name, else the first letter and the domain."""
        number = str(subject_id or "")
        names = set(self._names.values())
        name = self._names.get(number) or (names.pop() if len(names) == 1 else "")
        if subject_type == "email" or "@" in number:
            local, at, domain = number.rpartition("@")
            return name or (f"{local[:1]}…{at}{domain}" if local else "")
        if not number:
            return name
        numbered = language.text("number {number}").format(number=number)
        if subject_type == "subprofile" and (profile := self.profile_of(number)):
            numbered = language.text("profile {profile}, part {number}").format(
                profile=profile, number=number
            )
        return f"{name} ({numbered})" if name else numbered


def name_in(record: Profile | Subprofile) -> tuple[str, str] | None:
    """The number of a profile or subprofile, and the person's name in it; None without a name."""
    number = record.subprofile_id if isinstance(record, Subprofile) else record.profile_id
    name = _name_of(record)
    return (str(number), name) if name else None


def _name_of(record: Profile | Subprofile) -> str:
    parts = ["", "", ""]
    whole = ""
    for name, value in record.fields.items():
        if not isinstance(value, str) or not value.strip() or len(value) > _LONGEST:
            continue
        for position, pattern in enumerate(_PARTS):
            if pattern.fullmatch(str(name)):
                parts[position] = parts[position] or " ".join(value.split())
        if _WHOLE.fullmatch(str(name)):
            whole = whole or " ".join(value.split())
    return " ".join(part for part in parts if part) if parts[2] else whole or parts[0]
