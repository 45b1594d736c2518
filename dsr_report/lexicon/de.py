"""German."""

from __future__ import annotations

from dsr_report.lexicon.words import Lexicon

LEXICON = Lexicon(
    yes=("ja", "wahr", "ein"),
    no=("nein", "falsch", "aus"),
    passwords=("passwort", "passwörter", "kennwort", "kennwörter", "pin code"),
    password_repeats=("wiederholen", "wiederholung", "bestätigen", "bestätigung", "neues", "altes"),
    access_codes=("zugangscode", "zugriffscode"),
    keys=("api schlüssel", "zugriffsschlüssel", "sitzungs id"),
    given_names=("vor name", "vornamen"),
    infixes=("namenszusatz",),
    family_names=("nach name", "familien name", "zuname"),
    whole_names=("name", "vollständiger name"),
    names=("name",),
    notes=("bemerkung", "notiz", "vermerk", "intern", "interne"),
    special_categories=(
        *("gesundheit", "religi", "glaube", "konfession", "ethni", "politisch", "gewerkschaft", "sexu"),
        *("biometri", "genetisch", "allerg", "behinderung", "diät"),
    ),
    other_people=(
        *("partner", "ehemann", "ehefrau", "freund", "kind", "eltern", "werber", "geschenk", "kolleg"),
        *("arbeitgeber",),
    ),
    unsubscribing=("<abmeld", "abbestell"),
    leaving=(),
    web_version=("web ansicht", "online ansicht", "web versi", "online versi", "im browser"),
    personal_pages=(
        *("einstellung", "profil", "konto", "umfrage", "weiterempf", "passwort", "kennwort", "anmeld"),
        *("bestätig", "aktivier"),
    ),
    shared_mailboxes=("familie", "büro"),
)
