"""Verification of Copernica's signature: a pure function of headers and key, without network or clock.

The scheme is draft-cavage-http-signatures. Everything but the body is verified before the body is read, since
the signature covers the body's digest.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from dsr_report.errors import DsrReportError

DIGESTS = {"sha-256": "sha256", "sha-512": "sha512"}
"""Digests that are accepted, and their names in `hashlib`."""
KEY_DOMAIN = ".copernica.com"
REQUIRED = ("(request-target)", "host", "date", "x-copernica-id", "digest")
ADVISED = ("x-nonce", "content-length", "content-type")

_HASHES: dict[str, type[hashes.SHA256 | hashes.SHA512]] = {
    "rsa-sha256": hashes.SHA256,
    "rsa-sha512": hashes.SHA512,
    "hs2019": hashes.SHA256,
}
_PARAMETER = re.compile(r'[\s,]*+([A-Za-z][A-Za-z0-9]{0,30}+)\s*+=\s*+(?:"([^"]*+)"|([0-9]++))')
_END = re.compile(r"[\s,]*+\Z")
_KEY_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+copernica\.com")
_SINGLE = ("host", "date", "x-copernica-id", "signature", "x-nonce", "content-length")
_LONGEST = 4096
"""Maximum characters of a Signature: 1,366 for a key of 8,192 bits, 253 for its name, and header names."""
_MOST_PARAMETERS = 10
"""Maximum parameters of a Signature; with more, the call is refused."""
_MOST_NAMES = 32
"""Maximum headers that a signature covers; with more, the call is refused."""
_LONGEST_DATE = 64
"""Characters of a Date that are parsed."""


class RejectedError(DsrReportError):
    """A call that is not accepted; `code` names the reason without personal data."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(what)
        self.code = code

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.code, self.what)


@dataclass(frozen=True, slots=True)
class Call:
    """The head of an HTTP request, as it was received.

    `target` is the path with its query string, not decoded; `headers` are names and values in their order.
    """

    method: str
    target: str
    headers: Sequence[tuple[str, str]]

    def values(self, name: str) -> list[str]:
        """The values of a header, in their order, trimmed."""
        return [value.strip(" \t\r\n") for key, value in self.headers if key.lower() == name]


@dataclass(frozen=True, slots=True)
class Rules:
    """Requirements of a call.

    Attributes:
        host: the public name of the endpoint, with its port where that is not 443.
        account: whose calls are accepted, as `account-1234`; a bare number means an account.
        max_age: how old `Date` may be.
        max_skew: how far `Date` may be in the future.
    """

    host: str
    account: str
    max_age: timedelta = timedelta(seconds=60)
    max_skew: timedelta = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Verified:
    """A call whose head was signed by Copernica; the body must still have these `digests`.

    Attributes:
        digests: expected digests, by their names in `hashlib`.
        marks: values that no second call may have within the date window.
        until: when the date window of the call ends.
        unsigned: advisable headers that the signature does not cover.
    """

    digests: dict[str, bytes]
    marks: tuple[str, ...]
    until: datetime
    unsigned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Signature:
    key_id: str
    algorithm: str
    names: tuple[str, ...]
    signature: bytes


def verify_head(
    call: Call, rules: Rules, *, now: datetime, keys: Callable[[str], Collection[RSAPublicKey]]
) -> Verified:
    """Verify everything about a call but its body.

    Args:
        call: the head of the request.
        rules: what it must satisfy.
        now: the present moment, with its zone.
        keys: the public keys that are published under a name; asked only for names below copernica.com.

    Raises:
        RejectedError: the call is not accepted; the reason is for our log, not for the caller.
    """
    if call.method != "POST":
        raise RejectedError("method", "the call is no POST")
    for name in _SINGLE:
        if len(call.values(name)) > 1:
            raise RejectedError("repeated-header", f"the header {name} is there more than once")
    moment = _checked_date(call, rules, now)
    _check_host(call, rules)
    digests = _digests(call)
    signature = read_signature(_one(call, "signature"))
    missing = [name for name in REQUIRED if name not in signature.names]
    if missing:
        raise RejectedError("unsigned-header", f"the signature does not cover {', '.join(missing)}")
    if identity(_one(call, "x-copernica-id")) != identity(rules.account):
        raise RejectedError("account", "the call is from another account")
    kind = _HASHES[signature.algorithm]
    published = keys(signature.key_id)
    if not published:
        raise RejectedError("no-key", "no key that can be used is published under the call's key name")
    text = signing_string(call, signature.names).encode("latin-1")
    if not any(_fits(key, signature.signature, text, kind()) for key in published):
        raise RejectedError("signature", "the signature is not that of the published key")
    marks = [f"s {signature.key_id} {base64.b64encode(signature.signature).decode('ascii')}"]
    nonces = call.values("x-nonce")
    if nonces and "x-nonce" in signature.names:
        marks.append(f"n {signature.key_id} {nonces[0]}")
    return Verified(
        digests=digests,
        marks=tuple(marks),
        until=moment + rules.max_age,
        unsigned=tuple(name for name in ADVISED if call.values(name) and name not in signature.names),
    )


def read_signature(text: str) -> _Signature:
    """Parse a `Signature` header, which may be folded or lack commas.

    Raises:
        RejectedError: a parameter is missing, is repeated, or is not accepted.
    """
    if len(text) > _LONGEST:
        raise RejectedError("signature-header", "the Signature header is too long")
    found: dict[str, str] = {}
    place = 0
    while not _END.match(text, place):
        parameter = _PARAMETER.match(text, place)
        if parameter is None or len(found) >= _MOST_PARAMETERS:
            raise RejectedError("signature-header", "the Signature header cannot be read")
        name = parameter[1].lower()
        if name in found:
            raise RejectedError("signature-header", "a parameter of the Signature header is there twice")
        found[name] = (parameter[2] or parameter[3] or "").strip()
        place = parameter.end()
    for name in ("keyid", "algorithm", "signature"):
        if not found.get(name):
            raise RejectedError("signature-header", f"the Signature header has no {name}")
    algorithm = found["algorithm"].lower()
    if algorithm not in _HASHES:
        raise RejectedError("algorithm", "the algorithm of the signature is not accepted")
    key_id = found["keyid"].lower()
    if len(key_id) > 253 or not key_id.endswith(KEY_DOMAIN) or not _KEY_NAME.fullmatch(key_id):
        raise RejectedError("key-name", "the name of the key is not below copernica.com")
    names = tuple(found.get("headers", "date").lower().split())
    if len(names) > _MOST_NAMES or len(set(names)) < len(names):
        raise RejectedError("signature-header", "the signature covers too many headers, or one twice")
    return _Signature(key_id, algorithm, names, _decode(found["signature"], "signature-header"))


def signing_string(call: Call, names: Sequence[str]) -> str:
    """The text that was signed: one line for each listed name.

    Raises:
        RejectedError: a listed header is not there.
    """
    lines = []
    for name in names:
        if name == "(request-target)":
            lines.append(f"{name}: {call.method.lower()} {call.target}")
            continue
        values = call.values(name)
        if not values:
            raise RejectedError("missing-header", "a header that the signature covers is not there")
        lines.append(f"{name}: {', '.join(values)}")
    return "\n".join(lines)


def identity(text: str) -> tuple[str, str]:
    """Kind and number of `account-1234`, `Account_1234` or `1234`."""
    kind, dash, number = text.strip().lower().replace("_", "-").rpartition("-")
    if not re.fullmatch(r"[0-9]{1,18}", number) or (dash and not re.fullmatch("[a-z]+", kind)):
        raise RejectedError("account", "this names no account")
    return kind or "account", number.lstrip("0")


def _one(call: Call, name: str) -> str:
    values = call.values(name)
    if len(values) != 1 or not values[0]:
        raise RejectedError("missing-header", f"the header {name} is not there")
    return values[0]


def _checked_date(call: Call, rules: Rules, now: datetime) -> datetime:
    try:
        moment = parsedate_to_datetime(_one(call, "date")[:_LONGEST_DATE])
        if moment.tzinfo is None:
            raise RejectedError("date", "the date has no zone")
        moment = moment.astimezone(UTC)  # overflows before the year 1, say
    except (ValueError, IndexError, OverflowError, TypeError):
        raise RejectedError("date", "the date cannot be read") from None
    if moment < now - rules.max_age:
        raise RejectedError("too-old", "the date is too long ago")
    if moment > now + rules.max_skew:
        raise RejectedError("in-future", "the date is in the future; compare the clocks")
    return moment


def _check_host(call: Call, rules: Rules) -> None:
    host = _one(call, "host").lower().removesuffix(":443")
    if host != rules.host.lower().removesuffix(":443"):
        raise RejectedError("host", "the call is for another host; does the proxy pass Host on?")


def _digests(call: Call) -> dict[str, bytes]:
    """The body's expected digests, by algorithm; unknown algorithms are ignored."""
    found: dict[str, bytes] = {}
    for part in ",".join(call.values("digest")).split(","):
        name, _, value = part.strip().partition("=")
        kind = DIGESTS.get(name.strip().lower())
        if kind is None:
            continue
        digest = _decode(value, "digest")
        if found.setdefault(kind, digest) != digest:
            raise RejectedError("digest", "there are two different digests of one kind")
    if not found:
        raise RejectedError("digest", "there is no digest by SHA-256 or SHA-512")
    return found


def _decode(text: str, code: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise RejectedError(code, "something is not base64") from None


def _fits(key: RSAPublicKey, signature: bytes, text: bytes, kind: hashes.HashAlgorithm) -> bool:
    try:
        key.verify(signature, text, padding.PKCS1v15(), kind)
    except InvalidSignature:
        return False
    return True
