"""What holds for the message that any bytes are: for properties, for the corpus, and for the fuzzer."""

from __future__ import annotations

import json
from pathlib import Path

from dsr_report.mime.message import MimeMessage, parse
from dsr_report.sanitize.safe_html import safe, safe_frame

DATA = Path(__file__).parent / "data"
CORPUS = sorted(DATA.glob("*.eml"))
EXPECTED = json.loads((DATA / "expected.json").read_text(encoding="utf-8"))


def whole_message(raw: bytes) -> MimeMessage:
    """The message, of which nothing was lost and everything can be asked."""
    message = parse(raw)
    assert message.raw == raw
    names = b"".join(f.name.encode() + f.raw for f in message.header)
    assert all(byte in raw for byte in set(names))
    at = 0
    for field in message.header:  # each stands in the bytes, in this order
        at = raw.index(field.raw, at) + len(field.raw)
    assert len({part.path for part in message.walk()}) == sum(1 for _ in message.walk())
    for part in message.walk():
        assert isinstance(part.content, bytes)
        assert isinstance(part.text, str)
        assert part.size_bytes == len(part.file_content)
        assert part.safe_file_name
        assert not set(part.safe_file_name) & set("/\\\0\r\n")
        assert all(child.piece == part.inner[child.start :][: len(child.piece)] for child in part.children)
        assert (part.kind, part.is_picture_in_text, part.sha256, part.defects) is not None
        assert part.nested is None or part.nested.raw is not None
    assert all(
        text is None or isinstance(text, str) for text in (message.text, message.html, message.subject)
    )
    assert message.date is None or message.date.tzinfo is not None
    assert (message.attachments, message.inline, message.defects) is not None
    return message


def shown_message(message: MimeMessage) -> None:
    """It can be shown as it looked, on screen and in print."""
    if message.html is not None:
        assert safe_frame(safe(message.html, message))
        assert safe(message.html, message, scope=".m", for_print=True)


def told(message: MimeMessage) -> dict[str, object]:
    """What a reader is told of it, as `expected.json` has it."""
    return {
        "subject": message.subject,
        "text": message.text,
        "files": [part.safe_file_name for part in message.attachments],
        "notes": [str(defect) for defect in message.defects],
    }
