"""Matching of clicks to the links of a message.

A click names its link by Copernica's number, by the address as the message's maker wrote it, or by both. A
message that was sent has other addresses: placeholders are filled in, and a link through Copernica has its
number in it. A click's key is therefore made of what the click names, without the message; the first link of
the message that it can mean gets the same key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit, urlunsplit

from dsr_report.tables.blocks import Columns

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_PURPOSES = {"webversion": "web-version", "unsubscribe": "unsubscribe"}
"""Purpose of placeholders that stand for a whole link."""
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]+(?![0-9A-Za-z])")
_LONGEST = 8_192
"""Maximum characters of an address that are compared; browsers and servers take no longer ones."""


class Clicked(NamedTuple):
    """How a click identifies its link: by number, by address, or by both."""

    number: str | None
    address: str | None


class ClickedLinks:
    """The followed links of each message."""

    def __init__(self, clicks: Iterable[tuple[str, str | None, str | None]]) -> None:
        """`clicks` yields message key, link number and address."""
        self._by_message: dict[str, dict[Clicked, None]] = {}
        self._numbers: dict[tuple[str, str], str] = {}
        for message, number, address in clicks:
            found = Clicked(number or None, address or None)
            if found == (None, None):
                continue
            self._by_message.setdefault(message, {})[found] = None
            if found.number and found.address:  # identifies clicks with the address alone
                place = (message, plain_address(found.address))
                self._numbers[place] = min(found.number, self._numbers.get(place, found.number))

    def key(self, message: str, number: str | None, address: str | None) -> str | None:
        """The key of the link that a click followed; None if the click identifies no link."""
        if number:
            return _hash(message, f"number {number}")
        if not address:
            return None
        plain = plain_address(address)
        known = self._numbers.get((message, plain))
        return _hash(message, f"number {known}" if known else plain)

    def of_message(self, message: str, links: Columns) -> tuple[list[str], list[int]]:
        """Keys of all links of a message, and the number of each among those to the same address."""
        plains = [plain_address(url) for url in links["url"]]
        purposes = dict(zip(plains, links["purpose"], strict=True))
        keys: dict[str, str] = {}
        clicks = sorted(self._by_message.get(message, ()), key=lambda c: (c.number or "", c.address or ""))
        for find in (_by_address, _by_number, _by_pattern, _by_purpose):
            for click in clicks:
                key = self.key(message, *click)
                place = find(click, purposes) if key not in keys.values() else None
                if place is not None and place not in keys and key is not None:
                    keys[place] = key
        seen: dict[str, int] = {}
        result, occurrences = [], []
        for plain in plains:
            seen[plain] = count = seen.get(plain, 0) + 1
            key = keys.get(plain) or _hash(message, plain)
            result.append(key if count == 1 else f"{key}-{count}")
            occurrences.append(count)
        return result, occurrences


def _by_address(click: Clicked, purposes: dict[str, Any]) -> str | None:
    plain = click.address and plain_address(click.address)
    return plain if plain in purposes else None


def _by_number(click: Clicked, purposes: dict[str, Any]) -> str | None:
    """The one address that has the number in its path, query or fragment, as links through Copernica do."""
    if click.number is None:
        return None
    found = [
        place
        for place, purpose in purposes.items()
        if purpose not in {"mail", "phone", "place"} and click.number in _numbers_in(place)
    ]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=2_048)
def _numbers_in(address: str) -> frozenset[str]:
    rest = address.partition("://")[2].partition("/")[2]
    return frozenset(_NUMBER.findall(rest))


def _by_pattern(click: Clicked, purposes: dict[str, Any]) -> str | None:
    """The one address that matches the click's once its placeholders are filled in."""
    if not click.address or not _PLACEHOLDER.search(click.address):
        return None
    address = click.address[:_LONGEST]
    pieces = [plain_piece(piece) for piece in _PLACEHOLDER.split(address)]
    if not any(pieces):
        return None
    pattern = re.compile("[^/?#&]*".join(map(re.escape, pieces)), re.IGNORECASE)
    found = [place for place in purposes if pattern.fullmatch(place)]
    return found[0] if len(found) == 1 else None


def _by_purpose(click: Clicked, purposes: dict[str, Any]) -> str | None:
    """The one link with the purpose of a placeholder (`{webversion}`)."""
    address = (click.address or "").strip()
    if not _PLACEHOLDER.fullmatch(address):
        return None
    wanted = _PURPOSES.get(address.strip("{} ").replace("_", "").lower())
    found = [place for place, purpose in purposes.items() if purpose == wanted]
    return found[0] if wanted is not None and len(found) == 1 else None


@lru_cache(maxsize=16_384)
def plain_address(address: str) -> str:
    """The comparison form of an address: no fragment, lower-case host, escapes decoded."""
    text = address.strip()[:_LONGEST]
    try:
        parts = urlsplit(text)
    except ValueError:
        return plain_piece(text)
    if not parts.netloc:
        return plain_piece(text)
    host = parts.netloc.lower().removesuffix(":443" if parts.scheme.lower() == "https" else ":80")
    return plain_piece(urlunsplit((parts.scheme.lower(), host, parts.path or "/", parts.query, "")))


def plain_piece(text: str) -> str:
    """A piece of an address with its percent-escapes decoded."""
    return unquote(text.strip(), errors="surrogateescape")


def _hash(message: str, what: str) -> str:
    text = f"{message}\x1f{what}".encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=8).hexdigest()
