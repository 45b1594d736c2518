"""Nothing is lost: each value of an export stands in the text of its report, and the ledger knows where."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

import dsr_report
from dsr_report.errors import LedgerError
from dsr_report.jsonstream.items import Item, values
from dsr_report.printable import printable
from dsr_report.records.raw_record import RawRecord
from dsr_report.redact.sums import Sum
from dsr_report.rendering import records, views
from dsr_report.rendering.ledger import Ledger
from dsr_report.rendering.text import inert

SAMPLES = Path(__file__).resolve().parent.parent.parent / "sample_exports"
BODIES = re.compile(r"/(mime|raw|eml|html|text|amp|source|mail|body)$", re.IGNORECASE)


def as_printed(value: str) -> str:
    """A value as the report prints it: what has no glyph by its number, addresses without a live scheme."""
    return flat(printable(inert(value.replace("\r\n", "\n").replace("\r", "\n"))))


def flat(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def missing_from(text: str, found: list[tuple[str, Any]]) -> list[str]:
    said = flat(text)
    return [
        pointer
        for pointer, value in found
        if value is not None
        and not isinstance(value, bool)
        and value != ""
        and as_printed(str(value)) not in said
    ]


texts = st.text(st.characters(codec=None), max_size=20)
leaves = st.none() | st.booleans() | st.integers() | texts
names = st.sampled_from(
    [
        "ID",
        "fields",
        "type",
        "data",
        "timestamp",
        "ip",
        "useragent",
        "interests",
        "questions",
        "answer",
        "link",
    ]
) | st.text(max_size=8)
trees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=5),
    max_leaves=25,
)


@examples(60)
@given(data=st.lists(trees, max_size=4), lang=st.sampled_from(["en", "fr"]))
def test_every_value_of_any_export_is_in_the_text_of_its_report(
    built: Callable[..., Any], data: list[Any], lang: str
) -> None:
    source = json.dumps({"info": {"type": "profile", "id": "7"}, "data": data}, ensure_ascii=True).encode()
    with built(source, lang) as report:
        found = [(p, v) for p, v in values(json.loads(source)["data"]) if not BODIES.search(p)]
        assert missing_from(report.text, found) == []


@pytest.mark.parametrize("name", sorted(p.name for p in SAMPLES.glob("*.json") if p.name != "index.json"))
@pytest.mark.parametrize("medium", ["html", "pdf"])
def test_every_value_of_a_sample_is_in_the_text_of_its_report(
    built: Callable[..., Any], name: str, medium: str
) -> None:
    with built(SAMPLES / name, "nl", medium=medium) as report, dsr_report.read(SAMPLES / name) as export:
        everything = [
            *values(export.info.value, "/info"),
            *(pair for item in export.file.items() for pair in values(item.value, item.pointer)),
        ]
        bodies = {found.pointer for found in export.found() if found.kind == "message"}
        found = [
            (p, v)
            for p, v in everything
            if p not in bodies  # a message that is bare markup
            and not BODIES.search(p)
            and not (isinstance(v, str) and "\nMIME-Version" in v)
        ]
        assert found
        assert missing_from(report.text, found) == []
        assert report.report.ledger.total == len(everything)


def test_a_value_that_is_left_out_stops_the_report(
    built: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Forgetful(records.RecordViews):
        def view(self, record: Any, number: int) -> tuple[records.RecordView, int]:
            view, count = super().view(record, number)
            return view, count - 1

    monkeypatch.setattr(views, "RecordViews", Forgetful)
    with pytest.raises(LedgerError, match="values"), built([{"a": 1, "b": 2}]):
        pass


def test_the_ledger_says_where_the_records_of_a_kind_are() -> None:
    ledger = Ledger()
    records = [("profile", "you"), ("profile", "other"), ("click", "events")]
    items = [Item(f"/data/{n}", (), {"a": n, "b": kind}) for n, (kind, _) in enumerate(records)]
    for item, (kind, place) in zip(ledger.arriving(items), records, strict=True):
        ledger.settle(RawRecord(kind, item.pointer, item.value, "", ()), place, "x", 2)
    assert ledger.places() == {"click": (1, ("events",)), "profile": (2, ("other", "you"))}
    ledger.close(6)
    with pytest.raises(LedgerError):
        ledger.close(7)
    ledger.remove()


def test_the_sum_of_values_is_printed(built: Callable[..., Any]) -> None:
    with built([{"a": 1, "b": 2}, {"c": [None, True, ""]}], sum=Sum(7, 4, 1, 2, 3)) as report:
        said = " ".join(report.part("technical-part").text.split())
    # five values of the data, and the two that say whom it is about
    assert "holds 7 values. Disclosed: 4, masked: 1, withheld: 2." in said
    assert "Of 3 of the disclosed values parts are masked or withheld." in said


@pytest.mark.parametrize(
    ("raw", "printed"),
    [
        ("a\x00b", "a⟨U+0000⟩b"),
        ("\ud800", "⟨U+D800⟩"),
        ("pay \u202egnp.exe", "pay ⟨U+202E⟩gnp.exe"),
        ("\ufffe", "⟨U+FFFE⟩"),
    ],
    ids=["control", "lone surrogate", "direction override", "noncharacter"],
)
def test_what_cannot_be_shown_is_shown_by_its_number(
    built: Callable[..., Any], raw: str, printed: str
) -> None:
    with built([{"note": raw, raw: "as a name"}]) as report:
        assert report.text.count(printed) >= 2
        assert raw not in report.html


def test_a_value_that_recurs_in_many_events_is_printed_once_and_referred_to(
    built: Callable[..., Any],
) -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) Gecko/20100101 Thunderbird/115.6.0"
    events = [
        {"type": "open", "messageID": str(n), "timestamp": f"2024-01-02 03:04:{n:02}", "useragent": agent}
        for n in range(20)
    ]
    messages = [{"type": "message", "messageID": str(n), "mime": "Subject: a"} for n in range(20)]
    with built(messages + events) as report:
        assert report.text.count(agent) == 1
        assert report.html.count('href="#long-1"') == 20
        assert 'id="long-1"' in report.html


def test_a_long_value_that_occurs_once_is_printed_in_its_place(built: Callable[..., Any]) -> None:
    agents = [
        f"A program that introduces itself with {'many words and ' * 3}number {n // 2}" for n in range(3)
    ]
    events = [{"type": "open", "data": {"ID": str(n), "useragent": name}} for n, name in enumerate(agents)]
    with built(events) as report:
        assert report.html.count('href="#long-1"') == 2
        assert report.html.count('id="long-1"') == 1
        assert "long-2" not in report.html
        assert [report.text.count(agent) for agent in agents] == [1, 1, 1]


def test_deep_nesting_is_shown_whole(built: Callable[..., Any]) -> None:
    value: Any = "bottom"
    for _ in range(200):
        value = {"in": [value]}
    with built([{"deep": value}]) as report:
        assert "bottom" in report.text


@pytest.mark.parametrize("medium", ["html", "pdf"])
@pytest.mark.parametrize("key", ["mime", "html", "text"])
def test_the_text_of_a_message_is_read_whatever_form_it_is_stored_in(
    built: Callable[..., Any], medium: str, key: str
) -> None:
    bodies = {
        "mime": "Subject: S\r\nContent-Type: text/html\r\n\r\n<p>Dear <b>reader</b></p>",
        "html": "<p>Dear <b>reader</b></p>",
        "text": "Dear reader",
    }
    message = {"type": "message", "messageID": "a", "timestampsent": "2024-01-02 03:04:05", key: bodies[key]}
    with built([message], medium=medium) as report:
        assert "Dear reader" in report.text


def test_items_and_report_agree_on_what_a_value_is() -> None:
    item = Item("/data/0", (), {"a": [1, {"b": None}], "c": {}})
    assert [p for p, _ in values(item.value, item.pointer)] == ["/data/0/a/0", "/data/0/a/1/b"]


def test_samples_are_there() -> None:
    assert len(list(Path(SAMPLES).glob("*.json"))) > 3


@pytest.mark.parametrize("place", ["record", "event", "message"])
def test_a_word_of_many_pages_comes_in_pieces_that_read_as_one(built: Callable[..., Any], place: str) -> None:
    word = "0123456789" * 700
    data = {
        "record": {"note": f"before {word} after"},
        "event": {"type": "open", "data": {"ID": "1", "timestamp": "2024-01-02 03:04:05", "extra": word}},
        "message": {"type": "message", "messageID": "1", "text": f"before {word} after"},
    }[place]
    with built([data], medium="pdf") as report:
        assert word in report.text
        assert max(len(piece) for piece in re.findall(r"[0-9]+", report.html)) < 1000


def test_the_oldest_and_newest_on_page_one_are_those_of_all_that_is_shown(built: Any) -> None:
    profile = {
        "type": "profile",
        "ID": "7",
        "created": "2019-10-02 11:04:55",
        "modified": "2024-05-06 07:08:09",
        "fields": {"Name": "Jan"},
    }
    opened = {"event": "open", "messageid": "a", "timestamp": "2020-03-06 10:00:00", "ip": "192.0.2.1"}
    with built([profile, opened]) as report:
        assert "The data cover the period from 2 October 2019 to 6 May 2024." in " ".join(
            report.part("start").text.split()
        )


def test_what_a_change_of_a_field_was_is_said_in_words(built: Any) -> None:
    data = {"history": [{"field": "Surname", "before": "Old", "after": "New", "at": "2020-07-11 10:00:00"}]}
    with built(data, "nl") as report:
        for label in ("Veld (field)", "Eerst (before)", "Daarna (after)", "Tijd (at)"):
            assert " ".join(label.split()) in " ".join(report.text.split())
        assert "geen omschrijving" not in report.text
