"""The letter: page one, table of contents, statements of Art. 15, list of hidden values, glossary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dsr_report.redact.marks import HIDDEN_THINGS
from dsr_report.redact.plan import Mark
from dsr_report.rendering.chapters.activity import plot_of, spans
from dsr_report.rendering.chapters.book import Book, PartView
from dsr_report.rendering.first_pages import (
    authority_view,
    contact_of,
    first_view,
    readable_secrets,
    statement_blocks,
)
from dsr_report.rendering.glossary import terms_in
from dsr_report.rendering.pagination import ContentsLine
from dsr_report.rendering.plots import BESIDE_TEXT


class TocEntry(NamedTuple):
    """A line of the table of contents, and the years and months below it."""

    anchor: str
    title: str
    note: str = ""
    periods: Sequence[ContentsLine] = ()
    is_annex: bool = False

    def anchors(self) -> Iterator[str]:
        """Yield its own anchor, and those of its years and months."""
        yield self.anchor
        for period in self.periods:
            yield period.anchor
            yield from (month.anchor for month in period.months)


def start(book: Book) -> Iterator[PartView]:
    """Yield page one."""
    info = book.export.info
    view = first_view(book.collected, book.options, incomplete=book.export.incomplete)
    view["several"] = len(book.export.file.subjects.named) > 1
    if book.is_found:
        view["plot"] = plot_of(spans(book, by_year=True)[0], book.language, BESIDE_TEXT)
    view["scope"] = _scope(book)
    view["other_systems"] = book.options.config.scope.other_systems.get(book.options.language_code, "")
    view["authority"] = authority_view(book.options)[0]
    view["about"] = book.collected.person.about(info.type, info.id, book.language)
    yield PartView(view, "start", contents=("rights",) if book.is_found else ())


def overview(book: Book) -> Iterator[PartView]:
    """Yield the reading guide and the table of contents."""
    language, options = book.language, book.options
    is_apart = bool(options.annexes_file)
    listed = list(entries_of(book))
    entries = [entry for entry in listed if not (is_apart and entry.is_annex)]
    values = {
        "entries": entries,
        "annexes": [entry for entry in listed if is_apart and entry.is_annex],
        "scope": _scope(book),
        "zone": language.text("All times are in the time zone {zone}, unless stated otherwise.").format(
            zone=language.zone(options.zone)
        ),
        "machine": _machine_copy(book),
        "left_out": _left_out(book),
        "ambiguous": book.collected.activity.ambiguous,
    }
    contents = tuple(anchor for entry in entries for anchor in entry.anchors())
    yield PartView(values, "overview", contents=contents)


def annexes(book: Book) -> Iterator[PartView]:
    """Yield the introduction and table of contents of annexes in a separate document."""
    entries = [entry for entry in entries_of(book) if entry.is_annex]
    contents = tuple(anchor for entry in entries for anchor in entry.anchors())
    name = book.options.config.controller.name if book.options.config.controller else ""
    values = {"entries": entries, "company": name, "reference": book.options.reference}
    yield PartView(values, "annexes-start", contents=contents)


def statements(book: Book) -> Iterator[PartView]:
    """Yield the statements of Art. 15, and the rights."""
    authority, others = authority_view(book.options)
    values = {
        "blocks": statement_blocks(book.collected, book.options),
        "authority": authority,
        "authorities": others,
        "contact": contact_of(book.options.config),
    }
    yield PartView(values, "statements-part", new_page=True)


def hidden_values(book: Book) -> Iterator[PartView]:
    """Yield the list of masked and withheld values."""
    language = book.language
    reasons = {"live-key": language.text("anyone who has it can get at your data")}
    marks = [
        {
            "number": mark.number,
            "text": mark.text,
            "reason": reasons.get(mark.reason, mark.reason.rstrip(" ."))
            or language.text(HIDDEN_THINGS.get(mark.what, mark.what)),
            "article": language.citation(mark.article),
            "places": language.count(
                "In {n} place:", "In {n} places:", len(mark.pointers) + len(mark.passage_pointers)
            ),
            "chapters": _chapters_of(mark, book),
        }
        for mark in book.options.marks
    ]
    values = {
        "marks": marks,
        "treatments": {mark.treatment for mark in book.options.marks},
        "incidents": readable_secrets(book.options),
        "in_all": _in_all(book),
    }
    yield PartView(values, "hidden-part")


def _in_all(book: Book) -> str:
    """A sentence that relates the places of all marks to the number of values, if the two differ."""
    language, values = book.language, book.options.sum
    places = sum(len(mark.pointers) + len(mark.passage_pointers) for mark in book.options.marks)
    whole = values.masked + values.withheld
    holding = whole + values.in_part
    if holding < 2 or places == holding:
        return ""
    return language.text(
        "The {places} places are in {values} values (masked or withheld as a whole: {whole}, in part: {in_part}). One value can hold several of them."
    ).format(
        places=language.number(places),
        values=language.number(holding),
        whole=language.number(whole),
        in_part=language.number(values.in_part),
    )


def _chapters_of(mark: Mark, book: Book) -> list[tuple[str, str, int]]:
    """The chapters that contain a mark: anchor of its first place there, chapter title, number of places."""
    names = {spool: chapter.name(book) for chapter in book.chapters for spool in chapter.spools}
    found: dict[str, tuple[str, int]] = {}
    for pointer in (*mark.pointers, *mark.passage_pointers):
        place, anchor = book.collected.ledger.place_of(pointer) or ("technical", "technical")
        name = names.get(place, place)
        first, count = found.get(name, (anchor, 0))
        found[name] = first, count + 1
    return [(anchor, name, count) for name, (anchor, count) in found.items()]


def glossary(book: Book) -> Iterator[PartView]:
    """Yield the glossary."""
    language = book.language
    terms = [
        (term.anchor, language.text(term.name), language.text(term.meaning))
        for term in terms_in(book.collected.kinds)
    ]
    yield PartView({"terms": terms}, "glossary-part")


def entries_of(book: Book) -> Iterator[TocEntry]:
    """Yield the lines of the table of contents."""
    language = book.language
    for chapter in book.chapters:
        number = chapter.number_of_records(book)
        if not chapter.is_listed or chapter.is_left_out(book):
            continue
        note = chapter.counted(language, number) if chapter.counted else ""
        periods = chapter.periods(book) if chapter.periods else ()
        yield TocEntry(chapter.anchor, chapter.name(book), note, periods, chapter.layer == "annex")
        for anchor, title in chapter.sections:
            yield TocEntry(anchor, language.text(title))


def _left_out(book: Book) -> str:
    """A sentence that names omitted chapters: a gap in the annexes' letters would look like withholding."""
    language = book.language
    empty = [
        language.quoted(chapter.name(book))  # a title may itself have commas and an "and"
        for chapter in book.chapters
        if chapter.is_about_data and not chapter.if_apart and chapter.is_left_out(book)
    ]
    said = language.text("Nothing is stored for: {chapters}.")
    return said.format(chapters=language.join(empty)) if empty else ""


def _machine_copy(book: Book) -> str:
    """A sentence that says where the machine-readable copy is."""
    language = book.language
    if book.options.package:
        return language.text("The file data/export.json in this package is a copy that computers can read.")
    if book.options.medium == "pdf":
        return language.text(
            "The file export.json is a copy that computers can read. It is inside this PDF: your PDF program lists it as an attachment."
        )
    return language.text(
        "You receive a copy that computers can read (the file export.json) separately, or on request."
    )


def _scope(book: Book) -> str:
    language, info = book.language, book.export.info
    profile = book.collected.person.profile_of(str(info.id or ""))
    kinds = {
        "profile": language.text("We searched for everything that is stored under your number {id}."),
        "subprofile": language.text(
            "We searched for everything that is stored under the number {id}: a part of your profile, which itself has the number {profile}."
        )
        if profile
        else language.text(
            "We searched for everything that is stored under the number {id}, a part of your profile."
        ),
        "email": language.text("We searched for the e-mail address {id}."),
    }
    system = book.options.config.scope.system.get(book.options.language_code, "")
    text = kinds.get(str(info.type), language.text("We searched for {id}.")).format(
        id=info.id or "?", profile=profile
    )
    return f"{text} {system}".strip()
