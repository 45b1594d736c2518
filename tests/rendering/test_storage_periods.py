"""Retention computes: the letter prints the dates, and the operator hears of what is older than promised."""

# ruff: noqa: E501 - sentences stand as they are printed
from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dsr_report
from dsr_report.config import Config, Retention
from dsr_report.errors import CheckFailedError
from dsr_report.languages import language_of
from dsr_report.rendering.configuration import missing_from
from dsr_report.rendering.storage_periods import _start_of


def click(at: str) -> dict[str, object]:
    return {"type": "click", "ID": "1", "timestamp": at, "link": "https://shop.example/", "mailing": "3"}


def unsubscribed(at: str) -> dict[str, object]:
    return {"type": "unsubscribe", "timestamp": at, "source": "link", "mailing": "3"}


CLICKS = [{"clicks": [click("2024-01-31 10:00:00"), click("2025-06-01 10:00:00")]}]


def settings(**rule: object) -> Config:
    return Config(retention=(Retention(**({"kind": ("click",), "keep": "24 months"} | rule)),))


def said(built, content, config: Config, lang: str = "en", **options: object) -> str:
    with built(content, lang, config=config, replied=date(2026, 1, 19), **options) as report:
        return " ".join(report.part("statements-part").text.split())


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "Clicks: 24 months, from the day of each record. The period of the oldest ends on 31 January 2026, that of the newest on 1 June 2027."),
        ("nl", "Klikken: 24 maanden, vanaf de dag van elk onderdeel. De termijn van het oudste onderdeel eindigt op 31 januari 2026"),
        ("de", "Klicks: 24 Monate, ab dem Tag jedes Datensatzes. Die Frist des ältesten endet am 31. Januar 2026"),
        ("fr", "Clics\u00a0: 24 mois, à compter du jour de chaque élément. Le délai du plus ancien prend fin le 31 janvier 2026"),
    ],
)  # fmt: skip
def test_the_letter_says_how_long_from_when_and_until_when(built, lang: str, expected: str) -> None:
    text = said(built, CLICKS, settings(), lang)
    assert (
        " ".join(expected.split()) in text.replace("\u00a0", " ").replace("\u202f", " ") or expected in text
    )


@pytest.mark.parametrize(
    ("lang", "keep", "expected"),
    [
        ("en", "23 months", "The period of the oldest ended on 31 December 2025, that of the newest ends on 1 May 2027."),
        ("nl", "23 months", "oudste onderdeel eindigde op 31 december 2025, die van het nieuwste eindigt op 1 mei 2027."),
        ("de", "23 months", "Die Frist des ältesten endete am 31. Dezember 2025, die des neuesten endet am 1. Mai 2027."),
        ("fr", "23 months", "a pris fin le 31 décembre 2025, celui du plus récent prend fin le 1er mai 2027."),
        ("en", "1 month", "The period of the oldest ended on 29 February 2024, that of the newest on 1 July 2025."),
        ("nl", "1 month", "oudste onderdeel eindigde op 29 februari 2024, die van het nieuwste op 1 juli 2025."),
        ("de", "1 month", "Die Frist des ältesten endete am 29. Februar 2024, die des neuesten am 1. Juli 2025."),
        ("fr", "1 month", "a pris fin le 29 février 2024, celui du plus récent le 1er juillet 2025."),
    ],
)  # fmt: skip
def test_a_period_that_is_over_is_said_to_have_ended(built, lang: str, keep: str, expected: str) -> None:
    assert expected in said(built, CLICKS, settings(keep=keep), lang)
    one = [{"clicks": [click("2024-01-31 10:00:00")]}]
    assert {"en": "ended", "nl": "eindigde", "de": "endete", "fr": "a pris fin"}[lang] in said(
        built, one, settings(keep="1 month"), lang
    )


def test_page_one_says_it_too(built) -> None:
    with built(CLICKS, config=settings(), replied=date(2026, 1, 19)) as report:
        assert "ends on 31 January 2026" in " ".join(report.part("start").text.split())


def test_a_period_can_begin_with_unsubscribing_or_with_the_last_open_or_click(built) -> None:
    data = [
        {"clicks": [click("2025-06-01 10:00:00")]},
        {"unsubscribes": [unsubscribed("2025-07-02 09:00:00")]},
    ]
    config = settings(after="unsubscribe", keep="2 years")
    assert (
        "from the day on which you unsubscribe. That was on 2 July 2025: the period ends on 2 July 2027."
        in said(built, data, config)
    )
    config = settings(after="last-activity", keep="90 days")
    assert "That was on 1 June 2025: the period ended on 30 August 2025." in said(built, data, config)
    assert "No such day is recorded." in said(built, CLICKS, settings(after="unsubscribe"))


def test_a_rule_holds_for_records_without_a_date_too(built) -> None:
    data = [{"type": "profile", "ID": "7", "fields": {"Naam": "Robin"}}]
    rules = (
        ("unsubscribe", "No such day is recorded."),
        ("record", "24 months, from the day of each record."),
    )
    for after, words in rules:
        with built(data, config=settings(kind=("profile",), after=after)) as report:
            assert words in " ".join(report.part("statements-part").text.split())
            assert not any("retention" in one for one in report.report.missing)


def test_a_name_of_the_companys_own_stands_in_place_of_the_kinds(built) -> None:
    text = said(built, CLICKS, settings(name={"en": "What you clicked"}))
    assert "What you clicked: 24 months" in text


def test_a_rule_of_which_there_is_nothing_says_nothing(built) -> None:
    assert "months" not in said(built, CLICKS, settings(kind=("survey",)))


@pytest.mark.parametrize(
    ("rule", "days", "count"),
    [({}, "2026-01-19", 0), ({}, "2026-01-31", 0), ({}, "2026-02-01", 1), ({"keep": "1 week"}, "2026-01-19", 2),
     ({"keep": "10 days", "after": "last-activity"}, "2026-01-19", 2)],
)  # fmt: skip
def test_what_is_older_than_promised_is_told_to_the_operator_with_kind_number_and_date(
    tmp_path, rule, days, count
) -> None:
    import json
    from io import BytesIO

    export = {"info": {"type": "profile", "id": "7"}, "data": CLICKS}
    with dsr_report.read(BytesIO(json.dumps(export).encode())) as source:
        options = {"config": settings(**rule), "replied": date.fromisoformat(days)}
        with dsr_report.Report(source, **options) as report:
            warnings = report.to_html(tmp_path / "a.html").warnings
        told = [one for one in warnings if one.startswith("older than promised")]
        assert len(told) == bool(count)
        if count:
            assert "[[retention]] 1" in told[0]
            assert "the oldest is of 2024-01-31" in told[0]
            if "after" not in rule:
                assert f"{count} of kind click" in told[0]
            with (
                dsr_report.Report(source, strict=True, **options) as report,
                pytest.raises(CheckFailedError, match="older than promised"),
            ):
                report.to_html(tmp_path / "b.html")


@pytest.mark.parametrize(
    "keep", ["", "two years", "24", "months", "-1 year", "0 days", "1000 years", "1.5 years"]
)
def test_a_period_that_is_none_is_refused_with_an_example(keep: str) -> None:
    with pytest.raises(ValueError, match="24 months"):
        Retention(kind=("click",), keep=keep)


@given(
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    st.integers(1, 300),
    st.sampled_from(["day", "week", "month", "year"]),
)
def test_what_is_too_old_is_exactly_that_of_which_the_period_has_ended(
    end: date, count: int, unit: str
) -> None:
    rule = Retention(kind=("click",), keep=f"{count} {unit}s")
    start = _start_of(rule, end)
    assert rule.end(start) >= end
    before = date.fromordinal(start.toordinal() - 1)
    assert rule.end(before) < end


def test_a_rule_in_place_of_a_statement_is_no_gap() -> None:
    gaps = missing_from(settings(), language_of("en"))
    assert not [gap for gap in gaps if "retention" in gap]
    assert [gap for gap in missing_from(Config(), language_of("en")) if "retention" in gap]
