"""The controller's configuration: who answers, the statements of Art. 15(1), explanations, custom records.

A TOML file. Every fault in it is reported at once, with its line. Where a text is given per language
(`text.nl = "…"`), a missing language is shown as missing, never replaced in silence.
"""

from __future__ import annotations

import codecs
import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from dsr_report.countries import country_code
from dsr_report.errors import ConfigError
from dsr_report.lexicon import LANGUAGES
from dsr_report.records.custom import CustomKind
from dsr_report.records.kind import Origin
from dsr_report.sentences import Sentence, join_sentences, reason_of
from dsr_report.sentences import translatable as _
from dsr_report.times import add_months

Letter = Literal["purposes", "basis", "retention", "rights", "source", "decisions", "transfers", "other"]
LETTERS: tuple[Letter, ...] = (
    "purposes",
    "basis",
    "source",
    "retention",
    "decisions",
    "transfers",
    "rights",
    "other",
)


def _by_language(value: Any) -> Any:
    """Expand a plain string to all languages, and drop texts that are still empty."""
    if isinstance(value, str):
        value = dict.fromkeys(LANGUAGES, value)
    if not isinstance(value, dict):
        return value
    return {code: text for code, text in value.items() if not isinstance(text, str) or text.strip()}


def _check_filled_in(value: str) -> str:
    if not value.strip():
        raise ValueError(Sentence("is still empty"))
    return value


def _unless_empty(value: Any) -> Any:
    """Turn a section with empty values alone, as `config init` writes it, into None."""
    is_empty = isinstance(value, dict) and all(
        isinstance(one, str) and not one.strip() for one in value.values()
    )
    return None if is_empty else value


def _check_language(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(Sentence("is none of the languages {names}", names=", ".join(LANGUAGES)))
    return code


def _region(value: str) -> str:
    """Normalise the code of a country or of one of its regions (DE-NW)."""
    country, hyphen, region = value.strip().partition("-")
    if len(country) == 2 and hyphen:
        return f"{country_code(country)}-{region.upper()}"
    return country_code(value)


def _of_ours(value: str) -> str:
    if value and value not in LANGUAGES:
        raise ValueError(Sentence("is no language of reports ({names})", names=", ".join(LANGUAGES)))
    return value


def _code(value: Any) -> Any:
    return value.strip().lower() if isinstance(value, str) else value


_PERIOD = re.compile(r"(\d{1,3})\s*(day|week|month|year)s?")


def _parts(period: str) -> tuple[int, str]:
    found = _PERIOD.fullmatch(period)
    return (int(found[1]), found[2]) if found else (0, "day")


def _period(value: str) -> str:
    text = value.strip().lower()
    if not _parts(text)[0]:
        raise ValueError(Sentence('is no period: write it like "24 months", "2 years" or "90 days"'))
    return text


_WITHOUT_MEMBERS = frozenset({"envelope", "log"})
"""Kinds of ours whose records are read as no members."""


def _of_own_kind(name: str) -> str:
    if name in _WITHOUT_MEMBERS:
        raise ValueError(Sentence("is a kind of our own that has no members: choose another name"))
    return name


Period = Annotated[str, AfterValidator(_period)]
Country = Annotated[str, AfterValidator(country_code)]
Region = Annotated[str, AfterValidator(_region)]
Texts = Annotated[dict[Annotated[str, AfterValidator(_check_language)], str], BeforeValidator(_by_language)]
Name = Annotated[str, AfterValidator(_check_filled_in)]
Line = Annotated[str, AfterValidator(str.strip)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Controller(_Section):
    """The company that answers (Art. 4(7) GDPR)."""

    name: Name
    address: Line = ""
    email: Line = ""
    phone: Line = ""
    website: Line = ""
    representative: Line = ""
    logo: str = ""
    """A PNG or JPEG file, relative to the configuration."""


class Officer(_Section):
    """The data protection officer or privacy contact."""

    name: str = ""
    email: str = ""
    address: str = ""
    phone: str = ""


class Authority(_Section):
    """The supervisory authority to name first: by country or German Land (`lead`), or by name and address."""

    lead: Region = ""
    name: str = ""
    address: str = ""
    website: str = ""


class Scope(_Section):
    """What was searched, and what is not in the report."""

    system: Texts = Field(default_factory=dict)
    other_systems: Texts = Field(default_factory=dict)


class Condition(_Section):
    """A statement's condition: the export has data of these databases, collections or kinds of records."""

    database: tuple[str | int, ...] = ()
    collection: tuple[str | int, ...] = ()
    kind: tuple[str, ...] = ()

    def holds(self, present: Mapping[str, frozenset[str]]) -> bool:
        """Whether each non-empty list names something that is present; an empty condition always holds."""
        wanted = {"database": self.database, "collection": self.collection, "kind": self.kind}
        named = {key: {str(v) for v in values} for key, values in wanted.items() if values}
        return all(values & present.get(key, frozenset()) for key, values in named.items())


class Statement(_Section):
    """One statement of Art. 15(1) or 15(2), for the people it concerns."""

    letter: Letter
    text: Texts
    when: Condition = Condition()


class Recipient(_Section):
    """Who else receives data, by name (Art. 15(1)(c); C-154/21)."""

    name: Name
    role: Texts = Field(default_factory=dict)
    country: str = ""
    safeguard: Texts = Field(default_factory=dict)
    when: Condition = Condition()


class Retention(_Section):
    """How long records of some kinds are kept, so that dates can be computed (Art. 15(1)(d))."""

    kind: tuple[str, ...] = Field(min_length=1)
    """Kinds of records, as `inspect` names them."""
    keep: Period
    after: Literal["record", "last-activity", "unsubscribe"] = "record"
    """Start of the period: each record's own day, the last open or click, or unsubscribing."""
    name: Texts = Field(default_factory=dict)
    """Name of these records in the report; by default, the names of their kinds."""

    def end(self, start: date) -> date:
        """The day on which a period that begins on `start` ends."""
        count, unit = _parts(self.keep)
        if unit == "day":
            return start + timedelta(days=count)
        if unit == "week":
            return start + timedelta(weeks=count)
        return add_months(start, count * (12 if unit == "year" else 1))

    @property
    def length(self) -> tuple[int, str]:
        """Count and unit of the period: `(24, "month")`."""
        return _parts(self.keep)


class FieldText(_Section):
    """The meaning of a field of a database or collection."""

    name: str
    database: str | int | None = None
    collection: str | int | None = None
    label: Texts = Field(default_factory=dict)
    explain: Texts = Field(default_factory=dict)
    origin: Origin = ""
    source: Texts = Field(default_factory=dict)
    """Source of its data, where the statement on sources does not apply."""
    special: bool = False
    """Whether it holds special categories of personal data (Art. 9 GDPR)."""
    codes: dict[str, str | dict[str, str]] = Field(default_factory=dict)


class RecordText(_Section):
    """A kind of record that only this account has."""

    keys: frozenset[str] = frozenset()
    label: str | None = None
    where: dict[str, str] = Field(default_factory=dict)
    title: Texts = Field(default_factory=dict)
    columns: tuple[str, ...] = ()
    explanation: Texts = Field(default_factory=dict)
    origin: Origin = ""


class Calendar(_Section):
    """Public holidays that move a deadline; `country` defaults to that of `[authority] lead`."""

    country: Country = ""
    subdivision: Line = ""
    holidays: tuple[date, ...] = ()


class Defaults(_Section):
    """Default options of reports."""

    lang: Annotated[str, BeforeValidator(_code), AfterValidator(_of_ours)] = ""


class DeskRules(_Section):
    """Rules of the desk."""

    second_reviewer: bool = False
    """Require a release by somebody who took none of the disclosure's decisions."""


class Config(_Section):
    """The whole configuration."""

    controller: Annotated[Controller | None, BeforeValidator(_unless_empty)] = None
    dpo: Officer | None = None
    authority: Authority = Authority()
    scope: Scope = Scope()
    statement: tuple[Statement, ...] = ()
    recipient: tuple[Recipient, ...] = ()
    retention: tuple[Retention, ...] = ()
    field: tuple[FieldText, ...] = ()
    records: dict[Annotated[str, AfterValidator(_of_own_kind)], RecordText] = Field(default_factory=dict)
    holidays: tuple[date, ...] = ()
    """As `deadlines.holidays`; both lists count."""
    deadlines: Calendar = Calendar()
    report: Defaults = Defaults()
    desk: DeskRules = DeskRules()
    path: Path | None = Field(default=None, exclude=True)

    def custom_kinds(self) -> tuple[CustomKind, ...]:
        """The account's own kinds of records, for the classifier."""
        said = {name: text.model_dump(exclude={"origin"}) for name, text in self.records.items()}
        return tuple(CustomKind(name, **members) for name, members in said.items())

    def text_of_field(self, name: str, database: str | None, collection: str | None) -> FieldText | None:
        """The first text configured for a field of a database or collection, or None."""
        for text in self.field:
            if text.name.casefold() != name.casefold():
                continue
            if text.database is not None and str(text.database) != str(database):
                continue
            if text.collection is not None and str(text.collection) != str(collection):
                continue
            return text
        return None

    def statements(self, letter: Letter, present: Mapping[str, frozenset[str]]) -> tuple[Statement, ...]:
        """The statements of one letter whose condition holds for the names in `present`."""
        return tuple(s for s in self.statement if s.letter == letter and s.when.holds(present))


def given_config(given: Config | str | os.PathLike[str] | None) -> Config | None:
    """A configuration that was given, itself or as the path of its file; raises what `load_config` does."""
    return load_config(given) if isinstance(given, (str, os.PathLike)) else given


def load_config(path: str | os.PathLike[str]) -> Config:
    """Read a configuration file.

    Raises:
        ConfigError: it cannot be read or has faults; all of them are named, each with its line.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
        is_wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        source = content.decode("utf-16" if is_wide else "utf-8-sig")
    except OSError as error:
        raise ConfigError(
            Sentence("cannot be read ({reason})", reason=reason_of(error)),
            where=str(file),
            hint="Make one with `dsr-report config init`.",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError("is not UTF-8 text", where=str(file), hint="Save it as UTF-8.") from error
    try:
        members = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            Sentence("is not TOML: {error}", error=error, line=_line_in(error)),
            where=str(file),
            hint="`dsr-report config init` shows how it is written.",
        ) from error
    try:
        config = Config.model_validate(members)
    except ValidationError as error:
        faults = [
            Sentence(
                "line {line}: {place}: {fault}",
                line=str(_line_of(source, fault["loc"])),
                place=".".join(map(str, fault["loc"])),
                fault=_in_words(fault),
            )
            for fault in error.errors(include_url=False, include_input=False)
        ]
        raise ConfigError(
            join_sentences(faults), where=str(file), hint="`dsr-report config init` shows every key."
        ) from None
    return config.model_copy(update={"path": file.resolve()})


_FAULTS = {
    "missing": Sentence("field required"),
    "string_type": Sentence("input should be a valid string"),
    "bool_type": Sentence("input should be a valid boolean"),
    "bool_parsing": Sentence("input should be a valid boolean"),
    "int_type": Sentence("input should be a valid integer"),
    "int_parsing": Sentence("input should be a valid integer"),
    "dict_type": Sentence("input should be a valid dictionary"),
    "model_type": Sentence("input should be a table"),
    "tuple_type": Sentence("input should be a list"),
    "list_type": Sentence("input should be a list"),
    "too_short": Sentence("is still empty"),
    "literal_error": _("input should be {expected}"),
}
"""Messages by pydantic's error type."""


def _in_words(fault: Mapping[str, Any]) -> str:
    """The message for a fault; for an unknown member it suggests the nearest known one."""
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"].args[0])
    if fault["type"] != "extra_forbidden":
        values = {name: str(value).replace(" or ", ", ") for name, value in fault.get("ctx", {}).items()}
        known_fault = _FAULTS.get(fault["type"])
        return Sentence(known_fault, **values) if known_fault else str(fault["msg"]).lower()
    *above, name = [part for part in fault["loc"] if not isinstance(part, int)]
    known = sorted(_members(Config, above))
    near = difflib.get_close_matches(str(name).lower(), known, n=1, cutoff=0.5)
    if near:
        return Sentence("there is no such member; is {name} meant?", name=repr(near[0]))
    return Sentence("there is no such member; there are: {names}", names=", ".join(known))


def _members(section: type[BaseModel], above: Sequence[str]) -> Iterable[str]:
    """The members of `section`, or of the section below it that `above` leads to."""
    for name in above:
        field = section.model_fields.get(str(name))
        below = [one for one in (_models(field.annotation) if field else ()) if one is not section]
        if below:
            section = below[0]
    return section.model_fields


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the section models within a type annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from _models(one)


def _line_in(error: tomllib.TOMLDecodeError) -> str:
    """The line number in an error of `tomllib`, or `?`."""
    found = re.search(r"at line (\d+)", str(error))
    return found[1] if found else "?"


def _line_of(source: str, place: Sequence[str | int]) -> int:
    """The line number of a key in a TOML file, or of its table if the key is missing."""
    names = [str(p) for p in place if not isinstance(p, int)]
    index = next((p for p in place if isinstance(p, int)), 0)
    seen, best, inside = -1, 1, False
    for number, line in enumerate(source.splitlines(), 1):
        table = re.match(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?", line)
        if table:
            parts = [p.strip().strip("\"'") for p in table.group(1).split(".")]
            if line.strip().startswith("[[") and parts[:1] == names[:1]:
                seen += 1
            inside = parts[:1] == names[:1] and (seen in {-1, index})
            if inside:
                best = number
        elif inside and len(names) > 1 and re.match(rf"\s*[\"']?{re.escape(names[1])}[\"']?\s*[.=]", line):
            return number
    return best


def source_date() -> datetime | None:
    """The moment in `SOURCE_DATE_EPOCH`, or None where it is not set.

    Raises:
        ConfigError: it is set, and is not a number of seconds.
    """
    value = os.environ.get("SOURCE_DATE_EPOCH")
    if not value:
        return None
    try:
        return datetime.fromtimestamp(int(value), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise ConfigError("SOURCE_DATE_EPOCH is not a number of seconds since 1970") from error
