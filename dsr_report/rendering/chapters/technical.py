"""Annex E: the sum that proves the report complete, kinds and rules, the file, its read warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dsr_report.jsonstream.items import count_values
from dsr_report.records.members import members_of
from dsr_report.rendering.chapters.book import Book, PartView
from dsr_report.rendering.first_pages import sum_in_words
from dsr_report.rendering.kinds import kind_plural
from dsr_report.rendering.proof import NumberedMember, Proof
from dsr_report.rendering.values import FieldRow, Value, name_shown
from dsr_report.rendering.warnings import oddities, rule_text
from dsr_report.sentences import translatable as _


def technical(book: Book) -> Iterator[PartView]:
    """Yield annex E."""
    rows, proof = _info(book)
    values = {
        "sum": _sum(book),
        "values": book.options.sum,
        "has_marks": bool(book.options.marks),
        "has_messages": bool(book.collected.kinds["message"]),
        "places": _places(book),
        "kinds": _kinds(book),
        "file": _file(book),
        "info": rows,
        "warnings": oddities(book.export.warnings, book.language),
    }
    yield PartView(values, "technical-part", [proof], new_page=True)


_SEARCHES = {
    "profile": _("a profile, by its number"),
    "subprofile": _("a part of a profile, by its number"),
    "email": _("an e-mail address"),
}


def _sum(book: Book) -> str:
    text = book.language.text(
        "Yes. {sum} The count was made twice, and the report could not have been written if it did not agree."
    )
    return text.format(sum=sum_in_words(book.language, book.options.sum))


def _places(book: Book) -> list[tuple[str, int]]:
    """Title of each chapter that shows values, in reading order, and their number."""
    shown = book.collected.ledger.values
    counted = (
        (chapter.name(book), sum(shown.get(place, 0) for place in chapter.spools))
        for chapter in book.chapters
    )
    return [(name, n) for name, n in counted if n]


def _file(book: Book) -> list[tuple[str, str]]:
    language, options, export = book.language, book.options, book.export
    search = str(export.info.type)
    file = [
        (language.text("Type of search"), language.text(_SEARCHES.get(search, search))),
        (language.text("Searched for"), str(export.info.id)),
        (language.text("Size"), language.count("{n} byte", "{n} bytes", export.bytes)),
        ("SHA-256", export.sha256),
        (language.text("Created with"), options.generator),
        (language.text("Time zone assumed where none is given"), language.zone(export.zone)),
    ]
    if options.replied:
        file.insert(-1, (language.text("Date of our reply"), language.day(options.replied)))
    if options.request_id:
        file.insert(2, (language.text("Data request"), options.request_id))
    if options.collected:
        file.insert(2, (language.text("Data as they were on"), language.day(options.collected)))
    if options.marks:
        file.append(
            (
                language.text("Please note"),
                language.text(
                    "In this file, marks stand in place of the values that are masked or withheld."
                ),
            )
        )
    return file


def _kinds(book: Book) -> list[tuple[str, str, int]]:
    """Title of each kind of record, the rule that recognised it, and the number of records."""
    merged: Counter[tuple[str, str, str]] = Counter()
    for (kind, rule), n in book.collected.rules.items():
        merged[kind, kind_plural(kind, book.options), rule_text(rule, book.language)] += n
    ordered = sorted(merged.items(), key=lambda entry: (entry[0][0], -entry[1], entry[0][2]))
    return [(kind, rule, n) for (_key, kind, rule), n in ordered]


def _info(book: Book) -> tuple[list[FieldRow], Proof]:
    """Rows and proof of the export's `info`, which is record number 0."""
    language = book.language
    rows, members, first = [], [], 0
    for name, pointer, value in members_of(book.export.info.value, book.export.info.pointer):
        shown = name_shown(name, language) if name else language.text("value")
        rows.append(FieldRow(shown, "", "", Value(value, 0, first)))
        members.append(NumberedMember(pointer, value, first))
        first += count_values(value)
    return rows, Proof(0, tuple(members))
