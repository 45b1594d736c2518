"""The endpoint on uvicorn: one process, limits for each caller, and a shutdown that waits for open calls."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import ClassVar

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from dsr_report.errors import UsageError

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

_HEAD_SECONDS = 10.0
"""Time limit of a head, also of the next one on a connection: Copernica sends its own in one packet."""
_LONGEST_HEAD = 32 << 10
"""Maximum bytes of a request's head; a longer one is refused."""
_MOST_SILENT = 400
"""Maximum connections without a head; beyond it, the oldest is closed. Systems allow 1,024 files or more."""


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with a time limit for heads: neither silent nor slow clients keep others out."""

    _silent: ClassVar[dict[PatientProtocol, None]] = {}
    _patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._look()
        if len(self._silent) > _MOST_SILENT:
            next(iter(self._silent))._send_away()  # noqa: SLF001 - of this very class

    def data_received(self, data: bytes) -> None:
        """Stop waiting once a head is whole; single bytes do not extend the time."""
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Wait for the next head, or for the end of a body that nobody reads."""
        super().on_response_complete()
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Cancel the timer of a closed connection."""
        self._rest()
        super().connection_lost(exc)

    def _look(self) -> None:
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering or self.transport.is_closing():
            self._rest()
        elif self._patience is None:
            self._silent[self] = None
            self._patience = self.loop.call_later(_HEAD_SECONDS, self._send_away)

    def _rest(self) -> None:
        self._silent.pop(self, None)
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _send_away(self) -> None:
        self._rest()
        self.transport.abort()


class PatientServer(uvicorn.Server):
    """A server with a time limit for TLS handshakes, which the protocol above does not see."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, with a limit for handshakes, and with as many open files as the system allows."""
        _allow_all_files()
        if self.config.is_ssl:
            loop = asyncio.get_running_loop()
            limited = partial(loop.create_server, ssl_handshake_timeout=_HEAD_SECONDS)
            loop.create_server = limited  # type: ignore[method-assign]
        await super().startup(sockets)


def _allow_all_files() -> None:
    """Raise the number of files, connections among them, to what the system allows this process."""
    if resource is not None:
        with suppress(OSError, ValueError):  # some systems have a lower limit than they say
            _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def check_port(host: str, port: int) -> None:
    """Check that a port can be listened on.

    Raises:
        UsageError: it cannot; another program has it, say.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.create_server((host, port), family=family):
            pass
    except OSError as error:
        raise UsageError(
            f"cannot listen here ({error.strerror or type(error).__name__})",
            where=f"--host {host} --port {port}",
            hint="Is another endpoint running? Choose another port.",
        ) from error


def make_server(
    app: ASGIApp,
    *,
    host: str,
    port: int,
    certificate: Path | None = None,
    key: Path | None = None,
    grace_seconds: int = 60,
) -> uvicorn.Server:
    """A server that `run` serves until SIGINT or SIGTERM; calls under way then have `grace_seconds` to end.

    It keeps no log of calls, as their path can be a secret.
    """
    return PatientServer(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http=PatientProtocol,
            h11_max_incomplete_event_size=_LONGEST_HEAD,
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            log_level="warning",
            loop="asyncio",
            proxy_headers=False,
            server_header=False,
            backlog=1024,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=grace_seconds,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
    )
