"""A table costs what it needs: what is not asked for is not read, and Arrow has the same cells."""

import json

import pytest

import dsr_report
from dsr_report.errors import UnknownNameError
from dsr_report.records.parser import parse
from dsr_report.shipped import shipped
from dsr_report.tables import messages
from dsr_report.tables.build import build
from dsr_report.tables.ids import MessageIds

SAMPLE = shipped("sample_exports") / "subprofile-20285.json"


@pytest.fixture
def export():
    with dsr_report.read(SAMPLE) as export:
        yield export


@pytest.fixture
def passes(export, monkeypatch):
    """What is read of the export, a word for each pass."""
    made = []
    batches = export.file.batches

    def counted(*arguments):
        made.append("pass")
        return batches(*arguments)

    monkeypatch.setattr(export.file, "batches", counted)
    return made


@pytest.fixture(scope="module")
def whole():
    with dsr_report.read(SAMPLE) as export:
        yield export.tables.load()


def test_events_read_no_message(export, monkeypatch):
    monkeypatch.setattr(messages, "parse", lambda _: pytest.fail("a message was parsed"))
    events = export.tables["events"]
    assert events.message_in_export.all()
    assert events.link_key.notna().sum() == 33


def test_a_table_that_is_made_alone_is_the_same(export, whole):
    for name in ("events", "links", "messages", "fields", "statistics"):
        assert list(export.tables.batches(name)) == list(whole.batches(name))


def test_several_tables_take_one_pass(export, passes):
    tables = export.tables.load("events", "messages", "links")
    assert all(len(tables[name]) for name in ("events", "messages", "links"))
    assert passes == ["pass"]
    assert all(len(tables[name]) for name in ("fields", "interests", "statistics"))
    assert len(passes) == 2


def test_all_tables_take_one_pass(export, passes):
    assert {name: len(frame) for name, frame in export.tables.items()}["messages"] == 62
    assert len(passes) == 1


def test_whom_an_export_is_about_takes_no_pass(export, passes):
    assert export.tables["subject"].subject_key.tolist() == ["subprofile:20285"]
    assert passes == []


@pytest.mark.parametrize(
    ("name", "near"),
    [("event", "events"), ("Events", "events"), ("link", "links"), (3, "sms"), ("x" * 500, "sms")],
)
def test_an_unknown_table_names_the_nearest(export, name, near):
    with pytest.raises(UnknownNameError) as caught:
        export.tables[name]
    assert isinstance(caught.value, KeyError)
    assert near in str(caught.value)
    assert len(str(caught.value)) < 500
    assert export.tables.get(name) is None


def test_an_unknown_column_names_the_nearest(export):
    pytest.importorskip("pyarrow")
    with pytest.raises(UnknownNameError, match="Did you mean occurred_at"):
        export.tables.arrow("events", ["occured_at"])


def test_arrow_has_the_cells_of_every_table(whole):
    pa = pytest.importorskip("pyarrow")
    for name in whole:
        table = whole.arrow(name)
        cells = {column: [] for column in table.column_names}
        for batch in whole.batches(name):
            for column in batch:
                cells[column] += batch[column]
        for column in table.column_names:
            there = table[column]
            if pa.types.is_timestamp(there.type):
                there = there.cast(pa.int64())
            assert there.to_pylist() == cells[column], (name, column)


@pytest.mark.parametrize("held", [False, True], ids=["lists", "arrow"])
def test_rows_held_either_way_come_out_the_same(export, held, whole):
    pytest.importorskip("pyarrow")
    info = export.info
    with build(export.found(), export.zone, info=info.value, info_pointer=info.pointer, arrow=held) as tables:
        for name in whole:
            assert list(tables.batches(name)) == list(whole.batches(name))


def test_duckdb_and_polars_take_a_table(export):
    duckdb, polars = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    events, connection = export.tables.arrow("events"), duckdb.connect()
    connection.register("events", events)
    connection.register("rows", export.tables.scan("events"))
    expected = export.tables["events"].groupby("kind", observed=True).size().to_dict()
    counts = connection.execute("SELECT kind, count(*) FROM events GROUP BY kind").fetchall()
    assert dict(counts) == expected
    ((noon,),) = connection.execute("SELECT max(hour(occurred_at_local)) FROM rows").fetchall()
    assert noon == export.tables["events"].occurred_at_local.dt.hour.max()
    frame = polars.from_arrow(events)
    assert dict(frame.group_by("kind").len().rows()) == expected
    assert frame["occurred_at_local"].dt.hour().max() == noon


def test_some_columns_can_be_scanned(export):
    pytest.importorskip("pyarrow")
    table = export.tables.arrow("events", ["kind", "occurred_at"])
    assert table.column_names == ["kind", "occurred_at"]
    assert table.num_rows == 191


def test_tables_of_a_compressed_stream_are_closed_with_the_export(tmp_path):
    data = {
        "info": {"type": "profile", "id": "1"},
        "data": [{"event": "open", "time": "2020-01-01 10:00:00"}],
    }
    with dsr_report.read(json.dumps(data).encode()) as export:
        assert len(export.tables["events"]) == 1
        made = export.tables
    assert "none made yet" in repr(made)


@pytest.mark.parametrize(
    "sample", ["subprofile-20285", "email-someone", "hostile", "layouts/05-keyed", "layouts/07-bare-texts"]
)
def test_ids_of_messages_that_are_not_parsed_are_those_that_they_have(sample):
    quick, parsed = MessageIds(), MessageIds()
    with dsr_report.read(dsr_report.sample(sample)) as export:
        for found in export.found():
            if found.kind == "message":
                quick.learn_of(found, export.zone)
                record = parse(found, export.zone)
                parsed.learn(record.internal_id, record.message_id, record.family)
    assert quick.in_export() == parsed.in_export()
    assert vars(quick) == vars(parsed)


def test_halves_of_characters_are_escapes_in_arrow_and_in_frames():
    pytest.importorskip("pyarrow")
    click = {"link": "https://x.example/\ud83d", "link_id": "7", "timestamp": "9999-12-31 23:59:59"}
    data = {"info": {"type": "profile", "id": "\ud83d"}, "data": [{"type": "click", "data": click}]}
    with dsr_report.read(json.dumps(data).encode()) as export:
        for name in ("subject", "events"):
            assert export.tables.arrow(name)["subject_key"].to_pylist() == ["profile:\\ud83d"]
            assert export.tables[name].subject_key.tolist() == ["profile:\\ud83d"]
        assert export.tables.arrow("events")["link"].to_pylist() == ["https://x.example/\\ud83d"]
