"""The sandbox's server: login, data requests, delays, statuses, expiry and error bodies as documented.

Faults can be planned per path, so that tests meet every way in which a network fails.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from dsr_report.sandbox.samples import Sample, load_samples

FaultKind = Literal[
    "refuse", "reset", "502", "503", "429", "429-later", "401", "cut", "html", "404", "slow", "lose-answer"
]


@dataclass(slots=True)
class Job:
    """A data request in the sandbox."""

    request_id: str
    sample: Sample
    made_at: float
    report: str | None


@dataclass(slots=True)
class SandboxState:
    """What the sandbox knows: its token, its jobs, the faults that lie ahead, and what was asked of it."""

    samples: dict[tuple[str, str], Sample]
    token: str
    delay_seconds: float = 0.0
    expires_seconds: float = 86_400.0
    token_seconds: float = 86_400.0
    older_api: bool = False
    resumable: bool = True
    id_in: Literal["x-created", "x-location", "body"] = "x-created"
    clock: Callable[[], float] = time.monotonic
    jobs: dict[str, Job] = field(default_factory=dict)
    tokens: dict[str, float] = field(default_factory=dict)
    faults: dict[str, list[FaultKind]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def plan(self, path: str, *faults: FaultKind) -> None:
        """Let the next requests whose path contains `path` meet these faults, one each."""
        self.faults.setdefault(path, []).extend(faults)

    def next_fault(self, path: str) -> FaultKind | None:
        """The fault that this request meets, if any."""
        with self.lock:
            for key, waiting in self.faults.items():
                if key in path and waiting:
                    return waiting.pop(0)
        return None

    def count(self, method: str, path: str) -> int:
        """How many requests of this kind there were."""
        return sum(1 for m, p in self.asked if m == method and path in p)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    state: SandboxState

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Connections that break are what the sandbox is for; nothing is printed."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    @property
    def state(self) -> SandboxState:
        return self.server.state

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing is logged: addresses of requests hold identifiers."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        path = urlsplit(self.path).path
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        with self.state.lock:
            self.state.asked.append((method, path))
        fault = self.state.next_fault(f"{method} {path}")
        if fault is not None and self._fault(fault):
            return
        if method == "POST" and path in {"/", "/authenticate"}:
            self._login(body)
            return
        if not self._is_authorised():
            self._error(401 if path.startswith("/v4") else 400, "Invalid access token")
            return
        parts = [unquote(p) for p in path.split("/") if p]
        if parts and re.fullmatch(r"v\d", parts[0]):
            parts = parts[1:]
        if method == "POST" and len(parts) == 3 and parts[2] == "datarequest":
            self._create(parts[0], parts[1], body, lose=fault == "lose-answer")
        elif method == "GET" and len(parts) in {2, 3} and parts[0] == "datarequest":
            self._request(parts[1], parts[2] if len(parts) == 3 else "", cut=fault == "cut")
        else:
            self._error(400, "Invalid method")

    def _fault(self, fault: FaultKind) -> bool:
        """Meet a fault; whether the request is answered by that."""
        if fault in {"refuse", "reset"}:
            self._break()
        elif fault in {"502", "503"}:
            self._send(int(fault), b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html")
        elif fault in {"429", "429-later"}:
            headers = {"Retry-After": "1"} if fault == "429-later" else {}
            self._send(429, b'{"error":{"message":"Too many requests"}}', headers=headers)
        elif fault == "401":
            self.state.tokens.clear()
            self._error(401, "Invalid access token")
        elif fault == "html":
            self._send(200, b"<!doctype html><title>Proxy</title><p>Please log in", "text/html")
        elif fault == "404":
            self._error(404, "Not found")
        elif fault == "slow":
            time.sleep(0.2)
            return False
        else:
            return False
        return True

    def _break(self) -> None:
        """Break the connection with a reset."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _login(self, body: bytes) -> None:
        token = parse_qs(body.decode("utf-8", "replace")).get("access_token", [""])[0]
        if not secrets.compare_digest(token.encode(), self.state.token.encode()):
            self._error(400, "Invalid access token")
            return
        expires = int(time.time() + self.state.token_seconds)
        parts = [{"alg": "HS256", "typ": "JWT"}, {"exp": expires, "n": secrets.token_hex(4)}]
        jwt = ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts)
        jwt += f".{secrets.token_urlsafe(16)}"
        self.state.tokens[jwt] = self.state.clock() + self.state.token_seconds
        self._send(200, jwt.encode(), "text/plain")

    def _is_authorised(self) -> bool:
        scheme, _, jwt = self.headers.get("authorization", "").partition(" ")
        if scheme == "Bearer":
            return self.state.tokens.get(jwt, 0) > self.state.clock()
        query = parse_qs(urlsplit(self.path).query)
        is_older = not urlsplit(self.path).path.startswith("/v4")
        return is_older and query.get("access_token") == [self.state.token]

    def _create(self, subject_type: str, subject_id: str, body: bytes, *, lose: bool) -> None:
        sample = self.state.samples.get((subject_type, subject_id.casefold()))
        if sample is None:
            if subject_type not in {"profile", "subprofile", "email"}:
                self._error(400, "Invalid method")
            else:
                known = (
                    "No subprofile with supplied ID"
                    if subject_type == "subprofile"
                    else "No entity with supplied ID"
                )
                self._error(400, known)
            return
        report = None
        if body:
            try:
                report = json.loads(body).get("report")
            except (ValueError, AttributeError):
                self._error(400, "Invalid data provided")
                return
        request_id = secrets.token_hex(8)
        with self.state.lock:
            self.state.jobs[request_id] = Job(request_id, sample, self.state.clock(), report)
        if lose:
            self._break()
            return
        place = f"http://{self.headers.get('host', '')}/v4/datarequest/{request_id}"
        if self.state.id_in == "body":
            self._send(201, json.dumps({"id": request_id}).encode())
        elif self.state.id_in == "x-location":
            self._send(201, b"", headers={"X-Location": place})
        else:
            self._send(201, b"", headers={"X-Created": request_id, "X-Location": place})

    def _request(self, request_id: str, what: str, *, cut: bool) -> None:
        job = self.state.jobs.get(request_id)
        age = self.state.clock() - job.made_at if job else 0.0
        expired = job is not None and age > self.state.delay_seconds + self.state.expires_seconds
        ready = job is not None and age >= self.state.delay_seconds and not expired
        if what == "status":
            if self.state.older_api:
                self._error(400, "Invalid method")
            elif job is None or expired:
                self._json({"status": "not available"})
            else:
                size = job.sample.path.stat().st_size
                share = 1.0 if ready else min(age / max(self.state.delay_seconds, 0.001), 0.99)
                self._json(
                    {
                        "status": "available" if ready else "pending",
                        "available": int(size * share),
                        "content-type": "application/json",
                    }
                )
        elif what == "data" and not self.state.older_api:
            if ready and job is not None:
                self._file(job, cut=cut)
            else:
                self._error(404, "Not found")
        elif what == "":
            if job is None or expired:
                self._error(400, "No entity with supplied ID")
            elif ready:
                self._file(job, cut=cut)
            else:
                info = {"type": job.sample.subject_type, "id": job.sample.subject_id}
                self._json({"info": info, "data": "Data not available (yet)."})
        else:
            self._error(400, "Invalid method")

    def _file(self, job: Job, *, cut: bool) -> None:
        content = job.sample.path.read_bytes()
        mark = f'"{job.request_id}"'
        start = 0
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("range", ""))
        status = 200
        headers = {"ETag": mark} if self.state.resumable else {}
        if wanted and self.state.resumable and self.headers.get("if-range") == mark:
            start, status = int(wanted.group(1)), 206
            headers["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        body = content[start:]
        if not cut:
            self._send(status, body, headers=headers)
            return
        self.send_response(status)
        for name, value in (
            headers | {"Content-Type": "application/json", "Content-Length": str(len(body))}
        ).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2])
        self.wfile.flush()
        time.sleep(0.05)
        self.close_connection = True

    def _json(self, body: Mapping[str, object]) -> None:
        self._send(200, json.dumps(body).encode())

    def _error(self, status: int, message: str) -> None:
        self._send(status, json.dumps({"error": {"message": message}}).encode())

    def _send(
        self,
        status: int,
        body: bytes,
        media_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if body:
            self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Sandbox:
    """A running sandbox: its address, its token, its state."""

    def __init__(self, server: _Server) -> None:
        self._server = server
        self.state = server.state

    @property
    def url(self) -> str:
        """Where it listens, without a path."""
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
        self._server.serve_forever(poll_interval=0.1)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


def make_sandbox(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    samples: Path | None = None,
    token: str | None = None,
    **options: Any,
) -> Sandbox:
    """A sandbox that is bound, and serves once told to.

    Args:
        host: address to bind to; loopback unless told otherwise.
        port: 0 takes a free one.
        samples: folder of exports; the shipped ones by default.
        token: its API token; drawn at random by default.
        options: fields of `SandboxState` (delays, expiry, the older API …).
    """
    _Server.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = _Server((host, port), _Handler)
    server.state = SandboxState(
        load_samples(samples), token or f"sandbox-{secrets.token_urlsafe(18)}", **options
    )
    return Sandbox(server)


@contextmanager
def running_sandbox(**options: Any) -> Iterator[Sandbox]:
    """A sandbox that serves from a thread of its own while the block runs."""
    sandbox = make_sandbox(**options)
    thread = threading.Thread(target=sandbox.serve_forever, daemon=True)
    thread.start()
    try:
        yield sandbox
    finally:
        sandbox.close()
        thread.join(timeout=5)
