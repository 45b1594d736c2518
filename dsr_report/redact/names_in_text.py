"""Names of people in a text: by the words beside them, then names of at least two words without context.

The words are those of all languages of the lexicon, as a text may mix them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from dsr_report.addresses import ADDRESS
from dsr_report.lexicon import LEXICONS, WORDS, Lexicon, any_of
from dsr_report.redact.mentions import Passage
from dsr_report.redact.telephones import LINK
from dsr_report.sentences import translatable as _

_BESIDE_WORD = _("a name beside “{word}”")
_AFTER_WORD = _("a name after “{word}”")
_ABOVE_MESSAGE = _("a name above a quoted message")
_BEFORE_ADDRESS_WHY = _("a name before an address")
_AT_THE_END = _("a name at the end of a letter")
_TWO_CAPITALS = _("two or more words with a capital, as names are written")
_GIVEN_NAME = _("a frequent given name")
WORD = re.compile(r"[^\W\d_]+(?:(?:[.'’]|\.?-)[^\W\d_]+)*|(?<!\w)['’][stn](?!\w)")
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
_NO_PEOPLE = frozenset((*WORDS.no_people, *WORDS.titles, *WORDS.families)) | (_RELATIONS - _FIRST_NAMES)
"""A relation in one language may be a given name in another: peter, a godfather in Flanders."""
_NAMES_AND_DAYS = (
    _FIRST_NAMES.intersection(WORDS.no_people).difference(*(one.function_words for one in LEXICONS.values()))
    - _GREETINGS
)
"""Given names that are also abbreviations of months or days: Jan, Sam."""
_NO_NAMES = _NO_PEOPLE - _NAMES_AND_DAYS
_LONGEST_CUT = 4
"""Letters of an abbreviated month or day."""
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
"""After an abbreviation that looks like a name: Max. 40 W."""
_BEFORE_ADDRESS = re.compile(r"[\"'”]?[ \t]*<")
_ELIDED = re.compile(r"d['’](?=[A-ZÀ-Þ])", re.IGNORECASE)
_BESIDE = re.compile(r"[ \t\u00a0]?[,:(–\"'„“«-]?[ \t\u00a0]?[\"'„“«]?")
_FIRM = re.compile(rf"(?<!\w){any_of(WORDS.firms)}(?!\w)", re.IGNORECASE)
_SIGNS_BEFORE = 40
"""Characters before a word that are searched for a sentence end; only further blanks are skipped."""


def names_in(text: str) -> Iterator[Passage]:
    """Names by the words beside them, then names of at least two words without context."""
    plain = text
    for pattern in (LINK, ADDRESS, _FIRM):
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
    """A text split into words, with one search method per kind of context."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.spans = [match.span() for match in WORD.finditer(text)]
        self.starts = [start for start, _ in self.spans]
        self.words = [text[start:end] for start, end in self.spans]
        self.lower = [word.casefold() for word in self.words]
        languages = self._languages()
        self.capitalises_nouns = any(one.capitalises_nouns for one in languages)
        self.determiners = {word for one in languages for word in one.determiners}

    def _languages(self) -> list[Lexicon]:
        """The most likely languages of the text, judged by its function words."""
        count = {code: sum(w in words for w in self.lower) for code, words in _FUNCTION_WORDS.items()}
        most = max(count.values())
        return [LEXICONS[code] for code in count if count[code] == most] if most else []

    def beside_relations(self) -> Iterator[Passage]:
        for at, lower in enumerate(self.lower):
            is_name = lower in _FIRST_NAMES and self._is_capital(at)
            if is_name or lower.removesuffix("'s") not in _RELATIONS:
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
        """Names of families: Familie Schmidt, fam. de Wit, the Smith family."""
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
        """The name of an address's owner: Jan Smith <jan@…>."""
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
            if not is_known and self._is_thing(first, parts):
                continue
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

    def _is_thing(self, first: int, parts: Sequence[int]) -> bool:
        """Whether an article shows that it is a thing (the Table Lamp), and no part is a given name."""
        return (
            first > 0
            and self.lower[first - 1] in self.determiners
            and self._is_joined(first - 1, first)
            and not any(self.lower[at] in _FIRST_NAMES for at in parts)
        )

    def given_names(self) -> Iterator[Passage]:
        """Capitalised frequent given names within a sentence."""
        for at, word in enumerate(self.lower):
            is_given = word in _FIRST_NAMES and word not in _NO_PEOPLE and self._is_capital(at)
            if is_given and not _BEFORE_NUMBER.match(self.text, self.spans[at][1]):
                passage = self._passage(at, at, _GIVEN_NAME)
                yield from self._row(passage)

    def _row(self, passage: Passage, *, is_sure: bool = False) -> Iterator[Passage]:
        """A name, and those joined to it by a conjunction: Anna and Peter Smith."""
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
        """The name that begins at a word; None if there is none."""
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
        """The name that ends at a word; None if there is none."""
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
        """The last word of the name that begins here: capitalised words, with infixes between them."""
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
        """Whether a word may be inside a name: van, de; "in" only before another such word."""
        word = self.lower[at]
        if word in _WEAK_INFIXES:
            return (
                self._is_joined(at, at + 1)
                and self.lower[at + 1] in _INFIXES
                and self.lower[at + 1] not in _WEAK_INFIXES
            )
        return word in _INFIXES

    def _is_elided(self, at: int) -> bool:
        """Whether a word is the elided end of a name, as in Jeanne d'Arc."""
        return _ELIDED.match(self.words[at]) is not None

    def _is_no_name(self, at: int) -> bool:
        word = self.lower[at]
        if self._is_elided(at):
            return word[2:] in _NO_PEOPLE
        if len(word) == 1 and self.text[self.spans[at][1] :][:1] == ".":
            return False  # an initial
        if word in _NAMES_AND_DAYS:
            return self._is_of_a_date(at)
        return (
            word.rstrip(".") in _NO_PEOPLE
            or word.endswith(WORDS.street_ends[:8])
            or word.split("-")[0] in _NO_NAMES
            or word.partition("’")[0] in {"j", "c", "l", "d", "qu"}
            or word.partition("'")[0] in {"j", "c", "qu", "i", "we", "you", "it", "that"}
        )

    def _is_of_a_date(self, at: int) -> bool:
        """Whether a number, or another abbreviated month or day, is beside a word."""
        start, end = self.spans[at]
        around = self.text[max(0, start - 3) : start], self.text[end : end + 4]
        if re.search(r"\d[.)]?[ /-]?\Z", around[0]) or re.match(r"[.]?[ /'’-]{0,2}\d", around[1]):
            return True
        return any(
            0 <= other < len(self.words)
            and self.words[other][0].isupper()
            and len(self.words[other]) <= _LONGEST_CUT
            and self.lower[other] in _NO_PEOPLE
            and self._gap(min(at, other), max(at, other)).strip() in between
            for other, between in ((at - 1, {"/", "-", "–", "|"}), (at + 1, {"", "/", "-", "–", "|", ","}))
        )

    def _is_filler(self, at: int) -> bool:
        return self.lower[at] in _NAMING and not self._infix_leads(at)

    def _gap(self, one: int, other: int) -> str:
        return self.text[self.spans[one][1] : self.spans[other][0]]

    def _is_joined(self, one: int, other: int) -> bool:
        """Whether only a space, or the period of an abbreviation and a space, separates two words."""
        if other >= len(self.words):
            return False
        gap, word = self._gap(one, other), self.lower[one]
        is_short = len(word.rstrip(".")) == 1 or "." in word or word in _TITLES or word in _FAMILIES
        return gap in {"", " ", "  ", "\u00a0"} or (gap == ". " and is_short)

    def _is_near(self, one: int, other: int) -> bool:
        """Whether only a comma, a bracket or the like separates each two of these words."""
        return other < len(self.words) and all(
            _BESIDE.fullmatch(self._gap(at, at + 1)) for at in range(one, other)
        )

    def _begins(self, at: int) -> bool:
        """Whether a word begins a sentence or line."""
        start = self.spans[at][0]
        before = self.text[max(0, start - _SIGNS_BEFORE) : start].rstrip(" \t>\"'„«(")
        return not before or before[-1] in ".!?:\n\r,;"
