"""Search keys (needles) of a passage: its letters, and equivalent spellings by people and programs.

Telephone numbers are equal with and without the prefixes of country and trunk, dates in each order of day,
month and year, names in each order of their words. A digest of a passage counts as the passage.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from dsr_report.lexicon import WORDS
from dsr_report.redact.digests import keys_of_text
from dsr_report.redact.randomness import is_random
from dsr_report.redact.readings import Reading, readings_of_text
from dsr_report.redact.skeleton import skeleton

_SHORTEST_LOOSE = 6
"""Letters and digits; a passage with fewer is searched with its punctuation."""
_SHORTEST_GROUPED = 9
"""Digits; shorter grouped numbers are also times and days."""
COUNTRY = (
    "(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-689][0-9]|3[578][0-9]|42[0-9]|5[09][0-9]|"
    "6[7-9][0-9]|8[0578][0-9]|9[679][0-9])"
)
"""Country codes of ITU-T E.164 (2023)."""
_TELEPHONE = re.compile(r"\s*(?:(?P<abroad>\+|00)[\s().-]*)?[\d\s()./-]+")
_DATE = re.compile(
    r"(?:([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})|([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}))"
)
_DIGEST_OF = "\x1d"
"""Prefix of a passage of which only the digests are searched."""
_WORD = re.compile(r"[A-Za-z0-9]+")
_SHORTEST_WORD = 10
"""Letters and digits of a word that no text has by chance."""
_NAME_WORD = re.compile(r"[^\W\d_]+")
_NAME = re.compile(r"[^\W\d_]+(?:[ \u00a0.,'’-]+[^\W\d_]+)*\.?")
_MOST_WORDS = 5
"""Words of a name; a passage with more is a sentence."""
_IBAN = re.compile(r"(?P<country>[a-z]{2})\d{2}(?P<number>[a-z0-9]{10,30})")
_SHORTEST_ACCOUNT = 7
"""Digits; a shorter account number is not searched."""
_INVISIBLE = re.compile(r"[\s\u00ad\u034f\u200b-\u200f\u2060-\u2064\ufeff]+")
_SMALL = frozenset(word.casefold() for word in WORDS.name_infixes)


def digests_alone(text: str) -> str:
    """A passage that is searched by the digests of `text` only."""
    return _DIGEST_OF + text


def is_for_digests(passage: str) -> bool:
    """Whether only the digests of a passage are searched."""
    return passage.startswith(_DIGEST_OF)


class Needle(NamedTuple):
    """A search key of a passage."""

    passage: str
    form: bytes
    is_loose: bool
    """The form is a skeleton: punctuation and blanks make no difference."""
    is_bounded: bool
    """It must not be part of a longer word."""
    country: str | None
    """Of a telephone number (`form` has no prefixes): its country code, `""` if unknown; else None."""


def needles_of(passage: str) -> tuple[Needle, ...]:
    """All search keys of a passage, except its digests."""
    if is_for_digests(passage):
        return ()
    telephone = _of_telephone(passage)
    if telephone is not None:
        country, digits = telephone
        return (Needle(passage, digits.encode(), True, True, country),)
    loose = skeleton(passage)
    has_signs = any(unicodedata.category(character)[0] == "S" for character in passage)
    letters = loose.decode("utf-8", "surrogatepass")
    is_short_number = letters.isdigit() and len(letters) < _SHORTEST_GROUPED and passage.strip().isdigit()
    if (
        len(letters) < _SHORTEST_LOOSE
        or is_short_number
        or (has_signs and len(letters) < 2 * _SHORTEST_LOOSE)
    ):
        return (Needle(passage, squeeze(passage).encode("utf-8", "surrogatepass"), False, True, None),)
    is_word = letters.isdigit() or (letters.isalpha() and not is_random(passage))
    is_bounded = is_word or len(letters) < _SHORTEST_WORD
    forms = [loose, *_other_forms(passage)]
    forms += map(skeleton, _with_small_words_cut(words_of_name(passage)))
    for turned in in_other_orders(words_of_name(passage)):
        forms += [skeleton(" ".join(turned)), *_other_forms(" ".join(turned))]
    whole = [
        Needle(passage, form, True, is_bounded, None)
        for form in dict.fromkeys(forms)
        if len(form) >= _SHORTEST_LOOSE
    ]
    accounts = [Needle(passage, form, True, True, None) for form in dict.fromkeys(_accounts(letters))]
    return (*whole, *accounts)


def words_of_name(passage: str) -> tuple[str, ...]:
    """The words of a passage that may be a name; empty for other passages."""
    words = tuple(_NAME_WORD.findall(passage))
    is_name = 1 < len(words) <= _MOST_WORDS and _NAME.fullmatch(passage.strip()) is not None
    return words if is_name else ()


def _with_small_words_cut(words: tuple[str, ...]) -> Iterator[str]:
    """A name with its infixes abbreviated: `Karin v.d. Berg`."""
    if any(word.casefold() in _SMALL for word in words[1:-1]):
        yield " ".join(word[0] if word.casefold() in _SMALL else word for word in words)


def in_other_orders(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A name's words in other orders: `Dubbelaar, Teun`, `Berg, Karin van der`, `Berg, van der, Karin`."""
    for first in range(1, len(words)):
        yield words[first:] + words[:first]
    if len(words) > 2:
        yield (words[-1], *words[1:-1], words[0])


def _accounts(letters: str) -> Iterator[bytes]:
    """The account number in an IBAN, in national notation."""
    match = _IBAN.fullmatch(letters)
    if match is None:
        return
    number = match["number"]
    last = {"NL": 10, "BE": 12, "DE": 10, "AT": 11, "LU": 13}.get(match["country"].upper())
    found = [number]
    if match["country"].upper() == "FR":
        found.append(number[10:21])
    elif last is not None:
        found += [number[-last:], number[-last:].lstrip("0")]
    yield from (one.encode() for one in found if len(one) >= _SHORTEST_ACCOUNT)


def _other_forms(passage: str) -> Iterator[bytes]:
    """Equivalent forms: letters dropped or transliterated, a decoded domain, a date in other orders."""
    if not passage.isascii():
        yield skeleton("".join(c for c in passage if c.isascii()))
        composed = unicodedata.normalize("NFC", passage).casefold()
        yield skeleton(
            composed.translate({ord(c): f"{c}e" for c in "äöüåø"}).replace("åe", "aa").replace("øe", "oe")
        )
    if "xn--" in passage.lower():
        for reading in readings_of_text(Reading(passage)):
            yield skeleton(reading.text)
    if match := _DATE.fullmatch(passage.strip()):
        year, month, day = match.group(1, 2, 3) if match[1] else match.group(6, 5, 4)
        for one, other in ((day, month), (month, day)):
            yield f"{one:0>2}{other:0>2}{year}".encode()
            yield f"{int(one)}{int(other)}{year}".encode()
            yield f"{year}{one:0>2}{other:0>2}".encode()


def _of_telephone(passage: str) -> tuple[str, str] | None:
    """The country code, `""` if absent, and the digits after the prefixes; None if no telephone number."""
    match = _TELEPHONE.fullmatch(passage)
    digits = "".join(character for character in passage if character in "0123456789")
    if match is None or not _SHORTEST_GROUPED <= len(digits) <= 17 or _DATE.fullmatch(passage.strip()):
        return None
    if match["abroad"]:
        rest = digits.removeprefix("00") if match["abroad"] == "00" else digits
        code = re.match(COUNTRY, rest)
        if code is None:
            return None
        return code[0], rest[code.end() :].removeprefix("0")
    return "", digits.removeprefix("0")


def squeeze(text: str) -> str:
    """A text with punctuation, in one case and without blanks: the form of passages that are not loose."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).casefold())


def is_found_by_word(needle: Needle) -> bool:
    """Whether a passage has a word of both letters and digits, as tokens do, which no text has by chance."""
    word = token_word(needle.passage)
    is_free = needle.is_loose and not needle.is_bounded and needle.country is None
    return is_free and len(word) >= _SHORTEST_WORD and not word.isalpha() and not word.isdigit()


@lru_cache(maxsize=256)
def digests_of(passage: str) -> frozenset[bytes]:
    """The digests from which a passage could be guessed; none for a random passage."""
    if is_for_digests(passage):
        return keys_of_text(passage[1:])
    if "@" not in passage and is_random(passage, shortest=16):
        return frozenset()
    others: list[str] = []
    for needle in needles_of(passage):
        form = needle.form.decode("utf-8", "surrogatepass")
        if needle.country is None:
            others.append(form)
        else:
            codes = [needle.country] if needle.country else ["31", "32", "49", "33"]
            others += [
                form,
                f"0{form}",
                *(f"{lead}{code}{form}" for code in codes for lead in ("", "+", "00")),
            ]
    return keys_of_text(passage, tuple(others))


def token_word(token: str) -> str:
    """The longest run of ASCII letters and digits in a token, in lower case."""
    return max(_WORD.findall(token), key=len, default="").lower()
