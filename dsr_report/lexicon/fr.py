"""French."""

from __future__ import annotations

from dsr_report.lexicon.words import Lexicon

LEXICON = Lexicon(
    passwords=("mot de passe", "mots de passe", "code pin"),
    password_repeats=("répéter", "confirmer", "confirmation", "nouveau", "ancien"),
    access_codes=("code d'accès",),
    keys=("clé api", "clé d'accès", "jeton d'accès", "id de session"),
)
