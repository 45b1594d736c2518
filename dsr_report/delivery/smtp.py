"""Sending a reply by SMTP: over TLS only, once."""

from __future__ import annotations

import smtplib
import ssl
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

from dsr_report.errors import FetchError, UsageError


def send(draft: bytes, server: str, *, password: str | None = None, timeout: float = 60.0) -> None:
    """Send a reply through a mail server.

    Args:
        draft: what `write_reply` returned; it needs a From.
        server: `smtps://user@host:465` (TLS from the start) or `smtp://user@host:587` (STARTTLS, required).
        password: of `user`; it is never logged, and not part of the address.
        timeout: seconds to wait for the server.

    Raises:
        UsageError: the server's address cannot be used, or the draft has no sender.
        FetchError: the server refused it or could not be reached; nothing was sent.
    """
    check_server(server)
    parts = urlsplit(server)
    message = message_from_bytes(draft, policy=SMTP.clone())
    if not isinstance(message, EmailMessage) or not message["From"]:
        raise UsageError("the reply has no sender", hint="Give one with --from.")
    del message["X-Unsent"]
    context = ssl.create_default_context()
    host = parts.hostname or ""
    try:
        with _connect(parts.scheme, host, parts.port, context, timeout) as smtp:
            if parts.username:
                smtp.login(unquote(parts.username), password or "")
            refused = smtp.send_message(message, to_addrs=[one.addr_spec for one in message["To"].addresses])
    except (OSError, smtplib.SMTPException) as error:
        raise FetchError(
            f"the reply was not sent ({type(error).__name__})",
            where=host,
            hint="Send the draft with your own mail program, or try again.",
        ) from error
    if refused:
        raise FetchError("the server refused the recipient", where=host, hint="Check the address.")


def check_server(server: str) -> None:
    """Check that `send` can use the address of a mail server.

    Raises:
        UsageError: it is not.
    """
    parts = urlsplit(server)
    if parts.password:  # first: the error below quotes the address
        raise UsageError(
            "a password must not stand in the server's address", hint="Set SMTP_PASSWORD instead."
        )
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise UsageError(
            "this is not a mail server", where=server, hint="Use smtps://user@host or smtp://user@host."
        )


def _connect(
    scheme: str, host: str, port: int | None, context: ssl.SSLContext, timeout: float
) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port or 465, timeout=timeout, context=context)
    smtp = smtplib.SMTP(host, port or 587, timeout=timeout)
    try:
        smtp.starttls(context=context)
    except BaseException:
        smtp.close()
        raise
    return smtp
