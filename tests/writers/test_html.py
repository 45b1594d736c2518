# ruff: noqa: E501 - markup reads best on one line
from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from invented import MOMENT, document, message, report

from dsr_report.rendering.document import Part
from dsr_report.writers.html import write_html, write_pages
from dsr_report.writers.zip_file import ZipFolder

FRAME = (
    '<iframe sandbox srcdoc="&lt;p&gt;A message &lt;img src=&quot;https://tracker.example/p.gif&quot;&gt;'
    '&lt;script&gt;parent.document.title=1&lt;/script&gt;&lt;/p&gt;" title="The message as it looked"></iframe>'
)


def written(whole: object) -> str:
    target = io.BytesIO()
    write_html(whole, target)
    return target.getvalue().decode()


def package(whole: object, folder: Path) -> dict[str, str]:
    """The pages as files in a folder, and their texts by name."""
    target = io.BytesIO()
    with ZipFolder(target, MOMENT) as pages:
        names = write_pages(whole, pages)
    with zipfile.ZipFile(target) as archive:
        archive.extractall(folder)
        assert archive.namelist() == names
    return {name: (folder / name).read_text(encoding="utf-8") for name in names}


def large(messages: int = 120) -> object:
    """A report too large for one page, with links between its chapters."""

    def parts() -> Iterator[Part]:
        yield Part("start", "start", "Start", '<h1>Your data</h1><p><a href="#events-60">far</a></p>')
        for number in range(messages):
            part = message(number, links_to=f"message-{(number + 60) % messages}", rows=28)
            yield replace(part, html=part.html + "<p>" + "words and words. " * 700 + "</p>")

    return document(parts)


def test_the_file_holds_the_parts_in_order_in_its_language(tmp_path):
    html = written(report(3, language_code="nl"))
    places = [
        html.index(words)
        for words in ('lang="nl"', "Direct naar de inhoud", "<main", ">Your data<", "Message 0", ">Annex<")
    ]
    assert places == sorted(places)
    assert html.count("<main") == html.count("</main>") == 1


def test_the_same_document_gives_the_same_bytes():
    assert written(report(20)) == written(report(20))


def test_nothing_in_a_style_sheet_can_end_it():
    html = written(report(1, stylesheet="p::after { content: '</style><script>x</script>' }"))
    assert html.count("</style>") == 1
    assert "<script>x</script>" not in html.replace("<\\/script>", "")


def test_lone_surrogates_are_shown_by_their_number():
    assert "⟨U+D83D⟩" in written(document(lambda: iter([Part("a", "a", "A", "<h1>\ud83d</h1>")])))


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_against_wcag_2_2_aa(scheme, tmp_path, axe_violations):
    write_html(report(6), tmp_path / "report.html")
    assert axe_violations(tmp_path / "report.html", color_scheme=scheme) == []


@pytest.mark.browser
def test_pages_of_a_package_pass_axe_and_the_nu_checker(tmp_path, axe_violations, nu_errors):
    names = list(package(large(), tmp_path))
    assert axe_violations(tmp_path / names[0]) == []
    assert axe_violations(tmp_path / names[1]) == []
    assert nu_errors(*(tmp_path / name for name in names)) == []


@pytest.mark.browser
def test_opening_it_loads_nothing_runs_nothing_and_shows_framed_messages(tmp_path, in_browser):
    hostile = (
        f'<h1>A</h1>{FRAME}<img src="https://tracker.example/a.png" alt="x"><script>document.title="run"</script>'
        '<p style="background:url(https://tracker.example/b.png)" onclick="x()">x</p>'
        '<link rel="stylesheet" href="https://tracker.example/c.css"><form action="https://tracker.example/d"></form>'
    )
    write_html(document(lambda: iter([Part("a", "a", "A", hostile)])), tmp_path / "report.html")
    with in_browser(tmp_path / "report.html") as seen:
        frame = seen.page.frames[1]
        assert "A message" in frame.locator("p").inner_text()
        assert seen.page.title() == "The personal data that Bloemen & Co holds about you"
        assert seen.requests == []


@pytest.mark.browser
def test_the_first_key_press_reaches_the_skip_link_and_it_skips(tmp_path, in_browser):
    write_html(report(3), tmp_path / "report.html")
    with in_browser(tmp_path / "report.html") as seen:
        seen.page.keyboard.press("Tab")
        assert seen.page.locator(":focus").inner_text() == "Skip to the content"
        assert seen.page.locator(":focus").bounding_box()["x"] >= 0
        seen.page.keyboard.press("Enter")
        assert seen.page.locator(":focus").get_attribute("id") == "main"


def test_a_small_report_is_one_page_of_the_package(tmp_path):
    assert list(package(report(5), tmp_path)) == ["report.html"]


def test_every_link_of_a_package_leads_to_an_id_on_a_page_of_it(tmp_path):
    pages = package(large(), tmp_path)
    assert list(pages)[:2] == ["report.html", "pages/messages-0.html"]
    assert len(pages) == 4
    followed = 0
    for name, html in pages.items():
        for link in re.findall(r'href="([^"]+)"', html):
            if link.startswith("mailto:"):
                continue
            place, _, anchor = link.partition("#")
            target = (tmp_path / name).parent / place if place else tmp_path / name
            assert target.resolve().is_file(), link
            if anchor:
                assert f'id="{anchor}"' in target.read_text(encoding="utf-8"), link
                followed += bool(place)
    assert followed > 50


def test_pages_of_a_package_lead_forward_back_and_to_the_start(tmp_path):
    pages = package(large(), tmp_path)
    names = list(pages)
    assert 'rel="next" href="pages/messages-0.html"' in pages["report.html"]
    assert 'rel="prev"' not in pages["report.html"]
    middle = pages["pages/messages-1.html"]
    assert 'rel="index" href="../report.html"' in middle
    assert 'rel="prev" href="messages-0.html"' in middle
    assert 'rel="next" href="messages-2.html"' in middle
    assert 'rel="next"' not in pages[names[-1]]
    for name in names:
        assert pages[name].count("<h1") == 1


def test_pages_lead_to_the_contents_where_there_are_some(tmp_path):
    filler = "<p>" + "x " * 800_000 + "</p>"
    start = '<p>A letter</p><h1>Your data</h1><h2 id="contents">Contents</h2>'
    parts = [Part("start", "start", "Overview", start), Part("a", "may", "May", "<h2>May</h2>" + filler)]
    pages = package(document(lambda: iter(parts)), tmp_path)
    assert 'rel="index" href="../report.html#contents"' in pages["pages/may.html"]


def test_nothing_stands_above_the_title_of_the_first_page(tmp_path):
    filler = "<p>" + "x " * 800_000 + "</p>"
    start = Part("start", "start", "Overview", "<header><p>A letter</p></header><h1>Your data</h1>")
    pages = package(document(lambda: iter([start, Part("a", "may", "May", filler)])), tmp_path)
    assert "Overview" not in pages["report.html"]
    assert "<h2>May</h2>" in pages["pages/may.html"]


def test_chapters_whose_names_look_alike_stay_apart(tmp_path):
    filler = "<p>" + "x " * 400_000 + "</p>"
    keys = ("start", "Mail/2021", "mail 2021", "../..", "")
    pages = package(
        document(lambda: iter([Part(f"p{n}", key, "T", filler) for n, key in enumerate(keys)])), tmp_path
    )
    assert list(pages) == [
        "report.html", "pages/mail-2021.html", "pages/mail-2021-2.html", "pages/page.html", "pages/page-2.html",
    ]  # fmt: skip


def test_the_first_page_links_to_each_other_page_once_and_not_to_what_goes_on_with_one(tmp_path):
    filler = "<p>" + "x " * 400_000 + "</p>"
    parts = [
        Part("start", "start", "Start", '<h1>Your data</h1><p><a href="#may">May</a></p>'),
        Part("a", "may", "Messages of May", '<h2 id="may">May</h2>' + filler),
        Part("b", "may-2", "Messages of May, 2", "<h3>One more</h3>" + filler, follows=True),
        Part("c", "june", "Messages of June", "<h2>June</h2>" + filler),
    ]
    pages = package(document(lambda: iter(parts)), tmp_path)
    listed = re.findall(r'href="(pages/[^"#]+)', pages["report.html"].partition("<div data-label")[0])
    assert listed == ["pages/may.html", "pages/june.html"]
    assert 'rel="next" href="may-2.html"' in pages["pages/may.html"]
    assert "<h2>Messages of May, 2</h2>" in pages["pages/may-2.html"]
    assert pages["pages/may.html"].count("<h2") == 1


def test_a_chapter_too_large_for_a_browser_goes_on_over_pages_that_lead_to_each_other(tmp_path):
    def parts() -> Iterator[Part]:
        yield Part("start", "start", "Start", '<h1>Your data</h1><p><a href="#record-9">far</a></p>')
        for number in range(10):
            head = "<h2>Annex D</h2>" if number == 0 else ""
            record = f'{head}<h3 id="record-{number}">Record {number}</h3><p>{"words " * 170_000}</p>'
            yield Part(f"annex-d-{number}", "annex-d", "Annex D", record)

    pages = package(document(parts), tmp_path)
    assert list(pages) == [
        "report.html", "pages/annex-d.html", "pages/annex-d-2.html", "pages/annex-d-3.html", "pages/annex-d-4.html",
    ]  # fmt: skip
    assert max(map(len, pages.values())) < 4_100_000
    assert [len(re.findall("<h3", html)) for html in pages.values()] == [0, 3, 3, 3, 1]
    assert 'href="pages/annex-d-4.html#record-9"' in pages["report.html"]
    assert "annex-d-2" not in pages["report.html"].partition("report-pages")[2], (
        "it is reached from the first"
    )
    assert "<h2>Annex D, 2</h2>" in pages["pages/annex-d-2.html"]
    assert 'rel="next" href="annex-d-3.html"' in pages["pages/annex-d-2.html"]
