"""Foreign keys of messages and mailings, from whichever id a record has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from dsr_report.records.fields import FieldReader, family_of
from dsr_report.records.names import normalised_key, word_set
from dsr_report.records.parsers.mail import read_message
from dsr_report.records.raw_record import RawRecord

_NAMES_OF_IDS = word_set("messageid internal internalid id destination message destinationid")
"""Members that `read_message` takes ids from; the others of a message are many, and long."""


def message_key(message_id: str | None, family: str | None) -> str | None:
    """The provisional key of a message, until all are known: a public id, or product and number."""
    if message_id is None:
        return None
    return f"{family or ''}:{message_id}" if message_id.isdigit() else message_id


class MessageIds:
    """Maps numbers of messages to public ids, across products."""

    def __init__(self) -> None:
        self._by_family: dict[str, str] = {}
        self._by_number: dict[str, str | None] = {}
        self._there: set[str] = set()

    def learn_of(self, found: RawRecord, zone: ZoneInfo) -> None:
        """Learn the ids of a message that is not parsed."""
        value = found.value
        if type(value) is dict and not any(type(member) is dict for member in value.values()):
            names = set(map(normalised_key, value))
            members = {
                name: member for name, member in value.items() if normalised_key(name) in _NAMES_OF_IDS
            }
            reader = FieldReader(found._replace(value=members), zone)
        else:  # the message may be what one of its members wraps
            reader = FieldReader(found, zone)
            names = reader.names
        read_message(reader)
        ids = reader.fields.get("internal_id"), reader.fields.get("message_id")
        self.learn(*ids, family_of(names, found))

    def learn(self, number: str | None, public: str | None, family: str | None) -> None:
        """Learn the ids of one message."""
        if public is not None:
            self._there.add(public)
        elif number is not None:
            self._there.add(f"{family or ''}:{number}")
        if number is None or public is None:
            return
        self._by_family.setdefault(f"{family or ''}:{number}", public)
        if self._by_number.setdefault(number, public) != public:
            self._by_number[number] = None  # the same number in two products

    def resolve(self, key: str) -> str:
        """The final key of a message for a provisional one."""
        family, colon, number = key.rpartition(":")
        if not colon or not number.isdigit():
            return key
        found = self._by_family.get(key) or self._by_number.get(number)
        return found or (key if family else f"destination:{number}")

    def in_export(self) -> frozenset[str]:
        """The final keys of the messages that the export has."""
        return frozenset(map(self.resolve, self._there))


def mailing_key(mailing_id: str | None, family: str | None) -> str | None:
    """The provisional key of a mailing, until all are known: product (or nothing) and number."""
    return None if mailing_id is None else f"{family or ''}:{mailing_id}"


class MailingIds:
    """Maps numbers of mailings to products, for references without a product."""

    def __init__(self) -> None:
        self._families: dict[str, set[str]] = {}

    def learn(self, mailing_id: str | None, family: str | None) -> None:
        """Learn one mailing."""
        if mailing_id is not None and family is not None:
            self._families.setdefault(mailing_id, set()).add(family)

    def resolve(self, key: str) -> str:
        """The final key of a mailing for a provisional one; `mailing:NUMBER` if the product stays unknown."""
        family, _, number = key.partition(":")
        if family:
            return key
        families = self._families.get(number, set())
        return f"{next(iter(families)) if len(families) == 1 else 'mailing'}:{number}"


class NumberedKeys:
    """Numbers the second and further rows of a key (`…-2`); no number makes a key that is one itself.

    Args:
        own: keys that rows have by themselves, as far as they are known; the first row of each keeps it.
    """

    def __init__(self, own: Iterable[str] = ()) -> None:
        self._own = set(own)
        self._given: set[str] = set()
        self._counts: Counter[str] = Counter()

    def key(self, own: str) -> str:
        """The key of the next row that has `own`."""
        count = self._counts[own] + 1
        key = own if count == 1 else f"{own}-{count}"
        while key in self._given or (key != own and key in self._own):
            count += 1
            key = f"{own}-{count}"
        self._counts[own] = count
        self._given.add(key)
        return key
