"""The controller's configuration as a form; comments, order and conditions in the file are preserved."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from dsr_report.config import Config, load_config
from dsr_report.errors import ConfigError
from dsr_report.files import write_whole
from dsr_report.languages import LANGUAGES, Language
from dsr_report.records.kinds import kind_of
from dsr_report.rendering.configuration import STATEMENTS, configuration_text
from dsr_report.sentences import Sentence
from dsr_report.sentences import translatable as _

_LONGEST = 20_000
_PLAIN = (
    (("controller", "name"), _("Name of the company that answers"), 1),
    (("controller", "address"), _("Its address"), 3),
    (("controller", "email"), _("Its e-mail address for privacy questions"), 1),
    (("controller", "phone"), _("Its telephone number"), 1),
    (("controller", "website"), _("Its website"), 1),
    (("dpo", "name"), _("Name of the data protection officer"), 1),
    (("dpo", "email"), _("E-mail address of the data protection officer"), 1),
)


@dataclass(frozen=True, slots=True)
class StatementSlot:
    """A field of the form: its path in the configuration, its label, its current value."""

    path: tuple[str | int, ...]
    label: str
    value: str
    rows: int = 1
    note: str = ""
    example: str = ""
    condition: str = ""
    """The condition of the text, in words; empty if it is unconditional."""
    needed: bool = False

    @property
    def name(self) -> str:
        """The name of the form field."""
        return "-".join(map(str, self.path))


class Statements:
    """The configuration file as a form in one language.

    Args:
        path: the file; it need not exist.
        language: the language of labels and notes.
        reader: the language code of the texts to fill in.
    """

    def __init__(self, path: Path, language: Language, reader: str) -> None:
        self._path = path
        self._language = language
        self._reader = reader
        text = path.read_text("utf-8-sig") if path.is_file() else configuration_text(reader)
        try:
            self._document = tomlkit.parse(text)
        except TOMLKitError as error:
            said = Sentence("is not TOML: {error}", error=error, line=str(getattr(error, "line", "?")))
            raise ConfigError(said, where=str(path)) from error

    def sections(self) -> list[tuple[str, list[StatementSlot]]]:
        """The fields of the form, grouped by titled sections."""
        words = self._language
        return [
            (words.text("Who answers"), list(self._plain())),
            (words.text("What the law asks for"), list(self._letters())),
            (words.text("What was searched"), list(self._scope())),
            (words.text("Who else receives the data"), list(self._recipients())),
            (words.text("Fields and records of your own"), list(self._own())),
        ]

    def slots(self) -> dict[str, StatementSlot]:
        """Name → field of the form."""
        return {slot.name: slot for _title, slots in self.sections() for slot in slots}

    def save(self, said: Mapping[str, str]) -> Config:
        """Write the values of the form, and keep the previous file as `.before`.

        Raises:
            ConfigError: the result would have faults; nothing was written.
        """
        for name, slot in self.slots().items():
            if name in said and _plain_text(said[name]) != _plain_text(slot.value):
                self._assign(slot.path, _plain_text(said[name])[:_LONGEST])
        content = tomlkit.dumps(self._document).encode("utf-8")
        with tempfile.TemporaryDirectory() as folder:
            tried = Path(folder) / self._path.name
            tried.write_bytes(content)
            try:
                config = load_config(tried)
            except ConfigError as error:
                raise ConfigError(error.what, hint=error.hint) from None
        if self._path.is_file():
            write_whole(self._path.with_name(f"{self._path.name}.before"), self._path.read_bytes())
        write_whole(self._path, content)
        return config

    # ---- what there is to fill in

    def _plain(self) -> Iterator[StatementSlot]:
        needed = {"name", "address", "email"}
        for path, label, rows in _PLAIN:
            is_needed = path[0] == "controller" and path[1] in needed
            yield StatementSlot(path, self._language.text(label), self._get(path), rows, needed=is_needed)
        yield StatementSlot(
            ("authority", "lead"),
            self._language.text("Supervisory authority: its country, in Germany the Land"),
            self._get(("authority", "lead")),
            note=self._language.text("Such as NL, BE or DE-NW"),
            needed=True,
        )

    def _letters(self) -> Iterator[StatementSlot]:
        given = list(self._list("statement"))
        for letter, (note, example) in STATEMENTS.items():
            own = [at for at, one in enumerate(given) if str(one.get("letter")) == letter]
            general = next((at for at in own if not given[at].get("when")), None)
            first: str | int = f"+{letter}" if general is None else general
            for at in [first, *(at for at in own if at != general)]:
                when = given[at].get("when") if isinstance(at, int) else None
                yield StatementSlot(
                    ("statement", at, "text", self._reader),
                    self._language.text(note),
                    self._get(("statement", at, "text", self._reader)),
                    3,
                    example=self._language.text(example),
                    condition=self._in_words(when.unwrap()) if when else "",
                    needed=isinstance(at, int)
                    or not (own or (letter == "retention" and self._list("retention"))),
                )

    def _in_words(self, when: Mapping[str, Any]) -> str:
        """The condition of a statement in words, such as `Opens, clicks and Database 7`."""
        told = {"database": self._language.text("Database"), "collection": self._language.text("Collection")}
        named = []
        for what, values in when.items():
            for value in values if isinstance(values, (list, tuple)) else [values]:
                title = self._language.text(kind_of(str(value)).title[1])
                named.append(title if what == "kind" else f"{told.get(what, what)} {value}")
        return self._language.join(named)

    def _scope(self) -> Iterator[StatementSlot]:
        for name, label in (
            (
                "other_systems",
                self._language.text("What is not in the report, and whether it is sent separately"),
            ),
            ("system", self._language.text("What was searched, if more needs to be said")),
        ):
            path = ("scope", name, self._reader)
            yield StatementSlot(path, label, self._get(path), 2, needed=name == "other_systems")

    def _recipients(self) -> Iterator[StatementSlot]:
        words = self._language
        count = len(self._list("recipient"))
        for at in [*range(count), "+"]:
            number = f"{at + 1}. " if isinstance(at, int) else ""
            for name, label in (
                ("name", words.text("Name")),
                ("role", words.text("What it does with the data")),
                ("country", words.text("Country")),
                ("safeguard", words.text("Outside the EEA: what protects the data there")),
            ):
                path: tuple[str | int, ...] = ("recipient", at, name)
                if name in {"role", "safeguard"}:
                    path = (*path, self._reader)
                told = number + label if number else words.text("Another one: {label}").format(label=label)
                yield StatementSlot(path, told, self._get(path), needed=count == 0 and name == "name")

    def _own(self) -> Iterator[StatementSlot]:
        words = self._language
        for at, one in enumerate(self._list("field")):
            if one.get("label"):
                path = ("field", at, "label", self._reader)
                label = words.text("What the field {name} is called").format(name=one.get("name", ""))
                yield StatementSlot(path, label, self._get(path), needed=True)
        for name in self._document.get("records", {}):
            path2 = ("records", str(name), "title", self._reader)
            label = words.text("What the record {name} is called").format(name=name)
            yield StatementSlot(path2, label, self._get(path2), needed=True)

    # ---- the document

    def _list(self, name: str) -> list[Any]:
        found = self._document.get(name, [])
        return list(found) if isinstance(found, list) else []

    def _get(self, path: tuple[str | int, ...]) -> str:
        current: Any = self._document
        for step in path:
            if isinstance(current, str):
                return str(current)  # a text for all languages
            try:
                current = current[step]
            except (KeyError, IndexError, TypeError):
                return ""
        return str(current) if isinstance(current, str) else ""

    def _assign(self, path: tuple[str | int, ...], text: str) -> None:
        current: Any = self._document
        for at, step in enumerate(path[:-1]):
            if isinstance(step, str) and step.startswith("+") and at == 1:
                current = self._append(str(path[0]), step[1:])
                continue
            upcoming = path[at + 1]
            if isinstance(step, str) and (step not in current):
                is_list = isinstance(upcoming, int) or str(upcoming).startswith("+")
                current[step] = tomlkit.aot() if is_list else tomlkit.table()
            elif isinstance(current[step], str):  # a text for all languages becomes one for each
                one = tomlkit.inline_table()
                one.update(dict.fromkeys(LANGUAGES, str(current[step])))
                current[step] = one
            current = current[step]
        current[path[-1]] = (
            tomlkit.string(text, multiline=True) if "\n" in text and not _is_inline(current) else text
        )

    def _append(self, name: str, letter: str) -> Any:
        """Return a table appended to a list, one for all fields of an entry."""
        found = self._document.get(name)
        if found is None:
            self._document[name] = tomlkit.aot()
            found = self._document[name]
        key = f"{name}+{letter}"
        made: dict[str, Any] = self.__dict__.setdefault("_made", {})
        if key not in made:
            one = tomlkit.table()
            if letter:
                one["letter"] = letter
            found.append(one)
            made[key] = found[-1]
        return made[key]


def _is_inline(table: Any) -> bool:
    return isinstance(table, tomlkit.items.InlineTable)


def _plain_text(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
