"""Recognition: every documented form and layout is understood, and no value is lost or named twice."""

import json
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from examples import examples
from hypothesis import example, given
from hypothesis import strategies as st
from specimens import SPECIMENS, items

from dsr_report.errors import LedgerError
from dsr_report.jsonstream.file import open_export
from dsr_report.jsonstream.items import Item, values
from dsr_report.jsonstream.window import Limits
from dsr_report.pointers import escape_token
from dsr_report.records import layouts
from dsr_report.records.classifier import Classifier
from dsr_report.records.custom import CustomKind, suggest
from dsr_report.records.decisions import Decisions
from dsr_report.records.parser import parse
from dsr_report.records.registry import after
from dsr_report.shipped import shipped

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
BY_KIND = dict(reversed(SPECIMENS))
LABELS = dict(
    pair.split("=")
    for pair in [
        "message=mimes",
        "click=pom-clicks",
        "impression=opens",
        "delivery=Afleveringen",
        "error=cdm_errors",
        "profile=profiel",
        "subprofile=Subprofiles",
        "unsubscribe=ms-unsubscribes",
        "file=profile-files",
        "retry=retries",
    ]
)


def found_in(data, *kinds):
    return list(Classifier(kinds).find(items(data)))


def kinds_in(data):
    return [found.kind for found in found_in(data) if found.kind != "envelope"]


def assert_divided_exactly(entries):
    founds = list(Classifier().find(entries))
    named = Counter(pair for found in founds for pair in _comparable(found.values()))
    there = Counter(pair for entry in entries for pair in _comparable(values(entry.value, entry.pointer)))
    assert named == there
    assert sum(found.value_count() for found in founds) == sum(there.values())
    for found in founds:
        record = parse(found, AMSTERDAM)
        assert Counter(_comparable(record.values())) == Counter(_comparable(found.values()))
        assert {pointer for _, pointer, _ in record.others} <= _places(found)


def _places(found):
    return {pointer for value in [found.value] for pointer in _all_pointers(found, value)}


def _all_pointers(found, value):
    yield found.pointer
    if isinstance(value, dict):
        places = getattr(value, "places", None)
        for name, member in value.items():
            at = found.pointer + (places[name] if places else f"/{escape_token(name)}")
            yield at
            if isinstance(member, dict):
                yield from (f"{at}/{escape_token(inner)}" for inner in member)


def _comparable(pairs):
    return [(pointer, type(value).__name__, str(value)) for pointer, value in pairs]


@pytest.mark.parametrize(("kind", "record"), SPECIMENS, ids=lambda v: v if isinstance(v, str) else "")
def test_a_documented_record_without_any_label_is_told_by_its_names(kind, record):
    assert {found.kind for found in found_in([record])} == {kind}
    assert len(kinds_in([record])) == (kind != "envelope")
    assert_divided_exactly(items([record]))


LAYOUTS = {
    "a flat list": lambda k, rs: list(rs),
    "a discriminator beside the payload": lambda k, rs: [{"type": k, "data": r} for r in rs],
    "a discriminator among the members": lambda k, rs: [{"event": k, **r} for r in rs],
    "lists in a list": lambda k, rs: [list(rs), []],
    "one-key wrappers": lambda k, rs: [{LABELS.get(k, k): list(rs)}],
    "name and records": lambda k, rs: [{"name": LABELS.get(k, k), "records": list(rs)}],
    "pairs": lambda k, rs: [[LABELS.get(k, k), list(rs)]],
    "a name before its records": lambda k, rs: [[LABELS.get(k, k), *rs]],
    "an object by kind": lambda k, rs: {LABELS.get(k, k): list(rs)},
    "an object by kind, of pages": lambda k, rs: {
        LABELS.get(k, k): {"start": 0, "limit": 100, "count": len(rs), "total": len(rs), "data": list(rs)}
    },
    "pages": lambda k, rs: [{"start": "0", "limit": "100", "count": len(rs), "data": list(rs)}],
    "numbers for names": lambda k, rs: [{str(2 * i): r for i, r in enumerate(rs)}],
    "labels and numbers": lambda k, rs: {LABELS.get(k, k): {str(i + 1): r for i, r in enumerate(rs)}},
    "one record alone": lambda k, rs: [[[[rs[0]]]]],
}
_PLAIN = ["click", "delivery", "impression", "error", "unsubscribe", "subprofile", "message", "file"]


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
@pytest.mark.parametrize("kind", _PLAIN)
def test_every_layout_gives_the_same_kinds(layout, kind):
    record = BY_KIND[kind]
    data = LAYOUTS[layout](kind, (record, record))
    assert set(kinds_in(data)) == {kind}
    assert_divided_exactly(items(data))


ROW = ["q3v9k2m1x8c7b6n5", "2017-03-04 06:00:00", "192.0.2.8", "UA: x", "a@example.org"]
HEADER = ["id", "time", "ip", "header", "email"]
CLICK_ROW = [
    "q3v9",
    "m.example",
    "2018-01-01 10:00:00",
    "77",
    "192.0.2.1",
    "UA: x",
    "a@example.org",
    "t",
    "NL",
]
CLICK_ROW += ["Netherlands", "07", "Ams", 1, 0, 5]


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        ([HEADER, ROW, ROW], ["impression", "impression"]),
        (
            [[HEADER, ROW], [["id", "time", "linkinfo"], ["x", "2018-01-01 10:00:00", 7]]],
            ["impression", "click"],
        ),
        ([CLICK_ROW], ["click"]),
        ([["cdm-click", *CLICK_ROW]], ["click"]),
        ([["cdm-click", [CLICK_ROW, CLICK_ROW]]], ["click", "click"]),
        ([["cdm-click"], CLICK_ROW], ["click"]),
        (
            {"cdm-retry": [["x", "2018-01-01 10:00:00", 1, "a@example.org", "", "d.example", 1, 0, 5]]},
            ["retry"],
        ),
        ([["x", "2018-01-01 10:00:00", 1, "a@example.org", "", "d.example", 1, 0, 5]], ["delivery"]),
        (
            [{"log": "cdm-click", "columns": ["id", "time"], "rows": [["a", "2018-01-01 10:00:00"]]}],
            ["click"],
        ),
        ([["clicks", [["id", "time"], ["a", "2018-01-01 10:00:00"]]]], ["click"]),
    ],
)
def test_rows_get_the_names_of_their_columns(data, kinds):
    assert kinds_in(data) == kinds
    assert_divided_exactly(items(data))


def test_a_rows_values_keep_their_pointers():
    header, row = found_in([HEADER, ROW])
    assert (header.kind, row.kind) == ("envelope", "impression")
    assert dict(row.values())["/data/1/2"] == "192.0.2.8"
    record = parse(row, AMSTERDAM)
    assert record.ip == "192.0.2.8"
    assert record.sources["ip"] == "/data/1/2"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("From: a@example.org\r\nSubject: Hi\r\n\r\nHi", "message"),
        ("<!DOCTYPE html><html><body>Hi</body></html>", "message"),
        ("RnJvbTogYUBleGFtcGxlLm9yZw0KU3ViamVjdDogSGkNCg0KSGk=", "message"),
        ("data:message/rfc822;base64,RnJvbTogYQ==", "message"),
        ("data:application/pdf;base64,JVBERi0=", "file"),
        ("JVBERi0xLjQKJcfsj6IKNSAwIG9iago8PC9MZW5ndGg=", "file"),
        ('<?xml version="1.0"?><survey><question>1</question></survey>', "survey"),
        ('{"link": "https://shop.example", "ip": "192.0.2.1"}', "click"),
        ("id,time,ip,header,email\nx,2018-01-01 10:00:00,192.0.2.1,UA,a@example.org\n", "log"),
        ("just words", "unrecognised"),
        ("", "unrecognised"),
    ],
)
def test_a_bare_text_is_recognised_and_stays_one_value(text, kind):
    (found,) = found_in([text])
    assert (found.kind, list(found.values())) == (kind, [("/data/0", text)])
    assert parse(found, AMSTERDAM).kind == kind


@pytest.mark.parametrize(
    ("record", "kind"),
    [
        ({"type": "open", "question": "Your opinion?", "answer": "Good"}, "survey"),
        (
            {
                "id": "x",
                "time": "2018-01-01",
                "type": "bounce",
                "status": "5.0.0",
                "description": "",
                "code": "1",
            },
            "error",
        ),
        ({**BY_KIND["mailing"], "type": "individual"}, "mailing"),
        ({"name": "Email", "type": "email", "value": "a@example.org"}, "unrecognised"),
        ({"name": "click", "colour": "red"}, "unrecognised"),
        ({"event": "foo", "data": {"link": "x"}}, "click"),
        ({"event": "foo", "data": {"colour": "red"}}, "unrecognised"),
        ({"error": {"message": "No entity with supplied ID"}}, "unrecognised"),
    ],
)
def test_a_type_that_means_something_else_decides_nothing(record, kind):
    assert kinds_in([record]) == [kind]


@pytest.mark.parametrize("data", [[], {}, [[]], [{}], [[], {}, [[]]]])
def test_nothing_found_is_nothing(data):
    assert found_in(data) == []


def test_what_is_packed_in_a_record_is_a_record_of_its_own():
    profile = {**BY_KIND["profile"], "subprofiles": [BY_KIND["subprofile"]], "loyalty": [{"points": 5}]}
    assert kinds_in([profile]) == ["profile", "subprofile"]
    assert_divided_exactly(items([profile]))
    assert parse(found_in([profile])[0], AMSTERDAM).other_fields() == {"loyalty": [{"points": 5}]}


def test_unknown_members_stay_together_where_known_lists_are_beside_them():
    data = [{"clicks": [BY_KIND["click"]], "colour": "red", "size": {"eu": 38}}]
    assert sorted(kinds_in(data)) == ["click", "unrecognised"]
    assert_divided_exactly(items(data))


def test_an_object_that_the_reader_took_apart_is_put_together():
    entries = [Item(f"/data/{name}", (name,), member) for name, member in BY_KIND["click"].items()]
    assert [found.kind for found in Classifier().find(entries)] == ["click"]
    assert_divided_exactly(entries)


@pytest.mark.parametrize("value", [{"a": 1}, [1]], ids=["objects", "lists"])
def test_five_hundred_levels_of_nesting_are_kept(value):
    nested = value
    for _ in range(500):
        nested = {"a": nested} if isinstance(value, dict) else [nested]
    assert_divided_exactly(items([nested, {"clicks": nested}, {"type": "click", "data": nested}]))


def test_the_controllers_own_kinds_come_first():
    loyalty = CustomKind("loyalty", keys=frozenset({"points", "tier"}), columns=("points",))
    founds = found_in([{"points": 5, "tier": "gold"}, {"points": 5}, BY_KIND["click"]], loyalty)
    assert [found.kind for found in founds] == ["loyalty", "unrecognised", "click"]
    assert parse(founds[0], AMSTERDAM).other_fields() == {"points": 5, "tier": "gold"}


def test_the_suggested_configuration_is_toml_and_names_what_was_not_recognised():
    tomllib = pytest.importorskip("tomllib")
    founds = found_in([{"loyalty": {'po"ints\n': 5}}, {"a\x7f": 1, "b": 2}, 5, {"a\x7f": 1, "b": 3}])
    suggested = tomllib.loads(suggest(found for found in founds if found.kind == "unrecognised"))
    assert suggested["records"]["loyalty"]["keys"] == ["loyalty"]
    assert suggested["records"]["b"]["columns"] == ["a\x7f", "b"]


def test_two_steps_of_one_kind_fail_at_import():
    with pytest.raises(RuntimeError, match="sms"):
        after("sms")(lambda take: None)


def test_the_cache_changes_nothing():
    records = [record for _, record in SPECIMENS] * 3
    fast = list(Classifier().find(items(records)))
    slow = [found for item in items(records) for found in Classifier().find([item])]
    assert fast == slow


CLICKS = [{"ID": "1", "timestamp": "2020-01-01 10:00:00", "link": "x"}] * 2


@pytest.mark.parametrize(
    ("labels", "plain", "other"),
    [
        ((), {"event": "click", "data": None}, {"event": "click", "data": CLICKS}),
        ((), {"type": "click", "value": 1}, {"type": "click", "value": {"data": CLICKS}}),
        (
            (),
            {**CLICKS[0], "start": 0, "limit": 2, "data": 0},
            {**CLICKS[0], "start": 0, "limit": 2, "data": CLICKS},
        ),
        (
            (),
            {"event": "x", "type": "open", "data": {"a": 1}},
            {"event": "x", "type": "open", "data": CLICKS[0]},
        ),
        (("clicks",), {"x": 1, "messages": None}, {"x": 1, "messages": [{"internal": 1}]}),
        (("clicks",), {"x": 1, "y": None}, {"x": 1, "y": {"start": 0, "total": 2, "data": CLICKS}}),
    ],
    ids=["a list", "a payload", "a page", "another word", "a list under a label", "a page under a label"],
)
def test_what_an_object_is_does_not_depend_on_what_came_before(labels, plain, other):
    """Objects of the same names, of which one holds more than the other."""
    place = "/".join(["/data", *labels])
    first, *rest = found_at(place, labels, plain, other)
    alone = found_at(place, labels, other)
    assert rest == [found._replace(pointer=found.pointer.replace("/0", "/1", 1)) for found in alone]
    assert [found.rule for found in rest] != [first.rule]


def found_at(place, labels, *records):
    return list(Classifier().find([Item(f"{place}/{i}", labels, record) for i, record in enumerate(records)]))


# ---- anything at all

_WORDS = [
    "click",
    "cdm-click",
    "opens",
    "profile",
    "2018-01-01 10:00:00",
    "a@example.org",
    "192.0.2.1",
    "0",
    "{}",
]
_SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(_WORDS)
_KNOWN_NAMES = (
    "type event data clicks mimes records name start limit count total ID id fields database interests link "
    "mime "
    "questions answers answer report subprofiles 0 1 2 time timestamp destination profile columns rows "
    "target "
    "removed created tags submitter survey webform size from_address error"
)
_NAMES = st.text(max_size=8) | st.sampled_from(_KNOWN_NAMES.split())
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_NAMES, inner, max_size=6),
    max_leaves=40,
)


@st.composite
def mutated(draw):
    """A documented record with members dropped, renamed, or given other values, in some wrapper."""
    record = draw(st.sampled_from([record for _, record in SPECIMENS if isinstance(record, dict)]))
    result = {}
    for name, member in record.items():
        match draw(st.integers(0, 9)):
            case 0:
                continue
            case 1:
                result[draw(_NAMES)] = member
            case 2:
                result[name] = draw(_JSON)
            case _:
                result[name] = member
    wrap = draw(st.sampled_from(["none", "list", "label", "pair", "data", "page", "deep"]))
    label = draw(_NAMES)
    return {
        "none": result,
        "list": [result, draw(_JSON)],
        "label": {label: [result], "x": draw(_JSON)},
        "pair": [label, [result]],
        "data": {"type": label, "data": result},
        "page": {"start": 0, "limit": 1, "data": [result]},
        "deep": {label: {label: result}},
    }[wrap]


@examples(400)
@given(st.lists(_JSON, max_size=6) | st.dictionaries(_NAMES, _JSON, max_size=6) | _SCALARS)
def test_any_json_is_divided_exactly(data):
    assert_divided_exactly(items(data))


@examples(600)
@given(st.lists(mutated(), min_size=1, max_size=4))
def test_mutated_records_are_divided_exactly(data):
    assert_divided_exactly(items(data))


@examples(200)
@given(st.lists(mutated() | _JSON, min_size=1, max_size=3))
def test_a_file_that_the_reader_took_apart_is_divided_exactly(data):
    """Too large containers come as their elements and members."""
    entries = []
    for item in items(data):
        if isinstance(item.value, list):
            entries += [Item(f"{item.pointer}/{i}", item.labels, e) for i, e in enumerate(item.value)]
        elif isinstance(item.value, dict):
            entries += [
                Item(f"{item.pointer}/{escape_token(n)}", (*item.labels, n), m) for n, m in item.value.items()
            ]
        else:
            entries.append(item)
    assert_divided_exactly(entries)


@pytest.mark.parametrize(
    "change", [lambda out: out[:-1], lambda out: [*out, out[-1]]], ids=["lost", "doubled"]
)
@pytest.mark.parametrize(
    "data",
    [[{"x": [{"link": "a"}], "y": 1}], {"start": 0, "total": 1, "data": [["a", "b"]] * 61}],
    ids=["divided", "held"],
)
def test_records_that_do_not_add_up_to_what_they_were_made_of_are_an_error(data, change, monkeypatch):
    whole = layouts.LayoutResolver.item
    changed = lambda *args: change(out) if (out := whole(*args)) else out  # noqa: E731
    monkeypatch.setattr(layouts.LayoutResolver, "item", changed)
    with pytest.raises(LedgerError, match="values at or above /data"):
        list(Classifier().find(items(data)))


OLD_STYLE = {"id": "a" * 32, "time": "2021-01-02 03:04:05", "ip": "192.0.2.1", "groupid": 1, "document": 2}


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Host: x.example\nAccept: image/webp,*/*;q=0.8", "impression"),
        ("accept:image/avif,image/webp\r\nUser-Agent: x", "impression"),
        ("Accept: */*\nSec-Fetch-Dest: image", "impression"),
        ("Accept: text/html,application/xhtml+xml,image/webp,*/*;q=0.8", "click"),
        ("Accept: */*\nSec-Fetch-Dest: document", "click"),
        ("Accept: image/gif, image/jpeg, text/html, */*", "open_or_click"),
        ("Accept: */*", "open_or_click"),
        ("User-Agent: x\n", "open_or_click"),
        ("", "open_or_click"),
    ],
)
def test_an_old_record_is_an_open_or_a_click_by_what_its_request_asked_for(header, kind):
    record = OLD_STYLE | {"header": header}
    as_row = [list(record), list(record.values())]
    for data in ([record], [[record]], as_row, [as_row]):
        (found,) = (found for found in found_in(data) if found.kind != "envelope")
        assert found.kind == kind
        assert ("request for a" in found.rule) == (kind != "open_or_click")
    (labelled,) = found_in({"pom-clicks-old": [record]})
    assert labelled.kind == "click"


def test_the_undecidable_sample_is_left_open():
    with open_export(str(shipped("sample_exports") / "layouts" / "02-undecidable.json")) as export:
        assert [found.kind for found in Classifier().find(export.items())] == ["open_or_click"] * 2


@pytest.mark.parametrize("count", [10, 61, 300, 3000])
def test_one_record_as_data_is_put_together_again_whatever_its_size(count):
    """The reader gives the members of an object one by one."""
    fields = {f"field {n}": f"value {n}" for n in range(count)}
    for data in (
        {"ID": "7", "fields": fields, "database": "1", "secret": "x"},
        {**{f"extra {n}": n for n in range(count)}, "ID": "7", "fields": {"a": "b"}, "database": "1"},
    ):
        with open_export(json.dumps({"info": {}, "data": data}).encode()) as export:
            (found,) = Classifier().find(export.items())
        assert (found.kind, found.pointer) == ("profile", "/data")
        assert found.value_count() == sum(1 for _ in values(data))


TABLES = {
    "in a container": lambda head, rows: {"clicks": head | {"rows": rows}},
    "named": lambda head, rows: {"name": "clicks", **head, "rows": rows},
    "named, in a list": lambda head, rows: [{"name": "clicks", **head, "records": rows}],
}


@pytest.mark.parametrize("layout", TABLES)
@pytest.mark.parametrize("count", [1, 20, 300])
@pytest.mark.parametrize("largest", [200, 3_000, 8 << 20])
def test_rows_beside_the_names_of_their_columns_are_records_however_many_there_are(layout, count, largest):
    """The reader gives large lists row by row."""
    rows = [[str(n), "2018-01-01 10:00:00", f"https://shop.example/{n}"] for n in range(count)]
    data = TABLES[layout]({"columns": ["id", "timestamp", "link"]}, rows)
    raw = json.dumps({"info": {}, "data": data}).encode()
    with open_export(raw, limits=Limits(window=100, largest=largest, windows=1)) as export:
        founds = list(Classifier().find(export.items()))
    assert Counter(found.kind for found in founds if found.kind != "envelope") == {"click": count}
    assert all(list(found.value) == ["id", "timestamp", "link"] for found in founds if found.kind == "click")
    assert sum(found.value_count() for found in founds) == sum(1 for _ in values(data))


def test_what_is_held_back_is_bounded():
    big = {f"r{n}": {"ID": n, "fields": {"a": "x" * 1000}} for n in range(20_000)}
    with open_export(json.dumps({"info": {}, "data": big}).encode()) as export:
        walk = layouts.LayoutResolver((), Decisions())
        held = 0
        for item in export.items():
            walk.item(*item)
            held = max(held, len(walk._loose))
    assert 0 < held <= 5_000


def test_texts_that_merely_hold_a_word_of_ours_are_no_names_of_lists():
    founds = found_in(["a text 1", "the text 2", "clicks", [{"ID": "1", "timestamp": "2024-01-02 03:04:05"}]])
    assert [found.kind for found in founds] == ["unrecognised", "unrecognised", "envelope", "click"]


class Forgetful(Decisions):
    """Classifies each object anew."""

    def known(self, *_):
        return None


def one_by_one(entries):
    walk = layouts.LayoutResolver((), Forgetful())
    for entry in entries:
        yield from walk.item(*entry)
    yield from walk.end()


@examples(300)
@example([{"0.": None}])
@given(st.lists(mutated() | _JSON | st.dictionaries(_NAMES, _SCALARS, max_size=4), min_size=1, max_size=5))
def test_ways_that_are_short_lead_to_the_same_records(data):
    assert list(Classifier().find(items(data * 2))) == list(one_by_one(items(data * 2)))
