"""Records that are alike, counted together, give the numbers that all of them give one by one."""

import io
import json
import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from json_texts import SCALARS, SPACE
from malformed import CASES

from dsr_report.errors import DsrReportError
from dsr_report.jsonstream.file import open_export
from dsr_report.jsonstream.window import Limits
from dsr_report.records.alike import Lot
from dsr_report.records.classifier import Classifier
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.summary import Summary
from dsr_report.redact.watch import Watch
from dsr_report.times import read_moment
from sample_exports.making import on_demand

ZONE = ZoneInfo("Europe/Amsterdam")
SPECIMENS = [
    line.split(" ", 1)[1]
    for line in (Path(__file__).parent.parent / "data" / "specimens.txt").read_text("utf-8").splitlines()
]
VALUE = re.compile(rb': ("[^"\\]*"|[0-9]+)')
SMALL = Limits(window=700, largest=2_000, windows=1)


def told(content, *, alike, limits=SMALL, salvage=False):
    """All that a pass tells, and how many records were looked at one by one for it."""
    summary, classifier, watch = Summary(ZONE), Classifier(), Watch()
    masked = single = 0

    def count(lot):
        nonlocal masked
        masked += watch.count(lot)

    def items_of(file):
        for item in file.items():
            count(Lot([item]))
            yield item

    def lots_of(file):
        for lot in map(Lot, file.batches()):
            count(lot)
            yield lot

    try:
        with open_export(content, name="x", limits=limits, salvage=salvage) as file:
            for found in (
                classifier.find_alike(lots_of(file), inside=True)
                if alike
                else classifier.find(items_of(file))
            ):
                single += isinstance(found, RawRecord)
                summary.add(found)
            seen = file.sha256, file.warnings, file.incomplete
    except DsrReportError as error:
        return str(error), -1
    groups = [(g.pointer, g.keys, g.reason, g.count) for g in summary.unrecognised()]
    return (
        summary.rules,
        summary.values,
        summary.first,
        summary.last,
        groups,
        [found.pointer for found in summary.examples],
        masked,
        *seen,
    ), single


def export(records, between=b","):
    return b'{"info":{"type":"profile","id":"1"},"data":[%b]}' % between.join(records)


EVENT = (
    b'{"event":"open","data":{"id":"%d","time":"20%02d-01-04 10:04:06","ip":"192.0.2.7",'
    b'"header":"User-Agent: x\\r\\nHost: \\u00e9","tags":[],"more":{"a":null,"b":[1.50,true]}}}'
)
PLAIN = [EVENT % (number, number % 30) for number in range(60)]


def test_what_is_alike_is_not_looked_at_one_by_one():
    expected, all_of_them = told(export(PLAIN), alike=False)
    together, few = told(export(PLAIN), alike=True)
    assert together == expected
    assert all_of_them == 60
    assert few < 15


@pytest.mark.parametrize("layout", ["by number", "lines"])
def test_neither_numbers_for_names_nor_lines_are_looked_at_one_by_one(layout):
    text = b"\n".join([export([]), *PLAIN, b""])
    if layout == "by number":
        members = b",".join(b'"%d":%b' % each for each in enumerate(PLAIN, 700))
        text = b'{"info":{"type":"profile","id":"1"},"data":{"x":{%b}}}' % members
    together, few = told(text, alike=True)
    assert together == told(text, alike=False)[0]
    assert few < 15


def test_members_in_any_order_are_alike():
    shuffled = []
    for number, record in enumerate(PLAIN):
        members = list(json.loads(record)["data"].items())
        members = members[number % 7 :] + members[: number % 7][:: 1 - 2 * (number % 2)]
        shuffled.append(json.dumps({"event": "open", "data": dict(members)}).encode())
    together, few = told(export(shuffled), alike=True)
    assert together == told(export(shuffled), alike=False)[0]
    assert few < 15


ASKING = "Host: x\r\nAccept: {}\r\n"
HEADERS = [
    ASKING.format("image/webp,*/*"),
    ASKING.format("text/html"),
    ASKING.format("*/*"),
    ASKING.format("text/html") + "X: " + "y" * 3_000,
    None,
    ["Accept: text/html"],
    7,
]


@pytest.mark.parametrize("second", [None, "Headers"])
def test_a_request_s_header_decides_for_each_of_those_alike(second):
    old = {
        "id": "1",
        "time": "2019-01-01 10:00:00",
        "ip": "192.0.2.7",
        "header": "",
        "groupid": 1,
        "document": 2,
    }
    records = []
    for number in range(200):
        record = old | {"header": HEADERS[number % 7]} | ({second: HEADERS[number % 3]} if second else {})
        records.append(json.dumps(record).encode())
    limits = Limits(window=20_000, largest=60_000, windows=1)
    expected, _ = told(export(records), alike=False, limits=limits)
    together, single = told(export(records), alike=True, limits=limits)
    assert together == expected
    assert {"impression", "click"} < {kind for kind, _ in expected[0]}
    assert single < 100


def test_of_two_names_that_read_alike_the_first_one_counts():
    records = [
        b'{"event":"open","time":"20%02d-01-01 00:00:00","TIME":"19%02d-01-01 00:00:00"}' % (n, n)
        if n % 2
        else b'{"event":"open","TIME":"19%02d-01-01 00:00:00","time":"20%02d-01-01 00:00:00"}' % (n, n)
        for n in range(60)
    ]
    expected, _ = told(export(records), alike=False)
    assert told(export(records), alike=True)[0] == expected
    assert (expected[2].year, expected[3].year) == (1900, 2059)


MOMENTS = {
    "local time": lambda n: f"2019-0{1 + n % 9}-01 10:00:00",
    "with a T": lambda n: f"2019-0{1 + n % 9}-01T10:00:00",
    "UTC": lambda n: f"2019-0{1 + n % 9}-01T10:00:00Z",
    "with an offset": lambda n: f"2019-01-01T{10 + n % 9}:00:00+0{9 - n % 9}:00",
    "fractions": lambda n: f"2019-01-01 10:00:00.{n}",
    "a day": lambda n: f"2019-0{1 + n % 9}-01",
    "seconds": lambda n: 1_500_000_000 + n * 86_400,
    "few seconds": lambda n: 999_999_990 + n,
    "seconds as text": lambda n: str(1_500_000_000 - n),
    "none at all": lambda n: ("0000-00-00 00:00:00", None, "", "soon", True, [n], "2019-99-99 00:00:00")[
        n % 7
    ],
}


@pytest.mark.parametrize("one", MOMENTS)
@pytest.mark.parametrize("other", MOMENTS)
def test_moments_in_any_form(one, other):
    forms = MOMENTS[one], MOMENTS[other]
    records = [json.dumps({"event": "open", "time": forms[n % 2](n)}).encode() for n in range(40)]
    expected, _ = told(export(records), alike=False)
    assert told(export(records), alike=True)[0] == expected
    read = [read_moment(forms[n % 2](n), ZONE) for n in range(40)]
    at = [moment.at for moment in read if moment]
    assert expected[2:4] == ((min(at), max(at)) if at else (None, None))


@pytest.mark.parametrize("layout", on_demand.LAYOUTS)
@pytest.mark.parametrize("pretty", [False, True])
def test_layouts(layout, pretty):
    out = io.BytesIO()
    on_demand.write(on_demand.Order(3, 400, layout=layout, pretty=pretty), out)
    limits = Limits(window=20_000, largest=60_000, windows=1)
    expected, _ = told(out.getvalue(), alike=False, limits=limits)
    assert told(out.getvalue(), alike=True, limits=limits)[0] == expected


ODD = {
    "a control character": EVENT.replace(b"x", b"\x01"),
    "half a surrogate pair": EVENT.replace(b"\\u00e9", b"\\ud800"),
    "a surrogate pair the wrong way round": EVENT.replace(b"\\u00e9", b"\\udc00\\ud800"),
    "a backslash that escapes nothing": EVENT.replace(b"\\u00e9", b"\\x"),
    "no UTF-8": EVENT.replace(b"\\u00e9", b"\xe9\xff"),
    "an encoded surrogate": EVENT.replace(b"\\u00e9", b"\xed\xa0\x80"),
    "a name twice": EVENT.replace(b'"ip"', b'"id":"1","ip"'),
    "a comma too many": EVENT.replace(b"}}}", b"},}}"),
    "no number": EVENT.replace(b"null", b"NaN"),
    "a number with a leading nought": EVENT.replace(b"null", b"01"),
    "negative nought": EVENT.replace(b"null", b"-0"),
    "a list for a scalar": EVENT.replace(b"null", b"[1,2]"),
    "another kind": EVENT.replace(b"open", b"click"),
    "a kind spelt with escapes": EVENT.replace(b"open", b"\\u006fpen"),
    "no known kind": EVENT.replace(b"open", b"opera"),
    "a name spelt with escapes": EVENT.replace(b"time", b"tim\\u0065"),
    "no date": EVENT.replace(b'"20%02d-01-04 10:04:06"', b'"0000-00-00 %02d:00:00"'),
    "a date that is none": EVENT.replace(b"20%02d-01-04", b"9%02d9-99-99"),
    "a date in another form": EVENT.replace(b'"20%02d-01-04 10:04:06"', b"15%02d000000"),
    "a password": EVENT.replace(b'"ip"', b'"password"'),
    "an access code": EVENT.replace(b'"ip":"192.0.2.7"', b'"code":"0123456789abcdef0123456789abcdef"'),
    "a short code": EVENT.replace(b'"ip":"192.0.2.7"', b'"code":"550"'),
    "cookies": EVENT.replace(b"x\\r\\n", b"x\\r\\nCookie: a=b\\r\\n"),
    "white space": EVENT.replace(b":", b": ").replace(b"10: 04: 06", b"10:04:06"),
}


@pytest.mark.parametrize("record", ODD.values(), ids=ODD)
@pytest.mark.parametrize("every", [1, 3, 17])
def test_what_is_odd_is_told_as_if_each_was_looked_at(record, every):
    records = [record % (n, n % 30) if n % every == 0 else plain for n, plain in enumerate(PLAIN, 1)]
    for content in (export(records), export(records, b",\n "), export(records)[:-90]):
        for salvage in (False, True):
            expected, _ = told(content, alike=False, salvage=salvage)
            assert told(content, alike=True, salvage=salvage)[0] == expected


@pytest.mark.parametrize("case", [c for cases in CASES.values() for c in cases], ids=lambda c: c.what)
def test_malformed_files(case):
    for salvage in (False, True):
        expected, _ = told(case.text, alike=False, salvage=salvage)
        assert told(case.text, alike=True, salvage=salvage)[0] == expected


@st.composite
def exports_of_likes(draw):
    """Records of a few forms in any order, some of whose values were replaced by others in any spelling."""
    forms = draw(st.lists(st.sampled_from(SPECIMENS), min_size=1, max_size=4))
    records = []
    for form in draw(st.lists(st.sampled_from(forms), min_size=8, max_size=40)):
        raw = form.encode()
        places = [match.span(1) for match in VALUE.finditer(raw)]
        if places and draw(st.integers(0, 3)) == 0:
            start, end = draw(st.sampled_from(places))
            raw = raw[:start] + draw(SCALARS) + raw[end:]
        records.append(raw)
    layout = draw(st.sampled_from(["a list", "by number", "by name", "lines"]))
    if layout == "lines":
        return b"\n".join([export([]), *records])
    if layout == "a list":
        return export(records, b"," + draw(SPACE))
    name = b'"%d":%b' if layout == "by number" else b'"n%d":%b'
    return export([name % each for each in enumerate(records)]).replace(b"[", b"{", 1)[:-2] + b"}}"


NAMES = ("token", "wachtwoord", "session", "sessie_id", "cookie", "login_url", "pin", "secret", "colour")
PARTS = st.sampled_from(
    (
        "8 characters|12-letters|9karakters|none|n.v.t.|onbekend|***|xxx|Bearer |a=b|\n| |-|=|é|0|7f3|Rex|"
        "kqzvxwjrtpl|https://shop.example/|?key=|1234567890123"
    ).split("|")
)
KEYS = st.one_of(
    st.lists(PARTS, max_size=4).map("".join), st.sampled_from([None, True, False, 0, 1, 48213977, 1.5, -0.0])
)


@given(st.lists(st.dictionaries(st.sampled_from(NAMES), KEYS, min_size=1), min_size=1, max_size=30))
@example([{"token": 1}, {"token": True}, {"token": "1"}, {"token": 1.0}])
@example(
    [{"wachtwoord": word} for word in ("8 characters", "8-characters", "a8characters", "12345678", "None")]
)
def test_values_under_names_of_keys_are_judged_as_each_by_itself(members):
    records = [
        json.dumps({"event": "open", "time": "2024-05-01 10:00:00", **each}).encode() for each in members
    ]
    expected, _ = told(export(records * 3), alike=False)
    assert told(export(records * 3), alike=True, limits=Limits())[0] == expected


@given(exports_of_likes())
def test_any_records(content):
    expected, _ = told(content, alike=False)
    assert told(content, alike=True)[0] == expected
