"""Provided, observed or inferred: said of each group of data in the letter, and of the tables' columns."""

# ruff: noqa: E501 - sentences stand as they are printed
from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from dsr_report.cli import config as command
from dsr_report.config import Config, FieldText, RecordText, load_config
from dsr_report.records.kinds import KINDS
from dsr_report.tables.schema import table, tables

PROFILE = {"ID": "7", "database": "7601", "secret": "s" * 32, "created": "2020-01-01 00:00:00", "interests": ["Sport"],
           "fields": {"Naam": "Robin Vos", "Score": "7", "Aanmelding": "2020-01-01", "Dieet": "halal", "Leeg": ""}}  # fmt: skip
DATA = [
    PROFILE,
    {"clicks": [{"timestamp": "2024-01-31 10:00:00", "link": "https://shop.example/", "ip": "192.0.2.1"}]},
    {
        "surveys": [
            {
                "survey": "Hoe was het?",
                "timestamp": "2024-02-01 10:00:00",
                "answers": [{"question": "?", "answer": "!"}],
            }
        ]
    },
    {"notes": [{"note": "Belde twee keer", "timestamp": "2024-02-02 10:00:00"}]},
]
FIELDS = Config(
    field=(
        FieldText(name="Naam", origin="provided"),
        FieldText(name="Score", origin="inferred"),
        FieldText(name="Aanmelding", origin="observed"),
        FieldText(name="Dieet", origin="provided", special=True, source={"en": "Your caterer told us."}),
    )
)


def categories(built, lang: str = "en", config: Config = FIELDS) -> str:
    with built(DATA, lang, config=config) as report:
        return " ".join(report.part("statements-part").text.split())


@pytest.mark.parametrize(
    "said",
    [
        "Details in your profile: Naam and Dieet. You gave us this.",
        "Details in your profile: Aanmelding. Our system recorded this.",
        "Details in your profile: Score. We worked this out ourselves.",
        "Answers that you gave in surveys and forms. You gave us this.",
        "Opens and clicks: when, the IP address, the device and program. Our system recorded this.",
        "Estimates of the place and the kind of device. We worked this out ourselves.",
        "Interests. The file with your data does not say where this comes from.",
        "Special categories of personal data (Article 9 GDPR) are or may be in: Dieet.",
        "Dieet: Your caterer told us.",
    ],
)
def test_each_group_of_data_says_where_it_comes_from(built, said: str) -> None:
    assert said in categories(built)


@pytest.mark.parametrize(
    ("lang", "words"),
    [("nl", ("Dit hebt u ons gegeven", "ons systeem vastgelegd", "zelf afgeleid")),
     ("de", ("uns gegeben", "unser System aufgezeichnet", "selbst abgeleitet")),
     ("fr", ("Source : vous-même", "Source : notre système", "Source : nos propres déductions"))],
)  # fmt: skip
def test_every_group_has_one_of_the_origins_in_every_language(
    built, lang: str, words: tuple[str, ...]
) -> None:
    text = categories(built, lang)
    for word in words:
        assert word in text


def test_of_a_field_of_which_nothing_is_known_the_report_says_so(built) -> None:
    text = categories(built, config=Config())
    assert "Naam, Score, Aanmelding and Dieet. The file with your data does not say where this" in text


def test_a_field_whose_source_alone_is_known_refers_to_the_list_that_has_it(built) -> None:
    fields = (
        FieldText(name="Naam", source={"en": "Your employer told us."}),
        FieldText(name="interests", origin="provided"),
    )
    text = categories(built, config=Config(field=fields))
    assert "Details in your profile: Naam. The source is stated under “Where your data came from" in text
    assert "Naam: Your employer told us." in text
    assert "Interests. You gave us this." in text


def test_of_a_kind_that_the_configuration_names_it_says_where_it_comes_from(built) -> None:
    own = RecordText(keys=("points",), title={"en": "Points"}, origin="inferred")
    with built([PROFILE, {"loyalty": [{"points": 3}]}], config=Config(records={"loyalty": own})) as report:
        text = " ".join(report.part("statements-part").text.split())
    assert "Other records: Points. We worked this out ourselves." in text


def test_each_kind_of_record_has_an_origin_but_those_of_which_only_the_company_knows() -> None:
    without = {kind.name for kind in KINDS.values() if not kind.origin}
    assert without == {"profile", "subprofile", "interest", "file", "envelope", "unrecognised"}


def test_the_columns_of_the_tables_say_it() -> None:
    events = table("events")
    assert events.column("ip").origin == "observed"
    assert {events.column(name).origin for name in ("city", "region", "country", "device")} == {"inferred"}
    assert table("forms").column("title").origin == "provided"
    page = (Path(__file__).resolve().parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")
    assert "| `city` | string |  | inferred |" in page
    assert page.count("| column | type | unit | origin | what it is |") == len(tables())


def test_config_fields_lists_the_fields_to_fill_in_without_their_values(tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_text(json.dumps({"info": {"type": "profile", "id": "7"}, "data": DATA}), encoding="utf-8")
    done = CliRunner().invoke(command.config, ["fields", str(export), "--lang", "nl"])
    assert done.exception is None
    assert [field["name"] for field in tomllib.loads(done.stdout)["field"]] == list(PROFILE["fields"])
    assert "halal" not in done.stdout
    filled = (
        done.stdout.replace('label.nl = ""', 'label.nl = "x"')
        .replace('explain.nl = ""', 'explain.nl = "x"')
        .replace('origin = ""', 'origin = "provided"')
    )
    known = tmp_path / "controller.toml"
    known.write_text(filled, encoding="utf-8")
    assert {field.database for field in load_config(known).field} == {7601}
    again = CliRunner().invoke(command.config, ["fields", str(export), "--config", str(known)])
    assert "field" not in tomllib.loads(again.stdout)


@pytest.mark.parametrize(
    "name", ['a"b', "back\\slash", "new\nline", "\u00e9\u4f8b", "\u202ex", "tab\t", "\x00"]
)
def test_names_of_any_signs_stay_toml(tmp_path: Path, name: str) -> None:
    export = tmp_path / "export.json"
    data = [{**PROFILE, "fields": {name: "x"}}]
    export.write_text(json.dumps({"info": {"type": "profile", "id": "7"}, "data": data}), encoding="utf-8")
    done = CliRunner().invoke(command.config, ["fields", str(export)])
    assert done.exception is None
    (field,) = tomllib.loads(done.stdout)["field"]
    assert (
        field["name"].encode("utf-8", "replace") == name.encode("utf-8", "replace") or not name.isprintable()
    )
