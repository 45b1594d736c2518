"""The sandbox's server: bound to loopback by default, with an API token of its own.

Faults can be planned per path (`SandboxState.plan`), so that tests can simulate failures of the network.
"""

from __future__ import annotations

import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dsr_report.errors import UsageError
from dsr_report.sandbox.api import Handler
from dsr_report.sandbox.broken import StatefulServer
from dsr_report.sandbox.samples import load_samples
from dsr_report.sandbox.state import FaultKind, SandboxRequest, SandboxState

__all__ = ["FaultKind", "Sandbox", "SandboxRequest", "SandboxState", "make_sandbox", "running_sandbox"]


class _Server6(StatefulServer):
    address_family = socket.AF_INET6


class Sandbox:
    """A running sandbox: its address, its token, its state."""

    def __init__(self, server: StatefulServer) -> None:
        self._server = server
        self.state = server.state

    @property
    def token(self) -> str:
        """The API token that it accepts."""
        return self.state.token

    @property
    def url(self) -> str:
        """Its base URL, without a path."""
        host, port = self._server.server_address[:2]
        name = host.decode() if isinstance(host, (bytes, bytearray)) else str(host)
        return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"

    @property
    def api_url(self) -> str:
        """`COPERNICA_API_URL` for it."""
        return f"{self.url}/v4"

    @property
    def auth_url(self) -> str:
        """`COPERNICA_AUTH_URL` for it."""
        return f"{self.url}/authenticate"

    def serve_forever(self) -> None:
        """Serve until interrupted."""
        self._server.serve_forever(poll_interval=0.02)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def __repr__(self) -> str:
        return f"<Sandbox at {self.url}>"


def make_sandbox(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    samples: Path | None = None,
    token: str | None = None,
    **options: Any,
) -> Sandbox:
    """Create a sandbox that is bound to its port, and serves after `serve_forever`.

    Args:
        host: address to bind to.
        port: 0 takes a free one.
        samples: folder of exports; the shipped ones by default.
        token: its API token; drawn at random by default.
        options: fields of `SandboxState` (delays, expiry, the older API …).

    Raises:
        UsageError: the address or the port cannot be used.
        FileError: the folder holds no exports.
    """
    state = SandboxState(load_samples(samples), token or f"sandbox-{secrets.token_urlsafe(18)}", **options)
    kind = _Server6 if ":" in host else StatefulServer
    try:
        server = kind((host, port), Handler)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise UsageError(
            f"cannot listen here ({reason})", where=f"{host} port {port}", hint="Choose another --port, or 0."
        ) from error
    server.state = state
    return Sandbox(server)


@contextmanager
def running_sandbox(**options: Any) -> Iterator[Sandbox]:
    """Run a sandbox in a thread of its own while the block runs."""
    sandbox = make_sandbox(**options)
    thread = threading.Thread(target=sandbox.serve_forever, daemon=True)
    thread.start()
    try:
        yield sandbox
    finally:
        sandbox.close()
        thread.join(timeout=5)
