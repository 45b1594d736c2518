"""Supervisory authorities to complain to, by country or Land; `[authority]` of the configuration goes before them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MEMBERS = "edpb.europa.eu"
"""The European Data Protection Board, whose site lists all authorities under "Members"."""


@dataclass(frozen=True, slots=True)
class AuthorityEntry:
    """An authority. Each text is the same in all languages, or by language with the others under an empty name."""

    name: str | Mapping[str, str]
    website: str | Mapping[str, str]
    address: str | Mapping[str, str] = ""
    nearby: bool = False
    """Whether every report lists it: countries in which people speak the languages of reports."""

    def in_words(self, language: str, *, with_address: bool = False) -> str:
        """Name, address where it is asked for, and website, for readers of a language."""
        parts = (self.name, self.address if with_address else "", self.website)
        return ", ".join(text for part in parts if (text := _in_language(part, language)))


def _in_language(text: str | Mapping[str, str], language: str) -> str:
    return text if isinstance(text, str) else text.get(language, text[""])


def _load() -> dict[str, AuthorityEntry]:
    content = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {code: AuthorityEntry(**entry) for code, entry in content.items()}


AUTHORITIES: dict[str, AuthorityEntry] = _load()
"""Authorities by the code of their country, or of their Land (`DE-NW`)."""
