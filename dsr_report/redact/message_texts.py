"""Recognition of MIME messages, whose parts are decoded and searched one by one."""

from __future__ import annotations

import re

_BEGINS_WITH_FIELD = re.compile(r"\ufeff?\s*(?:>?From [^\r\n]*[\r\n]+)?[!-9;-~]++[ \t]*:", re.ASCII)
_HAS_TO_BE_PARSED = re.compile(r"\n[ \t\r]*\n|\r\r|=\?")


def is_message(text: str) -> bool:
    """Whether a text looks like a MIME message: header fields, and a blank line or encoded words."""
    return _BEGINS_WITH_FIELD.match(text) is not None and _HAS_TO_BE_PARSED.search(text) is not None
