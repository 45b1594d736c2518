"""The endpoint on uvicorn: one process, limits on what callers may hold, and an end that loses nothing."""

from __future__ import annotations

import socket
from pathlib import Path

import uvicorn
from starlette.applications import Starlette

from dsr_report.errors import UsageError


def check_port(host: str, port: int) -> None:
    """Whether a port can be listened on.

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
    app: Starlette,
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
    return uvicorn.Server(
        uvicorn.Config(
            app,
            host=host,
            port=port,
            http="h11",
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            log_level="warning",
            proxy_headers=False,
            server_header=False,
            limit_concurrency=64,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=grace_seconds,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
    )
