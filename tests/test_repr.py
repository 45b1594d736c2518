"""What a notebook shows of objects is free, and holds nothing of the person's data."""

import json
from pathlib import Path

import pytest

import dsr_report

PERSONAL = "Zonneweg"
EXPORT = {
    "info": {"type": "email", "id": f"{PERSONAL}@example.org"},
    "data": [
        {
            "event": "open",
            "data": {"id": f"{PERSONAL}1", "time": "2019-01-01 10:00:00", "odd": f"{PERSONAL}2"},
        },
        {"type": "profile", "data": {"ID": f"{PERSONAL}3", "fields": {"Street": f"{PERSONAL}4"}}},
        {"mine": f"{PERSONAL}5"},
        f"{PERSONAL}6",
    ],
}


@pytest.fixture
def export(tmp_path):
    file = tmp_path / "export.json"
    file.write_text(json.dumps(EXPORT), encoding="utf-8")
    with dsr_report.read(file) as export:
        yield export


def shown(thing):
    forms = [repr(thing), str(thing), f"{thing}"]
    if hasattr(thing, "_repr_html_"):
        forms.append(thing._repr_html_())
    assert all(form.strip() for form in forms)
    return " ".join(forms)


def everything(export):
    """The export, its parts, and a report of it."""
    tables = export.__dict__.get("tables")
    things = [export, export.info, export.records, dsr_report.Report(export)]
    return things if tables is None else [*things, tables]


def test_nothing_is_read_and_nothing_is_written(export, monkeypatch, tmp_path):
    things = everything(export)
    before = sorted(tmp_path.rglob("*"))

    def touched(*_args, **_kwargs):
        pytest.fail("a file was opened")

    monkeypatch.setattr("builtins.open", touched)
    monkeypatch.setattr("io.open", touched)
    monkeypatch.setattr("os.open", touched)
    monkeypatch.setattr(Path, "open", touched)
    monkeypatch.setattr(type(export.file), "raw", touched)
    assert all("not counted yet" in shown(thing) for thing in (export, export.records))
    assert all(map(shown, things))
    assert sorted(tmp_path.rglob("*")) == before


def test_what_was_counted_already_is_shown(export):
    assert export.summary.kinds
    assert "1 impression, 1 profile, 2 unrecognised" in shown(export)
    assert "1 impression, 1 profile, 2 unrecognised" in shown(export.records)


def test_no_value_of_the_export_is_shown(export):
    assert export.tables.load()
    report = dsr_report.Report(export, review=None)
    assert report.plan is not None
    things = [*everything(export), report, *export.records, *export.found()]
    assert len(things) > 10
    for thing in things:
        assert PERSONAL not in shown(thing)
    report.close()


def test_a_record_names_its_fields(export):
    opened = next(iter(export.records))
    assert "occurred_at" in repr(opened)
    assert "odd" in repr(opened)
    assert "/data/0" in repr(opened)


def test_tables_tell_how_many_rows_they_have(export):
    assert "none made yet" in repr(export.tables)
    assert export.tables.load()["subject"] is not None
    counts = repr(export.tables).removeprefix("<Tables: ").partition(";")[0]
    assert {"subject 1", "profiles 1", "events 1"} <= set(counts.split(", "))
