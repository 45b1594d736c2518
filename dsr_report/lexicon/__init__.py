"""The words of each language by which dsr-report recognises the content of an export.

One module per language, named by its code (ISO 639), with a `LEXICON`. An export can hold any language, so
recognition uses `WORDS`, the union of all of them. A new language is a module here, a catalogue in
`templates/locale` and a letter in `templates/reply`; nothing else names it.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

from dsr_report.lexicon.patterns import WordPattern, any_of
from dsr_report.lexicon.words import Lexicon

__all__ = ["LANGUAGES", "LEXICONS", "SOURCE_LANGUAGE", "WORDS", "Lexicon", "WordPattern", "any_of"]

SOURCE_LANGUAGE = "en"
"""The language of the texts in the code, which are the keys of the catalogues."""


def _codes() -> tuple[str, ...]:
    modules = Path(__file__).parent.glob("*.py")
    found = {file.stem for file in modules if re.fullmatch(r"[a-z]{2,3}", file.stem)}
    return (SOURCE_LANGUAGE, *sorted(found - {SOURCE_LANGUAGE}))


LANGUAGES = _codes()
"""The codes of all languages, the source language first."""


def _lexicon(code: str) -> Lexicon:
    lexicon = import_module(f"{__name__}.{code}").LEXICON
    if not isinstance(lexicon, Lexicon):
        raise TypeError(f"dsr_report/lexicon/{code}.py has no LEXICON")
    return lexicon


LEXICONS: dict[str, Lexicon] = {code: _lexicon(code) for code in LANGUAGES}


def _union() -> Lexicon:
    every = LEXICONS.values()
    words: dict[str, Any] = {
        name: tuple(dict.fromkeys(word for one in every for word in getattr(one, name)))
        for name in Lexicon._fields
        if name not in Lexicon._field_defaults  # a field with a default is not a word list
    }
    return Lexicon(**words)


WORDS = _union()
"""The words of all languages together."""
