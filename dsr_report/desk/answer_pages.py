"""Pages on the answer: making the report, results, preview, release by a second person, reply, closing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from starlette.responses import FileResponse, Response

from dsr_report.choices import FORMATS, MESSAGES
from dsr_report.delivery.checks import check_to_send
from dsr_report.delivery.cover import cover_letter
from dsr_report.delivery.reply import address_of, is_known_address
from dsr_report.desk import wording
from dsr_report.desk.door import FRAME_POLICY
from dsr_report.desk.pages import Ask, number_in
from dsr_report.desk.preview_places import anchor_of
from dsr_report.desk.review import Open
from dsr_report.errors import DsrReportError
from dsr_report.files import write_whole
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.register.cases import RETENTION
from dsr_report.rendering.configuration import missing_from
from dsr_report.reply_draft import draft_of

_DRAFT = "reply.eml"
_COVER = "reply.docx"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SAMPLES = 20
"""Withheld values on the page of the second person; the list has all."""
_LONGEST_DELAY = 1_000
"""Characters of the reason for a late answer: a paragraph; the rest is cut off."""


class Gate(NamedTuple):
    """The conditions that block making a report."""

    open: Open
    missing: list[str]
    unrecognised: int
    people: int
    """Number of people that the export names; it must be one."""
    is_undated: bool
    """Whether the day of receipt is unknown."""
    needs_release: bool

    @property
    def is_shut(self) -> bool:
        """Whether any condition blocks."""
        return bool(self.open or self.missing or self.is_undated or self.needs_release or self.people > 1)


def _gate(ask: Ask, language: str) -> Gate:
    """Check the conditions for making a report in a language."""
    review, config = ask.review, ask.office.config
    return Gate(
        review.still_open(),
        missing_from(config, language_of(language)),
        review.summary.kinds["unrecognised"],
        len(review.export.file.subjects.named),
        ask.case.received_assumed,
        config.desk.second_reviewer and ask.office.released_by(ask.case.reference, review) is None,
    )


# ---- making it


def make(ask: Ask) -> Response:
    """Choose format and language, and make the report if the gate is open."""
    review = ask.review
    language = ask.value("language") or ask.office.language_of(ask.place)
    if language not in LANGUAGES:
        ask.faults["language"] = ask.text("Choose a language.")
        language = ask.office.language_of(ask.place)
    gate = _gate(ask, language)
    if ask.is_post:
        chosen, messages = ask.value("format"), ask.value("messages") or "text"
        if chosen not in FORMATS:
            ask.faults["format"] = ask.text("Choose a format.")
        if messages not in MESSAGES:
            ask.faults["messages"] = ask.text("Choose how messages are printed.")
        if gate.is_shut:
            ask.faults["gate"] = ask.text("Something has to be done first; it is listed below.")
        if gate.unrecognised:
            ask.need_tick("with_unrecognised", ask.text("Tick that you looked at them."))
        if ask.case.days_left is None:
            ask.faults["gate"] = ask.text("This case was answered already.")
        if not ask.faults:
            ask.place.note(language=language)
            options = {
                "format": chosen,
                "language": language,
                "messages": messages,
                "annexes": "apart" if chosen == "pdf" and ask.value("annexes") == "yes" else "inside",
                "attachments": ask.value("attachments") == "yes",
                "delay": ask.value("delay")[:_LONGEST_DELAY],
                "with_unrecognised": bool(gate.unrecognised),
                "digest": review.decided.digest,
            }
            return ask.start("make", options)
    return ask.html(
        "make",
        gate=gate,
        formats=[
            ("pdf", ask.text("PDF: for most people")),
            ("html", ask.text("A web page: one file, works offline")),
            ("zip", ask.text("A package: PDF, web page, tables and files")),
        ],
        prints=[
            ("text", ask.text("their text")),
            ("layout", ask.text("as they looked")),
            ("list", ask.text("one line each")),
        ],
        report_language=language,
        beyond=review.hidden_beyond_proposals(),
        is_late=_is_late(ask),
        delay=ask.office.delay_of(ask.case.reference),
        is_broken=review.export.incomplete,
    )


def _is_late(ask: Ask) -> bool:
    """Whether the answer is later than one month, so that the report must state the reason."""
    case = ask.case
    return case.extended_on is not None or ask.office.register.today > case.deadlines.nominal


def result(ask: Ask) -> Response:
    """The reports made, with the results of their verification."""
    review = ask.office.review(ask.case.reference)
    digest = review.decided.digest if review else ""
    made = [
        {
            **one,
            "number": number,
            "size": ask.language.size(int(one["bytes"])),
            "stale": bool(digest) and one["digest"] != digest,
            "language_name": wording.language_names().get(str(one["language"]), one["language"]),
        }
        for number, one in enumerate(ask.place.made)
    ]
    return ask.html("result", made=list(reversed(made)), folder=str(ask.place.path))


def _disclosure(ask: Ask) -> dict[str, Any] | None:
    number, made = number_in(ask.part("number")), ask.place.made
    return made[number] if number is not None and number < len(made) else None


def download(ask: Ask) -> Response:
    """Download a report."""
    made = _disclosure(ask)
    if made is None:
        return ask.problem(ask.text("There is no such file."), status=404)
    path = ask.place.path / made["name"]
    return FileResponse(path, filename=made["name"], media_type="application/octet-stream")


def view(ask: Ask) -> Response:
    """An HTML report, sandboxed: no scripts, no loads, an opaque origin."""
    made = _disclosure(ask)
    if made is None or made["format"] != "html":
        return ask.problem(ask.text("There is no such file."), status=404)
    return _frame(ask.place.path / made["name"])


# ---- the preview


def preview(ask: Ask) -> Response:
    """The report as the person will get it, and whether it matches the current decisions."""
    review, language = ask.review, ask.office.language_of(ask.place)
    if ask.is_post:
        return ask.start("preview", {"language": language})
    known = ask.place.facts.get("preview", {})
    number = number_in(ask.query("record"))
    record = None if number is None else review.records.record(number)
    is_there = (ask.place.path / "preview.html").is_file() and known.get("export") == review.sha256
    return ask.html(
        "preview",
        is_there=is_there,
        record=record,
        anchor=anchor_of(ask.place.preview_places, record.pointer) if record else "",
        is_stale=is_there
        and (known.get("digest") != review.decided.digest or known.get("language") != language),
    )


def preview_page(ask: Ask) -> Response:
    """The page within the preview's frame."""
    path = ask.place.path / "preview.html"
    return _frame(path) if path.is_file() else Response("", 404)


# ---- release by a second person


def release(ask: Ask) -> Response:
    """Totals and withheld values, for release by somebody who decided on none of them."""
    review = ask.review
    decided, export = review.decided, review.sha256
    if ask.is_post:
        journal = review.journal
        if ask.value("digest") != decided.digest:
            ask.faults["name"] = ask.text("Something was decided meanwhile. Look at it again.")
        elif ask.value("go") == "back":
            note = ask.need("note", ask.text("Enter what has to be changed."))
            if not ask.faults:
                journal.append("sent-back", actor=ask.value("name") or ask.actor, export=export, note=note)
                return ask.to_case("/release")
        else:
            name = ask.need("name", ask.text("Enter your name."))
            if name and decided.is_by(name):
                ask.faults["name"] = ask.text("Whoever decided cannot release it as well.")
            if review.still_open():
                ask.faults["name"] = ask.text("Not everything is decided yet.")
            if not ask.faults:
                journal.append("approved", actor=name, export=export, digest=decided.digest)
                facts = {"decisions": decided.digest[:16]}
                ask.office.register.note(ask.case.reference, "approved", data=facts, actor=name)
                return ask.to_case("/release")
    withheld = [
        (finding, entry)
        for finding in review.findings
        if (entry := decided.entries.get(finding.id, {})).get("decision") == "withhold"
    ]
    approval = review.journal.approval(export, decided.digest)
    back = next((one for one in reversed(review.journal.lines) if one.event == "sent-back"), None)
    return ask.html(
        "release",
        digest=decided.digest,
        needed=ask.office.config.desk.second_reviewer,
        approval=approval,
        back=back if approval is None else None,
        deciders=sorted(decided.actors),
        withheld=withheld[:_SAMPLES],
        withheld_count=len(withheld),
        also=list(decided.also.values()),
        masked=sum(one.get("decision") == "mask" for one in decided.entries.values()),
        still=review.still_open(),
    )


# ---- the reply


def reply(ask: Ask) -> Response:
    """The draft of a reply, with the report attached, and the form for the day of sending."""
    made = _newest(ask)
    if made is None:
        return ask.to_case("/make")
    passphrase = _write_draft(ask, made) if ask.is_post else ""
    return _reply_page(ask, made, passphrase=passphrase, is_drafted=ask.is_post and not ask.faults)


def _reply_page(
    ask: Ask, made: Mapping[str, Any], *, passphrase: str = "", is_drafted: bool = False
) -> Response:
    known = sorted(ask.reviewed.addresses) if ask.reviewed else []
    sent_to = str(ask.place.facts.get("reply_to", ""))
    case_address = ask.case.subject_id if ask.case.subject_type == "email" else None
    return ask.html(
        "reply",
        made=made,
        known=known,
        to=(case_address or (known[0] if known else "")) if ask.reviewed else sent_to,
        passphrase=passphrase,
        is_drafted=(ask.place.path / _DRAFT).is_file(),
        has_cover=(ask.place.path / _COVER).is_file(),
        drafted=is_drafted,
        may_protect=made["format"] in {"pdf", "zip"},
        today=ask.office.register.today,
        channels=[(key, ask.text(text)) for key, text in wording.CHANNELS.items()],
        has_answer=ask.case.days_left is None,
        to_given=sent_to,
    )


def _newest(ask: Ask) -> dict[str, Any] | None:
    """The report that answers the case: the newest verified one of the current export."""
    export = ask.office.export(ask.case.reference)
    made = [one for one in ask.place.made if one["ok"] and export and one["export"] == export.sha256]
    return made[-1] if made else None


def _write_draft(ask: Ask, made: Mapping[str, Any]) -> str:
    """Write the draft, and return the passphrase; empty without protection."""
    review = ask.review
    to = ask.need("to", ask.text("Enter the address that the reply goes to."))
    if to:
        try:
            address_of(to)
        except DsrReportError:
            ask.faults["to"] = ask.text("This is not an e-mail address that mail servers take.")
    if to and not ask.faults and not is_known_address(to, review.addresses) and ask.value("sure") != "yes":
        ask.faults["to"] = ask.text(
            "This is not an address of the person in the export. Check it, then tick below."
        )
    if made["digest"] != review.decided.digest:
        ask.faults["to"] = ask.text("Something was decided since the report was made. Make it again.")
    if ask.faults:
        return ""
    disclosure = ask.place.path / str(made["name"])
    manifest, parts = check_to_send(disclosure)
    controller = ask.office.config.controller
    letter, draft, passphrase = draft_of(
        parts,
        manifest,
        controller,
        to=to,
        received=None if ask.case.received_assumed else ask.case.received_on,
        encrypt=ask.value("protect") == "yes",
    )
    cover = ask.place.path / _COVER
    if ask.value("cover") == "yes":
        names = [part.name for part in parts]
        content = cover_letter(letter, names, controller, manifest.created)
        write_whole(cover, content)
    else:
        cover.unlink(missing_ok=True)
    write_whole(ask.place.path / _DRAFT, draft)
    ask.place.note(reply_to=to)
    return passphrase or ""


def draft(ask: Ask) -> Response:
    """Download the draft for the mail program of whoever works here."""
    return _file_of_reply(ask, _DRAFT, f"reply-{ask.place.id}.eml", "application/octet-stream")


def cover(ask: Ask) -> Response:
    """Download the covering letter for editing and printing."""
    return _file_of_reply(ask, _COVER, f"letter-{ask.place.id}.docx", _DOCX)


def _file_of_reply(ask: Ask, name: str, called: str, media_type: str) -> Response:
    path = ask.place.path / name
    return (
        FileResponse(path, filename=called, media_type=media_type)
        if path.is_file()
        else ask.to_case("/reply")
    )


def note_sent(ask: Ask) -> Response:
    """Record that the answer was sent, which stops the clock."""
    made = _newest(ask)
    if made is None:
        return ask.to_case("/make")
    day = ask.need_day("sent")
    ask.need_tick("really", ask.text("Tick this once it is sent."))
    if ask.faults:
        return _reply_page(ask, made)
    channel = ask.value("channel") if ask.value("channel") in wording.CHANNELS else "mail"
    ask.office.register.note_sent(
        ask.case.reference,
        sha256=str(made["sha256"]),
        channel="email" if channel == "mail" else channel,
        size_bytes=int(made["bytes"]),
        address=str(ask.place.facts.get("reply_to") or "") or None,
        on=day,
        actor=ask.actor,
    )
    return ask.to_case("/close")


def _may_forget(ask: Ask) -> bool:
    closed = ask.case.closed_on
    return closed is not None and not ask.case.forgotten and closed + RETENTION <= ask.office.register.today


def forget(ask: Ask) -> Response:
    """Remove every file and all personal data of a case after its retention period."""
    if not _may_forget(ask):
        return ask.to_case("/close")
    ask.need_tick("sure", ask.text("Tick this to remove everything."))
    if ask.faults:
        return _close_page(ask)
    ask.office.forget(ask.case.reference)
    return ask.to("/?all=yes")


def close(ask: Ask) -> Response:
    """Close the case; the page states what is kept, and for how long."""
    if ask.is_post and ask.case.closed_on is None:
        reason = ask.value("reason")
        if ask.case.days_left is not None:
            ask.need("reason", ask.text("Enter why it is closed without an answer."))
        ask.need_tick("sure", ask.text("Tick this to close the case."))
        if not ask.faults:
            ask.office.register.close_case(ask.case.reference, reason=reason or None, actor=ask.actor)
            return ask.to_case()
    return _close_page(ask)


def _close_page(ask: Ask) -> Response:
    return ask.html(
        "close",
        has_answer=ask.case.days_left is None,
        is_closed=ask.case.closed_on is not None,
        is_forgotten=ask.case.forgotten,
        forget_on=ask.language.day(ask.case.closed_on + RETENTION) if ask.case.closed_on else "",
        may_forget=_may_forget(ask),
        days=RETENTION.days,
    )


def _frame(path: Path) -> Response:
    return FileResponse(
        path, media_type="text/html; charset=utf-8", headers={"content-security-policy": FRAME_POLICY}
    )
