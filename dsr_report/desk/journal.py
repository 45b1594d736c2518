"""The journal of a case: every decision in order, append-only and flushed to disk.

It has one JSON object a line. The state results from replaying the lines; undo is a line, too. A line
truncated by a crash was never acknowledged, and is skipped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dsr_report.files import append_line, lines_of
from dsr_report.redact.decisions import Taken
from dsr_report.redact.findings import Finding

Entry = dict[str, Any]
UNDOABLE = frozenset({"decide", "also", "drop", "read"})
_OF_DECISIONS = frozenset({*UNDOABLE, "outside"})


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One line of the journal."""

    number: int
    at: str
    actor: str
    export: str
    event: str
    data: Mapping[str, Any]


@dataclass(slots=True)
class Decided:
    """The decisions on one export, as replayed from the journal."""

    entries: dict[str, Entry] = field(default_factory=dict)
    """Finding id → decision; its keys `by` and `at` have who decided, and when."""
    also: dict[int, Entry] = field(default_factory=dict)
    """Key derived from the journal line → entry that hides a text or pointer by hand."""
    read: dict[str, str] = field(default_factory=dict)
    """Id of a text marked as read → actor."""
    revisions: dict[str, int] = field(default_factory=dict)
    """Finding id → number of the last line that changed it."""
    last_used: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Kind of finding → reason and article of the last decision to withhold."""
    actors: set[str] = field(default_factory=set)
    """The actors of all decisions not undone."""
    last: JournalLine | None = None
    """The line that `undo` would undo."""

    def taken(self, export_sha256: str) -> Taken:
        """The decisions in the form of the review file."""
        return Taken(export_sha256, self.entries, list(self.also.values()), frozenset(self.read))

    def is_by(self, name: str) -> bool:
        """Whether somebody of this name decided anything that still holds."""
        return _name(name) in map(_name, self.actors)

    @property
    def digest(self) -> str:
        """SHA-256 of the decisions, to which an approval is bound: any change gives another digest."""
        entries = {
            one: {key: value for key, value in entry.items() if key not in {"by", "at"}}
            for one, entry in self.entries.items()
        }
        basis = json.dumps(
            [sorted(entries.items()), sorted(map(str, self.also.values())), sorted(self.read)],
            ensure_ascii=True,
            sort_keys=True,
        )
        return hashlib.sha256(basis.encode("ascii")).hexdigest()


class Journal:
    """The journal of one case, in its file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lines = list(_lines_of(path))

    @property
    def revision(self) -> int:
        """Number of the last line; 0 if empty."""
        return self.lines[-1].number if self.lines else 0

    def append(self, event: str, *, actor: str, export: str, **data: Any) -> JournalLine:
        """Append a line; it is flushed to disk on return."""
        line = JournalLine(
            self.revision + 1, datetime.now(UTC).isoformat(timespec="seconds"), actor, export, event, data
        )
        append_line(self._path, json.dumps(asdict(line)))
        self.lines.append(line)
        return line

    def decided(self, export: str) -> Decided:
        """The decisions on an export."""
        return _replay(line for line in self.lines if line.export == export)

    def earlier(self, export: str) -> dict[str, Entry]:
        """Decisions on other exports by `same_thing` of their findings: for proposals, never applied."""
        return {
            entry["same"]: entry
            for decided in self._decided_before(export)
            for entry in decided.entries.values()
            if "same" in entry and entry.get("decision", "undecided") != "undecided"
        }

    def earlier_also(self, export: str) -> list[Entry]:
        """Texts that were hidden by hand in other exports."""
        return [
            entry
            for decided in self._decided_before(export)
            for entry in decided.also.values()
            if "text" in entry and "pointer" not in entry
        ]

    def _decided_before(self, export: str) -> list[Decided]:
        """Yield the decisions on each other export."""
        others = dict.fromkeys(line.export for line in self.lines if line.export not in {export, ""})
        return [self.decided(other) for other in others]

    def approval(self, export: str, digest: str) -> JournalLine | None:
        """The approval of exactly these decisions; None without one, or if it was sent back later."""
        found = None
        for line in self.lines:
            if line.export == export and line.event in {"approved", "sent-back"}:
                is_this = line.event == "approved" and line.data.get("digest") == digest
                found = line if is_this else None
        return found


def _name(name: str) -> str:
    return " ".join(name.split()).casefold()


def same_thing(finding: Finding) -> str:
    """A hash of a finding's kind and value, which identifies it in another export."""
    basis = f"{finding.key}\x1f{finding.value}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(b"same\x1f" + basis).hexdigest()[:16]


def _replay(lines: Iterable[JournalLine]) -> Decided:
    own = list(lines)
    undone = {line.data["undone"] for line in own if line.event == "undo"}
    state = Decided()
    for line in own:
        if line.event == "undo":
            for one in line.data.get("ids", ()):
                state.revisions[one] = line.number
        if line.event not in _OF_DECISIONS or line.number in undone:
            continue
        state.actors.add(line.actor)
        _apply(state, line)
        if line.event in UNDOABLE:
            state.last = line
        elif line.event == "outside":
            state.last = None  # changes made in the file are undone in the file
    return state


def _apply(state: Decided, line: JournalLine) -> None:
    data = line.data
    if line.event == "decide":
        entry = {**data["entry"], "by": line.actor, "at": line.at}
        for one in data["ids"]:
            state.entries[one] = {**entry, "same": data["ids"][one]}
            state.revisions[one] = line.number
        if entry.get("decision") == "withhold":
            state.last_used[str(data.get("kind", ""))] = (str(entry["reason"]), str(entry["article"]))
    elif line.event == "also":
        state.also[line.number] = dict(data["entry"])
    elif line.event == "drop":
        state.also.pop(int(data["line"]), None)
    elif line.event == "read":
        for one in data["ids"]:
            if data["read"]:
                state.read[one] = line.actor
            else:
                state.read.pop(one, None)
    elif line.event == "outside":
        _take_over(state, line)


def _take_over(state: Decided, line: JournalLine) -> None:
    """Apply changes made in the review file; known decisions keep their other keys, such as `same`."""
    entries: Mapping[str, Entry] = line.data["entries"]
    for one in {*state.entries, *entries}:
        before, now = state.entries.get(one), entries.get(one)
        if _plain(before) != _plain(now):
            state.revisions[one] = line.number
        if now is None:
            state.entries.pop(one, None)
        else:
            state.entries[one] = {**(before or {}), **now, "by": line.actor, "at": line.at}
    state.also = {line.number * 1000 + at: dict(entry) for at, entry in enumerate(line.data["also"])}
    state.read = {one: state.read.get(one, line.actor) for one in line.data["read"]}


def _plain(entry: Mapping[str, Any] | None) -> Entry:
    return {key: value for key, value in (entry or {}).items() if key not in {"by", "at", "same"}}


def _lines_of(path: Path) -> Iterator[JournalLine]:
    for said in lines_of(path):
        with suppress(KeyError, TypeError):  # torn by a crash, before it was answered for
            yield JournalLine(*(said[name] for name in JournalLine.__slots__))
