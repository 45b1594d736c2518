"""Dutch."""

from __future__ import annotations

from dsr_report.lexicon.words import Lexicon

LEXICON = Lexicon(
    yes=("ja", "waar", "aan"),
    no=("nee", "onwaar", "uit"),
    passwords=("wachtwoord", "wachtwoorden", "pincode"),
    password_repeats=("herhaal", "herhaling", "bevestig", "bevestiging", "nieuw", "nieuwe", "oud", "oude"),
    access_codes=("toegangscode",),
    keys=("api sleutel", "toegangssleutel", "sessie id"),
    given_names=("voor naam", "voornamen", "roepnaam"),
    infixes=("tussen voegsel", "tussen voegsels"),
    family_names=("achter naam", "familienaam"),
    whole_names=("naam", "volledige naam"),
    names=("naam",),
    notes=("notitie", "notities", "opmerking", "opmerkingen", "intern", "interne"),
    special_categories=(
        *("gezondheid", "religi", "geloof", "etnisch", "herkomst etn", "politiek", "vakbond", "seksu"),
        *("biometri", "genetisch", "allerg", "handicap", "beperking", "dieet", "strafblad"),
    ),
    other_people=(
        *("partner", "echtgeno", "vriend", "kind", "ouder", "aanbrenger", "cadeau", "collega", "werkgever"),
        *("noodcontact",),
    ),
    unsubscribing=("afmeld", "uitschrij"),
    leaving=(),
    web_version=(
        *("web versi", "online versi", "bekijk … online", "bekijk … browser", "lees … online"),
        *("lees … browser", "in je browser", "in uw browser", "in de browser"),
        *("in je webbrowser", "in uw webbrowser", "in de webbrowser"),
    ),
    personal_pages=(
        *("voorkeur", "profiel", "mijn", "enquête", "doorsturen", "wachtwoord", "inlog", "bevestig"),
    ),
    shared_mailboxes=("gezin", "familie", "kantoor"),
)
