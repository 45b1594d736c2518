"""The values of an export that contain a text, in any reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dsr_report.mime.message import parse as parse_message
from dsr_report.mime.message import wire_of_text
from dsr_report.records.members import values_of
from dsr_report.records.raw_record import RawRecord
from dsr_report.redact.findings import Finding
from dsr_report.redact.free_texts import title_and_date
from dsr_report.redact.mentions import Passage, sentence_of
from dsr_report.redact.message_texts import is_message
from dsr_report.redact.passages import Passages
from dsr_report.redact.readings import Endless
from dsr_report.redact.skeleton import skeleton

_ENDLESS = "(a value that cannot be read to its end)"
_ENCODED = "(in another spelling or encoding)"


class Place(NamedTuple):
    """A value that contains a text."""

    pointer: str
    record: str
    title: str
    date: str
    excerpt: str
    """The sentence with the text marked, if the value contains it as spelled."""


def places_of(text: str, found: Iterable[RawRecord]) -> Iterator[Place]:
    """Every value that contains a text at word boundaries, or has too many readings to search."""
    passages = Passages([text.strip()])
    if not passages:
        return
    for record in found:
        for pointer, written, seen in _values_with_passages(passages, record):
            shown = (parse_message(written).text or "") if is_message(written) else written
            excerpt = _ENDLESS if seen is None else _excerpt(shown, text.strip())
            yield Place(pointer, record.kind, *title_and_date(record), excerpt)


def look_elsewhere(findings: Iterable[Finding], found: Iterable[RawRecord]) -> None:
    """Add to each finding that must be decided every other value that contains its text."""
    by_text: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.must_decide and not finding.members and finding.value.strip():
            by_text.setdefault(finding.value, []).append(finding)
    passages = Passages(by_text)
    if not passages:
        return
    for record in found:
        for pointer, _, seen in _values_with_passages(passages, record):
            for finding in (finding for text in seen or () for finding in by_text[text]):
                if pointer not in finding.places:
                    finding.elsewhere.append(pointer)


def _values_with_passages(
    passages: Passages, record: RawRecord
) -> Iterator[tuple[str, str, set[str] | None]]:
    """Pointer, text and passages of each value with passages; passages are None if not searchable."""
    for pointer, value in values_of(record.value, record.pointer):
        written = value if isinstance(value, str) else str(value)
        try:
            seen = passages.seen_in(wire_of_text(written) if is_message(written) else written)
        except Endless:
            yield pointer, written, None
            continue
        if seen:
            yield pointer, written, seen


def _excerpt(shown: str, text: str) -> str:
    at = shown.casefold().find(text.casefold())
    if at < 0 or skeleton(shown[at : at + len(text)]) != skeleton(text):
        return _ENCODED
    return sentence_of(shown, Passage("", shown[at : at + len(text)], at, ""))
