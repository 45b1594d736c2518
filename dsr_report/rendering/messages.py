"""One message in full: what its header says, its text, how it looked, its files; nothing in it is live."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from jinja2 import Template
from markupsafe import Markup

from dsr_report.languages import translatable as _
from dsr_report.mime.message import MimeMessage
from dsr_report.mime.parts import PartKind
from dsr_report.mime.plain_text import text_of_html
from dsr_report.records.members import members_of
from dsr_report.records.models.mail import Message
from dsr_report.rendering.environment import environment
from dsr_report.rendering.events import moment_text
from dsr_report.rendering.message_notes import note_text
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.text import inert, paragraphs
from dsr_report.rendering.values import Numbered, Row, has_own_form, path_of, rows_of, stored_members
from dsr_report.sanitize.safe_html import SafeHtml, Wording, print_style, safe, safe_frame

_TEXT_OF_HTML = re.compile(r"(?:^|>)[^<]*")
_PURPOSES = {
    "ordinary": _("a page"),
    "tracking": _("a page, by way of the sender's system, which notes that the link was followed"),
    "unsubscribe": _("stop receiving messages"),
    "web-version": _("the message as a web page"),
    "mail": _("an e-mail address"),
    "phone": _("a phone number"),
    "place": _("a place in the message"),
    "unsafe": _("an address that could be dangerous"),
}
_KINDS: dict[PartKind, str] = {
    "amp": _("interactive version of the text"),
    "appointment": _("appointment"),
    "business-card": _("business card"),
    "delivery-report": _("report on the delivery of a message"),
    "encrypted": _("encrypted message, which only its recipient can open"),
    "message": _("attached message"),
    "outlook": _("files in a form of Outlook, not opened here"),
    "signature": _("digital signature"),
    "signed": _("signed message, shown above"),
    "text": _("text that is not shown above"),
}


class FileView(NamedTuple):
    """A part that is not the text, as the list shows it; of an attached message also what it says and holds.

    `kind` says in words what it is, where its media type does not tell most people.
    """

    name: str
    kind: str
    media_type: str
    size: str
    sha256: str
    facts: list[tuple[str, str]]
    text: Markup | None
    files: list[FileView]


class LinkView(NamedTuple):
    """A link's number, where it leads, and its address."""

    number: int
    purpose: str
    address: str


class MessageRenderer:
    """Renders messages for one report."""

    def __init__(self, options: ReportOptions) -> None:
        self._options = options
        words = options.words
        self._template: Template = environment(words, options.templates).get_template(
            "report/message.html.j2"
        )
        self._wording = Wording(
            picture=words.text("Picture not loaded"),
            picture_with_text=words.text("Picture not loaded: “{text}”"),
            pixel=words.text("Hidden tracking picture, not loaded"),
            missing=words.text("Picture missing from the message"),
        )

    def render(self, record: Message, parsed: MimeMessage | None, number: int) -> tuple[str, int]:
        """The HTML of one message, and how many values of the export it accounts for."""
        options, words = self._options, self._options.words
        source = _bodies(record)
        numbered = Numbered(record)
        rows = list(rows_of(record, words, numbered, source))
        for member, first in numbered.members:
            if has_own_form(member, source):
                numbered.shown_elsewhere(member, first)
        html_source = parsed.html if parsed is not None else record.html
        text = parsed.text if parsed is not None else record.text
        if text is None and record.html is not None:
            text = text_of_html(record.html)
            if not text and "<img" not in record.html.lower():
                text = record.html  # a page that shows nothing: as it is stored
        layout = None
        frame = None
        listed = options.is_list
        if html_source is not None and not listed:
            if options.medium == "html":
                layout = safe(html_source, parsed, wording=self._wording)
                frame = safe_frame(layout)
            elif options.messages == "layout":
                layout = safe(
                    html_source, parsed, wording=self._wording, scope=f".mail-{number}", for_print=True
                )
        unplaced = self._unplaced(record, source)
        subject = record.subject or (parsed.subject if parsed is not None else None)
        html = self._template.render(
            number=number,
            anchor=f"message-{number}",
            subject=subject or words.text("(no subject)"),
            when=moment_text(
                record.sent_at or (parsed.date if parsed is not None else None),
                record.sent_at_raw,
                record.sent_at_certainty,
                options,
            ),
            facts=self._facts(parsed),
            header=[(f.name, f.value) for f in parsed.header] if parsed is not None else [],
            medium=options.medium,
            listed=listed,
            stored=parsed is not None or bool(text),
            text=paragraphs(inert(text)) if text and not (layout and options.medium != "html") else None,
            frame=frame,
            scope=f"mail-{number}",
            layout=self._print_layout(layout) if layout is not None and frame is None else None,
            sheet=self._sheet(layout, f".mail-{number}") if layout is not None and frame is None else "",
            links=self._links(layout) if layout is not None else [],
            pictures=self._pictures(layout),
            files=self._files(parsed, _shown_in(layout, parsed)),
            files_embedded=options.attachments,
            notes=[note_text(defect, words) for defect in parsed.defects] if parsed else [],
            rows=rows,
            unplaced=unplaced,
            has_source=parsed is not None,
            pointer=record.pointer,
            path=Markup(path_of(record, words)),  # noqa: S704 - made of escaped names
        )
        return numbered.settled(html)

    def in_file(self, record: Message) -> tuple[str, ...]:
        """Where in the record stands what the pages do not print: a PDF prints no source, and maybe no text."""
        if self._options.medium == "html":
            return ()
        is_listed = self._options.messages == "list" and record.mime is None
        bodies = _bodies(record, ("mime", "html", "text") if is_listed else ("mime", "html"))
        skip = len(record.pointer)
        return tuple(m.pointer[skip:] for m in stored_members(record) if has_own_form(m, bodies))

    def _sheet(self, layout: SafeHtml, scope: str) -> Markup:
        """The style sheet of a message that is printed as it looked."""
        return Markup(f"{layout.style_sheet}\n{print_style(scope)}".replace("<", ""))  # noqa: S704 - filtered

    def _print_layout(self, layout: SafeHtml) -> Markup:
        """The message as it looked; addresses in its text are inert, as viewers of PDFs make links of them."""
        html = _TEXT_OF_HTML.sub(lambda match: match.group().replace("://", ": //"), layout.html)
        return Markup(html)  # noqa: S704 - nh3 made it

    def _facts(self, parsed: MimeMessage | None) -> list[tuple[str, str]]:
        if parsed is None:
            return []
        words = self._options.words
        date = parsed.get("date")
        facts = [
            (words.text("From"), parsed.sender),
            (words.text("To"), ", ".join(parsed.recipients) or None),
            (words.text("Subject"), parsed.subject),
            (words.text("Date"), words.moment(parsed.date, self._options.zone) if parsed.date else date),
        ]
        return [(label, value) for label, value in facts if value]

    def _unplaced(self, record: Message, source: frozenset[str]) -> list[Row]:
        """Versions of the body beside the MIME source: an interactive version, or text beside a page."""
        words = self._options.words
        rows = []
        for name, pointer, value in members_of(record.value, record.pointer):
            if pointer in source and record.mime is not None and value is not record.mime:
                if pointer == record.sources.get("mime"):
                    continue
                rows.append(Row(name, name, "", Markup(paragraphs(inert(str(value))))))  # noqa: S704
            elif pointer in source and record.mime is None and pointer == record.sources.get("amp"):
                rows.append(Row(name, words.text("Interactive version"), "", paragraphs(inert(str(value)))))
        return rows

    def _links(self, layout: SafeHtml) -> list[LinkView]:
        words = self._options.words
        return [
            LinkView(link.number, words.text(_PURPOSES[link.purpose]), inert(link.url))
            for link in layout.links
        ]

    def _pictures(self, layout: SafeHtml | None) -> list[tuple[str, str]]:
        if layout is None:
            return []
        words = self._options.words
        seen = dict.fromkeys(
            (picture.outcome, picture.source, picture.alternative)
            for picture in layout.pictures
            if picture.outcome != "shown"
        )
        labels = {
            "pixel": words.text("hidden tracking picture"),
            "remote": words.text("picture on the internet"),
            "missing": words.text("picture missing from the message"),
            "refused": words.text("picture in a form that could be dangerous"),
        }
        return [(labels[outcome], inert(source)) for outcome, source, _alternative in seen]

    def _files(self, parsed: MimeMessage | None, shown: frozenset[int] = frozenset()) -> list[FileView]:
        """The parts that are not the text, without the pictures that stand in their place (`shown`)."""
        if parsed is None:
            return []
        words = self._options.words
        return [
            FileView(
                part.file_name or part.safe_file_name,
                words.text(_KINDS[part.kind]) if part.kind else "",
                part.media_type,
                words.size(part.size_bytes),
                part.sha256,
                self._facts(part.nested) if not part.is_opened else [],
                paragraphs(inert(part.readable)) if part.readable else None,
                self._files(part.nested) if not part.is_opened else [],
            )
            for part in parsed.files
            if id(part) not in shown
        ]


def _shown_in(layout: SafeHtml | None, parsed: MimeMessage | None) -> frozenset[int]:
    """The parts that a page shows as pictures."""
    if layout is None or parsed is None:
        return frozenset()
    found = (parsed.find(picture.source) for picture in layout.pictures if picture.outcome == "shown")
    return frozenset(id(part) for part in found if part is not None)


def _bodies(record: Message, names: Sequence[str] = ("mime", "html", "text", "amp")) -> frozenset[str]:
    """The pointers of a message's source and of the versions of its text; what is empty is stated as such."""
    return frozenset(
        record.sources[name] for name in names if getattr(record, name) and record.sources.get(name)
    )
