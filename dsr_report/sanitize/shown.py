"""The result of sanitising a message: the page, its links, its pictures, and what was removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dsr_report.mime.links import Purpose

Outcome = Literal["shown", "remote", "pixel", "missing", "refused"]


@dataclass(frozen=True, slots=True)
class Wording:
    """Placeholder texts, in the report's language.

    Their fields are `{text}` (the picture's alternative text), `{address}` (its host and path, shortened; the
    whole address is in `SafeHtml.pictures`) and `{number}` (its number there).
    """

    picture: str = "Image not loaded: {address}"
    picture_with_text: str = "Image not loaded: “{text}” ({address})"
    pixel: str = "Hidden tracking image, not loaded: {address}"
    missing: str = "Image missing from the message"


@dataclass(frozen=True, slots=True)
class Link:
    """A linked address: its number in the text, its purpose, its label.

    Links with the same address share a number; `count` is how many there are.
    """

    number: int
    url: str
    purpose: Purpose
    text: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the message, with its outcome."""

    source: str
    alternative: str
    outcome: Outcome
    """`shown`, `remote` (not loaded), `pixel` (remote, and too small to see), `missing` (a part that the
    message lacks) or `refused` (an active image format, or no image)."""
    number: int = 0
    is_background: bool = False


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """A fragment that is safe to show, and what was removed from it."""

    html: str
    style_sheet: str
    links: tuple[Link, ...]
    pictures: tuple[Picture, ...]
    removed: Mapping[str, int]
    """Counts of removed things, by name (`script`, `event handler`, `remote picture` …)."""
