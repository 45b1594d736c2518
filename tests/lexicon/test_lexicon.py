"""The words of each language stand in one place, and nothing else names a language."""

import ast
import re
from pathlib import Path

import pytest

import dsr_report
from dsr_report.languages import LANGUAGES
from dsr_report.lexicon import LEXICONS, SOURCE_LANGUAGE, WORDS, any_of

PACKAGE = Path(dsr_report.__file__).parent
TEMPLATES = PACKAGE.parent / "templates"
OTHERS = sorted(set(LANGUAGES) - {SOURCE_LANGUAGE})


def texts_of(module: Path) -> set[str]:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_no_code_outside_the_lexicon_names_a_language() -> None:
    found = {
        str(module.relative_to(PACKAGE)): texts_of(module) & set(OTHERS)
        for module in PACKAGE.rglob("*.py")
        if module.parent.name != "lexicon"
    }
    assert {name: codes for name, codes in found.items() if codes} == {}


@pytest.mark.parametrize("code", OTHERS)
def test_each_language_has_a_lexicon_a_catalogue_and_a_letter(code: str) -> None:
    assert code in LEXICONS
    assert (TEMPLATES / "locale" / code / "LC_MESSAGES" / "dsr_report.po").is_file()
    assert (TEMPLATES / "reply" / f"{code}.txt.j2").is_file()


def test_each_catalogue_and_letter_is_of_a_language_with_a_lexicon() -> None:
    catalogues = {folder.name for folder in (TEMPLATES / "locale").iterdir() if folder.is_dir()}
    letters = {file.name.partition(".")[0] for file in (TEMPLATES / "reply").glob("*.txt.j2")}
    assert catalogues == set(OTHERS)
    assert letters == set(LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_are_in_lower_case_and_written_once(code: str) -> None:
    for name in WORDS._fields:
        if name in WORDS._field_defaults:
            continue
        words = getattr(LEXICONS[code], name)
        assert [word for word in words if word != word.lower() or not word.strip()] == [], name
        assert len(set(words)) == len(words), name


@pytest.mark.parametrize(
    ("word", "spelt"),
    [
        ("mot de passe", ["mot de passe", "mot-de-passe", "Mot_de_passe", "motdepasse"]),
        ("code d'accès", ["code d'accès", "code d’acces", "CODE DACCES", "code_d_acces"]),
        ("schlüssel", ["Schlüssel", "schlussel", "Schluessel", "schlu\u0308ssel"]),
        ("straße", ["Straße", "Strasse"]),
    ],
)
def test_a_word_is_found_as_fields_and_addresses_spell_it(word: str, spelt: list[str]) -> None:
    pattern = re.compile(any_of([word]), re.IGNORECASE)
    assert [text for text in spelt if not pattern.fullmatch(text)] == []
