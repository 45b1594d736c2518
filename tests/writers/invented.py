# ruff: noqa: E501 - markup reads best on one line
"""Invented report documents: any number of messages, tables, links across parts, every script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from dsr_report.rendering.document import Attachment, Part, ReportDocument

MOMENT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
SCRIPTS = (
    "Ελληνικά Русский עברית العربية فارسی ไทย हिन्दी বাংলা ਪੰਜਾਬੀ ગુજરાતી தமிழ் తెలుగు ಕನ್ನಡ മലയാളം සිංහල ລາວ "
    "မြန်မာ ខ្មែរ བོད་ አማርኛ ქართული Հայերեն 中文漢字 日本語ひらがな 한국어 한글 ∑∞≠ ☃✓♥ €£¥ 😀👍🏽👨‍👩‍👧🇳🇱❤️ ﬁ ½ K̈"
)
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJ"
    "RU5ErkJggg=="
)
STYLE = "body { font-size: 10.5pt; line-height: 1.45 } table { width: 100%; table-layout: fixed }"


def document(parts: Callable[[], Iterator[Part]], **changes: object) -> ReportDocument:
    """A document of these parts."""
    whole = ReportDocument(
        title="The personal data that Bloemen & Co holds about you",
        language_code="en",
        author="Bloemen & Co <privacy>",
        description="An answer to a request for access",
        stylesheet=STYLE,
        parts=parts,
        part_count=sum(1 for _ in parts()),
        created=MOMENT,
        generator="dsr-report 1.0",
        running_header="Bloemen & Co · Ваши данные · reference 17",
        page_of="Page {page} of {pages}",
    )
    return replace(whole, **changes)


def message(number: int, *, links_to: str, rows: int = 6, new_page: bool = False) -> Part:
    """A part as of a message: headings, a paragraph, a list, a table, links."""
    events = "".join(
        f'<tr><th scope="row">2022-03-{day:02d}</th><td>Images were loaded</td><td>198.51.100.{day}</td></tr>'
        for day in range(1, rows + 1)
    )
    html = (
        f"<h2>Message {number}</h2><p>Sent to <em>jan{number}@example.org</em>. {SCRIPTS if number % 7 == 0 else ''}</p>"
        f'<h3 id="events-{number}">What happened</h3>'
        "<ul><li>It was delivered</li><li>It was opened<ul><li>twice</li></ul></li></ul>"
        "<dl><dt>Subject</dt><dd lang='nl'>De tulpen zijn er weer</dd></dl>"
        "<table><caption>Events</caption><thead><tr><th scope='col'>When</th><th scope='col'>What</th>"
        f"<th scope='col'>Address</th></tr></thead><tbody>{events}</tbody></table>"
        f'<p>See also <a href="#{links_to}">the <strong>other</strong> message</a>, '
        f'<a href="mailto:privacy@example.org">write to us</a>. <img src="{PIXEL}" alt="a dot"></p>'
    )
    return Part(f"message-{number}", f"messages-{number // 50}", f"Messages {number // 50}", html, new_page)


def report(messages: int, *, contents: bool = True, rows: int = 6, **changes: object) -> ReportDocument:
    """A report with this many messages, each linking to one far away, and contents with page numbers."""

    def parts() -> Iterator[Part]:
        links = "".join(
            f'<li><a href="#message-{number}">Message {number}</a></li>' for number in range(messages)
        )
        listed = f'<nav class="toc" aria-label="Contents"><ol>{links}</ol></nav>' if contents else ""
        targets = tuple(f"message-{number}" for number in range(messages)) if contents else ()
        html = f"<h1>Your data</h1><p>{SCRIPTS}</p>{listed}"
        yield Part("summary", "summary", "Summary", html, contents=targets)
        for number in range(messages):
            target = f"message-{(number + messages // 2) % messages}" if messages > 1 else "summary"
            yield message(number, links_to=target, rows=rows, new_page=number % 10 == 0)
        yield Part(
            "annex", "annex", "Annex", '<h2>Annex</h2><p><a href="#summary">Back</a></p>', new_page=True
        )

    return document(parts, **changes)


def with_attachments(whole: ReportDocument, folder: Path) -> ReportDocument:
    """The same document, with an export and a table embedded."""
    export, table = folder / "export.json", folder / "table.csv"
    export.write_text('{"info": {"type": "subprofile", "id": "1"}, "data": []}', encoding="utf-8")
    table.write_text("a,b\n1,2\n", encoding="utf-8")
    attachments = (
        Attachment("export.json", export, "application/json", "The export, as it came", "Source", MOMENT),
        Attachment("Überblick (ä).csv", table, "text/csv", "A table", "Data", MOMENT),
    )
    return replace(whole, attachments=attachments)
