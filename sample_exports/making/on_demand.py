"""Exports of any size, streamed to disk: messages and events are filled-in templates.

Eight newsletters are made once and cut at their ids and times; every message is one of them with its own ids
and times. Links in a newsletter with a base64 body keep the template's token. All data of message `i` derive
from the seed and `i`, so that events can refer to messages without a list of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, BinaryIO

from .dice import Dice, mail_date, moment
from .layouts import PLURALS
from .letters import Letter, Product
from .mailer import Mailer
from .shapes import LOG_COLUMNS, Family, Record, Sent, Shapes
from .webshop import LAPTOP, NAME, PERSON, PHONE, SHOP, TABLET
from .webshop_people import profile, subprofile
from .webshop_texts import MONTHS, PRODUCTS, RECIPES
from .writing import info, php

LAYOUTS = (1, 2, 3, 4, 5, 6, 7, 8, 10)
START = moment("2016-01-04 08:00:00")
_EDITION = "0000000"
_TILES = (20, 26, 34, 40, 44, 50, 30, 36)
_PICTURES = (0, 3, 0, 3, 0, 0, 3, 0)
_ENCODINGS = (
    "quoted-printable",
    "quoted-printable",
    "8bit",
    "quoted-printable",
    "base64",
    "quoted-printable",
    "base64",
    "8bit",
)


@dataclass(frozen=True, slots=True)
class Order:
    """The parameters of an export: number of messages and events, layout, seed."""

    messages: int
    events: int
    layout: int = 1
    seed: int = 1
    pretty: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """The ids and time of one message."""

    family: Family
    hash: str
    number: int
    mailing: int
    at: datetime


class Stencil:
    """A text template with gaps, filled for each record."""

    def __init__(self, text: str, gaps: dict[str, str]) -> None:
        """Cut `text` at the values of `gaps`, also across soft line breaks of quoted-printable."""
        soft = r"(?:=(?:\\r)?\\n)?"
        found = "|".join(f"(?P<{name}>{soft.join(map(re.escape, value))})" for name, value in gaps.items())
        self._pieces: list[bytes] = []
        self._gaps: list[tuple[int, str, int, bytes]] = []
        end = 0
        for match in re.finditer(found, text):
            self._pieces.append(text[end : match.start()].encode())
            broken = re.search(r"=(?:\\r)?\\n", match.group())
            at, middle = (broken.start(), broken.group().encode()) if broken else (0, b"")
            self._gaps.append((len(self._pieces), match.lastgroup or "", at, middle))
            self._pieces.append(b"")
            end = match.end()
        self._pieces.append(text[end:].encode())

    def filled(self, values: dict[str, bytes]) -> bytes:
        """The text with `values` in its gaps."""
        pieces = self._pieces.copy()
        for place, name, at, middle in self._gaps:
            value = values[name]
            pieces[place] = value[:at] + middle + value[at:] if middle else value
        return b"".join(pieces)


def write(order: Order, out: BinaryIO) -> None:
    """Write the export with the parameters `order`."""
    press = _Press(order)
    head = php(info("subprofile", str(PERSON.subprofile))).encode()
    if order.layout == 10:
        out.write(b'{"info":' + head + b"}\n")
        out.writelines(record + b"\n" for record in press.in_order())
        return
    out.write(b'{"info":' + head + b',"data":')
    if order.layout in {3, 4, 5, 6}:
        _write_groups(press, order, out)
    else:
        _write_list(press.in_order(), out, b"[]" if order.layout != 8 else b"{}", order)
    out.write(b"}\n" if order.pretty else b"}")


def _write_list(records: Iterator[bytes], out: BinaryIO, brackets: bytes, order: Order) -> None:
    comma, end = (b",\n    ", b"\n  ") if order.pretty else (b",", b"")
    out.write(brackets[:1])
    for index, record in enumerate(records):
        if index:
            out.write(comma)
        elif order.pretty:
            out.write(comma[1:])
        if brackets == b"{}":
            out.write(b'"%d":' % (index + index // 5))
        out.write(record)
    out.write(end + brackets[1:])


def _write_groups(press: _Press, order: Order, out: BinaryIO) -> None:
    before, after = {3: (b"%.0s[", b"]"), 4: (b'{"%s":[', b"]}"), 5: (b'"%s":[', b"]"), 6: (b"%.0s[", b"]")}[
        order.layout
    ]
    comma = b",\n    " if order.pretty else b","
    out.write(b"{" if order.layout == 5 else b"[")
    for index, (name, records) in enumerate(press.groups()):
        out.write((comma if index else b"") + before % name.encode())
        out.writelines(comma + record if place else record for place, record in enumerate(records))
        out.write(after)
    out.write(b"}" if order.layout == 5 else b"]")


class _Press:
    """Stencils for one order, and the records made from them."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self._salt = str(order.seed).encode()
        self._targets = order.messages or order.events // 20 + 1
        self._messages = [_message_stencil(i, self._encode) for i in range(8)]
        self._events = {family: _event_stencils(family, self._encode) for family in ("publisher", "suite")}

    def _encode(self, record: Record) -> str:
        layout = self.order.layout
        if layout == 6 and record.log:
            return php([record.value[column] for column in LOG_COLUMNS[record.log]])
        if layout in {1, 7, 8, 10}:
            value: Any = {"event" if record.log else "type": record.kind, "data": record.value}
        else:
            value = record.value
        if layout == 7:
            return php(php(value))
        if self.order.pretty and layout != 10:
            return json.dumps(value, indent=2).replace("/", "\\/").replace("\n", "\n    ")
        return php(value)

    def _people(self) -> list[bytes]:
        return [self._encode(record).encode() for record in (profile(), subprofile())]

    def identity(self, index: int) -> Identity:
        """The ids and time of message number `index`."""
        digest = blake2b(index.to_bytes(8, "big"), digest_size=16, salt=self._salt[:16]).hexdigest()
        at = START + timedelta(minutes=index * 193 % 4_000_000, seconds=int(digest[:2], 16) % 60)
        if index % 2:
            return Identity("suite", digest[:16], 700_001 + index, 400 + index // 40, at)
        return Identity("publisher", digest, 800_001 + index, 42_000 + index // 40, at)

    def message(self, index: int) -> bytes:
        """Message number `index` as JSON."""
        who = self.identity(index)
        return self._messages[index % 8].filled(
            {
                "hash": who.hash.encode(),
                "number": b"%d" % who.number,
                "mailing": b"%d" % who.mailing,
                "time": who.at.isoformat(" ").encode(),
                "date": mail_date(who.at).encode(),
                "edition": b"%07d" % (index % 10_000_000),
            }
        )

    def event(self, index: int) -> bytes:
        """Event number `index` as JSON."""
        who = self.identity(index * self._targets // self.order.events)
        stencil, _ = self._events[who.family][index % len(_PATTERN)]
        at = who.at + timedelta(seconds=index % len(_PATTERN) * 3701 + index * 7 % 3600)
        return stencil.filled(
            {
                "hash": who.hash.encode(),
                "number": b"%d" % who.number,
                "mailing": b"%d" % who.mailing,
                "time": at.isoformat(" ").encode(),
                "record": b"%d" % (1_000_000 + index),
            }
        )

    def in_order(self) -> Iterator[bytes]:
        """All records, each message before its events."""
        order = self.order
        yield from self._people()
        done = 0
        for index in range(order.messages):
            yield self.message(index)
            until = -(-(index + 1) * order.events // self._targets)
            yield from map(self.event, range(done, until))
            done = until
        yield from map(self.event, range(done, order.events))

    def groups(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """All records by kind, with the name of the kind."""
        order = self.order
        for name, record in zip(("profiles", "subprofiles"), self._people(), strict=True):
            yield name, iter([record])
        if order.messages:
            yield "messages", map(self.message, range(order.messages))
        names = sorted({label for stencils in self._events.values() for _, label in stencils})
        for name in names:
            records = self._labelled(name)
            first = next(records, None)
            if first is None:
                continue
            if order.layout == 6 and name in LOG_COLUMNS:
                yield name, _chain(php(LOG_COLUMNS[name]).encode(), _chain(first, records))
            else:
                yield name, _chain(first, records)

    def _labelled(self, name: str) -> Iterator[bytes]:
        slots = {
            family: {i for i, (_, label) in enumerate(of) if label == name}
            for family, of in self._events.items()
        }
        order = self.order
        either = slots["publisher"] | slots["suite"]
        for index in range(order.events):
            slot = index % len(_PATTERN)
            if slot in either and slot in slots[self.identity(index * self._targets // order.events).family]:
                yield self.event(index)


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


_GAPS = {
    "number": "90807060501",
    "mailing": "90807060502",
    "time": "2000-02-29 04:05:06",
    "record": "90807060503",
}
_HASHES = {"publisher": "deadbeef" * 4, "suite": "zyxwvuts98765432"}


def _stand_in(family: Family, mime: str = "") -> Sent:
    return Sent(
        family, _HASHES[family], int(_GAPS["number"]), int(_GAPS["mailing"]), 620, 1144, 1409, moment(_GAPS["time"]),
        "", mime, ("nieuwsbrief",), [(3140, "https://www.kroosduiker.example/nieuw?k={$profile.Klantnummer}", "Nieuw")],
    )  # fmt: skip


def _message_stencil(number: int, encode: Callable[[Record], str]) -> Stencil:
    family: Family = "suite" if number % 2 else "publisher"
    mailer = Mailer(SHOP, PERSON, NAME, f"on demand {number}")
    dice = Dice(f"on demand {number}")
    subject, heading, paragraphs, tip = MONTHS[number][number % 2]
    tiles = []
    for step in range(_TILES[number]):
        name, cents, text, path = PRODUCTS[(number * 3 + step * 5) % len(PRODUCTS)]
        tiles.append(
            Product(name, f"€ {cents // 100},{cents % 100:02d}", f"{text} {dice.pick(RECIPES)[23:90]}.", path)
        )
    letter = Letter(
        subject=f"{heading} (nr. {_EDITION})" if heading.isascii() else f"Nieuwsbrief {_EDITION}",
        heading=f"{heading} ({subject})",
        paragraphs=(*paragraphs, *RECIPES),
        products=tuple(tiles),
        tip=tip,
        button=("Naar de winkel", "https://www.kroosduiker.example/nieuw"),
    )
    at = moment(_GAPS["time"])
    sent = mailer.send(
        family,
        at,
        letter,
        related=bool(_PICTURES[number]),
        encoding=_ENCODINGS[number],
        tags=("nieuwsbrief",),
    )
    shapes = Shapes(PERSON, 0)
    stand_in = _stand_in(family, sent.mime.replace(sent.hash, _HASHES[family]))
    gaps = {"hash": _HASHES[family], **_GAPS, "date": mail_date(at), "edition": _EDITION}
    # `replace` misses tokens in base64, which stay, and tokens split by soft line breaks, replaced below.
    text = encode(shapes.message(stand_in))
    soft = r"(?:=(?:\\r)?\\n)?"
    text = re.sub(soft.join(sent.hash), lambda m: _moved(m.group(), sent.hash, _HASHES[family]), text)
    return Stencil(text, gaps)


def _moved(found: str, old: str, new: str) -> str:
    """`new` in place of `old`, with the soft line break of `found` at the same position."""
    if found == old:
        return new
    at = found.index("=")
    return new[:at] + found[at : len(found) - len(old) + at] + new[at:]


def _event_stencils(family: Family, encode: Callable[[Record], str]) -> list[tuple[Stencil, str]]:
    sent = _stand_in(family)
    gaps = {"hash": _HASHES[family], **_GAPS}
    stencils = []
    for make in _PATTERN:
        shapes = Shapes(PERSON, int(_GAPS["record"]) - 7)
        record = make(shapes, sent)
        label = record.log or PLURALS.get(record.kind, f"{record.kind}s")
        stencils.append((Stencil(encode(record), gaps), label))
    return stencils


_AT = moment(_GAPS["time"])
_PATTERN: tuple[Callable[[Shapes, Sent], Record], ...] = (
    lambda shapes, sent: shapes.delivery(sent, _AT),
    lambda shapes, sent: shapes.opened(sent, _AT, PHONE),
    lambda shapes, sent: shapes.opened(sent, _AT, LAPTOP, log=True),
    lambda shapes, sent: shapes.clicked(sent, _AT, LAPTOP, sent.links[0]),
    lambda shapes, sent: shapes.attempt(sent, _AT),
    lambda shapes, sent: shapes.opened(sent, _AT, TABLET),
    lambda shapes, sent: shapes.clicked(sent, _AT, TABLET, sent.links[0], log=True),
    lambda shapes, sent: shapes.opened(sent, _AT, PHONE, log=True),
    lambda shapes, sent: shapes.delivery(sent, _AT, log=True),
    lambda shapes, sent: shapes.opened(sent, _AT, LAPTOP),
    lambda shapes, sent: shapes.clicked(sent, _AT, PHONE, sent.links[0]),
    lambda shapes, sent: shapes.opened(sent, _AT, PHONE),
    lambda shapes, sent: shapes.error(sent, _AT, "4.2.2", "mailbox full", "mailerror"),
    lambda shapes, sent: shapes.opened(sent, _AT, LAPTOP, log=True),
    lambda shapes, sent: shapes.error(sent, _AT, "4.4.1", "connection timed out", "unreachable", log=True),
    lambda shapes, sent: shapes.opened(sent, _AT, TABLET, log=True),
    lambda shapes, sent: shapes.clicked(sent, _AT, PHONE, sent.links[0], log=True),
    lambda shapes, sent: shapes.opened(sent, _AT, TABLET),
    lambda shapes, sent: shapes.opened(sent, _AT, PHONE, log=True),
    lambda shapes, sent: shapes.clicked(sent, _AT, LAPTOP, sent.links[0]),
)
"""The repeating sequence of events; each kind is recognisable without a label."""
