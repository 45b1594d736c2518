"""What is said to people as data: a text of the catalogues, and the values that stand in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Self, TypeAlias

Value: TypeAlias = "str | int | date"


def translatable(text: str) -> str:
    """Mark a text for the catalogues where it is declared; it is translated where it is shown."""
    return text


class Count(int):
    """A number that is grouped in English, too: 12,345."""

    def __str__(self) -> str:
        return f"{int(self):,}"


class Sentence(str):
    """An English sentence that keeps its text and its values apart, so that it can be said in any language.

    It is a `str`: whoever only prints it prints English. `Language.say` says it in another language.

    Args:
        text: the English text, with a hole for each value: `the API cannot be reached: {reason}`.
        plural: the text where the value `n` is not one.
        values: what stands in the holes. Numbers and days are written as the language does, a sentence among
            them is translated, anything else is text.
    """

    __slots__ = ("plural", "text", "values")

    text: str
    plural: str | None
    values: Mapping[str, Value]

    def __new__(cls, text: str, plural: str | None = None, /, **values: object) -> Self:
        """Fill the holes of the English text."""
        held = {name: v if isinstance(v, (str, int, date)) else str(v) for name, v in values.items()}
        chosen = text if plural is None or values["n"] == 1 else plural
        made = super().__new__(cls, chosen.format_map(held) if held else chosen)
        made.text, made.plural, made.values = text, plural, held
        return made

    def mapped(self, change: Callable[[str], str]) -> Sentence:
        """The same sentence with each of its texts changed, numbers as they are."""
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
    """Sentences one after the other, as one."""
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
"""What systems say of files; the catalogues know these."""


def reason_of(error: OSError) -> Sentence:
    """Why the system refused something, else the name of its error."""
    said = error.strerror or type(error).__name__
    return next((reason for reason in _REASONS if reason == said), Sentence("{said}", said=said))


def as_data(said: Value) -> Any:
    """A sentence as JSON can hold it; any other text is itself."""
    if isinstance(said, Sentence):
        values = {name: as_data(value) for name, value in said.values.items()}
        return {"text": said.text, "plural": said.plural, "values": values}
    return {"day": said.isoformat()} if isinstance(said, date) else said


def from_data(data: Any) -> Any:
    """What `as_data` was given."""
    if not isinstance(data, Mapping):
        return data
    if "day" in data:
        return date.fromisoformat(data["day"])
    values = {name: from_data(value) for name, value in data["values"].items()}
    return Sentence(data["text"], data["plural"], **values)
