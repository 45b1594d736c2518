"""Pages on one record, as stored and as disclosed, to hide a passage that no rule found or all of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.responses import HTMLResponse, Response

from dsr_report.desk.door import FRAME_POLICY
from dsr_report.desk.journal import Entry
from dsr_report.desk.pages import Ask, number_in, page_of
from dsr_report.desk.record_index import KeptRecord
from dsr_report.desk.review import CaseReview, shown_text
from dsr_report.mime.message import parse_once, wire_of_text
from dsr_report.pointers import tokens
from dsr_report.redact.marks import mark_text
from dsr_report.redact.message_texts import is_message
from dsr_report.redact.plan import SHORTEST_PASSAGE
from dsr_report.rendering.dictionary import label_of
from dsr_report.sanitize.safe_html import safe, safe_frame

_LONGEST_SHOWN = 50_000
"""Characters of a value on a page; the preview and the report have the full value."""
_LONGEST_PAGE = 500_000
_MOST_VALUES = 400
_BLOCKS = re.compile(r"[ \t\r\xa0]*\n[ \t\r\n\xa0]*")


@dataclass(frozen=True, slots=True)
class ShownValue:
    """One value of a record, as stored and as disclosed."""

    number: int
    name: str
    label: str
    """The meaning of the name in the language of the page; empty if unknown."""
    text: str
    hidden: str | None
    """The text with marks in place of hidden passages; None if nothing is hidden."""


def show_record(ask: Ask, *, said: str = "") -> Response:
    """One record: its values, its hidden passages, and a form to hide more."""
    review, record = _record_of(ask)
    if record is None:
        return ask.problem(ask.text("There is no such record."), status=404)
    reason, article = review.decided.last_used.get("", ("", "Art. 15(4) GDPR"))
    return ask.html(
        "record",
        said=said or (ask.text("Saved.") if ask.query("saved") else ""),
        record=record,
        kind=ask.kind(record.kind),
        values=values_of(ask, review, record),
        frame=frame_of(review, record),
        reason=reason,
        article=article,
        previous=record.number - 1,
        next=record.number + 1 if record.number < review.records.count else 0,
        last=review.decided.last,
    )


def _record_of(ask: Ask) -> tuple[CaseReview, KeptRecord | None]:
    number = number_in(ask.part("record"))
    return ask.review, None if number is None else ask.review.records.record(number)


def values_of(ask: Ask, review: CaseReview, record: KeptRecord) -> list[ShownValue]:
    """The values of a record, each as stored and as disclosed."""
    changed = _hidden_parts(ask, review, record)
    found: list[ShownValue] = []
    room = _LONGEST_PAGE
    own = {one.name: one.label.get(ask.language.code, "") for one in ask.office.config.field}
    for number, (pointer, value) in enumerate(record.values()):
        if number >= _MOST_VALUES or room <= 0:
            break
        text = "" if value is None else str(value)
        hidden = changed.get(pointer)
        if not text and hidden is None:
            continue
        room -= len(text)
        name = next((token for token in reversed(tokens(pointer)) if not token.isdigit()), "")
        found.append(
            ShownValue(
                number,
                name,
                own.get(name) or label_of(name, ask.language, record.kind),
                shown_text(text)[:_LONGEST_SHOWN],
                None if hidden is None else shown_text(hidden)[:_LONGEST_SHOWN],
            )
        )
    return found


def _hidden_parts(ask: Ask, review: CaseReview, record: KeptRecord) -> dict[str, str]:
    code = ask.office.language_of(ask.place)
    return review.hidden_text(record, lambda *told: mark_text(code, *told), code)


def frame_of(review: CaseReview, record: KeptRecord) -> str | None:
    """The path of the frame that shows a record's message; None without a message."""
    is_there = any(isinstance(value, str) and is_message(value) for _, value in record.values())
    return f"/record/{record.number}/frame?r={review.journal.revision}" if is_there else None


def frame(ask: Ask) -> Response:
    """A message as disclosed, sandboxed: no scripts, no loads, an opaque origin."""
    review, record = _record_of(ask)
    if record is None:
        return Response("", 404)
    changed = _hidden_parts(ask, review, record)
    for pointer, value in record.values():
        if isinstance(value, str) and is_message(value):
            message = parse_once(wire_of_text(changed.get(pointer, value)))
            html = message.html
            if html is None:
                text = message.text or changed.get(pointer, value)
                return _frame(page_of("shown_text", ask.language, text=text))
            return _frame(safe_frame(safe(html, message), ask.language.code))
    return Response("", 404)


def hide(ask: Ask) -> Response:
    """Hide a passage of a record, or all of it."""
    review, record = _record_of(ask)
    if record is None:
        return ask.problem(ask.text("There is no such record."), status=404)
    reason = ask.need("reason", ask.text("Enter the reason: the person will read it."))
    article = ask.need("article", ask.text("Enter the article that allows it."))
    decided: Entry = {"decision": "withhold", "reason": reason[:500], "article": article[:200]}
    if ask.value("what") == "record":
        if not ask.faults:
            review.hide({"pointer": record.pointer, **decided}, actor=ask.actor)
            return ask.to_case(f"/record/{record.number}?saved=yes")
        return show_record(ask)
    text = ask.form.get("text", [""])[0].replace("\r\n", "\n").strip()
    if not text:
        ask.faults["text"] = ask.text("Select or type what is to be hidden.")
    entries: list[Entry] = []
    if not ask.faults:
        entries, missing = _entries(ask, review, record, text, decided)
        if missing:
            told = ask.text("Not found in this record: {text}. Select a shorter piece, within one paragraph.")
            ask.faults["text"] = told.format(text="; ".join(f"“{piece[:40]}”" for piece in missing))
    if ask.faults:
        return show_record(ask)
    for entry in entries:
        review.hide(entry, actor=ask.actor)
    if len(entries) > 1:
        said = ask.language.count(
            "Hidden in {n} piece.", "Hidden in {n} pieces, one for each paragraph.", len(entries)
        )
        return show_record(ask, said=said)
    return ask.to_case(f"/record/{record.number}?saved=yes")


def _entries(
    ask: Ask, review: CaseReview, record: KeptRecord, text: str, decided: Entry
) -> tuple[list[Entry], list[str]]:
    """Rules that hide a text in a record (one, else one for each paragraph), and paragraphs not found."""
    is_here = ask.value("scope") != "everywhere"
    whole = _entry(ask, review, record, text, decided, is_here=is_here)
    if whole is not None:
        return [whole], []
    blocks = [block for block in _BLOCKS.split(text) if block.strip()]
    if len(blocks) == 1:
        return [], [text]
    found = [(block, _entry(ask, review, record, block, decided, is_here=is_here)) for block in blocks]
    missing = [block for block, entry in found if entry is None]
    return [entry for _, entry in found if entry is not None], missing


def _entry(
    ask: Ask, review: CaseReview, record: KeptRecord, text: str, decided: Entry, *, is_here: bool
) -> Entry | None:
    """The rule that hides a text in a record; None if it would hide nothing."""
    passage = " ".join(text.split())
    number = number_in(ask.value("value"))
    for at, (pointer, _) in enumerate(record.values()):
        if number not in {None, at}:
            continue
        entry: Entry = {"text": passage, **decided}
        if is_here:
            entry = {"pointer": pointer, **entry}
        elif len(passage) < SHORTEST_PASSAGE:
            entry["words"] = True
        if review.would_hide(record, entry):
            return entry
    return None


def _frame(page: str) -> HTMLResponse:
    return HTMLResponse(page, headers={"content-security-policy": FRAME_POLICY})
