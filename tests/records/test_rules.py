"""What decided a kind is a value of codes and names; words for it are made where it is shown."""

import ast
import pickle
from pathlib import Path

import pytest
from specimens import SPECIMENS, items

import dsr_report
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.records.classifier import Classifier
from dsr_report.records.rule import Clue, Rule
from dsr_report.rendering.warnings import rule_text

RECORDS = Path(dsr_report.__file__).parent / "records"
IN_SUMMARIES_ONLY = {"other-rules", "nothing-told"}


def codes():
    """Every code that the classifier can give."""
    for module in sorted(RECORDS.rglob("*.py")):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"rule", "Clue"} and node.args:
                code = node.args[0]
                if isinstance(code, ast.Constant):
                    yield code.value
    yield from ("no-known-keys", "name-of-a-list", "nothing-in-it")  # chosen by a condition
    yield from (f"a-bare-{what}" for what in ("text", "truth-value", "null", "number"))


@pytest.mark.parametrize("code", sorted(set(codes()) - IN_SUMMARIES_ONLY))
def test_every_code_is_put_into_words_in_every_language(code):
    said = {rule_text(Rule(Clue(code, "Klik")), language_of(one)) for one in LANGUAGES}
    assert len(said) == len(LANGUAGES)
    assert "" not in said


def rules_of(*data):
    return [found.rule for found in Classifier().find(items([*data]))]


def test_a_rule_says_what_decided_and_what_it_was_called():
    label, event, keys = rules_of(
        {"Klikken": [{"a": 1}]},
        {"event": "open", "ip": "192.0.2.1"},
        {"device": "mobile"},
    )
    assert label.clues == (Clue("label", "Klikken"),)
    assert event.clues == (Clue("says", "open", "event"),)
    assert keys.clues == (Clue("keys", "device"),)
    assert [str(label), str(event), str(keys)] == ["label Klikken", "event open", "keys device"]


def test_names_with_commas_and_blanks_stay_one_name():
    odd, plain = (
        rule_text(Rule(Clue("says", name, "event")), language_of("en")) for name in ("open, label x", "open")
    )
    assert odd == plain.replace("open", "open, label x")


def test_a_rule_is_the_same_after_a_process_had_it():
    for _, record in SPECIMENS:
        for rule in rules_of(record):
            again = pickle.loads(pickle.dumps(rule))
            assert (again, again.clues, hash(again)) == (rule, rule.clues, hash(rule))
