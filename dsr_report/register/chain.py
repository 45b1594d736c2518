"""The hash chain of the log: each event seals the one before it, and its personal data can be removed later.

An event's hash covers its facts (`data`) and the *hash* of its personal part. That part is hashed together
with a random salt of its own; removing part and salt leaves a number from which nothing can be guessed, and
the chain still checks.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from dsr_report.addresses import normal_address

Facts = Mapping[str, object]

GENESIS = "0" * 64


def canonical(value: object) -> str:
    """Canonical JSON: sorted names, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def moment(at: datetime) -> str:
    """A moment as the chain writes it: UTC, with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def plain_hash(value: object) -> str:
    """SHA-256 of a JSON value in canonical form."""
    return hashlib.sha256(canonical(value).encode("ascii")).hexdigest()


def personal_hash(personal: str, salt: str) -> str:
    """HMAC of an event's personal part under its own salt."""
    return hmac.new(bytes.fromhex(salt), personal.encode("utf-8"), hashlib.sha256).hexdigest()


def event_hash(
    *,
    number: int,
    case_id: int,
    at: datetime,
    actor: str,
    event: str,
    data: str,
    personal: str | None,
    previous: str,
) -> str:
    """The hash of one event; `data` is canonical JSON, `personal` the hash of the personal part."""
    sealed = canonical([number, case_id, moment(at), actor, event, data, personal, previous])
    return hashlib.sha256(sealed.encode("ascii")).hexdigest()


def lookup_hash(key: str, subject_type: str, subject_id: str) -> str:
    """Lookup hash of a subject whose identifier may be removed: an HMAC under the register's own key."""
    text = canonical([subject_type, normal_id(subject_type, subject_id)])
    return hmac.new(bytes.fromhex(key), text.encode("ascii"), hashlib.sha256).hexdigest()


def storable(text: str) -> str:
    """Text that every database takes: NUL and lone surrogates, which file names can hold, are escaped."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")


def normal_id(subject_type: str, subject_id: str) -> str:
    """Normalise an identifier: addresses without regard to case, numbers without leading zeros."""
    text = storable(subject_id.strip())
    if subject_type == "email":
        return normal_address(text)
    return text.lstrip("0") or "0" if text.isascii() and text.isdigit() else text
