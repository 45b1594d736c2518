"""Every kind is declared in one place, and has there all that the rooms need of it."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from specimens import SPECIMENS, items

import dsr_report
from dsr_report import Report
from dsr_report.config import Config
from dsr_report.languages import LANGUAGES, language_of
from dsr_report.models import Message
from dsr_report.records.base import Record
from dsr_report.records.classifier import Classifier
from dsr_report.records.declarations.events import event
from dsr_report.records.key_signatures import by_names
from dsr_report.records.kind import Kind, field
from dsr_report.records.kinds import DATED_KINDS, EVENT_KINDS, KINDS, declared, kind_of
from dsr_report.records.names import normalised_key
from dsr_report.records.parser import parse
from dsr_report.records.raw_record import RawRecord
from dsr_report.records.record_model import model_of
from dsr_report.records.rule import UNTOLD
from dsr_report.records.vocabulary import kind_named
from dsr_report.redact.free_texts import free_texts_of
from dsr_report.rendering.chapters import CHAPTERS
from dsr_report.rendering.dictionary import explanation_of, label_of
from dsr_report.tables import schema
from dsr_report.tables.build import build

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ELSEWHERE = {
    "message": {"mime": "message_parts", "html": "message_parts", "text": "message_parts",
                "amp": "message_parts", "attachments": "messages.other", "mime_encoding": "message_parts"},
    "survey": {"answers": "survey_answers"},
    "statistics": {"counts": "statistics"},
    "log": {"columns": "log_rows", "rows": "log_rows", "content": "log_rows"},
    "unrecognised": {"reason": "unrecognised"},
}  # fmt: skip
"""Fields without a column, and which table has their values, as the tests of values show."""


def lacks(kind, specimens=SPECIMENS):
    """What a kind is without, each in a few words."""
    texts = {"title": kind.title[0], "plural": kind.title[1], "explanation": kind.explanation}
    missing = [
        f"{what} in {code}"
        for what, text in texts.items()
        for code in LANGUAGES
        if not text or (code != "en" and text not in language_of(code).texts)
    ]
    missing += [
        f"words for {name} in {code}"
        for one in kind.fields
        for name in one.keys
        if name
        for code in LANGUAGES
        if not (
            label_of(name, language_of(code), kind.name)
            and explanation_of(name, kind.name, language_of(code))
        )
    ]
    missing += (
        [] if kind.chapter in {name for chapter in CHAPTERS for name in chapter.spools} else ["chapter"]
    )
    missing += [] if kind.name in {name for name, _ in specimens} else ["specimen"]
    if not kind.is_packaging:
        names = schema.table(kind.table_name).names if kind.table_name in schema.tables_by_name() else ()
        missing += [] if names else ["table"]
        missing += [
            f"column for {one.name}"
            for one in kind.fields
            if one.column not in names
            and one.how not in {"map", "interests"}
            and one.name not in ELSEWHERE.get(kind.name, {})
        ]
    of_moments = {one.name for one in kind.fields if one.how == "moment"}
    missing += [] if of_moments >= set(kind.moments) else ["a field for each moment"]
    missing += [f"a use for the word {word}" for word in kind.words if kind_named(word) != kind.name]
    keys = frozenset(map(normalised_key, kind.keys))
    if keys and (found := by_names(keys) or ("no kind",))[0] != kind.name:
        missing += [f"keys of its own: {found[0]} has them"]
    if kind.chapter == "messages" and not issubclass(model_of(kind.name), Message):
        missing += ["the model of a message, for its chapter"]
    return missing


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_lacks_nothing(name):
    assert lacks(KINDS[name]) == []


def test_what_a_kind_lacks_is_said_by_name():
    bare = Kind(
        "bare", ("Bare", ""), "", "nowhere", (field("points", "text", "points", column=""),), moments=("at",)
    )
    with declared(bare):
        found = lacks(bare)
    assert {"title in nl", "plural in en", "explanation in fr", "words for points in de"} <= set(found)
    assert found[-4:] == ["chapter", "specimen", "column for points", "a field for each moment"]


@pytest.mark.parametrize("name", KINDS)
def test_a_model_has_the_fields_that_are_declared_and_no_others(name):
    kind = KINDS[name]
    moments = {one.name for one in kind.fields if one.how == "moment"}
    of_moments = {f"{moment}_{ending}" for moment in moments for ending in ("raw", "certainty")}
    own = set(model_of(name).model_fields) - set(dsr_report.records.base.Record.model_fields)
    assert own == {one.name for one in kind.fields} | of_moments
    assert model_of(name).kind == name


def record_with_everything(kind):
    """A record with each member by the best of its names, and one that nobody knows; no two values alike."""
    members = {"unheard-of": "unheard of value"}
    for number, one in enumerate(kind.fields):
        key = next((key for key in one.keys if key and key not in members), None)
        if key is None:
            continue
        members[key] = {
            "flag": True,
            "moment": f"2019-03-04 05:06:{number:02d}",
            "tags": f"tag{number}",
            "map": {f"inner{number}": f"inner value {number}"},
            "interests": [f"interest {number}"],
            "json": {f"deep{number}": [f"deep value {number}"]},
        }.get(one.how, f"{7000 + number}" if one.how == "id" else f"{one.name} value {number}")
    return members


SHAPES = {
    "survey": {"questions": {"1": {"question": "How?", "type": "multi", "answer": ["Well", "Fine"]}}},
    "statistics": {"clicks": {"total": 91, "unique": 92}, "errors": 93, "opens": [94]},
    "message": {"mime": "From: a@example.org\r\nSubject: Subject of it\r\n\r\nBody of it"},
    "file": {"size": "128 kB"},
    "profile": {"removed": "2018-01-02 03:04:05"},
    "subprofile": {"removed": "2018-01-02 03:04:05"},
}


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.is_packaging])
def test_every_value_of_a_record_is_in_a_table(name):
    assert_all_in_tables(
        RawRecord(name, "/data/0", record_with_everything(KINDS[name]) | SHAPES.get(name, {}), UNTOLD, ())
    )


@pytest.mark.parametrize(
    ("name", "record"),
    [one for one in SPECIMENS if not kind_of(one[0]).is_packaging],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
)
def test_every_value_of_a_specimen_is_in_a_table(name, record):
    (found,) = Classifier().find(items([record]))
    assert_all_in_tables(found)


def assert_all_in_tables(found):
    """Every value is in some cell, as it is or within one (JSON); a source or log, word by word."""
    with build([found], AMSTERDAM) as tables:
        cells = [
            str(cell)
            for table in tables
            for batch in tables.batches(table)
            for column in batch.values()
            for cell in column
            if cell is not None
        ]
    everything = "\n".join(cells)
    lost = [
        (pointer, value)
        for pointer, value in found.values()
        if value not in {None, ""}
        and str(value) not in everything
        and json.dumps(value) not in everything
        and not all(word in everything for word in re.findall(r"[^\s:,]+", str(value)))
        and not names_the_kind(pointer, value)
    ]
    assert lost == []


def names_the_kind(pointer, value):
    return pointer.rpartition("/")[2] in {"type", "event"} and isinstance(value, str)


# ---- a kind of one's own


LOYALTY = Kind(
    "loyalty",
    ("Loyalty card", "Loyalty cards"),
    "Points that you saved with a card",
    "told",
    (
        field(
            "card_id", "id", "card", "Number of the card.", label="Card", meaning="The number of your card."
        ),
        field(
            "points", "text", "points", "Points.", label="Points saved", meaning="How many points you have."
        ),
        field("tier", "text", "tier", "Level.", label="Level", meaning="The level of your card."),
        field(
            "since", "moment", "since", "When the card was given.", label="Since", meaning="When you got it."
        ),
        field("fields", "map", "fields"),
        field("perks", "tags", "perks", "What comes with it.", label="Extras", meaning="What comes with it."),
    ),
    words=frozenset({"loyalty", "loyaltycards"}),
    keys=frozenset({"card", "points", "tier"}),
    moments=("since",),
    free_text="about",
)
WORDING = {
    "Loyalty card": "Klantenkaart",
    "Loyalty cards": "Klantenkaarten",
    "Points that you saved with a card": "Punten die u met een kaart hebt gespaard",
    "Points saved": "Gespaarde punten",
    "How many points you have.": "Hoeveel punten u hebt.",
}
CARD = {
    "card": "4711",
    "points": 250,
    "tier": "gold",
    "since": "2013-02-03 04:05:06",
    "perks": "tea;cake",
    "fields": {"Shelf": "seven"},
    "colour": "red",
}


@pytest.fixture
def loyalty(monkeypatch):
    for text, wording in WORDING.items():
        monkeypatch.setitem(language_of("nl").texts, text, (wording,))
    with declared(LOYALTY):
        yield


@pytest.mark.parametrize(
    "data",
    [[CARD], [{"type": "loyalty", "data": CARD}], {"loyalty_cards": [CARD]}, [{"event": "Loyalty", **CARD}]],
    ids=["by its members", "by its type", "by its list", "by its event"],
)
def test_a_kind_that_is_declared_in_one_place_is_known_in_all(loyalty, data, tmp_path):
    export = json.dumps({"info": {"type": "profile", "id": "1"}, "data": data}).encode()
    with dsr_report.read(export) as read:
        assert read.summary.kinds == {"loyalty": 1}
        assert [at.isoformat() for at in read.period] == ["2013-02-03T04:05:06+01:00"] * 2
        (record,) = read.records
        assert (record.kind, record.points, record.tier, record.perks) == (
            "loyalty",
            "250",
            "gold",
            ("tea", "cake"),
        )
        (row,) = read.tables["loyalty"].to_dict("records")
        assert (row["card_id"], row["points"], row["tier"], row["perks"]) == (
            "4711",
            "250",
            "gold",
            "tea;cake",
        )
        assert (row["since"].isoformat(), row["since_raw"]) == ("2013-02-03T03:05:06+00:00", CARD["since"])
        assert (row["other"], row["pointer"]) == ('{"colour": "red"}', record.pointer)
        explained = language_of("nl").text(schema.table("loyalty").description)
        assert explained == "Punten die u met een kaart hebt gespaard"
        (of_field,) = read.tables["fields"].to_dict("records")
        assert (of_field["record_kind"], of_field["record_key"]) == ("loyalty", row["loyalty_key"])
        assert "loyalty.loyalty_key" in schema.table("fields").joins["record_key"].split()
        with Report(read, lang="nl") as report:
            report.to(tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    told = html[html.index('id="told"') : html.index('id="technical')]
    for text in ("Klantenkaart", "Gespaarde punten", "Hoeveel punten u hebt.", "gold", "3 februari 2013"):
        assert text in told
    assert "2013" in html[: html.index('id="told"')]  # the period on page one
    assert "Overige gegevens: klantenkaarten" in html.replace("\xa0", " ")  # and where they come from
    assert "Antwoorden die u in enquêtes" not in html


def test_which_texts_are_free_is_read_of_the_declaration_that_holds_now():
    def free_texts(how):
        with declared(replace(LOYALTY, fields=(field("remark", how, "remark"),))):
            record = RawRecord("loyalty", "/data/0", {"remark": "Asked for Kroosduiker"}, UNTOLD, ())
            return [text.text for text in free_texts_of(record)]

    assert free_texts("tags") == []
    assert free_texts("text") == ["Asked for Kroosduiker"]


def test_a_kind_is_gone_when_it_is_withdrawn():
    with declared(LOYALTY, event("thanks", ("Thank you", "Thanks"), "You said thank you", "", "thanks")):
        assert "thanks" in EVENT_KINDS & DATED_KINDS
        assert "loyalty" in schema.tables_by_name()
    assert not {"loyalty", "thanks"} & (
        KINDS.keys() | EVENT_KINDS | DATED_KINDS | schema.tables_by_name().keys()
    )
    assert [found.kind for found in Classifier().find(items([CARD, {"loyalty": [{"a": 1}]}]))] == [
        "unrecognised"
    ] * 2


def test_kinds_that_are_taken_for_each_other_are_refused():
    with (
        pytest.raises(ValueError, match="'click' is declared twice"),
        declared(replace(LOYALTY, name="click")),
    ):
        pass
    with (
        pytest.raises(ValueError, match="'klik' of 'click'"),
        declared(replace(LOYALTY, words=frozenset({"klik"}))),
    ):
        pass


def test_a_text_alone_is_a_record_where_a_field_takes_it():
    takes = replace(LOYALTY, fields=(*LOYALTY.fields, field("remark", "text", "remark .")))
    for kind, expected in ((LOYALTY, "unrecognised"), (takes, "loyalty")):
        with declared(kind):
            (found,) = Classifier().find(items({"loyalty_cards": ["gold"]}))
            assert found.kind == expected
            assert getattr(parse(found, AMSTERDAM), "remark", "gold") == "gold"


SWIPE = event(
    "swipe",
    ("Swipe", "Swipes"),
    "A picture was swiped",
    "ip",
    "swipe swipes",
    own=(
        field("speed", "text", "speed", "How fast."),
        field("fingers", "count", "fingers", "With how many."),
    ),
)
SWIPES = [
    {"type": "swipe", "data": {"ID": "7", "timestamp": "2013-02-03 04:05:06", "destination": "55",
                               "speed": "quick", "fingers": "2", "colour": "red"}},
    {"event": "swipe", "id": "q3v9k2m1x8c7b6n5", "time": "2013-02-03 04:05:07", "speed": "slow"},
]  # fmt: skip


def test_an_event_that_is_declared_in_one_place_is_known_in_all(tmp_path):
    export = json.dumps({"info": {"type": "profile", "id": "1"}, "data": SWIPES}).encode()
    with declared(SWIPE), dsr_report.read(export) as read:
        assert [(type(record).__name__, record.speed) for record in read.records] == [
            ("SwipeRecord", "quick"),
            ("SwipeRecord", "slow"),
        ]
        rows = read.tables["events"].to_dict("records")
        assert [(row["kind"], row["speed"], row["fingers_raw"], row["event_id"]) for row in rows] == [
            ("swipe", "quick", "2", "7"),
            ("swipe", "slow", None, None),
        ]
        assert [row["message_key"] for row in rows] == ["destination:55", "q3v9k2m1x8c7b6n5"]
        with Report(read, lang="en") as report:
            report.to(tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    events = html[html.index('id="annex-b"') : html.index('id="technical')]
    assert events.count("A picture was swiped") == len(SWIPES)
    assert "Other records: swipes" in html.replace("\xa0", " ")
    assert "How messages were delivered" not in html
    assert "2 swipes" in html[: html.index('id="annex-b"')].replace("\xa0", " ")


OTHER = field("more", "text", "more", "More.", label="More", meaning="More of it.")


@pytest.mark.parametrize(
    ("change", "lack"),
    [
        ({"keys": frozenset({"link"})}, "keys of its own: click has them"),
        ({"keys": frozenset({"card-id"})}, "keys of its own: no kind has them"),
        ({"words": frozenset({"loyalty_card"})}, "a use for the word loyalty_card"),
        ({"moments": ("tier",)}, "a field for each moment"),
        ({"chapter": "messages"}, "the model of a message, for its chapter"),
    ],
    ids=lambda value: "" if isinstance(value, str) else next(iter(value)),
)
def test_a_declaration_that_never_applies_is_named(change, lack):
    kind = replace(LOYALTY, **change)
    with declared(kind):
        assert lack in lacks(kind)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (OTHER, ""),
        (replace(OTHER, column="pointer"), "the table 'loyalty' has the column 'pointer' twice"),
        (replace(OTHER, column="since_raw"), "the table 'loyalty' has the column 'since_raw' twice"),
        (replace(OTHER, column="tier"), "the kind 'loyalty' has the column 'tier' twice"),
        (replace(OTHER, name="tier"), "the kind 'loyalty' has the field 'tier' twice"),
        (replace(OTHER, name="labels"), "the kind 'loyalty' has the field 'labels', which every record has"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_field_that_hides_another_is_refused(change, error):
    with ExitStack() as stack:
        if error:
            stack.enter_context(pytest.raises(ValueError, match=re.escape(error)))
        stack.enter_context(declared(kind := replace(LOYALTY, fields=(*LOYALTY.fields, change))))
        assert lacks(kind, [(kind.name, {})])  # the Dutch words alone
        assert issubclass(model_of(kind.name), Record)


def test_a_column_that_several_kinds_share_has_one_type():
    kind = replace(LOYALTY, table="notes", fields=(field("urgent", "flag", "urgent", column="priority"),))
    with (
        declared(kind),
        pytest.raises(ValueError, match="'urgent' of 'loyalty' is unlike the column 'priority'"),
    ):
        schema.tables()


def test_an_event_without_the_fields_of_all_events_is_refused():
    with (
        pytest.raises(ValueError, match="'loyalty' has no 'address'"),
        declared(replace(LOYALTY, chapter="events")),
    ):
        pass


def test_a_kind_of_the_configuration_has_its_title_and_all_its_members_in_a_table(tmp_path):
    config = Config.model_validate(
        {
            "records": {
                "bike": {"keys": ["frame"], "title": {"en": "Your bike"}, "explanation": {"en": "A bike."}}
            }
        }
    )
    export = json.dumps(
        {"info": {"type": "profile", "id": "1"}, "data": [{"frame": "F1", "gears": 7}]}
    ).encode()
    with dsr_report.read(export, custom=config.custom_kinds()) as read:
        (row,) = read.tables["custom"].to_dict("records")
        assert (row["kind"], row["other"]) == ("bike", '{"frame": "F1", "gears": 7}')
        with Report(read, lang="en", config=config) as report:
            report.to(tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    annex = html[html.index('id="annex-d"') :]
    assert "Your bike" in annex
    assert "A bike." in annex


def test_a_kind_is_parsed_alike_wherever_it_stands():
    for name, record in SPECIMENS:
        (found, *_) = Classifier().find(items([record]))
        assert parse(found, AMSTERDAM).kind == name
