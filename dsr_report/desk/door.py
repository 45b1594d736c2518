"""Access control of the desk, by the header of a request before its body is read.

Any page in the browser can send requests to 127.0.0.1, and other users of the machine can connect to it:

1. The Host must be exactly ours: a foreign name could resolve to this machine (DNS rebinding).
2. All pages are below a path that is new at each start: another port does not get the cookie, whose `Path` is
   that path (cookies ignore ports).
3. A request that changes something must be a POST with our `Origin` and, if present, a matching
   `Sec-Fetch-Site`.
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
"""Policy for a message or a report: no scripts, no loads, an opaque origin."""
_HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_FORM_BYTES = 2 << 20
"""Bytes of a form without files: the longest has a statement for each letter, in one language."""


@dataclass(frozen=True, slots=True)
class Address:
    """The address of this run of the desk."""

    port: int
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    @property
    def host(self) -> str:
        """The required `Host` header."""
        return f"{HOST}:{self.port}"

    @property
    def origin(self) -> str:
        """The `Origin` header of our own forms."""
        return f"http://{self.host}"

    @property
    def root(self) -> str:
        """The path prefix of all pages, without a trailing slash."""
        return f"/{self.secret}"

    @property
    def cookie(self) -> str:
        """The cookie's name; it includes the port, because cookies are shared by all ports."""
        return f"dsr-desk-{self.port}"

    def cookie_header(self, value: str) -> str:
        """`Set-Cookie` for a value; an empty one removes the cookie."""
        ending = "" if value else "; Max-Age=0"
        return f"{self.cookie}={value}; Path={self.root}/; HttpOnly; SameSite=Strict{ending}"


class DeskDoor:
    """ASGI middleware: rejects unauthorized requests, and adds security headers to all responses.

    Args:
        app: the application with the pages.
        address: the address of this run.
        sessions: the signed-in sessions.
        signed_out: the application for requests without a session.
        open_paths: paths below the root that need no cookie.
        upload_bytes: maximum length of a body that may hold a file.
        upload_paths: suffixes of the paths that take files.
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
        """Check one request, and pass it on or reject it."""
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
        # the page's script polls the job status, which is no activity of a person
        session: Session | None = self._sessions.of(cookie, is_use=not path.endswith("/work/state"))
        scope["desk.session"] = session
        app = self._app if session is not None or path in self._open_paths else self._signed_out
        await app(scope, receive, _with_headers(send))

    def _refusal(self, scope: Scope, headers: Mapping[str, list[str]]) -> ASGIApp | None:
        """The error response to an unauthorized request; None if the request is allowed."""
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
    """Whether a path is below the secret root, compared in constant time."""
    head, tail = path[: len(root)], path[len(root) :]
    return hmac.compare_digest(head.encode(), root.encode()) and tail.startswith("/")


def _headers(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _with_headers(send: Send) -> Send:
    """Wrap `send` to add the common headers; those set by a page itself win."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in {**_HEADERS, "content-security-policy": POLICY}.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
