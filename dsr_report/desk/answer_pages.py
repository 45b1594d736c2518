"""Making the report, what was made, release by a second person, the reply, and the end of a case."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from starlette.responses import FileResponse, Response

from dsr_report.choices import FORMATS
from dsr_report.delivery.checks import check_to_send
from dsr_report.delivery.cover import cover_letter
from dsr_report.delivery.protection import new_passphrase, write_protected
from dsr_report.delivery.reply import Reply, address_of, is_known_address, write_reply
from dsr_report.desk import wording
from dsr_report.desk.door import FRAME_POLICY
from dsr_report.desk.pages import Ask, Faults, Pages
from dsr_report.desk.preview_places import anchor_of
from dsr_report.desk.review import CaseReview, Open
from dsr_report.errors import DsrReportError
from dsr_report.files import written_whole
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.register.cases import RETENTION
from dsr_report.rendering.configuration import missing_from
from dsr_report.temporary import TemporaryFolder

_DIGITS = 12
"""Of the number of a record; more than any export has."""
_COVER = "reply.docx"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_SAMPLES = 20
"""Withheld values that the second person is shown at once; the list has all."""
_MESSAGES = ("text", "layout", "list")
_LONGEST_DELAY = 1_000
"""Characters of the reason for which an answer took longer: a paragraph."""


class Gate(NamedTuple):
    """What keeps a report from being made: the same for every way that leads there."""

    open: Open
    missing: list[str]
    unrecognised: int
    people: int
    """How many people the export names; it must be one."""
    is_undated: bool
    """Whether the day on which the request arrived is not known yet."""
    release: str
    """Why it is not released where that is asked for: `needed`, or nothing."""

    @property
    def is_shut(self) -> bool:
        """Whether anything has to be done first."""
        return (
            bool(self.open) or bool(self.missing) or self.is_undated or bool(self.release) or self.people > 1
        )


class AnswerPages:
    """Pages about the answer to a case."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._office = pages.office

    def gate(self, ask: Ask, language: str) -> Gate:
        """What has to be done before a report in a language is made."""
        review = ask.review
        release = ""
        if self._office.config.desk.second_reviewer:
            release = "" if self._office.released_by(ask.case.reference, review) else "needed"
        return Gate(
            review.still_open(),
            missing_from(self._office.config, language_of(language)),
            review.summary.kinds["unrecognised"],
            len(review.export.file.subjects.named),
            ask.case.received_assumed,
            release,
        )

    # ---- making it

    def make(self, ask: Ask) -> Response:
        """Choose the format and the language, and make the report: only where nothing is left to do."""
        review = ask.review
        language = ask.value("language") or self._office.language_of(ask.place)
        faults = Faults()
        if language not in LANGUAGES:
            faults["language"] = ask.text("Choose a language.")
            language = self._office.language_of(ask.place)
        gate = self.gate(ask, language)
        if ask.is_post:
            chosen, messages = ask.value("format"), ask.value("messages") or "text"
            if chosen not in FORMATS:
                faults["format"] = ask.text("Choose a format.")
            if messages not in _MESSAGES:
                faults["messages"] = ask.text("Choose how messages are printed.")
            if gate.is_shut:
                faults["gate"] = ask.text("Something has to be done first; it is listed below.")
            if gate.unrecognised and ask.value("with_unrecognised") != "yes":
                faults["with_unrecognised"] = ask.text("Tick that you looked at them.")
            if ask.case.days_left is None:
                faults["gate"] = ask.text("This case was answered already.")
            if not faults:
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
                self._office.jobs.start(ask.case.reference, "make", options, actor=ask.actor)
                return self._pages.to_case(ask, "/work")
        return self._pages.html(
            ask,
            "make",
            status=422 if faults else 200,
            faults=faults,
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
            is_late=self._is_late(ask),
            delay=self._office.delay_of(ask.case.reference),
            is_broken=review.export.incomplete,
        )

    def _is_late(self, ask: Ask) -> bool:
        """Whether the answer comes after the month, so that the report has to say why."""
        case = ask.case
        return case.extended_on is not None or self._office.register.today > case.deadlines.nominal

    def result(self, ask: Ask) -> Response:
        """What was made, and what verifying it found."""
        digest = ""
        review = self._office.review(ask.case.reference)
        if review is not None:
            digest = review.decided.digest
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
        return self._pages.html(ask, "result", made=list(reversed(made)), folder=str(ask.place.path))

    def _disclosure(self, ask: Ask) -> dict[str, Any] | None:
        number, made = ask.part("number"), ask.place.made
        if not number.isdecimal() or len(number) > 6 or int(number) >= len(made):
            return None
        return made[int(number)]

    def download(self, ask: Ask) -> Response:
        """A file that was made, to be kept or opened elsewhere."""
        made = self._disclosure(ask)
        if made is None:
            return self._pages.problem(ask, ask.text("There is no such file."), status=404)
        path = ask.place.path / made["name"]
        return FileResponse(path, filename=made["name"], media_type="application/octet-stream")

    def open(self, ask: Ask) -> Response:
        """A report as a page, by itself: it runs nothing, loads nothing, and is of no origin."""
        made = self._disclosure(ask)
        if made is None or made["format"] != "html":
            return self._pages.problem(ask, ask.text("There is no such file."), status=404)
        return _frame(ask.place.path / made["name"])

    # ---- the preview

    def preview(self, ask: Ask) -> Response:
        """The report as the person will get it, and whether it is of today's decisions."""
        review, language = ask.review, self._office.language_of(ask.place)
        if ask.is_post:
            options = {"language": language}
            self._office.jobs.start(ask.case.reference, "preview", options, actor=ask.actor)
            return self._pages.to_case(ask, "/work")
        known = ask.place.facts.get("preview", {})
        number = ask.query("record")
        record = review.records.record(int(number)) if number.isdecimal() and len(number) <= _DIGITS else None
        is_there = (ask.place.path / "preview.html").is_file() and known.get("export") == review.sha256
        return self._pages.html(
            ask,
            "preview",
            is_there=is_there,
            record=record,
            anchor=anchor_of(ask.place.preview_places, record.pointer) if record else "",
            is_stale=is_there
            and (known.get("digest") != review.decided.digest or known.get("language") != language),
        )

    def preview_page(self, ask: Ask) -> Response:
        """The page within the preview's frame."""
        path = ask.place.path / "preview.html"
        return _frame(path) if path.is_file() else Response("", 404)

    # ---- release by a second person

    def release(self, ask: Ask) -> Response:
        """Totals, and all that is withheld: for somebody who decided on nothing of it."""
        review, faults = ask.review, Faults()
        decided, export = review.decided, review.sha256
        if ask.is_post:
            journal = review.journal
            if ask.value("digest") != decided.digest:
                faults["name"] = ask.text("Something was decided meanwhile. Look at it again.")
            elif ask.value("go") == "back":
                note = faults.need(ask, "note", ask.text("Enter what has to be changed."))
                if not faults:
                    journal.append(
                        "sent-back", actor=ask.value("name") or ask.actor, export=export, note=note
                    )
                    return self._pages.to_case(ask, "/release")
            else:
                name = faults.need(ask, "name", ask.text("Enter your name."))
                if name and _same_name(name, decided.actors):
                    faults["name"] = ask.text("Whoever decided cannot release it as well.")
                if review.still_open():
                    faults["name"] = ask.text("Not everything is decided yet.")
                if not faults:
                    journal.append("approved", actor=name, export=export, digest=decided.digest)
                    facts = {"decisions": decided.digest[:16]}
                    self._office.register.note(ask.case.reference, "approved", data=facts, actor=name)
                    return self._pages.to_case(ask, "/release")
        withheld = [
            (finding, entry)
            for finding in review.findings
            if (entry := decided.entries.get(finding.id, {})).get("decision") == "withhold"
        ]
        approval = review.journal.approval(export, decided.digest)
        back = next((one for one in reversed(review.journal.lines) if one.event == "sent-back"), None)
        return self._pages.html(
            ask,
            "release",
            status=422 if faults else 200,
            faults=faults,
            digest=decided.digest,
            needed=self._office.config.desk.second_reviewer,
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

    def reply(self, ask: Ask) -> Response:
        """The draft of a reply, with the report attached; and the day on which it was sent."""
        review, made = ask.review, self._newest(ask)
        if made is None:
            return self._pages.to_case(ask, "/make")
        faults, passphrase = Faults(), ""
        if ask.is_post:
            passphrase = self._write_draft(ask, review, made, faults)
        is_drafted = ask.is_post and not faults
        return self._reply_page(ask, made, faults, passphrase=passphrase, is_drafted=is_drafted)

    def _reply_page(
        self,
        ask: Ask,
        made: Mapping[str, Any],
        faults: Faults,
        *,
        passphrase: str = "",
        is_drafted: bool = False,
    ) -> Response:
        known = sorted(ask.reviewed.addresses) if ask.reviewed else []
        sent_to = str(ask.place.facts.get("reply_to", ""))
        case_address = ask.case.subject_id if ask.case.subject_type == "email" else None
        return self._pages.html(
            ask,
            "reply",
            status=422 if faults else 200,
            faults=faults,
            made=made,
            known=known,
            to=(case_address or (known[0] if known else "")) if ask.reviewed else sent_to,
            passphrase=passphrase,
            is_drafted=(ask.place.path / "reply.eml").is_file(),
            has_cover=(ask.place.path / _COVER).is_file(),
            drafted=is_drafted,
            may_protect=made["format"] in {"pdf", "zip"},
            today=self._office.register.today,
            channels=[(key, ask.text(text)) for key, text in wording.CHANNELS.items()],
            has_answer=ask.case.days_left is None,
            to_given=sent_to,
        )

    def _newest(self, ask: Ask) -> dict[str, Any] | None:
        """The report that answers the case: the newest of its export that passed verification."""
        export = self._office.export(ask.case.reference)
        made = [one for one in ask.place.made if one["ok"] and export and one["export"] == export.sha256]
        return made[-1] if made else None

    def _write_draft(self, ask: Ask, review: CaseReview, made: Mapping[str, Any], faults: Faults) -> str:
        """Write the draft; gives the passphrase, where there is one."""
        to = faults.need(ask, "to", ask.text("Enter the address that the reply goes to."))
        if to:
            try:
                address_of(to)
            except DsrReportError:
                faults["to"] = ask.text("This is not an e-mail address that mail servers take.")
        if to and not faults and not is_known_address(to, review.addresses) and ask.value("sure") != "yes":
            faults["to"] = ask.text(
                "This is not an address of the person in the export. Check it, then tick below."
            )
        if made["digest"] != review.decided.digest:
            faults["to"] = ask.text("Something was decided since the report was made. Make it again.")
        if faults:
            return ""
        disclosure = ask.place.path / str(made["name"])
        manifest, parts = check_to_send(disclosure)
        controller, passphrase = self._office.config.controller, ""
        with TemporaryFolder() as folder:
            attached = parts
            if ask.value("protect") == "yes":
                passphrase = new_passphrase()
                attached = [Path(folder) / part.name for part in parts]
                for part, locked in zip(parts, attached, strict=True):
                    write_protected(part, locked, passphrase)
            letter = Reply(
                to=to,
                controller=controller.name if controller else "",
                language=manifest.language,
                sender=(controller.email if controller else None) or None,
                contact=controller.email if controller else None,
                reference=manifest.reference,
                received=None if ask.case.received_assumed else ask.case.received_on,
                encrypted=bool(passphrase),
            )
            draft = write_reply(letter, *attached)
        cover = ask.place.path / _COVER
        if ask.value("cover") == "yes":
            names = [part.name for part in parts]
            content = cover_letter(letter, names, controller, manifest.created)
            with written_whole(cover) as file:
                file.write(content)
        else:
            cover.unlink(missing_ok=True)
        with written_whole(ask.place.path / "reply.eml") as file:
            file.write(draft)
        ask.place.note(reply_to=to)
        return passphrase

    def draft(self, ask: Ask) -> Response:
        """The draft, for the person's own mail program."""
        path = ask.place.path / "reply.eml"
        if not path.is_file():
            return self._pages.to_case(ask, "/reply")
        return FileResponse(path, filename=f"reply-{ask.place.id}.eml", media_type="application/octet-stream")

    def cover(self, ask: Ask) -> Response:
        """The covering letter, to be edited and printed."""
        path = ask.place.path / _COVER
        if not path.is_file():
            return self._pages.to_case(ask, "/reply")
        return FileResponse(path, filename=f"letter-{ask.place.id}.docx", media_type=_DOCX)

    def note_sent(self, ask: Ask) -> Response:
        """Note that the answer was handed over: the clock stops."""
        faults, made = Faults(), self._newest(ask)
        if made is None:
            return self._pages.to_case(ask, "/make")
        day = faults.day(ask, "sent", needed=True, today=self._office.register.today)
        if ask.value("really") != "yes":
            faults["really"] = ask.text("Tick this once it is sent.")
        if faults or day is None:
            return self._reply_page(ask, made, faults)
        channel = ask.value("channel") if ask.value("channel") in wording.CHANNELS else "mail"
        self._office.register.note_sent(
            ask.case.reference,
            sha256=str(made["sha256"]),
            channel="email" if channel == "mail" else channel,
            size_bytes=int(made["bytes"]),
            address=str(ask.place.facts.get("reply_to") or "") or None,
            on=day,
            actor=ask.actor,
        )
        return self._pages.to_case(ask, "/close")

    def _may_forget(self, ask: Ask) -> bool:
        closed = ask.case.closed_on
        return (
            closed is not None
            and not ask.case.forgotten
            and closed + RETENTION <= self._office.register.today
        )

    def forget(self, ask: Ask) -> Response:
        """Remove every file and all personal data of a case that was closed long ago."""
        if not self._may_forget(ask):
            return self._pages.to_case(ask, "/close")
        if ask.value("sure") != "yes":
            faults = Faults(sure=ask.text("Tick this to remove everything."))
            return self.close_page(ask, faults)
        self._office.forget(ask.case.reference)
        return self._pages.to("/?all=yes")

    def close(self, ask: Ask) -> Response:
        """End the case: what is kept, and for how long."""
        faults = Faults()
        has_answer = ask.case.days_left is None
        if ask.is_post and ask.case.closed_on is None:
            reason = ask.value("reason")
            if not has_answer and not reason:
                faults["reason"] = ask.text("Enter why it is closed without an answer.")
            if ask.value("sure") != "yes":
                faults["sure"] = ask.text("Tick this to close the case.")
            if not faults:
                self._office.register.close_case(ask.case.reference, reason=reason or None, actor=ask.actor)
                return self._pages.to_case(ask)
        return self.close_page(ask, faults)

    def close_page(self, ask: Ask, faults: Faults) -> Response:
        """The page about the end of a case."""
        has_answer = ask.case.days_left is None
        return self._pages.html(
            ask,
            "close",
            status=422 if faults else 200,
            faults=faults,
            has_answer=has_answer,
            is_closed=ask.case.closed_on is not None,
            is_forgotten=ask.case.forgotten,
            forget_on=ask.language.day(ask.case.closed_on + RETENTION) if ask.case.closed_on else "",
            may_forget=self._may_forget(ask),
            days=RETENTION.days,
        )


def _frame(path: Path) -> Response:
    return FileResponse(
        path, media_type="text/html; charset=utf-8", headers={"content-security-policy": FRAME_POLICY}
    )


def _same_name(name: str, others: set[str]) -> bool:
    return " ".join(name.split()).casefold() in {" ".join(one.split()).casefold() for one in others}
