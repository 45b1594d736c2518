"""What showing a message gives: the page, its links, its pictures, and what was taken out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dsr_report.mime.links import Purpose

Outcome = Literal["shown", "remote", "pixel", "missing", "refused"]


@dataclass(frozen=True, slots=True)
class Wording:
    """What placeholders say, in the report's language.

    Filled in where they occur: `{text}` (the picture's alternative text), `{address}` (its host and path,
    shortened; the whole address is in `SafeHtml.pictures`), `{number}` (its number there).
    """

    picture: str = "Image not loaded: {address}"
    picture_with_text: str = "Image not loaded: “{text}” ({address})"
    pixel: str = "Hidden tracking image, not loaded: {address}"
    missing: str = "Image missing from the message"


@dataclass(frozen=True, slots=True)
class Link:
    """An address that the message links to: its number in the text, what it is for, the words it is under.

    Links with the same address share a number; `count` says how many there are.
    """

    number: int
    url: str
    purpose: Purpose
    text: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the message: shown, or why not."""

    source: str
    alternative: str
    outcome: Outcome
    """`shown`, `remote` (not loaded), `pixel` (remote, and too small to see), `missing` (a part that the
    message does not hold) or `refused` (a kind of picture that can do more than show, or is none)."""
    number: int = 0
    is_background: bool = False


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """A fragment that is safe to show, with what was taken out of it."""

    html: str
    style_sheet: str
    links: tuple[Link, ...]
    pictures: tuple[Picture, ...]
    removed: Mapping[str, int]
    """What was left out, by name (`script`, `event handler`, `remote picture` …), with how often."""
