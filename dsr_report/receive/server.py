"""The endpoint on uvicorn: one process, limits on what callers may hold, and an end that loses nothing."""

from __future__ import annotations

from pathlib import Path

import uvicorn
from starlette.applications import Starlette


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
