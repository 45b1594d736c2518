"""E-mail addresses in deliverable form: domains beyond ASCII as `xn--` (RFC 5891). Names of this machine."""

from __future__ import annotations

import re

import idna

from dsr_report.errors import UsageError

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
"""Control characters, line separators and bidirectional controls: a name must look as it is."""
_ATOM = re.compile(r"[^\s\x00-\x1f\x7f()<>\[\]:;@\\,\"]+")
_LONGEST = 320
"""Maximum characters of an address: 64 before the @ and 255 after it (RFC 5321, 4.5.3.1)."""

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Names of this machine, to which calls without encryption may go."""

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
"""An e-mail address within a text."""


def ascii_domain(domain: str) -> str:
    """Return the domain in lower-case ASCII.

    Raises:
        ValueError: it is not a domain.
    """
    text = domain.strip().rstrip(".").lower()
    if text.isascii():
        return text
    return idna.encode(text, uts46=True).decode("ascii").lower()  # IDNAError is a ValueError


def normal_address(text: str) -> str:
    """Return the comparison form of an address: case-folded, with its domain in ASCII."""
    local, at, domain = text.strip().rpartition("@")
    try:
        return f"{local.casefold()}{at}{ascii_domain(domain)}" if at else domain.casefold()
    except ValueError:
        return text.strip().casefold()


def same_address(one: str, other: str) -> bool:
    """Whether two addresses have the same comparison form."""
    return normal_address(one) == normal_address(other)


def mailbox(text: str) -> tuple[str, str, str]:
    """Split `Name <local@domain>`, or an address alone, into display name, local part and ASCII domain.

    Raises:
        UsageError: it is not an address that mail can be sent to.
    """
    if _CONTROL.search(text.strip()):
        raise UsageError(
            "an address or a name in it holds a line break or another control character",
            hint="Give it in one line, like: Robin Example <name@example.org>.",
        )
    name, bracket, rest = text.rpartition("<")
    spec = rest.rstrip("> ").strip() if bracket else text.strip()
    local, at, domain = spec.rpartition("@")
    try:
        domain = ascii_domain(domain)
    except ValueError:
        at = ""
    is_whole = all(_ATOM.fullmatch(part) for part in local.split(".")) and re.fullmatch(
        r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-fv:.]+\]", domain
    )
    if not at or not is_whole or len(spec) > _LONGEST:
        raise UsageError("this is not an e-mail address", hint="Give one address, like name@example.org.")
    return name.strip().strip('"').strip(), local, domain
