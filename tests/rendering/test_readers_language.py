"""Countries, counts and kinds of search are in the reader's language, and nought is not counted out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import dsr_report
from dsr_report.languages import language_of

CLICK = {
    "type": "click",
    "data": {
        "ID": "2",
        "timestamp": "2024-01-02 03:04:05",
        "ip": "192.0.2.7",
        "city": "Köln",
        "countrycode": "DE",
        "countryname": "Germany",
    },
}


@pytest.mark.parametrize(
    ("lang", "place"),
    [
        ("en", "Köln, Germany"),
        ("nl", "Köln, Duitsland"),
        ("de", "Köln, Deutschland"),
        ("fr", "Köln, Allemagne"),
    ],
)
def test_a_place_names_its_country_in_the_readers_language(built, lang, place) -> None:
    with built([CLICK], lang) as report:
        assert place in report.text


def test_page_one_counts_no_opens_where_there_are_none(built) -> None:
    with built([CLICK], "nl") as report:
        page = report.part("start").text
        assert "1 klik die wij hebben vastgelegd" in page
        assert "0 openingen" not in page


def test_the_search_is_said_in_words(built) -> None:
    with built([CLICK], "fr") as report:
        assert "un profil, par son numéro" in report.text


def test_the_officer_the_representative_and_the_phone_are_printed(built) -> None:
    from dsr_report.config import Config, Controller, Officer

    controller = Controller(
        name="Kroosduiker", phone="+31 20 000 0000", representative="Vertreter GmbH, Hamburg"
    )
    officer = Officer(name="Ada Voorbeeld", email="dpo@kroosduiker.example")
    with built([CLICK], "nl", config=Config(controller=controller, dpo=officer)) as report:
        assert "Functionaris voor gegevensbescherming: Ada Voorbeeld, dpo@kroosduiker.example" in report.text
        assert "Vertegenwoordiger in de Europese Unie: Vertreter GmbH, Hamburg" in report.text
        assert "+31 20 000 0000" in report.part("start").text


@pytest.mark.parametrize(
    ("lang", "title", "within"),
    [
        ("en", "Stored copies of mailings", "stored copies of mailings"),
        ("nl", "Sms-berichten", "sms-berichten"),
        ("de", "Gespeicherte Kopien von Mailings", "gespeicherte Kopien von Mailings"),
        ("de", "Teile Ihres Profils", "Teile Ihres Profils"),
        ("de", "Öffnungen", "Öffnungen"),
        ("fr", "Échecs de remise", "échecs de remise"),
        ("fr", "SMS", "SMS"),
    ],
)
def test_a_title_within_a_sentence_has_a_capital_only_where_the_language_wants_one(
    lang: str, title: str, within: str
) -> None:
    assert language_of(lang).within(title) == within


@pytest.mark.parametrize("lang", ["en", "nl", "de", "fr"])
def test_e_mail_is_not_broken_in_what_is_said_of_a_field(built, lang: str) -> None:
    profile = {"type": "profile", "ID": "7", "database": "1", "fields": {"Name": "Robin"}}
    with built([profile], lang) as report:
        html = report.html
    assert re.search(r'nb">[Ee]-[Mm]ail', html)
    text = re.sub(r'<(?!span class="nb">)[^>]*>', "", html)
    assert not re.search(r'(?<!nb">)\b[Ee]-[Mm]ail', text)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "1 automatic reply"),
        ("nl", "1 automatisch antwoord"),
        ("de", "1 automatische Antwort"),
        ("fr", "1 réponse automatique"),
    ],
)
def test_what_else_there_is_agrees_in_number(built, lang: str, said: str) -> None:
    with built(Path(dsr_report.sample("email-someone")), lang) as report:
        assert said in " ".join(report.part("start").text.split())


def test_where_nothing_was_found_no_table_is_empty(built) -> None:
    with built([]) as report:
        assert "Records by kind" not in report.text
