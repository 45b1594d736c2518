"""The chapters of the report in reading order, each with its template and the function that yields its parts.

A chapter is data until its template is filled: `parts` yields views, `report/TEMPLATE.html.j2` turns them
into HTML, and the proof looks for each value's number in that HTML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from jinja2 import Environment

from dsr_report.export import Export
from dsr_report.rendering.chapters import activity, annexes, letter, records
from dsr_report.rendering.chapters.book import Book, Chapter, PartView
from dsr_report.rendering.chapters.technical import technical
from dsr_report.rendering.collect import Collected
from dsr_report.rendering.document import Part
from dsr_report.rendering.glossary import terms_in, terms_of
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.proof import settle
from dsr_report.sentences import translatable as _

CHAPTERS: tuple[Chapter, ...] = (
    # the letter: the answer, the statements of Art. 15, the rights, the list of hidden values
    Chapter("start", _("Overview"), "first", letter.start, layer="letter", is_listed=False, if_nothing=True),
    Chapter(
        "statements", _("What the law requires us to tell you"), "statements", letter.statements,
        page="start", layer="letter", sections=(("rights", _("Your rights")),),
    ),
    Chapter("hidden", _("What is masked or withheld"), "hidden", letter.hidden_values, page="start", layer="letter"),
    Chapter("overview", _("Overview"), "contents", letter.overview, page="start", layer="letter", is_listed=False),
    # your data
    Chapter("you", _("Your profile"), "you", records.in_time("you", "you"), ("you",)),
    Chapter("told", _("What you filled in"), "told", records.in_time("told", "told"), ("told",)),
    Chapter("noted", _("What we noted about you"), "noted", records.in_time("noted", "noted"), ("noted",)),
    Chapter("sent", _("What we sent you"), "sent", activity.messages_sent, is_empty=activity.is_nothing_sent),
    Chapter("noticed", _("What we recorded"), "activity", activity.activity_by_month, is_empty=activity.is_nothing_noticed),
    Chapter("concluded", _("Groups, scores and interests"), "concluded", activity.conclusions, is_empty=activity.is_nothing_concluded),
    Chapter(
        "problems", _("Delivery problems, spam complaints and unsubscribing"), "problems", activity.problems,
        is_empty=lambda book: not activity.problem_counts(book),
    ),
    Chapter(
        "glossary", _("Words explained"), "glossary", letter.glossary,
        is_empty=lambda book: not terms_in(book.collected.kinds), is_about_data=False,
    ),
    # the annexes: every value
    Chapter(
        "annexes", _("Annexes"), "annexes", letter.annexes, layer="annex",
        is_listed=False, if_nothing=True, if_apart=True,
    ),
    Chapter(
        "annex-a", _("Annex A: the messages in full"), "messages", annexes.messages, ("messages",),
        layer="annex", counted=lambda language, n: language.count("{n} message", "{n} messages", n), periods=annexes.contents_of_messages,
        title_of_list=_("Annex A: the messages"),
    ),
    Chapter(
        "annex-b", _("Annex B: all events"), "events", annexes.events, ("events",),
        layer="annex", counted=lambda language, n: language.count("{n} event", "{n} events", n), periods=annexes.contents_of_events,
    ),
    Chapter(
        "annex-c", _("Annex C: files"), "files", records.in_time("annex-c", "files"), ("files",),
        layer="annex",
    ),
    Chapter(
        "annex-d", _("Annex D: other stored data"), "other", records.by_kind, ("other", "background"),
        layer="annex", counted=lambda language, n: language.count("{n} record", "{n} records", n), title_if_nothing=_("Structure of the file"),
    ),
    Chapter("technical", _("Annex E: technical details"), "technical", technical, ("technical",), layer="annex", if_nothing=True,
        title_if_nothing=_("Technical details")),
)  # fmt: skip


def parts(export: Export, options: ReportOptions, collected: Collected, made: Environment) -> Iterator[Part]:
    """Yield all parts of the report, in reading order.

    Raises:
        LedgerError: a template omits or repeats a value.
    """
    book = Book(export, options, collected, CHAPTERS)
    made.globals.update(
        medium=options.medium,
        is_list=options.is_list,
        files_embedded=options.attachments,
        letter_file=options.letter_file,
        annexes_file=options.annexes_file,
    )
    for chapter in CHAPTERS:
        if chapter.is_left_out(book):
            continue
        title = chapter.name(book)
        see = [
            (term.anchor, options.language.text(term.name))
            for term in terms_of(chapter.anchor, collected.kinds)
        ]
        common = {
            "chapter": chapter,
            "chapter_title": title,
            "is_found": book.is_found,
            "see": see,
            "once": _first_time(),
        }
        for number, part in enumerate(chapter.parts(book)):
            template = made.get_template(f"report/{part.template or chapter.template}.html.j2")
            html = template.render(**common, is_first=number == 0, **part.values)
            made_part = _part(book, chapter, part, settle(html, part.proofs))
            yield replace(made_part, new_page=False) if chapter.layer == "data" else made_part


def contents_entries(
    export: Export, options: ReportOptions, collected: Collected
) -> tuple[tuple[str, str], ...]:
    """Anchor and title of each line in the table of contents, without years and months."""
    book = Book(export, options, collected, CHAPTERS)
    return tuple((entry.anchor, entry.title) for entry in letter.entries_of(book))


def _first_time() -> Callable[[str, str], bool]:
    """Return a predicate that is true for the first occurrence of a name with its meaning in a chapter."""
    seen: set[tuple[str, str]] = set()

    def is_first(name: str, meaning: str) -> bool:
        new = (name, meaning) not in seen
        seen.add((name, meaning))
        return new

    return is_first


def _part(book: Book, chapter: Chapter, part: PartView, html: str) -> Part:
    key, title = chapter.page or chapter.anchor, chapter.name(book)
    follows = False
    if part.page is not None:
        key, title = part.page.name, book.periods.page_title(title, part.page)
        follows = part.page.follows
    return Part(part.anchor, key, title, html, part.new_page, part.contents, follows, chapter.layer)
