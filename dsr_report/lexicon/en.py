"""English."""

from __future__ import annotations

from dsr_report.lexicon.words import Lexicon

LEXICON = Lexicon(
    yes=("1", "true", "yes", "on"),
    no=("0", "false", "no", "off"),
    passwords=("password", "passwd", "passphrase", "pin code"),
    password_repeats=("repeat", "confirm", "new", "old", "again", "2"),
    access_codes=("secret", "access code"),
    keys=("api key", "access token", "auth token", "bearer", "session id"),
    given_names=("first name", "given name", "forename"),
    infixes=("infix", "middle name"),
    family_names=("last name", "family name", "surname"),
    whole_names=("name", "full name"),
    names=("name",),
    notes=("note", "notes", "internal", "remark", "remarks", "memo"),
    special_categories=(
        *("health", "religi", "ethni", "politic", "trade union", "sexu", "biometri", "genetic", "allerg"),
        *("handicap", "disab", "diet", "criminal"),
    ),
    other_people=(
        *("partner", "spouse", "friend", "child", "parent", "referr", "gift", "colleague", "manager"),
        *("employer", "emergency"),
    ),
    unsubscribing=("unsub", "opt out", "sign off"),
    leaving=("leave", "remove"),
    web_version=(
        *("web versi", "web view", "online versi", "mirror page", "view browser", "view in browser"),
        *("view online", "view in online", "in browser", "in your browser", "in the browser", "in a browser"),
        *(
            "view … in … web>",
            "view … on … web>",
            "read … on … web>",
            "see … on the web>",
            "open … on … web>",
        ),
    ),
    personal_pages=(
        *(
            "prefer",
            "profile",
            "account",
            "survey",
            "tell a friend",
            "password",
            "log in",
            "sign in",
            "reset",
        ),
        *("magic", "confirm", "verif", "activ", "?me>", "&me>", "/me>", "?you>", "&you>", "/you>"),
    ),
    shared_mailboxes=(
        *(
            "info",
            "contact",
            "office",
            "mail",
            "admin",
            "sales",
            "support",
            "team",
            "hello",
            "post",
            "family",
        ),
    ),
)
