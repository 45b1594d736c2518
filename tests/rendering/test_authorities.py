"""Whom to complain to: by country, in the reader's language, in Germany by Land."""

from __future__ import annotations

import re

import pytest

from dsr_report.languages import LANGUAGES, language_of
from dsr_report.rendering.authorities import AUTHORITIES

EEA = set("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK".split())
LAENDER = {f"DE-{code}" for code in "BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH".split()}
PROFILE = [{"type": "profile", "ID": "7", "fields": {"Email": "ina@example.org"}}]


def test_every_country_of_the_eea_and_every_land_has_one() -> None:
    assert set(AUTHORITIES) == EEA | LAENDER


@pytest.mark.parametrize("code", sorted(AUTHORITIES))
@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_authority_has_a_name_and_a_website_in_each_language(code: str, lang: str) -> None:
    name, *_, website = AUTHORITIES[code].in_words(lang, with_address=True).split(", ")
    assert len(name) > 5
    assert re.fullmatch(r"[a-z0-9.-]+\.[a-z]{2,3}(?:/[\w./-]+)?", website)


@pytest.mark.parametrize(
    ("lead", "lang", "said"),
    [
        ("BE", "fr", "Autorité de protection des données (APD), Rue de la Presse 35, 1000 Bruxelles"),
        ("be", "nl", "Gegevensbeschermingsautoriteit (GBA), Drukpersstraat 35, 1000 Brussel"),
        ("DE-NW", "de", "Informationsfreiheit Nordrhein-Westfalen, ldi.nrw.de"),
        ("ES", "en", "Agencia Española de Protección de Datos (AEPD), aepd.es"),
    ],
)
def test_the_authority_to_name_first_is_named_in_the_readers_language(built, lead, lang, said) -> None:
    from dsr_report.config import Authority, Config

    with built(PROFILE, lang, config=Config(authority=Authority(lead=lead))) as report:
        assert said in report.text
        assert "edpb.europa.eu" in report.text


def test_for_germany_no_report_names_the_federal_authority(built) -> None:
    from dsr_report.config import Authority, Config

    with built(PROFILE, "de", config=Config(authority=Authority(lead="DE"))) as report:
        assert "Aufsichtsbehörde Ihres Bundeslandes" in report.text
        assert "bfdi" not in report.text
    assert language_of("de").country("DE") == "Deutschland"
