"""Unflowing of `format=flowed` text (RFC 3676) to the paragraphs of its author."""

from __future__ import annotations

import re

_QUOTES = re.compile(r">*")
_SIGNATURE = "-- "


def unflow(text: str, *, delete_space: bool) -> str:
    """Remove the soft line breaks of a text; `delete_space` is `delsp=yes`."""
    out: list[str] = []
    depth_before = -1  # quote depth of the line that continues, -1 if none
    for line in text.split("\n"):
        quotes = _QUOTES.match(line)
        depth = quotes.end() if quotes else 0
        content = line[depth:].removeprefix(" ")  # the stuffed space before `>`, `From ` and spaces
        is_flowed = content.endswith(" ") and content != _SIGNATURE
        kept = content[:-1] if is_flowed and delete_space else content
        if depth == depth_before and content != _SIGNATURE:
            out.append(kept)
        else:
            lead = ">" * depth + (" " if depth else "")
            out.append(f"\n{lead}{kept}" if out else f"{lead}{kept}")
        depth_before = depth if is_flowed else -1
    return "".join(out)
