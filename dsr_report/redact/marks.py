"""The visible marks that replace masked and withheld values."""

from __future__ import annotations

from dsr_report.languages import language_of
from dsr_report.sentences import translatable as _


def mark_text(code: str, treatment: str, number: str, what: str) -> str:
    """The visible mark for a masked or withheld value, in the language `code`."""
    language = language_of(code)
    form = (
        language.text("[masked {number}: {what}]")
        if treatment == "mask"
        else language.text("[withheld {number}: {what}]")
    )
    return form.format(number=number, what=language.text(HIDDEN_THINGS.get(what, what)))


HIDDEN_THINGS = {
    "access-code": _("access code"),
    "password": _("password"),
    "key": _("key"),
    "credential": _("login details"),
    "link-key": _("key in a link"),
    "unsubscribe-link": _("unsubscribe link"),
    "personal-link": _("personal link"),
    "address": _("e-mail address"),
    "shared-address": _("e-mail address"),
    "internal-note": _("internal note"),
    "other-person": _("data about another person"),
    "special-category": _("sensitive data (special category)"),
    "iban": _("bank account number"),
    "card": _("card number"),
    "bsn": _("identity number"),
    "niss": _("identity number"),
    "steuer-id": _("identity number"),
    "pps": _("identity number"),
    "nhs": _("identity number"),
    "ahv": _("identity number"),
    "svnr": _("identity number"),
    "nir": _("identity number"),
    "person": _("another person's name"),
    "telephone": _("telephone number"),
    "postal-address": _("postal address"),
    "opaque-file": _("attached file"),
    "other": _("other data"),
}
