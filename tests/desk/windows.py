"""A window of a real Chromium on a desk, and the keyboard in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from checkers import browser as checker
from desks import Running

from dsr_report.desk.server import open_by_file

if checker.missing():
    pytest.skip(f"THE DESK IS NOT OPENED: {checker.missing()}", allow_module_level=True)
from playwright.sync_api import sync_playwright


@dataclass
class Seen:
    """A page that is driven, and what went on in it."""

    page: Any
    desk: Running
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.desk.origin}{self.desk.root}{path}")

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(f"{self.desk.origin}{self.desk.root}").split("?")[0]

    def foreign(self) -> list[str]:
        return [url for url in self.requests if not url.startswith((self.desk.origin, "data:", "file:"))]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=checker.chromium(), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@contextmanager
def window(chromium: Any, desk: Running, **options: Any) -> Iterator[Seen]:
    """A window that is signed in by the private file, as a person's would be."""
    context = chromium.new_context(**options)
    context.set_default_timeout(90_000)  # a busy machine is slow, and not wrong
    seen = Seen(context.new_page(), desk)
    seen.page.on("request", lambda request: seen.requests.append(request.url))
    seen.page.on("console", lambda message: seen.messages.append(message.text))
    seen.page.on("pageerror", lambda error: seen.messages.append(str(error)))
    seen.page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
    open_by_file(
        desk.office.folder.root, desk.desk.link(), lambda url: not seen.page.goto(url) or not seen.page
    )
    seen.page.wait_for_url(f"{desk.origin}{desk.root}/")
    try:
        yield seen
    finally:
        context.close()


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until an element has the focus, which must be seen at each step."""
    for _ in range(200):
        page.keyboard.press("Tab")
        state = page.evaluate(
            """selector => {
                const now = document.activeElement;
                const box = now.getBoundingClientRect();
                const style = getComputedStyle(now);
                return [now.matches(selector), style.outlineStyle !== 'none' || now.matches('iframe, body'),
                        box.bottom >= 0 && box.top <= innerHeight];
            }""",
            selector,
        )
        assert state[1], page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if state[0]:
            assert state[2]
            return
    raise AssertionError(f"the keyboard does not reach {selector}")
