"""Resolution of references in a message's HTML to its parts: `cid:`, a location or a name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from dsr_report.mime.parts import MimePart

_NO_LETTERS_OF_IDS = re.compile(r"[\s<>\"']+")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class InlineParts:
    """The parts that a page can show: by Content-ID, by Content-Location, and by file name."""

    def __init__(self, parts: Iterable[MimePart]) -> None:
        """`parts` in order of precedence: of two with one id the first is used."""
        self._exact: dict[str, MimePart] = {}
        self._spelled: dict[str, MimePart] = {}
        self._named: dict[str, MimePart] = {}
        for part in parts:
            for key in (part.content_id, part.content_location):
                if key:
                    self._exact.setdefault(key, part)
                    self._spelled.setdefault(_bare_id(key), part)
            for name in (part.file_name, part.content_location, (part.content_id or "").partition("@")[0]):
                if name:
                    self._named.setdefault(_last(name), part)

    def find(self, reference: str) -> MimePart | None:
        """The part that a `src` points to; None if it points outside the message, or to nothing."""
        text = reference.strip()
        is_id = text[:4].lower() == "cid:"
        if not is_id and _SCHEME.match(text) and text not in self._exact:
            scheme = text.partition(":")[0].lower()
            if scheme == "data" or (scheme != "file" and _bare_id(text) not in self._spelled):
                return None
        key = text[4:] if is_id else text
        found = self._exact.get(key) or self._spelled.get(_bare_id(key))
        if found is None and key:
            found = self._named.get(_last(key.partition("@")[0] if is_id else key))
        return found


def _bare_id(key: str) -> str:
    """An id in comparable form: without blanks, brackets, percent-encoding, case and `cid:`."""
    return _NO_LETTERS_OF_IDS.sub("", unquote(key)).casefold().removeprefix("cid:")


def _last(key: str) -> str:
    """The last segment of a path or URL."""
    try:
        path = urlsplit(key).path if _SCHEME.match(key) else key.partition("?")[0].partition("#")[0]
    except ValueError:
        path = key
    return _bare_id(re.split(r"[/\\]", path)[-1])
