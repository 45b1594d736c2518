"""Views of messages: header fields, text, layout, files; nothing in them is live."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from dsr_report.mime.message import MimeMessage
from dsr_report.mime.parts import PartKind
from dsr_report.mime.plain_text import text_of_html
from dsr_report.records.models.mail import Message
from dsr_report.records.parser import parse
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.sniff import record_in_json
from dsr_report.rendering.events import moment_text
from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.proof import Proof
from dsr_report.rendering.text import inert
from dsr_report.rendering.values import (
    FieldRow,
    Numbered,
    Value,
    has_own_form,
    path_of,
    rows_of,
    stored_members,
)
from dsr_report.rendering.warnings import defect_text
from dsr_report.sanitize.safe_html import SafeHtml, Wording, print_style, safe, safe_frame
from dsr_report.sentences import translatable as _

_TEXT_OF_HTML = re.compile(r"(?:^|>)[^<]*")
_PURPOSES = {
    "ordinary": _("a page"),
    "tracking": _("a page, via the sender's system, which records that the link was followed"),
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

_LONGEST_MARK = 1000
"""Bytes; a longer file is not compared with the marks, because it holds more than a mark."""


class FileView(NamedTuple):
    """An entry of a message's list of files; an attached message also has header fields, text and files.

    `kind` describes it in words if its media type would not mean much to most people.
    """

    name: str
    kind: str
    media_type: str
    size: str
    sha256: str
    facts: list[tuple[str, str]]
    text: str
    files: list[FileView]
    is_left_out: bool
    """Its content is only a mark of a hidden value."""


class LinkView(NamedTuple):
    """A link: its number, its purpose in words, and its address."""

    number: int
    purpose: str
    address: str


class AddressGroup(NamedTuple):
    """Addresses with one label, with their common prefix factored out."""

    label: str
    stem: str
    rests: list[tuple[int | None, str]]
    """Number in the text (or None), and the address without `stem`."""


_SCOPE = ".mail-of-one-sheet"
"""Placeholder selector, replaced by the class that messages with the same style sheet share."""


class LayoutView(NamedTuple):
    """A message's sanitized layout for print: HTML, its style sheets, its CSS class.

    Messages with the same style sheet have the same class.
    """

    html: Markup
    sheets: list[Markup]
    scope: str


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message in full, the input of `templates/report/message.html.j2`.

    `text` is empty if `layout` is set; `frame` is the HTML of a frame that shows the layout beside the text.
    `is_stored` says whether the export still has its text. `versions` are other versions of its text.
    """

    number: int
    anchor: str
    subject: str
    when: str
    facts: list[tuple[str, str]]
    header: list[tuple[str, str]]
    is_stored: bool
    has_source: bool
    text: str
    frame: str | None
    layout: LayoutView | None
    links: list[LinkView]
    pictures: list[tuple[str, str]]
    link_groups: list[AddressGroup]
    picture_groups: list[AddressGroup]
    files: list[FileView]
    notes: list[str]
    rows: tuple[FieldRow, ...]
    versions: list[tuple[str, str]]
    path: tuple[str, ...]
    pointer: str
    proof: Proof


class MessageViews:
    """Makes views of messages for one report."""

    def __init__(self, options: ReportOptions) -> None:
        self._options = options
        language = options.language
        self._wording = Wording(
            picture=language.text("Image not loaded"),
            picture_with_text=language.text("Image not loaded: “{text}”"),
            pixel=language.text("Hidden tracking image, not loaded"),
            missing=language.text("Image missing from the message"),
        )

    def view(
        self, record: Message, parsed: MimeMessage | None, number: int, record_number: int
    ) -> tuple[MessageView, int]:
        """Return the view of one message, and the number of values of the export that it accounts for."""
        options, language = self._options, self._options.language
        source = _bodies(record)
        numbered = Numbered(record, record_number)
        opened = _opened(record, options.zone)
        rows = tuple(rows_of(record, language, numbered, source))
        if opened is not record:  # one value, which is shown: its members are outside the proof
            inside = rows_of(opened, language, Numbered(opened, record_number), _bodies(opened))
            rows = tuple(replace(row, value=Value(row.value.content)) for row in inside)
        for member, _first in numbered.members:
            if has_own_form(member, source):
                numbered.note_shown_elsewhere(member)
        html_source = parsed.html if parsed is not None else record.html
        text = parsed.text if parsed is not None else record.text
        if text is None and record.html is not None:
            text = text_of_html(record.html)
            if not text and "<img" not in record.html.lower():
                text = record.html  # a page that displays nothing is shown as stored
        safe_html = None
        frame = None
        layout = None
        if html_source is not None and not options.is_list:
            if options.medium == "html":
                safe_html = safe(html_source, parsed, wording=self._wording)
                frame = safe_frame(safe_html)
            elif options.messages == "layout":
                safe_html = safe(html_source, parsed, wording=self._wording, scope=_SCOPE, for_print=True)
                layout = _layout(safe_html)
        links = self._links(safe_html) if safe_html is not None else []
        pictures = self._pictures(safe_html)
        is_printed = options.medium != "html"
        subject = record.subject or (parsed.subject if parsed is not None else None)
        view = MessageView(
            number=number,
            anchor=f"message-{number}",
            subject=subject or language.text("(no subject)"),
            when=moment_text(
                record.sent_at or (parsed.date if parsed is not None else None),
                record.sent_at_raw,
                record.sent_at_certainty,
                options,
            ),
            facts=self._facts(parsed),
            header=[(f.name, f.value) for f in parsed.header] if parsed and options.medium == "html" else [],
            is_stored=parsed is not None or bool(text),
            has_source=parsed is not None,
            text=text or "" if layout is None and not options.is_list else "",
            frame=frame,
            layout=layout,
            links=[] if is_printed else links,
            pictures=[] if is_printed else pictures,
            link_groups=group_addresses(
                (link.purpose, link.number, link.address) for link in links * is_printed
            ),
            picture_groups=group_addresses((label, None, source) for label, source in pictures * is_printed),
            files=self._files(parsed, _shown_in(safe_html, parsed)),
            notes=[defect_text(defect, language) for defect in parsed.defects] if parsed else [],
            rows=rows,
            versions=self._versions(opened, _bodies(opened)),
            path=path_of(record, language),
            pointer=record.pointer,
            proof=numbered.proof(),
        )
        return view, numbered.count

    def in_file(self, record: Message) -> tuple[str, ...]:
        """Relative pointers of bodies that the pages omit: source and HTML in a PDF, text too in a list."""
        if self._options.medium == "html":
            return ()
        is_listed = self._options.messages == "list" and record.mime is None
        bodies = _bodies(record, ("mime", "html", "text") if is_listed else ("mime", "html"))
        skip = len(record.pointer)
        return tuple(m.pointer[skip:] for m in stored_members(record) if has_own_form(m, bodies))

    def _facts(self, parsed: MimeMessage | None) -> list[tuple[str, str]]:
        if parsed is None:
            return []
        language = self._options.language
        date = parsed.get("date")
        facts = [
            (language.text("From"), parsed.sender),
            (language.text("To"), ", ".join(parsed.recipients) or None),
            (language.text("Subject"), parsed.subject),
            (
                language.text("Date"),
                language.moment(parsed.date, self._options.zone) if parsed.date else date,
            ),
        ]
        return [(label, value) for label, value in facts if value]

    def _versions(self, record: Message, source: frozenset[str]) -> list[tuple[str, str]]:
        """Further versions of the body (name, content): beside the MIME source, or an interactive version."""
        language = self._options.language
        versions = []
        for name, pointer, value in stored_members(record):
            if pointer in source and record.mime is not None and value is not record.mime:
                if pointer == record.sources.get("mime"):
                    continue
                versions.append((name, str(value)))
            elif pointer in source and record.mime is None and pointer == record.sources.get("amp"):
                versions.append((language.text("Interactive version"), str(value)))
        return versions

    def _links(self, layout: SafeHtml) -> list[LinkView]:
        language = self._options.language
        return [
            LinkView(link.number, language.text(_PURPOSES[link.purpose]), inert(link.url))
            for link in layout.links
        ]

    def _pictures(self, layout: SafeHtml | None) -> list[tuple[str, str]]:
        if layout is None:
            return []
        language = self._options.language
        seen = dict.fromkeys(
            (picture.outcome, picture.source, picture.alternative)
            for picture in layout.pictures
            if picture.outcome != "shown"
        )
        labels = {
            "pixel": language.text("hidden tracking image"),
            "remote": language.text("image on the internet"),
            "missing": language.text("image missing from the message"),
            "refused": language.text("image in a form that could be dangerous"),
        }
        return [(labels[outcome], inert(source)) for outcome, source, _alternative in seen]

    def _files(self, parsed: MimeMessage | None, shown: frozenset[int] = frozenset()) -> list[FileView]:
        """The parts that are not the text, without pictures shown in the layout (`shown`: ids of parts)."""
        if parsed is None:
            return []
        language = self._options.language
        marks = {mark.text for mark in self._options.marks}
        return [
            FileView(
                part.file_name or part.safe_file_name,
                language.text(_KINDS[part.kind]) if part.kind else "",
                part.media_type,
                language.size(part.size_bytes),
                part.sha256,
                self._facts(part.nested) if not part.is_opened else [],
                part.readable or "",
                self._files(part.nested) if not part.is_opened else [],
                part.size_bytes < _LONGEST_MARK and part.exact_text.strip() in marks,
            )
            for part in parsed.files
            if id(part) not in shown
        ]


def _shown_in(layout: SafeHtml | None, parsed: MimeMessage | None) -> frozenset[int]:
    """The `id()`s of the parts that a layout shows as pictures."""
    if layout is None or parsed is None:
        return frozenset()
    found = (parsed.find(picture.source) for picture in layout.pictures if picture.outcome == "shown")
    return frozenset(id(part) for part in found if part is not None)


def _layout(safe_html: SafeHtml) -> LayoutView:
    """Return a message's layout; addresses in its text are inert, as PDF viewers turn them into links."""
    html = _TEXT_OF_HTML.sub(lambda match: match.group().replace("://", ": //"), safe_html.html)
    own = safe_html.style_sheet.replace("<", "")
    scope = f"mail-{hashlib.sha256(own.encode()).hexdigest()[:12]}"
    sheets = [print_style(".mail"), own.replace(_SCOPE, f".{scope}")]
    return LayoutView(Markup(html), [Markup(sheet) for sheet in sheets if sheet], scope)  # noqa: S704 - made safe by `sanitize`


def group_addresses(addresses: Iterable[tuple[str, int | None, str]]) -> list[AddressGroup]:
    """Group addresses (label, number, address) by label and by their prefix up to the last slash."""
    groups: dict[tuple[str, str], list[tuple[int | None, str]]] = {}
    for label, number, address in addresses:
        stem = address[: address.rfind("/") + 1]
        groups.setdefault((label, stem), []).append((number, address[len(stem) :]))
    return [
        AddressGroup(label, stem, rests)
        if len(rests) > 1
        else AddressGroup(label, "", [(number, stem + rest) for number, rest in rests])
        for (label, stem), rests in groups.items()
    ]


def _opened(record: Message, zone: ZoneInfo) -> Message:
    """The record that a JSON text with a body holds: its other members are shown, too. Else the record itself."""
    inner = record_in_json(record.value) if isinstance(record.value, str) else None
    if inner is None or not _bodies(record):
        return record
    opened = parse(RawRecord(record.kind, record.pointer, inner, record.rule, record.labels), zone)
    return opened if isinstance(opened, Message) else record


def _bodies(record: Message, names: Sequence[str] = ("mime", "html", "text", "amp")) -> frozenset[str]:
    """Pointers of a message's non-empty source and versions of its text."""
    return frozenset(
        record.sources[name] for name in names if getattr(record, name) and record.sources.get(name)
    )
