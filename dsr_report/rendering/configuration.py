"""The controller's configuration as a commented template in a language, and the gaps in a filled-in one."""

from __future__ import annotations

import json
from typing import NamedTuple

from dsr_report.config import LETTERS, Config, Letter
from dsr_report.export import Export
from dsr_report.languages import Language, language_of
from dsr_report.records.models.people import Profile, Subprofile
from dsr_report.records.parser import parse
from dsr_report.rendering.authorities import AUTHORITIES
from dsr_report.rendering.environment import environment
from dsr_report.sentences import translatable as _

STATEMENTS: dict[Letter, tuple[str, str]] = {
    "purposes": (
        _("What you use the data for."),
        _(
            "We send you the newsletter that you signed up for. We count opens to choose a good time to send it."
        ),
    ),
    "basis": (
        _(
            "The legal basis: consent (when and how), a contract, a legal obligation, or a legitimate interest (which one)."
        ),
        _("You gave consent on our website on 3 May 2021."),
    ),
    "source": (
        _("Where the data came from, and since when you have them."),
        _("You gave us your address when you signed up on our website."),
    ),
    "retention": (
        _("How long you keep the data, or how that is decided."),
        _("We keep your data until you unsubscribe. We keep opens and clicks for 24 months."),
    ),
    "decisions": (
        _("Automated decisions and profiling; also say so if there are none."),
        _("We make no automated decisions about you that have legal or similarly significant effects."),
    ),
    "transfers": (
        _("Transfers to countries outside the European Economic Area; also say so if there are none."),
        _("Your data stay in the European Economic Area."),
    ),
}


def configuration_text(code: str) -> str:
    """A configuration template (TOML), with notes and examples in a language."""
    language = language_of(code)
    return (
        environment(language, is_plain=True)
        .get_template("config/controller.toml.j2")
        .render(
            lang=code,
            statements=[
                (letter, language.text(note), language.text(example))
                for letter, (note, example) in STATEMENTS.items()
            ],
        )
        .lstrip()
    )


_HALF = frozenset(map(chr, range(0xD800, 0xE000)))
"""Surrogate code points, which TOML cannot hold."""


class OwnField(NamedTuple):
    """A custom field of the company: `database` or `collection`, its number, and the field's name."""

    of: str
    number: str
    name: str


def own_fields(export: Export, config: Config) -> dict[OwnField, tuple[int, int]]:
    """Undescribed fields of profiles and subprofiles → (number of records, number of non-empty ones)."""
    found: dict[OwnField, tuple[int, int]] = {}
    for raw in export.found():
        if raw.kind not in {"profile", "subprofile"}:
            continue
        record = parse(raw, export.zone)
        if not isinstance(record, (Profile, Subprofile)):
            continue
        collection = getattr(record, "collection_id", None)
        of, number = ("collection", collection) if collection else ("database", record.database_id)
        for name, value in record.fields.items():
            if _is_described(str(name), record, config) or not _HALF.isdisjoint(str(name)):
                continue
            key = OwnField(of, str(number or ""), str(name))
            records, filled = found.get(key, (0, 0))
            found[key] = records + 1, filled + (value not in ("", None, [], {}))
    return found


def _is_described(name: str, record: Profile | Subprofile, config: Config) -> bool:
    text = config.text_of_field(name, record.database_id, getattr(record, "collection_id", None))
    return text is not None and bool(text.label and text.explain and text.origin)


def fields_text(export: Export, config: Config, code: str) -> str:
    """Undescribed fields as `[[field]]` sections to fill in (TOML), with notes in a language; no values."""
    language = language_of(code)
    fields = [
        {
            "of": field.of,
            "number": field.number if field.number.isdigit() else json.dumps(field.number),
            "is_known": bool(field.number),
            "name": json.dumps(field.name, ensure_ascii=False),
            "filled": language.text("Holds something in {filled} of {records} records.").format(
                filled=language.number(filled), records=language.number(records)
            ),
        }
        for field, (records, filled) in own_fields(export, config).items()
    ]
    return (
        environment(language, is_plain=True)
        .get_template("config/fields.toml.j2")
        .render(lang=code, fields=fields)
        .lstrip()
    )


def missing_from(config: Config, language: Language) -> list[str]:
    """Configuration keys whose absence is a gap in a report in this language, for at least some people."""
    code = language.code
    missing = []
    if config.controller is None:
        missing.append("[controller] name")
    elif not config.controller.address:
        missing.append("[controller] address")
    if not (config.controller and config.controller.email) and not (config.dpo and config.dpo.email):
        missing.append("[controller] email, or [dpo] email")
    if not config.authority.name and config.authority.lead.strip().upper() not in AUTHORITIES:
        missing.append("[authority] lead (a country such as NL or BE, in Germany the Land: DE-NW), or name")
    elif config.authority.lead.strip().upper() == "DE" and not config.authority.name:
        missing.append("[authority] lead: the Land (DE-NW), whose authority is competent for most companies")
    if code not in config.scope.other_systems:
        missing.append(f"[scope] other_systems.{code}")
    for letter in LETTERS:
        given = [s for s in config.statement if s.letter == letter]
        if letter == "retention" and config.retention and not given:
            continue
        if letter in STATEMENTS and not any(code in s.text for s in given):
            missing.append(f'[[statement]] letter = "{letter}": text.{code}')
        elif any(code not in s.text for s in given):
            missing.append(f'[[statement]] letter = "{letter}": text.{code} of one with a condition')
    if not config.recipient:
        missing.append("[[recipient]] name")
    missing += [
        f'[[field]] name = "{field.name}": label.{code}'
        for field in config.field
        if field.label and code not in field.label
    ]
    missing += [
        f"[records.{name}] title.{code}"
        for name, record in config.records.items()
        if code not in record.title
    ]
    return missing
