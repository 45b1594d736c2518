"""Reproducible pseudo-random choices, and times without a zone."""

# ruff: noqa: DTZ001 - Copernica's times name no zone

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

Picked = TypeVar("Picked")
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


class Dice:
    """A seeded random generator, built on `random()` alone, the one method with a guaranteed sequence."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random

    def below(self, end: int) -> int:
        """An integer from 0 to `end`, exclusive."""
        return int(self._random() * end)

    def between(self, first: int, last: int) -> int:
        """An integer from `first` to `last`, inclusive."""
        return first + self.below(last - first + 1)

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self._random() < probability

    def pick(self, choices: Sequence[Picked]) -> Picked:
        """One of `choices`."""
        return choices[self.below(len(choices))]

    def hexadecimal(self, length: int) -> str:
        """Hexadecimal digits, as in a hash."""
        return "".join(_BASE36[self.below(16)] for _ in range(length))

    def base36(self, length: int) -> str:
        """Lower-case letters and digits, as in a Marketing Suite message id."""
        return "".join(_BASE36[self.below(36)] for _ in range(length))

    def base64(self, length: int) -> str:
        """Base64 text that looks like a signature."""
        return "".join(_BASE64[self.below(64)] for _ in range(length - 1)) + "="


def moment(text: str) -> datetime:
    """`2021-04-08 09:00:00` as a time without a zone."""
    return datetime.fromisoformat(text)


def stamp(at: datetime) -> str:
    """A time as Copernica writes it."""
    return at.strftime("%Y-%m-%d %H:%M:%S")


def hours_from_utc(at: datetime) -> int:
    """Hours of offset of Central European (summer) time at this local time, without a time zone database."""
    return (
        2
        if _last_sunday(at.year, 3) + timedelta(hours=2)
        <= at
        < _last_sunday(at.year, 10) + timedelta(hours=3)
        else 1
    )


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def mail_date(at: datetime) -> str:
    """The `Date` of a message sent at this local time."""
    day = f"{_DAYS[at.weekday()]}, {at.day:02d} {_MONTHS[at.month - 1]} {at.year} {at:%H:%M:%S}"
    return f"{day} +0{hours_from_utc(at)}00"
