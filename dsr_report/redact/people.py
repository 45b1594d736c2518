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
from typing import NamedTuple

from dsr_report.lexicon import LEXICONS, WORDS, Lexicon, any_of
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
        self.addresses.update(address.casefold() for address in ADDRESS.findall(text))
        for _, spelled, numbers in _telephones(text, self.country):
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
        return form in self.values or (
            passage.kind == "postal-address" and any(len(v) > 5 and v in form for v in self.values if v)
        )


_WORD = re.compile(r"[^\W\d_]+(?:[.'’-][^\W\d_]+)*|[^\W\d_]\.")
_RELATIONS = frozenset(WORDS.relations)
_TITLES = frozenset(WORDS.titles)
_GREETINGS = frozenset(WORDS.greetings)
_NAMING = frozenset(WORDS.naming)
_POSSESSIVES = frozenset(WORDS.possessives)
_ARTICLES = frozenset(WORDS.articles)
_INFIXES = frozenset(WORDS.name_infixes)
_FIRST_NAMES = frozenset(WORDS.first_names)
_NO_PEOPLE = frozenset((*WORDS.no_people, *WORDS.relations, *WORDS.titles))
_FUNCTION_WORDS = {code: frozenset(one.function_words) for code, one in LEXICONS.items()}
_CLOSING = re.compile(
    rf"(?:^[ \t>]*|(?<=[.!?] )){any_of(WORDS.closings)}[ \t]*[,.!]?[ \t]*(?:\r?\n[ \t>]*)*(?=[^\W\d_])",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED_LINE = re.compile(
    rf"^[ \t>*]*{any_of(WORDS.quoting)}[ \t]?\*?:\*?[ \t]*(?P<people>[^\r\n]+)", re.IGNORECASE | re.MULTILINE
)
_ENDS_LINE = re.compile(r"[ \t.]*(?:[\r\n,(|/-]|\Z)")
_HOUSE_NUMBER = re.compile(r" ?\d")
_BESIDE = re.compile(r"[ \t\u00a0]?[,:(–\"'„“«-]?[ \t\u00a0]?[\"'„“«]?")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_DIGITS = re.compile(r"(?:\d[\s()./-]{0,3}){7}")
_NOT_CALLED = re.compile(r"[\w/=#@&.-]\Z")
_PLACE = (
    r"(?:,?[ ]+(?:[1-9]\d{3}[ ]?[A-Z]{2}|(?:[BDF]-)?\d{4,5})[ ]"
    r"[A-ZÀ-Þ][\w'’-]+(?:[ ][A-ZÀ-Þ][\w'’-]+)?)?"
)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÀ-Þ\"'„«])|[\r\n]+")
_SIGNS_BEFORE = 40
"""Characters before a word in which a sentence may have ended; further blanks are no text."""
_LONGEST_SENTENCE = 300


def _number_before_street(lexicon: Lexicon) -> re.Pattern[str] | None:
    """Addresses of a language that writes the number of the house first."""
    if lexicon.street_order == "number word name":
        words = "|".join(map(re.escape, lexicon.street_words))
        links = "|".join(re.escape(link).replace("’", "['’]") for link in lexicon.street_links)
        return re.compile(
            rf"\b\d{{1,4}}(?:[ ]?(?:bis|ter))?,?[ ](?i:{words})[ ](?:(?:{links})[ ]?){{0,2}}"
            rf"[A-ZÀ-Þ][\w'’-]+(?:[ -](?:(?:{links})[ ])?[A-ZÀ-Þ][\w'’-]+){{0,3}}{_PLACE}"
        )
    if lexicon.street_order == "number name word":
        words = "|".join(re.escape(word.title()) for word in lexicon.street_words)
        return re.compile(rf"\b\d{{1,4}}[a-z]?,?[ ](?:[A-Z][\w'’-]+[ ]){{1,3}}(?:{words})(?!\w)")
    return None


@cache
def _street_patterns() -> tuple[re.Pattern[str], ...]:
    ends = "|".join(map(re.escape, sorted(WORDS.street_ends, key=len, reverse=True)))
    either = "|".join(sorted({re.escape(word.title()) for word in WORDS.street_words}))
    return (
        re.compile(
            rf"\b(?:[A-ZÀ-Þ][\w'’.-]*[ ]){{0,2}}"
            rf"(?:[A-ZÀ-Þ][\w'’-]*(?i:{ends})|[A-ZÀ-Þ][\w'’-]+[ -](?:{either}))"
            r"[ ]\d{1,4}"
            rf"(?:[ ]?[a-zA-Z]\b|-\d{{1,3}}\b)?{_PLACE}"
        ),
        *(pattern for one in LEXICONS.values() if (pattern := _number_before_street(one))),
        re.compile(
            r"\b[1-9]\d{3} ?(?!SA|SD|SS)[A-Z]{2}\b(?:[ ]+(?:'s-)?[A-Z][\w'’-]+(?:[ ][A-Z][\w'’-]+)?)?"
            r"(?=[\s,.;)]|\Z)"
        ),
        re.compile(
            r"(?:^|(?<=[,;] )|(?<=\bin )|(?<=\bà ))(?:[BDF]-)?\d{5} [A-ZÀ-Þ][\w'’-]{2,}|"
            r"\bB-\d{4} [A-ZÀ-Þ][\w'’-]+"
        ),
    )


_SENSITIVE = (
    ("health", WORDS.health),
    ("belief or politics", WORDS.belief),
    ("trade union", WORDS.unions),
    ("sexual life", WORDS.sexual_life),
    ("offences", WORDS.crime),
)


@cache
def _sensitive_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (subject, re.compile(rf"{any_of(words)}[^\W\d_]*", re.IGNORECASE)) for subject, words in _SENSITIVE
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
    for subject, pattern in _sensitive_patterns():
        if match := pattern.search(text):
            why = f"a word about {subject}: special data of whomever the text is about (Art. 9, 10)"
            yield Passage("special-category", match.group(), match.start(), why)


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
    for pattern in _street_patterns():
        for match in pattern.finditer(text):
            first = match.group().split()[0]
            start = match.start() + (len(first) + 1 if first.casefold() in _NO_PEOPLE else 0)
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
    plain = ADDRESS.sub(lambda m: " " * len(m.group()), _LINK.sub(lambda m: " " * len(m.group()), text))
    words = _Words(plain)
    yield from words.beside_relations()
    yield from words.after_titles()
    yield from words.in_quoted_lines()
    yield from words.in_signatures()
    yield from words.alone()
    yield from words.given_names()


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
        for at, word in enumerate(self.lower):
            if word.removesuffix("'s") not in _RELATIONS:
                continue
            why = f"a name beside “{self.words[at]}”"
            after = at + 1
            while after < len(self.words) and after <= at + 4 and self._is_filler(after):
                after += 1
            passage = self._name_at(after, why) if self._is_near(at, after) else None
            if passage is None and at + 1 < len(self.words) and self._is_near(at, at + 1):
                passage = self._name_at(at + 1, why)
            if passage is not None:
                yield passage
            before = at - 1
            if before >= 0 and self.lower[before] in _POSSESSIVES | _ARTICLES:
                before -= 1
                gap = self._gap(before, before + 1) if before >= 0 else ""
                is_beside = gap.strip() in {",", "(", "-", "–", ":"}
                if before >= 0 and not is_beside and self.lower[before] in _NAMING:
                    before -= 1
                    is_beside = before >= 0
                if is_beside and (passage := self._name_until(before, why)):
                    yield passage

    def after_titles(self) -> Iterator[Passage]:
        for at, word in enumerate(self.lower):
            plain = word.rstrip(".")
            if plain in _TITLES and at + 1 < len(self.words):
                start = at + 1
                while start < len(self.words) and self.lower[start].rstrip(".") in _TITLES:
                    start += 1
                if self._is_joined(at, start) and (
                    passage := self._name_at(start, f"a name after “{self.words[at]}”", after_title=True)
                ):
                    yield passage
            elif (
                plain in _GREETINGS
                and self._begins(at)
                and at + 1 < len(self.words)
                and not self._gap(at, at + 1).strip()
                and (passage := self._name_at(at + 1, f"a name after “{self.words[at]}”"))
            ):
                yield passage

    def in_quoted_lines(self) -> Iterator[Passage]:
        for match in _QUOTED_LINE.finditer(self.text):
            first = bisect_left(self.starts, match.start("people"))
            for at in range(first, bisect_left(self.starts, match.end("people"))):
                if passage := self._name_at(at, "a name above a quoted message"):
                    yield passage

    def in_signatures(self) -> Iterator[Passage]:
        for match in _CLOSING.finditer(self.text):
            at = bisect_left(self.starts, match.end())
            if at < len(self.starts) and self.starts[at] == match.end():
                passage = self._name_at(at, "a name at the end of a letter")
                if passage is not None and _ENDS_LINE.match(self.text, passage.end):
                    yield passage

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
            parts = [n for n in range(first, last + 1) if self._is_capital(n)]
            at = last + 1
            if len(parts) < 2 or self._is_no_name(last) or any(self._is_no_name(n) for n in parts):
                continue
            is_known = self.lower[first] in _FIRST_NAMES or len(self.words[first].rstrip(".")) == 1
            if not is_known and self._begins(first):
                second = parts[1]
                if self.lower[second] in _FIRST_NAMES and len(parts) > 2:
                    first, is_known = second, True
                elif self.lower[second] in _FIRST_NAMES:
                    continue
            if (is_known or not self.capitalises_nouns) and not _HOUSE_NUMBER.match(
                self.text, self.spans[last][1]
            ):
                yield self._passage(first, last, "two or more words with a capital, as names are written")

    def given_names(self) -> Iterator[Passage]:
        """A frequent given name with a capital within a sentence."""
        for at, word in enumerate(self.lower):
            is_given = word in _FIRST_NAMES and word not in _NO_PEOPLE and self._is_capital(at)
            if is_given and not self._begins(at):
                yield self._passage(at, at, "a frequent given name")

    def _passage(self, first: int, last: int, why: str) -> Passage:
        start, end = self.spans[first][0], self.spans[last][1]
        text = self.text[start:end]
        for ending in ("'s", "’s"):
            text = text.removesuffix(ending)
        return Passage("person", text.rstrip("."), start, why)

    def _name_at(self, at: int, why: str, *, after_title: bool = False) -> Passage | None:
        """The name that begins with a word, if one does."""
        if at >= len(self.words):
            return None
        if not self._is_capital(at):
            is_infix = self.lower[at] in _INFIXES and self._infix_leads(at)
            if not is_infix:
                is_given = self.lower[at] in _FIRST_NAMES and self.lower[at] not in _NO_PEOPLE
                return self._passage(at, at, why) if is_given and not after_title else None
        if self._is_no_name(at) and not (after_title and self._infix_leads(at)):
            return None
        last = self._last_of(at)
        while last > at and self._is_no_name(last):
            last -= 1
        return self._passage(at, last, why)

    def _name_until(self, last: int, why: str) -> Passage | None:
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
        return self._passage(first, last, why)

    def _last_of(self, at: int) -> int:
        """The last word of the name that begins here: capitals, with small words between them."""
        last = at
        while last + 1 < len(self.words):
            following = last + 1
            while (
                following < len(self.words)
                and following <= last + 3
                and self._is_joined(following - 1, following)
                and self.lower[following] in _INFIXES
                and not self.words[following][0].isupper()
            ):
                following += 1
            if (
                following < len(self.words)
                and self._is_joined(following - 1, following)
                and self._is_capital(following)
            ):
                last = following
            else:
                break
        return last

    def _infix_leads(self, at: int) -> bool:
        following = at
        while following < len(self.words) - 1 and following < at + 3 and self.lower[following] in _INFIXES:
            if not self._is_joined(following, following + 1):
                return False
            following += 1
        return following > at and self._is_capital(following) and not self._is_no_name(following)

    def _is_capital(self, at: int) -> bool:
        word = self.words[at]
        return word[0].isupper() and (len(word.rstrip(".")) == 1 or not word.isupper() or "." in word)

    def _is_no_name(self, at: int) -> bool:
        word = self.lower[at]
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
        is_short = len(word.rstrip(".")) == 1 or "." in word or word in _TITLES
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
