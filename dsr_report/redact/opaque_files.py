"""Attached files that cannot be looked into: what they say, only a person can see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from dsr_report.jsonstream.items import Item, values
from dsr_report.mime.message import wire_of_text
from dsr_report.redact.apply import is_message
from dsr_report.redact.in_messages import closed_files

_MOST_LISTED = 20


class ClosedIn(NamedTuple):
    """A file that nothing can look into, and the message that it came with."""

    pointer: str
    part: str
    path: str
    reason: str


def closed_in(items: Iterable[Item]) -> list[ClosedIn]:
    """The files in an export's messages in which a value cannot be found, and not be hidden."""
    return [
        ClosedIn(pointer, *closed)
        for item in items
        for pointer, value in values(item.value, item.pointer)
        if isinstance(value, str) and is_message(value)
        for closed in closed_files(wire_of_text(value))
    ]


def closed_comment(closed: Sequence[ClosedIn]) -> str:
    """What the decisions file says about them, as comments."""
    if not closed:
        return ""
    lines = [
        "",
        f"# Please look at {len(closed)} attached files yourself: nothing finds or hides what pictures,",
        "# PDFs and locked archives show. Withhold the message of one that must not be seen ([[also]]).",
        *(
            f"#   {file.pointer}, part {file.part}: {file.path} ({file.reason})"
            for file in closed[:_MOST_LISTED]
        ),
    ]
    if len(closed) > _MOST_LISTED:
        lines.append(f"#   … and {len(closed) - _MOST_LISTED} more (all of them with --json)")
    return "\n".join(lines) + "\n\n"
