"""The report as one page of HTML: in reach on desk and phone, filtered without a script, whole in print."""

from __future__ import annotations

import subprocess
from collections import Counter
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

import dsr_report
from dsr_report.jsonstream.items import values

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_exports" / "subprofile-41522.json"
DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 360, "height": 760}}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report as one page, and beside it the values that it discloses."""
    folder = tmp_path_factory.mktemp("screen")
    options = {"config": ROOT / "sample_exports" / "controller.toml", "replied": date(2026, 1, 19)}
    with dsr_report.read(SAMPLE) as export, dsr_report.Report(export, lang="nl", **options) as report:
        report.to_html(folder / "a.html")
        with (folder / "shown.txt").open("w", encoding="utf-8") as file:
            for item in report.shown.file.items():
                for pointer, value in values(item.value, item.pointer):
                    if not pointer.endswith(("/mime", "/mail")):
                        file.write(
                            f"{value!r}\n" if not isinstance(value, str) else f"{' '.join(value.split())}\n"
                        )
    return folder / "a.html"


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_print_holds_every_value_whatever_is_folded_or_hidden_on_the_screen(
    page: Path, in_browser, tmp_path: Path, size: dict[str, object]
) -> None:
    with in_browser(page, **size) as seen:
        seen.page.locator(".reach .filters summary").click()
        for box in seen.page.locator(".filters input").all():
            box.uncheck()
        assert not seen.page.locator("#message-1").is_visible()
        seen.page.pdf(path=tmp_path / "printed.pdf")
    printed = squeezed(
        subprocess.run(
            ["pdftotext", "-raw", tmp_path / "printed.pdf", "-"], capture_output=True, text=True, check=True
        ).stdout
    )
    words = {"True": "ja(true)", "False": "nee(false)", "None": "(geengegeven)", "": "(leeg)"}
    wanted = page.with_name("shown.txt").read_text(encoding="utf-8").split("\n")[:-1]
    inert = [squeezed(line.replace("://", ": //")) for line in wanted]
    lost = [value for value in inert if words.get(value, value) not in printed]
    assert len(wanted) > 200
    assert lost == []
    assert "LESAMISDUCANALDEBRUMELLE" in printed, "the text of a message, which stands below its look"


@pytest.mark.browser
def test_the_contents_stay_in_reach_and_lead_to_each_chapter(page: Path, in_browser) -> None:
    for size in (DESK, PHONE):
        with in_browser(page, **size) as seen:
            seen.page.goto(f"{page.as_uri()}#annex-a")
            reach = seen.page.locator("nav.reach")
            assert reach.bounding_box()["y"] == pytest.approx(0, abs=1)
            link = reach.get_by_role("link", name="Uw profiel")
            if size is PHONE:
                assert not link.is_visible()
                reach.locator(".chapters summary").click()
            link.click()
            top = seen.page.locator("#you").bounding_box()["y"]
            assert -1 <= top < 700
            assert seen.page.evaluate("document.documentElement.scrollWidth") <= size["viewport"]["width"]
            hrefs = [one.get_attribute("href")[1:] for one in reach.locator("a").all()]
            assert len(hrefs) > 8
            assert all(seen.page.locator(f"#{name}").count() == 1 for name in hrefs)


@pytest.mark.browser
def test_years_and_kinds_of_events_can_be_hidden_without_a_script(page: Path, in_browser) -> None:
    with in_browser(page, **DESK) as seen:
        assert seen.page.locator("script").count() == 0
        seen.page.locator(".filters summary").click()
        first, last = seen.page.locator("#message-1"), seen.page.locator("#message-5")
        assert first.is_visible()
        seen.page.get_by_role("checkbox", name="2022").uncheck()
        assert not first.is_visible()
        assert last.is_visible()
        seen.page.get_by_role("checkbox", name="2022").check()
        clicks = seen.page.locator("li.k-click")
        assert clicks.first.is_visible()
        seen.page.get_by_role("checkbox", name="Klikken").uncheck()
        assert not any(one.is_visible() for one in clicks.all())
        assert seen.page.locator("li.k-impression").first.is_visible()


@pytest.mark.browser
def test_how_a_message_looked_stands_before_its_text_and_is_open_where_there_is_room(
    page: Path, in_browser
) -> None:
    for size, is_open in ((DESK, True), (PHONE, False)):
        with in_browser(page, **size) as seen:
            article = seen.page.locator("article.message").first
            article.scroll_into_view_if_needed()
            frame, text = article.locator("iframe"), article.locator(".text").first
            assert frame.is_visible() is is_open
            assert text.is_visible()
            if is_open:
                assert frame.bounding_box()["y"] < text.bounding_box()["y"]
            else:
                article.locator(".looked summary").click()
                assert frame.is_visible()


class Headings(HTMLParser):
    """The headings of a page, each with those above it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.path: list[str] = []
        self.found: list[tuple[str, ...]] = []
        self._level = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self._level = int(tag[1])
            self.path = [*self.path[: self._level - 1], ""]

    def handle_data(self, data: str) -> None:
        if self._level:
            self.path[-1] += data

    def handle_endtag(self, tag: str) -> None:
        if self._level and tag == f"h{self._level}":
            self.path[-1] = " ".join(self.path[-1].split())
            self.found.append(tuple(self.path))
            self._level = 0


def test_no_heading_stands_twice_under_the_same_heading_and_none_repeats_the_one_above(page: Path) -> None:
    found = Headings(page.read_text(encoding="utf-8")).found
    assert len(found) > 30
    assert [path for path, n in Counter(found).items() if n > 1] == []
    assert [path for path in found if len(path) > 1 and path[-1] == path[-2]] == []


@pytest.mark.browser
def test_long_names_break_at_their_parts(in_browser, tmp_path: Path) -> None:
    import json
    from io import BytesIO

    name = "Datum_eerste_inschrijving_nieuwsbrief_via_winkel_Maastricht"
    data = [
        {
            "ID": "7",
            "database": "1",
            "interests": [],
            "fields": {name: "2020", "GemiddeldeOrderwaardePerJaar": "5"},
        }
    ]
    source = json.dumps({"info": {"type": "profile", "id": "7"}, "data": data}).encode()
    with dsr_report.read(BytesIO(source)) as export, dsr_report.Report(export) as report:
        report.to_html(tmp_path / "a.html")
    with in_browser(tmp_path / "a.html", viewport={"width": 320, "height": 800}) as seen:
        label = seen.page.locator("dl.fields dt").first
        assert label.text_content() == name
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 320
    html = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "Datum_<wbr>eerste_<wbr>inschrijving_" in html
    assert "Gemiddelde<wbr>Orderwaarde<wbr>Per<wbr>Jaar" in html


def test_no_line_ends_within_e_mail(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert '<span class="nb">e-mail</span>systeem' in text
    assert ".nb { white-space: nowrap; }" in text


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_dates_at_the_head_stand_line_under_line(
    tmp_path: Path, in_browser, size: dict[str, object]
) -> None:
    dates = {"received": date(2026, 1, 5), "replied": date(2026, 1, 19), "collected": date(2026, 1, 7)}
    with dsr_report.read(SAMPLE) as export, dsr_report.Report(export, lang="fr", **dates) as report:
        report.to_html(tmp_path / "a.html")
    with in_browser(tmp_path / "a.html", **size) as seen:
        boxes = [line.bounding_box() for line in seen.page.locator(".reference span").all()]
    assert len(boxes) == 4
    gaps = [below["y"] - above["y"] - above["height"] for above, below in pairwise(boxes)]
    assert max(gaps) < 2
