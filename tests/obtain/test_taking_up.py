"""A data request that was made elsewhere: taken up by its id, its subject learned from the export."""

import json

import pytest

from dsr_report.errors import RegisterError
from dsr_report.fetch.client import Client
from dsr_report.obtain import Subject, obtain
from dsr_report.register import Register
from dsr_report.sandbox.server import running_sandbox


@pytest.fixture
def place(tmp_path):
    """A sandbox, a client of it, and a register."""
    with (
        running_sandbox() as sandbox,
        Client(sandbox.state.token, api_url=sandbox.api_url, auth_url=sandbox.auth_url) as client,
        Register.open(f"sqlite:///{tmp_path}/register.sqlite3", actor="anna") as register,
    ):
        yield sandbox, client, register


def test_a_request_taken_up_by_its_id_is_known_by_its_subject_afterwards(place, tmp_path):
    sandbox, client, register = place
    made = client.request("subprofile", 20285)
    obtained = obtain(client, register, None, request_id=made.id, folder=tmp_path)
    entry = register.request(obtained.number)
    assert (entry.subject_type, entry.subject_id, entry.state) == ("subprofile", "20285", "collected")
    assert register.case(obtained.reference).subject == "subprofile 20285"
    again = obtain(client, register, Subject("subprofile", "20285"), folder=tmp_path)
    assert (again.number, len(sandbox.state.jobs)) == (obtained.number, 1)
    assert not register.check().findings


def test_taken_up_for_a_case_about_someone_else_it_stays_under_its_own_name(place, tmp_path):
    _, client, register = place
    reference = register.add("subprofile", "777")
    made = client.request("subprofile", 20285)
    obtained = obtain(client, register, None, request_id=made.id, folder=tmp_path, reference=reference)
    assert register.request(obtained.number).subject_id == "20285"
    assert register.case(reference).subject_id == "777"
    assert json.loads(obtained.path.read_bytes())["info"]["id"] in {"20285", 20285}


def test_the_id_of_another_request_is_not_attached_twice(place):
    _, client, register = place
    made = client.request("subprofile", 20285)
    register.adopt(made.id, api_url=client.api_url)
    entry = register.claim("subprofile", 7, api_url=client.api_url)
    register.posting(entry)
    with pytest.raises(RegisterError, match="it is the id of request 1"):
        register.attach_request_id(entry.number, made.id)
