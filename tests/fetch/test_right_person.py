"""A download is kept only where all of it says that it is about the person who was asked for."""

import gzip
import json

import httpx
import pytest

from dsr_report.errors import FetchError, WrongSubjectError
from dsr_report.fetch.client import Client

OWN = {"type": "subprofile", "id": "20285"}
DATA = [{"ID": "20285"}]


def text(**members):
    return json.dumps(members).encode()


def served(body, *, status="available", headers=None, subject=("subprofile", 20285)):
    """The data request of a client whose API gives this body."""

    def answer(request):
        if request.method == "POST":
            return httpx.Response(201, headers={"X-Created": "88001"})
        if request.url.path.endswith("/status"):
            return httpx.Response(200, json={"status": status})
        return httpx.Response(200, headers=headers or {}, stream=httpx.ByteStream(body))

    client = Client(
        "t", api_url="https://api.example.org/v3", transport=httpx.MockTransport(answer), environment={},
        sleep=lambda _seconds: None,
    )  # fmt: skip
    return client.request(*subject)


WRONG = {
    "no info": text(data=DATA),
    "an empty info": text(info={}, data=DATA),
    "an info that is a text": text(info="subprofile 20285", data=DATA),
    "an info that is a list": text(info=[OWN], data=DATA),
    "no id": text(info={"type": "subprofile"}, data=DATA),
    "no type": text(info={"id": "20285"}, data=DATA),
    "an empty id": text(info={"type": "subprofile", "id": " "}, data=DATA),
    "an id that is a list": text(info={"type": "subprofile", "id": ["20285"]}, data=DATA),
    "an id that is true": text(info={"type": "subprofile", "id": True}, data=DATA),
    "an id with a fraction": b'{"info": {"type": "subprofile", "id": 20285.5}, "data": []}',
    "another id": text(info={"type": "subprofile", "id": "99999"}, data=DATA),
    "another type": text(info={"type": "profile", "id": "20285"}, data=DATA),
    "a second info": b'{"info": %s, "data": [], "info": {"type": "subprofile", "id": "99999"}}'
    % json.dumps(OWN).encode(),
    "a second info first": b'{"info": {"type": "subprofile", "id": "99999"}, "data": [], "info": %s}'
    % json.dumps(OWN).encode(),
    "the id twice": b'{"info": {"type": "subprofile", "id": "20285", "id": "99999"}, "data": []}',
    "an info in the info": text(info={**OWN, "info": {"type": "subprofile", "id": "99999"}}, data=DATA),
    "an export in the data": text(info=OWN, data={"info": {"type": "subprofile", "id": "99999"}, "data": []}),
    "an export among the data": text(info=OWN, data=[{"info": {"type": "profile", "id": 9}, "data": []}]),
    "two documents": text(info=OWN, data=DATA) + text(info={"type": "subprofile", "id": "99999"}, data=[]),
    "a document of nobody": text(info=OWN, data=DATA) + b"\n" + text(data=[{"ID": "7"}]),
    "a list of two": json.dumps(
        [{"info": OWN, "data": []}, {"info": {"type": "subprofile", "id": "99999"}, "data": []}]
    ).encode(),
    "the same twice": text(info=OWN, data=DATA) * 2,
}
RIGHT = {
    "plain": text(info=OWN, data=DATA),
    "a number": text(info={"type": "subprofile", "id": 20285}, data=DATA),
    "another case": text(info={"type": "SubProfile", "id": " 20285 "}, data=DATA),
    "a mark at the start": b"\xef\xbb\xbf" + text(info=OWN, data=DATA),
    "gzip": gzip.compress(text(info=OWN, data=DATA)),
    "an info of a record": text(
        info=OWN, data=[{"ID": "1", "info": {"type": "note", "id": "7"}}, {"info": "x"}]
    ),
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_what_may_be_about_somebody_else_is_not_kept(body, tmp_path):
    with pytest.raises(FetchError, match="88001") as caught:
        served(body).download(tmp_path / "export.json")
    assert caught.value.exit_code in {1, 4}
    assert "99999" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("body", RIGHT.values(), ids=RIGHT)
def test_what_names_the_person_in_its_own_way_is_kept(body, tmp_path):
    download = served(body).download(tmp_path / "export.json")
    assert download.path.read_bytes() == body
    assert download.doubt is None


def test_what_an_http_server_packed_itself_is_unpacked(tmp_path):
    body = RIGHT["plain"]
    served(gzip.compress(body), headers={"Content-Encoding": "gzip"}).download(tmp_path / "export.json")
    assert (tmp_path / "export.json").read_bytes() == body


def test_an_operator_who_accepts_it_is_told_the_doubt(tmp_path):
    download = served(WRONG["two documents"]).download(tmp_path / "export.json", accept_subject=True)
    assert download.doubt == "it names 2 subjects"


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("robin@exämple.example", "Robin@xn--exmple-cua.example"),
        ("robin@xn--exmple-cua.example", "robin@EXÄMPLE.example"),
    ],
)  # fmt: skip
def test_both_forms_of_a_domain_are_one(asked, named, tmp_path):
    body = text(info={"type": "email", "id": named}, data=[])
    served(body, subject=("email", asked)).download(tmp_path / "export.json")


def test_without_a_subject_one_must_be_named_all_the_same(tmp_path):
    request = served(WRONG["two documents"])
    request._subject = None
    with pytest.raises(WrongSubjectError):
        request.download(tmp_path / "export.json")


@pytest.mark.parametrize(
    "body", [WRONG["no info"], b"two", b"PK\x05\x06" + b"\0" * 18], ids=["no info", "no JSON", "a ZIP"]
)
def test_what_came_and_is_no_export_is_called_so_however_little_time_is_left(body, tmp_path):
    with pytest.raises(FetchError, match="could not be downloaded completely") as caught:
        served(body).download(tmp_path / "export.json", timeout=3)
    assert caught.value.exit_code == 1
