"""Live keys in personal links and in messages, masked unless decided otherwise.

A token is hidden wherever it occurs, also as the id of a message or an event: mail systems build links from
these, so the id would be enough to build the link again. Each token has a label of its own, so that equal
tokens stay recognisable as equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dsr_report.jsonstream.items import Item, JsonValue, values
from dsr_report.mime.message import wire_of_text
from dsr_report.redact.live_links import KEY_KINDS, LINK_KINDS, LiveKey, keys_in_links, keys_in_message
from dsr_report.redact.message_texts import is_message
from dsr_report.redact.plan import KEY_ARTICLE, Decision

_SHORTEST = 10
"""Characters; a shorter value holds no link."""


class _Seen(NamedTuple):
    kind: str
    pointer: str


class LinkKeys:
    """Collects the live keys of links and messages, item by item."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._weak: dict[tuple[str, str], tuple[str, str]] = {}
        self.places: dict[str, list[str]] = {}
        """The pointers of the values with links of each kind."""

    def note(self, item: Item) -> None:
        """Add the keys in every value of an item."""
        self.add(keys_seen_in(item))

    def add(self, keys: Iterable[KeySeen]) -> None:
        """Add the keys found in an item."""
        for pointer, key in keys:
            if key.is_weak:
                self._weak.setdefault((pointer, key.in_link), (key.kind, key.token))
                kind = key.kind
            else:
                kind = self._seen.setdefault(key.token, _Seen(key.kind, pointer)).kind
            places = self.places.setdefault(kind, [])
            if places[-1:] != [pointer]:
                places.append(pointer)

    def decisions(self) -> Iterator[tuple[Decision, str]]:
        """A decision to mask each key, grouped by kind of link, in the order of the export."""
        for kind in KEY_KINDS:
            for token, seen in self._seen.items():
                if seen.kind == kind:
                    yield _decision(kind, seen.pointer, token), token
            for (pointer, passage), (weak_kind, token) in self._weak.items():
                if weak_kind == kind:
                    yield (
                        Decision(
                            pointer, "mask", kind, "live-key", KEY_ARTICLE, passage=passage, everywhere=False
                        ),
                        token,
                    )


class KeySeen(NamedTuple):
    """A live key in a value."""

    pointer: str
    key: LiveKey


def keys_seen_in(item: Item) -> list[KeySeen]:
    """The live keys in the links and messages of an item."""
    if not _may_hold_links(item.value):
        return []
    found: list[KeySeen] = []
    for pointer, value in values(item.value, item.pointer):
        if isinstance(value, str) and len(value) >= _SHORTEST and _may_hold_a_link(value):
            keys = keys_in_message(wire_of_text(value)) if is_message(value) else keys_in_links(value)
            found += [KeySeen(pointer, key) for key in dict.fromkeys(keys)]
    return found


def _may_hold_links(value: JsonValue) -> bool:
    """Quick check whether any of the values may hold a link; False is certain."""
    stack = [value]
    while stack:
        current = stack.pop()
        if isinstance(current, str):
            if len(current) >= _SHORTEST and _may_hold_a_link(current):
                return True
        elif isinstance(current, dict):
            stack.extend(current.values())
        elif isinstance(current, list):
            stack.extend(current)
    return False


def _may_hold_a_link(text: str) -> bool:
    """Quick check; a text of several lines may be a message, whose links show only when decoded."""
    return "=" in text or "//" in text or "mailto:" in text or "\\/" in text or "\n" in text or "\r" in text


def link_keys(items: Iterable[Item]) -> LinkKeys:
    """The live keys in the links of an export."""
    keys = LinkKeys()
    for item in items:
        keys.note(item)
    return keys


def _decision(kind: str, pointer: str, passage: str) -> Decision:
    return Decision(
        pointer,
        "mask",
        kind,
        "live-key",
        KEY_ARTICLE,
        passage=passage,
        group=f"every {kind}" if kind in LINK_KINDS else None,
        is_token=True,
    )
