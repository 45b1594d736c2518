"""The reply to the subject: an e-mail draft with the disclosure attached, for any mail program.

The draft is plain mail: no HTML, no pixel, no read receipt; it is not sent through the marketing platform.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dsr_report.addresses import mailbox, same_address
from dsr_report.errors import UsageError
from dsr_report.languages import language_of
from dsr_report.lexicon import SOURCE_LANGUAGE
from dsr_report.shipped import shipped


@dataclass(frozen=True, slots=True)
class Reply:
    """Options of the reply: recipient, sender, language and content."""

    to: str
    controller: str
    language: str = SOURCE_LANGUAGE
    sender: str | None = None
    contact: str | None = None
    reference: str | None = None
    received: date | None = None
    encrypted: bool = False
    found: bool = True
    """Whether the disclosure holds any data about the person."""


def reply_text(reply: Reply, names: Sequence[str]) -> tuple[str, str]:
    """Subject and text of the reply; `names` are those of the attached files, the letter first."""
    environment = Environment(
        loader=FileSystemLoader(shipped("templates") / "reply"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text
        trim_blocks=False,
        keep_trailing_newline=True,
    )
    text = environment.get_template(f"{reply.language}.txt.j2").render(
        controller=reply.controller,
        contact=reply.contact,
        reference=reply.reference,
        received=language_of(reply.language).day(reply.received) if reply.received else None,
        file_name=names[0],
        annexes=names[1] if len(names) > 1 else "",
        encrypted=reply.encrypted,
        found=reply.found,
        medium=Path(names[0]).suffix.lstrip(".").lower(),
    )
    subject, body = text.split("\n", 1)
    return " ".join(subject.split()), body.strip("\n") + "\n"


def write_reply(reply: Reply, *files: Path) -> bytes:
    """The reply as the bytes of an `.eml` draft (`X-Unsent: 1` lets mail programs open it for editing).

    Args:
        reply: recipient and content.
        files: the disclosure, or its letter and its annexes.

    Raises:
        UsageError: an address cannot be used.
    """
    subject, body = reply_text(reply, [file.name for file in files])
    message = EmailMessage(policy=SMTP.clone(max_line_length=78))
    message["To"] = address_of(reply.to)
    if reply.sender:
        message["From"] = address_of(reply.sender)
    message["Subject"] = subject
    message["X-Unsent"] = "1"
    message.set_content(body, charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = reply.language  # `set_content` drops an earlier value
    for file in files:
        media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        main, sub = media_type.split("/")
        message.add_attachment(file.read_bytes(), maintype=main, subtype=sub, filename=file.name)
    _fix_boundary(message)
    return message.as_bytes()


def _fix_boundary(message: EmailMessage) -> None:
    """Set a fixed MIME boundary, so that the same reply has the same bytes."""
    message.set_boundary("=-dsr-report-reply-=")


def address_of(text: str) -> Address:
    """The address for the header and for sending: its domain is in ASCII.

    Raises:
        UsageError: it is not an address, or not one that mail servers accept.
    """
    name, local, domain = mailbox(text)
    if not local.isascii():
        raise UsageError(
            "the part before the @ holds letters beyond ASCII, which many mail servers refuse (RFC 6531)",
            hint="Ask the person for another address; both forms of the domain behind the @ are fine.",
        )
    return Address(name, local, domain)


def is_known_address(to: str, known: Iterable[str]) -> bool:
    """Whether the recipient is one of the addresses that the export holds for its subject."""
    spec = address_of(to).addr_spec
    return any(same_address(spec, address) for address in known)
