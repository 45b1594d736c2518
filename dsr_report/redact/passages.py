"""The texts that are hidden everywhere: found in every reading of a value, file or message, and replaced.

A passage is found where its skeleton is in the skeleton of a reading, at the bounds of words. Telephone
numbers are the same with and without the prefixes of country and trunk, dates in each order of day, month
and year; a digest of a passage counts as the passage, as whoever guesses it can prove the guess.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from typing import NamedTuple

from dsr_report.lexicon import WORDS
from dsr_report.mime.inside_files import texts_inside
from dsr_report.mime.rich_text import text_of_rtf
from dsr_report.redact.digests import SHORTEST as SHORTEST_DIGEST
from dsr_report.redact.digests import keys_in, keys_of_text, runs_in
from dsr_report.redact.encoded_runs import runs_alone
from dsr_report.redact.randomness import is_random
from dsr_report.redact.readings import (
    TAG,
    Endless,
    Reading,
    Search,
    readings_of_text,
)
from dsr_report.redact.skeleton import BORDER, skeleton, skeleton_of

_SHORTEST_LOOSE = 6
"""Letters and digits; what has fewer is a passage only with the signs in it."""
_SHORTEST_GROUPED = 9
"""Digits; shorter numbers in groups are times and days as well."""
_COUNTRY = (
    "(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-689][0-9]|3[578][0-9]|42[0-9]|5[09][0-9]|"
    "6[7-9][0-9]|8[0578][0-9]|9[679][0-9])"
)
"""Country codes of ITU-T E.164 (2023)."""
_TELEPHONE = re.compile(r"\s*(?:(?P<abroad>\+|00)[\s().-]*)?[\d\s()./-]+")
_PREFIX = re.compile(
    rf"(?:(?:\+|(?<![0-9])00)[\s().-]*{_COUNTRY}[\s().-]*|(?<![0-9]){_COUNTRY})?(?:\(?0\)?[\s./-]*)?\Z"
)
_LONGEST_PREFIX = 24
_WIDTHS = (160, 640, 2560)
"""Letters that the longest passage may have; a few widths only, as what is read with one is remembered."""
_DATE = re.compile(
    r"(?:([0-9]{4})[-/. ]([0-9]{1,2})[-/. ]([0-9]{1,2})|([0-9]{1,2})[-/. ]([0-9]{1,2})[-/. ]([0-9]{4}))"
)
_NOTHING_DECODED = 0
"""In place of a width: the text as it is, and no other reading of it."""
_DIGEST_OF = "\x1d"
"""Before a text of which only the digests are looked for."""
_LARGE = 300_000
"""Characters; the readings of a longer text are not remembered."""
_MOST_REMEMBERED = 1_500_000
"""Characters of readings: the texts of some newsletters, before and after they are changed."""
_WORD = re.compile(r"[A-Za-z0-9]+")
_LETTERS = re.compile(r"[A-Za-z0-9\x1e]+|[^\x00-\x7f]")
_SHORTEST_WORD = 10
_LONG_WORD = re.compile(rb" (" + rb"[^ ]" * _SHORTEST_WORD + rb"[^ ]*)")
"""Among words in one case, with a space for all else (`_PLAIN`): that is twice as fast."""
_PLAIN = bytes(byte if byte < 128 and chr(byte).isalnum() else ord(" ") for byte in range(256)).lower()
_MOST_SEARCHED = 40
"""Passages that are looked for one by one; of more, those with a long word are found by that word."""
_ROUNDS = 8
_PIECE = 4
_NAME_WORD = re.compile(r"[^\W\d_]+")
_NAME = re.compile(r"[^\W\d_]+(?:[ \u00a0.,'’-]+[^\W\d_]+)*\.?")
_MOST_WORDS = 5
"""Of a name; what has more is a sentence."""
_IBAN = re.compile(r"(?P<country>[a-z]{2})\d{2}(?P<number>[a-z0-9]{10,30})")
_SHORTEST_ACCOUNT = 7
_INVISIBLE = re.compile(r"[\s\u00ad\u034f\u200b-\u200f\u2060-\u2064\ufeff]+")
_SMALL = frozenset(word.casefold() for word in WORDS.name_infixes)
_FIRST_WITHOUT_SPACES = 0x0E00
"""From Thai on, most scripts set no spaces between words (Korean does, and its endings follow the word)."""


def digests_alone(text: str) -> str:
    """A passage that stands for the digests of a text, and not for the text."""
    return _DIGEST_OF + text


class Needle(NamedTuple):
    """What a passage is found by."""

    passage: str
    form: bytes
    is_loose: bool
    """Signs and blanks make no difference."""
    is_bounded: bool
    """It must not be a piece of a longer word."""
    country: str | None
    """Of a telephone number, the form being its last part: the code of its country, `""` where unknown."""


def needles_of(passage: str) -> tuple[Needle, ...]:
    """Everything that a passage is found by, but for its digests."""
    if passage.startswith(_DIGEST_OF):
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
        return (Needle(passage, _squeeze(passage).encode("utf-8", "surrogatepass"), False, True, None),)
    is_bounded = letters.isalpha() or letters.isdigit() or len(letters) < _SHORTEST_WORD
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
    """The words of a passage that may be a name; none of another."""
    words = tuple(_NAME_WORD.findall(passage))
    is_name = 1 < len(words) <= _MOST_WORDS and _NAME.fullmatch(passage.strip()) is not None
    return words if is_name else ()


def _with_small_words_cut(words: tuple[str, ...]) -> Iterator[str]:
    """A name with its small words as they are cut short: `Karin v.d. Berg`."""
    if any(word.casefold() in _SMALL for word in words[1:-1]):
        yield " ".join(word[0] if word.casefold() in _SMALL else word for word in words)


def in_other_orders(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A name turned round: `Dubbelaar, Teun`, `Berg, Karin van der`, `Berg, van der, Karin`."""
    for first in range(1, len(words)):
        yield words[first:] + words[:first]
    if len(words) > 2:
        yield (words[-1], *words[1:-1], words[0])


def _accounts(letters: str) -> Iterator[bytes]:
    """The number of the account in an IBAN, as it was written before there was one."""
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
    """What else is the same text: with letters lost or written out on the way, of a domain, of a day."""
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
    """The country's code, if it is said, and the digits after the prefixes; None of what nobody calls."""
    match = _TELEPHONE.fullmatch(passage)
    digits = "".join(character for character in passage if character in "0123456789")
    if match is None or not _SHORTEST_GROUPED <= len(digits) <= 17 or _DATE.fullmatch(passage.strip()):
        return None
    if match["abroad"]:
        rest = digits.removeprefix("00") if match["abroad"] == "00" else digits
        code = re.match(_COUNTRY, rest)
        if code is None:
            return None
        return code[0], rest[code.end() :].removeprefix("0")
    return "", digits.removeprefix("0")


def _squeeze(text: str) -> str:
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text).casefold())


@lru_cache(maxsize=4096)
def _squeezed_of(character: str) -> str:
    return _squeeze(character)


class Passages:
    """Texts to look for, and the marks of what was hidden already (in which nothing is looked for)."""

    def __init__(self, passages: Iterable[str], marks: Iterable[str] = ()) -> None:
        passages = list(passages)
        needles = [needle for passage in passages for needle in needles_of(passage) if needle.form]
        by_word = (
            {needle for needle in needles if _is_found_by_word(needle)}
            if len(needles) > _MOST_SEARCHED
            else set()
        )
        rest = [needle for needle in needles if needle not in by_word]
        self._needles = rest
        self._loose = [needle for needle in self._needles if needle.is_loose]
        self._strict = [needle for needle in self._needles if not needle.is_loose]
        self._words: dict[str, list[Needle]] = {}
        for needle in by_word:
            self._words.setdefault(token_word(needle.passage), []).append(needle)
        searched = {needle.passage for needle in rest}
        self._digested = [one for one in passages if one in searched or one.startswith(_DIGEST_OF)]
        seen = [mark for mark in marks if _holds_any(skeleton(mark), self._needles)]
        spelled = dict.fromkeys(text for mark in seen for text in (mark, html.escape(mark)))
        self._marks = re.compile("|".join(map(re.escape, spelled))) if spelled else None
        shortest = [len(needle.form) for needle in needles]
        self._shortest = min([*shortest, SHORTEST_DIGEST] if self._digested else shortest, default=0)
        longest = max((len(needle.form) for needle in needles), default=0)
        self._width = next((width for width in _WIDTHS if width > longest + _LONGEST_PREFIX), None)

        self._is_any = bool(self._needles or self._words or self._digested)
        self.first = next(iter(passages), "")
        """The passage whose mark stands for what cannot be told apart."""

    def __bool__(self) -> bool:
        return self._is_any

    def may_be_in(self, text: str) -> bool:
        """False for a text that is too short for all of them; what is not ASCII may stand for more."""
        return self._is_any and (len(text) >= self._shortest or not text.isascii())

    def seen_in(self, content: str | bytes, charset: str | None = None, media_type: str = "") -> set[str]:
        """The passages that a value (text), or a file, part or message (bytes), holds in any reading.

        Several values may be joined by `BORDER`.

        Raises:
            Endless: it has more readings than can be looked through.
        """
        found: set[str] = set()
        if isinstance(content, str):
            if self.may_be_in(content):
                self._look(_readings_of(self._plain(content), self._width), found)
                if content.startswith("{\\rtf"):
                    rich = self._plain(text_of_rtf(content.encode("utf-8", "replace")))
                    self._look(_readings_of(rich, self._width), found)
            return found
        literal = self._plain(content.decode("utf-8", "replace").replace(BORDER, " "))
        self._look(_REMEMBERED.of(literal, _NOTHING_DECODED), found)
        for text in dict.fromkeys(texts_inside(content, charset, media_type)):
            self._look(_readings_of(self._plain(text), self._width), found)
        return found

    def seen_literally(self, content: str | bytes) -> set[str]:
        """Those that stand in bytes as they are, nothing decoded; a longer word is another."""
        found: set[str] = set()
        text = self._plain(content if isinstance(content, str) else content.decode("utf-8", "replace"))
        for needle in self._needles:
            passage = needle.passage
            start = text.find(passage)
            while start >= 0 and needle.is_bounded:
                if _is_bounded(text, start, start + len(passage), needle):
                    break
                start = text.find(passage, start + 1)
            if start >= 0:
                found.add(passage)
        return found

    def seen_as_printed(self, text: str) -> set[str]:
        """Those that a reader of a text sees, in any spelling, nothing decoded."""
        found: set[str] = set()
        self._look([_read(Reading(self._plain(text)), None)], found)
        return found

    @cached_property
    def _digests(self) -> dict[bytes, str]:
        """What is hidden, by its digests: hundreds of each, made once a text has something like a digest."""
        return {key: passage for passage in self._digested for key in _digests_of(passage)}

    def _plain(self, text: str) -> str:
        return self._marks.sub(lambda match: BORDER * len(match.group()), text) if self._marks else text

    def _look(self, read: Iterable[_Read], found: set[str]) -> None:
        for reading, letters, digests in read:
            text = reading.text
            for needle in self._loose:
                if needle.form in letters and needle.passage not in found and _stands_in(reading, needle):
                    found.add(needle.passage)
            if self._strict:
                squeezed = _squeeze(text).encode("utf-8", "surrogatepass")
                for needle in self._strict:
                    if needle.form in squeezed and _stands_in(reading, needle):
                        found.add(needle.passage)
            if self._words:
                for word in self._words.keys() & words_in(text):
                    found |= {needle.passage for needle in self._words[word] if needle.form in letters}
            if digests and self._digested:
                found |= {self._digests[key] for key in digests if key in self._digests}

    def without(self, text: str, mark_of: Callable[[str], str], present: Iterable[str]) -> str | None:
        """A text without these passages, or None where it still has one when all that can be is replaced."""
        only = (
            Passages(sorted(present), map(mark_of, present))
            if self._marks
            else passages_of(tuple(sorted(present)))
        )
        for _ in range(_ROUNDS):
            try:
                seen = only.seen_in(text)
            except Endless:
                return None
            if not seen:
                return text
            changed = only.literally_without(text, mark_of, seen) if _are_unlike(seen) else text
            if changed == text:
                try:
                    changed = only.exactly_without(text, mark_of, seen)
                except Endless:
                    return None
            if changed == text:
                return None
            text = changed
        return None

    def literally_without(self, text: str, mark_of: Callable[[str], str], seen: set[str]) -> str:
        """A text without the passages that stand in it letter for letter."""
        for needle in self._needles:
            if needle.passage in seen and needle.country is None and needle.is_loose:
                pattern = _pattern_of(needle.passage)
                mark = mark_of(needle.passage)

                def replacement(match: re.Match[str], mark: str = mark, needle: Needle = needle) -> str:
                    start, end = match.span()
                    return mark if _is_bounded(match.string, start, end, needle) else match.group()

                text = pattern.sub(replacement, text)
        return text

    def exactly_without(self, text: str, mark_of: Callable[[str], str], seen: set[str]) -> str:
        """A text without these passages, in each of its readings; tags among their letters are kept."""
        spans: list[tuple[int, int, str]] = []
        for reading in readings_of_text(Reading.located(self._plain(text))):
            if reading.starts is None or reading.ends is None:
                continue
            for start, end, passage in self._places(reading, seen):
                first, last = reading.starts[start], reading.starts[end - 1]
                spans.append((min(first, last), max(reading.ends[start], reading.ends[end - 1]), passage))
        out: list[str] = []
        done = 0
        for start, end, passage in sorted(spans, key=lambda span: (span[0], -span[1])):
            if start < done:
                if end > done:  # the rest of one that begins within another
                    out += TAG.findall(text[done:end])
                    done = end
                continue
            out += [text[done:start], mark_of(passage)]
            if "<" in text[start:end]:
                out += [match.group() for match in TAG.finditer(text[start:end])]
            done = end
        out.append(text[done:])
        return "".join(out)

    def _places(self, reading: Reading, seen: set[str]) -> Iterator[tuple[int, int, str]]:
        for needle in self._needles:
            if needle.passage in seen:
                for start, end in _places(reading, needle):
                    yield start, end, needle.passage
        for needles in self._words.values():
            for needle in needles:
                if needle.passage in seen:
                    for start, end in _places(reading, needle):
                        yield start, end, needle.passage
        for run in runs_in(reading.text) if self._digested else ():
            passage = self._digests.get(run.key)
            if passage is not None and passage in seen:
                yield run.start, run.end, passage


def _holds_any(letters: bytes, needles: Iterable[Needle]) -> bool:
    return any(needle.form in letters for needle in needles)


def _is_found_by_word(needle: Needle) -> bool:
    """Whether a passage has a word that no text holds by chance: of letters and digits, as tokens have."""
    word = token_word(needle.passage)
    return needle.is_loose and len(word) >= _SHORTEST_WORD and not word.isalpha() and not word.isdigit()


class _Read(NamedTuple):
    """A reading, with what is looked for in it."""

    reading: Reading
    letters: bytes
    """Its skeleton."""
    digests: frozenset[bytes]
    """The keys of what may be digests."""


def _read(reading: Reading, search: Search | None) -> _Read:
    text = reading.text
    digests = frozenset[bytes]()
    if len(text) >= SHORTEST_DIGEST:
        digests = frozenset(
            keys_in(text, search.runs_alone(text) if search is not None else runs_alone(text))
        )
    return _Read(reading, skeleton(text), digests)


def _readings_of(text: str, width: int | None) -> Iterable[_Read]:
    """The readings of a text, as far as passages of `width` letters need them."""
    if len(text) > _LARGE:
        return _read_anew(text, width)
    return _REMEMBERED.of(text, width)


def _read_anew(text: str, width: int | None) -> Iterator[_Read]:
    whole = Reading(text, is_decoded="\0" in text)  # in a file, what stands beside a text is no letter of it
    if width == _NOTHING_DECODED:
        return iter([_read(whole, None)])
    search = None if width is None else Search(width)
    return (_read(reading, search) for reading in readings_of_text(whole, search=search))


class _Memory:
    """Readings of the texts that were asked for last: of the message, its parts, and the result."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, int | None], tuple[_Read, ...]] = OrderedDict()
        self._size = 0

    def of(self, text: str, width: int | None) -> tuple[_Read, ...]:
        key = (text, width)
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            return known
        known = self._known[key] = tuple(_read_anew(text, width))
        self._size += _size_of(known)
        while self._size > _MOST_REMEMBERED:
            self._size -= _size_of(self._known.popitem(last=False)[1])
        return known


def _size_of(known: tuple[_Read, ...]) -> int:
    return 200 + sum(len(read.reading.text) + len(read.letters) + 100 * len(read.digests) for read in known)


_REMEMBERED = _Memory()


@lru_cache(maxsize=256)
def passages_of(passages: tuple[str, ...]) -> Passages:
    """`Passages`, remembered: the same few are looked for again and again."""
    return Passages(passages)


def _are_unlike(passages: set[str]) -> bool:
    """Whether no two of them have a piece in common: taking out one cannot leave half of another."""
    known: set[bytes] = set()
    for passage in passages:
        letters = skeleton(passage)
        pieces = {letters[at : at + _PIECE] for at in range(max(1, len(letters) - _PIECE + 1))}
        if not known.isdisjoint(pieces):
            return False
        known |= pieces
    return True


def _stands_in(reading: Reading, needle: Needle) -> bool:
    if not needle.is_bounded:
        return True
    return any(True for _ in _places(reading, needle))


def _places(reading: Reading, needle: Needle) -> Iterator[tuple[int, int]]:
    """Where a passage stands in a reading."""
    text = reading.text
    form = needle.form.decode("utf-8", "surrogatepass")
    whole, at = (_loose_letters if needle.is_loose else _strict_letters)(text)
    found = whole.find(form)
    while found >= 0:
        start, end = at[found], at[found + len(form) - 1] + 1
        if (reading.is_decoded and len(form) > 8 and needle.country is None) or _is_bounded(
            text, start, end, needle
        ):
            if needle.country is not None:
                start -= _prefix_before(text, start)
            yield start, end
            found = whole.find(form, found + len(form))
        else:
            found = whole.find(form, found + 1)


def _loose_letters(text: str) -> tuple[str, list[int]]:
    """The skeleton of a text, and where each of its letters stands."""
    letters: list[str] = []
    at: list[int] = []
    for match in _LETTERS.finditer(text):
        run = match.group()
        if run.isascii():
            letters.append(run.lower())
            at += range(*match.span())
        elif letter := skeleton_of(run):
            letters.append(letter)
            at += [match.start()] * len(letter)
    return "".join(letters), at


def _strict_letters(text: str) -> tuple[str, list[int]]:
    """The same with the signs that are seen."""
    letters: list[str] = []
    at: list[int] = []
    for position, character in enumerate(text):
        if letter := _squeezed_of(character):
            letters.append(letter)
            at += [position] * len(letter)
    return "".join(letters), at


def _prefix_before(text: str, start: int) -> int:
    match = _PREFIX.search(text[max(0, start - _LONGEST_PREFIX) : start])
    return len(match[0]) if match else 0


def _is_bounded(text: str, start: int, end: int, needle: Needle) -> bool:
    """Whether what stands there is no piece of a longer word or number."""
    if not needle.is_bounded:
        return True
    is_address = "@" in needle.passage
    if (
        end < len(text)
        and _are_one_word(text[end - 1], text[end])
        and not (is_address and text[end] > "\x7f")
    ):
        is_genitive = text[end] in "sS" and (end + 1 == len(text) or not text[end + 1].isalpha())
        if not is_genitive or len(needle.form) < 8:
            return False
    if not start or not _are_one_word(text[start - 1], text[start]):
        return True
    if needle.country is None:
        return False
    digits = re.search(r"[0-9]*\Z", text[max(0, start - _LONGEST_PREFIX) : start])
    country = needle.country or _COUNTRY
    return re.fullmatch(rf"(?:(?:00)?{country})?0?", digits[0] if digits else "") is not None


def _are_one_word(left: str, right: str) -> bool:
    if left.isdigit() or right.isdigit():
        return left.isdigit() and right.isdigit()
    if left.islower() and right.isupper():  # orderNumber
        return False
    return left.isalpha() and right.isalpha() and ord(left) < _FIRST_WITHOUT_SPACES > ord(right)


@lru_cache(maxsize=4096)
def _pattern_of(passage: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(map(re.escape, passage.split())), re.IGNORECASE)


@lru_cache(maxsize=256)
def _digests_of(passage: str) -> frozenset[bytes]:
    """The digests of a passage that give it away: what is drawn by chance, none gives away."""
    if passage.startswith(_DIGEST_OF):
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
    """The longest run of ASCII letters and digits in a token, in one case: no text holds it by chance."""
    return max(_WORD.findall(token), key=len, default="").lower()


def words_in(text: str) -> set[str]:
    """Every run of ten and more ASCII letters and digits in a text, in one case."""
    plain = text.encode("utf-8", "surrogatepass").translate(_PLAIN)
    return {word.decode("ascii") for word in _LONG_WORD.findall(b" " + plain)}
