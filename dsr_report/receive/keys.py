"""The public keys that Copernica publishes in the DNS, as DKIM-style TXT records."""

from __future__ import annotations

import base64
import binascii
import threading
import time
from collections.abc import Callable, Sequence

import dns.exception
import dns.rdatatype
import dns.resolver
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from dsr_report.errors import DsrReportError

_LONGEST_CACHED = 3600.0
"""Maximum seconds that keys are cached, whatever the DNS allows."""
_MOST_CACHED = 64
"""Maximum names in the cache; beyond it, the cache is cleared."""
_MOST_AT_ONCE = 8
"""Maximum concurrent look-ups: a flood of names must not occupy all threads."""
_BITS = range(1024, 8193)


class KeyLookupError(DsrReportError):
    """The DNS did not answer; the call may be repeated."""


def key_of(record: str) -> RSAPublicKey | None:
    """The RSA key of a DKIM key record; None if it has no usable one, or was revoked."""
    tags: dict[str, str] = {}
    names: list[str] = []
    for part in record.split(";"):
        name, equals, value = part.partition("=")
        name = name.strip()
        if not equals or not name:
            continue
        if name in tags:
            return None
        names.append(name)
        tags[name] = "".join(value.split())
    if "v" in tags and (names[0] != "v" or tags["v"] != "DKIM1"):
        return None
    if tags.get("k", "rsa") != "rsa" or not tags.get("p"):
        return None
    try:
        key = load_der_public_key(base64.b64decode(tags["p"], validate=True))
    except (binascii.Error, ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size in _BITS else None


class DnsKeys:
    """Looks keys up by name, and caches them for the DNS record's TTL, an hour at most; thread-safe.

    Args:
        nameservers: addresses to ask; those of the operating system by default.
        port: of the name servers.
        timeout: how long a look-up may take in all, in seconds.
        clock: a monotonic clock, in seconds.
    """

    def __init__(
        self,
        nameservers: Sequence[str] = (),
        *,
        port: int = 53,
        timeout: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._resolver = dns.resolver.Resolver(configure=not nameservers)
        if nameservers:
            self._resolver.nameservers = list(nameservers)
            self._resolver.port = port
        self._resolver.lifetime = timeout
        self._clock = clock
        self._lock = threading.Lock()
        self._free = threading.BoundedSemaphore(_MOST_AT_ONCE)
        self._cached: dict[str, tuple[float, tuple[RSAPublicKey, ...]]] = {}

    def __call__(self, name: str) -> tuple[RSAPublicKey, ...]:
        """The usable keys published under a name, possibly none.

        Raises:
            KeyLookupError: the DNS did not answer, or not in time.
        """
        with self._lock:
            until, keys = self._cached.get(name, (0.0, ()))
            if keys and self._clock() < until:
                return keys
        if not self._free.acquire(blocking=False):
            raise KeyLookupError("too many keys are being looked up", hint="Is the name server slow?")
        try:
            return self._look_up(name)
        finally:
            self._free.release()

    def _look_up(self, name: str) -> tuple[RSAPublicKey, ...]:
        try:
            answer = self._resolver.resolve(f"{name}.", dns.rdatatype.TXT, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except dns.exception.DNSException as error:
            raise KeyLookupError(
                f"the DNS did not answer ({type(error).__name__})", hint="Check the name server."
            ) from None
        texts = [b"".join(one.strings).decode("ascii", "replace") for one in answer]
        keys = tuple(key for key in map(key_of, texts) if key is not None)
        with self._lock:
            if len(self._cached) >= _MOST_CACHED:
                self._cached.clear()
            ttl = min(float(answer.rrset.ttl if answer.rrset is not None else 0), _LONGEST_CACHED)
            self._cached[name] = (self._clock() + ttl, keys)
        return keys
