"""Dutch."""

from __future__ import annotations

from dsr_report.lexicon.words import Lexicon

LEXICON = Lexicon(
    passwords=("wachtwoord", "wachtwoorden", "pincode"),
    password_repeats=("herhaal", "herhaling", "bevestig", "bevestiging", "nieuw", "nieuwe", "oud", "oude"),
    access_codes=("toegangscode",),
    keys=("api sleutel", "toegangssleutel", "sessie id"),
)
