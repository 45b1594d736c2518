"""What the command line does has a function of the same name, and errors speak as their reader does."""

import inspect as introspection
import json
import pickle
import tomllib
from datetime import date

import pytest
from click.testing import CliRunner

import dsr_report
from dsr_report.cli.group import COMMANDS, LazyGroup, group, main
from dsr_report.errors import CheckFailedError, FileError, UnknownNameError, UsageError
from dsr_report.models import Click, Impression
from dsr_report.shipped import shipped

SAMPLES = shipped("sample_exports")
SAMPLE = SAMPLES / "profile-90211.json"
FUNCTIONS = {
    "inspect": "inspect", "tables": "write_tables", "verify": "verify", "review": "review", "find": "find",
    "reply": "reply",
}  # fmt: skip
NOT_FUNCTIONS = {
    "json", "suggest", "quiet", "verbose", "help",  # what is printed
    "smtp", "yes",  # sending asks a person
}  # fmt: skip
OTHERWISE = {"recipient": "to", "exports": "export", "form": "format", "as_json": "", "suggesting": ""}


@pytest.fixture(scope="module")
def export():
    with dsr_report.read(SAMPLE) as export:
        yield export


@pytest.mark.parametrize(("command", "function"), FUNCTIONS.items())
def test_a_function_takes_what_its_command_takes(command, function):
    words = set(introspection.signature(getattr(dsr_report, function)).parameters)
    options = {
        OTHERWISE.get(one.name, one.name)
        for one in LazyGroup().get_command(None, command).params
        if one.name not in NOT_FUNCTIONS and one.name is not None
    } - {"", "output" if command == "verify" else ""}
    assert options <= words


def test_every_public_name_is_there_and_nearly_right_ones_are_told():
    for name in dsr_report.__all__:
        assert getattr(dsr_report, name) is not None
    assert set(dir(dsr_report)) >= {"read", "models", "errors"}
    with pytest.raises(AttributeError, match="did you mean 'write_tables'"):
        dsr_report.write_table  # noqa: B018


def test_inspect_is_what_the_command_prints(export):
    result = CliRunner().invoke(group, ["inspect", str(SAMPLE), "--json"], catch_exceptions=False)
    assert dsr_report.inspect(export).to_dict() == json.loads(result.stdout)
    assert dsr_report.inspect(SAMPLE).to_dict() == json.loads(result.stdout)


def test_review_lists_what_the_command_lists_and_keeps_decisions(export, tmp_path):
    result = CliRunner().invoke(group, ["review", str(SAMPLE), "--json"], catch_exceptions=False)
    found = dsr_report.review(export, tmp_path / "review.toml")
    assert found.to_dict() == json.loads(result.stdout)
    text = (tmp_path / "review.toml").read_text(encoding="utf-8")
    assert len(tomllib.loads(text)["finding"]) == len(found.findings)
    (tmp_path / "review.toml").write_text(
        text.replace('\ndecision = "undecided"', '\ndecision = "disclose"', 1), encoding="utf-8"
    )
    again = dsr_report.review(export, tmp_path / "review.toml")
    assert again.before.kept == 1
    assert (tmp_path / "review.toml").stat().st_mode & 0o777 == 0o600


def test_find_gives_places(export):
    name = export.tables["fields"].set_index("name").value["Email"]
    assert any(place.pointer.endswith("/Email") for place in dsr_report.find(export, name))
    with pytest.raises(UsageError):
        dsr_report.find(export, " ")


def test_a_disclosure_is_verified_and_answered(export, tmp_path):
    with dsr_report.Report(export) as report:
        written = report.to_html(tmp_path / "disclosure.html")
    checked = dsr_report.verify(written.path, SAMPLE)
    assert checked.ok
    with pytest.raises(CheckFailedError) as caught:
        dsr_report.reply(written.path, "someone@example.org", database="sqlite://")
    assert "confirm_recipient=True" in str(caught.value)
    assert "--confirm-recipient" in caught.value.for_command_line()
    draft = dsr_report.reply(
        str(written.path), "someone@example.org", confirm_recipient=True, database="sqlite://"
    )
    assert draft.path == tmp_path / "disclosure.eml"
    assert b"disclosure.html" in draft.path.read_bytes()


def test_tables_are_written_and_counted(export, tmp_path):
    written = dsr_report.write_tables(export, tmp_path / "out", format="csv")
    assert {one.table: one.rows for one in written}["events"] == len(export.tables["events"])
    with pytest.raises(UnknownNameError, match="Did you mean parquet"):
        dsr_report.write_tables(export, tmp_path / "other", format="parket")
    assert not (tmp_path / "other").exists()


def test_errors_call_options_as_their_reader_does(export, tmp_path):
    with pytest.raises(UsageError) as caught:
        dsr_report.Report(export, original=True, review=SAMPLE)
    assert "original=True and review= cannot be combined" in str(caught.value)
    assert "--original and --review cannot be combined" in caught.value.for_command_line()
    with dsr_report.Report(export) as report, pytest.raises(FileError) as missing:
        report.to_html(tmp_path / "no" / "such" / "folder.html")
    assert "--" not in str(missing.value)


def test_the_command_line_speaks_of_options(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["dsr-report"])
    with pytest.raises(SystemExit) as ended:
        main(["render", str(SAMPLE), "--original", "--review", str(SAMPLE), "-o", "a.html"])
    assert ended.value.code == 2
    assert "--original and --review cannot be combined" in capsys.readouterr().err


def test_records_of_a_kind_are_of_its_class(export):
    assert {type(one) for one in export.records.of_kind("click")} == {Click}
    assert list(export.records.of_kind(Click)) == list(export.records.of_kind("click"))
    assert {type(one) for one in export.records.of_kind("click", Impression)} == {Click, Impression}
    with pytest.raises(UnknownNameError, match="Did you mean click"):
        export.records.of_kind("clik")
    with pytest.raises(UnknownNameError):
        export.records.of_kind(int)


def test_all_commands_with_a_result_have_a_function():
    others = set(
        "fetch-and-render fetch render batch receive register sandbox config login doctor desk".split()
    )
    assert set(COMMANDS) - others == set(FUNCTIONS)


def test_a_pickled_report_has_all_of_its_options(export):
    given = {
        "lang": "nl",
        "config": SAMPLES / "controller.toml",
        "timezone": "Europe/Lisbon",
        "messages": "list",
        "annexes": "apart",
        "attachments": True,
        "templates": SAMPLES,
        "review": SAMPLE,
        "strict": True,
        "original": False,
        "reference": "AVG-1",
        "request_id": "2ab",
        "delay": "two requests at once",
    } | {name: date(2026, 1, day) for day, name in enumerate(["received", "replied", "due", "collected"], 1)}
    assert given.keys() == introspection.signature(dsr_report.Report).parameters.keys() - {"export"}
    with dsr_report.Report(export, **given) as report:
        again = pickle.loads(pickle.dumps(report))
    for name in given.keys() - {"timezone", "config"}:
        assert getattr(again, name) == getattr(report, name), name
    assert again.zone == report.zone
    assert again.config == report.config
