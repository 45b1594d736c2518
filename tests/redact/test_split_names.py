"""A withheld name is hidden where it is turned round, and where its words stand in values side by side."""

from __future__ import annotations

import html
import json

import pytest

import dsr_report
from dsr_report.verification.verifier import verify

NAME = "Teun Dubbelaar"
HEAD = "From: a@shop.example\nSubject: nr\nMIME-Version: 1.0\nContent-Type: "
SPLIT = {
    "list": ["Teun", "Dubbelaar"],
    "list turned round": ["Dubbelaar", "Teun"],
    "members": {"voornaam": "Teun", "achternaam": "Dubbelaar"},
    "members turned round": {"Nachname": "DUBBELAAR", "Vorname": "teun"},
    "members of no language": {"a": "Teun", "b": "Dubbelaar", "c": "blijft"},
    "empty between": {"voornaam": "Teun", "tussenvoegsel": "", "achternaam": "Dubbelaar"},
    "null between": {"first_name": "Teun", "middle_name": None, "last_name": "Dubbelaar"},
    "pairs": [{"name": "voornaam", "value": "Teun"}, {"name": "achternaam", "value": "Dubbelaar"}],
    "objects": {"voornaam": {"value": "Teun"}, "achternaam": {"value": "Dubbelaar"}},
    "lists of one": [["Teun"], ["Dubbelaar"]],
    "sentences": ["Gebeld met Teun", "Dubbelaar over de heg."],
    "sentence and name": ["Gebeld met Teun", "Dubbelaar"],
    "in other places": {"contact": {"persoon": {"voornaam": "Teun", "achternaam": "Dubbelaar"}}},
}
TURNED = [
    "Dubbelaar, Teun", "Dubbelaar Teun", "DUBBELAAR, Teun", "Dubbelaar;Teun", "N:Dubbelaar;Teun;;;",
    "Dubbelaar\tTeun", "naam,voornaam\nDubbelaar,Teun\n", "<td>Dubbelaar</td><td>Teun</td>",
    "Dubbelaar%2C%20Teun", "dubbelaar_teun",
    "BEGIN:VCARD\r\nN:Dubbelaar;Teun;;;\r\nEND:VCARD",
]  # fmt: skip


@pytest.mark.parametrize("shape", SPLIT.values(), ids=SPLIT)
def test_a_name_in_pieces_is_hidden_in_each_and_nothing_else(case, shape):
    shown = case({"type": "note", "text": "blijft", "data": shape, "other": "Teun"}).withhold(NAME).shown()
    told = json.dumps(shown.data[0]["data"]).lower()
    assert "teun" not in told
    assert "dubbelaar" not in told
    assert shown.data[0]["other"] == "Teun"
    assert ("blijft" in told) == ("blijft" in json.dumps(shape))
    assert ("over de heg" in told) == ("heg" in json.dumps(shape))


@pytest.mark.parametrize("text", TURNED)
def test_a_name_turned_round_is_hidden_as_a_value_and_in_a_message(case, text):
    mime = f"{HEAD}text/plain\n\nDag\n{text}\nGroet\n"
    shown = case({"type": "note", "text": text}, {"type": "message", "mime": mime}).withhold(NAME).shown()
    assert "ubbelaar" not in shown.raw.decode().lower()
    assert "Groet" in shown.raw.decode()


@pytest.mark.parametrize(
    "text",
    [
        "Berg, Karin van der",
        "van der Berg, Karin",
        "Berg, van der, Karin",
        "Karin v/d Berg",
        "Karin v.d. Berg",
    ],
)
def test_the_small_words_of_a_name_stand_before_or_behind_it(case, text):
    shown = case({"type": "note", "text": text}, {"type": "note", "text": "Karin van der Berg"}).withhold(
        "Karin van der Berg"
    )
    assert "Karin" not in shown.shown().data[0]["text"]


def test_two_parts_of_a_message_hide_the_pieces_of_a_name(case):
    parts = "".join(
        f"--b\nContent-Type: text/plain\n\n{text}\n" for text in ("Gebeld met Teun", "Dubbelaar zei ja")
    )
    mime = f"{HEAD}multipart/mixed; boundary=b\n\n{parts}--b--\n"
    shown = case({"type": "message", "mime": mime}).withhold(NAME).shown().data[0]["mime"]
    assert "Teun" not in shown
    assert "Dubbelaar" not in shown
    assert "Gebeld met" in shown
    assert "zei ja" in shown


def test_the_given_name_of_another_beside_the_persons_own_name_is_no_withheld_name(case):
    fields = {"voornaam": "Piet", "achternaam": "Dubbelaar", "cadeau_voor": "Teun", "plaats": "Utrecht"}
    shown = case({"type": "profile", "fields": fields}, {"type": "note", "text": NAME}).withhold(NAME).shown()
    assert shown.data[0]["fields"] == fields


def test_the_pieces_count_as_withheld_and_verify_agrees_though_a_piece_is_shown_elsewhere(case, tmp_path):
    made = case(
        {"type": "note", "text": "Teun is er"},
        {"type": "note", "a": ["Teun", "Dubbelaar"]},
        {"type": "note", "text": NAME},
    ).withhold(NAME)
    shown = made.shown()
    assert (shown.values.withheld, shown.values.in_part) == (3, 0)
    with dsr_report.read(made.file) as source, dsr_report.Report(source, review=made.review) as report:
        report.to(tmp_path / "a.html")
    result = verify(tmp_path / "a.html", made.file)
    assert result.ok, [check.text for check in result.checks if check.ok is False]


@pytest.mark.parametrize(
    ("iban", "texts"),
    [
        ("NL91ABNA0417164300", ["0417164300", "417164300", "41.71.64.300", "ABNA0417164300"]),
        ("NL91 ABNA 0417 1643 00", ["rekening 0417164300", "rek. 41 71 64 300"]),
        ("BE68539007547034", ["539-0075470-34", "539007547034"]),
        ("DE89370400440532013000", ["Konto 0532013000, BLZ 37040044", "532013000"]),
    ],
)
def test_an_account_is_the_same_as_an_iban_and_without(case, iban, texts):
    notes = [{"type": "note", "text": text} for text in texts]
    shown = (
        case({"type": "note", "text": f"IBAN {iban}"}, *notes, {"type": "note", "text": "10417164300"})
        .withhold(iban)
        .shown()
    )
    digits = "".join(filter(str.isdigit, json.dumps(shown.data[:-1])))
    assert not any(number in digits for number in ("417164300", "53900754", "532013000"))
    assert shown.data[-1]["text"] == "10417164300"


@pytest.mark.parametrize(
    "text", ["NL91ABNA0417164300", "NL91 ABNA 0417 1643 00", "IBAN: nl91abna0417164300."]
)
def test_an_iban_is_hidden_where_its_account_is_withheld(case, text):
    shown = (
        case({"type": "note", "text": text}, {"type": "note", "text": "0417164300"})
        .withhold("0417164300")
        .shown()
    )
    assert "417164300" not in "".join(filter(str.isdigit, shown.data[0]["text"]))


@pytest.mark.parametrize("times", [1, 2])
def test_a_name_that_was_misread_is_hidden_however_often_it_was(case, times):
    text = "Zoë Kattenberg-Müller"
    for _ in range(times):
        text = text.encode().decode("cp1252")
    shown = case({"type": "note", "text": f"met {text}."}, {"type": "note", "text": "Zoë Kattenberg-Müller"})
    assert "Kattenberg" not in shown.withhold("Zoë Kattenberg-Müller").shown().raw.decode()


def entities(text: str) -> str:
    return "".join(f"&#{ord(c)};" if ord(c) > 127 else c for c in text)


APART: dict[str, object] = {
    "JSON list": '["Jan", "de", "Vriesema"]',
    "JSON object": '{"first":"Jan","last":"Vriesema"}',
    "JSON object, apart": '{"first": "Jan", "plaats": "Hoorn", "infix": "de", "last": "Vriesema"}',
    "JSON in JSON": json.dumps({"p": json.dumps({"voornaam": "Jan", "tel": 1, "achternaam": "de Vriesema"})}),
    "JSON pairs": '[{"name":"voornaam","value":"Jan"},{"name":"plaats","value":"Hoorn"},'
    '{"name":"achternaam","value":"de Vriesema"}]',
    "form": "voornaam=Jan&plaats=Hoorn&achternaam=de+Vriesema&x=1",
    "query": "https://x.example/?firstname=Jan&city=Hoorn&lastname=de%20Vriesema",
    "fields": "Voornaam: Jan\nWoonplaats: Hoorn\nAchternaam: de Vriesema\n",
    "fields in a row": "Voornaam: Jan, Woonplaats: Hoorn, Achternaam: de Vriesema",
    "CSV": "nr;voornaam;plaats;achternaam\n7;Jan;Hoorn;de Vriesema\n8;Piet;Edam;Bakker\n",
    "tabs": "7\tJan\tHoorn\tde\tVriesema\n",
    "quoted CSV": '"7","Jan","Hoorn","de","Vriesema"\n',
    "turned round": "de Vriesema;Hoorn;Jan",
    "XML": "<p><voornaam>Jan</voornaam><stad>Hoorn</stad><achternaam>de Vriesema</achternaam></p>",
    "table": "<table><tr><td>Voornaam</td><td>Jan</td></tr><tr><td>Plaats</td><td>Hoorn</td></tr>"
    "<tr><td>Achternaam</td><td><b>de Vriesema</b></td></tr></table>",
    "row of a table": "<tr><td>Jan</td><td>Hoorn</td><td>de Vriesema</td></tr>",
    "YAML": "- voornaam: 'Jan'\n  plaats: 'Hoorn'\n  achternaam: 'de Vriesema'\n",
    "PHP": 'a:2:{s:8:"voornaam";s:3:"Jan";s:10:"achternaam";s:11:"de Vriesema";}',
    "attributes": "<p first='Jan' city='Hoorn' last='de Vriesema'/>",
    "form of a page": "<input name=voornaam value=Jan><input name=plaats value=Hoorn>"
    "<input name=achternaam value='de Vriesema'>",
    "columns of spaces": "7    Jan          Hoorn     de Vriesema   ",
    "folders": "https://x.example/Jan/Hoorn/Vriesema",
    "members": {"voornaam": "Jan", "plaats": "Hoorn", "achternaam": "de Vriesema"},
    "members of no language": {"a": "Jan", "b": "Hoorn", "c": "de Vriesema"},
    "members of another": {"partner_voornaam": "Jan", "tel": "1", "partner_achternaam": "de Vriesema"},
    "list": ["Jan", "Hoorn", "de", "Vriesema"],
    "objects": {"voornaam": {"v": "Jan"}, "plaats": {"v": "Hoorn"}, "achternaam": {"v": "de Vriesema"}},
    "pairs": [
        {"name": "voornaam", "value": "Jan"}, {"name": "plaats", "value": "Hoorn"},
        {"name": "achternaam", "value": "de Vriesema"},
    ],
    "rows": [
        ["voornaam", "plaats", "achternaam"], ["Jan", "Hoorn", "de Vriesema"], ["Piet", "Edam", "Bakker"],
    ],
}  # fmt: skip


@pytest.mark.parametrize("shape", APART.values(), ids=APART)
def test_a_name_in_fields_of_a_text_or_columns_apart_is_hidden_in_each(case, shape):
    name = {"type": "note", "text": "Gebeld met Jan de Vriesema"}
    shown = case({"type": "note", "data": shape, "other": "Jan"}, name).withhold("Jan de Vriesema").shown()
    told = json.dumps(shown.data[0]["data"])
    assert "Vriesema" not in told
    assert '"Jan' not in told
    assert not any(sign + "Jan" in told for sign in ":;=,>t'")
    assert ("Hoorn" in told) == ("Hoorn" in json.dumps(shape))
    assert ("Bakker" in told) == ("Bakker" in json.dumps(shape))
    assert shown.data[0]["other"] == "Jan"


@pytest.mark.parametrize("name", ["Jan de Vriesema", "Zoë Müllerström", "Zoë van der Ångström"])
def test_a_name_in_fields_of_a_message_is_hidden_and_small_words_are_not(case, name):
    first, _, last = name.partition(" ")
    texts = [
        ("text/plain", f"Over de groet\nVoornaam: {first}\nPlaats: de Hoorn\nAchternaam: {last}\n"),
        ("text/html", f"<p>de groet</p><table><tr><td>Voornaam</td><td>{first}</td></tr><tr><td>Plaats</td>"
         f"<td>Hoorn</td></tr><tr><td>Achternaam</td><td>{last}</td></tr></table>"),
        ("text/html", f"<table><tr><td>Voornaam</td><td>{entities(first)}</td></tr><tr><td>Plaats</td>"
         f"<td>de Hoorn</td></tr><tr><td>Achternaam</td><td>{entities(last)}</td></tr></table>"),
        ("text/csv", f"nr;voornaam;plaats;achternaam\n7;{first};de Hoorn;{last}\n"),
        ("application/json", json.dumps({"voornaam": first, "x": "de Hoorn", "achternaam": last})),
    ]  # fmt: skip
    mails = [{"type": "message", "mime": f"{HEAD}{kind}; charset=utf-8\n\n{text}\n"} for kind, text in texts]
    shown = case(*mails, {"type": "note", "text": f"met {name}"}).withhold(name).shown()
    for mail in shown.data[:-1]:
        assert first not in html.unescape(mail["mime"])
        assert last.split()[-1] not in html.unescape(mail["mime"])
        assert "\\u00" not in mail["mime"]
        assert "Hoorn" in mail["mime"]
        assert ("de groet" in mail["mime"]) or ("de Hoorn" in mail["mime"])


@pytest.mark.parametrize(
    "shape",
    [
        {"voornaam": "Piet", "plaats": "Hoorn", "achternaam": "Vriesema", "cadeau_voor": "Jan"},
        {"partner_voornaam": "Jan", "voornaam": "Piet", "achternaam": "Vriesema"},
        "Voornaam: Piet\nAchternaam: Vriesema\nCadeau voor: Jan\n",
        '{"voornaam":"Piet","achternaam":"Vriesema","cadeau_voor":"Jan"}',
        "Jan was er; ook Piet Vriesema",
        ["Jan Bakker", "Piet Vriesema"],
    ],
)
def test_the_given_name_of_another_in_another_field_is_no_withheld_name(case, shape):
    shown = case({"type": "note", "data": shape}, {"type": "note", "text": "Jan Vriesema"})
    assert shown.withhold("Jan Vriesema").shown().data[0]["data"] == shape
