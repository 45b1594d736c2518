"""Every sample, judged by others: veraPDF for PDF/A-3a and PDF/UA-1, axe and Nu for HTML."""

import json
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

import dsr_report
from dsr_report.verification.verifier import verify

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"
ENTRIES = json.loads((SAMPLES / "index.json").read_text(encoding="utf-8"))["samples"]
PAIRS = [
    ("subprofile-20285.json", "nl"),
    ("profile-90211.json", "de"),
    ("email-someone.json", "en"),
    ("subprofile-41522.json", "fr"),
    ("profile-70001-world-scripts.json", "en"),
    ("nothing-found.json", "nl"),
    ("hostile.json", "de"),
]


def written(name, language, target, **options):
    with dsr_report.read(SAMPLES / name) as export:
        options |= {"config": SAMPLES / "controller.toml", "reference": "AVG-1"}
        with dsr_report.Report(export, lang=language, **options) as report:
            return report.to(target)


def messages_of(name):
    """The messages of a sample, whatever they stand in; the rest of it is checked once, with their text."""
    waiting = [json.loads((SAMPLES / name).read_text(encoding="utf-8"))]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict) and item.keys() & {"mime", "html"}:
            yield item
        elif isinstance(item, dict | list):
            waiting += item.values() if isinstance(item, dict) else item


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory):
    """A PDF of every sample, in its reader's language."""
    folder = tmp_path_factory.mktemp("pdfs")
    for name, language in PAIRS:
        written(name, language, folder / f"{Path(name).stem}.pdf")
    return folder


def test_all_samples_are_covered():
    assert {name for name, _ in PAIRS} >= {entry["file"] for entry in ENTRIES}


@pytest.mark.slow
@pytest.mark.checkers
def test_every_sample_is_pdf_a_3a_and_pdf_ua_1(pdfs, assert_pdf_a_ua):
    assert_pdf_a_ua(*sorted(pdfs.glob("*.pdf")))


@pytest.mark.slow
@pytest.mark.checkers
def test_messages_as_they_looked_keep_the_pdf_valid(tmp_path, assert_pdf_a_ua):
    sent = [found for name in ("email-someone.json", "hostile.json") for found in messages_of(name)]
    assert len(sent) > 20
    export = tmp_path / "export.json"
    export.write_text(json.dumps({"info": {"type": "subprofile", "id": "7"}, "data": [sent]}), "utf-8")
    written(export, "en", tmp_path / "layout.pdf", messages="layout")
    assert_pdf_a_ua(tmp_path / "layout.pdf")


@pytest.mark.slow
def test_the_pdf_of_every_sample_verifies_against_its_export(pdfs):
    for name, _ in PAIRS:
        checked = verify(pdfs / f"{Path(name).stem}.pdf", SAMPLES / name)
        assert checked.ok, (name, [check.text for check in checked.checks if check.ok is False])


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
def test_page_one_answers_in_the_reader_s_language(pdfs):
    text = subprocess.run(
        ["pdftotext", "-l", "1", str(pdfs / "subprofile-20285.pdf"), "-"], capture_output=True, check=True
    ).stdout.decode()
    assert "De persoonsgegevens die De Kroosduiker B.V." in text
    assert "62 berichten" in text
    assert "Wilt u dit niet meer?" in text
    assert "privacy@kroosduiker.example" in text


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize(("name", "language"), [PAIRS[2], PAIRS[3], PAIRS[6]])
def test_html_passes_axe(name, language, tmp_path, axe_violations):
    target = tmp_path / "a.html"
    written(name, language, target)
    assert axe_violations(target) == []


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("name", ["email-someone.json", "hostile.json"])
def test_every_kind_of_page_is_valid_html(name, tmp_path, nu_errors):
    target = tmp_path / "a.html"
    written(name, "en", target)
    assert nu_errors(target) == []


@pytest.mark.slow
@pytest.mark.browser
def test_opening_a_hostile_report_asks_for_nothing_and_runs_nothing(tmp_path, in_browser):
    target = tmp_path / "a.html"
    written("hostile.json", "en", target)
    with in_browser(target, javascript=True) as opened:
        alerts = []
        opened.page.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
        opened.page.goto(target.as_uri())
        for details in opened.page.query_selector_all("details"):
            details.evaluate("element => { element.open = true }")
        opened.page.wait_for_timeout(500)
        assert opened.requests == []
        assert alerts == []


def test_rendering_hostile_mail_opens_no_connection(tmp_path, monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    written("hostile.json", "en", tmp_path / "a.html")
