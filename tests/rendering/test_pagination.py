"""Long annexes are divided by year and month."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dsr_report.rendering.options import ReportOptions
from dsr_report.rendering.pagination import NO_MESSAGE, UNDATED, PackagePage, Period, Periods

FRAMES = re.compile(r'\ssrcdoc="[^"]*"')
MANY, FEW = 5_000, 150


def paged(of: Periods, annex: str, sizes: list[tuple[Period, int]]) -> list[PackagePage]:
    pager = of.pager(annex, reversed(sizes))
    return [pager.page_of(period, size) for period, size in sizes]


def periods(messages: int, language: str = "en") -> Periods:
    moment = datetime(2020, 1, 1, tzinfo=UTC)
    return Periods(ReportOptions(language, ZoneInfo("Europe/Amsterdam"), moment, "test"), messages)


def test_a_message_belongs_to_the_month_that_it_had_in_the_zone_of_the_report() -> None:
    new_years_eve = datetime(2015, 12, 31, 23, 30, tzinfo=UTC)
    assert periods(MANY).of(new_years_eve) == Period(2016, 1)
    assert periods(FEW).of(new_years_eve) == Period(2016)
    assert periods(MANY).of(None) == Period(UNDATED)


def test_the_contents_have_a_line_for_each_year_with_its_months() -> None:
    given = [Period(2016, 12)] * 20 + [Period(2017, 1)] * 15 + [Period(2016, 3)] + [Period(UNDATED)]
    lines = periods(MANY, "nl").contents("messages", given)
    assert [(line.anchor, line.title, line.number) for line in lines] == [
        ("messages-undated", "Zonder datum", "1"),
        ("messages-2016-03", "2016", "21"),
        ("messages-2017-01", "2017", "15"),
    ]
    assert [month.title for month in lines[1].months] == ["maart 2016", "december 2016"]


def test_short_annexes_have_no_lines_of_their_own_in_the_contents() -> None:
    assert periods(FEW).contents("messages", [Period(2016), Period(2017)]) == []
    assert periods(FEW).contents("messages", [Period(2016)] * 100) == []


@pytest.mark.parametrize("messages", [FEW, MANY])
def test_no_page_is_too_large_for_a_browser_unless_one_piece_is(messages: int) -> None:
    months = [Period(2016, n // 40 + 1 if messages == MANY else 0) for n in range(480)]
    sizes = [(month, 90_000) for month in months] + [(Period(2017), 9_000_000), (Period(NO_MESSAGE), 5)]
    pages = paged(periods(messages), "messages", sizes)
    weights: dict[str, int] = {}
    for page, (_, size) in zip(pages, sizes, strict=True):
        weights[page.name] = weights.get(page.name, 0) + size
    assert max(weights[name] for name in weights if "2016" in name) <= 3_000_000
    assert weights["messages-2017"] == 9_000_000
    assert weights["messages-other"] == 5
    first = [page for n, page in enumerate(pages) if not n or page != pages[n - 1]]
    assert [page.name for page in first] == list(weights), "each page is in one piece"
    assert [page.follows for page in first] == [page.number > 1 for page in first]
    assert {page.period for page in first if not page.follows} >= set(months), "each month can be reached"


def test_a_year_that_is_not_large_is_one_page() -> None:
    sizes = [(Period(2016, month), 100_000) for month in range(1, 13)]
    pages = periods(MANY)
    (page,) = set(paged(pages, "events", sizes))
    assert page.name == "events-2016"
    assert pages.page_title("Annex B", page) == "Annex B (2016)"


@pytest.mark.parametrize("lang", ["en", "nl"])
def test_no_page_of_a_package_lacks_a_level_of_headings(
    lang: str, built: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dsr_report.rendering.pagination._PAGE", 4_000)
    monkeypatch.setattr("dsr_report.rendering.chapters.annexes.WEIGHT", 500)
    monkeypatch.setattr("dsr_report.rendering.chapters.annexes._LINES", 5)
    data: list[dict[str, str]] = []
    for number in range(60):
        moment = f"2021-0{1 + number // 20}-0{1 + number % 9} 10:00:00"
        text = f"From: a@example.org\r\nSubject: letter {number}\r\n\r\n{'word ' * 60}"
        data.append({"messageid": f"m{number}", "timestamp": moment, "mime": text})
        data += [{"event": "click", "messageid": f"m{number}", "timestamp": moment, "ip": "192.0.2.1"}] * 8
    with built(data, lang, medium="html", package=True) as report:
        pages: dict[str, str] = {}
        follows = set()
        for part in report.parts:
            pages[part.chapter] = pages.get(part.chapter, "") + part.html
            follows |= {part.chapter} if part.follows else set()
    assert {name.partition("-")[0] for name in follows} >= {"messages", "events"}
    for name, html in pages.items():
        levels = [int(level) for level in re.findall(r"<h([1-6])\b", FRAMES.sub("", html))]
        top = 2 if name in follows else 1  # where a page goes on, its writer puts a heading above it
        assert not [pair for pair in pairwise([top, *levels]) if pair[1] > pair[0] + 1], (name, levels)
    ids = re.findall(r'\sid="([^"]+)"', FRAMES.sub("", "".join(pages.values())))
    assert len(ids) == len(set(ids))
