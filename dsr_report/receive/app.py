"""The endpoint as an ASGI application: verify the head, stream the body to disk, answer, match later."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dsr_report.errors import DsrReportError
from dsr_report.files import written_whole
from dsr_report.receive.inbox import Inbox, Received, looks_like_export
from dsr_report.receive.keys import KeyLookupError
from dsr_report.receive.replays import Replays
from dsr_report.receive.signatures import Call, RejectedError, Rules, Verified, verify_head

_log = logging.getLogger(__name__)
_STATUS = {"too-large": 413, "too-slow": 408, "not-an-export": 422, "replayed": 409, "plain-http": 400}
_UNSIGNED = Verified({}, (), datetime.min.replace(tzinfo=UTC), ())


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Limits of one call."""

    body_bytes: int = 2 << 30
    body_seconds: float = 600.0
    stall_seconds: float = 30.0
    bodies_at_once: int = 64
    """Concurrent bodies; each has a file and a buffer of 64 KiB."""


@dataclass(frozen=True, slots=True)
class Door:
    """Access rules of the endpoint.

    Attributes:
        path: the only path that accepts exports; for unsigned calls it must be unguessable.
        rules: requirements of a signed call; None accepts unsigned calls.
        keys: looks up published keys.
        now: the clock.
        limits: limits of one call.
    """

    path: str
    rules: Rules | None
    keys: Callable[[str], Collection[RSAPublicKey]]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    limits: CallLimits = CallLimits()


class Endpoint:
    """Accepts calls, and settles received exports in the background, one at a time.

    Args:
        door: the access rules.
        inbox: the folder of exports.
        on_received: callback, in a thread, with each matched export; returns a line on what it did, or None.
            Its errors go to `say`; it is called again at the next start if the inbox hands on.
        say: callback with one line about each call, without personal data.
        retry_seconds: interval of retries while the register cannot be reached.
    """

    def __init__(
        self,
        door: Door,
        inbox: Inbox,
        *,
        on_received: Callable[[Received], str | None] | None = None,
        say: Callable[[str], None] = _log.info,
        retry_seconds: float = 60.0,
    ) -> None:
        self._door = door
        self._inbox = inbox
        self._on_received = on_received
        self._say = say
        self._bodies = 0
        self._retry_seconds = retry_seconds
        self._replays = Replays(door.now)
        self._news = asyncio.Event()
        self._stopping = False

    def application(self) -> Starlette:
        """The ASGI application; its lifespan settles exports of an earlier run, and waits for the last."""
        return Starlette(
            routes=[
                Route("/health", self._health, methods=["GET"]),
                Route(self._door.path, self._receive, methods=["POST"]),
            ],
            lifespan=self._lifespan,
            exception_handlers={404: self._elsewhere, 405: self._elsewhere},
        )

    @asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        self._stopping = False
        self._news.set()
        settling = asyncio.create_task(self._settle_all())
        try:
            yield
        finally:
            self._stopping = True
            self._news.set()
            await settling

    async def _health(self, _request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def _elsewhere(self, _request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        self._say(f"refused a call [{status}]: it is for another path or method")
        return PlainTextResponse("refused\n", status)

    async def _receive(self, request: Request) -> Response:
        if self._bodies >= self._door.limits.bodies_at_once:
            self._say("a call was sent away: too many are under way")
            return PlainTextResponse("try again later\n", 503)
        self._bodies += 1
        try:
            return await self._answer(request)
        finally:
            self._bodies -= 1

    async def _answer(self, request: Request) -> Response:
        try:
            verified = await self._verify_head(request)
        except KeyLookupError as error:
            self._say(f"a call could not be judged: {error.what}")
            return PlainTextResponse("try again later\n", 503)
        except RejectedError as error:
            return self._refuse(error)
        except Exception as error:  # noqa: BLE001 - an unforeseen head is refused like any other
            return self._refuse(
                RejectedError("unreadable", f"its head cannot be read ({type(error).__name__})")
            )
        try:
            await self._store(request, verified)
        except ClientDisconnect:
            self._replays.give_back(verified.marks)
            self._say("a call was cut off; nothing was kept")
            return PlainTextResponse("cut off\n", 400)
        except RejectedError as error:
            self._replays.give_back(verified.marks)
            return self._refuse(error)
        except DsrReportError as error:
            self._replays.give_back(verified.marks)
            self._say(f"a call could not be stored: {error.what}")
            return PlainTextResponse("try again later\n", 503)
        self._news.set()
        return PlainTextResponse("received\n", 202)

    async def _verify_head(self, request: Request) -> Verified:
        """Verify the head of a call; return what the body must match."""
        if request.headers.get("x-forwarded-proto", "https").lower() != "https":
            raise RejectedError("plain-http", "the call did not come over HTTPS")
        length = request.headers.get("content-length", "0").lstrip("0")
        most = str(self._door.limits.body_bytes)
        if length.isdecimal() and (len(length), length) > (len(most), most):
            raise RejectedError("too-large", "the body is larger than is accepted")
        if self._door.rules is None:
            return _UNSIGNED
        verified = await run_in_threadpool(
            verify_head, call_of(request), self._door.rules, now=self._door.now(), keys=self._door.keys
        )
        if verified.unsigned:
            _log.warning("the signature does not cover %s", ", ".join(verified.unsigned))
        if not self._replays.take(verified.marks, verified.until):
            raise RejectedError("replayed", "the call was accepted before")
        return verified

    async def _store(self, request: Request, verified: Verified) -> None:
        """Stream the body to disk; keep it only if it matches the signed digests, and is an export."""
        whole = self._inbox.incoming / f"{secrets.token_hex(16)}.whole"
        with written_whole(whole) as file:
            try:
                async with asyncio.timeout(self._door.limits.body_seconds):
                    sha256 = await self._stream(request, file, verified.digests)
            except TimeoutError:
                raise RejectedError("too-slow", "the body took too long") from None
            file.flush()
            if not await run_in_threadpool(looks_like_export, Path(file.name)):
                raise RejectedError("not-an-export", "the body is no data-request export")
        await run_in_threadpool(self._inbox.place, whole, sha256)

    async def _stream(self, request: Request, file: BinaryIO, digests: dict[str, bytes]) -> str:
        """Write the body into the file, and return its SHA-256."""
        running = {name: hashlib.new(name) for name in {*digests, "sha256"}}
        size = 0
        chunks = aiter(request.stream())
        while True:
            try:
                chunk = await asyncio.wait_for(anext(chunks), self._door.limits.stall_seconds)
            except StopAsyncIteration:
                break
            size += len(chunk)
            if size > self._door.limits.body_bytes:
                raise RejectedError("too-large", "the body is larger than is accepted")
            for digest in running.values():
                digest.update(chunk)
            file.write(chunk)
        for name, expected in digests.items():
            if not hmac.compare_digest(running[name].digest(), expected):
                raise RejectedError("digest", "the body is not the one that was signed")
        return running["sha256"].hexdigest()

    async def _settle_all(self) -> None:
        """Settle received exports until shutdown; those that fail stay on disk for the next start."""
        for left in await run_in_threadpool(self._inbox.not_handed_on):
            await self._hand_on(left)
        while True:
            self._news.clear()
            failed = False
            for path in await run_in_threadpool(self._inbox.waiting):
                try:
                    settled = await run_in_threadpool(self._inbox.settle, path)
                except Exception as error:  # noqa: BLE001 - one bad file or a lost database must not stop the rest
                    self._say(f"a received export waits in {path} to be matched ({type(error).__name__})")
                    failed = True
                    continue
                if settled.received is None or self._on_received is None:
                    self._say(settled.what)
                else:
                    await self._hand_on(settled.received, settled.what)
            if self._stopping and not self._news.is_set():  # else a call came during this round
                return
            try:
                await asyncio.wait_for(self._news.wait(), self._retry_seconds if failed else None)
            except TimeoutError:
                continue

    async def _hand_on(self, received: Received, what: str = "") -> None:
        if self._on_received is None:
            return
        before = what or f"data request {received.number}, received earlier"
        try:
            done = await run_in_threadpool(self._on_received, received)
        except Exception as error:  # noqa: BLE001 - the export is safe whatever becomes of the report
            fault = error if isinstance(error, DsrReportError) else type(error).__name__
            self._say(f"{before}; but: {fault}; tried again at the next start")
        else:
            await run_in_threadpool(self._inbox.note_handed_on, received)
            self._say(f"{before}; {done}" if done else before)

    def _refuse(self, error: RejectedError) -> Response:
        """Refuse a call: the reason is logged for the operator, and never sent to the caller."""
        self._say(f"refused a call [{error.code}]: {error.what}")
        return PlainTextResponse("refused\n", _STATUS.get(error.code, 401))


def call_of(request: Request) -> Call:
    """The head of a request; path and query are not decoded."""
    raw_path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    target = raw_path + b"?" + query if query else raw_path
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.scope["headers"]]
    return Call(request.method, target.decode("latin-1"), headers)
