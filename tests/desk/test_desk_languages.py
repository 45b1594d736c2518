"""What goes wrong is told in the reader's language: errors, checks, warnings and oddities."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from desks import Running, running_desk, text_of

import dsr_report
from dsr_report.desk import wording
from dsr_report.desk.statements import Statements
from dsr_report.errors import DsrReportError
from dsr_report.fetch.client import Client
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.register.states import ANSWERS, PROGRESS
from dsr_report.rendering.warnings import ODDITIES
from dsr_report.sandbox.server import Sandbox, running_sandbox
from dsr_report.sentences import Sentence, as_data, from_data, joined
from dsr_report.verification import verifier

ROOT = Path(dsr_report.__file__).parents[1]
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


@pytest.fixture(scope="module")
def catalogue_texts() -> ModuleType:
    sys.path.insert(0, str(ROOT / "setup"))
    try:
        return importlib.import_module("wording")
    finally:
        sys.path.remove(str(ROOT / "setup"))


# ---- every class and code


def test_no_error_that_the_desk_may_say_is_put_together_in_english(catalogue_texts: ModuleType) -> None:
    """A text with values in it is a `Sentence`: an f-string could not be said in another language."""
    found = []
    for file in sorted((ROOT / "dsr_report").rglob("*.py")):
        place = file.relative_to(ROOT / "dsr_report").as_posix()
        if place.startswith(catalogue_texts._SAID_IN_ENGLISH):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in catalogue_texts.our_errors():
                said = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "hint")]
                texts = [(one, part) for part in said for one in ast.walk(part)]
                found += [
                    f"{place}:{node.lineno}"
                    for one, part in texts
                    if isinstance(one, ast.JoinedStr) and not _is_value(one, part)
                ]
    assert found == []


def _is_value(text: ast.JoinedStr, said: ast.expr) -> bool:
    """Whether a text is a value of a sentence, such as a number that is written in a certain way."""
    return any(
        text in ast.walk(word.value)
        for call in ast.walk(said)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "Sentence"
        for word in call.keywords
    )


def test_every_class_of_error_says_something_in_every_language(catalogue_texts: ModuleType) -> None:
    for module in pkgutil.walk_packages(dsr_report.__path__, "dsr_report."):
        if not module.name.endswith(("__main__", "migrations.env")):
            importlib.import_module(module.name)
    ours = {kind.__name__ for kind in _below(DsrReportError)}
    assert {"AuthError", "RegisterError", "CheckFailedError", "ConfigError", "NotReadyError"} <= ours
    assert ours == set(catalogue_texts.our_errors()) - {"DsrReportError"}
    for code in TRANSLATED:
        assert singulars(catalogue_texts).keys() - language_of(code).texts.keys() == set()


def singulars(catalogue_texts: ModuleType) -> dict[str, list[str]]:
    """All texts by their wording for one thing, with the places where they stand."""
    found = catalogue_texts.all_texts()
    return {key if isinstance(key, str) else key[0]: places for key, places in found.items()}


def _below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _codes(folder: str, call: str) -> set[str]:
    """The first literal arguments of calls of a name, in a folder of the package."""
    return {
        node.args[0].value
        for file in (ROOT / "dsr_report" / folder).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == call and node.args
        and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)
        and re.fullmatch("[a-z][a-z0-9-]+", node.args[0].value)
    }  # fmt: skip


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        pytest.param(_codes("jsonstream", "_report") | _codes("jsonstream", "add"), ODDITIES, id="oddities"),
        pytest.param(_codes("verification", "add"), wording.CHECKS, id="checks"),
        pytest.param({*PROGRESS.values(), *ANSWERS.values(), "closed"}, wording.STATES, id="states"),
    ],
)
def test_every_code_has_words_in_every_language(codes: set[str], words: dict[str, str]) -> None:
    assert len(codes) >= 10
    assert codes - words.keys() == set()
    for code in TRANSLATED:
        texts = language_of(code).texts
        assert [key for key, text in words.items() if text not in texts] == []


def test_the_desk_names_no_command_no_option_and_no_variable_in_any_language() -> None:
    for code in LANGUAGES:
        for text in wording.IN_PLACE.values():
            assert not re.search(COMMANDS, language_of(code).text(text))


def test_texts_that_name_commands_have_words_of_the_desk(catalogue_texts: ModuleType) -> None:
    """What is left to the catalogues names no option or command: it would stand on a page of the desk."""
    named = {key: places for key, places in singulars(catalogue_texts).items() if re.search(COMMANDS, key)}
    places = {place for key in named for place in named[key]}
    assert {one for one in places if not one.startswith(("dsr_report/rendering", "templates"))} == set()


# ---- sentences


def test_a_sentence_is_english_text_and_keeps_its_values_for_other_languages() -> None:
    said = Sentence("the API cannot be reached: {reason}", reason=Sentence("status {status}", status=503))
    assert said == "the API cannot be reached: status 503"
    assert language_of("nl").say(said) == "de API is niet bereikbaar: status 503"
    assert language_of("de").say(from_data(as_data(said))) == "die API ist nicht erreichbar: Status 503"
    many = Sentence("{n} record", "{n} records", n=1200)
    assert (many, language_of("de").say(many)) == ("1200 records", "1.200 Datensätze")
    assert language_of("fr").say(joined([many, Sentence("status {status}", status=1)])).endswith("état 1")


def test_values_with_braces_are_values() -> None:
    said = Sentence("{name}: {problem}", name="{x}", problem="{0}")
    assert said == language_of("nl").say(said) == "{x}: {0}"
    assert language_of("nl").say("not {a} template") == "not {a} template"


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
        ours = re.sub("“[^”]*”|„[^“]*“|«[^»]*»", "", pages[code])  # what Copernica says is quoted as it came
        words = set(re.findall(r"[a-z]+", ours))
        assert words & ENGLISH == set(), ours
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
