"""Calls signed as Copernica signs them, a name server on loopback, and the endpoint in a thread."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import socket
import ssl
import threading
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from dsr_report.receive.app import Endpoint
from dsr_report.receive.server import make_server

HOST = "dsr.example.org"
PATH = "/copernica?to=dsr"
KEY_NAME = "one._domainkey.copernica.com"
NAMES = "(request-target) Host Date Content-Length Content-Type X-Copernica-ID Digest X-Nonce"
EXPORT = json.dumps({"info": {"type": "subprofile", "id": "20285"}, "data": []}).encode()


def record_of(key: rsa.RSAPrivateKey) -> str:
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"


class NameServer:
    """Answers TXT questions over UDP; `records` may be changed at any time."""

    def __init__(self) -> None:
        self.is_silent = False
        self.records: dict[str, list[str]] = {}
        self.ttl = 60
        self.asked = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            data, peer = self._socket.recvfrom(4096)
            if not data:
                return
            self.asked += 1
            if self.is_silent:
                continue
            question = dns.message.from_wire(data)
            answer = dns.message.make_response(question)
            name = question.question[0].name
            texts = self.records.get(name.to_text().rstrip("."))
            if texts is None:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            else:
                pieces = [
                    " ".join(f'"{text[i : i + 255]}"' for i in range(0, len(text), 255)) for text in texts
                ]
                answer.answer.append(dns.rrset.from_text(name, self.ttl, "IN", "TXT", *pieces))
            wire = answer.to_wire(max_size=4096)
            self._socket.sendto(wire, peer)

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join()
        self._socket.close()


class Signer:
    """Calls signed as Copernica signs them; tests spoil what they return."""

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self.key = key
        self.count = 0

    def headers(
        self,
        body: bytes = EXPORT,
        *,
        names: str = NAMES,
        key_id: str = KEY_NAME,
        algorithm: str = "rsa-sha256",
        target: str = PATH,
        signed_with: hashes.HashAlgorithm | None = None,
        at: datetime | None = None,
        **changed: str,
    ) -> dict[str, str]:
        self.count += 1
        headers = {
            "Host": HOST,
            "Date": format_datetime(at or datetime.now(UTC), usegmt=True),
            "Content-Length": str(len(body)),
            "Content-Type": "application/json",
            "X-Copernica-ID": "account_1234",
            "Digest": "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode(),
            "X-Nonce": f"nonce{self.count}",
        } | {name.replace("_", "-"): value for name, value in changed.items()}
        lower = {name.lower(): value for name, value in headers.items()}
        lines = [
            f"{name}: " + (f"post {target}" if name == "(request-target)" else lower[name])
            for name in names.lower().split()
        ]
        text = "\n".join(lines).encode()
        signature = self.key.sign(text, padding.PKCS1v15(), signed_with or hashes.SHA256())
        headers["Signature"] = (
            f'keyId="{key_id}",algorithm="{algorithm}",headers="{names}" '  # the comma is missing there, too
            f'signature="{base64.b64encode(signature).decode()}"'
        )
        return headers


class Running:
    """The endpoint in a thread, and a caller of it."""

    def __init__(self, endpoint: Endpoint, certificate: Path | None = None) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.certificate = certificate
        self.server = make_server(
            endpoint.application(), host="127.0.0.1", port=self.port, certificate=certificate
        )
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive(), "the endpoint did not start"
            time.sleep(0.01)

    def call(self, headers: dict[str, str], body: bytes = EXPORT, *, path: str = PATH, method="POST") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        if self.certificate is not None:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=context)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders(body)
            return connection.getresponse().status
        finally:
            connection.close()

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join()
