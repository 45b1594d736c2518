"""Answers as failing networks, proxies and servers give them, over real sockets."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Mapping
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from dsr_report.sandbox.state import FaultKind, SandboxState

_PAGE = b"<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>Busy</h1></body></html>"


class StatefulServer(ThreadingHTTPServer):
    """A server whose handlers share the sandbox's state."""

    daemon_threads = True
    request_queue_size = 128
    state: SandboxState

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: broken connections are intended here."""


class BrokenAnswers(BaseHTTPRequestHandler):
    """Sends answers, whole ones and broken ones."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each body waits 40 ms for the acknowledgement of its head
    server: StatefulServer

    @property
    def state(self) -> SandboxState:
        """The sandbox's state."""
        return self.server.state

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Log nothing: addresses of requests hold identifiers."""

    def broken(self, fault: FaultKind) -> bool:
        """Act out a planned fault that fits any request; return whether the request is answered by it."""
        match fault:
            case "refuse" | "reset":
                self.break_off()
            case "stall":
                time.sleep(self.state.stall_seconds)
                self.break_off()
            case "slow":
                time.sleep(0.2)
                return False
            case "500" | "502" | "503" | "504":
                self.send(int(fault), _PAGE, "text/html")
            case "429" | "429-later" | "429-date":
                wish = {"429-later": "7", "429-date": formatdate(time.time() + 30, usegmt=True)}.get(fault)
                self.error(429, "Too many requests", {"Retry-After": wish} if wish else {})
            case "401":
                self.state.tokens.clear()
                self.error(401, "Invalid access token")
            case "404":
                self.error(404, "Not found")
            case "html":
                self.send(200, b"<!doctype html><title>Proxy</title><p>Please log in", "text/html")
            case "move":
                self.send(301, b"", headers={"Location": f"{urlsplit(self.path).path}?moved=1"})
            case "away":
                place = f"{self.state.elsewhere}{self.path}"  # a careless server: with the token
                self.send(302, b"", headers={"Location": place})
            case _:
                return False
        return True

    def cut(self, fault: FaultKind, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        """Send part of a body, cut off as the planned fault requires."""
        half = body[: len(body) // 2]
        kind = {"Content-Type": "application/json"}
        if fault == "cut-within":
            self.send(status, half, headers={"X-Note": "whole, as far as this server knows"})
            return
        if fault == "cut-chunked":
            self.send_head(status, {**headers, **kind, "Transfer-Encoding": "chunked"})
            self.wfile.write(f"{len(half):x}\r\n".encode() + half + b"\r\n")
        elif fault == "cut-quietly":
            self.send_head(status, {**headers, **kind, "Connection": "close"})
            self.wfile.write(half)
        else:
            self.send_head(status, {**headers, **kind, "Content-Length": str(len(body))})
            self.wfile.write(half)
        self.wfile.flush()
        if fault == "halt":
            time.sleep(self.state.stall_seconds)
        self.close_connection = True

    def break_off(self) -> None:
        """Break the connection with a reset."""
        self.wfile.flush()
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def error(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        """Send the API's error body."""
        self.send(status, json.dumps({"error": {"message": message}}).encode(), headers=headers)

    def send(
        self,
        status: int,
        body: bytes,
        media_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send a whole answer."""
        kind = {"Content-Type": media_type} if body else {}
        self.send_head(status, {**(headers or {}), **kind, "Content-Length": str(len(body))})
        self.wfile.write(body)

    def send_head(self, status: int, headers: Mapping[str, str]) -> None:
        """Send status and headers."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.flush()
