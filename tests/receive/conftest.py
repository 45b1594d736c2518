"""Keys made in the test, a name server on loopback, and the real endpoint on uvicorn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from signed_calls import HOST, KEY_NAME, NameServer, Running, Signer, record_of

from dsr_report.receive.app import CallLimits, Door, Endpoint
from dsr_report.receive.inbox import Inbox
from dsr_report.receive.keys import DnsKeys
from dsr_report.receive.signatures import Rules
from dsr_report.register import Register


@pytest.fixture(scope="session")
def private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def name_server(private_key) -> Iterator[NameServer]:
    server = NameServer()
    server.records[KEY_NAME] = [record_of(private_key)]
    yield server
    server.close()


@pytest.fixture
def signer(private_key) -> Signer:
    return Signer(private_key)


@pytest.fixture
def register(tmp_path) -> Iterator[Register]:
    with Register.open(f"sqlite:///{tmp_path}/register.sqlite3", actor="anna") as opened:
        yield opened


@pytest.fixture
def outstanding(register) -> int:
    """The number of a data request for subprofile 20285 that waits for its export."""
    entry = register.claim("subprofile", "20285")
    register.posting(entry)
    register.attach_request_id(entry.number, "subprofile-20285")
    return entry.number


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "exports"


@pytest.fixture
def inbox(folder, register) -> Inbox:
    return Inbox(folder, register, api_url="https://api.copernica.com/v4")


@pytest.fixture
def start(inbox, name_server):
    """Starts an endpoint; all are stopped at the end."""
    running = []

    def begin(
        *, rules=None, signed=True, path="/copernica", limits=None, inbox=inbox, certificate=None, **options
    ) -> Running:
        if signed:
            rules = rules or Rules(HOST, "1234", timedelta(seconds=60))
        keys = DnsKeys(["127.0.0.1"], port=name_server.port, timeout=2)
        door = Door(path, rules, keys, limits=limits or CallLimits())
        running.append(Running(Endpoint(door, inbox, **options), certificate))
        return running[-1]

    yield begin
    for one in running:
        one.stop()
