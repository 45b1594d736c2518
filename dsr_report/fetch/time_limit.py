"""A total time limit of requests, whatever the peer does: HTTP timeouts limit the wait for bytes alone."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import copy_context
from typing import Any

import httpx

from dsr_report.fetch.answers import OutOfReachError

_GRACE_SECONDS = 0.5
"""Time for a sender to notice the closed connection: its own error is more precise than a timeout."""


class TimeUpError(OutOfReachError):
    """The time that the caller allowed is over."""


class TimeLimit:
    """Shuts a request's connection down at the time limit, so that a blocked read returns at once.

    The connection is known from httpcore's trace of the request, which names each stream as it is opened.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()
        self._is_answered = threading.Event()
        self._is_left = False

    def open(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Call `send` in a thread, and return its response with the body unread.

        A name lookup, and the attempts to connect to a host's addresses, cannot be interrupted. A thread
        makes them, and is abandoned at the time limit; if it connects after all, `trace` shuts the connection
        before anything is sent.

        Raises:
            httpx.ConnectTimeout: the time limit passed without a connection.
        """
        answers: list[httpx.Response] = []
        errors: list[BaseException] = []

        def work() -> None:
            try:
                answer = send()
            except BaseException as error:  # noqa: BLE001 - raised again by who waits for it
                errors.append(error)
            else:
                with self._lock:
                    if self._is_left:
                        answer.close()
                    else:
                        answers.append(answer)
            self._is_answered.set()

        self._is_answered.clear()
        threading.Thread(target=copy_context().run, args=(work,), daemon=True).start()
        while not self._is_answered.wait(_GRACE_SECONDS):
            if self.is_over and not self._is_answered.wait(_GRACE_SECONDS):
                break
        with self._lock:
            self._is_left = not (answers or errors)
        if errors:
            raise errors[0]
        if answers:
            return answers[0]
        raise httpx.ConnectTimeout("no connection in time")

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Callback for httpcore's trace: keeps the connection's socket."""
        stream = info.get("return_value") if event.endswith(".connect_tcp.complete") else None
        if stream is not None:
            with self._lock:
                self._forget()
                # a duplicate: TLS takes the socket away from its object before the handshake
                self._socket = stream.get_extra_info("socket").dup()
                if self.is_over:
                    self._shut_down()

    def end(self) -> None:
        """End the time: shut the connection down."""
        with self._lock:
            self.is_over = True
            self._shut_down()

    def check(self, where: str | None = None) -> None:
        """Check that the time is not over.

        Raises:
            TimeUpError: it is over.
        """
        if self.is_over:
            raise TimeUpError("it took longer than the time that was allowed", where=where)

    def close(self) -> None:
        """Release the socket; the connection stays open."""
        with self._lock:
            self._forget()

    def _shut_down(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _forget(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


@contextmanager
def time_limit(seconds: float | None) -> Iterator[TimeLimit]:
    """Limit the total time of the requests in the block; None sets no limit.

    Raises:
        TimeUpError: the time is over before it begins.
    """
    limit = TimeLimit()
    if seconds is not None and seconds <= 0:
        limit.is_over = True
        limit.check()
    timer = threading.Timer(min(seconds or 0, threading.TIMEOUT_MAX), limit.end)
    timer.daemon = True
    if seconds is not None:
        timer.start()
    try:
        yield limit
    finally:
        timer.cancel()
        limit.close()
