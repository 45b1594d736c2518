"""Terms that were wrong in law or in language stay away; numbers agree; French is typeset as French."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from dsr_report.languages import LANGUAGES, Language, language_of
from dsr_report.lexicon import SOURCE_LANGUAGE

HERE = Path(__file__).resolve().parent
LETTERS = HERE.parent.parent / "templates" / "reply"
TERMS: dict[str, dict[str, str]] = tomllib.loads((HERE / "terms.toml").read_text(encoding="utf-8"))
OTHERS = [code for code in LANGUAGES if code != SOURCE_LANGUAGE]
COUNTS = "{n}", "{total}", "{masked}", "{withheld}", "{disclosed}", "{count}", "{number}"


def sources() -> Iterator[str]:
    """The English texts, by way of a catalogue that has all of them."""
    yield from language_of(OTHERS[0]).texts


def texts_of(code: str) -> list[str]:
    letter = (LETTERS / f"{code}.txt.j2").read_text(encoding="utf-8")
    if code == SOURCE_LANGUAGE:
        return [*sources(), letter]
    return [*(form for forms in language_of(code).texts.values() for form in forms), letter]


def test_each_language_has_a_list_of_terms() -> None:
    assert set(TERMS) == set(LANGUAGES)


@pytest.mark.parametrize("code", LANGUAGES)
def test_terms_that_were_wrong_do_not_come_back(code: str) -> None:
    found = [
        (text, better)
        for term, better in TERMS[code].items()
        for text in texts_of(code)
        if re.search(term, text, re.IGNORECASE)
    ]
    assert found == []


@pytest.mark.parametrize("code", OTHERS)
def test_citations_are_those_of_the_language(code: str) -> None:
    said = {
        "nl": ("artikel 15, lid 4, AVG", "artikel 5, lid 1, onder f, en artikel 32 AVG"),
        "de": ("Art. 15 Abs. 4 DSGVO", "Art. 5 Abs. 1 Buchst. f und Art. 32 DSGVO"),
        "fr": (
            "article 15, paragraphe 4, du RGPD",
            "article 5, paragraphe 1, point f), et article 32 du RGPD",
        ),
    }
    words = language_of(code)
    assert (words.citation("Art. 15(4) GDPR"), words.citation("Art. 5(1)(f), 32 GDPR")) == said[code]
    assert words.citation("UAVG, artikel 41") == "UAVG, artikel 41"


def plurals(words: Language) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, forms in words.texts.items():
        if len(forms) > 1:
            yield key, forms


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("number", [0, 1, 2])
def test_numbers_agree(code: str, number: int) -> None:
    words = language_of(code)
    is_singular = number == 1 or (number == 0 and code == "fr")
    for key, (singular, plural) in plurals(words):
        said = words.count(key, "", number)
        assert said == (singular if is_singular else plural).replace("{n}", str(number)), key


@pytest.mark.parametrize("code", OTHERS)
def test_no_verb_depends_on_a_number_that_the_sentence_does_not_know(code: str) -> None:
    verbs = r"(?:zijn|is|waren|was|sind|ist|war|sont|est)\b"
    counted = re.compile(rf"(?:{'|'.join(map(re.escape, COUNTS))}) {verbs}")
    uncounted = [forms[0] for forms in language_of(code).texts.values() if len(forms) == 1]
    assert [text for text in uncounted if counted.search(text)] == []


def test_french_has_its_apostrophes_and_no_break_spaces() -> None:
    for text in texts_of("fr"):
        said = re.sub(r"\{[{%].*?[%}]\}", "", text)
        assert "'" not in said, said
        assert re.findall(r"[^\u00a0\d](?=:)|[^\u00a0](?=»)|«(?!\u00a0)|[^\u202f](?=[;!?])", said) == [], said


def test_the_first_day_of_a_month_is_an_ordinal_in_french() -> None:
    from datetime import date

    days = [language_of(code).day(date(2026, 1, 1)) for code in ("en", "nl", "de", "fr")]
    assert days == ["1 January 2026", "1 januari 2026", "1. Januar 2026", "1er janvier 2026"]
