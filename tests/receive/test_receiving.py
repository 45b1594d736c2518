"""What comes in is limited, matched, and never lost; what is not ours is not let in."""

import hashlib
import http.client
import socket
import threading

import pytest
from signed_calls import EXPORT, PATH

from dsr_report.receive.app import CallLimits
from dsr_report.receive.inbox import Inbox

OTHER = EXPORT.replace(b"20285", b"777")


def test_health_answers(start):
    assert start().call({"Host": "localhost"}, b"", path="/health", method="GET") == 200


@pytest.mark.parametrize(("method", "path", "status"), [("GET", PATH, 405), ("POST", "/other", 404)])
def test_other_methods_and_paths_are_refused(start, signer, method, path, status):
    assert start().call(signer.headers(), path=path, method=method) == status


def test_a_body_that_is_too_large_is_refused_before_it_is_read(start, signer, folder):
    endpoint = start(limits=CallLimits(body_bytes=20))
    assert endpoint.call(signer.headers()) == 413
    assert not any(path.is_file() for path in folder.rglob("*"))


def test_a_body_without_a_length_is_cut_at_the_limit(start, folder):
    endpoint = start(signed=False, path="/s3cret", limits=CallLimits(body_bytes=20))
    chunked = {"Host": "x", "Transfer-Encoding": "chunked"}
    body = b"%x\r\n%b\r\n0\r\n\r\n" % (len(EXPORT), EXPORT)
    assert endpoint.call(chunked, body, path="/s3cret") == 413
    assert not any(path.is_file() for path in folder.rglob("*"))


def test_a_caller_who_stalls_is_sent_away(start, signer, folder):
    endpoint = start(limits=CallLimits(stall_seconds=0.2))
    assert endpoint.call(signer.headers(), EXPORT[:10]) == 408
    assert not any(path.is_file() for path in folder.rglob("*"))


def test_a_call_that_is_cut_off_leaves_nothing_and_may_come_again(start, signer, folder):
    endpoint, headers = start(), signer.headers()
    with socket.create_connection(("127.0.0.1", endpoint.port)) as cut:
        head = f"POST {PATH} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in headers.items())
        cut.sendall(head.encode() + b"\r\n" + EXPORT[:10])
    status = 409
    for _ in range(100):  # until the endpoint has noticed
        status = endpoint.call(headers)
        if status != 409:
            break
    assert status == 202
    endpoint.stop()
    assert [path.name for path in (folder / "incoming").iterdir()] == []


def test_what_is_no_export_is_refused(start, signer, folder):
    endpoint = start()
    body = b"<html><title>Proxy</title></html>"
    assert endpoint.call(signer.headers(body), body) == 422
    assert not any(path.is_file() for path in folder.rglob("*"))


def test_plain_http_at_the_proxy_is_refused(start, signer):
    assert start().call(signer.headers() | {"X-Forwarded-Proto": "http"}) == 400


def test_an_export_of_nobody_who_is_waited_for_is_kept_apart(start, signer, folder, register, outstanding):
    endpoint = start()
    assert endpoint.call(signer.headers(OTHER), OTHER) == 202
    endpoint.stop()
    assert [path.read_bytes() for path in (folder / "unmatched").iterdir()] == [OTHER]
    assert register.request(outstanding).state == "pending"


def test_an_unsigned_call_needs_the_secret_path(start, register, outstanding):
    endpoint = start(signed=False, path="/copernica/s3cret")
    plain = {"Host": "x", "Content-Length": str(len(EXPORT))}
    assert endpoint.call(plain, path="/copernica/guess") == 404
    assert endpoint.call(plain, path="/copernica/s3cret") == 202
    endpoint.stop()
    assert register.request(outstanding).state == "collected"


def test_the_same_export_twice_is_as_good_as_once(start, signer, folder, register, outstanding):
    endpoint = start()
    assert [endpoint.call(signer.headers()) for _ in range(2)] == [202, 202]
    endpoint.stop()
    assert len(register.request(outstanding).files) == 1
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1


def test_an_export_that_was_polled_before_it_came_is_not_kept_twice(  # noqa: PLR0917 - fixtures
    start, signer, folder, register, outstanding, tmp_path
):
    polled = tmp_path / "polled.json"
    polled.write_bytes(EXPORT)
    register.note_file(outstanding, sha256=hashlib.sha256(EXPORT).hexdigest(), path=str(polled))
    endpoint = start()
    assert endpoint.call(signer.headers()) == 202
    endpoint.stop()
    assert not [path for path in folder.rglob("*") if path.is_file()]
    assert len(register.request(outstanding).files) == 1


def test_a_second_delivery_that_differs_is_written_down_beside_the_first(  # noqa: PLR0917 - fixtures
    start, signer, folder, register, outstanding, tmp_path
):
    polled = tmp_path / "polled.json"
    polled.write_bytes(EXPORT + b"\n")
    register.note_file(outstanding, sha256=hashlib.sha256(EXPORT + b"\n").hexdigest(), path=str(polled))
    endpoint = start()
    assert endpoint.call(signer.headers()) == 202
    endpoint.stop()
    assert [path.read_bytes() for path in folder.glob("received-*.json")] == [EXPORT]
    assert len(register.request(outstanding).files) == 2
    assert not register.check().findings


def test_an_export_of_a_closed_case_is_kept_apart(  # noqa: PLR0917 - fixtures
    start, signer, folder, register, outstanding, tmp_path
):
    polled = tmp_path / "polled.json"
    polled.write_bytes(EXPORT)
    register.note_file(outstanding, sha256=hashlib.sha256(EXPORT).hexdigest(), path=str(polled))
    register.close_case(register.request(outstanding).reference, reason="test")
    endpoint = start()
    assert endpoint.call(signer.headers()) == 202
    endpoint.stop()
    assert [path.read_bytes() for path in (folder / "unmatched").iterdir()] == [EXPORT]


def test_what_a_killed_endpoint_had_answered_for_is_matched_at_the_next_start(
    start, inbox, folder, register, outstanding
):
    (inbox.incoming / "half.whole").write_bytes(b"never answered for")
    part = inbox.incoming / "arrived"
    part.write_bytes(EXPORT)
    inbox.place(part, hashlib.sha256(EXPORT).hexdigest())
    Inbox(folder, register, api_url="https://api.copernica.com/v4")
    start().stop()
    assert register.request(outstanding).state == "collected"
    assert list(inbox.incoming.iterdir()) == []


def test_an_export_waits_on_disk_while_the_register_is_out_of_reach(  # noqa: PLR0917 - fixtures
    start, signer, inbox, register, outstanding, monkeypatch
):
    real, failed = register.note_file, threading.Event()

    def fail_once(*args, **options):
        monkeypatch.setattr(register, "note_file", real)
        failed.set()
        raise RuntimeError("out of reach")

    monkeypatch.setattr(register, "note_file", fail_once)
    endpoint = start(retry_seconds=0.05)
    assert endpoint.call(signer.headers()) == 202
    assert failed.wait(10)
    endpoint.stop()
    assert register.request(outstanding).state == "collected"
    assert list(inbox.incoming.iterdir()) == []


def test_stopping_waits_for_the_call_under_way(start, signer, register, outstanding):
    endpoint = start()
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=20)
    connection.putrequest("POST", PATH, skip_host=True, skip_accept_encoding=True)
    for name, value in signer.headers().items():
        connection.putheader(name, value)
    connection.endheaders(EXPORT[:10])
    endpoint.call({"Host": "x"}, b"", path="/health", method="GET")  # the first call has certainly begun
    endpoint.server.should_exit = True
    connection.send(EXPORT[10:])
    assert connection.getresponse().status == 202
    connection.close()
    endpoint.stop()
    assert register.request(outstanding).state == "collected"


def test_what_follows_is_told_of_each_export_and_its_failure_harms_nothing(
    start, signer, register, outstanding
):
    told = []

    def follow(received):
        told.append(received.number)
        raise RuntimeError("no fonts")

    endpoint = start(on_received=follow)
    assert endpoint.call(signer.headers()) == 202
    endpoint.stop()
    assert told == [outstanding]
    assert register.request(outstanding).state == "collected"


def test_what_failed_to_follow_follows_at_the_next_start_and_once_only(
    start, signer, register, outstanding, folder
):
    inbox = Inbox(folder, register, api_url="https://api.copernica.com/v4", hands_on=True)
    told = []

    def follow(received):
        told.append((received.number, received.path.read_bytes(), received.reference))
        if len(told) == 1:
            raise RuntimeError("killed")

    for _ in range(3):
        endpoint = start(inbox=inbox, on_received=follow)
        if not told:
            assert endpoint.call(signer.headers()) == 202
        endpoint.stop()
    assert told == [(outstanding, EXPORT, register.request(outstanding).reference)] * 2
    assert list((folder / "incoming").iterdir()) == []


def test_neither_the_log_nor_the_answer_names_a_person_or_the_path(start, caplog, register):
    caplog.set_level("DEBUG", logger="dsr_report")
    body = b'{"info": {"type": "email", "id": "jan@example.org"}, "data": []}'
    endpoint = start(signed=False, path="/copernica/s3cret")
    assert (
        endpoint.call({"Host": "x", "Content-Length": str(len(body))}, body, path="/copernica/s3cret") == 202
    )
    endpoint.stop()
    assert "kept apart" in caplog.text
    assert "jan@" not in caplog.text
    assert "s3cret" not in caplog.text
