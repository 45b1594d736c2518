"""The controller's configuration to fill in, commented in a language; and what one that is filled in still lacks."""

from __future__ import annotations

from dsr_report.config import LETTERS, Config, Letter
from dsr_report.languages import Language, language_of
from dsr_report.languages import translatable as _
from dsr_report.rendering.authorities import AUTHORITIES
from dsr_report.rendering.environment import environment

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
    """A configuration to fill in (TOML), its notes and examples in a language."""
    language = language_of(code)
    return (
        environment(language)
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


def missing_from(config: Config, language: Language) -> list[str]:
    """The keys that a report in this language would print as gaps, for at least some people."""
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
