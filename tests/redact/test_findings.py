"""`review` finds what could concern others or is a secret, and leaves alone what the person knows."""

import json
import tomllib

import pytest

STRANGER = "piet.vreemd@elders.example"
ADDRESS = "jan@example.org"
CODE = "0123456789abcdef0123456789abcdef"
NEWSLETTER = (
    f"From: Anna <anna@shop.example>\r\nTo: {ADDRESS}\r\nCc: {STRANGER}\r\nSubject: Hallo\r\n\r\n"
    "Groet van kees@shop.example"
)


def profile(**fields):
    return {"type": "profile", "ID": "7", "secret": CODE, "fields": {"Email": ADDRESS, **fields}}


def note(text):
    return {"type": "note", "text": text}


@pytest.mark.parametrize(
    ("record", "key"),
    [
        (profile(), "access-code"),
        ({"form": "login", "fields": {"password": "Tr0ub4dor&3"}}, "password"),
        ({"api_key": "abcdefgh"}, "key"),
        ({"headers": "Accept: */*\r\nCookie: id=8a7b6c5d4e3f\r\n"}, "credential"),
        (profile(Rekening="NL91ABNA0417164300"), "iban"),
        (profile(BSN="123456782"), "bsn"),
        (profile(Interne_notitie="Belt vaak, is boos"), "internal-note"),
        (profile(Allergie="noten"), "special-category"),
        (profile(Partner=STRANGER), "address"),
        (profile(Email2="info@example.org"), "shared-address"),
        (note(f"gebeld door {STRANGER}"), "address"),
    ],
)
def test_it_is_found(case, record, key):
    assert key in [finding.key for finding in case(record).findings()]


@pytest.mark.parametrize(
    "data",
    [
        {"secret": CODE, "fields": {"a": "b"}},
        {"code": CODE, "fields": {"a": "b"}},
        {"password": [CODE], "fields": {"a": "b"}},
        {"password": {"value": CODE}, "fields": {"a": "b"}},
        [{"secret": CODE, "more": ["y " * 500_000] * 40}],
    ],
    ids=["secret", "code", "list", "object", "in a record too large to hold"],
)
def test_a_live_key_is_masked_that_is_an_item_by_itself(case, data):
    made = case()
    made.file.write_text(
        json.dumps({"info": {"type": "email", "id": ADDRESS}, "data": data}), encoding="utf-8"
    )
    shown = made.shown()
    assert CODE not in shown.raw.decode()
    assert shown.values.masked == 1


def test_people_in_mail_that_the_person_received_are_no_finding(case):
    assert case({"type": "message", "data": {"ID": "1", "mime": NEWSLETTER}}).keys() == []


@pytest.mark.parametrize("header", ["Bcc", "X-Original-To", "Delivered-To", "Resent-Bcc"])
def test_a_recipient_whom_the_person_could_not_see_is_a_finding(case, header):
    mime = NEWSLETTER.replace("Cc:", f"{header}:")
    (finding,) = case({"type": "message", "data": {"ID": "1", "mime": mime}}).findings()
    assert (finding.value, finding.proposal, finding.must_decide) == (STRANGER, "withhold", True)


def test_addresses_in_bounces_are_findings_but_not_the_persons_own(case):
    mime = f"From: mailer-daemon@mx.example\r\nSubject: failed\r\n\r\n{STRANGER} and {ADDRESS} refused it"
    (finding,) = case({"type": "bounce", "data": {"ID": "1", "mime": mime}}).findings()
    assert finding.value == STRANGER


def test_what_the_person_wrote_in_a_form_is_proposed_to_be_disclosed(case):
    form = {"type": "form", "form": "tell a friend", "fields": {"friend": STRANGER}}
    (finding,) = case(form).findings()
    assert (finding.proposal, finding.must_decide) == ("disclose", True)


def test_subprofiles_with_different_names_may_be_other_people(case):
    people = [
        {
            "type": "subprofile",
            "ID": str(i),
            "profile": "1",
            "fields": {"Naam": name, "Email": f"{name}@example.org"},
        }
        for i, name in enumerate(["jan", "els"])
    ]
    assert case(*people).keys().count("other-person") == 2
    assert not any(finding.key == "other-person" for finding in case(people[0], people[0]).findings())


def test_one_value_in_many_places_is_one_finding_with_every_place(case):
    (finding,) = case(note(f"a {STRANGER}"), note("b"), note(f"c {STRANGER}")).findings()
    assert finding.places == ["/data/0/text", "/data/2/text"]


def test_findings_are_the_same_every_time_and_their_ids_too(case):
    made = case(profile(Partner=STRANGER, Memo="iets"), note(STRANGER))
    assert made.toml() == made.toml()
    ids = [finding.id for finding in made.findings()]
    assert len(set(ids)) == len(ids)


def test_the_file_is_toml_that_shows_no_secret(case):
    made = case(profile(Partner=STRANGER), {"form": "x", "fields": {"password": 'q"\\\n\x7f"""#1aB'}})
    entries = tomllib.loads(made.toml())["finding"]
    assert {entry["decision"] for entry in entries} == {"undecided"}
    assert CODE not in made.toml()
    assert "#1aB" not in made.toml()
    assert all(
        entry["pointer"].startswith("/data/") and entry["why"] and entry["article"] for entry in entries
    )
