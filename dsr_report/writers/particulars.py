"""The particulars of Article 15 as JSON-LD in terms of the Data Privacy Vocabulary (DPV 2).

They state what the controller's configuration states, in all its languages, for the content of the export;
nothing is added. The file includes the context, so that no term has to be looked up on the network.
(https://w3id.org/dpv and its extension legal/eu/gdpr, of a W3C Community Group)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dsr_report.config import Config, Letter, Officer, Recipient
from dsr_report.jsonstream.json_file import json_file
from dsr_report.lexicon import SOURCE_LANGUAGE
from dsr_report.records.kinds import kind_of
from dsr_report.rendering.authorities import AUTHORITIES

CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dct:description": {"@container": "@language"},
    "dct:created": {"@type": "xsd:dateTime"},
}
_STATED: dict[Letter, tuple[str, str]] = {
    "purposes": ("dpv:hasPurpose", "dpv:Purpose"),
    "basis": ("dpv:hasLegalBasis", "dpv:LegalBasis"),
    "retention": ("dpv:hasStorageCondition", "dpv:StorageCondition"),
    "rights": ("dpv:hasRight", "dpv:DataSubjectRight"),
    "source": ("dpv:hasDataSource", "dpv:DataSource"),
    "decisions": ("dpv:hasContext", "dpv:AutomatedDecisionMaking"),
    "transfers": ("dpv:hasTechnicalOrganisationalMeasure", "dpv:SafeguardForDataTransfer"),
    "other": ("dpv:hasContext", "dpv:Context"),
}
"""Letter of a statement → its property and its class."""
_RIGHTS = ("A16", "A17", "A18", "A20", "A21", "A77")
"""Rectification, erasure, restriction, portability, objection (Art. 15(1)(e)), and complaint (15(1)(f))."""


def particulars(
    config: Config,
    present: Mapping[str, frozenset[str]],
    *,
    created: datetime,
    reference: str | None = None,
) -> bytes:
    """The particulars of Article 15(1) and (2), as the bytes of a JSON-LD file.

    Args:
        config: the controller's configuration.
        present: databases, collections and kinds that the export has, for the conditions of statements.
        created: the date of the report.
        reference: the reference of the request.
    """
    process: dict[str, Any] = {
        "@context": CONTEXT,
        "@id": "#processing",
        "@type": "dpv:Process",
        "dct:created": created.isoformat(),
        "dct:identifier": reference,
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject"},
        "dpv:hasDataController": _controller(config),
        "dpv:hasPersonalData": [
            {
                "@type": "dpv:PersonalData",
                "dct:identifier": kind,
                "dct:description": {SOURCE_LANGUAGE: kind_of(kind).explanation},
            }
            for kind in sorted(present.get("kind", ()))
        ],
        "dpv:hasRecipient": [
            _recipient(recipient) for recipient in config.recipient if recipient.when.holds(present)
        ],
        "dpv:hasAuthority": _authority(config),
    }
    for letter, (name, kind) in _STATED.items():
        stated = [
            {"@type": kind, "dct:description": dict(statement.text)}
            for statement in config.statements(letter, present)
        ]
        process[name] = [*process.get(name, []), *stated]
    process["dpv:hasRight"] += [
        {"@id": f"eu-gdpr:{right}", "@type": "dpv:DataSubjectRight"} for right in _RIGHTS
    ]
    return json_file(_without_blanks(process))


def _controller(config: Config) -> dict[str, Any] | None:
    controller = config.controller
    if controller is None:
        return None
    return {
        "@type": "dpv:DataController",
        "dpv:hasName": controller.name,
        "dpv:hasAddress": controller.address,
        "dpv:hasContact": [controller.email, controller.phone, controller.website],
        "dpv:hasRepresentative": _named_node("dpv:Representative", controller.representative),
        "dpv:hasDataProtectionOfficer": _officer(config.dpo),
    }


def _officer(officer: Officer | None) -> dict[str, Any] | None:
    if officer is None:
        return None
    return {
        "@type": "dpv:DataProtectionOfficer",
        "dpv:hasName": officer.name,
        "dpv:hasAddress": officer.address,
        "dpv:hasContact": [officer.email, officer.phone],
    }


def _recipient(recipient: Recipient) -> dict[str, Any]:
    return {
        "@type": "dpv:Recipient",
        "dpv:hasName": recipient.name,
        "dct:description": dict(recipient.role),
        "dpv:hasCountry": recipient.country,
        "dpv:hasTechnicalOrganisationalMeasure": {
            "@type": "dpv:SafeguardForDataTransfer",
            "dct:description": dict(recipient.safeguard),
        }
        if recipient.safeguard
        else None,
    }


def _authority(config: Config) -> dict[str, Any] | None:
    known = AUTHORITIES.get(config.authority.lead.strip().upper())
    name = config.authority.name or (_any_language(known.name) if known is not None else "")
    website = config.authority.website or (_any_language(known.website) if known is not None else "")
    if not name:
        return None
    return {"@type": "dpv:DataProtectionAuthority", "dpv:hasName": name, "dpv:hasContact": website}


def _any_language(text: str | Mapping[str, str]) -> str:
    return text if isinstance(text, str) else text[""]


def _named_node(kind: str, name: str) -> dict[str, Any] | None:
    return {"@type": kind, "dpv:hasName": name} if name else None


def _without_blanks(value: Any) -> Any:
    """A JSON value without empty members and elements, recursively."""
    if isinstance(value, dict):
        return {
            name: said
            for name, member in value.items()
            if (said := _without_blanks(member)) not in (None, "", [], {})
        }
    if isinstance(value, list):
        return [said for element in value if (said := _without_blanks(element)) not in (None, "", [], {})]
    return value
