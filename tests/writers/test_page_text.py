"""What a PDF's pages say is read from the PDF itself, wherever lines end and in any direction."""

import json

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
]


@pytest.fixture(scope="module")
def pdf(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pdf")
    data = [
        {"type": "note", "text": f"A line of words that goes on for a while until it says {text}."}
        for text in TEXTS
    ]
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
