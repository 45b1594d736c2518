"""The words of each language by which dsr-report recognises what an export holds.

One module per language, named by its code (ISO 639), with a `LEXICON`. An export can hold any language, so
recognition uses `WORDS`, the union of all of them. A new language is a module here, a catalogue in
`templates/locale` and a letter in `templates/reply`; nothing else names it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import fields
from importlib import import_module
from pathlib import Path

from dsr_report.lexicon.words import Lexicon

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
    return Lexicon(
        **{
            field.name: tuple(dict.fromkeys(word for one in every for word in getattr(one, field.name)))
            for field in fields(Lexicon)
        }
    )


WORDS = _union()
"""The words of all languages together."""

_SPELT = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "oe", "å": "aa"}
_UMLAUTS = "äöü"


def any_of(words: Iterable[str]) -> str:
    """The source of a regular expression that matches each of some words (to be used with `re.IGNORECASE`).

    A space in a word stands for at most one separator, an apostrophe for any or none. Letters with an accent
    also match without it, as names of fields and addresses are often written.
    """
    longest_first = sorted(dict.fromkeys(words), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(''.join(map(_letter, word)) for word in longest_first)})"


def _letter(letter: str) -> str:
    if letter == " ":
        return "[ _.-]?"
    if letter == "'":
        return "['’ _-]?"
    if letter in _SPELT:
        return f"(?:{letter}|{_SPELT[letter]})"
    decomposed = unicodedata.normalize("NFD", letter)
    bare = decomposed[0]
    if bare == letter:
        return re.escape(letter)
    others = (letter, decomposed, f"{bare}e", bare) if letter in _UMLAUTS else (letter, decomposed, bare)
    return f"(?:{'|'.join(others)})"
