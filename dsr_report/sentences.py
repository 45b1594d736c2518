"""Messages for people as data: a text of the catalogues and its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Self, TypeAlias

Value: TypeAlias = "str | int | date"


def translatable(text: str) -> str:
    """Mark a text for the catalogues where it is declared; it is translated where it is shown."""
    return text


class Count(int):
    """An integer that is written with thousands separators in English, too: 12,345."""

    def __str__(self) -> str:
        return f"{int(self):,}"


class Sentence(str):
    """An English message that keeps its text and its values apart, so that it can be translated.

    As a `str` it is the English text; `Language.say` translates it.

    Args:
        text: the English text, with a placeholder for each value: `the API cannot be reached: {reason}`.
        plural: the text where the value `n` is not one.
        values: values of the placeholders. Numbers and dates are localised, sentences are translated, and
            anything else is text.
    """

    __slots__ = ("plural", "text", "values")

    text: str
    plural: str | None
    values: Mapping[str, Value]

    def __new__(cls, text: str, plural: str | None = None, /, **values: object) -> Self:
        """Fill the placeholders of the English text."""
        held = {name: v if isinstance(v, (str, int, date)) else str(v) for name, v in values.items()}
        chosen = text if plural is None or values["n"] == 1 else plural
        made = super().__new__(cls, chosen.format_map(held) if held else chosen)
        made.text, made.plural, made.values = text, plural, held
        return made

    def mapped(self, change: Callable[[str], str]) -> Sentence:
        """A copy with `change` applied to each value that is text."""
        return Sentence(
            self.text,
            self.plural,
            **{name: change(v) if isinstance(v, str) else v for name, v in self.values.items()},
        )

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, (self.text, self.plural, dict(self.values))


def _rebuilt(text: str, plural: str | None, values: Mapping[str, Value]) -> Sentence:
    return Sentence(text, plural, **values)


def join_sentences(parts: Iterable[str], between: str = "; ") -> str:
    """Join sentences to one, separated by `between`."""
    values = {f"part_{number}": part for number, part in enumerate(parts)}
    return Sentence(between.join(f"{{{name}}}" for name in values), **values)


_REASONS = (
    Sentence("No such file or directory"),
    Sentence("Permission denied"),
    Sentence("Operation not permitted"),
    Sentence("No space left on device"),
    Sentence("Disk quota exceeded"),
    Sentence("File too large"),
    Sentence("File name too long"),
    Sentence("File exists"),
    Sentence("Is a directory"),
    Sentence("Not a directory"),
    Sentence("Read-only file system"),
    Sentence("Too many open files"),
    Sentence("Input/output error"),
    Sentence("Resource temporarily unavailable"),
    Sentence("Connection refused"),
)
"""Messages of operating systems about files and connections that the catalogues translate."""


def reason_of(error: OSError) -> Sentence:
    """The system's message for an error, else the error's class name."""
    said = error.strerror or type(error).__name__
    return next((reason for reason in _REASONS if reason == said), Sentence("{said}", said=said))


def as_data(said: Value) -> Any:
    """Convert a sentence or a date to JSON-compatible data; any other text stays."""
    if isinstance(said, Sentence):
        values = {name: as_data(value) for name, value in said.values.items()}
        return {"text": said.text, "plural": said.plural, "values": values}
    return {"day": said.isoformat()} if isinstance(said, date) else said


def from_data(data: Any) -> Any:
    """Restore what `as_data` converted."""
    if not isinstance(data, Mapping):
        return data
    if "day" in data:
        return date.fromisoformat(data["day"])
    values = {name: from_data(value) for name, value in data["values"].items()}
    return Sentence(data["text"], data["plural"], **values)
