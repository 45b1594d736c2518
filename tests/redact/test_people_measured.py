"""How much is found in the labelled texts: floors by kind and language, and the documented table."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "setup"))

import people_table

TEST_SET = people_table.scores([one for one in people_table.labelled() if one.is_test])
ALL = people_table.scores(people_table.labelled())
FLOORS = {
    "person": (0.9, 0.9),
    "telephone": (1.0, 1.0),
    "address": (1.0, 1.0),
    "postal-address": (1.0, 1.0),
    "iban": (1.0, 1.0),
    "special-category": (0.5, 0.75),
}
SORTS = {
    "reply",
    "absence",
    "bounce",
    "complaint",
    "survey",
    "note",
    "form",
    "signature",
    "quoted",
    "nothing",
}


def test_there_are_texts_in_every_language_and_half_of_them_are_the_test_set():
    texts = people_table.labelled()
    for language in people_table.LANGUAGES:
        own = [one for one in texts if one.language == language]
        assert len(own) >= 60
        assert {one.sort for one in own} >= SORTS
        assert sum(not one.labels for one in own) >= 20
        assert abs(2 * sum(one.is_test for one in own) - len(own)) <= 1


@pytest.mark.parametrize("language", people_table.LANGUAGES)
@pytest.mark.parametrize("kind", FLOORS)
def test_precision_and_recall_hold_their_floors(kind, language):
    precision, recall = FLOORS[kind]
    for scores in (TEST_SET, ALL):
        score = scores.get((kind, language))
        assert score is None or (score.precision >= precision and score.recall >= recall), score
    assert (kind, language) in ALL


@pytest.mark.parametrize("language", people_table.LANGUAGES)
def test_where_nothing_is_to_be_found_little_is_found(language):
    alone, all_ = people_table.left_alone(people_table.labelled(), language)
    assert alone >= 0.75 * all_


def test_a_name_that_is_found_in_part_counts_as_missed():
    text = "Tell Anna Maria van Zweden-Bos please"
    label = people_table.Span("person", 5, 31)
    one = people_table.Labelled("en", "note", text, (label,), people_table.KnownPeople(), is_test=False)
    assert one.missed() == []
    assert one._replace(labels=(label._replace(end=37),)).missed() != []


def test_the_table_of_the_documentation_is_the_measured_one():
    assert people_table.table() in people_table.PAGE.read_text(encoding="utf-8")
