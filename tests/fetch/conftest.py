"""A sandbox with small exports, a clock that only moves when somebody sleeps, and clients of both."""

import json
import time
from contextlib import ExitStack

import pytest
import trustme

from dsr_report.fetch.client import Client
from dsr_report.sandbox.server import running_sandbox


class Passing:
    """A clock, and how it passes: by sleeping, at once."""

    def __init__(self):
        self.now = time.time()
        self.naps = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.naps.append(seconds)
        self.now += seconds


def export_of(subject_type, subject_id, records):
    body = {"info": {"type": subject_type, "id": subject_id}, "data": records}
    return json.dumps(body, ensure_ascii=False).encode()


@pytest.fixture(scope="session")
def samples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    rows = [{"ID": str(n), "name": "Zoë ✓", "note": "x" * 700} for n in range(300)]
    (folder / "subprofile.json").write_bytes(export_of("subprofile", "20285", rows))
    (folder / "profile.json").write_bytes(export_of("profile", 7, [{"ID": "7"}]))
    (folder / "email.json").write_bytes(export_of("email", "Zoë.o'Neil+news/x?&#%@example.org", []))
    return folder


@pytest.fixture(scope="session")
def one_authority(tmp_path_factory):
    """One certificate to trust: reading a system's whole list takes longer than most of these tests."""
    file = tmp_path_factory.mktemp("trust") / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(file))
    return str(file)


@pytest.fixture(autouse=True)
def quick_trust(one_authority, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", one_authority)


@pytest.fixture
def content(samples):
    return (samples / "subprofile.json").read_bytes()


@pytest.fixture
def passing():
    return Passing()


@pytest.fixture
def start(samples, passing):
    """Starts sandboxes that share the clock."""
    with ExitStack() as stack:

        def started(**options):
            return stack.enter_context(
                running_sandbox(**{"samples": samples, "clock": passing, "stall_seconds": 0.3} | options)
            )

        yield started


@pytest.fixture
def sandbox(start):
    return start()


@pytest.fixture
def client_of(passing):
    """Makes clients that never really sleep."""
    with ExitStack() as stack:

        def made(sandbox, **options):
            settings = {
                "token": sandbox.state.token,
                "api_url": sandbox.api_url,
                "auth_url": sandbox.auth_url,
                "sleep": passing.sleep,
                "clock": passing,
                "jitter": lambda: 0.5,
                "timeout_seconds": 0.2,
                "environment": {},
            }
            return stack.enter_context(Client(**(settings | options)))

        yield made


@pytest.fixture
def client(client_of, sandbox):
    return client_of(sandbox, timeout_seconds=5.0)
