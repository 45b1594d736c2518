"""Live keys of the subject that are masked unless decided otherwise, found by the name they stand under.

Copernica's profiles and subprofiles carry `secret` (scripting and webhooks call it `code`, database exports
"Access code"): whoever has it can read and change the profile. Web forms know password fields; dumps of
HTTP request headers can hold credentials. (copernica.md: REST pages on profiles, web forms; read 2026-11)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from dsr_report.jsonstream.items import Item, JsonValue, rough_size, values
from dsr_report.lexicon import WORDS, any_of
from dsr_report.pointers import tokens
from dsr_report.records.alike import Lot
from dsr_report.records.shape_cache import Shapes
from dsr_report.redact.plan import Decision
from dsr_report.workers import Processes
from dsr_report.workers.jobs import portions

if TYPE_CHECKING:
    from dsr_report.redact.link_tokens import KeySeen

_REPEATS = any_of(WORDS.password_repeats)
_PASSWORD = re.compile(
    rf"(?:{_REPEATS}[ _-]?)?{any_of(WORDS.passwords)}(?:[ _-]?{_REPEATS})?",
    re.IGNORECASE,
)
_ACCESS_CODE = re.compile(rf"^{any_of(WORDS.access_codes)}$", re.IGNORECASE)
_TOKEN = re.compile(rf"^{any_of(WORDS.keys)}$", re.IGNORECASE)
_HEADER_DUMP = re.compile(r"^headers?$", re.IGNORECASE)
_CREDENTIAL_LINE = re.compile(
    r"^(?:Authorization|Proxy-Authorization|Cookie|X-Api-Key)[ \t]*:[ \t]*(.+?)[ \t\r]*$",
    re.IGNORECASE | re.MULTILINE,
)
_HEX_CODE = re.compile(r"[0-9a-f]{32}")

_CONTAINERS = (dict, list)
_NESTED = frozenset(_CONTAINERS)
_CODE_LENGTH = 32
_ARTICLE = "Art. 5(1)(f), 32 GDPR"


def find_secrets(items: Iterable[Item], processes: Processes | None = None) -> Iterator[tuple[Decision, str]]:
    """A decision to mask for each live key, with the value it is about; in the order of the export.

    Those in links come last: the same token may stand under a name that says more. With `processes`, they
    share the work; the result is the same.
    """
    from dsr_report.redact.link_tokens import LinkKeys  # noqa: PLC0415 - only who hides something reads messages

    links = LinkKeys()
    found = (
        _seen_in(items, Watch())
        if processes is None
        else chain.from_iterable(
            processes.in_order(seen_in_portion, portions(items, lambda item: rough_size(item.value)))
        )
    )
    for decisions, in_links in found:
        yield from decisions
        links.add(in_links)
    yield from links.decisions()


_Seen = tuple[list[tuple[Decision, str]], "Sequence[KeySeen]"]
"""What one item holds: values under telling names, and keys in links."""


def seen_in_portion(items: Sequence[Item]) -> list[_Seen]:
    """The live keys in some items; runs in a process of its own."""
    return list(_seen_in(items, Watch()))


def _seen_in(items: Iterable[Item], watch: Watch) -> Iterator[_Seen]:
    from dsr_report.redact.link_tokens import keys_seen_in  # noqa: PLC0415 - as above

    for item in items:
        yield list(watch.at(item)), keys_seen_in(item)


class Watch:
    """Looks at items one by one; objects with names seen before cost next to nothing."""

    def __init__(self) -> None:
        self._telling: Shapes[frozenset[str], _Telling | None] = Shapes()
        self._telling_places: Shapes[str, bool] = Shapes()

    def at(self, item: Item) -> Iterator[tuple[Decision, str]]:
        """The live keys in one item."""
        if self.might_hold(item):
            for pointer, value in values(item.value, item.pointer):
                if isinstance(value, str) and value:
                    yield from _judge(pointer, value, item)

    def might_hold(self, item: Item) -> bool:
        """Whether it may hold a live key, by its names and a glance at the values; False is sure."""
        if self._stands_under_a_telling_name(item.pointer):
            return True
        stack = [item.value]
        while stack:
            current = stack.pop()
            if type(current) is dict:
                known = self._known(frozenset(current))
                if known is not None and known.in_values(current):
                    return True
                if not _NESTED.isdisjoint(map(type, current.values())):
                    stack.extend([member for member in current.values() if type(member) in _CONTAINERS])
            elif type(current) is list:
                stack.extend([member for member in current if type(member) in _CONTAINERS])
        return False

    def among(self, lot: Lot) -> Iterable[Item]:
        """The items that may hold a live key; of objects whose names say that they hold none, nothing."""
        if not lot.alike or self._stands_under_a_telling_name(lot.first.pointer):
            return lot.items()
        if any(self._known(names) is not None for names in lot.inner):
            return lot.items()
        return lot.items([alike.values for alike in lot.alike if self._known(alike.names) is not None])

    def _known(self, names: frozenset[str]) -> _Telling | None:
        known = self._telling.get(names, _UNKNOWN)
        if known is _UNKNOWN:
            known = _told(names)
            self._telling.keep(names, names, known)
        return known

    def _stands_under_a_telling_name(self, pointer: str) -> bool:
        """Of an item that is a member of something, or of a list that is: a value by itself, perhaps."""
        folder, _, name = pointer.rpartition("/")
        place = folder if name.isdigit() else pointer
        known = self._telling_places.get(place)
        if known is None:
            last = tuple(tokens(place)[-2:])
            known = _told(last) is not None
            self._telling_places.keep(place, last, known)
        return known


class _Telling(NamedTuple):
    """Which names of an object can stand for live keys: surely, if the value is an access code, in a dump."""

    surely: bool
    codes: tuple[str, ...]
    dumps: tuple[str, ...]

    def in_values(self, members: dict[str, JsonValue]) -> bool:
        """Whether an object with these names needs a closer look."""
        surely, codes, dumps = self
        for name in dumps:
            dump = members[name]
            if isinstance(dump, str):
                text = dump.lower()
                if (
                    "cookie" in text or "authorization" in text or "x-api-key" in text
                ) and _CREDENTIAL_LINE.search(dump):
                    return True
        for name in codes:
            code = members[name]
            if isinstance(code, str) and len(code) == _CODE_LENGTH:
                return True
        return surely


_UNKNOWN = _Telling(surely=False, codes=(), dumps=())


def _told(names: Iterable[str]) -> _Telling | None:
    told = _Telling(
        any(map(_is_telling, names)),
        tuple(name for name in names if str(name) == "code"),
        tuple(name for name in names if _HEADER_DUMP.match(name)),
    )
    return told if any(told) else None


def _is_telling(name: str) -> bool:
    text = str(name)
    return bool(_ACCESS_CODE.match(text) or _PASSWORD.fullmatch(text) or _TOKEN.match(text))


def _judge(pointer: str, value: str, item: Item) -> Iterator[tuple[Decision, str]]:
    path = tokens(pointer)
    name = path[-1] if path else ""
    is_code = name == "code" and _HEX_CODE.fullmatch(value) is not None
    if _ACCESS_CODE.match(name) or (is_code and (_is_person(item) or pointer == item.pointer)):
        yield Decision(pointer, "mask", "access-code", "live-key", _ARTICLE), value
    elif any(_PASSWORD.fullmatch(token) for token in path[-2:]):
        yield (
            Decision(pointer, "mask", "password", "live-key", _ARTICLE, everywhere=_is_distinctive(value)),
            value,
        )
    elif _TOKEN.match(name):
        yield Decision(pointer, "mask", "key", "live-key", _ARTICLE), value
    elif _HEADER_DUMP.match(name):
        for match in _CREDENTIAL_LINE.finditer(value):
            yield Decision(pointer, "mask", "credential", "live-key", _ARTICLE, passage=match.group(1)), value


def _is_person(item: Item) -> bool:
    return isinstance(item.value, dict) and any(
        key in item.value for key in ("fields", "profile", "subprofile")
    )


def _is_distinctive(password: str) -> bool:
    """Whether a password can be looked for in other text without hitting ordinary words."""
    return len(password) >= 8 and not password.isalpha()
