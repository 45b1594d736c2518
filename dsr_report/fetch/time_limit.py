"""A request's time in all, whatever its peer does: HTTP timeouts limit the wait for the next byte alone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from dsr_report.fetch.answers import OutOfReachError


class TimeUpError(OutOfReachError):
    """The time that the caller allowed is over."""


class TimeLimit:
    """Shuts a request's connection at its moment, so that whoever reads from it goes on at once.

    The connection is known from httpcore's trace of the request, which names each stream as it is opened.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Learn of the connection."""
        stream = (
            info.get("return_value")
            if event.endswith((".connect_tcp.complete", ".start_tls.complete"))
            else None
        )
        if stream is not None:
            with self._lock:
                self._socket = stream.get_extra_info("socket")
                if self.is_over:
                    self._shut()

    def end(self) -> None:
        """The moment has come."""
        with self._lock:
            self.is_over = True
            self._shut()

    def check(self, where: str | None = None) -> None:
        """Let nothing pass that came after the moment.

        Raises:
            TimeUpError: the moment has come.
        """
        if self.is_over:
            raise TimeUpError("it took longer than the time that was allowed", where=where)

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # not that of TLS, which would say goodbye first
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


@contextmanager
def time_limit(seconds: float | None) -> Iterator[TimeLimit]:
    """The limit of the requests in the block; None sets none.

    Raises:
        TimeUpError: there is no time at all.
    """
    limit = TimeLimit()
    if seconds is None:
        yield limit
        return
    if seconds <= 0:
        limit.is_over = True
        limit.check()
    timer = threading.Timer(min(seconds, threading.TIMEOUT_MAX), limit.end)
    timer.daemon = True
    timer.start()
    try:
        yield limit
    finally:
        timer.cancel()
