"""The report's language: wording from gettext catalogues, dates and numbers from CLDR."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from io import BytesIO
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from dsr_report.shipped import shipped

LANGUAGES = ("en", "nl", "de", "fr")


@dataclass(frozen=True, slots=True)
class Language:
    """One language: `_` translates, the rest formats."""

    code: str
    locale: Locale
    catalog: Catalog | None

    def __hash__(self) -> int:
        """There is one of each code; hashing a locale takes longer than what is remembered by it."""
        return hash(self.code)

    def text(self, message: str) -> str:
        """The wording for `message` (English is the key)."""
        if self.catalog is None:
            return message
        entry = self.catalog.get(message)
        return str(entry.string) if entry is not None and entry.string else message

    def count(self, singular: str, plural: str, number: int) -> str:
        """The wording for `number` things, with `{n}` filled in."""
        form = singular if number == 1 else plural
        if self.catalog is not None:
            entry = self.catalog.get(singular)
            if entry is not None and isinstance(entry.string, (tuple, list)) and any(entry.string):
                form = entry.string[self._plural_form(number)]
        return form.replace("{n}", self.number(number))

    def _plural_form(self, number: int) -> int:
        if self.code == "fr":
            return int(number > 1)
        return int(number != 1)

    @property
    def colon(self) -> str:
        """The colon as this language sets it."""
        return "\u00a0:" if self.code == "fr" else ":"

    def number(self, value: int) -> str:
        """A whole number with this language's grouping."""
        return _number(value, self)

    def day(self, value: date) -> str:
        """A day in words: 12 maart 2022."""
        text = str(format_date(value, _LONG.get(self.code, "d MMMM y"), locale=self.locale))
        return f"1er{text[1:]}" if self.code == "fr" and value.day == 1 else text

    def month(self, year: int, month: int) -> str:
        """A month in words: maart 2022."""
        return str(format_date(date(year, month, 1), "LLLL y", locale=self.locale))

    def short_month(self, month: int) -> str:
        """A month in few letters."""
        return str(format_date(date(2000, month, 1), "LLL", locale=self.locale))

    def moment(self, value: datetime, zone: ZoneInfo) -> str:
        """Day and time: 12 maart 2022, 09:15."""
        local = value.astimezone(zone)
        day, time = self.day(local.date()), self.time(value, zone)
        return _MOMENT.get(self.code, "{day}, {time}").format(day=day, time=time)

    def time(self, value: datetime, zone: ZoneInfo) -> str:
        """The time of day: 09:15."""
        return str(format_time(value.astimezone(zone), "HH:mm", locale=self.locale))

    def listed(self, texts: list[str]) -> str:
        """Texts as a list in a sentence: a, b and c."""
        return str(format_list(texts, locale=self.locale))

    def size(self, size_bytes: int) -> str:
        """A file's size for people."""
        if size_bytes < 1000:
            return self.count("{n} byte", "{n} bytes", size_bytes)
        if size_bytes < 1_000_000:
            return f"{format_decimal(round(size_bytes / 1000), locale=self.locale)} kB"
        return f"{format_decimal(size_bytes / 1_000_000, '#,##0.0', locale=self.locale)} MB"


@lru_cache(maxsize=1024)  # most numbers are small, and a report is full of them
def _number(value: int, words: Language) -> str:
    return str(format_decimal(value, locale=words.locale))


_LONG = {"en": "d MMMM y", "nl": "d MMMM y", "de": "d. MMMM y", "fr": "d MMMM y"}
_MOMENT = {"en": "{day}, {time}", "nl": "{day}, {time}", "de": "{day}, {time} Uhr", "fr": "{day} à {time}"}


@lru_cache
def language(code: str) -> Language:
    """One of the report's languages."""
    catalog = None
    if code != "en":
        file = shipped("templates") / "locale" / code / "LC_MESSAGES" / "dsr_report.po"
        catalog = read_po(BytesIO(file.read_bytes()), locale=code)
    return Language(code, Locale.parse(code), catalog)


def translatable(message: str) -> str:
    """Marks a text for translation where it is declared; it is translated where it is shown."""
    return message


def mark_text(code: str, treatment: str, number: int, what: str) -> str:
    """The visible mark that stands in place of a masked or withheld value."""
    lang = language(code)
    form = (
        lang.text("[masked {number}: {what}]")
        if treatment == "mask"
        else lang.text("[withheld {number}: {what}]")
    )
    return form.format(number=number, what=lang.text(HIDDEN_THINGS.get(what, what)))


HIDDEN_THINGS = {
    "access-code": translatable("access code"),
    "password": translatable("password"),
    "key": translatable("key"),
    "credential": translatable("login data"),
    "link-key": translatable("key in a link"),
    "unsubscribe-link": translatable("unsubscribe link"),
    "personal-link": translatable("personal link"),
    "address": translatable("e-mail address"),
    "shared-address": translatable("e-mail address"),
    "internal-note": translatable("internal note"),
    "other-person": translatable("data about another person"),
    "special-category": translatable("sensitive data"),
    "iban": translatable("bank account number"),
    "card": translatable("card number"),
    "bsn": translatable("identity number"),
    "niss": translatable("identity number"),
    "other": translatable("other data"),
}
