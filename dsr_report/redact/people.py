"""Other people in a text: their names, their postal and e-mail addresses, their telephone and other numbers.

No rule finds everybody: findings are proposals for a person to decide on, and every searched text is also on
a reading list. What is the subject's own or the controller's is left out, in any spelling.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence

from dsr_report.addresses import ADDRESS
from dsr_report.redact.check_digits import find_numbers
from dsr_report.redact.known_people import KnownPeople
from dsr_report.redact.mentions import Passage
from dsr_report.redact.names_in_text import names_in
from dsr_report.redact.postal_addresses import postal_addresses
from dsr_report.redact.telephones import telephones

_FILE_NAMES = frozenset({"png", "jpg", "gif", "svg", "css", "js"})
_LONGEST_TEXT = 200_000
"""Characters; a longer text is searched in pieces of this size."""
Detector = Callable[[str], Iterable[Passage]]
"""An additional way to find people in a text, such as a model; none by default."""


def find_people(text: str, known: KnownPeople, detectors: Sequence[Detector] = ()) -> list[Passage]:
    """Passages in a text about other people, in the order of the text, without overlaps."""
    found: list[Passage] = []
    for offset in range(0, len(text), _LONGEST_TEXT):
        piece = text[offset : offset + _LONGEST_TEXT]
        for detect in (_addresses, _numbers, postal_addresses):
            found += [p._replace(start=p.start + offset) for p in detect(piece)]
        found += [
            Passage("telephone", spelled, start + offset, "a telephone number")
            for start, spelled, numbers in telephones(piece, known.country)
            if not numbers & known.telephones
        ]
        names = [*names_in(piece), *(p for detector in detectors for p in detector(piece))]
        found += [p._replace(start=p.start + offset) for p in names]
    taken: list[tuple[int, int]] = []
    free: list[Passage] = []
    for passage in found:
        at = bisect_left(taken, (passage.start, passage.end))
        if (at and taken[at - 1][1] > passage.start) or (at < len(taken) and taken[at][0] < passage.end):
            continue
        taken.insert(at, (passage.start, passage.end))
        free.append(passage)
    return sorted((p for p in free if not known.has(p)), key=lambda passage: passage.start)


def _addresses(text: str) -> Iterator[Passage]:
    for match in ADDRESS.finditer(text):
        if match.group().rsplit(".", 1)[-1].lower() not in _FILE_NAMES:
            yield Passage("address", match.group(), match.start(), "an address that is not the person's")


def _numbers(text: str) -> Iterator[Passage]:
    for number in find_numbers("", text):
        yield Passage(
            number.kind, number.text, number.start, "a payment or identity number in a text: whose is it?"
        )
