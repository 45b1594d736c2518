"""The reply to the subject: an e-mail draft with the disclosure attached, for any mail program.

The draft is plain mail: no HTML, no pixel, no read receipt; it is not sent through the marketing platform.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dsr_report.errors import UsageError
from dsr_report.languages import language
from dsr_report.shipped import shipped


@dataclass(frozen=True, slots=True)
class Reply:
    """What the reply says, and to whom."""

    to: str
    controller: str
    language: str = "en"
    sender: str | None = None
    contact: str | None = None
    reference: str | None = None
    received: date | None = None
    encrypted: bool = False


def write_reply(reply: Reply, disclosure: Path, *, attached: Path | None = None) -> bytes:
    """The reply as the bytes of an `.eml` draft (`X-Unsent: 1` lets mail programs open it for editing).

    Args:
        reply: what it says.
        disclosure: the file whose name and kind the text speaks of.
        attached: the file to attach in its place: the encrypted copy.

    Raises:
        UsageError: an address cannot be used.
    """
    file = attached or disclosure
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
        received=language(reply.language).day(reply.received) if reply.received else None,
        file_name=file.name,
        encrypted=reply.encrypted,
        medium=disclosure.suffix.lstrip(".").lower(),
    )
    subject, body = text.split("\n", 1)
    message = EmailMessage(policy=SMTP.clone(max_line_length=78))
    message["To"] = _address(reply.to)
    if reply.sender:
        message["From"] = _address(reply.sender)
    message["Subject"] = " ".join(subject.split())
    message["X-Unsent"] = "1"
    message.set_content(body.strip("\n") + "\n", charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = reply.language  # `set_content` drops what was said before it
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    main, sub = media_type.split("/")
    message.add_attachment(file.read_bytes(), maintype=main, subtype=sub, filename=file.name)
    _fixed_boundary(message)
    return message.as_bytes()


def _fixed_boundary(message: EmailMessage) -> None:
    """The same reply has the same bytes: the boundary is not drawn at random."""
    message.set_boundary("=-dsr-report-reply-=")


def _address(text: str) -> Address:
    name, bracket, rest = text.rpartition("<")
    spec = rest.rstrip("> ").strip() if bracket else text.strip()
    local, at, domain = spec.rpartition("@")
    if not at or not local or not domain or any(c.isspace() or c in "\r\n<>,;" for c in spec):
        raise UsageError(
            f"{text!r} is not an e-mail address", hint="Give one address, like name@example.org."
        )
    return Address(name.strip().strip('"'), local, domain)


def same_address(one: str, other: str) -> bool:
    """Whether two addresses reach the same mailbox, as far as that can be told (case is ignored)."""
    return one.strip().casefold() == other.strip().casefold()


def is_known_address(to: str, known: Iterable[str]) -> bool:
    """Whether the recipient is one of the addresses that the export holds for its subject."""
    spec = str(_address(to).addr_spec)
    return any(same_address(spec, address) for address in known)
