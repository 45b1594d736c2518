"""Whatever breaks, the export arrives whole and is asked for once, or an error says what to do."""

import hashlib
import threading

import httpx
import pytest

from dsr_report.errors import AuthError, FetchError, FileError, NotReadyError, UnknownIdError
from dsr_report.fetch.answers import CertainlyFailedError, OutOfReachError, PerhapsDoneError
from dsr_report.sandbox.server import make_sandbox

PASSING_FAULTS = [
    "refuse",
    "stall",
    "slow",
    "500",
    "502",
    "503",
    "504",
    "429",
    "429-later",
    "429-date",
    "html",
]
CUTS = ["cut", "cut-chunked", "cut-quietly", "cut-within"]


def posts(sandbox):
    return sandbox.state.count("POST", "/datarequest")


@pytest.mark.parametrize("fault", PASSING_FAULTS)
@pytest.mark.parametrize("place", ["POST /authenticate", "/status", "/data$"])
def test_faults_that_pass_cost_time_and_nothing_else(  # noqa: PLR0917 - fixtures
    sandbox, client_of, content, tmp_path, place, fault
):
    sandbox.state.plan(place, fault, fault)
    target = tmp_path / "export.json"
    download = client_of(sandbox).request("subprofile", 20285).wait().download(target)
    assert target.read_bytes() == content
    assert download.sha256 == hashlib.sha256(content).hexdigest()
    assert posts(sandbox) == len(sandbox.state.jobs) == 1


@pytest.mark.parametrize("place", ["POST /v4", "/status", "/data$"])
def test_a_token_refused_midway_is_renewed_once(sandbox, client, content, tmp_path, place):
    sandbox.state.plan(place, "401")
    target = tmp_path / "export.json"
    client.request("subprofile", 20285).wait().download(target)
    assert target.read_bytes() == content
    assert len(sandbox.state.jobs) == 1
    assert sandbox.state.count("POST", "/authenticate") == 2


def test_a_token_refused_for_good_is_an_error_and_no_loop(sandbox, client):
    request = client.request("subprofile", 20285)
    sandbox.state.plan("/status", *["401"] * 9)
    with pytest.raises(AuthError, match="COPERNICA_TOKEN"):
        request.wait()
    assert sandbox.state.count("GET", "/status") == 2


@pytest.mark.parametrize("fault", ["429", "429-later", "429-date", "401"])
def test_the_post_is_repeated_where_it_was_turned_away_at_the_door(sandbox, client, fault):
    sandbox.state.plan("POST /v4/subprofile", fault)
    assert client.request("subprofile", 20285).is_available
    assert posts(sandbox) == 2
    assert len(sandbox.state.jobs) == 1


@pytest.mark.parametrize(
    "fault", ["refuse", "stall", "500", "502", "503", "504", "html", "lose-answer", "no-id"]
)
def test_the_post_is_never_repeated_where_nobody_knows(sandbox, client_of, fault):
    sandbox.state.plan("POST /v4/subprofile", fault)
    with pytest.raises(PerhapsDoneError, match="request="):
        client_of(sandbox).request("subprofile", 20285)
    assert posts(sandbox) == 1


def test_the_id_is_known_even_if_the_connection_breaks_behind_the_headers(sandbox, client):
    sandbox.state.plan("POST /v4/subprofile", "lose-body")
    assert client.request("subprofile", 20285).id in sandbox.state.jobs
    assert posts(sandbox) == 1


def test_a_redirected_post_is_not_sent_again(sandbox, client):
    sandbox.state.plan("POST /v4/subprofile", "move")
    with pytest.raises(CertainlyFailedError, match="COPERNICA_API_URL"):
        client.request("subprofile", 20285)
    assert posts(sandbox) == 1


def test_a_refused_connection_is_tried_again_before_and_not_after_the_post_left(samples, client_of, passing):
    waiting = make_sandbox(samples=samples, clock=passing)  # it listens, but nobody answers yet
    port = int(waiting.url.rpartition(":")[2])
    waiting._server.server_close()
    running = []

    def sleep(seconds):
        passing.sleep(seconds)
        if len(passing.naps) == 3:
            again = make_sandbox(port=port, samples=samples, clock=passing, token=waiting.state.token)
            threading.Thread(target=again.serve_forever, daemon=True).start()
            running.append(again)

    try:
        client_of(waiting, sleep=sleep).request("subprofile", 20285)
        assert posts(running[0]) == len(running[0].state.jobs) == 1
    finally:
        running[0].close()


def test_where_nobody_listens_nothing_was_requested(samples, client_of, start, passing):
    gone = make_sandbox(samples=samples)
    gone._server.server_close()
    login = start(token=gone.state.token)
    with pytest.raises(CertainlyFailedError, match="nothing was requested"):
        client_of(gone, auth_url=login.auth_url).request("subprofile", 20285)
    assert len(passing.naps) == 6
    assert passing.naps == sorted(passing.naps)


def test_an_idle_connection_never_carries_the_post(sandbox, client):
    """Else a server that closed it would make a request of unknown standing out of nothing."""
    client.request("profile", 7).wait()
    sandbox._server.RequestHandlerClass.timeout = 0.05
    try:
        for _ in range(3):
            client.request("profile", 7)
    finally:
        sandbox._server.RequestHandlerClass.timeout = None
    assert len(sandbox.state.jobs) == 4


def test_a_wait_outlasts_an_api_that_is_away_for_minutes(start, client_of, passing):
    sandbox = start(delay_seconds=100)
    request = client_of(sandbox).request("subprofile", 20285)
    sandbox.state.plan("/status", *["refuse", "502"] * 24)
    began = passing.now
    request.wait(timeout=1800, poll=5)
    assert passing.now - began > 180
    assert posts(sandbox) == 1


def test_a_wait_in_vain_names_the_request_id_and_how_to_take_it_up(start, client_of, passing):
    sandbox = start(delay_seconds=10_000)
    request = client_of(sandbox).request("subprofile", 20285)
    began = passing.now
    with pytest.raises(NotReadyError, match=f"request={request.id}") as caught:
        request.wait(timeout=300, poll=5)
    assert caught.value.exit_code == 3
    assert passing.now - began == pytest.approx(300)
    naps = passing.naps[:-1]
    assert naps == sorted(naps)
    assert naps[0] == 5
    passing.now += 10_000
    assert client_of(sandbox).take_up(request.id).wait().is_available


def test_an_api_that_stays_away_is_named_with_the_request_id(sandbox, client_of, passing):
    request = client_of(sandbox).request("subprofile", 20285)
    sandbox.state.plan("/status", *["502"] * 300)
    began = passing.now
    with pytest.raises(OutOfReachError, match=f"502.*request={request.id}"):
        request.wait(timeout=600)
    assert passing.now - began <= 600 + 1


def test_a_wish_to_wait_is_granted_but_not_beyond_the_timeout(sandbox, client, passing):
    request = client.request("subprofile", 20285)
    sandbox.state.plan("/status", "429-later")
    request.wait()
    assert passing.naps == [pytest.approx(7.5)]
    sandbox.state.plan("/status", *["429-later"] * 50)
    began = passing.now
    with pytest.raises(OutOfReachError):
        request.wait(timeout=20)
    assert passing.now - began <= 21


@pytest.mark.parametrize("is_older", [False, True], ids=["v4", "older API"])
@pytest.mark.parametrize("delay", [0, 60], ids=["at once", "later"])
def test_an_api_without_a_status_call_serves_as_well(  # noqa: PLR0917 - fixtures
    start, client_of, content, tmp_path, is_older, delay
):
    sandbox = start(older_api=is_older, delay_seconds=delay)
    request = client_of(sandbox, timeout_seconds=5).request("subprofile", 20285)
    assert request.is_available == (delay == 0)
    request.wait().download(tmp_path / "x.json")
    assert (tmp_path / "x.json").read_bytes() == content


def test_an_older_api_in_trouble_is_waited_for(start, client_of):
    sandbox = start(older_api=True)
    request = client_of(sandbox).request("subprofile", 20285)
    assert request.is_available
    sandbox.state.plan(f"/datarequest/{request.id}", "refuse", "stall", "502", "html", "401")
    assert request.wait().is_available


@pytest.mark.parametrize("older", [False, True], ids=["v4", "older API"])
def test_an_unknown_or_expired_request_is_said_to_be_gone(start, client_of, passing, older):
    sandbox = start(older_api=older, expires_seconds=100)
    client = client_of(sandbox)
    with pytest.raises(UnknownIdError, match="wrong, or its export expired"):
        client.take_up("0123456789").wait()
    request = client.request("subprofile", 20285).wait()
    passing.now += 200
    with pytest.raises(UnknownIdError, match="expired"):
        request.wait()


def test_expiry_between_ready_and_download_is_told_from_not_being_ready(sandbox, client, tmp_path):
    request = client.request("subprofile", 20285).wait()
    sandbox.state.plan("/data$", "expire")
    with pytest.raises(UnknownIdError, match="expired"):
        request.download(tmp_path / "x.json")
    assert list(tmp_path.iterdir()) == []


def test_a_download_before_it_is_ready_says_so(start, client_of, tmp_path):
    sandbox = start(delay_seconds=50)
    request = client_of(sandbox).request("subprofile", 20285)
    with pytest.raises(NotReadyError, match=request.id):
        request.download(tmp_path / "x.json")
    assert list(tmp_path.iterdir()) == []


def test_one_404_while_the_status_says_available_is_tried_again(sandbox, client, content, tmp_path):
    request = client.request("subprofile", 20285).wait()
    sandbox.state.plan("/data$", "404", "404")
    request.download(tmp_path / "x.json")
    assert (tmp_path / "x.json").read_bytes() == content
    sandbox.state.plan("/data$", *["404"] * 20)
    with pytest.raises(FetchError, match="404"):
        request.download(tmp_path / "y.json")


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("resumable", [True, False], ids=["resumable", "from the beginning"])
def test_a_download_that_is_cut_off_is_never_half_accepted(  # noqa: PLR0917 - fixtures
    start, client_of, content, tmp_path, cut, resumable
):
    sandbox = start(resumable=resumable)
    sandbox.state.plan("/data$", cut, cut, cut)
    request = client_of(sandbox, timeout_seconds=5).request("subprofile", 20285)
    download = request.download(tmp_path / "x.json")
    assert (tmp_path / "x.json").read_bytes() == content
    assert download.size_bytes == len(content)
    assert [p.name for p in tmp_path.iterdir()] == ["x.json"]


@pytest.mark.parametrize("cut", CUTS)
def test_a_download_that_is_always_cut_off_leaves_the_old_file_alone(start, client_of, tmp_path, cut):
    sandbox = start(resumable=False)
    request = client_of(sandbox, timeout_seconds=5).request("subprofile", 20285)
    sandbox.state.plan("/data$", *[cut] * 50)
    target = tmp_path / "x.json"
    target.write_text("yesterday's", encoding="utf-8")
    with pytest.raises(FetchError, match=r"completely.*request="):
        request.download(target)
    assert target.read_text(encoding="utf-8") == "yesterday's"
    assert list(tmp_path.iterdir()) == [target]
    assert sandbox.state.count("GET", "/data$") == 6


@pytest.mark.parametrize(("resumable", "again"), [(True, False), (False, True)])
def test_a_download_goes_on_where_it_stopped_if_the_server_can(start, client_of, tmp_path, resumable, again):
    sandbox = start(resumable=resumable)
    sandbox.state.plan("/data$", "cut", "cut-chunked")
    seen = []
    request = client_of(sandbox, timeout_seconds=5).request("subprofile", 20285)
    request.download(tmp_path / "x.json", progress=lambda done, _total: seen.append(done))
    assert (seen != sorted(seen)) is again


def test_progress_through_many_cuts_is_no_reason_to_give_up(sandbox, client, content, tmp_path):
    sandbox.state.plan("/data$", *["cut"] * 12)
    client.request("subprofile", 20285).download(tmp_path / "x.json")
    assert (tmp_path / "x.json").read_bytes() == content


def test_the_rest_of_another_file_is_not_glued_to_the_first_half(sandbox, client, content, tmp_path):
    sandbox.state.plan("/data$", "cut", "changed")
    client.request("subprofile", 20285).download(tmp_path / "x.json")
    assert (tmp_path / "x.json").read_bytes() == content + b"\n"


def test_an_export_about_somebody_else_is_thrown_away(sandbox, client, tmp_path):
    sandbox.state.plan("/data$", "stranger")
    with pytest.raises(FetchError, match="a different person"):
        client.request("subprofile", 20285).download(tmp_path / "x.json")
    assert list(tmp_path.iterdir()) == []


def test_a_request_that_is_taken_up_for_somebody_is_held_to_that(sandbox, client, tmp_path):
    made = client.request("profile", 7)
    with pytest.raises(FetchError, match="a different person"):
        client.take_up(made.id, subject_type="subprofile", subject_id=20285).download(tmp_path / "x.json")
    assert client.take_up(made.id).download(tmp_path / "y.json").size_bytes > 0


def test_data_that_is_an_unknown_sentence_is_an_error(sandbox, client, tmp_path):
    sandbox.state.plan("/data$", *["sentence"] * 20)
    with pytest.raises(FetchError, match="text in place of the data"):
        client.request("subprofile", 20285).download(tmp_path / "x.json")


def test_data_that_says_not_ready_is_not_ready(sandbox, client, tmp_path):
    sandbox.state.plan("/data$", "not-ready")
    with pytest.raises(NotReadyError, match="request="):
        client.request("subprofile", 20285).download(tmp_path / "x.json")


@pytest.mark.parametrize("fault", ["slow", "cut-quietly", "cut-chunked"])
def test_a_file_larger_than_the_limit_is_refused_on_the_way(sandbox, client, tmp_path, fault):
    sandbox.state.plan("/data$", *[fault] * 9)
    with pytest.raises(FetchError, match="larger than 50,000 bytes"):
        client.request("subprofile", 20285).download(tmp_path / "x.json", largest_bytes=50_000)
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be_written_is_a_file_error(client, tmp_path):
    with pytest.raises(FileError, match="cannot write"):
        client.request("subprofile", 20285).download(tmp_path / "missing" / "x.json")


@pytest.mark.parametrize("jitter", [0.0, 0.999])
def test_back_off_is_jittered_and_bounded(sandbox, client_of, passing, jitter):
    sandbox.state.plan("/status", *["502"] * 50)
    client = client_of(sandbox, jitter=lambda: jitter)
    with pytest.raises(OutOfReachError):
        client.request("subprofile", 20285).status()
    assert passing.naps == [pytest.approx(2.0**n * (0.5 + jitter / 2)) for n in range(5)]


def test_the_login_server_away_for_good_is_named_as_such(sandbox, client_of):
    sandbox.state.plan("/authenticate", *["503"] * 50)
    with pytest.raises(OutOfReachError, match="login server"):
        client_of(sandbox).request("subprofile", 20285)
    assert posts(sandbox) == 0


def test_endless_answers_are_not_read_to_their_end():
    class Endless(httpx.SyncByteStream):
        blocks = 0

        def __iter__(self):
            while True:
                self.blocks += 1
                yield b" " * 65_536

    body = Endless()
    from dsr_report.fetch.answers import LARGEST_ANSWER, read_answer

    answer = read_answer(httpx.Response(200, stream=body))
    assert len(answer.body) == LARGEST_ANSWER
    assert body.blocks < 20
