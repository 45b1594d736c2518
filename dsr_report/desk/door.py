"""Who may come in, judged by the head of a request before its body is read.

Any page in the browser can send requests to 127.0.0.1, and other users of the machine can connect to it:

1. The Host is exactly ours, else a foreign name could be pointed at this machine (DNS rebinding).
2. All pages are below a path that is new at each start: another port does not get the cookie, whose `Path` is
   that path (cookies ignore ports).
3. What changes something is a POST from a page of ours: its `Origin` is ours, and `Sec-Fetch-Site` says so.
4. Everything but the sign-in page needs the cookie.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dsr_report.desk.sessions import Session, Sessions

HOST = "127.0.0.1"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
FRAME_POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "frame-ancestors 'self'"
)
"""Of a message or a report: it runs nothing, loads nothing, and is of no origin."""
_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_FORM_BYTES = 2 << 20
"""Of a form without files: the longest has a statement for each letter, in one language."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where this run of the desk is reached."""

    port: int
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def host(self) -> str:
        """What a request must have as its Host."""
        return f"{HOST}:{self.port}"

    @property
    def origin(self) -> str:
        """What a form of ours has as its Origin."""
        return f"http://{self.host}"

    @property
    def root(self) -> str:
        """The path that all pages are below, without the slash at its end."""
        return f"/{self.secret}"

    @property
    def cookie(self) -> str:
        """The cookie's name: browsers do not tell ports apart."""
        return f"dsr-desk-{self.port}"

    def cookie_header(self, value: str) -> str:
        """`Set-Cookie` for a value; an empty one removes the cookie."""
        ending = "" if value else "; Max-Age=0"
        return f"{self.cookie}={value}; Path={self.root}/; HttpOnly; SameSite=Strict{ending}"


class DeskDoor:
    """ASGI middleware: lets in whom it may, and puts the headers on everything that goes out.

    Args:
        app: the pages.
        address: where they are.
        sessions: who is signed in.
        signed_out: answers who is not, with the sign-in page.
        open_paths: what needs no cookie, below the root.
        upload_bytes: of a body that may hold a file.
        upload_paths: the ends of the paths that take files.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        address: Address,
        sessions: Sessions,
        signed_out: ASGIApp,
        open_paths: frozenset[str],
        upload_bytes: int,
        upload_paths: tuple[str, ...],
    ) -> None:
        self._app = app
        self._address = address
        self._sessions = sessions
        self._signed_out = signed_out
        self._open_paths = open_paths
        self._upload_bytes = upload_bytes
        self._upload_paths = upload_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = _headers(scope)
        answer = self._refusal(scope, headers)
        if answer is not None:
            await answer(scope, receive, _with_headers(send))
            return
        path = scope["path"].removeprefix(self._address.root)
        scope["desk.cookie"] = cookie = self._cookie(headers)
        # the script asks for the state of work by itself, which is no use by a person
        session: Session | None = self._sessions.of(cookie, is_use=not path.endswith("/work/state"))
        scope["desk.session"] = session
        app = self._app if session is not None or path in self._open_paths else self._signed_out
        await app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: Mapping[str, list[str]]) -> ASGIApp | None:
        """What is said to who may not come in; None where they may."""
        address = self._address
        if headers.get("host") != [address.host]:
            return PlainTextResponse("wrong host\n", 400)
        method, path = scope["method"], scope["path"]
        if not _is_below(path, address.root):
            return PlainTextResponse("not found\n", 404)
        if method not in {"GET", "HEAD", "POST"}:
            return PlainTextResponse("not allowed\n", 405)
        site = headers.get("sec-fetch-site")
        if method == "POST":
            if headers.get("origin") != [address.origin] or site not in (None, ["same-origin"]):
                return PlainTextResponse("refused\n", 403)
            most = self._upload_bytes if path.endswith(self._upload_paths) else _FORM_BYTES
            length = headers.get("content-length", ["0"])[0].lstrip("0")
            if length.isdecimal() and (len(length), length) > (len(str(most)), str(most)):
                return PlainTextResponse("too large\n", 413)
        return None

    def _cookie(self, headers: Mapping[str, list[str]]) -> str | None:
        for line in headers.get("cookie", ()):
            try:
                found = SimpleCookie(line).get(self._address.cookie)
            except CookieError:
                continue
            if found is not None:
                return found.value
        return None


def _is_below(path: str, root: str) -> bool:
    """Whether a path is below the secret one; comparing takes the same time, however much of it is right."""
    head, tail = path[: len(root)], path[len(root) :]
    return hmac.compare_digest(head.encode(), root.encode()) and tail.startswith("/")


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _with_headers(send: Send) -> Send:
    """`send`, with the headers that every answer has; what a page sets itself stays."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in {**_HEADERS, "content-security-policy": POLICY}.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
