"""Resolves containers: envelopes, wrappers, pairs, lists of lists, rows and numbered objects."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from dsr_report.jsonstream.items import JsonValue
from dsr_report.pointers import escape_token, join_pointer, tokens
from dsr_report.records import logs, sniff
from dsr_report.records.classify import (
    COLUMNS,
    LISTS,
    NAMING,
    PAGING,
    decide,
    is_container,
    is_page,
    names_by_key,
)
from dsr_report.records.custom import CustomKind
from dsr_report.records.decisions import Decisions, may_hold_records
from dsr_report.records.kinds import kind_of
from dsr_report.records.members import Members
from dsr_report.records.names import normalised_key, word_set
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.rows import (
    LONGEST_NAME,
    Place,
    Siblings,
    bare,
    divide_row,
    fits,
    list_name,
    names_list,
    take_header,
)
from dsr_report.records.rule import Rule, rule
from dsr_report.records.vocabulary import kind_labelled

_OWN_MEMBERS = word_set(
    "fields interests parameters extra attachments embeds tags headers header profile subprofile target "
    "mailing fromaddress sources document template database collection"
)
"""Members of a record that hold no records of their own."""
_DEEPEST = 48
"""Maximum depth of containers; what is nested deeper is one unrecognised record."""
_MOST_PARENTS = 64
"""Parents whose siblings' state is kept; beyond it, only ancestors of the item stay."""
_MOST_LOOSE = 5_000
"""Maximum members that are held back; with more, they are classified at once."""
_HEAVIEST = 4 << 20
"""Maximum weight (`_weight`) of held-back members; beyond it, they are classified at once."""
_SMALL = 60
"""Maximum members of a nested list or object that is held back, whatever its content."""
_MOST_FIELDS = 5_000
"""Maximum members of an object of scalars that is held back."""
_DOCUMENT = re.compile(r"(?:/~d\d+|/\d+)*")
_IN_DATA = re.compile(r"(?:/~d\d+|/\d+)*/data(?:/|\Z)")


class LayoutResolver:
    """Divides an export's items among records; earlier siblings can decide the kind of later ones."""

    def __init__(self, kinds: Sequence[CustomKind], decisions: Decisions) -> None:
        self._kinds = tuple(kinds)
        self._decisions = decisions
        self._parents: dict[str, Siblings] = {}
        self._loose: dict[str, JsonValue] = {}
        self._loose_weight = 0
        self._loose_parent = ""
        self._loose_labels: tuple[str, ...] = ()
        self.listening = False
        """Whether an earlier sibling can still change the classification of the next object."""

    @property
    def is_holding(self) -> bool:
        """Whether members are held back because they may form one record."""
        return bool(self._loose)

    def item(self, pointer: str, labels: tuple[str, ...], value: JsonValue) -> list[RawRecord]:
        """The records of one item."""
        out: list[RawRecord] = []
        parent, _, last = pointer.rpartition("/")
        if last == "info" and _DOCUMENT.fullmatch(parent) and isinstance(value, dict):
            out.append(RawRecord("envelope", pointer, value, rule("info-of-a-further-document"), labels))
            return out
        is_member = bool(parent and labels) and escape_token(labels[-1]) == last
        if is_member and parent == self._loose_parent and _are_rows(labels[-1], value):
            whole = {**self._loose, labels[-1]: value}
            if _table(whole, names_by_key(whole)) is not None:
                self._loose, self._loose_weight, self.listening = {}, 0, False
                above = self._name_above(f"{parent}/")
                self._object(whole, Place(parent, (*labels[:-1], *([above] if above else []))), out)
                return out
        if is_member and (weight := _weight(value)) is not None:
            # The reader split an object: its members may form one record.
            if self._loose and parent != self._loose_parent:
                self._flush(out)
            self._loose_parent, self._loose_labels = parent, labels[:-1]
            self._loose[labels[-1]] = value
            self._loose_weight += weight
            self.listening = True
            if len(self._loose) > _MOST_LOOSE or self._loose_weight > _HEAVIEST:
                self._flush(out)
            return out
        if not labels and last and not _IN_DATA.match(pointer):
            labels = (tokens(pointer)[-1],)
        header = self._header_beside(parent, value)
        if self._loose:
            self._flush(out, header and header[0])
        siblings = self._siblings(pointer, parent)
        named = siblings.name or self._name_above(parent)
        if named is not None and isinstance(value, (dict, list)):
            labels = (*labels, named)
        if header is not None:
            take_header(siblings, header[1], labels)
        self._element(value, Place(pointer, labels), siblings, out)
        self.listening = any(known.name for known in self._parents.values())
        return out

    def end(self) -> list[RawRecord]:
        """The records held back until the last item."""
        out: list[RawRecord] = []
        if self._loose:
            self._flush(out)
        return out

    def _siblings(self, pointer: str, parent: str) -> Siblings:
        if len(self._parents) > _MOST_PARENTS:
            self._parents = {k: v for k, v in self._parents.items() if pointer.startswith(f"{k}/")}
        return self._parents.setdefault(parent, Siblings())

    def _name_above(self, parent: str) -> str | None:
        """The name that an earlier sibling gave to a list that the reader split."""
        above = parent
        while above:
            above = above.rpartition("/")[0]
            if (known := self._parents.get(above)) is not None and known.name:
                return known.name
        return None

    def _header_beside(self, parent: str, value: JsonValue) -> tuple[str, tuple[str, ...]] | None:
        """The held-back member with the names of the columns of a row, if the reader split the rows, too."""
        above, _, name = parent.rpartition("/")
        if not self._loose or above != self._loose_parent or normalised_key(name) not in LISTS:
            return None
        headers = _headers(self._loose, names_by_key(self._loose))
        return next((h for h in headers if isinstance(value, list) and fits(value, h[1])), None)

    def _flush(self, out: list[RawRecord], columns: str | None = None) -> None:
        """Classify the held-back members of a split object: an envelope, a name of lists, or a record.

        `columns` is the member with the names of the columns of the rows that follow.
        """
        loose, parent, labels = self._loose, self._loose_parent, self._loose_labels
        self._loose, self._loose_weight, self.listening = {}, 0, False
        above = self._name_above(f"{parent}/")
        if above is not None:
            labels = (*labels, above)
        value = Members(loose, {name: f"/{escape_token(name)}" for name in loose})
        names = names_by_key(value)
        bare_only = not any(isinstance(member, (dict, list)) for member in loose.values())
        named = next((name for n in NAMING if n in names and (name := list_name(value[names[n]]))), None)
        if columns is not None:
            self._siblings(parent, parent).name = named
            _pack(value, Place(parent, labels), rule("names-of-columns"), out, columns=columns)
        elif bare_only and len(names.keys() & PAGING) >= 2 and names.keys() <= PAGING | set(NAMING):
            _pack(value, Place(parent, labels), rule("page-of-a-listing"), out)
        elif bare_only and named is not None and names.keys() <= set(NAMING):
            self._siblings(parent, parent).name = named
            self.listening = True
            _pack(value, Place(parent, labels), rule("name-of-a-list"), out)
        elif (
            not is_page(loose, names)
            and _named_list(loose, names) is None
            and (decided := decide(loose, labels))
        ):
            found = RawRecord(decided.kind, parent, value, decided.rule, labels)
            if kind_of(decided.kind).holds_records:
                self._split_nested(value, Place(parent, labels), found, out)
            else:
                out.append(found)
        elif (table := _table(loose, names)) is not None:
            payload, columns = table
            at = Place(parent, labels)
            self._parts(loose, at, {payload: None}, rule("names-of-columns"), out, columns=columns)
        elif bare_only and len(loose) > 1 and not labels and parent != "/data":
            out.append(RawRecord("unrecognised", parent, value, rule("no-known-keys"), labels))
        else:
            for name, member in loose.items():
                self._element(member, Place(join_pointer(parent, name), (*labels, name)), Siblings(), out)

    # ---- one element, of any type

    def _element(
        self,
        value: JsonValue,
        at: Place,
        siblings: Siblings,
        out: list[RawRecord],
    ) -> None:
        if isinstance(value, (dict, list)):
            before = len(out)
            self._container(value, at, siblings, out)
            if len(out) == before and at.labels and at.pointer.endswith(f"/{escape_token(at.labels[-1])}"):
                out.append(RawRecord("envelope", at.pointer, value, rule("nothing-in-it"), at.labels))
        elif isinstance(value, str) and not at.labels and (name := list_name(value)) and names_list(value):
            siblings.name, siblings.columns = name, None
            out.append(RawRecord("envelope", at.pointer, value, rule("name-of-a-list"), at.labels))
        else:
            out.append(bare(value, at.pointer, at.labels))

    def _container(
        self,
        value: dict[str, JsonValue] | list[JsonValue],
        at: Place,
        siblings: Siblings,
        out: list[RawRecord],
    ) -> None:
        if isinstance(value, dict):
            self._object(value, at, out)
        elif value:
            if (
                siblings.columns is not None
                and not isinstance(value[0], dict)
                and fits(value, siblings.columns)
            ) or not any(isinstance(cell, (dict, list)) for cell in value):
                divide_row(value, at, siblings, out)
            else:
                self._list(value, at, out)

    # ---- objects

    def _object(self, value: dict[str, JsonValue], at: Place, out: list[RawRecord]) -> None:
        if not value:
            return
        for custom in self._kinds:
            if custom.matches(value, at.labels):
                out.append(
                    RawRecord(custom.name, at.pointer, value, rule("configuration", custom.name), at.labels)
                )
                return
        known = None if self._kinds else self._decisions.known(at.labels, value)
        if known is not None and known.kind != "unrecognised":
            out.append(RawRecord(known.kind, at.pointer, value, known.rule, at.labels))
            return
        decision = decide(value, at.labels)
        if decision is not None:
            holds = kind_of(decision.kind).holds_records
            if decision.is_leaf and not self._kinds and not (holds and may_hold_records(value)):
                self._decisions.remember(at.labels, value, decision)
            if holds and at.depth < _DEEPEST:
                self._split_nested(
                    value,
                    at,
                    RawRecord(decision.kind, at.pointer, value, decision.rule, at.labels),
                    out,
                )
            else:
                out.append(RawRecord(decision.kind, at.pointer, value, decision.rule, at.labels))
            return
        if at.depth >= _DEEPEST or _is_error(value):
            why = rule("error-message") if _is_error(value) else rule("nested-too-deeply")
            out.append(RawRecord("unrecognised", at.pointer, value, why, at.labels))
            return
        names = names_by_key(value)
        if is_page(value, names):
            self._parts(value, at, {names["data"]: None}, rule("page-of-a-listing"), out)
            return
        if (parts := _named_list(value, names)) is not None:
            payload, name = parts
            columns = next(
                (
                    names[c]
                    for c in COLUMNS
                    if c in names and names[c] != payload and _is_texts(value[names[c]])
                ),
                None,
            )
            why = rule("name-of-a-list") if name is None else rule("name-of-the-list", payload)
            self._parts(value, at, {payload: name}, why, out, columns=columns)
            return
        if (table := _table(value, names)) is not None:
            payload, columns = table
            self._parts(value, at, {payload: None}, rule("names-of-columns"), out, columns=columns)
            return
        self._split_mixed(value, at, names, out)

    def _parts(
        self,
        value: dict[str, JsonValue],
        at: Place,
        payloads: dict[str, str | None],
        why: Rule,
        out: list[RawRecord],
        *,
        columns: str | None = None,
    ) -> None:
        """Resolve a wrapper: an envelope of its other members, then its lists under their given names."""
        rest = {name: member for name, member in value.items() if name not in payloads}
        _pack(
            rest,
            at,
            why,
            out,
            names={name for name in payloads.values() if name is not None},
            columns=columns,
        )
        for payload, name in payloads.items():
            inner = (*at.labels, payload) if name is None else (*at.labels, name)
            siblings = Siblings()
            if columns is not None:
                listing = value[columns]
                if isinstance(listing, list):
                    take_header(siblings, [str(cell) for cell in listing], inner)
            before = len(out)
            self._contents(value[payload], at.below(payload, inner), siblings, out)
            if len(out) == before:  # an empty list: an envelope keeps its name
                labels = (*at.labels, payload)
                pointer = at.below(payload, labels).pointer
                out.append(RawRecord("envelope", pointer, value[payload], rule("nothing-in-it"), labels))

    def _contents(
        self,
        value: JsonValue,
        at: Place,
        siblings: Siblings,
        out: list[RawRecord],
    ) -> None:
        """Resolve a list whose elements share a name or columns."""
        if isinstance(value, list) and any(isinstance(e, (dict, list)) for e in value):
            self._elements(value, at, siblings, out)
        else:
            self._element(value, at, siblings, out)

    def _split_nested(
        self,
        value: dict[str, JsonValue],
        at: Place,
        found: RawRecord,
        out: list[RawRecord],
    ) -> None:
        """Split a record that may hold others: nested records are separate, and it keeps the rest."""
        nested: dict[str, list[RawRecord]] = {}
        for name, member in value.items():
            if not isinstance(member, (list, dict)) or normalised_key(name) in _OWN_MEMBERS or not member:
                continue
            if isinstance(member, list) and not any(isinstance(e, dict) for e in member):
                continue
            if isinstance(member, dict) and not (
                is_container(member, names_by_key(member)) or is_page(member, names_by_key(member))
            ):
                continue
            inner: list[RawRecord] = []
            self._element(member, at.below(name, (*at.labels, name)), Siblings(), inner)
            if inner and all(f.kind != "unrecognised" for f in inner):
                nested[name] = inner
        if not nested:
            out.append(found)
            return
        rest = {name: member for name, member in value.items() if name not in nested}
        if rest:
            out.append(found._replace(value=_members(rest)))
        for inner in nested.values():
            out.extend(inner)

    def _split_mixed(
        self,
        value: dict[str, JsonValue],
        at: Place,
        names: dict[str, str],
        out: list[RawRecord],
    ) -> None:
        """Split an unclassified object: recognised members become records, the rest stays together."""
        lists = [
            n
            for n, m in value.items()
            if n not in names.values() or normalised_key(n) not in PAGING | set(NAMING)
        ]
        if len(lists) == 1 and _holds_containers(value[lists[0]]) and not lists[0].isdigit():
            name = next(
                (str(v) for n in NAMING if n in names and isinstance(v := value[names[n]], str)), None
            )
            if len(value) == 1 or (
                name and len(name) <= LONGEST_NAME and not _has_containers(value, lists[0])
            ):
                why = rule("name-of-a-list") if name is None else rule("name-of-the-list", lists[0])
                self._parts(value, at, {lists[0]: name}, why, out)
                return
        numbered = all(name.isdigit() for name in names)
        taken: dict[str, list[RawRecord]] = {}
        siblings = Siblings()
        for name, member in value.items():
            inner: list[RawRecord] = []
            if numbered or isinstance(member, (dict, list)):
                inner_labels = (*at.labels, name)
                mine = siblings if numbered else Siblings()
                if siblings.name and numbered and isinstance(member, (dict, list)):
                    inner_labels = (*inner_labels, siblings.name)
                self._element(member, at.below(name, inner_labels), mine, inner)
            elif isinstance(member, str) and (sniff.kind_of_text(member) or kind_labelled(name) == "message"):
                inner = [bare(member, join_pointer(at.pointer, name), (*at.labels, name))]
            if inner:
                taken[name] = inner
        understood = any(_is_convincing(f) for inner in taken.values() for f in inner)
        if not understood and not (at.pointer == "/data" and taken) and not numbered:
            out.append(RawRecord("unrecognised", at.pointer, value, rule("no-known-keys"), at.labels))
            return
        if not numbered and at.pointer != "/data":  # what is not recognised in it stays together
            taken = {n: inner for n, inner in taken.items() if any(_is_convincing(f) for f in inner)}
        rest = {name: m for name, m in value.items() if name not in taken}
        if rest:
            told = {normalised_key(name) for name, m in rest.items() if m or not isinstance(m, (dict, list))}
            if told <= PAGING | set(NAMING):
                _pack(rest, at, rule("name-of-a-list" if told else "nothing-in-it"), out)
            else:
                why = rule("no-known-keys")
                out.append(RawRecord("unrecognised", at.pointer, _members(rest), why, at.labels))
        for inner in taken.values():
            out.extend(inner)

    # ---- lists

    def _list(self, value: list[JsonValue], at: Place, out: list[RawRecord]) -> None:
        if at.depth >= _DEEPEST:
            out.append(RawRecord("unrecognised", at.pointer, value, rule("nested-too-deeply"), at.labels))
            return
        siblings = Siblings()
        first = value[0]
        name = list_name(first) if len(value) > 1 else None
        if name is None and len(value) == 2 and isinstance(first, str) and _holds_containers(value[1]):
            name = first if 0 < len(first) <= LONGEST_NAME else None
        if name is None or not all(isinstance(element, (dict, list)) for element in value[1:]):
            self._elements(value, at, siblings, out)
            return
        out.append(RawRecord("envelope", f"{at.pointer}/0", first, rule("name-of-a-list"), at.labels))
        inner = (*at.labels, name)
        if len(value) == 2:
            self._contents(value[1], at.below(1, inner), siblings, out)
        else:
            self._elements(value, at._replace(labels=inner), siblings, out, start=1)

    def _elements(
        self,
        value: list[JsonValue],
        at: Place,
        siblings: Siblings,
        out: list[RawRecord],
        start: int = 0,
    ) -> None:
        for index in range(start, len(value)):
            element = value[index]
            inner = at.labels
            if siblings.name is not None and isinstance(element, (dict, list)):
                inner = (*at.labels, siblings.name)
            if isinstance(element, str) and (name := list_name(element)) and _next_is_container(value, index):
                siblings.name, siblings.columns = name, None
                out.append(
                    RawRecord("envelope", f"{at.pointer}/{index}", element, rule("name-of-a-list"), at.labels)
                )
                continue
            self._element(element, at.below(index, inner), siblings, out)


def _pack(
    rest: dict[str, JsonValue],
    at: Place,
    why: Rule,
    out: list[RawRecord],
    *,
    names: Collection[str] = (),
    columns: str | None = None,
) -> None:
    """Append an envelope of the members that only say how records are packed, and a record of the others."""
    packing = {
        name: member
        for name, member in rest.items()
        if name == columns or _only_packs(normalised_key(name), member, names)
    }
    others = {name: member for name, member in rest.items() if name not in packing}
    if packing:
        out.append(RawRecord("envelope", at.pointer, _members(packing), why, at.labels))
    if others:
        why = rule("no-known-keys")
        out.append(RawRecord("unrecognised", at.pointer, _members(others), why, at.labels))


def _only_packs(name: str, member: JsonValue, names: Collection[str]) -> bool:
    """Whether a member of a wrapper is empty, a count of a page, or the name of what is in it."""
    if member is None or (isinstance(member, (str, dict, list)) and not member):
        return True
    if name in PAGING:
        return isinstance(member, bool) or str(member).isdecimal()
    return name in NAMING and isinstance(member, str) and (member in names or list_name(member) is not None)


def _members(rest: dict[str, JsonValue]) -> Members:
    return Members(rest, {name: f"/{escape_token(name)}" for name in rest})


def _named_list(value: dict[str, JsonValue], names: dict[str, str]) -> tuple[str, str] | None:
    """The member with the list, and the list's name, in a wrapper: `{"name": "opens", "records": […]}`."""
    payload = next(
        (names[p] for p in LISTS if p in names and isinstance(value[names[p]], (list, dict))), None
    )
    if payload is None:
        return None
    name = next((found for n in NAMING if n in names and (found := list_name(value[names[n]]))), None)
    if name is None:
        return None
    others = [m for n, m in value.items() if n != payload and isinstance(m, (list, dict)) and m]
    return (payload, name) if all(_is_texts(m) for m in others) else None


def _table(value: dict[str, JsonValue], names: dict[str, str]) -> tuple[str, str] | None:
    """The members with the rows and with the names of their columns: `{"columns": […], "rows": [[…]]}`."""
    for columns, texts in _headers(value, names):
        for payload in (names[name] for name in LISTS if name in names):
            rows = value[payload]
            if (
                isinstance(rows, list)
                and rows
                and all(isinstance(row, list) and fits(row, texts) for row in rows)
            ):
                return payload, columns
    return None


def _are_rows(name: str, value: JsonValue) -> bool:
    return isinstance(value, list) and normalised_key(name) in LISTS and _holds_containers(value)


def _headers(value: dict[str, JsonValue], names: dict[str, str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The members that may name columns, with these names."""
    for columns in (names[name] for name in COLUMNS if name in names):
        listing = value[columns]
        if isinstance(listing, list) and _is_texts(listing):
            yield columns, tuple(map(str, listing))


def _is_texts(value: JsonValue) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(cell, str) for cell in value)


def _holds_containers(value: JsonValue) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(e, (dict, list)) for e in value)


def _has_containers(value: dict[str, JsonValue], but: str) -> bool:
    return any(isinstance(member, (dict, list)) for name, member in value.items() if name != but)


def _weight(value: JsonValue) -> int | None:
    """The memory weight of holding a member back; None if it is too large to be held back.

    Long lists are lists of records; a large object may be a person's fields, if it holds no list or object.
    """
    if isinstance(value, str):
        return len(value) + 1
    if not isinstance(value, (dict, list)):
        return 1
    if len(value) <= _SMALL:
        return 1 + sum(len(m) if isinstance(m, (str, dict, list)) else 1 for m in _members_in(value))
    if (
        isinstance(value, dict)
        and len(value) <= _MOST_FIELDS
        and not any(isinstance(m, (dict, list)) and m for m in value.values())
    ):
        return len(value) + sum(len(m) for m in value.values() if isinstance(m, str))
    return None


def _members_in(value: dict[str, JsonValue] | list[JsonValue]) -> Iterable[JsonValue]:
    return value.values() if isinstance(value, dict) else value


def _is_convincing(found: RawRecord) -> bool:
    """Whether a member of an unknown object is a record: a label alone needs two known names beside it."""
    if found.kind in {"unrecognised", "envelope"}:
        return False
    if found.rule.first.code != "label" or not isinstance(found.value, dict):
        return True
    return logs.known_names(found.value) >= 2


def _next_is_container(value: list[JsonValue], index: int) -> bool:
    return index + 1 < len(value) and isinstance(value[index + 1], (dict, list))


def _is_error(value: dict[str, JsonValue]) -> bool:
    error = value.get("error")
    return isinstance(error, dict) and "message" in error
