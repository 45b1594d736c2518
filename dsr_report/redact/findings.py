"""Findings: values of an export that may concern other people or are secrets, for a person to decide on.

A finding is about one value (or a passage of it) wherever it occurs, and proposes a decision. What was sent
to the subject is known to the subject: names and addresses in received mail are no findings (EDPB
Guidelines 01/2022, 6.2; over-redaction is a breach as well).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import NamedTuple

from dsr_report.addresses import ADDRESS
from dsr_report.config import Config
from dsr_report.jsonstream.items import Item, Scalar
from dsr_report.lexicon import WORDS, any_of
from dsr_report.mime.message import parse_once, wire_of_text
from dsr_report.pointers import tokens
from dsr_report.records.kinds import kind_of
from dsr_report.records.members import values_of
from dsr_report.records.raw_record import RawRecord
from dsr_report.redact.check_digits import find_numbers
from dsr_report.redact.free_texts import FEWEST_WORDS as _FEWEST_WORDS
from dsr_report.redact.free_texts import FreeText, free_texts_of, title_and_date
from dsr_report.redact.known_people import KnownPeople
from dsr_report.redact.link_tokens import LinkKeys
from dsr_report.redact.live_links import LINK_KINDS
from dsr_report.redact.mentions import Passage, sentence_of
from dsr_report.redact.message_texts import is_message
from dsr_report.redact.opaque_files import OPAQUE, OpaqueFile, opaque_files
from dsr_report.redact.people import Detector, find_people
from dsr_report.redact.plan import SHORTEST_PASSAGE, Decision, Treatment
from dsr_report.redact.secrets import Secrets, find_secrets
from dsr_report.redact.sensitive import find_sensitive

_ANY_ADDRESS = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,253}")
"""A whole value: domains and names may have any letters."""
_SHARED_MAILBOX = re.compile(rf"{any_of(WORDS.shared_mailboxes)}@", re.IGNORECASE)
_HIDDEN_HEADER = {"bcc", "delivered-to", "x-original-to", "x-envelope-to", "envelope-to", "resent-bcc"}
_NOTE = re.compile(rf"(?:^|[_ -]){any_of(WORDS.notes)}(?:$|[_ -])", re.IGNORECASE)
_SPECIAL = re.compile(any_of(WORDS.special_categories), re.IGNORECASE)
_PEOPLE_FIELDS = re.compile(rf"{any_of(WORDS.names)}|e-?mail", re.IGNORECASE)
_OF_OTHERS = re.compile(any_of(WORDS.other_people), re.IGNORECASE)
_WHY_LINK = {
    "link-key": "whoever follows the link can act as the person: it carries a key",
    "unsubscribe-link": "whoever follows the link, also a program that checks links, unsubscribes the person",
    "personal-link": "anyone who follows the link can see or change the person's data",
}
_EXCERPT = 60
_LONGEST_OWN = 200
"""Characters; a longer value of a profile is a text, whose names need not be the subject's."""
_TELLING = 24
"""Characters; a note of this length occurs elsewhere only as a copy."""
SECRETS = frozenset({"access-code", "password", "key", "credential"})
"""Kinds of findings whose values are always abbreviated in lists."""


@dataclass(slots=True)
class Finding:
    """Something to decide on. `key` is its kind; `value` is what would be hidden (never logged)."""

    key: str
    pointer: str
    value: str
    proposal: Treatment
    why: str
    article: str
    must_decide: bool
    context: str
    whole: bool = True
    everywhere: bool = True
    places: list[str] = field(default_factory=list)
    members: tuple[tuple[str, str], ...] = ()
    """For a finding about a whole record: its values, with their pointers."""
    record: str = ""
    """The kind of the first record with the value."""
    record_pointer: str = ""
    """The pointer of that record."""
    title: str = ""
    """The record's title: a message's subject, a form's name."""
    date: str = ""
    """The record's date, as spelled in the export."""
    found_by: tuple[str, str] = ("", "")
    """For a finding in a text: the rule as a catalogue message, and the word for its `{word}`."""
    sentence: str = ""
    """The first sentence with the value, with the passage marked: `my neighbour «Jan» called`."""
    elsewhere: list[str] = field(default_factory=list)
    """Every other value that contains it, in any reading; filled by `places.look_elsewhere`."""
    decided: list[tuple[Decision, str]] = field(default_factory=list)
    """For a finding about keys or files: the decisions on each place, or on each of many tokens."""
    file: OpaqueFile | None = None
    """For a finding about a file that cannot be searched."""

    @property
    def id(self) -> str:
        """Stable for the same export: hash of the kind, the first pointer and the value."""
        basis = f"{self.key}\x1f{self.pointer}\x1f{self.value}".encode("utf-8", "surrogatepass")
        return hashlib.sha256(basis).hexdigest()[:10]

    @property
    def shown(self) -> str:
        """The value as the operator's list shows it: secrets are abbreviated."""
        if self.file is not None:
            return self.file.path
        if self.key in LINK_KINDS:
            return f"{self.value[:2]}… ({len(self.decided)} of them)"
        if self.key in SECRETS:
            return f"{self.value[:2]}… ({len(self.value)} characters)"
        return _excerpt(self.value)

    @property
    def _reason(self) -> str:
        """The reason code for the report if the operator gives no reason."""
        return "live-key" if self.proposal == "mask" else ""

    def decision(
        self, treatment: Treatment, reason: str = "", article: str = ""
    ) -> Iterator[tuple[Decision, str]]:
        """The decision `treatment` for each place of the value, with the hidden text."""
        for decided, value in self.decided:
            said = (reason or decided.reason, article or decided.article)
            yield replace(decided, treatment=treatment, reason=said[0], article=said[1]), value
        said = (reason or self._reason, article or self.article)
        for pointer, value in self.members:
            decided = Decision(pointer, treatment, self.key, *said, everywhere=False, group=self.id)
            yield decided, value
        everywhere = self.everywhere and (self.whole or len(self.value) >= SHORTEST_PASSAGE)
        passage = None if self.whole else self.value
        for pointer in () if self.members or self.decided else self.places:
            decided = Decision(pointer, treatment, self.key, *said, everywhere=everywhere, passage=passage)
            yield decided, self.value


class Looking(NamedTuple):
    """Settings of a search for people; the decisions file keeps `country` and `controller`."""

    country: str = ""
    """ISO code of the controller's country, for telephone numbers without a country code."""
    controller: tuple[str, ...] = ()
    """Names, addresses and numbers of the controller, which are no other person's."""
    detectors: tuple[Detector, ...] = ()
    """Further ways to find people, such as a model."""


def looking_by(config: Config) -> Looking:
    """The search settings for the controller in a configuration."""
    own: list[str] = []
    if (controller := config.controller) is not None:
        own += [controller.name, controller.address, controller.email, controller.phone]
        own += [controller.website, controller.representative]
    if (officer := config.dpo) is not None:
        own += [officer.name, officer.address, officer.email, officer.phone]
    country = config.authority.lead.partition("-")[0] or config.deadlines.country
    return Looking(country, tuple(text for text in own if text.strip()))


class Findings(list[Finding]):
    """All findings of an export, and every text by or about the subject, to be read."""

    def __init__(self, findings: Iterable[Finding], texts: Iterable[FreeText]) -> None:
        super().__init__(findings)
        self.texts = tuple(texts)


def find(
    secrets: Secrets,
    found: Callable[[], Iterable[RawRecord]],
    subject: frozenset[str],
    looking: Looking = Looking(),  # noqa: B008 - it cannot be changed
) -> Findings:
    """All findings of an export, each value once, in the order of the export.

    Args:
        secrets: the live keys of the export.
        found: its records; iterated twice.
        subject: the subject's own addresses, lower-case (`subject_addresses`).
        looking: the search settings.
    """
    collected: dict[tuple[str, str], Finding] = {}
    texts: dict[str, FreeText] = {}

    def add(finding: Finding) -> Finding:
        known = collected.setdefault((finding.key, finding.value), finding)
        if finding.pointer not in known.places:
            known.places.append(finding.pointer)
        if finding.file is not None and finding is not known:
            known.decided += finding.decided
        if not finding.whole and known.whole and finding.pointer != known.pointer:
            known.whole = False  # elsewhere it is a part of a value
        return known

    collected.update(((finding.key, finding.value), finding) for finding in _secrets(secrets))
    known = _own_names(found(), subject, looking)
    hidden = {decision.pointer: secret for decision, secret in secrets.named}
    people: list[RawRecord] = []
    for record in found():
        if record.kind == "subprofile":
            people.append(record)
        for pointer, value in values_of(record.value, record.pointer):
            if isinstance(value, str) and value:
                for finding in _judge(record.kind, pointer, value, subject):
                    _tell(add(finding), record, value)
        for text in free_texts_of(record):
            secret = hidden.get(text.pointer)
            if secret is not None and secret == text.value:
                continue
            if secret is not None:
                text.text = text.text.replace(secret, "…")
            if text.is_to_be_read and not known.has_value(text.text):
                texts.setdefault(text.id, text).places.append(text.pointer)
            for finding in _people_in(text, known, looking.detectors):
                _tell(add(finding), record, text.text)
    for finding in (*_other_people(people), *_links(secrets.links)):
        add(finding)
    return Findings(collected.values(), texts.values())


def _tell(finding: Finding, record: RawRecord, text: str) -> None:
    """Set the record, title, date and sentence of a finding's first place."""
    if not finding.record:
        finding.record, finding.record_pointer = record.kind, record.pointer
        finding.title, finding.date = title_and_date(record)
    if not finding.sentence and not is_message(text) and finding.key not in SECRETS:
        at = text.find(finding.value)
        finding.sentence = sentence_of(text, Passage(finding.key, finding.value, max(at, 0), ""))


def _people_in(text: FreeText, known: KnownPeople, detectors: Sequence[Detector]) -> Iterator[Finding]:
    """Other people and special categories of data in a text by or about the subject."""
    is_known = kind_of(text.kind).free_text == "by" and not kind_of(text.kind).is_event
    own = known.with_name(text.author) if text.author else known
    for passage in find_people(text.text, own, detectors):
        yield Finding(
            passage.kind,
            text.pointer,
            passage.text,
            "disclose" if is_known else "withhold",
            f"{passage.reason}; the person wrote it and knows it" if is_known else passage.reason,
            "Art. 15(4) GDPR",
            must_decide=True,
            context=_excerpt(text.text),
            whole=passage.text == text.value,
            sentence=sentence_of(text.text, passage),
            found_by=(passage.why, passage.word),
        )
    for passage in find_sensitive(text.text):
        yield Finding(
            passage.kind,
            text.pointer,
            passage.text,
            "disclose",
            f"{passage.why}: special data of whomever the text is about (Art. 9, 10)",
            "Art. 9 GDPR",
            must_decide=False,
            context=_excerpt(text.text),
            whole=passage.text == text.value,
            everywhere=False,
            sentence=sentence_of(text.text, passage),
            found_by=(passage.why, ""),
        )


def _own_names(found: Iterable[RawRecord], subject: frozenset[str], looking: Looking) -> KnownPeople:
    """The subject's and the controller's own names, addresses and numbers."""
    known = KnownPeople(country=looking.country, addresses=set(subject))
    for text in looking.controller:
        known.add_value(text)
        known.add_name(text)
    for record in found:
        if record.kind in {"profile", "subprofile", "change"} and isinstance(record.value, dict):
            before = ""
            for pointer, value in values_of(record.value, record.pointer):
                name = _name(pointer)
                is_own = (
                    "fields" in tokens(pointer)[:-1]
                    and not _OF_OTHERS.search(name)
                    and not _NOTE.search(name)
                )
                if is_own and isinstance(value, str) and 0 < len(value) <= _LONGEST_OWN:
                    if len(value) > 1:
                        known.add_value(value)
                    if before and value[0].isdigit() != before[0].isdigit():
                        known.add_value(f"{before} {value}")  # street and number, code and place
                    before = value
                    if _PEOPLE_FIELDS.search(name):
                        known.add_name(value)
    return known


def _secrets(secrets: Secrets) -> Iterator[Finding]:
    """One finding for each key, with all its places."""
    findings: dict[tuple[str, str], Finding] = {}
    in_messages = (pair for pair in secrets.links.decisions() if pair[0].what not in LINK_KINDS)
    for decision, secret in chain(secrets.named, in_messages):
        finding = findings.setdefault(
            (decision.what, secret),
            Finding(
                decision.what,
                decision.pointer,
                secret,
                "mask",
                "whoever has it can act as the person",
                decision.article,
                must_decide=False,
                context=_name(decision.pointer),
            ),
        )
        finding.decided.append((decision, secret))
        if decision.pointer not in finding.places:
            finding.places.append(decision.pointer)
    yield from findings.values()


def _links(links: LinkKeys) -> Iterator[Finding]:
    """One finding for each kind of link, as there may be thousands of tokens."""
    by_kind: dict[str, list[tuple[Decision, str]]] = {}
    for decision, token in links.decisions():
        by_kind.setdefault(decision.what, []).append((decision, token))
    for kind in LINK_KINDS:
        if decided := by_kind.get(kind):
            first = decided[0][0]
            yield Finding(
                kind,
                first.pointer,
                decided[0][1],
                "mask",
                _WHY_LINK[kind],
                first.article,
                must_decide=False,
                context=_name(first.pointer),
                whole=False,
                places=list(links.places.get(kind, ())),
                decided=decided,
            )


def findings_of(
    items: Callable[[], Iterable[Item]],
    found: Callable[[], Iterable[RawRecord]],
    info_id: Scalar,
    looking: Looking = Looking(),  # noqa: B008 - it cannot be changed
) -> Findings:
    """All findings of an export; `items` and `found` are called several times."""
    return find(find_secrets(items), found, subject_addresses(found(), info_id), looking)


def subject_addresses(found: Iterable[RawRecord], info_id: Scalar) -> frozenset[str]:
    """The subject's addresses, lower-case: from the request, the profile's fields and the recipients."""
    own = set()
    if isinstance(info_id, str) and "@" in info_id:
        own.add(info_id.casefold())
    for record in found:
        if record.kind in {"profile", "subprofile", "change"} and isinstance(record.value, dict):
            for pointer, value in values_of(record.value, record.pointer):
                if (
                    isinstance(value, str)
                    and "fields" in tokens(pointer)
                    and not _OF_OTHERS.search(_name(pointer))
                    and _ANY_ADDRESS.fullmatch(value.strip())
                ):
                    own.add(value.strip().casefold())
        elif isinstance(record.value, dict):
            for name in ("email", "recipient"):
                address = record.value.get(name)
                if isinstance(address, str) and _ANY_ADDRESS.fullmatch(address.strip()):
                    own.add(address.strip().casefold())
    return frozenset(own)


def _judge(kind: str, pointer: str, value: str, subject: frozenset[str]) -> Iterator[Finding]:
    name = _name(pointer)
    if is_message(value):
        yield from _judge_message(pointer, value, subject)
        return
    is_part = kind_of(kind).free_text and len(value.split()) >= _FEWEST_WORDS
    for number in () if is_part else find_numbers(name, value):
        yield Finding(
            number.kind,
            pointer,
            number.text,
            "disclose",
            "a payment or identity number: the person's own, but harmful if it reaches someone else",
            "Art. 32 GDPR",
            must_decide=False,
            context=name,
            whole=number.text == value,
        )
    if kind in {"profile", "subprofile"} and "fields" in tokens(pointer)[:-1]:
        if _NOTE.search(name):
            yield Finding(
                "internal-note",
                pointer,
                value,
                "disclose",
                "an opinion about the person is their personal data; a name in it may be someone else's",
                "Art. 15(4) GDPR",
                must_decide=True,
                context=_excerpt(value),
                everywhere=len(value) >= _TELLING,
            )
        if _SPECIAL.search(name):
            yield Finding(
                "special-category",
                pointer,
                value,
                "disclose",
                "the field's name suggests a special category of data (Art. 9): check its legal basis",
                "Art. 9 GDPR",
                must_decide=False,
                context=name,
                everywhere=False,
            )
    if kind in {"profile", "subprofile"} and _SHARED_MAILBOX.match(value) and ADDRESS.fullmatch(value):
        yield Finding(
            "shared-address",
            pointer,
            value,
            "disclose",
            "an address that several people may share: is the person who asked the only user?",
            "Art. 12(6), 15(4) GDPR",
            must_decide=True,
            context=name,
            everywhere=False,
        )


def _judge_message(pointer: str, value: str, subject: frozenset[str]) -> Iterator[Finding]:
    wire = wire_of_text(value)
    message = parse_once(wire)
    for header in message.header:
        if header.name.lower() in _HIDDEN_HEADER:
            for address in ADDRESS.findall(header.value):
                if address.casefold() not in subject:
                    yield Finding(
                        "address",
                        pointer,
                        address,
                        "withhold",
                        f"another recipient in {header.name}, which the person could not see",
                        "Art. 15(4) GDPR",
                        must_decide=True,
                        context=header.name,
                        whole=False,
                    )

    for file in opaque_files(wire):
        decided = Decision(pointer, "withhold", OPAQUE, everywhere=False, part=file.part)
        yield Finding(
            OPAQUE,
            pointer,
            f"{file.path}\x1f{file.digest}",
            "disclose",
            file.how_to_open,
            "Art. 15(4) GDPR",
            must_decide=False,
            context=f"part {file.part}, {file.reason}",
            whole=False,
            decided=[(decided, file.digest)],
            file=file,
        )


def _other_people(subprofiles: list[RawRecord]) -> Iterator[Finding]:
    """Subprofiles with different names: a profile can be a household or company with family or colleagues."""
    identities: dict[tuple[str, ...], RawRecord] = {}
    for record in subprofiles:
        fields = record.value.get("fields") if isinstance(record.value, dict) else None
        if isinstance(fields, dict):
            identity = tuple(
                str(value).casefold()
                for name, value in fields.items()
                if _PEOPLE_FIELDS.search(name) and value
            )
            if identity:
                identities.setdefault(identity, record)
    if len(identities) > 1:
        for identity, record in identities.items():
            yield Finding(
                "other-person",
                record.pointer,
                " ".join(identity),
                "disclose",
                "the subprofiles have different names: one may be another person",
                "Art. 15(4) GDPR",
                must_decide=True,
                context=f"subprofile at {record.pointer}",
                everywhere=False,
                members=tuple(
                    (pointer, str(value)) for pointer, value in values_of(record.value, record.pointer)
                ),
            )


def _name(pointer: str) -> str:
    return next((t for t in reversed(tokens(pointer)) if not t.isdigit()), "")


def _excerpt(value: str) -> str:
    flat = " ".join(value.split())
    return flat if len(flat) <= _EXCERPT else flat[:_EXCERPT] + "…"
