"""Classification of bare values: header rows, rows below them, names of lists, and single values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from dsr_report.jsonstream.items import JsonValue
from dsr_report.pointers import join_pointer
from dsr_report.records import logs, sniff
from dsr_report.records.classify import PAGING, decide, kind_by_request, label_kind, names_kind
from dsr_report.records.kinds import kind_of
from dsr_report.records.members import Members
from dsr_report.records.names import normalised_key
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.rule import UNTOLD, Clue, Rule, rule
from dsr_report.records.vocabulary import kind_labelled, kind_named

_COLUMNS = Clue("names-of-columns")
LONGEST_NAME = 60
"""Maximum characters of the name of a list."""


@dataclass(slots=True)
class Siblings:
    """State that earlier elements of a list leave for later ones."""

    name: str | None = None
    """Name of the lists that follow: `"clicks", [{…}]`."""
    columns: tuple[str, ...] | None = None
    """Columns of the last header row."""
    kind: str | None = None
    rule: Rule = UNTOLD


class Place(NamedTuple):
    """The position of a value: pointer, labels of its containers, and depth of nesting."""

    pointer: str
    labels: tuple[str, ...]
    depth: int = 0

    def below(self, name: str | int, labels: tuple[str, ...]) -> Place:
        """The place of a member or element, in containers of these names."""
        return Place(join_pointer(self.pointer, name), labels, self.depth + 1)


def divide_row(
    row: list[JsonValue],
    at: Place,
    siblings: Siblings,
    out: list[RawRecord],
) -> None:
    """Classify a list of bare values: a header row, a row of values, or neither."""
    texts = tuple(cell for cell in row if isinstance(cell, str))
    if len(texts) == len(row):
        if len(row) == 1 and not at.labels and (name := list_name(texts[0])):
            siblings.name, siblings.columns = name, None
            out.append(RawRecord("envelope", f"{at.pointer}/0", row[0], rule("name-of-a-list"), at.labels))
            return
        if logs.is_header(texts):
            take_header(siblings, texts, at.labels)
            out.append(RawRecord("envelope", at.pointer, row, rule("names-of-columns"), at.labels))
            return
    if siblings.columns is not None and fits(row, siblings.columns):
        cells = _cells(row, siblings.columns)
        kind, why = kind_by_request(siblings.kind or "unrecognised", siblings.rule, cells)
        out.append(RawRecord(kind, at.pointer, cells, why, at.labels))
        return
    labelled = label_kind(at.labels)
    if (log := _log_row(row, labelled)) is not None:
        name, kind, columns = log
        cells = _cells(row, columns)
        kind, why = kind_by_request(kind, rule("columns", name), cells)
        out.append(RawRecord(kind, at.pointer, cells, why, at.labels))
        return
    each = [bare(cell, f"{at.pointer}/{i}", at.labels) for i, cell in enumerate(row)]
    if any(found.kind != "unrecognised" for found in each):
        out.extend(each)
    else:
        out.append(RawRecord("unrecognised", at.pointer, row, rule("a-list-of-bare-values"), at.labels))


def bare(value: JsonValue, pointer: str, labels: tuple[str, ...]) -> RawRecord:
    """Classify a bare value: a message, a survey, a record as JSON …, or unrecognised."""
    labelled = label_kind(labels)
    if isinstance(value, str) and value:
        inner = sniff.record_in_json(value)
        if inner is not None and (decided := decide(inner, labels)):
            return RawRecord(decided.kind, pointer, value, decided.rule.after(Clue("text", "JSON")), labels)
        if looked := sniff.kind_of_text(value):
            kind, why = looked
            if labelled is not None and labelled[0] in {
                "survey",
                "bounce",
                "response",
                "form",
                "document",
                "file",
            }:
                return RawRecord(labelled[0], pointer, value, why.after(Clue("label", labelled[1])), labels)
            return RawRecord(kind, pointer, value, why, labels)
        if labelled is not None and kind_of(labelled[0]).may_be_text:
            return RawRecord(labelled[0], pointer, value, rule("label", labelled[1]), labels)
    if labels and normalised_key(labels[-1]) in PAGING:
        return RawRecord("envelope", pointer, value, rule("page-of-a-listing"), labels)
    return RawRecord("unrecognised", pointer, value, rule(_bareness(value)), labels)


def _bareness(value: JsonValue) -> str:
    if isinstance(value, str):
        return "a-bare-text"
    if isinstance(value, bool):
        return "a-bare-truth-value"
    return "a-bare-null" if value is None else "a-bare-number"


def _cells(row: list[JsonValue], columns: tuple[str, ...]) -> Members:
    """A row's cells by the names of their columns; surplus cells are `column N`, counted from 1."""
    members: dict[str, JsonValue] = {}
    places: dict[str, str] = {}
    for index, cell in enumerate(row):
        base = name = columns[index] if index < len(columns) else f"column {index + 1}"
        count = 1
        while name in members:
            count += 1
            name = f"{base} ({count})"
        members[name] = cell
        places[name] = f"/{index}"
    return Members(members, places)


def fits(row: list[JsonValue], columns: tuple[str, ...]) -> bool:
    """Whether a row has as many cells as there are columns, give or take one or a quarter."""
    return abs(len(row) - len(columns)) <= max(1, len(columns) // 4)


def take_header(siblings: Siblings, columns: Sequence[str], labels: tuple[str, ...]) -> None:
    """Take a row as the header of the rows below it."""
    siblings.columns = tuple(columns)
    labelled = label_kind(labels)
    keyed = names_kind(siblings.columns)
    if labelled is not None and (labelled[2] or keyed is None):
        siblings.kind, siblings.rule = labelled[0], Rule(Clue("label", labelled[1]), _COLUMNS)
    elif keyed is not None:
        siblings.kind, siblings.rule = keyed[0], keyed[1].and_(_COLUMNS)
    else:
        siblings.kind, siblings.rule = None, rule("no-known-columns")


def _log_row(
    row: list[JsonValue], labelled: tuple[str, str, bool] | None
) -> tuple[str, str, tuple[str, ...]] | None:
    """Log, kind and columns of a row without names; its first cell may be the log's name."""
    if len(row) < 4:
        return None
    first = row[0]
    if isinstance(first, str) and (named := logs.columns_of_log(first)) and len(row) - 1 == len(named[1]):
        return first, named[0], ("log", *named[1])
    if labelled is not None and (named := logs.columns_of_log(labelled[1])) and len(row) == len(named[1]):
        return labelled[1], named[0], named[1]
    found = logs.log_of_row(row, labelled[0] if labelled else None)
    if found is not None and labelled is not None and labelled[2] and labelled[0] in logs.KINDS:
        return found[0], labelled[0], found[2]
    return found


def list_name(value: JsonValue) -> str | None:
    """The name that a bare text gives to the list after it, or None where it names no kind."""
    if (
        isinstance(value, str)
        and 0 < len(value) <= LONGEST_NAME
        and (kind_labelled(value) or logs.columns_of_log(value))
    ):
        return value
    return None


def names_list(value: str) -> bool:
    """Whether a text is the name of a kind and no more, where the next element is not known yet."""
    return bool(kind_named(value) or logs.columns_of_log(value))
