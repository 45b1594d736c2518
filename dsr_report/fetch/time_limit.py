"""A request's time in all, whatever its peer does: HTTP timeouts limit the wait for the next byte alone."""

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
"""For a sender to notice that its connection was shut; what it says then tells more than that time is up."""


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
        self._is_answered = threading.Event()
        self._is_left = False

    def open(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """What `send` gives, whose body is still to be read, or the end at the moment.

        Nothing can interrupt who looks up a name, or tries one address of a host after the other. A thread
        does so, and is left alone when the moment comes; should it get a connection after all, `trace` shuts
        it before anything is sent.

        Raises:
            httpx.ConnectTimeout: the moment came, and there was no connection yet.
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
        """Learn of the connection."""
        stream = info.get("return_value") if event.endswith(".connect_tcp.complete") else None
        if stream is not None:
            with self._lock:
                self._forget()
                # a duplicate: TLS takes the socket away from its object before the handshake
                self._socket = stream.get_extra_info("socket").dup()
                if self.is_over:
                    self._shut_down()

    def end(self) -> None:
        """The moment has come."""
        with self._lock:
            self.is_over = True
            self._shut_down()

    def check(self, where: str | None = None) -> None:
        """Let nothing pass that came after the moment.

        Raises:
            TimeUpError: the moment has come.
        """
        if self.is_over:
            raise TimeUpError("it took longer than the time that was allowed", where=where)

    def close(self) -> None:
        """Let go of the connection; it goes on."""
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
    """The limit of the requests in the block; None sets none.

    Raises:
        TimeUpError: there is no time at all.
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
