"""The one Jinja environment: everything escaped, a missing name fails, the operator's templates come first."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, cached_property, lru_cache
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup, escape

from dsr_report.errors import LedgerError
from dsr_report.languages import Language
from dsr_report.rendering.proof import is_short, mark_of
from dsr_report.rendering.shared_values import OwnValues, SharedValues
from dsr_report.rendering.text import (
    DOT,
    dotted,
    inert,
    inline,
    isolated,
    name_parts,
    paragraphs,
    shown,
    spoken,
)
from dsr_report.rendering.values import StoredValue, steps
from dsr_report.shipped import shipped


class _Compiled(BytecodeCache):
    """In-memory cache of compiled templates: compiling takes longer than rendering a small report."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the code of an unchanged template."""
        checksum, bucket.code = self._codes.get(bucket.key, ("", None))
        if checksum != bucket.checksum:
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store the code of a template."""
        if bucket.code is not None:
            self._codes[bucket.key] = bucket.checksum, bucket.code


@cache
def _bytecode_cache(_language: str) -> _Compiled:
    """One cache for each language: Jinja evaluates filters of constants at compile time."""
    return _Compiled()


_EMAIL = re.compile(r"\b([eE]-[mM]ail)")


class StoredValues:
    """Renders the values on an event's line with the macro of `values/stored.html.j2`.

    A report may hold millions of values. The macro is called once for each name and form, with a
    placeholder in place of the text, because the markup around the text is the same for all values.
    """

    def __init__(self, made: Environment) -> None:
        self._environment = made
        self._printed = lru_cache(maxsize=1024)(self._print)
        self._around = lru_cache(maxsize=1024)(self._call_macro)

    def line(self, values: SharedValues | OwnValues) -> Markup:
        """Return the values as HTML, with the number for their proof."""
        line = DOT.join(map(self._printed, values.values))
        return Markup(f"{mark_of(values.event.number, values.number)}{line}")  # noqa: S704 - made by the macro

    def _print(self, value: StoredValue) -> str:
        name, said, form = value
        return str(isolated(said) if isinstance(said, str) else said).join(self._around(name, form))

    def _call_macro(self, name: str, form: str) -> list[str]:
        """Return the macro's output, split at the text's placeholder."""
        mark = mark_of(0, 0)
        around = str(self._macro(name, mark, form)).split(mark)
        if len(around) < 2 or (len(around) > 2 and form != "long"):  # a link has the number twice
            raise LedgerError(
                "a value of an event would be shown twice"
                if len(around) > 2
                else "a value of an event would not be shown",
                where="report/values/stored.html.j2",
                hint="Nothing was written. Does a template of your own leave it out, or repeat it?",
            )
        return around

    @cached_property
    def _macro(self) -> Callable[..., Markup]:
        template = self._environment.get_template("report/values/stored.html.j2")
        macro: Callable[..., Markup] = template.module.stored  # type: ignore[attr-defined]
        return macro


class Unbroken:
    """Prevents a line break within "e-mail" with the macro of `values/unbroken.html.j2`."""

    def __init__(self, made: Environment) -> None:
        self._environment = made

    def __call__(self, text: str) -> str:
        """Return a text of ours as HTML, or unchanged if it does not contain the word."""
        pieces = _EMAIL.split(text)
        if len(pieces) == 1:
            return text
        return Markup("").join(
            self._macro(piece) if n % 2 else escape(piece) for n, piece in enumerate(pieces)
        )

    @cached_property
    def _macro(self) -> Callable[[str], Markup]:
        template = self._environment.get_template("report/values/unbroken.html.j2")
        macro: Callable[[str], Markup] = template.module.unbroken  # type: ignore[attr-defined]
        return macro


def stylesheet(name: str, override: Path | None = None) -> str:
    """A style sheet by its file's name: that in `styles` of the folder `override`, else ours."""
    own = override / "styles" / name if override else None
    file = own if own is not None and own.is_file() else shipped("templates") / "styles" / name
    return file.read_text(encoding="utf-8")


def environment(language: Language, override: Path | None = None, *, is_plain: bool = False) -> Environment:
    """Return an environment for `language`; templates in the folder `override` take precedence over ours.

    A template there can still extend or include ours as `shipped:report/NAME`. With `is_plain`, translated
    texts get no markup.
    """
    ours = FileSystemLoader(shipped("templates"))
    layers = [FileSystemLoader(override)] if override else []
    loader = ChoiceLoader([*layers, ours, PrefixLoader({"shipped": ours}, delimiter=":")])
    made = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
        bytecode_cache=_bytecode_cache(language.code),
    )
    unbroken = Unbroken(made)
    made.filters["unbroken"] = unbroken
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=language.text if is_plain else lambda text: unbroken(language.text(text)),
        ngettext=language.count,
        newstyle=False,
    )
    for leaf in (shown, paragraphs, inert, inline, isolated, dotted, name_parts, spoken, is_short):
        made.filters[leaf.__name__] = leaf
    made.filters["steps"] = lambda value: steps(value, language)
    made.filters["stored"] = StoredValues(made).line
    made.filters["number"] = language.number
    made.filters["day"] = lambda value: language.day(value) if value else ""
    made.globals["colon"] = language.colon
    made.globals["count"] = language.count
    return made
