"""A request is answered in the browser by keyboard alone: from a number or a dropped export to its end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from desks import CONTROLLER, SAMPLES, Running, running_desk
from windows import Seen, chromium, tab_to, window

from dsr_report.sandbox.server import running_sandbox
from dsr_report.verification.verifier import verify

__all__ = ["chromium"]
pytestmark = pytest.mark.browser
DROPPED = {
    "info": {"type": "email", "id": "jan@example.org"},
    "data": [
        {"type": "profile", "ID": "1", "fields": {"email": "jan@example.org", "name": "Jan Jansen"}},
        {
            "type": "response",
            "id": 1,
            "timestamp": "2026-01-01 10:00:00",
            "text": "Mijn zus Ilse Vosmaer belde.",
        },
        {
            "type": "response",
            "id": 2,
            "timestamp": "2026-02-01 10:00:00",
            "text": "Bel Truus Akkerman even op.",
        },
    ],
}
REASON = "a person who is not you"
STATEMENT = "Over u besluit geen computer alleen."
MOST_STEPS = 60


class Hands:
    """The keyboard of one window, and how often a key was needed: fields are typed in at once."""

    def __init__(self, seen: Seen, *, script: bool) -> None:
        self.seen, self.page, self.script, self.steps = seen, seen.page, script, 0

    def reach(self, selector: str) -> None:
        if self.script:
            tab_to(self.page, selector)
        else:  # that Tab leads there was shown with the script, whose pages are the same
            self.page.focus(selector)

    def press(self, selector: str, key: str = "Enter") -> None:
        self.steps += 1
        self.reach(selector)
        self.page.keyboard.press(key)

    def follow(self, selector: str, key: str = "Enter") -> None:
        with self.page.expect_navigation():
            self.press(selector, key)

    def single(self, key: str, selector: str) -> None:
        """A single key; where there is no script, the button that shows it."""
        with self.page.expect_navigation():
            if self.script:
                self.steps += 1
                self.page.keyboard.press(key)
            else:
                self.press(selector)

    def fill(self, selector: str, text: str) -> None:
        self.press(selector, "ControlOrMeta+A")
        self.page.keyboard.type(text)

    def choose(self, name: str, value: str) -> None:
        self.reach(f"input[name={name}]:checked")
        for _ in range(8):
            if self.page.is_checked(f"#f-{name}-{value}"):
                return
            self.steps += 1
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{name} cannot be {value}")

    def enter(self) -> None:
        """Enter in a field sends its form."""
        self.steps += 1
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def wait_for(self, end: str) -> None:
        """Wait for work to end; without a script the page is loaded anew, until it leads on."""
        if self.script:
            self.page.wait_for_url(f"**{end}")
            return
        while not self.page.locator("main a.primary").count():
            self.page.wait_for_timeout(100)
            self.page.reload()
        self.follow("main a.primary")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A desk with a sandbox, where one statement is still missing."""
    lines = CONTROLLER.read_text("utf-8").splitlines(keepends=True)
    (dutch,) = [line for line in lines if line.startswith("text.nl") and "computer alleen" in line]
    lines.remove(dutch)
    with (
        running_sandbox(delay_seconds=0.1) as sandbox,
        running_desk(tmp_path_factory.mktemp("desk"), sandbox=sandbox, config="".join(lines)) as running,
    ):
        yield running


def from_number(hands: Hands, number: str, type_: str) -> None:
    """A new request, with its number and the day on which it came."""
    hands.follow('main a[href$="/new"]')
    hands.fill("#f-whom", number)
    hands.choose("type", type_)
    hands.enter()
    hands.fill("#f-received", "2026-11-02")
    hands.enter()
    hands.choose("language", "nl")
    hands.enter()
    hands.follow("main button.primary")
    hands.wait_for("/found")


def from_export(hands: Hands, export: Path) -> None:
    """An export that is dropped; the day on which the request came is noted afterwards."""
    hands.page.set_input_files("#f-file", str(export))  # the system's own dialog is no page of ours
    hands.follow("form.upload button")
    hands.wait_for("/found")
    hands.follow(".case-bar a")
    hands.press("summary")
    hands.fill("#f-received", "2026-11-02")
    hands.enter()
    hands.follow('.tasks a[href$="/found"]')


def decide(hands: Hands) -> None:
    """Everything is decided and read: who is withheld gets a reason, which Enter alone does not send."""
    page = hands.page
    hands.follow("main a.primary")
    while page.locator("main a.primary[data-key=s]").count():
        hands.single("s", "main a.primary[data-key=s]")
        while "/finding/" in hands.seen.path:
            if page.locator("h1", has_text="name").count():
                hands.fill("#f-reason", REASON)
                before = page.url
                page.keyboard.press("Enter")
                page.wait_for_timeout(50)
                assert page.url == before
                assert page.input_value("#f-reason") == REASON
                if hands.script:
                    tab_to(page, "#f-article")
                    tab_to(page, ".actions a")
                hands.single("w", "button[value=withhold]")
            else:
                hands.single("d", "button[value=disclose]")
    if page.locator('main a.primary[href$="/texts"]').count():
        hands.follow('main a.primary[href$="/texts"]')
        hands.single("s", "main a.primary[data-key=s]")
        while "/text/" in hands.seen.path:
            hands.single("r", "button[value=yes]")
        hands.follow('main a.primary[href$="/review"]')


def make(hands: Hands, case: str, format_: str) -> None:
    """The report is made; what is missing for it is listed, and led to."""
    page, desk = hands.page, hands.seen.desk
    hands.follow('main a.primary[href$="/make"]')
    if page.locator('#f-gate a[href*="/statements"]').count():
        hands.follow('#f-gate a[href*="/statements"]')
        hands.press('main a[href^="#f-"]')
        gap = page.evaluate("document.activeElement.id")
        assert gap.startswith("f-statement")
        page.keyboard.type(STATEMENT)
        hands.follow("main button.primary")
        assert STATEMENT in desk.office.config_path.read_text("utf-8")
        hands.follow(f'header a[href="{desk.root}/"]')
        hands.follow(f'.list a[href$="{case}"]')
        hands.follow('.tasks a[href$="/make"]')
    assert not page.locator("#f-gate li").count()
    hands.choose("format", format_)
    hands.follow("main button.primary")
    assert desk.waited(desk.reference(case)) == "done", desk.office.jobs.of(desk.reference(case)).what
    hands.wait_for("/result")


def answer(hands: Hands, to: str) -> bytes:
    """The draft, that it was sent, and the end of the case."""
    page = hands.page
    hands.follow('main a.primary[href$="/reply"]')
    hands.fill("#f-to", to)
    hands.enter()
    with page.expect_download() as waiting:
        hands.press("main a.primary")
    draft = Path(waiting.value.path()).read_bytes()
    hands.press("#f-really", "Space")
    hands.follow("main form:last-of-type button.primary")
    hands.press("#f-sure", "Space")
    hands.follow("main button.primary")
    return draft


@pytest.mark.parametrize(
    ("start", "way", "format_"),
    [
        ("41522", "keys", "html"),
        ("90211", "no-script", "pdf"),
        ("export", "keys", "zip"),
        ("export", "no-script", "html"),
    ],
)
def test_a_request_is_answered_by_keyboard_alone(  # noqa: PLR0917
    chromium: Any, desk: Running, tmp_path: Path, start: str, way: str, format_: str
) -> None:
    script = way == "keys"
    with window(chromium, desk, java_script_enabled=script, accept_downloads=True) as seen:
        hands = Hands(seen, script=script)
        if start != "export":
            type_ = "profile" if start == "90211" else ""
            from_number(hands, start, type_)
            export, to = SAMPLES / f"{type_ or 'subprofile'}-{start}.json", ""
        else:
            export, to = tmp_path / "export.json", f"jan-{format_}@example.org"
            export.write_text(json.dumps(DROPPED | {"info": {"type": "email", "id": to}}), "utf-8")
            from_export(hands, export)
        case = seen.path.removesuffix("/found")
        reference = desk.reference(case)
        if not to:
            review = desk.office.review(reference)
            assert review is not None
            to = min(review.addresses)
        decide(hands)
        make(hands, case, format_)
        draft = answer(hands, to)
    (made,) = desk.office.folder.case(reference).path.glob(f"disclosure*.{format_}")
    assert verify(made, export).ok
    letter = message_from_bytes(draft)
    assert to in letter["To"]
    assert [part.get_filename() for part in letter.walk() if part.get_filename()] == [made.name]
    entry = desk.office.register.case(reference)
    assert (entry.state, entry.received_on.isoformat()) == ("closed", "2026-11-02")
    assert desk.office.register.check().findings == ()
    assert seen.foreign() == []
    assert [one for one in seen.messages if "422" not in one] == []
    assert hands.steps < MOST_STEPS
