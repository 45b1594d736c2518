"""What a package has for programs: tables that describe themselves, particulars as linked data, schemas."""

import csv
import hashlib
import json
import tomllib
import zipfile
from pathlib import Path

import pytest

import dsr_report
from dsr_report import schemas
from dsr_report.config import FieldText, load_config
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.lexicon import SOURCE_LANGUAGE
from dsr_report.tables import schema as tables_schema
from dsr_report.writers.datapackage import words_for

jsonschema = pytest.importorskip("jsonschema")
ROOT = Path(__file__).resolve().parents[2]
CONTROLLER = ROOT / "sample_exports" / "controller.toml"


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A small package in Dutch, as a dictionary of its members, and its path."""
    path = tmp_path_factory.mktemp("portable") / "disclosure.zip"
    config = load_config(CONTROLLER)
    config = config.model_copy(
        update={"field": (*config.field, FieldText(name="Cotisation", origin="inferred"))}
    )
    with (
        dsr_report.read(dsr_report.sample("subprofile-41522")) as export,
        dsr_report.Report(export, lang="nl", config=config, reference="A-1") as report,
    ):
        report.to_zip(path, workers=1)
    with zipfile.ZipFile(path) as archive:
        return path, {name: archive.read(name) for name in archive.namelist()}


def rows(content):
    return list(csv.DictReader(content.decode("utf-8").splitlines(keepends=True)))


def test_tables_describe_themselves(package):
    _, members = package
    described = json.loads(members["data/tables/datapackage.json"])
    names = {name.removeprefix("data/tables/") for name in members if name.endswith(".csv")}
    assert {one["path"] for one in described["resources"]} == names
    for one in described["resources"]:
        content = members[f"data/tables/{one['path']}"]
        assert one["bytes"] == len(content)
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        fields = one["schema"]["fields"]
        head = content.decode("utf-8").splitlines()[0].split(",")
        assert [field["name"] for field in fields] == head
        assert all(field["title"] and field["description"] for field in fields)
        there = rows(content)
        key = one["schema"]["primaryKey"]
        assert len({tuple(row[name] for name in key) for row in there}) == len(there)
        for field in fields:
            cells = [row[field["name"]] for row in there if row[field["name"]]]
            if field["type"] == "integer":
                assert all(cell.lstrip("-").isdigit() for cell in cells)
            if field["type"] == "boolean":
                assert set(cells) <= {*field["trueValues"], *field["falseValues"]}
            if "enum" in field.get("constraints", {}):
                assert set(cells) <= set(field["constraints"]["enum"])


def test_rows_say_what_the_configuration_of_the_report_says_of_where_fields_come_from(package):
    _, members = package
    there = {
        (row["record_kind"], row["name"]): row["origin"] for row in rows(members["data/tables/fields.csv"])
    }
    assert there["subprofile", "Cotisation"] == "inferred"
    assert there["subprofile", "Langue"] == ""
    assert there["form", "Repas"] == "provided"


def test_foreign_keys_lead_to_rows(package):
    _, members = package
    described = json.loads(members["data/tables/datapackage.json"])
    by_name = {one["name"]: one for one in described["resources"]}
    for one in described["resources"]:
        for reference in one["schema"]["foreignKeys"]:
            target = by_name[reference["reference"]["resource"]]
            there = {
                tuple(row[name] for name in reference["reference"]["fields"])
                for row in rows(members[f"data/tables/{target['path']}"])
            }
            for row in rows(members[f"data/tables/{one['path']}"]):
                assert tuple(row[name] for name in reference["fields"]) in there


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_column_is_explained_in_the_readers_language(code):
    language = language_of(code)
    for table in tables_schema.tables():
        assert code == SOURCE_LANGUAGE or table.description in language.texts
        for column in table.columns:
            title, description = words_for(column, table, language)
            assert title
            assert description
            if code != SOURCE_LANGUAGE:
                assert (title, description) != words_for(column, table, language_of(SOURCE_LANGUAGE)), (
                    f"{table.name}.{column.name} is not explained in {code}"
                )


def test_particulars_are_linked_data_of_what_the_configuration_says(package):
    _, members = package
    told = json.loads(members["data/article-15.jsonld"])
    config = tomllib.loads(CONTROLLER.read_text(encoding="utf-8"))
    assert told["@type"] == "dpv:Process"
    assert told["dpv:hasDataController"]["dpv:hasName"] == config["controller"]["name"]
    assert told["dct:identifier"] == "A-1"
    prefixes = set(told["@context"])

    def walk(value):
        if isinstance(value, dict):
            for name, member in value.items():
                if name == "@context":
                    continue
                assert name.startswith("@") or name.partition(":")[0] in prefixes or name in LANGUAGES
                yield from walk(member)
        elif isinstance(value, list):
            for element in value:
                yield from walk(element)
        else:
            yield value

    texts = set(walk(told))
    for statement in config["statement"]:
        if "when" not in statement:
            assert set(statement["text"].values()) <= texts
    assert {"eu-gdpr:A17", "eu-gdpr:A77"} <= texts
    assert not {"", None} & texts


@pytest.mark.parametrize(
    "password", ["mail_client", "message_in_export", "tabular-data-resource", "marketing-suite"]
)
def test_a_password_that_is_called_like_something_of_ours_is_masked_and_stops_nothing(password, tmp_path):
    profile = {"ID": "500", "database": "1", "fields": {"Wachtwoord": password, "Name": "Robin"}}
    data = {"info": {"type": "profile", "id": "500"}, "data": [profile]}
    with dsr_report.read(json.dumps(data).encode()) as export, dsr_report.Report(export) as report:
        assert report.to_zip(tmp_path / "a.zip", workers=1).values.masked == 1
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert password not in archive.read("data/export.json").decode()


def test_without_a_configuration_nothing_is_made_up(tmp_path):
    with dsr_report.read(dsr_report.sample("nothing-found")) as export, dsr_report.Report(export) as report:
        report.to_zip(tmp_path / "a.zip", workers=1)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        told = json.loads(archive.read("data/article-15.jsonld"))
    assert {name for name in told if name.startswith("dpv:")} == {"dpv:hasDataSubject", "dpv:hasRight"}


# ---- schemas


def check(name, value):
    jsonschema.validators.validator_for(schemas.schema(name)).check_schema(schemas.schema(name))
    jsonschema.validate(value, schemas.schema(name))


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_published_schemas_are_those_of_the_code(name):
    published = ROOT / "docs" / "schemas" / f"{name}.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == schemas.schema(name), (
        "run: python -m dsr_report.schemas"
    )


def test_what_a_package_holds_fits_its_schemas(package):
    _, members = package
    check("manifest", json.loads(members["manifest.json"]))
    lines = members["ledger.jsonl"].splitlines()
    assert lines
    for line in lines:
        check("ledger", json.loads(line))


@pytest.mark.parametrize("sample", ["subprofile-41522", "layouts/01-nested", "nothing-found", "hostile"])
def test_inspections_and_reviews_fit_their_schemas(sample, tmp_path):
    with dsr_report.read(dsr_report.sample(sample)) as export:
        check("inspection", dsr_report.inspect(export).to_dict())
        review = dsr_report.review(export, tmp_path / "review.toml")
        check("review", review.to_dict())
        check("decisions", tomllib.loads((tmp_path / "review.toml").read_text(encoding="utf-8")))
        for finding in review.findings:
            review.decide(finding, "withhold", reason="another person")
        review.mark_read()
        check("decisions", tomllib.loads(review.to_toml()))


def test_batch_results_fit_their_schema(tmp_path):
    from dsr_report.batch.results import Result, ResultsFile

    journal = ResultsFile(tmp_path / "results.jsonl")
    journal.add(Result(1, "a", ok=True, file="a.pdf", sha256="0" * 64, values=3, seconds=1.5), "settings")
    journal.add(Result(2, "b", ok=False, error="no such subject", exit_code=1, warnings=("odd",)), "settings")
    for line in (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines():
        check("batch-result", json.loads(line))


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_a_schema_refuses_what_is_something_else(name):
    with pytest.raises(jsonschema.ValidationError):
        check(name, {"something": "else"})
