"""English."""

from __future__ import annotations

from dsr_report.lexicon.words import Lexicon

LEXICON = Lexicon(
    passwords=("password", "passwd", "passphrase", "pin code"),
    password_repeats=("repeat", "confirm", "new", "old", "again", "2"),
    access_codes=("secret", "access code"),
    keys=("api key", "access token", "auth token", "bearer", "session id"),
)
