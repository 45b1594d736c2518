"""What errors, checks and warnings say is data: never put together in English, and in every catalogue."""

from __future__ import annotations

import ast
import importlib
import json
import pickle
import re
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dsr_report
from dsr_report.desk import wording
from dsr_report.errors import DsrReportError
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.register.states import ANSWERS, PROGRESS
from dsr_report.rendering.warnings import ODDITIES
from dsr_report.sentences import Sentence, as_data, from_data, join_sentences

ROOT = Path(dsr_report.__file__).parents[1]
COMMANDS = (
    r"(?<![\w-])--[a-z]{3}|COPERNICA_[A-Z]|"
    r"dsr-report (fetch|verify|review|register|config|inspect|login) "
)
"""Options, commands and variables: words of the command line, which nobody at the desk knows."""
TRANSLATED = [code for code in LANGUAGES if code != "en"]


@pytest.fixture(scope="module")
def catalogue_texts() -> ModuleType:
    sys.path.insert(0, str(ROOT / "setup"))
    try:
        return importlib.import_module("wording")
    finally:
        sys.path.remove(str(ROOT / "setup"))


# ---- every class and code


def test_no_error_that_the_desk_may_say_is_put_together_in_english(catalogue_texts: ModuleType) -> None:
    """A text with values in it is a `Sentence`: an f-string could not be said in another language."""
    found = []
    for file in sorted((ROOT / "dsr_report").rglob("*.py")):
        place = file.relative_to(ROOT / "dsr_report").as_posix()
        if place.startswith(catalogue_texts._SAID_IN_ENGLISH):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in catalogue_texts.our_errors():
                said = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "hint")]
                texts = [(one, part) for part in said for one in ast.walk(part)]
                found += [
                    f"{place}:{node.lineno}"
                    for one, part in texts
                    if isinstance(one, ast.JoinedStr) and not _is_value(one, part)
                ]
    assert found == []


def _is_value(text: ast.JoinedStr, said: ast.expr) -> bool:
    """Whether a text is a value of a sentence, such as a number that is written in a certain way."""
    return any(
        text in ast.walk(word.value)
        for call in ast.walk(said)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "Sentence"
        for word in call.keywords
    )


def test_every_class_of_error_says_something_in_every_language(catalogue_texts: ModuleType) -> None:
    ours = {kind.__name__ for kind in _below(DsrReportError)}
    assert {"AuthError", "RegisterError", "CheckFailedError", "ConfigError", "NotReadyError"} <= ours
    assert (
        ours <= catalogue_texts.our_errors()
    )  # found by their definitions: also those of rooms not imported
    assert {"OutOfReachError", "PerhapsDoneError", "TimeUpError"} <= catalogue_texts.our_errors()
    for code in TRANSLATED:
        assert singulars(catalogue_texts).keys() - language_of(code).texts.keys() == set()


def singulars(catalogue_texts: ModuleType) -> dict[str, list[str]]:
    """All texts by their wording for one thing, with the places where they stand."""
    found = catalogue_texts.all_texts()
    return {key if isinstance(key, str) else key[0]: places for key, places in found.items()}


def _below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _codes(folder: str, *calls: str) -> set[str]:
    """The first literal arguments of calls of these names, in a folder of the package."""
    return {
        node.args[0].value
        for file in (ROOT / "dsr_report" / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in calls and node.args
        and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
        and re.fullmatch("[a-z][a-z0-9-]+", node.args[0].value)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        pytest.param(_codes("jsonstream", "_report", "add"), ODDITIES, id="oddities"),
        pytest.param(_codes("verification", "add", "decide", "add_problems"), wording.CHECKS, id="checks"),
        pytest.param({*PROGRESS.values(), *ANSWERS.values(), "closed"}, wording.STATES, id="states"),
    ],
)
def test_every_code_has_words_in_every_language(codes: set[str], words: dict[str, str]) -> None:
    assert len(codes) >= 10
    assert codes - words.keys() == set()
    for code in TRANSLATED:
        texts = language_of(code).texts
        assert [key for key, text in words.items() if text not in texts] == []


def test_the_desk_names_no_command_no_option_and_no_variable_in_any_language() -> None:
    for code in LANGUAGES:
        for text in wording.IN_PLACE.values():
            assert not re.search(COMMANDS, language_of(code).text(text))


def test_texts_that_name_commands_have_words_of_the_desk(catalogue_texts: ModuleType) -> None:
    """What is left to the catalogues names no option or command: it would stand on a page of the desk."""
    named = {key: places for key, places in singulars(catalogue_texts).items() if re.search(COMMANDS, key)}
    places = {place for key in named for place in named[key]}
    assert {one for one in places if not one.startswith(("dsr_report/rendering", "templates"))} == set()


def test_every_hole_of_a_sentence_has_its_value_also_in_the_words_of_the_desk() -> None:
    missing = []
    for file in sorted((ROOT / "dsr_report").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "Sentence"):
                continue
            texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
            texts += [wording.IN_PLACE[text] for text in texts if text in wording.IN_PLACE]
            given = {word.arg for word in node.keywords}
            if None not in given and set(re.findall(r"\{(\w+)\}", " ".join(texts))) - given:
                missing.append(f"{file.name}:{node.lineno}")
    assert missing == []


# ---- sentences


def test_a_sentence_is_english_text_and_keeps_its_values_for_other_languages() -> None:
    said = Sentence("the API cannot be reached: {reason}", reason=Sentence("status {status}", status=503))
    assert said == "the API cannot be reached: status 503"
    assert language_of("nl").say(said) == "de API is niet bereikbaar: status 503"
    assert language_of("de").say(from_data(as_data(said))) == "die API ist nicht erreichbar: Status 503"
    many = Sentence("{n} record", "{n} records", n=1200)
    assert (many, language_of("de").say(many)) == ("1200 records", "1.200 Datensätze")
    assert (
        language_of("fr")
        .say(join_sentences([many, Sentence("status {status}", status=1)]))
        .endswith("état 1")
    )


def test_values_with_braces_are_values() -> None:
    said = Sentence("{name}: {problem}", name="{x}", problem="{0}")
    assert said == language_of("nl").say(said) == "{x}: {0}"
    assert language_of("nl").say("not {a} template") == "not {a} template"


TEXTS = st.text(max_size=20)
VALUES = st.recursive(
    TEXTS | st.integers(-(10**15), 10**15) | st.dates(),
    lambda below: st.builds(lambda one, two: Sentence("{a} and {b}", a=one, b=two), below, below),
    max_leaves=6,
)


@given(value=VALUES, other=VALUES)
def test_a_sentence_is_the_same_when_it_was_kept_as_json_or_handed_to_another_process(value, other) -> None:
    said = join_sentences(
        [Sentence("the ledger {a} says {b}", a=value, b=other), Sentence("and {n} more", n=3)]
    )
    for again in (from_data(json.loads(json.dumps(as_data(said)))), pickle.loads(pickle.dumps(said))):
        assert str(again) == str(said)
        assert [language_of(code).say(again) for code in LANGUAGES] == [
            language_of(code).say(said) for code in LANGUAGES
        ]


def test_days_are_written_as_the_language_does() -> None:
    said = Sentence("{on} has not come yet", on=date(2026, 3, 5))
    assert (said, language_of("de").say(said)) == (
        "2026-03-05 has not come yet",
        "5. März 2026 liegt noch in der Zukunft",
    )
