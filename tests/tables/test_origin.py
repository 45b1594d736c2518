"""Each row of the tables says where its data come from: provided, observed or inferred (Art. 20 GDPR)."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import dsr_report
from dsr_report.cli.group import group
from dsr_report.errors import UsageError
from dsr_report.records.kind import Kind, field
from dsr_report.records.kinds import KINDS, declared
from dsr_report.tables.schema import tables, tables_by_name

FIELDS = {"Name": "Robin", "Score": "7", "Since": "2020-01-01", "Other": "x"}
DATA = [
    {"ID": "7", "database": "7601", "fields": FIELDS, "interests": ["Sport"]},
    {"subprofile": {"ID": "8", "collection": "12", "profile": "7", "fields": {"Score": "3"}}},
    {"forms": [{"title": "Contact", "timestamp": "2024-02-01 10:00:00", "fields": {"Score": "9"}}]},
    {"clicks": [{"timestamp": "2024-01-31 10:00:00", "link": "https://shop.example/", "ip": "192.0.2.1"}]},
    {"notes": [{"note": "Called twice", "timestamp": "2024-02-02 10:00:00"}]},
    {"surveys": [{"survey": "How?", "timestamp": "2024-02-01 10:00:00", "answers": [{"question": "?"}]}]},
    {"messages": [{"ID": "0" * 31 + "a", "timestampsent": "2020-03-04 05:06:07", "mime": "To: a\r\n\r\nb"}]},
    {"history": [{"field": "Score", "old": "1", "new": "2", "timestamp": "2024-01-01 10:00:00"}]},
    {"loyalty": [{"points": 3, "level": "gold"}]},
    {"riddle": {"of": "nobody"}},
]  # fmt: skip
CONFIG = """
[[field]]
name = "Name"
origin = "provided"

[[field]]
name = "Score"
database = 7601
origin = "inferred"

[[field]]
name = "score"
collection = 12
origin = "observed"

[[field]]
name = "Since"
origin = "observed"

[[field]]
name = "interests"
origin = "provided"

[records.loyalty]
keys = ["points", "level"]
origin = "inferred"
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder with an export and a configuration."""
    folder = tmp_path_factory.mktemp("origin")
    content = {"info": {"type": "profile", "id": "7"}, "data": DATA}
    (folder / "export.json").write_text(json.dumps(content), encoding="utf-8")
    (folder / "controller.toml").write_text(CONFIG, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def known(place):
    with dsr_report.read(place / "export.json", config=place / "controller.toml") as export:
        yield export.tables.load()


def said(frame: pd.DataFrame, *columns: str) -> dict[tuple[str, ...], str | None]:
    """The origin of each row, by some of its cells."""
    cells = frame["origin"].astype(object).where(frame["origin"].notna(), None)
    return dict(zip(zip(*(frame[name] for name in columns), strict=True), cells, strict=True))


def test_every_table_but_that_of_whom_it_is_about_has_the_column():
    for one in tables():
        assert ("origin" in one.names) == (one.name != "subject"), one.name
        if one.name != "subject":
            assert one.column("origin").categories == ("provided", "observed", "inferred")


def test_rows_of_a_kind_have_its_origin(known):
    expected = {"messages": "observed", "message_headers": "observed", "message_parts": "observed",
                "events": "observed", "forms": "provided", "survey_submissions": "provided",
                "survey_answers": "provided", "notes": "inferred"}  # fmt: skip
    for name, origin in expected.items():
        assert known[name]["origin"].unique().tolist() == [origin], name
    for name in ("profiles", "unrecognised"):
        assert len(known[name]) == known[name]["origin"].isna().sum() == 1, name


def test_parts_of_messages_and_surveys_have_the_origin_of_their_records():
    for name, kind in [("message_headers", "message"), ("message_parts", "message"), ("links", "message"),
                       ("survey_answers", "survey")]:  # fmt: skip
        assert tables_by_name()[name].origin == KINDS[kind].origin


def test_a_field_has_the_origin_that_the_controller_gives_it_in_its_database_or_collection(known):
    origins = said(known["fields"], "record_kind", "name")
    assert origins["profile", "Name"] == "provided"
    assert origins["profile", "Score"] == "inferred"
    assert origins["profile", "Since"] == "observed"
    assert origins["profile", "Other"] is None
    assert origins["subprofile", "Score"] == "observed"


def test_what_was_filled_in_stays_provided_whatever_the_profile_has_under_that_name(known):
    assert said(known["fields"], "record_kind", "name")["form", "Score"] == "provided"


def test_interests_own_kinds_of_records_and_earlier_values_follow_the_configuration(known):
    assert known["interests"]["origin"].tolist() == ["provided"]
    assert known["custom"]["origin"].tolist() == ["inferred"]
    assert set(known["history"]["origin"]) == {"observed"}, "of no database, and so recorded as a change"


def test_without_a_configuration_only_the_kind_tells(place):
    with dsr_report.read(place / "export.json") as export:
        origins = said(export.tables["fields"], "record_kind", "name")
        assert {origin for (kind, _), origin in origins.items() if kind != "form"} == {None}
        assert origins["form", "Score"] == "provided"
        assert export.tables["interests"]["origin"].isna().all()


def test_keys_and_order_do_not_depend_on_the_configuration(place, known):
    with dsr_report.read(place / "export.json") as export:
        for name in ("fields", "interests", "history", "events"):
            pd.testing.assert_frame_equal(
                known[name].drop(columns="origin"), export.tables[name].drop(columns="origin")
            )


def test_rows_held_as_arrow_say_the_same(place, known):
    with dsr_report.read(place / "export.json", config=place / "controller.toml") as export:
        with export.tables_of(tables_by_name(), arrow=False) as lists:
            for name in tables_by_name():
                pd.testing.assert_frame_equal(lists[name], known[name])
        for name in ("fields", "events", "unrecognised"):
            column = known.arrow(name, ["origin"]).column(0).to_pylist()
            assert column == [None if pd.isna(cell) else cell for cell in known[name]["origin"]]


def test_kinds_of_one_table_can_differ():
    kinds = [
        Kind(f"wish_{origin}", (origin, origin), origin, "other", (field("text", "text", f"wish{origin}"),),
             table="wishes", keys=frozenset({f"wish{origin}"}), origin=origin)
        for origin in ("provided", "inferred")
    ]  # fmt: skip
    content = {"info": {"type": "profile", "id": "7"}, "data": [{"wishprovided": "a"}, {"wishinferred": "b"}]}
    with declared(*kinds), dsr_report.read(json.dumps(content).encode()) as export:
        assert said(export.tables["wishes"], "text") == {("a",): "provided", ("b",): "inferred"}
        with export.tables_of(["wishes"], arrow=False) as lists:
            assert said(lists["wishes"], "text") == {("a",): "provided", ("b",): "inferred"}


def test_a_cell_of_a_log_has_the_origin_of_the_rows_kind():
    log = "timestamp;ip;link\n2024-01-31 10:00:00;192.0.2.1;https://shop.example/\n"
    content = {"info": {"type": "profile", "id": "7"}, "data": [{"type": "log", "log": log}]}
    with dsr_report.read(json.dumps(content).encode()) as export:
        rows = export.tables["log_rows"]
        assert len(rows)
        assert set(rows["origin"]) == {"observed"}


@pytest.mark.parametrize("form", ["csv", "sqlite", "duckdb", "parquet", "xlsx"])
@pytest.mark.parametrize("combine", [False, True], ids=["one", "combined"])
def test_the_command_writes_it_in_every_format(place, tmp_path, form, combine):
    words = ["tables", str(place / "export.json"), "-o", str(tmp_path), "--format", form]
    words += ["--config", str(place / "controller.toml")]
    done = CliRunner().invoke(group, words + (["--combine"] if combine else []))
    assert done.exit_code == 0, done.output
    match form:
        case "csv":
            frame = pd.read_csv(tmp_path / "fields.csv", keep_default_na=False, na_values=[""])
        case "parquet":
            frame = pd.read_parquet(tmp_path / "fields.parquet")
        case "xlsx":
            frame = pd.read_excel(tmp_path / "tables.xlsx", sheet_name="fields")
        case "sqlite":
            connection = sqlite3.connect(tmp_path / "tables.sqlite")
            frame = pd.read_sql("SELECT * FROM fields", connection)
            connection.close()
        case "duckdb":
            duckdb = pytest.importorskip("duckdb")
            with duckdb.connect(str(tmp_path / "tables.duckdb")) as connection:
                frame = connection.sql("SELECT * FROM fields").df()
    origins = said(frame, "record_kind", "name")
    assert origins["profile", "Score"] == "inferred"
    assert origins["profile", "Other"] is None


def test_the_description_of_the_files_lists_its_values_and_says_what_they_mean(place, tmp_path):
    dsr_report.write_tables(place / "export.json", tmp_path, lang="de")
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    for resource in package["resources"]:
        found = {one["name"]: one for one in resource["schema"]["fields"]}
        if resource["name"] != "subject":
            assert found["origin"]["constraints"]["enum"] == ["provided", "observed", "inferred"]
            assert "bereitgestellt" in found["origin"]["description"]


def test_a_configuration_comes_too_late_for_what_was_read(place, tmp_path):
    with dsr_report.read(place / "export.json") as export, pytest.raises(UsageError, match="too late"):
        dsr_report.write_tables(export, tmp_path, config=place / "controller.toml")
    with dsr_report.read_many(place / "export.json") as exports, pytest.raises(UsageError, match="too late"):
        dsr_report.write_tables(exports, tmp_path, config=place / "controller.toml")
