"""Words are explained where they are first used, answers stand once, names have labels; in every language."""

import json
import re
from pathlib import Path

import pytest
from selectolax.lexbor import LexborHTMLParser

import dsr_report
from dsr_report.languages import language_of
from dsr_report.mime.message import parse
from dsr_report.rendering.warnings import defect_text

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"
LANGUAGES = ("en", "nl", "de", "fr")


def page(source, tmp_path, lang="en"):
    target = tmp_path / "a.html"
    with dsr_report.read(source) as export, dsr_report.Report(export, lang=lang) as report:
        report.to(target)
    return target.read_text(encoding="utf-8")


def export(tmp_path, *data):
    file = tmp_path / "export.json"
    content = {"info": {"type": "profile", "id": "7"}, "data": list(data)}
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_word_of_the_list_is_linked_once_before_it_and_explained(tmp_path, lang):
    text = page(SAMPLES / "subprofile-20285.json", tmp_path, lang)
    links = re.findall(r'href="#(word-[\w-]+)"', text)
    entries = re.findall(r'<div id="(word-[\w-]+)"><dt>([^<]+)</dt><dd>(.{10,}?)</dd>', text)
    assert sorted(links) == sorted(anchor for anchor, _, _ in entries)
    assert {"word-pixel", "word-mailing", "word-profile", "word-sha-256"} <= set(links)
    before = text.partition('id="glossary"')[0]
    assert all(f'href="#{anchor}"' in before for anchor in links if anchor != "word-sha-256")


def test_words_of_things_that_do_not_occur_are_not_explained(tmp_path):
    text = page(SAMPLES / "nothing-found.json", tmp_path)
    assert "word-" not in text
    assert 'id="glossary"' not in text  # one page, and nothing of what was not found
    text = page(export(tmp_path, {"type": "survey", "survey": "A", "questions": {}}), tmp_path)
    assert "word-" not in text
    assert 'id="glossary"' not in text


def test_chapters_without_data_are_named_in_one_line_and_nowhere_else(tmp_path):
    text = page(export(tmp_path, {"type": "survey", "survey": "A", "questions": {}}), tmp_path)
    line = text.partition("Nothing is stored for: ")[2].partition("</p>")[0]
    for chapter, anchor in (
        ("What we sent you", "sent"),
        ("What we recorded", "noticed"),
        ("Groups, scores and interests", "concluded"),
        ("Delivery problems, spam complaints and unsubscribing", "problems"),
    ):
        assert chapter in line
        assert f'id="{anchor}"' not in text
    assert "Words explained" not in line


SURVEY = {
    "type": "survey",
    "survey": "Tevredenheid",
    "questions": {
        "1": {"question": "Hoe tevreden?", "type": "multi", "answer": ["Zeer-A", "Snel-B"]},
        "2": {"question": "Waarom?", "type": "open", "answer": "Omdat-C", "shown to": "all-D"},
        "3": "Los-E",
    },
}


@pytest.mark.parametrize(
    "questions",
    [
        SURVEY["questions"],
        list(SURVEY["questions"].values()),
        {
            "Hoe tevreden?": ["Zeer-A", "Snel-B"],
            "Waarom?": {"question": "Omdat-C", "answer": "all-D"},
            "x": "Los-E",
        },
    ],
)
def test_answers_of_a_survey_stand_once_with_all_that_is_stored_of_them(tmp_path, questions):
    text = page(export(tmp_path, SURVEY | {"questions": questions}), tmp_path)
    shown = LexborHTMLParser(text).css_first("article.record").text()
    for value in ("Hoe tevreden?", "Zeer-A", "Snel-B", "Omdat-C", "all-D", "Los-E"):
        assert shown.count(value) == 1, value
    assert shown.count("Tevredenheid") >= 1


@pytest.mark.parametrize(
    ("lang", "label"), [("en", "IP address"), ("nl", "IP-adres"), ("de", "IP-Adresse"), ("fr", "Adresse IP")]
)
def test_names_inside_nested_values_have_labels(tmp_path, lang, label):
    text = page(export(tmp_path, {"odd": {"ip": "192.0.2.7", "zzz": {"ip": "192.0.2.8"}}}), tmp_path, lang)
    assert len(re.findall(rf"<b>{label}</b> <small>\(ip\)</small>\s?: ", text)) == 2
    assert re.search(r"<b>zzz</b>\s?: ", text)


FAULTS = [
    b"hello",
    b"\xef\xbb\xbfSubject: a\r\n\r\nb",
    b"Subject: a\r\nno field here\r\n\r\nb",
    b"Subject: a\0b\r\n\r\nb",
    b"Subject: a",
    b"Content-Type: nonsense\r\n\r\nb",
    b"Content-Type: multipart/mixed\r\n\r\nb",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\nb",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--y\r\n\r\nb\r\n--y--\r\n",
    b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nb",
    b"Content-Type: multipart/mixed; boundary=x\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"LS14DQoNCmINCi0teC0t",
    b"Content-Transfer-Encoding: odd\r\n\r\nb",
    b"Content-Transfer-Encoding: base64\r\n\r\n!!!x",
    b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=ZZ",
    b"Content-Type: text/plain; charset=odd\r\n\r\n\xe9",
    b"Content-Type: text/html; charset=odd\r\n\r\n<meta charset=utf-8>b",
    b"Content-Type: text/plain; charset=windows-1251\r\n\r\n\xc3\xa9",
    b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xe9",
    b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xc3\x83\xc2\xa9",
    b"Subject: a\r\n\r\n\xe9",
    b"Subject: a\r\n\r\nbegin 644 a\n#86)C\n`\nend\n" + b"\xe9",
    b"Content-Type: message/rfc822\r\n\r\n" * 90 + b"x",
]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_note_on_the_form_of_a_message_is_in_the_language_of_the_report(lang):
    words, english = language_of(lang), language_of("en")
    notes = {note for raw in FAULTS for note in parse(raw).defects}
    assert len(notes) >= 18
    for note in notes:
        text = defect_text(note, words)
        assert text, note
        assert lang == "en" or text != defect_text(note, english), note


@pytest.mark.parametrize("lang", LANGUAGES)
def test_annexes_that_are_not_there_are_named_so_that_no_letter_seems_to_be_withheld(tmp_path, lang):
    annexes = {"annex-a": "A", "annex-b": "B", "annex-c": "C", "annex-d": "D"}
    for sample in ("subprofile-20285.json", "subprofile-41522.json"):
        text = page(SAMPLES / sample, tmp_path, lang)
        missing = {letter for anchor, letter in annexes.items() if f'id="{anchor}"' not in text}
        how = re.search(r'id="how-to-read".*?(?=<h2|<section|$)', text, re.DOTALL)[0]
        said = set(re.findall(r"(?:Annex|Bijlage|Anhang|Annexe) ([A-D])(?=\s?:)", how))
        assert said == missing


@pytest.mark.parametrize("lang", LANGUAGES)
def test_where_nothing_was_found_one_page_says_so_and_nothing_that_contradicts_it(tmp_path, lang):
    text = page(SAMPLES / "nothing-found.json", tmp_path, lang)
    assert re.findall(r'<h[12][^>]* id="([^"]+)"', text) == ["other-systems", "rights", "technical"]
    assert not re.search(r"(?:Annex|Bijlage|Anhang|Annexe) [A-E]", text)


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "6 March 2020, 08:00"),
        ("nl", "6 maart 2020, 08:00"),
        ("de", "6. März 2020, 08:00 Uhr"),
        ("fr", "6 mars 2020 à 08:00"),
    ],
)
def test_the_date_of_a_message_is_told_in_the_readers_language_and_zone(tmp_path, lang, said):
    mime = "Date: Fri, 06 Mar 2020 07:00:00 +0000\r\nSubject: a\r\n\r\nText"
    odd = "Date: Zaterdag de zesde\r\nSubject: b\r\n\r\nText"
    source = export(
        tmp_path, *({"mime": text, "timestampsent": "2020-03-07 09:00:00"} for text in (mime, odd))
    )
    facts = [
        term.parent.css_first("dd").text()
        for term in LexborHTMLParser(page(source, tmp_path, lang)).css("dl.facts dt")
        if term.text() in {"Date", "Datum"}
    ]
    assert facts == [said, "Zaterdag de zesde"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_sentence_begins_with_a_capital_where_no_controller_is_named(tmp_path, lang):
    tree = LexborHTMLParser(page(SAMPLES / "nothing-found.json", tmp_path, lang))
    assert tree.css_first("#start").parent.text().strip()[0].isupper()
    company = {"en": "The company", "nl": "Het bedrijf", "de": "Das Unternehmen", "fr": "L’entreprise"}
    assert company[lang] in tree.body.text()
