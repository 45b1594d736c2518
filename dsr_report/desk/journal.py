"""Every decision of a case, in the order in which it was taken: appended, flushed, never changed.

One JSON object a line. The state is what the lines say one after another; undoing is a line as well. The last
line may be torn by a crash: it was never answered for, and is not read.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

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
    """What is decided about one export, as far as the journal goes."""

    entries: dict[str, Entry] = field(default_factory=dict)
    """By the finding's id; `by` and `at` say who decided, and when."""
    also: dict[int, Entry] = field(default_factory=dict)
    """What a person added, by the line that added it."""
    read: dict[str, str] = field(default_factory=dict)
    """Texts that were read, and by whom."""
    revisions: dict[str, int] = field(default_factory=dict)
    """Of each finding, the last line that is about it."""
    last_used: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Of each kind of finding, the reason and the article that it was withheld with last."""
    actors: set[str] = field(default_factory=set)
    """Who decided anything that still holds."""
    last: JournalLine | None = None
    """What `undo` undoes."""

    def taken(self, export_sha256: str) -> Taken:
        """The same, as the file of decisions has it."""
        return Taken(export_sha256, self.entries, list(self.also.values()), frozenset(self.read))

    def is_by(self, name: str) -> bool:
        """Whether somebody of this name decided anything that still holds."""
        return _name(name) in map(_name, self.actors)

    @property
    def digest(self) -> str:
        """What an approval is bound to: any later decision has another one."""
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
        """The number of the last line."""
        return self.lines[-1].number if self.lines else 0

    def append(self, event: str, *, actor: str, export: str, **data: Any) -> JournalLine:
        """Add a line; it is on the disk when this returns."""
        line = JournalLine(
            self.revision + 1, datetime.now(UTC).isoformat(timespec="seconds"), actor, export, event, data
        )
        text = json.dumps(asdict(line), ensure_ascii=True)
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(handle).st_size
            is_torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            os.write(handle, (b"\n" if is_torn else b"") + text.encode("ascii") + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)
        self.lines.append(line)
        return line

    def decided(self, export: str) -> Decided:
        """What is decided about an export."""
        return _replay(line for line in self.lines if line.export == export)

    def earlier(self, export: str) -> dict[str, Entry]:
        """Decisions on other exports, by what they are about (`same_thing`): proposed, never applied."""
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
        """What is decided about each other export."""
        others = dict.fromkeys(line.export for line in self.lines if line.export not in {export, ""})
        return [self.decided(other) for other in others]

    def approval(self, export: str, digest: str) -> JournalLine | None:
        """The release of exactly these decisions, where there is one that was not taken back."""
        found = None
        for line in self.lines:
            if line.export == export and line.event in {"approved", "sent-back"}:
                is_this = line.event == "approved" and line.data.get("digest") == digest
                found = line if is_this else None
        return found


def _name(name: str) -> str:
    return " ".join(name.split()).casefold()


def same_thing(finding: Finding) -> str:
    """What a finding is about, so that it is known again in another export."""
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
            state.last = None  # what a person wrote into the file is undone there
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
    """What a person wrote into the file of decisions: it holds, and names of things known stay."""
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
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    for text in content.split(b"\n"):
        try:
            said = json.loads(text)
            yield JournalLine(
                int(said["number"]),
                str(said["at"]),
                str(said["actor"]),
                str(said["export"]),
                str(said["event"]),
                said["data"],
            )
        except (ValueError, KeyError, TypeError):
            continue  # torn by a crash, before it was answered for
