"""Other people are found in texts by or about the person; the person and the controller are none of them."""

import json
import re
import tomllib

import pytest

from dsr_report.errors import CheckFailedError
from dsr_report.redact.findings import Looking
from dsr_report.redact.known_people import KnownPeople
from dsr_report.redact.people import find_people
from dsr_report.redact.sensitive import find_sensitive

OWN = {
    "Email": "jan@example.org",
    "Voornaam": "Jan",
    "Achternaam": "Steen",
    "Telefoon": "+31 6 11223344",
    "Adres": "Lindelaan",
    "Huisnummer": "8",
    "Postcode": "1234 AB",
    "Woonplaats": "Utrecht",
    "IBAN": "NL91ABNA0417164300",
}


def profile(**fields):
    return {"type": "profile", "ID": "7", "fields": {**OWN, **fields}}


def survey(answer):
    return {"survey": "Wensen", "questions": {"1": {"question": "Wie is Karel Vraag?", "answer": answer}}}


def returned(body, kind="bounce", sender="Jan Steen <jan@example.org>"):
    head = (
        f"From: {sender}\r\nTo: b-1@shop.example\r\nSubject: Afwezig\r\nDate: Tue, 12 Mar 2024 09:15:00 +0100"
    )
    return {
        "type": kind,
        "timestamp": "2024-03-04 07:00:00",
        "envelope": "b-1@shop.example",
        "mime": f"{head}\r\n\r\n{body}\r\n",
    }


def people(findings):
    kinds = {"person", "telephone", "postal-address", "address", "iban", "bsn", "niss", "nir", "steuer-id"}
    kinds |= {"pps", "nhs", "ahv", "svnr"}
    return {finding.value for finding in findings if finding.key in kinds and finding.must_decide}


def found_in(text):
    return [(passage.kind, passage.text) for passage in find_people(text, KnownPeople())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I think that the Garden Bench is too low for me.", []),
        ("Is this Reading Corner still to be had? I want it in my room.", []),
        ("Je trouve que le Fauteuil Toulon est trop bas pour nous.", []),
        ("Ik vind dat de Tuinbank Riva te laag is voor mij.", []),
        ("I think that on Monday Orla Brannigan was at home.", ["Orla Brannigan"]),
        ("I spoke with the Peter Brannigan from before, and it is settled.", ["Peter Brannigan"]),
        ("Ik heb het met Anna de Wolff op de zaak besproken.", ["Anna de Wolff"]),
        ("J'ai vu la voiture de Brannigan Orla dans la rue.", ["Brannigan Orla"]),
        ("Ich habe die Anna Brannigan getroffen, und sie war es nicht.", ["Anna Brannigan"]),
    ],
)
def test_what_an_article_stands_before_is_a_thing_unless_a_given_name_says_otherwise(text, expected):
    assert [passage for kind, passage in found_in(text) if kind == "person"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Via mijn zus Ilse.", {"Ilse"}),
        ("mijn buurman heet Karel Buis, 020-1234567", {"Karel Buis", "020-1234567"}),
        ("Ilse, mijn zus, belde over de rekening.", {"Ilse"}),
        ("Graag bellen met mevrouw De Vries", {"De Vries"}),
        ("stuur het naar Kerkstraat 4, 1234 AB Utrecht", {"Kerkstraat 4, 1234 AB Utrecht"}),
        ("my colleague Priya Nair (+44 1632 960123)", {"Priya Nair", "+44 1632 960123"}),
        ("Please ask Mr. Brown", {"Brown"}),
        ("For urgent matters call Priya on +44 1632 960123", {"Priya", "+44 1632 960123"}),
        ("Meine Nachbarin heißt Uta Klein.", {"Uta Klein"}),
        ("Frau Dr. Schneider wohnt Hauptstraße 12, 50667 Köln", {"Schneider", "Hauptstraße 12, 50667 Köln"}),
        ("Ma voisine s'appelle Claire Dubois", {"Claire Dubois"}),
        ("Mme Lefèvre, 12 rue de la Paix, 75002 Paris", {"Lefèvre", "12 rue de la Paix, 75002 Paris"}),
        ("betaald van DE89 3704 0044 0532 0130 00", {"DE89 3704 0044 0532 0130 00"}),
        ("het BSN van mijn vrouw is 123456782", {"123456782"}),
        ("Groeten,\nPiet Bakker", {"Piet Bakker"}),
        ("Hij woont op Lindelaan 18, 1234 AB Utrecht", {"Lindelaan 18, 1234 AB Utrecht"}),
        ("De buren van Lindelaan 6 in Utrecht", {"Lindelaan 6"}),
        ("betaald door dhr. A. Steen", {"A. Steen"}),
        ("Mr Albert Huis rang, Albert Heijn did not", {"Albert Huis"}),
        ("Groetjes van Nelleke en Frits", {"Nelleke", "Frits"}),
        ("Bei Familie Wagner abgeben", {"Wagner"}),
        ("Leave it with the Wagstaff family", {"Wagstaff"}),
        ("De : Apolline d'Herbigny", {"Apolline d'Herbigny"}),
        ("Van: Pleun van 't Hek", {"Pleun van 't Hek"}),
        ("schrieb Jörg Mertens <j@x.example>:", {"Jörg Mertens", "j@x.example"}),
        ("Am Mühlbach 4, 37073 Göttingen", {"Am Mühlbach 4, 37073 Göttingen"}),
        ("2 Station Square, Leeds LS1 4AP", {"2 Station Square, Leeds LS1 4AP"}),
        ("Postbus 118, 9400 AC Assen", {"Postbus 118, 9400 AC Assen"}),
        ("PPS 5665560T, NHS 457 736 9729", {"5665560T", "457 736 9729"}),
        ("AHV meiner Frau: 756.9217.0769.85", {"756.9217.0769.85"}),
        ("SVNR 1237 010180", {"1237 010180"}),
    ],
)
def test_somebody_else_is_found_in_what_the_person_wrote(case, text, expected):
    made = case(profile(), survey(text))
    found = [finding for finding in made.findings() if finding.must_decide]
    assert {finding.value for finding in found} == expected
    for finding in found:
        assert f"«{finding.value}»" in finding.sentence
        assert (finding.record, finding.title) == ("survey", "Wensen")


@pytest.mark.parametrize("kind", ["bounce", "response", "abuse"])
def test_who_is_named_in_an_absence_note_is_found_and_the_person_is_not(case, kind):
    note = returned("Bel mijn collega Els Prins: 06 12345678.\r\n\r\nGroet,\r\nJan Steen", kind)
    findings = case(profile(), note).findings()
    assert people(findings) == {"Els Prins", "06 12345678"}
    assert {(f.title, f.date) for f in findings if f.key == "person"} == {("Afwezig", "2024-03-04 07:00:00")}


@pytest.mark.parametrize(
    "text",
    [
        "Ik ben Jan Steen, bel mij op 06-11223344 of 0031611223344.",
        "Ik woon Lindelaan 8 en betaal met NL91 ABNA 0417 1643 00",
        "Mail jan@example.org. Groet, Jan",
        "Stuur het naar Lindelaan 8, 1234 AB Utrecht",
        "Het rolgordijn Kust in de Woonkamer, 40 Watt of Max. 60 Watt",
        "NHS 457 736 9728 en PPS 5665560A zijn verkeerd",
        "Bestelling 20240312 van Maandag 4 Maart kwam niet aan in Den Haag.",
        "Bel de klantenservice: 0800-1234",
        "Die Lieferung der Roten Jacke kam am Montag, Guten Tag und Vielen Dank",
        "Prima, alles goed. Bedankt! Tot Maandag.",
    ],
)
def test_the_persons_own_and_what_is_nobody_is_no_finding(case, text):
    assert people(case(profile(Opmerking=text), survey(text)).findings()) == set()


def test_what_was_sent_to_the_person_is_not_searched(case):
    head = "From: Sanne Bos <s@shop.example>\r\nTo: jan@example.org\r\nSubject: x"
    mime = f"{head}\r\n\r\nGroet, Sanne Bos, 0201234567"
    findings = case(profile(), {"type": "message", "data": {"ID": "1", "mime": mime}})
    assert people(findings.findings()) == set()
    assert findings.findings().texts == ()


def test_the_controllers_own_is_no_finding_and_its_country_tells_numbers():
    known = KnownPeople(country="BE")
    known.add_value("Winkel Voorbeeld, hallo@shop.example, 02 555 12 12")
    known.add_name("Winkel Voorbeeld")
    assert find_people("Winkel Voorbeeld: hallo@shop.example, +32 2 555 12 12", known) == []


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("My neighbour has cancer", "cancer"),
        ("zij is lid van de vakbond", "vakbond"),
        ("er ist evangelisch", "evangelisch"),
        ("il est en prison", "prison"),
        ("hij is homo", "homo"),
    ],
)
def test_special_data_in_texts_are_told(text, word):
    assert [passage.text for passage in find_special(text)] == [word]


def find_special(text):
    return list(find_sensitive(text))


def test_each_text_by_or_about_the_person_is_listed_once_to_be_read(case):
    made = case(profile(Memo="Belt vaak"), profile(Memo="Belt vaak"), survey("Niets te melden"))
    texts = tomllib.loads(made.toml())["text"]
    assert [(entry["text"], entry["places"], entry["read"]) for entry in texts] == [
        ("Belt vaak", 2, False),
        ("Niets te melden", 1, False),
    ]


def test_no_secret_is_on_the_reading_list_nor_a_bare_value(case):
    form = {"form": "login", "fields": {"password": "zee lucht Tr0ub4dor", "color": "blauw"}}
    made = case(profile(), form, {"type": "profile", "ID": "8", "interests": ["Groene Thee"]})
    assert [text.text for text in made.findings().texts] == []
    assert "Tr0ub4dor" not in made.toml()
    assert people(made.findings()) == set()


def test_strict_needs_every_text_read_or_decided_on(case):
    made = case(profile(), survey("Via mijn zus Ilse."), survey("Niets te melden"))
    made.decide("disclose")
    with pytest.raises(CheckFailedError, match="1 text by or about the person is not read"):
        made.shown(strict=True)
    made.review.write_text(made.review.read_text().replace("read = false", "read = true"))
    assert made.shown(strict=True).raw


def test_a_short_name_is_withheld_where_it_was_found_and_only_as_a_word(case):
    made = case(survey("Via mijn zus Ilse. Ilsebroek is een plaats."), survey("Ilse"))
    shown = made.decide("withhold", only="person").shown()
    answers = [record["questions"]["1"]["answer"] for record in shown.data]
    assert "Ilse." not in answers[0]
    assert "Ilsebroek" in answers[0]


def test_a_short_name_inside_a_longer_thing_that_is_hidden_leaves_nothing_of_it(case):
    text = "Robin Marsh <robin.marsh@mail.example> schreef. Groeten, Robin\nRobin komt, Robinson niet."
    shown = case(survey(text), survey("Robin Marsh")).decide("withhold").shown()
    answer = shown.data[0]["questions"]["1"]["answer"]
    assert "marsh" not in answer.lower()
    assert "Robinson niet" in answer
    assert not re.search(r"\bRobin\b", answer)


def test_a_short_name_that_stands_only_in_something_longer_is_hidden_with_it(case):
    made = case(survey("Bel Robin Marsh, dag"))
    made.decide("withhold", extra=also(text="Robin", pointer="/data/0/questions/1/answer"))
    assert "Robin" not in made.shown().data[0]["questions"]["1"]["answer"]


def also(**entry):
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in entry.items())
    ground = {"decision": "withhold", "reason": "another person", "article": "Art. 15(4) GDPR"}
    return f"\n[[also]]\n{lines}\n" + "".join(f"{name} = {json.dumps(v)}\n" for name, v in ground.items())


def test_a_short_text_is_withheld_everywhere_at_the_bounds_of_words(case):
    made = case(survey("Ilse kwam, Ilsebroek niet"), survey("met ilse"))
    shown = made.decide("disclose", extra=also(text="Ilse", words=True)).shown()
    assert shown.data[0]["questions"]["1"]["answer"].endswith("kwam, Ilsebroek niet")
    assert "ilse" not in shown.data[1]["questions"]["1"]["answer"]


def test_a_short_text_is_withheld_at_one_pointer_alone(case):
    made = case(survey("Ilse kwam"), survey("Ilse bleef"))
    shown = made.decide("disclose", extra=also(text="Ilse", pointer="/data/0/questions/1/answer")).shown()
    assert "Ilse" not in shown.data[0]["questions"]["1"]["answer"]
    assert shown.data[1]["questions"]["1"]["answer"] == "Ilse bleef"


def test_a_detector_of_another_kind_can_be_handed_over(case):
    from dsr_report.redact.mentions import Passage

    def model(text):
        at = text.find("tante")
        return [Passage("person", "tante", at, "a model")] if at >= 0 else []

    assert found_in("met tante op stap") == []
    assert [p.text for p in find_people("met tante op stap", KnownPeople(), [model])] == ["tante"]
    assert Looking().detectors == ()


def test_find_tells_every_place_in_any_encoding(case, tmp_path):
    from click.testing import CliRunner

    from dsr_report.cli.find import find

    mime = "From: a@shop.example\r\nSubject: =?utf-8?b?SWxzZSBWb3M=?=\r\n\r\nDag"
    made = case(survey("Via mijn zus Ilse Vos."), {"type": "message", "data": {"ID": "1", "mime": mime}})
    done = CliRunner().invoke(find, [str(made.file), "ilse vos", "--json"])
    assert done.exit_code == 0, done.output
    places = json.loads(done.stdout)["places"]
    assert [place["pointer"] for place in places] == ["/data/0/questions/1/answer", "/data/1/data/mime"]
    assert places[0]["excerpt"] == "Via mijn zus «Ilse Vos»."


def test_review_tells_where_else_a_finding_stands(case):
    from click.testing import CliRunner

    from dsr_report.cli.review import review

    mime = "From: a@shop.example\r\nSubject: x\r\n\r\nBeste Ilse Vos, uw bestelling"
    made = case(survey("Via mijn zus Ilse Vos."), {"type": "message", "data": {"ID": "1", "mime": mime}})
    done = CliRunner().invoke(review, [str(made.file), "--json"])
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["places"], finding["elsewhere"]) == (
        ["/data/0/questions/1/answer"],
        ["/data/1/data/mime"],
    )
    assert [text["text"] for text in json.loads(done.stdout)["texts"]] == ["Via mijn zus Ilse Vos."]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("My neighbour Jan de Wit has cancer", ["Jan de Wit"]), ("Gebeld met Jan Bakker", ["Jan Bakker"]),
        ("my brother Jan", ["Jan"]), ("met Jan-Willem Bakker erbij", ["Jan-Willem Bakker"]),
        ("My friend Sam Jones", ["Sam Jones"]), ("met Mei Ling Chen", ["Mei Ling Chen"]),
        ("Op 12 Jan 2024 geleverd", []), ("Jan 2024 omzet", []), ("Jan Feb Mar Apr", []),
        ("Jan/Feb omzet", []),
        ("Nov/Dec/Jan", []), ("za 13 jan", []), ("Sam. 12 mars", []), ("Jan. '24", []),
        ("Mon, 12 Jan 2024", []),
    ],
)  # fmt: skip
def test_a_given_name_that_is_also_a_month_or_day_is_told_by_what_stands_beside_it(text, names):
    assert [name for kind, name in found_in(text) if kind == "person"] == names
