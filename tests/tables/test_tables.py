"""Tables: declared once, the same for every layout, exact, and joined across products."""

import csv
import json
import sqlite3
from itertools import repeat
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from click.testing import CliRunner
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dsr_report.choices import TABLE_FORMATS
from dsr_report.cli.group import group
from dsr_report.errors import UsageError
from dsr_report.jsonstream.file import open_export
from dsr_report.jsonstream.items import Item
from dsr_report.jsonstream.window import Limits
from dsr_report.records.alike import Lot
from dsr_report.records.classifier import Classifier
from dsr_report.records.kinds import EVENT_KINDS
from dsr_report.records.parser import parse
from dsr_report.shipped import shipped
from dsr_report.tables import schema, store
from dsr_report.tables.build import build
from dsr_report.tables.documentation import documentation
from dsr_report.tables.events import EventColumns, row_of
from dsr_report.tables.writers import write

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SAMPLES = shipped("sample_exports")
LAYOUTS = [
    entry["file"]
    for entry in json.loads((SAMPLES / "index.json").read_text(encoding="utf-8"))["layouts"]
    if entry.get("same_tables")
]
REFERENCE = "layouts/01-nested.json"


def tables_of(*records, zone=AMSTERDAM, info=None):
    entries = [Item(f"/data/{i}", (), record) for i, record in enumerate(records)]
    return build(Classifier().find(entries), zone, info=info)


def tables_of_file(name):
    with open_export(str(SAMPLES / name)) as file:
        return build(Classifier().find(file.items()), AMSTERDAM, info=file.info.value)


def rows(tables, name):
    return [
        dict(zip(batch, cells, strict=True))
        for batch in tables.batches(name)
        for cells in zip(*batch.values(), strict=True)
    ]


@pytest.fixture(scope="module")
def reference():
    with tables_of_file(REFERENCE) as tables:
        yield {name: tables[name] for name in tables}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_sample_layout_gives_the_same_tables(layout, reference):
    with tables_of_file(layout) as tables:
        for name, expected in reference.items():
            got = tables[name]
            left_out = ["pointer", "other_pointers"] if name == "messages" else ["pointer"]
            pd.testing.assert_frame_equal(
                got.drop(columns=left_out).reset_index(drop=True),
                expected.drop(columns=left_out).reset_index(drop=True),
                obj=name,
            )


@pytest.mark.parametrize("table", schema.tables(), ids=lambda table: table.name)
def test_a_table_has_the_columns_and_types_that_it_declares(table, reference):
    frame = reference[table.name]
    assert list(frame.columns) == list(table.names)
    types = {"string": "string", "int64": "Int64", "boolean": "boolean"}
    for column in table.columns:
        assert str(frame[column.name].dtype) in {types.get(column.dtype, column.dtype), column.dtype}
        assert column.description.endswith(".")
    assert "pointer" in table.names
    assert set(table.order) | {table.key} <= set(table.names)
    assert frame[table.key].is_unique
    assert frame[table.key].notna().all()


def test_the_contracts_tables_are_there():
    assert {
        "subject", "profiles", "subprofiles", "fields", "interests", "messages", "message_headers",
        "message_parts", "links", "events", "survey_submissions", "survey_answers", "files", "unrecognised",
    } <= set(schema.tables_by_name())  # fmt: skip


def test_the_documentation_is_made_of_the_declarations():
    page = Path(__file__).parents[2] / "docs" / "tables.md"
    assert page.read_text(encoding="utf-8") == documentation(), (
        "run: python -m dsr_report.tables.documentation > docs/tables.md"
    )


MESSAGE = {
    "ID": "0cc175b9c0f1b6a831c399e269772661",
    "timestampsent": "2016-03-04 05:06:07",
    "internal": "802300",
    "profile": "90211",
    "subprofile": None,
    "mailing": "42001",
}


def test_numbers_and_public_ids_lead_to_the_same_message():
    log = {
        "id": MESSAGE["ID"],
        "time": "2016-03-04 06:00:00",
        "attempts": 0,
        "email": "a@example.org",
        "groupid": 1,
    }
    statistic = {"ID": "1", "timestamp": "2016-03-04 06:00:01", "ip": "192.0.2.1", "device": "mobile"}
    statistic |= {"emailing": "42001", "destination": "802300"}
    tables = tables_of(statistic, log, MESSAGE)
    assert tables["messages"].message_key.tolist() == [MESSAGE["ID"]]
    assert tables["events"].message_key.tolist() == [MESSAGE["ID"]] * 2
    assert tables["events"].message_id.tolist() == [MESSAGE["ID"], "802300"]


def test_one_number_in_two_products_is_two_messages():
    suite = {
        "ID": "802300",
        "messageID": "q3v9k2m1x8c7b6n5",
        "timestampsent": "2017-01-01 00:00:00",
        "mailing": "4",
    }
    click = {
        "ID": "7",
        "mailing": "4",
        "link": "x",
        "timestamp": "2017-03-04 06:00:00",
        "destination": "802300",
    }
    old = {**click, "document": "1"}
    tables = tables_of(MESSAGE, suite, click, old)
    keys = tables["events"].set_index("family").message_key
    assert keys["marketing-suite"] == "q3v9k2m1x8c7b6n5"
    assert keys["publisher"] == MESSAGE["ID"]


def test_a_message_in_several_records_is_one_row():
    content = {"id": MESSAGE["ID"], "mime": "From: s@shop.example\r\nSubject: Hi\r\n\r\nHello"}
    for order in ([MESSAGE, content], [content, MESSAGE]):
        (row,) = rows(tables_of(*order), "messages")
        assert (row["subject"], row["internal_id"], row["sender"]) == ("Hi", "802300", "s@shop.example")
        assert len((row["pointer"] + " " + row["other_pointers"]).split()) == 2


def test_the_order_of_the_file_changes_nothing():
    clicks = [
        {"ID": str(i), "link": f"https://shop.example/{i % 3}", "timestamp": f"2020-01-0{1 + i % 7} 10:00:00"}
        for i in range(50)
    ]
    forward, backward = tables_of(*clicks)["events"], tables_of(*reversed(clicks))["events"]
    pd.testing.assert_frame_equal(forward.drop(columns="pointer"), backward.drop(columns="pointer"))
    assert forward.occurred_at.is_monotonic_increasing


@pytest.mark.parametrize(
    ("raw", "utc", "certainty"),
    [
        ("2021-07-01 12:00:00", "2021-07-01T10:00:00+00:00", "assumed"),
        ("2021-10-31 02:30:00", "2021-10-31T00:30:00+00:00", "ambiguous"),
        ("2021-03-28 02:30:00", "2021-03-28T01:30:00+00:00", "nonexistent"),
        ("2021-03-28", "2021-03-27T23:00:00+00:00", "date"),
        (1616893200, "2021-03-28T01:00:00+00:00", "exact"),
        ("0000-00-00 00:00:00", None, None),
        ("yesterday", None, None),
        ("2021-02-30 10:00:00", None, None),
        ("2021-02-03 10:61:00", None, None),
    ],
)
def test_moments_keep_their_text_and_say_how_sure_they_are(raw, utc, certainty):
    (row,) = rows(tables_of({"link": "x", "timestamp": raw, "ip": "192.0.2.1"}), "events")
    at = (
        None
        if row["occurred_at"] is None
        else pd.Timestamp(row["occurred_at"], unit="us", tz="UTC").isoformat()
    )
    assert (at, row["occurred_at_raw"], row["occurred_at_certainty"]) == (utc, str(raw), certainty)


def test_rows_that_are_alike_are_all_kept():
    click = {"ID": "1", "link": "x", "timestamp": "2020-01-01 10:00:00"}
    tables = tables_of(click, dict(click), dict(click))
    keys = tables["events"].event_key.tolist()
    assert [key.partition("-")[2] for key in keys] == ["", "2", "3"]
    assert sorted(tables["events"].pointer) == ["/data/0", "/data/1", "/data/2"]


def test_members_without_a_column_are_in_other():
    (row,) = rows(tables_of({"link": "x", "timestamp": "2020-01-01", "colour": {"a": [1, None]}}), "events")
    assert row["other"] == '{"colour": {"a": [1, null]}}'


# ---- the fast way and the plain one

_TEXTS = [
    "",
    "0",
    "7",
    "x",
    "a;b; c",
    "2020-01-01 10:00:00",
    "1588741689",
    "https://a.example",
    "802300",
    "\ud800",
]
_VALUES = (
    st.none()
    | st.sampled_from(_TEXTS)
    | st.booleans()
    | st.integers(0, 3)
    | st.lists(st.just("news"), max_size=2)
    | st.dictionaries(st.sampled_from(["ID", "x"]), st.just("4"), max_size=2)
)
_MEMBERS = (
    "ID id timestamp time ip header headers user-agent useragent link link_id linkinfo url original "
    "destination mailing emailing profile subprofile profileid tags email recipient template document "
    "groupid attempt from smtp-response description code status errorcode type colour device "
    "messageID to extended attempts"
)
_NAMES = st.sampled_from(_MEMBERS.split())


@examples(300)
@given(
    kind=st.sampled_from(["click", "open", "delivery", "error", "retry", "attempt", "unsubscribe", "abuse"]),
    names=st.lists(_NAMES, min_size=1, max_size=9, unique=True),
    layout=st.sampled_from(["nested", "flat", "label"]),
    data=st.data(),
)
def test_events_in_columns_are_the_rows_of_their_records(kind, names, layout, data):
    values = data.draw(
        st.lists(st.lists(_VALUES, min_size=len(names), max_size=len(names)), min_size=1, max_size=4)
    )
    records = [dict(zip(names, cells, strict=True)) for cells in values]
    wrap = {
        "nested": lambda record: {"type": kind, "data": record},
        "flat": lambda record: {"event": kind, **record},
        "label": lambda record: {f"{kind}s": [record]},
    }[layout]
    entries = [Item(f"/data/{i}", (), wrap(record)) for i, record in enumerate(records)]
    founds = [found for found in Classifier().find(entries) if found.kind in schema_kinds()]
    fast = []

    def put(columns, count):
        fast.extend({name: cells[i] for name, cells in columns.items()} for i in range(count))

    columns = EventColumns(AMSTERDAM, put, lambda record: fast.append(row_of(record)))
    for found in founds:
        columns.add(found)
    columns.end()
    plain = [row_of(parse(found, AMSTERDAM)) for found in founds]
    assert sorted(map(comparable, fast)) == sorted(map(comparable, plain))


@examples(200)
@given(
    kinds=st.lists(st.sampled_from(["click", "open", "delivery", "error"]), min_size=1, max_size=2),
    names=st.lists(_NAMES, min_size=1, max_size=6, unique=True),
    layout=st.sampled_from(["nested", "flat", "by number", "label"]),
    data=st.data(),
)
def test_events_read_together_are_the_rows_of_events_read_one_by_one(kinds, names, layout, data):
    usual = st.none() | st.sampled_from(_TEXTS)
    of_values = st.lists(usual | _VALUES, min_size=len(names), max_size=len(names))
    values = data.draw(st.lists(of_values, min_size=3, max_size=9))
    events = [dict(zip(names, cells, strict=True)) for cells in values]
    each = {
        "nested": lambda kind, event: {"type": kind, "data": event},
        "label": lambda _, event: event,
    }.get(layout, lambda kind, event: {"event": kind, **event})
    wrapped = [each(kinds[place % len(kinds)], event) for place, event in enumerate(events)]
    content = {"by number": dict(enumerate(wrapped)), "label": {f"{kinds[0]}s": wrapped}}.get(layout, wrapped)
    raw = json.dumps({"info": {}, "data": content}).encode()
    with open_export(raw, limits=Limits(window=200, windows=1)) as file:
        lots = map(Lot, file.batches())
        with build(Classifier().find(file.items()), AMSTERDAM) as one_by_one:
            expected = list(map(_apart, map(rows, repeat(one_by_one), one_by_one)))
        with build(Classifier().find_alike(lots, inside=False), AMSTERDAM) as together:
            assert list(map(_apart, map(rows, repeat(together), together))) == expected


def _apart(table):
    """Rows without their pointers, and the pointers: rows that are alike may stand in any order."""
    return [row | {"pointer": None} for row in table], sorted(
        row["pointer"] for row in table if "pointer" in row
    )


def test_a_cell_of_an_event_does_not_depend_on_the_cells_of_others():
    event = {"ID": "7", "timestamp": "2020-01-01 10:00:00"}
    opens = [{"event": "open", "ip": True}, {"event": "open", "value": None}]
    others = [
        {"event": "delivery", **event, "attempts": 1},
        {"event": "open", "value": {"ip": "192.0.2.7"}},
    ]
    with tables_of(*opens, *others) as together, tables_of(*others) as alone:
        cells = [
            {name: cell for name, cell in row.items() if name != "pointer"}
            for row in rows(together, "events")
        ]
        expected = rows(alone, "events")
    assert [row["attempts"] for row in expected] == [1, None]
    assert [row["attempts_raw"] for row in expected] == ["1", None]
    assert [row["ip"] for row in expected] == [None, "192.0.2.7"]
    for row in expected:
        assert {name: cell for name, cell in row.items() if name != "pointer"} in cells


def schema_kinds():
    return EVENT_KINDS


def comparable(row):
    return repr(sorted((name, cell) for name, cell in row.items() if cell is not None))


# ---- writing


@pytest.fixture(scope="module")
def awkward():
    records = [
        {"link": '=1+1, "x"\r\ny', "timestamp": "2020-01-01 10:00:00", "ip": ""},
        {"link": "x" * 40_000, "timestamp": "1890-01-01 10:00:00", "ip": None},
        {"link": "half \ud83d, nul \x00, ctl \x01, \U0001f600", "timestamp": "2020-01-02 10:00:00"},
        {
            "ID": "90211",
            "fields": {"Email": "a@example.org", "": 1, "n": None, "deep": {"a": [1]}},
            "database": "1",
        },
        {"loyalty": {"points": 5}},
        MESSAGE | {"mime": "From: s@shop.example\r\nSubject: =?utf-8?q?H=C3=AB?=\r\n\r\nHello"},
    ]
    with tables_of(*records, info={"type": "profile", "id": "90211"}) as tables:
        yield tables


def expected_links():
    half = "half \\ud83d, nul \x00, ctl \x01, \U0001f600"
    return ["x" * 40_000, '=1+1, "x"\r\ny', half]


@pytest.mark.parametrize("form", TABLE_FORMATS)
def test_every_format_writes_every_table_privately(form, awkward, tmp_path):
    written = write(awkward, tmp_path, form)
    assert [w.table for w in written] == list(schema.tables_by_name())
    assert {w.table: w.rows for w in written}["events"] == 3
    for path in {w.path for w in written}:
        assert path.stat().st_mode & 0o777 == 0o600
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_csv_is_exact(awkward, tmp_path):
    write(awkward, tmp_path, "csv")
    text = (tmp_path / "events.csv").read_bytes().decode("utf-8")
    assert text.count("\r\n") >= 4
    with (tmp_path / "events.csv").open(encoding="utf-8", newline="") as file:
        links = [row["link"] for row in csv.DictReader(file)]
    assert links == expected_links()
    fields = (tmp_path / "fields.csv").read_bytes().decode("utf-8")
    assert ',"",1,number,' in fields  # an empty name is no null
    assert ",n,,null," in fields


def test_parquet_keeps_types_and_values(awkward, tmp_path):
    pq = pytest.importorskip("pyarrow.parquet")
    write(awkward, tmp_path, "parquet")
    table = pq.read_table(tmp_path / "events.parquet")
    assert str(table.schema.field("occurred_at").type) == "timestamp[us, tz=UTC]"
    assert table["link"].to_pylist() == expected_links()


def test_sqlite_keeps_values_and_keys(awkward, tmp_path):
    write(awkward, tmp_path, "sqlite")
    connection = sqlite3.connect(tmp_path / "tables.sqlite")
    assert [
        row[0] for row in connection.execute("SELECT link FROM events ORDER BY rowid")
    ] == expected_links()
    query = "SELECT h.value FROM messages JOIN message_headers h USING (message_key) WHERE h.name = 'Subject'"
    assert connection.execute(query).fetchall() == [("Hë",)]
    connection.close()


def test_duckdb_keeps_values_and_types(awkward, tmp_path):
    duckdb = pytest.importorskip("duckdb")
    write(awkward, tmp_path, "duckdb")
    with duckdb.connect(str(tmp_path / "tables.duckdb"), read_only=True) as connection:
        assert [
            row[0] for row in connection.execute("SELECT link FROM events").fetchall()
        ] == expected_links()
        (kind,) = connection.execute("SELECT typeof(occurred_at) FROM events LIMIT 1").fetchone()
        assert kind == "TIMESTAMP WITH TIME ZONE"


def test_excel_evaluates_nothing_and_cuts_nothing(awkward, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    write(awkward, tmp_path, "xlsx")
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx", read_only=False)
    sheet = book["events"]
    names = [cell.value for cell in sheet[1]]
    place = names.index("link")
    cells = [row[place] for row in sheet.iter_rows(min_row=2)]
    assert cells[1].data_type == "s"
    assert cells[1].value.replace("_x000D_", "\r").startswith('=1+1, "x"')
    (pieces,) = list(book["continued"].iter_rows(min_row=2, values_only=True))
    assert cells[0].value + pieces[4] == "x" * 40_000


def test_records_that_differ_in_what_has_rows_of_its_own_have_keys_of_their_own_in_any_order():
    forms = [{"type": "form", "data": {"fields": {"Email": name}}} for name in "abc"]
    surveys = [{"survey": "S", "questions": {"1": {"question": "Q", "answer": name}}} for name in "xyz"]
    found = []
    for records in ([*forms, *surveys], [*surveys[::-1], *forms[::-1]]):
        with tables_of(*records) as tables:
            assert set(tables["fields"].record_key) == set(tables["forms"].form_key)
            keys = tables["survey_submissions"].submission_key
            assert set(tables["survey_answers"].submission_key) == set(keys)
            found.append([list(tables["forms"].form_key), list(keys)])
    assert found[0] == found[1]
    assert len(set(found[0][0])) == 3


@pytest.mark.parametrize("form", ["sqlite", "duckdb"])
def test_ids_that_look_like_numbered_keys_have_keys_of_their_own(form, tmp_path):
    pytest.importorskip("duckdb")
    ids = ["1", "1", "1-2", "1-2", "1-3"]
    records = [
        {"type": "mailing", "data": {"id": number, "subject": f"s{at}"}} for at, number in enumerate(ids)
    ]
    with tables_of(*records) as tables:
        write(tables, tmp_path, form)
        found = tables["mailings"].set_index("mailing_key")["mailing_id"].to_dict()
    assert sorted(found.values()) == ids
    assert [found[f"marketing-suite:{number}"] for number in set(ids)] == list(set(ids))


def test_excel_keeps_texts_of_characters_that_count_twice_and_long_numbers(tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    long = "x" + "\U0001f600" * 40_000
    size = "12345678901234567"
    with tables_of(
        {"ID": "1", "name": long, "directory": "d", "size": size, "created": "2020-01-01"}
    ) as tables:
        write(tables, tmp_path, "xlsx")
    book = openpyxl.load_workbook(tmp_path / "tables.xlsx")
    names, row = book["files"].iter_rows(values_only=True)
    pieces = [piece for *_, piece in book["continued"].iter_rows(min_row=2, values_only=True)]
    assert len(pieces) == 2
    assert row[names.index("name")] + "".join(pieces) == long
    assert row[names.index("size_bytes")] == size


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx", "sqlite"])
def test_the_same_export_gives_the_same_bytes(form, tmp_path):
    contents = []
    for turn in ("a", "b"):
        (tmp_path / turn).mkdir()
        with tables_of_file(REFERENCE) as tables:
            write(tables, tmp_path / turn, form)
        contents.append([p.read_bytes() for p in sorted((tmp_path / turn).iterdir())])
    assert contents[0] == contents[1]


def test_many_rows_are_put_aside_and_come_back_in_order(monkeypatch):
    monkeypatch.setattr(store, "_IN_MEMORY", 1)
    monkeypatch.setattr(store, "_MOST_ROWS", 100)
    clicks = [
        {"ID": str(i), "link": "x" if i % 5 else None, "timestamp": f"2020-01-01 10:{i * 7 % 60:02d}:00"}
        for i in range(1_000)
    ]
    spilled = tables_of(*clicks)["events"]
    monkeypatch.undo()
    pd.testing.assert_frame_equal(spilled, tables_of(*clicks)["events"])
    assert len(spilled) == 1_000
    assert spilled.occurred_at.is_monotonic_increasing


# ---- commands


def run(*arguments, stdin=None):
    return CliRunner().invoke(group, arguments, input=stdin, catch_exceptions=False)


def test_the_tables_command_reads_standard_input_and_prints_nothing(tmp_path):
    export = (SAMPLES / REFERENCE).read_bytes()
    result = run("tables", "-", "-o", str(tmp_path / "out"), stdin=export)
    assert (result.exit_code, result.stdout) == (0, "")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "datapackage.json",
        *(f"{t.name}.csv" for t in schema.tables()),
    }


def test_inspect_prints_what_the_contract_says():
    result = run("inspect", str(SAMPLES / REFERENCE), "--json")
    found = json.loads(result.stdout)
    assert list(found) == [
        "info",
        "sha256",
        "bytes",
        "records",
        "values",
        "period",
        "unrecognised",
        "warnings",
    ]
    assert found["info"] == {"type": "subprofile", "id": "20285"}
    assert found["records"]["message"] == 8
    assert found["unrecognised"][0]["keys"] == ["loyalty"]
    counts = found["values"]
    assert counts["total"] == counts["disclosed"] + counts["masked"] + counts["withheld"]
    assert found["period"]["first"] < found["period"]["last"]


def test_inspect_counts_every_value_of_the_export():
    result = run("inspect", str(SAMPLES / REFERENCE), "--json")

    def leaves(value):
        if isinstance(value, (dict, list)):
            return sum(map(leaves, value.values() if isinstance(value, dict) else value))
        return 1

    assert json.loads(result.stdout)["values"]["total"] == leaves(
        json.loads((SAMPLES / REFERENCE).read_bytes())
    )


@pytest.mark.parametrize("spelling", ["2020-01-01T06:00:00", "2020-01-01T05:00:00Z", "1577854800"])
def test_the_period_begins_with_the_first_moment_however_it_is_written(spelling):
    moments = ["2020-01-01 09:00:00", "2020-01-02 09:00:00", spelling]
    records = [{"event": "open", "time": moment} for moment in moments]
    export = json.dumps({"info": {"type": "profile", "id": "1"}, "data": records})
    result = run("inspect", "-", "--json", stdin=export.encode())
    assert json.loads(result.stdout)["period"] == {
        "first": "2020-01-01T06:00:00+01:00",
        "last": "2020-01-02T09:00:00+01:00",
    }


def test_inspect_explains_what_decided():
    text = run("inspect", str(SAMPLES / REFERENCE), "-v").stdout
    assert "by event open" in text
    assert "loyalty" in text


def test_inspect_suggests_a_configuration():
    tomllib = pytest.importorskip("tomllib")
    text = run("inspect", str(SAMPLES / REFERENCE), "--suggest").stdout
    assert set(tomllib.loads(text)["records"]) == {"loyalty", "wishlist"}


def test_an_unknown_zone_is_wrong_usage():
    for command in ("inspect", "tables"):
        with pytest.raises(UsageError, match="no time zone 'Mars/Olympus'") as error:
            run(command, str(SAMPLES / REFERENCE), "--timezone", "Mars/Olympus")
        assert error.value.exit_code == 2
