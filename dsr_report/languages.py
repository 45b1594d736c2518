"""The report's language: wording from gettext catalogues, dates and numbers from CLDR."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from gettext import c2py
from io import BytesIO
from typing import cast
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_timezone_location, get_timezone_name
from babel.lists import format_list
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from dsr_report.lexicon import LANGUAGES, LEXICONS, SOURCE_LANGUAGE
from dsr_report.sentences import Sentence
from dsr_report.shipped import shipped

__all__ = ["LANGUAGES", "Language", "language_of"]

_NOTHING: Mapping[str, str] = {}


_ADJECTIVE = re.compile(r"[A-ZÄÖÜ][a-zäöüß]+e (?=[A-ZÄÖÜ](?!hre[srn]? ))")
"""An initial adjective in a German title: `Gespeicherte Kopien`, but not `Teile Ihres Profils`."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language: translates messages, and formats numbers, dates and names."""

    code: str
    locale: Locale
    texts: Mapping[str, tuple[str, ...]]
    """English text → its translation, or its plural forms; empty for the source language."""
    plural_rule: str = "n != 1"
    """The plural expression in the catalogue's header."""

    def __hash__(self) -> int:
        """Hash the code alone: it has one instance, and hashing a locale is slower than the cached calls."""
        return hash(self.code)

    def text(self, message: str) -> str:
        """The wording for `message` (English is the key)."""
        return self.texts.get(message, (message,))[0]

    def count(self, singular: str, plural: str, number: int) -> str:
        """The wording for `number` things, with `{n}` filled in."""
        return self._form(singular, plural, number).replace("{n}", self.number(number))

    def _form(self, singular: str, plural: str, number: int) -> str:
        return self.texts.get(singular, (singular, plural))[_plural_rule(self.plural_rule)(number)]

    def say(self, sentence: str, instead: Mapping[str, str] = _NOTHING) -> str:
        """Translate a sentence and its values; any other text goes through `text`.

        Args:
            sentence: the message of an error, a check or a warning.
            instead: replacements by English text, with the same placeholders.
        """
        if not isinstance(sentence, Sentence):
            return self.text(instead.get(sentence, sentence))
        values = {name: self._value(value, instead) for name, value in sentence.values.items()}
        if sentence.plural is not None:
            text = self._form(sentence.text, sentence.plural, cast("int", sentence.values["n"]))
        else:
            text = self.text(instead.get(sentence.text, sentence.text))
        return text.format_map(values) if values else text

    def _value(self, value: str | int | date, instead: Mapping[str, str]) -> str:
        if isinstance(value, Sentence):
            return self.say(value, instead)
        if isinstance(value, str):
            return value
        return self.number(value) if isinstance(value, int) else self.day(value)

    @property
    def colon(self) -> str:
        """The colon as this language sets it."""
        return self.text(":")

    def number(self, value: int) -> str:
        """A whole number with this language's grouping."""
        return _number(value, self)

    def day(self, value: date) -> str:
        """A day in words: 12 maart 2022."""
        return _day(value.year, value.month, value.day, self)

    def whole_day(self, value: date) -> str:
        """A day in words within which no line ends."""
        return self.day(value).replace(" ", "\N{NO-BREAK SPACE}")

    def month(self, year: int, month: int) -> str:
        """A month in words: maart 2022."""
        return str(format_date(date(year, month, 1), "LLLL y", locale=self.locale))

    def short_month(self, month: int) -> str:
        """A month in few letters."""
        return str(format_date(date(2000, month, 1), "LLL", locale=self.locale))

    def weekday(self, day: int) -> str:
        """A day of the week; Monday is 0."""
        return str(self.locale.days["stand-alone"]["wide"][day])

    def moment(self, value: datetime, zone: ZoneInfo) -> str:
        """Day and time: 12 maart 2022, 09:15."""
        local = value.astimezone(zone)
        day, time = self.day(local), _clock(local.hour, local.minute, self)
        return self.text("{day}, {time}").format(day=day, time=time)

    def time(self, value: datetime, zone: ZoneInfo) -> str:
        """The time of day: 09:15."""
        local = value.astimezone(zone)
        return _clock(local.hour, local.minute, self)

    def country(self, code: str) -> str:
        """The name of a country; an unknown code is returned as it is."""
        return str(self.locale.territories.get(code.strip().upper(), code))

    def zone(self, zone: ZoneInfo) -> str:
        """A time zone by name and city: Midden-Europese tijd (Amsterdam)."""
        city = str(get_timezone_location(zone, locale=self.locale, return_city=True))
        name = str(get_timezone_name(zone, locale=self.locale))
        return city if city in name else f"{name} ({city})"

    def citation(self, articles: str) -> str:
        """Articles of the regulation as this language cites them, from `Art. 5(1)(f), 32 GDPR`.

        Any other text (an operator may cite another law) stays as it is.
        """
        cited = _CITATION.fullmatch(articles)
        if cited is None:
            return articles
        places = [self._place(*place.groups()) for place in _PLACE.finditer(cited[1])]
        if len(places) == 1:
            return self.text("Article {article} GDPR").format(article=places[0])
        first = ", ".join([*(place.rstrip(",") for place in places[:-2]), places[-2]])
        return self.text("Articles {first} and {last} GDPR").format(first=first, last=places[-1])

    def _place(self, article: str, paragraph: str | None, point: str | None) -> str:
        if paragraph is None:
            return article
        if point is None:
            return self.text("{article}({paragraph})").format(article=article, paragraph=paragraph)
        whole = self.text("{article}({paragraph})({point})")
        return whole.format(article=article, paragraph=paragraph, point=point)

    def join(self, texts: list[str]) -> str:
        """Texts as a list in a sentence: a, b and c."""
        return str(format_list(texts, locale=self.locale))

    def quoted(self, text: str) -> str:
        """A name or a title in the quotation marks of this language."""
        return self.text("“{text}”").format(text=text)

    def within(self, title: str) -> str:
        """A title as it is written within a sentence: `opens`; German nouns keep their capital."""
        is_small = title[1:2].islower() and (
            not LEXICONS[self.code].capitalises_nouns or _ADJECTIVE.match(title) is not None
        )
        return title[:1].lower() + title[1:] if is_small else title

    def size(self, size_bytes: int) -> str:
        """A file size in bytes, kB or MB (powers of 1000)."""
        if size_bytes < 1000:
            return self.count("{n} byte", "{n} bytes", size_bytes)
        if size_bytes < 1_000_000:
            return f"{format_decimal(round(size_bytes / 1000), locale=self.locale)} kB"
        return f"{format_decimal(size_bytes / 1_000_000, '#,##0.0', locale=self.locale)} MB"


@lru_cache(maxsize=1024)  # most numbers are small, and a report is full of them
def _number(value: int, language: Language) -> str:
    return str(format_decimal(value, locale=language.locale))


@lru_cache(maxsize=4096)  # ten years of days: events recur on them, and formatting takes longer than reading
def _day(year: int, month: int, day: int, language: Language) -> str:
    value = date(year, month, day)
    if day == 1:  # some languages write an ordinal, which CLDR does not have
        return language.text("1 {month}").format(month=format_date(value, "MMMM y", locale=language.locale))
    return str(format_date(value, "long", locale=language.locale))


@lru_cache(maxsize=24 * 60)
def _clock(hour: int, minute: int, language: Language) -> str:
    return str(format_time(time(hour, minute), "HH:mm", locale=language.locale))


_PLACE = re.compile(r"(\d+)(?:\((\d+)\))?(?:\(([a-z])\))?")
_CITATION = re.compile(rf"Art\. ({_PLACE.pattern}(?:, {_PLACE.pattern})*) GDPR")
_SOURCE_LOCALE = "en_GB"
"""Days before months, and no comma before "and"."""


@lru_cache
def _plural_rule(expression: str) -> Callable[[int], int]:
    """Compile a plural expression to a function from a number to the index of its form."""
    return c2py(expression)


@lru_cache
def language_of(code: str) -> Language:
    """One of the report's languages."""
    if code == SOURCE_LANGUAGE:
        return Language(code, Locale.parse(_SOURCE_LOCALE), {})
    file = shipped("templates") / "locale" / code / "LC_MESSAGES" / "dsr_report.po"
    catalog = read_po(BytesIO(file.read_bytes()), locale=code)
    rules = LEXICONS[code].typesetting
    texts = {
        entry.id if isinstance(entry.id, str) else entry.id[0]: tuple(
            _typeset(form, rules)
            for form in ((entry.string,) if isinstance(entry.string, str) else entry.string)
        )
        for entry in catalog
        if entry.id and entry.string
    }
    return Language(code, Locale.parse(code), texts, catalog.plural_expr)


def _typeset(text: str, rules: Iterable[tuple[str, str]]) -> str:
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text)
    return text
