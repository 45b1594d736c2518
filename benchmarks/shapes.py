"""Exports of events in one shape: `python benchmarks/shapes.py SHAPE MB FILE`."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_Event = dict[str, Any]
_KINDS = ("open", "click", "delivery")
LINES = "a line each"
_BY_NUMBER = "by number"
_AROUND = {LINES: ("[]}\n", "\n", "\n"), _BY_NUMBER: ("{", ",", "}}")}


def _event(chance: random.Random, number: int, kind: str = "open") -> _Event:
    """A flat event with seven or eight members."""
    event: _Event = {
        "event": kind,
        "id": str(9_000_000 + number),
        "time": f"20{chance.randrange(15, 26)}-0{chance.randrange(1, 10)}-{chance.randrange(10, 29)} "
        f"1{chance.randrange(10)}:{chance.randrange(10, 60)}:{chance.randrange(10, 60)}",
        "mailing": str(chance.randrange(1000, 3000)),
        "ip": f"198.51.100.{chance.randrange(1, 250)}",
        "useragent": f"Mozilla/5.0 (X11; Linux x86_64; rv:{chance.randrange(60, 140)}.0) Gecko/20100101",
        "successful": chance.random() < 0.9,
    }
    if kind == "click":
        event["url"] = f"https://shop.example.org/p/{chance.randrange(10_000)}?ref=mail"
    elif kind == "delivery":
        event["size"] = chance.randrange(1_000, 90_000)
    return event


def _in_turn(kinds: int) -> Callable[[random.Random, int], _Event]:
    return lambda chance, number: _event(chance, number, _KINDS[number % kinds])


def _shuffled(chance: random.Random, number: int) -> _Event:
    members = list(_event(chance, number, _KINDS[number % 2]).items())
    chance.shuffle(members)
    return dict(members)


def _with_key(chance: random.Random, number: int) -> _Event:
    key = {"token": f"{chance.getrandbits(128):032x}"} if number % 2 else {}
    return {**_event(chance, number), **key}


def _with_password(chance: random.Random, number: int) -> _Event:
    return {**_event(chance, number), "wachtwoord": f"{chance.choice(_WORDS)}{chance.randrange(10_000)}!"}


_WORDS = ("zomer", "Welkom", "voetbal", "Groningen", "appeltaart")


def _named_beside(chance: random.Random, number: int) -> _Event:
    name, value = ("token", f"{chance.getrandbits(128):032x}") if number % 2 else ("colour", "blue")
    return {**_event(chance, number), "name": name, "value": value}


def _unknown_member(chance: random.Random, number: int) -> _Event:
    return {**_event(chance, number), "loyalty_points": chance.randrange(10_000)}


def _decimals(chance: random.Random, number: int) -> _Event:
    return {**_event(chance, number), "latitude": 50 + chance.random(), "longitude": 4 + chance.random()}


def _nested(chance: random.Random, number: int) -> _Event:
    device = {"name": chance.choice(("phone", "tablet")), "os": "Android", "version": chance.randrange(6, 15)}
    return {**_event(chance, number), "device": device, "tags": [str(number % 7), "news"]}


def _wrapped(chance: random.Random, number: int) -> _Event:
    event = _event(chance, number, _KINDS[number % 2])
    return {"type": event.pop("event"), "data": event}


def _wrapped_shuffled(chance: random.Random, number: int) -> _Event:
    event = _shuffled(chance, number)
    return {"type": event.pop("event"), "data": event}


def _unrecognised(chance: random.Random, number: int) -> _Event:
    colour = chance.choice(("red", "blue"))
    return {
        "shelf": str(number),
        "colour": colour,
        "weight": chance.randrange(900),
        "seen": "2020-01-01 00:00:00",
    }


def _own_word(chance: random.Random, number: int) -> _Event:
    return {**_event(chance, number), "event": f"step {chance.randrange(100_000)}"}


def _optional(chance: random.Random, number: int) -> _Event:
    return {**_event(chance, number), **{f"option {at}": "x" for at in range(5) if chance.random() < 0.5}}


def _letters(chance: random.Random, number: int) -> _Event:
    return {**_event(chance, number), "password": "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=10))}


def _list_of_objects(chance: random.Random, number: int) -> _Event:
    items = [{"sku": str(chance.randrange(90_000)), "number": at} for at in range(2)]
    return {**_event(chance, number), "items": items}


def _in_messages(chance: random.Random, number: int) -> _Event:
    events = [_event(chance, 20 * number + at) for at in range(20)]
    return {"id": str(number), "subject": f"Letter {number}", "events": events}


SHAPES: dict[str, Callable[[random.Random, int], _Event]] = {
    "one kind": _in_turn(1),
    "two kinds in turn": _in_turn(2),
    "three kinds in turn": _in_turn(3),
    "members in any order": _shuffled,
    "an unknown member": _unknown_member,
    "a token in every second one": _with_key,
    "a password in each": _with_password,
    "names and values": _named_beside,
    "decimal numbers": _decimals,
    "an object and a list in each": _nested,
    "wrapped in `data`": _wrapped,
    "wrapped, members in any order": _wrapped_shuffled,
    "not recognised": _unrecognised,
    "a word of its own in each": _own_word,
    "members that may be missing": _optional,
    "a password of letters in each": _letters,
    "a list of objects in each": _list_of_objects,
    "in messages": _in_messages,
    LINES: _in_turn(1),
    _BY_NUMBER: _in_turn(1),
}


def write(shape: str, megabytes: float, file: Path) -> None:
    """Write a reproducible export of about this size, of events of one shape."""
    chance = random.Random(1)  # noqa: S311 - repeatable, and nothing is kept secret with it
    before, between, after = _AROUND.get(shape, ("[", ",", "]}"))
    number, size = 0, 0
    with file.open("w", encoding="utf-8") as out:
        out.write(f'{{"info":{{"type":"profile","id":"42"}},"data":{before}')
        while size < megabytes * 1e6:
            name = f'"{number}":' if shape == _BY_NUMBER else ""
            event = json.dumps(SHAPES[shape](chance, number), separators=(",", ":"))
            size += out.write((between if number else "") + name + event)
            number += 1
        out.write(after)


if __name__ == "__main__":
    write(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]))
