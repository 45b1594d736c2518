"""Exchange of the dashboard's API token for the short-lived JWT of each call (v4; read 2026-11)."""

from __future__ import annotations

import base64
import json
import math
import re
import threading
from collections.abc import Callable

from dsr_report.errors import AuthError, FetchError
from dsr_report.fetch.answers import ApiAnswer
from dsr_report.fetch.time_limit import TimeUpError
from dsr_report.fetch.token import Secret
from dsr_report.sentences import Sentence

_MARGIN_SECONDS = 400.0
"""A JWT is renewed so long before it expires, or at nine tenths of a short lifetime."""
_LIFETIME_SECONDS = 86_000.0
"""Assumed lifetime of a JWT without a usable `exp`."""
_JWT = re.compile(r"[!-~]{1,16384}")


class Login:
    """Caches the JWT, and renews it when it expires or was refused. Threads may share it.

    Args:
        exchange: sends the API token to the login server, within a deadline, and returns the answer.
        clock: the time of day in seconds since 1970.
    """

    def __init__(self, exchange: Callable[[float | None], ApiAnswer], clock: Callable[[], float]) -> None:
        self._exchange = exchange
        self._clock = clock
        self._lock = threading.Lock()
        self._jwt: Secret | None = None
        self._expires = 0.0

    def jwt(self, deadline: float | None = None) -> Secret:
        """A JWT that is not known to be expired or refused.

        Args:
            deadline: the moment at which the wait ends, also the wait for another thread's login.

        Raises:
            AuthError: the API token was refused.
            TimeUpError: it was not there in time.
            FetchError: the login server does not answer as it should.
        """
        patience = (
            -1.0 if deadline is None else min(max(deadline - self._clock(), 0.0), threading.TIMEOUT_MAX)
        )
        if not self._lock.acquire(timeout=patience):
            raise TimeUpError("the login server did not answer in time")
        try:
            if self._jwt is None or self._clock() >= self._expires:
                jwt = _jwt_of(self._exchange(deadline))
                self._jwt, self._expires = jwt, self._expiry(jwt.reveal())
            return self._jwt
        finally:
            self._lock.release()

    def forget(self, jwt: Secret) -> None:
        """Forget a JWT that the API refused, unless there is a newer one already."""
        with self._lock:
            if self._jwt == jwt:
                self._jwt = None

    def _expiry(self, jwt: str) -> float:
        """The time of renewal: a margin before `exp`, or before a day has passed."""
        now = self._clock()
        try:
            payload = jwt.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
            left = float(claims["exp"]) - now
        except (IndexError, KeyError, ValueError, TypeError, RecursionError, OverflowError):
            return now + _LIFETIME_SECONDS
        if (
            not math.isfinite(left) or left <= 0
        ):  # then our clock is wrong; the API refuses it when it is time
            return now + _LIFETIME_SECONDS
        return now + left - min(_MARGIN_SECONDS, left / 10)


def _jwt_of(answer: ApiAnswer) -> Secret:
    text = answer.body.decode("utf-8", "replace").strip()
    if answer.is_refusal or answer.status == 400:
        raise AuthError(
            Sentence("the API token was refused (status {status})", status=answer.status),
            hint="Check COPERNICA_TOKEN: is it the token from the dashboard, and still valid?",
        )
    if answer.status == 200 and text.startswith("{"):
        raise AuthError(
            "the API token was refused",
            hint="Check COPERNICA_TOKEN: is it the token from the dashboard, and still valid?",
        )
    if answer.status != 200 or not _JWT.fullmatch(text):
        raise FetchError(
            Sentence("the login server did not return a token (status {status})", status=answer.status),
            hint="Check COPERNICA_AUTH_URL, and whether a proxy stands in between.",
        )
    return Secret(text)
