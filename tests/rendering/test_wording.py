"""Every text of the tool's own exists in every language, is short, and can be read by most people."""

from __future__ import annotations

import importlib.util
import re
import shutil
import statistics
from functools import cache
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import pytest

from dsr_report.languages import LANGUAGES, language_of
from dsr_report.redact.marks import HIDDEN_THINGS, mark_text
from dsr_report.rendering.dictionary import FIELDS
from dsr_report.rendering.warnings import ODDITIES

ROOT = Path(__file__).resolve().parent.parent.parent
OTHERS = [code for code in LANGUAGES if code != "en"]


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("wording", ROOT / "setup" / "wording.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.all_texts = cache(module.all_texts)  # the whole code is read once
    return module


WORDING = script()


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_is_translated_none_is_stale_and_all_holes_are_filled(code: str) -> None:
    assert WORDING.faults(code) == []


def test_the_comparison_finds_the_texts_of_code_and_templates() -> None:
    texts = WORDING.all_texts()
    assert "What we recorded" in texts  # a template and the code
    assert ("{n} click", "{n} clicks") in texts
    assert FIELDS["ip"].explanation in texts  # declared in a table


@pytest.mark.parametrize("code", OTHERS)
def test_a_text_that_is_not_translated_is_found(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = WORDING.all_texts() | {"A sentence that nobody has translated.": ["somewhere.py"]}
    del texts["What we recorded"]
    monkeypatch.setattr(WORDING, "all_texts", lambda: texts)
    faults = "\n".join(WORDING.faults(code))
    assert "not translated: 'A sentence that nobody has translated.'" in faults
    assert "no longer used: 'What we recorded'" in faults


def test_a_catalogue_is_written_anew_with_what_it_has_and_begun_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(WORDING.LOCALE, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(WORDING, "LOCALE", tmp_path)
    for code in OTHERS:
        WORDING.update(code)
        name = Path(code, "LC_MESSAGES", "dsr_report.po")
        assert (tmp_path / name).read_bytes() == (ROOT / "templates" / "locale" / name).read_bytes()
    WORDING.update("pl")
    begun = WORDING.catalogue("pl")
    assert {entry.id for entry in begun if entry.id} == set(WORDING.all_texts())
    assert not any(any(entry.string) for entry in begun if entry.id)
    assert begun.num_plurals == len(begun["{n} click"].string) > 2


@pytest.mark.parametrize("code", OTHERS)
def test_long_texts_are_not_left_in_english(code: str) -> None:
    words = language_of(code)
    same = [
        key
        for key in WORDING.all_texts()
        if isinstance(key, str) and len(key.split()) > 2 and words.text(key) == key
    ]
    assert same == []


@pytest.mark.parametrize(
    ("code", "none", "one", "two"),
    [
        ("en", "0 messages", "1 message", "2 messages"),
        ("nl", "0 berichten", "1 bericht", "2 berichten"),
        ("de", "0 Nachrichten", "1 Nachricht", "2 Nachrichten"),
        ("fr", "0 message", "1 message", "2 messages"),
    ],
)
def test_counts_follow_the_language(code: str, none: str, one: str, two: str) -> None:
    words = language_of(code)
    assert [words.count("{n} message", "{n} messages", n) for n in (0, 1, 2)] == [none, one, two]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("en", "12 March 2022, 09:15"),
        ("nl", "12 maart 2022, 09:15"),
        ("de", "12. März 2022, 09:15 Uhr"),
        ("fr", "12 mars 2022 à 09:15"),
    ],
)
def test_moments_are_written_out(code: str, text: str) -> None:
    from datetime import UTC, datetime

    assert (
        language_of(code).moment(datetime(2022, 3, 12, 8, 15, tzinfo=UTC), ZoneInfo("Europe/Amsterdam"))
        == text
    )


@pytest.mark.parametrize("code", LANGUAGES)
def test_marks_say_what_they_hide_in_the_language(code: str) -> None:
    masked, withheld = (mark_text(code, what, 3, "access-code") for what in ("mask", "withhold"))
    assert masked != withheld
    assert "3" in masked
    assert language_of(code).text(HIDDEN_THINGS["access-code"]) in masked


def test_every_warning_of_the_reader_has_words() -> None:
    calls = r"(?:_report|log\.add|_log\.add|ReadWarning)\(\s*\"([a-z0-9-]+)\""
    found = {
        code
        for file in (ROOT / "dsr_report" / "jsonstream").glob("*.py")
        for code in re.findall(calls, file.read_text(encoding="utf-8"))
    }
    assert found
    assert found <= ODDITIES.keys()


# What a formula made for the language says: Flesch (en), Flesch-Douma (nl), Amstad (de), Kandel-Moles (fr).
FORMULA = {
    "en": (206.835, 1.015, 84.6),
    "nl": (206.84, 0.93, 77.0),
    "de": (180.0, 1.0, 58.5),
    "fr": (207.0, 1.015, 73.6),
}
VOWELS = re.compile(r"[aeiouyàâäéèêëîïôöùûüœæ]+", re.IGNORECASE)


def sentences(code: str) -> list[list[str]]:
    """The words of each full sentence that the tool says in a language."""
    words = language_of(code)
    texts = [words.text(key) for key in WORDING.all_texts() if isinstance(key, str)]
    found = []
    for text in texts:
        for sentence in re.split(r"(?<=[.!?:])\s+", text):
            if re.search(r"[.!?:]$", sentence) and sentence[:1].isupper():
                parts = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", re.sub(r"\{\w+\}", "x", sentence))
                if len(parts) > 3:
                    found.append(parts)
    return found


def syllables(word: str, code: str) -> int:
    groups = len(VOWELS.findall(word))
    silent = code in {"en", "fr"} and re.search(r"[^aeiouyé](e|es|ed)$", word) and groups > 1
    return max(1, groups - bool(silent))


@pytest.mark.parametrize("code", LANGUAGES)
def test_sentences_are_short(code: str) -> None:
    lengths = sorted(len(words) for words in sentences(code))
    assert len(lengths) > 100
    assert statistics.median(lengths) <= 15
    assert lengths[int(len(lengths) * 0.95)] <= 25


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_wording_is_readable_for_most_people(code: str) -> None:
    found = sentences(code)
    words = [word for sentence in found for word in sentence]
    start, per_word, per_syllable = FORMULA[code]
    score = (
        start
        - per_word * len(words) / len(found)
        - per_syllable * sum(syllables(word, code) for word in words) / len(words)
    )
    assert score > 60, score
