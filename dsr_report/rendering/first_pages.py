"""Content of the first pages: data held, sources, recipients, storage periods; the statements of Art. 15."""

from __future__ import annotations

import base64
import re
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from dsr_report.config import Config, Letter
from dsr_report.languages import Language
from dsr_report.records.kind import Origin
from dsr_report.records.kinds import kind_of
from dsr_report.redact.sums import Sum
from dsr_report.rendering.authorities import AUTHORITIES, MEMBERS
from dsr_report.rendering.collect import UNRECOGNISED, Collected, FilledField
from dsr_report.rendering.kinds import count_in_words, kinds_in_words
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.statistics import OPENED, VISITS
from dsr_report.rendering.storage_periods import in_words
from dsr_report.sentences import Sentence
from dsr_report.sentences import translatable as _

STATEMENTS: tuple[tuple[Letter, str], ...] = (
    ("purposes", _("What we use your data for (purposes)")),
    ("basis", _("Why we are allowed to (legal basis)")),
    ("source", _("Where your data came from (source)")),
    ("retention", _("How long we keep your data (storage period)")),
    ("decisions", _("Automated decisions and profiling")),
    ("transfers", _("Transfers to countries outside the European Economic Area (third countries)")),
    ("other", _("Other information")),
)


_MOST_FIELDS = 40
"""Fields named on page one, which has room for six lines of them; the categories and the profile name all."""
_MOST_PERIODS = 3
"""Storage periods on page one; the statements list all of them."""


class Block(NamedTuple):
    """One statement: its heading, its texts, and its list of items, which may be empty."""

    anchor: str
    title: str
    texts: list[str]
    items: list[str]


def present_in(collected: Collected) -> dict[str, frozenset[str]]:
    """Databases, collections and kinds in the export, for the conditions of statements."""
    return {
        "database": frozenset(collected.databases),
        "collection": frozenset(collected.collections),
        "kind": frozenset(collected.kinds),
    }


def texts_of(config: Config, letter: Letter, collected: Collected, options: ReportOptions) -> list[str]:
    """The controller's statements of one letter in the report's language."""
    return [
        statement.text[options.language_code]
        for statement in config.statements(letter, present_in(collected))
        if options.language_code in statement.text
    ]


def sources_of_fields(collected: Collected, options: ReportOptions) -> list[str]:
    """The sources that the controller states for individual fields."""
    language = options.language
    return [
        f"{name}{language.colon} {filled.source}"
        for name, filled in collected.filled.items()
        if filled.source
    ]


def recipients_of(config: Config, collected: Collected, options: ReportOptions) -> list[str]:
    """Recipients by name, with role, country and safeguard."""
    found = []
    for recipient in config.recipient:
        if not recipient.when.holds(present_in(collected)):
            continue
        country = options.language.country(recipient.country)
        role = recipient.role.get(options.language_code, "")
        safeguard = recipient.safeguard.get(options.language_code, "")
        details = [d for d in (role, country, safeguard) if d]
        found.append(f"{recipient.name} ({', '.join(details)})" if details else recipient.name)
    return found


def missing_statements(collected: Collected, options: ReportOptions) -> list[str]:
    """Configuration keys and options of required statements that this report lacks, for the operator."""
    config = options.config
    missing = []
    if config.controller is None:
        missing.append("[controller] name and address")
    elif not (config.controller.email or (config.dpo and config.dpo.email)):
        missing.append("[controller] or [dpo] email: where to write to")
    if options.language_code not in config.scope.other_systems:
        missing.append(f"[scope] other_systems.{options.language_code}")
    missing += [
        f'[[statement]] letter = "{letter}" text.{options.language_code}'
        for letter, _title in STATEMENTS
        if letter != "other"
        and not texts_of(config, letter, collected, options)
        and not (letter == "retention" and in_words(collected.dated, options))
    ]
    if not recipients_of(config, collected, options):
        missing.append("[[recipient]] name")
    if not authority_view(options)[0]:
        missing.append("[authority] lead")
    if options.received is None:
        missing.append(Sentence("--received"))
    if options.replied is None:
        missing.append("--replied")
    if not options.reference:
        missing.append("--reference")
    return missing


def first_view(collected: Collected, options: ReportOptions, *, incomplete: bool) -> dict[str, Any]:
    """The template variables of page one."""
    language, config = options.language, options.config
    name = config.controller.name if config.controller else language.text("the company")
    found = collected.is_found
    lead = (
        language.text(
            "Yes, {company} holds personal data about you in its e-mail system. This report shows all of it."
        )
        if found and not options.marks
        else language.text(
            "Yes, {company} holds personal data about you in its e-mail system. This report shows it, and lists what is masked or withheld."
        )
        if found
        else language.text("{company} searched its e-mail system and found no personal data about you.")
    ).format(company=name)
    if not config.controller:  # a company's own name keeps its capitalisation
        lead = lead[:1].upper() + lead[1:]
    return {
        "title": title(options, found=found),
        "controller": config.controller,
        "logo": _logo(config),
        "reference": options.reference,
        "received": options.received,
        "due": options.due,
        "replied": options.replied,
        "collected": options.collected,
        "delay": options.delay,
        "is_late": bool(options.due and options.replied and options.replied > options.due),
        "original": options.original,
        "incomplete": incomplete,
        "found": found,
        "lead": lead,
        "greeting": greeting(collected, options),
        "held": held_in_words(collected, options),
        "facts": facts(collected, options),
        "period": period(collected, options),
        "sources": texts_of(config, "source", collected, options)[:2],
        "recipients": language.join(recipients_of(config, collected, options)),
        "retention": (in_words(collected.dated, options) + texts_of(config, "retention", collected, options))[
            :_MOST_PERIODS
        ],
        "contact": contact_of(config),
        "officer": config.dpo,
        "hidden": hidden_sentence(options),
        "incidents": readable_secrets(options),
    }


def title(options: ReportOptions, *, found: bool) -> str:
    """The title of the report."""
    language, controller = options.language, options.config.controller
    if not found:
        return language.text("Answer to your request: no personal data found")
    if controller is None:
        return language.text("The personal data that we hold about you in our e-mail system")
    return language.text("The personal data that {company} holds about you in its e-mail system").format(
        company=controller.name
    )


def _logo(config: Config) -> str:
    if config.controller is None or not config.controller.logo or config.path is None:
        return ""
    file = config.path.parent / Path(config.controller.logo)
    content = file.read_bytes()
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(content).decode('ascii')}"


def contact_of(config: Config) -> str:
    """The address that the subject can write to: e-mail of the officer or the controller, else postal."""
    if config.dpo is not None and config.dpo.email:
        return config.dpo.email
    if config.controller is not None:
        return config.controller.email or config.controller.address
    return ""


def facts(collected: Collected, options: ReportOptions) -> list[str]:
    """The number of records found, a line for each group of kinds."""
    language, count = options.language, _Counts(collected.kinds)
    people, told = count.of("profile", "subprofile"), count.of(*_TOLD)
    messages, texts = count.of("message"), count.of("sms")
    opened, clicked, unknown = count.of(*OPENED), count.of("click"), count.of(UNRECOGNISED)
    count.of("interest")  # each has a line under the names of interests
    visits = _counted(
        (opened, language.count("{n} open", "{n} opens", opened)),
        (clicked, language.count("{n} click", "{n} clicks", clicked)),
    )
    interests, rest = len(collected.interests), _rest_in_words(count, options)
    return _counted(
        (
            people,
            language.count(
                "{n} profile record with your details", "{n} profile records with your details", people
            ),
        ),
        (messages, language.count("{n} message that we sent you", "{n} messages that we sent you", messages)),
        (
            texts,
            language.count("{n} text message that we sent you", "{n} text messages that we sent you", texts),
        ),
        (len(visits), language.text("{events} that we recorded").format(events=language.join(visits))),
        (
            told,
            language.count(
                "{n} survey or form that you filled in", "{n} surveys and forms that you filled in", told
            ),
        ),
        (interests, language.count("{n} interest", "{n} interests", interests)),
        (len(rest), language.text("Also: {kinds}").format(kinds=language.join(rest))),
        (unknown, unknown_in_words(collected, options)),
    )


_BEHIND_NUMBER = re.compile(r"(?<=\d) (?=[^\W\d])")


def _counted(*lines: tuple[int, str]) -> list[str]:
    """The lines whose number is not 0; no line ends between a number and what it counts."""
    return [_BEHIND_NUMBER.sub("\N{NO-BREAK SPACE}", line) for number, line in lines if number]


_TOLD = ("survey", "form")
_NOTES = ("note", "contact", "todo")
_CHANGES = ("change", "history")
_DELIVERIES = ("delivery", "attempt", "retry", "error", "bounce")


class _Counts:
    """Numbers of records by kind, and which kinds no line has counted yet."""

    def __init__(self, kinds: Counter[str]) -> None:
        self._left = Counter({kind: n for kind, n in kinds.items() if not kind_of(kind).is_packaging})

    def of(self, *kinds: str) -> int:
        """The number of records of these kinds, which are counted with it."""
        return sum(self._left.pop(kind, 0) for kind in kinds)

    def rest(self) -> list[tuple[str, int]]:
        """The kinds that were not counted, most frequent first."""
        return self._left.most_common()


def _rest_in_words(count: _Counts, options: ReportOptions) -> list[str]:
    """Counts of the kinds without a line of their own: in common words for known groups, else by title."""
    language = options.language
    reports = count.of(*_DELIVERIES)
    complaints, unsubscribed = count.of("abuse"), count.of("unsubscribe")
    notes, changes = count.of(*_NOTES), count.of(*_CHANGES)
    files, vouchers = count.of("file"), count.of("coupon")
    background = count.of("mailing", "sms_mailing", "snapshot", "document", "statistics", "coupon_campaign")
    counted = _counted(
        (notes, language.count("{n} note of our people", "{n} notes of our people", notes)),
        (changes, language.count("{n} change of your profile", "{n} changes of your profile", changes)),
        (files, language.count("{n} file", "{n} files", files)),
        (vouchers, language.count("{n} voucher", "{n} vouchers", vouchers)),
        (complaints, language.count("{n} spam complaint", "{n} spam complaints", complaints)),
        (unsubscribed, language.count("{n} unsubscribe request", "{n} unsubscribe requests", unsubscribed)),
        (
            reports,
            language.count(
                "{n} report on the delivery of messages", "{n} reports on the delivery of messages", reports
            ),
        ),
        (
            background,
            language.count(
                "{n} record about the mailings themselves",
                "{n} records about the mailings themselves",
                background,
            ),
        ),
    )
    return counted + [count_in_words(kind, number, options) for kind, number in count.rest()]


_LONGEST_NAME = 60
"""Characters of a name on page one: longer ones push the answers off the page, and are in full elsewhere."""


def _shorten_name(name: str) -> str:
    """A name, truncated to `_LONGEST_NAME` characters."""
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"


def unknown_in_words(collected: Collected, options: ReportOptions) -> str:
    """The number of unrecognised records, with their names in the export."""
    language = options.language
    counted = [(name, count) for name, count in collected.unknown.most_common() if name]
    names = [f"{_shorten_name(name)} ({language.number(count)})" for name, count in counted[:_MOST_FIELDS]]
    names += ["…"] * (len(counted) > _MOST_FIELDS)
    said = language.count(
        "{n} record whose meaning we do not know",
        "{n} records whose meaning we do not know",
        collected.kinds[UNRECOGNISED],
    )
    return f"{said}{language.colon} {language.join(names)}" if names else said


def greeting(collected: Collected, options: ReportOptions) -> str:
    """The salutation of the letter, with the subject's name if it is known."""
    name = collected.person.name
    if not name:
        return options.language.text("Dear Sir or Madam,")
    return options.language.text("Dear {name},").format(name=name)


def held_in_words(collected: Collected, options: ReportOptions) -> str:
    """A sentence that names the non-empty fields of the profile; empty if there are none."""
    language, names = options.language, list(map(_shorten_name, collected.filled))
    if not names:
        return ""
    more = len(names) - _MOST_FIELDS
    if more > 1:
        names = [*names[:_MOST_FIELDS], language.count("{n} more field", "{n} more fields", more)]
    return language.text("Your profile holds: {fields}.").format(fields=language.join(names))


ORIGINS: dict[Origin, str] = {
    "provided": _("You gave us this."),
    "observed": _("Our system recorded this."),
    "inferred": _("We worked this out ourselves."),
    "": _("The file with your data does not say where this comes from."),
}
"""Sentence for each origin of data: provided, observed, inferred, or not known from the export."""
_ELSEWHERE = _("The source is stated under “{heading}”.")


def categories(collected: Collected, options: ReportOptions) -> list[str]:
    """The categories of personal data that the export holds (Art. 15(1)(b) GDPR), each with its origin."""
    language, kinds = options.language, collected.kinds
    found = []

    def add(text: str, said: str) -> None:
        said = language.text(said).format(heading=language.text(dict(STATEMENTS)["source"]))
        found.append(f"{text}. {said}")

    for said in (*ORIGINS.values(), _ELSEWHERE):
        names = [name for name, filled in collected.filled.items() if _origin_of(filled) == said]
        if names:
            add(
                language.text("Details in your profile: {fields}").format(fields=language.join(names)),
                said,
            )
    special = [name for name, filled in collected.filled.items() if filled.special]
    if special:
        found.append(
            language.text(
                "Special categories of personal data (Article 9 GDPR) are or may be in: {fields}."
            ).format(fields=language.join(special))
        )
    count = _Counts(kinds)
    visits = count.of(*VISITS)
    groups: tuple[tuple[int, str, Origin], ...] = (
        (count.of(*_TOLD), _("Answers that you gave in surveys and forms"), "provided"),
        (count.of(*_NOTES), _("Notes of our people about you"), "inferred"),
        (count.of(*_CHANGES), _("Changes of your profile"), "observed"),
        (count.of("message", "sms", "fax"), _("Messages that we sent you, with their texts"), "observed"),
        (visits, _("Opens and clicks: when, the IP address, the device and program"), "observed"),
        (visits, _("Estimates of the place and the kind of device"), "inferred"),
        (
            count.of(*_DELIVERIES, "response", "abuse", "unsubscribe"),
            _("How messages were delivered, complaints about them, unsubscribing"),
            "observed",
        ),
    )
    for number, text, origin in groups:
        if number:
            add(language.text(text), ORIGINS[origin])
    if collected.interests:
        noted_by = options.config.text_of_field("interests", None, None)
        add(language.text("Interests"), ORIGINS[noted_by.origin if noted_by else ""])
    if count.of("file"):
        add(language.text("Files"), _("Annex C says of each who or what stored it."))
    unknown = count.of(UNRECOGNISED)
    count.of("profile", "subprofile", "interest")  # said by their fields and names
    for origin, said in ORIGINS.items():
        alike = [kind for kind, _number in count.rest() if _origin_of_kind(kind, options) == origin]
        if alike:
            listed = kinds_in_words(alike, options, begins=False)
            add(language.text("Other records: {kinds}").format(kinds=listed), said)
    if unknown:
        add(unknown_in_words(collected, options), ORIGINS[""])
    return found


def _origin_of_kind(kind: str, options: ReportOptions) -> Origin:
    """The origin of records of a kind, as the configuration declares it, else as the kind does."""
    own = options.config.records.get(kind)
    return own.origin if own is not None else kind_of(kind).origin


def _origin_of(filled: FilledField) -> str:
    """The sentence on a field's origin, or a reference to the statement of its source."""
    return _ELSEWHERE if filled.source and not filled.origin else ORIGINS[filled.origin]


def period(collected: Collected, options: ReportOptions) -> str:
    """A sentence with the first and last day of the data; empty if no moment is known."""
    first, last = collected.activity.first, collected.activity.last
    sent = [m.sent_at for m in collected.activity.messages if m.sent_at is not None]
    moments = [at for at in (first, last, *sent) if at is not None]
    if not moments:
        return ""
    language = options.language
    return language.text("The data cover the period from {first} to {last}.").format(
        first=language.whole_day(min(moments).astimezone(options.zone).date()),
        last=language.whole_day(max(moments).astimezone(options.zone).date()),
    )


def hidden_sentence(options: ReportOptions) -> str:
    """A sentence that says whether anything was masked or withheld."""
    language = options.language
    if not options.marks:
        return language.text("Nothing was masked or withheld.")
    return sum_in_words(language, options.sum)


def sum_in_words(language: Language, values: Sum) -> str:
    """The sums of disclosed, masked and withheld values, worded alike on page one and in annex E."""
    text = language.text(
        "The file with your data holds {total} values. Disclosed: {disclosed}, masked: {masked}, withheld: {withheld}."
    ).format(
        **{name: language.number(count) for name, count in values._asdict().items() if name != "in_part"}
    )
    if not values.in_part:
        return text
    return f"{text} " + language.count(
        "Of {n} of the disclosed values a part is masked or withheld.",
        "Of {n} of the disclosed values parts are masked or withheld.",
        values.in_part,
    )


def readable_secrets(options: ReportOptions) -> list[str]:
    """Advice to change passwords, login details or keys that were stored in plain text."""
    language, hidden = options.language, {mark.what for mark in options.marks}
    said = []
    if "password" in hidden:
        said.append(
            language.text(
                "A password of yours stood readable in our e-mail system. Please change it wherever you use it."
            )
        )
    if hidden & {"credential", "key"}:
        said.append(
            language.text(
                "Login details or a key of yours stood readable in our e-mail system. Please change them, or have them replaced."
            )
        )
    return said


def responsible(config: Config, language: Language) -> list[str]:
    """The data protection officer and the representative in the Union, with their contact details."""
    found = []
    if config.dpo is not None and (config.dpo.name or config.dpo.email):
        officer = (config.dpo.name, config.dpo.address, config.dpo.email, config.dpo.phone)
        found.append((language.text("Data protection officer"), ", ".join(part for part in officer if part)))
    if config.controller is not None and config.controller.representative:
        found.append(
            (language.text("Representative in the European Union"), config.controller.representative)
        )
    return [f"{role}{language.colon} {who}" for role, who in found]


def statement_blocks(collected: Collected, options: ReportOptions) -> list[Block]:
    """The statements of Art. 15(1) and (2), each with the controller's texts, or empty."""
    language, config = options.language, options.config
    people = responsible(config, language)
    blocks = (
        [Block("statement-responsible", language.text("Whom you can write to"), [], people)] if people else []
    )
    for letter, heading in STATEMENTS:
        texts = texts_of(config, letter, collected, options)
        if letter == "other" and not texts:
            continue
        items = in_words(collected.dated, options) if letter == "retention" else []
        if letter == "source":
            items = sources_of_fields(collected, options)
        blocks.append(Block(f"statement-{letter}", language.text(heading), texts, items))
        if letter == "basis":
            held = categories(collected, options)
            blocks.append(
                Block(
                    "statement-categories",
                    language.text("What kinds of data we hold (categories)"),
                    [language.text("This report shows:") if held else language.text("No data were found.")],
                    held,
                )
            )
            blocks.append(
                Block(
                    "statement-recipients",
                    language.text("Who receives your data"),
                    [],
                    recipients_of(config, collected, options),
                )
            )
    return blocks


def authority_view(options: ReportOptions) -> tuple[str, list[str]]:
    """The lead authority (empty if not configured), and those of other countries."""
    config, language = options.config.authority, options.language
    code = config.lead.strip().upper()
    lead = AUTHORITIES.get(code)
    first = ", ".join(p for p in (config.name, config.address, config.website) if p)
    if not first and lead is not None:
        first = lead.in_words(options.language_code, with_address=True)
    others = [
        f"{language.country(country)}{language.colon} {entry.in_words(options.language_code)}"
        for country, entry in AUTHORITIES.items()
        if entry.nearby and country != code
    ]
    elsewhere = language.text("Another country of the European Economic Area: see {website} (members)")
    others.append(elsewhere.format(website=MEMBERS))
    return first, others
