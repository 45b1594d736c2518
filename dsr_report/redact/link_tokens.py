"""Live keys in personal links, masked unless decided otherwise: found by name and purpose, in any value.

A link's token is hidden wherever it occurs. Where it is also the number of a message or an event (mail
systems build links from these), only the link loses it: `leave-…`, `w/…`; the number itself is no key, and
what belongs together would fall apart without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dsr_report.jsonstream.items import Item, JsonValue, values
from dsr_report.mime.message import wire_of_text
from dsr_report.pointers import tokens
from dsr_report.redact.apply import is_message
from dsr_report.redact.live_links import LINK_KINDS, LinkKind, LiveKey, keys_in_message, keys_in_text
from dsr_report.redact.plan import Decision

_ARTICLE = "Art. 5(1)(f), 32 GDPR"
_ID_NAME = re.compile(
    r"(?:.*[a-z_ -])?(?:id|nr|number|hash|internal|destination|mailing|emailing|envelope)", re.IGNORECASE
)
_ID_FIELD = re.compile(
    r"^(?:message-id|x-[\w-]*id|return-path|references|in-reply-to|received):(.*(?:\n[ \t].*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_BLANK_LINE = re.compile(r"\r?\n[ \t]*\r?\n")
_LONGEST_ID = 200
_SHORTEST = 10


class _Seen(NamedTuple):
    kind: LinkKind
    pointer: str
    in_links: dict[str, None]


class LinkKeys:
    """Collects the live keys of links, item by item."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._numbers: set[str] = set()
        self.places: dict[LinkKind, list[str]] = {}
        """Where links of each kind stand."""

    def note(self, item: Item) -> None:
        """Look at every value of an item."""
        self.add(keys_seen_in(item))

    def add(self, keys: Iterable[KeySeen]) -> None:
        """Take up what was seen in an item."""
        for pointer, key, is_number in keys:
            seen = self._seen.setdefault(key.token, _Seen(key.kind, pointer, {}))
            seen.in_links.setdefault(key.in_link)
            if is_number:
                self._numbers.add(key.token)
            places = self.places.setdefault(seen.kind, [])
            if places[-1:] != [pointer]:
                places.append(pointer)

    def decisions(self) -> Iterator[tuple[Decision, str]]:
        """A decision to mask each key, by the kind of its link; in the order of the export."""
        for kind in LINK_KINDS:
            for token, seen in self._seen.items():
                if seen.kind != kind:
                    continue
                is_number = token in self._numbers
                for passage in seen.in_links if is_number else (token,):
                    if not is_number or passage != token:
                        yield _decision(kind, seen.pointer, passage), passage


class KeySeen(NamedTuple):
    """A live key in a value, and whether it is also the number of something in the same item."""

    pointer: str
    key: LiveKey
    is_number: bool


def keys_seen_in(item: Item) -> list[KeySeen]:
    """The live keys in the links of an item."""
    if not _may_hold_links(item.value):
        return []
    numbers: list[str] = []
    found: list[tuple[str, LiveKey]] = []
    for pointer, value in values(item.value, item.pointer):
        if not isinstance(value, str) or len(value) < _SHORTEST:
            continue
        if _may_hold_a_link(value):
            if is_message(value):
                keys: Iterable[LiveKey] = keys_in_message(wire_of_text(value))
                numbers += _ID_FIELD.findall(_BLANK_LINE.split(value, maxsplit=1)[0] + "\n")
            else:
                keys = keys_in_text(value)
            found += [(pointer, key) for key in dict.fromkeys(keys)]
        elif len(value) < _LONGEST_ID and _ID_NAME.fullmatch(_name(pointer)):
            numbers.append(value)
    own = "\n".join(numbers) if found else ""
    return [KeySeen(pointer, key, key.token in own) for pointer, key in found]


def _may_hold_links(value: JsonValue) -> bool:
    """Whether one of the values may hold a link, at a glance; False is sure."""
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
    """What has several lines may be a message, which says no link before it is decoded."""
    return "=" in text or "//" in text or "mailto:" in text or "\\/" in text or "\n" in text or "\r" in text


def link_keys(items: Iterable[Item]) -> LinkKeys:
    """The live keys in the links of an export."""
    keys = LinkKeys()
    for item in items:
        keys.note(item)
    return keys


def _decision(kind: LinkKind, pointer: str, passage: str) -> Decision:
    return Decision(
        pointer, "mask", kind, "live-key", _ARTICLE, passage=passage, group=f"every {kind}", is_token=True
    )


def _name(pointer: str) -> str:
    """The last name in a pointer that is not the place in a list."""
    while pointer:
        pointer, _, last = pointer.rpartition("/")
        if not last.isdigit():
            return "".join(tokens(f"/{last}"))
    return ""
