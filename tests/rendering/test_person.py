"""Page one says whom the report is about, with no more than is needed to recognise oneself."""

import json

import pytest

import dsr_report

NAMES = [
    {"Voornaam": "Noëlle", "Tussenvoegsel": "van der", "Achternaam": "Zwaluw"},
    {"firstname": "Noëlle", "infix": "van der", "last_name": "Zwaluw"},
    {"Name": "Noëlle van der Zwaluw"},
    {"Vorname": "Noëlle", "Nachname": "van der Zwaluw"},
    {"Prénom": "Noëlle", "Nom": "van der Zwaluw"},
]


def first_page(tmp_path, info, *people, lang="en", **options):
    file = tmp_path / "export.json"
    file.write_text(json.dumps({"info": info, "data": list(people)}), encoding="utf-8")
    target = tmp_path / "a.html"
    with dsr_report.read(file) as export, dsr_report.Report(export, lang=lang, **options) as report:
        report.to(target)
    return target.read_text(encoding="utf-8").partition('letterhead"')[2].partition("</header>")[0]


def profile(number, **fields):
    return {"type": "profile", "ID": number, "fields": fields}


@pytest.mark.parametrize("fields", NAMES, ids="-".join)
def test_the_person_is_named_as_stored_with_the_number(tmp_path, fields):
    page = first_page(tmp_path, {"type": "profile", "id": "7"}, profile("7", **fields))
    assert 'About: <bdi class="v">Noëlle van der Zwaluw (number 7)</bdi>' in page


def test_the_number_of_a_part_is_told_from_that_of_the_profile(tmp_path):
    info = {"type": "subprofile", "id": "20285"}
    people = (
        profile("90118", Name="Jan"),
        {"type": "subprofile", "ID": "20285", "profile": "90118", "fields": {}},
    )
    assert "Jan (profile 90118, part 20285)" in first_page(tmp_path, info, *people)
    assert "(number 20285)" in first_page(tmp_path, info, people[0])


def test_of_an_address_only_the_first_letter_and_the_domain_are_on_the_cover(tmp_path):
    page = first_page(tmp_path, {"type": "email", "id": "someone@example.org"}, {"a": 1}, lang="nl")
    assert 'Over: <bdi class="v">s…@example.org</bdi>' in page
    assert "someone@example.org" not in page


def test_of_several_people_the_one_who_was_searched_for_is_named(tmp_path):
    people = [profile("7", Name="Jan"), profile("8", Name="Els")]
    assert "Els (number 8)" in first_page(tmp_path, {"type": "profile", "id": "8"}, *people)
    assert 'About: <bdi class="v">number 9</bdi>' in first_page(
        tmp_path, {"type": "profile", "id": "9"}, *people
    )


def test_names_of_other_things_are_not_taken_for_the_person(tmp_path):
    fields = {"Bedrijfsnaam": "Molen BV", "username": "x", "Name": 7, "Achternaam": " "}
    page = first_page(tmp_path, {"type": "profile", "id": "7"}, profile("7", **fields))
    assert 'About: <bdi class="v">number 7</bdi>' in page
