"""The chapters of the report in reading order, cut into parts that can be laid out one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from jinja2 import Environment
from markupsafe import escape

from dsr_report.export import Export
from dsr_report.languages import translatable as _
from dsr_report.records.members import members_of
from dsr_report.rendering.annexes import ANNEX_A, ANNEX_A_LISTED, ANNEX_B, NEVER, Annexes, batched, happened
from dsr_report.rendering.collect import Collected
from dsr_report.rendering.document import Part
from dsr_report.rendering.events import moment_text
from dsr_report.rendering.first_pages import authority_view, first_view, statement_blocks, sum_in_words
from dsr_report.rendering.glossary import see_also, terms_in
from dsr_report.rendering.kinds import kind_plural
from dsr_report.rendering.marks import HIDDEN_THINGS
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.pagination import ContentsLine
from dsr_report.rendering.plots import Series, bars
from dsr_report.rendering.statistics import OPENED, PROBLEMS, MessageEntry
from dsr_report.rendering.text import inline, spoken
from dsr_report.rendering.values import Row, name_shown, value_html
from dsr_report.rendering.warnings import oddities, rule_text

PLACES = {
    "you": _("Who you are to us"),
    "told": _("What you told us"),
    "messages": ANNEX_A,
    "events": ANNEX_B,
    "files": _("Annex C: files"),
    "other": _("Annex D: other records"),
    "background": _("Annex D: other records"),
    "technical": _("Annex E: technical details"),
}


_MOST_LINES = 40
"""Of messages that went wrong; more are named by their numbers."""


class TocEntry(NamedTuple):
    """A line of the contents, and the years and months below it."""

    anchor: str
    title: str
    note: str
    periods: Sequence[ContentsLine] = ()

    def anchors(self) -> Iterator[str]:
        """Its own, and those of the years and months."""
        yield self.anchor
        for period in self.periods:
            yield period.anchor
            yield from (month.anchor for month in period.months)


class Line(NamedTuple):
    """A line of the activity table."""

    label: str
    numbers: list[int]


class Chapters:
    """Makes the parts of one report."""

    def __init__(
        self, export: Export, options: ReportOptions, collected: Collected, env: Environment
    ) -> None:
        self._export = export
        self._options = options
        self._words = options.words
        self._collected = collected
        self._environment = env
        self._annexes = Annexes(options, collected)

    def parts(self) -> Iterator[Part]:
        """All parts, in reading order."""
        yield from self._first()
        yield from self._records("you", "you", self._words.text("Who you are to us"), _INTRO["you"])
        yield from self._records("told", "told", self._words.text("What you told us"), _INTRO["told"])
        yield from self._sent()
        yield self._noticed()
        yield self._concluded()
        yield from self._problems()
        yield self._statements()
        yield self._hidden()
        yield self._glossary()
        yield from self._annexes.messages()
        yield from self._annexes.events()
        yield from self._records(
            "files", "annex-c", self._words.text("Annex C: files"), _INTRO["files"], annex=True
        )
        yield from self._other()
        yield self._technical()

    def _part(
        self,
        anchor: str,
        chapter: str,
        heading: str,
        html: str,
        *,
        new_page: bool = False,
        contents: tuple[str, ...] = (),
    ) -> Part:
        return Part(anchor, chapter, heading, html, new_page, contents)

    def _render(self, template: str, **values: Any) -> str:
        return self._environment.get_template(f"report/{template}.html.j2").render(**values)

    def _place(self, name: str) -> str:
        """What the chapter is called that shows some records."""
        is_list = name == "messages" and self._options.is_list
        return self._words.text(ANNEX_A_LISTED if is_list else PLACES[name])

    def _see(self, chapter: str) -> str:
        return str(see_also(chapter, self._collected.kinds, self._words))

    def _first(self) -> Iterator[Part]:
        words = self._words
        start = words.text("Overview")
        info = self._export.info
        view = first_view(self._collected, self._options, incomplete=self._export.incomplete)
        view["about"] = self._collected.person.about(info.type, info.id, words)
        yield self._part("start", "start", start, self._render("first", **view))
        scope = self._options.config.scope
        entries = self._contents()
        yield self._part(
            "overview",
            "start",
            start,
            self._render(
                "contents",
                entries=entries,
                scope=self._scope(),
                other_systems=scope.other_systems.get(self._options.language, ""),
                zone=words.text("All times are those of the zone {zone}, unless noted.").format(
                    zone=words.zone(self._options.zone)
                ),
                machine=self._machine_copy(),
                left_out=self._left_out(),
                ambiguous=self._collected.activity.ambiguous,
            ),
            new_page=True,
            contents=tuple(anchor for entry in entries for anchor in entry.anchors()),
        )

    def _left_out(self) -> str:
        """Which annexes are not there; a gap in their letters would look like something withheld."""
        words, spools = self._words, self._collected.spools
        empty = [
            self._place(name)
            for name in ("messages", "events", "files", "other")
            if not len(spools[name]) and not (name == "other" and len(spools["background"]))
        ]
        said = words.text("Left out, because there is nothing to show: {annexes}.")
        return said.format(annexes=words.listed(empty)) if empty else ""

    def _machine_copy(self) -> str:
        """Where the copy for computers is."""
        words = self._words
        if self._options.package:
            return words.text("A copy that computers can read is the file data/export.json of this package.")
        if self._options.medium == "pdf":
            return words.text(
                "A copy that computers can read is the file export.json. It is inside this PDF: your PDF program lists it as an attachment."
            )
        return words.text(
            "A copy that computers can read (the file export.json) comes separately, or when you ask."
        )

    def _scope(self) -> str:
        words, info = self._words, self._export.info
        kinds = {
            "profile": words.text("We searched for your profile with the number {id}."),
            "subprofile": words.text("We searched for the part of your profile with the number {id}."),
            "email": words.text("We searched for the e-mail address {id}."),
        }
        system = self._options.config.scope.system.get(self._options.language, "")
        text = kinds.get(str(info.type), words.text("We searched for {id}.")).format(id=info.id or "?")
        return f"{text} {system}".strip()

    def _contents(self) -> list[TocEntry]:
        words, collected = self._words, self._collected
        spools = collected.spools
        entries = [
            TocEntry("you", words.text("Who you are to us"), ""),
            TocEntry("told", words.text("What you told us"), ""),
            TocEntry("sent", words.text("What we sent you"), ""),
            TocEntry("noticed", words.text("What we noticed"), ""),
            TocEntry("concluded", words.text("What we concluded"), ""),
            TocEntry("problems", words.text("What went wrong"), ""),
            TocEntry("statements", words.text("What the law asks us to tell you"), ""),
            TocEntry("rights", words.text("Your rights"), ""),
            TocEntry("hidden", words.text("What is masked or withheld"), ""),
            TocEntry("glossary", words.text("Words in this report"), ""),
        ]
        if len(spools["messages"]):
            n = len(spools["messages"])
            entries.append(
                TocEntry(
                    "annex-a",
                    self._place("messages"),
                    words.count("{n} message", "{n} messages", n),
                    self._annexes.contents_of_messages(),
                )
            )
        if len(spools["events"]):
            n = len(spools["events"])
            entries.append(
                TocEntry(
                    "annex-b",
                    self._place("events"),
                    words.count("{n} event", "{n} events", n),
                    self._annexes.contents_of_events(),
                )
            )
        if len(spools["files"]):
            entries.append(TocEntry("annex-c", self._place("files"), ""))
        n = len(spools["other"]) + len(spools["background"])
        if n:
            entries.append(
                TocEntry("annex-d", self._place("other"), words.count("{n} record", "{n} records", n))
            )
        entries.append(TocEntry("technical", self._place("technical"), ""))
        return entries

    def _records(
        self, spool: str, anchor: str, heading: str, intro: str, *, annex: bool = False
    ) -> Iterator[Part]:
        """A chapter of whole records, in the order of time."""
        pieces = self._collected.spools[spool]
        words = self._words
        if annex and not len(pieces):
            return
        head = (
            f'<h2 id="{anchor}">{escape(heading)}</h2><p>{escape(words.text(intro))}</p>{self._see(anchor)}'
        )
        if not len(pieces):
            yield self._part(
                f"{anchor}-part", anchor, heading, f"{head}<p>{escape(words.text('Nothing is stored.'))}</p>"
            )
            return
        ordered = (piece.html for piece in pieces.pieces(lambda key: (key[1] or NEVER, key[2])))
        for number, html in enumerate(batched(ordered)):
            yield self._part(
                f"{anchor}-part-{number}",
                anchor,
                heading,
                (head if number == 0 else "") + html,
                new_page=number == 0,
            )

    def _sent(self) -> Iterator[Part]:
        """One line a message, newest first, by year and month."""
        words = self._words
        heading = words.text("What we sent you")
        head = f'<h2 id="sent">{escape(heading)}</h2>'
        messages = self._collected.activity.messages
        if not messages:
            yield self._part(
                "sent-part", "sent", heading, f"{head}<p>{escape(words.text('No messages are stored.'))}</p>"
            )
            return
        intro = words.text("The newest first. Each line leads to the whole message in Annex A.")
        if self._options.is_list:
            intro = words.text(
                "The newest first. Each line leads to the message in Annex A. The whole messages are in the file export.json, which is inside this PDF."
            )
        head += f"<p>{escape(intro)}</p>{self._see('sent')}"
        by_month = groupby(sorted(messages, key=_newest_first), key=self._month_of)
        lines: list[str] = []
        number = 0
        year = None
        for (in_year, title), group in by_month:
            block = []
            if in_year != year:
                year = in_year
                block.append(f"<h3>{in_year or escape(words.text('Without a date'))}</h3>")
            if title:
                block.append(f"<h4>{escape(title)}</h4>")
            block.append('<ul class="lines">' + "".join(self._sent_line(entry) for entry in group) + "</ul>")
            lines.append("".join(block))
        for number, html in enumerate(batched(lines)):
            yield self._part(
                f"sent-part-{number}",
                "sent",
                heading,
                (head if number == 0 else "") + html,
                new_page=number == 0,
            )

    def _month_of(self, entry: MessageEntry) -> tuple[int | None, str]:
        if entry.sent_at is None:
            return None, ""
        local = entry.sent_at.astimezone(self._options.zone)
        return local.year, self._words.month(local.year, local.month)

    def _sent_line(self, entry: MessageEntry) -> str:
        words = self._words
        subject = entry.subject or words.text("(no subject)")
        when = moment_text(entry.sent_at, entry.sent_raw, None, self._options)
        return (
            f'<li><a href="#{entry.anchor}" aria-label="{entry.number}. {self._spoken(entry)}">{entry.number}.'
            f" <bdi>{inline(subject)}</bdi></a><br><small>{escape(when)}{happened(entry, words)}</small></li>"
        )

    def _noticed(self) -> Part:
        words, activity = self._words, self._collected.activity
        months: dict[tuple[int, int], Counter[str]] = {k: Counter(v) for k, v in activity.months.items()}
        for entry in activity.messages:
            if entry.sent_at is not None:
                local = entry.sent_at.astimezone(self._options.zone)
                months.setdefault((local.year, local.month), Counter())["message"] += 1
        keys = _all_months(months)
        by_year = len(keys) > 36
        periods: list[tuple[str, str, Counter[str]]] = []
        if by_year:
            for year in sorted({k[0] for k in keys}):
                total: Counter[str] = Counter()
                for key, counts in months.items():
                    if key[0] == year:
                        total += counts
                periods.append((str(year), str(year), total))
        else:
            periods = [
                (
                    words.month(*key),
                    f"{words.short_month(key[1])} {key[0] % 100:02}",
                    months.get(key, Counter()),
                )
                for key in keys
            ]
        columns = [
            words.text("Messages"),
            words.text("Openings"),
            words.text("Clicks"),
            words.text("Other events"),
        ]
        rows = [Line(label, _four(counts)) for label, _short, counts in periods if any(_four(counts))]
        plot = bars(
            words.text("Messages, openings and clicks"),
            words.text("Activity by month. The table below gives the same numbers."),
            [short for _label, short, _counts in periods],
            [Series(columns[i], tuple(_four(counts)[i] for _l, _s, counts in periods)) for i in range(3)],
        )
        html = self._render(
            "activity",
            see=self._see("noticed"),
            has_events=len(self._collected.spools["events"]) > 0,
            plot=plot,
            rows=rows,
            left_out=len(rows) < len(periods),
            columns=columns,
            caption=words.text("Messages and events by year")
            if by_year
            else words.text("Messages and events by month"),
            first_column=words.text("Year") if by_year else words.text("Month"),
        )
        return self._part("noticed-part", "noticed", words.text("What we noticed"), html, new_page=True)

    def _problems(self) -> Iterator[Part]:
        words, kinds = self._words, self._collected.activity.kinds
        heading = words.text("What went wrong")
        lines = []
        wanted = (*PROBLEMS, "unsubscribe", "response")
        for kind in wanted:
            if kinds[kind]:
                lines.append(
                    f"<li>{escape(kind_plural(kind, self._options))}{words.colon} {escape(words.number(kinds[kind]))}</li>"
                )
        affected = [
            m
            for m in self._collected.activity.messages
            if any(m.events[k] for k in ("error", "bounce", "abuse"))
        ]
        pieces = [f'<h2 id="problems">{escape(heading)}</h2>']
        if lines:
            explanation = words.text(
                "An error or a returned message means that a message did not reach you, or not at once. "
                "A complaint means that a message was reported as unwanted."
            )
            pieces.append(f"<ul>{''.join(lines)}</ul><p>{escape(explanation)}</p>{self._see('problems')}")
        else:
            pieces.append(f"<p>{escape(words.text('Nothing is stored.'))}</p>")
        affected.sort(key=_newest_first)
        if len(affected) > _MOST_LINES:
            pieces += self._numbers_of(affected)
        else:
            shown_lines = map(self._sent_line, affected)
            pieces += [f'<ul class="lines">{html}</ul>' for html in batched(shown_lines)]
        for number, html in enumerate(batched(pieces)):
            yield self._part(f"problems-part-{number}", "problems", heading, html)

    def _numbers_of(self, messages: Sequence[MessageEntry]) -> Iterator[str]:
        """Many messages by their numbers, a paragraph for each year: "What we sent you" has their lines."""
        words = self._words
        said = words.text("These messages are concerned. Each number leads to the message in Annex A.")
        yield f"<p>{escape(said)}</p>"
        for year, group in groupby(messages, key=lambda entry: self._month_of(entry)[0]):
            links = " ".join(
                f'<a href="#{entry.anchor}" aria-label="{entry.number}. {self._spoken(entry)}">{entry.number}</a>'
                for entry in group
            )
            yield f'<h3>{year or escape(words.text("Without a date"))}</h3><p class="many">{links}</p>'

    def _spoken(self, entry: MessageEntry) -> str:
        return spoken(entry.subject or self._words.text("(no subject)"))

    def _concluded(self) -> Part:
        """Groups and scores that the controller says it made, and the interests that are noted."""
        heading = self._words.text("What we concluded")
        collected = self._collected
        html = self._render(
            "concluded",
            inferred=collected.inferred,
            interests=collected.interests,
            has_events=len(collected.spools["events"]) > 0,
        )
        return self._part("concluded-part", "concluded", heading, html)

    def _statements(self) -> Part:
        authority, others = authority_view(self._options)
        html = self._render(
            "statements",
            blocks=statement_blocks(self._collected, self._options),
            authority=authority,
            authorities=others,
        )
        heading = self._words.text("What the law asks us to tell you")
        return self._part("statements-part", "statements", heading, html, new_page=True)

    def _hidden(self) -> Part:
        words = self._words
        reasons = {
            "live-key": words.text("it works like a key to your data"),
        }
        marks = [
            {
                "number": mark.number,
                "text": mark.text,
                "reason": reasons.get(mark.reason, mark.reason)
                or words.text(HIDDEN_THINGS.get(mark.what, mark.what)),
                "article": words.citation(mark.article),
                "places": words.count(
                    "In {n} place.", "In {n} places.", len(mark.pointers) + mark.passage_count
                ),
            }
            for mark in self._options.marks
        ]
        html = self._render(
            "hidden", marks=marks, withheld=any(m.treatment == "withhold" for m in self._options.marks)
        )
        return self._part("hidden-part", "hidden", words.text("What is masked or withheld"), html)

    def _glossary(self) -> Part:
        words = self._words
        terms = [
            (term.anchor, words.text(term.name), words.text(term.meaning))
            for term in terms_in(self._collected.kinds)
        ]
        html = self._render("glossary", terms=terms)
        return self._part("glossary-part", "glossary", words.text("Words in this report"), html)

    def _other(self) -> Iterator[Part]:
        """Annex D: what was not recognised, and the background of mailings; by kind."""
        words, spools = self._words, self._collected.spools
        if not len(spools["other"]) and not len(spools["background"]):
            return
        title = self._place("other")
        head = f'<h2 id="annex-d">{escape(title)}</h2><p>{escape(words.text(_INTRO["other"]))}</p>'
        number = 0
        for name in ("other", "background"):
            ordered = (
                piece.html for piece in spools[name].pieces(lambda key: (key[0], key[1] or NEVER, key[2]))
            )
            for html in batched(ordered):
                yield self._part(
                    f"annex-d-{number}",
                    "annex-d",
                    title,
                    (head if number == 0 else "") + html,
                    new_page=number == 0,
                )
                number += 1

    def _technical(self) -> Part:
        words, options, export = self._words, self._options, self._export
        ledger = self._collected.ledger
        sum_text = words.text(
            "Yes. {sum} The count was made twice, and the report could not have been written if it did not agree."
        ).format(sum=sum_in_words(words, options.sum))
        merged: Counter[str] = Counter()
        for place, n in ledger.values.items():
            merged[self._place(place)] += n
        file = [
            (words.text("Kind of search"), str(export.info.type)),
            (words.text("Searched for"), str(export.info.id)),
            (words.text("Size"), words.count("{n} byte", "{n} bytes", export.bytes)),
            ("SHA-256", export.sha256),
            (words.text("Made with"), options.generator),
            (words.text("Date of the file"), words.moment(options.created, options.zone)),
            (words.text("Time zone of times without one"), words.zone(export.zone)),
        ]
        if options.marks:
            file.append(
                (
                    words.text("Please note"),
                    words.text("The file is your export with the marks in place of what is hidden."),
                )
            )
        html = self._render(
            "technical",
            sum=sum_text,
            places=list(merged.items()),
            kinds=self._kinds(),
            file=file,
            info=self._info(),
            warnings=oddities(export.warnings, words),
        )
        return self._part("technical-part", "technical", self._place("technical"), html, new_page=True)

    def _kinds(self) -> list[tuple[str, str, int]]:
        """The kinds of records, what decided each, and how many there are; in the words of the report."""
        words, options = self._words, self._options
        merged: Counter[tuple[str, str, str]] = Counter()
        for (kind, rule), n in self._collected.rules.items():
            merged[kind, kind_plural(kind, options), rule_text(rule, words)] += n
        ordered = sorted(merged.items(), key=lambda entry: (entry[0][0], -entry[1], entry[0][2]))
        return [(kind, rule, n) for (_key, kind, rule), n in ordered]

    def _info(self) -> list[Row]:
        words = self._words
        return [
            Row(
                name_shown(member.name, words) if member.name else words.text("value"),
                "",
                "",
                value_html(member.value, words),
            )
            for member in members_of(self._export.info.value, "/info")
        ]


_INTRO = {
    "you": _("This is what is stored about you as a person. The name in brackets is the name of the field in the mail system."),
    "told": _("This is what you filled in, and what was noted when you were in contact with us."),
    "files": _("Files that are stored with your profile."),
    "other": _("Records that support the mailings, and records whose meaning we do not know. They are shown as they are stored."),
}  # fmt: skip


def _newest_first(entry: MessageEntry) -> tuple[float, int]:
    at = entry.sent_at
    return (-at.timestamp() if at is not None else float("inf"), -entry.number)


def _four(counts: Counter[str]) -> list[int]:
    opened = sum(counts[kind] for kind in OPENED)
    rest = sum(counts.values()) - counts["message"] - opened - counts["click"]
    return [counts["message"], opened, counts["click"], rest]


def _all_months(months: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Every month from the first to the last, also those without anything (at most 50 years of them)."""
    known = sorted(months)
    if not known:
        return []
    (first_year, first_month), (last_year, last_month) = known[0], known[-1]
    if last_year - first_year > 50:
        return known
    start, end = first_year * 12 + first_month - 1, last_year * 12 + last_month - 1
    return [(m // 12, m % 12 + 1) for m in range(start, end + 1)]
