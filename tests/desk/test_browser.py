"""The desk in a real Chromium: keys, axe, no script, phone width, hostile mail, the end."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

import pytest
from checkers import browser as checker
from desks import SAMPLES, Running, running_desk
from playwright.sync_api import Error as PlaywrightError
from windows import Seen, chromium, tab_to, window

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
AXE = Path(checker.__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PEOPLE = {
    "info": {"type": "email", "id": "jan@example.org"},
    "data": [
        {"type": "profile", "ID": "1", "fields": {"email": "jan@example.org", "name": "Jan Jansen"}},
        *(
            {"type": "response", "id": n, "timestamp": f"2026-0{n}-01 10:00:00", "text": text}
            for n, text in enumerate(
                (
                    "Mijn zus Ilse Vosmaer belde gisteren over de lamp.",
                    "Mijn buurman Kees Dorrestein heeft ook zo'n lamp.",
                    "Bel anders mijn moeder Truus Akkerman even op.",
                    "Mijn collega Wim Hogeveen wil graag de folder.",
                    "Mijn broer Ruud Lansink komt de doos ophalen.",
                    "Mijn tante Greet Molendijk bestelt nooit meer iets.",
                ),
                1,
            )
        ),
    ],
}
MAIL = """From: Jan <jan@example.org>\r
To: shop@example.com\r
Subject: Vraag\r
Date: Mon, 5 Jan 2026 10:00:00 +0100\r
MIME-Version: 1.0\r
Content-Type: text/html; charset=utf-8\r
Content-Transfer-Encoding: quoted-printable\r
\r
<p>Mijn <b>zus</b> Fientje &amp; haar man Barend Zwa=\r
rtjes kwamen langs.</p><p>Daarna ging alles goed.</p>\r
"""


@pytest.fixture(scope="module")
def people(desk: Running) -> str:
    """A case with six people in texts."""
    return desk.taken_in(json.dumps(PEOPLE).encode())


def review_of(desk: Running, case: str):
    review = desk.office.review(desk.reference(case))
    assert review is not None
    return review


def violations(seen: Seen) -> list[str]:
    found = seen.page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], iframes: false})", RULES
    )
    return [
        f"{one['id']}: {one['help']} @ {node['html'][:160]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def test_a_window_is_signed_in_by_a_file_and_nothing_keeps_the_token(chromium, desk: Running) -> None:
    with window(chromium, desk) as seen:
        assert seen.path == "/"
        assert seen.page.inner_text("h1") == "Cases"
        token = next(url for url in seen.requests if "token=" in url).rpartition("=")[2]
        assert token not in seen.page.url
        seen.page.go_back()
        assert token not in seen.page.url
        assert seen.messages == []


def test_one_key_decides_and_shows_the_next(chromium, desk: Running, people: str) -> None:
    review = review_of(desk, people)
    with window(chromium, desk) as seen:
        page = seen.page
        seen.go(f"{people}/review")
        for key, index in (("j", 0), ("j", 1), ("k", 0)):
            page.keyboard.press(key)
            assert page.evaluate(
                "index => document.activeElement === document.querySelectorAll('.list a')[index]", index
            )
        page.keyboard.press("s")
        page.wait_for_url("**/finding/*")
        first = seen.path
        assert "Ilse Vosmaer" in page.inner_text("mark")
        page.keyboard.press("d")
        page.wait_for_url("**/finding/*saved=*")
        assert seen.path != first
        assert "Saved: another person's name disclosed." in page.inner_text("#status")
        assert len(review.decided.entries) == 1
        second = seen.path
        page.fill("#f-reason", "")
        page.locator("h1").click()
        page.keyboard.press("w")
        page.wait_for_function("document.activeElement.id === 'faults'")  # which the page's script does
        page.click("#faults a")
        assert page.evaluate("document.activeElement.id") == "f-reason"
        page.keyboard.type("wd mu")
        assert page.input_value("#f-reason") == "wd mu"
        assert len(review.decided.entries) == 1
        assert page.input_value("#f-article") == "Art. 15(4) GDPR"
        page.locator("h1").click()
        page.keyboard.press("w")
        page.wait_for_url("**/finding/*saved=*")
        entry = review.entry(review.finding(second.rpartition("/")[2]))
        assert (entry["decision"], entry["reason"]) == ("withhold", "wd mu")
        page.keyboard.press("u")
        page.wait_for_url("**saved=undone")
        assert len(review.decided.entries) == 1
        page.keyboard.press("u")
        page.wait_for_url(f"**{first}?saved=undone")
        assert review.decided.entries == {}


def test_keys_that_are_switched_off_do_nothing(chromium, desk: Running, people: str) -> None:
    review = review_of(desk, people)
    desk.office.folder.set(keys=False)
    try:
        with window(chromium, desk) as seen:
            seen.go(f"{people}/finding/{review.findings[0].id}")
            for key in "dmwunps?":
                seen.page.keyboard.press(key)
            seen.page.wait_for_timeout(200)
            assert seen.path == f"{people}/finding/{review.findings[0].id}"
            assert review.decided.entries == {}
    finally:
        desk.office.folder.set(keys=True)


def test_two_windows_and_one_finding_are_a_conflict(chromium, desk: Running, people: str) -> None:
    review = review_of(desk, people)
    where = f"{people}/finding/{next(f.id for f in review.findings if f.must_decide)}"
    with window(chromium, desk) as one, window(chromium, desk) as other:
        one.go(where)
        other.go(where)
        one.page.keyboard.press("d")
        one.page.wait_for_url("**saved=*")
        other.page.keyboard.press("m")
        other.page.wait_for_selector("h1:has-text('meanwhile')")
        assert "disclosed" in other.page.inner_text("table")
        assert "masked" in other.page.inner_text("table")
        one.page.keyboard.press("u")
        one.page.wait_for_url("**saved=undone")


def test_axe_finds_nothing_on_any_page_light_or_dark(chromium, desk: Running, people: str) -> None:
    review = review_of(desk, people)
    finding = review.findings[0].id
    reference = desk.reference(people)
    desk.office.jobs.start(reference, "preview", {"language": "nl"}, actor="anna")
    assert desk.waited(reference) == "done"
    paths = [
        "/", "/new", "/settings", "/keys", "/statements", "/no-such-page", people, f"{people}/found",
        f"{people}/review", f"{people}/review?group=decided", f"{people}/review/batch?key=person",
        f"{people}/finding/{finding}", f"{people}/texts", f"{people}/text/{review.findings.texts[0].id}",
        f"{people}/record/2", f"{people}/hidden", f"{people}/make", f"{people}/result", f"{people}/preview",
        f"{people}/release", f"{people}/close", f"{people}/work",
    ]  # fmt: skip
    found = {}
    for scheme in ("light", "dark"):
        with window(chromium, desk, bypass_csp=True, color_scheme=scheme) as seen:
            for path in paths if scheme == "light" else [people, f"{people}/record/2"]:
                seen.go(path)
                seen.page.add_script_tag(path=str(AXE))
                if problems := violations(seen):
                    found[path, scheme] = problems
            seen.go(f"{people}/finding/{finding}")
            seen.page.fill("#f-reason", "")
            seen.page.click("button[value=withhold]")
            seen.page.wait_for_selector("#faults")
            seen.page.add_script_tag(path=str(AXE))
            if problems := violations(seen):
                found["faults", scheme] = problems
    assert sorted({problem for problems in found.values() for problem in problems}) == []


def too_wide(seen: Seen) -> list[str]:
    """What is cut, or stands beyond the edge of the window."""
    return seen.page.evaluate(
        """() => [document.documentElement, ...document.querySelectorAll('body *')].filter(one =>
            !one.closest('.unseen, .skip-link, iframe, [hidden], details:not([open]) > :not(summary)')
            && (one === document.documentElement ? one.scrollWidth > innerWidth
                : one.getBoundingClientRect().right > innerWidth + 1
                  || (getComputedStyle(one).overflow !== 'visible' && one.scrollWidth > one.clientWidth + 1
                      && !one.matches('input, textarea, progress'))))
            .map(one => one.outerHTML.slice(0, 120))"""
    )


@pytest.mark.parametrize("language", ["de", "fr"])  # the longest words
def test_at_400_percent_or_with_text_twice_as_large_nothing_scrolls_sideways(
    chromium, desk: Running, people: str, language: str
) -> None:
    """1280 by 1024 pixels are 320 by 256 at 400 percent; text alone is enlarged at half that width."""
    review = review_of(desk, people)
    desk.office.folder.set(language=language)
    paths = [
        "/", "/new", "/settings", "/keys", people, f"{people}/found", f"{people}/review",
        f"{people}/finding/{review.findings[0].id}", f"{people}/texts", f"{people}/record/2",
        f"{people}/text/{review.findings.texts[0].id}", f"{people}/hidden", f"{people}/release",
        f"{people}/make", f"{people}/preview", f"{people}/close", "/statements",
    ]  # fmt: skip
    wide = []
    try:
        with window(chromium, desk, viewport={"width": 320, "height": 256}) as seen:
            for path in paths:
                seen.go(path)
                assert seen.page.get_attribute("html", "lang") == language
                wide += [(path, 400, one) for one in too_wide(seen)]
                seen.page.set_viewport_size({"width": 640, "height": 512})
                seen.page.evaluate("document.documentElement.style.fontSize = '200%'")
                wide += [(path, "text", one) for one in too_wide(seen)]
                seen.page.set_viewport_size({"width": 320, "height": 256})
            seen.go(f"{people}/finding/{review.findings[0].id}")
            tab_to(seen.page, "button[value=disclose]")
    finally:
        desk.office.folder.set(language="en")
    assert wide == []


def test_a_selection_is_hidden_through_bold_entities_and_soft_breaks_and_two_paragraphs_are_told(
    chromium, desk: Running
) -> None:
    export = {
        "info": {"type": "email", "id": "jan@example.org"},
        "data": {"responses": [{"id": 1, "mime": MAIL}]},
    }
    case = desk.taken_in(json.dumps(export).encode())
    review = review_of(desk, case)
    with window(chromium, desk) as seen:
        page = seen.page

        def select(start: str, end: str) -> None:
            page.evaluate(
                """([start, end]) => {
                    const value = [...document.querySelectorAll('[data-value]')]
                        .find(one => one.innerText.includes(start));
                    const walker = document.createTreeWalker(value, NodeFilter.SHOW_TEXT);
                    const range = document.createRange();
                    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                        if (node.data.includes(start)) range.setStart(node, node.data.indexOf(start));
                        if (node.data.includes(end)) range.setEnd(node, node.data.indexOf(end) + end.length);
                    }
                    getSelection().removeAllRanges();
                    getSelection().addRange(range);
                }""",
                [start, end],
            )
            page.wait_for_function("document.getElementById('f-text').value !== ''")

        seen.go(f"{case}/record/1")
        select("zus", "Zwartjes")
        assert page.input_value("#f-text") == "zus Fientje & haar man Barend Zwartjes"
        page.fill("#f-reason", "other people")
        page.locator("h1").click()
        page.keyboard.press("h")
        page.wait_for_url("**saved=yes")
        frame = page.frame_locator("iframe").locator("body")
        frame.wait_for()
        shown = frame.inner_text()
        assert "Fientje" not in shown
        assert "Barend" not in shown
        assert "kwamen langs" in shown
        seen.go(f"{case}/record/1")
        select("kwamen", "alles")
        page.fill("#f-reason", "other people")
        page.locator("h1").click()
        page.keyboard.press("h")
        page.wait_for_selector("#status .said, #faults")
        told = page.inner_text("main")
        assert "Hidden in 2 pieces" in told or len(review.decided.also) == 2
        shown = frame.inner_text()
        assert "kwamen langs" not in shown
        assert "Daarna ging alles" not in shown
        assert "goed." in shown


def test_the_hostile_sample_loads_runs_and_asks_nothing_on_any_page(chromium, desk: Running) -> None:
    case = desk.taken_in(SAMPLES / "hostile.json")
    review, reference = review_of(desk, case), desk.reference(case)
    desk.office.jobs.start(reference, "preview", {"language": "en"}, actor="anna")
    assert desk.waited(reference) == "done"
    with window(chromium, desk) as seen:
        framed = 0
        for path in (
            "/", case, f"{case}/found", f"{case}/review", f"{case}/texts", f"{case}/hidden",
            f"{case}/preview", f"{case}/make",
            *(f"{case}/finding/{finding.id}" for finding in review.findings),
            *(f"{case}/text/{text.id}" for text in list(review.findings.texts)[:5]),
            *(f"{case}/record/{number}" for number in range(1, review.records.count + 1, 6)),
        ):  # fmt: skip
            seen.go(path)
            address = seen.page.url
            seen.page.wait_for_load_state("load")
            assert seen.page.url == address
            framed += len(seen.page.frames) - 1
        assert framed > 5
        assert seen.foreign() == []
        assert seen.dialogs == []
        assert seen.messages == []
        seen.go(f"{case}/preview")
        frame = seen.page.frame_locator("iframe")
        assert frame.locator("h1").first.evaluate("one => getComputedStyle(one).color") not in {
            "",
            "rgb(0, 0, 0)",
        }
        assert frame.locator("body").evaluate("() => origin") == "null"


def test_a_page_of_another_port_cannot_frame_or_drive_the_desk(
    chromium, desk: Running, tmp_path: Path
) -> None:
    foreign = tmp_path / "foreign.html"
    address = f"{desk.origin}{desk.root}"
    foreign.write_text(
        f'<iframe src="{address}/"></iframe><form id="f" method="post" action="{address}/settings">'
        '<input name="actor" value="mallory"></form>',
        "utf-8",
    )
    with window(chromium, desk) as seen:
        seen.page.goto(foreign.as_uri())
        seen.page.wait_for_timeout(300)
        inner = seen.page.frames[1]
        assert "Cases" not in inner.content()
        seen.page.evaluate("document.getElementById('f').submit()")
        seen.page.wait_for_url("**/settings")
        assert "refused" in seen.page.content()
    assert desk.office.folder.settings["actor"] == "anna"


def test_after_quit_back_shows_nothing(chromium, tmp_path: Path) -> None:
    with running_desk(tmp_path) as desk, window(chromium, desk) as seen:
        desk.sign_in()
        case = desk.taken_in(json.dumps(PEOPLE).encode())
        seen.go(f"{case}/finding/{review_of(desk, case).findings[0].id}")
        assert "Vosmaer" in seen.page.content()
        cookie = seen.page.context.cookies()[0]["value"]
        seen.page.click("text=Quit")
        seen.page.wait_for_selector("h1:has-text('Ended')")
        desk.thread.join(timeout=20)
        assert not desk.thread.is_alive()
        assert seen.page.context.cookies() == []
        assert desk.office.sessions.of(cookie) is None
        with suppress(PlaywrightError):  # the port is closed
            seen.page.go_back(timeout=4000, wait_until="commit")
        seen.page.wait_for_load_state()
        seen.page.wait_for_timeout(300)
        assert "Vosmaer" not in seen.page.content()


def test_the_preview_says_what_the_made_page_says(chromium, desk: Running) -> None:
    case = desk.taken_in(SAMPLES / "nothing-found.json")
    reference = desk.reference(case)
    desk.post(f"{case}/received", {"received": "2026-11-02"})
    desk.office.jobs.start(reference, "preview", {"language": "en"}, actor="anna")
    assert desk.waited(reference) == "done"
    desk.post(f"{case}/make", {"format": "html", "language": "en", "messages": "text"})
    assert desk.waited(reference) == "done", desk.office.jobs.of(reference).what
    with window(chromium, desk) as seen:
        seen.go(f"{case}/preview")
        preview = seen.page.frame_locator("iframe").locator("main").text_content()
        seen.go(f"{case}/made/0/page")
        made = seen.page.locator("main").text_content()
    assert re.sub(r"\s+", " ", preview) == re.sub(r"\s+", " ", made)
