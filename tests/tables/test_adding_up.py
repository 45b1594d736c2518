"""Tables add up: counts are numbers, keys lead somewhere, and what records leave out is worked out."""

from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsr_report.jsonstream.items import Item
from dsr_report.records.classifier import Classifier
from dsr_report.tables.blocks import NO_MOMENT
from dsr_report.tables.build import build
from dsr_report.tables.cells import instant
from dsr_report.tables.derived import LocalTime, whole_number
from dsr_report.tables.links import plain_address
from dsr_report.user_agents import AgentReading, agent_of, agent_reading

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MESSAGE = {
    "ID": "0cc175b9c0f1b6a831c399e269772661",
    "timestampsent": "2016-03-04 05:06:07",
    "internal": "802300",
    "mailing": "42001",
}


def tables_of(*records, zone=AMSTERDAM, arrow=False):
    entries = [Item(f"/data/{i}", (), record) for i, record in enumerate(records)]
    return build(Classifier().find(entries), zone, info={"type": "profile", "id": "7"}, arrow=arrow)


def with_body(html, message=MESSAGE):
    source = f"From: s@shop.example\r\nSubject: Hi\r\nContent-Type: text/html\r\n\r\n{html}"
    return {"id": message.get("messageID") or message["ID"], "mime": source}


def click(**members):
    return {
        "ID": "9",
        "timestamp": "2016-03-04 06:00:00",
        "destination": "802300",
        "emailing": "42001",
        **members,
    }


# ---- counts


def test_counts_are_numbers_beside_their_text():
    statistics = {
        "type": "statistics",
        "data": {
            "id": MESSAGE["ID"],
            "clicks": {"total": "3", "unique": 2},
            "impressions": {"total": "many", "unique": None},
        },
    }
    frame = tables_of(statistics)["statistics"].set_index("name")
    assert str(frame.total.dtype) == "Int64"
    assert frame.total.sum() == 3
    assert frame.unique["clicks"] == 2
    assert frame.total_raw["impressions"] == "many"
    assert frame.total.isna()["impressions"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        (" 12 ", 12),
        ("-1", -1),
        ("1.0", None),
        ("", None),
        ("1e3", None),
        ("٣", None),
        ("9" * 19, None),
    ],
)
def test_only_a_whole_number_is_one(text, number):
    assert whole_number(text) == number


def test_kinds_families_and_certainties_are_categories_that_join():
    first, second = tables_of(click(link="x"))["events"], tables_of(MESSAGE)["events"]
    for name in ("kind", "family", "occurred_at_certainty"):
        assert str(first[name].dtype) == "category"
        assert str(pd.concat([first, second])[name].dtype) == "category"


# ---- keys


def test_every_row_says_whom_it_is_about():
    tables = tables_of(
        MESSAGE, click(link="x"), {"ID": "7", "fields": {"a": "b"}, "database": "1"}, {"odd": 1}
    )
    for name in tables:
        assert set(tables[name].subject_key) <= {"profile:7"}
    assert tables["subject"].subject_key.tolist() == ["profile:7"]


PUBLISHERS = {"id": "466", "timestamp": "2016-03-04 05:00:00", "document": "3", "subject": "Old",
              "destinations": "9", "from_address": {"name": "Shop", "email": "s@shop.example"}}  # fmt: skip
SUITES = {"id": "466", "timestamp": "2019-03-04 05:00:00", "template": "8", "subject": "New",
          "destinations": 7, "from_address": {"name": "Shop", "email": "s@shop.example"}}  # fmt: skip


def test_mailings_of_two_products_with_one_number_are_kept_apart():
    opened = {"ID": "1", "timestamp": "2019-03-04 06:00:00", "ip": "192.0.2.1", "device": "mobile"}
    events = [
        {**opened, "emailing": "466", "destination": "1"},
        {**opened, "mailing": "466", "destination": "2"},
    ]
    tables = tables_of(PUBLISHERS, SUITES, *events)
    joined = tables["events"].merge(
        tables["mailings"], on="mailing_key", validate="m:1", suffixes=("", "_mailing")
    )
    assert dict(zip(joined.family, joined.subject, strict=True)) == {
        "publisher": "Old",
        "marketing-suite": "New",
    }


def test_a_stored_copy_of_a_mailing_does_not_double_its_events():
    snapshot = {
        "type": "snapshot",
        "data": {"mailing": "466", "document": "3", "name": "Copy", "subject": "Old"},
    }
    opened = {
        "ID": "1",
        "timestamp": "2019-03-04 06:00:00",
        "ip": "192.0.2.1",
        "emailing": "466",
        "device": "mobile",
    }
    for order in ([PUBLISHERS, snapshot], [snapshot, PUBLISHERS]):
        tables = tables_of(*order, opened)
        assert tables["mailings"].mailing_key.tolist() == ["publisher:466", "publisher:466-2"]
        joined = tables["events"].merge(tables["mailings"], on="mailing_key", validate="m:1")
        assert joined.kind_y.tolist() == ["mailing"]


def test_a_reference_that_does_not_tell_the_product_finds_the_only_mailing_of_that_number():
    clicked = {"type": "click", "data": {"link": "x", "timestamp": "2019-03-04 06:00:00", "template": "8"}}
    statistics = {
        "type": "statistics",
        "data": {"id": "5", "mailing": "466", "clicks": {"total": 1, "unique": 1}},
    }
    tables = tables_of(SUITES, clicked, statistics)
    assert tables["statistics"].mailing_key.tolist() == ["marketing-suite:466"]


def test_text_messages_lead_to_mailings_of_text_messages():
    mailing = {"type": "smsmailing", "data": {"id": "56", "message": "Hi", "destinations": "2"}}
    text = {"mailing": "56", "timestamp": "2024-03-04 05:06:07", "profile": "7", "subprofile": None}
    tables = tables_of(mailing, text, {**SUITES, "id": "56"})
    joined = tables["sms"].merge(tables["mailings"], on="mailing_key")
    assert joined.kind_y.tolist() == ["sms_mailing"]


def test_events_whose_message_is_not_in_the_export_are_marked():
    there, gone = click(link="x"), click(link="x", destination="1")
    nameless = {"type": "click", "data": {"link": "x", "timestamp": "2016-03-04 06:00:00"}}
    for arrow in (False, True):
        events = tables_of(there, gone, nameless, MESSAGE, arrow=arrow)["events"]
        marks = dict(zip(events.message_key.fillna("none"), events.message_in_export, strict=True))
        assert marks == {MESSAGE["ID"]: True, "publisher:1": False, "none": pd.NA}


# ---- links


@pytest.mark.parametrize(
    ("html", "members", "url"),
    [
        ('<a href="https://shop.example/a">A</a><a href="https://shop.example/b">B</a>',
         {"link": "https://shop.example/b"}, "https://shop.example/b"),
        ('<a href="https://Shop.example:443/b#top">B</a>', {"link": "https://shop.example/b"},
         "https://Shop.example:443/b#top"),
        ('<a href="https://shop.example/?a=1&amp;b=2">B</a>', {"link": "https://shop.example?a=1&b=2"},
         "https://shop.example/?a=1&b=2"),
        ('<a href="https://l.shop.example/c/abc/3140">A</a><a href="https://l.shop.example/c/abc/3141">B</a>',
         {"link_id": "3141", "link": "https://shop.example/b"}, "https://l.shop.example/c/abc/3141"),
        ('<a href="https://l.shop.example/c/abc/3140">A</a>', {"link_id": "3140", "link": None},
         "https://l.shop.example/c/abc/3140"),
        ('<a href="https://shop.example/x">A</a>', {"link_id": "3140", "link": "https://shop.example/x"},
         "https://shop.example/x"),
        ('<a href="https://shop.example/c/4711">A</a><a href="https://shop.example/d/4711">B</a>',
         {"link": "https://shop.example/c/{$profile.customerid}"}, "https://shop.example/c/4711"),
        ('<a href="https://l.shop.example/w/abc">View in your browser</a><a href="https://shop.example/">A</a>',
         {"link": "{webversion}"}, "https://l.shop.example/w/abc"),
        ('<a href="https://l.shop.example/c/abc/31400">A</a>', {"link_id": "3140"}, None),
        ('<a href="https://shop.example/a/12">A</a><a href="https://shop.example/b/12">B</a>',
         {"link_id": "12"}, None),
        ('<a href="https://shop.example/a">A</a>', {"link": "https://other.example/a"}, None),
        ('<a href="https://shop.example/a">A</a>', {"link": "{$profile.url}"}, None),
    ],
)  # fmt: skip
def test_a_click_leads_to_the_link_that_it_means(html, members, url):
    for arrow in (False, True):
        tables = tables_of(MESSAGE, with_body(html), click(**members), arrow=arrow)
        links = tables["links"].set_index("link_key")
        (key,) = tables["events"].link_key
        assert (links.url[key] if key in links.index else None) == url
        assert links.index.is_unique


def test_clicks_by_number_and_by_address_alone_lead_to_one_link():
    html = '<a href="https://l.shop.example/c/abc/3140">A</a>'
    both = click(link_id="3140", link="https://shop.example/x")
    tables = tables_of(
        with_body(html), MESSAGE, both, click(link="https://shop.example/x"), click(link_id="3140")
    )
    assert set(tables["events"].link_key) == set(tables["links"].link_key)


def test_of_links_to_one_address_clicks_lead_to_the_first():
    html = '<a href="https://shop.example/a">A</a><a href="https://shop.example/a">picture</a>'
    tables = tables_of(with_body(html), MESSAGE, click(link="https://shop.example/a"))
    links = tables["links"]
    (key,) = tables["events"].link_key
    assert links.link_key.tolist() == [key, f"{key}-2"]
    assert links.occurrence.tolist() == [1, 2]


def test_the_same_link_of_two_messages_has_two_keys():
    other = {"ID": "a" * 32, "timestampsent": "2016-03-05 05:06:07", "internal": "5", "mailing": "42001"}
    html = '<a href="https://shop.example/a">A</a>'
    links = tables_of(MESSAGE, other, with_body(html), with_body(html, other))["links"]
    assert links.link_key.is_unique


@given(st.text(max_size=60) | st.from_regex(r"https?://[a-zA-Z.:\[\]0-9]{0,20}/?[^\s]{0,20}"))
def test_any_address_can_be_compared(text):
    assert plain_address(plain_address(text)) is not None


# ---- programs


@pytest.mark.parametrize(
    ("line", "reading"),
    [
        ("Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
         AgentReading(None, None, "Gmail", "Google")),
        ("Mozilla/5.0", AgentReading(None, None, "Apple Mail", "Apple")),
        ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html",
         AgentReading(None, None, "Yahoo Mail", "Yahoo")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:91.0) Gecko/20100101 Thunderbird/91.4.0",
         AgentReading(None, "Linux", "Thunderbird", None)),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 "
         "Safari/537.36 Edg/120.0.0.0", AgentReading("Edge", "Windows", None, None)),
        ("Thunderbird 91, Win10", AgentReading(None, "Windows", "Thunderbird", None)),
        ("Microsoft Outlook 2007, WinXP", AgentReading(None, "Windows", "Outlook", None)),
        ("Mobile Safari 15, iOS", AgentReading("Mobile Safari", "iOS", None, None)),
        ("", AgentReading()),
        ("something new", AgentReading()),
    ],
)  # fmt: skip
def test_a_line_tells_browser_system_mail_program_and_proxy(line, reading):
    assert agent_reading(line) == reading


@given(st.text(max_size=300))
def test_any_line_is_read(line):
    assert len(agent_reading(line)) == 4
    assert agent_of(line, line) is not None or not line.strip()


def test_the_header_tells_the_program_where_the_field_is_empty():
    header = "Host: pic.shop.example\nUser-Agent: Mozilla/5.0 (via ggpht.com GoogleImageProxy)\nAccept: */*"
    bare = {"id": "q3v9k2m1x8c7b6n5", "time": "2017-03-04 06:00:00", "header": header}
    labelled = {**bare, "time": "2017-03-04 07:00:00", "useragent": "Thunderbird 91, Win10"}
    opens = [{"event": "open", "data": data} for data in (bare, labelled)]
    for arrow in (False, True):
        events = tables_of(*opens, arrow=arrow)["events"]
        assert events.mail_client.tolist() == ["Gmail", "Thunderbird"]
        assert events.privacy_proxy.fillna("none").tolist() == ["Google", "none"]
        assert events.user_agent_raw.fillna("none").tolist() == ["none", "Thunderbird 91, Win10"]


# ---- local time


def test_local_time_stands_beside_utc():
    frame = tables_of(click(link="x", timestamp="2021-07-01 23:30:00"))["events"]
    assert str(frame.occurred_at[0]) == "2021-07-01 21:30:00+00:00"
    assert str(frame.occurred_at_local[0]) == "2021-07-01 23:30:00"
    assert frame.occurred_at_local.dt.hour.tolist() == [23]


@given(
    st.lists(
        st.datetimes().map(lambda at: (at - instant(0).replace(tzinfo=None)) // (instant(1) - instant(0))),
        max_size=5,
    ),
    st.sampled_from(["Europe/Amsterdam", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
)
def test_local_time_is_what_the_zone_says(moments, zone):
    found = LocalTime(ZoneInfo(zone)).of(pd.Series([*moments, NO_MOMENT], dtype="int64").to_numpy())
    for moment, local in zip(moments, found.tolist(), strict=False):
        try:
            expected = instant(moment).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        except OverflowError:
            assert local == NO_MOMENT
            continue
        assert instant(local).replace(tzinfo=None) == expected
    assert found[-1] == NO_MOMENT
