"""The register of record kinds: one declaration for each, which all rooms read.

A kind is declared in `declarations/`. The declaration determines the words and names that identify it, its
parser, its table, its chapter and title in the report, the period, and what the review searches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from dsr_report.records.declarations import events, mail, other, people, surveys
from dsr_report.records.kind import Field, Kind

R = TypeVar("R")

KINDS: dict[str, Kind] = {}
"""Every kind by its name; within a table, in the order in which rows of one moment are listed."""
EVENT_KINDS: set[str] = set()
"""The kinds of events: what happened to a message."""
DATED_KINDS: set[str] = set()
"""The kinds that happen at a moment, and make up the period of an export."""
KIND_OF_WORD: dict[str, str] = {}
"""Kind by the names of lists and discriminators that mean it."""
COLUMN_ORDER: dict[str, tuple[Field, ...]] = {
    "events": events.EVENT_COLUMNS,
    "mailings": mail.MAILING_COLUMNS,
}
"""Column order of tables that several kinds share; the others have the order of the fields."""

_caches: list[Callable[[], None]] = []


def kind_of(name: str) -> Kind:
    """The declaration of a kind; kinds of the configuration share one."""
    return KINDS.get(name, _CUSTOM)


def kinds_cache(maxsize: int) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """`lru_cache` for functions that depend on the declarations; it is cleared when these change."""

    def remember(function: Callable[..., R]) -> Callable[..., R]:
        cached = lru_cache(maxsize)(function)
        _caches.append(cached.cache_clear)
        return cached

    return remember


def declare(*kinds: Kind) -> None:
    """Add kinds to the register of this process; worker processes know those in `declarations/` alone.

    Raises:
        ValueError: a kind of that name is declared already, another one has one of its words, or it is an
            event without the fields of all events.
    """
    for kind in kinds:
        if kind.name in KINDS:
            raise ValueError(f"the kind {kind.name!r} is declared twice")
        taken = sorted(kind.words & KIND_OF_WORD.keys())
        if taken:
            raise ValueError(
                f"the kind {kind.name!r} has the word {taken[0]!r} of {KIND_OF_WORD[taken[0]]!r}"
            )
        if kind.is_event and (missing := sorted(events.OF_ALL - {one.name for one in kind.fields})):
            raise ValueError(
                f"the event {kind.name!r} has no {missing[0]!r}: `declarations.events.event` makes events"
            )
        KINDS[kind.name] = kind
        KIND_OF_WORD.update(dict.fromkeys(kind.words, kind.name))
        if kind.is_event:
            EVENT_KINDS.add(kind.name)
        if kind.happens:
            DATED_KINDS.add(kind.name)
    _forget()


def withdraw(kind: Kind) -> None:
    """Remove a kind from the register."""
    del KINDS[kind.name]
    for word in kind.words:
        del KIND_OF_WORD[word]
    EVENT_KINDS.discard(kind.name)
    DATED_KINDS.discard(kind.name)
    _forget()


@contextmanager
def declared(*kinds: Kind) -> Iterator[None]:
    """Declare kinds for the time of a `with` block."""
    declare(*kinds)
    try:
        yield
    finally:
        for kind in kinds:
            withdraw(kind)


def _forget() -> None:
    for clear in _caches:
        clear()


_CUSTOM = replace(other.UNKNOWN, name="custom", table="custom", model="other.Custom")
declare(*people.KINDS, *mail.KINDS, *events.KINDS, *surveys.KINDS, *other.KINDS)
