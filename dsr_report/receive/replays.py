"""Replay protection: no signed call is accepted twice."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from datetime import datetime


class Replays:
    """Remembers the marks of calls until their date window has passed; thread-safe."""

    def __init__(self, now: Callable[[], datetime], most: int = 100_000) -> None:
        self._now = now
        self._most = most
        self._lock = threading.Lock()
        self._seen: dict[bytes, datetime] = {}

    def take(self, marks: Sequence[str], until: datetime) -> bool:
        """Take the marks; False if one of them is taken already, or too many are remembered."""
        hashed = [_hash(mark) for mark in marks]
        now = self._now()
        with self._lock:
            if len(self._seen) >= self._most:
                self._seen = {mark: end for mark, end in self._seen.items() if end >= now}
            if len(self._seen) >= self._most or any(self._seen.get(m, now) > now for m in hashed):
                return False
            # a mark whose window ends this very moment counts as new: its date is refused from now on
            self._seen.update(dict.fromkeys(hashed, until))
            return True

    def give_back(self, marks: Sequence[str]) -> None:
        """Forget marks of a call that was not stored after all, so that it may be repeated."""
        with self._lock:
            for mark in marks:
                self._seen.pop(_hash(mark), None)


def _hash(mark: str) -> bytes:
    return hashlib.sha256(mark.encode("utf-8", "surrogatepass")).digest()
