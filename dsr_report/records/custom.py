"""Kinds that a controller names in the configuration, because only their account has them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dsr_report.jsonstream.items import JsonValue
from dsr_report.records.names import normalised_key, word_set
from dsr_report.records.raw_record import RawRecord

_WORTH_MATCHING = 6
"""Maximum keys in a suggested configuration."""
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class CustomKind:
    """One `[records.NAME]` of the configuration.

    A record is of this kind if it is an object that has all of `keys`, is in a container named `label`
    (where one is given), and has the texts of `where` in those members. Names are compared without case and
    separators. At least one of the three must be given, or nothing matches.
    """

    name: str
    """Also the `kind` of what it matches."""
    keys: frozenset[str] = frozenset()
    label: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    title: Mapping[str, str] = field(default_factory=dict)
    """Language → heading."""
    columns: tuple[str, ...] = ()
    """Members to show first, in this order."""
    explanation: Mapping[str, str] = field(default_factory=dict)
    """Language → what it means, for the subject."""

    def matches(self, value: Mapping[str, JsonValue], labels: tuple[str, ...]) -> bool:
        """Whether an object in containers of these names is of this kind."""
        if not (self.keys or self.label or self.where):
            return False
        if self.label is not None and normalised_key(self.label) not in map(normalised_key, labels):
            return False
        members = {normalised_key(name): member for name, member in value.items()}
        return all(normalised_key(key) in members for key in self.keys) and all(
            normalised_key(name) in members and str(members[normalised_key(name)]) == text
            for name, text in self.where.items()
        )


def suggest(unrecognised: Iterable[RawRecord], counts: Mapping[str, int] | None = None) -> str:
    """The skeleton of a configuration that names what was not recognised: TOML, to be completed by hand.

    `counts` maps the pointer of a group's first record to the size of the group.
    """
    groups: dict[tuple[str, ...], tuple[RawRecord, int]] = {}
    for found in unrecognised:
        if isinstance(found.value, dict) and found.value:
            keys = tuple(sorted(map(str, found.value)))
            first, count = groups.get(keys, (found, 0))
            groups[keys] = (first, count + (counts or {}).get(found.pointer, 1))
    parts: list[str] = []
    taken: set[str] = set()
    for keys, (found, count) in groups.items():
        name = _name_for(found, keys, taken)
        taken.add(name)
        listing = ", ".join(map(_quote, keys))
        title = name.replace("_", " ").capitalize()
        parts.append(
            f"# {count} such record{'s' if count != 1 else ''}, the first at {_comment(found.pointer)}\n"
            f"[records.{name}]\n"
            f"keys = [{', '.join(map(_quote, keys[:_WORTH_MATCHING]))}]\n"
            f"columns = [{listing}]\n"
            f"title = {{ en = {_quote(title)} }}\n"
            'explanation = { en = "" }  # what this is and why you keep it, in words for the subject\n'
            'origin = ""  # provided, observed or inferred\n'
        )
    return "\n".join(parts) if parts else "# Everything was recognised: there is nothing to name.\n"


def _name_for(found: RawRecord, keys: tuple[str, ...], taken: set[str]) -> str:
    candidates = [*reversed(found.labels), *keys, "record"]
    used = word_set("id type name time timestamp data value")
    wanted = next(
        (
            c
            for c in candidates
            if _BARE_KEY.fullmatch(c) and not c.isdigit() and normalised_key(c) not in used
        ),
        "record",
    )
    base = name = wanted.lower().replace("-", "_")
    count = 1
    while name in taken:
        count += 1
        name = f"{base}_{count}"
    return name


def _quote(text: str) -> str:
    return json.dumps(text.encode("utf-8", "replace").decode("utf-8")).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in text)[:200]
