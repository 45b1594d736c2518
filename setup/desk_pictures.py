"""Takes the screenshots of the desk in docs/, with sample data, in the system's Chromium.

python setup/desk_pictures.py [FOLDER]
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
WIDTH, HEIGHT = 1180, 900


def main(folder: Path) -> None:
    """Operate the desk from a new request to a finding, and take screenshots."""
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, "-m", "dsr_report", "desk", "--sandbox", "--no-browser", "--folder", place]
        desk = subprocess.Popen(  # noqa: S603 - our own program
            command, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        link = (desk.stdout.readline() if desk.stdout else "").strip()
        root = re.sub(r"/enter\?.*", "", link)
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
                )
                page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB")
                page.goto(link)
                page.wait_for_url(f"{root}/")
                page.goto(f"{root}/new")
                page.fill("#f-whom", "20285")
                page.click("main button.primary")
                page.fill("#f-received", (datetime.now(UTC) - timedelta(days=6)).date().isoformat())
                page.click("main button.primary")
                page.check("#f-language-nl")
                page.fill("#f-reference", "AVG-2026-014")
                page.click("main button.primary")
                page.click("main button.primary")
                page.wait_for_url("**/found", timeout=120_000)
                case = page.url.removesuffix("/found")
                page.screenshot(path=folder / "desk-found.png")
                page.goto(case)
                page.screenshot(path=folder / "desk-case.png")
                page.goto(f"{case}/review")
                page.keyboard.press("s")
                page.wait_for_url("**/finding/*")
                page.keyboard.press("n")
                page.wait_for_load_state()
                page.screenshot(path=folder / "desk-finding.png")
                browser.close()
        finally:
            desk.terminate()
            desk.wait(timeout=30)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs")
