"""Measures how fast a report opens in Chromium, and how smoothly it scrolls, without a network."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

_SCROLLED = """
() => new Promise(done => {
  const frames = []; let last = performance.now(); const end = last + 3000;
  const step = now => {
    frames.push(now - last); last = now;
    window.scrollBy(0, 400);
    if (now < end) requestAnimationFrame(step); else done(frames.slice(1));
  };
  requestAnimationFrame(step);
})
"""
_IS_SEEN = "() => performance.getEntriesByName('first-contentful-paint').length > 0"
_TIMES = """
() => {
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const page = performance.getEntriesByType('navigation')[0];
  return [paint ? paint.startTime : -1, page.loadEventEnd];
}
"""


class Opening(NamedTuple):
    """Seconds to the first contentful paint and to the load event; milliseconds of a frame (median, 95 %)."""

    first_words: float
    loaded: float
    median_frame: float
    slow_frame: float


def opening(page: Path) -> Opening:
    """Open a file, and from the first contentful paint scroll down for three seconds, 400 pixels per frame.

    A large page continues loading during that time, as for a reader.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - needed in one case

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        tab = browser.new_context(bypass_csp=True).new_page()
        tab.goto(page.as_uri(), wait_until="commit")
        tab.wait_for_function(_IS_SEEN)
        frames = sorted(tab.evaluate(_SCROLLED))
        tab.wait_for_load_state("load", timeout=900_000)
        tab.wait_for_timeout(300)
        first, loaded = tab.evaluate(_TIMES)
        browser.close()
    return Opening(first / 1000, loaded / 1000, frames[len(frames) // 2], frames[len(frames) * 95 // 100])
