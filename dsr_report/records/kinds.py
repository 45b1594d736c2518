"""The register of record kinds: one declaration for each, that all rooms read.

A kind is declared in `declarations/`, or by `declare` for as long as a program runs. From its declaration
come the words and names that tell it, its parser, its table, its chapter and title in the report, the
period, and what the review searches.
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
"""What happened to a message."""
DATED_KINDS: set[str] = set()
"""What happened at a moment, and makes up the period of an export."""
KIND_OF_WORD: dict[str, str] = {}
"""The names of lists and discriminators → the kind that they mean."""
COLUMN_ORDER: dict[str, tuple[Field, ...]] = {
    "events": events.EVENT_COLUMNS,
    "mailings": mail.MAILING_COLUMNS,
}
"""The columns of tables whose kinds have some of them each; others take the fields as they are declared."""

_caches: list[Callable[[], None]] = []


def kind_of(name: str) -> Kind:
    """The declaration of a kind; of one that only the configuration names, that of all such kinds."""
    return KINDS.get(name, _CUSTOM)


def kinds_cache(maxsize: int) -> Callable[[Callable[..., R]], Callable[..., R]]:
    """`lru_cache` for what depends on the declarations: it is forgotten where they change."""

    def remember(function: Callable[..., R]) -> Callable[..., R]:
        cached = lru_cache(maxsize)(function)
        _caches.append(cached.cache_clear)
        return cached

    return remember


def declare(*kinds: Kind) -> None:
    """Add kinds to the register.

    Raises:
        ValueError: a kind of that name is declared already, or another one has one of its words.
    """
    for kind in kinds:
        if kind.name in KINDS:
            raise ValueError(f"the kind {kind.name!r} is declared twice")
        taken = sorted(kind.words & KIND_OF_WORD.keys())
        if taken:
            raise ValueError(
                f"the kind {kind.name!r} has the word {taken[0]!r} of {KIND_OF_WORD[taken[0]]!r}"
            )
        KINDS[kind.name] = kind
        KIND_OF_WORD.update(dict.fromkeys(kind.words, kind.name))
        if kind.is_event:
            EVENT_KINDS.add(kind.name)
        if kind.happens:
            DATED_KINDS.add(kind.name)
    _forget()


def withdraw(kind: Kind) -> None:
    """Take a kind out of the register."""
    del KINDS[kind.name]
    for word in kind.words:
        del KIND_OF_WORD[word]
    EVENT_KINDS.discard(kind.name)
    DATED_KINDS.discard(kind.name)
    _forget()


@contextmanager
def declared(*kinds: Kind) -> Iterator[None]:
    """Kinds that are in the register for a while."""
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
