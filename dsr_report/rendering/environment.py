"""The one Jinja environment: everything escaped, a missing name fails, the operator's templates come first."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from jinja2.bccache import Bucket

from dsr_report.languages import Language
from dsr_report.rendering.text import inert, paragraphs, shown
from dsr_report.shipped import shipped


class _Compiled(BytecodeCache):
    """Compiled templates, for as long as the process lives: compiling takes longer than a small report."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template that has not changed."""
        checksum, bucket.code = self._codes.get(bucket.key, ("", None))
        if checksum != bucket.checksum:
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        if bucket.code is not None:
            self._codes[bucket.key] = bucket.checksum, bucket.code


@cache
def _compiled(_language: str) -> _Compiled:
    """One for each language: Jinja works out filters of constants when it compiles."""
    return _Compiled()


def environment(language: Language, override: Path | None = None) -> Environment:
    """An environment that speaks `language`; `override` is a folder of templates that go before ours.

    A template there can still extend or include ours as `shipped:report/NAME`.
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
        bytecode_cache=_compiled(language.code),
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=language.text,
        ngettext=language.count,
        newstyle=False,
    )
    made.filters["shown"] = shown
    made.filters["paragraphs"] = paragraphs
    made.filters["inert"] = inert
    made.filters["number"] = language.number
    made.filters["day"] = lambda value: language.day(value) if value else ""
    made.globals["colon"] = language.colon
    made.globals["count"] = language.count
    return made
