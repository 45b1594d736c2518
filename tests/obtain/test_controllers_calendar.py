"""Deadlines follow the holidays of the controller's country, as the configuration names it."""

import json
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner

from dsr_report.cli.register import CommandContext, register
from dsr_report.config import load_config
from dsr_report.errors import ConfigError, UsageError
from dsr_report.obtain import open_register

NOW = datetime(2026, 5, 6, 9, tzinfo=UTC)


def latest(tmp_path, text, received):
    file = tmp_path / "controller.toml"
    file.write_text(text, encoding="utf-8")
    with open_register("sqlite://", load_config(file), now=lambda: NOW) as opened:
        reference = opened.add(received_on=received)
        return opened.case(reference).deadlines.latest


@pytest.mark.parametrize(
    ("text", "received", "expected"),
    [
        ("", date(2026, 4, 1), date(2026, 5, 1)),
        ('[authority]\nlead = "BE"', date(2026, 4, 1), date(2026, 5, 4)),
        ('[authority]\nlead = "BE"\n[deadlines]\ncountry = "NL"', date(2026, 4, 1), date(2026, 5, 1)),
        ('[deadlines]\ncountry = "de"\nsubdivision = "NW"', date(2026, 5, 4), date(2026, 6, 5)),
        ('[authority]\nlead = "DE-NW"', date(2026, 5, 4), date(2026, 6, 5)),
        ('[deadlines]\ncountry = "DE"\nsubdivision = "BE"', date(2026, 5, 4), date(2026, 6, 4)),
        ("[deadlines]\nholidays = [2026-05-01]", date(2026, 4, 1), date(2026, 5, 4)),
        ("holidays = [2026-05-01]", date(2026, 4, 1), date(2026, 5, 4)),
    ],
    ids=["NL", "of the authority", "named", "NW", "of the Land", "Berlin", "own day", "own day on top"],
)
def test_the_end_moves_over_the_holidays_of_the_country_that_is_named(tmp_path, text, received, expected):
    assert latest(tmp_path, text, received) == expected


@pytest.mark.parametrize("text", ['country = "XX"', 'country = "DE"\nsubdivision = "QQ"'])
def test_a_country_that_nobody_knows_opens_no_register(tmp_path, text):
    with pytest.raises(UsageError, match=r"not known|is no country"):
        latest(tmp_path, f"[deadlines]\n{text}", date(2026, 4, 1))


def test_the_command_takes_the_configuration_from_its_option_and_from_the_environment(tmp_path):
    file = tmp_path / "controller.toml"
    file.write_text('[authority]\nlead = "BE"\n', encoding="utf-8")
    desk = CommandContext(lambda: NOW, f"sqlite:///{tmp_path}/register.sqlite3")
    ends = []
    for reference, more, environment in (
        ("A", [], {}),
        ("B", ["--config", str(file)], {}),
        ("C", [], {"DSR_REPORT_CONFIG": str(file)}),
    ):
        added = ["add", "--reference", reference, "--received", "2026-04-01", *more, "--json"]
        done = CliRunner().invoke(register, added, obj=desk, env=environment)
        assert done.exit_code == 0, done.output
        ends.append(json.loads(done.stdout)["deadlines"]["latest"])
    assert ends == ["2026-05-01", "2026-05-04", "2026-05-04"]


def test_a_fault_in_the_configuration_is_told_with_its_line(tmp_path):
    file = tmp_path / "controller.toml"
    file.write_text('[deadlines]\nland = "BE"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="line 2"):
        load_config(file)
