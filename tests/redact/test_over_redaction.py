"""Hiding more than needed is warned of with the places, and measured on a sample."""

import json
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "sample_exports"


def review_of(made, text):
    entry = {"text": text, "decision": "withhold", "reason": "someone else", "article": "Art. 15(4) GDPR"}
    also = "".join(f"{name} = {json.dumps(value)}\n" for name, value in entry.items())
    made.review.write_text(f"{made.toml()}\n[[also]]\n{also}", encoding="utf-8")
    return made


def test_a_common_text_that_hides_much_is_warned_of_with_its_number_and_first_places(case):
    made = review_of(case(*({"type": "note", "text": f"de winkel {n}"} for n in range(30))), "winkel")
    (warning,) = (text for text in made.shown().warnings if "30 places" in text)
    assert "number 1" in warning
    assert "/data/0/text, /data/1/text, /data/2/text" in warning
    assert "winkel" not in warning


@pytest.mark.parametrize(
    "password", ["Welkomstgeschenk!", "<!--events-->", "(06) 1234 5678!", "#zonnebloem#", "__Amsterdam__"]
)
def test_a_password_that_is_a_word_or_number_between_signs_hides_no_such_word_elsewhere(case, password):
    word = password.strip("!<>-_#()")
    data = [{"fields": {"Wachtwoord": password}}, {"type": "note", "text": f"Uw {word} ligt klaar."}]
    shown = case(*data).shown()
    assert (shown.values.masked, shown.values.in_part) == (1, 0)
    assert shown.data[1] == data[1]


@pytest.mark.parametrize("password", ["!Xk7#pQ2", "##Kat12##"])
def test_a_password_of_letters_and_digits_between_signs_is_hidden_everywhere(case, password):
    shown = case({"fields": {"Wachtwoord": password}}, {"type": "note", "text": f"zie {password} op blad"})
    assert password not in json.dumps(shown.shown().data)


def test_a_name_in_some_places_is_not_warned_of(case):
    made = review_of(
        case(*({"type": "note", "text": f"Karel Verborgen {n}"} for n in range(20))), "Karel Verborgen"
    )
    assert not any("places" in text for text in made.shown().warnings)


def test_a_passage_that_is_hidden_within_a_longer_word_or_number_is_warned_of_with_the_place(case):
    notes = [{"type": "note", "text": text} for text in ("AB12CD34EF", "nr XAB12CD34EF9", "nr AB12CD34EF.")]
    shown = review_of(case(*notes), "AB12CD34EF").shown()
    (warning,) = (text for text in shown.warnings if "longer word" in text)
    assert "in 1 place, first in /data/1/text:" in warning
    assert "AB12" not in warning


@pytest.mark.parametrize("sample", ["email-someone", "profile-90211", "subprofile-41522"])
@pytest.mark.parametrize(
    "text", ["Karel Verborgen", "0687654321", "k.verborgen@elders.example", "NL02ABNA0123456789"]
)
def test_in_a_sample_no_value_is_hidden_beyond_the_one_that_has_it(case, sample, text):
    export = json.loads((SAMPLES / f"{sample}.json").read_text(encoding="utf-8"))
    added = {"type": "note", "text": f"belde over {text} vandaag"}
    if isinstance(export["data"], list):
        export["data"].append(added)
    else:
        export["data"]["added"] = [added]
    made = case()
    made.file.write_text(json.dumps(export), encoding="utf-8")
    plain = made.shown()
    shown = review_of(made, text).shown()
    beyond = shown.values.in_part + shown.values.withheld - plain.values.in_part - plain.values.withheld - 1
    assert beyond == 0
    assert shown.values.masked == plain.values.masked
