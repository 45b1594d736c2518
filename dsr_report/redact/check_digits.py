"""Payment and identity numbers, told from other digits by their check digits."""

from __future__ import annotations

import re
from collections.abc import Iterator

_IBAN = re.compile(r"\b([A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?)\b")
_CARD = re.compile(r"(?<!\d)(\d(?:[ -]?\d){12,18})(?!\d)")
_BSN = re.compile(r"(?<!\d)(\d{9})(?!\d)")
_NISS = re.compile(r"(?<!\d)(\d{2}[.]?\d{2}[.]?\d{2}[-]?\d{3}[.]?\d{2})(?!\d)")
_BSN_NAME = re.compile(r"bsn|burgerservice|sofi", re.IGNORECASE)
_NISS_NAME = re.compile(r"niss|rijksregister|registre.?national|insz", re.IGNORECASE)


def find_numbers(name: str, text: str) -> Iterator[tuple[str, str]]:
    """Each number with its kind: `iban`, `card`, `bsn`, `niss`.

    The last two are only nine or eleven digits, so they count only under a field `name` that says so.
    """
    for match in _IBAN.finditer(text):
        if _is_iban(match.group(1)):
            yield "iban", match.group(1)
    for match in _CARD.finditer(text):
        if _is_card(match.group(1)):
            yield "card", match.group(1)
    if _BSN_NAME.search(name):
        yield from (("bsn", m.group(1)) for m in _BSN.finditer(text) if _is_bsn(m.group(1)))
    if _NISS_NAME.search(name):
        yield from (("niss", m.group(1)) for m in _NISS.finditer(text) if _is_niss(m.group(1)))


def _is_iban(text: str) -> bool:
    compact = text.replace(" ", "")
    if not 15 <= len(compact) <= 34:
        return False
    turned = compact[4:] + compact[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1


def _is_card(text: str) -> bool:
    digits = [int(c) for c in text if c.isdigit()]
    if len(set(digits)) < 4 or digits[0] not in {3, 4, 5, 6}:
        return False
    doubled = [d if i % 2 == 0 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _is_bsn(text: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return int(text) > 0 and sum(w * int(d) for w, d in zip(weights, text, strict=True)) % 11 == 0


def _is_niss(text: str) -> bool:
    digits = "".join(c for c in text if c.isdigit())
    body, check = int(digits[:9]), int(digits[9:])
    return check in {97 - body % 97, 97 - int(f"2{digits[:9]}") % 97}
