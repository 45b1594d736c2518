"""Classification of an object by (a) its discriminator, (b) its container's label, (c) its names."""

from __future__ import annotations

from typing import NamedTuple

from dsr_report.jsonstream.items import JsonValue
from dsr_report.records.key_signatures import by_members, by_names, values_matter
from dsr_report.records.kinds import kind_of, kinds_cache
from dsr_report.records.logs import columns_of_log
from dsr_report.records.names import normalised_key, word_set
from dsr_report.records.request_header import request_clue
from dsr_report.records.rule import Clue, Rule, rule
from dsr_report.records.vocabulary import kind_labelled, kind_named

DISCRIMINATORS = (
    "event",
    "type",
    "kind",
    "recordtype",
    "eventtype",
    "table",
    "log",
    "logfile",
    "record",
    "action",
)
"""Members that may name the kind of their object, best first."""
NAMING = (*DISCRIMINATORS, "name", "label", "title", "source", "store", "category", "list")
"""Members that may name the kind of the list beside them."""
PAYLOADS = ("data", "record", "payload", "item", "attributes", "object", "value", "content", "details")
"""Members that may hold the object that a discriminator beside them is about."""
LISTS = ("data", "records", "rows", "items", "list", "entries", "values", "results", "result", "events")
"""Members that may hold the list that a name beside them is about."""
COLUMNS = ("columns", "header", "headers", "fields", "names")
"""Members that may name the columns of the rows beside them."""
PAGING = word_set("start limit count total nextid")
"""Members of the envelope around a page of a listing."""

_DISCRIMINATING = frozenset(DISCRIMINATORS)
_NOT_BY_TYPE = word_set("text email mail")  # field types as well
_FLAT_PAYLOAD_MEMBERS = 4
"""Maximum members of a wrapper whose payload is not called `data`."""
_ROWS = ("data", "records", "rows")  # a discriminator beside such a list or object is about what it holds


class Classification(NamedTuple):
    """The kind of an object, and when the same decision applies to others.

    `by_names_alone`: it applies to any object with the same names, values of discriminators and labels whose
    member `payload` holds an object and, if it is `flat`, whose members hold no list or object. `by_request`:
    the request's header decides, too.
    """

    kind: str
    rule: Rule
    by_names_alone: bool
    payload: str | None = None
    is_leaf: bool = True
    flat: bool = False
    by_request: bool = False


@kinds_cache(16384)
def label_kind(labels: tuple[str, ...]) -> tuple[str, str, bool] | None:
    """Kind and label of the innermost container with a known name, and whether no other name is nearer.

    Numbers and generic words (`data`, `records`) are skipped.
    """
    near = True
    for label in reversed(labels):
        if label.isdigit() or normalised_key(label) in LISTS or normalised_key(label) in PAYLOADS:
            continue
        log = columns_of_log(label)
        if kind := (kind_labelled(label) or (log[0] if log else None)):
            return kind, label, near
        near = False
    return None


def names_by_key(value: dict[str, JsonValue]) -> dict[str, str]:
    """Map normalised names to names of members; the first one wins."""
    names: dict[str, str] = {}
    for name in value:
        names.setdefault(normalised_key(name), name)
    return names


def discriminators(value: dict[str, JsonValue]) -> list[str]:
    """The names of the members whose values could decide the object's kind."""
    return [name for name in value if normalised_key(name) in _DISCRIMINATING]


def decide(value: dict[str, JsonValue], labels: tuple[str, ...]) -> Classification | None:
    """Classify an object without its members' content; None for a container or an unknown object."""
    names = names_by_key(value)
    found = frozenset(names)
    if is_page(value, names):
        return None
    keyed = by_members(value)
    stable = not values_matter(found) and not could_wrap(names)
    declined = False  # an earlier discriminator was refused, perhaps for its payload's content
    for name in DISCRIMINATORS:
        word = value.get(names[name]) if name in names else None
        if isinstance(word, str):
            if decided := _by_discriminator(name, word, value, names, keyed):
                is_sure = stable if decided.payload is None else not declined
                return decided if is_sure else decided._replace(by_names_alone=False)
            declined = True
    labelled = label_kind(labels)
    if labelled is not None and labelled[2] and keyed is None and is_container(value, names):
        return None
    if labelled is not None and labelled[2] and (keyed is None or _label_wins(labelled[0], keyed[0])):
        return Classification(labelled[0], rule("label", _short(labelled[1])), stable, flat=keyed is None)
    if keyed is not None:
        if keyed[0] == "open_or_click" and labelled is not None and labelled[0] in {"impression", "click"}:
            return Classification(labelled[0], rule("label", _short(labelled[1])), stable)
        if keyed[0] == "open_or_click":
            return Classification(*kind_by_request(*keyed, value), stable, by_request=True)
        return Classification(*keyed, stable)
    if labelled is not None and not is_container(value, names):
        return Classification(labelled[0], rule("label", _short(labelled[1])), by_names_alone=False)
    return None


def could_wrap(names: dict[str, str]) -> bool:
    """Whether other values under these names would make an object a wrapper, or a page of a listing."""
    found = names.keys()
    return not found.isdisjoint(_ROWS) or (
        len(names) <= _FLAT_PAYLOAD_MEMBERS and not found.isdisjoint(PAYLOADS)
    )


def payload_of(value: dict[str, JsonValue], names: dict[str, str]) -> str | None:
    """The name of the member that holds the object which a discriminator beside it is about, or None."""
    for name in PAYLOADS:
        fits = name == "data" or len(value) <= _FLAT_PAYLOAD_MEMBERS
        if fits and name in names and isinstance(value[names[name]], dict):
            return names[name]
    return None


def is_page(value: dict[str, JsonValue], names: dict[str, str]) -> bool:
    """Whether an object is the envelope around a page of a listing: `{start, limit, count, total, data}`."""
    return (
        "data" in names and isinstance(value[names["data"]], (list, dict)) and len(PAGING & names.keys()) >= 2
    )


def is_container(value: dict[str, JsonValue], names: dict[str, str]) -> bool:
    """Whether an object reads as a list or as a set of lists, rather than as one thing with members."""
    if all(name.isdigit() for name in names):
        return any(isinstance(member, (list, dict)) for member in value.values())
    for name, member in value.items():
        if isinstance(member, list) and (kind_labelled(name) or columns_of_log(name)):
            if any(isinstance(element, (list, dict)) for element in member) or not _is_plain_list_name(name):
                return True
        elif (
            isinstance(member, dict)
            and (
                (kind_labelled(name) and (len(value) == 1 or _looks_like_record(member)))
                or is_page(member, names_by_key(member))
            )
        ) or (normalised_key(name) in LISTS and isinstance(member, list) and _holds_objects(member)):
            return True
    return len(value) == 1 and any(
        isinstance(m, dict) and normalised_key(n) in PAYLOADS for n, m in value.items()
    )


def _is_plain_list_name(name: str) -> bool:
    """Whether a list of bare values under this name is a member of a record: its interests."""
    return kind_labelled(name) == "interest"


def _looks_like_record(member: dict[str, JsonValue]) -> bool:
    return by_members(member) is not None or all(name.isdigit() for name in member)


def _holds_objects(member: list[JsonValue]) -> bool:
    return any(isinstance(element, (list, dict)) and element for element in member)


def _by_discriminator(
    name: str, word: str, value: dict[str, JsonValue], names: dict[str, str], keyed: tuple[str, Rule] | None
) -> Classification | None:
    log = columns_of_log(word) if name in {"log", "logfile", "table"} else None
    kind = kind_named(word) or (log[0] if log else None)
    payload = payload_of(value, names)
    if payload is not None:
        inner = value[payload]
        if isinstance(inner, dict) and "data" not in inner:
            if kind is not None:
                return Classification(
                    kind, rule("says", _short(word), name), normalised_key(payload) == "data", payload
                )
            if (
                name in {"event", "type", "eventtype", "recordtype"}
                and normalised_key(payload) == "data"
                and (inside := by_members(inner))
            ):
                return Classification(
                    inside[0], inside[1].and_(Clue("inside", "data")), by_names_alone=False, payload=payload
                )
        return None
    if kind is None or any(p in names and isinstance(value[names[p]], (list, dict)) for p in _ROWS):
        return None
    if name in {"type", "kind", "action"} and _says_something_else(name, word, kind, names, keyed):
        return None
    return Classification(kind, rule("says", _short(word), name), by_names_alone=True)


def _says_something_else(
    name: str, word: str, kind: str, names: dict[str, str], keyed: tuple[str, Rule] | None
) -> bool:
    """Whether the member is not about the record's kind: the type of an error, mailing, target or field."""
    own = keyed[0] if keyed else None
    if own == kind or {own, kind} == {"bounce", "response"}:  # they have the same members
        return False
    found = names.keys()
    if found <= {"type", "id"} and kind in {"profile", "subprofile", "message"}:
        return True  # a target, or the `info` of a further document
    if {"code", "description", "status"} <= found or {"question", "answer"} <= found or "sources" in found:
        return True
    if name == "action":
        return kind not in {"change", "error"} or (
            kind == "change" and own not in {None, "profile", "subprofile"}
        )
    if normalised_key(word) in _NOT_BY_TYPE:
        return True
    return kind_of(kind).is_weak and own is not None


def _label_wins(label: str, keyed: str) -> bool:
    """Whether a container's label decides over the names of an object in it."""
    if label == keyed:
        return True
    if keyed in {"statistics", "survey", "form"}:
        return label == "history"
    if label in {"bounce", "response"}:
        return True
    return not kind_of(label).is_weak


def kind_by_request(kind: str, found: Rule, value: dict[str, JsonValue]) -> tuple[str, Rule]:
    """Refine `open_or_click` to an open or a click, if the request's header shows which."""
    told = request_clue(value) if kind == "open_or_click" else None
    return (kind, found) if told is None else (told[0], found.and_(told[1]))


def names_kind(names: tuple[str, ...]) -> tuple[str, Rule] | None:
    """Kind and rule by the names of a table's columns, or None."""
    return by_names(frozenset(map(normalised_key, names)))


def _short(word: str) -> str:
    return word if len(word) <= 60 else f"{word[:59]}…"
