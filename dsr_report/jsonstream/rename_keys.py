"""Copy JSON byte for byte, except for renamed members."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import BinaryIO

from dsr_report.jsonstream.scanner import STRING

Rename = Callable[[str], str | None]
"""Returns the new name of a member, or None to keep the name."""

_BLOCK = 1 << 20
_COLON = re.compile(rb"[ \t\n\r]*+:")
_SPACE_TO_END = re.compile(rb"[ \t\n\r]*+\Z")


def rename_members(source: BinaryIO, rename: Rename, target: BinaryIO) -> None:
    """Copy JSON, replacing names of members; a string followed by a colon is a name.

    Args:
        source: valid JSON.
        rename: called with every name; must be deterministic.
        target: receives the bytes.
    """
    buffer, ended = b"", False
    while not ended:
        block = source.read(max(_BLOCK, len(buffer)))
        ended = not block
        buffer += block
        done = _write_renamed(buffer, rename, target, ended=ended)
        buffer = buffer[done:]
    target.write(buffer)


def _write_renamed(buffer: bytes, rename: Rename, target: BinaryIO, *, ended: bool) -> int:
    """Write the part of the buffer that is certain; return its length."""
    written = at = 0
    while (start := buffer.find(b'"', at)) >= 0:
        match = STRING.match(buffer, start)
        if match is None or (not ended and _SPACE_TO_END.match(buffer, match.end())):
            target.write(buffer[written:start])  # it goes on, or the next bytes are still to come
            return start
        at = match.end()
        if _COLON.match(buffer, at):
            name = _name_of(match.group())
            new = rename(name) if name is not None else None
            if new is not None:
                target.write(buffer[written:start] + json.dumps(new).encode("ascii"))
                written = at
    target.write(buffer[written:])
    return len(buffer)


def _name_of(literal: bytes) -> str | None:
    try:
        name = json.loads(literal.decode("utf-8", "surrogateescape"), strict=False)
    except ValueError:
        return None
    return name if isinstance(name, str) else None
