"""Starts the desk: a loopback port, a one-time link, and a single desk for each user and folder."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import urllib.request
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from dsr_report.desk.app import make_app
from dsr_report.desk.door import HOST, Address
from dsr_report.desk.folders import read_facts, write_facts
from dsr_report.desk.office import Office
from dsr_report.desk.pages import page_of
from dsr_report.desk.uploads import UploadLimits
from dsr_report.errors import UsageError
from dsr_report.files import private_folder, write_whole
from dsr_report.languages import language_of
from dsr_report.lexicon import SOURCE_LANGUAGE
from dsr_report.receive.server import make_server

_GRACE_SECONDS = 2


class Desk:
    """A desk bound to its port; `run` serves it.

    Args:
        office: the desk's work.
        port: the port; 0 selects a free one.
        limits: the limits of an upload.

    Raises:
        UsageError: the port is not available.
    """

    def __init__(self, office: Office, *, port: int = 0, limits: UploadLimits | None = None) -> None:
        self._office = office
        self._socket = _listen(port)
        self.address = Address(self._socket.getsockname()[1])
        self._knock = secrets.token_urlsafe(32)
        self.app: ASGIApp = make_app(office, self.address, knock=self._knock, limits=limits, stop=self.stop)
        self._server: uvicorn.Server = make_server(
            self.app, host=HOST, port=self.address.port, grace_seconds=_GRACE_SECONDS
        )

    def link(self) -> str:
        """A URL that signs a browser in, once."""
        return _link(self.address.origin + self.address.root, self._office.sessions.new_token())

    def open_browser(self, opened: Callable[[str], bool] = webbrowser.open) -> bool:
        """Open the browser through a private file: other users can read the arguments of programs."""
        return open_by_file(self._office.folder.root, self.link(), opened)

    def run(self) -> None:
        """Serve until Quit, SIGINT or SIGTERM."""
        running = self._office.folder.root / "running.json"
        facts = {"address": self.address.origin + self.address.root, "knock": self._knock, "pid": os.getpid()}
        write_facts(running, facts)
        try:
            self._server.run(sockets=[self._socket])
        finally:
            if read_facts(running).get("knock") == self._knock:
                running.unlink(missing_ok=True)
            for left in self._office.folder.root.glob("open-*.html"):
                left.unlink(missing_ok=True)
            self._socket.close()

    def stop(self) -> None:
        """End the server after the current response."""
        self._server.should_exit = True

    @property
    def is_up(self) -> bool:
        """Whether the server has started."""
        return self._server.started


def running_desk(root: Path) -> str | None:
    """A new sign-in link of the desk that already runs on this folder; None if none does."""
    facts = read_facts(root / "running.json")
    address, knock = str(facts.get("address", "")), str(facts.get("knock", ""))
    if not address.startswith(f"http://{HOST}:"):
        return None
    request = urllib.request.Request(  # noqa: S310 - an address on this machine, as checked above
        f"{address}/knock",
        data=b"",
        headers={"X-Desk-Key": knock, "Origin": "/".join(address.split("/")[:3])},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as answer:
            return _link(address, answer.read(200).decode("ascii"))
    except (OSError, ValueError):
        return None


def open_by_file(root: Path, link: str, opened: Callable[[str], bool] = webbrowser.open) -> bool:
    """Open a link in the browser through a private file that redirects; it is removed after a minute."""
    file = private_folder(root) / f"open-{secrets.token_hex(8)}.html"
    write_whole(file, page_of("open", language_of(SOURCE_LANGUAGE), link=link).encode())
    timer = threading.Timer(60, lambda: file.unlink(missing_ok=True))
    timer.daemon = True
    timer.start()
    with suppress(webbrowser.Error):
        return opened(file.as_uri())
    return False


def _link(address: str, token: str) -> str:
    return f"{address}/enter?token={token}"


def _listen(port: int) -> socket.socket:
    try:
        return socket.create_server((HOST, port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise UsageError(
            f"cannot listen here ({reason})",
            where=f"--port {port}",
            hint="Choose another port, or 0.",
        ) from error
