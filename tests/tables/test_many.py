"""Many exports stand together: one row each with its subject, read one at a time, from wherever they are."""

import gc
import json
import pickle
import sqlite3
from datetime import date

import pandas as pd
import pytest
from click.testing import CliRunner

import dsr_report
from dsr_report.cli.group import group
from dsr_report.errors import BrokenJsonError, FileError, NotAnExportError, UsageError
from dsr_report.tables import combined

KEY = "5eed5eed11112222"


def export_of(number):
    message = {"ID": "0" * 31 + "a", "timestampsent": "2020-03-04 05:06:07", "internal": "7", "mailing": "4"}
    opens = [
        {"ID": str(i), "timestamp": f"2020-03-0{4 + i} 06:00:00", "ip": "192.0.2.1", "device": "mobile",
         "emailing": "4", "destination": "7"}
        for i in range(number % 3 + 1)
    ]  # fmt: skip
    profile = {"ID": str(number), "database": "1", "secret": KEY, "fields": {"Name": f"Person {number}"}}
    info = {"type": "profile", "id": str(number)}
    return {"info": info, "data": [message, *opens, profile]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Twenty exports, in a folder and one below it."""
    place = tmp_path_factory.mktemp("exports")
    (place / "more").mkdir()
    for number in range(20):
        name = f"{number:02}.json" if number < 15 else f"more/{number}.json"
        (place / name).write_text(json.dumps(export_of(number)), encoding="utf-8")
    (place / "notes.txt").write_text("nothing", encoding="utf-8")
    return place


def test_tables_of_many_are_those_of_each_one_after_the_other(folder):
    with dsr_report.read_many(folder) as exports:
        assert len(exports) == 20
        for name in ("subject", "events", "messages", "fields", "links"):
            expected = []
            for path in exports.paths:
                with dsr_report.read(path) as export:
                    expected.append(export.tables[name])
            frame = exports.tables[name]
            if name == "subject":
                assert frame.export.tolist()[:2] == ["00.json", "01.json"]
                frame = frame.assign(export=pd.Series([pd.NA] * 20, dtype="string"))
            pd.testing.assert_frame_equal(frame, pd.concat(expected, ignore_index=True))
        assert exports.tables["events"].groupby("subject_key").size().sum() == sum(
            n % 3 + 1 for n in range(20)
        )


@pytest.mark.parametrize("kind", ["folder", "pattern", "paths", "texts", "generator"])
def test_many_are_named_by_folder_pattern_or_paths(folder, kind):
    source = {
        "folder": folder,
        "pattern": str(folder / "**" / "*.json"),
        "paths": sorted(folder.rglob("*.json")),
        "texts": [str(path) for path in folder.rglob("*.json")],
        "generator": (path for path in folder.rglob("*.json")),
    }[kind]
    assert len(dsr_report.read_many(source)) == 20


@pytest.mark.parametrize(
    ("source", "error"),
    [("nowhere", FileError), ("*.nothing", UsageError), ([], UsageError), (7, UsageError), ([7], UsageError),
     (b"{}", UsageError), ({"info": {}}, FileError)],
)  # fmt: skip
def test_what_names_no_export_is_said(source, error, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error) as caught:
        dsr_report.read_many(source)
    assert len(str(caught.value)) < 300


def test_only_one_export_is_open_at_a_time(folder, monkeypatch):
    closed = []
    close = dsr_report.Export.close
    monkeypatch.setattr(
        dsr_report.Export, "close", lambda export: (closed.append(export.path), close(export))
    )
    for number, export in enumerate(dsr_report.read_many(folder)):
        assert list(export.file.items())
        assert len(closed) == number
    assert len(closed) == 20


def test_memory_does_not_grow_with_their_number(folder, monkeypatch):
    """What is put aside is on disk, and each export's tables are let go of."""
    monkeypatch.setattr(combined, "_IN_MEMORY", 1)
    kept = []
    stores = dsr_report.export.Export.tables_of

    def counted(*arguments, **options):
        made = stores(*arguments, **options)
        kept.append(__import__("weakref").ref(made))
        return made

    monkeypatch.setattr(dsr_report.export.Export, "tables_of", counted)
    with dsr_report.read_many(folder) as exports:
        exports.tables.load("events", "fields")
        gc.collect()
        assert len(kept) == 20
        assert not [one for one in kept if one() is not None]
        assert len(exports.tables["events"]) > 30
        assert len(kept) == 20


def test_one_person_in_two_exports_keeps_two_keys(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.json").write_text(json.dumps(export_of(1)), encoding="utf-8")
    with dsr_report.read_many(tmp_path) as exports:
        assert exports.tables["subject"].subject_key.tolist() == ["profile:1", "profile:1-2"]
        assert set(exports.tables["events"].subject_key) == {"profile:1", "profile:1-2"}


def test_a_subject_whose_id_looks_like_a_numbered_one_has_a_key_of_its_own(tmp_path):
    for place, number in enumerate(["5", "5", "5-2"]):
        text = f'{{"info": {{"type": "profile", "id": "{number}"}}, "data": []}}'
        (tmp_path / f"{place}.json").write_text(text)
    with dsr_report.read_many(tmp_path) as exports:
        assert exports.tables["subject"].subject_key.is_unique


def test_a_broken_export_stops_or_is_left_out_as_asked(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(export_of(1)), encoding="utf-8")
    (tmp_path / "b.json").write_text('{"info": {"type": "profile", "id": "2"}, "data": [{"a": 1}, ', "utf-8")
    (tmp_path / "c.json").write_text("[]", "utf-8")
    with pytest.raises(BrokenJsonError, match=r"b\.json"):
        dsr_report.read_many(tmp_path).tables["events"]
    with dsr_report.read_many(tmp_path, skip=True) as exports:
        assert exports.tables["subject"].subject_key.tolist() == ["profile:1"]
        assert {path.name: type(error) for path, error in exports.skipped.items()} == {
            "b.json": BrokenJsonError,
            "c.json": NotAnExportError,
        }


def test_a_batch_is_read_from_its_disclosures(tmp_path):
    (tmp_path / "a.json").write_text(json.dumps(export_of(1)), encoding="utf-8")
    with dsr_report.read(tmp_path / "a.json") as export, dsr_report.Report(export) as report:
        report.to_html(tmp_path / "a.html")
        report.to_pdf(tmp_path / "a.pdf", workers=1)
    results = tmp_path / "batch-results.jsonl"
    lines = [{"key": "1", "ok": True, "file": "a.pdf"}, {"key": "2", "ok": False, "file": None}]
    results.write_text("\n".join(map(json.dumps, lines)) + '\n{"key": "3", "ok', "utf-8")
    for source in (tmp_path, results):
        with dsr_report.read_many(source) as exports:
            assert exports.tables["events"].shape[0] == 2
            assert exports.tables["profiles"].secret[0].startswith("[masked")
    results.write_text(json.dumps({"key": "1", "ok": True, "file": "a.html"}), "utf-8")
    with pytest.raises(UsageError, match="holds no export"):
        list(dsr_report.read_many(results))


def run(*arguments):
    return CliRunner().invoke(group, arguments, catch_exceptions=False)


@pytest.mark.parametrize("form", ["csv", "sqlite", "duckdb", "parquet"])
def test_the_command_combines(folder, tmp_path, form):
    pytest.importorskip("duckdb")
    out = tmp_path / "out"
    assert run("tables", "--combine", str(folder), "-o", str(out), "--format", form).exit_code == 0
    expected = sum(n % 3 + 1 for n in range(20))
    if form == "csv":
        assert len(pd.read_csv(out / "events.csv")) == expected
    elif form == "parquet":
        assert len(pd.read_parquet(out / "events.parquet")) == expected
    elif form == "sqlite":
        connection = sqlite3.connect(out / "tables.sqlite")
        query = "SELECT count(*) FROM events JOIN messages USING (subject_key, message_key)"
        assert connection.execute(query).fetchall() == [(expected,)]
        connection.close()


def test_several_exports_need_the_word(folder, tmp_path):
    with pytest.raises(UsageError, match="several exports"):
        run("tables", str(folder / "00.json"), str(folder / "01.json"), "-o", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


# ---- as disclosed


def test_masked_tables_hold_no_live_key(folder, tmp_path):
    with dsr_report.read(folder / "00.json") as export, export.masked(lang="nl") as shown:
        assert export.tables["profiles"].secret[0] == KEY
        assert shown.tables["profiles"].secret[0].startswith("[afgeschermd")
        assert shown.value_count == export.value_count
    for format_ in ("csv", "sqlite"):
        written = dsr_report.write_tables(folder / "00.json", tmp_path / format_, format=format_, masked=True)
        assert not [one for one in written if KEY.encode() in one.path.read_bytes()]
    with dsr_report.read_many(folder).masked() as exports:
        assert exports.tables["profiles"].secret.str.startswith("[masked").all()


def test_an_export_without_keys_is_masked_too(tmp_path):
    data = {
        "info": {"type": "profile", "id": "1"},
        "data": [{"event": "open", "time": "2020-01-01 10:00:00"}],
    }
    with dsr_report.read(json.dumps(data).encode()) as export:
        with export.masked() as shown:
            assert len(shown.tables["events"]) == 1
        assert len(export.tables["events"]) == 1


# ---- pickles


def test_exports_records_and_reports_are_pickled_or_say_what_to_pass(folder):
    with dsr_report.read(folder / "00.json", timezone="UTC") as export:
        records = list(export.records)
        again = pickle.loads(pickle.dumps(records))
        assert again == records
        assert [list(one.values()) for one in again] == [list(one.values()) for one in records]
        with pickle.loads(pickle.dumps(export)) as there:
            assert list(there.records) == records
            assert there.zone.key == "UTC"
        said = {
            "lang": "nl",
            "reference": "A-1",
            "request_id": "77",
            "delay": "illness",
            "collected": date(2024, 5, 1),
        }
        report = pickle.loads(pickle.dumps(dsr_report.Report(export, **said)))
        assert {name: getattr(report, name) for name in said} == said
        report.export.close()
        with export.masked() as shown, pytest.raises(TypeError, match="masked"):
            pickle.dumps(shown)
    with (
        dsr_report.read((folder / "00.json").read_bytes()) as export,
        pytest.raises(TypeError, match="its path"),
    ):
        pickle.dumps(export)


def test_a_pickled_export_that_changed_is_not_taken_for_it(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps(export_of(1)), encoding="utf-8")
    with dsr_report.read(path) as export:
        pickled = pickle.dumps(export)
    path.write_text(json.dumps(export_of(2)) + " ", encoding="utf-8")
    with pytest.raises(FileError, match="has changed"):
        pickle.loads(pickled)
