"""French."""

from __future__ import annotations

from dsr_report.lexicon.words import Lexicon

LEXICON = Lexicon(
    yes=("oui", "vrai"),
    no=("non", "faux"),
    passwords=("mot de passe", "mots de passe", "code pin"),
    password_repeats=("répéter", "confirmer", "confirmation", "nouveau", "ancien"),
    access_codes=("code d'accès",),
    keys=("clé api", "clé d'accès", "jeton d'accès", "id de session"),
    given_names=("prénom", "prénoms"),
    infixes=("particule",),
    family_names=("nom", "nom de famille"),
    whole_names=("nom complet",),
    names=("nom",),
    notes=("commentaire", "remarque", "note interne", "interne"),
    special_categories=(
        *("santé", "religi", "ethni", "politique", "syndicat", "sexu", "biométri", "génétique", "allerg"),
        *("handicap", "casier judiciaire"),
    ),
    other_people=(
        *("partenaire", "conjoint", "épous", "époux", "<ami>", "<amis>", "<amie>", "<amies>", "enfant"),
        *("parent", "parrain", "cadeau", "collègue", "employeur"),
    ),
    unsubscribing=("désabonn", "dés inscri"),
    leaving=(),
    web_version=(
        *("version en ligne", "dans votre navigateur", "dans le navigateur", "dans un navigateur"),
        *("avec votre navigateur", "avec le navigateur", "avec un navigateur"),
    ),
    personal_pages=(
        *("préféren", "profil", "mon compte", "enquête", "sondage", "transférer", "mot de passe"),
        *("connexion", "confirm"),
    ),
    shared_mailboxes=("famille",),
    typesetting=(
        ("'", "’"),
        ("[ \u00a0](?=[:»])", "\u00a0"),
        ("(?<=«)[ \u00a0]", "\u00a0"),
        ("[ \u00a0](?=[;!?])", "\u202f"),
    ),
)
