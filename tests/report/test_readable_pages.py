"""On paper nothing stands on something else, and no page holds two lines alone."""

from __future__ import annotations

import json
from email.message import EmailMessage
from pathlib import Path

import pytest
from on_paper import Word, filled, printed_over, words_on

import dsr_report

LONG_NAME = "k" * 6_000
DEPTH = 24


def forwarded(times: int) -> EmailMessage:
    """A message that was forwarded within messages."""
    message = EmailMessage()
    message["Subject"], message["From"] = f"forwarded {times}", "Robin <robin@example.org>"
    if not times:
        message.set_content("INNERMOST words, which are wider than one letter each")
        return message
    message.set_content(f"see below {times}")
    message.add_attachment(forwarded(times - 1))
    return message


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> list[list[Word]]:
    """The pages of a report of long names, long values at every place of a column, and mail within mail.

    A name of thousands of letters beside a short value was laid out without end.
    """
    rows = {
        f"A name of some words, wide enough for two lines, {n}": " ".join([f"value{n}"] * (1 + n * 7 % 90))
        for n in range(50)
    }
    mail = {"ID": "0" * 31 + "a", "timestampsent": "2024-01-01 10:00:00", "mime": str(forwarded(DEPTH))}
    data = [
        {"ID": "7", "database": "1", "fields": rows},
        {"riddles": [rows, {LONG_NAME: "short"}, {LONG_NAME: "w" * 9000, "next": "row"}]},
        {"messages": [mail]},
    ]  # fmt: skip
    folder: Path = tmp_path_factory.mktemp("readable")
    content = {"info": {"type": "profile", "id": "7"}, "data": data}
    (folder / "export.json").write_text(json.dumps(content), encoding="utf-8")
    with dsr_report.read(folder / "export.json") as export, dsr_report.Report(export, lang="de") as report:
        report.to_pdf(folder / "report.pdf")
    return words_on(folder / "report.pdf")


def test_no_word_stands_on_another(pages: list[list[Word]]) -> None:
    assert printed_over(pages) == []


def test_mail_within_mail_leaves_its_words_whole(pages: list[list[Word]]) -> None:
    text = {word.text for page in pages for word in page}
    assert {"INNERMOST", "words,", "letter"} <= text


def test_the_last_page_holds_more_than_two_lines(pages: list[list[Word]]) -> None:
    assert filled(pages[-1]) > 0.2


def test_a_name_of_thousands_of_letters_leaves_page_one_a_page(pages: list[list[Word]]) -> None:
    assert any(word.text == "Rechte," for word in pages[0]), "the reference to the rights stands in its box"
    assert {"Was", "Gesetz"} <= {word.text for word in pages[1]}
