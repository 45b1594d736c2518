"""Who is signed in: tokens that work once, and cookies whose value is nowhere but in memory."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

IDLE_MINUTES = (30, 60, 120, 300)
"""WCAG 2.2.1: whoever needs more time can have ten times as much."""
_TOKEN_SECONDS = 300.0
"""A browser opens within seconds; a slow machine may take minutes."""


@dataclass(slots=True)
class Session:
    """One browser that is signed in."""

    actor: str
    seen: float


class Sessions:
    """The sessions of one run of the desk; they end with it.

    Args:
        clock: a clock that only goes forward, in seconds.
        idle_minutes: after which a session ends.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic, idle_minutes: int = 30) -> None:
        self.idle_minutes = idle_minutes
        self._clock = clock
        self._tokens: dict[bytes, float] = {}
        self._sessions: dict[bytes, Session] = {}
        self._lock = threading.Lock()

    def new_token(self) -> str:
        """A token that can be exchanged for a session, once and within minutes."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens[_digest(token)] = self._clock() + _TOKEN_SECONDS
        return token

    def enter(self, token: str, actor: str) -> str | None:
        """The cookie's value for a token; None where it is unknown, used or too old."""
        with self._lock:
            until = self._tokens.pop(_digest(token), None)
            if until is None or until < self._clock():
                return None
            value = secrets.token_urlsafe(32)
            self._sessions[_digest(value)] = Session(actor, self._clock())
        return value

    def of(self, cookie: str | None, *, is_use: bool = True) -> Session | None:
        """The session of a cookie, where it has not ended; with `is_use` the idle time begins again."""
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
        """End every session, and let no token in."""
        with self._lock:
            self._sessions.clear()
            self._tokens.clear()


def _digest(text: str) -> bytes:
    """What a secret is looked up by: comparing it takes the same time, however much of it is right."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
