"""Countries, counts and kinds of search are in the reader's language, and nought is not counted out."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

import dsr_report
from dsr_report.config import Config, Controller, Retention
from dsr_report.languages import language_of
from dsr_report.records.rule import rule
from dsr_report.rendering.warnings import rule_text

SAMPLE = Path(dsr_report.sample("profile-90211"))
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
        page = " ".join(report.part("start").text.split())
        assert "1 klik die wij hebben vastgelegd" in page
        assert "0 openingen" not in page


def test_the_search_is_said_in_words(built) -> None:
    with built([CLICK], "fr") as report:
        assert "un profil, par son numéro" in report.text


def test_the_officer_the_representative_and_the_phone_are_printed(built) -> None:
    from dsr_report.config import Officer

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


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("en", "“Groups, scores and interests”, "),
        ("nl", "“Groepen, scores en interesses”, "),
        ("de", "„Gruppen, Bewertungen und Interessen“, "),
        ("fr", "« Groupes, scores et centres d’intérêt », "),
    ],
)
def test_titles_in_a_list_stand_in_quotation_marks_as_they_have_commas_themselves(
    built, lang: str, title: str
) -> None:
    with built([CLICK], lang) as report:
        assert title in report.text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("lang", "one", "two"),
    [
        ("en", "It has the field “a”", "It has the fields “a” and “b”"),
        ("nl", "Het heeft het veld “a”", "Het heeft de velden “a” en “b”"),
        ("de", "Es hat das Feld „a“", "Es hat die Felder „a“ und „b“"),
        ("fr", "Contient le champ « a »", "Contient les champs « a » et « b »"),
    ],
)
def test_fields_that_decided_a_kind_are_named_one_by_one(lang: str, one: str, two: str) -> None:
    said = [rule_text(rule("keys", names), language_of(lang)) for names in ("a", "a b")]
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in said] == [one, two]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "Other records: vouchers."),
        ("nl", "Overige gegevens: tegoedbonnen."),
        ("de", "Weitere Datensätze: Gutscheine."),
        ("fr", "Autres éléments : bons d’achat."),
    ],
)
def test_kinds_behind_a_colon_begin_no_sentence(built, lang: str, said: str) -> None:
    with built([{"type": "coupon", "ID": "5", "code": "AB12", "status": "sent"}], lang) as report:
        assert said in report.part("statements-part").text.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("kind", ["message", "sms", "fax"])
def test_whatever_was_sent_is_a_category_of_data(built, kind: str) -> None:
    with built([{"type": kind, "ID": "5", "timestamp": "2024-01-02 03:04:05"}]) as report:
        assert "Messages that we sent you, with their texts." in report.part("statements-part").text


def test_what_servers_said_stands_once_beside_what_it_means(built) -> None:
    sent = {
        "type": "delivery",
        "ID": "1",
        "timestamp": "2024-01-02 03:04:05",
        "smtp-response": "250 queued as 4F",
    }
    full = {"type": "error", "ID": "2", "timestamp": "2024-01-02 03:04:06", "errorcode": "4.2.2",
            "description": "over quota"}  # fmt: skip
    odd = full | {"ID": "3", "errorcode": "4.9.9", "description": "no luck"}
    with built([sent, full, odd], "de") as report:
        text = " ".join(report.text.split())
    assert text.count("250 queued as 4F") == 1
    assert "Zustellung fehlgeschlagen: das Postfach ist voll" in text
    assert text.count("over quota") == 1
    assert "Zustellung fehlgeschlagen: vorübergehend · no luck" in text


def test_the_only_date_of_the_report_is_that_of_the_reply(built) -> None:
    with built([CLICK], replied=date(2026, 1, 19)) as report:
        technical = report.part("technical-part").text
        assert "19 January 2026" in technical
        assert "2026" not in technical.replace("19 January 2026", "")
    with built([CLICK]) as report:
        assert "2026" not in report.part("technical-part").text


def test_how_messages_are_counted_is_said_where_there_are_some(built) -> None:
    said = "The source of a message counts as one value."
    with built([CLICK]) as report:
        assert said not in report.text
    with built([{"type": "message", "ID": "1", "mime": "Subject: Hi\r\n\r\nHi"}]) as report:
        assert said in report.text


def test_no_line_of_page_one_ends_within_a_day_or_behind_a_number(built) -> None:
    rule = Retention(kind=("profile", "message"), keep="2 years")
    with built(SAMPLE, "de", config=Config(retention=(rule,)), replied=date(2026, 1, 19)) as report:
        page = report.part("start").text.partition("Ja, ")[2]  # in the letterhead a date is a line
    assert (
        re.findall(r"\d\.? (?:Januar|Februar|März|Mai|Öffnung|Klick|Nachricht|Interesse|Abmeldung)", page)
        == []
    )
    assert len(re.findall("\\d\\.?\N{NO-BREAK SPACE}[A-ZÖ]", page)) > 10


def test_the_places_of_the_values_are_named_in_reading_order(built) -> None:
    with built(SAMPLE) as report:
        table = report.part("technical-part").text.partition("Where the values are shown")[2]
    order = ["Your profile", "What you filled in", "What we noted about you", "Annex A", "Annex B", "Annex E"]
    places = [table.index(title) for title in order]
    assert places == sorted(places)


def test_no_french_word_is_elided_before_a_name_of_somebody_elses(built) -> None:
    controller = Controller(name="Herboristerie du Lac")
    with built(
        [CLICK | {"data": CLICK["data"] | {"city": "Amiens"}}], "fr", config=Config(controller=controller)
    ) as report:
        text = report.text
    assert re.findall(r"\b(?:que|de|le|la|du) (?:Herboristerie|Amiens)", text) == []
