"""`config init` and `config check`: every fault at once, with its line; what is missing, by its key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from dsr_report.cli.group import group
from dsr_report.config import load_config
from dsr_report.errors import ConfigError
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.rendering.configuration import configuration_text, missing_from

FILLED_IN = Path(__file__).with_name("controller.toml")


def written(folder: Path, text: str) -> Path:
    file = folder / "controller.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_new_configuration_says_what_has_to_be_filled_in(tmp_path: Path, code: str) -> None:
    file = written(tmp_path, configuration_text(code).replace('name = ""', 'name = "Example"', 1))
    missing = missing_from(load_config(file), language_of(code))
    for key in ("[controller] address", f"[scope] other_systems.{code}", f'"purposes": text.{code}'):
        assert any(key in line for line in missing), key


@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_is_missing_from_one_that_is_filled_in(code: str) -> None:
    assert missing_from(load_config(FILLED_IN), language_of(code)) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_new_configuration_can_be_used_at_once_and_names_its_language(tmp_path: Path, code: str) -> None:
    config = load_config(written(tmp_path, configuration_text(code)))
    assert config.controller is None
    assert config.report.lang == code
    assert "[controller] name" in missing_from(config, language_of(code))


def test_a_name_that_is_still_empty_beside_an_address_is_a_fault_with_its_line(tmp_path: Path) -> None:
    text = configuration_text("en").replace('email = ""', 'email = "privacy@shop.example"', 1)
    line = text.splitlines().index('name = ""') + 1
    with pytest.raises(ConfigError, match=rf"line {line}: controller.name: is still empty"):
        load_config(written(tmp_path, text))


@pytest.mark.parametrize("name", ["envelope", "log"])
def test_records_are_not_called_like_a_kind_of_ours_that_has_no_members(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="has no members: choose another name"):
        load_config(written(tmp_path, f'[records.{name}]\nkeys = ["points"]\n'))


def test_all_faults_are_named_at_once_each_with_its_line(tmp_path: Path) -> None:
    faulty = (
        '[controller]\nnaem = "X"\nname = "Y"\n\n[[statement]]\nletter = "purposes"\ntext = "a"\n\n'
        '[[statement]]\nletter = "whim"\ntext = "b"\n\n[[recipient]]\nname = ""\n'
    )
    with pytest.raises(ConfigError) as raised:
        load_config(written(tmp_path, faulty))
    for fault in ("line 2: controller.naem", "line 10: statement.1.letter", "line 14: recipient.0.name"):
        assert fault in str(raised.value)


def test_a_condition_decides_whom_a_statement_is_for() -> None:
    config = load_config(FILLED_IN)
    nobody, clicker = {}, {"kind": frozenset({"click"})}
    assert len(config.statements("purposes", nobody)) == 1
    assert len(config.statements("purposes", clicker)) == 2
    assert not config.statements("other", clicker)


def test_an_empty_text_counts_as_missing(tmp_path: Path) -> None:
    file = written(tmp_path, '[[statement]]\nletter = "basis"\ntext.en = "  "\ntext.nl = "iets"\n')
    (statement,) = load_config(file).statement
    assert dict(statement.text) == {"nl": "iets"}


def test_init_does_not_replace_a_file_unless_told_to(tmp_path: Path) -> None:
    target = tmp_path / "mine.toml"
    target.write_text("mine", encoding="utf-8")
    first = CliRunner().invoke(group, ["config", "init", "-o", str(target)])
    assert first.exit_code
    assert target.read_text(encoding="utf-8") == "mine"
    second = CliRunner().invoke(group, ["config", "init", "--force", "--lang", "fr", "-o", str(target)])
    assert second.exit_code == 0
    assert "L’entreprise qui répond" in target.read_text(encoding="utf-8")


def test_check_strict_ends_with_an_error_where_a_text_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "controller.toml"
    shutil.copy(FILLED_IN, file)
    whole = CliRunner().invoke(group, ["config", "check", str(file), "--strict"])
    assert whole.exit_code == 0
    assert whole.output.count("nothing is missing") == len(LANGUAGES)
    file.write_text(file.read_text(encoding="utf-8").replace("text.fr", "# text.fr"), encoding="utf-8")
    result = CliRunner().invoke(group, ["config", "check", str(file), "--lang", "fr", "--strict"])
    assert result.exit_code
    assert 'letter = "basis": text.fr' in result.output
