"""What several events of a message have in common is printed once, above them; nothing of it is lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from examples import examples
from hypothesis import given
from hypothesis import strategies as st

from dsr_report.languages import LANGUAGES, language_of
from dsr_report.rendering.events import EventRow
from dsr_report.rendering.shared_values import EventList, event_list
from dsr_report.rendering.values import StoredValue

MAIL = {
    "type": "message",
    "messageID": "m1",
    "mime": "Subject: Spring\r\n\r\nHello",
    "timestampsent": "2024-01-02",
}
AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:115.0) Gecko/20100101 Thunderbird/115.6.0"


def opens(number: int, **more: str) -> list[dict[str, str]]:
    """Openings of one message, by the same person."""
    return [
        {
            "event": "open",
            "messageID": "m1",
            "time": f"2024-01-02 03:04:{n:02}",
            "email": "someone@example.org",
            "senderdomain": "mail.example.org",
            "profile": "4711",
            "ip": f"192.0.2.{n}",
            **more,
        }
        for n in range(number)
    ]


def read_back(events: EventList) -> list[Counter[StoredValue]]:
    """The values of each event in a list: its own, and those above that its letters refer to."""
    for_all = [value for shared in events.shared if not shared.letter for value in shared.values]
    marked = {shared.letter: shared.values for shared in events.shared}
    return [
        Counter([*own.values, *for_all, *(value for letter in own.letters for value in marked[letter])])
        for own in events.events
    ]


pairs = st.tuples(
    st.sampled_from(["id", "ip", "time", "tags"]),
    st.sampled_from([letter * 12 for letter in "xyz"]),
    st.just("text"),
)


@examples(200)
@given(events=st.lists(st.lists(pairs, min_size=1, max_size=7), min_size=1, max_size=9))
def test_each_event_has_its_values_once_above_or_beside_it(events: list[list[StoredValue]]) -> None:
    rows = [EventRow(n, f"/data/{n}", "today", "Opened", (), values) for n, values in enumerate(events)]
    listed = event_list(rows)
    assert read_back(listed) == [Counter(values) for values in events]
    assert [own.event for own in listed.events] == rows


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_events_have_in_common_is_said_once(built: Callable[..., Any], lang: str) -> None:
    with built([MAIL, *opens(9)], lang) as report:
        assert report.text.count("someone@example.org") == 1
        assert report.text.count("senderdomain mail.example.org") == 1
        assert language_of(lang).text("Stored with each of these events:") in report.text
        assert all(f"192.0.2.{n}" in report.text for n in range(9))


def test_events_that_have_something_else_in_common_carry_a_letter(built: Callable[..., Any]) -> None:
    clicks = opens(6, event="click", tags="a campaign with a long name of its own", linkinfo="77001234567890")
    with built([MAIL, *opens(6), *clicks]) as report:
        assert report.text.count("a campaign with a long name of its own") == 1
        assert "Stored with each event marked A:" in report.text
        assert report.html.count("<b>A</b>") == 6
    assert report.text.count("someone@example.org") == 1


def test_a_message_leads_to_its_events_and_they_lead_back(built: Callable[..., Any]) -> None:
    with built([MAIL, *opens(2)]) as report:
        assert re.search(r'<a href="#events-of-1" aria-label="1\. 2 opens">2 opens</a>', report.html)
        assert re.search(r'<h4 class="title" id="events-of-1"><a href="#message-1">', report.html)


@pytest.mark.parametrize("subject", ["@@EVENTS@@", "<!--events-->"])
def test_no_subject_is_taken_for_the_place_where_events_are_told(
    built: Callable[..., Any], subject: str
) -> None:
    with built([{**MAIL, "mime": f"Subject: {subject}\r\n\r\nHello"}, *opens(2)]) as report:
        title = re.search(r'<h4 class="title" id="message-1">.*?</h4>', report.html)
        assert title
        assert "events-of-1" not in title[0]
        assert report.part("annex-a-0").text.count(subject) >= 1


def test_the_place_of_events_has_its_id_once_however_many_there_are(
    built: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dsr_report.rendering.chapters.annexes._LINES", 4)
    with built([MAIL, *opens(30)]) as report:
        assert report.html.count('id="events-of-1"') == 1
        assert len([part for part in report.parts if part.anchor.startswith("annex-b")]) > 5


def test_what_failed_is_counted_and_does_not_contradict_that_it_arrived(built: Callable[..., Any]) -> None:
    events = [
        {"type": kind, "messageID": "m1", "timestamp": f"2024-01-02 03:04:0{n}"}
        for n, kind in enumerate(("error", "error", "delivery"))
    ]
    with built([MAIL, *events]) as report:
        assert "delivered · 2 failed delivery attempts" in report.part("sent-part-0").text


@pytest.mark.parametrize("number", [3, 60])
def test_many_messages_that_went_wrong_are_named_by_number(built: Callable[..., Any], number: int) -> None:
    data: list[dict[str, str]] = []
    for n in range(number):
        data.append({**MAIL, "messageID": f"m{n}", "mime": f"Subject: letter {n}"})
        data.append({"type": "error", "messageID": f"m{n}", "timestamp": "2024-01-02 03:04:05"})
    with built(data) as report:
        problems = [part.html for part in report.parts if part.chapter == "problems"]
    html = "".join(problems)
    assert [int(n) for n in re.findall(r'href="#message-(\d+)"', html)] == list(range(number, 0, -1))
    assert html.count("letter") == number * (2 if number < 40 else 1), "a name for each link, or its line"


def test_an_annex_that_lists_messages_is_not_called_full(built: Callable[..., Any]) -> None:
    said = {}
    for messages in ("text", "list"):
        with built([MAIL], medium="pdf", messages=messages) as report:
            said[messages] = "Annex A: the messages in full" in report.text
    assert said == {"text": True, "list": False}


def test_a_colon_in_french_stands_apart(built: Callable[..., Any]) -> None:
    with built([MAIL, *opens(2)], "fr") as report:
        assert "\u00a0: 192.0.2.1" in report.text
