"""Annexes A and B: every message in full, and every event under its message, by year and month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from markupsafe import escape

from dsr_report.languages import Language
from dsr_report.languages import translatable as _
from dsr_report.rendering.collect import Collected
from dsr_report.rendering.document import Part
from dsr_report.rendering.glossary import see_also
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.pagination import NO_MESSAGE, ContentsLine, Page, Period, Periods
from dsr_report.rendering.shared_values import event_list
from dsr_report.rendering.statistics import OPENED, MessageEntry
from dsr_report.rendering.text import inert, inline, shown

NEVER = datetime(1, 1, 2, tzinfo=UTC)
WEIGHT = 60_000
"""How much HTML of letters is a part: a few pages."""

ANNEX_A = _("Annex A: the messages in full")
ANNEX_A_LISTED = _("Annex A: the messages")
ANNEX_B = _("Annex B: every event")
_LINES = 120
_OF_A_LINE = 4_000
"""Bytes of HTML; an event with more counts as several lines, so that a part never grows large."""
DOT = " · "
EVENTS = "<!--events-->"
"""Where the page of a message tells what was noticed of it; no text that was escaped can hold this."""


class Annexes:
    """Makes the parts of the two long annexes of one report."""

    def __init__(self, options: ReportOptions, collected: Collected) -> None:
        self._options = options
        self._words = options.words
        self._collected = collected
        self._activity = collected.activity
        self._periods = Periods(options, len(collected.activity.messages))

    def contents_of_messages(self) -> list[ContentsLine]:
        """Years and months of annex A, for the contents."""
        periods = (self._periods.of(entry.sent_at) for entry in self._activity.messages)
        return self._periods.contents("messages", periods)

    def contents_of_events(self) -> list[ContentsLine]:
        """Years and months of annex B, for the contents."""
        periods = (self._period_of_event(key) for key, _size in self._collected.spools["events"].index())
        return self._periods.contents("events", periods)

    def messages(self) -> Iterator[Part]:
        """Annex A: every message, the oldest first; small ones share a part."""
        spool, entries = self._collected.spools["messages"], self._activity.messages
        if not len(spool):
            return
        intro = self._words.text(
            "The oldest first. Links are shown as text and do not work, so that nobody is told you followed them."
        )
        if self._options.is_list:
            intro = self._words.text(
                "The texts are not printed here. The complete messages are in the file export.json inside this document."
            )
        see = see_also("annex-a", self._collected.kinds, self._words)
        title = ANNEX_A_LISTED if self._options.is_list else ANNEX_A
        parts = _Parts(self, "annex-a", title, f"<p>{escape(intro)}</p>{see}")

        def order(key: tuple[Any, ...]) -> tuple[Any, ...]:
            return (entries[key[0]].sent_at or NEVER, key[0])

        def period_of(key: tuple[Any, ...]) -> Period:
            return self._periods.of(entries[key[0]].sent_at)

        pager = self._periods.pager("messages", ((period_of(key), size) for key, size in spool.index()))
        period = None
        for key, size, html in spool.pieces(order):
            here = period_of(key)
            page = pager.page_of(here, size)
            if page != parts.page or parts.weight > WEIGHT:
                is_new = page != parts.page
                yield from parts.flush(page)
                if is_new and here == period:
                    parts.add(self._heading_again(page), 0)
            if here != period:
                parts.add(self._heading("messages", here), 0)
                period = here
            noted = self._noted(entries[key[0]])
            weight = len(html) if self._options.medium != "html" else len(html) // 4
            parts.add(html.replace(EVENTS, noted, 1), weight)
        yield from parts.flush(None)

    def events(self) -> Iterator[Part]:
        """Annex B: every event, under its message, the oldest first."""
        spool = self._collected.spools["events"]
        if not len(spool):
            return
        intro = self._words.text(
            "Each event with all values as they are stored. What several events of a message have in common stands above them. Texts that recur are numbered and stand at the end."
        )
        parts = _Parts(self, "annex-b", ANNEX_B, f"<p>{escape(intro)}</p>")
        pager = self._periods.pager(
            "events", ((self._period_of_event(key), size) for key, size in spool.index())
        )
        period = heading = last = None
        lines: list[str] = []
        weight = 0
        for key, size, html in spool.pieces(self._order_of_event):
            here = self._period_of_event(key)
            page = pager.page_of(here, size)
            entry = self._activity.message_for(key[0])
            number = entry.number if entry is not None else -1
            if page != parts.page or number != heading or parts.weight + weight >= _LINES:
                parts.add(event_list(lines, self._words), weight)
                lines, weight = [], 0
            if page != parts.page or parts.weight >= _LINES:
                is_new = page != parts.page
                yield from parts.flush(page)
                heading = None
                if is_new and here == period:
                    parts.add(self._heading_again(page), 0)
            if here != period:
                parts.add(self._heading("events", here), 0)
                period = here
            if number != heading:
                parts.add(self._event_heading(entry, is_first=number != last), 0)
                heading = last = number
            lines.append(self._collected.references.resolved(html))
            weight += 1 + size // _OF_A_LINE
        parts.add(event_list(lines, self._words), weight)
        last_page = parts.page
        yield from parts.flush(None)
        yield from self._long_texts(last_page)

    def _noted(self, entry: MessageEntry) -> str:
        """What was noticed of a message; it leads to the events."""
        noted = happened(entry, self._words).removeprefix(DOT)
        if not noted:
            return ""
        label = f"{entry.number}. {noted}"
        return f'<p class="when"><a href="#{entry.events_anchor}" aria-label="{label}">{noted}</a></p>'

    def part(self, anchor: str, page: Page, title: str, html: str, *, new_page: bool = False) -> Part:
        """A part of an annex on a page of its own in a package."""
        named = self._periods.page_title(title, page)
        return Part(anchor, page.name, named, html, new_page=new_page, follows=page.follows)

    def title(self, name: str) -> str:
        """The name of an annex in the language of the report."""
        return self._words.text(name)

    def _heading(self, annex: str, period: Period) -> str:
        return f'<h3 class="period" id="{annex}-{period.key}">{escape(self._periods.title(period))}</h3>'

    def _heading_again(self, page: Page) -> str:
        """The period at the top of a page that goes on with it: without it, that page would lack a level."""
        if not self._options.package:
            return ""
        return f'<h3 class="period">{escape(self._periods.part_title(page))}</h3>'

    def _order_of_event(self, key: tuple[Any, ...]) -> tuple[Any, ...]:
        entry = self._activity.message_for(key[0])
        at = key[2] or NEVER
        if entry is None:
            return (1, NEVER, 0, str(key[1] or ""), at, key[4])
        return (0, entry.sent_at or NEVER, entry.number, "", at, key[4])

    def _period_of_event(self, key: tuple[Any, ...]) -> Period:
        entry = self._activity.message_for(key[0])
        return Period(NO_MESSAGE) if entry is None else self._periods.of(entry.sent_at)

    def _event_heading(self, entry: MessageEntry | None, *, is_first: bool) -> str:
        """The message that events are about; what leads to them leads to the first place that has some."""
        if entry is None:
            return ""
        subject = entry.subject or self._words.text("(no subject)")
        identity = f' id="{entry.events_anchor}"' if is_first else ""
        return (
            f'<h4 class="title"{identity}><a href="#{entry.anchor}">{entry.number}.</a>'
            f" <bdi>{inline(subject)}</bdi></h4>"
        )

    def _long_texts(self, page: Page | None) -> Iterator[Part]:
        references, words = self._collected.references, self._words
        if not len(references) or page is None:
            return
        head = (
            f'<h3 id="long-texts">{escape(words.text("Texts that recur"))}</h3>'
            f"<p>{escape(words.text('Mostly the lines with which devices and programs introduce themselves.'))}</p>"
        )
        items = (f'<p id="long-{n}"><b>{n}.</b> {shown(inert(text))}</p>' for n, text in references)
        for position, html in enumerate(batched(items)):
            yield self.part(
                f"long-texts-{position}", page, self.title(ANNEX_B), (head if position == 0 else "") + html
            )


class _Parts:
    """Gathers pieces of an annex into parts."""

    def __init__(self, annexes: Annexes, anchor: str, name: str, intro: str) -> None:
        self._annexes = annexes
        self._anchor = anchor
        self._title = annexes.title(name)
        self._pieces = [f'<h2 id="{anchor}">{escape(self._title)}</h2>{intro}']
        self._number = 0
        self.page: Page | None = None
        self.weight = 0

    def add(self, html: str, weight: int) -> None:
        """One more piece."""
        self._pieces.append(html)
        self.weight += weight

    def flush(self, page: Page | None) -> Iterator[Part]:
        """The part that is full, if there is one; what comes next stands on `page`."""
        if self.page is not None:
            yield self._annexes.part(
                f"{self._anchor}-{self._number}",
                self.page,
                self._title,
                "".join(self._pieces),
                new_page=self._number == 0,
            )
            self._number += 1
            self._pieces = []
            self.weight = 0
        self.page = page


def happened(entry: MessageEntry, words: Language) -> str:
    """What was noticed of a message, in a few words, each after a dot."""
    events = entry.events
    parts = []
    if events["delivery"]:
        parts.append(words.text("delivered"))
    opened = sum(events[kind] for kind in OPENED)
    if opened:
        parts.append(words.count("{n} opening", "{n} openings", opened))
    if events["click"]:
        parts.append(words.count("{n} click", "{n} clicks", events["click"]))
    if events["error"]:
        parts.append(
            words.count("{n} failed delivery attempt", "{n} failed delivery attempts", events["error"])
        )
    if events["bounce"]:
        parts.append(words.text("came back"))
    if events["abuse"]:
        parts.append(words.text("reported as unwanted"))
    if events["unsubscribe"]:
        parts.append(words.text("unsubscribed"))
    return "".join(f"{DOT}{escape(part)}" for part in parts)


def batched(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces put together until they weigh a few pages."""
    batch: list[str] = []
    weight = 0
    for piece in pieces:
        if batch and weight + len(piece) > WEIGHT:
            yield "".join(batch)
            batch, weight = [], 0
        batch.append(piece)
        weight += len(piece)
    if batch:
        yield "".join(batch)
