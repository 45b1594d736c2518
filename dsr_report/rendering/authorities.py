"""Supervisory authorities by country or Land; `[authority]` in the configuration takes precedence."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MEMBERS = "edpb.europa.eu"
"""The European Data Protection Board, whose site lists all authorities under "Members"."""


@dataclass(frozen=True, slots=True)
class AuthorityEntry:
    """A supervisory authority. Each text is one string, or a mapping by language (default: `""`)."""

    name: str | Mapping[str, str]
    website: str | Mapping[str, str]
    address: str | Mapping[str, str] = ""
    nearby: bool = False
    """Whether every report lists it: true for countries where a report language is spoken."""

    def in_words(self, language: str, *, with_address: bool = False) -> str:
        """Name, address on request, and website, in one language, separated by commas."""
        parts = (self.name, self.address if with_address else "", self.website)
        return ", ".join(text for part in parts if (text := _in_language(part, language)))


def _in_language(text: str | Mapping[str, str], language: str) -> str:
    return text if isinstance(text, str) else text.get(language, text[""])


def _load() -> dict[str, AuthorityEntry]:
    content = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    return {code: AuthorityEntry(**entry) for code, entry in content.items()}


AUTHORITIES: dict[str, AuthorityEntry] = _load()
"""Country code, or code of a Land (`DE-NW`) → authority."""
