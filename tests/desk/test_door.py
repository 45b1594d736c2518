"""Who may come in: the table of threats, by requests made by hand."""

from __future__ import annotations

import json
import logging
import socket
import stat
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from desks import SAMPLES, Running, running_desk, text_of

from dsr_report.desk.server import open_by_file
from dsr_report.desk.server import running_desk as link_of_running_desk
from dsr_report.desk.uploads import UploadLimits

FORM = {"actor": "mallory", "language": "nl", "idle": "30"}


def raw(desk: Running, request: bytes) -> bytes:
    """What is answered to bytes that no client library would send."""
    with socket.create_connection(("127.0.0.1", desk.desk.address.port), timeout=10) as line:
        line.sendall(request)
        line.settimeout(10)
        found = b""
        while block := line.recv(65536):
            found += block
        return found


@pytest.mark.parametrize(
    "host",
    [
        b"Host: evil.test\r\n",
        b"Host: localhost:%d\r\n",
        b"Host: 127.0.0.1:1\r\n",
        b"Host: 127.0.0.1\r\n",
        b"Host: [::1]:%d\r\n",
        b"Host: 127.0.0.1:%d.evil.test\r\n",
        b"Host: 127.0.0.1:%d, evil.test\r\n",
        b"",
        b"Host: 127.0.0.1:%d\r\nHost: evil.test\r\n",
    ],
)
def test_a_foreign_host_is_refused_whatever_else_is_right(desk: Running, host: bytes) -> None:
    if b"%d" in host:
        host = host.replace(b"%d", str(desk.desk.address.port).encode())
    cookie = "; ".join(f"{one.name}={one.value}" for one in desk.http.cookies.jar).encode()
    path = f"{desk.root}/".encode()
    answer = raw(
        desk,
        b"GET " + path + b" HTTP/1.1\r\n" + host + b"Cookie: " + cookie + b"\r\nConnection: close\r\n\r\n",
    )
    assert answer.split(b" ", 2)[1] == b"400"
    assert b"Cases" not in answer


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.test"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "https://127.0.0.1:{port}"},
        {"origin": "http://127.0.0.1:{port}", "sec-fetch-site": "same-site"},
        {"origin": "http://127.0.0.1:{port}", "sec-fetch-site": "cross-site"},
        {"origin": "http://127.0.0.1:{port}", "sec-fetch-site": "none"},
        {},
    ],
)
def test_a_form_of_another_page_changes_nothing(desk: Running, headers: dict[str, str]) -> None:
    filled = {k: v.format(port=desk.desk.address.port) for k, v in headers.items()}
    answer = desk.http.post(f"{desk.root}/settings", data=FORM, headers=filled)
    assert answer.status_code == 403
    assert desk.office.folder.settings["actor"] == "anna"


def test_without_the_path_or_the_cookie_there_is_nothing_to_see(desk: Running) -> None:
    with httpx.Client(base_url=desk.origin, trust_env=False) as stranger:
        assert stranger.get("/").status_code == 404
        assert stranger.get("/" + "x" * len(desk.root)).status_code == 404
        answer = stranger.get(f"{desk.root}/")
        assert answer.status_code == 401
        assert "You are not signed in" in text_of(answer)
        assert "New request" not in answer.text
        for cookie in ("x", "", desk.http.cookies[desk.desk.address.cookie][:-1]):
            headers = {"cookie": f"{desk.desk.address.cookie}={cookie}"}
            assert stranger.get(f"{desk.root}/settings", headers=headers).status_code == 401
        answer = stranger.post(f"{desk.root}/settings", data=FORM, headers={"origin": desk.origin})
        assert answer.status_code == 401
    assert desk.office.folder.settings["actor"] == "anna"


def test_a_token_works_once(desk: Running) -> None:
    link = desk.desk.link()
    with httpx.Client(trust_env=False) as one, httpx.Client(trust_env=False) as other:
        assert one.get(link).status_code == 200
        assert one.get(f"{desk.origin}{desk.root}/").status_code == 200
        assert other.get(link).status_code == 401
        assert other.get(f"{desk.origin}{desk.root}/").status_code == 401


def test_a_token_that_was_not_used_is_soon_worth_nothing(desk: Running) -> None:
    link = desk.desk.link()
    desk.clock.now += 301
    desk.get("/stay")
    assert httpx.get(link, trust_env=False).status_code == 401


def test_the_cookie_goes_to_our_path_alone_and_to_no_script(desk: Running) -> None:
    set_cookie = httpx.get(desk.desk.link(), trust_env=False).headers["set-cookie"]
    assert f"Path={desk.root}/" in set_cookie
    assert "HttpOnly" in set_cookie
    assert "SameSite=Strict" in set_cookie
    assert str(desk.desk.address.port) in set_cookie


def test_every_answer_has_the_headers(desk: Running) -> None:
    for answer in (
        desk.get("/"),
        desk.get("/static/desk.js"),
        desk.get("/no-such-page"),
        desk.http.get("/elsewhere"),
        desk.http.post(f"{desk.root}/settings"),
    ):
        headers = answer.headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "server" not in headers


def test_pages_hold_no_script_or_style_within(desk: Running) -> None:
    for path in ("/", "/new", "/settings", "/keys"):
        page = desk.get(path).text
        assert "<script>" not in page
        assert " style=" not in page
        assert "<style" not in page
        assert " onclick" not in page


def test_after_a_while_without_work_one_is_signed_out_and_can_stay(tmp_path: Path) -> None:
    with running_desk(tmp_path) as desk:
        desk.sign_in()
        desk.clock.now += 29 * 60
        assert desk.post("/stay").status_code == 200
        desk.clock.now += 29 * 60
        assert desk.get("/").status_code == 200
        desk.clock.now += 31 * 60
        assert desk.get("/").status_code == 401
        assert desk.post("/settings", FORM).status_code == 401
        assert desk.office.folder.settings["actor"] == "anna"


def test_quit_ends_the_server_and_all_sessions(tmp_path: Path) -> None:
    with running_desk(tmp_path) as desk:
        desk.sign_in()
        spare = desk.desk.link()
        answer = desk.post("/quit")
        assert "Max-Age=0" in answer.headers["set-cookie"]
        desk.thread.join(timeout=20)
        assert not desk.thread.is_alive()
        with pytest.raises(httpx.ConnectError):
            httpx.get(spare, trust_env=False)
        assert not (desk.office.folder.root / "running.json").exists()


def test_a_second_start_gets_a_link_of_the_desk_that_runs(desk: Running) -> None:
    link = link_of_running_desk(desk.office.folder.root)
    assert link is not None
    assert httpx.get(link, trust_env=False).status_code == 200
    assert desk.post("/knock", headers={"x-desk-key": "wrong"}).status_code == 403
    assert desk.post("/knock").status_code == 403


def test_a_desk_that_is_gone_is_not_found(tmp_path: Path) -> None:
    assert link_of_running_desk(tmp_path) is None
    (tmp_path / "running.json").write_text('{"address": "http://127.0.0.1:9/x", "knock": "y"}')
    assert link_of_running_desk(tmp_path) is None
    (tmp_path / "running.json").write_text('{"address": "http://evil.test/x", "knock": "y"}')
    assert link_of_running_desk(tmp_path) is None


def test_the_browser_is_started_with_a_private_file_and_never_with_the_token(desk: Running) -> None:
    started: list[str] = []
    link = desk.desk.link()
    open_by_file(desk.office.folder.root, link, lambda address: not started.append(address))
    (address,) = started
    token = link.rpartition("=")[2]
    assert token not in address
    file = Path(address.removeprefix("file://"))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token in file.read_text("utf-8")


def test_all_files_and_folders_are_private(desk: Running) -> None:
    desk.drop(SAMPLES / "nothing-found.json")
    desk.taken_in(SAMPLES / "profile-90211.json")
    paths = list(desk.office.folder.root.rglob("*"))
    assert any(path.name in {"journal.jsonl", "review.toml"} for path in paths)
    for path in paths:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


# ---- uploads


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    limits = UploadLimits(file_bytes=10_000, stall_seconds=2)
    with running_desk(tmp_path_factory.mktemp("small"), limits=limits) as running:
        running.sign_in()
        yield running


def left_in(desk: Running) -> list[str]:
    return [path.name for path in desk.office.folder.incoming.iterdir()]


def export_of(size: int) -> bytes:
    head, tail = b'{"info": {"type": "email", "id": "a@example.org"}, "data": ["', b'"]}'
    return head + b"x" * (size - len(head) - len(tail)) + tail


def test_an_upload_may_be_as_large_as_allowed_and_no_byte_larger(small: Running) -> None:
    assert small.drop(export_of(10_000)).status_code == 200
    answer = small.drop(export_of(10_001))
    assert answer.status_code == 413
    assert "2 GB" in text_of(answer)
    assert left_in(small) == []


def test_five_gigabytes_are_refused_by_their_header(small: Running) -> None:
    cookie = "; ".join(f"{one.name}={one.value}" for one in small.http.cookies.jar)
    head = (
        f"POST {small.root}/upload HTTP/1.1\r\nHost: {small.desk.address.host}\r\nOrigin: {small.origin}\r\n"
        f"Cookie: {cookie}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        "Content-Length: 5368709120\r\nConnection: close\r\n\r\n"
    )
    assert b" 413 " in raw(small, head.encode())[:20]
    huge = head.replace("5368709120", "9" * 60)
    assert raw(small, huge.encode())[9:12] in {b"413", b"400"}


def test_an_upload_that_stalls_is_ended_and_nothing_is_kept(small: Running) -> None:
    cookie = "; ".join(f"{one.name}={one.value}" for one in small.http.cookies.jar)
    head = (
        f"POST {small.root}/upload HTTP/1.1\r\nHost: {small.desk.address.host}\r\nOrigin: {small.origin}\r\n"
        f"Cookie: {cookie}\r\nContent-Type: multipart/form-data; boundary=x\r\n"
        "Content-Length: 5000\r\nConnection: close\r\n\r\n"
        '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n{"info"'
    )
    assert b" 408 " in raw(small, head.encode())[:20]
    assert left_in(small) == []


def nested_zip() -> bytes:
    content = b"0" * 1_000_000
    for depth in range(4):
        out = BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"{depth}.zip", content)
        content = out.getvalue()
    return content


@pytest.mark.parametrize(
    "content",
    [
        b"not json",
        b"{}",
        b"[1, 2",
        b'{"info": {"type": "email", "id": "a@example.org"}, "data": [1',
        b'{"info": {"type": "email"}, "data": []}',
        b'{"info": {"type": "database", "id": "3"}, "data": []}',
        nested_zip(),
    ],
    ids=["text", "object", "cut", "cut-data", "nobody", "no-person", "nested-zip"],
)
def test_what_is_no_export_is_refused_and_makes_no_case(small: Running, content: bytes) -> None:
    before = len(small.office.register.cases(everything=True))
    answer = small.drop(content)
    assert answer.status_code == 422
    assert "There is a problem" in text_of(answer)
    assert len(small.office.register.cases(everything=True)) == before
    assert left_in(small) == []


def test_a_form_without_a_file_says_so(small: Running) -> None:
    answer = small.post("/upload", files={"file": ("", b"")})
    assert answer.status_code == 422
    assert "No file was chosen" in text_of(answer)
    answer = small.post("/upload", {"file": "text"})
    assert answer.status_code == 400


def test_a_full_disk_is_told_and_nothing_is_kept(small: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = small.office.folder.incoming
    moved = folder.with_name("gone")
    folder.rename(moved)
    try:
        answer = small.drop(export_of(5000))
    finally:
        moved.rename(folder)
    assert answer.status_code == 507
    assert "could not be stored" in text_of(answer)


# ---- paths and names


@pytest.mark.parametrize(
    "path",
    [
        "/case/../settings",
        "/case/..%2f..%2fsettings",
        "/case/%2e%2e/%2e%2e/etc/passwd",
        "/case//etc/passwd",
        "/case/%00",
        "/case/0000000000000000",
        "/static/../base.html.j2",
        "/static/..%2fbase.html.j2",
        "/static/%2fetc%2fpasswd",
    ],
)
def test_paths_lead_to_no_file(desk: Running, path: str) -> None:
    cookie = "; ".join(f"{one.name}={one.value}" for one in desk.http.cookies.jar)
    head = (
        f"GET {desk.root}{path} HTTP/1.1\r\nHost: {desk.desk.address.host}\r\nCookie: {cookie}\r\n"
        "Connection: close\r\n\r\n"
    )
    answer = raw(desk, head.encode())
    assert answer.split(b" ", 2)[1] == b"404"
    assert b"root:" not in answer
    assert b"{%" not in answer


@pytest.mark.parametrize("bad", ["..%2f..%2fsettings", "%00", "x" * 3000, "-1", "9" * 30, "%2fetc%2fpasswd"])
def test_ids_of_a_case_lead_nowhere_else(desk: Running, bad: str) -> None:
    case = desk.taken_in(SAMPLES / "nothing-found.json")
    for path in ("finding", "text", "record", "made"):
        answer = desk.get(f"{case}/{path}/{bad}")
        assert answer.status_code == 404, path
        assert "root:" not in answer.text
    answer = desk.post(f"{case}/finding/{bad}/decide", {"decision": "withhold"})
    assert answer.status_code == 404


def test_the_script_that_asks_for_the_state_of_work_does_not_keep_one_signed_in(tmp_path: Path) -> None:
    with running_desk(tmp_path) as desk:
        desk.sign_in()
        case = desk.taken_in(SAMPLES / "nothing-found.json")
        for _ in range(4):
            desk.clock.now += 9 * 60
            answer = desk.get(f"{case}/work/state")
        assert answer.status_code == 401


HOSTILE = "</script><img src=x onerror=alert(1)>\"'\u202egnp.exe{{7*7}}"


def test_hostile_names_are_shown_as_text(desk: Running) -> None:
    answer = desk.post("/settings", {**FORM, "actor": HOSTILE, "language": "en"})
    assert "<img" not in answer.text
    assert "onerror=alert(1)&gt;" in answer.text
    answer = desk.post("/new", {"step": "1", "whom": HOSTILE})
    assert "<img" not in answer.text
    assert "49" not in text_of(answer)
    desk.post("/settings", {**FORM, "actor": "anna", "language": "en"})


def test_neither_logs_nor_errors_hold_what_was_entered(
    desk: Running, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: object, **__: object) -> None:
        raise ValueError("hunter2-secret")

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(desk.office.register, "cases", failing)
    answer = desk.get("/?find=hunter2-secret")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    desk.post("/new", {"step": "1", "whom": "hunter2-secret"})
    desk.get("/enter?token=hunter2-secret")
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    assert any("ValueError" in record.getMessage() for record in ours)
    assert not any("hunter2" in logging.Formatter().format(record) for record in ours)


# ---- other people on this machine


class Listener(BaseHTTPRequestHandler):
    """A server of another user, which writes down what browsers send it."""

    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.seen.append(json.dumps(dict(self.headers)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_a_server_on_another_port_sees_no_cookie(desk: Running) -> None:
    server = HTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        desk.http.get(f"http://127.0.0.1:{server.server_port}/")
        desk.http.get(f"http://127.0.0.1:{server.server_port}/guess/")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert len(Listener.seen) == 2
    assert desk.http.cookies[desk.desk.address.cookie] not in "".join(Listener.seen)


def test_it_listens_on_loopback_alone(desk: Running) -> None:
    others = {
        info[4][0]
        for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        if not info[4][0].startswith("127.")
    }
    for address in others:
        with (
            pytest.raises(ConnectionError),
            socket.create_connection((address, desk.desk.address.port), timeout=1),
        ):
            pass
    if Path("/proc/net/tcp").exists():
        wanted = f":{desk.desk.address.port:04X}"
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        listening = [line[1] for line in lines if line[1].endswith(wanted) and line[3] == "0A"]
        assert listening == [f"0100007F{wanted}"]


def test_its_address_is_new_at_each_start(tmp_path: Path) -> None:
    roots = set()
    for _ in range(2):
        with running_desk(tmp_path) as desk:
            roots.add(desk.root)
    assert len(roots) == 2
    assert all(len(root) > 30 for root in roots)
