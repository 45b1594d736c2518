"""German."""

from __future__ import annotations

from dsr_report.lexicon.words import Lexicon

LEXICON = Lexicon(
    passwords=("passwort", "passwörter", "kennwort", "kennwörter", "pin code"),
    password_repeats=("wiederholen", "wiederholung", "bestätigen", "bestätigung", "neues", "altes"),
    access_codes=("zugangscode", "zugriffscode"),
    keys=("api schlüssel", "zugriffsschlüssel", "sitzungs id"),
)
