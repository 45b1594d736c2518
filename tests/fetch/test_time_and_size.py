"""Time and size of answers have an end, whatever the peer does: over real sockets, one byte a moment."""

import gzip
import socket
import threading
import time
import zlib
from contextlib import contextmanager, suppress

import brotli
import httpx
import pytest

from dsr_report.errors import FetchError, NotReadyError
from dsr_report.fetch import transport
from dsr_report.fetch.answers import (
    LARGEST_ANSWER,
    CertainlyFailedError,
    OutOfReachError,
    PerhapsDoneError,
    blocks_of,
    read_answer,
)
from dsr_report.fetch.client import Client
from dsr_report.fetch.login import Login
from dsr_report.fetch.time_limit import TimeUpError


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(transport, "LEAST_SECONDS", 0.5)


HEAD = b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nConnection: close\r\n"
READY = HEAD % b"200 OK" + b'Content-Length: 22\r\n\r\n{"status":"available"}'
CREATED = HEAD % b"201 Created" + b"X-Created: 88001\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def api(slow, how):
    """An API that drips its answer to one kind of call: its head, its body, or one without a length."""
    server = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()
    starts = {
        "head": b"HTTP/1.1 200 OK\r\n",
        "body": HEAD % b"200 OK" + b"Content-Length: 5000\r\n\r\n",
        "open body": HEAD % b"200 OK" + b"\r\n",
    }

    def serve(connection):
        with connection:
            call = connection.recv(65536).split(b"\r\n")[0]
            kind = "post" if call.startswith(b"POST") else "status" if b"/status" in call else "data"
            if kind != slow:
                connection.sendall(CREATED if kind == "post" else READY)
                return
            connection.sendall(starts[how])
            while not ended.wait(0.05):
                try:
                    connection.sendall(b"x" if how == "head" else b" ")
                except OSError:
                    return

    def accept():
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    base = f"http://127.0.0.1:{server.getsockname()[1]}"
    with server, Client("t", api_url=f"{base}/v3", auth_url=base, environment={}) as client:
        yield client
    ended.set()


@pytest.mark.parametrize("how", ["head", "body", "open body"])
@pytest.mark.parametrize("slow", ["post", "status", "data"])
def test_a_peer_that_drips_is_left_when_the_time_is_over(slow, how, tmp_path):
    began = time.monotonic()
    with api(slow, how) as client:
        if slow == "post":
            with pytest.raises(PerhapsDoneError):
                client.request("subprofile", 20285, deadline=time.time() + 1)
        else:
            request = client.request("subprofile", 20285)
            with pytest.raises(NotReadyError, match="88001"):
                request.wait(timeout=1, poll=0.1) if slow == "status" else request.download(
                    tmp_path / "x", timeout=1
                )
    assert time.monotonic() - began < 4
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("how", ["head", "body"])
def test_a_login_that_drips_holds_neither_its_caller_nor_the_others(how):
    with api("post", how) as slow:
        client = Client("t", api_url=f"{slow.api_url[:-2]}v4", auth_url=slow.api_url[:-3], environment={})
        began, ended = time.monotonic(), []

        def log_in():
            with pytest.raises(TimeUpError):
                client.log_in(time.time() + 1)
            ended.append(time.monotonic() - began)

        callers = [threading.Thread(target=log_in) for _ in range(3)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join(15)
    assert len(ended) == 3
    assert max(ended) < 4


def packed(kind, size):
    block = b" " * (1 << 20)
    if kind == "br":
        return [brotli.compress(block * (size >> 20))]
    packer = zlib.compressobj(wbits=31 if kind == "gzip" else 15)
    pieces = [packer.compress(block) for _ in range(size >> 20)]
    return [b"".join(pieces) + packer.flush()]


@pytest.mark.parametrize("kind", ["gzip", "deflate"])
def test_what_unpacks_to_a_lot_is_unpacked_a_little_at_a_time(kind):
    response = httpx.Response(
        200, headers={"Content-Encoding": kind}, stream=httpx.ByteStream(packed(kind, 64 << 20)[0])
    )
    sizes = [len(block) for block in blocks_of(response)]
    assert sum(sizes) == 64 << 20
    assert max(sizes) <= 1 << 16
    response = httpx.Response(
        200, headers={"Content-Encoding": kind}, stream=httpx.ByteStream(packed(kind, 64 << 20)[0])
    )
    assert len(read_answer(response).body) == LARGEST_ANSWER


@pytest.mark.parametrize("kind", ["br", "zstd", "gzip, br", "what-is-this"])
def test_a_packing_that_was_not_asked_for_is_not_unpacked(kind):
    response = httpx.Response(
        200, headers={"Content-Encoding": kind}, stream=httpx.ByteStream(packed("br", 1 << 20)[0])
    )
    with pytest.raises(OutOfReachError, match="not asked for"):
        read_answer(response)


def test_two_files_in_one_gzip_are_both_read_and_half_of_one_is_an_error():
    two = gzip.compress(b"one ") + gzip.compress(b"two")
    response = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(two))
    assert read_answer(response).body == b"one two"
    response = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(two[:-9]))
    with pytest.raises(OutOfReachError):
        read_answer(response)


def test_identity_is_asked_for():
    seen = []

    def answer(request):
        seen.append(request.headers["accept-encoding"])
        return httpx.Response(201, headers={"X-Created": "1"})

    with Client(
        "t", api_url="https://api.example.org/v3", transport=httpx.MockTransport(answer), environment={}
    ) as client:
        client.request("profile", 7)
    assert seen == ["identity"]


NUMBERS = [
    "1" + "0" * 400,
    "1" + "0" * 5000,
    "-1" + "0" * 400,
    "1e999",
    "-1e999",
    "NaN",
    '"99999999999999999999"',
    "1.5",
    "true",
]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda text: text[:12])
def test_a_number_of_any_size_is_an_answer_like_any_other(number, tmp_path):
    import base64

    payload = base64.urlsafe_b64encode(b'{"exp": %s}' % number.encode()).rstrip(b"=").decode()
    assert Login(lambda _deadline: read_answer(httpx.Response(200, text=f"a.{payload}.c")), time.time).jwt()

    def answer(request):
        if request.method == "POST":
            return httpx.Response(201, headers={"X-Created": "88001"})
        if request.url.path.endswith("/status"):
            return httpx.Response(200, content=b'{"status": "available", "available": %s}' % number.encode())
        return httpx.Response(206, headers={"Content-Range": f"bytes {'9' * 5000}-1/*"})

    with Client(
        "t", api_url="https://api.example.org/v3", transport=httpx.MockTransport(answer), environment={},
        sleep=lambda _: None,
    ) as client:  # fmt: skip
        request = client.request("profile", 7)
        try:
            request.wait(timeout=1)
        except FetchError:
            assert len(number) > 4000  # Python reads no number as long as that
        with pytest.raises(FetchError):
            request.download(tmp_path / "x")


@pytest.mark.parametrize(
    "wish",
    ["9" * 9, "Mon, 01 Jan 99999 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 +2359", "soon", "-5", "1e9"],
)
def test_a_wish_to_wait_of_any_kind_is_bounded(wish):
    naps = []
    answers = iter(
        [httpx.Response(429, headers={"Retry-After": wish}), httpx.Response(201, headers={"X-Created": "1"})]
    )
    with Client(
        "t", api_url="https://api.example.org/v3", transport=httpx.MockTransport(lambda _: next(answers)),
        environment={}, sleep=naps.append,
    ) as client:  # fmt: skip
        assert client.request("profile", 7).id == "1"
    assert len(naps) == 1
    assert 0 <= naps[0] <= 601


@contextmanager
def dripping_handshakes():
    """A server that never ends the first message of TLS."""
    server = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def drip(connection):
        with connection:
            connection.recv(65536)
            with suppress(OSError):
                connection.sendall(b"\x16\x03\x03\x40\x00")
                while not ended.wait(0.05):
                    connection.sendall(b"\0")

    def accept():
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                threading.Thread(target=drip, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    with server:
        yield f"https://127.0.0.1:{server.getsockname()[1]}"
    ended.set()


def test_a_handshake_that_drips_is_left_when_the_time_is_over_and_nothing_was_asked():
    with (
        dripping_handshakes() as base,
        Client("t", api_url=f"{base}/v3", auth_url=base, environment={}) as client,
    ):
        began = time.monotonic()
        with pytest.raises(CertainlyFailedError):
            client.request("subprofile", 20285, deadline=time.time() + 1)
        assert time.monotonic() - began < 8


def test_a_name_that_nobody_answers_for_is_left_when_the_time_is_over(monkeypatch):
    asked = threading.Event()

    def silent(*_args, **_kwargs):
        asked.wait(20)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    base = "https://api.example.org"
    with Client("t", api_url=f"{base}/v3", auth_url=base, environment={}) as client:
        began = time.monotonic()
        with pytest.raises(CertainlyFailedError):
            client.request("subprofile", 20285, deadline=time.time() + 1)
        assert time.monotonic() - began < 8
    asked.set()
