"""The token is sent where it belongs, and shows up nowhere else."""

import logging
import pickle
import threading
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from dsr_report.errors import AuthError, DsrReportError, FetchError, UsageError
from dsr_report.fetch.client import Client
from dsr_report.fetch.hygiene import presentable
from dsr_report.fetch.token import Secret, find_token
from dsr_report.sandbox.state import FAULTS

ADDRESS = "Zoë.o'Neil+news/x?&#%@example.org"
VERSIONS = ["v4", "v3", "v2", "v1"]


@pytest.fixture
def elsewhere():
    """Another server, which keeps what it is sent."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(f"{self.requestline}\n{self.headers}")
            body = b'{"status": "available"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - the base class's name

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()
    thread.join()


def api(sandbox, version):
    return sandbox.api_url.replace("/v4", f"/{version}")


def everything_said(error):
    chain = []
    while error is not None:
        chain += [str(error), repr(error), repr(getattr(error, "__dict__", ""))]
        error = error.__cause__ or error.__context__
    return "\n".join(chain)


@pytest.mark.parametrize("version", ["v4", "v3"])
@pytest.mark.parametrize("fault", [None, *sorted(FAULTS)])
def test_neither_logs_nor_errors_hold_the_token_or_the_address(  # noqa: PLR0917 - fixtures
    start, client_of, elsewhere, caplog, tmp_path, version, fault
):
    sandbox = start(elsewhere=elsewhere[0], stall_seconds=0.15)
    for name in ("", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    said = []
    for place in ("POST /authenticate", "/status$", "/data$", "POST /v"):
        if fault:
            sandbox.state.plan(place, fault)
    client = client_of(sandbox, api_url=api(sandbox, version), timeout_seconds=0.1)
    for _ in range(3):
        try:
            request = client.request("email", ADDRESS)
            said += [repr(request), repr(client), str(request.wait().download(tmp_path / "x.json"))]
        except DsrReportError as error:
            said += [everything_said(error), "".join(traceback.format_exception(error))]
    text = caplog.text + "\n".join(said)
    secrets = [sandbox.state.token, *sandbox.state.tokens]
    assert text
    for secret in [*secrets, ADDRESS, "o'Neil", "Neil%2B", "example.org", "access_token", "Bearer"]:
        assert secret not in text


def test_logs_of_other_users_of_the_http_library_are_left_alone(client, elsewhere, caplog):
    caplog.set_level(logging.INFO, logger="httpx")
    client.request("profile", 7).wait()
    assert "HTTP Request" not in caplog.text
    httpx.get(elsewhere[0] + "/mine")
    assert "/mine" in caplog.text


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("place", ["/status$", "/data$"])
def test_a_redirect_to_another_host_never_takes_the_token_along(  # noqa: PLR0917 - fixtures
    start, client_of, elsewhere, tmp_path, version, place
):
    url, seen = elsewhere
    sandbox = start(elsewhere=url)
    sandbox.state.plan(place, "away")
    request = client_of(sandbox, api_url=api(sandbox, version)).request("profile", 7)
    request.wait()
    if place == "/data$":
        sandbox.state.plan("/data$", *["away"] * 9)
        with pytest.raises(FetchError):
            request.download(tmp_path / "x.json")
    assert seen
    for secret in [sandbox.state.token, *sandbox.state.tokens, "access_token", "uthorization"]:
        assert all(secret not in one for one in seen)


@pytest.mark.parametrize("place", ["POST /v4", "/authenticate"])
def test_a_post_is_never_sent_on_to_another_host(start, client_of, elsewhere, place):
    url, seen = elsewhere
    sandbox = start(elsewhere=url)
    sandbox.state.plan(place, *["away"] * 9)
    with pytest.raises(FetchError):
        client_of(sandbox).request("profile", 7)
    assert seen == []
    assert sandbox.state.jobs == {}


def test_a_redirect_to_a_place_that_is_not_encrypted_is_not_followed(start, client_of):
    sandbox = start(elsewhere="http://192.0.2.1")
    request = client_of(sandbox).request("profile", 7)
    sandbox.state.plan("/status$", "away")
    with pytest.raises(FetchError, match="unencrypted"):
        request.status()


def test_a_redirect_on_the_same_host_is_followed(sandbox, client):
    request = client.request("profile", 7)
    sandbox.state.plan("/status$", "move", "move")
    assert request.is_available
    sandbox.state.plan("/status$", *["move"] * 9)
    with pytest.raises(FetchError, match="circles"):
        request.status()


@pytest.mark.parametrize("version", VERSIONS)
def test_older_versions_authenticate_by_query_and_v4_by_header(sandbox, client_of, version):
    client = client_of(sandbox, api_url=api(sandbox, version))
    client.request("profile", 7).wait()
    assert sandbox.state.count("POST", "/authenticate") == (1 if version == "v4" else 0)
    assert sandbox.state.count("POST", f"/{version}/profile/7/datarequest") == 1
    assert all("access_token" not in path for _, path in sandbox.state.asked)


def test_the_version_can_be_chosen_for_an_address_of_another(sandbox, client_of):
    client_of(sandbox, version="v2").request("profile", 7)
    assert sandbox.state.count("POST", "/v2/profile/7/datarequest") == 1


@pytest.mark.parametrize("version", VERSIONS)
def test_a_wrong_token_is_refused_in_one_line(sandbox, client_of, version):
    client = client_of(sandbox, token="wrong-secret-token", api_url=api(sandbox, version))  # noqa: S106 - invented
    with pytest.raises(AuthError) as caught:
        client.request("profile", 7)
    assert "wrong-secret-token" not in everything_said(caught.value)
    assert sandbox.state.jobs == {}
    with pytest.raises(AuthError):
        client.log_in()


@pytest.mark.parametrize("version", VERSIONS)
def test_logging_in_asks_for_nothing(sandbox, client_of, version):
    client_of(sandbox, api_url=api(sandbox, version)).log_in()
    assert sandbox.state.jobs == {}


def test_a_secret_shows_itself_to_nobody():
    secret = Secret("abc-123")
    shown = f"{secret} {secret!r} {[secret]} %s" % secret
    assert "abc-123" not in shown
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    assert secret == Secret("abc-123")
    assert secret.reveal() == "abc-123"


@pytest.mark.parametrize("token", ["line\nbreak", "tab\ttab", "\x00", "zoë"])
def test_a_token_that_no_header_can_hold_is_not_quoted_by_any_error(sandbox, client_of, token):
    for version in VERSIONS:
        with pytest.raises(DsrReportError) as caught:
            client_of(sandbox, token=f"{token}-hush", api_url=api(sandbox, version)).request("profile", 7)
        assert "hush" not in everything_said(caught.value)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://api.example.org/v4", "https"),
        ("ftp://api.example.org/v4", "https"),
        ("https://user:hush@api.example.org/v4", "plain web address"),
        ("https://api.example.org/v4?access_token=hush", "plain web address"),
        ("https://api.example.org:hush/v4", "not a web address"),
        ("https:///v4", "plain web address"),
        ("api.example.org", "plain web address"),
    ],
)
@pytest.mark.parametrize("which", ["COPERNICA_API_URL", "COPERNICA_AUTH_URL"])
def test_addresses_that_no_token_should_be_sent_to_are_refused(url, why, which):
    with pytest.raises(UsageError, match=why) as caught:
        Client("t", environment={which: url})
    assert which in str(caught.value)
    assert "hush" not in str(caught.value)


def test_the_token_file_must_be_private(tmp_path):
    path = tmp_path / "token"
    path.write_text("  abc-123\n", encoding="utf-8")
    for mode in (0o644, 0o640, 0o604, 0o602):
        path.chmod(mode)
        with pytest.raises(AuthError, match="chmod 600"):
            find_token({"COPERNICA_TOKEN_FILE": str(path)})
    path.chmod(0o600)
    assert find_token({"COPERNICA_TOKEN_FILE": str(path)}) == Secret("abc-123")
    assert find_token({"COPERNICA_TOKEN_FILE": str(path), "COPERNICA_TOKEN": "def"}) == Secret("def")
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(AuthError, match="empty"):
        find_token({"COPERNICA_TOKEN_FILE": str(path)})
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(AuthError):
        find_token({"COPERNICA_TOKEN_FILE": str(path)})
    with pytest.raises(AuthError, match="unreadable"):
        find_token({"COPERNICA_TOKEN_FILE": str(tmp_path / "missing")})


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("No entity with supplied ID", "No entity with supplied ID"),
        ("no entity jan@example.org here", "no entity (an address) here"),
        ("see https://api.example.org/v3/x?access_token=hush", "see (a link)"),
        ("bad token eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ.sig", "bad token …"),
        ("one\r\ntwo\x1b[31m\u202e", "one two [31m"),
        ("x " * 500, "x " * 100 + "…"),
    ],
)
def test_what_a_server_says_is_shown_without_what_is_nobodys_business(said, shown):
    assert presentable(said) == shown


def test_a_host_that_wants_the_token_itself_is_named_and_does_not_get_it(start, client_of):
    other = start()
    sandbox = start(elsewhere=other.url)
    request = client_of(sandbox).request("profile", 7)
    sandbox.state.plan("/status$", "away")
    with pytest.raises(FetchError, match=r"wants the token.*COPERNICA_API_URL"):
        request.status()
    assert other.state.count("GET", "/status$") == 1
