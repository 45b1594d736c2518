"""The covering letter as a Word document, to be edited and printed: the reply's text as a letter."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

from dsr_report.config import Controller
from dsr_report.delivery.reply import Reply, reply_text
from dsr_report.errors import needs_extra
from dsr_report.writers.zip_file import ZipFolder

_FONT_POINTS = 11
_BULLET = "- "


def cover_letter(
    reply: Reply, names: Sequence[str], controller: Controller | None, created: datetime
) -> bytes:
    """The bytes of a DOCX file; the same for the same reply.

    Args:
        reply: text and recipient.
        names: the files that go with it, the letter first.
        controller: the sender, whose address is at the top.
        created: the time stamp of the file.

    Raises:
        MissingExtraError: python-docx is not installed.
    """
    with needs_extra("a covering letter needs python-docx", "reply"):
        import docx  # noqa: PLC0415 - an optional extra
        from docx.oxml.ns import qn  # noqa: PLC0415
        from docx.shared import Pt  # noqa: PLC0415
    subject, body = reply_text(reply, names)
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(_FONT_POINTS)
    for spelling in document.styles.element.iter(qn("w:lang")):
        spelling.set(qn("w:val"), reply.language)
    properties = document.core_properties
    properties.title, properties.author, properties.language = subject, reply.controller, reply.language
    properties.created = properties.modified = created.replace(tzinfo=None)
    if controller is not None:
        sender = [controller.name, *controller.address.splitlines(), controller.phone, controller.website]
        document.add_paragraph("\n".join(line for line in sender if line))
    document.add_paragraph(reply.to)
    document.add_heading(subject, level=1)
    for block in body.strip().split("\n\n"):
        lines = block.strip().splitlines()
        for line in lines if all(line.startswith(_BULLET) for line in lines) else ["\n".join(lines)]:
            is_item = line.startswith(_BULLET)
            document.add_paragraph(line.removeprefix(_BULLET), style="List Bullet" if is_item else None)
    made = BytesIO()
    document.save(made)
    return _without_times(made, created)


def _without_times(made: BytesIO, created: datetime) -> bytes:
    """Rewrite an archive with the given time stamp for every file, in place of the clock's."""
    target = BytesIO()
    with zipfile.ZipFile(made) as source, ZipFolder(target, created) as folder:
        for info in source.infolist():
            folder.add(info.filename, source.read(info))
    return target.getvalue()
