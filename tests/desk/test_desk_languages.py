"""What goes wrong is told in the reader's language: errors, checks, warnings and oddities."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import Running, running_desk, text_of

from dsr_report.desk.statements import Statements
from dsr_report.fetch.client import Client
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.sandbox.server import Sandbox, running_sandbox
from dsr_report.verification import verifier

COMMANDS = (
    r"(?<![\w-])--[a-z]{3}|dsr-report (fetch|verify|review|register|config|inspect|login) |COPERNICA_[A-Z]"
)
"""Options, commands and variables: words of the command line, which nobody at the desk knows."""
TRANSLATED = [code for code in LANGUAGES if code != "en"]
ENGLISH = set(
    "the this that and from which cannot has have not your again by with its it you to be are".split()
)
"""Words of nearly every English sentence that none of the other languages has."""
EXPORT = (
    b'\xef\xbb\xbf{"info":{"type":"subprofile","id":41522},"data":[{"ID":"1","fields":{"Voornaam":"Robin",'
    b'"Voornaam":"Robin"},"note":NaN,}]}'
)


PAGES = (
    "/", "/new", "/settings", "/keys", "/statements", "/no-such-page", "CASE", "CASE/review", "CASE/texts",
    "CASE/review?group=proposed", "CASE/record/1", "CASE/hidden", "CASE/find", "CASE/make", "CASE/result",
    "CASE/preview", "CASE/release", "CASE/close", "CASE/work",
)  # fmt: skip


# ---- pages


def failing(sandbox: Sandbox | None, token: str) -> Client:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    where = sandbox.url if sandbox else "http://127.0.0.1:9"
    return Client(
        token,
        api_url=f"{where}/v4",
        auth_url=f"{where}/authenticate",
        sleep=sleep,
        clock=lambda: now[0],
    )


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dict[str, str]]]:
    """By what goes wrong, what a page says of it in each language; each is provoked once."""
    with (
        running_sandbox(delay_seconds=1e6) as sandbox,
        running_desk(tmp_path_factory.mktemp("told"), sandbox=sandbox) as desk,
    ):
        desk.sign_in()
        yield _provoked(desk, sandbox)


def _provoked(desk: Running, sandbox: Sandbox) -> dict[str, dict[str, str]]:
    said: dict[str, dict[str, str]] = {}

    def read(what: str, path: str = "", post: dict[str, str] | None = None) -> None:
        for code in LANGUAGES:
            desk.office.folder.set(language=code)
            answer = desk.get(path) if post is None else desk.post(path, post)
            said.setdefault(what, {})[code] = text_of(answer)
            assert 'lang="en"' not in answer.text or code == "en"
        desk.office.folder.set(language="en")

    ways = {
        "no network": (None, "t", "41522"),
        "wrong token": (sandbox, "wrong", "41522"),
        "not found": (sandbox, sandbox.token, "999999"),
        "not ready": (sandbox, sandbox.token, "41522"),
    }
    for way, (where, token, number) in ways.items():
        desk.office._client = lambda _sleep, where=where, token=token: failing(where, token)
        form = {"step": "4", "whom": number, "type": "", "received": "2026-01-05", "channel": "mail",
                "language": "nl", "reference": way[::-1].replace(" ", "-"), "go": "fetch"}  # fmt: skip
        desk.post("/new", form)
        assert desk.waited(form["reference"]) == "failed"
        read(way, f"/case/{desk.office.folder.case(form['reference']).id}/work")
    case = "/case/" + desk.office.folder.case("ydaer-ton").id
    read("register", f"{case}/resume", {"resumed": "2026-02-01"})
    odd = desk.taken_in(EXPORT)
    read("oddity", f"{odd}/found")
    for page in PAGES:
        read(f"page {page}", page.replace("CASE", odd))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dsr_report.desk.office.verify", _verified_after_damage)
        options = {"format": "html", "language": "nl", "with_unrecognised": True}
        review = desk.office.review(desk.reference(odd))
        for finding in review.findings:
            review.decide([finding], {"decision": "disclose"}, actor="anna")
        review.mark_read([text.id for text in review.findings.texts], actor="anna")
        desk.office.jobs.start(
            desk.reference(odd), "make", {**options, "digest": review.decided.digest}, actor="a"
        )
        assert desk.waited(desk.reference(odd)) == "done", desk.office.jobs.of(desk.reference(odd)).what
    read("check", f"{odd}/result")
    return said


def _verified_after_damage(path: Path, export: Path) -> verifier.Verification:
    path.write_bytes(path.read_bytes().replace(b"</main>", b"<script>1</script></main>"))
    return verifier.verify(path, export)


def english_in(page: str) -> set[str]:
    """English words of a page; what Copernica says is quoted as it came, and hashes have no words."""
    return ENGLISH & set(re.findall(r"\b[^\W\d_]+\b", re.sub("“[^”]*”|„[^“]*“|«[^»]*»", "", page)))


@pytest.mark.parametrize("page", PAGES)
def test_no_page_has_a_word_of_english_in_another_language(
    told: dict[str, dict[str, str]], page: str
) -> None:
    pages = told[f"page {page}"]
    assert english_in(pages["en"])
    assert {code: english_in(pages[code]) for code in TRANSLATED} == {code: set() for code in TRANSLATED}
    assert not re.search(COMMANDS, " ".join(pages.values()))


@pytest.mark.parametrize(
    ("what", "english", "dutch"),
    [
        ("no network", "The API is not working", "inlogserver heeft problemen"),
        ("wrong token", "API token was refused", "API-token is geweigerd"),
        ("not found", "Copernica does not know", "Copernica kent"),
        ("not ready", "the export is not ready after", "de export is na"),
        ("register", "This case is not paused.", "Deze zaak is niet gepauzeerd."),
        ("oddity", "A name occurs more than once", "Een naam komt"),
        ("check", "ALTERED: the file is not, byte for byte", "GEWIJZIGD: het bestand is niet byte voor byte"),
    ],
)
def test_what_goes_wrong_is_told_in_the_language_of_who_reads_it(
    told: dict[str, dict[str, str]], what: str, english: str, dutch: str
) -> None:
    pages = told[what]
    assert english.casefold() in pages["en"].casefold() or what == "no network"
    assert dutch.casefold() in pages["nl"].casefold()
    for code in TRANSLATED:
        assert english_in(pages[code]) == set(), pages[code]
    assert not re.search(COMMANDS, " ".join(pages.values()))


def test_the_condition_of_a_statement_is_told_in_words(tmp_path: Path) -> None:
    settings = tmp_path / "controller.toml"
    settings.write_text(
        '[[statement]]\nletter = "purposes"\ntext.de = "Wir zählen."\nwhen.kind = ["impression", "click"]\n'
        '[[statement]]\nletter = "purposes"\ntext.de = "Wir handeln."\nwhen.database = [7]\n',
        "utf-8",
    )
    form = Statements(settings, language_of("de"), "de")
    told = [slot.condition for slot in form.slots().values() if slot.condition]
    assert told == ["Öffnungen und Klicks", "Datenbank 7"]
