"""The free texts of an export by or about the subject: searched for other people, and listed to be read.

Texts sent to the subject are not among them. Each kind declares its free texts (`Kind.free_text`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dsr_report.lexicon import WORDS, any_of
from dsr_report.mime.message import parse as parse_message
from dsr_report.pointers import tokens
from dsr_report.records.kinds import kind_of, kinds_cache
from dsr_report.records.members import members_of, values_of
from dsr_report.records.names import normalised_key
from dsr_report.records.raw_record import RawRecord
from dsr_report.redact.message_texts import is_message

FEWEST_WORDS = 3
"""Words from which a profile's value is a text; fields for notes or other people have no minimum."""
_WORD = re.compile(r"[^\W\d_]{2,}")
_OPEN_FIELD = re.compile(
    rf"(?:^|[_ -]){any_of(WORDS.notes)}(?:$|[_ -])|{any_of(WORDS.other_people)}", re.IGNORECASE
)
_QUESTION = re.compile(
    rf"{any_of([word for word in WORDS.names_of_names if word not in WORDS.names_of_values])}|type",
    re.IGNORECASE,
)
_STRUCTURED = frozenset({"id", "flag", "moment", "tags", "json", "sender"})
_OF_REQUESTS = frozenset(
    {"secret", "user_agent", "referer", "header", "device", "link", "target", "envelope"}
)
_ONE_OF_MANY = frozenset({"interests", "tags"})
_DISCRIMINATORS = frozenset({"type", "event", "kind", "action"})
_SENDERS = frozenset({"from", "reply-to", "sender"})
_MOST_DIGITS = 6
"""Digits; more may be a telephone number."""
_LONGEST_TITLE = 120
"""Characters; a longer title is cut."""


@dataclass(slots=True)
class FreeText:
    """One text by or about the subject, with all its places."""

    kind: str
    pointer: str
    text: str
    value: str
    """The export's value: the text itself, or the message that contains it."""
    title: str = ""
    date: str = ""
    author: str = ""
    """The message's `From` field; the address may be the subject's."""
    places: list[str] = field(default_factory=list)

    @property
    def is_to_be_read(self) -> bool:
        """Whether it has more than one word."""
        return len(_WORD.findall(self.text)) > 1

    @property
    def id(self) -> str:
        """Hash of the text: the same at every place."""
        basis = " ".join(self.text.split()).encode("utf-8", "surrogatepass")
        return hashlib.sha256(b"text\x1f" + basis).hexdigest()[:10]


def free_texts_of(record: RawRecord) -> Iterator[FreeText]:
    """The free texts of a record; none if its kind has none."""
    kind = kind_of(record.kind)
    if not kind.free_text:
        return
    title = date = ""
    is_titled = False
    structured = _structured_members(record.kind)
    for pointer, value in values_of(record.value, record.pointer):
        if not isinstance(value, str) or not value.strip():
            continue
        path = tokens(pointer)
        name = next((token for token in reversed(path) if not token.isdigit()), "")
        if _ONE_OF_MANY & set(path[:-1]) or (name in _DISCRIMINATORS and "fields" not in path):
            continue
        is_field = "fields" in path[:-1] or "parameters" in path[:-1]
        if not is_message(value) and not _is_text(record.kind, name, value, is_field, structured):
            continue
        if not is_titled:
            (title, date), is_titled = title_and_date(record), True
        author = ""
        text = value
        if is_message(value):
            message = parse_message(value)
            text = message.text or ""
            author = next((h.value for h in message.header if h.name.lower() == "from"), "")
            if record.kind == "response":
                senders = [h.value for h in message.header if h.name.lower() in {*_SENDERS, "cc"}]
                text = "\n".join([*(f"From: {sender}" for sender in senders), text])
        if text.strip():
            yield FreeText(record.kind, pointer, text, value, title, date, author)


def title_and_date(record: RawRecord) -> tuple[str, str]:
    """A record's title (a message's subject, a form's name), and its date as spelled in the export."""
    kind = kind_of(record.kind)
    named = kind.field("title") or kind.field("name")
    title = date = ""
    for member in members_of(record.value, record.pointer):
        key = normalised_key(member.name)
        if isinstance(member.value, str):
            if named is not None and key in named.keys and not title:
                title = member.value
            elif key in kind.dated_by and not date:
                date = member.value
            elif is_message(member.value):
                header = {h.name.lower(): h.value for h in parse_message(member.value).header}
                title, date = header.get("subject", title), date or header.get("date", "")
    return " ".join(title.split())[:_LONGEST_TITLE], date


@kinds_cache(256)
def _structured_members(name: str) -> frozenset[str]:
    """The member names of a kind whose values are not free text."""
    kind = kind_of(name)
    return frozenset(
        key
        for one in kind.fields
        for key in one.keys
        if key
        and (one.how in _STRUCTURED or one.name in _OF_REQUESTS or (kind.is_event and one.name != "mime"))
    )


def _is_text(kind: str, name: str, value: str, is_field: bool, structured: frozenset[str]) -> bool:  # noqa: FBT001
    """Whether a value is a text that somebody wrote."""
    key = normalised_key(name)
    if not is_field and (key in structured or key in _titles(kind) or _QUESTION.fullmatch(name)):
        return False
    if kind_of(kind).free_text == "by" or not is_field or _OPEN_FIELD.search(name):
        return (
            _WORD.search(str(value)) is not None
            or "@" in str(value)
            or sum(map(str.isdigit, str(value))) > _MOST_DIGITS
        )
    return len(_WORD.findall(str(value))) >= FEWEST_WORDS or "@" in str(value)


@kinds_cache(256)
def _titles(name: str) -> frozenset[str]:
    kind = kind_of(name)
    return frozenset(key for one in kind.fields for key in one.keys if one.name in {"title", "name"} and key)
