"""Proxies and certificates of the environment, over real TLS."""

import socket
import ssl
import threading
from contextlib import contextmanager, suppress

import pytest
import trustme

from dsr_report.errors import FetchError, UsageError
from dsr_report.fetch.answers import CertainlyFailedError
from dsr_report.fetch.client import Client
from dsr_report.sandbox.server import make_sandbox

HOST = "api.example.org"


class Proxy:
    """An HTTP proxy that opens tunnels to one place, whatever host it is asked for."""

    def __init__(self, port, answer=None):
        self.target = port
        self.answer = answer
        self.asked = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]

    def serve(self):
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                threading.Thread(target=self.tunnel, args=(connection,), daemon=True).start()

    def tunnel(self, near):
        with near, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += near.recv(4096)
            self.asked.append(head.split(b"\r\n")[0].decode())
            if self.answer:
                near.sendall(self.answer)
                return
            with socket.create_connection(("127.0.0.1", self.target)) as far:
                near.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                back = threading.Thread(target=pump, args=(far, near), daemon=True)
                back.start()
                pump(near, far)
                back.join()


def pump(source, target):
    with suppress(OSError):
        while block := source.recv(65_536):
            target.sendall(block)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def proxy_to(port, answer=None):
    proxy = Proxy(port, answer)
    threading.Thread(target=proxy.serve, daemon=True).start()
    try:
        yield proxy
    finally:
        with suppress(OSError):
            proxy.listener.shutdown(socket.SHUT_RDWR)
        proxy.listener.close()


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def secure(samples, authority):
    """A sandbox that speaks TLS and calls itself `api.example.org`."""
    sandbox = make_sandbox(samples=samples)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    sandbox._server.socket = context.wrap_socket(
        sandbox._server.socket, server_side=True, do_handshake_on_connect=False
    )
    thread = threading.Thread(target=sandbox.serve_forever, daemon=True)
    thread.start()
    yield sandbox
    sandbox.close()
    thread.join()


@pytest.fixture(autouse=True)
def plain_environment(quick_trust, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def port_of(sandbox):
    return int(sandbox.url.rpartition(":")[2])


def client_of_host(sandbox):
    return Client(
        sandbox.state.token, api_url=f"https://{HOST}/v4", auth_url=f"https://{HOST}/authenticate",
        sleep=lambda _seconds: None, environment={},
    )  # fmt: skip


def test_a_proxy_and_an_authority_of_the_environment_are_used(
    secure, authority, monkeypatch, tmp_path, content
):
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with proxy_to(port_of(secure)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        with client_of_host(secure) as client:
            client.request("subprofile", 20285).wait().download(tmp_path / "x.json")
    assert (tmp_path / "x.json").read_bytes() == content
    assert set(proxy.asked) == {f"CONNECT {HOST}:443 HTTP/1.1"}
    assert len(secure.state.jobs) == 1


def test_a_certificate_that_nobody_vouches_for_ends_it_before_the_token_leaves(secure, monkeypatch):
    with proxy_to(port_of(secure)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with client_of_host(secure) as client, pytest.raises(FetchError):
            client.request("subprofile", 20285)
    assert secure.state.asked == []


def test_a_proxy_that_refuses_means_that_nothing_was_requested(secure, monkeypatch, authority, tmp_path):
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with proxy_to(port_of(secure)) as open_proxy, proxy_to(port_of(secure), refusal) as closed:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{open_proxy.port}")
        with client_of_host(secure) as client:
            client.log_in()
            open_proxy.answer = refusal
            with pytest.raises(CertainlyFailedError, match="ProxyError"):
                client.request("subprofile", 20285)
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed.port}")
        with client_of_host(secure) as client, pytest.raises(CertainlyFailedError):
            client.request("subprofile", 20285)
    assert secure.state.jobs == {}


def test_this_machine_is_never_reached_through_a_proxy(sandbox, client_of, monkeypatch):
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://192.0.2.1:3128")
    client_of(sandbox, timeout_seconds=5).request("profile", 7)
    assert len(sandbox.state.jobs) == 1


@pytest.mark.parametrize("proxy", ["gopher://user:hush@proxy.example", "http://user:hush@proxy.example:port"])
def test_a_proxy_that_cannot_be_used_is_named_without_its_password(monkeypatch, proxy):
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(UsageError, match="HTTPS_PROXY") as caught:
        Client("t", environment={})
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_read_are_named(monkeypatch, tmp_path, content):
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content, encoding="utf-8")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(UsageError, match="SSL_CERT_FILE"):
        Client("t", environment={})
