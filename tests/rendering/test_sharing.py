"""Processes that share the rendering change no byte of a report, whatever they cannot know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from dsr_report.records import registry
from dsr_report.rendering import values, views
from dsr_report.workers import Processes

SAMPLES = Path(__file__).resolve().parents[2] / "sample_exports"


class InOrder(Processes):
    """Does the jobs at once, where a test can reach into them; many are asked for ahead."""

    def in_order(self, function: Callable[[Any], Any], jobs: Iterable[Any]) -> Iterator[Any]:
        """See `Processes.in_order`."""
        return iter([function(job) for job in jobs])


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few records are several jobs."""
    whole = views.portions
    monkeypatch.setattr(views, "portions", lambda pieces, weigh: whole(pieces, weigh, 1_000))


def message(number: int, subject: str = "Hello") -> dict[str, Any]:
    mime = f"Subject: {subject} {number}\r\nContent-Type: text/html\r\n\r\n<p>Text {number}</p>"
    return {"id": f"{number:032x}", "timestampsent": "2024-05-01 10:00:00", "mime": mime}


def opened(number: int, agent: str) -> dict[str, Any]:
    data = {"id": f"{number:032x}", "time": "2024-05-02 10:00:00", "ip": "192.0.2.1", "useragent": agent}
    return {"event": "open", "data": data}


AGENTS = [f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/{number} (KHTML, like Gecko)" for number in range(5)]
MIXED = [
    {"ID": "7", "fields": {"first_name": "Anna", "last_name": "Berg"}, "interests": ["tea"], "database": 3},
    *(message(number) for number in range(1, 8)),
    *(opened(number % 7 + 1, AGENTS[number % 5]) for number in range(20)),
    {"unknown": [1, None, {"deep": ""}]},
    "a bare text",
    *(message(number, "Later") for number in range(8, 12)),
]


@pytest.mark.parametrize("medium", ["html", "pdf"])
def test_two_processes_render_what_one_renders(medium: str, built: Callable[..., Any]) -> None:
    with Processes(2) as processes:
        for content in (MIXED, SAMPLES / "hostile.json", SAMPLES / "subprofile-41522.json"):
            with (
                built(content, medium=medium) as one,
                built(content, processes=processes, medium=medium) as two,
            ):
                assert two.html == one.html
                assert two.report.ledger.places() == one.report.ledger.places()


def test_a_message_that_cannot_be_read_shifts_the_numbers_of_those_behind_it(
    built: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = registry.BEFORE["message"]

    def refusing(take: Any) -> Any:
        if "000003" in str(take.found.value["id"]):
            raise ValidationError.from_exception_data("Message", [])
        return read(take)

    monkeypatch.setitem(registry.BEFORE, "message", refusing)
    with built(MIXED) as one, built(MIXED, processes=InOrder(1)) as two:
        assert 'id="message-10"' in one.html
        assert 'id="message-11"' not in one.html
        assert two.html == one.html


@pytest.mark.parametrize(("limit", "most"), [("_MOST_REFERENCES", 3), ("_MOST_REFERRED_TO", 250)])
def test_long_texts_are_numbered_in_the_order_of_the_export_until_there_are_too_many(
    limit: str, most: int, built: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(values, limit, most)
    with built(MIXED) as one, built(MIXED, processes=InOrder(1)) as two:
        assert "#long-3" in one.html
        assert "#long-4" not in one.html
        assert two.html == one.html
        assert "\ue000" not in two.html
