"""The history between a shop and a person: messages sent, and the events of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from .dice import Dice, moment
from .letters import Letter, Shop
from .mailer import Mailer
from .shapes import Device, Person, Record, Sent, Shapes


class Story:
    """The history between a person and a sender, built record by record."""

    def __init__(
        self,
        shop: Shop,
        person: Person,
        name: str,
        seed: str,
        first_id: int,
        *,
        devices: Sequence[Device],
        switch: datetime | None = None,
        first_number: int = 0,
    ) -> None:
        """Begin a story; from `switch` on messages are sent by Marketing Suite, before it by Publisher."""
        self.dice = Dice(seed)
        self.mailer = Mailer(shop, person, name, f"{seed} mail", first_number)
        self.shapes = Shapes(person, first_id)
        self.devices = devices
        self.sent: list[Sent] = []
        self._switch = switch
        self._of: dict[str, list[Record]] = {}

    def send(self, at: str | datetime, letter: Letter, **how: Any) -> Sent:
        """Send `letter` with the product in use at that time."""
        when = moment(at) if isinstance(at, str) else at
        family = "publisher" if self._switch and when < self._switch else "suite"
        sent = self.mailer.send(family, when, letter, **how)
        self.sent.append(sent)
        return sent

    def add(self, sent: Sent, *records: Record) -> None:
        """Add records of events of `sent`."""
        self._of.setdefault(sent.hash, []).extend(records)

    def of(self, sent: Sent) -> list[Record]:
        """The records of events of `sent` so far."""
        return self._of.get(sent.hash, [])

    def finish(self, *, eager: float = 0.75) -> list[Record]:
        """All messages in order of time, each with its events; those without any get the usual ones."""
        self.sent.sort(key=lambda sent: sent.at)
        records = []
        for sent in self.sent:
            if not self.of(sent):
                self.usual_fate(sent, eager=eager)
            records += [self.shapes.message(sent), *self.of(sent)]
        return records

    def usual_fate(self, sent: Sent, *, eager: float) -> None:
        """Add random events: a delivery, and possibly an attempt, opens and clicks."""
        dice, shapes = self.dice, self.shapes
        log = dice.chance(0.4)
        self.add(sent, shapes.delivery(sent, sent.at + timedelta(seconds=dice.between(3, 40)), log=log))
        if dice.chance(0.15):
            self.add(sent, shapes.attempt(sent, sent.at))
        at = sent.at
        for _ in range(dice.between(1, 3) if dice.chance(eager) else 0):
            at += timedelta(minutes=dice.between(4, 900), seconds=dice.below(60))
            device = dice.pick(self.devices)
            old = sent.at.year <= 2021 and sent.family == "publisher" and dice.chance(0.5)
            self.add(sent, shapes.opened(sent, at, device, log=log and not old, old=old))
            if dice.chance(0.45):
                link = dice.pick(sent.links)
                moment_after = at + timedelta(seconds=dice.between(8, 240))
                self.add(sent, shapes.clicked(sent, moment_after, device, link, log=log))
