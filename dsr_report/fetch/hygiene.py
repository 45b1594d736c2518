"""Keeps secrets and addresses out of logs and messages."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import httpx

# httpx logs the address of every request, httpcore the headers of every answer.
_LOUD = (
    "httpx",
    "httpcore.connection",
    "httpcore.http11",
    "httpcore.http2",
    "httpcore.proxy",
    "httpcore.socks",
)
_LONGEST = 200
"""Maximum characters of a server's text in a message; the rest is cut off."""
_ADDRESS = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
_LINK = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s<>\"']+", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9_+/=-]{24,}(?:\.[A-Za-z0-9_+/=-]+)*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_hushed: ContextVar[bool] = ContextVar("hushed", default=False)


def _speaks_of_others(_record: logging.LogRecord) -> bool:
    return not _hushed.get()


@contextmanager
def hush() -> Iterator[None]:
    """Suppress what the HTTP libraries log of our requests in the block; other users' requests are logged."""
    for name in _LOUD:
        logging.getLogger(name).addFilter(_speaks_of_others)  # idempotent
    before = _hushed.set(True)
    try:
        yield
    finally:
        _hushed.reset(before)


def name_of(error: httpx.HTTPError) -> str:
    """The class name of an HTTP error; address and headers of its request are removed from it."""
    error.request = httpx.Request("GET", "https://host.invalid/")
    return type(error).__name__


def presentable(text: str) -> str:
    """Reduce a server's text to one short line without addresses, links or tokens."""
    line = " ".join(_CONTROL.sub(" ", text[: 4 * _LONGEST]).split())
    line = _TOKEN.sub("…", _ADDRESS.sub("(an address)", _LINK.sub("(a link)", line)))
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
