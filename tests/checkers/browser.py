"""Opens HTML in Chromium without a network, and asks axe-core and the Nu HTML checker about it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_MODULES = Path(__file__).parent / "node_modules"
_AXE = _MODULES / "axe-core" / "axe.min.js"
_NU = _MODULES / "vnu-jar" / "build" / "dist" / "vnu.jar"
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@cache
def missing() -> str:
    """What is not installed; empty when pages can be checked."""
    if chromium() is None:
        return "no Chromium (Debian: chromium)"
    if find_spec("playwright") is None:
        return "the Python package playwright is not installed"
    if not _AXE.is_file():
        return "axe-core is not installed (npm ci in tests/checkers)"
    return ""


@cache
def nu_missing() -> str:
    """What is not installed; empty when the Nu HTML checker can run."""
    if shutil.which("java") is None:
        return "no Java (Debian: default-jdk-headless)"
    return "" if _NU.is_file() else "vnu-jar is not installed (npm ci in tests/checkers)"


def chromium() -> str | None:
    """The path of Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class Opened:
    """A page in the browser, and what it asked for and complained of."""

    page: Any
    requests: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


@contextmanager
def opened(path: Path, *, javascript: bool = False, **options: Any) -> Iterator[Opened]:
    """A file in headless Chromium; every request but for files of its folder is noted and refused."""
    from playwright.sync_api import sync_playwright

    folder = path.parent.as_uri()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium(),
            args=["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"],
        )
        try:
            context = browser.new_context(java_script_enabled=javascript, bypass_csp=javascript, **options)
            seen = Opened(context.new_page())

            def decide(route: Any) -> None:
                url = route.request.url
                if url.startswith((folder, "data:", "about:", "blob:")):
                    route.continue_()
                else:
                    seen.requests.append(url)
                    route.abort()

            context.route("**/*", decide)
            seen.page.on("console", lambda message: seen.messages.append(message.text))
            seen.page.goto(path.as_uri())
            yield seen
        finally:
            browser.close()


def violations(path: Path, **options: Any) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA, a line each.

    Every part is laid out for it: of those that are skipped until one scrolls to them, it measures places and
    sizes that they never have.
    """
    with opened(path, javascript=True, **options) as seen:
        seen.page.add_style_tag(content=".part { content-visibility: visible !important }")
        seen.page.add_script_tag(path=str(_AXE))
        found = seen.page.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], iframes: false})",
            _RULES,
        )
    return [
        f"{violation['id']}: {violation['help']} @ {node['html'][:160]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def nu_errors(*paths: Path) -> list[str]:
    """What the Nu HTML checker calls an error, a line each."""
    command = ["java", "-Xss8m", "-jar", str(_NU), "--format", "json", "--errors-only", "--exit-zero-always"]
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=True)
    found = json.loads(done.stderr)["messages"]
    return [f"{Path(item['url']).name}:{item.get('lastLine')}: {item['message']}" for item in found]
