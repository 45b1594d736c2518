"""Whatever is passed by mistake, the error is short, and repeats nothing of an export."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import dsr_report
from dsr_report.config import load_config
from dsr_report.errors import DsrReportError, UsageError
from dsr_report.verification.verifier import verify

SECRET, ADDRESS = "Tr0ub4dor-and-3", "robin@example.org"
EXPORT = {
    "info": {"type": "profile", "id": "500"},
    "data": [{"ID": "500", "fields": {"Email": ADDRESS, "Wachtwoord": SECRET}}],
}
SHORT = json.dumps(EXPORT)
LONG = json.dumps({**EXPORT, "more": "x" * 9_000})
WRONG: list[Callable[[], Any]] = [
    lambda: SHORT,
    lambda: LONG,
    lambda: f" {SHORT}\n",
    lambda: SECRET * 1_000,
    lambda: EXPORT,
    lambda: [EXPORT],
    lambda: 7,
    lambda: 1.5,
    lambda: None,
    lambda: io.StringIO(SHORT),
    lambda: Path(LONG),
    lambda: (ADDRESS, SECRET),
]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "export.json"
    path.write_text(SHORT, encoding="utf-8")
    return path


def complaint(call: Callable[[], object]) -> str:
    """What an error says; nothing where there is none, as some options take what they are given."""
    try:
        call()
    except (DsrReportError, TypeError, ValueError, AttributeError, KeyError) as error:
        return f"{type(error).__name__}: {error}"
    return ""


def assert_discreet(said: str) -> None:
    assert len(said) < 400
    assert "\n" not in said
    assert SECRET not in said
    assert ADDRESS not in said


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_source_is_refused_with_what_to_pass(wrong: Callable[[], Any]) -> None:
    with pytest.raises(DsrReportError) as caught:
        dsr_report.read(wrong())
    assert_discreet(str(caught.value))


def test_a_file_that_was_opened_as_text_is_refused(file: Path) -> None:
    with file.open(encoding="utf-8") as text, pytest.raises(UsageError, match="'rb'"):
        dsr_report.read(text)  # type: ignore[arg-type]


OPTIONS = [
    "lang", "config", "timezone", "messages", "templates", "review", "received", "replied", "due",
    "reference",
]  # fmt: skip


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("wrong", WRONG)
def test_no_option_of_a_report_repeats_what_it_was_given(
    option: str, wrong: Callable[[], Any], file: Path, tmp_path: Path
) -> None:
    def report() -> None:
        with dsr_report.read(file) as export, dsr_report.Report(export, **{option: wrong()}) as made:
            made.to_html(tmp_path / "out.html")

    said = complaint(report)
    assert_discreet(said)


def written(export: dsr_report.Export, *target: Any) -> None:
    with dsr_report.Report(export) as report:
        report.to(*target)


def asked(what: Any) -> None:
    with dsr_report.Client(token="t") as client:  # noqa: S106
        client.request(what, 7)


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(
    "call",
    [
        written,
        lambda export, wrong: written(export, "a.html", wrong),
        lambda export, wrong: export.tables[wrong],
        lambda _, wrong: load_config(wrong),
        lambda _, wrong: verify(wrong),
        lambda _, wrong: dsr_report.Report(wrong).values,
        lambda *given: asked(given[-1]),
        lambda _, wrong: dsr_report.read_many(wrong if isinstance(wrong, str) else [wrong]),
        lambda _, wrong: dsr_report.verify(wrong, wrong),
        dsr_report.review,
        dsr_report.write_tables,
        dsr_report.find,
        lambda _, wrong: dsr_report.reply(wrong, wrong),
        lambda export, wrong: dsr_report.reply("a.pdf", wrong),
    ],
    ids=[
        "target",
        "format",
        "table",
        "configuration",
        "disclosure",
        "export",
        "type of request",
        "exports",
        "verified",
        "decisions",
        "tables",
        "text",
        "sent",
        "recipient",
    ],
)
def test_no_function_repeats_what_it_was_given(
    call: Callable[[Any, Any], object],
    wrong: Callable[[], Any],
    file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with dsr_report.read(file) as export:
        try:
            said = complaint(lambda: call(export, wrong()))
        except OSError as error:
            said = str(error.strerror)
    assert_discreet(said)


def test_a_message_repeats_at_most_eighty_characters_of_one_thing() -> None:
    error = DsrReportError(f"there is no {'y' * 500!r}", where=SHORT, hint="Do that.")
    assert len(str(error)) < 150
    assert str(error).endswith("Do that.")
    assert SECRET not in str(error)


@pytest.mark.parametrize("command", ["inspect", "render", "tables", "review", "verify", "reply"])
def test_the_command_line_does_not_repeat_an_export_that_stands_in_place_of_its_name(command: str) -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "dsr_report", command, LONG], capture_output=True, text=True, check=False
    )
    assert asked.returncode in {1, 2, 4}
    assert SECRET not in asked.stdout + asked.stderr
    assert ADDRESS not in asked.stdout + asked.stderr
    assert len(asked.stderr) < 600
