"""Live keys of the subject, masked unless decided otherwise: the single definition of a live key.

A live key lets its holder act as the subject: passwords, codes, tokens, sessions, cookies, and links that log
in or unsubscribe. Copernica's profiles carry `secret` (scripting and webhooks call it `code`, database
exports "Access code"): whoever has it can read and change the profile. (copernica.md: REST pages on
profiles, web forms; read 2026-11)

A *weak* key occurs elsewhere by chance or has another meaning: it is short, a number, a word, an address, or
equal to an identifier of the subject, or to a name that every report prints. It is masked only where it is a
key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from dsr_report.jsonstream.items import Item, rough_size, values
from dsr_report.records.kinds import KINDS, kinds_cache
from dsr_report.records.names import normalised_key, word_set
from dsr_report.redact.key_shapes import FoundKey, keys_in_value
from dsr_report.redact.link_tokens import KeySeen, LinkKeys, keys_seen_in
from dsr_report.redact.plan import KEY_ARTICLE, Decision
from dsr_report.redact.randomness import is_random, is_weak
from dsr_report.redact.watch import codes_in
from dsr_report.tables.schema import tables
from dsr_report.workers import Processes
from dsr_report.workers.jobs import portions


class Seen(NamedTuple):
    """The keys in one item: by their names, and in links and messages."""

    named: list[FoundKey]
    in_links: list[KeySeen]


class Secrets(NamedTuple):
    """The live keys of an export: with a decision each, and in links, where there may be thousands."""

    named: list[tuple[Decision, str]]
    links: LinkKeys

    def decisions(self) -> Iterator[tuple[Decision, str]]:
        """A decision to mask each live key, with the value it is about.

        Keys in links come last: the same token may be under a name that says more.
        """
        return chain(self.named, self.links.decisions())


def find_secrets(items: Callable[[], Iterable[Item]], processes: Processes | None = None) -> Secrets:
    """The live keys in items, which are read several times; `processes` share the work."""
    found: list[FoundKey] = []
    links = LinkKeys()
    for seen in _look_through(items(), processes):
        found += seen.named
        links.add(seen.in_links)
    ambiguous = _equal_elsewhere(found, items)
    named = [
        _decision_of(
            key,
            is_weak_key=is_weak(key.text)
            or key.text.casefold() in ambiguous
            or normalised_key(key.text) in _printed_names(),
        )
        for key in found
    ]
    return Secrets(named, links)


_WORDS_OF_PACKAGES = word_set(
    "dsr-report-tables tabular-data-package tabular-data-resource datapackage.json article-15.jsonld"
)
"""Names in the machine-readable files of every package."""


@kinds_cache(maxsize=1)
def _printed_names() -> frozenset[str]:
    """The names of our tables, columns, categories and kinds, which are in every package."""
    fields = [one for kind in KINDS.values() for one in kind.fields]
    names = KINDS.keys() | {name for one in fields for name in (one.name, one.column, *one.keys)}
    for table in tables():
        names |= {table.name, *table.names}
        names |= {category for column in table.columns for category in column.categories}
    return frozenset(map(normalised_key, names | _WORDS_OF_PACKAGES))


def _look_through(items: Iterable[Item], processes: Processes | None) -> Iterator[Seen]:
    if processes is None:
        return map(keys_in_item, items)
    jobs = portions(items, lambda item: rough_size(item.value))
    return chain.from_iterable(processes.in_order(keys_in_portion, jobs))


def keys_in_portion(items: Sequence[Item]) -> list[Seen]:
    """The live keys in some items; runs in a worker process."""
    return [keys_in_item(item) for item in items]


def keys_in_item(item: Item) -> Seen:
    """The live keys in one item."""
    return Seen([*keys_in_value(item.value, item.pointer), *codes_in(item)], keys_seen_in(item))


def _equal_elsewhere(found: Sequence[FoundKey], items: Callable[[], Iterable[Item]]) -> set[str]:
    """The passwords that also occur elsewhere in the export as a whole value."""
    chosen = {
        key.text.casefold()
        for key in found
        if key.what == "password" and not is_weak(key.text) and not is_random(key.text)
    }
    if not chosen:
        return set()
    places = {key.pointer for key in found}
    return {
        value.casefold()
        for item in items()
        for pointer, value in values(item.value, item.pointer)
        if isinstance(value, str) and value.casefold() in chosen and pointer not in places
    }


def _decision_of(key: FoundKey, *, is_weak_key: bool) -> tuple[Decision, str]:
    decision = Decision(
        key.pointer,
        "mask",
        "key" if key.what == "link" else key.what,
        "live-key",
        KEY_ARTICLE,
        everywhere=not is_weak_key,
        passage=None if key.span is None else key.text,
        span=key.span,
        is_token=not is_weak_key and is_random(key.text, shortest=16),
    )
    return decision, key.text
