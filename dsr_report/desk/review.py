"""The review of one export: its findings, the decisions on them, and the review file with both.

Changes that a person makes in the file are taken over, and a decision at the desk is written to the file
before its page is answered: either can continue where the other stopped.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from dsr_report.desk.journal import Decided, Entry, Journal, JournalLine, same_thing
from dsr_report.desk.record_index import KeptRecord, RecordIndex
from dsr_report.errors import DsrReportError
from dsr_report.export import Export, read
from dsr_report.files import sha256_of, write_whole
from dsr_report.jsonstream.items import Item
from dsr_report.mime.message import parse_once, wire_of_text
from dsr_report.pointers import is_below
from dsr_report.progress import Progress, Steps
from dsr_report.records.custom import CustomKind
from dsr_report.records.members import Members
from dsr_report.records.summary import Summary
from dsr_report.redact.apply import HiddenText
from dsr_report.redact.decisions import (
    DecisionsText,
    Taken,
    decisions_of,
    read_decisions,
    unopened_files,
    unread_texts,
)
from dsr_report.redact.findings import (
    SECRETS,
    Finding,
    Findings,
    Looking,
    findings_of,
    subject_addresses,
)
from dsr_report.redact.free_texts import FreeText
from dsr_report.redact.message_texts import is_message
from dsr_report.redact.places import look_elsewhere
from dsr_report.redact.plan import SHORTEST_PASSAGE, Decision, MarkText, make_plan
from dsr_report.redact.skeleton import skeleton
from dsr_report.sentences import Sentence

_STEPS = {"keep": 4.0, "addresses": 1.0, "find": 30.0, "elsewhere": 65.0}
"""Steps of reading, with their shares of the time on the sample of a web shop."""
_AROUND = 400
"""Characters before and after a passage: a paragraph."""
_LONGEST_PASSAGE = 2_000


class Context(NamedTuple):
    """A passage with the text before and after it, as displayed."""

    before: str
    passage: str
    after: str


class Open(NamedTuple):
    """The open points of a review, which block a disclosure."""

    undecided: list[Finding]
    unread: list[FreeText]
    unopened: list[Finding]

    @property
    def left(self) -> int:
        """Number of open points."""
        return len(self.undecided) + len(self.unread) + len(self.unopened)

    def __bool__(self) -> bool:
        return self.left > 0


@dataclass(frozen=True, slots=True)
class ConflictError(Exception):
    """The finding was decided in another window in the meantime."""

    finding: Finding


class CaseReview:
    """The review of one export in one case.

    Args:
        export: path of the export.
        journal: the journal of the case.
        file: path of the review file, as written by `dsr-report review`.
        looking: the options for finding people.
        custom: the account's own kinds of records.
        timezone: the time zone of local times in the export.
        salvage: whether to read the intact part of a broken export.
        earlier: journals of earlier cases about the same person.
    """

    def __init__(
        self,
        export: Path,
        journal: Journal,
        file: Path,
        *,
        looking: Looking,
        custom: Sequence[CustomKind] = (),
        timezone: str,
        salvage: bool = False,
        earlier: Sequence[Journal] = (),
    ) -> None:
        self.path = export
        self.journal = journal
        self.file = file
        self.looking = looking
        self.lock = threading.RLock()
        self._custom = custom
        self._timezone = timezone
        self._salvage = salvage
        self._earlier = earlier
        self._export: Export | None = None
        self._records: RecordIndex | None = None
        self._stamp: tuple[int, int] | None = None
        self._written = ""
        self._state: tuple[int, Decided] | None = None
        self._hidden: tuple[int, str, HiddenText] | None = None
        self.findings: Findings = Findings((), ())
        self.sha256 = ""
        self.addresses: frozenset[str] = frozenset()
        self.fault = ""
        """Why the review file could not be read; it was renamed, and a new one is written."""

    def read(self, progress: Progress | None = None) -> None:
        """Read the export: collect the findings, and index the records."""
        steps = Steps(progress, _STEPS)
        export = read(self.path, timezone=self._timezone, salvage=self._salvage, custom=self._custom)
        index = RecordIndex()
        try:
            export.file.watch(steps.tell)
            steps.begin("keep")
            for _ in index.fill(export.counted()):
                pass
            steps.begin("addresses")
            self.addresses = subject_addresses(export.found(), export.info.id)
            steps.begin("find")
            self.findings = findings_of(export.file.items, export.found, export.info.id, self.looking)
            steps.begin("elsewhere")
            look_elsewhere(self.findings, export.found())
            steps.finish()
        except BaseException:
            index.close()
            export.close()
            raise
        export.file.watch(None)
        self.sha256 = export.sha256
        self._by_id = {finding.id: finding for finding in self.findings}
        self._texts = {text.id: text for text in self.findings.texts}
        self._writing = DecisionsText(self.findings, self.sha256, self.looking)
        self._export, self._records = export, index
        with self.lock:
            if not self._is_ours():
                self._take_over_file()  # not if it is ours: a crash may have left it older than the journal
            self._write()

    @property
    def records(self) -> RecordIndex:
        """The index of the export's records."""
        assert self._records is not None  # noqa: S101 - `read` comes first
        return self._records

    @property
    def summary(self) -> Summary:
        """Counts of the export's content."""
        return self.export.summary

    @property
    def export(self) -> Export:
        """The open export."""
        assert self._export is not None  # noqa: S101 - `read` comes first
        return self._export

    def close(self) -> None:
        """Remove the index, and close the export."""
        if self._records is not None:
            self._records.close()
        if self._export is not None:
            self._export.close()

    # ---- what is decided

    @property
    def decided(self) -> Decided:
        """The current decisions, including changes made in the file in the meantime."""
        with self.lock:
            if self._stamp is not None and _stamp(self.file) != self._stamp:
                self._take_over_file()
                self._write()
            if self._state is None or self._state[0] != self.journal.revision:
                self._state = (self.journal.revision, self.journal.decided(self.sha256))
            return self._state[1]

    @property
    def taken(self) -> Taken:
        """The current decisions in the form of the review file."""
        return self.decided.taken(self.sha256)

    def finding(self, finding_id: str) -> Finding | None:
        """A finding by its id."""
        return self._by_id.get(finding_id)

    def text(self, text_id: str) -> FreeText | None:
        """A text of the reading list, by its id."""
        return self._texts.get(text_id)

    def entry(self, finding: Finding) -> Entry:
        """The decision on a finding; empty without one."""
        return self.decided.entries.get(finding.id, {})

    def proposal(self, finding: Finding) -> Entry:
        """The decision on the same value in an earlier export of the person; proposed, never applied."""
        return self._proposals().get(same_thing(finding), {})

    def earlier_also(self) -> list[Entry]:
        """Texts hidden by hand in earlier exports of the person, but not in this one."""
        now = {str(entry.get("text")) for entry in self.decided.also.values()}
        found = [entry for one in self._journals() for entry in one.earlier_also(self._not_of(one))]
        return [entry for entry in found if str(entry["text"]) not in now]

    def decide(
        self,
        findings: Sequence[Finding],
        entry: Entry,
        *,
        actor: str,
        revision: int | None = None,
    ) -> JournalLine:
        """Decide on findings; `revision` is the revision of the first one that the user saw.

        Raises:
            ConflictError: it was decided in the meantime.
        """
        with self.lock:
            if revision is not None and self.decided.revisions.get(findings[0].id, 0) != revision:
                raise ConflictError(findings[0])
            line = self.journal.append(
                "decide",
                actor=actor,
                export=self.sha256,
                ids={finding.id: same_thing(finding) for finding in findings},
                kind=findings[0].key,
                entry=entry,
            )
            self._write()
            return line

    def hide(self, entry: Entry, *, actor: str) -> JournalLine:
        """Hide by hand a text, or everything below a pointer."""
        return self._note("also", actor=actor, entry=entry)

    def show_again(self, line: int, *, actor: str) -> JournalLine:
        """Undo hiding by hand; `line` is the number of its journal line."""
        return self._note("drop", actor=actor, line=line)

    def mark_read(self, texts: Iterable[str], *, actor: str, read: bool = True) -> JournalLine:
        """Mark texts as read or unread."""
        return self._note("read", actor=actor, ids=list(texts), read=read)

    def undo(self, *, actor: str) -> JournalLine | None:
        """Undo the last step that is not undone, and return it; None without one."""
        with self.lock:
            last = self.decided.last
            if last is None:
                return None
            self._note("undo", actor=actor, undone=last.number, ids=list(last.data.get("ids", ())))
            return last

    def _note(self, event: str, *, actor: str, **data: Any) -> JournalLine:
        with self.lock:
            line = self.journal.append(event, actor=actor, export=self.sha256, **data)
            self._write()
            return line

    def _proposals(self) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for one in self._journals():
            found.update(one.earlier(self._not_of(one)))
        return found

    def _journals(self) -> Iterator[Journal]:
        yield from self._earlier
        yield self.journal

    def _not_of(self, journal: Journal) -> str:
        """The export to exclude from a journal's earlier decisions."""
        return self.sha256 if journal is self.journal else ""

    # ---- the file

    def _is_ours(self) -> bool:
        """Whether the review file is unchanged since the desk wrote it, or missing."""
        try:
            return sha256_of(self.file) in self._hash_file.read_text(encoding="ascii").split()
        except OSError:
            return not self.file.is_file()

    @property
    def _hash_file(self) -> Path:
        """The file with the hashes of the previous and current review file: a crash may leave either."""
        return self.file.with_name(f".{self.file.stem}.seen")

    def _take_over_file(self) -> None:
        """Take over changes made in the review file, if it is readable and for this export."""
        try:
            there = read_decisions(self.file)
            if there.export_sha256 != self.sha256:
                return
            for _ in decisions_of(there, self.findings, strict=False, warnings=[]):
                pass
        except DsrReportError as error:
            self._keep_aside(error.what)
            return
        self.fault = ""
        entries, also, read = _changeable(there)
        if (entries, also, read) == _changeable(self.journal.decided(self.sha256).taken(self.sha256)):
            return
        self.journal.append(
            "outside",
            actor=_OUTSIDE,
            export=self.sha256,
            entries=entries,
            also=also,
            read=sorted(read),
        )

    def _keep_aside(self, fault: str) -> None:
        if self.file.is_file():
            aside = self.file.with_suffix(".broken.toml")
            self.file.replace(aside)
            self.fault = Sentence("{name}: {problem}", name=aside.name, problem=fault)

    def _write(self) -> None:
        state = self.journal.decided(self.sha256)
        self._state = (self.journal.revision, state)
        text = self._writing.text(state.entries, list(state.also.values()), state.read)
        content = text.encode("utf-8", "backslashreplace")
        digest = hashlib.sha256(content).hexdigest()
        write_whole(self._hash_file, f"{self._written} {digest}".encode("ascii"))
        write_whole(self.file, content)
        self._written = digest
        self._stamp = _stamp(self.file)

    # ---- what is still to be done

    def still_open(self) -> Open:
        """The open points, which block a disclosure."""
        taken = self.taken
        return Open(
            [f for f in self.findings if f.must_decide and not is_decided(taken.entries.get(f.id))],
            unread_texts(taken, self.findings),
            unopened_files(taken.entries, self.findings, taken.also),
        )

    def next_after(self, finding_id: str) -> Finding | None:
        """The next undecided mandatory finding after `finding_id`, wrapping around; None without one."""
        order = [finding.id for finding in self.findings]
        at = order.index(finding_id) + 1 if finding_id in self._by_id else 0
        entries = self.decided.entries
        for finding in (*self.findings[at:], *self.findings[:at]):
            if finding.must_decide and not is_decided(entries.get(finding.id)) and finding.id != finding_id:
                return finding
        return None

    def hidden_beyond_proposals(self) -> int:
        """Number of hidden findings whose proposal was to disclose."""
        entries = self.decided.entries
        return sum(
            finding.proposal == "disclose"
            and entries.get(finding.id, {}).get("decision") in {"mask", "withhold"}
            for finding in self.findings
        )

    # ---- what it looks like

    def context(self, finding: Finding) -> Context | None:
        """The passage of a finding in its text; None if it is a secret, or encoded in the text."""
        if finding.key in SECRETS or finding.file is not None or finding.decided or finding.members:
            return None
        record = self.records.at(finding.pointer)
        value = next((v for p, v in record.values() if p == finding.pointer), None) if record else None
        if value is None:
            return None
        return context_in(shown_text(str(value)), finding.value)

    def hidden_text(self, record: KeptRecord, mark_text: MarkText, language: str) -> dict[str, str]:
        """Pointer → redacted text of a record's changed values, by the current decisions."""
        with self.lock:
            taken, revision = self.taken, self.journal.revision
            decisions = list(decisions_of(taken, self.findings, strict=False, warnings=[]))
            above = [decision for decision, value in decisions if not value and decision.passage is None]
            if above or self._hidden is None or self._hidden[:2] != (revision, language):
                hiding = HiddenText(make_plan(_spread_below(decisions, above, record), mark_text))
                self._hidden = (-1 if above else revision, language, hiding)
            hiding = self._hidden[2]
            changed: dict[str, str] = {}
            for item in _items(record):
                changed.update(hiding.replacements(item))
            return changed

    def would_hide(self, record: KeptRecord, entry: Entry) -> bool:
        """Whether a rule would hide something in a record: a rule without a match blocks the report."""
        taken = Taken(self.sha256, {}, [entry])
        plan = make_plan(decisions_of(taken, (), strict=False, warnings=[]))
        hiding = HiddenText(plan)
        return any(hiding.replacements(item) for item in _items(record))


_OUTSIDE = "the file of decisions"


def is_decided(entry: Mapping[str, Any] | None) -> bool:
    """Whether a decision was taken; a file marked as looked at counts as disclosed."""
    entry = entry or {}
    return entry.get("decision", "undecided") != "undecided" or entry.get("looked_at") is True


def shown_text(value: str) -> str:
    """The displayed text of a value: for a message its body text."""
    if not is_message(value):
        return value
    return parse_once(wire_of_text(value)).text or ""


def context_in(text: str, passage: str) -> Context | None:
    """A passage with its surrounding text; None if the text does not contain it."""
    at = text.find(passage)
    if at < 0:
        at = text.casefold().find(passage.casefold())
        if at < 0 or skeleton(text[at : at + len(passage)]) != skeleton(passage):
            return None
    end = at + len(passage)
    before, after = text[max(0, at - _AROUND) : at], text[end : end + _AROUND]
    if at > _AROUND:
        before = "…" + before
    if len(text) > end + _AROUND:
        after += "…"
    return Context(before, text[at : min(end, at + _LONGEST_PASSAGE)], after)


def may_be_everywhere(finding: Finding) -> bool:
    """Whether hiding a finding's value everywhere is offered: short values would match by chance."""
    return finding.everywhere and len(finding.value) >= SHORTEST_PASSAGE


def _items(record: KeptRecord) -> Iterator[Item]:
    """A record as items of the export."""
    if isinstance(record.value, Members):
        for name, member in record.value.items():
            yield Item(record.pointer + record.value.places[name], (), member)
    else:
        yield Item(record.pointer, (), record.value)


def _spread_below(
    decisions: Iterable[tuple[Decision, str]], above: Sequence[Decision], record: KeptRecord
) -> Iterator[tuple[Decision, str]]:
    """Yield decisions for one record; a decision on a pointer alone applies to each value below it."""
    for decision, value in decisions:
        if value or decision.passage is not None:
            yield decision, value
    for decision in above:
        places = [pointer for pointer, _ in record.values() if is_below(pointer, [decision.pointer])]
        for pointer in places or [decision.pointer]:
            yield replace(decision, pointer=pointer), ""


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        said = path.stat()
    except OSError:
        return None
    return said.st_mtime_ns, said.st_size


def _changeable(taken: Taken) -> tuple[dict[str, Entry], list[Entry], set[str]]:
    """The parts of a review file that a person can change, normalized for comparison."""
    entries = {}
    for one, entry in taken.entries.items():
        said = {
            "decision": str(entry.get("decision", "undecided")),
            "reason": str(entry.get("reason", "")),
            "article": str(entry.get("article", "")),
        }
        if entry.get("scope", "everywhere") != "everywhere":
            said["scope"] = str(entry["scope"])
        if entry.get("looked_at") is True:
            said["looked_at"] = True  # type: ignore[assignment]
        if is_decided(said):
            entries[one] = said
    also = [{str(name): value for name, value in entry.items()} for entry in taken.also]
    return entries, also, set(taken.read)
