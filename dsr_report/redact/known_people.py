"""Recognition of the subject and the controller in a text, in any spelling: they are no other person."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from dsr_report.addresses import ADDRESS
from dsr_report.lexicon import WORDS
from dsr_report.redact.mentions import Passage
from dsr_report.redact.names_in_text import WORD
from dsr_report.redact.skeleton import skeleton
from dsr_report.redact.telephones import telephones

_WORD_OR_NUMBER = re.compile(r"\w+")
_LINES = re.compile(r"[,;\r\n]+")
_MOST_WORDS = 8
"""Words of one part of an address, such as a street name; longer parts are not recognised."""
_LENGTH_OF_POST_CODE = 5
"""Digits that identify a place; a shorter number is a house number, which alone identifies nothing."""
_INFIXES = frozenset(WORDS.name_infixes)


@dataclass(slots=True)
class KnownPeople:
    """Names, addresses and numbers of the subject and the controller."""

    addresses: set[str] = field(default_factory=set)
    names: set[bytes] = field(default_factory=set)
    """Skeletons of the words of names."""
    values: set[bytes] = field(default_factory=set)
    """Skeletons of whole values: streets, places, accounts, numbers."""
    telephones: set[str] = field(default_factory=set)
    country: str = ""
    """ISO code of the country of telephone numbers without a country code."""

    def add_name(self, text: str) -> None:
        """Add the words of a name."""
        self.names.update(filter(None, (skeleton(word) for word in WORD.findall(text))))

    def add_value(self, text: str) -> None:
        """Add a whole value, and the lines, addresses and telephone numbers in it."""
        self.values.add(skeleton(text))
        self.values.update(filter(None, map(skeleton, _LINES.split(text))))
        self.addresses.update(address.casefold() for address in ADDRESS.findall(text))
        for _start, spelled, numbers in telephones(text, self.country):
            self.telephones |= numbers
            self.values.add(skeleton(spelled))

    def has_value(self, text: str) -> bool:
        """Whether a whole text is only a known value."""
        form = skeleton(text)
        return not form or form in self.values or text.strip().casefold() in self.addresses

    def with_name(self, author: str) -> KnownPeople:
        """A copy with the sender's name, if the message is from a known address."""
        if not any(address.casefold() in self.addresses for address in ADDRESS.findall(author)):
            return self
        words = (skeleton(word) for word in WORD.findall(ADDRESS.sub(" ", author)))
        return replace(self, names=self.names | {word for word in words if word})

    def has(self, passage: Passage) -> bool:
        """Whether a passage is the subject's or the controller's."""
        form = skeleton(passage.text)
        if passage.kind == "address":
            return passage.text.casefold() in self.addresses
        if passage.kind == "person":
            words = [skeleton(word) for word in WORD.findall(passage.text)]
            own = [word in self.names or word.decode("utf-8", "replace") in _INFIXES for word in words]
            return all(own) or (len(words) > 1 and form in self.values)
        return form in self.values or (passage.kind == "postal-address" and self._has_place(passage.text))

    def _has_place(self, text: str) -> bool:
        """Whether every part of a postal address is known, its first number together with a neighbour."""
        words = _WORD_OR_NUMBER.findall(text)
        number = next((at for at, word in enumerate(words) if word[0].isdigit()), None)
        known_until = {0}
        for end in range(1, len(words) + 1):
            for start in range(max(0, end - _MOST_WORDS), end):
                is_bare = end - start == 1 and start == number and len(words[start]) < _LENGTH_OF_POST_CODE
                if (
                    start in known_until
                    and not is_bare
                    and skeleton("".join(words[start:end])) in self.values
                ):
                    known_until.add(end)
        return len(words) in known_until
