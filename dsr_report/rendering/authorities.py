"""Supervisory authorities to complain to, by country; `[authority]` of the configuration goes before them."""

from __future__ import annotations

from typing import NamedTuple


class AuthorityEntry(NamedTuple):
    """Name and web address of an authority."""

    country: str
    name: str
    website: str


AUTHORITIES: dict[str, AuthorityEntry] = {
    "NL": AuthorityEntry("NL", "Autoriteit Persoonsgegevens", "autoriteitpersoonsgegevens.nl"),
    "BE": AuthorityEntry(
        "BE",
        "Gegevensbeschermingsautoriteit / Autorité de protection des données",
        "gegevensbeschermingsautoriteit.be",
    ),
    "DE": AuthorityEntry(
        "DE", "Die Bundesbeauftragte für den Datenschutz und die Informationsfreiheit", "bfdi.bund.de"
    ),
    "AT": AuthorityEntry("AT", "Österreichische Datenschutzbehörde", "dsb.gv.at"),
    "FR": AuthorityEntry("FR", "Commission nationale de l'informatique et des libertés (CNIL)", "cnil.fr"),
    "LU": AuthorityEntry("LU", "Commission nationale pour la protection des données", "cnpd.public.lu"),
    "IE": AuthorityEntry("IE", "Data Protection Commission", "dataprotection.ie"),
}
