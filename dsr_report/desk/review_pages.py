"""Pages on the review: content of the export, findings, one finding, the reading list, hidden values."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from textwrap import shorten
from typing import Any, NamedTuple, get_args

from starlette.responses import Response

from dsr_report.desk import wording
from dsr_report.desk.journal import Entry
from dsr_report.desk.pages import Ask, number_in
from dsr_report.desk.record_pages import frame_of, values_of
from dsr_report.desk.review import CaseReview, ConflictError, is_decided, may_be_everywhere
from dsr_report.mime.message import parse_once, wire_of_text
from dsr_report.redact.decisions import SCOPES
from dsr_report.redact.findings import Finding
from dsr_report.redact.places import places_of
from dsr_report.redact.plan import Treatment
from dsr_report.rendering.kinds import titles_of
from dsr_report.rendering.warnings import oddities

_PAGE = 100
"""Findings on one page of the list."""
_SAMPLES = 3
_MOST_PLACES = 50
_TREATMENTS: tuple[Treatment, ...] = get_args(Treatment)
GROUPS = ("must", "proposed", "decided")


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding in the list."""

    id: str
    key: str
    shown: str
    told: str
    decision: str
    before: str
    """The decision on the same value in an earlier export; empty without one."""


class FindingPlace(NamedTuple):
    """A record that contains a finding's value."""

    number: int
    kind: str
    title: str
    date: str


_BEGINNING = 60
"""Characters of a text in a list: enough to tell it from others."""
_TOLD_BY_RULE = frozenset({"person", "special-category"})
"""Kinds of findings whose rule is displayed, because it says more than the kind."""


# ---- what was found


def found(ask: Ask) -> Response:
    """Content of the export: kinds, period, warnings, and numbers of findings."""
    review = ask.review
    if ask.place.facts.get("seen") != _sha256(ask):
        ask.place.note(seen=_sha256(ask))
    language, summary = ask.language, review.summary
    first, last = review.export.period
    return ask.html(
        "found",
        kinds=[
            (titles_of(kind, ask.office.config, language)[1], language.number(n))
            for kind, n in summary.kinds.most_common()
        ],
        facts=[
            (ask.text("Values"), language.number(review.export.value_count)),
            (ask.text("Size"), language.size(review.export.bytes)),
            (
                ask.text("Period"),
                f"{language.day(first.date())} – {language.day(last.date())}"
                if first and last
                else ask.text("none"),
            ),
        ],
        oddities=oddities(review.export.warnings[:_MOST_PLACES], language),
        subjects=len(review.export.file.subjects.named),
        is_broken=review.export.incomplete,
        unrecognised=summary.kinds["unrecognised"],
        findings=Counter(finding.key for finding in review.findings).most_common(),
        texts=len(review.findings.texts),
        files=sum(finding.file is not None for finding in review.findings),
    )


def _sha256(ask: Ask) -> str:
    export = ask.office.export(ask.case.reference)
    return export.sha256 if export else ""


# ---- the list


def findings(ask: Ask) -> Response:
    """The list of findings in three groups, and the other open points."""
    review = ask.review
    group = ask.query("group") if ask.query("group") in GROUPS else "must"
    entries = review.decided.entries
    groups: dict[str, list[Finding]] = {name: [] for name in GROUPS}
    for finding in review.findings:
        if is_decided(entries.get(finding.id)):
            groups["decided"].append(finding)
        else:
            groups["must" if finding.must_decide else "proposed"].append(finding)
    if group == "must" and not groups["must"] and not ask.query("group"):
        group = "proposed" if groups["proposed"] else "decided"
    page = ask.page
    shown = groups[group][page * _PAGE : (page + 1) * _PAGE]
    still = review.still_open()
    if not still and ask.place.facts.get("reviewed") != _sha256(ask):
        ask.place.note(reviewed=_sha256(ask))
    return ask.html(
        "review",
        group=group,
        page=page,
        more=len(groups[group]) > (page + 1) * _PAGE,
        counts={name: len(found) for name, found in groups.items()},
        lines=[_line(ask, review, finding) for finding in shown],
        first=groups["must"][0].id if groups["must"] else "",
        unread=len(still.unread),
        texts=len(review.findings.texts),
        unopened=len(still.unopened),
        left=still.left,
        kinds=_kinds(ask, groups[group]),
        beyond=review.hidden_beyond_proposals(),
        hidden=_totals(review),
        earlier=[entry["text"] for entry in review.earlier_also()],
        last=review.decided.last,
        trouble=ask.in_words(review.fault),
    )


def _kinds(ask: Ask, findings: Sequence[Finding]) -> list[tuple[str, str, int]]:
    counts = Counter(finding.key for finding in findings)
    return [(key, wording.what(key, ask.language), n) for key, n in counts.most_common() if n > 1]


def _totals(review: CaseReview) -> Counter[str]:
    decided = review.decided
    return Counter(
        str(entry.get("decision")) for entry in (*decided.entries.values(), *decided.also.values())
    )


def _line(ask: Ask, review: CaseReview, finding: Finding) -> FindingLine:
    entry = review.entry(finding)
    title = finding.title or ask.kind(finding.record) if finding.record else ""
    return FindingLine(
        finding.id,
        finding.key,
        wording.excerpt(finding, ask.language),
        " · ".join(filter(None, (title, finding.date))),
        _decision_of(entry),
        str(review.proposal(finding).get("decision", "")),
    )


# ---- one finding


def show_finding(ask: Ask) -> Response:
    """One finding in its context, with the form to decide on it."""
    review = ask.review
    finding = review.finding(ask.part("finding"))
    if finding is None:
        return ask.problem(ask.text("There is no such finding."), status=404)
    entry, decided = review.entry(finding), review.decided
    reason, article = decided.last_used.get(finding.key, ("", finding.article))
    before = review.proposal(finding) if not is_decided(entry) else {}
    order = [one.id for one in review.findings]
    at = order.index(finding.id)
    record = review.records.at(finding.pointer)
    upcoming = review.next_after(finding.id)
    must = sum(f.must_decide for f in review.findings)
    places = _places(ask, review, finding)
    return ask.html(
        "finding",
        said=_notice(ask, review),
        finding=finding,
        context=review.context(finding),
        found_by=_found_by(finding, ask),
        entry=entry,
        decision=_decision_of(entry),
        before=before,
        reason=entry.get("reason") or before.get("reason") or reason,
        article=entry.get("article") or before.get("article") or article,
        scope=str(entry.get("scope", "everywhere")),
        scopes=_scopes(ask, finding),
        revision=decided.revisions.get(finding.id, 0),
        position=(at + 1, len(order), must - len(review.still_open().undecided), must),
        treatments=sorted(_TREATMENTS, key=lambda one: one != finding.proposal),
        places=places[:_MOST_PLACES],
        place_count=len(places),
        record=record,
        frame=frame_of(review, record) if record else None,
        values=values_of(ask, review, record) if record else [],
        previous=order[at - 1] if at else "",
        next=order[at + 1] if at + 1 < len(order) else "",
        skip=upcoming.id if upcoming else "",
        kind=ask.kind(finding.record) if finding.record else "",
        articles=ask.language.citation(finding.article),
        last=decided.last,
    )


def _notice(ask: Ask, review: CaseReview) -> str:
    """The confirmation of the last step, for a page shown after it; else empty."""
    number = ask.query("saved")
    last = review.decided.last
    if not number:
        return ""
    if number == "undone":
        return ask.text("The last step was undone.")
    if last is None or str(last.number) != number:
        return ""
    if last.event != "decide":
        return ask.text("Saved.")
    told = ask.text(wording.DECIDED[_decision_of(last.data["entry"])])
    thing = wording.what(str(last.data.get("kind", "")), ask.language)
    return ask.text("Saved: {thing} {told}.").format(thing=thing, told=told)


def _scopes(ask: Ask, finding: Finding) -> list[tuple[str, str]]:
    """The scopes offered for a decision: (key, label); short values are not searched everywhere."""
    if finding.members or finding.file is not None:
        return []
    count = len(finding.places) + len(finding.elsewhere)
    above = finding.record_pointer or finding.pointer
    if may_be_everywhere(finding) or finding.decided or not finding.everywhere:
        told = ask.language.count("Everywhere: in {n} place", "Everywhere: in {n} places", max(count, 1))
    else:
        told = ask.text("In every place where it was found; it is too short to be looked for")
    offered = [("everywhere", told)]
    if count > 1:
        offered.append(("here", ask.text("Only here")))
        if sum(place.startswith(above) for place in finding.places) > 1:
            offered.append(("record", ask.text("In this record")))
    return offered


def _places(ask: Ask, review: CaseReview, finding: Finding) -> list[FindingPlace]:
    pointers = [*finding.places, *finding.elsewhere][: 4 * _MOST_PLACES]
    found: dict[int, FindingPlace] = {}
    for pointer in pointers:
        record = review.records.at(pointer)
        if record is not None and record.number not in found:
            title = record.title or ask.kind(record.kind)
            found[record.number] = FindingPlace(record.number, record.kind, title, record.date)
    return list(found.values())


def decide(ask: Ask) -> Response:
    """Decide on one finding, and redirect to the next."""
    review = ask.review
    finding = review.finding(ask.part("finding"))
    if finding is None:
        return ask.problem(ask.text("There is no such finding."), status=404)
    entry = _decision_in_form(ask, finding)
    if ask.faults:
        return show_finding(ask)
    revision = number_in(ask.value("revision"))
    try:
        line = review.decide([finding], entry, actor=ask.actor, revision=-1 if revision is None else revision)
    except ConflictError:
        there, last = review.entry(finding), review.decided.last
        is_same = all(there.get(name) == value for name, value in entry.items())
        if not is_same or there.get("by") != ask.actor or last is None:
            # a conflict shows both decisions and saves nothing; otherwise it was a double click
            return ask.html("conflict", status=409, finding=finding, yours=entry, theirs=there)
        line = last
    upcoming = review.next_after(finding.id)
    if upcoming is None:
        return ask.to_case(f"/review?saved={line.number}")
    return ask.to_case(f"/finding/{upcoming.id}?saved={line.number}")


def _decision_in_form(ask: Ask, finding: Finding) -> Entry:
    """The decision entered in the form; its faults are noted in `ask`."""
    decision, scope = ask.value("decision"), ask.value("scope") or "everywhere"
    if decision not in _TREATMENTS:
        ask.faults["decision"] = ask.text("Choose what happens to it.")
    if scope not in SCOPES:
        ask.faults["scope"] = ask.text("Choose where it holds.")
    entry: Entry = {
        "decision": decision,
        "reason": " ".join(ask.value("reason").split())[:500] if decision != "disclose" else "",
        "article": " ".join(ask.value("article").split())[:200] or finding.article,
    }
    if decision == "withhold":
        if not entry["reason"]:
            ask.faults["reason"] = ask.text("Enter the reason: the person will read it.")
        if not ask.value("article"):
            ask.faults["article"] = ask.text("Enter the article that allows it.")
    if decision == "mask" and ask.value("reason") and not finding.decided:
        entry["reason"] = ""  # the report has its own reason for masking a live key
    if decision != "disclose" and scope != "everywhere":
        entry["scope"] = scope
    if finding.file is not None:
        entry["looked_at"] = decision == "disclose"
    return entry


def undo(ask: Ask) -> Response:
    """Undo the last step, and show its finding or text."""
    review = ask.review
    undone = review.undo(actor=ask.actor)
    if undone is None:
        return ask.to_case("/review")
    ids = list(undone.data.get("ids", ()))
    if undone.event == "decide" and len(ids) == 1 and review.finding(ids[0]) is not None:
        return ask.to_case(f"/finding/{ids[0]}?saved=undone")
    if undone.event == "read" and len(ids) == 1 and review.text(ids[0]) is not None:
        return ask.to_case(f"/text/{ids[0]}?saved=undone")
    return ask.to_case("/review?saved=undone")


# ---- many at once


def batch(ask: Ask) -> Response:
    """Decide on all undecided findings of a kind at once, after showing their number and samples."""
    review = ask.review
    key = ask.value("key") if ask.is_post else ask.query("key")
    entries = review.decided.entries
    found = [f for f in review.findings if f.key == key and not is_decided(entries.get(f.id))]
    if not found:
        return ask.to_case("/review")
    if ask.is_post and ask.value("count") != str(len(found)):
        ask.faults["decision"] = ask.text("The list has changed meanwhile. Look at it again.")
    elif ask.is_post:
        entry = _decision_in_form(ask, found[0])
        if found[0].file is not None and entry["decision"] == "disclose":
            ask.faults["decision"] = ask.text("Each file has to be opened by itself.")
        if not ask.faults:
            line = review.decide(found, entry, actor=ask.actor)
            return ask.to_case(f"/review?saved={line.number}")
    reason, article = review.decided.last_used.get(key, ("", found[0].article))
    step = max(1, len(found) // _SAMPLES)
    samples = found[::step][:_SAMPLES]
    return ask.html(
        "batch",
        key=key,
        items=len(found),
        places=sum(len(f.places) + len(f.elsewhere) for f in found),
        samples=[(_line(ask, review, f), review.context(f)) for f in samples],
        treatments=_TREATMENTS,
        reason=reason,
        article=article,
    )


# ---- the reading list


def texts(ask: Ask) -> Response:
    """The reading list: every text by or about the person."""
    review = ask.review
    unread = {text.id for text in review.still_open().unread}
    page = ask.page
    return ask.html(
        "texts",
        texts=[
            (
                text.id,
                text.title or ask.kind(text.kind),
                text.date,
                shorten(text.text, _BEGINNING, placeholder="…") or text.text.strip()[:_BEGINNING],
                text.id in unread,
            )
            for text in review.findings.texts[page * _PAGE : (page + 1) * _PAGE]
        ],
        page=page,
        more=len(review.findings.texts) > (page + 1) * _PAGE,
        left=len(unread),
        first=next((text.id for text in review.findings.texts if text.id in unread), ""),
        last=review.decided.last,
    )


def show_text(ask: Ask) -> Response:
    """One text of the reading list, with the form to mark it as read."""
    review = ask.review
    text = review.text(ask.part("text"))
    if text is None:
        return ask.problem(ask.text("There is no such text."), status=404)
    order = [one.id for one in review.findings.texts]
    at = order.index(text.id)
    if ask.is_post:
        line = review.mark_read([text.id], actor=ask.actor, read=ask.value("read") != "no")
        unread = {one.id for one in review.still_open().unread}
        upcoming = next((one for one in (*order[at:], *order[:at]) if one in unread), None)
        where = "/texts" if upcoming is None else f"/text/{upcoming}"
        return ask.to_case(f"{where}?saved={line.number}")
    record = review.records.at(text.pointer)
    known = [f for f in review.findings if text.pointer in f.places and f.key != "internal-note"]
    return ask.html(
        "text",
        said=_notice(ask, review),
        text=text,
        pieces=marked_pieces(text.text, [(f.value, f.id) for f in known if not f.decided]),
        is_read=text.id in review.decided.read,
        record=record,
        kind=ask.kind(text.kind),
        position=(at + 1, len(order)),
        left=len(review.still_open().unread),
        previous=order[at - 1] if at else "",
        next=order[at + 1] if at + 1 < len(order) else "",
        last=review.decided.last,
    )


# ---- looking for a text


def find(ask: Ask) -> Response:
    """Search the export for a text in any spelling or encoding; the text is never part of a URL."""
    review = ask.review
    text = ask.need("find", ask.text("Enter what to look for.")) if ask.is_post else ""
    found = []
    if text:
        for place in islice(places_of(text, review.export.found()), _PAGE):
            record = review.records.at(place.pointer)
            if record is not None:
                title = place.title or ask.kind(place.record)
                found.append((record.number, title, place.date, place.excerpt))
    return ask.html("find", text=text, found=found, most=_PAGE)


# ---- files, and all that is hidden


def attached_file(ask: Ask) -> Response:
    """Download an opaque attached file for inspection by a person; it is never displayed."""
    review = ask.review
    finding = review.finding(ask.part("finding"))
    record = review.records.at(finding.pointer) if finding is not None else None
    if finding is None or finding.file is None or record is None:
        return ask.problem(ask.text("There is no such file."), status=404)
    value = next((str(v) for p, v in record.values() if p == finding.pointer), "")
    parts = {part.path: part for part in parse_once(wire_of_text(value)).walk()}
    part = parts.get(finding.file.part)
    if part is None:
        return ask.problem(ask.text("There is no such file."), status=404)
    name = _plain(part.safe_file_name)
    return Response(
        part.file_content,
        media_type="application/octet-stream",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )


def hidden(ask: Ask) -> Response:
    """The list of hidden values, with their reasons."""
    review = ask.review
    entries = review.decided.entries
    rows: list[dict[str, Any]] = []
    for finding in review.findings:
        entry = entries.get(finding.id, {})
        decision = _decision_of(entry)
        if decision == "undecided":
            decision = "mask" if finding.proposal == "mask" else "disclose"
        if decision != "disclose":
            rows.append(
                {
                    "finding": finding,
                    "decision": decision,
                    "reason": entry.get("reason", ""),
                    "article": ask.language.citation(str(entry.get("article") or finding.article)),
                    "by": entry.get("by", ""),
                    "places": len(finding.places),
                }
            )
    return ask.html("hidden", rows=rows, also=review.decided.also, said=_notice(ask, review))


def show_again(ask: Ask) -> Response:
    """Undo hiding by hand."""
    review = ask.review
    line = number_in(ask.value("line"))
    if line in review.decided.also:
        review.show_again(line, actor=ask.actor)
    return ask.to_case("/hidden")


def hide_earlier(ask: Ask) -> Response:
    """Hide a text that was hidden by hand in an earlier export of the person."""
    review = ask.review
    for entry in review.earlier_also():
        if entry["text"] == ask.form.get("text", [""])[0]:
            review.hide(dict(entry), actor=ask.actor)
            break
    return ask.to_case("/hidden")


def marked_pieces(text: str, passages: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Split a text at the passages: (piece, finding id, or empty outside of passages)."""
    spans: list[tuple[int, int, str]] = []
    for passage, finding in passages:
        at = text.find(passage) if passage else -1
        while at >= 0:
            spans.append((at, at + len(passage), finding))
            at = text.find(passage, at + len(passage))
    pieces: list[tuple[str, str]] = []
    done = 0
    for start, end, finding in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= done:
            pieces += [(text[done:start], ""), (text[start:end], finding)]
            done = end
    return [piece for piece in (*pieces, (text[done:], "")) if piece[0]]


def _decision_of(entry: Entry) -> str:
    decision = str(entry.get("decision", "undecided"))
    return "disclose" if decision == "undecided" and entry.get("looked_at") else decision


def _plain(name: str) -> str:
    """A file name in safe ASCII for a header, of at most 80 characters."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(c if c.isalnum() or c in "-_. " else "_" for c in plain).strip(". ")[:80] or "file"


def _found_by(finding: Finding, ask: Ask) -> str:
    """How a rule found a name or sensitive word, in the language of the page; else empty."""
    how, word = finding.found_by
    return ask.text(how).replace("{word}", word) if how and finding.key in _TOLD_BY_RULE else ""
