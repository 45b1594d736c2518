"""What a complete answer says (Art. 15, and the weaknesses that answers are known for): each item, and its test."""

# ruff: noqa: E501 - sentences stand as they are printed
from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

import dsr_report
from dsr_report.config import load_config
from dsr_report.redact.plan import Mark
from dsr_report.redact.sums import Sum

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
CONFIG = load_config(Path(__file__).with_name("controller.toml"))
KEY = "[masked 1: access code]"
PASSWORD = "[masked 2: password]"  # noqa: S105 - a mark
OTHER = "[withheld 3: another person's name]"
DATA: list[dict[str, Any]] = [
    {"type": "profile", "ID": "7", "database": "7601", "secret": KEY, "created": "2020-01-01 00:00:00",
     "fields": {"Naam": "Robin Vos", "Wachtwoord": PASSWORD, "Score": "7"}, "interests": ["Sport"]},
    {"type": "message", "ID": "m1", "timestamp": "2024-01-31 09:00:00", "subject": "Hallo", "mailing": "3",
     "mime": "From: shop@example.org\r\nSubject: Hallo\r\n\r\nBeste Robin\r\n"},
    {"type": "open", "messageID": "m1", "timestamp": "2024-01-31 10:00:00", "mailing": "3", "ip": "192.0.2.1"},
    {"type": "click", "messageID": "m1", "timestamp": "2024-01-31 10:01:00", "link": "https://shop.example/", "mailing": "3"},
    {"type": "error", "messageID": "m1", "timestamp": "2024-01-31 09:00:05", "errorcode": "5.1.1", "mailing": "3"},
    {"surveys": [{"survey": "Hoe was het?", "timestamp": "2024-02-01 10:00:00",
                  "questions": {"1": {"question": "Hoe <em>tevreden</em>&hellip;", "answer": "Heel", "type": "grid"}}}]},
    {"notes": [{"note": f"Belde met {OTHER}", "timestamp": "2024-02-02 10:00:00"}]},
    {"sms": [{"message": "Uw pakket komt vandaag", "phone": "0612345678", "timestamp": "2024-02-03 10:00:00"}]},
    {"changes": [{"type": "update", "time": 1706778000, "profile": "7", "parameters": {"Naam": "Robin"}}]},
    {"loyalty": {"points": 5}},
]  # fmt: skip
MARKS = (
    Mark(1, "mask", "access-code", "live-key", "Art. 5(1)(f), 32 GDPR", KEY, ("/data/0/secret",), ()),
    Mark(2, "mask", "password", "live-key", "Art. 5(1)(f), 32 GDPR", PASSWORD, ("/data/0/fields/Wachtwoord",), ()),
    Mark(3, "withhold", "person", "It is about a colleague.", "Art. 15(4) GDPR", OTHER, (), ("/data/6/notes/0/note",)),
)  # fmt: skip
OPTIONS: dict[str, Any] = {
    "config": CONFIG,
    "received": date(2026, 1, 5),
    "due": date(2026, 3, 5),
    "replied": date(2026, 3, 2),
    "collected": date(2026, 1, 6),
    "request_id": "88001",
    "delay": "We had many requests.",
    "reference": "AVG-1",
    "marks": MARKS,
}


@pytest.fixture(scope="module")
def said() -> Iterator[Callable[[str], str]]:
    """The words of a part of one report that has something of everything."""
    from dsr_report.config import Config
    from dsr_report.rendering.options import ReportOptions
    from dsr_report.rendering.rendered import RenderedReport
    from tests.rendering.conftest import Built

    source = json.dumps({"info": {"type": "profile", "id": "7"}, "data": DATA}).encode()
    with dsr_report.read(BytesIO(source)) as export:
        from datetime import UTC, datetime

        settings = {"language_code": "en", "zone": export.zone, "created": datetime(2026, 3, 4, tzinfo=UTC)}
        total = export.value_count
        counts = {"sum": Sum(total, total - 2, 2, 0, 1), "generator": "dsr-report"}
        report = RenderedReport(export, ReportOptions(**(settings | OPTIONS | counts)))
        try:
            built = Built(report)
            texts: dict[str, str] = {}
            for part in built.parts:
                chapter = part.chapter if part.layer == "data" else part.anchor.removesuffix("-0")
                chapter = "technical" if chapter == "technical-part" else chapter
                texts[chapter] = (
                    texts.get(chapter, "") + " " + " ".join(" ".join(built.part(part.anchor).pieces).split())
                )
            assert Config
            yield lambda name: " ".join(texts[name].split())
        finally:
            report.close()


@pytest.mark.parametrize(
    ("item", "part", "words"),
    [
        (1, "start", "The personal data that Lindenhof Versand holds about you in its e-mail system"),
        (2, "start", "Yes, Lindenhof Versand holds personal data about you"),
        (3, "start", "Reference: AVG-1"),
        (3, "start", "Date of your request: 5 January 2026"),
        (3, "start", "Date of our reply: 2 March 2026"),
        (3, "start", "Reply due by: 5 March 2026"),
        (3, "start", "This answer took longer than one month. The reason: We had many requests."),
        (6, "start", "Dear Robin Vos,"),
        (7, "start", "Data as they were on: 6 January 2026"),
        (7, "start", "The data cover the period from"),
        (7, "technical", "Data request"),
        (7, "technical", "88001"),
        (7, "overview", "We searched for everything that is stored under your number 7."),
        (8, "start", "Your profile holds: Naam, Wachtwoord and Score."),
        (8, "start", "1 message that we sent you"),
        (8, "start", "1 text message that we sent you"),
        (8, "start", "1 open and 1 click that we recorded"),
        (8, "start", "1 survey or form that you filled in"),
        (8, "start", "1 interest"),
        (8, "start", "1 record whose meaning we do not know: loyalty (1)"),
        (9, "start", "Where we got your data"),
        (10, "start", "Stop the advertising: You can object at any time, without giving a reason."),
        (10, "statements-part", "Withdrawal of consent: If you gave consent, you can withdraw it at any time."),
        (11, "start", "masked: 2, withheld: 0. Of 1 of the disclosed values a part is masked or withheld."),
        (12, "overview", "a copy that computers can read (the file export.json)"),
        (13, "statements-part", "What we use your data for (purposes)"),
        (14, "statements-part", "Why we are allowed to (legal basis)"),
        (15, "statements-part", "What kinds of data we hold (categories)"),
        (16, "statements-part", "Who receives your data"),
        (17, "statements-part", "How long we keep your data (storage period)"),
        (18, "statements-part", "You can also object to other uses that we base on a legitimate interest"),
        (18, "statements-part", "Correction (rectification)"),
        (18, "statements-part", "Erasure"),
        (18, "statements-part", "Restriction of processing"),
        (18, "statements-part", "Data portability"),
        (18, "statements-part", "We answer within one month."),
        (19, "statements-part", "Another country of the European Economic Area: see edpb.europa.eu (members)"),
        (20, "statements-part", "Where your data came from (source)"),
        (21, "statements-part", "Automated decisions and profiling"),
        (22, "statements-part", "Transfers to countries outside the European Economic Area"),
        (24, "you", "Robin Vos"),
        (25, "annex-b", "the mailbox does not exist"),
        (25, "noted", "1706778000 = 1 February 2024, 10:00."),
        (25, "told", "Hoe tevreden… Heel"),
        (25, "told", "grid (one answer for each line)"),
        (27, "noticed", "Opens and clicks by weekday and hour"),
        (27, "noticed", "They are estimates"),
        (28, "noticed", "An estimate from the IP address, not from your device."),
        (29, "noted", "Belde met"),
        (30, "annex-d", "loyalty"),
        (31, "technical", "What became of the values"),
        (32, "hidden-part", f"{KEY}: anyone who has it can get at your data (Articles 5(1)(f) and 32 GDPR). In 1 place: Your profile (1)."),
        (32, "hidden-part", f"{OTHER}: It is about a colleague (Article 15(4) GDPR). In 1 place: What we noted about you (1)."),
        (32, "hidden-part", "You can ask us again, complain to the authority, or go to court."),
        (35, "statements-part", "Answers that you gave in surveys and forms. You gave us this."),
        (37, "glossary", "Tracking pixel"),
        (38, "technical", "How to check this report"),
        (39, "statements-part", "This report is free of charge."),
    ],
)  # fmt: skip
def test_the_report_says(said: Callable[[str], str], item: int, part: str, words: str) -> None:
    assert "".join(words.split()) in "".join(said(part).split()), item


def test_text_messages_stand_among_what_was_sent(said: Callable[[str], str]) -> None:
    assert "Text messages Uw pakket komt vandaag 3 February 2024, 10:00" in said("sent")


def test_a_password_that_stood_readable_is_said_in_one_sentence(said: Callable[[str], str]) -> None:
    assert said("hidden-part").count("A password of yours stood readable in our e-mail system.") == 1


def test_what_to_do_about_a_readable_password_stands_on_page_one(said: Callable[[str], str]) -> None:
    assert "A password of yours stood readable in our e-mail system. Please change it" in said("start")


def test_places_of_marks_are_told_apart_from_the_values_that_hold_them(built) -> None:
    three = Mark(
        1, "mask", "access-code", "live-key", "", KEY, ("/data/0/secret",), ("/data/4/x", "/data/4/x")
    )
    with built(DATA, marks=(three,), sum=Sum(90, 89, 1, 0, 1)) as report:
        text = " ".join(report.part("hidden-part").text.split())
    assert "In 3 places:" in text
    assert "The 3 places are in 2 values (masked or withheld as a whole: 1, in part: 1)." in text


def test_page_one_says_in_plain_words_what_else_there_is(said: Callable[[str], str]) -> None:
    assert (
        "Also: 1 note of our people, 1 change of your profile and 1 report on the delivery of messages"
        in said("start")
    )
    assert "Starts of sending" not in said("start")


def test_a_number_stands_once_with_all_names_that_it_is_stored_under(built) -> None:
    change = {"type": "update", "data": {"type": "update", "timestamp": "2022-02-08 10:00:00", "time": "1644310800",
                                         "profile": "7", "parameters": {"Mobiel": "06"}}}  # fmt: skip
    with built([change]) as report:
        text = " ".join(report.part("noted-part-0").text.split())
    assert "Time (timestamp, time) 2022-02-08 10:00:00 · 1644310800 = 8 February 2022, 10:00." in text
    assert (
        text.index("Mobiel") < text.index("Numbers and codes in the e-mail system") < text.index("1644310800")
    )


def test_a_question_reads_without_its_markup_which_stands_among_the_codes(said: Callable[[str], str]) -> None:
    told = said("told")
    assert told.index("Heel") < told.index("Numbers and codes") < told.index("<em>tevreden</em>")


def test_a_text_message_without_a_text_is_listed_with_that_of_its_mailing(built) -> None:
    data = [{"type": "sms", "data": {"mailing": "56", "timestamp": "2022-12-06 15:30:04", "profile": "7"}},
            {"type": "sms", "data": {"mailing": "57", "timestamp": "2022-12-07 15:30:04", "profile": "7"}},
            {"type": "sms mailing", "data": {"id": "56", "timestamp": "2022-12-06 15:30:00", "message": "Tot morgen!"}}]  # fmt: skip
    with built(data) as report:
        text = " ".join(report.part("sent-part").text.split())
    assert "Tot morgen! 6 December 2022" in text
    assert "(its text is not stored) 7 December 2022" in text


def test_no_count_names_nothing(said: Callable[[str], str]) -> None:
    for part in ("start", "statements-part"):
        assert "Other records" not in said(part)


ELSEWHERE: dict[int, str] = {
    4: "rendering/test_readers_language.py::test_the_officer_the_representative_and_the_phone_are_printed",
    5: "rendering/test_readers_language.py::test_the_officer_the_representative_and_the_phone_are_printed",
    23: "rendering/test_values.py::test_every_value_of_a_sample_is_in_the_text_of_its_report",
    26: "rendering/test_origins.py::test_config_fields_lists_the_fields_to_fill_in_without_their_values",
    33: "report/test_checkers.py::test_html_passes_axe",
    34: "report/test_annexes_apart.py::test_a_package_holds_letter_and_annexes_that_stand_on_their_own",
    36: "rendering/test_values.py::test_the_text_of_a_message_is_read_whatever_form_it_is_stored_in",
}
"""Items of a complete answer that other tests hold."""

FAULTS: dict[int, tuple[str, ...]] = {
    1: ("rendering/test_reading_aids.py::test_where_nothing_was_found_one_page_says_so_and_nothing_that_contradicts_it", "report/test_pages.py::test_where_nothing_was_found_the_letter_is_one_page"),
    2: ("rendering/test_what_must_be_said.py::test_notes_are_no_words_of_the_person",),
    3: ("lexicon/test_terms.py::test_terms_that_were_wrong_do_not_come_back",),
    4: ("rendering/test_authorities.py::test_for_germany_no_report_names_the_federal_authority", "rendering/test_authorities.py::test_every_country_of_the_eea_and_every_land_has_one"),
    5: ("rendering/test_what_must_be_said.py::test_the_report_says",),
    6: ("rendering/test_origins.py::test_each_group_of_data_says_where_it_comes_from",),
    7: ("rendering/test_readers_language.py::test_the_officer_the_representative_and_the_phone_are_printed",),
    8: ("rendering/test_what_must_be_said.py::test_no_count_names_nothing", "rendering/test_values.py::test_the_sum_of_values_is_printed"),
    9: ("rendering/test_report.py::test_no_english_of_ours_is_left", "lexicon/test_terms.py::test_citations_are_those_of_the_language", "rendering/test_readers_language.py::test_a_place_names_its_country_in_the_readers_language"),
    10: ("lexicon/test_terms.py::test_terms_that_were_wrong_do_not_come_back",),
    11: ("lexicon/test_terms.py::test_numbers_agree", "rendering/test_readers_language.py::test_page_one_counts_no_opens_where_there_are_none"),
    12: ("rendering/test_what_must_be_said.py::test_the_configuration_asks_for_public_holidays_not_for_closing_days",),
    13: ("rendering/test_what_must_be_said.py::test_the_report_says", "rendering/test_what_must_be_said.py::test_a_date_that_is_none_is_said_to_be_none"),
    14: ("delivery/test_reply.py::test_the_draft_has_recipient_subject_text_and_the_file_byte_for_byte", "rendering/test_what_must_be_said.py::test_a_letter_without_a_company_shows_the_gap"),
    15: ("rendering/test_what_must_be_said.py::test_every_item_has_a_test",),
    16: ("rendering/test_storage_periods.py::test_what_is_older_than_promised_is_told_to_the_operator_with_kind_number_and_date",),
    17: ("rendering/test_what_must_be_said.py::test_a_password_that_stood_readable_is_said_in_one_sentence", "rendering/test_what_must_be_said.py::test_a_password_that_stands_readable_is_an_incident_for_the_operator"),
    18: ("rendering/test_what_must_be_said.py::test_text_messages_stand_among_what_was_sent",),
    19: ("rendering/test_what_must_be_said.py::test_the_report_says", "rendering/test_report.py::test_page_one_holds_no_legal_or_technical_term"),
    20: ("report/test_pages.py::test_the_letter_and_the_annexes_keep_their_budget_of_pages", "rendering/test_report.py::test_page_one_answers_the_questions_that_people_have"),
}  # fmt: skip
"""What was wrong in earlier reports, each with the tests that keep it from coming back."""


def test_every_item_has_a_test() -> None:
    (listed,) = [mark for mark in test_the_report_says.pytestmark if mark.name == "parametrize"]
    items = {case[0] for case in listed.args[1]}
    assert items | set(ELSEWHERE) == set(range(1, 40))
    assert set(FAULTS) == set(range(1, 21))
    for name in (*ELSEWHERE.values(), *(name for names in FAULTS.values() for name in names)):
        file, _, test = name.partition("::")
        assert f"def {test}(" in (TESTS / file).read_text(encoding="utf-8"), name


def test_notes_are_no_words_of_the_person(said: Callable[[str], str]) -> None:
    assert "Belde met" not in said("told")


def test_the_configuration_asks_for_public_holidays_not_for_closing_days() -> None:
    from dsr_report.rendering.configuration import configuration_text

    text = configuration_text("en")
    assert "Other days that the law counts as public holidays." in text
    assert "clos" not in text.lower()


@pytest.mark.parametrize("raw", ["0000-00-00", "0000-00-00 00:00:00", None])
def test_a_date_that_is_none_is_said_to_be_none(built, raw: str | None) -> None:
    with built([{"type": "message", "ID": "m1", "timestamp": raw, "subject": "Hallo"}]) as report:
        lines = report.part("sent-part-0").text
        assert "no date" in lines
        assert "0000" not in lines


@pytest.mark.parametrize("lang", ["en", "nl", "de", "fr"])
def test_a_letter_without_a_company_shows_the_gap(lang: str, tmp_path: Path) -> None:
    from dsr_report.delivery.reply import Reply, reply_text

    subject, text = reply_text(Reply(to="a@example.org", controller="", language=lang), ["a.pdf"])
    assert subject == subject.strip(" .")
    assert text.rstrip().splitlines()[-1].startswith("[")


def test_a_password_that_stands_readable_is_an_incident_for_the_operator(tmp_path: Path) -> None:
    data = [{"ID": "7", "database": "1", "fields": {"Wachtwoord": "zomer-Kroos-2021"}, "interests": []}]
    source = json.dumps({"info": {"type": "profile", "id": "7"}, "data": data}).encode()
    with dsr_report.read(BytesIO(source)) as export, dsr_report.Report(export) as report:
        warnings = report.to_html(tmp_path / "a.html").warnings
    assert [one for one in warnings if one.startswith("passwords stand readable") and "Art. 33 GDPR" in one]


def test_the_text_of_a_note_is_not_called_that_of_a_message(built) -> None:
    data = [
        {"notes": [{"text": "Belde twee keer", "timestamp": "2024-02-02 10:00:00"}]},
        {"contacts": [{"type": "phone", "text": "Lastige klant", "timestamp": "2024-02-02 10:00:00"}]},
        {"sms": [{"message": "Tot morgen", "phone": "0612345678", "timestamp": "2024-02-03 10:00:00"}]},
    ]
    with built(data) as report:
        text = report.text
    assert "What was written down." in text
    assert "What the text message says." in text
    assert "Text version" not in text


def test_a_missing_authority_is_a_gap_that_the_operator_hears_of(built) -> None:
    from dsr_report.config import Config

    with built(DATA, config=Config()) as report:
        assert "[authority] lead" in report.report.missing
        assert "To be completed: the supervisory authority" in report.part("statements-part").text
    with built(DATA, config=CONFIG) as report:
        assert "[authority] lead" not in report.report.missing
