"""State and dates of a case, derived from its events alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from dsr_report.register.chain import Facts
from dsr_report.register.deadlines import Pause

# The state after each event; other events leave it as it is.
PROGRESS = {
    "received": "received",
    "acknowledged": "acknowledged",
    "collecting-intended": "collecting",
    "posting": "collecting",
    "requested": "collecting",
    "pending": "collecting",
    "available": "collecting",
    "collected": "collected",
    "failed": "failed",
    "expired": "expired",
    "abandoned": "failed",
    "no-data": "no-data",
    "review": "review",
    "approved": "approved",
    "rendered": "rendered",
}
ANSWERS = {"sent": "sent", "refused": "refused", "withdrawn": "withdrawn"}
# Events that an operator may write by hand, with what they mean.
NOTES = {
    "note": "a remark; changes nothing",
    "acknowledged": "receipt was confirmed to the person",
    "no-data": "nothing was found for any identifier",
    "review": "findings are being decided on",
    "approved": "a second person released it",
    "rendered": "the disclosure was made and verified",
    "follow-up": "a question or complaint came after the answer",
}
ANSWERED = frozenset({*ANSWERS.values(), "closed"})


class Happening(NamedTuple):
    """The part of an event that the state depends on."""

    event: str
    data: Facts


@dataclass(slots=True)
class CaseState:
    """State and dates of a case after some of its events; `apply` takes the next one."""

    progress: str = "received"
    paused_why: str | None = None
    answer: str | None = None
    received_on: date | None = None
    received_assumed: bool = False
    replied_on: date | None = None
    extended_on: date | None = None
    closed_on: date | None = None
    forgotten: bool = False
    pauses: list[Pause] = field(default_factory=list)
    withheld: int = 0
    mistaken: bool = False
    """There was no such request: an address was mistyped, say."""

    @property
    def state(self) -> str:
        """The state's name, as lists show it."""
        if self.closed_on is not None:
            return "closed"
        return self.answer or self.paused_why or self.progress

    @property
    def is_open(self) -> bool:
        """Whether an answer is still owed."""
        return self.state not in ANSWERED

    def apply(self, happening: Happening) -> None:
        """Update the state with the next event."""
        event, data = happening
        if event in {"received", "receipt-noted"}:
            self.received_on = _day(data, "received_on") or self.received_on
            self.received_assumed = bool(data.get("assumed"))
        if event in PROGRESS:
            self.progress = "follow-up" if data.get("follows") else PROGRESS[event]
        elif event in ANSWERS:
            self.answer = ANSWERS[event]
            self.mistaken = bool(data.get("mistake"))
            self.replied_on = self.replied_on or _day(data, "on")
            self._end_pause(_day(data, "on"))
        elif event == "paused":
            since = _day(data, "on")
            if since is not None:
                self.paused_why = str(data.get("why", "identity"))
                self.pauses.append(Pause(since, None, self.paused_why))
        elif event == "resumed":
            self._end_pause(_day(data, "on"))
        elif event == "extended":
            self.extended_on = _day(data, "on")
        elif event == "closed":
            self.closed_on = _day(data, "on")
            self._end_pause(self.closed_on)
        elif event == "forgotten":
            self.forgotten = True
        withheld = data.get("withheld")
        if isinstance(withheld, int):
            self.withheld = withheld

    def _end_pause(self, until: date | None) -> None:
        if self.pauses and self.pauses[-1].until is None and until is not None:
            last = self.pauses[-1]
            self.pauses[-1] = Pause(last.since, max(until, last.since), last.why)
        self.paused_why = None


def derive(happenings: Iterable[Happening]) -> CaseState:
    """The state of a case after all these events."""
    state = CaseState()
    for happening in happenings:
        state.apply(happening)
    return state


def _day(data: Facts, name: str) -> date | None:
    text = data.get(name)
    return date.fromisoformat(text) if isinstance(text, str) else None
