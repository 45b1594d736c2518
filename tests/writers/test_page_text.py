"""What a PDF's pages say is read from the PDF itself, wherever lines end and in any direction."""

import json
import re
import shutil
import subprocess

import pikepdf
import pytest

import dsr_report
from dsr_report.verification.leaks import SQUEEZED, leaks
from dsr_report.verification.pdf_text import page_texts

TEXTS = [
    "piet.vreemd@elders.example",
    "Els van den Berg",
    "x" * 30 + "-" + "y" * 120 + "-end",
    "Привет, Пётр",
    "naïve façade",
    "مرحبا بالعالم",
    "שלום עולם",
    "日本語の名前です",
    "नमस्ते विश्व श्री",
]
JOINED = [
    "نمی\u200cخواهم بخوانم",
    "پیام\u200cهای",
    "مرحبا لا الله",
    "שלום עולם",
    "क्\u200dष और क्ष",
    "हिन्दी में श्री कृष्ण",
    "ශ්\u200dරී ලංකාව",
    "മലയാളം ന്\u200d",
    "বাংলা ভাষা",
    "ភាសាខ្មែរ",
    "မြန်မာ",
    "ไทยน้ำ",
    "👨\u200d👩\u200d👧\u200d👦 ❤\ufe0f 👍🏽 🇳🇱",
    "e\u0301 é \u00b5 \u03bc \u212b \u00c5",
    "한글 각",
]
"""Texts in which a glyph is not a letter, and a letter is not a glyph."""


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")
    data = [
        {"type": "note", "text": f"A line of words that goes on for a while until it says {text}."}
        for text in TEXTS
    ]
    data += [{"type": "note", "text": text} for text in [*JOINED, "No\u200cjoiner\u200d here"]]
    source = folder / "export.json"
    source.write_text(json.dumps({"info": {"type": "profile", "id": "7"}, "data": data}), encoding="utf-8")
    with dsr_report.read(source) as export, dsr_report.Report(export) as report:
        report.to(folder / "a.pdf")
    return folder / "a.pdf"


@pytest.mark.parametrize("text", TEXTS)
def test_a_value_that_a_page_shows_is_found_on_it_without_any_program(pdf, text, monkeypatch):
    monkeypatch.setenv("PATH", "")
    places = [leak.place for leak in leaks(pdf, {1: [text]})]
    assert SQUEEZED in places


def test_what_no_page_shows_is_not_found(pdf):
    assert list(leaks(pdf, {1: ["kees.anders@elders.example", "Els van den Dijk"]})) == []


def test_pages_are_read_in_their_order(pdf):
    with pikepdf.open(pdf) as opened:
        texts = list(page_texts(opened))
    assert "The personal data that we hold about you" in texts[0]
    whole = "".join(" ".join(texts).split())
    assert whole.index("".join(TEXTS[0].split())) < whole.index("".join(TEXTS[1].split()))


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
def test_a_text_is_copied_letter_by_letter_in_scripts_whose_signs_join(pdf):
    command = ["pdftotext", "-layout", pdf, "-"]
    pages = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    said = re.sub("[\u202a-\u202e]", "", pages)
    assert [text for text in JOINED if text not in said] == []
    assert "Nojoiner here" in said


def test_a_text_is_found_by_us_as_a_program_copies_it(pdf):
    with pikepdf.open(pdf) as opened:
        said = " ".join(page_texts(opened))
    for text in JOINED[4:]:
        assert text in said
    for text in JOINED[:4]:  # from right to left the last letter is drawn first
        assert text.split()[0][::-1] in said
