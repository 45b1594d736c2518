"""Other people in a text, and what a text says of anybody that is sensitive (Art. 9, 10 GDPR).

No rule finds everybody: what is found is proposed to a person who decides, and every text that was searched
is on a reading list as well. The words are those of all languages of the lexicon, as one text may mix them.
What is the subject's own or the controller's is left out, in any spelling.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import chain
from typing import NamedTuple

from dsr_report.languages import translatable as _
from dsr_report.lexicon import LEXICONS, WORDS, Lexicon, WordPattern, any_of
from dsr_report.redact.check_digits import find_numbers
from dsr_report.redact.readings import skeleton

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_FILE_NAMES = frozenset({"png", "jpg", "gif", "svg", "css", "js"})
COUNTRIES = ("NL", "BE", "DE", "FR")
"""Where a telephone number without a country's code is looked for; the controller's country, if known."""
_LONGEST_TEXT = 200_000
"""Characters; a longer text is searched in pieces of this size."""


class Passage(NamedTuple):
    """A piece of a text: what it is, and why it is taken for that."""

    kind: str
    text: str
    start: int
    why: str
    """In English; where the catalogues have it, `word` stands for a word of the text in it."""
    word: str = ""

    @property
    def reason(self) -> str:
        """Why it is taken for that, in English."""
        return self.why.replace("{word}", self.word)

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.start + len(self.text)


Detector = Callable[[str], Iterable[Passage]]
"""Another way to find people in a text, such as a model; none is used unless it is handed over."""


@dataclass(slots=True)
class Known:
    """Who is no other person: names, addresses and numbers of the subject and of the controller."""

    addresses: set[str] = field(default_factory=set)
    names: set[bytes] = field(default_factory=set)
    """Skeletons of the words of names."""
    values: set[bytes] = field(default_factory=set)
    """Skeletons of whole values: streets, places, accounts, numbers."""
    telephones: set[str] = field(default_factory=set)
    country: str = ""
    """ISO code; of numbers without a country's code."""

    def add_name(self, text: str) -> None:
        """Take the words of a name for the subject's or the controller's."""
        self.names.update(filter(None, (skeleton(word) for word in _WORD.findall(text))))

    def add_value(self, text: str) -> None:
        """Take a whole value for the subject's or the controller's, as well as all that is found in it."""
        self.values.add(skeleton(text))
        self.values.update(filter(None, map(skeleton, _LINES.split(text))))
        self.addresses.update(address.casefold() for address in ADDRESS.findall(text))
        for _start, spelled, numbers in _telephones(text, self.country):
            self.telephones |= numbers
            self.values.add(skeleton(spelled))

    def has_value(self, text: str) -> bool:
        """Whether a whole text is no more than a value of the subject."""
        form = skeleton(text)
        return not form or form in self.values or text.strip().casefold() in self.addresses

    def with_name(self, author: str) -> Known:
        """The same, with the sender's name, where a message comes from the subject's address."""
        if not any(address.casefold() in self.addresses for address in ADDRESS.findall(author)):
            return self
        words = (skeleton(word) for word in _WORD.findall(ADDRESS.sub(" ", author)))
        return replace(self, names=self.names | {word for word in words if word})

    def has(self, passage: Passage) -> bool:
        """Whether a passage is nobody else's."""
        form = skeleton(passage.text)
        if passage.kind == "address":
            return passage.text.casefold() in self.addresses
        if passage.kind == "person":
            words = [skeleton(word) for word in _WORD.findall(passage.text)]
            own = [word in self.names or word.decode("utf-8", "replace") in _INFIXES for word in words]
            return all(own) or (len(words) > 1 and form in self.values)
        return form in self.values or (passage.kind == "postal-address" and self._has_place(passage.text))

    def _has_place(self, text: str) -> bool:
        """Whether every part of a postal address is known, its first number with what stands beside it."""
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


_BESIDE_WORD = _("a name beside “{word}”")
_AFTER_WORD = _("a name after “{word}”")
_ABOVE_MESSAGE = _("a name above a quoted message")
_BEFORE_ADDRESS_WHY = _("a name before an address")
_AT_THE_END = _("a name at the end of a letter")
_TWO_CAPITALS = _("two or more words with a capital, as names are written")
_GIVEN_NAME = _("a frequent given name")
_WORD = re.compile(r"[^\W\d_]+(?:(?:[.'’]|\.?-)[^\W\d_]+)*|(?<!\w)['’][stn](?!\w)")
_WORD_OR_NUMBER = re.compile(r"\w+")
_LINES = re.compile(r"[,;\r\n]+")
_MOST_WORDS = 8
"""Words of one part of an address: the name of a street."""
_LENGTH_OF_POST_CODE = 5
"""Digits that tell a place by themselves; fewer are the number of a house, which says nothing alone."""
_RELATIONS = frozenset(WORDS.relations)
_TITLES = frozenset(WORDS.titles)
_GREETINGS = frozenset(WORDS.greetings)
_NAMING = frozenset(WORDS.naming)
_POSSESSIVES = frozenset(WORDS.possessives)
_ARTICLES = frozenset(WORDS.articles)
_INFIXES = frozenset(WORDS.name_infixes)
_WEAK_INFIXES = frozenset(WORDS.weak_infixes)
_FAMILIES = frozenset(WORDS.families)
_WRITING = frozenset(WORDS.writing)
_CONJUNCTIONS = frozenset(WORDS.conjunctions)
_FIRST_NAMES = frozenset(WORDS.first_names)
_NO_PEOPLE = frozenset((*WORDS.no_people, *WORDS.relations, *WORDS.titles, *WORDS.families))
_FUNCTION_WORDS = {code: frozenset(one.function_words) for code, one in LEXICONS.items()}
_CLOSING = re.compile(
    rf"(?:^[ \t>]*|(?<=[.!?] )){any_of(WORDS.closings)}(?:[ ]{any_of(WORDS.quoting)}(?!\w))?"
    r"[ \t]*[,.!]?[ \t]*(?:\r?\n[ \t>]*)*(?=[^\W\d_])",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED_LINE = re.compile(
    rf"^[ \t>*]*{any_of(WORDS.quoting)}[ \t]?\*?:\*?[ \t]*(?P<people>[^\r\n]+)", re.IGNORECASE | re.MULTILINE
)
_ENDS_LINE = re.compile(r"[ \t.]*(?:[\r\n,(|/-]|\Z)")
_HOUSE_NUMBER = re.compile(r" ?[1-9]\d{0,3}(?!\d)")
_BEFORE_NUMBER = re.compile(r"\.[ ]?\d")
"""After what looks like a name, and is short for something: Max. 40 W."""
_BEFORE_ADDRESS = re.compile(r"[\"'”]?[ \t]*<")
_ELIDED = re.compile(r"d['’](?=[A-ZÀ-Þ])", re.IGNORECASE)
_BESIDE = re.compile(r"[ \t\u00a0]?[,:(–\"'„“«-]?[ \t\u00a0]?[\"'„“«]?")
_FIRM = re.compile(rf"(?<!\w){any_of(WORDS.firms)}(?!\w)", re.IGNORECASE)
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_DIGITS = re.compile(r"(?:\d[\s()./-]{0,3}){7}")
_NOT_CALLED = re.compile(r"[\w/=#@&.-]\Z")
_TOWN = r"[A-ZÀ-Þ][\w'’-]+(?:[ ][A-ZÀ-Þ][\w'’-]+)?"
_BRITISH_CODE = r"[A-Z]{1,2}\d[A-Z\d]?[ ]\d[A-Z]{2}(?!\w)"
_IN_PLACE = (
    rf",?[ ]+(?:(?:[1-9]\d{{3}}[ ]?[A-Z]{{2}}|(?:[A-Z]{{1,2}}-)?\d{{4,5}})[ ]{_TOWN}"
    rf"|{_TOWN},?[ ]{_BRITISH_CODE})"
)
_PLACE = rf"(?:{_IN_PLACE})?"
_NUMBER = r"\d{1,4}(?:[ ]?(?:bis|ter)\b|[ ]?[a-zA-Z]\b|[-/]\d{1,3}\b)?"
"""Of a house, after the name of its street."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ\"'„«])|[\r\n]+")
_SIGNS_BEFORE = 40
"""Characters before a word in which a sentence may have ended; further blanks are no text."""
_LONGEST_SENTENCE = 300


def _number_before_street(lexicon: Lexicon) -> str | None:
    """Addresses of a language that writes the number of the house first."""
    if lexicon.street_order == "number word name":
        words = "|".join(map(re.escape, lexicon.street_words))
        links = "|".join(re.escape(link).replace("’", "['’]") for link in lexicon.street_links)
        return (
            rf"\b\d{{1,4}}(?:[ ]?(?:bis|ter))?,?[ ](?i:{words})[ ](?:(?:{links})[ ]?){{0,2}}"
            rf"[A-ZÀ-Þ][\w'’-]+(?:[ -](?:(?:{links})[ ])?[A-ZÀ-Þ][\w'’-]+){{0,3}}{_PLACE}"
        )
    if lexicon.street_order == "number name word":
        words = "|".join(re.escape(word.title()) for word in lexicon.street_words)
        return rf"\b\d{{1,4}}[a-z]?,?[ ](?:[A-Z][\w'’-]+[ ]){{1,3}}(?:{words})(?!\w){_PLACE}"
    return None


@cache
def _street_patterns() -> tuple[tuple[re.Pattern[str], bool], ...]:
    """Patterns of postal addresses, and whether only the place behind tells that it is one."""
    ends = "|".join(map(re.escape, sorted(WORDS.street_ends, key=len, reverse=True)))
    either = "|".join(sorted({re.escape(word.title()) for word in WORDS.street_words}))
    boxes = "|".join(map(re.escape, WORDS.post_boxes))
    links = "|".join(map(re.escape, (*WORDS.name_infixes, *WORDS.street_links)))
    patterns = (
        rf"\b(?:[A-ZÀ-Þ][\w'’.-]*[ ]){{0,2}}"
        rf"(?:[A-ZÀ-Þ][\w'’-]*(?i:{ends})|[A-ZÀ-Þ][\w'’-]+[ -](?:{either}))[ ]{_NUMBER}{_PLACE}",
        *(pattern for one in LEXICONS.values() if (pattern := _number_before_street(one))),
        rf"\b(?i:{boxes})[ ]\d[\d ]{{0,8}}{_PLACE}",
        r"\b[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}\b(?:[ ]+(?:'s-)?[A-Z][\w'’-]+(?:[ ][A-Z][\w'’-]+)?)?"
        r"(?=[\s,.;)]|\Z)",
        rf"\b{_BRITISH_CODE}",
        r"(?:^|(?<=[,;] )|(?<=\bin )|(?<=\bà ))(?:[BDF]-)?\d{5} [A-ZÀ-Þ][\w'’-]{2,}|"
        r"\bB-\d{4} [A-ZÀ-Þ][\w'’-]+",
    )
    by_place = rf"\b(?:[A-ZÀ-Þ][\w'’.-]*[ ](?:(?:{links})[ ]){{0,2}}){{1,4}}{_NUMBER}{_IN_PLACE}"
    first, *others = ((re.compile(pattern), False) for pattern in patterns)
    return (first, (re.compile(by_place), True), *others)


_SENSITIVE = (
    (_("a word about health"), WORDS.health),
    (_("a word about belief or politics"), WORDS.belief),
    (_("a word about a trade union"), WORDS.unions),
    (_("a word about sexual life"), WORDS.sexual_life),
    (_("a word about offences"), WORDS.crime),
)


@cache
def _sensitive_patterns() -> tuple[tuple[str, WordPattern, re.Pattern[str]], ...]:
    return tuple(
        (subject, WordPattern(words), re.compile(rf"{any_of(words)}[^\W\d_]*", re.IGNORECASE))
        for subject, words in _SENSITIVE
    )


def find_people(text: str, known: Known, detectors: Sequence[Detector] = ()) -> list[Passage]:
    """What in a text belongs to somebody else, in the order of the text; no passage overlaps another."""
    found: list[Passage] = []
    for offset in range(0, len(text), _LONGEST_TEXT):
        piece = text[offset : offset + _LONGEST_TEXT]
        for detect in (_addresses, _numbers, _postal_addresses):
            found += [p._replace(start=p.start + offset) for p in detect(piece)]
        found += [
            Passage("telephone", spelled, start + offset, "a telephone number")
            for start, spelled, numbers in _telephones(piece, known.country)
            if not numbers & known.telephones
        ]
        names = [*_names(piece), *(p for detector in detectors for p in detector(piece))]
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


def find_sensitive(text: str) -> Iterator[Passage]:
    """The first word of each special category or offence that a text speaks of."""
    for subject, words, pattern in _sensitive_patterns():
        if words.is_in(text) and (match := pattern.search(text)):
            yield Passage("special-category", match.group(), match.start(), subject)


def sentence_of(text: str, passage: Passage) -> str:
    """The sentence with the passage in it, marked: `my neighbour «Jan» called`."""
    start, end = 0, len(text)
    for match in _SENTENCE_END.finditer(text, max(0, passage.start - _LONGEST_SENTENCE)):
        if match.end() <= passage.start:
            start = match.end()
        elif match.start() >= passage.end:
            end = match.start()
            break
    start = max(start, passage.start - _LONGEST_SENTENCE // 2)
    end = min(end, passage.end + _LONGEST_SENTENCE // 2)
    before, after = text[start : passage.start], text[passage.end : end]
    return " ".join(f"{before}«{passage.text}»{after}".split())


def _addresses(text: str) -> Iterator[Passage]:
    for match in ADDRESS.finditer(text):
        if match.group().rsplit(".", 1)[-1].lower() not in _FILE_NAMES:
            yield Passage("address", match.group(), match.start(), "an address that is not the person's")


def _numbers(text: str) -> Iterator[Passage]:
    for number in find_numbers("", text):
        yield Passage(
            number.kind, number.text, number.start, "a payment or identity number in a text: whose is it?"
        )


def _postal_addresses(text: str) -> Iterator[Passage]:
    for pattern, is_by_place in _street_patterns():
        for match in pattern.finditer(text):
            first = match.group().split()[0]
            is_before = first.casefold() in _NO_PEOPLE and not is_by_place
            start = match.start() + (len(first) + 1 if is_before else 0)
            yield Passage("postal-address", text[start : match.end()].rstrip(), start, "a postal address")


def _telephones(text: str, country: str) -> Iterator[tuple[int, str, set[str]]]:
    """Each number with its place and the numbers that it may be, from country to country (E.164)."""
    if _DIGITS.search(text) is None:
        return
    import phonenumbers as p  # noqa: PLC0415 - for texts that may hold a number alone

    free = {
        p.PhoneNumberType.TOLL_FREE,
        p.PhoneNumberType.PREMIUM_RATE,
        p.PhoneNumberType.SHARED_COST,
        p.PhoneNumberType.UAN,
    }
    plain = _LINK.sub(lambda match: " " * len(match.group()), text)
    found: dict[tuple[int, str], set[str]] = {}
    for region in (country,) if country else COUNTRIES:
        for leniency in (p.Leniency.POSSIBLE, p.Leniency.VALID):
            for match in p.PhoneNumberMatcher(plain, region, leniency=leniency):
                spelled = match.raw_string
                is_abroad = spelled.startswith(("+", "(+", "00"))
                if leniency == p.Leniency.POSSIBLE and not is_abroad:
                    continue
                if not is_abroad and not spelled.lstrip("(").startswith("0"):
                    continue
                lead = len(spelled) - len(spelled.lstrip("(")) if ")" not in spelled else 0
                start, spelled = match.start + lead, spelled[lead:]
                if (
                    not _NOT_CALLED.search(plain[max(0, match.start - 1) : match.start])
                    and p.number_type(match.number) not in free
                ):
                    written = p.format_number(match.number, p.PhoneNumberFormat.E164)
                    found.setdefault((start, spelled), set()).add(written)
    for (start, spelled), numbers in sorted(found.items()):
        yield start, spelled, numbers


# --- names ---------------------------------------------------------------------------------------


def _names(text: str) -> Iterator[Passage]:
    """Names by what stands beside them, then names of two parts or more that stand alone."""
    plain = text
    for pattern in (_LINK, ADDRESS, _FIRM):
        plain = pattern.sub(lambda match: " " * len(match.group()), plain)
    words = _Words(plain)
    ways = (
        words.beside_relations(),
        words.after_titles(),
        words.of_families(),
        words.in_quoted_lines(),
        words.before_addresses(match.start() for match in ADDRESS.finditer(text)),
        words.in_signatures(),
        words.alone(),
        words.given_names(),
    )
    yield from chain.from_iterable(ways)


class _Words:
    """A text as its words, in which names are read from one word on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [match.span() for match in _WORD.finditer(text)]
        self.starts = [start for start, _ in self.spans]
        self.words = [text[start:end] for start, end in self.spans]
        self.lower = [word.casefold() for word in self.words]
        self.capitalises_nouns = self._capitalises_nouns()

    def _capitalises_nouns(self) -> bool:
        """Whether the text is in a language that does, judged by its frequent words."""
        count = {code: sum(w in words for w in self.lower) for code, words in _FUNCTION_WORDS.items()}
        most = max(count.values())
        return most > 0 and any(LEXICONS[code].capitalises_nouns for code in count if count[code] == most)

    def beside_relations(self) -> Iterator[Passage]:
        for at, lower in enumerate(self.lower):
            if lower.removesuffix("'s") not in _RELATIONS:
                continue
            word = self.words[at]
            after = at + 1
            while after < len(self.words) and after <= at + 4 and self._is_filler(after):
                after += 1
            passage = self._name_at(after, _BESIDE_WORD, word) if self._is_near(at, after) else None
            if passage is None and at + 1 < len(self.words) and self._is_near(at, at + 1):
                passage = self._name_at(at + 1, _BESIDE_WORD, word)
            if passage is not None:
                yield from self._row(passage)
            before = at - 1
            if before >= 0 and self.lower[before] in _POSSESSIVES | _ARTICLES:
                before -= 1
                gap = self._gap(before, before + 1) if before >= 0 else ""
                is_beside = gap.strip() in {",", "(", "-", "–", ":"}
                if before >= 0 and not is_beside and self.lower[before] in _NAMING:
                    before -= 1
                    is_beside = before >= 0
                if is_beside and (passage := self._name_until(before, _BESIDE_WORD, word)):
                    yield passage

    def after_titles(self) -> Iterator[Passage]:
        for at, word in enumerate(self.lower):
            plain = word.rstrip(".")
            if plain in _TITLES and at + 1 < len(self.words):
                start = at + 1
                while start < len(self.words) and self.lower[start].rstrip(".") in _TITLES:
                    start += 1
                if self._is_joined(at, start) and (
                    passage := self._name_at(start, _AFTER_WORD, self.words[at], after_title=True)
                ):
                    yield from self._row(passage)
            elif (
                plain in _GREETINGS
                and self._begins(at)
                and at + 1 < len(self.words)
                and not self._gap(at, at + 1).strip()
                and (passage := self._name_at(at + 1, _AFTER_WORD, self.words[at]))
            ):
                yield from self._row(passage)

    def of_families(self) -> Iterator[Passage]:
        """What a family is called: Familie Schmidt, fam. de Wit, the Smith family."""
        for at, lower in enumerate(self.lower):
            if lower not in _FAMILIES:
                continue
            word = self.words[at]
            passage = (
                self._name_at(at + 1, _BESIDE_WORD, word, after_title=True)
                if self._is_joined(at, at + 1)
                else None
            )
            if passage is None and at and self._is_joined(at - 1, at):
                passage = self._name_until(at - 1, _BESIDE_WORD, word)
            if passage is not None:
                yield from self._row(passage)

    def before_addresses(self, starts: Iterable[int]) -> Iterator[Passage]:
        """The name of whom an address belongs to: Jan Smith <jan@…>."""
        for start in starts:
            at = bisect_left(self.starts, start) - 1
            if at >= 0 and _BEFORE_ADDRESS.fullmatch(self.text[self.spans[at][1] : start]):
                passage = self._name_until(at, _BEFORE_ADDRESS_WHY)
                if passage is not None:
                    yield passage

    def in_quoted_lines(self) -> Iterator[Passage]:
        for at, word in enumerate(self.lower):
            if word in _WRITING:
                passage = self._name_at(at + 1, _ABOVE_MESSAGE) if self._is_joined(at, at + 1) else None
                before = at - 1 if at and len(self.lower[at - 1]) > 1 else at - 2  # "Jan a écrit"
                if passage is None and before >= 0 and self._is_joined(before, before + 1):
                    passage = self._name_until(before, _ABOVE_MESSAGE)
                if passage is not None:
                    yield passage
        for match in _QUOTED_LINE.finditer(self.text):
            first = bisect_left(self.starts, match.start("people"))
            for at in range(first, bisect_left(self.starts, match.end("people"))):
                if passage := self._name_at(at, _ABOVE_MESSAGE):
                    yield passage

    def in_signatures(self) -> Iterator[Passage]:
        for match in _CLOSING.finditer(self.text):
            at = bisect_left(self.starts, match.end())
            if at < len(self.starts) and self.starts[at] == match.end():
                passage = self._name_at(at, _AT_THE_END)
                row = [] if passage is None else list(self._row(passage, is_sure=True))
                if row and _ENDS_LINE.match(self.text, row[-1].end):
                    yield from row

    def alone(self) -> Iterator[Passage]:
        at = 0
        while at < len(self.words):
            if not self._is_capital(at):
                at += 1
                continue
            last = self._last_of(at)
            first = at
            while first < last and (self._is_no_name(first) or self.lower[first] in _POSSESSIVES):
                first += 1
            parts = [n for n in range(first, last + 1) if self._is_capital(n) or self._is_elided(n)]
            at = last + 1
            if (
                len(parts) < 2
                or self._is_no_name(last)
                or any(self._is_no_name(n) and not (n > first and self._is_infix(n)) for n in parts)
            ):
                continue
            is_known = self.lower[first] in _FIRST_NAMES or len(self.words[first].rstrip(".")) == 1
            if not is_known and any(self.lower[n] in _WEAK_INFIXES for n in range(first, last)):
                continue
            if not is_known and self._begins(first):
                second = parts[1]
                if self.lower[second] in _FIRST_NAMES and len(parts) > 2:
                    first, is_known = second, True
                elif self.lower[second] in _FIRST_NAMES:
                    continue
            if (is_known or not self.capitalises_nouns) and not _HOUSE_NUMBER.match(
                self.text, self.spans[last][1]
            ):
                yield self._passage(first, last, _TWO_CAPITALS)

    def given_names(self) -> Iterator[Passage]:
        """A frequent given name with a capital within a sentence."""
        for at, word in enumerate(self.lower):
            is_given = word in _FIRST_NAMES and word not in _NO_PEOPLE and self._is_capital(at)
            if is_given and not _BEFORE_NUMBER.match(self.text, self.spans[at][1]):
                passage = self._passage(at, at, _GIVEN_NAME)
                yield from self._row(passage)

    def _row(self, passage: Passage, *, is_sure: bool = False) -> Iterator[Passage]:
        """A name, and those that stand in a row with it: Anna and Peter Smith."""
        yield passage
        at = bisect_left(self.starts, passage.end)
        if at + 1 >= len(self.words) or self.lower[at] not in _CONJUNCTIONS:
            return
        if self.text[passage.end : self.starts[at]] == " " and self._is_joined(at, at + 1):
            is_sure = is_sure or not self.capitalises_nouns or self.lower[at + 1] in _FIRST_NAMES
            following = (
                self._name_at(at + 1, passage.why, passage.word)
                if is_sure and self._is_capital(at + 1)
                else None
            )
            if following is not None:
                yield from self._row(following, is_sure=is_sure)

    def _passage(self, first: int, last: int, why: str, word: str = "") -> Passage:
        start, end = self.spans[first][0], self.spans[last][1]
        text = self.text[start:end]
        for ending in ("'s", "’s"):
            text = text.removesuffix(ending)
        return Passage("person", text.rstrip("."), start, why, word)

    def _name_at(self, at: int, why: str, word: str = "", *, after_title: bool = False) -> Passage | None:
        """The name that begins with a word, if one does."""
        if at >= len(self.words):
            return None
        if not self._is_capital(at):
            is_infix = self._is_infix(at) and self._infix_leads(at)
            if not is_infix:
                is_given = self.lower[at] in _FIRST_NAMES and self.lower[at] not in _NO_PEOPLE
                return self._passage(at, at, why, word) if is_given and not after_title else None
        if self._is_no_name(at) and not (after_title and self._infix_leads(at)):
            return None
        last = self._last_of(at)
        while last > at and self._is_no_name(last):
            last -= 1
        return self._passage(at, last, why, word)

    def _name_until(self, last: int, why: str, word: str = "") -> Passage | None:
        """The name that ends with a word, if one does."""
        if not self._is_capital(last) or self._is_no_name(last):
            return None
        first = last
        while first > 0 and self._is_joined(first - 1, first):
            before = first - 1
            is_name = self._is_capital(before) and not self._is_no_name(before)
            is_infix = self.lower[before] in _INFIXES and before > 0 and self._is_capital(before - 1)
            if not is_name and not is_infix:
                break
            first -= 1
        return self._passage(first, last, why, word)

    def _last_of(self, at: int) -> int:
        """The last word of the name that begins here: capitals, with small words between them."""
        last = at
        while last + 1 < len(self.words):
            following = last + 1
            while (
                following < len(self.words)
                and following <= last + 3
                and self._is_joined(following - 1, following)
                and self._is_infix(following)
                and not self.words[following][0].isupper()
            ):
                following += 1
            if (
                following < len(self.words)
                and self._is_joined(following - 1, following)
                and (self._is_capital(following) or self._is_elided(following))
            ):
                last = following
            else:
                break
        return last

    def _infix_leads(self, at: int) -> bool:
        following = at
        while following < len(self.words) - 1 and following < at + 3 and self._is_infix(following):
            if not self._is_joined(following, following + 1):
                return False
            following += 1
        return following > at and self._is_capital(following) and not self._is_no_name(following)

    def _is_capital(self, at: int) -> bool:
        word = self.words[at]
        return word[0].isupper() and (len(word.rstrip(".")) == 1 or not word.isupper() or "." in word)

    def _is_infix(self, at: int) -> bool:
        """Whether a word may stand inside a name: van, de; "in" only before another one."""
        word = self.lower[at]
        if word in _WEAK_INFIXES:
            return (
                self._is_joined(at, at + 1)
                and self.lower[at + 1] in _INFIXES
                and self.lower[at + 1] not in _WEAK_INFIXES
            )
        return word in _INFIXES

    def _is_elided(self, at: int) -> bool:
        """Whether a word is the end of a name like Jeanne d'Arc."""
        return _ELIDED.match(self.words[at]) is not None

    def _is_no_name(self, at: int) -> bool:
        word = self.lower[at]
        if self._is_elided(at):
            return word[2:] in _NO_PEOPLE
        if len(word) == 1 and self.text[self.spans[at][1] :][:1] == ".":
            return False  # an initial
        return (
            word.rstrip(".") in _NO_PEOPLE
            or word.endswith(WORDS.street_ends[:8])
            or word.split("-")[0] in _NO_PEOPLE
            or word.partition("’")[0] in {"j", "c", "l", "d", "qu"}
            or word.partition("'")[0] in {"j", "c", "qu", "i", "we", "you", "it", "that"}
        )

    def _is_filler(self, at: int) -> bool:
        return self.lower[at] in _NAMING and not self._infix_leads(at)

    def _gap(self, one: int, other: int) -> str:
        return self.text[self.spans[one][1] : self.spans[other][0]]

    def _is_joined(self, one: int, other: int) -> bool:
        """Whether one space alone stands between two words, or the dot of an abbreviation before it."""
        if other >= len(self.words):
            return False
        gap, word = self._gap(one, other), self.lower[one]
        is_short = len(word.rstrip(".")) == 1 or "." in word or word in _TITLES or word in _FAMILIES
        return gap in {"", " ", "  ", "\u00a0"} or (gap == ". " and is_short)

    def _is_near(self, one: int, other: int) -> bool:
        """Whether nothing but a comma, a bracket or the like stands between these words."""
        return other < len(self.words) and all(
            _BESIDE.fullmatch(self._gap(at, at + 1)) for at in range(one, other)
        )

    def _begins(self, at: int) -> bool:
        """Whether a sentence or line begins with a word."""
        start = self.spans[at][0]
        before = self.text[max(0, start - _SIGNS_BEFORE) : start].rstrip(" \t>\"'„«(")
        return not before or before[-1] in ".!?:\n\r,;"
