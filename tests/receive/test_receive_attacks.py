"""What a caller without a key can cost: bounded by the size of the call, and nobody is kept out."""

import http.client
import json
import socket
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from plain_loop import loops
from signed_calls import EXPORT, HOST, KEY_NAME, PATH

from dsr_report.receive import server
from dsr_report.receive.signatures import Call, RejectedError, Rules, read_signature, verify_head

LONG = {
    "letters": "a" * 8000,
    "letters and a sign": "a" * 4000 + "=",
    "blanks": " " * 4095 + "x",
    "commas": "," * 4095 + "x",
    "blanks behind a name": "keyId" + " " * 4000 + "x",
    "quotes": '"' * 4096,
    "an open quote": 'keyId="' + "a" * 4080,
    "many parameters": ",".join(f'a{n}="1"' for n in range(450)),
    "many names": f'keyId="{KEY_NAME}",algorithm="rsa-sha256",headers="{"x " * 1900}",signature="YQ=="',
    "one name often": f'keyId="{KEY_NAME}",algorithm="rsa-sha256",headers="{"date " * 31}",signature="YQ=="',
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_signature_of_any_kind_is_refused_in_no_time(text):
    def refused():
        for _ in range(20):
            with pytest.raises(RejectedError):
                read_signature(text)

    assert loops(refused) < 16


def test_no_text_is_put_together_before_the_key_is_known(signer):
    asked = []

    def no_key(name):
        asked.append(name)
        return ()

    headers = signer.headers() | {"X-Large": "x" * 60_000}
    headers["Signature"] = headers["Signature"].replace('headers="', 'headers="x-none ')
    call = Call("POST", PATH, list(headers.items()))
    with pytest.raises(RejectedError) as refused:
        verify_head(call, Rules(HOST, "1234", timedelta(60)), now=datetime.now(UTC), keys=no_key)
    assert (refused.value.code, len(asked)) == ("no-key", 1)


HEADS = {
    "a year of many digits": {"Date": "Mon, 01 Jan " + "9" * 5000 + " 00:00:00 GMT"},
    "before the first year": {"Date": "Mon, 01 Jan 0001 00:00:00 +2359"},
    "after the last year": {"Date": "Fri, 31 Dec 9999 23:59:59 -2359"},
    "a zone of many digits": {"Date": "Mon, 01 Jan 2026 00:00:00 +" + "9" * 400},
    "no date": {"Date": "\xb2\xb2"},
    "digits of another kind": {"X-Copernica-ID": "account_\xb2"},
    "many digits": {"X-Copernica-ID": "account_" + "9" * 5000},
    "a digest that is none": {"Digest": "SHA-256=" + "\xe9" * 40},
    "many digests": {"Digest": ",".join(["SHA-256=YQ=="] * 3000)},
    "a host of any letters": {"Host": "\xe9" * 300},
}


@pytest.mark.parametrize("changed", HEADS.values(), ids=HEADS)
def test_a_head_of_any_kind_is_refused_and_is_no_fault_of_ours(start, signer, changed):
    headers = signer.headers()
    lines = {**headers, **changed}
    endpoint = start()
    with socket.create_connection(("127.0.0.1", endpoint.port), 10) as connection:
        head = f"POST {PATH} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in lines.items())
        connection.sendall(head.encode("latin-1") + b"\r\n" + EXPORT)
        status = int(connection.recv(100).split()[1])
    assert status in {400, 401}


@contextmanager
def signatures(port, signer):
    """Calls without end, each with a signature that takes long to read, if one lets it."""
    stop = threading.Event()
    heads = []
    for text in LONG.values():
        headers = signer.headers() | {"Signature": text}
        heads.append(
            (f"POST {PATH} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())).encode()
        )

    def call():
        while not stop.is_set():
            for head in heads:
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as connection:
                    connection.sendall(head + b"\r\n" + EXPORT)
                    connection.recv(100)

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    yield
    stop.set()
    for thread in threads:
        thread.join()


@contextmanager
def silence(port, _signer):
    """As many connections as may be, none of which says anything."""
    with ExitStack() as stack:
        for _ in range(450):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), 5))
        yield


@contextmanager
def drips(port, _signer):
    """Connections that say a letter now and then, and never a whole head."""
    stop = threading.Event()
    with ExitStack() as stack:
        all_of_them = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port), 5)) for _ in range(300)
        ]

        def drip():
            while not stop.wait(0.05):
                for connection in all_of_them:
                    with suppress(OSError):
                        connection.sendall(b"G")

        thread = threading.Thread(target=drip)
        thread.start()
        yield
        stop.set()
        thread.join()


@pytest.mark.parametrize("attack", [signatures, silence, drips])
def test_a_good_call_is_answered_within_two_seconds_whatever_goes_on(
    start, signer, attack, outstanding, register
):
    endpoint = start()
    with attack(endpoint.port, signer):
        for _ in range(3):
            began = time.monotonic()
            assert endpoint.call(signer.headers()) == 202
            assert endpoint.call({"Host": "x"}, b"", path="/health", method="GET") == 200
            assert time.monotonic() - began < 2
    endpoint.stop()
    assert register.request(outstanding).state == "collected"


@pytest.mark.parametrize(
    "sent", [b"", b"POST /copernica HTTP/1.1\r\nHost: x\r\n"], ids=["nothing", "half a head"]
)
def test_who_sends_no_head_is_cut_off(start, monkeypatch, sent):
    monkeypatch.setattr(server, "_HEAD_SECONDS", 0.3)
    endpoint = start()
    with socket.create_connection(("127.0.0.1", endpoint.port), 10) as connection:
        connection.sendall(sent)
        with suppress(ConnectionResetError):
            assert connection.recv(10) == b""


@pytest.fixture
def certificate(tmp_path):
    file = tmp_path / "own.pem"
    trustme.CA().issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(file))
    return file


def test_who_begins_no_handshake_is_cut_off_and_keeps_nobody_out(start, monkeypatch, certificate, signer):
    monkeypatch.setattr(server, "_HEAD_SECONDS", 0.5)
    endpoint = start(certificate=certificate)
    with silence(endpoint.port, signer), socket.create_connection(("127.0.0.1", endpoint.port), 10) as one:
        assert endpoint.call(signer.headers()) == 202
        one.settimeout(10)
        with suppress(ConnectionResetError):
            assert one.recv(10) == b""


def test_a_body_that_nobody_reads_does_not_go_on_for_ever(start, monkeypatch):
    monkeypatch.setattr(server, "_HEAD_SECONDS", 0.3)
    endpoint = start()
    with socket.create_connection(("127.0.0.1", endpoint.port), 10) as connection:
        connection.sendall(b"POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
        assert b" 404 " in connection.recv(1000)
        is_cut = False
        until = time.monotonic() + 10
        while not is_cut and time.monotonic() < until:
            time.sleep(0.05)
            try:
                connection.sendall(b"x")
            except OSError:
                is_cut = True
        assert is_cut


def test_a_name_server_that_is_slow_holds_only_those_who_need_it(start, signer, name_server):
    endpoint = start()
    assert endpoint.call(signer.headers()) == 202  # its key is known from now on
    name_server.is_silent = True
    statuses = []

    def unknown(number):
        headers = signer.headers(key_id=f"n{number}._domainkey.copernica.com")
        statuses.append(endpoint.call(headers))

    threads = [threading.Thread(target=unknown, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    began = time.monotonic()
    other = EXPORT.replace(b"20285", b"777")
    assert endpoint.call(signer.headers(other), other) == 202
    assert time.monotonic() - began < 2
    for thread in threads:
        thread.join()
    assert set(statuses) == {503}


def test_each_call_is_one_line_that_names_nobody(start, signer, outstanding, folder):
    said = []
    endpoint = start(say=said.append)
    headers = signer.headers()
    robin = json.dumps({"info": {"type": "email", "id": "robin@example.org"}, "data": []}).encode()
    two = json.dumps([{"info": {"type": "profile", "id": n}, "data": []} for n in (1, 2)]).encode()
    for lines, body in (
        (headers, EXPORT), (headers, EXPORT), (signer.headers(robin), robin), (signer.headers(two), two),
        (signer.headers(b"no export"), b"no export"), ({"Host": HOST}, b""),
    ):  # fmt: skip
        count = len(said)
        endpoint.call(lines, body)
        until = time.monotonic() + 10
        while len(said) == count and time.monotonic() < until:
            time.sleep(0.01)
        assert len(said) == count + 1
    endpoint.call(signer.headers(), path="/elsewhere")
    came, replayed, unmatched, several, none, unsigned, elsewhere = said
    assert "data request 1 came" in came
    assert f"{datetime.now(UTC).year}-0001" in came
    assert "[replayed]" in replayed
    assert "unmatched" in unmatched
    assert str(folder / "unmatched") in unmatched
    assert "it names 2 subjects" in several
    assert "[not-an-export]" in none
    assert "[missing-header]" in unsigned
    assert "[404]" in elsewhere
    assert "robin@" not in "".join(said)


def test_answers_are_still_plain_http(start):
    connection = http.client.HTTPConnection("127.0.0.1", start().port, timeout=10)
    for _ in range(3):  # on one connection
        connection.request("GET", "/health")
        assert connection.getresponse().read() == b"ok\n"
    connection.close()
