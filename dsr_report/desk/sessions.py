"""Sign-in sessions: one-time tokens, and cookies, of whose values only hashes are kept, in memory."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

IDLE_MINUTES = (30, 60, 120, 300)
"""Choices; by WCAG 2.2.1 the limit can be extended to ten times the default."""
_TOKEN_SECONDS = 300.0
"""Lifetime of a token: a browser opens within seconds, on a slow machine within minutes."""


@dataclass(slots=True)
class Session:
    """One browser that is signed in."""

    actor: str
    seen: float


class Sessions:
    """The sessions of one run of the desk; they end with it.

    Args:
        clock: a monotonic clock, in seconds.
        idle_minutes: minutes without activity after which a session ends.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, idle_minutes: int = 30) -> None:
        self.idle_minutes = idle_minutes
        self._clock = clock
        self._tokens: dict[bytes, float] = {}
        self._sessions: dict[bytes, Session] = {}
        self._lock = threading.Lock()

    def new_token(self) -> str:
        """Return a token that can be exchanged for a session once, within `_TOKEN_SECONDS`."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens[_digest(token)] = self._clock() + _TOKEN_SECONDS
        return token

    def enter(self, token: str, actor: str) -> str | None:
        """Start a session with a token, and return the cookie's value; None if the token is invalid."""
        with self._lock:
            until = self._tokens.pop(_digest(token), None)
            if until is None or until < self._clock():
                return None
            value = secrets.token_urlsafe(32)
            self._sessions[_digest(value)] = Session(actor, self._clock())
        return value

    def of(self, cookie: str | None, *, is_use: bool = True) -> Session | None:
        """The active session of a cookie, else None; `is_use` restarts the idle time."""
        if not cookie:
            return None
        digest = _digest(cookie)
        with self._lock:
            session = self._sessions.get(digest)
            if session is None:
                return None
            if self._clock() - session.seen > self.idle_minutes * 60:
                del self._sessions[digest]
                return None
            if is_use:
                session.seen = self._clock()
        return session

    def leave(self, cookie: str | None) -> None:
        """End the session of a cookie."""
        with self._lock:
            self._sessions.pop(_digest(cookie or ""), None)

    def end_all(self) -> None:
        """End every session, and invalidate all tokens."""
        with self._lock:
            self._sessions.clear()
            self._tokens.clear()


def _digest(text: str) -> bytes:
    """The lookup key of a secret: hashing makes the time of comparison independent of the secret."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
