"""Attached files that cannot be searched: only a person can see what they contain."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from dsr_report.mime.message import parse_once
from dsr_report.redact.in_messages import closed_files

OPAQUE = "opaque-file"
"""Kind of the finding for such a file."""
_OPEN = "save the message as FILE.eml and open it in a mail program, then "
_HOW_TO_OPEN = {
    "locked": "it is locked: {}unpack the file with the password (ask who sent it).",
    "damaged": "it is damaged or not whole: {}try the program that made the file, or ask who sent it.",
    "encrypted": "it is encrypted: {}read it with the key of its recipient.",
    "picture": "it is a picture: {}see what it shows, its text and faces, too.",
    "no-text": "it has pages without text (a scan): {}read the pages.",
    "media": "it is sound or film: {}play it.",
}
_UNKNOWN = "nothing here reads files of its kind: {}open the file with the program that made it."


class OpaqueFile(NamedTuple):
    """A file that cannot be searched.

    `part` is the path of the message part (`1.2`); `path` leads from there to the file, through archives;
    `digest` distinguishes parts of the same name, and identifies copies of a file.
    """

    part: str
    path: str
    reason: str
    digest: str

    @property
    def how_to_open(self) -> str:
        """Why it was not searched, and how a person opens it."""
        return _HOW_TO_OPEN.get(self.reason, _UNKNOWN).format(_OPEN)


def opaque_files(wire: bytes) -> Iterator[OpaqueFile]:
    """The files in a message in which values can be neither found nor hidden."""
    seen: set[tuple[str, str]] = set()
    digests: dict[str, str] = {}
    for part, path, reason in closed_files(wire):
        if (part, path) in seen:
            continue
        seen.add((part, path))
        if not digests:
            digests = {
                leaf.path: hashlib.sha256(leaf.content).hexdigest()
                for leaf in parse_once(wire).walk()
                if not leaf.is_container
            }
        yield OpaqueFile(part, path, reason, digests[part])
