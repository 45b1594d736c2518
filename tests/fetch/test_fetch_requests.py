"""What is asked for, under which address, and where the answer's id may stand."""

import base64
import json
import threading

import httpx
import pytest

from dsr_report.errors import FetchError, UnknownIdError, UsageError
from dsr_report.fetch.answers import CertainlyFailedError, PerhapsDoneError
from dsr_report.fetch.client import Client

PLACES = ["x-created", "x-location", "location", "body", "object", "text"]
SENTENCES = [
    "Data not available (yet)",
    "Data not available (yet).",
    "no data available (yet).",
    "Data are not available (yet).",
    "  DATA NOT AVAILABLE (YET) ",
]


def answering(answer, **options):
    """A client of an API that logs everyone in and gives `answer(request)` to everything else."""

    def respond(request):
        if request.url.path.startswith("/login"):
            return httpx.Response(200, text="a.b.c\n")
        return answer(request)

    settings = {
        "token": "t",
        "api_url": "https://api.example.org/v4",
        "auth_url": "https://api.example.org/login",
        "sleep": lambda _seconds: None,
        "environment": {},
    }
    return Client(transport=httpx.MockTransport(respond), **(settings | options))


def id_from(**response):
    with answering(lambda _request: httpx.Response(**{"status_code": 201} | response)) as client:
        return client.request("profile", 7).id


@pytest.mark.parametrize("place", PLACES)
def test_the_id_is_found_wherever_it_stands(start, client_of, place):
    sandbox = start(id_in=place)
    request = client_of(sandbox).request("subprofile", 20285)
    assert [request.id] == list(sandbox.state.jobs)
    assert request.is_available


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ({"headers": {"x-CREATED": " 4711 "}}, "4711"),
        ({"headers": {"X-Created": "4711", "X-Location": "/v4/datarequest/12"}, "json": {"id": 13}}, "4711"),
        ({"headers": {"X-Created": "true", "X-Location": "/v4/datarequest/12"}}, "12"),
        ({"headers": {"X-Location": "https://api.example.org/v1/datarequest/a-B_c.9/data"}}, "a-B_c.9"),
        ({"headers": {"X-Location": "/v4/datarequest/12/status/"}}, "12"),
        ({"headers": {"Location": "/datarequest/12?access_token=hush"}}, "12"),
        ({"headers": {"Location": "/datarequest/12"}, "status_code": 303}, "12"),
        ({"headers": {"Location": "/v4/profile/7/datarequest"}, "json": "x1"}, "x1"),
        ({"json": 4711}, "4711"),
        ({"json": "4711"}, "4711"),
        ({"json": {"ID": "4711"}}, "4711"),
        ({"json": {"datarequest": 4711}}, "4711"),
        ({"json": {"datarequest": {"id": "4711"}}}, "4711"),
        ({"text": " abc-123\n"}, "abc-123"),
        ({"headers": {"X-Created": "a/b+c=="}}, "a/b+c=="),
    ],
    ids=str,
)
def test_the_first_hit_is_the_id(response, expected):
    assert id_from(**response) == expected


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"json": True},
        {"json": {"ok": True}},
        {"json": []},
        {"text": "OK"},
        {"text": "Your request was accepted"},
        {"headers": {"X-Created": "true"}},
        {"headers": {"X-Created": "two words"}},
        {"status_code": 303},
        {"headers": {"Location": "/v4/profile/7/datarequest"}},
        {"headers": {"Location": "https://[broken/12"}},
        {"json": {"id": ".."}},
        {"html": "<html>4711</html>"},
        {"content": b"\xff\xfe\x00"},
    ],
    ids=str,
)
def test_an_accepted_request_without_an_id_may_have_been_made(response):
    with pytest.raises(PerhapsDoneError, match="request="):
        id_from(**response)


@pytest.mark.parametrize(
    ("status", "message", "error"),
    [
        (400, "No subprofile with supplied ID", UnknownIdError),
        (400, "No entity with supplied ID", UnknownIdError),
        (400, "This profile has already been removed", UnknownIdError),
        (200, "No profile with supplied ID", UnknownIdError),
        (400, "Invalid method", CertainlyFailedError),
        (422, "Invalid data provided", CertainlyFailedError),
        (404, "Not found", CertainlyFailedError),
    ],
)
def test_what_the_api_refuses_was_certainly_not_made(status, message, error):
    asked = []

    def answer(request):
        asked.append(request)
        return httpx.Response(status, json={"error": {"message": message}})

    with answering(answer) as client, pytest.raises(error, match=message):
        client.request("profile", 7)
    assert len(asked) == 1


def test_an_unknown_id_is_named_and_an_unknown_address_is_not(client, sandbox):
    with pytest.raises(UnknownIdError, match="subprofile 4711"):
        client.request("subprofile", 4711)
    with pytest.raises(UnknownIdError) as caught:
        client.request("email", "jan@example.org")
    assert "jan" not in str(caught.value)
    assert sandbox.state.jobs == {}


def test_every_character_of_an_address_arrives(client, sandbox):
    address = "Zoë.o'Neil+news/x?&#%@example.org"
    request = client.request("email", f" {address} ")
    assert sandbox.state.jobs[request.id].sample.subject_id == address


@pytest.mark.parametrize("report", [None, "privacy@example.org", "https://example.org/in/x?y=1"])
def test_the_report_target_goes_into_the_body(client, sandbox, report):
    request = client.request("subprofile", 20285, report=report)
    assert sandbox.state.jobs[request.id].report == report


@pytest.mark.parametrize(
    "report", ["nobody", "ftp://example.org/x", "a b@example.org", "javascript:alert(1)", "https://x/\udc80"]
)
def test_a_report_target_that_is_none_is_refused_before_anything_is_sent(client, sandbox, report):
    with pytest.raises(UsageError, match="report="):
        client.request("subprofile", 20285, report=report)
    assert sandbox.state.asked == []


@pytest.mark.parametrize(
    ("subject_type", "subject_id"),
    [("subprofile", "../../x"), ("subprofile", ""), ("profile", "7/datarequest"), ("profile", "-1"),
     ("email", "nobody"), ("email", "a@b\r\nX: y"), ("email", "a\udc80@example.org"),
     ("mailing", "7"), ("subprofile", "٧")],
)  # fmt: skip
def test_what_is_no_subject_is_refused_before_anything_is_sent(client, sandbox, subject_type, subject_id):
    with pytest.raises(UsageError):
        client.request(subject_type, subject_id)
    assert sandbox.state.asked == []


@pytest.mark.parametrize("request_id", ["", ".", "..", "two words", "new\nline", "x" * 201, "é"])
def test_what_is_no_request_id_is_refused(client, request_id):
    with pytest.raises(UsageError, match="request id"):
        client.take_up(request_id)


def test_an_id_with_odd_characters_stays_one_part_of_the_address():
    asked = []

    def answer(request):
        asked.append(request.url.raw_path)
        return httpx.Response(200, json={"status": "available"})

    with answering(answer) as client:
        assert client.take_up("a/../b?c#d").is_available
    assert asked == [b"/v4/datarequest/a%2F..%2Fb%3Fc%23d/status"]


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("info", [{"type": "profile", "id": "7"}, {"type": "profile", "id": 7}])
def test_every_wording_of_not_ready_is_understood_of_an_older_api(sentence, info):
    def answer(request):
        if request.url.path.endswith("/status"):
            return httpx.Response(400, json={"error": {"message": "Invalid method"}})
        return httpx.Response(200, json={"info": info, "data": sentence})

    with answering(answer) as client:
        assert client.take_up("12").status().state == "pending"


@pytest.mark.parametrize(
    ("body", "state", "size"),
    [
        ({"status": "available", "available": 12}, "available", 12),
        ({"status": "pending", "available": 3, "content-type": "application/json"}, "pending", 3),
        ({"status": "Not Available"}, "unknown", None),
        ({"status": "not_available", "available": "many"}, "unknown", None),
        ({"status": "gathering"}, "pending", None),
        ({"status": "available", "available": True}, "available", None),
    ],
)
def test_the_status_is_read_as_documented_and_a_little_wider(body, state, size):
    with answering(lambda _request: httpx.Response(200, json=body)) as client:
        assert client.take_up("12").status() == (state, size)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b'{"status": 1}', b"{" * 100_000, b"\xff"])
def test_a_status_that_is_none_is_an_error_with_the_request_id(body):
    with (
        answering(lambda _request: httpx.Response(200, content=body)) as client,
        pytest.raises(FetchError, match="12"),
    ):
        client.take_up("12").status()


def test_one_login_serves_many_threads_and_every_call(sandbox, client_of):
    client = client_of(sandbox, timeout_seconds=10)
    made = []
    threads = [threading.Thread(target=lambda: made.append(client.request("profile", 7))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({request.id for request in made}) == 8
    assert sandbox.state.count("POST", "/authenticate") == 1


def test_a_token_is_renewed_a_margin_before_its_time(start, client_of, passing):
    sandbox = start(token_seconds=1000)
    client = client_of(sandbox)
    request = client.request("profile", 7)
    passing.now += 850
    assert request.is_available
    assert sandbox.state.count("POST", "/authenticate") == 1
    passing.now += 80
    assert request.is_available
    assert sandbox.state.count("POST", "/authenticate") == 2


def test_a_short_lived_token_is_renewed_as_often_as_needed(start, client_of):
    sandbox = start(token_seconds=20, delay_seconds=300)
    client_of(sandbox).request("profile", 7).wait(timeout=600)
    assert sandbox.state.count("POST", "/authenticate") > 2
    assert len(sandbox.state.jobs) == 1


@pytest.mark.parametrize("claims", [{}, {"exp": "soon"}, {"exp": 1}, {"exp": 1e400}, {"exp": None}, []])
def test_a_token_with_an_odd_expiry_is_used_until_it_is_refused(claims):
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    logins = []

    def respond(request):
        if request.url.path == "/login":
            logins.append(request)
            return httpx.Response(200, text=f" h.{payload}.s ")
        return httpx.Response(200, json={"status": "available"})

    with Client(
        "t", api_url="https://a.example/v4", auth_url="https://a.example/login",
        transport=httpx.MockTransport(respond), environment={},
    ) as client:  # fmt: skip
        request = client.take_up("12")
        assert request.is_available
        assert request.is_available
    assert len(logins) == 1
    assert logins[0].headers["content-type"] == "application/x-www-form-urlencoded"
    assert logins[0].content == b"access_token=t"
    assert logins[0].url.query == b""


def test_reading_opens_the_export_and_leaves_no_copy(client, sandbox, content, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with client.request("subprofile", 20285).wait().read() as export:
        assert (export.info.type, export.info.id) == ("subprofile", "20285")
        assert export.bytes == len(content)
    assert list(tmp_path.iterdir()) == []


def test_the_export_is_private(client, tmp_path):
    client.request("subprofile", 20285).download(tmp_path / "x.json")
    assert (tmp_path / "x.json").stat().st_mode & 0o777 == 0o600


def test_the_promised_python_interface_works(sandbox, monkeypatch):
    import dsr_report

    monkeypatch.setenv("COPERNICA_TOKEN", sandbox.state.token)
    monkeypatch.setenv("COPERNICA_API_URL", sandbox.api_url)
    monkeypatch.setenv("COPERNICA_AUTH_URL", sandbox.auth_url)
    with dsr_report.Client() as client:
        request = client.request("subprofile", 20285)
        with request.wait().read() as export:
            assert export.info.id == "20285"


@pytest.mark.parametrize("version", ["v3", "v2", "v1"])
def test_an_older_version_can_be_asked_for_in_so_many_words(sandbox, version):
    for given in ({"version": version}, {"environment": {"COPERNICA_API_VERSION": version}}):
        with Client(
            sandbox.state.token, api_url=sandbox.api_url, auth_url=sandbox.auth_url, **given
        ) as client:  # fmt: skip
            client.request("profile", 7)
    assert sandbox.state.count("POST", f"/{version}/profile/7/datarequest") == 2
    assert sandbox.state.count("POST", "/authenticate") == 0


def test_a_version_that_there_is_not_is_refused_before_anything_is_sent(sandbox):
    with pytest.raises(UsageError, match="COPERNICA_API_VERSION"):
        Client("t", api_url=sandbox.api_url, environment={"COPERNICA_API_VERSION": "v9"})
    assert not sandbox.state.asked
